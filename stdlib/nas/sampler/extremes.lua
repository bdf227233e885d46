--- The largest and the smallest architecture of a space, by multiply-adds.

local random = require "nas.random"

local extremes = {}

--- How many random architectures are begun from.
local starts = 8

--- The architecture that has most multiply-adds (`sign` 1) or fewest (-1) among those that can be
-- climbed to from some random ones by changing one decision at a time.
function extremes.find(space, seed, sign)
  local generator = random.derived(seed, "extremes")
  local best, height
  for _ = 1, starts do
    local here = space:sample(generator)
    local level = sign * here:flops()
    local isClimbing = true
    while isClimbing do
      isClimbing = false
      for _, near in ipairs(here:neighbours()) do
        local other = sign * near:flops()
        if other > level and (not space.contains or space:contains(near)) then
          here, level, isClimbing = near, other, true
        end
      end
    end
    if not height or level > height then best, height = here, level end
  end
  return best
end

return extremes
