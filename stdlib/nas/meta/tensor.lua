---@meta

--- Tensors: numbers in a rectangular arrangement, and operations on them.
---@class nas.tensor
---@overload fun(values: number|table, options?: nas.tensor.Options): Tensor
local tensor = {}

--- Options of what makes tensors.
---@class nas.tensor.Options
---@field dtype? "float32"|"float64"|"int64" (default float32) the numbers' type; int64 for places and labels
---@field requires_grad? boolean (default false) whether operations on it are recorded, for `backward`

--- Options of what draws tensors.
---@class nas.tensor.RandomOptions
---@field dtype? "float32"|"float64" (default float32) the numbers' type
---@field requires_grad? boolean (default false) whether operations on it are recorded, for `backward`
---@field seed? integer what is drawn depends on it alone; by default the session's generator is drawn from
---@field generator? Generator the generator to draw from, instead of a seed

--- A tensor of zeros.
---@param ... integer|table|nas.tensor.Options the sizes, as numbers or as one table, and then options
---@return Tensor of the given shape
---
--- ```lua
--- x = nas.tensor.zeros(2, 3)
--- ```
function tensor.zeros(...) end

--- A tensor of zeros, of another tensor's shape and type.
---@param other Tensor what gives shape and type
---@param options? nas.tensor.Options
---@return Tensor of the other's shape
---
--- ```lua
--- y = nas.tensor.zeros_like(x)
--- ```
function tensor.zeros_like(other, options) end

--- A tensor of ones.
---@param ... integer|table|nas.tensor.Options the sizes, as numbers or as one table, and then options
---@return Tensor of the given shape
---
--- ```lua
--- x = nas.tensor.ones(2, 3)
--- ```
function tensor.ones(...) end

--- A tensor of ones, of another tensor's shape and type.
---@param other Tensor what gives shape and type
---@param options? nas.tensor.Options
---@return Tensor of the other's shape
---
--- ```lua
--- y = nas.tensor.ones_like(x)
--- ```
function tensor.ones_like(other, options) end

--- A tensor of any numbers, which are zeros.
---@param ... integer|table|nas.tensor.Options the sizes, as numbers or as one table, and then options
---@return Tensor of the given shape
---
--- ```lua
--- x = nas.tensor.empty(2, 3)
--- ```
function tensor.empty(...) end

--- Numbers drawn uniformly from 0 to below 1.
---@param ... integer|table|nas.tensor.RandomOptions the sizes, as numbers or as one table, and then options
---@return Tensor of the given shape
---
--- ```lua
--- x = nas.tensor.rand(2, 3, { seed = 1 })
--- ```
function tensor.rand(...) end

--- Numbers drawn uniformly from 0 to below 1, of another tensor's shape and type.
---@param other Tensor what gives shape and type
---@param options? nas.tensor.RandomOptions
---@return Tensor of the other's shape
---
--- ```lua
--- y = nas.tensor.rand_like(x)
--- ```
function tensor.rand_like(other, options) end

--- Numbers drawn from the normal distribution of mean 0 and deviation 1.
---@param ... integer|table|nas.tensor.RandomOptions the sizes, as numbers or as one table, and then options
---@return Tensor of the given shape
---
--- ```lua
--- x = nas.tensor.randn(2, 3, { seed = 1 })
--- ```
function tensor.randn(...) end

--- Numbers drawn from the normal distribution of mean 0 and deviation 1, of another tensor's shape
--- and type.
---@param other Tensor what gives shape and type
---@param options? nas.tensor.RandomOptions
---@return Tensor of the other's shape
---
--- ```lua
--- y = nas.tensor.randn_like(x)
--- ```
function tensor.randn_like(other, options) end

--- A tensor that repeats one number.
---@param sizes integer[] its shape
---@param value number
---@param options? nas.tensor.Options
---@return Tensor of the given shape
---
--- ```lua
--- x = nas.tensor.full({ 2, 3 }, 0.5)
--- ```
function tensor.full(sizes, value, options) end

