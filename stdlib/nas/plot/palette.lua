--- The looks of a plot's series, in the order in which they are given out, and its colour scales.
--
-- The colours are Okabe and Ito's, told apart with any kind of colour vision (Okabe & Ito 2008,
-- "Color universal design"): `hex` for figures, `ansi` the nearest of a terminal's 256. There are
-- more shapes than colours, and their counts have no common divisor, so that the 8th series has the
-- first one's colour but neither its shape nor its dash, and only the 92nd is the first one's twin.

local palette = {}

local colours = {
  { hex = "0072B2", ansi = 25 }, { hex = "D55E00", ansi = 166 }, { hex = "009E73", ansi = 36 },
  { hex = "E69F00", ansi = 214 }, { hex = "CC79A7", ansi = 175 }, { hex = "56B4E9", ansi = 74 },
  { hex = "000000", ansi = 244 },
}

--- `mark` and `plain` tell series apart in a terminal, `point` is gnuplot's point type.
local shapes = {
  { mark = "●", plain = "o", point = 7 }, { mark = "▲", plain = "x", point = 9 },
  { mark = "■", plain = "#", point = 5 }, { mark = "◆", plain = "*", point = 13 },
  { mark = "○", plain = "@", point = 6 }, { mark = "△", plain = "%", point = 8 },
  { mark = "□", plain = "&", point = 4 }, { mark = "◇", plain = "$", point = 12 },
  { mark = "▼", plain = "v", point = 11 }, { mark = "×", plain = "X", point = 2 },
  { mark = "▽", plain = "w", point = 10 }, { mark = "+", plain = "+", point = 1 },
  { mark = "*", plain = "=", point = 3 },
}

--- gnuplot's dash types: solid first.
local dashes = { "1", "2", "4", "3", "(14,4,3,4,3,4)" }

--- The look of the series with this index.
function palette.look(index)
  local colour, shape = colours[(index - 1) % #colours + 1], shapes[(index - 1) % #shapes + 1]
  return {
    hex = colour.hex, ansi = colour.ansi, mark = shape.mark, plain = shape.plain,
    point = shape.point, dash = dashes[(index - 1) // #colours % #dashes + 1],
  }
end

--- The look of what stands behind the rest: of reference lines, and of groups beside one that is
-- highlighted.
palette.muted = { hex = "999999", ansi = 247, mark = "·", plain = ".", point = 7, dash = "1" }
palette.guide = { hex = "555555", ansi = 243, mark = "┄", plain = "-", point = 7, dash = "3" }
palette.ink = { hex = "222222", ansi = 244, mark = "┃", plain = "|", point = 7, dash = "1" }

-- Colour scales

--- Colours from the low end to the high one, equally far apart: ColorBrewer's RdBu, white in its
-- middle, and Blues. Both are told apart in print without colours or with any kind of vision.
palette.scales = {
  diverging = { "2166AC", "67A9CF", "D1E5F0", "F7F7F7", "FDDBC7", "EF8A62", "B2182B" },
  sequential = { "CFE1F2", "94C4DF", "4A98C9", "1764AB", "08306B" },
}

--- What is drawn where there is no value.
palette.missing = { hex = "DDDDDD", ansi = 252 }

local function channels(hex)
  local value = tonumber(hex, 16)
  return { value >> 16, value >> 8 & 255, value & 255 }
end

--- Red, green and blue, 0 to 255, at a position from 0 to 1 of a scale; beyond it, those of its
-- end.
function palette.at(scale, position)
  local stops = palette.scales[scale]
  local place = math.max(0, math.min(1, position)) * (#stops - 1)
  local below = math.min(math.floor(place), #stops - 2)
  local low, high = channels(stops[below + 1]), channels(stops[below + 2])
  local mixed = {}
  for index = 1, 3 do
    mixed[index] = math.floor(low[index] + (high[index] - low[index]) * (place - below) + 0.5)
  end
  return mixed
end

--- Whether text on a colour is read better white than in ink, by WCAG's contrast of luminances.
function palette.isDark(colour)
  local function linear(value)
    value = value / 255
    return value <= 0.04045 and value / 12.92 or ((value + 0.055) / 1.055) ^ 2.4
  end
  local luminance = 0.2126 * linear(colour[1]) + 0.7152 * linear(colour[2])
    + 0.0722 * linear(colour[3])
  return luminance < 0.213
end

--- The nearest of a terminal's 6 × 6 × 6 colours.
function palette.ansi(colour)
  local index = 16
  for place, weight in ipairs { 36, 6, 1 } do
    local level = colour[place] < 48 and 0 or colour[place] < 115 and 1
      or (colour[place] - 35) // 40
    index = index + weight * level
  end
  return index
end

return palette
