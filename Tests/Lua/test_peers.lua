local test, check = ...
local nas = check.host(test)

local folder = check.root .. "scripts/bench/"

--- What a shell command prints, with its complaints, and whether it succeeded.
local function shell(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local output = pipe:read "a"
  return output, pipe:close() == true
end

--- What lunas's side of a row answers to lines of commands.
local function side(row, commands)
  local _ = nas.native
  local script = ("dofile %q"):format(folder .. "peers.lua")
  local path = check.temporary "commands"
  local file <close> = assert(io.open(path, "w"))
  file:write(commands, "\n")
  file:flush()
  local words = ("--quick --comparable --row '%s' <%s"):format(row, check.quoted(path))
  local output, complaints, status = check.script(script, words)
  if status ~= 0 then error(complaints) end
  return output
end

test("lunas's side of the comparison with PyTorch trains when it is told to", function()
  local output = side("small nasbench101", "build\nwarm\ngo 1 2\nmemory")
  check.contains(output, "space nasbench101")
  check.contains(output, "option channels 8")
  check.equal(select(2, output:gsub("architecture 0", "")), 2)
  check.equal(tonumber(output:match "milliseconds ([%d.]+)") > 0, true)
  check.equal(tonumber(output:match "tensors (%d+)") > 0, true)
  check.equal(select(2, output:gsub("\ndone", "")), 4)
end)

test("what lunas's side writes for PyTorch are the weights before and after its steps", function()
  local place = check.temporary "peers"
  os.execute("mkdir -p " .. check.quoted(place))
  local output = side("darts_ptb", "build\ncheck " .. place)
  local before = nas.tensor.load(place .. "/before.safetensors")
  local after = nas.tensor.load(place .. "/after.safetensors")
  local change = (after["rnns.0._W0"] - before["rnns.0._W0"]):abs():max():item()
  check.equal(change > 0 and change < 0.1, true)
  -- Untrained, all 3,898 words are about as likely.
  check.near(tonumber(output:match "loss ([%d.]+)"), math.log(3898), 0.2)
  check.equal(nas.tensor.load(place .. "/data.safetensors").tokens:min():item(), 0)
end)

test("lunas's side of a row that ranks gives a loss for each cell", function()
  local place = check.temporary "peers_rank"
  os.execute("mkdir -p " .. check.quoted(place))
  local output = side("rank nasbench201", "build\ngo 2 1\ncheck " .. place)
  check.equal(select(2, output:gsub("loss ", "")), 2)
  check.equal(nas.tensor.load(place .. "/data.safetensors")["calibration.3.images"]:size(1), 6)
end)

test("the driver of the comparison prints a table of lunas alone", function()
  local found, isThere = shell "command -v python3 bash"
  if not isThere then test.skip("no python3 or bash: " .. found) end
  local output, succeeded = shell(("%speers.sh --lunas %s --alone --quick --rounds 1 --markdown "
    .. "--row '^darts_cifar10'"):format(check.quoted(folder), check.quoted(arg[-1])))
  if not succeeded then error(output) end
  check.contains(output, "| row | lunas ms | GFLOP/s | 1 to 2 threads |")
  check.contains(output, "| darts_cifar10 | ")
  check.contains(output, "GFLOP/s a thread")
end)

test("PyTorch's side of the comparison is valid Python", function()
  local found, isThere = shell "command -v python3"
  if not isThere then test.skip("no python3: " .. found) end
  local output, succeeded = shell(("python3 -c 'import ast, glob, sys\n"
    .. "for name in glob.glob(sys.argv[1] + \"/**/*.py\", recursive=True):\n"
    .. "  ast.parse(open(name, encoding=\"utf-8\").read(), name)' %s"):format(
    check.quoted(folder)))
  if not succeeded then error(output) end
end)