--- Numbers at equal distances, the last included as in Lua's loops: `arange(last)`, `arange(first,
--- last)`, `arange(first, last, step)`.
---@param first number the last one where it stands alone
---@param last? number
---@param step? number (default 1)
---@param options? nas.tensor.Options
---@return Tensor a vector
---
--- ```lua
--- x = nas.tensor.arange(1, 10, 3)
--- ```
function tensor.arange(first, last, step, options) end

--- So many numbers at equal distances, both ends included.
---@param first number
---@param last number
---@param count integer how many
---@param options? nas.tensor.Options
---@return Tensor a vector of `count`
---
--- ```lua
--- x = nas.tensor.linspace(0, 1, 5)
--- ```
function tensor.linspace(first, last, count, options) end

--- The identity matrix; with more or fewer columns than rows, ones where place and row are the same.
---@param rows integer
---@param columns? integer (default as many as rows)
---@param options? nas.tensor.Options
---@return Tensor rows x columns
---
--- ```lua
--- x = nas.tensor.eye(3)
--- ```
function tensor.eye(rows, columns, options) end

--- The whole numbers from 1 to `count` in random order.
---@param count integer
---@param options? nas.tensor.RandomOptions
---@return Tensor int64, a vector of `count`
---
--- ```lua
--- order = nas.tensor.randperm(10, { seed = 1 })
--- ```
function tensor.randperm(count, options) end

--- Whole numbers drawn uniformly, both ends included.
---@param low integer the least
---@param high integer the greatest
---@param ... integer|nas.tensor.RandomOptions the sizes, and then options
---@return Tensor int64
---
--- ```lua
--- labels = nas.tensor.randint(1, 10, 64)
--- ```
function tensor.randint(low, high, ...) end

--- One row for each label, with a 1 at its place.
---@param labels Tensor|integer[] whole numbers from 1
---@param classes integer the row's length
---@return Tensor labels x classes
---
--- ```lua
--- nas.tensor.one_hot({ 1, 3 }, 3)
--- ```
function tensor.one_hot(labels, classes) end

--- Joins tensors along a dimension, in which alone their sizes may differ.
---@param tensors Tensor[]
---@param dimension? integer (default 1)
---@return Tensor
---
--- ```lua
--- nas.tensor.cat({ x, y }, 2)
--- ```
function tensor.cat(tensors, dimension) end

--- Joins tensors of one shape along a new dimension.
---@param tensors Tensor[]
---@param dimension? integer (default 1) the new one's place
---@return Tensor of one dimension more
---
--- ```lua
--- nas.tensor.stack{ x, y }
--- ```
function tensor.stack(tensors, dimension) end

--- Takes numbers from one tensor where a mask is not 0, else from another.
---@param mask Tensor
---@param yes Tensor|number
---@param no Tensor|number
---@return Tensor of their common shape
---
--- ```lua
--- nas.tensor.where(x:gt(0), x, 0)
--- ```
function tensor.where(mask, yes, no) end

--- Whether a value is a tensor.
---@param value any
---@return boolean
---
--- ```lua
--- nas.tensor.is_tensor(x)
--- ```
function tensor.is_tensor(value) end

--- Calls a function without recording its operations.
---@param f function
---@param ... any its arguments
---@return any what it returns
---
--- ```lua
--- nas.tensor.no_grad(function() w:add_(w.grad, -0.1) end)
--- ```
function tensor.no_grad(f, ...) end

--- Whether operations are recorded now.
---@return boolean
---
--- ```lua
--- nas.tensor.is_recording()
--- ```
function tensor.is_recording() end

--- Reads a tensor from a `.npy` file, or tensors by name from a `.safetensors` file.
---@param path string
---@return Tensor|table<string, Tensor>
---
--- ```lua
--- x = nas.tensor.load "x.npy"
--- ```
function tensor.load(path) end

--- Writes a tensor to a `.npy` file, or tensors by name to a `.safetensors` file.
---@param path string
---@param value Tensor|table<string, Tensor>
---
--- ```lua
--- nas.tensor.save("both.safetensors", { x = x, y = y })
--- ```
function tensor.save(path, value) end

--- Numbers in a rectangular arrangement. Dimensions and places count from 1, negative ones from
--- the end; ranges include both ends. `x[i]` and `x[{ i, { a, b }, {} }]` are views, `x[places]`
--- and `x[mask]` copies. Methods give new tensors, those whose names end in an underscore change
--- their own.
---@class Tensor
---@field shape integer[] the size of each dimension
---@field dtype "float32"|"float64"|"int64" the numbers' type
---@field requires_grad boolean whether operations on it are recorded; may be set
---@field grad Tensor? the gradient that `backward` left, of the tensor's own shape; may be set to nil
---@field is_leaf boolean whether it was made by no recorded operation
local Tensor = {}

--- The size of a dimension, or all sizes.
---@param dimension? integer
---@return integer|integer[]
---
--- ```lua
--- x:size(1)
--- ```
function Tensor:size(dimension) end

--- How many dimensions there are.
---@return integer
---
--- ```lua
--- x:dim()
--- ```
function Tensor:dim() end

--- How many numbers there are.
---@return integer
---
--- ```lua
--- x:numel()
--- ```
function Tensor:numel() end

--- The only number of a tensor, or the one at a place.
---@param ... integer a place in each dimension
---@return number
---
--- ```lua
--- loss:item()
--- ```
function Tensor:item(...) end

--- The numbers as nested Lua tables.
---@return table
---
--- ```lua
--- x:table()
--- ```
function Tensor:table() end

--- Writes the tensor to a `.npy` file.
---@param path string
---
--- ```lua
--- x:save "x.npy"
--- ```
function Tensor:save(path) end

--- The same numbers as another type.
---@param dtype "float32"|"float64"|"int64"
---@return Tensor of the same shape
---
--- ```lua
--- x:to "float64"
--- ```
function Tensor:to(dtype) end

--- The same numbers as float32.
---@return Tensor of the same shape
---
--- ```lua
--- x:float()
--- ```
function Tensor:float() end

--- The same numbers as float64.
---@return Tensor of the same shape
---
--- ```lua
--- x:double()
--- ```
function Tensor:double() end

--- The same numbers as int64.
---@return Tensor of the same shape
---
--- ```lua
--- x:long()
--- ```
function Tensor:long() end

--- The same numbers in another shape; one size may be -1, to be reckoned.
---@param ... integer|integer[] the sizes
---@return Tensor
---
--- ```lua
--- x:view(2, -1)
--- ```
function Tensor:view(...) end

--- The same numbers in another shape; one size may be -1, to be reckoned.
---@param ... integer|integer[] the sizes
---@return Tensor
---
--- ```lua
--- x:reshape(2, -1)
--- ```
function Tensor:reshape(...) end

--- Dimensions of size 1 repeated without a copy, to the given sizes.
---@param ... integer|integer[] the sizes
---@return Tensor
---
--- ```lua
--- x:expand(4, 3)
--- ```
function Tensor:expand(...) end

--- The whole repeated so many times along each dimension.
---@param ... integer|integer[] how many times
---@return Tensor
---
--- ```lua
--- x:repeated(2, 1)
--- ```
function Tensor:repeated(...) end

--- All dimensions from one on joined to a single one.
---@param dimension? integer (default 1) the first of them
---@return Tensor
---
--- ```lua
--- x:flatten(2)
--- ```
function Tensor:flatten(dimension) end

--- The dimensions in another order.
---@param ... integer|integer[] where each comes from
---@return Tensor a view
---
--- ```lua
--- x:permute(2, 1)
--- ```
function Tensor:permute(...) end

--- Two dimensions exchanged.
---@param first integer
---@param second integer
---@return Tensor a view
---
--- ```lua
--- x:transpose(1, 2)
--- ```
function Tensor:transpose(first, second) end

--- The transposed matrix.
---@return Tensor a view
---
--- ```lua
--- w:t()
--- ```
function Tensor:t() end

--- A new dimension of size 1.
---@param dimension integer its place
---@return Tensor of one dimension more
---
--- ```lua
--- x:unsqueeze(1)
--- ```
function Tensor:unsqueeze(dimension) end

--- Dimensions of size 1 taken away: the given one, or all.
---@param dimension? integer
---@return Tensor
---
--- ```lua
--- x:squeeze()
--- ```
function Tensor:squeeze(dimension) end

--- The places of a dimension in reverse.
---@param dimension integer which one
---@return Tensor of the same shape
---
--- ```lua
--- x:flip(1)
--- ```
function Tensor:flip(dimension) end

--- The numbers side by side in memory, row by row.
---@return Tensor of the same shape
---
--- ```lua
--- x:t():contiguous()
--- ```
function Tensor:contiguous() end

--- Whether the numbers lie side by side in memory, row by row.
---@return boolean
---
--- ```lua
--- x:is_contiguous()
--- ```
function Tensor:is_contiguous() end

--- A copy, recorded.
---@return Tensor of the same shape
---
--- ```lua
--- x:clone()
--- ```
function Tensor:clone() end

--- −x, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:neg()
--- ```
function Tensor:neg() end

