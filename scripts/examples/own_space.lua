--- A search space of one's own: NAS-Bench-201 written down with `nas.space.define`, and held
-- against the space of that name which lunas has. Everything must agree to the last bit.

local network = { channels = 8, cells = 1, image = 16 }

local own = nas.space.define{
  name = "my_cells", nodes = 4,
  operators = { "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3" },
  channels = network.channels, cells = network.cells, image = network.image,
}
local builtIn = nas.space.nasbench201(network)

local rows = {}

--- Adds a line to the table of what was compared, and ends the script where the two differ.
local function compare(title, left, right)
  rows[#rows + 1] = { title, left, right, left == right and "yes" or "no" }
  assert(left == right, ("%s differ: %s and %s"):format(title, left, right))
end

compare("valid cells", own:count(), builtIn:count())

-- A cell's text, its cost and its isomorphism key, over a sample; its sum stands in the table.
local sums = { { parameters = 0, flops = 0 }, { parameters = 0, flops = 0 } }
local cells = {}
for index = 1, 200 do
  cells[index] = builtIn:sample(index)
  local same = own:parse(tostring(cells[index]))
  assert(own:sample(index) == same and same:hash() == cells[index]:hash())
  for side, cell in ipairs{ same, cells[index] } do
    sums[side].parameters = sums[side].parameters + cell:parameters()
    sums[side].flops = sums[side].flops + cell:flops()
  end
end
compare("parameters of 200 cells", sums[1].parameters, sums[2].parameters)
compare("FLOPs of 200 cells", sums[1].flops, sums[2].flops)

-- The same seed trains the same supernet along the same cells.
local data = nas.data.open "fashion16":subset{ train = 512 }
local nets = { nas.supernet.new(own, data, { seed = 1 }),
  nas.supernet.new(builtIn, data, { seed = 1 }) }
local step = 0
for batch in data:batches("train", { batch = 64, seed = 1 }) do
  step = step + 1
  local left = nets[1]:step(own:parse(tostring(cells[step])), batch, { lr = 0.05 })
  local right = nets[2]:step(cells[step], batch, { lr = 0.05 })
  compare("loss of step " .. step, left, right)
end
local calibration = { calibration_batch = 128, calibration_steps = 2 }
local left = nets[1]:evaluate(own:parse(tostring(cells[1])), calibration)
local right = nets[2]:evaluate(cells[1], calibration)
compare("accuracy, %", left.accuracy, right.accuracy)
compare("validation loss", left.loss, right.loss)
print(nas.report.table({ "compared", own.name, builtIn.name, "equal" }, rows))
