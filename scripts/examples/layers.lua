--- The network of tensors.lua with layers and an optimiser, on real images: shirts, bags and boots
-- of fashion16, told apart by two convolutions.

local nn = nas.nn

local data = nas.data.open "fashion16":subset{ train = 2000, seed = 1 }

-- A model of one's own is a table with a `forward`; parameters are found in it by themselves.
local model = nn.model{
  features = nn.Sequential{
    nn.Conv2d(1, 16, 3, { padding = 1, bias = false }), nn.BatchNorm2d(16), nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, { padding = 1, bias = false }), nn.BatchNorm2d(32), nn.ReLU(),
  },
  classifier = nn.Linear(32, #data.classes),
  forward = function(self, images)
    local pooled = self.features(images):mean{ 3, 4 }
    return self.classifier(pooled)
  end,
}
model:initialise(1)
print(model)

local optimiser = nn.SGD(model:parameters(), { lr = 0.1, momentum = 0.9, weight_decay = 5e-4 })
local epochs = 8
local rate = nas.schedule.cosine{ initial = 0.1 }

for epoch = 1, epochs do
  optimiser.lr = rate(epoch - 1, epochs)
  local total, batches = 0, 0
  for batch in data:batches("train", { batch = 64, seed = 1, epoch = epoch }) do
    local loss = nn.cross_entropy(model(batch.images), batch.targets, { smoothing = 0.1 })
    loss:backward()
    optimiser:step()
    total, batches = total + loss:item(), batches + 1
  end
  print(("epoch %d: loss %.3f"):format(epoch, total / batches))
end

model:eval()
local correct, seen = 0, 0
nas.tensor.no_grad(function()
  for batch in data:batches("test", { batch = 500 }) do
    correct = correct + nn.correct(model(batch.images), batch.targets)
    seen = seen + #batch
  end
end)
print(("%.1f %% of the test images are named rightly"):format(100 * correct / seen))
