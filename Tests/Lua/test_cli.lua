local test, check = ...
local cli = require "nas.cli"

local declaration = {
  about = "Ranks cells.",
  { name = "epochs", default = 80, minimum = 1, help = "passes over the images" },
  { name = "batch_size", default = 64, minimum = 1, help = "images a step" },
  { name = "rate", default = 0.1, above = 0, help = "initial learning rate" },
  { name = "sampler", default = "uniform", choices = { "uniform", "fair" }, help = "of paths" },
  { name = "output", help = "file to write" },
  { name = "resume", default = false, help = "go on" },
  { name = "calibrate", default = true, help = "BatchNorm" },
}

local function parse(...)
  return cli.parse(declaration, { [0] = "scripts/rank.lua", ... })
end

test("defaults and given values", function()
  local options = parse()
  check.equal(options.epochs, 80)
  check.equal(options.batch_size, 64)
  check.equal(options.sampler, "uniform")
  check.equal(options.output, nil)
  check.equal(options.resume, false)
  check.equal(options.calibrate, true)
  options = parse("--epochs", "1e2", "--rate=0x10", "--batch-size=7", "--sampler", "fair",
    "--output", "-", "--resume", "--no-calibrate")
  check.equal(math.type(options.epochs), "integer")
  check.equal(options.epochs, 100)
  check.equal(options.rate, 16)
  check.equal(options.batch_size, 7)
  check.equal(options.sampler, "fair")
  check.equal(options.output, "-")
  check.equal(options.resume, true)
  check.equal(options.calibrate, false)
  check.equal(parse("--output=").output, "")
  check.equal(parse("--output=a=b").output, "a=b")
end)

test("positionals, only where they are declared", function()
  check.raises("rank.lua: unexpected argument 'a'", parse, "a")
  local _, files = cli.parse({ positionals = "FILE..." }, { "a", "-", "--", "--b" })
  check.equal(table.concat(files, " "), "a - --b")
end)

test("mistakes are one line each", function()
  local mistakes = {
    [{ "--epochs", "-3" }] = "rank.lua: --epochs: expected an integer of at least 1, got -3",
    [{ "--epochs=2.5" }] = "rank.lua: --epochs: expected an integer of at least 1, got 2.5",
    [{ "--epochs", "ten" }] = "rank.lua: --epochs: expected an integer of at least 1, got 'ten'",
    [{ "--epochs" }] = "rank.lua: --epochs needs a value: expected an integer of at least 1",
    [{ "--epochs", "--resume" }]
      = "rank.lua: --epochs needs a value: expected an integer of at least 1",
    [{ "--rate", "0" }] = "rank.lua: --rate: expected a number of more than 0, got 0",
    [{ "--rate", "1e999" }] = "rank.lua: --rate: expected a number of more than 0, got inf",
    [{ "--epoch", "3" }] = "rank.lua: unknown option '--epoch' (did you mean '--epochs'?)",
    [{ "--sampler", "fare" }] = "rank.lua: --sampler: expected one of uniform, fair, got 'fare'",
    [{ "--resume=1" }] = "rank.lua: --resume takes no value, got '1'",
    [{ "-3" }] = "rank.lua: unknown option '-3' (known: --batch-size, --calibrate, --epochs, "
      .. "--help, --output, --rate, --resume, --sampler)",
  }
  for words, expected in pairs(mistakes) do
    local succeeded, failure = pcall(parse, table.unpack(words))
    check.equal(succeeded, false)
    check.equal(tostring(failure), expected)
  end
end)

local source = [[
local options = require "nas.cli".parse {
  about = "Counts.",
  { name = "epochs", default = 80, minimum = 1, help = "passes" },
  { name = "resume", default = false, help = "go on" },
}
print(options.epochs)
]]

test("a script ends with status 1, one line and no traceback", function()
  local output, complaint, status = check.script(source, "--epochs -3")
  check.equal(output, "")
  check.equal(status, 1)
  check.contains(complaint, "script.lua: --epochs: expected an integer of at least 1, got -3\n")
  check.equal(select(2, complaint:gsub("\n", "")), 1)
end)

test("--help prints what is declared, with status 0", function()
  local output, complaint, status = check.script(source, "--help")
  check.equal(complaint, "")
  check.equal(status, 0)
  check.equal(output, [[
usage: script.lua [options]

Counts.

options:
  --epochs N  passes (default 80)
  --resume    go on
  --help      print this text
]])
  check.equal(check.script(source, "--epochs=7"), "7\n")
end)

test("wrong declarations are the script's errors", function()
  local function declared(...) return cli.parse({ ... }, {}) end
  check.raises("option 1: name is missing", declared, { default = 1 })
  check.raises("already declared", declared, { name = "a_b" }, { name = "a-b" })
  check.raises("already declared", declared, { name = "help" })
  check.raises("no option's name", declared, { name = "a b" })
  check.raises("--a: default: expected an integer of at least 2, got 1", declared,
    { name = "a", default = 1, minimum = 2 })
  check.raises("did you mean 'default'?", declared, { name = "a", defualt = 1 })
  check.raises("expected a table of options", cli.parse, 3)
end)
