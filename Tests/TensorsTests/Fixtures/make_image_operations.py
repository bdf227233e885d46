#!/usr/bin/env python3
"""Writes image_operations.json: PyTorch's results and gradients of operations on images.

  make_image_operations.py    (needs numpy and torch)

Operands are multiples of 1/64, so that single precision holds them too; results are computed in
double precision. The loss behind each operation is that of the tests' `Probe`: a dense convolution
with a kernel as large as the image allows, the mean over pixels, a linear map and cross-entropy.
"""

import json
import os

import numpy
import torch
import torch.nn.functional as functional

GENERATOR = numpy.random.default_rng(20240601)


def numbers(*shape, levels=64):
    """Random multiples of 1/64 (or of 1/levels: fewer levels give ties) between -1 and 1."""
    values = GENERATOR.integers(-levels, levels + 1, shape) / levels
    return torch.tensor(values, dtype=torch.float64)


def convolution(images, channels, size, outputs, kernel, bias=False, groups=1, **options):
    """One convolution's name, operands and function."""
    operands = {
        "input": numbers(images, channels, *size),
        "weights": numbers(outputs, channels // groups, kernel, kernel),
    }
    if bias:
        operands["bias"] = numbers(outputs)
    parameters = {"groups": groups, **options}
    return (
        "convolution",
        parameters,
        operands,
        lambda input, weights, bias=None: functional.conv2d(input, weights, bias, **parameters),
    )


def convolutions():
    """Dense, grouped and depthwise ones, with every option."""
    yield convolution(2, 3, (5, 6), 5, 3, bias=True, padding=1)
    yield convolution(2, 3, (7, 6), 4, 5, stride=2, padding=2)
    yield convolution(2, 4, (6, 6), 3, 3, bias=True, padding=2, dilation=2)
    yield convolution(2, 9, (5, 4), 10, 1, bias=True, stride=2)
    yield convolution(2, 4, (5, 5), 6, 3, bias=True, groups=2, padding=1)
    yield convolution(2, 9, (5, 4), 12, 3, groups=3, stride=2, padding=1)
    yield convolution(2, 20, (4, 3), 10, 2, groups=2)
    yield convolution(2, 6, (6, 5), 3, 3, bias=True, groups=3, padding=2, dilation=2)
    yield convolution(2, 3, (4, 5), 6, 3, bias=True, groups=3, padding=1)
    yield convolution(2, 3, (5, 4), 3, 3, bias=True, groups=3, padding=1)
    yield convolution(2, 10, (7, 5), 10, 5, groups=10, stride=2, padding=2)
    yield convolution(2, 4, (6, 7), 4, 3, bias=True, groups=4, padding=2, dilation=2)
    yield convolution(1, 2, (9, 8), 2, 7, groups=2, padding=3)
    yield convolution(2, 3, (5, 5), 3, 2, bias=True, groups=3)
    yield convolution(2, 2, (7, 8), 2, 3, groups=2, stride=3, padding=2, dilation=2)


def pools():
    """Of the largest (with ties) and of the mean (with and without padding)."""
    for channels, size, kernel, stride, padding in (
        (3, (6, 5), 2, 2, 0),
        (3, (5, 6), 3, 1, 1),
        (9, (5, 7), 3, 2, 1),
        (2, (7, 5), 4, 3, 2),
        (2, (4, 4), 2, 1, 1),
    ):
        parameters = {"kernel": kernel, "stride": stride, "padding": padding}
        yield (
            "max pool",
            parameters,
            {"input": numbers(2, channels, *size, levels=2)},
            lambda input, window=(kernel, stride, padding): functional.max_pool2d(input, *window),
        )
        for counts in (False, True):
            yield (
                "average pool",
                {**parameters, "countsPadding": int(counts)},
                {"input": numbers(2, channels, *size)},
                lambda input, window=(kernel, stride, padding), counts=counts: (
                    functional.avg_pool2d(input, *window, count_include_pad=counts)
                ),
            )


def normalisations():
    """Batch normalisation in training and in evaluation, with and without a rectifier."""
    for training in (False, True):
        for rectified in (False, True):
            channels = 9 if training else 4
            mean = numbers(channels)
            variance = 1.5 + numbers(channels)

            def normalise(input, gamma, beta, mean=mean, variance=variance, training=training,
                          rectified=rectified):
                # Running statistics move in place: each call starts from its own copy.
                result = functional.batch_norm(
                    input, mean.clone(), variance.clone(), gamma, beta, training, 0.1, 1e-5
                )
                return functional.relu(result) if rectified else result

            operands = {
                "input": numbers(3, channels, 4, 3),
                "gamma": numbers(channels),
                "beta": numbers(channels),
            }
            fixed = {"runningMean": mean, "runningVariance": variance}
            parameters = {"training": int(training), "rectified": int(rectified)}
            yield "batch normalisation", parameters, operands, normalise, fixed


def plain(tensor):
    """A tensor for JSON."""
    values = [float(f"{value:.13g}") for value in tensor.detach().flatten().tolist()]
    return {"shape": list(tensor.shape), "values": values}


def written(operation, parameters, operands, function, fixed=None):
    """One case: operands, result, loss and gradients."""
    leaves = {name: tensor.requires_grad_() for name, tensor in operands.items()}
    result = function(**leaves)
    kernel = min(result.shape[2:])
    probe = {
        "weights": numbers(4, result.shape[1], kernel, kernel, levels=8),
        "classifier": numbers(3, 4),
        "bias": numbers(3),
    }
    labels = torch.arange(result.shape[0]) % 3
    scores = functional.linear(
        functional.conv2d(result, probe["weights"]).mean((2, 3)),
        probe["classifier"],
        probe["bias"],
    )
    loss = functional.cross_entropy(scores, labels)
    loss.backward()
    return {
        "operation": operation,
        "parameters": parameters,
        "operands": {name: plain(tensor) for name, tensor in {**leaves, **(fixed or {})}.items()},
        "probe": {name: plain(tensor) for name, tensor in probe.items()},
        "result": plain(result),
        "loss": loss.item(),
        "gradients": {name: plain(tensor.grad) for name, tensor in leaves.items()},
    }


def main():
    cases = [
        written(*case) for source in (convolutions(), pools(), normalisations()) for case in source
    ]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "image_operations.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"torch": torch.__version__, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
