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

--- Words of a column's name that say on which images or texts its figures were found.
local splits = { train = true, training = true, valid = true, validation = true, test = true }

--- The measure of a column of figures of a space's architectures: one that its name has in it, as
-- in `validation_loss`, or, where it names nothing but a split, that of the space. Nil where that
-- cannot be told.
function measure.ofColumn(column, space)
  local isSplit = false
  for word in column:gmatch "[^_.%- ]+" do
    if measure.directions[word] then return word end
    if not splits[word] and not word:find "^%d+$" then return nil end
    isSplit = isSplit or splits[word]
  end
  return isSplit and (spaces.of(space).measure or "accuracy") or nil
end

return measure
