local test, check = ...
local nas = check.host(test)

--- What ISO 8859-1 makes of "café", which is no UTF-8; and a name that nobody would choose.
local LATIN, ODD = "caf\xe9", "it's $(a) \"b\"\n-\xff"

local function folder(name)
  local path = check.temporary(name)
  os.execute(("rm -rf %s; mkdir %s"):format(check.quoted(path), check.quoted(path)))
  return path .. "/"
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

test("names of one character, and names that are no text, are names", function()
  local place = folder "names"
  for _, name in ipairs{ "t", LATIN, ODD, "-", "\xff" } do
    nas.tensor.ones(2):save(place .. name)
    check.equal(nas.tensor.load(place .. name):sum():item(), 2)
    nas.tensor.save(place .. name .. ".safetensors", { weights = nas.tensor.ones(3) })
    check.equal(nas.tensor.load(place .. name .. ".safetensors").weights:sum():item(), 3)
  end
  local found = require "nas.native".list(place)
  check.equal(#found, 10)
  check.equal(table.concat(found, "|"):find("\u{fffd}", 1, true), nil)
  check.equal(assert(io.open(place .. LATIN)):close(), true)
end)

test("a relative name of one character does not end the process", function()
  local output, complaints, status = check.script([[
    nas.tensor.zeros(2):save "t"
    print(#nas.tensor.load "t", pcall(nas.tensor.load, "x"))]],
    nil, "sh -c 'cd \"$0\" && exec \"$@\"' " .. check.quoted(folder "one"))
  check.contains(output, "cannot read 'x': ")
  check.equal(status, 0)
  check.equal(complaints, "")
end)

test("messages show bytes that are no text, and zero bytes end no name", function()
  check.raises([['caf\xe9/none.npy']], nas.tensor.load, LATIN .. "/none.npy")
  check.raises([[caf\xe9/: no such folder]], nas.data.open, LATIN .. "/")
  check.raises([['./caf\xe9']], nas.supernet.load, "./" .. LATIN)
  check.raises("zero byte", nas.tensor.load, "/dev/null\0.npy")
  check.raises("zero byte", nas.tensor.save, check.temporary "a\0b", nas.tensor.ones(1))
end)

test("a script's name, its arguments and code keep their bytes", function()
  local output = check.script([[io.write(#arg[1], arg[1] == "caf\xe9" and "same" or "other")]],
    check.quoted(LATIN), nil, "-e " .. check.quoted("io.write(#'" .. LATIN .. "', ' ')"))
  check.equal(output, "4 4same")
  local _, complaints = check.script "error 'caf\xe9'"
  check.contains(complaints, "caf\xe9")
end)

test("modules are found in folders whose names are no text", function()
  local place = folder(LATIN)
  write(place .. "within.lua", "return 'found'")
  local output = check.script(
    ("package.path = %q print(require 'within')"):format(place .. "?.lua"))
  check.contains(output, "found")
end)

test("text lies in a folder whose name is no text, and its words are bytes", function()
  local place = folder(ODD)
  for _, part in ipairs{ "train", "valid", "test" } do
    write(place .. part .. ".txt", "a \xe9\nc d ")
  end
  local data = nas.data.open(place)
  check.equal(data:size "train", 6)
  check.equal(table.concat(data.words, "|"), "a|\xe9|<eos>|c|d")
end)

test("plots are saved under any name", function()
  if not os.execute "command -v gnuplot >/dev/null 2>&1" then test.skip "gnuplot is not here" end
  local plot = nas.plot.scatter({ 1, 2 }, { 1.5, 2.5 }, { title = "\u{c0}\u{e9}" })
  local place = folder "plots"
  for _, name in ipairs{ "-x.svg", LATIN .. ".svg", ODD .. ".svg" } do
    plot:save(place .. name)
    check.contains(check.content(place .. name), "</svg>")
  end
end)

test("numbers in files have a point, whatever the locale", function()
  local place = folder "locale"
  local made = os.execute(("localedef -i de_DE -f UTF-8 %s >/dev/null 2>&1"):format(
    check.quoted(place .. "de_DE.UTF-8")))
  if not made then test.skip "localedef makes no German locale here" end
  local output = check.script([[
    local all = assert(os.setlocale "")
    assert(all:find "de_DE" and os.setlocale(all) == all)
    assert(os.setlocale(nil, "numeric") == "C" and not os.setlocale("de_DE.UTF-8", "numeric"))
    local plot = nas.plot.scatter({ 1.5, 2.5 }, { 1.5, 2.5 })
    local commands = require "nas.plot.figure".commands(plot, "svg")
    print(85.25, ("%.2f"):format(85.25), tonumber "1.5", load "return 1.5"(), commands)]],
    nil, ("LC_ALL=de_DE.UTF-8 LOCPATH=%s"):format(check.quoted(place)))
  check.contains(output, "85.25\t85.25\t1.5\t1.5\t")
  check.lacks(output, "1,5")
end)
