local test, check = ...
local spelling = require "nas.inner.spelling"

test("the nearest name", function()
  local known = { "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3" }
  check.equal(spelling.nearest("nor_conv_3x4", known), "nor_conv_3x3")
  check.equal(spelling.nearest("NOEN", known), "none")
  check.equal(spelling.nearest("dropout", known), nil)
  check.equal(spelling.nearest("", known), nil)
end)

test("messages", function()
  check.equal(spelling.unknown("split", "tset", { "train", "test" }),
    "unknown split 'tset' (did you mean 'test'?)")
  check.equal(spelling.unknown("split", "x", { "train", "test" }),
    "unknown split 'x' (known: test, train)")
  check.equal(#spelling.unknown("split", ("x"):rep(1e6), { "train" }) < 200, true)
end)
