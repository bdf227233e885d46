--- Table 1: the five search spaces, counted.

local cases = require "nas.paper.case"
local figure = require "nas.paper.figure"

--- Spaces of more architectures are not gone through for their classes.
local MOST_LISTED = 100000

--- Architectures that NAS-Bench-101's and 201's own rules take for the same, each counted once.
local function classes(space, count)
  if math.type(count) ~= "integer" or count > MOST_LISTED then return "" end
  local seen, found = {}, 0
  for architecture in space:architectures() do
    local class = architecture:hash()
    if not seen[class] then seen[class], found = true, found + 1 end
  end
  return nas.report.integer(found)
end

--- A count as people write it.
local function shown(count)
  if math.type(count) == "integer" and count < 1e9 then return nas.report.integer(count) end
  return ("%.2e"):format(count):gsub("e%+?0*", "e")
end

return figure.new {
  name = "table1", title = "Table 1: the search spaces", needsNoTruth = true,
  about = "Counted by enumeration or in closed form; classes are architectures that are isomorphic "
    .. "by the spaces' own rules.",

  show = function(section, opened, own)
    local rows = {}
    for index, case in ipairs(opened) do
      local space = nas.space[case.name]()
      local count = space:count()
      rows[index] = {
        cases.titles[case.name], (shown(count)), classes(space, count), #space.decisions,
        case.dataName, case.data and case.data.measure or "",
        case.truth and nas.report.integer(#case.truth) or "none",
      }
    end
    section:table(("Spaces, and what this report has of them (scale %s)."):format(own.scale),
      { "space", "valid architectures", "classes", "decisions", "data", "measure", "with truth" },
      rows)
  end,
}
