local test, check = ...
local nas = check.host(test)

test("the embedded set has its three splits", function()
  local data = nas.data.open "fashion16"
  check.equal(data:size "train", 6000)
  check.equal(data:size "validation", 2000)
  check.equal(data:size "test", 2000)
  check.equal(#data.classes, 10)
  check.equal(data.height, 16)
end)

test("an epoch gives every image once, in an order of its seed", function()
  local data = nas.data.open "fashion16"
  local function labels(options)
    local all = {}
    for batch in data:batches("validation", options) do
      for _, label in ipairs(batch.labels) do all[#all + 1] = label end
    end
    return all
  end
  local plain = labels{ batch = 300 }
  local shuffled = labels{ batch = 64, seed = 1, epoch = 2 }
  check.equal(#plain, 2000)
  check.equal(#shuffled, 2000)
  check.equal(table.concat(shuffled) == table.concat(plain), false)
  check.equal(table.concat(labels{ batch = 64, seed = 1, epoch = 2 }), table.concat(shuffled))
  local next = labels{ batch = 64, seed = 1, epoch = 3 }
  check.equal(table.concat(next) == table.concat(shuffled), false)
  local counts = {}
  for _, label in ipairs(shuffled) do counts[label] = (counts[label] or 0) + 1 end
  for _, label in ipairs(plain) do counts[label] = counts[label] - 1 end
  for _, count in pairs(counts) do check.equal(count, 0) end
end)

test("unknown names and wrong files are errors", function()
  check.raises("did you mean 'fashion16'?", function() nas.data.open "fashon16" end)
  local data = nas.data.open "fashion16"
  check.raises("unknown split 'tset'", function() data:size "tset" end)
  check.raises("batch", function() data:batches("train", { batch = -1 }) end)
  check.raises("train", function() data:subset{ train = 6001 } end)
end)

test("dropped batches give their memory back", function()
  local data = nas.data.open "fashion16"
  for epoch = 1, 20 do
    local order = { batch = 500, seed = 1, epoch = epoch }
    for _ in data:batches("train", order) do end -- luacheck: ignore
  end
  local _, peak = nas.native.memory()
  check.equal(peak < 400e6, true)
end)

test("training images are augmented where an order is drawn", function()
  local data = nas.data.open "fashion16":subset{ train = 100 }
  local augmented = data:augmented{ crop = 2, flip = true, cutout = 4 }
  check.equal(data.augmentation, nil)
  check.equal(augmented.augmentation.crop, 2)
  check.equal(augmented.augmentation.flip, true)
  check.equal(augmented.augmentation.cutout, 4)
  local function distance(one, other, split, options)
    local batch = one:batches(split, options)()
    return (batch.images - other:batches(split, options)().images):abs():sum():item()
  end
  local drawn = { batch = 50, seed = 1, epoch = 3 }
  check.equal(distance(augmented, data, "train", drawn) > 100, true)
  check.equal(distance(augmented, augmented, "train", drawn), 0)
  check.equal(distance(augmented:subset{ train = 100 }, augmented, "train", drawn), 0)
  check.equal(distance(augmented, data, "validation", drawn), 0)
  check.equal(distance(augmented, data, "train", { batch = 50 }), 0)
  local second = augmented:batches("train", drawn)
  second()
  drawn.from = 2
  local images = augmented:batches("train", drawn)().images
  check.equal((images - second().images):abs():sum():item(), 0)
  drawn.from = nil
  drawn.augment = false
  local batch = augmented:batches("train", drawn)()
  drawn.augment = nil
  local plain = data:batches("train", drawn)()
  check.equal((batch.images - plain.images):abs():sum():item(), 0)
  check.raises("crop: expected 0 to 16 pixels", function() data:augmented{ crop = 17 } end)
  check.raises("cutout: expected 0 to 16 pixels", function() data:augmented{ cutout = -1 } end)
  check.raises("text has nothing to augment", function()
    nas.data.open "austen-small":augmented{ flip = true }
  end)
end)

test("subsets have fewer images and classes", function()
  local data = nas.data.open "fashion16"
  local small = data:subset{ train = 300, validation = 200, test = 100, seed = 1,
    classes = { "Dress", "Bag" } }
  check.equal(small:size "train", 300)
  check.equal(small:size "validation", 200)
  check.equal(small:size "test", 100)
  check.equal(table.concat(small.classes, ","), "Dress,Bag")
  local seen = {}
  for batch in small:batches "train" do
    for _, label in ipairs(batch.labels) do seen[label] = true end
  end
  check.equal(#seen, 2)
  local byNumber = data:subset{ train = 300, seed = 1, classes = { 4, 9 } }
  check.equal(table.concat(byNumber.classes, ","), "Dress,Bag")
  check.equal(#data:subset{ classes = 3, seed = 1 }.classes, 3)
  check.equal(data:subset{ classes = 2 }.classes[2], "Trouser")
  check.raises("unknown class 'Dess' (did you mean 'Dress'?)", function()
    data:subset{ classes = { "Dess" } }
  end)
  check.raises("there is no class 11: expected 1 to 10", function()
    data:subset{ classes = { 11 } }
  end)
  check.raises("class Bag is chosen twice", function()
    data:subset{ classes = { "Bag", "Bag" } }
  end)
  check.raises("classes", function() data:subset{ classes = 11 } end)
  check.raises("no images of the classes chosen", function() data:subset{ classes = {} } end)
  check.raises("validation", function() data:subset{ classes = { 1 }, validation = 2000 } end)
end)

test("options of open", function()
  local data = nas.data.open("fashion16", { validation = "test",
    normalisation = { mean = { 0.5 }, std = { 0.25 } } })
  check.equal(data:size "train", 8000)
  check.equal(data:size "validation", 1000)
  check.equal(data:size "test", 1000)
  check.equal(data.normalisation.std[1], 0.25)
  check.equal(data.skipped, 0)
  check.equal(nas.data.open("fashion16", { validation = 100 }):size "validation", 100)
  check.raises("unknown option 'sdt' (did you mean 'std'?)", function()
    nas.data.open("fashion16", { normalisation = { sdt = { 1 } } })
  end)
  check.raises("normalisation: mean: item 1: expected a number", function()
    nas.data.open("fashion16", { normalisation = { mean = { "a" } } })
  end)
  check.raises("normalisation of 3 channels: expected 1", function()
    nas.data.open("fashion16", { normalisation = { mean = { 0, 0, 0 }, std = { 1, 1, 1 } } })
  end)
  check.raises("validation: expected a number of images or 'test'", function()
    nas.data.open("fashion16", { validation = "train" })
  end)
  check.raises("split_file: expected no 'validation' beside it", function()
    nas.data.open("fashion16", { validation = 1, split_file = "x" })
  end)
  check.raises("cifar100: not found. Expected train.bin", function()
    nas.data.open("cifar100", { folder = check.root })
  end)
  check.contains(table.concat(nas.data.names(), " "), "cifar10 cifar100")
end)

test("the real CIFAR-10, as far as it is there", function()
  local folder = check.root .. "../shared/data/cifar10"
  local file = io.open(folder .. "/data_batch_1.bin")
  if not file then test.skip "needs ../shared/data/cifar10" end
  file:close()
  local data = nas.data.open("cifar10", { folder = folder, skip_missing = true,
    validation = "test" })
  check.equal(data:size "train", 10000)
  check.equal(data:size "validation", 5000)
  check.equal(data:size "test", 5000)
  check.equal(data.skipped, 40000)
  local batch = data:batches("train", { batch = 10 })()
  check.equal(table.concat(batch.labels, " "), "7 10 10 5 2 2 3 8 9 4")
  -- The first pixel is 59.
  check.near(batch.images[1][1][1][1]:item(), (59 / 255 - 0.4914) / 0.2470, 1e-6)
  check.raises("data_batch_2.bin: no such file", function()
    nas.data.open("cifar10", { folder = folder })
  end)
end)
