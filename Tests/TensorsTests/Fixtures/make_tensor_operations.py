#!/usr/bin/env python3
"""Writes tensor_operations.json: PyTorch's results and gradients of tensor operations in float64.

  make_tensor_operations.py    (needs torch)

A case holds a group, an operation's name, its options (lists of numbers), its inputs, its outputs, a
gradient of the first output, and the gradients of the inputs that follow from it (null for whole
numbers). Inputs and the first output's gradient have few digits, and fit into float32, so that an
engine in single precision starts from the same ones. Dimensions and places count from 0.
"""

import json
import math
import os

import torch
import torch.nn.functional as functional

generator = torch.Generator().manual_seed(20240917)
cases = []


def short(tensor):
    """The nearest multiples of 1/64."""
    return torch.round(tensor * 64) / 64


def normal(*shape):
    return short(torch.randn(shape, generator=generator, dtype=torch.float64))


def positive(*shape):
    return short(torch.rand(shape, generator=generator, dtype=torch.float64) * 3 + 0.05)


def levels(*shape):
    """Few different numbers, so that there are ties."""
    return torch.randint(-2, 3, shape, generator=generator).to(torch.float64) / 2


def real(values):
    """Numbers as float32 has them."""
    return torch.tensor(values, dtype=torch.float32).to(torch.float64)


def whole(values):
    return torch.tensor(values, dtype=torch.int64)


def number(value):
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    value = float(value)
    return int(value) if value.is_integer() and abs(value) < 1e15 and str(value) != "-0.0" else value


def numbers(tensor):
    return [number(value) for value in tensor.detach().to(torch.float64).flatten().tolist()]


def shown(tensor):
    shown = {"shape": list(tensor.shape), "values": numbers(tensor)}
    if tensor.dtype == torch.int64:
        shown["whole"] = True
    return shown


def case(group, name, inputs, function, differentiable=True, **options):
    inputs = [tensor.detach().clone() for tensor in inputs]
    for tensor in inputs:
        if differentiable and tensor.is_floating_point():
            tensor.requires_grad_(True)
    outputs = function(*inputs)
    if not isinstance(outputs, (tuple, list)):
        outputs = [outputs]
    record = {"group": group, "name": name}
    if options:
        record["options"] = {
            key: [number(item) for item in (value if isinstance(value, (list, tuple)) else [value])]
            for key, value in options.items()
        }
    record["inputs"] = [shown(tensor) for tensor in inputs]
    record["outputs"] = [
        shown(output.to(torch.float64) if output.dtype == torch.bool else output)
        for output in outputs
    ]
    if differentiable:
        gradient = normal(*outputs[0].shape)
        outputs[0].backward(gradient)
        record["gradient"] = numbers(gradient)
        record["gradients"] = [
            numbers(tensor.grad if tensor.grad is not None else torch.zeros_like(tensor))
            if tensor.is_floating_point() else None
            for tensor in inputs
        ]
    cases.append(record)


