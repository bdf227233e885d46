-- Text, and language models on it.

local test, check = ...
local nas = check.host(test)

local lines = { train = 300, valid = 100, test = 100 }

--- A folder of text of a few words in a simple order; `changed` holds other contents of some files.
local function folder(changed)
  local path = check.temporary "text"
  os.execute("mkdir -p " .. check.quoted(path))
  for split, count in pairs(lines) do
    local text = {}
    for line = 1, count do
      text[line] = ("the %s sat on <unk> mat"):format(line % 3 == 0 and "cat" or "dog")
    end
    local content = table.concat(text, "\n") .. "\n"
    local file = ("%s/%s.txt"):format(path, split)
    nas.native.write(file, changed and changed[split] or content)
  end
  return path
end

local function small(seed)
  local space = nas.space.darts_ptb{
    hidden = 16, output_dropout = 0.1, hidden_dropout = 0, input_dropout = 0.1,
    embedding_dropout = 0, word_dropout = 0,
  }
  return nas.supernet.new(space, nas.data.open(folder()), { seed = seed or 1 })
end

test("the embedded text has its three splits and its words", function()
  local data = nas.data.open "austen-small"
  check.equal(data.measure, "perplexity")
  check.equal(#data.words, 3898)
  check.equal(data:size "train", 128876)
  check.equal(data:size "validation", 48935)
  check.equal(data:size "test", 38900)
  check.equal(data.classes, nil)
  check.equal(data.replaced_words, 0)
end)

test("a folder of text is read, its words numbered as they appear", function()
  local data = nas.data.open(folder())
  check.equal(table.concat(data.words, " "), "the dog sat on <unk> mat <eos> cat")
  check.equal(data:size "train", 7 * lines.train)
  check.equal(data:subset{ train = 70 }:size "train", 70)
  check.raises("at most 2100", function() data:subset{ train = 2101 } end)
end)

test("text comes in pieces, whose targets are the tokens that follow", function()
  local data = nas.data.open(folder())
  local columns, steps, before = 10, 0, nil
  for batch in data:batches("validation", { batch = columns, length = 8 }) do
    local rows = #batch // columns
    steps = steps + rows
    check.equal(batch.tokens.shape[1], rows)
    check.equal(batch.tokens.shape[2], columns)
    -- A piece begins with what the one before was to predict last.
    local tokens = batch.tokens:table()[1]
    for column = 1, before and columns or 0 do check.equal(tokens[column], before[column]) end
    before = table.move(batch.labels, #batch.labels - columns + 1, #batch.labels, 1, {})
  end
  check.equal(steps, data:size "validation" // columns - 1)
  check.raises("too few", function() data:batches("validation", { batch = 600 }) end)
  check.raises("length", function() data:batches("validation", { length = 0 }) end)
end)

test("malformed texts say where and what", function()
  local function refused(expected, changed)
    check.raises(expected, function() nas.data.open(folder(changed)) end)
  end
  refused("valid.txt: line 2: the word 'horse' is not in the training file",
    { valid = "the cat\nthe horse\n" })
  refused([[test.txt: line 1: the word '\xff' is not in the training file]],
    { test = "the \xff cat\n" })
  refused("the train split has 0 tokens", { train = "" })
  refused("the test split has 1 tokens", { test = "\n" })
  local path = folder()
  os.remove(path .. "/valid.txt")
  check.raises("valid.txt", function() nas.data.open(path) end)
end)

test("unknown words are replaced where that is asked for", function()
  local path = folder{ valid = "the horse sat on the cow\n" }
  local data = nas.data.open(path, { replace_unknown_words = true })
  check.equal(data.replaced_words, 2)
  local without = folder{ train = "the cat\n", valid = "the horse\n", test = "the\n" }
  check.raises("holds no '<unk>'", function()
    nas.data.open(without, { replace_unknown_words = true })
  end)
end)

test("perplexity is e to the loss, at first the number of words, and falls", function()
  local net = small()
  local cell = net.space:sample(2)
  local function evaluate() return net:evaluate(cell, { batch = 5 }) end
  local first = evaluate()
  check.near(first.perplexity, math.exp(first.loss), 1e-9)
  check.near(first.perplexity, #net.data.words, 0.2)
  check.equal(first.accuracy, nil)
  local trained = net:train{ epochs = 12, batch = 10, progress = false }
  check.near(trained.perplexity, math.exp(trained.loss), 1e-9)
  check.equal(trained.accuracy, nil)
  check.contains(tostring(trained), "perplexity")
  check.equal(evaluate().perplexity < first.perplexity / 2, true)
  local cells = { cell, net.space:sample(3) }
  local scores = net:rank(cells, { batch = 5, progress = false })
  check.equal(scores[1], evaluate().perplexity)
  check.equal(#scores, 2)
end)

test("the same seed trains a language model to the same bits", function()
  local function loss(seed)
    local net = small(seed)
    net:train{ epochs = 2, batch = 10, progress = false }
    return net:evaluate(net.space:sample(1), { batch = 10 }).loss
  end
  check.equal(loss(1), loss(1))
  check.equal(loss(1) ~= loss(2), true)
end)

test("a cell's own language model is extracted, trained, saved and opened", function()
  local net = small()
  net:train{ epochs = 2, batch = 10, progress = false }
  local cell = net.space:sample(4)
  local alone = net:extract(cell)
  local shared = net:evaluate(cell).loss
  check.equal(alone:evaluate(cell).loss, shared)
  alone:train{ epochs = 1, batch = 10, progress = false }
  check.equal(alone:evaluate(cell).loss ~= shared, true)
  check.equal(net:evaluate(cell).loss, shared)
  local path = check.temporary "language.safetensors"
  alone:save(path)
  local loaded = nas.supernet.load(path, net.data)
  check.equal(loaded.architecture, cell)
  check.equal(loaded:evaluate(cell).loss, alone:evaluate(cell).loss)
  check.raises("holds the weights of", function() alone:evaluate(net.space:sample(5)) end)
end)

test("text and images are for spaces of their own", function()
  local space = nas.space.darts_ptb{ hidden = 4 }
  check.raises("has no text", function()
    nas.supernet.new(space, nas.data.open "fashion16")
  end)
  check.raises("space of networks on images", function()
    nas.supernet.new(nas.space.nasbench201{ image = 16 }, nas.data.open "austen-small")
  end)
end)
