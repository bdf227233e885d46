local test, check = ...
local nas = check.host(test)

test("killed studies leave, gone on with, what an undisturbed one leaves", function()
  local _ = nas.native
  local output, complaints, status = check.script(
    ("dofile %q"):format(check.root .. "Tests/Lua/kills.lua"), "--kills 6")
  if status ~= 0 then error(output .. complaints) end
  check.contains(output, " 0 differences")
end)