def unary():
    """Functions of one number."""
    def one(name, function, data, differentiable=True, **options):
        case("unary", name, [data], function, differentiable, **options)

    around = normal(3, 5)
    special = real([-math.inf, math.inf, math.nan, -0.0, 0.0, 1.0, -1.0])
    limits = real([-math.inf, math.inf, math.nan, 0.0, -88.0, 88.0, -1000.0, 1000.0])
    halves = real([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49, -0.51, 7.0])
    for name, function in [
        ("neg", torch.neg), ("abs", torch.abs), ("square", torch.square), ("exp", torch.exp),
        ("expm1", torch.expm1), ("sin", torch.sin), ("cos", torch.cos), ("tanh", torch.tanh),
        ("sigmoid", torch.sigmoid), ("erf", torch.erf), ("relu", torch.relu),
        ("silu", functional.silu), ("gelu", functional.gelu), ("softplus", functional.softplus),
        ("relu6", functional.relu6), ("sign", torch.sign), ("floor", torch.floor),
        ("ceil", torch.ceil), ("round", torch.round),
    ]:
        one(name, function, around)
    for name, function in [
        ("log", torch.log), ("sqrt", torch.sqrt), ("log1p", torch.log1p), ("rsqrt", torch.rsqrt),
    ]:
        one(name, function, positive(4, 5))
        one(name, function, special, differentiable=False)
    one("reciprocal", torch.reciprocal, around)
    one("reciprocal", torch.reciprocal, special, differentiable=False)
    for name, function in [
        ("exp", torch.exp), ("expm1", torch.expm1), ("tanh", torch.tanh),
        ("sigmoid", torch.sigmoid), ("erf", torch.erf),
    ]:
        one(name, function, limits if name in ("tanh", "sigmoid", "erf") else special,
            differentiable=False)
    for name, function in [
        ("neg", torch.neg), ("abs", torch.abs), ("relu", torch.relu), ("square", torch.square),
        ("floor", torch.floor), ("ceil", torch.ceil), ("round", torch.round),
    ]:
        one(name, function, special, differentiable=False)
    for name, function in [("floor", torch.floor), ("ceil", torch.ceil), ("round", torch.round)]:
        one(name, function, halves)
    # Kinks and other places that are easily wrong.
    zeros = real([0.0, -0.0, 1.0, -1.0, 6.0, 7.0])
    for name, function in [
        ("abs", torch.abs), ("relu", torch.relu), ("relu6", functional.relu6),
        ("softplus", functional.softplus), ("silu", functional.silu), ("gelu", functional.gelu),
        ("sign", torch.sign), ("tanh", torch.tanh), ("sigmoid", torch.sigmoid),
    ]:
        one(name, function, zeros)
    one("softplus", functional.softplus, real([-50.0, -10.0, 10.0, 18.0]))
    one("sqrt", torch.sqrt, real([0.0, 1.0, 4.0]))
    for slope in (0.01, 0.25, 0.0, -0.5):
        one("leaky_relu", lambda x, s=slope: functional.leaky_relu(x, s),
            torch.cat([around, zeros[None, :5]]), first=slope)
    for alpha in (1.0, 0.3, 2.0):
        one("elu", lambda x, a=alpha: functional.elu(x, a),
            torch.cat([around, zeros[None, :5]]), first=alpha)
    for low, high in ((-0.5, 0.5), (0.0, 6.0), (-math.inf, 1.0), (1.0, -1.0)):
        # PyTorch's versions differ in the derivative at the bounds: 1, later 0.
        data = real([-2.0, -0.5, 0.0, 0.25, 0.5, 1.0, 6.0, 7.0, -1.0])
        bounds = {"first": -1e300 if math.isinf(low) else low, "second": high}
        function = lambda x, a=low, b=high: torch.clamp(x, a, b)
        one("clamp", function, data, differentiable=False, **bounds)
        one("clamp", function, data[(data != low) & (data != high)], **bounds)
    for low, high in ((-1.0, 1.0), (0.0, 6.0)):
        data = real([-2.0, -1.0, 0.0, 0.25, 1.0, 6.0, 7.0])
        one("hardtanh", lambda x, a=low, b=high: functional.hardtanh(x, a, b), data,
            first=low, second=high)
    for exponent in (2.0, 0.5, -1.0, 1.0, 0.0, 1.7, -2.5):
        one("pow", lambda x, e=exponent: torch.pow(x, e), positive(2, 3), first=exponent)
    for exponent in (3.0, 2.0, -2.0, 0.0, 1.0):
        one("pow", lambda x, e=exponent: torch.pow(x, e), normal(2, 3), first=exponent)
    one("pow", lambda x: torch.pow(x, 2.0), zeros, first=2)
    one("pow", lambda x: torch.pow(x, 3.0), zeros, first=3)
    one("pow", lambda x: torch.pow(x, 0.0), zeros, first=0)


