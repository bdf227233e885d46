--- The kinds of layers that a plot is made of, by name, and how one is made of what a caller gives.
--
-- A kind is a table of
--
--   rules     the fields of such a layer
--   build     function(what, settings): a list of layers, checked, for errors named `what`
--   extent    function(layer): the values it takes of the axes `x`, `y` and `colour`; `anchor`,
-- from
--             which bars rise; `leftOut`, how many points were not finite
--   draw      function(layer, context): the marks it is drawn with (see `marks.lua`). The context
--             has the `axes`, the layer's `look`, its `place` among its kind and their `count`.
--   hasLook   whether it gets the next colour and shape; `isGuide` whether it is no data;
--             `isOverCategories` whether it stands over categories, drawn as if upright
--
-- Whatever is said of kinds is said there; axes, legends, pictures and drawings know none of them.

local options = require "nas.inner.options"
local spelling = require "nas.inner.spelling"

local layers = { kinds = {} }

for _, name in ipairs { "curves", "bars", "heatmap", "guides" } do
  for kind, details in pairs(require("nas.plot.kinds." .. name)) do
    details.name = kind
    layers.kinds[kind] = details
  end
end

--- The layers of a kind, from settings that fit its rules, at the end of `all`.
function layers.add(all, kind, what, settings)
  for _, layer in ipairs(layers.kinds[kind].build(what, settings)) do
    layer.kind = layers.kinds[kind]
    all[#all + 1] = layer
  end
end

--- The same from what a caller gives, a table of the kind's fields and perhaps `kind`; a plain list
-- of numbers is its `y`. Raises without a position.
function layers.addGiven(all, what, given, usual)
  if type(given) == "table" and #given > 0 and usual then given = { y = given } end
  local fault = options.fault(given, { type = "table" })
  if fault then error(("%s: %s"):format(what, fault), 0) end
  local kind, fields = given.kind, {}
  if kind == nil then kind = usual end
  if kind == nil then error(what .. ": kind is missing, such as 'line' or 'points'", 0) end
  if type(kind) ~= "string" or not layers.kinds[kind] then
    local known = {}
    for name in pairs(layers.kinds) do known[#known + 1] = name end
    error(("%s: %s"):format(what, spelling.unknown("kind of layer", kind, known)), 0)
  end
  for key, value in next, given do
    if key ~= "kind" then fields[key] = value end
  end
  layers.add(all, kind, what, options.check(what, fields, layers.kinds[kind].rules, 0))
end

return layers
