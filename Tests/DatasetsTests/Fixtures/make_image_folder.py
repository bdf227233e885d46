"""Writes image_folder.json: small image files of every kind, and what Pillow and torchvision make
of them. Needs numpy, torchvision and Pillow 11: later ones (13.0 does) resize some shapes along
columns first, which changes bytes by one level."""

import base64
import io
import json
import pathlib
import random

import numpy
import PIL
import torchvision
from PIL import Image
from torchvision import transforms
from torchvision.transforms import functional

SIZE, RESIZE = 24, 28


def picture(width, height, seed):
    """A picture with edges and gradients, and some noise."""
    generator = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width]
    waves = [numpy.sin(x / (3 + i) + seed) * numpy.cos(y / (4 - i)) for i in range(3)]
    values = 128 + 90 * numpy.stack(waves, -1)
    values[(x // 9 + y // 7) % 3 == 0] += 40
    return numpy.clip(values + generator.normal(0, 8, values.shape), 0, 255).astype(numpy.uint8)


def saved(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def files():
    colours = Image.fromarray(picture(53, 38, 1))
    grey = colours.convert("L")
    deep = (picture(40, 31, 2)[:, :, 0].astype(numpy.uint16) << 8) + 77
    alpha = Image.fromarray(picture(36, 45, 3)).convert("RGBA")
    alpha.putalpha(Image.fromarray(picture(36, 45, 4)[:, :, 1]))
    return {
        "colours.jpg": saved(colours, "JPEG", quality=90),
        "full.jpeg": saved(colours, "JPEG", quality=85, subsampling=0),
        "halved.jpg": saved(colours, "JPEG", quality=85, subsampling=1),
        "progressive.JPEG": saved(colours, "JPEG", quality=80, progressive=True),
        "grey.jpg": saved(grey, "JPEG", quality=90),
        "inks.jpg": saved(colours.convert("CMYK"), "JPEG", quality=90),
        "tall.jpg": saved(Image.fromarray(picture(19, 64, 5)), "JPEG", quality=90),
        "colours.png": saved(colours, "PNG"),
        "grey.png": saved(grey, "PNG"),
        "palette.png": saved(colours.quantize(32), "PNG"),
        "bits.png": saved(grey.convert("1"), "PNG"),
        "deep.png": saved(Image.fromarray(deep), "PNG"),
        "alpha.png": saved(alpha, "PNG"),
        # A PNG by another name, of which ImageNet has one.
        "named.jpg": saved(Image.fromarray(picture(30, 30, 6)), "PNG"),
    }


def opened(name, content):
    image = Image.open(io.BytesIO(content))
    if image.mode.startswith("I"):
        # Pillow's own conversion cuts 16 bits off at 255 instead of dividing them.
        return Image.fromarray((numpy.array(image) >> 8).astype(numpy.uint8)).convert("RGB")
    return image.convert("RGB")


def planes(image):
    return base64.b64encode(numpy.asarray(image).transpose(2, 0, 1).tobytes()).decode()


def crops(image, generator):
    """Parts of an image as torchvision resizes them, some larger than they were, some mirrored."""
    result = []
    for _ in range(3):
        width, height = (generator.randint(1, side) for side in image.size)
        left = generator.randint(0, image.width - width)
        top = generator.randint(0, image.height - height)
        part = functional.resized_crop(image, top, left, height, width, [SIZE, SIZE])
        mirrored = generator.random() < 0.5
        result.append({
            "left": left, "top": top, "width": width, "height": height, "mirrored": mirrored,
            "planes": planes(functional.hflip(part) if mirrored else part),
        })
    return result


def parts():
    """The parts that torchvision takes where no draw fits: they depend on the size alone."""
    result = []
    for width, height in [(100, 1), (1, 100), (4000, 30), (31, 5000), (1, 1)]:
        blank = Image.new("L", (width, height))
        top, left, rows, columns = transforms.RandomResizedCrop.get_params(
            blank, [0.08, 1.0], [3 / 4, 4 / 3])
        result.append({
            "imageWidth": width, "imageHeight": height, "left": left, "top": top,
            "width": columns, "height": rows,
        })
    return result


def main():
    generator = random.Random(1)
    evaluation = transforms.Compose([transforms.Resize(RESIZE), transforms.CenterCrop(SIZE)])
    cases = []
    for name, content in files().items():
        image = opened(name, content)
        cases.append({
            "name": name, "file": base64.b64encode(content).decode(), "width": image.width,
            "height": image.height, "centre": planes(evaluation(image)),
            "crops": crops(image, generator),
        })
    large = saved(Image.fromarray(picture(420, 330, 7)), "JPEG", quality=50)
    image = opened("large.jpg", large)
    document = {
        "made by": f"Pillow {PIL.__version__}, torchvision {torchvision.__version__}",
        "size": SIZE, "resize": RESIZE, "cases": cases, "parts": parts(),
        "large": {
            "name": "large.jpg", "file": base64.b64encode(large).decode(), "width": 420,
            "height": 330, "centre": planes(evaluation(image)),
            "crops": crops(image, generator) + [{
                "left": 3, "top": 5, "width": 410, "height": 320, "mirrored": False,
                "planes": planes(functional.resized_crop(image, 5, 3, 320, 410, [SIZE, SIZE])),
            }],
        },
    }
    path = pathlib.Path(__file__).with_name("image_folder.json")
    path.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