def binary():
    """Functions of two numbers, with broadcasting."""
    pairs = [
        ([2, 3], [2, 3]), ([3, 4], [4]), ([2, 1, 3], [4, 1]), ([], [2, 3]), ([2, 3], []),
        ([1], [3]), ([3, 1], [1, 3]), ([0, 3], [3]), ([], []),
    ]

    def two(name, function, left, right, differentiable=True):
        for first, second in pairs:
            case("binary", name, [left(*first), right(*second)], function, differentiable)

    away = lambda *shape: positive(*shape) * torch.where(normal(*shape) > 0, 1.0, -1.0)
    two("add", torch.add, normal, normal)
    two("sub", torch.sub, normal, normal)
    two("mul", torch.mul, normal, normal)
    two("div", torch.div, normal, away)
    two("pow", torch.pow, positive, normal)
    two("maximum", torch.maximum, levels, levels)
    two("minimum", torch.minimum, levels, levels)
    two("remainder", torch.remainder, normal, away)
    two("floor_divide", torch.floor_divide, normal, away, differentiable=False)
    for name, function in [("eq", torch.eq), ("ne", torch.ne), ("lt", torch.lt), ("le", torch.le)]:
        two(name, function, levels, levels, differentiable=False)
    bases = real([[-2.0, -1.0, 3.0], [-0.5, 2.0, -3.0]])
    exponents = real([3.0, 2.0, -2.0])
    case("binary", "pow", [bases, exponents], torch.pow, differentiable=False)
    case("binary", "pow", [real([0.0, 0.0, 0.0, 2.0, 0.0]), real([2.0, 0.0, 1.0, 0.0, 0.5])],
         torch.pow)
    case("binary", "pow", [real([0.0, -0.0, 2.0]), real([-1.0, -2.0, -1.0])], torch.pow)
    whole_left, whole_right = whole([[-7, 7, 6], [0, -1, 8]]), whole([3, -2, 4])
    for name, function in [
        ("add", torch.add), ("sub", torch.sub), ("mul", torch.mul), ("maximum", torch.maximum),
        ("minimum", torch.minimum), ("remainder", torch.remainder),
        ("floor_divide", torch.floor_divide),
    ]:
        case("binary", name, [whole_left, whole_right], function, differentiable=False)
    odd = real([math.nan, 1.0, math.inf, -math.inf, 0.0])
    for name, function in [
        ("maximum", torch.maximum), ("minimum", torch.minimum), ("eq", torch.eq), ("ne", torch.ne),
        ("lt", torch.lt), ("le", torch.le), ("add", torch.add), ("mul", torch.mul),
        ("div", torch.div), ("remainder", torch.remainder),
    ]:
        case("binary", name, [odd[:, None], odd], function, differentiable=False)
    for condition, left, right in [
        ([2, 3], [2, 3], [2, 3]), ([3], [2, 3], []), ([2, 1], [3], [2, 3]), ([], [2], [2]),
        ([2, 3], [], []),
    ]:
        chosen = (normal(*condition) > 0).to(torch.float64)
        case("binary", "where", [normal(*left), normal(*right), whole(chosen.long().tolist())],
             lambda a, b, c: torch.where(c != 0, a, b))


