--- Recurrent cells: one step of a sequence at a time, with PyTorch's names and gates.
--
-- `cell(x, state)` takes batch x inputs and gives the new state, batch x hidden; an LSTM's state is
-- two tensors, and so are its results. Where no state is given it is zero.

local arguments = require "nas.inner.arguments"
local options = require "nas.inner.options"
local tensor = require "nas.tensor"

--- A kind of layer whose methods take no surplus arguments.
local function layer(methods) return require "nas.nn.module".layer(arguments.class(methods)) end

local recurrent = {}

local function state(given, x, hidden)
  return given or tensor.zeros(x:size(1), hidden, { dtype = x.dtype })
end

--- The gates' sums, in as many pieces as there are gates: from the input, and from the state.
local function gates(self, x, hidden, count)
  local fromInput = x:linear(self.weight_ih, self.bias_ih)
  local fromState = hidden:linear(self.weight_hh, self.bias_hh)
  return fromInput:chunk(count, 2), fromState:chunk(count, 2)
end

local function reset(self, generator)
  local bound = 1 / math.sqrt(self._hidden)
  tensor.no_grad(function()
    for _, field in ipairs { "weight_ih", "weight_hh", "bias_ih", "bias_hh" } do
      self[field]:uniform_(-bound, bound, { generator = generator(field) })
    end
  end)
end

local function cell(name, count, forward)
  local new = layer{
    forward = forward, reset = reset,
    describe = function(self) return ("%s(%d -> %d)"):format(name, self._inputs, self._hidden) end,
  }
  recurrent[name] = function(inputs, hidden)
    for index, size in ipairs { inputs or false, hidden or false } do
      local fault = options.fault(size, { type = "integer", minimum = 1 })
      if fault then error(("nas.nn.%s: argument %d: %s"):format(name, index, fault), 2) end
    end
    local trained = { requires_grad = true }
    local made = new{
      _inputs = inputs, _hidden = hidden,
      weight_ih = tensor.zeros(count * hidden, inputs, trained),
      weight_hh = tensor.zeros(count * hidden, hidden, trained),
      bias_ih = tensor.zeros(count * hidden, trained),
      bias_hh = tensor.zeros(count * hidden, trained),
    }
    made:reset(function() return nil end)
    return made
  end
end

--- tanh(Wx + b + Uh + c).
cell("RNNCell", 1, function(self, x, hidden)
  hidden = state(hidden, x, self._hidden)
  local input, carried = gates(self, x, hidden, 1)
  return (input[1] + carried[1]):tanh()
end)

--- Hochreiter and Schmidhuber, 1997, with forget gates: gives hidden state and memory.
cell("LSTMCell", 4, function(self, x, hidden, memory)
  hidden = state(hidden, x, self._hidden)
  memory = state(memory, x, self._hidden)
  local input, carried = gates(self, x, hidden, 4)
  local enter = (input[1] + carried[1]):sigmoid()
  local keep = (input[2] + carried[2]):sigmoid()
  local candidate = (input[3] + carried[3]):tanh()
  local show = (input[4] + carried[4]):sigmoid()
  memory = keep * memory + enter * candidate
  return show * memory:tanh(), memory
end)

--- Cho et al., 2014.
cell("GRUCell", 3, function(self, x, hidden)
  hidden = state(hidden, x, self._hidden)
  local input, carried = gates(self, x, hidden, 3)
  local forget = (input[1] + carried[1]):sigmoid()
  local keep = (input[2] + carried[2]):sigmoid()
  local candidate = (input[3] + forget * carried[3]):tanh()
  return candidate + keep * (hidden - candidate)
end)

return recurrent
