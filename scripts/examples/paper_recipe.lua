--- NAS-Bench-201's supernet at the paper's width on CIFAR-10, by the paper's recipe: how good the
-- mean submodel is after each epoch.
--
-- Stopped, it goes on where it was: training from its checkpoint.

local options = nas.cli.parse{
  about = "Trains NAS-Bench-201's supernet on CIFAR-10 by the paper's recipe, and follows it.",
  { name = "folder", default = "", help = "where CIFAR-10's files are (by default looked for)" },
  { name = "epochs", default = 8, minimum = 1, help = "of training (the paper's are 1,000)" },
  { name = "architectures", default = 6, minimum = 1, help = "that the mean is taken of" },
  { name = "part", default = false, help = "take files that are missing as missing" },
  { name = "checkpoint", default = "", help = "a file, from which it goes on" },
  { name = "seed", default = 1, help = "of weights, paths, order and augmentation" },
}

local data = nas.data.open("cifar10", {
  folder = options.folder ~= "" and options.folder or nil,
  -- Of a part of the files, there may be no batch to validate on.
  skip_missing = options.part, validation = options.part and "test" or nil,
})
local space = nas.space.nasbench201()
local recipe = nas.recipe(space)
local net = nas.supernet.new(space, data:augmented(recipe.augment), { seed = options.seed })
print(data)
print(net)

local epochs = {}
for epoch = 1, options.epochs do epochs[epoch] = epoch end
recipe.train.epochs, recipe.train.milestones = epochs, "snapshots"
recipe.train.checkpoint = options.checkpoint ~= "" and options.checkpoint or nil
local clock = nas.native.clock
local start = clock()
local runs = net:train(recipe.train)
local seconds = (clock() - start) / net.steps
print(("%d steps of %d images, %.0f ms each"):format(net.steps, recipe.train.batch, 1000 * seconds))

local architectures = space:sample(options.architectures, { seed = 7 })
local rows = {}
for epoch, run in ipairs(runs) do
  local mean = nas.stats.mean(run.net:rank(architectures, recipe.rank))
  rows[epoch] = { epoch, nas.report.number(run.loss, 3), nas.report.number(mean) }
end
print(nas.report.table({ "epoch", "training loss", "mean submodel, %" }, rows))
