local test, check = ...
local nas = check.host(test)

local root = check.temporary "images"

--- The checksum of PNG's chunks (RFC 2083, section 15).
local function crc(bytes)
  local sum = 0xffffffff
  for index = 1, #bytes do
    sum = sum ~ bytes:byte(index)
    for _ = 1, 8 do sum = sum >> 1 ~ (sum & 1 == 1 and 0xedb88320 or 0) end
  end
  return ~sum & 0xffffffff
end

--- A PNG file of one colour, uncompressed.
local function png(width, height, colour)
  local rows = ("\0" .. colour:rep(width)):rep(height)
  local low, high = 1, 0
  for index = 1, #rows do
    low = (low + rows:byte(index)) % 65521
    high = (high + low) % 65521
  end
  local function chunk(kind, content)
    return (">s4"):pack(content):sub(1, 4) .. kind .. content .. (">I4"):pack(crc(kind .. content))
  end
  return "\x89PNG\r\n\26\n" .. chunk("IHDR", (">I4I4BBBBB"):pack(width, height, 8, 2, 0, 0, 0))
    .. chunk("IDAT", "\x78\1\1" .. ("<I2I2"):pack(#rows, ~#rows & 0xffff) .. rows
      .. (">I2I2"):pack(high, low)) .. chunk("IEND", "")
end

local function write(path, bytes)
  local file <close> = assert(io.open(root .. "/" .. path, "wb"))
  file:write(bytes)
end

test("a folder of images", function()
  for _, part in ipairs{ "train/red", "train/sea", "val/red", "val/sea" } do
    os.execute("mkdir -p " .. check.quoted(root .. "/" .. part))
  end
  for index = 1, 6 do
    write(("train/red/%d.png"):format(index), png(20 + index, 18, "\250\10\20"))
    write(("train/sea/%d.png"):format(index), png(18, 20 + index, "\10\60\200"))
  end
  write("val/red/a.png", png(40, 30, "\240\20\10"))
  write("val/sea/a.png", png(30, 40, "\20\50\210"))
  local data = nas.data.open(root, { image = 16, workers = 2 })
  check.equal(data:size "train", 12)
  check.equal(data:size "test", 2)
  check.equal(table.concat(data.classes, " "), "red sea")
  check.equal(data.channels .. " " .. data.height .. " " .. data.width, "3 16 16")
  check.equal(data.skipped, 0)
  check.contains(tostring(data), "2 classes of 3x16x16 images, 12 train, 2 validation, which serve")
  local batch = data:batches("validation", { batch = 2 })()
  check.equal(table.concat(batch.labels, " "), "1 2")
  check.equal(tostring(batch), "batch of 2x3x16x16 images")
  -- ImageNet's normalisation of the first pixel's colours.
  local image = batch.images
  check.near(image[1][1][1][1]:item(), (240 / 255 - 0.485) / 0.229, 1e-5)
  check.near(image[2][3][16][9]:item(), (210 / 255 - 0.406) / 0.225, 1e-5)
  check.equal(data:subset{ train = 7, seed = 1 }:size "train", 7)
  check.equal(data:batch_count("train", { batch = 5 }), 3)
end)

test("a network learns from a folder of images", function()
  local data = nas.data.open(root, { image = 16, workers = 3 })
  local space = nas.space.nasbench201{ channels = 4, cells = 1, image = 16 }
  local function trained()
    local net = nas.supernet.new(space, data, { seed = 1 })
    local summary = net:train{ epochs = 100, batch = 4, lr = 0.05, progress = false }
    return net, summary.loss
  end
  local net, loss = trained()
  local _, again = trained()
  check.equal(loss, again)
  local cell = net.space:parse("|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+"
    .. "|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|")
  local scores = net:rank({ cell },
    { split = "test", calibration_batch = 6, calibration_steps = 4, progress = false })
  check.equal(scores[1], 100)
  check.raises("make the space with image = 16", function()
    nas.supernet.new(nas.space.nasbench201{ channels = 4, image = 32 }, data)
  end)
end)

test("bad images and options are errors, or counted", function()
  write("train/red/0.jpg", "no image")
  write("val/sea/b.png", png(9, 9, "abc"):sub(1, -40))
  local data = nas.data.open(root, { image = 16 })
  check.raises("train/red/0.jpg: expected a JPEG or PNG file at offset 0, found 6e 6f 20 69",
    function() for _ in data:batches "train" do end end) -- luacheck: ignore
  data = nas.data.open(root, { image = 16, tolerate = true })
  check.equal(data.skipped, 1)
  for _ in data:batches "validation" do end -- luacheck: ignore
  check.equal(data.skipped, 2)
  for option, value in pairs{ image = 0, resize = 15, workers = 0, ahead = 1000 } do
    check.raises("expected", nas.data.open, root, { image = option == "image" and value or 16,
      resize = option == "resize" and value or nil, workers = option == "workers" and value or nil,
      ahead = option == "ahead" and value or nil })
  end
  check.raises("only images in folders", nas.data.open, "fashion16", { image = 16 })
  check.raises("no words", nas.data.open, root, { replace_unknown_words = true })
end)
