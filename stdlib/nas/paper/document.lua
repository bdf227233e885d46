--- The paper's study run, and its report: one HTML file with every figure and table beside what the
-- paper has, the claims, what it cost, and a manifest by which any of it can be run again.
--
-- Invariant: everything that is to be run is run by one study on one store, so that no two figures
-- train the same supernet twice; figures read from that store alone.

local claims = require "nas.paper.claims"
local csv = require "nas.csv"
local figures = require "nas.paper.figure"
local manifests = require "nas.paper.manifest"
local protocols = require "nas.paper.protocol"
local reports = require "nas.report"
local studies = require "nas.study"

local document = {}

--- Runs what the figures need and the store lacks. Whether all of it is finished.
local function run(list, opened, wanted)
  local settings = {}
  for _, figure in ipairs(list) do
    for _, case in ipairs(opened) do
      local needed = figure:needs(case)
      if #needed > 0 then settings[#settings + 1] = needed end
    end
  end
  if #settings == 0 then return true end
  local study = studies.new(settings, { store = wanted.store })
  local isDone = study:run(wanted)
  if wanted.list or wanted.dry_run or wanted.task then os.exit(isDone ~= false, true) end
  return isDone, study
end

--- What runs cost: trainings, rankings, steps, seconds of training.
local function costOf(runs, store)
  local seen, cost = {}, { trainings = 0, rankings = 0, steps = 0, seconds = 0, open = 0 }
  for _, one in ipairs(runs) do
    if not seen[one.key] then
      seen[one.key] = true
      if not store:result(one) then
        cost.open = cost.open + 1
      elseif one.kind == "training" then
        cost.trainings, cost.steps = cost.trainings + 1, cost.steps + one.steps
        for _, row in ipairs(csv.read(store:file(one, "times.csv"))) do
          cost.seconds = cost.seconds + row.seconds
        end
      else
        cost.rankings = cost.rankings + 1
      end
    end
  end
  return cost
end

local function told(cost)
  local text = ("%s trainings of %s steps, %s of training; %s rankings"):format(
    reports.integer(cost.trainings), reports.integer(cost.steps), reports.duration(cost.seconds),
    reports.integer(cost.rankings))
  return cost.open > 0 and ("%s; %d runs are not finished"):format(text, cost.open) or text
end