--- −x, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:neg_()
--- ```
function Tensor:neg_() end

--- |x|, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:abs()
--- ```
function Tensor:abs() end

--- |x|, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:abs_()
--- ```
function Tensor:abs_() end

--- -1, 0 or 1, by the sign, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:sign()
--- ```
function Tensor:sign() end

--- -1, 0 or 1, by the sign, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:sign_()
--- ```
function Tensor:sign_() end

--- 1 / x, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:reciprocal()
--- ```
function Tensor:reciprocal() end

--- 1 / x, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:reciprocal_()
--- ```
function Tensor:reciprocal_() end

--- x², number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:square()
--- ```
function Tensor:square() end

--- x², number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:square_()
--- ```
function Tensor:square_() end

--- √x, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:sqrt()
--- ```
function Tensor:sqrt() end

--- √x, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:sqrt_()
--- ```
function Tensor:sqrt_() end

--- e to the x, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:exp()
--- ```
function Tensor:exp() end

--- e to the x, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:exp_()
--- ```
function Tensor:exp_() end

--- e to the x, less 1, exact near 0, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:expm1()
--- ```
function Tensor:expm1() end

--- e to the x, less 1, exact near 0, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:expm1_()
--- ```
function Tensor:expm1_() end

--- The natural logarithm, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:log()
--- ```
function Tensor:log() end

