--- A figure or a table of the paper, as a script of `scripts/paper` defines it.
--
--     return figure.new {
--       name = "figure1", title = "Figure 1: …", about = "…",
--       spaces = { "nasbench201" },              -- all five unless given
--       settings = function(case) … end,         -- what has to be run for it
--       show = function(section, cases) … end,   -- what is shown; returns what claims are told
--     }
--
-- Run by itself such a script runs what the store lacks, prints what it shows, and writes a report
-- of it; `scripts/paper.lua` loads all of them. To `show` a case has its finished `study`.

local cases = require "nas.paper.case"
local measures = require "nas.paper.measures"
local protocols = require "nas.paper.protocol"
local scales = require "nas.paper.scales"
local sections = require "nas.paper.section"
local spelling = require "nas.inner.spelling"
local studies = require "nas.study"

local figure = {}

--- The scales that users are told of.
local public = { "quick", "laptop", "paper" }

--- Where runs are kept unless told otherwise.
local STORE = "paper-runs"

--- Options that the scripts have besides those of studies.
figure.declarations = {
  { name = "space", default = "all", help = "spaces, with commas between them" },
  { name = "data", type = "string", help = "another data set; its tables are DATA-SPACE.csv" },
  { name = "scale", default = "quick", help = "quick (minutes), laptop (hours) or paper" },
  { name = "seeds", default = 0, minimum = 0, maximum = 100, help = "of each setting (0: the "
    .. "scale's)" },
  { name = "protocol", default = "uniform", choices = protocols.names,
    help = "which architectures and differences of truth correlations count" },
  { name = "tables", type = "string", help = "a folder of tables of truth, looked in first" },
  { name = "out", type = "string", help = "the report, an .html file" },
  { name = "pictures", type = "string", help = "a folder for the plots as SVG" },
}

--- A mistake on the command line, told as the user's.
function figure.refuse(text, ...)
  io.stderr:write(("%s: %s\n"):format(tostring(arg[0]):match "[^/]*$", text:format(...)))
  os.exit(false, true)
end

--- What a call gives; what it raises as a text is told as a mistake of an option's.
function figure.attempt(option, action, ...)
  local succeeded, found = pcall(action, ...)
  if succeeded then return found end
  -- What Ctrl-C raises is no text and goes on as it is.
  if type(found) ~= "string" then error(found, 0) end
  figure.refuse("%s: %s", option, (found:gsub("^[^\n]-:%d+: ", "")))
end

--- The names in a list with commas, each of which is known.
local function spacesOf(text)
  if text == "all" then return cases.names end
  local list = {}
  for name in text:gmatch "[^,]+" do
    if not cases.titles[name] then
      figure.refuse("--space: %s", spelling.unknown("space", name, cases.names))
    end
    list[#list + 1] = name
  end
  if #list == 0 then figure.refuse "--space: expected all, or names of spaces" end
  return list
end

--- The values of the scripts' own options, those for `study:run`, and the other arguments.
-- @param more declarations of a script's own
function figure.parse(about, more)
  local declaration = { about = about }
  for _, list in ipairs { figure.declarations, more or {} } do
    for _, declared in ipairs(list) do declaration[#declaration + 1] = declared end
  end
  local own, wanted, rest = studies.parse(declaration)
  if not scales[own.scale] then
    figure.refuse("--scale: %s", spelling.unknown("scale", own.scale, public))
  end
  if own.out and not own.out:lower():find "%.html?$" then
    figure.refuse("--out: expected a name that ends in .html, got %s", own.out)
  end
  own.spaces = spacesOf(own.space)
  own.seeds = own.seeds > 0 and own.seeds or nil
  wanted.store = wanted.store or STORE
  return own, wanted, rest
end

local Figure = {}
Figure.__index = Figure

--- Whether this process was started with the script that is being loaded.
local function isMain(name)
  return type(arg) == "table" and type(arg[0]) == "string"
    and arg[0]:match "([^/]*)%.lua$" == name
end

--- The figure that a script defines; run at once where the script was started by itself.
function figure.new(definition)
  local self = setmetatable(definition, Figure)
  if isMain(self.name) then require "nas.paper.document".single(self) end
  return self
end

--- Whether the figure has a space.
function Figure:has(name)
  for _, own in ipairs(self.spaces or cases.names) do
    if own == name then return true end
  end
  return false
end

--- The cases of the spaces that are wanted, opened; a space whose truth or data are absent has
-- `missing`. All figures of a process share them.
function figure.cases(own)
  local list = {}
  for index, name in ipairs(own.spaces) do
    list[index] = figure.attempt("--tables", cases.open, name, own)
  end
  return list
end

--- The settings that the figure needs of a case, as a list of lists; drawn once, since of parts of
-- large spaces they take a while.
function Figure:needs(case)
  if case.missing or not self.settings or not self:has(case.name) then return {} end
  case.memory[self.name] = case.memory[self.name] or self.settings(case)
  return case.memory[self.name]
end

--- A case's study for this figure, whose rows have the figures of `nas.paper.measures`.
local function studyOf(self, case, own, store)
  local settings = self:needs(case)
  if #settings == 0 then return nil end
  return studies.new(settings, {
    store = store,
    figures = function(run) return measures.remembered(case, run, own.protocol, run.key) end,
  })
end

--- What the figure shows, from what the store has: its section; what claims are told of it; its
-- runs.
function Figure:shown(opened, own, store)
  local section = sections.new(self.name, self.title, self.about)
  section:reported()
  local mine, runs = {}, {}
  for _, case in ipairs(opened) do
    if self:has(case.name) then
      if case.missing and not self.needsNoTruth then
        section:paragraph(("%s is left out: %s."):format(case.title, case.missing))
      else
        case.study = studyOf(self, case, own, store)
        mine[#mine + 1] = case
        for _, run in ipairs(case.study and case.study.runs or {}) do runs[#runs + 1] = run end
      end
    end
  end
  if #mine == 0 then
    section:paragraph "None of its spaces is among those that were asked for, with data and truth."
    return section, {}, runs
  end
  local evidence = self.show(section, mine, own) or {}
  return section, evidence, runs
end

return figure
