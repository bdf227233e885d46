local test, check = ...
local nas = check.host(test)

--- Runs an example; returns what it prints.
local function run(name, words)
  local _ = nas.native
  local output, complaints, status =
    check.script(("dofile %q"):format(check.root .. "scripts/examples/" .. name), words)
  if status ~= 0 then error(complaints) end
  return output
end

test("plain tensors tell the arms of a spiral apart", function()
  local share = tonumber(run("tensors.lua"):match "([%d.]+) %% of the points")
  check.equal(share > 95, true)
end)

test("two convolutions name most images", function()
  local output = run "layers.lua"
  check.contains(output, "Conv2d(1 -> 16, 3x3, padding 1, no bias)")
  check.equal(tonumber(output:match "([%d.]+) %% of the test images") > 70, true)
end)

test("a space of choices is trained and ranked", function()
  local output = run "choices.lua"
  check.contains(output, "30 architectures")
  check.contains(output, "multiply-adds")
end)

test("a space with an operator of its own is trained and ranked", function()
  local output = run("own_operator.lua", "--epochs 1 --cells 3")
  check.contains(output, "46055 valid cells")
  check.contains(output, "sep_conv_3x3")
  check.contains(output, "best of 3")
end)

test("a study tells what it would run", function()
  local store = check.temporary "samplers"
  local words = ("--list --store %s"):format(check.quoted(store))
  local output = run("study.lua", words)
  check.contains(output, "36 runs: 36 open")
  check.contains(output, "epochs=10 sampler=multipath(paths = 2) seed=3, ranking")
  check.equal(nas.native.exists(store), false)
end)

test("the benchmark of the host runs in small", function()
  local output = run("../bench/host.lua", "--rounds 1 --calls 100")
  check.contains(output, "a host function of two numbers")
end)
