"""Data to learn from: moons, blobs, spirals and glyphs made on the spot; scikit-learn's digits; MNIST.

A data set is a list of examples, and an example is (inputs, label): a list of floats, and a whole number from 0 up.
Whatever is drawn by lot is drawn from `rng`, a random.Random or the module `random`: the same seed gives the same data.

>>> import random
>>> moons(2, noise=0, rng=random.Random(1))
[([1.0, 0.0], 0), ([0.0, 0.5], 1)]
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, BinaryIO, Literal, TypeVar, overload

from .system.files import cache_folder, write_whole
from .system.packages import missing

Example = tuple[list[float], int]
Rng = Random | ModuleType  # the module random is a generator, too
T = TypeVar("T")

# ---- Made on the spot -----------------------------------------------------------------------------------------------


def moons(n: int, noise: float, rng: Rng) -> list[Example]:
    "Two half circles, each around an end of the other: no straight line parts them. (scikit-learn's make_moons.)"
    examples = []
    for label, t in _turns(n, 2, rng):
        x, y = math.cos(math.pi * t), math.sin(math.pi * t)
        x, y = (1 - x, 0.5 - y) if label else (x, y)
        examples.append(([x + noise * rng.gauss(0, 1), y + noise * rng.gauss(0, 1)], label))
    return _shuffled(examples, rng)


def blobs(n: int, centers: Sequence[Sequence[float]], spread: float, rng: Rng) -> list[Example]:
    "A round cloud about each of the centers, points of any dimension; spread is its standard deviation."
    if len({len(center) for center in centers}) != 1:
        raise ValueError(f"blobs: the centers must be points of one dimension, and are {list(centers)}")
    turns = _turns(n, len(centers), rng)
    return _shuffled([([c + spread * rng.gauss(0, 1) for c in centers[label]], label) for label, _ in turns], rng)


def spiral(n: int, classes: int, noise: float, rng: Rng) -> list[Example]:
    "Arms that wind out from the middle of the unit circle, one for each class; the noise is in the angle, in radians."
    examples = []
    for label, t in _turns(n, classes, rng):
        radius = 0.1 + 0.9 * t  # at 0 all arms would meet, in points that belong to every class
        angle = math.tau * label / classes + 4 * t + noise * rng.gauss(0, 1)
        examples.append(([radius * math.cos(angle), radius * math.sin(angle)], label))
    return _shuffled(examples, rng)


GLYPHS = """
.###.  ..#..  .###.  .###.  ...#.  #####  ..##.  #####  .###.  .###.
#...#  .##..  #...#  #...#  ..##.  #....  .#...  ....#  #...#  #...#
#...#  #.#..  ....#  ....#  .#.#.  #....  #....  ...#.  #...#  #...#
#...#  ..#..  ...#.  ..##.  #..#.  ####.  ####.  ...#.  .###.  .####
#...#  ..#..  ..#..  ....#  #####  ....#  #...#  ..#..  #...#  ....#
#...#  ..#..  .#...  #...#  ...#.  ....#  #...#  ..#..  #...#  ...#.
.###.  #####  #####  .###.  ...#.  ####.  .###.  .#...  .###.  .##..
"""


def glyphs(n: int, rng: Rng, noise: float = 0.25) -> list[Example]:
    """A small MNIST that needs no network: digits of 5x7 dots anywhere in a picture of 8x8, under noise.

    64 inputs, row by row, from 0 (paper) to 1 (ink); the noise is the standard deviation of each, cut at 0 and 1.
    """
    rows = [line.split() for line in GLYPHS.split("\n")[1:-1]]
    examples = []
    for label, _ in _turns(n, 10, rng):
        down, right = rng.randrange(2), rng.randrange(4)
        ink = {(down + i, right + j) for i, row in enumerate(rows) for j, dot in enumerate(row[label]) if dot == "#"}
        dots = [((i, j) in ink) + noise * rng.gauss(0, 1) for i in range(8) for j in range(8)]
        examples.append(([min(max(dot, 0.0), 1.0) for dot in dots], label))
    return _shuffled(examples, rng)


def _turns(n: int, classes: int, rng: Rng) -> Iterator[tuple[int, float]]:
    "n times a label, each class in its turn, and how far along its class we are: from 0 to 1."
    if n < 0 or classes < 1:
        raise ValueError(f"{n} examples of {classes} classes cannot be made")
    if not hasattr(rng, "gauss"):
        raise TypeError(f"rng is {rng!r}, and must be a generator of random numbers, such as random.Random(42)")
    for i in range(n):
        label = i % classes
        last = (n - 1 - label) // classes
        yield label, i // classes / last if last else 0.0


def _shuffled(examples: list[Example], rng: Rng) -> list[Example]:
    rng.shuffle(examples)  # in turns along an arc, a minibatch would be one corner of the picture
    return examples


# ---- Labels, and examples kept for the test -------------------------------------------------------------------------


def one_hot(label: int, classes: int) -> list[float]:
    """The label as a list of probabilities: 1 in its place.

    >>> one_hot(2, 4)
    [0.0, 0.0, 1.0, 0.0]
    """
    if label not in range(classes):
        raise ValueError(f"one_hot: label {label} is none of 0 to {classes - 1}")
    return [float(k == label) for k in range(classes)]


def split(examples: Sequence[T], fraction: float, rng: Rng) -> tuple[Sequence[T], Sequence[T]]:
    "The examples, shuffled and cut in two; the first part is this fraction of them. The list given stays as it is."
    if not 0 <= fraction <= 1:
        raise ValueError(f"split: the fraction must be between 0 and 1, and is {fraction}")
    order = list(range(len(examples)))
    rng.shuffle(order)
    cut = round(fraction * len(order))
    take: Any = examples.take if isinstance(examples, Images) else lambda places: [examples[i] for i in places]
    return take(order[:cut]), take(order[cut:])


# ---- Handwritten digits ---------------------------------------------------------------------------------------------


def digits() -> list[Example]:
    "The 1797 handwritten digits that come with scikit-learn: 8x8 = 64 inputs from 0 (paper) to 1 (ink)."
    try:
        found = import_module("sklearn.datasets").load_digits()
    except Exception as error:
        raise missing("digits()", "sklearn", '"micrograd-es[data]"', error) from error
    return list(zip((found.data / 16).tolist(), found.target.tolist()))


SIDE = 28
GREY = [p / 255 for p in range(256)]


class Images(Sequence[Example]):
    """Pictures of 28x28 and their labels, kept as bytes: 47 MB for 60,000 of them, which as floats would be a gigabyte.

    images[3] is (inputs, label), 784 inputs from 0 (paper) to 1 (ink); images[:100] are Images again.
    """

    def __init__(self, pixels: bytes, labels: bytes):
        if len(pixels) != SIDE * SIDE * len(labels):
            raise ValueError(f"{len(pixels) // SIDE**2} images, but {len(labels)} labels")
        if max(labels, default=0) > 9:
            raise ValueError(f"label {max(labels)} is none of 0 to 9")
        self.pixels, self.labels = pixels, labels

    def __len__(self) -> int:
        return len(self.labels)

    @overload
    def __getitem__(self, i: int) -> Example: ...
    @overload
    def __getitem__(self, i: slice) -> Images: ...
    def __getitem__(self, i: int | slice) -> Example | Images:
        place = range(len(self))[i]  # IndexError where there is none
        if isinstance(place, range):
            return self.take(place)
        return [GREY[p] for p in self._pixels(place)], self.labels[place]

    def _pixels(self, i: int) -> bytes:
        return self.pixels[i * SIDE * SIDE : (i + 1) * SIDE * SIDE]

    def take(self, places: Iterable[int]) -> Images:
        "The images at these places, in this order."
        places = [range(len(self))[i] for i in places]
        return Images(b"".join(map(self._pixels, places)), bytes(self.labels[i] for i in places))

    def arrays(self, inputs: Any = None) -> tuple[Any, Any]:
        """The inputs as a float64 array of shape (n, 784), and the labels: for matrix code, with NumPy.

        Written into `inputs`, if there is an array already.
        """
        try:
            np = import_module("numpy")
        except Exception as error:
            raise missing("arrays()", "numpy", '"micrograd-es[fast]"', error) from error
        pixels = np.frombuffer(self.pixels, np.uint8).reshape(len(self), SIDE * SIDE)
        return np.divide(pixels, 255, out=inputs), np.frombuffer(self.labels, np.uint8).astype(np.int64)

    def __repr__(self) -> str:
        return f"<{len(self)} images of {SIDE}x{SIDE}>"


# ---- MNIST: four files, and where they are --------------------------------------------------------------------------

URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"  # the server it was published on has refused downloads for years
TIMEOUT = 30  # seconds without a byte
LARGEST = 1 << 28  # bytes; MNIST has 47 million, but a damaged file can claim, or unpack to, any number
FILES = {  # by split: the images and the labels, the shape of one, and the sha256 of what is inside the .gz
    "train": [
        ("train-images-idx3-ubyte", (28, 28), "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        ("train-labels-idx1-ubyte", (), "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    ],
    "test": [
        ("t10k-images-idx3-ubyte", (28, 28), "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        ("t10k-labels-idx1-ubyte", (), "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ],
}


def mnist(split: Literal["train", "test"] = "train", path: str | os.PathLike[str] | None = None) -> Images:
    """MNIST: 60,000 handwritten digits to train on, 10,000 to test on.

    Its files, gzipped or not, are looked for in the folder `path`; without one, in the folder that the environment
    calls MNIST_DIR; without that, in our cache, and what the cache lacks is downloaded. Your own folder may hold
    other data in this format, such as Fashion-MNIST; the cache holds MNIST to the last bit: each reading checks it.
    """
    if split not in FILES:
        raise ValueError(f"mnist: the split is {split!r}, and must be 'train' or 'test'")
    own = path or os.environ.get("MNIST_DIR")
    folder = Path(own).expanduser() if own else cache_folder("mnist")
    pixels, labels = [_content(folder, name, item, "" if own else sha) for name, item, sha in FILES[split]]
    try:
        return Images(pixels, labels)
    except ValueError as error:
        raise ValueError(f"{folder}: {' and '.join(name for name, _, _ in FILES[split])}: {error}") from None


def _content(folder: Path, name: str, item: tuple[int, ...], sha: str) -> bytes:
    "The numbers in the folder's file of this name; with a checksum, it is our cache: downloaded if it is not there."
    for file in (folder / name, folder / f"{name}.gz"):
        if file.is_file():
            with open(file, "rb") as stream:
                return read_idx(stream, str(file), item, sha)
    why = f"neither {name} nor {name}.gz is in {folder}"
    if sha:
        try:
            return _download(folder, name, item, sha)
        except (OSError, ValueError) as error:
            why += f", and it could not be downloaded ({error})"
    names = "".join(f"\n    {file}.gz" for files in FILES.values() for file, _, _ in files)
    cache = cache_folder("mnist")
    raise FileNotFoundError(
        f"MNIST: {why}. Its four files, gzipped or not, are{names}\nFetch them from {URL} or any copy, into a folder, "
        f"and say mnist(path=folder) or name it in the environment variable MNIST_DIR; or put them in {cache}"
    )


def _download(folder: Path, name: str, item: tuple[int, ...], sha: str) -> bytes:
    "Into the cache, once it is seen to be right."
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        with urlopen(f"{URL}{name}.gz", timeout=TIMEOUT) as answer:
            packed = answer.read(1 << 24)
    except HTTPError as error:
        error.close()  # a refusal is an answer too, with a page of its own and a connection
        raise
    except HTTPException as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
    content = read_idx(io.BytesIO(packed), f"{URL}{name}.gz", item, sha)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{name}.gz", packed)
    return content


def read_idx(file: BinaryIO, name: str, item: tuple[int, ...] = (), sha: str = "") -> bytes:
    """The bytes in an IDX file, gzipped or not: any number of items of this shape; ValueError, naming it, if damaged.

    Its header: two zeros, 8 for unsigned bytes, the number of dimensions; then each dimension in four bytes.
    """
    packed = file.read(2) == b"\x1f\x8b"  # whatever its name says: browsers unpack a .gz and keep the name
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file) if packed else file as stream:
            header = stream.read(8 + 4 * len(item))
            if header[:4] != bytes([0, 0, 8, 1 + len(item)]) or len(header) < 8 + 4 * len(item):
                raise ValueError(f"it begins with {header.hex()}, as no IDX file of {1 + len(item)} dimensions does")
            shape = struct.unpack(f">{1 + len(item)}I", header[4:])
            size = math.prod(shape)
            if shape[1:] != item or size > LARGEST:
                raise ValueError(f"its shape is {shape}, and {('n', *item)} was expected, with {LARGEST} bytes at most")
            content = stream.read(size + 1)  # one more than it has: only at its end does gzip check its own checksum
            if len(content) != size:
                found = "more" if len(content) > size else len(content)
                raise ValueError(f"{size} bytes should follow its header, and there are {found}")
        if sha and hashlib.sha256(header + content).hexdigest() != sha:
            raise ValueError(f"damaged, or not MNIST as it was published: its sha256 is not {sha}")
    except (ValueError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        hint = ". If it is in the cache, delete it, and it will be downloaded again" if sha else ""
        raise ValueError(f"{name}: {error}{hint}") from error
    return content
