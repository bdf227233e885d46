--- The whole paper: every figure and table of "How Does Weight Sharing Help in Neural Architecture
-- Search?" as one study on one store, and one report of it.
--
--     lunas scripts/paper.lua --scale quick --out paper.html
--     lunas scripts/paper.lua --scale laptop --workers 2 --dry-run
--     lunas scripts/paper.lua --verify paper.html --figure figure2

local document = require "nas.paper.document"
local figure = require "nas.paper.figure"

local own, wanted = figure.parse("Runs the paper's study again, and writes a report of it.", {
  { name = "verify", type = "string", help = "a report, of which a figure is run again" },
  { name = "figure", type = "string", help = "which (else that of the fewest runs)" },
})

local folder = arg[0]:match "^(.*/)" or "./"
local list = {}
for index, name in ipairs {
  "table1", "table2", "figure1", "figure2", "figure3", "figure4", "figure5", "figure6", "table3",
  "figure7", "figure8", "protocols",
} do
  list[index] = dofile(("%spaper/%s.lua"):format(folder, name))
end

if own.verify then os.exit(document.verify(list, own.verify, own.figure, own, wanted), true) end
own.out = own.out or "paper.html"
os.exit(document.all(list, own, wanted) ~= false, true)
