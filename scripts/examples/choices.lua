--- A space of one's own: a small convolutional network whose kernel sizes, width and shortcut are
-- to be chosen. All 30 architectures share one supernet; then each is ranked by the weights it
-- inherits.

local nn = nas.nn

local space = nas.space.define{
  name = "small_networks",
  choices = {
    { name = "first", kind = "operator", 1, 3, 5 },
    { name = "second", kind = "operator", 1, 3, 5 },
    { name = "width", kind = "width", 8, 16 },
    { name = "shortcut", kind = "input", false, true },
  },
  -- Two large kernels in the wide network would be too slow.
  valid = function(choice)
    return choice.width == 8 or choice.first + choice.second < 8
  end,
  -- How the prompt draws one: { source, text, target } between nodes.
  wiring = function(choice)
    local edges = { { 0, "stem", 1 }, { 1, choice.first .. "x" .. choice.first, 2 },
      { 2, choice.second .. "x" .. choice.second, 3 }, { 3, "to " .. choice.width, 4 } }
    if choice.shortcut then table.insert(edges, 3, { 1, "+", 3 }) end
    return { { nodes = 4, edges = edges } }
  end,
  -- `pick` makes a layer for each candidate; the one of the path under way runs.
  build = function(pick, options)
    return nn.model{
      stem = nn.Sequential{
        nn.Conv2d(options.input_channels, 16, 3, { padding = 1, stride = 2, bias = false }),
        nn.BatchNorm2d(16), nn.ReLU(),
      },
      first = pick("first", function(kernel)
        return nn.Sequential{
          nn.Conv2d(16, 16, kernel, { padding = kernel // 2, groups = 16, bias = false }),
          nn.BatchNorm2d(16), nn.ReLU(),
        }
      end),
      second = pick("second", function(kernel)
        return nn.Conv2d(16, 16, kernel, { padding = kernel // 2, bias = false })
      end),
      squeeze = pick("width", function(width)
        return nn.Sequential{
          nn.Conv2d(16, width, 1, { bias = false }), nn.BatchNorm2d(width), nn.ReLU(),
          nn.GlobalAvgPool(), nn.Linear(width, options.classes),
        }
      end),
      forward = function(self, images, path)
        local x = self.stem(images)
        local y = self.second(self.first(x))
        if path.shortcut then y = y + x end
        return self.squeeze(y)
      end,
    }
  end,
  options = { image = 16, input_channels = 1 },
}

print(space, space:count() .. " architectures")
local data = nas.data.open "fashion16"
local net = nas.supernet.new(space, data, { seed = 1 })
print(net:train{ epochs = 6, progress = false })

local architectures = {}
for architecture in space:architectures() do architectures[#architectures + 1] = architecture end
local scores = net:rank(architectures, { calibration_steps = 4, progress = false })
print(scores:table{ count = 5 })
print(nas.space.drawing(scores:best()[1]))
