local test, check = ...
local nas = check.host(test)
local shared = require "cases"
local changed, known = shared.changed, shared.known

--- Every option of everything that a study's run is made of, driven by the rules that declare them:
-- each changes the key, and the difference names it with both values; or it is none of a study's.

local function base()
  return {
    space = nas.space.nasbench201{ channels = 4, cells = 1, image = 16 },
    data = nas.data.open "fashion16":subset{ train = 128, validation = 64, test = 64 }, epochs = 2,
    batch = 32, sampler = "uniform",
  }
end

--- The description of settings' last run.
local function described(settings)
  return nas.study.new{ settings }:description(1)
end

--- That settings which differ are told apart by a name that has a part.
local function apart(name, one, other)
  local list = nas.description.differences(described(one), described(other))
  if #list == 0 then error(name .. " changes no description", 2) end
  for _, difference in ipairs(list) do
    if difference.name:find(name, 1, true) then return end
  end
  error(("%s is not named: %s"):format(name, tostring(list)), 2)
end

--- Another value that a rule allows.
local function another(rule, value)
  if rule.choices then
    for _, choice in ipairs(rule.choices) do if choice ~= value then return choice end end
  end
  if rule.type == "boolean" then return not value end
  if rule.type == "integer" then return (value or rule.minimum or 1) + 1 end
  if rule.type == "number" then return (value or 0.5) == 0.25 and 0.5 or 0.25 end
end

test("every option of a training decides the key, or is none of a study's", function()
  local rules = require "nas.training".rules{
    data = base().data, isAlone = false, seed = 0,
  }
  local cell = base().space:sample(1)
  -- What a value of a rule's type does not give: another value, and what has to stand beside it.
  local special = {
    epochs = { 3 }, sampler = { "fair" }, schedule = { function() return 0.1 end },
    validate = { 2 },
    validation = { { calibration_steps = 3 }, { validate = 1 } },
    length = false, averaging = false,
    reduce = { "sum", {
      sampler = function(over)
        return function() return { over:sample(1), over:sample(2) } end
      end,
    } },
  }
  local count = 0
  for name, rule in pairs(rules) do
    if rule.changes == false then
      check.raises(name .. ": is the study's own business", nas.study.new,
        { changed(base(), { [name] = 1 }) })
    elseif special[name] ~= false then
      local case = special[name] or { another(rule, rule.default) }
      if case[1] == nil then error("no other value for the option " .. name) end
      local one = changed(base(), case[2] or {})
      apart(name, one, changed(one, { [name] = case[1] }))
      count = count + 1
    end
  end
  check.equal(count > 15, true)
  -- Options of one architecture's network, and of text.
  local alone = { architecture = cell, data = base().data, epochs = 1 }
  apart("averaging", changed(alone, { averaging = 1 }), changed(alone, { averaging = 2 }))
  apart("architecture", alone, changed(alone, { architecture = base().space:sample(2) }))
  local text = {
    space = nas.space.darts_ptb{ hidden = 8 }, epochs = 1, batch = 8,
    data = nas.data.open "austen-small":subset{ train = 2000 },
  }
  apart("length", text, changed(text, { length = 20 }))
end)

test("every option of every optimiser decides the key", function()
  local function of(changes) return changed(base(), changes) end
  for _, kind in ipairs{ "sgd", "asgd", "adam", "adamw" } do
    local one = of{ optimiser = kind }
    for name, value in pairs{ weight_decay = 0.1, clip = 1, lr = 0.01, label_smoothing = 0.2 } do
      apart(name, one, changed(one, { [name] = value }))
    end
    if kind ~= "sgd" then apart("optimiser", of{}, one) end
  end
end)

test("every option of every evaluation decides a ranking's key", function()
  local native = require "nas.native.supernet"
  local settings = base()
  local list = { settings.space:sample(1), settings.space:sample(2) }
  local cases = {
    split = "test", batch = 17, statistics = "running", calibration_batch = 32,
    calibration_steps = 3, calibration_seed = 9, calibration_variance = "unbiased",
  }
  settings.data = settings.data:augmented{ flip = true }
  cases.calibration_augment = false
  local function ranked(options)
    return changed(settings, { rank = changed({ architectures = list }, options) })
  end
  for _, name in ipairs(native.evaluation_options) do
    if cases[name] == nil then error("no case for the option " .. name) end
    apart("evaluation." .. name, ranked{}, ranked{ [name] = cases[name] })
  end
  apart("architectures", ranked{}, ranked{ architectures = { list[1] } })
  apart("training.batch", ranked{}, changed(ranked{}, { batch = 16 }))
  -- How many are evaluated side by side changes no figure.
  check.equal(
    #nas.description.differences(described(ranked{}), described(ranked{ together = 1 })), 0)
  -- A default that is said is the default.
  check.equal(#nas.description.differences(
    described(ranked{}), described(ranked{ split = "validation", calibration_steps = 25 })), 0)
end)

