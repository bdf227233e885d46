--- Makes the ground-truth table `fashion16-nasbench201`: uniformly sampled cells of NAS-Bench-201,
-- each trained from scratch on the embedded images, some with two seeds.
--
-- Rows are appended as they are finished; started again, the script goes on behind the last whole
-- one. Which cells there are depends on the seed alone, so a longer table begins with the shorter.

local options = nas.cli.parse{
  about = "Trains sampled NAS-Bench-201 cells from scratch and tables their accuracies.",
  { name = "cells", default = 200, minimum = 1, help = "cells to train" },
  { name = "repeated", default = 50, minimum = 0, help = "of these, with a second seed" },
  { name = "images", default = 3000, minimum = 64, help = "training images" },
  { name = "epochs", default = 10, minimum = 1, help = "epochs of each training" },
  { name = "table", default = "stdlib/tables/fashion16-nasbench201.csv", help = "the file" },
}

local space = nas.space.nasbench201{ channels = 8, cells = 5, image = 16, input_channels = 1 }
local data = nas.data.open "fashion16":subset{ train = options.images }
local truth = nas.benchmark.create(
  options.table, space, { "validation", "test", "validation_loss", "train_seconds" }, {
    dataset = "fashion16", train_images = options.images, epochs = options.epochs,
    recipe = "batch 64, SGD momentum 0.9 Nesterov, lr 0.1 cosine, weight decay 5e-4, clip 5",
    accuracy = "percent",
  })

-- Different cells, in the order of drawing.
local generator, cells, seen = nas.random.generator(2021), {}, {}
while #cells < options.cells do
  local cell = space:sample(generator)
  if not seen[tostring(cell)] then
    seen[tostring(cell)] = true
    cells[#cells + 1] = cell
  end
end

-- The second seeds first, so that the table's own noise is known early.
local jobs = {}
for index = 1, math.min(options.repeated, #cells) do jobs[#jobs + 1] = { cells[index], 1 } end
for index = 1, math.min(options.repeated, #cells) do jobs[#jobs + 1] = { cells[index], 2 } end
for index = options.repeated + 1, #cells do jobs[#jobs + 1] = { cells[index], 1 } end

local bar = nas.progress.new{ total = #jobs, label = "truth", unit = "trainings" }
for index, job in ipairs(jobs) do
  local cell, seed = job[1], job[2]
  if not truth:has(cell, seed) then
    local net = nas.network.new(cell, data, { seed = seed })
    local training = net:train{ epochs = options.epochs, progress = false }
    local validation = net:evaluate(cell, { split = "validation" })
    local test = net:evaluate(cell, { split = "test" })
    truth:add(cell, seed, {
      validation = validation.accuracy, test = test.accuracy,
      validation_loss = ("%.4f"):format(validation.loss),
      train_seconds = ("%.2f"):format(training.seconds),
    })
    bar:update(index, function() return ("last %.2f %%"):format(validation.accuracy) end)
  end
end
bar:finish()

local done = nas.benchmark.open(options.table)
print(done)
local first, second = done:seed_pairs "validation"
if #first > 1 then
  print(("Spearman between seeds, %d cells: %.3f"):format(
    #first, nas.metrics.spearman(first, second)))
end
