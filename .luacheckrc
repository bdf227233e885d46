std = "lua54"
max_line_length = 100
globals = { "nas" }
-- The sandbox replaces what it takes away.
files["stdlib/nas/inner/sandbox.lua"] = { ignore = { "121", "122" } }
-- Stubs declare functions without bodies; their signatures may be long.
files["stdlib/nas/meta"] = { ignore = { "21.", "241", "631" } }
