--- How figures that architectures are judged by are written.

local measure = {}

--- A figure of a measure, for people.
measure.shown = {
  accuracy = function(value) return ("%.1f %%"):format(value) end,
  perplexity = function(value) return ("%.1f"):format(value) end,
}

return measure
