--- Supernets: the experiment logic around the engine's steps and evaluations.
--
--     net = nas.supernet.new(space, data, { seed = 1 })
--     net:train{ epochs = 64 }
--     scores = net:rank(architectures)

local arguments = require "nas.inner.arguments"
local native = require "nas.native.supernet"

native.methods.train = require "nas.training".train
native.methods.save_checkpoint = require "nas.training.loop".save
native.methods.load_checkpoint = require "nas.training.loop".load
native.methods.rank = require "nas.ranking".rank
arguments.class(native.methods)

return { new = native.new, load = native.load }
