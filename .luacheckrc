std = "lua54"
max_line_length = 100
globals = { "nas" }
-- Stubs declare functions without bodies; their signatures may be long.
files["stdlib/nas/meta"] = { ignore = { "21.", "241", "631" } }
