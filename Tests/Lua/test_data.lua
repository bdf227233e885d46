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
