--- `--sandbox`: every way out that is known, each tried by a script inside, against files that are
-- there outside.

local test, check = ...

check.host(test)

local folder

--- The folders of a test: the script's, and beside it one that may be written and one that may not.
local function prepare()
  if folder then return end
  folder = check.temporary "sandbox"
  assert(os.execute(([[
    set -e; mkdir %s; cd %s; mkdir script open closed; printf secret >closed/secret
    printf inside >script/file; printf 'return 5' >script/module.lua
    ln -sfn ../closed script/link; ln -sfn ../closed/made script/dangling
    ln -sfn ../closed open/link; ln -sfn ../closed/made open/dangling
    printf 'return "outside"' >closed/chunk.lua]]):format(
    check.quoted(folder), check.quoted(folder))))
end

local prelude = [[
local function denied(expected, action, ...)
  local results = table.pack(pcall(action, ...))
  local why
  if not results[1] then why = tostring(results[2])
  elseif results[2] == nil then why = tostring(results[3])
  else error("it worked: " .. tostring(results[2]), 2) end
  if not why:find(expected, 1, true) then error("denied for another reason: " .. why, 2) end
end
local outside = "outside the folders of the sandbox"
local never = "not allowed in the sandbox"
]]

--- Runs a script in the sandbox, whose last line prints "done".
local function confined(body, options, environment)
  prepare()
  local path = folder .. "/script/main.lua"
  local file = assert(io.open(path, "w"))
  file:write(prelude, body, '\nprint "done"\n')
  file:close()
  local command = ("lunas=$(realpath \"$(command -v %s)\") && cd %s && "
    .. "%s \"$lunas\" --sandbox %s script/main.lua 2>&1"):format(
    check.quoted(arg[-1]), check.quoted(folder), environment or "", options or "")
  local process = assert(io.popen(command))
  local output = process:read "a"
  process:close()
  check.equal(output, "done\n")
end

local function untouched()
  check.equal(check.content(folder .. "/closed/secret"), "secret")
  local made = io.open(folder .. "/closed/made", "r")
  check.equal(made, nil)
end

