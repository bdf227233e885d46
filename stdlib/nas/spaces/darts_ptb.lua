--- DARTS for Penn Treebank: what lunas knows of it beside the engine's `DARTSPTB.swift`.

--- Node 0 is made of the input and the state before; each other node reads one earlier node.
local function wiring(candidates)
  local edges = {}
  for node = 1, 8 do
    edges[node] = {
      math.tointeger(candidates[node .. ".predecessor"]), candidates[node .. ".activation"], node,
    }
  end
  return { { title = "recurrent", nodes = 8, edges = edges } }
end

return {
  measure = "perplexity",
  wiring = wiring,
  -- No BatchNorm, so nothing to calibrate. A piece's learning rate is scaled by its length over 35.
  recipe = {
    train = {
      batch = 256, length = 35, lr = 40, decay = "constant", momentum = 0, nesterov = false,
      weight_decay = 8e-7, clip = 0.1,
    },
    rank = { batch = 10 },
  },
  -- A small network, trained shortly, would learn too little if it dropped as much as the original.
  -- Rate and clip are those of the paper's supernet: with the original's a step can explode.
  small = {
    space = {
      hidden = 64, output_dropout = 0.2, hidden_dropout = 0.1, input_dropout = 0.2,
      embedding_dropout = 0, word_dropout = 0,
    },
    data = "austen-small", batch = 32, epochs = 8, training = { lr = 40, clip = 0.1 },
    evaluation = { batch = 64 }, ranked = 30,
  },
  -- With the embedded text's 3,898 words; Penn Treebank has 10,000.
  groundtruth = {
    space = {
      hidden = 64, output_dropout = 0.2, hidden_dropout = 0.1, input_dropout = 0.2,
      embedding_dropout = 0, word_dropout = 0,
    },
    data = "austen-small", epochs = 2, training = { batch = 32, lr = 40, clip = 0.1 },
    count = 137, seeds = 2, seed = 2021,
  },
  paper = { space = { hidden = 300 }, data = "austen-small", batch = 256 },
}
