--- Tensors: numbers in a rectangular arrangement, operations on them, and their gradients.
--
--     local tensor = nas.tensor
--     local w = tensor({ { 1, 2 }, { 3, 4 } }, { requires_grad = true })
--     local loss = (w * w):sum()
--     loss:backward()
--     print(w.grad)
--
-- `tensor(table, options)` makes one of float32 numbers; the option `dtype` may say "float64" or
-- "int64" (places and labels). Dimensions and places count from 1, ranges include both ends,
-- methods give new tensors, and a trailing underscore means in place.

local native = require "nas.native.tensor"
local spelling = require "nas.inner.spelling"

local tensor = {}
for name, value in pairs(native) do
  if name ~= "new" and name ~= "methods" then tensor[name] = value end
end

--- What there is of the same shape and type: `zeros_like`, `ones_like`, `rand_like`, `randn_like`.
for _, name in ipairs { "zeros", "ones", "rand", "randn" } do
  tensor[name .. "_like"] = function(other, options)
    if not native.is_tensor(other) then
      error(("%s_like: expected a tensor, got %s"):format(name, type(other)), 2)
    end
    local settings = { dtype = other.dtype }
    for key, value in pairs(options or {}) do settings[key] = value end
    return native[name](other.shape, settings)
  end
end

--- Saves a tensor as a `.npy` file, or a table of tensors by name as a `.safetensors` file; `load`
-- gives either back.
function tensor.save(path, value)
  if tensor.is_tensor(value) then return native.save(path, value) end
  if type(value) ~= "table" then
    error("nas.tensor.save: expected a tensor or tensors by name, got " .. type(value), 2)
  end
  local names, tensors = {}, {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names, function(left, right) return tostring(left) < tostring(right) end)
  for index, name in ipairs(names) do tensors[index] = value[name] end
  return native.save(path, names, tensors)
end

--- One row for each label (whole numbers from 1 to `classes`), with a 1 at its place.
function tensor.one_hot(labels, classes)
  return tensor.eye(classes):embedding(labels)
end

return setmetatable(tensor, {
  __call = native.new,
  __index = function(_, name)
    if type(name) ~= "string" then return nil end
    local names = {}
    for key in next, tensor do names[#names + 1] = key end
    error(spelling.unknown("name in nas.tensor", name, names), 2)
  end,
})
