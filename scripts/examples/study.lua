--- Which sampler ranks best, and does longer training help? Three samplers, two lengths, three
-- seeds; each supernet's ranking is held against the truth. Any number of processes may run this on
-- one `--store DIR`; `--workers 2` starts two, `--list` and `--dry-run` tell what there is to do.

local truth = nas.benchmark.open "fashion16-nasbench201"
local cells = truth:sample(50, { seed = 1 })
local known = truth:values(cells, "test")

local study = nas.study.new(nas.study.grid{
  space = nas.space.nasbench201{ channels = 8, cells = 5, image = 16 },
  data = nas.data.open "fashion16", epochs = { 5, 10 }, seed = { 1, 2, 3 },
  sampler = { "uniform", "fair", { "multipath", paths = 2 } },
  rank = { architectures = cells, calibration_steps = 5 },
}, {
  store = "samplers",
  figures = function(run) return { spearman = nas.metrics.spearman(run.scores, known) } end,
})
study:run()

local found = study:table{ rows = "sampler", columns = "epochs", value = "spearman" }
print(found)
print(study:compare{ factor = "sampler", value = "spearman", difference = 0.1 })
local lines = found:series()
lines.xlabel, lines.ylabel = "epochs", "Spearman with the truth"
print(nas.plot.line(lines))