--- The natural logarithm, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:log_()
--- ```
function Tensor:log_() end

--- The logarithm of 1 + x, exact near 0, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:log1p()
--- ```
function Tensor:log1p() end

--- The logarithm of 1 + x, exact near 0, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:log1p_()
--- ```
function Tensor:log1p_() end

--- The sine, of radians, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:sin()
--- ```
function Tensor:sin() end

--- The sine, of radians, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:sin_()
--- ```
function Tensor:sin_() end

--- The cosine, of radians, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:cos()
--- ```
function Tensor:cos() end

--- The cosine, of radians, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:cos_()
--- ```
function Tensor:cos_() end

--- The hyperbolic tangent, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:tanh()
--- ```
function Tensor:tanh() end

--- The hyperbolic tangent, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:tanh_()
--- ```
function Tensor:tanh_() end

--- 1 / (1 + e to the −x), number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:sigmoid()
--- ```
function Tensor:sigmoid() end

--- 1 / (1 + e to the −x), number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:sigmoid_()
--- ```
function Tensor:sigmoid_() end

--- The error function, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:erf()
--- ```
function Tensor:erf() end

--- The error function, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:erf_()
--- ```
function Tensor:erf_() end

--- The next whole number below, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:floor()
--- ```
function Tensor:floor() end

--- The next whole number below, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:floor_()
--- ```
function Tensor:floor_() end

--- The next whole number above, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:ceil()
--- ```
function Tensor:ceil() end

--- The next whole number above, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:ceil_()
--- ```
function Tensor:ceil_() end

--- The nearest whole number, halves to the even one, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:round()
--- ```
function Tensor:round() end

--- The nearest whole number, halves to the even one, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:round_()
--- ```
function Tensor:round_() end

--- x where it is positive, else 0, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:relu()
--- ```
function Tensor:relu() end

--- x where it is positive, else 0, number by number, in place.
---@return Tensor itself
---
--- ```lua
--- x:relu_()
--- ```
function Tensor:relu_() end

--- x where it is positive, else slope · x, number by number.
---@param slope? number (default 0.01)
---@return Tensor of the same shape
---
--- ```lua
--- x:leaky_relu()
--- ```
function Tensor:leaky_relu(slope) end

--- x where it is positive, else slope · x, number by number, in place.
---@param slope? number (default 0.01)
---@return Tensor itself
---
--- ```lua
--- x:leaky_relu_()
--- ```
function Tensor:leaky_relu_(slope) end

--- x where it is positive, else alpha · (e to the x, less 1), number by number.
---@param alpha? number (default 1)
---@return Tensor of the same shape
---
--- ```lua
--- x:elu()
--- ```
function Tensor:elu(alpha) end

--- x where it is positive, else alpha · (e to the x, less 1), number by number, in place.
---@param alpha? number (default 1)
---@return Tensor itself
---
--- ```lua
--- x:elu_()
--- ```
function Tensor:elu_(alpha) end

--- Each number, but no less and no more than the bounds, number by number.
---@param low number
---@param high number
---@return Tensor of the same shape
---
--- ```lua
--- x:clamp(-1, 1)
--- ```
function Tensor:clamp(low, high) end

--- Each number, but no less and no more than the bounds, number by number, in place.
---@param low number
---@param high number
---@return Tensor itself
---
--- ```lua
--- x:clamp_(-1, 1)
--- ```
function Tensor:clamp_(low, high) end

--- Each number, but no less and no more than the bounds, number by number.
---@param low? number (default -1)
---@param high? number (default 1)
---@return Tensor of the same shape
---
--- ```lua
--- x:hardtanh()
--- ```
function Tensor:hardtanh(low, high) end

--- Each number, but no less and no more than the bounds, number by number, in place.
---@param low? number (default -1)
---@param high? number (default 1)
---@return Tensor itself
---
--- ```lua
--- x:hardtanh_()
--- ```
function Tensor:hardtanh_(low, high) end

--- Sum; `+`, number by number; shapes broadcast.
---@param other Tensor|number of a shape that broadcasts
---@param scale? number (default 1) what `other` is multiplied by
---@return Tensor of their common shape
---
--- ```lua
--- x:add(2)
--- ```
function Tensor:add(other, scale) end

