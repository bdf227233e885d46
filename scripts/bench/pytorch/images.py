"""JPEG files of ImageNet's usual size, and the rate at which torchvision prepares such files.

  images.py make FOLDER COUNT    writes COUNT files below FOLDER/train and FOLDER/val (needs Pillow)
  images.py rate FOLDER ROUNDS   reads FOLDER/train, one process (needs torchvision); prints JSON
"""

import argparse
import json
import pathlib
import time


def make(folder, count):
    """Noise of several scales, whose files are about as large as those of photographs."""
    import numpy
    from PIL import Image

    generator = numpy.random.default_rng(1)
    for index in range(count):
        total = numpy.zeros((375, 500, 3))
        for octave in range(1, 8):
            size = (2 ** octave * 16 // 3, 2 ** octave * 4)
            noise = generator.normal(0, 1, (size[1], size[0], 3)).astype(numpy.float32)
            noise = 0.3 * noise + noise.mean(-1, keepdims=True)
            channels = [
                Image.fromarray(noise[:, :, channel]).resize((500, 375), Image.BICUBIC)
                for channel in range(3)
            ]
            total += numpy.stack([numpy.asarray(channel) for channel in channels], -1) \
                * 60 / 1.5 ** octave
        image = Image.fromarray(numpy.clip(128 + total, 0, 255).astype(numpy.uint8))
        for split in "train", "val":
            place = folder / split / f"class{index % 2}"
            place.mkdir(parents=True, exist_ok=True)
            image.save(place / f"{index}.jpg", quality=97)


def rate(folder, rounds):
    import PIL
    import torch
    import torchvision
    from torchvision import datasets, transforms

    torch.set_num_threads(1)
    numbers = [
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]
    ways = {
        "train": [transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip()],
        "centre": [transforms.Resize(256), transforms.CenterCrop(224)],
    }
    best = {"versions": f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}"}
    for name, way in ways.items():
        images = datasets.ImageFolder(str(folder / "train"), transforms.Compose(way + numbers))
        best[name] = 0.0
        for _ in range(rounds):
            start = time.perf_counter()
            for index in range(len(images)):
                images[index]
            best[name] = max(best[name], len(images) / (time.perf_counter() - start))
    print(json.dumps(best))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["make", "rate"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("number", type=int)
    arguments = parser.parse_args()
    (make if arguments.action == "make" else rate)(arguments.folder, arguments.number)


if __name__ == "__main__":
    main()
