--- Figures that architectures are judged by: how they are written, and which end of them is good.

local numerals = require "nas.inner.numerals"
local spaces = require "nas.inner.spaces"

local measure = {}

--- A figure of a measure, for people.
measure.shown = {
  accuracy = function(value) return numerals.format("%.1f", value) .. " %" end,
  perplexity = function(value) return numerals.format("%.1f", value) end,
}

--- Which end of a measure is good.
measure.directions = { accuracy = "higher", perplexity = "lower", loss = "lower" }

--- What an axis or a column of a measure is called.
function measure.label(name) return name == "accuracy" and "accuracy, %" or name end

--- Words of a column's name that say on which images or texts its figures were found: splits, and
-- data sets that architectures are published with.
local images = {
  train = true, training = true, valid = true, validation = true, val = true, test = true,
  cifar = true, cifar10 = true, cifar100 = true, imagenet = true, imagenet16 = true,
  fashion16 = true, ptb = true, ori = true, final = true, best = true,
}

--- Other words that a column's name has for a measure.
local short = { acc = "accuracy", top1 = "accuracy", ppl = "perplexity" }

--- The measure of a column of figures of a space's architectures: one that its name has in it, as
-- in `validation_loss`, or, where it names nothing but images, that of the space. Nil where that
-- cannot be told.
function measure.ofColumn(column, space)
  local isOfImages = false
  for word in column:lower():gmatch "[^_.%- ]+" do
    local known = short[word] or word
    if measure.directions[known] then return known end
    if not images[word] and not word:find "^%d+$" then return nil end
    isOfImages = isOfImages or images[word]
  end
  return isOfImages and (spaces.of(space).measure or "accuracy") or nil
end

--- Words of a column's name that say its unit.
local units = {
  seconds = "seconds", secs = "seconds", milliseconds = "milliseconds", ms = "milliseconds",
  minutes = "minutes", hours = "hours", parameters = "count", params = "count", flops = "count",
}

--- The unit that a column's name says its figures have; nil of what has none, or does not say.
function measure.unitOf(column, what)
  if what == "accuracy" then return "percent" end
  for word in column:lower():gmatch "[^_.%- ]+" do
    if units[word] then return units[word] end
  end
  return nil
end

return measure