--- Sum; `+`, number by number, in place.
---@param other Tensor|number of a shape that broadcasts
---@param scale? number (default 1) what `other` is multiplied by
---@return Tensor itself
---
--- ```lua
--- x:add_(2)
--- ```
function Tensor:add_(other, scale) end

--- Difference; `-`, number by number; shapes broadcast.
---@param other Tensor|number of a shape that broadcasts
---@param scale? number (default 1) what `other` is multiplied by
---@return Tensor of their common shape
---
--- ```lua
--- x:sub(2)
--- ```
function Tensor:sub(other, scale) end

--- Difference; `-`, number by number, in place.
---@param other Tensor|number of a shape that broadcasts
---@param scale? number (default 1) what `other` is multiplied by
---@return Tensor itself
---
--- ```lua
--- x:sub_(2)
--- ```
function Tensor:sub_(other, scale) end

--- Product of number and number; `*`, number by number; shapes broadcast.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor of their common shape
---
--- ```lua
--- x:mul(2)
--- ```
function Tensor:mul(other) end

--- Product of number and number; `*`, number by number, in place.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor itself
---
--- ```lua
--- x:mul_(2)
--- ```
function Tensor:mul_(other) end

--- Quotient; `/`, number by number; shapes broadcast.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor of their common shape
---
--- ```lua
--- x:div(2)
--- ```
function Tensor:div(other) end

--- Quotient; `/`, number by number, in place.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor itself
---
--- ```lua
--- x:div_(2)
--- ```
function Tensor:div_(other) end

--- Quotient rounded down; `//`, number by number; shapes broadcast.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor of their common shape
---
--- ```lua
--- x:floor_divide(2)
--- ```
function Tensor:floor_divide(other) end

--- Quotient rounded down; `//`, number by number, in place.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor itself
---
--- ```lua
--- x:floor_divide_(2)
--- ```
function Tensor:floor_divide_(other) end

--- Remainder with the divisor's sign; `%`, number by number; shapes broadcast.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor of their common shape
---
--- ```lua
--- x:remainder(2)
--- ```
function Tensor:remainder(other) end

--- Remainder with the divisor's sign; `%`, number by number, in place.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor itself
---
--- ```lua
--- x:remainder_(2)
--- ```
function Tensor:remainder_(other) end

--- The greater of two numbers, number by number; shapes broadcast.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor of their common shape
---
--- ```lua
--- x:maximum(2)
--- ```
function Tensor:maximum(other) end

--- The greater of two numbers, number by number, in place.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor itself
---
--- ```lua
--- x:maximum_(2)
--- ```
function Tensor:maximum_(other) end

--- The lesser of two numbers, number by number; shapes broadcast.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor of their common shape
---
--- ```lua
--- x:minimum(2)
--- ```
function Tensor:minimum(other) end

--- The lesser of two numbers, number by number, in place.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor itself
---
--- ```lua
--- x:minimum_(2)
--- ```
function Tensor:minimum_(other) end

--- Power; `^`, number by number; shapes broadcast.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor of their common shape
---
--- ```lua
--- x:pow(2)
--- ```
function Tensor:pow(other) end

--- Power; `^`, number by number, in place.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor itself
---
--- ```lua
--- x:pow_(2)
--- ```
function Tensor:pow_(other) end

--- 1 where a number is equal to another, else 0.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor a mask, of their common shape
---
--- ```lua
--- x:eq(0)
--- ```
function Tensor:eq(other) end

--- 1 where a number is not equal to another, else 0.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor a mask, of their common shape
---
--- ```lua
--- x:ne(0)
--- ```
function Tensor:ne(other) end

--- 1 where a number is less than another, else 0.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor a mask, of their common shape
---
--- ```lua
--- x:lt(0)
--- ```
function Tensor:lt(other) end

--- 1 where a number is at most another, else 0.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor a mask, of their common shape
---
--- ```lua
--- x:le(0)
--- ```
function Tensor:le(other) end

--- 1 where a number is greater than another, else 0.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor a mask, of their common shape
---
--- ```lua
--- x:gt(0)
--- ```
function Tensor:gt(other) end

--- 1 where a number is at least another, else 0.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor a mask, of their common shape
---
--- ```lua
--- x:ge(0)
--- ```
function Tensor:ge(other) end

--- x · sigmoid(x), number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:silu()
--- ```
function Tensor:silu() end

--- x · Φ(x), with the normal distribution's Φ, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:gelu()
--- ```
function Tensor:gelu() end

--- log(1 + e to the x), number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:softplus()
--- ```
function Tensor:softplus() end

--- Each number, but no less than 0 and no more than 6, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:relu6()
--- ```
function Tensor:relu6() end

