local test, check = ...
local nas = check.host(test)

local function small()
  local space = nas.space.nasbench201{ channels = 2, cells = 1, image = 16 }
  return nas.supernet.new(space, nas.data.open "fashion16":subset{ train = 64 }, { seed = 1 })
end

local function shell(command, ...)
  assert(os.execute(command:format(...)))
end

test("a checkpoint that cannot be written is told of before the first step", function()
  local folder = check.temporary "unwritable"
  shell("mkdir -p %s/folder %s/kept.previous", check.quoted(folder), check.quoted(folder))
  shell("rm -f %s/pipe && mkfifo %s/pipe", check.quoted(folder), check.quoted(folder))
  local net = small()
  local digest = net:digest()
  for path, words in pairs{
    ["missing/run.ckpt"] = "No such file", folder = "it is a folder", pipe = "it is a pipe",
    kept = "it is a folder", [("w"):rep(250)] = "name too long",
  } do
    check.raises(words, function()
      net:train{ epochs = 1, batch = 32, progress = false, checkpoint = folder .. "/" .. path }
    end)
  end
  -- Of several milestones all files are looked at.
  shell("mkdir -p %s/many.2", check.quoted(folder))
  for _, kind in ipairs{ "schedules", "snapshots" } do
    check.raises("it is a folder", function()
      net:train{
        epochs = { 1, 2 }, milestones = kind, batch = 32, progress = false,
        checkpoint = folder .. "/many",
      }
    end)
  end
  check.raises("it is a device", function()
    net:train{ epochs = 1, batch = 32, progress = false, checkpoint = "/dev/null" }
  end)
  check.equal(net.steps, 0)
  check.equal(net:digest(), digest)
end)

test("a checkpoint that cannot be read is not one that is not there", function()
  local path = check.temporary "loop.ckpt"
  shell("ln -sfn %s %s", check.quoted(path), check.quoted(path))
  local net = small()
  for _ = 1, 2 do
    check.raises("symbolic links", function()
      net:train{ epochs = 1, batch = 32, progress = false, checkpoint = path }
    end)
    check.raises("symbolic links", function()
      net:rank({ net.space:sample(1) }, { results = path, progress = false })
    end)
  end
  check.raises("symbolic links", nas.native.exists, path)
  check.raises("symbolic links", nas.benchmark.open, path)
  check.equal(net.steps, 0)
end)

test("files that nobody may read are errors, and stay as they are", function()
  local folder = check.temporary "forbidden"
  local name = check.quoted(folder)
  shell("rm -rf %s && mkdir -p %s && chmod 777 %s %s/.. %s/../..", name, name, name, name, name)
  -- The superuser may read anything, so that another user has to try.
  local probe = io.popen(
    "id -u && setpriv --reuid 65534 --clear-groups true 2>/dev/null && echo can")
  local isRoot, can = probe:read("l", "l")
  probe:close()
  if isRoot == "0" and not can then test.skip "cannot become a user who may not read" end
  local results, checkpoint = folder .. "/results.csv", folder .. "/run.ckpt"
  nas.native.write(results, "not to be lost\n")
  nas.native.write(checkpoint, "not to be lost\n")
  shell("chmod 000 %s/*", check.quoted(folder))
  local output = check.script([[
    local space = nas.space.nasbench201{ channels = 2, cells = 1, image = 16 }
    local net = nas.supernet.new(space, nas.data.open "fashion16":subset{ train = 64 })
    print(pcall(net.rank, net, { space:sample(1) }, { results = arg[1], progress = false }))
    print(pcall(nas.benchmark.create, arg[1], space, { "test" }))
    print(pcall(nas.benchmark.open, arg[1]))
    print(pcall(net.train, net, { epochs = 1, checkpoint = arg[2], progress = false }))
    print(net.steps)
  ]], check.quoted(results) .. " " .. check.quoted(checkpoint),
    isRoot == "0" and "setpriv --reuid 65534 --clear-groups" or "")
  local _, count = output:gsub("false\t[^\n]*Permission denied", "")
  check.equal(count == 4 and "4 refusals" or output, "4 refusals")
  check.contains(output, "\n0\n")
  shell("chmod 600 %s/*", check.quoted(folder))
  check.equal(check.content(results), "not to be lost\n")
  check.equal(check.content(checkpoint), "not to be lost\n")
end)

test("a killed training leaves no more names than one that ends", function()
  local folder = check.temporary "killed"
  shell("rm -rf %s && mkdir -p %s", check.quoted(folder), check.quoted(folder))
  local source = [[
    local space = nas.space.nasbench201{ channels = 4, cells = 1, image = 16 }
    local net = nas.supernet.new(space, nas.data.open "fashion16":subset{ train = 512 })
    net:train{ epochs = 2, batch = 16, every = 1, checkpoint = arg[1], progress = false }
  ]]
  local file = check.quoted(folder .. "/run.ckpt")
  for tenths = 3, 7 do check.script(source, file, ("timeout -s KILL 0.%d"):format(tenths)) end
  local _, complaints, status = check.script(source, file)
  check.equal(complaints, "")
  check.equal(status, 0)
  check.equal(table.concat(nas.native.list(folder), " "), "run.ckpt run.ckpt.previous")
end)

test("every turned bit of a saved network and of a checkpoint is noticed", function()
  local net = small()
  local saved, kept = check.temporary "flip.safetensors", check.temporary "flip.ckpt"
  net:save(saved)
  os.remove(kept)
  net:train{ epochs = 1, batch = 32, progress = false, checkpoint = kept }
  local function resume() small():train{
    epochs = 1, batch = 32, progress = false, checkpoint = kept,
  } end
  local function load() small():load_weights(saved) end
  for path, read in pairs{ [saved] = load, [kept] = resume } do
    read()
    local sound = check.content(path)
    local header = 8 + ("<I8"):unpack(sound)
    local generator = nas.random.generator(3)
    -- Some of the header's bits and of the numbers'; all bits of a small file in a test of Swift's.
    for index = 1, 60 do
      local place = index % 3 == 0 and generator:integer(header + 1, #sound)
        or generator:integer(1, header)
      local byte = sound:byte(place) ~ 1 << generator:integer(0, 7)
      nas.native.write(path, sound:sub(1, place - 1) .. string.char(byte) .. sound:sub(place + 1))
      check.raises(path, read)
    end
  end
end)
