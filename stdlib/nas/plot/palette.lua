--- The looks of a plot's series, in the order in which they are given out.
--
-- The colours are Okabe and Ito's, told apart with any kind of colour vision (Okabe & Ito 2008,
-- "Color universal design"): `hex` for figures, `ansi` the nearest of a terminal's 256. `mark` and
-- `plain` tell series apart in a terminal where colour doesn't, `point` is gnuplot's point type.
-- Further series begin again at the first.

local palette = {
  { hex = "0072B2", ansi = 25, mark = "●", plain = "o", point = 7 },
  { hex = "D55E00", ansi = 166, mark = "▲", plain = "x", point = 9 },
  { hex = "009E73", ansi = 36, mark = "■", plain = "#", point = 5 },
  { hex = "E69F00", ansi = 214, mark = "◆", plain = "*", point = 13 },
  { hex = "CC79A7", ansi = 175, mark = "○", plain = "@", point = 6 },
  { hex = "56B4E9", ansi = 74, mark = "△", plain = "%", point = 8 },
  { hex = "000000", ansi = 244, mark = "□", plain = "&", point = 4 },
}

--- The look of the series with this index.
function palette.look(index)
  return palette[(index - 1) % #palette + 1]
end

return palette
