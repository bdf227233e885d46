--- A number as a text that gives its bits back, in no more digits than that takes.
--
-- Invariant: the text is the same under every locale, and `tonumber` under "C" gives the number
-- back; whole numbers are told from floats.

local numerals = require "nas.inner.numerals"

local function exact(number)
  if math.type(number) == "integer" then return ("%d"):format(number) end
  if number ~= number then return "nan" end
  local text
  for digits = 15, 17 do
    text = numerals.format(("%%.%dg"):format(digits), number)
    if tonumber(text) == number then break end
  end
  return text:find "[%.eni]" and text or text .. ".0"
end

return exact
