--- One architecture alone, trained from scratch: the truth that rankings are held against.
--
--     net = nas.network.new(architecture, data, { seed = 1 })
--     net:train{ epochs = 10 }
--     net:evaluate(architecture, { split = "test" }).accuracy
--
-- It is the supernet's code with a single path, and has the same methods.

require "nas.supernet"

return { new = require "nas.native.supernet".network }
