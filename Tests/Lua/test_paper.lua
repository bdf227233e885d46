local test, check = ...
local nas = check.host(test)

local function module(name) return require("nas.paper." .. name) end

--- Runs a script of `scripts`, under its own name; what it prints, what it complains of, its
-- status.
local function script(name, words)
  local _ = nas.native
  local complaints = check.temporary "complaints"
  local process = assert(io.popen(("%s %s %s 2>%s"):format(check.quoted(arg[-1]),
    check.quoted(check.root .. "scripts/" .. name), words, check.quoted(complaints))))
  local output = process:read "a"
  local _, _, status = process:close()
  return output, check.content(complaints), status
end

-- Scales

test("every scale has every space, and its budgets hold the base", function()
  local cases = module "case"
  for scale, entries in pairs(module "scales") do
    for _, name in ipairs(cases.names) do
      local entry = entries[name]
      local what = ("%s of %s"):format(name, scale)
      if not entry then error(what .. " is missing") end
      for index = 2, #entry.epochs do
        if entry.epochs[index] <= entry.epochs[index - 1] then error(what .. ": epochs") end
      end
      local hasBase = not entry.shares
      for _, epochs in ipairs(entry.epochs) do hasBase = hasBase or epochs == entry.base end
      -- Else the baseline of Table 3 would be a supernet that no other figure shares.
      if not hasBase then error(what .. ": base is none of its epochs") end
    end
  end
end)

-- Protocols, by hand