--- 1 / √x, number by number.
---@return Tensor of the same shape
---
--- ```lua
--- x:rsqrt()
--- ```
function Tensor:rsqrt() end

--- The product of matrices: n x k and k x m give n x m; further dimensions in front are batches.
---@param other Tensor
---@return Tensor
---
--- ```lua
--- x:matmul(w)
--- ```
function Tensor:matmul(other) end

--- The inner product of two vectors.
---@param other Tensor
---@return Tensor a single number
---
--- ```lua
--- x:dot(y)
--- ```
function Tensor:dot(other) end

--- x · weightᵀ + bias on the last dimension.
---@param weight Tensor outputs x inputs
---@param bias? Tensor outputs
---@return Tensor
---
--- ```lua
--- x:linear(w, b)
--- ```
function Tensor:linear(weight, bias) end

--- Shares that add up to 1 along a dimension.
---@param dimension integer which one
---@return Tensor of the same shape
---
--- ```lua
--- scores:softmax(2)
--- ```
function Tensor:softmax(dimension) end

--- The logarithm of `softmax`, exact for large scores.
---@param dimension integer which one
---@return Tensor of the same shape
---
--- ```lua
--- scores:log_softmax(2)
--- ```
function Tensor:log_softmax(dimension) end

--- Options of reductions.
---@class Tensor.KeepOptions
---@field keepdim? boolean (default false) whether reduced dimensions stay, with size 1

--- The logarithm of the sum of exponentials along a dimension.
---@param dimension integer which one
---@param options? Tensor.KeepOptions
---@return Tensor
---
--- ```lua
--- scores:logsumexp(2)
--- ```
function Tensor:logsumexp(dimension, options) end

--- Options of `cross_entropy`.
---@class Tensor.CrossEntropyOptions
---@field smoothing? number (default 0) from 0 to 1: the share of the target that all classes get

--- −log softmax(scores)[label] in nats, the mean over the batch, of scores of batch x classes.
---@param labels Tensor|integer[] whole numbers from 1
---@param options? Tensor.CrossEntropyOptions
---@return Tensor a single number
---
--- ```lua
--- scores:cross_entropy(labels)
--- ```
function Tensor:cross_entropy(labels, options) end

--- Where random numbers come from.
---@class Tensor.DrawOptions
---@field seed? integer what is drawn depends on it alone
---@field generator? Generator the generator to draw from; by default the session's

--- Numbers set to 0 with a chance, the others scaled up to keep the mean.
---@param chance number from 0 to below 1
---@param options? Tensor.DrawOptions
---@return Tensor of the same shape
---
--- ```lua
--- x:dropout(0.5, { seed = 1 })
--- ```
function Tensor:dropout(chance, options) end

--- The sum over a dimension, several, or all.
---@param dimension? integer|integer[]
---@param options? Tensor.KeepOptions
---@return Tensor
---
--- ```lua
--- x:sum(2)
--- ```
function Tensor:sum(dimension, options) end

--- The mean over a dimension, several, or all.
---@param dimension? integer|integer[]
---@param options? Tensor.KeepOptions
---@return Tensor
---
--- ```lua
--- x:mean(2)
--- ```
function Tensor:mean(dimension, options) end

--- The Euclidean norm over a dimension, several, or all.
---@param dimension? integer|integer[]
---@param options? Tensor.KeepOptions
---@return Tensor
---
--- ```lua
--- x:norm(2)
--- ```
function Tensor:norm(dimension, options) end

--- Options of `var` and `std`.
---@class Tensor.VarianceOptions
---@field keepdim? boolean (default false) whether reduced dimensions stay, with size 1
---@field unbiased? boolean (default true) whether to divide by one less than the count

--- The variance over a dimension, several, or all.
---@param dimension? integer|integer[]
---@param options? Tensor.VarianceOptions
---@return Tensor
---
--- ```lua
--- x:var(1)
--- ```
function Tensor:var(dimension, options) end

--- The standard deviation over a dimension, several, or all.
---@param dimension? integer|integer[]
---@param options? Tensor.VarianceOptions
---@return Tensor
---
--- ```lua
--- x:std(1)
--- ```
function Tensor:std(dimension, options) end

--- The greatest number of all; or the greatest ones along a dimension, and their places.
---@param dimension? integer
---@param options? Tensor.KeepOptions
---@return Tensor the numbers
---@return Tensor int64, places from 1; only with a dimension
---
--- ```lua
--- values, places = x:max(2)
--- ```
function Tensor:max(dimension, options) end