--- Options that make what was made, on a command line.
local function options(own, store)
  local words = { "--scale " .. own.scale }
  local function add(name, value, usual)
    if value ~= nil and value ~= usual then words[#words + 1] = ("--%s %s"):format(name, value) end
  end
  add("space", own.space, "all")
  add("data", own.data)
  add("seeds", own.seeds)
  add("protocol", own.protocol, "uniform")
  add("tables", own.tables)
  add("store", store, "paper-runs")
  return table.concat(words, " ")
end

--- Everything that figures show, in order, with what they tell the claims and what they cost.
local function shown(list, opened, own, store)
  local evidence, all = {}, {}
  for index, figure in ipairs(list) do
    local section, told_, runs = figure:shown(opened, own, store)
    evidence[figure.name] = told_
    all[index] = { figure = figure, section = section, runs = runs }
  end
  return all, evidence
end

-- The report

local reading = {
  "A correlation is Spearman's between a supernet's scores and the test figures of the same "
    .. "architectures trained alone (by protocol sparse: Kendall's), positive where they agree, of "
    .. "perplexities too. Its interval is a bootstrap over architectures with 95 %; over several "
    .. "seeds stands the mean, and between the means of their intervals' ends.",
  "The ceiling is what a predictor without any error would be expected to reach, since the truth "
    .. "has errors of its own: the root of the reliability that repeated trainings show. Given "
    .. "size is the partial correlation given parameters and FLOPs: what sharing weights tells "
    .. "beyond how large an architecture is.",
  "Differences between settings are paired: by the same seed, of the same architectures; Student's "
    .. "interval is over seeds, and with few of them it is wide.",
}

local function writeClaims(page, evidence)
  page:heading "The paper's claims"
  page:paragraph("Each claim is decided by a rule that was written before anything was looked at, "
    .. "from intervals alone; those of one claim hold together with 95 %.")
  local rows, details = {}, {}
  for _, one in ipairs(claims.decided(evidence)) do
    local known = 0
    for _, interval in ipairs(one.intervals) do
      if interval.low and interval.low == interval.low then known = known + 1 end
      details[#details + 1] = {
        one.claim.title, interval.what,
        { interval.value, interval.low, interval.high, decimals = 3 },
      }
    end
    rows[#rows + 1] = { one.claim.title, one.claim.paper, one.claim.rule, one.verdict, known }
  end
  page:table({ "claim", "the paper", "rule", "found", "intervals" }, rows)
  if #details > 0 then
    page:table({ "claim", "of", "value" }, details, { caption = "The intervals that decide." })
  end
end

--- One figure's settings, cost and digests, folded away.
local function writeSettings(page, one, own, store)
  local name = one.figure.name
  local list = {
    { "command", ("lunas scripts/paper/%s.lua %s"):format(name, options(own, store.folders[1])) },
    { "cost", told(costOf(one.runs, store)) },
  }
  for _, digest in ipairs(one.section:digests()) do
    list[#list + 1] = { "digest of: " .. digest.caption, digest.digest }
  end
  local keys = {}
  for index, run_ in ipairs(one.runs) do keys[index] = run_.key end
  if #keys > 0 then list[#list + 1] = { "runs in the store", table.concat(keys, " ") } end
  page:settings(list, { title = "Command, cost and digests" })
end

--- Settings of the cases: what decides the bits of their first training and ranking, data and
-- tables.
local function writeCases(page, opened, all)
  page:heading "Settings"
  for _, case in ipairs(opened) do
    if case.missing then
      page:paragraph(("%s is left out: %s."):format(case.title, case.missing))
    else
      local seeds = {}
      for index, seed in ipairs(case.seeds) do seeds[index] = tostring(seed) end
      local lines = {
        { "truth", ("%s: %s"):format(case.truth.name, manifests.tableDigest(case)) },
        { "seeds", table.concat(seeds, " ") }, { "architectures ranked", #case.cells },
      }
      for _, one in ipairs(all) do
        for _, run_ in ipairs(one.runs) do
          if run_.lines["training.net.space"] == case.name and #lines == 3 then
            local names = {}
            for name in pairs(run_.lines) do names[#names + 1] = name end
            table.sort(names)
            for _, name in ipairs(names) do
              lines[#lines + 1] = { name, run_.lines[name] }
            end
          end
        end
      end
      page:settings(lines, { title = case.title .. ": data, truth, and a ranking's description" })
    end
  end
end

--- The report of figures.
local function page(title, all, evidence, opened, own, store)
  local made = reports.new(title, {
    subtitle = ("Zhang, Zhang and Yang, How Does Weight Sharing Help in Neural Architecture "
      .. "Search? (arXiv:2010.08219), run again by %s at scale %s"):format(
      manifests.version(), own.scale),
  })
  local runs = {}
  for _, one in ipairs(all) do table.move(one.runs, 1, #one.runs, #runs + 1, runs) end
  made:paragraph(("Made by: lunas scripts/paper.lua %s. Protocol %s: %s. All of it: %s."):format(
    options(own, store.folders[1]), own.protocol, protocols.texts[own.protocol],
    told(costOf(runs, store))))
  for _, text in ipairs(reading) do made:paragraph(text) end
  if #all > 1 then writeClaims(made, evidence) end
  for _, one in ipairs(all) do
    one.section:write(made)
    writeSettings(made, one, own, store)
  end
  writeCases(made, opened, all)
  made:heading "Manifest"
  made:paragraph("By this `lunas scripts/paper.lua --verify` runs a figure again and says whether "
    .. "it comes out the same.")
  made:settings({ { "manifest", manifests.encode(all, opened, own) } }, { title = "Manifest" })
  return made
end

--- The store as figures read it.
local function openStore(wanted)
  return require "nas.study.store".open({ wanted.store }, { patience = 120, beat = 5 })
end

--- Writes what was asked for: the report, and the pictures.
local function save(title, all, evidence, opened, own, wanted)
  if own.out then
    page(title, all, evidence, opened, own, openStore(wanted)):save(own.out)
    io.stderr:write(("the report is in %s\n"):format(own.out))
  end
  if own.pictures then
    for _, one in ipairs(all) do one.section:savePictures(own.pictures) end
  end
end

--- Refuses places that cannot be written, before anything is waited for.
local function checkPlaces(own)
  local native = require "nas.native"
  if own.out then
    local isWritable, why = pcall(native.requireWritable, own.out)
    if not isWritable then figures.refuse("--out: %s", tostring(why)) end
  end
  if own.pictures and not native.exists(own.pictures) then
    figures.refuse("--pictures: there is no folder %s", own.pictures)
  end
end

--- One figure's script, run by itself.
function document.single(figure)
  local own, wanted = figures.parse(figure.title .. ". " .. figure.about)
  checkPlaces(own)
  local opened = figures.cases(own)
  run({ figure }, opened, wanted)
  local all, evidence = shown({ figure }, opened, own, wanted.store)
  print(all[1].section:text())
  save(figure.title, all, evidence, opened, own, wanted)
end

--- All of the paper.
function document.all(list, own, wanted)
  checkPlaces(own)
  local opened = figures.cases(own)
  local isDone = run(list, opened, wanted)
  local all, evidence = shown(list, opened, own, wanted.store)
  local rows = {}
  for index, one in ipairs(claims.decided(evidence)) do
    rows[index] = { one.claim.title, one.verdict }
  end
  print(reports.table({ "the paper's claim", "found here" }, rows))
  save("How does weight sharing help? The paper's study", all, evidence, opened, own, wanted)
  return isDone
end

--- Runs a figure of a report again, in a store of its own; whether it comes out the same.
function document.verify(list, path, name, own, wanted)
  local manifest = figures.attempt("--verify", manifests.read, path)
  for _, option in ipairs { "scale", "seeds", "data", "protocol", "space", "spaces" } do
    own[option] = manifest.options[option]
  end
  own.tables = own.tables or manifest.options.tables
  local entry, figure = figures.attempt("--figure", manifests.figure, manifest, name), nil
  for _, one in ipairs(list) do
    if one.name == entry.name then figure = one end
  end
  if not figure then figures.refuse("--verify: there is no script of %s", entry.name) end
  -- Of every process of this call the same folder: workers look for it too.
  wanted.store = ("%s.again/%s"):format(path, entry.name)
  local opened = figures.cases(own)
  run({ figure }, opened, wanted)
  local all = shown({ figure }, opened, own, wanted.store)
  local isSame, lines = manifests.compared(manifest, entry, all[1].section, opened)
  print(("%s (its runs are in %s)"):format(figure.title, wanted.store))
  for _, line in ipairs(lines) do print("  " .. line) end
  print(isSame and "it comes out the same" or "it does not come out the same")
  return isSame
end

return document
