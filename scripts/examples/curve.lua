--- A training curve: after each epoch ten architectures are validated with the weights they
-- inherit.
local space = nas.space.nasbench201{ channels = 8, cells = 1, image = 16 }
local net = nas.supernet.new(space, nas.data.open "fashion16", { seed = 1 })
local run = net:train{ epochs = 8, validate = 10, validation = { calibration_steps = 5 } }
local trained, validated = { label = "training" }, { label = "validation" }
for epoch, row in ipairs(run.history) do
  trained[epoch], validated[epoch] = row.accuracy, row.validation
end
print(nas.plot.line{ trained, validated, xlabel = "epoch", ylabel = "accuracy, %" })
