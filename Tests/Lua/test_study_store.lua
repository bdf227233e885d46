local test, check = ...
local nas = check.host(test)

local quiet = { progress = false }

local stores = 0
local function newStore()
  stores = stores + 1
  return check.temporary("shared" .. stores)
end

local function newStudy(store, changes, options)
  local data = nas.data.open "fashion16":subset{ train = 128, validation = 64 }
  local space = nas.space.nasbench201{ channels = 2, cells = 1, image = 16 }
  local given = { space = space, data = data, epochs = 1, batch = 64, seed = { 1, 2 } }
  for name, value in pairs(changes or {}) do given[name] = value end
  local all = { store = store }
  for name, value in pairs(options or {}) do all[name] = value end
  return nas.study.new(nas.study.grid(given), all)
end

local function folderOf(study, index)
  return study.store:place(study.runs[index])
end

test("results of several stores are joined; unequal ones are an error with both places", function()
  local mine, theirs = newStore(), newStore()
  newStudy(mine, { seed = 1 }):run(quiet)
  newStudy(theirs, { seed = { 1, 2 } }):run(quiet)
  local both = newStudy({ mine, theirs })
  check.equal(both:rows()[2].state, "finished")
  both:run(quiet)
  check.equal(#nas.native.list(mine .. "/trainings"), 1)
  -- Equal results of one run are one row; others are not.
  check.equal(#both:rows(), 2)
  local path = folderOf(newStudy(theirs), 1) .. "/result.json"
  local result = nas.json.read(path)
  result.loss = result.loss + 1
  nas.json.write(path, result)
  local message = check.raises("are of one run, and differ", function()
    newStudy({ mine, theirs }):rows()
  end)
  check.contains(message, mine)
  check.contains(message, theirs)
end)

test("a process that finds another result than stands there says where both are", function()
  local store = newStore()
  local study = newStudy(store, { seed = 1 })
  study:run(quiet)
  local place = folderOf(study, 1)
  local result = nas.json.read(place .. "/result.json")
  result.loss = result.loss + 1
  nas.json.write(place .. "/result.json", result)
  -- The run is made again where its weights are wanted.
  local again = newStudy(store, { seed = 1 }, { weights = true })
  local message = check.raises("are of one run, and differ", again.run, again, quiet)
  check.contains(message, place .. "/result.json")
  check.contains(message, "claim.1/result.json")
end)

test("a folder of another run is refused, naming what differs", function()
  local store = newStore()
  local study = newStudy(store, { seed = 1 })
  study:run(quiet)
  local path = folderOf(study, 1) .. "/description.json"
  local lines = nas.json.read(path)
  lines.batch = "65"
  nas.json.write(path, lines)
  check.raises("is of another run: batch is 65, here it is 64", function()
    newStudy(store, { seed = 1 }):rows()
  end)
end)

test("weights that are wanted later are trained again, to the same result", function()
  local store = newStore()
  local study = newStudy(store, { seed = 1 })
  study:run(quiet)
  local place = folderOf(study, 1)
  local before = check.content(place .. "/result.json")
  check.equal(nas.native.exists(place .. "/weights.safetensors"), false)
  local space = nas.space.nasbench201{ channels = 2, cells = 1, image = 16 }
  local ranked = newStudy(store, {
    seed = 1, rank = {
      architectures = { space:sample(1) }, calibration_steps = 1, calibration_batch = 32,
    },
  })
  ranked:run(quiet)
  check.equal(nas.native.exists(place .. "/weights.safetensors"), true)
  check.equal(check.content(place .. "/result.json"), before)
  check.equal(ranked:rows()[1].state, "finished")
end)

test("a run that another process works on is waited for", function()
  local native = require "nas.native.store"
  local store = newStore()
  local study = newStudy(store)
  -- A process of another machine that ends after a while.
  local place = folderOf(study, 1)
  native.make_folder(place .. "/claim.1")
  nas.native.write(place .. "/claim.1/owner", "77 12 elsewhere 0-1 pid:[1] 5.1\n")
  local sleep, slept = native.sleep, 0
  native.sleep = function()
    slept = slept + 1
    if slept == 3 then os.remove(place .. "/claim.1/owner") end
  end
  local isDone = study:run(quiet)
  native.sleep = sleep
  check.equal(isDone, true)
  check.equal(slept, 3)
  check.equal(study:rows()[1].state, "finished")
end)

test("a run that is under way in this process is an error, one that was dropped is not", function()
  local store = newStore()
  local study = newStudy(store, { seed = 1 })
  local claim = assert(study.store:claim(study.runs[1]))
  check.raises("is under way in this process already", study.run, study, quiet)
  claim:release()
  -- A sampler that never comes back, in a coroutine that nobody resumes.
  local dropped = newStudy(store, {
    seed = 1, sampler = function(over)
      return function()
        if coroutine.isyieldable() then coroutine.yield() end
        return over:sample(1)
      end
    end,
  })
  coroutine.wrap(function() dropped:run(quiet) end)()
  check.equal(dropped:run(quiet), true)
end)

test("a run that was taken over is left to who took it", function()
  local training = require "nas.training"
  local store = newStore()
  local study = newStudy(store, { seed = 1, epochs = 2 })
  local watched, other = training.watched, nil
  training.watched = function(net, given, watcher)
    local epoch, count = watcher.epoch, 0
    return watched(net, given, {
      step = watcher.step,
      epoch = function(...)
        count = count + 1
        if count == 1 and not other then
          -- As if this process had slept for long: another takes it for dead.
          os.remove(given.checkpoint:match "^(.*)/" .. "/owner")
          other = assert(study.store:claim(study.runs[1]))
          other:release()
        end
        return epoch(...)
      end,
    })
  end
  local isDone = study:run(quiet)
  training.watched = watched
  check.equal(isDone, true)
  check.equal(study:rows()[1].state, "finished")
  check.equal(table.concat(nas.native.list(folderOf(study, 1)), " "),
    "description.json log.csv result.json times.csv")
end)

test("what killed processes left of a finished run goes", function()
  local store = newStore()
  local study = newStudy(store, { seed = 1 })
  study:run(quiet)
  local place = folderOf(study, 1)
  for _, name in ipairs{ "claim.1", ".claim-0123" } do
    require "nas.native.store".make_folder(place .. "/" .. name)
    nas.native.write(place .. "/" .. name .. "/checkpoint", "left over")
  end
  newStudy(store, { seed = 1 }):run(quiet)
  check.equal(table.concat(nas.native.list(place), " "),
    "description.json log.csv result.json times.csv")
end)

test("a store that cannot be written is an error, and so is a file in its place", function()
  local path = check.temporary "no_folder"
  nas.native.write(path, "a file")
  local study = newStudy(path)
  check.raises("Not a directory", study.run, study, quiet)
  check.equal(check.content(path), "a file")
end)
