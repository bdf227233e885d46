--- Student's t: its distribution function and quantiles, to about twelve digits.
--
-- The distribution is a regularised incomplete beta function, computed by its continued fraction
-- with Lentz's method (Numerical Recipes, third edition, section 6.4); the quantile is found by
-- halving an interval until it is no wider than neighbouring numbers.

local student = {}

--- The natural logarithm of the gamma function of a positive number: Stirling's series behind a
-- recurrence that carries the number to where the series holds to the last digits.
local function logGamma(x)
  local shift = 0
  while x < 16 do
    shift = shift + math.log(x)
    x = x + 1
  end
  local inverse = 1 / (x * x)
  local series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680
    - inverse / 1188)))) / x
  return (x - 0.5) * math.log(x) - x + 0.5 * math.log(2 * math.pi) + series - shift
end

local TINY = 1e-300

--- The continued fraction of the incomplete beta function.
local function fraction(a, b, x)
  local function safe(value) return math.abs(value) < TINY and TINY or value end
  local c, d = 1.0, 1 / safe(1 - (a + b) * x / (a + 1))
  local product = d
  for m = 1, 10000 do
    local even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d, c = 1 / safe(1 + even * d), safe(1 + even / c)
    product = product * d * c
    local odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d, c = 1 / safe(1 + odd * d), safe(1 + odd / c)
    local factor = d * c
    product = product * factor
    if math.abs(factor - 1) < 1e-16 then break end
  end
  return product
end

--- The regularised incomplete beta function of x, with y = 1 - x given apart, since it may be
-- small.
local function beta(a, b, x, y)
  if x <= 0 then return 0.0 end
  if y <= 0 then return 1.0 end
  local front = math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * math.log(x) + b * math.log(y))
  if x < (a + 1) / (a + b + 2) then return front * fraction(a, b, x) / a end
  return 1 - front * fraction(b, a, y) / b
end

--- The chance that a t of so many degrees of freedom exceeds a positive `t`.
local function tail(t, degrees)
  local square = t * t
  if square == math.huge then return 0.0 end
  return 0.5 * beta(degrees / 2, 0.5, degrees / (degrees + square), square / (degrees + square))
end

--- The chance that a t of so many degrees of freedom is at most `t`.
function student.distribution(t, degrees)
  local beyond = tail(math.abs(t), degrees)
  return t > 0 and 1 - beyond or beyond
end

--- The t that is exceeded with the chance 1 - p; p lies between 0 and 1.
function student.quantile(p, degrees)
  if p == 0.5 then return 0.0 end
  local beyond = p < 0.5 and p or 1 - p
  local low, high = 0.0, 1.0
  while tail(high, degrees) > beyond and high < 1e300 do low, high = high, high * 2 end
  for _ = 1, 200 do
    local middle = low + (high - low) / 2
    if middle <= low or middle >= high then break end
    if tail(middle, degrees) > beyond then low = middle else high = middle end
  end
  return p < 0.5 and -high or high
end

return student
