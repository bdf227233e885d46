--- A small network fitted with plain tensors and their gradients: which of three spiral arms does a
-- point lie on?

local tensor = nas.tensor

-- Three arms of 100 points each, a little noisy: points are 300 x 2, labels whole numbers from 1.
local points, labels = {}, {}
local random = nas.random.generator(1)
for arm = 1, 3 do
  for step = 1, 100 do
    local radius = step / 100
    local angle = 4 * radius + 2 * math.pi * arm / 3 + 0.4 * (random:number() - 0.5)
    points[#points + 1] = { radius * math.cos(angle), radius * math.sin(angle) }
    labels[#labels + 1] = arm
  end
end
local x = tensor(points)
local y = tensor(labels, { dtype = "int64" })

-- Two layers: 2 -> 32 -> 3. Parameters are tensors that require a gradient.
local draw = { generator = random }
local w1 = (tensor.randn(2, 32, draw)):requires_grad_()
local b1 = tensor.zeros(32, { requires_grad = true })
local w2 = (tensor.randn(32, 3, draw) * 0.2):requires_grad_()
local b2 = tensor.zeros(3, { requires_grad = true })
local parameters = { w1, b1, w2, b2 }

local function scores() return (x:matmul(w1) + b1):relu():matmul(w2) + b2 end

for step = 1, 500 do
  local loss = scores():cross_entropy(y)
  loss:backward()
  -- Changing the parameters is no part of what is differentiated.
  tensor.no_grad(function()
    for _, parameter in ipairs(parameters) do
      parameter:sub_(parameter.grad, 0.5)
      parameter:zero_grad()
    end
  end)
  if step % 100 == 0 then print(("step %d: loss %.4f"):format(step, loss:item())) end
end

local correct = tensor.no_grad(function() return scores():argmax(2):eq(y):mean():item() end)
print(("%.1f %% of the points are told apart"):format(100 * correct))