--- The place of the greatest number, along a dimension or of all.
---@param dimension? integer
---@param options? Tensor.KeepOptions
---@return Tensor int64, from 1
---
--- ```lua
--- x:argmax(2)
--- ```
function Tensor:argmax(dimension, options) end

--- The least number of all; or the least ones along a dimension, and their places.
---@param dimension? integer
---@param options? Tensor.KeepOptions
---@return Tensor the numbers
---@return Tensor int64, places from 1; only with a dimension
---
--- ```lua
--- values, places = x:min(2)
--- ```
function Tensor:min(dimension, options) end

--- The place of the least number, along a dimension or of all.
---@param dimension? integer
---@param options? Tensor.KeepOptions
---@return Tensor int64, from 1
---
--- ```lua
--- x:argmin(2)
--- ```
function Tensor:argmin(dimension, options) end

--- The product over a dimension or all.
---@param dimension? integer all of them where none is given
---@param options? Tensor.KeepOptions
---@return Tensor
---
--- ```lua
--- x:prod(1)
--- ```
function Tensor:prod(dimension, options) end

--- The running sum along a dimension.
---@param dimension integer which one
---@return Tensor of the same shape
---
--- ```lua
--- x:cumsum(1)
--- ```
function Tensor:cumsum(dimension) end

--- Options of `sort`.
---@class Tensor.SortOptions
---@field descending? boolean (default false) whether the greatest come first

--- The numbers in order along a dimension, and their places.
---@param dimension? integer (default -1)
---@param options? Tensor.SortOptions
---@return Tensor the numbers
---@return Tensor int64, places from 1
---
--- ```lua
--- values, places = x:sort(1, { descending = true })
--- ```
function Tensor:sort(dimension, options) end

--- The k greatest numbers along a dimension, greatest first, and their places.
---@param k integer
---@param dimension? integer (default -1)
---@return Tensor the numbers
---@return Tensor int64, places from 1
---
--- ```lua
--- values, places = scores:topk(5)
--- ```
function Tensor:topk(k, dimension) end

--- The part at one place of a dimension.
---@param dimension integer
---@param place integer
---@return Tensor a view of one dimension less
---
--- ```lua
--- x:select(1, 2)
--- ```
function Tensor:select(dimension, place) end

--- So many places of a dimension from one on.
---@param dimension integer
---@param first integer
---@param size integer
---@return Tensor a view
---
--- ```lua
--- x:narrow(1, 2, 3)
--- ```
function Tensor:narrow(dimension, first, size) end

--- So many pieces of about the same size.
---@param count integer
---@param dimension? integer (default 1)
---@return Tensor[] views
---
--- ```lua
--- x:chunk(2)
--- ```
function Tensor:chunk(count, dimension) end

--- Pieces of one size; the last may be smaller.
---@param size integer
---@param dimension? integer (default 1)
---@return Tensor[] views
---
--- ```lua
--- x:split(16)
--- ```
function Tensor:split(size, dimension) end

--- The parts of a dimension at places, in their order.
---@param dimension integer
---@param places Tensor|integer[] from 1
---@return Tensor a copy
---
--- ```lua
--- x:index_select(1, { 3, 1 })
--- ```
function Tensor:index_select(dimension, places) end

--- Numbers picked along a dimension: `result[i][j] = x[i][places[i][j]]` for the second.
---@param dimension integer
---@param places Tensor int64, from 1
---@return Tensor of the places' shape
---
--- ```lua
--- scores:gather(2, labels:unsqueeze(2))
--- ```
function Tensor:gather(dimension, places) end

--- A copy with numbers added at places along a dimension, `gather` reversed.
---@param dimension integer
---@param places Tensor int64, from 1
---@param numbers Tensor of the places' shape
---@return Tensor of the same shape
---
--- ```lua
--- x:scatter_add(1, places, numbers)
--- ```
function Tensor:scatter_add(dimension, places, numbers) end

--- The numbers where a mask is not 0.
---@param mask Tensor
---@return Tensor a vector
---
--- ```lua
--- x:masked_select(x:gt(0))
--- ```
function Tensor:masked_select(mask) end

--- A copy with one number where a mask is not 0.
---@param mask Tensor
---@param value number
---@return Tensor of the same shape
---
--- ```lua
--- x:masked_fill(x:lt(0), 0)
--- ```
function Tensor:masked_fill(mask, value) end

--- The rows at places.
---@param places Tensor|integer[] from 1
---@return Tensor the places' shape x columns
---
--- ```lua
--- w:embedding(words)
--- ```
function Tensor:embedding(places) end

--- The places of all numbers that are not 0.
---@return Tensor int64, count x dimensions, from 1
---
--- ```lua
--- x:nonzero()
--- ```
function Tensor:nonzero() end

