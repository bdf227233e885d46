local test, check = ...
local nas = check.host(test)

local function parameter(values) return nas.tensor(values, { requires_grad = true }) end

local function list(tensor)
  local texts = {}
  for place, value in ipairs(tensor:view(-1):table()) do texts[place] = ("%g"):format(value) end
  return table.concat(texts, " ")
end

test("backward finds gradients and adds them up", function()
  local x = parameter{ 1, 2, 3 }
  local loss = (x * x):sum()
  check.equal(loss.requires_grad and not loss.is_leaf and x.is_leaf, true)
  loss:backward{ retain_graph = true }
  check.equal(list(x.grad), "2 4 6")
  loss:backward()
  check.equal(list(x.grad), "4 8 12")
  check.raises("used up", loss.backward, loss)
  x:zero_grad()
  check.equal(x.grad, nil)
  local doubled = x * 2
  doubled:backward(nas.tensor{ 1, 10, 100 })
  check.equal(list(x.grad), "2 20 200")
  x.grad = nil
  check.equal(x.grad, nil)
  x.grad = nas.tensor{ 7, 8, 9 }
  check.equal(list(x.grad), "7 8 9")
  x.grad:fill_(0)
  check.equal(list(x.grad), "0 0 0")
end)

test("descent by hand", function()
  local w = parameter{ { 0, 0 } }
  local inputs = nas.tensor{ { 1, 2 }, { 3, -1 }, { 0, 1 } }
  local targets = inputs:matmul(nas.tensor{ { 2 }, { -3 } }) + 0
  for _ = 1, 200 do
    local loss = ((inputs:linear(w) - targets) ^ 2):mean()
    loss:backward()
    nas.tensor.no_grad(function()
      w:sub_(w.grad, 0.1)
      w:zero_grad()
    end)
  end
  check.near(w:item(1, 1), 2, 1e-4)
  check.near(w:item(1, 2), -3, 1e-4)
end)

test("no_grad passes arguments, results and errors", function()
  local tensor = nas.tensor
  local x = parameter{ 1 }
  local results = table.pack(tensor.no_grad(function(...)
    check.equal(tensor.is_recording(), false)
    check.equal((x * 2).requires_grad, false)
    return select("#", ...), ..., nil
  end, "a", nil))
  check.equal(results.n, 3)
  check.equal(results[1] .. results[2], "2a")
  local raised = { code = 3 }
  local succeeded, failure = pcall(tensor.no_grad, function() error(raised) end)
  check.equal(not succeeded and failure == raised, true)
  check.raises("test_tensor_gradients.lua", tensor.no_grad, function() error "here" end)
  check.equal(tensor.is_recording(), true)
  tensor.no_grad(function()
    tensor.no_grad(function() end)
    check.equal(tensor.is_recording(), false)
  end)
  check.raises("function expected", tensor.no_grad, 3)
  check.raises("yield", coroutine.wrap(function() tensor.no_grad(coroutine.yield) end))
  check.equal(tensor.is_recording(), true)
end)

test("coroutines record and go back", function()
  local x = parameter{ 3 }
  local step = coroutine.wrap(function()
    local loss = (x * x):sum()
    coroutine.yield()
    loss:backward()
    coroutine.yield()
    local all = (x * 2):sum()
    nas.tensor.no_grad(function() all:backward() end)
  end)
  step()
  check.equal(x.grad, nil)
  step()
  check.equal(x.grad:item(), 6)
  step()
  check.equal(x.grad:item(), 8)
end)

test("what cannot be recorded is refused", function()
  local tensor = nas.tensor
  local x = parameter{ { 1, 2 }, { 3, 4 } }
  check.raises("2x2", x.backward, x)
  check.raises("requires a gradient", function() tensor{ 1 }:backward() end)
  check.raises("differ in shape: 2x2 · 2", function() (x * 1):backward(tensor{ 1, 2 }) end)
  check.raises("did you mean 'retain_graph'?", function()
    x:sum():backward{ retain_grap = true }
  end)
  for name, change in pairs{
    ["add_"] = function() x:add_(1) end, ["[]="] = function() x[1] = 1 end,
    ["uniform_"] = function() x:uniform_() end,
    ["copy_"] = function() tensor.zeros(2, 2):copy_(x) end,
    ["mul_"] = function() tensor.ones(2, 2):mul_(x) end,
  } do
    check.contains(check.raises("no_grad", change), name)
  end
  -- A mask would lose the gradient of what it assigns.
  check.raises("no_grad", function()
    local y = tensor.zeros(2)
    y[tensor{ 1, 0 }] = x[{ 1, 1 }]
  end)
  local y = tensor.ones(2, 2)
  local product = (x * y):sum()
  y:add_(1)
  local text = check.raises("changed in place", product.backward, product)
  check.contains(text, "'mul'")
  check.contains(text, "2x2")
  check.contains(text, "'add_'")
  check.raises("no gradient", tensor.zeros, 1, { dtype = "int64", requires_grad = true })
  check.raises("no gradient", function()
    tensor({ 1 }, { dtype = "int64" }).requires_grad = true
  end)
  check.raises("detach it first", function() (x * 2):requires_grad_(false) end)
  check.raises("of shape 2x2", function() x.grad = tensor{ 1 } end)
  check.equal((x * 2):detach().requires_grad, false)
  x.requires_grad = false
  check.equal((x * 2).requires_grad, false)
end)

test("long chains come apart", function()
  local x = parameter{ 1 }
  local last = x
  for _ = 1, 100000 do last = last + 1 end
  check.equal(last:item(), 100001)
  last:backward()
  check.equal(x.grad:item(), 1)
  for _ = 1, 100000 do last = last * x end
  last = nil -- luacheck: ignore
  collectgarbage()
end)

test("tensors that are let go of give their memory back", function()
  collectgarbage()
  local before = nas.native.memory()
  local x = parameter{ 1 }
  for _ = 1, 2000 do
    local large = nas.tensor.ones(512, 512) -- 1 MiB
    local sum = (large * x):sum() -- luacheck: ignore
  end
  local used = nas.native.memory()
  check.equal(used - before < 300e6, true)
  collectgarbage()
  check.equal(nas.native.memory() - before < 10e6, true)
end)