def reductions():
    """Sums, extremes and statistics over dimensions."""
    data = normal(2, 3, 3)
    choices = [None, [0], [1], [2], [-1], [0, 2], [1, 2], [0, 1], [2, 0], [0, 1, 2]]

    def over(name, function, data=data, choices=choices, **more):
        for dimensions in choices:
            for keeps in (False, True):
                if dimensions is None:
                    if not keeps:
                        case("reduction", name, [data], lambda x: function(x, None, False), **more)
                else:
                    case("reduction", name, [data],
                         lambda x, d=dimensions, k=keeps: function(x, d, k),
                         dimensions=dimensions, keepdim=keeps, **more)

    every = [[0], [1], [2], [-1]]
    everything = lambda x, d: list(range(x.dim())) if d is None else d
    over("sum", lambda x, d, k: x.sum(everything(x, d), keepdim=k))
    few = [None, [1], [-1], [0, 2]]
    over("mean", lambda x, d, k: x.mean(everything(x, d), keepdim=k), choices=few)
    for unbiased in (True, False):
        over("var", lambda x, d, k, u=unbiased: x.var(everything(x, d), unbiased=u, keepdim=k),
             choices=few, unbiased=unbiased)
        over("std", lambda x, d, k, u=unbiased: x.std(everything(x, d), unbiased=u, keepdim=k),
             choices=few, unbiased=unbiased)
    over("norm", lambda x, d, k: torch.linalg.vector_norm(x, 2, everything(x, d), k), choices=few)
    constant = real([[1.0, 1.0, 1.0], [1.0, 2.0, 3.0]])
    over("std", lambda x, d, k: x.std(d, unbiased=True, keepdim=k), constant, [[1]], unbiased=True)
    over("norm", lambda x, d, k: torch.linalg.vector_norm(x, 2, d, k), constant - 1, [[1]])

    zeros = real([[0.5, 0.0, 2.0, -3.0], [0.0, 4.0, 0.0, 1.5], [1.5, -2.0, 0.25, 3.0]])
    product = lambda x, d, k: x.prod() if d is None else x.prod(d[0], keepdim=k)
    over("prod", product, choices=[None] + every)
    over("prod", product, zeros, [None, [0], [1]])
    for line in ([2.0, 0.0, 3.0], [0.0, 0.0, 3.0], [2.0, 4.0, 3.0]):
        over("prod", product, real(line), [None])

    tied = levels(3, 4, 5)
    for name, all_of, along in [
        ("max", lambda x: x.max(), lambda x, d, k: x.max(d, keepdim=k)),
        ("min", lambda x: x.min(), lambda x, d, k: x.min(d, keepdim=k)),
    ]:
        for values in (data, tied):
            case("reduction", name, [values], all_of)
            for dimension in ([0], [1], [2], [-1]):
                for keeps in (False, True):
                    case("reduction", name, [values],
                         lambda x, d=dimension[0], k=keeps: tuple(along(x, d, k)),
                         dimensions=dimension, keepdim=keeps)
        odd = real([[1.0, math.nan, 3.0], [math.inf, -math.inf, 0.0], [math.nan, 1.0, math.nan]])
        case("reduction", name, [odd], all_of, differentiable=False)
        for dimension in (0, 1):
            case("reduction", name, [odd], lambda x, d=dimension: tuple(along(x, d, False)),
                 differentiable=False, dimensions=dimension, keepdim=False)
        case("reduction", name, [whole([[3, -7, 3], [9, 9, -1]])],
             lambda x: tuple(along(x, 1, False)), differentiable=False, dimensions=1, keepdim=False)
    for dimension in every:
        case("reduction", "cumsum", [data], lambda x, d=dimension[0]: x.cumsum(d),
             dimensions=dimension)
    case("reduction", "cumsum", [whole([[1, 2, 3], [4, 5, 6]])], lambda x: x.cumsum(1),
         differentiable=False, dimensions=1)
    case("reduction", "sum", [whole([[1, 2, 3], [4, 5, 6]])], lambda x: x.sum([0]),
         differentiable=False, dimensions=0, keepdim=False)
    over("logsumexp", lambda x, d, k: torch.logsumexp(x, d, k), choices=every)
    rows = real([[-math.inf, -math.inf, -math.inf], [1.0, -math.inf, 2.0], [800.0, 801.0, 700.0],
                 [-800.0, -801.0, -900.0]])
    case("reduction", "logsumexp", [rows], lambda x: torch.logsumexp(x, [1]), dimensions=1,
         keepdim=False)
    infinite = real([[math.inf, 1.0, 2.0], [math.inf, math.inf, -math.inf]])
    case("reduction", "logsumexp", [infinite], lambda x: torch.logsumexp(x, [1]),
         differentiable=False, dimensions=1, keepdim=False)
    for dimension in every:
        case("reduction", "softmax", [data], lambda x, d=dimension[0]: x.softmax(d),
             dimensions=dimension)
        case("reduction", "log_softmax", [data], lambda x, d=dimension[0]: x.log_softmax(d),
             dimensions=dimension)
    case("reduction", "softmax", [rows[1:]], lambda x: x.softmax(1), dimensions=1)
    case("reduction", "log_softmax", [rows[2:]], lambda x: x.log_softmax(1), dimensions=1)
    for smoothing in (0.0, 0.1, 1.0):
        case("reduction", "cross_entropy", [normal(5, 4) * 3, whole([0, 3, 1, 1, 2])],
             lambda x, labels, s=smoothing: functional.cross_entropy(x, labels, label_smoothing=s),
             smoothing=smoothing)
    case("reduction", "cross_entropy", [rows[2:], whole([2, 0])], functional.cross_entropy,
         smoothing=0)