test("what a script needs is there", function()
  confined [[
    assert(io.open("script/file"):read "a" == "inside")
    for line in io.lines "script/file" do assert(line == "inside") end
    assert(require "module" == 5)
    assert(dofile "script/module.lua" == 5 and loadfile "script/module.lua"() == 5)
    assert(load "return 3"() == 3)
    assert(debug.traceback "x" and debug.getinfo(1, "l").currentline)
    local space = nas.space.nasbench201()
    local data = nas.data.synthetic { images = 8 }
    assert(nas.supernet.new(space, data))
    assert(nas.data.open "fashion16":size "train" > 0)
    assert(#nas.benchmark.names() > 0 and nas.benchmark.open(nas.benchmark.names()[1]))
    assert(nas.report and nas.plot and nas.nn and nas.cli)
  ]]
end)

test("data sets are read from where they are looked for", function()
  prepare()
  assert(os.execute(([[
    set -e; cd %s; mkdir -p sets/ptb data/ptb; for part in train valid test; do
      printf 'named\n' >sets/ptb/ptb.$part.txt; printf 'below\n' >data/ptb/ptb.$part.txt; done]])
    :format(check.quoted(folder))))
  local body = [[
    assert(nas.data.open "ptb".words[1] == "%s")
    denied("%s", nas.data.open, "sets/ptb")
    denied(outside, nas.data.open, "ptb", { folder = "closed" })
    denied(outside, io.open, "data/secret")
  ]]
  confined(body:format("below", "outside the folders of the sandbox"), nil,
    "LUNAS_DATA= XDG_DATA_HOME=/nowhere")
  confined([[assert(nas.data.open "ptb".words[1] == "named")]], nil, "LUNAS_DATA=sets")
end)

test("files outside are not read", function()
  confined [[
    for _, path in ipairs {
      "closed/secret", "script/../closed/secret", "script/link/secret", "script/./link/../secret",
      "/etc/passwd", "/proc/self/environ", "/proc/self/root/etc/passwd", "/dev/null", "closed",
      "script/file/../../closed/secret",
    } do
      denied(outside, io.open, path)
      denied(outside, io.open, path, "rb")
      denied(outside, io.lines, path)
      denied(outside, io.input, path)
      denied(outside, loadfile, path)
      denied(outside, dofile, path)
      denied(outside, nas.tensor.load, path)
      denied(outside, nas.data.open, path)
      denied(outside, nas.benchmark.open, path)
      denied(outside, nas.supernet.load, path)
      assert(#nas.native.list(path) == 0)
    end
    denied(outside, io.open, "closed/secret\0script/file")
    denied(outside, io.open, "")
    assert(#nas.native.list "script" > 0)
    denied("no file", package.searchpath, "chunk", "closed/?.lua")
    package.path = "closed/?.lua;script/link/?.lua"
    denied("module 'chunk' not found", require, "chunk")
  ]]
end)

test("nothing is written", function()
  confined [[
    local tensor = nas.tensor.zeros(2)
    local net = nas.supernet.new(nas.space.nasbench201(),
      nas.data.synthetic { images = 8 })
    for _, path in ipairs { "script/file", "script/new", "closed/made", "script/dangling",
      "script/link/made", "/tmp/made" } do
      for _, mode in ipairs { "w", "a", "r+", "w+", "a+", "wb" } do
        denied(outside, io.open, path, mode)
      end
      denied(outside, io.output, path)
      denied(outside, os.remove, path)
      denied(outside, os.rename, path, "open/there")
      denied(outside, os.rename, "open/here", path)
      denied(outside, tensor.save, tensor, path .. ".npy")
      denied(outside, nas.tensor.save, path .. ".safetensors", { a = tensor })
      denied(outside, net.save, net, path)
      denied(outside, nas.native.write, path, "text")
      denied(outside, nas.native.requireWritable, path)
      denied(outside, nas.benchmark.create, path, nas.space.nasbench201(), { "test" })
    end
    denied(never, os.tmpname)
    denied(never, io.tmpfile)
    denied("sandbox", function()
      local plot = nas.plot.scatter and nas.plot.scatter({ 1, 2 }, { 1, 2 }) or nas.plot.new()
      plot:save "script/plot.svg"
    end)
  ]]
  untouched()
  check.equal(check.content(folder .. "/script/file"), "inside")
end)

test("--writable opens a folder, and no more", function()
  confined([[
    local file = assert(io.open("open/new", "w"))
    file:write "text"
    file:close()
    assert(io.open("open/new"):read "a" == "text")
    assert(os.rename("open/new", "open/other") and os.remove "open/other")
    nas.tensor.zeros(2):save "open/tensor.npy"
    assert(nas.tensor.load "open/tensor.npy":numel() == 2)
    nas.native.write("open/native", "text")
    for _, path in ipairs { "open/link/made", "open/dangling", "open/../closed/made", "closed/made",
      "script/file", "closed/none/new", "open/none/../../closed/new", "open/dangling/new",
      "open/.." } do
      denied(outside, io.open, path, "w")
      denied(outside, nas.native.write, path, "text")
      denied(outside, os.rename, "open/native", path)
    end
    denied(outside, io.open, "open/link/secret")
    -- Below a folder that may be written, what is missing is missing.
    local _, reason = io.open("open/none/new", "w")
    assert(reason:find "No such file", reason)
  ]], "--writable open")
  untouched()
end)

test("no process, no environment", function()
  confined [[
    denied(never, os.execute)
    denied(never, os.execute, "true")
    denied(never, io.popen, "true")
    assert(os.getenv "PATH" == nil and os.getenv "HOME" == nil)
  ]]
end)

test("no native code and no bytecode", function()
  confined([[
    denied(never, package.loadlib, "libc.so.6", "*")
    denied(never, package.loadlib, "libc.so.6", "system")
    assert(#package.searchers == 2 and package.cpath == "")
    local code = string.dump(function() return 1 end)
    denied("attempt to load a binary chunk", load, code)
    denied("attempt to load a binary chunk", load, code, "code", "b")
    local parts = { code }
    denied("attempt to load a binary chunk", load, function() return table.remove(parts) end)
    local file = assert(io.open("open/code.lua", "wb"))
    file:write(code)
    file:close()
    denied("attempt to load a binary chunk", loadfile, "open/code.lua")
    denied("attempt to load a binary chunk", loadfile, "open/code.lua", "b")
    denied("attempt to load a binary chunk", dofile, "open/code.lua")
    package.path = "open/?.lua"
    denied("attempt to load a binary chunk", require, "code")
  ]], "--writable open")
end)

test("the debug library shows no function and changes none", function()
  confined [[
    for _, name in ipairs { "getupvalue", "setupvalue", "upvaluejoin", "upvalueid", "getregistry",
      "sethook", "gethook", "setmetatable", "setlocal", "setuservalue", "getuservalue", "debug",
      "setcstacklimit" } do
      assert(debug[name] == nil, name)
    end
    -- The original load, which accepts bytecode, is on the stack while its reader runs.
    load(function()
      for level = 0, 10 do
        for _, what in ipairs { "f", "fS", ">f", "nSltufrL" } do
          local found, info = pcall(debug.getinfo, level, what)
          assert(not found or info == nil or info.func == nil)
        end
        local info = debug.getinfo(level)
        assert(info == nil or info.func == nil)
      end
      return nil
    end)
    denied("in the sandbox", debug.getlocal, 1, 1)
    assert(debug.getlocal(function(a) return a end, 1) == "a")
    assert(debug.getmetatable(nas.tensor.zeros(1)) == nil)
    for _, library in ipairs { package.loaded.io, package.loaded._G.io, require "io" } do
      denied(never, library.popen, "true")
    end
    assert(package.loaded.debug == debug)
  ]]
end)

test("memory and time are limited", function()
  confined([[
    denied("memory", string.rep, "x", 200 << 20)
    denied("memory", nas.tensor.zeros, 100 << 20)
    denied("memory", function()
      local kept = {}
      for i = 1, 1e9 do kept[i] = nas.tensor.zeros(1 << 18) end
    end)
    assert(nas.tensor.zeros(10):numel() == 10)
  ]], "--memory-limit 100M")
  local _, complaint, status
    = check.script("while true do pcall(error) end", "", nil, "--sandbox --time-limit 0.2")
  check.contains(complaint, "time limit exceeded")
  check.equal(status, 1)
end)

test("files count towards the memory's limit while they are written and read", function()
  local path = check.temporary "large.safetensors"
  nas.tensor.save(path, { large = nas.tensor.zeros(11 << 20) })
  local output, _, status = check.script([[
    print(pcall(nas.tensor.load, arg[1]))
    local large = nas.tensor.zeros(9 << 20)
    print(pcall(nas.tensor.save, arg[1] .. ".none.safetensors", { large = large }))
    nas.tensor.save(arg[1], { small = nas.tensor.ones(3) })
    print(nas.tensor.load(arg[1]).small:sum():item(), io.open(arg[1] .. ".none.safetensors"))]],
    check.quoted(path), nil, "--memory-limit 40M")
  check.contains(output, "out of memory: 44 MiB more would exceed the limit of 40 MiB")
  check.contains(output, "out of memory: 72 MiB more would exceed the limit of 40 MiB")
  check.contains(output, "3.0\tnil")
  check.equal(status, 0)
end)

test("the environment runs nothing", function()
  local output, complaint, status
    = check.script("print(value)", "", "LUA_INIT='value = 1'", "--sandbox")
  check.equal(complaint, "")
  check.equal(output, "nil\n")
  check.equal(status, 0)
end)

test("guards use nothing that a script may change", function()
  confined([[
    local closed = { "closed/secret", "/etc/passwd" }
    local given = io.open("script/file")
    local methods = getmetatable(given).__index
    -- The script's own words, before it spoils them.
    local pcall, error, say = pcall, error, print
    local function yes() return true end
    local function same(value) return value end
    io.type, math.type, math.tointeger = yes, yes, same
    string.find, string.match = function() return nil end, function() return nil end
    string.format, string.gsub, string.sub = same, same, same
    string.gmatch = function() return function() return nil end end
    table.concat, table.pack, table.unpack = same, same, same
    tostring, tonumber, type, ipairs, pairs, select, next = same, same, same, same, same, same, same
    rawget, rawset, rawequal, rawlen, getmetatable, setmetatable = same, same, yes, same, same, same
    error, assert, pcall, xpcall = same, same, same, same
    methods.close, methods.read = same, same
    local function opens(action, ...)
      local done, result, why = pcall(action, ...)
      return done and result, why
    end
    local i = 1
    while closed[i] do
      local path = closed[i]
      if opens(io.open, path) or opens(io.open, path, "w") or opens(io.input, path)
        or opens(io.output, path) or opens(io.lines, path) or opens(loadfile, path)
        or opens(dofile, path) or opens(os.remove, path) or opens(os.rename, path, "open/x")
        or opens(package.searchpath, "secret", "closed/?") then
        error("opened " .. path)
        os.exit(3)
      end
      i = i + 1
    end
    local a, b = opens(io.open, "script/file", "w")
    if a then os.exit(4) end
    if opens(io.output, "script/made") then os.exit(5) end
    if opens(io.output, { "script/made" }) then os.exit(6) end
    print = say
  ]], "--writable open")
  untouched()
  check.equal(check.content(folder .. "/script/file"), "inside")
end)

test("debug.getinfo gives no function, whatever its arguments", function()
  confined [[
    local code = string.dump(function() return 1 end)
    local suspended = coroutine.create(function(...) coroutine.yield(...) end)
    coroutine.resume(suspended)
    local function search(...)
      local found, info = pcall(debug.getinfo, ...)
      if not found or info == nil then return end
      for field, value in pairs(info) do
        assert(type(value) ~= "function" and type(value) ~= "userdata", field)
        if type(value) == "table" then
          for line, on in pairs(value) do assert(math.type(line) == "integer" and on == true) end
        end
      end
    end
    local function everywhere()
      for _, thread in ipairs { coroutine.running(), suspended } do
        for _, what in ipairs { "f", "fS", ">f", "nSltufrL", "SfL" } do
          for level = -1, 12 do
            search(level, what); search(thread, level, what)
            search(tostring(level), what); search(level + 0.0, what)
          end
          search(print, what); search(thread, print, what)
        end
        search(thread, 1); search(1); search(thread)
      end
      return nil
    end
    everywhere()
    load(everywhere)
    pcall(string.gsub, "x", "x", everywhere)
    pcall(require, setmetatable({}, { __tostring = everywhere }))
    local own, other = debug.getinfo(1, "l"), debug.getinfo(coroutine.running(), 1, "l")
    assert(own.currentline == other.currentline)
    assert(debug.getinfo(search, "u").isvararg and debug.getinfo(search, "L").activelines)
    denied("attempt to load a binary chunk", load, code)
  ]]
end)

test("functions are described in a sandbox too, and their values stay closed to scripts", function()
  confined [==[
    local function make(rate) return function() return rate end end
    local one, other = nas.description.of(make(0.1)), nas.description.of(make(0.2))
    assert(nas.description.differences(one, other)[1].name == "value.rate")
    assert(debug.getupvalue == nil and debug.upvalueid == nil)
    -- No function of the script's is shown what a guard closes over: the original `io.open`, say.
    local type, select, next, error = type, select, next, error
    local guards = { io.open, io.lines, os.remove, os.rename, loadfile, dofile, load }
    local known, seen, original = {}, nil, {}
    local function note(...)
      for index = 1, select("#", ...) do
        local value = select(index, ...)
        if type(value) == "function" and not known[value] then seen = value end
      end
    end
    for _, library in ipairs{ _G, io, os, math, string, table, debug, coroutine, package } do
      for _, value in next, library do
        if type(value) == "function" then known[value] = true end
      end
    end
    local of = nas.description.of
    io.open, io.lines, os.remove, os.rename, loadfile, dofile, load = nil
    local watched = {
      [_G] = { "type", "tostring", "ipairs", "pairs", "next", "setmetatable", "require", "rawget" },
      [math] = { "type", "tointeger" }, [string] = { "format", "gsub", "find", "byte", "sub" },
      [table] = { "sort", "concat" },
    }
    for library, names in next, watched do
      for index = 1, #names do
        local f = library[names[index]]
        original[#original + 1] = { library, names[index], f }
        known[f] = true
        library[names[index]] = function(...)
          note(...)
          return f(...)
        end
        known[library[names[index]]] = true
      end
    end
    for index = 1, #guards do of(guards[index]) end
    for index = 1, #original do
      original[index][1][original[index][2]] = original[index][3]
    end
    if seen then error "a guard's upvalue was shown" end
  ]==]
end)
