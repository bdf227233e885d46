--- A store: the folder in which the runs of studies are kept, which several processes and machines
-- may share.
--
-- Each run has a folder there, `trainings/KEY` or `rankings/KEY`, by the key of its description:
-- `description.json`, `result.json`, tables as CSV, weights where they are wanted. Where it failed
-- there is `failure.txt` instead. Whoever works on a run does so in a claim within that folder (see
-- `Claim` of the engine), and gives what is finished its name there, the result last.
--
-- Invariant: a run with a result is finished, and no file of it changes after. No two processes
-- write one file.

local csv = require "nas.csv"
local description = require "nas.description.record"
local files = require "nas.inner.files"
local json = require "nas.json"
local native = require "nas.native.store"
local system = require "nas.native"

local store = {}

local Store = {}
Store.__index = Store

local folders = { training = "trainings", ranking = "rankings" }

--- What a finished run may leave, in the order in which it gets its names.
local finished = {
  "log.csv", "validation.csv", "times.csv", "scores.csv", "weights.safetensors", "description.json",
  "result.json",
}

--- @param list the store's folder, then others that are only read
-- @param given `patience`, seconds after which a silent owner on another machine is taken for dead;
-- `beat`, seconds between signs of life
function store.open(list, given)
  return setmetatable({
    folders = list, patience = given.patience, beat = given.beat, results = {},
  }, Store)
end

local function placeIn(folder, run)
  return ("%s/%s/%s"):format(folder, folders[run.kind], run.key)
end

--- The folder of a run, in the store itself.
function Store:place(run) return placeIn(self.folders[1], run) end

--- Raises an error that names the folders of two results of one run.
local function refuse(place, other)
  error(("'%s/result.json' and '%s/result.json' are of one run, and differ: remove the folder of "
    .. "the wrong one"):format(place, other), 0)
end

--- The bytes of a file; nil where there is none.
function store.content(path)
  if not system.exists(path) then return nil end
  local content, problem = files.content(path)
  -- Another process may have given it up between the two looks.
  if not content and system.exists(path) then error(problem, 0) end
  return content
end

--- Raises an error unless a folder's description is the run's.
local function checkDescription(run, place)
  local path = place .. "/description.json"
  local problem = description.told(description.differences(json.read(path), run.lines))
  if problem then error(("'%s' is of another run: %s"):format(path, problem), 0) end
end

--- What a run came to, and its folder; nil where it is not finished. Raises an error where two
-- folders have different results of it, with both.
function Store:result(run)
  local known = self.results[run.key]
  if known then return known.result, known.place end
  local found, text
  for _, folder in ipairs(self.folders) do
    local place = placeIn(folder, run)
    local content = store.content(place .. "/result.json")
    if content then
      checkDescription(run, place)
      if text and content ~= text then refuse(found, place) end
      found, text = found or place, text or content
    end
  end
  if not found then return nil end
  self.results[run.key] = { result = json.decode(text), place = found }
  return self.results[run.key].result, found
end

--- The path of a file that a finished run left, in whichever folder it stands; nil where it is not.
function Store:file(run, name)
  local _, place = self:result(run)
  local path = place and place .. "/" .. name
  return path and system.exists(path) and path or nil
end

--- Why a run failed; nil where it did not.
function Store:failure(run) return store.content(self:place(run) .. "/failure.txt") end

--- Has a run that failed be tried again.
function Store:forget(run)
  local path = self:place(run) .. "/failure.txt"
  if system.exists(path) then native.remove(path) end
end

--- The right to work on a run; nil and who has it.
function Store:claim(run)
  local place = self:place(run)
  native.make_folder(place)
  return native.claim(place, self.patience, self.beat)
end

--- Takes files that an earlier claim left over into this one: the newest of each name.
function store.inherit(claim, names)
  for _, name in ipairs(names) do
    for index = #claim.predecessors, 1, -1 do
      local content = store.content(claim.predecessors[index] .. "/" .. name)
      if content then
        system.write(claim.folder .. "/" .. name, content)
        break
      end
    end
  end
  claim:remove_predecessors()
end

--- Gives what a claim's folder holds of a finished run its names, and ends the claim.
function Store:publish(run, claim, result)
  local place = self:place(run)
  json.write(claim.folder .. "/description.json", run.lines)
  json.write(claim.folder .. "/result.json", result)
  local before = store.content(place .. "/result.json")
  local now = store.content(claim.folder .. "/result.json")
  if before and before ~= now then refuse(place, claim.folder) end
  for _, name in ipairs(finished) do
    if system.exists(claim.folder .. "/" .. name) then
      native.rename(claim.folder .. "/" .. name, place .. "/" .. name)
    end
  end
  self:forget(run)
  claim:finish()
  self.results[run.key] = nil
end

--- Notes why a run failed, and leaves what there is of it to be gone on with.
function Store:fail(run, claim, text)
  local path = claim.folder .. "/failure.txt"
  system.write(path, text .. "\n")
  native.rename(path, self:place(run) .. "/failure.txt")
  claim:release()
end

--- Removes what killed processes left of a finished run.
function Store:tidy(run)
  local place = self:place(run)
  for _, name in ipairs(native.names(place) or {}) do
    if name:find "^%.?claim" then return native.tidy(place, self.patience) end
  end
end

--- Whether anybody works on a run, or began to.
function Store:isBegun(run)
  for _, name in ipairs(native.names(self:place(run)) or {}) do
    if name:find "^claim" then return true end
  end
  return false
end

--- Writes rows as CSV, of which a column that no row has is left out.
function store.writeTable(path, columns, rows)
  local kept = {}
  for _, column in ipairs(columns) do
    for _, row in ipairs(rows) do
      if row[column] ~= nil then
        kept[#kept + 1] = column
        break
      end
    end
  end
  local own = {}
  for index, row in ipairs(rows) do
    own[index] = {}
    for _, column in ipairs(kept) do own[index][column] = row[column] end
  end
  csv.write(path, own, { columns = kept })
end

return store
