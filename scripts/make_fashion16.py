#!/usr/bin/env python3
"""Makes stdlib/data/fashion16 again from Debian's package dataset-fashion-mnist.

Of each of the ten classes the first 800 images of Fashion-MNIST's training file and the first 200
of its test file are kept, in the order of those files: 8,000 and 2,000 images, balanced. A 28x28
image is padded with zeros to 32x32 and averaged 2x2 to 16x16, halves rounded up.

  make_fashion16.py [--source FOLDER] [FOLDER]    writes the four idx files
  make_fashion16.py --check [FOLDER]              says whether FOLDER's files are these, to the byte
"""

import argparse
import gzip
import os
import struct
import sys

CLASSES = 10
SIDE = 28
PADDING = 2
SMALL_SIDE = (SIDE + 2 * PADDING) // 2
KEPT_PER_CLASS = {"train": 800, "t10k": 200}
PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read_idx(path, dimensions):
    """The sizes and the bytes of a gzip-compressed idx file of unsigned bytes."""
    with gzip.open(path) as file:
        content = file.read()
    start = 4 + 4 * dimensions
    magic, *sizes = struct.unpack(f">{1 + dimensions}I", content[:start])
    expected = 0x0800 | dimensions
    if magic != expected:
        sys.exit(f"{path}: magic number {magic:#010x} where {expected:#010x} was expected")
    return sizes, content[start:]


def idx(sizes, content):
    """The bytes of an idx file of unsigned bytes."""
    return struct.pack(f">{1 + len(sizes)}I", 0x0800 | len(sizes), *sizes) + content


def first_of_each_class(labels, kept):
    """The positions of the first `kept` images of each class, in ascending order."""
    seen = [0] * CLASSES
    positions = []
    for position, label in enumerate(labels):
        if seen[label] < kept:
            seen[label] += 1
            positions.append(position)
    return positions


def halved(image):
    """A 28x28 image padded to 32x32 and averaged 2x2."""
    sums = [0] * (SMALL_SIDE * SMALL_SIDE)
    for row in range(SIDE):
        start = (row + PADDING) // 2 * SMALL_SIDE
        for column in range(SIDE):
            sums[start + (column + PADDING) // 2] += image[row * SIDE + column]
    return bytes((total + 2) // 4 for total in sums)


def files(source):
    """The four files' names and bytes."""
    for part, kept in KEPT_PER_CLASS.items():
        names = [f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"]
        paths = [os.path.join(source, name + ".gz") for name in names]
        _, pixels = read_idx(paths[0], 3)
        _, labels = read_idx(paths[1], 1)
        positions = first_of_each_class(labels, kept)
        area = SIDE * SIDE
        images = (halved(pixels[at * area : (at + 1) * area]) for at in positions)
        yield names[0], idx([len(positions), SMALL_SIDE, SMALL_SIDE], b"".join(images))
        yield names[1], idx([len(positions)], bytes(labels[at] for at in positions))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", default=f"{PROJECT}/stdlib/data/fashion16")
    parser.add_argument("--source", default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    different = []
    try:
        for name, content in files(arguments.source):
            path = os.path.join(arguments.folder, name)
            if arguments.check:
                with open(path, "rb") as file:
                    if file.read() != content:
                        different.append(path)
                continue
            os.makedirs(arguments.folder, exist_ok=True)
            with open(path + ".part", "wb") as file:
                file.write(content)
            os.replace(path + ".part", path)
    except OSError as error:
        sys.exit(f"make_fashion16.py: {error} (sources: Debian's package dataset-fashion-mnist)")
    if different:
        sys.exit("different: " + ", ".join(different))


if __name__ == "__main__":
    main()
