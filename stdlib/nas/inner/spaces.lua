--- What lunas knows of a space beside what the engine does: by the space's name, a table.
--
-- Of a space that lunas has it is the file `nas/spaces/<name>.lua`; the engine's registry says
-- which there are, and nothing else lists them. Of a space that a script defined it is what the
-- definition said. Fields, all of which may be absent:
--
--   measure    what architectures of the space are judged by: "accuracy" unless it says otherwise
--   recipe     how the paper trains and evaluates the space's supernets: see `nas.recipe`
--   small, paper    the sizes that the space is used at: see `nas.scale`
--   groundtruth     how `scripts/groundtruth.lua` trains architectures alone: `space`, `data`,
--                   `images`, `epochs`, `training`, `evaluation`, and how many of them: `count` (or
--                   "all"), `seeds` of each, `repeated` with three, drawn by `seed`
--   wiring     a function of an architecture's candidates by their decisions' names, which gives
--              what is drawn of it: see `nas.space.wiring`

local native = require "nas.native.space"

local spaces = {}

--- The spaces that lunas has, in the registry's order.
spaces.names = native.names

local isBuiltIn, defined = {}, {}
for _, name in ipairs(spaces.names) do isBuiltIn[name] = true end

--- What is known of the space of a name; an empty table where nothing is.
function spaces.of(name)
  if isBuiltIn[name] then return require("nas.spaces." .. name) end
  return defined[name] or {}
end

--- Remembers what a definition says of its space.
function spaces.define(name, known) defined[name] = known end

--- A field of all spaces that lunas has, by their names.
function spaces.collected(field)
  local found = {}
  for _, name in ipairs(spaces.names) do found[name] = spaces.of(name)[field] end
  return found
end

return spaces
