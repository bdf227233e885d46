--- Makes the ground-truth table `fashion16-nasbench201`: uniformly sampled cells of NAS-Bench-201,
-- each trained from scratch on the embedded images, some with two seeds.
--
-- A study of networks of one cell each: any number of processes may work on its store, and started
-- again it goes on. Which cells there are depends on the seed alone, so a longer table begins with
-- the shorter.

local options, wanted = nas.study.parse{
  about = "Trains sampled NAS-Bench-201 cells from scratch and tables their accuracies.",
  { name = "cells", default = 200, minimum = 1, help = "cells to train" },
  { name = "repeated", default = 50, minimum = 0, help = "of these, with a second seed" },
  { name = "images", default = 3000, minimum = 64, help = "training images" },
  { name = "epochs", default = 10, minimum = 1, help = "epochs of each training" },
  { name = "table", default = "truth_fashion16.csv", help = "the file" },
}

local space = nas.space.nasbench201{ channels = 8, cells = 5, image = 16 }
local data = nas.data.open "fashion16":subset{ train = options.images }

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
local repeated = math.min(options.repeated, #cells)
local function trainings(first, last, seed)
  if first > last then return {} end
  return nas.study.grid{
    architecture = table.move(cells, first, last, 1, {}), data = data, seed = seed,
    epochs = options.epochs,
  }
end
local study = nas.study.new({
  trainings(1, repeated, 1), trainings(1, repeated, 2), trainings(repeated + 1, #cells, 1),
}, { store = "truth_fashion16" })
study:run(wanted)
study:truth(options.table)

local done = nas.benchmark.open(options.table)
print(done)
local first, second = done:seed_pairs "validation"
if #first > 1 then
  print(("Spearman between seeds, %d cells: %.3f"):format(
    #first, nas.metrics.spearman(first, second)))
end