test("every option of every space decides the key", function()
  local datasets = {
    darts_ptb = nas.data.open "austen-small":subset{ train = 2000 },
  }
  -- Options that the data decide: they are told, and no other value goes with these data.
  local ofData = { input_channels = true, classes = true, tokens = true, image = true }
  local count = 0
  for name in pairs(require "nas.native.space".spaces) do
    local make = nas.space[name]
    local data = datasets[name] or base().data
    local small = nas.scale.small[name] and nas.scale.small[name].space or {}
    local function of(changes)
      return { space = make(changed(small, changes)), data = data, epochs = 1, batch = 16 }
    end
    -- What small networks have no room for.
    local function large(changes)
      local space = make(changed(changed(small, { image = 32, layers = 8 }), changes))
      return { space = space, data = nas.data.synthetic(), epochs = 1, batch = 16 }
    end
    local first = described(of{})
    for _, option in ipairs(known(make)) do
      local text = first["net.space." .. option]
      local value = tonumber(text)
      if ofData[option] then
        check.equal(text and option or "not told", option)
      elseif value then
        local tried = false
        for _, other in ipairs{ value * 2, value + 1, value / 2, value + 2, 0, 1, 0.1, 0.3 } do
          other = math.tointeger(other) or other
          local isPossible, lines = pcall(function() return described(of{ [option] = other }) end)
          if not isPossible and small.layers then
            isPossible, lines = pcall(function() return described(large{ [option] = other }) end)
          end
          if other ~= value and isPossible then
            tried = true
            check.equal(lines["net.space." .. option] ~= text, true)
            break
          end
        end
        if not tried then error(("no other value for %s of %s"):format(option, name)) end
        count = count + 1
      else
        error(("%s of %s is not told"):format(option, name))
      end
    end
  end
  check.equal(count > 15, true)
end)

test("every option of every data set decides the key", function()
  local settings = base()
  local data = settings.data
  local function of(other) return changed(settings, { data = other }) end
  local subsets = { train = 100, validation = 32, test = 32, seed = 4, classes = 5 }
  for _, name in ipairs(known(function(options) return data:subset(options) end)) do
    if subsets[name] == nil then error("no case for the option " .. name) end
    local other = data:subset{
      [name] = subsets[name], train = name == "seed" and 100 or name == "train" and 100 or nil,
    }
    if name == "seed" then
      apart("net.data.train", of(data:subset{ train = 100 }), of(other))
    elseif name == "classes" then
      apart("net.data.classes", of(data), of(data:subset{ classes = 5 }))
    elseif name == "train" then
      apart("net.data.train", of(data), of(data:subset{ train = 100 }))
    else
      apart("net.data." .. name, of(data), of(other))
    end
  end
  local augmentations = { crop = 2, flip = true, cutout = 4 }
  for _, name in ipairs(known(function(options) return data:augmented(options) end)) do
    if augmentations[name] == nil then error("no case for the option " .. name) end
    apart("net.data.augmentation", of(data), of(data:augmented{ [name] = augmentations[name] }))
  end
  apart("net.data.normalisation", of(data), of(nas.data.open("fashion16", {
    normalisation = { mean = { 0.5 }, std = { 0.5 } },
  }):subset{ train = 128, validation = 64, test = 64 }))
  local synthetic = { images = 64, image = 16, channels = 1, classes = 10, seed = 1 }
  for _, name in ipairs(known(nas.data.synthetic)) do
    if synthetic[name] == nil then error("no case for the option " .. name) end
  end
  apart("net.data.train", of(nas.data.synthetic(synthetic)),
    of(nas.data.synthetic(changed(synthetic, { seed = 2 }))))
end)

test("every option of every sampler and subset decides the key", function()
  local settings = base()
  local space = settings.space
  local all = shared.samplers(space)
  local function spec(kind, options) return changed({ kind }, options) end
  for kind, make in next, nas.sampler do
    local case = all[kind]
    if not case then error("no case for the sampler " .. kind) end
    local one = changed(settings, { sampler = spec(kind, case[1]) })
    for _, name in ipairs(known(function(options) return make(space, options) end)) do
      if case[2][name] == nil then error(("no case for %s of %s"):format(name, kind)) end
      apart("sampler." .. name, one, changed(settings, {
        sampler = spec(kind, changed(case[1], { [name] = case[2][name] })),
      }))
    end
  end
  local function drawn(subset) return changed(settings, { subset = subset }) end
  apart("sampler.space", settings, drawn(nas.subset.share(space, { parts = 64 })))
  apart("sampler.space", drawn(nas.subset.share(space, { parts = 64 })),
    drawn(nas.subset.share(space, { parts = 64, seed = 3 })))
  -- The run's seed is the sampler's, unless it has its own.
  apart("sampler.seed", settings, changed(settings, { seed = 5 }))
  check.equal(described(changed(settings, {
    seed = 5, sampler = { "uniform", seed = 1 },
  }))["sampler.seed"], "1")
end)

test("a value that was a global is told by what it is", function()
  local source = [[
    rate = tonumber(arg[1])
    local run = nas.study.new{ {
      space = nas.space.nasbench201{ channels = 2, cells = 1, image = 16 },
      data = nas.data.open "fashion16":subset{ train = 64 }, epochs = 1,
      schedule = function(step) return step >= 0 and math.abs(rate) or 0 end,
    } }
    print(run:description(1))
  ]]
  local one, other = check.script(source, "0.1"), check.script(source, "0.2")
  check.contains(one, "schedule.global.rate = 0.1\n")
  check.contains(other, "schedule.global.rate = 0.2\n")
  check.lacks(one, "global.math")
end)