--- A ranking of figures of as many cells.
local function ranking(figures)
  local space = nas.space.nasbench201{ channels = 2, image = 8 }
  return nas.ranking.new(space:sample(#figures, { seed = 1, distinct = true }), figures,
    { measure = "accuracy" })
end

test("protocols choose places and ties as they say", function()
  local protocols = module "protocol"
  local figures = {}
  for index = 1, 40 do figures[index] = 50 + index / 8 end
  figures[7] = figures[8]
  local truth = ranking(figures)
  check.equal(#protocols.of("uniform", truth).places, 40)
  -- Two of the same figure lie in one interval.
  local spread = protocols.of("intervals", truth)
  check.equal(#spread.places, 39)
  check.equal(spread.statistic, "spearman")
  local top = protocols.of("top", truth)
  check.equal(table.concat(top.places, " "), "37 38 39 40")
  check.equal(#protocols.of("top", ranking { 3, 1, 2, 5, 4 }).places, 3)
  local sparse = protocols.of("sparse", ranking { 80.01, 80.04, 80.12, 81 })
  check.equal(sparse.statistic, "kendall")
  check.equal(sparse.truth[1], sparse.truth[2])
  -- Of six pairs one is tied in truth and five agree: 5 / sqrt(6 · 5), SciPy's kendalltau.
  check.near(nas.metrics.kendall({ 2, 1, 3, 4 }, sparse.truth), 5 / math.sqrt(30), 1e-12)
end)

test("of perplexities the top tenth has the lowest", function()
  local space = nas.space.nasbench201{ channels = 2, image = 8 }
  local figures = {}
  for index = 1, 30 do figures[index] = 100 + index end
  local truth = nas.ranking.new(space:sample(30, { seed = 1 }), figures, { measure = "perplexity" })
  check.equal(table.concat(module "protocol".of("top", truth).places, " "), "1 2 3")
end)

test("a ceiling is known of ten pairs and more, within the range of the best for these", function()
  local protocols = module "protocol"
  local first, second, selected = {}, {}, {}
  for index = 1, 30 do
    first[index], second[index] = index, index + (index % 3 - 1) * 2
    selected[index] = index
  end
  local whole, count = protocols.ceiling("uniform", first, second, selected, 1)
  check.equal(count, 30)
  check.near(whole, math.sqrt(nas.metrics.spearman(first, second)), 1e-12)
  -- Of the mean of two seeds it is higher: Spearman and Brown.
  local both = protocols.ceiling("uniform", first, second, selected, 2)
  local r = nas.metrics.spearman(first, second)
  check.near(both, math.sqrt(2 * r / (1 + r)), 1e-12)
  local unknown, few = protocols.ceiling("top", first, second, { 26, 27, 28 }, 1)
  check.equal(few < 10, true)
  check.equal(unknown == unknown, false)
end)

-- Claims

test("claims are decided by intervals, both ways, and left open where these do not tell", function()
  local claims = module "claims"
  local function intervals(...)
    local list = {}
    for index, ends in ipairs { ... } do
      list[index] = { what = "x", value = 0, low = ends[1], high = ends[2] }
    end
    return list
  end
  local cases = {
    { { { -0.1, 0.05 }, { 0.1, 0.3 } }, { { 0.01, 0.3 }, { 0.2, 0.4 } }, { { -0.1, 0.3 } } },
    {
      { { 0.1, 0.2 }, { 0.5, 0.6 } }, { { 0.4, 0.5 }, { 0.42, 0.55 } },
      { { 0.1, 0.5 }, { 0.3, 0.9 } },
    },
    { { { -0.1, 0.05 } }, { { 0.01, 0.3 }, { -0.2, 0.01 } }, { { -0.1, 0.3 } } },
    { { { 0.1, 0.3 } }, { { -0.3, -0.1 }, { 0.1, 0.2 } }, { { -0.1, 0.3 } } },
    { { { 0.5, 0.7 }, { 0.45, 0.6 } }, { { 0.5, 0.7 }, { -0.1, 0.3 } }, { { 0.3, 0.5 } } },
    { { { 2, 30 } }, { { -4, 4 } }, { { -4, 8 } } },
    { { { -0.5, -0.1 }, { -0.3, -0.2 } }, { { 0.1, 0.2 }, { -0.3, 0.2 } }, { { -0.5, -0.1 } } },
    { { { -0.1, 0.05 } }, { { 0.01, 0.3 } }, { { -0.1, 0.3 } } },
  }
  check.equal(#claims.list, 8)
  for index, claim in ipairs(claims.list) do
    for place, expected in ipairs { "agrees", "does not agree", "cannot be told" } do
      local found = claim.decide(intervals(table.unpack(cases[index][place])))
      if found ~= expected then
        error(("%s: found '%s', expected '%s'"):format(claim.title, found, expected))
      end
    end
    -- Nothing known is no evidence.
    check.equal(claim.decide {}, "cannot be told")
    check.equal(claim.decide(intervals({ 0 / 0, 0 / 0 }, { 0 / 0, 0 / 0 })), "cannot be told")
  end
  check.near(claims.confidence(5), 0.99)
end)

-- Scripts

local words = "--scale tiny --space nasbench201 --no-progress --store %s"

test("the whole paper is run in small, reported, and comes out the same once more", function()
  local folder = check.temporary "paper"
  os.execute("mkdir -p " .. check.quoted(folder))
  local path, store = folder .. "/paper.html", folder .. "/store"
  local own = words:format(check.quoted(store))
  local output, complaints, status = script("paper.lua", own .. " --out " .. check.quoted(path))
  if status ~= 0 then error(complaints) end
  check.contains(output, "Tricks do not clearly help")
  local html = check.content(path)
  for _, text in ipairs {
    "Figure 1: ", "Figure 5: ", "Table 3: ", "One set of scores", "Corr-GT", "cannot be told",
    "lunas scripts/paper/figure2.lua --scale tiny", "0.701", "<svg", "FairNAS",
  } do
    check.contains(html, text)
  end
  for _, text in ipairs { "http:", "src=", "@import" } do
    check.lacks(html:gsub("http://www%.w3%.org", ""), text)
  end

  -- A figure by itself finds its runs in the store.
  local list = script("paper/figure3.lua", own .. " --list")
  check.contains(list, "8 runs: 8 finished")

  local verify = "--verify %s --figure %s --no-progress"
  local again, why, isSame = script("paper.lua", verify:format(check.quoted(path), "figure4"))
  if isSame ~= 0 then error(again .. why) end
  check.contains(again, "it comes out the same")
  check.contains(again, "the same: Supernet against truth")

  local changed = folder .. "/changed.html"
  nas.native.write(changed, (html:gsub("(&quot;digest&quot;:&quot;)....", "%1beef")))
  again, why, isSame = script("paper.lua", verify:format(check.quoted(changed), "table2"))
  check.equal(isSame, 1)
  check.contains(again .. why, "it does not come out the same")
  again, why, isSame = script("paper.lua", verify:format(check.quoted(path), "figure9"))
  check.equal(again, "")
  check.equal(isSame, 1)
  check.contains(why, "figure9")
end)

test("a space without a table of truth is left out, and the script says how one is made", function()
  local own = "--scale tiny --space nasbench101 --data fashion_mnist --no-progress --store "
    .. check.quoted(check.temporary "absent")
  local output, complaints, status = script("paper/figure1.lua", own)
  if status ~= 0 then error(complaints) end
  check.contains(output, "NAS-Bench-101 is left out: there is no table of truth")
  check.contains(output, "scripts/groundtruth.lua --space nasbench101 --data fashion_mnist")
end)

test("mistakes on the command line are told in a line", function()
  local _, complaints, status = script("paper/table3.lua", "--scale quikc")
  check.equal(status, 1)
  check.contains(complaints, "did you mean 'quick'?")
  check.lacks(complaints, "traceback")
  _, complaints = script("paper/table3.lua", "--space nasbench102")
  check.contains(complaints, "nasbench101")
  _, complaints = script("paper.lua", "--out paper.pdf")
  check.contains(complaints, ".html")
  _, complaints, status = script("paper/table2.lua", "--out /nowhere/at/all.html")
  check.equal(status, 1)
  check.contains(complaints, "--out: ")
end)

test("published tables say what the paper says of the truth", function()
  local first = check.root .. "../shared/data/nasbench101-valid-108epochs.csv"
  local second = check.root .. "../shared/data/nasbench201-test-200epochs.csv"
  if not nas.native.exists(first) or not nas.native.exists(second) then
    test.skip "the published tables are not in ../shared/data"
  end
  local output, complaints, status = script("paper/published.lua",
    ("--nasbench101 %s --nasbench201 %s"):format(check.quoted(first), check.quoted(second)))
  if status ~= 0 then error(complaints) end
  local one = tonumber(output:match "3060%s+([%d.]+) %[")
  check.near(one, 0.67, 0.005)
  local all, mean, _, most = output:match
    "cifar100%s+15284%s+([%d.]+) %[[^%]]*%]%s+([%d.]+) %[([%d.]+), ([%d.]+)%]"
  check.near(tonumber(all), 0.73, 0.005)
  check.near(tonumber(mean), 0.73, 0.01)
  -- The paper's 0.75 is a sample of 1,000 cells.
  check.equal(tonumber(most) >= 0.75, true)
  check.equal(output:match "skip_connect%s+(%d+)", "91")
  local byPart = {}
  for k, value in output:match("on CIFAR%-100%.\n.*"):gmatch "\n%s*(%d+)%s+%d+%s+([-%d.]+) %[" do
    byPart[tonumber(k)] = tonumber(value)
  end
  check.equal(byPart[1] > byPart[8] and byPart[8] > byPart[32], true)
  check.equal(byPart[128] > byPart[64] + 0.1, true)
end)
