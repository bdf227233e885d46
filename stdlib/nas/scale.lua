--- Sizes at which each space is used: `small`, on the embedded data in minutes on two cores, and
-- `paper`, the sizes of the paper and of the spaces' own networks. They stand in the spaces' own
-- files (`nas/spaces`).
--
-- An entry holds `space`, the options of `nas.space.<name>`; `data`, the name of an embedded data
-- set, or `images`, what `nas.data.synthetic` makes in the place of one that has to be fetched; and
-- what training takes: `batch`, of text in columns, and for the small sizes `epochs`, `training`
-- (what `net:train` is told besides), `widening` (over which share of training
-- `nas.sampler.widening` widens, if it does), how many architectures are `ranked`, and by what
-- `evaluation`, with the calibration of a path's BatchNorm. `truth` names a table of ground truth
-- that ships with lunas.

local options = require "nas.inner.options"
local spaces = require "nas.inner.spaces"
local spelling = require "nas.inner.spelling"

local scale = { small = spaces.collected "small", paper = spaces.collected "paper" }

local function known(entries)
  local names = {}
  for name in pairs(entries) do names[#names + 1] = name end
  return names
end

--- Space, data and settings of a name at a scale.
function scale.open(name, which)
  local entries = (which == "small" or which == "paper") and scale[which]
  if not entries then
    error(("nas.scale.open: expected \"small\" or \"paper\", got %s"):format(
      options.shown(which)), 2)
  end
  local settings = entries[name]
  if not settings then
    error("nas.scale.open: " .. spelling.unknown("space", tostring(name), known(entries)), 2)
  end
  local data = settings.data and require "nas.data".open(settings.data)
    or require "nas.data".synthetic(settings.images)
  return require "nas.space"[name](settings.space), data, settings
end

return scale