def products():
    """Matrix products."""
    for left, right in [
        ([3], [3]), ([2, 3], [3]), ([3], [3, 4]), ([2, 3], [3, 4]), ([1, 1], [1, 1]),
        ([3, 2, 3], [3, 4]), ([2, 3], [3, 3, 4]), ([3, 2, 3], [3]), ([3], [3, 3, 4]),
        ([3, 2, 3], [3, 3, 4]), ([2, 1, 2, 3], [4, 3, 2]), ([1, 2, 3], [2, 1, 3, 2]),
        ([2, 0], [0, 3]), ([0, 3], [3, 2]), ([0, 2, 3], [3, 2]), ([7, 5], [5, 9]),
    ]:
        case("product", "matmul", [normal(*left), normal(*right)], torch.matmul)
    for shape in ([3], [2, 3], [2, 4, 3], [0, 3], [1, 3]):
        case("product", "linear", [normal(*shape), normal(5, 3)],
             lambda x, w: functional.linear(x, w))
        case("product", "linear", [normal(*shape), normal(5, 3), normal(5)],
             lambda x, w, b: functional.linear(x, w, b))


def shapes():
    """Other arrangements of the same numbers."""
    data = normal(2, 3, 4)
    for dimension, place in ((0, 1), (1, 0), (2, 3), (-1, 2)):
        case("shape", "select", [data], lambda x, d=dimension, p=place: x.select(d, p),
             dimension=dimension, place=place)
    for dimension, start, count, step in (
        (0, 0, 2, 1), (1, 1, 2, 1), (2, 0, 2, 2), (2, 1, 1, 3), (-1, 1, 2, 2), (1, 3, 0, 1),
    ):
        def narrow(x, d=dimension, s=start, c=count, t=step):
            places = [s + index * t for index in range(c)]
            return x.index_select(d, torch.tensor(places, dtype=torch.int64))
        case("shape", "narrow", [data], narrow, dimension=dimension, start=start, count=count,
             step=step)
    for order in ([0, 1, 2], [2, 0, 1], [1, 0, 2], [-1, 1, 0]):
        case("shape", "permute", [data], lambda x, o=order: x.permute(o).contiguous(), order=order)
    for first, second in ((0, 1), (0, 2), (-1, -2), (1, 1)):
        case("shape", "transpose", [data],
             lambda x, a=first, b=second: x.transpose(a, b).contiguous(), first=first,
             second=second)
    for sizes in ([24], [6, 4], [-1, 2], [2, 3, 4], [2, -1, 1, 4]):
        case("shape", "reshape", [data], lambda x, s=sizes: x.reshape(s), sizes=sizes)
        case("shape", "reshape of permute", [data],
             lambda x, s=sizes: x.permute(2, 0, 1).reshape(s), sizes=sizes)
    case("shape", "reshape", [normal()], lambda x: x.reshape([1, 1]), sizes=[1, 1])
    case("shape", "reshape", [normal(1, 1)], lambda x: x.reshape([]), sizes=[])
    for shape, sizes in (
        ([3, 1], [3, 4]), ([3, 1], [-1, 2]), ([3], [2, 3]), ([], [2, 2]), ([1, 3, 1], [2, 2, 3, 2]),
        ([2, 3], [2, 3]), ([1, 2], [0, 2]), ([2], [1, 2]),
    ):
        case("shape", "expand", [normal(*shape)], lambda x, s=sizes: x.expand(s), sizes=sizes)
    for shape, times in (
        ([2, 3], [2, 1]), ([2, 3], [1, 3]), ([3], [2, 2]), ([2, 1], [3, 2, 2]), ([], [3]),
        ([2], [0]),
    ):
        case("shape", "repeat", [normal(*shape)], lambda x, t=times: x.repeat(t), times=times)
    ones = normal(1, 3, 1, 2, 1)
    case("shape", "squeeze", [ones], lambda x: x.squeeze())
    for dimension in (0, 1, 2, -1):
        case("shape", "squeeze", [ones], lambda x, d=dimension: x.squeeze(d), dimension=dimension)
    for dimension in (0, 1, 3, -1, -4):
        case("shape", "unsqueeze", [data], lambda x, d=dimension: x.unsqueeze(d),
             dimension=dimension)
    for dimension in (0, 1, -1):
        case("shape", "flip", [data], lambda x, d=dimension: x.flip(d), dimension=dimension)
    for dimension, parts in (
        (0, [[2, 3], [1, 3]]), (1, [[2, 3], [2, 1], [2, 2]]), (-1, [[2, 1, 2], [2, 1, 3]]),
        (0, [[2], [0], [3]]), (1, [[2, 2]]),
    ):
        case("shape", "cat", [normal(*part) for part in parts],
             lambda *tensors, d=dimension: torch.cat(tensors, d), dimension=dimension)
    for dimension, shape in ((0, [2, 3]), (1, [2, 3]), (-1, [2, 3]), (0, [])):
        case("shape", "stack", [normal(*shape) for _ in range(3)],
             lambda *tensors, d=dimension: torch.stack(tensors, d), dimension=dimension)


