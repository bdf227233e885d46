---@meta

--- Learning rate schedules: functions of the steps taken and their total.
---@class nas.schedule
local schedule = {}

--- Options of the schedule.
---@class nas.schedule.ConstantOptions
---@field initial number the first rate
---@field warmup? number (default 0) steps in which the rate rises to it

--- The same rate throughout.
---@param options nas.schedule.ConstantOptions
---@return fun(step: number, total: number): number
---
--- ```lua
--- rate = nas.schedule.constant{ initial = 0.1 }
--- ```
function schedule.constant(options) end

--- Options of the schedule.
---@class nas.schedule.LinearOptions
---@field initial number the first rate
---@field warmup? number (default 0) steps in which the rate rises to it
---@field final? number (default 0) the last rate

--- A straight line.
---@param options nas.schedule.LinearOptions
---@return fun(step: number, total: number): number
---
--- ```lua
--- rate = nas.schedule.linear{ initial = 0.1 }
--- ```
function schedule.linear(options) end

--- Half a cosine wave (Loshchilov and Hutter, 2017).
---@param options nas.schedule.LinearOptions
---@return fun(step: number, total: number): number
---
--- ```lua
--- rate = nas.schedule.cosine{ initial = 0.1, warmup = 100 }
--- ```
function schedule.cosine(options) end

--- Options of the schedule.
---@class nas.schedule.StepOptions
---@field initial number the first rate
---@field warmup? number (default 0) steps in which the rate rises to it
---@field factor number from 0 to 1, for each stair
---@field every number steps a stair

--- Stairs: initial · factor ^ floor(step / every).
---@param options nas.schedule.StepOptions
---@return fun(step: number, total: number): number
---
--- ```lua
--- rate = nas.schedule.step{ initial = 0.1, factor = 0.1, every = 30 }
--- ```
function schedule.step(options) end

--- Exponential decay: initial · factor ^ (step / every).
---@param options nas.schedule.StepOptions
---@return fun(step: number, total: number): number
---
--- ```lua
--- rate = nas.schedule.exponential{ initial = 0.1, factor = 0.97, every = 1 }
--- ```
function schedule.exponential(options) end
