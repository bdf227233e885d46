local test, check = ...
local nas = check.host(test)

--- What a study of the tests needs, as a script makes it.
local preamble = [[
local data = nas.data.open "fashion16":subset{ train = 128, validation = 64 }
local space = nas.space.nasbench201{ channels = 2, cells = 1, image = 16 }
local cells = {}
for index = 1, 4 do cells[index] = space:sample(index) end
local quick = { architectures = cells, calibration_steps = 1, calibration_batch = 32 }
]]

local function parts()
  local data = nas.data.open "fashion16":subset{ train = 128, validation = 64 }
  local space = nas.space.nasbench201{ channels = 2, cells = 1, image = 16 }
  local cells = {}
  for index = 1, 4 do cells[index] = space:sample(index) end
  return data, space, cells
end

local quiet = { progress = false }

local function shell(command, ...)
  assert(os.execute(command:format(...)))
end

local stores = 0
local function newStore()
  stores = stores + 1
  return check.temporary("store" .. stores)
end

--- The settings of two samplers and two seeds, and their ranking.
local function settings(changes)
  local data, space, cells = parts()
  local given = {
    space = space, data = data, epochs = 1, batch = 64, seed = { 1, 2 },
    sampler = { "uniform", { "multipath", paths = 2 } },
    rank = { architectures = cells, calibration_steps = 1, calibration_batch = 32 },
  }
  for name, value in pairs(changes or {}) do given[name] = value end
  return given
end