def indexing():
    """Numbers picked by their places."""
    data = normal(3, 4, 2)
    for dimension, places in (
        (0, [2, 0]), (1, [1, 1, 3, 1]), (2, [0]), (-1, [1, 0, 1]), (0, []),
    ):
        case("index", "index_select", [data],
             lambda x, d=dimension, p=places: x.index_select(d, whole(p)), dimension=dimension,
             places=places)
    table = normal(4, 3)
    for dimension, index in (
        (0, [[0, 1, 2], [3, 3, 3]]), (1, [[0], [2], [1], [1]]), (1, [[0, 0, 0, 2], [1, 2, 2, 0]]),
        (0, [[3]]), (-1, [[2, 1], [0, 0]]),
    ):
        case("index", "gather", [table, whole(index)],
             lambda x, i, d=dimension: x.gather(d, i), dimension=dimension)
        source = normal(len(index), len(index[0]))
        case("index", "scatter_add", [table, whole(index), source],
             lambda x, i, s, d=dimension: x.scatter_add(d, i, s), dimension=dimension)
    for index in ([1, 0, 3, 1], [[0, 2], [2, 2]], [], 3):
        case("index", "embedding", [table, whole(index)],
             lambda x, i: x[i] if i.dim() == 0 else functional.embedding(i, x))
    case("index", "embedding", [normal(4), whole([1, 1, 0])], lambda x, i: x[i])
    mask = whole([[1, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0]])
    case("index", "masked_select", [table, mask], lambda x, m: x.masked_select(m != 0))
    case("index", "masked_select", [table, mask * 0], lambda x, m: x.masked_select(m != 0))
    case("index", "masked_fill", [table, mask], lambda x, m: x.masked_fill(m != 0, -1.5), value=-1.5)
    case("index", "masked_fill", [table, whole([1, 0, 1])],
         lambda x, m: x.masked_fill(m != 0, 7.0), value=7)
    case("index", "nonzero", [mask], lambda m: m.nonzero(), differentiable=False)
    case("index", "nonzero", [levels(3, 4)], lambda x: x.nonzero(), differentiable=False)
    tied = levels(3, 6, 2)
    for dimension in (0, 1, -1):
        for descending in (False, True):
            case("index", "sort", [tied],
                 lambda x, d=dimension, g=descending: tuple(
                     torch.sort(x, dim=d, descending=g, stable=True)),
                 dimension=dimension, descending=descending)
    odd = real([[1.0, math.nan, -math.inf, 3.0, math.inf, math.nan]])
    for descending in (False, True):
        case("index", "sort", [odd],
             lambda x, g=descending: tuple(torch.sort(x, dim=1, descending=g, stable=True)),
             differentiable=False, dimension=1, descending=descending)
    # Which of equal numbers topk names is nobody's to say.
    different = torch.randperm(24, generator=generator).to(torch.float64).reshape(3, 4, 2) - 12
    for dimension, count in ((0, 2), (1, 3), (-1, 1), (1, 0), (1, 4)):
        case("index", "topk", [different],
             lambda x, d=dimension, k=count: tuple(x.topk(k, d)), dimension=dimension, count=count)


def main():
    for group in (unary, binary, reductions, products, shapes, indexing):
        group()
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tensor_operations.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write('{"torch": "%s", "cases": [\n' % torch.__version__.split("+")[0])
        file.write(",\n".join(json.dumps(one, separators=(",", ":")) for one in cases))
        file.write("\n]}\n")
    print(f"{len(cases)} cases, {os.path.getsize(path) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
