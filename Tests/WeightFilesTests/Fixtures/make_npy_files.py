#!/usr/bin/env python3
"""Writes npy_files.json: files as NumPy saves them, in base64, and the numbers that are in them.

  make_npy_files.py    (needs numpy)
"""

import base64
import io
import json
import math
import os
import warnings

import numpy

files = []


def number(value):
    value = float(value)
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


def add(name, array, version=None, kept=True):
    """A file; `kept` says whether its type is one that is read."""
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        numpy.lib.format.write_array(stream, array, version=version)
    files.append({
        "name": name,
        "base64": base64.b64encode(stream.getvalue()).decode(),
        "shape": list(array.shape),
        "values": [number(value) for value in array.flatten(order="C")] if kept else [],
        "type": ("float64" if array.dtype.kind == "f" and array.dtype.itemsize == 8 else
                 "float32" if array.dtype.kind == "f" else "int64") if kept else "",
    })


def main():
    grid = numpy.arange(6).reshape(2, 3) - 2.5
    add("float32", grid.astype("<f4"))
    add("float64", grid / 3)
    add("int64", numpy.array([[1, -2], [2**62, -(2**63)]]))
    add("single number", numpy.array(7.25))
    add("one dimension", numpy.array([1.5, 2.5], "<f4"))
    add("no numbers", numpy.zeros((3, 0, 2), "<f4"))
    add("four dimensions", numpy.arange(24, dtype="<f4").reshape(2, 3, 2, 2))
    add("float16", numpy.array([0, -0.0, 1, -2.5, 65504, 6e-8, 6.1e-5, math.inf, -math.inf, math.nan,
                                1 / 3], "<f2"))
    add("int32", numpy.array([2**31 - 1, -(2**31), 0], "<i4"))
    add("int16", numpy.array([[32767], [-32768]], "<i2"))
    add("int8", numpy.array([127, -128], "i1"))
    add("uint8", numpy.array([0, 255], "u1"))
    add("uint16", numpy.array([65535], "<u2"))
    add("uint32", numpy.array([2**32 - 1], "<u4"))
    add("bool", numpy.array([True, False, True]))
    add("Fortran order", numpy.asfortranarray(numpy.arange(24.0).reshape(2, 3, 4)))
    add("Fortran order of int16", numpy.asfortranarray(numpy.arange(6, dtype="<i2").reshape(2, 3)))
    add("version 2", grid, version=(2, 0))
    add("version 3", grid, version=(3, 0))
    for name in ">f2", ">f4", ">f8", ">i2", ">i4", ">i8", ">u2", ">u4":
        add(f"big-endian {name[1:]}", (grid * 100).astype(name))
    add("big-endian in Fortran order", numpy.asfortranarray(grid.astype(">f4")))
    add("complex", grid.astype("<c8"), kept=False)
    add("text", numpy.array(["a", "b"]), kept=False)
    add("uint64", numpy.array([2**64 - 1], "<u8"), kept=False)
    add("subarray", numpy.zeros(2, numpy.dtype([("a", "<f4", (2,))])), kept=False)
    add("record", numpy.zeros(2, [("a", "<f4"), ("b", "<f8")]), kept=False)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "npy_files.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(one) for one in files) + "\n]\n")
    print(f"{len(files)} files, {os.path.getsize(path) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
