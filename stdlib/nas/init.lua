--- `nas`: lunas's one global. Its modules load when they are first named.
--
-- A file of this folder is a module that scripts name, or a part of one; what modules share among
-- themselves, and no script may depend on, lies in `inner`.

local arguments = require "nas.inner.arguments"

local nas = { _NAME = "nas" }

--- What there is: modules written in Swift, and those of this folder.
local modules = {
  "benchmark", "cli", "csv", "data", "description", "json", "metrics", "native", "network", "nn",
  "plot", "progress", "prompt", "random", "ranking", "recipe", "report", "sampler", "scale",
  "schedule", "space", "stats", "study", "subset", "supernet", "tensor",
}

local known = {}
for _, name in ipairs(modules) do known[name] = true end

--- Has a misspelt name answered with the nearest one, instead of with nil and an error further on,
-- and surplus arguments with an error, instead of not at all.
local function guarded(module, path)
  if type(module) ~= "table" then return module end
  arguments.module(module, path)
  if getmetatable(module) then return module end
  return setmetatable(module, {
    __index = function(_, name)
      if type(name) ~= "string" then return nil end
      local names = {}
      for key in next, module do names[#names + 1] = key end
      error(require "nas.inner.spelling".unknown("name in " .. path, name, names), 2)
    end,
  })
end

return setmetatable(nas, {
  __index = function(_, name)
    if not known[name] then
      if type(name) ~= "string" then return nil end
      error(require "nas.inner.spelling".unknown("module of nas", name, modules), 2)
    end
    local module = guarded(require("nas." .. name), "nas." .. name)
    rawset(nas, name, module)
    return module
  end,
  __tostring = function()
    return "nas: " .. table.concat(modules, ", ") .. "; at the prompt, ? alone gives a tour"
  end,
  __pairs = function()
    local index = 0
    return function()
      index = index + 1
      local name = modules[index]
      if name then return name, nas[name] end
    end
  end,
})
