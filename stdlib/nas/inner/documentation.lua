--- What is documented of `nas`: the stub files in `nas/meta`, read.
--
-- The stubs are written for LuaLS (https://luals.github.io/wiki/annotations), which editors ask for
-- completion. The prompt's help and completion and the reference page come from them too, so that
-- there is one place to write: a comment with the function's text, `@param`, `@return` and an
-- example, above `function module.name(...) end` or `function Class:name(...) end`.
--
-- Options are a class whose fields are the options; "(default 64)" begins a field's text, the unit
-- and what it means follow.

local spelling = require "nas.inner.spelling"

local documentation = {}

--- The stub files: one for each module, which also has its classes; beside them, one for each
-- space.
documentation.files = {
  "benchmark", "cli", "csv", "data", "description", "json", "metrics", "network", "nn", "plot",
  "progress", "prompt", "random", "ranking", "recipe", "report", "sampler", "scale", "schedule",
  "space", "stats", "study", "subset", "supernet", "tensor",
}

-- Reading

--- Splits "fun(x: number): Tensor a text" into the type and the text after it.
local function splitType(text)
  local depth, place = 0, 1
  while place <= #text do
    local letter = text:sub(place, place)
    if letter:find "[%(%[{<]" then depth = depth + 1 end
    if letter:find "[%)%]}>]" then depth = depth - 1 end
    if letter == '"' then place = text:find('"', place + 1, true) or #text end
    if letter == " " and depth == 0 and not text:sub(place - 1, place - 1):find "[:|,]"
      and text:sub(place + 1, place + 1) ~= "|" then
      return text:sub(1, place - 1), (text:sub(place + 1):gsub("^%s+", ""))
    end
    place = place + 1
  end
  return text, ""
end

--- A parameter or field: "name? type text".
local function readVariable(text)
  local name, optional, rest = text:match "^([%w_%.]+)(%??)%s+(.*)$"
  if not name then return nil end
  local kind, about = splitType(rest)
  local default, after = about:match "^%(default (.-)%)%s*(.*)$"
  return {
    name = name, optional = optional == "?", type = kind, default = default,
    text = after or about,
  }
end

--- A comment's lines as an entry: its text, example, parameters, results, fields. The text of one
-- of those goes on in the next lines, up to one that is empty.
local function readComment(lines)
  local entry = { params = {}, returns = {}, fields = {}, text = {}, example = {} }
  local target, inExample, tagged = entry.text, false, nil
  local function add(list, one)
    list[#list + 1], tagged = one, one
  end
  for _, line in ipairs(lines) do
    local tag, rest = line:match "^%-%-%-@(%w+)%s*(.*)$"
    if tag == "param" then
      add(entry.params, readVariable(rest))
    elseif tag == "field" then
      add(entry.fields, readVariable(rest))
    elseif tag == "return" then
      local kind, about = splitType(rest)
      add(entry.returns, { type = kind, text = about })
    elseif tag == "class" then
      entry.class = rest:match "^[%w_%.]+"
    elseif tag == "overload" then
      entry.overload = rest
    elseif not tag then
      local text = line:gsub("^%-%-%-? ?", "")
      if text:find "^```" then
        inExample = not inExample
        target = inExample and entry.example or entry.text
        tagged = nil
      elseif tagged and text ~= "" then
        tagged.text = tagged.text .. " " .. text
      else
        tagged = nil
        target[#target + 1] = text
      end
    end
  end
  while entry.text[#entry.text] == "" do table.remove(entry.text) end
  local paragraph = table.concat(entry.text, " "):match "^(.-)  " or table.concat(entry.text, " ")
  entry.summary = (paragraph:match "^.-[.:]%f[%s%z]" or paragraph):gsub(":$", ".")
  return entry
end

--- All entries of a stub file's text, added to `found`: an array that also holds them by name, and
-- its classes of fields by name.
function documentation.read(source, found)
  local comment, variables = {}, {}
  local function add(entry, name, kind)
    entry.name, entry.kind = name, kind
    found[#found + 1], found[name] = entry, entry
  end
  for line in (source .. "\n"):gmatch "(.-)\r?\n" do
    if line:find "^%-%-%-" or line:find "^%-%-" and #comment > 0 then
      comment[#comment + 1] = line
    else
      local entry = #comment > 0 and readComment(comment) or nil
      comment = {}
      local variable, sign, name, arguments = line:match "^function ([%w_]+)([.:])([%w_]+)%((.-)%)"
      if variable and entry then
        entry.arguments = arguments
        local owner = variables[variable] or variable
        add(entry, owner .. sign .. name, sign == ":" and "method" or "function")
        entry.owner = owner
      elseif entry and entry.class then
        local bound, isKnown = line:match "^local ([%w_]+) = ", found.classes[entry.class]
        found.classes[entry.class] = isKnown or entry
        if bound then variables[bound] = entry.class end
        -- A file may add to a class that another has.
        if bound and not isKnown then
          add(entry, entry.class, entry.class:find "^nas" and "module" or "class")
          for _, field in ipairs(entry.fields) do
            add({
              params = {}, returns = { { type = field.type, text = "" } }, fields = {},
              text = { field.text }, summary = field.text, example = {}, owner = entry.class,
            }, entry.class .. "." .. field.name, "property")
          end
        end
      end
    end
  end
  return found
end

local loaded

--- All entries: an array in the stubs' order, which also holds each by its name; `modules` has the
-- modules' names.
function documentation.entries()
  if loaded then return loaded end
  loaded = { classes = {}, modules = {} }
  local names = table.move(documentation.files, 1, #documentation.files, 1, {})
  for _, name in ipairs(documentation.files) do loaded.modules[name] = true end
  for _, name in ipairs(require "nas.inner.spaces".names) do
    names[#names + 1] = "spaces." .. name
  end
  for _, name in ipairs(names) do
    local path = package.searchpath("nas.meta." .. name, package.path)
    local file = path and io.open(path, "r")
    if file then
      documentation.read(file:read "a", loaded)
      file:close()
    end
  end
  return loaded
end

--- The options that an entry's parameters take, in order: fields of the classes they are of.
function documentation.options(entry)
  local options = {}
  for _, param in ipairs(entry.params) do
    for kind in param.type:gmatch "[%w_%.]+" do
      local class = documentation.entries().classes[kind]
      if class and class.kind == nil then
        table.move(class.fields, 1, #class.fields, #options + 1, options)
      end
    end
  end
  return options
end

--- The texts that a type of literals allows: of `"float32"|"float64"` two.
function documentation.literals(kind)
  local texts = {}
  for text in kind:gmatch '"(.-)"' do texts[#texts + 1] = text end
  return texts
end

-- Finding

local function lastPart(name) return name:match "([%w_]+)$" end

--- The entry of a name, written in full ("nas.data.open", "Tensor:sum") or in part ("open", "sum",
-- "data.open"); or nil and all entries that might be meant; or nil, nil and the nearest name.
function documentation.find(name)
  local entries = documentation.entries()
  local asMethod = name:gsub("%.([%w_]+)$", ":%1")
  local exact = entries[name] or entries["nas." .. name] or entries[asMethod]
  if exact then return exact end
  local candidates, names, byPart = {}, {}, {}
  local part, owner = lastPart(name) or "", name:match "^(.-)[.:][%w_]+$"
  -- An owner that is no module or class may be a variable, of whatever has a member of that name.
  if owner and not (entries[owner] or entries["nas." .. owner]) then owner = nil end
  for _, entry in ipairs(entries) do
    local last = lastPart(entry.name)
    if last == part and not owner then candidates[#candidates + 1] = entry end
    if not byPart[last] then byPart[last], names[#names + 1] = entry, last end
    if entry.name ~= last then byPart[entry.name], names[#names + 1] = entry, entry.name end
  end
  -- What can be called comes before fields of its name.
  local called = {}
  for _, entry in ipairs(candidates) do
    if entry.kind ~= "property" then called[#called + 1] = entry end
  end
  if #called == 1 then return called[1] end
  if #candidates == 1 then return candidates[1] end
  if #candidates > 1 then return nil, candidates end
  local near = spelling.nearest(name, names) or owner and spelling.nearest(part, names)
  return nil, nil, near and byPart[near]
end

-- Showing

--- "net:train(options)" as a heading: the name, the arguments, and the types of the results.
function documentation.signature(entry)
  local results = {}
  for index, result in ipairs(entry.returns) do results[index] = result.type end
  local tail = #results > 0 and " -> " .. table.concat(results, ", ") or ""
  if entry.kind == "property" then return entry.name .. ": " .. table.concat(results) end
  if not entry.arguments then return entry.name end
  return ("%s(%s)%s"):format(entry.name, entry.arguments, tail)
end

--- What belongs to a module or class: its functions, methods and properties, in order.
function documentation.members(owner)
  local members = {}
  for _, entry in ipairs(documentation.entries()) do
    if entry.owner == owner then members[#members + 1] = entry end
  end
  return members
end

return documentation