local function fileNames(folder)
  local names = {}
  local process = assert(io.popen(("cd %s && find . -type f | sort"):format(check.quoted(folder))))
  for name in process:lines() do names[#names + 1] = name end
  process:close()
  return names
end

test("a grid has all combinations, and lists of architectures are values", function()
  local _, space, cells = parts()
  local rows = nas.study.grid{
    space = space, lr = { 0.1, 0.2, 0.3 }, seed = { 1, 2 }, validate = cells, rank = cells,
  }
  check.equal(#rows, 6)
  check.equal(rows[1].lr, 0.1)
  check.equal(rows[2].seed, 2)
  check.equal(rows[6].rank.architectures, cells)
  check.equal(rows[6].validate, cells)
  rows = nas.study.grid{
    space = space, rank = { architectures = cells, split = { "test", "train" } },
  }
  check.equal(#rows, 2)
  check.equal(rows[2].rank.split, "train")
  check.equal(rows[2].rank.architectures, cells)
  check.raises("expected a table of settings", nas.study.grid, cells)
end)

test("values that share a label are told apart by what differs", function()
  local data = parts()
  local function space(channels)
    return nas.space.nasbench201{ channels = channels, cells = 1, image = 16 }
  end
  local study = nas.study.new(nas.study.grid{
    space = { space(2), space(4) }, data = { data, data:subset{ train = 64, test = 8 } },
    epochs = 1,
    schedule = { nas.schedule.constant{ initial = 0.1 }, nas.schedule.constant{ initial = 0.2 } },
  })
  check.equal(#study.runs, 8)
  local title = study.runs[1].title
  check.contains(title, "space=nasbench201 (channels = 2)")
  check.contains(title, "data=fashion16 (test = ")
  check.contains(title, "schedule=constant(initial = 0.1, warmup = 0)")
end)

test("a study's figures are those of trainings and rankings made by hand", function()
  local data, space, cells = parts()
  local study = nas.study.new(nas.study.grid(settings()), { store = newStore() })
  check.equal(study:run(quiet), true)
  local row = study:rows()[4]
  check.equal(row.sampler, "multipath(paths = 2)")
  check.equal(row.seed, 2)
  check.equal(row.state, "finished")
  local net = nas.supernet.new(space, data, { seed = 2 })
  local run = net:train{
    epochs = 1, batch = 64, progress = false,
    sampler = nas.sampler.multipath(space, { paths = 2, seed = 2 }),
  }
  check.equal(row.loss, run.loss)
  check.equal(row.accuracy, run.accuracy)
  local sum = 0
  for _, score in ipairs(net:rank(cells, {
    calibration_steps = 1, calibration_batch = 32, progress = false,
  })) do sum = sum + score end
  check.equal(row.mean, sum / 4)
  local file = study.store:file(study.items[4].ranking, "scores.csv")
  local ranked = nas.ranking.load(file, space)
  check.equal(ranked.measure, "accuracy")
  check.equal(ranked[4], net:rank(cells, {
    calibration_steps = 1, calibration_batch = 32, progress = false,
  })[4])
  -- What is there is not run again, and a larger study shares it.
  local before = fileNames(study.store.folders[1])
  local larger = nas.study.new(nas.study.grid(settings{ seed = { 1, 2, 3 } }),
    { store = study.store.folders[1] })
  check.equal(larger:rows()[3].state, "open")
  check.equal(larger:rows()[2].mean, study:rows()[2].mean)
  check.equal(table.concat(fileNames(study.store.folders[1])), table.concat(before))
end)

test("rankings share the training that they have in common", function()
  local _, _, cells = parts()
  local given = settings{
    sampler = "fair",
    rank = {
      architectures = cells, calibration_steps = { 1, 2 }, calibration_batch = 32,
      split = { "validation", "test" },
    },
  }
  local study = nas.study.new(nas.study.grid(given), { store = newStore() })
  check.equal(#study.items, 8)
  check.equal(#study.runs, 10)
  study:run(quiet)
  check.equal(#nas.native.list(study.store.folders[1] .. "/trainings"), 2)
  check.equal(#nas.native.list(study.store.folders[1] .. "/rankings"), 8)
  check.equal(study:rows()[1]["rank.calibration_steps"], 1)
  local made = study:table{
    rows = "rank.split", columns = "rank.calibration_steps", value = "mean",
  }
  check.equal(made.cells[1][2].count, 2)
end)

test("a folder of a run is plain, and holds what its description says", function()
  local data, space = parts()
  local study = nas.study.new({ {
    space = space, data = data, epochs = 2, batch = 64, validate = 2, sampler = "uniform",
    validation = { calibration_steps = 1, calibration_batch = 32 },
  } }, { store = newStore(), weights = true })
  study:run(quiet)
  local run = study.runs[1]
  local folder = ("%s/trainings/%s"):format(study.store.folders[1], run.key)
  check.equal(table.concat(nas.native.list(folder), " "),
    "description.json log.csv result.json times.csv validation.csv weights.safetensors")
  local described = nas.json.read(folder .. "/description.json")
  check.equal(described.batch, "64")
  check.equal(nas.description.key(described), run.key)
  check.equal(#nas.description.differences(described, study:description(1)), 0)
  local log, columns = nas.csv.read(folder .. "/log.csv")
  check.equal(table.concat(columns, " "), "epoch steps loss accuracy learning_rate gradient_norm "
    .. "validation validation_loss")
  check.equal(log[2].steps, 4)
  local result = nas.json.read(folder .. "/result.json")
  check.equal(result.loss, log[2].loss)
  check.equal(#nas.csv.read(folder .. "/validation.csv"), 4)
  local net = nas.supernet.load(folder .. "/weights.safetensors", data)
  check.equal(net.steps, 4)
  -- The log is that of a training made by hand.
  local by_hand = nas.supernet.new(space, data):train{
    epochs = 2, batch = 64, validate = 2, progress = false,
    sampler = nas.sampler.uniform(space, { seed = 0 }),
    validation = { calibration_steps = 1, calibration_batch = 32 },
  }
  check.equal(by_hand.history[2].validation_loss, log[2].validation_loss)
  check.equal(by_hand.history[1].gradient_norm, log[1].gradient_norm)
end)

test("a run that fails is told, stops no other, and is tried again where asked to", function()
  local store = newStore()
  local source = preamble .. [[
    local isWhole = arg[1] == "whole"
    local study = nas.study.new(nas.study.grid{
      space = space, data = data, epochs = 1, batch = 64, seed = { 1, 2 }, rank = quick,
      sampler = nas.description.named(function(over, settings)
        local draw = nas.sampler.uniform(over, { seed = settings.seed })
        return nas.description.named(function()
          if settings.seed == 1 and not isWhole then error "no luck" end
          return draw()
        end, "lucky", settings.seed)
      end, "maker", 1),
    }, { store = arg[2] })
    print(study:run{ progress = false, retry = arg[3] == "retry" })
    for _, row in ipairs(study:rows()) do print(row.seed, row.state, row.mean ~= nil) end
  ]]
  local output, complaints, status = check.script(source, "broken " .. check.quoted(store))
  check.equal(status, 0)
  check.contains(output, "false\t1 of 4 runs failed, and 1 whose training did; --retry")
  check.contains(output, "1\tfailed\tfalse\n2\tfinished\ttrue")
  check.contains(complaints, "no luck")
  -- Not by itself.
  output = check.script(source, "whole " .. check.quoted(store))
  check.contains(output, "1\tfailed\tfalse")
  output = check.script(source, "whole " .. check.quoted(store) .. " retry")
  check.contains(output, "true\tnil\n1\tfinished\ttrue\n2\tfinished\ttrue")
end)

test("settings that are wrong name the item and what is wrong", function()
  local data, space, cells = parts()
  local function raises(words, changes)
    local given = { space = space, data = data, epochs = 1, sampler = "uniform" }
    for name, value in pairs(changes) do
      if value == "none" then given[name] = nil else given[name] = value end
    end
    check.raises(words, nas.study.new, { given })
  end
  raises("item 1: settings: data is missing", { data = "none" })
  raises("data: expected a data set, got 'fashion16'", { data = "fashion16" })
  raises("space: expected a space", { space = 3 })
  raises("an architecture is of a space already", { architecture = cells[1], sampler = "none" })
  raises("sampler: unknown sampler 'unifrom' (did you mean 'uniform'?)", { sampler = "unifrom" })
  raises("sampler: expected a sampler's name", { sampler = 7 })
  raises("the function made no sampler, but nothing", { sampler = function() end })
  raises("unknown setting 'epoch' (did you mean 'epochs'?)", { epoch = 2 })
  raises("epochs: expected a number", { epochs = { 1, 2 } })
  raises("epochs is missing", { epochs = "none" })
  for _, name in ipairs{ "checkpoint", "every", "restart", "progress", "on_epoch", "milestones" } do
    raises(name .. ": is the study's own business", { [name] = 1 })
  end
  raises("train: lr: expected a number of more than 0", { lr = -1 })
  raises("rank: architectures: expected a list", { rank = { calibration_steps = 1 } })
  raises("item 2: expected an architecture", { rank = { architectures = { cells[1], 5 } } })
  raises("rank: ", { rank = { architectures = cells, step = 5 } })
  raises("cannot be described", { schedule = function() return io.stdout and 0.1 end,
    sampler = function(over)
      local file = io.stdout
      return function() return file and over:sample(1) end
    end })
  check.raises("an empty one", nas.study.new, {})
  check.raises("expected a list of settings", nas.study.new, 5)
  check.raises("item 1: expected a table of settings", nas.study.new, { 5 })
  check.raises("store: expected a folder", nas.study.new, {}, { store = {} })
end)

test("what a run's sampler holds is made anew for each", function()
  local data, space = parts()
  local function own(over, about)
    local generator = nas.random.generator(about.seed)
    return function() return over:sample(generator) end
  end
  local given = {
    space = space, data = data, epochs = 1, batch = 64, sampler = own, lr = { 0.1, 0.2 },
  }
  local both = nas.study.new(nas.study.grid(given), { store = newStore() })
  both:run(quiet)
  given.lr = 0.2
  local second = nas.study.new({ given }, { store = newStore() })
  second:run(quiet)
  check.equal(second.runs[1].key, both.runs[2].key)
  check.equal(second:rows()[1].loss, both:rows()[2].loss)
end)

test("tables, comparisons and files say what the rows do", function()
  local data, space = parts()
  local folder = newStore()
  local study = nas.study.new(nas.study.grid{
    space = space, data = data, epochs = 1, batch = 64, seed = { 1, 2, 3 }, lr = { 0.05, 0.1 },
    momentum = { 0.9, 0.5 },
  }, {
    store = folder,
    figures = function(run)
      check.equal(#run.history, 1)
      check.equal(run.training.loss, run.history[1].loss)
      return { score = run.settings.seed * 10 + run.settings.lr }
    end,
  })
  check.equal(study:table{ rows = "lr", columns = "momentum", value = "score" }.missing, 12)
  check.raises("differ in momentum too", study.table, study, { rows = "lr", value = "score" })
  study:run(quiet)
  local made = study:table{
    rows = "lr", value = "score", where = { momentum = 0.5 }, digits = 2,
  }
  check.near(made.cells[1][1].mean, 20.05)
  check.near(made.cells[1][1].deviation, 10)
  -- Student's interval of three values: 4.3027 times the deviation over the root of 3.
  check.near(made.cells[1][1].high, 20.05 + 4.30265272974946 * 10 / math.sqrt(3), 1e-9)
  check.contains(tostring(made), "20.05 [-4.79, 44.89]")
  local lines = study:table{ rows = "lr", columns = "momentum", value = "score" }:series()
  check.equal(#lines, 2)
  check.equal(lines[2].label, "0.1")
  check.equal(table.concat(lines[2].x, " "), "0.9 0.5")
  check.near(lines[2].y[1], 20.1)
  check.contains(tostring(nas.plot.line(lines)), "0.05")
  check.raises("the columns are no numbers", function()
    made:series()
  end)
  local list = study:compare{ factor = "lr", value = "score", difference = 0.01 }
  check.equal(#list, 1)
  check.equal(list[1].count, 6)
  check.near(list[1].mean, -0.05)
  check.equal(list[1].needed, 2)
  check.contains(tostring(list), "-0.050")
  check.raises("unknown setting or figure 'scroe' (did you mean 'score'?)", study.table, study,
    { rows = "lr", columns = "momentum", value = "scroe" })
  study:export(folder .. "/rows.csv")
  local rows = nas.csv.read(folder .. "/rows.csv")
  check.equal(#rows, 12)
  check.near(rows[12].score, 30.1)
  study:export(folder .. "/rows.json")
  check.equal(nas.json.read(folder .. "/rows.json")[1].loss, rows[1].loss)
  check.raises("ends with .csv or .json", study.export, study, folder .. "/rows.txt")
end)

test("a label stands for the settings that its rows have in common, and decides nothing", function()
  local data, space = parts()
  local function arm(label, changes)
    local given = {
      space = space, data = data, batch = 64, seed = { 1, 2 }, epochs = { 1, 2 }, label = label,
    }
    for name, value in pairs(changes) do given[name] = value end
    return nas.study.grid(given)
  end
  local list = { arm("base", {}), arm("other", { lr = 0.05, weight_decay = 1e-3 }) }
  local study = nas.study.new(list, {
    store = newStore(), figures = function(run) return { rate = run.settings.lr or 0.1 } end,
  })
  check.equal(table.concat(study.factors, " "), "epochs label seed")
  check.equal(study.runs[1].lines.label, nil)
  local unlabelled = nas.study.new(nas.study.grid{
    space = space, data = data, batch = 64, seed = 1, epochs = 1,
  }, { store = newStore() })
  check.equal(study.runs[1].key, unlabelled.runs[1].key)
  study:run(quiet)
  local compared = study:compare{ factor = "label", value = "rate" }
  check.equal(compared[1].count, 4)
  check.near(compared[1].mean, 0.05)
  local made = study:table{ rows = "label", columns = "epochs", value = "rate" }
  check.contains(tostring(made), "other")
  check.raises("label: expected a string", nas.study.new, {
    { space = space, data = data, label = 3 },
  })
end)

test("how many pairs it takes follows from the power of Student's test", function()
  local data, space = parts()
  local study = nas.study.new(nas.study.grid{
    space = space, data = data, epochs = 1, batch = 64, seed = { 1, 2, 3 }, lr = { 0.05, 0.1 },
  }, {
    store = newStore(),
    figures = function(run)
      return { score = run.settings.lr > 0.07 and ({ 1, 0, -1 })[run.settings.seed] or 0 }
    end,
  })
  study:run(quiet)
  -- Deviation 1, difference 1, power 0.8: ten pairs, as G*Power and R's power.t.test say (9.94).
  local found = study:compare{ factor = "lr", value = "score", difference = 1 }[1]
  check.near(found.deviation, 1)
  check.equal(found.needed, 10)
  check.equal(study:compare{ factor = "lr", value = "score", difference = 0.5 }[1].needed, 34)
end)

test("networks of one architecture become a table of truth", function()
  local data, _, cells = parts()
  local study = nas.study.new(nas.study.grid{
    architecture = { cells[1], cells[2] }, data = data, epochs = 1, batch = 64, seed = { 1, 2 },
  }, { store = newStore() })
  local path = check.temporary "truth.csv"
  check.raises("no run is finished yet", study.truth, study, path)
  study:run(quiet)
  study:truth(path)
  study:truth(path)
  local truth = nas.benchmark.open(path)
  check.equal(#truth, 2)
  check.equal(table.concat(truth:seeds(cells[1]), " "), "1 2")
  local net = nas.network.new(cells[2], data, { seed = 1 })
  net:train{ epochs = 1, batch = 64, progress = false }
  local other = nas.network.new(cells[2], data, { seed = 2 })
  other:train{ epochs = 1, batch = 64, progress = false }
  local mean = (net:evaluate(cells[2], { split = "test" }).accuracy
    + other:evaluate(cells[2], { split = "test" }).accuracy) / 2
  check.equal(truth:values({ cells[2] }, "test")[1], mean)
  check.equal(truth.metadata.batch, "64")
  local longer = nas.study.new(nas.study.grid{
    architecture = { cells[1] }, data = data, epochs = 2, batch = 64,
  }, { store = study.store.folders[1] })
  longer:run(quiet)
  check.raises("its 'epochs' is 1, expected 2", longer.truth, longer, path)
end)

test("a network of one architecture is judged as its settings say", function()
  local data, space, cells = parts()
  local base = { architecture = cells[1], data = data, epochs = 1, batch = 64 }
  local function judged(evaluation)
    local given = { evaluation = evaluation }
    for name, value in pairs(base) do given[name] = value end
    local study = nas.study.new({ given }, { store = newStore() })
    study:run(quiet)
    return study:rows()[1], study:description(1)
  end
  local running, plain = judged(nil)
  local calibrated, lines = judged{
    statistics = "calibrated", calibration_batch = 32, calibration_steps = 1,
  }
  check.equal(running.key == calibrated.key, false)
  check.equal(running.test_loss == calibrated.test_loss, false)
  check.equal(plain["evaluation.statistics"], nil)
  check.contains(lines["evaluation.statistics"], "calibrated")
  -- By hand.
  local net = nas.network.new(cells[1], data, { seed = 0 })
  net:train{ epochs = 1, batch = 64, progress = false }
  check.equal(net:evaluate(cells[1], {
    split = "test", statistics = "calibrated", calibration_batch = 32, calibration_steps = 1,
  }).loss, calibrated.test_loss)
  local function refused(expected, changes)
    local given = { data = data, epochs = 1 }
    for name, value in pairs(changes) do given[name] = value end
    check.raises(expected, function() nas.study.new({ given }, { store = newStore() }) end)
  end
  refused("a supernet is not judged by itself", { space = space, evaluation = {} })
  refused("split: a network is judged on all", {
    architecture = cells[1], evaluation = { split = "test" } })
  refused("evaluation: ", { architecture = cells[1], evaluation = { statistic = "calibrated" } })
end)

test("a script of a study answers its command line", function()
  local store = newStore()
  local source = preamble .. [[
    local study = nas.study.new(nas.study.grid{
      space = space, data = data, epochs = 1, batch = 64, seed = { 1, 2 }, lr = { 0.05, 0.1 },
      rank = quick,
    })
    study:run()
    print "behind"
  ]]
  local function run(words, environment)
    local output, complaints, status = check.script(
      source, ("--store %s --no-progress %s"):format(check.quoted(store), words), environment)
    return output, complaints, status
  end
  local output, complaints, status, _
  output, _, status = run "--list"
  check.contains(output, "8 runs: 8 open")
  check.lacks(output, "behind")
  check.equal(status, 0)
  output = run "--dry-run"
  check.contains(output, "8 of 8 runs would run, in ")
  check.equal(nas.native.exists(store), false)
  _, complaints, status = run "--task 3/2"
  check.equal(complaints, "script.lua: task: expected I/N, the Ith of N parts, got '3/2'\n")
  check.equal(status, 1)
  _, complaints = run "--only nothing"
  check.contains(complaints, "no run's title has 'nothing'")
  _, complaints = run "--wrokers 2"
  check.contains(complaints, "did you mean '--workers'?")
  output = run "--only 'lr=0.05 seed=2, ranking'"
  check.contains(output, "behind")
  check.contains(run "--list", "8 runs: 2 finished, 6 open")
  output = run "--workers 2"
  check.equal(output, "behind\n")
  check.contains(run "--list", "8 runs: 8 finished")
  check.contains(run "--dry-run", "nothing is left to run")
end)

test("a script with options of its own ends where its study's ask for it", function()
  local source = preamble .. [[
    local options, wanted = nas.study.parse{ { name = "epochs", default = 1 } }
    local study = nas.study.new({
      {},
      { space = space, data = data, epochs = options.epochs, batch = 64 },
    })
    study:run(wanted)
    print "behind"
  ]]
  local words = ("--store %s --no-progress --epochs 2 "):format(check.quoted(newStore()))
  local output, _, status = check.script(source, words .. "--list")
  check.contains(output, "1 runs: 1 open")
  check.lacks(output, "behind")
  check.equal(status, 0)
  check.lacks(check.script(source, words .. "--dry-run"), "behind")
  check.equal(check.script(source, words), "behind\n")
end)

test("an array job of Slurm does each run once", function()
  local store = newStore()
  local source = preamble .. [[
    local native = require "nas.native.store"
    local claim, taken = native.claim, 0
    native.claim = function(...)
      taken = taken + 1
      return claim(...)
    end
    local study = nas.study.new(nas.study.grid{
      space = space, data = data, epochs = 1, batch = 64, seed = { 1, 2, 3, 4, 5 }, rank = quick,
    }, { store = arg[1] })
    arg = { [0] = arg[0] }
    local exit = os.exit
    os.exit = function(...)
      print(taken)
      exit(...)
    end
    study:run()
  ]]
  local counts = {}
  for index = 0, 3 do
    local environment = ("SLURM_ARRAY_TASK_ID=%d SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=9 "
      .. "SLURM_ARRAY_TASK_STEP=2 SLURM_ARRAY_TASK_COUNT=4"):format(3 + 2 * index)
    local output, complaints, status = check.script(source, check.quoted(store), environment)
    if status ~= 0 then error(complaints) end
    counts[#counts + 1] = output:match "%d+"
  end
  -- Five trainings, each with its ranking, dealt to four tasks.
  check.equal(table.concat(counts, " "), "4 2 2 2")
  local _, complaints, status = check.script(source, check.quoted(store), "SLURM_ARRAY_TASK_ID=7")
  check.contains(complaints, "and not how many tasks: give --task I/N")
  check.equal(status, 1)
end)

test("workers of a script that names its options itself are not started by workers", function()
  local store = newStore()
  local source = preamble .. [[
    io.stderr:write "began\n"
    for seed = 1, 2 do
      local study = nas.study.new({ {
        space = space, data = data, epochs = 1, batch = 64, seed = seed,
      } }, { store = arg[1] })
      study:run{ workers = 2, progress = false }
    end
    print "behind"
  ]]
  local output, complaints, status = check.script(source, check.quoted(store))
  check.equal(status, 0)
  check.equal(output, "behind\n")
  -- The script itself, and two workers for each of its two studies.
  check.equal(complaints, ("began\n"):rep(5))
  check.equal(#nas.native.list(store .. "/trainings"), 2)
end)

test("a study that is stopped leaves each run to be gone on with, and its workers end", function()
  for _, case in ipairs{ { "TERM", "" }, { "INT", "" }, { "TERM", "--workers 2" } } do
    local store = newStore()
    local source = preamble .. [[
      local study = nas.study.new(nas.study.grid{
        space = space, data = data, epochs = 200, batch = 16, seed = { 1, 2 },
      }, { every = 1 })
      study:run()
    ]]
    local words = ("--no-progress --store %s %s"):format(check.quoted(store), case[2])
    local _, _, status = check.script(source, words,
      ("timeout --preserve-status -s %s 0.7"):format(case[1]))
    check.equal(status ~= 0, true)
    local owners = 0
    for _, name in ipairs(fileNames(store)) do
      if name:find "/owner$" then owners = owners + 1 end
    end
    check.equal(owners, 0)
    check.contains(table.concat(fileNames(store), " "), "checkpoint")
    shell("rm -r %s", check.quoted(store))
  end
end)

test("a study runs in a sandbox, whose store is not there yet", function()
  local folder = check.temporary "sandboxed"
  shell("mkdir %s", check.quoted(folder))
  local source = preamble .. [[
    local study = nas.study.new({ {
      space = space, data = data, epochs = 1, batch = 64, rank = quick,
    } }, { store = arg[1] .. "/deep/store" })
    print(study:run{ progress = false })
    print(study:rows()[1].state)
  ]]
  local output, complaints = check.script(source, check.quoted(folder), "",
    "--sandbox --writable " .. check.quoted(folder))
  check.equal(complaints, "")
  check.equal(output, "true\tnil\nfinished\n")
end)

test("a process that cannot be started in the sandbox is an error", function()
  local source = preamble .. [[
    local native = require "nas.native.store"
    print(pcall(native.spawn, { "-v" }, "1"))
  ]]
  local output = check.script(source, "", "", "--sandbox")
  check.contains(output, "processes are not allowed in the sandbox")
end)