--- Sets whether operations are recorded.
---@param wanted? boolean (default true)
---@return Tensor itself
---
--- ```lua
--- x:requires_grad_()
--- ```
function Tensor:requires_grad_(wanted) end

--- Options of `backward`.
---@class Tensor.BackwardOptions
---@field retain_graph? boolean (default false) whether the record stays, for another `backward`

--- Adds to `grad` of every tensor that requires it the gradient of this one.
---@param gradient? Tensor what the result's gradient is: needed where it is no single number
---@param options? Tensor.BackwardOptions
---
--- ```lua
--- loss:backward()
--- ```
function Tensor:backward(gradient, options) end

--- Takes the gradient away.
---@return Tensor itself
---
--- ```lua
--- w:zero_grad()
--- ```
function Tensor:zero_grad() end

--- The same numbers, apart from the record.
---@return Tensor
---
--- ```lua
--- loss:detach()
--- ```
function Tensor:detach() end

--- Takes over another tensor's numbers.
---@param other Tensor|number of a shape that broadcasts
---@return Tensor itself
---
--- ```lua
--- x:copy_(y)
--- ```
function Tensor:copy_(other) end

--- Sets all numbers to one.
---@param value number
---@return Tensor itself
---
--- ```lua
--- x:fill_(0.5)
--- ```
function Tensor:fill_(value) end

--- Sets all numbers to 0.
---@return Tensor itself
---
--- ```lua
--- x:zero_()
--- ```
function Tensor:zero_() end

--- Draws all numbers uniformly.
---@param low? number (default 0)
---@param high? number (default 1)
---@param options? Tensor.DrawOptions
---@return Tensor itself
---
--- ```lua
--- x:uniform_(-1, 1, { seed = 1 })
--- ```
function Tensor:uniform_(low, high, options) end

--- Draws all numbers from a normal distribution.
---@param mean? number (default 0)
---@param deviation? number (default 1)
---@param options? Tensor.DrawOptions
---@return Tensor itself
---
--- ```lua
--- x:normal_(0, 0.01)
--- ```
function Tensor:normal_(mean, deviation, options) end

--- Options of `conv2d`.
---@class Tensor.Conv2dOptions
---@field bias? Tensor one number for each channel
---@field stride? integer (default 1) pixels
---@field padding? integer (default 0) pixels on each side
---@field dilation? integer (default 1) pixels from one weight to the next
---@field groups? integer (default 1) as many as channels make it depthwise

--- A convolution of images, batch x channels x height x width.
---@param weight Tensor outputs x inputs a group x height x width
---@param options? Tensor.Conv2dOptions
---@return Tensor images
---
--- ```lua
--- images:conv2d(w, { padding = 1 })
--- ```
function Tensor:conv2d(weight, options) end

--- Options of `max_pool2d`.
---@class Tensor.MaxPoolOptions
---@field stride? integer pixels; by default the window's side
---@field padding? integer (default 0) pixels on each side

--- The greatest number in each square window of images.
---@param kernel integer the window's side, pixels
---@param options? Tensor.MaxPoolOptions
---@return Tensor images
---
--- ```lua
--- images:max_pool2d(2)
--- ```
function Tensor:max_pool2d(kernel, options) end

--- Options of `avg_pool2d`.
---@class Tensor.AvgPoolOptions
---@field stride? integer pixels; by default the window's side
---@field padding? integer (default 0) pixels on each side
---@field count_include_pad? boolean (default false) whether the mean counts the padding

--- The mean of each square window of images.
---@param kernel integer the window's side, pixels
---@param options? Tensor.AvgPoolOptions
---@return Tensor images
---
--- ```lua
--- images:avg_pool2d(3, { stride = 1, padding = 1 })
--- ```
function Tensor:avg_pool2d(kernel, options) end

--- The mean over all pixels of images.
---@return Tensor batch x channels
---
--- ```lua
--- images:global_avg_pool()
--- ```
function Tensor:global_avg_pool() end

--- Options of `batch_norm`.
---@class Tensor.BatchNormOptions
---@field weight? Tensor one number for each channel; by default ones
---@field bias? Tensor one number for each channel; by default zeros
---@field running_mean? Tensor moved while training, read otherwise
---@field running_var? Tensor moved while training, read otherwise
---@field training? boolean whether the batch's own statistics are used; by default where there are no running ones
---@field momentum? number (default 0.1) the newest batch's weight in the running statistics
---@field eps? number (default 1e-5) added to the variance

--- Batch normalisation of images or of batch x channels.
---@param options? Tensor.BatchNormOptions
---@return Tensor of the same shape
---
--- ```lua
--- images:batch_norm()
--- ```
function Tensor:batch_norm(options) end
