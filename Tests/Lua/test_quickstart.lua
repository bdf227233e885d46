local test, check = ...
local nas = check.host(test)

--- Runs one of the project's scripts; returns its output, complaints and exit status.
local function run(script, words)
  return check.script(("dofile %q"):format(check.root .. script), words)
end

test("the quickstart runs in small, and draws its plot", function()
  local _ = nas.native
  local picture = check.temporary "quickstart.svg"
  local words = "--epochs 1 --architectures 11 --plot " .. check.quoted(picture)
  local output, complaints, status = run("scripts/quickstart.lua", words)
  check.equal(status, 0)
  check.contains(output, "Spearman")
  check.contains(output, "top-10")
  check.contains(check.content(picture), "<svg")
  check.contains(complaints, "ranking")
  -- The same seed prints the same, but for the time it took.
  local again = run("scripts/quickstart.lua", words)
  check.equal((again:gsub("in [%d.]+ s", "")), (output:gsub("in [%d.]+ s", "")))
end)

-- Of a space that has no table of truth the best are shown.
for name, measure in pairs {
  nasbench101 = "accuracy, %", darts_cifar10 = "accuracy, %", darts_ptb = "perplexity",
  proxylessnas = "accuracy, %",
} do
  test(name .. "'s quickstart runs in small", function()
    local _ = nas.native
    local output, complaints, status =
      run("scripts/quickstart.lua", ("--space %s --epochs 1 --architectures 4"):format(name))
    check.equal(status == 0 or complaints, true)
    check.contains(output, "place  " .. measure)
    check.contains(output, "Spearman of parameters")
  end)
end

test("a wrong option of a script is one line and status 1", function()
  local _ = nas.native
  local output, complaints, status = run("scripts/quickstart.lua", "--epochs -3")
  check.equal(output, "")
  check.equal(status, 1)
  check.contains(complaints, "--epochs: expected an integer of at least -1, got -3")
  check.lacks(complaints, "traceback")
end)

--- A table's text without the last column, the seconds a training took.
local function figures(path)
  return (check.content(path):gsub(",[%d.]+\n", "\n"))
end

test("a table of truth that was cut off in a line is completed to the same figures", function()
  local _ = nas.native
  local path = check.temporary "truth.csv"
  local words = ("--cells 3 --repeated 1 --images 64 --epochs 1 --store %s --table %s"):format(
    check.quoted(check.temporary "store"), check.quoted(path))
  local output, _, status = run("scripts/truth_fashion16.lua", words)
  check.equal(status, 0)
  check.contains(output, "3 architectures of nasbench201, 4 trainings")
  local whole = figures(path)
  local content = check.content(path)
  for _, kept in ipairs{ #content - 1, #content - 30, #content - 150 } do
    nas.native.write(path, content:sub(1, kept))
    run("scripts/truth_fashion16.lua", words)
    check.equal(figures(path), whole)
  end
end)
