--- Cells of tables as text: whatever `tostring` takes, and figures with their intervals.
--
-- A table { value, low, high } is a figure with its interval, { value } one without; `decimals`
-- beside them says how many are shown (2 unless given).

local numerals = require "nas.inner.numerals"
local options = require "nas.inner.options"

local cells = {}

--- A number with a fixed count of decimals; what is not finite as "nan", "inf", "-inf".
function cells.number(value, decimals)
  if value ~= value then return "nan" end
  if value == math.huge or value == -math.huge then return value > 0 and "inf" or "-inf" end
  local text = numerals.format(("%%.%df"):format(decimals or 2), value)
  return (text:gsub("^%-([0.]+)$", "%1"))
end

local decimalsRule = { type = "integer", minimum = 0, maximum = 17 }

--- A cell as two texts, the second one the interval or nil; or nil and what is wrong.
function cells.text(cell)
  if cell == nil then return "" end
  local meta = getmetatable(cell)
  if type(cell) ~= "table" or type(meta) == "table" and meta.__tostring then
    return tostring(cell)
  end
  local value, low, high = cell[1], cell[2], cell[3]
  local decimals = cell.decimals == nil and 2 or cell.decimals
  local fault = options.fault(decimals, decimalsRule)
  if fault then return nil, "decimals: " .. fault end
  for _, one in ipairs { value or false, low or 0, high or 0 } do
    if type(one) ~= "number" then
      return nil, "expected { value, low, high }, numbers, or { value }, got " .. options.shown(one)
    end
  end
  if (low == nil) ~= (high == nil) then return nil, "expected both ends of an interval, got one" end
  local text = cells.number(value, decimals)
  -- Of one value there is no interval.
  if not low or low ~= low and high ~= high then return text end
  return text, ("[%s, %s]"):format(cells.number(low, decimals), cells.number(high, decimals))
end

--- Whether a text is a figure, which stands at the right of its column.
function cells.isNumeric(text)
  return text:find "^[-+~<>]?%.?%d" ~= nil or text == "nan" or text == "inf" or text == "-inf"
end

return cells
