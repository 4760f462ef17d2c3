"Data: what is made on the spot, and MNIST from files that are whole, damaged, elsewhere or not there at all."

import gzip
import hashlib
import http.server
import math
import os
import random
import struct
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path
from urllib.error import HTTPError

import pytest

from micrograd_es import data
from micrograd_es.data import GREY, Images, blobs, digits, glyphs, mnist, moons, one_hot, spiral, split
from tests.support import ROOT

CENTERS = [[0.0, 0.0, 5.0], [1.0, -2.0, 0.5]]
MAKERS = {  # how to make n, the number of inputs, the number of classes
    "moons": (lambda n, rng: moons(n, 0.1, rng), 2, 2),
    "blobs": (lambda n, rng: blobs(n, CENTERS, 0.3, rng), 3, 2),
    "spiral": (lambda n, rng: spiral(n, 3, 0.2, rng), 2, 3),
    "glyphs": (lambda n, rng: glyphs(n, rng), 64, 10),
}

# ---- Made on the spot -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("n", [0, 1, 2, 7, 100])
def test_examples_are_plain_lists(name, n):
    "n pairs of a list of floats and an int; classes of one size, give or take one."
    make, inputs, classes = MAKERS[name]
    examples = make(n, random.Random(1))
    assert type(examples) is list and len(examples) == n
    for xs, label in examples:
        assert type(xs) is list and len(xs) == inputs and {type(x) for x in xs} == {float}
        assert type(label) is int and 0 <= label < classes
    sizes = [sum(label == k for _, label in examples) for k in range(classes)]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("name", MAKERS)
def test_the_seed_decides(name):
    "The same seed, the same data; another, other data; the lots of everybody else are not touched."
    make, _, _ = MAKERS[name]
    before = random.getstate()
    assert make(50, random.Random(7)) == make(50, random.Random(7)) != make(50, random.Random(8))
    assert random.getstate() == before
    labels = [label for _, label in make(100, random.Random(7))]
    assert labels != sorted(labels) and labels[:20] != labels[20:40]  # shuffled
    random.seed(7)
    assert make(50, random) == make(50, random.Random(7))  # the module itself draws lots too


@pytest.mark.parametrize("name", MAKERS)
def test_makers_refuse(name):
    make, _, _ = MAKERS[name]
    with pytest.raises(ValueError, match="-1 examples"):
        make(-1, random.Random(1))
    with pytest.raises(TypeError, match=r"rng is 42, .* random.Random\(42\)"):
        make(10, 42)


@pytest.mark.parametrize("centers", [[], [[1.0], [1.0, 2.0]]])
def test_blobs_refuses_centers_of_different_dimensions(centers):
    with pytest.raises(ValueError, match="points of one dimension"):
        blobs(10, centers, 1.0, random.Random(1))


def test_moons_are_those_of_scikit_learn():
    sklearn = pytest.importorskip("sklearn.datasets")
    points, labels = sklearn.make_moons(200, noise=None)
    theirs = sorted((label, *point) for point, label in zip(points.tolist(), labels.tolist()))
    ours = sorted((label, *xs) for xs, label in moons(200, 0, random.Random(1)))
    assert [label for label, *_ in ours] == [label for label, *_ in theirs]
    assert [x for row in ours for x in row] == pytest.approx([x for row in theirs for x in row], abs=1e-12)


def test_noise_and_spread_are_standard_deviations():
    "Measured on thousands of examples, to a few per cent."

    def deviation(xs):
        return math.sqrt(sum(x * x for x in xs) / len(xs))

    cloud = [[x - c for x, c in zip(xs, CENTERS[label])] for xs, label in blobs(20_000, CENTERS, 0.3, random.Random(1))]
    assert deviation([x for xs in cloud for x in xs]) == pytest.approx(0.3, rel=0.02)
    radii = [math.dist(xs, [1, 0.5] if label else [0, 0]) - 1 for xs, label in moons(20_000, 0.05, random.Random(1))]
    assert deviation(radii) == pytest.approx(0.05, rel=0.05)
    # the lower right corner is always paper: half of its noise is cut off at 0, and a deviation has half its square left
    corner = [xs[63] for xs, label in glyphs(5_000, random.Random(1), noise=0.1) if label == 7]
    assert deviation(corner) == pytest.approx(0.1 / math.sqrt(2), rel=0.1)


def test_spiral_without_noise_has_arms_that_never_meet():
    examples = spiral(300, 3, 0, random.Random(1))
    for xs, label in examples:
        radius = math.hypot(*xs)
        assert 0.1 - 1e-9 <= radius <= 1 + 1e-9
        t = (radius - 0.1) / 0.9
        turned = math.tau * label / 3 + 4 * t
        assert xs == pytest.approx([radius * math.cos(turned), radius * math.sin(turned)], abs=1e-9)
    apart = min(math.dist(a, b) for a, i in examples for b, j in examples if i < j)
    assert apart > 0.1


def test_glyphs_are_the_ten_drawings_in_every_place():
    "Without noise a picture is its drawing, in one of 4 x 2 places, on white paper; all 80 occur."
    rows = [line.split() for line in data.GLYPHS.strip().split("\n")]
    drawn = {}
    for label in range(10):
        drawing = [row[label] for row in rows]
        assert [len(line) for line in drawing] == [5] * 7 and set("".join(drawing)) == {".", "#"}
        for down in range(2):
            for right in range(4):
                page = ["........"] * down + ["." * right + line + "." * (3 - right) for line in drawing]
                page += ["........"] * (1 - down)
                drawn["".join(page)] = label
    assert len(drawn) == 80  # no two alike
    seen = set()
    for xs, label in glyphs(2000, random.Random(3), noise=0):
        page = "".join({0.0: ".", 1.0: "#"}[x] for x in xs)
        assert drawn[page] == label
        seen.add(page)
    assert len(seen) == 80
    assert all(0 <= x <= 1 for xs, _ in glyphs(100, random.Random(3), noise=5.0) for x in xs)


# ---- Labels, and examples kept for the test -------------------------------------------------------------------------


def test_one_hot():
    assert [one_hot(k, 3) for k in range(3)] == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    for label in (-1, 3, "2", None, 1.5):
        with pytest.raises(ValueError, match="is none of 0 to 2"):
            one_hot(label, 3)


@pytest.mark.parametrize(("fraction", "cut"), [(0, 0), (0.25, 25), (0.8, 80), (1, 100)])
def test_split(fraction, cut):
    "Every example on one side, as many as said; shuffled, but the list itself is not."
    examples = moons(100, 0.1, random.Random(1))
    before = list(examples)
    train, test = split(examples, fraction, random.Random(2))
    assert (len(train), len(test)) == (cut, 100 - cut) and examples == before
    assert sorted(train + test) == sorted(before) and train + test != before
    assert (train, test) == split(examples, fraction, random.Random(2))


@pytest.mark.parametrize("fraction", [-0.1, 1.1, 80, math.nan])
def test_split_refuses(fraction):
    with pytest.raises(ValueError, match="between 0 and 1"):
        split([1, 2], fraction, random.Random(1))


# ---- scikit-learn's digits ------------------------------------------------------------------------------------------


def test_digits():
    pytest.importorskip("sklearn")
    examples = digits()
    assert len(examples) == 1797 and [label for _, label in examples[:10]] == list(range(10))
    xs, label = examples[0]
    assert type(xs) is list and len(xs) == 64 and type(xs[0]) is float and type(label) is int
    assert xs[:8] == [0.0, 0.0, 5 / 16, 13 / 16, 9 / 16, 1 / 16, 0.0, 0.0]
    assert (min(min(xs) for xs, _ in examples), max(max(xs) for xs, _ in examples)) == (0.0, 1.0)


def test_digits_without_scikit_learn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r'pip install "micrograd-es\[data\]"'):
        digits()


def test_nothing_here_needs_more_than_the_standard_library():
    program = """
import sys
for absent in ("numpy", "sklearn", "torch"):
    sys.modules[absent] = None
from micrograd_es.data import *
import micrograd_es.saving
import random
assert len(glyphs(3, random.Random(1))) == 3 and len(Images(bytes(784), bytes(1))[0][0]) == 784
assert "http.client" not in sys.modules and "urllib.request" not in sys.modules  # a fifth of the start-up time
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-W", "error", "-c", program], env=environment, check=True, timeout=60)


# ---- MNIST, from small files that we write --------------------------------------------------------------------------

N = 12
PIXELS = random.Random(5).randbytes(N * 784)
LABELS = bytes(i % 10 for i in range(N))
IMAGE_FILE = struct.pack(">4I", 0x803, N, 28, 28) + PIXELS
LABEL_FILE = struct.pack(">2I", 0x801, N) + LABELS
NAMES = [name for files in data.FILES.values() for name, _, _ in files]
CONTENT = {name: IMAGE_FILE if "images" in name else LABEL_FILE for name in NAMES}


def packed(content):
    return gzip.compress(content, mtime=0)


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    "Neither the cache nor the folder of whoever runs the tests, and no network."
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(data, "URL", "http://127.0.0.1:9/")  # nobody listens there


@pytest.fixture
def folder(tmp_path):
    "A folder with the four files, small: images gzipped, labels not."
    folder = tmp_path / "mnist"
    folder.mkdir()
    for name, content in CONTENT.items():
        if "images" in name:
            (folder / f"{name}.gz").write_bytes(packed(content))
        else:
            (folder / name).write_bytes(content)
    return folder


def everything(folder):
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()} if folder.exists() else {}


def test_images(folder):
    "A sequence of (784 floats, label), kept as bytes."
    images = mnist("train", folder)
    assert len(images) == N and images.pixels == PIXELS and images.labels == LABELS
    xs, label = images[3]
    assert xs == [p / 255 for p in PIXELS[3 * 784 : 4 * 784]] and label == 3 and type(label) is int
    assert images[-1] == images[N - 1] and list(images) == [images[i] for i in range(N)]
    for i in (N, -N - 1):
        with pytest.raises(IndexError):
            images[i]
    assert isinstance(images[2:7:2], Images) and list(images[2:7:2]) == [images[2], images[4], images[6]]
    assert len(images[5:5]) == 0 and list(images.take([4, -1, 4])) == [images[4], images[-1], images[4]]
    assert repr(images) == "<12 images of 28x28>"
    assert (GREY[0], GREY[255], len(GREY)) == (0.0, 1.0, 256)
    assert mnist("test", str(folder)).pixels == PIXELS


def test_images_refuse():
    with pytest.raises(ValueError, match="2 images, but 3 labels"):
        Images(bytes(2 * 784), bytes(3))
    with pytest.raises(ValueError, match="label 10 is none of 0 to 9"):
        Images(bytes(784), bytes([10]))
    assert len(Images(b"", b"")) == 0


def test_split_leaves_images_images(folder):
    train, test = split(mnist("train", folder), 0.75, random.Random(1))
    assert isinstance(train, Images) and isinstance(test, Images) and (len(train), len(test)) == (9, 3)
    assert sorted([*train, *test]) == sorted(mnist("train", folder))


def test_arrays(folder):
    np = pytest.importorskip("numpy")
    images = mnist("train", folder)
    inputs, labels = images.arrays()
    assert (inputs.dtype, inputs.shape, labels.dtype) == (np.float64, (N, 784), np.int64)
    assert [(xs, label) for xs, label in zip(inputs.tolist(), labels.tolist())] == list(images)  # the very same bits


@pytest.mark.parametrize("split", ["Train", "valid", None])
def test_the_split_is_train_or_test(split):
    with pytest.raises(ValueError, match="must be 'train' or 'test'"):
        mnist(split)


def test_where_it_looks(folder, tmp_path, monkeypatch):
    "path, else MNIST_DIR, else the cache; each one that is named, and no other."
    other = tmp_path / "other"
    other.mkdir()
    (other / "t10k-images-idx3-ubyte").write_bytes(struct.pack(">4I", 0x803, 1, 28, 28) + bytes(784))
    (other / "t10k-labels-idx1-ubyte.gz").write_bytes(packed(struct.pack(">2I", 0x801, 1) + bytes(1)))
    monkeypatch.setenv("MNIST_DIR", str(other))
    assert len(mnist("test")) == 1 and len(mnist("test", folder)) == N
    with pytest.raises(FileNotFoundError, match="neither train-images-idx3-ubyte nor"):
        mnist("train")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len(mnist("test", "~/other")) == 1
    monkeypatch.setenv("MNIST_DIR", "")  # as if it were not set
    with pytest.raises(FileNotFoundError, match="could not be downloaded"):
        mnist("test")


def test_packed_or_not_is_seen_in_the_file_not_in_its_name(folder):
    "Browsers unpack a .gz that they fetch, and keep the name."
    (folder / "train-images-idx3-ubyte.gz").write_bytes(IMAGE_FILE)
    (folder / "train-labels-idx1-ubyte").write_bytes(packed(LABEL_FILE))
    assert list(mnist("train", folder)) == list(Images(PIXELS, LABELS))


def images_of(n, rows=28, columns=28, pixels=b""):
    return struct.pack(">4I", 0x803, n, rows, columns) + pixels


DAMAGE = {  # which file, its content, what the error says
    "empty": ("images", b"", "it begins with "),
    "garbage": ("images", b"<html>not found</html>", "it begins with 3c68746d6c3e"),
    "the labels": ("images", LABEL_FILE, "no IDX file of 3 dimensions"),
    "the images": ("labels", IMAGE_FILE, "no IDX file of 1 dimensions"),
    "floats": ("images", struct.pack(">4I", 0xD03, N, 28, 28) + PIXELS, "it begins with 00000d03"),
    "16x16": ("images", images_of(1, 16, 16, bytes(256)), r"\(1, 16, 16\)"),
    "claims 3 TB": ("images", images_of(2**32 - 1), "268435456 bytes at most"),
    "claims 3 TB, packed": ("images", packed(images_of(2**32 - 1)), "268435456 bytes at most"),
    "one pixel short": ("images", IMAGE_FILE[:-1], "9408 bytes should follow its header, and there are 9407"),
    "one pixel more": ("images", IMAGE_FILE + b"\0", "and there are more"),
    "one pixel more, packed": ("images", packed(IMAGE_FILE + b"\0"), "and there are more"),
    "half a gzip": ("images", packed(IMAGE_FILE)[:5000], "ended before"),
    "gzip, then garbage": ("images", packed(IMAGE_FILE) + b"garbage", "Not a gzipped file"),
    "no gzip after all": ("images", b"\x1f\x8b" + bytes(100), "Unknown compression method"),
    "half a header": ("labels", LABEL_FILE[:6], "it begins with 000008010000,"),
    "one label more": ("labels", struct.pack(">2I", 0x801, N + 1) + bytes(N + 1), "12 images, but 13 labels"),
    "letters": ("labels", struct.pack(">2I", 0x801, N) + bytes(range(N)), "label 11 is none of 0 to 9"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage(what, folder):
    "A damaged file is a ValueError that names it, and says in which way."
    kind, content, says = DAMAGE[what]
    name = f"train-{kind}-idx{3 if kind == 'images' else 1}-ubyte"
    (folder / name).write_bytes(content)
    with pytest.raises(ValueError, match=says) as caught:
        mnist("train", folder)
    assert name in str(caught.value) and str(folder) in str(caught.value)


def test_every_truncation_and_flip(folder):
    "A gzipped file cut anywhere, or with a bit flipped: a ValueError, or the same numbers (a date in the header, say)."
    rng = random.Random(9)
    good = packed(LABEL_FILE)
    name = folder / "train-labels-idx1-ubyte"
    for cut in range(len(good)):
        name.write_bytes(good[:cut])
        with pytest.raises(ValueError, match="train-labels"):
            mnist("train", folder)
    refused = 0
    for bit in rng.sample(range(8 * len(good)), 200):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        name.write_bytes(flipped)
        try:
            assert mnist("train", folder).labels == LABELS
        except ValueError as error:
            assert "train-labels" in str(error)
            refused += 1
    assert refused > 100


def test_a_gzip_bomb_is_not_unpacked(folder):
    "A hundred kilobytes that would be a hundred megabytes: read no further than the header allows."
    name = folder / "train-labels-idx1-ubyte"
    name.write_bytes(gzip.compress(LABEL_FILE + bytes(100_000_000), 1))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="and there are more"):
            mnist("train", folder)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


# ---- MNIST, from elsewhere ------------------------------------------------------------------------------------------


@pytest.fixture
def published(tmp_path, monkeypatch):
    "As if our small files were the MNIST that is published; answers the folder that the server serves."
    files = {
        split: [(name, item, hashlib.sha256(CONTENT[name]).hexdigest()) for name, item, _ in files]
        for split, files in data.FILES.items()
    }
    server = tmp_path / "server"
    server.mkdir()
    for name, content in CONTENT.items():
        (server / f"{name}.gz").write_bytes(packed(content))
    monkeypatch.setattr(data, "FILES", files)
    monkeypatch.setattr(data, "URL", server.as_uri() + "/")
    return server


def cache(tmp_path):
    return tmp_path / "cache" / "micrograd_es" / "mnist"


def test_download(published, tmp_path):
    "Fetched once, kept as it came; the second time nobody asks the server."
    assert list(mnist("train")) == list(Images(PIXELS, LABELS))
    assert everything(cache(tmp_path)) == {f"{name}.gz": packed(CONTENT[name]) for name in NAMES if "train" in name}
    for file in published.iterdir():
        file.unlink()
    assert list(mnist("train")) == list(Images(PIXELS, LABELS))


def test_only_what_the_cache_lacks_is_downloaded(published, tmp_path):
    cache(tmp_path).mkdir(parents=True)
    (cache(tmp_path) / "t10k-images-idx3-ubyte").write_bytes(IMAGE_FILE)
    (published / "t10k-images-idx3-ubyte.gz").unlink()
    assert len(mnist("test")) == N


@pytest.mark.parametrize("other", [packed(IMAGE_FILE[:-1] + b"?"), IMAGE_FILE[:1000], b"<html>", b""])
def test_a_wrong_download_is_not_kept(other, published, tmp_path):
    "The right shape and another pixel, half a file, a page to log in, nothing: the error says so, the cache is empty."
    (published / "train-images-idx3-ubyte.gz").write_bytes(other)
    with pytest.raises(FileNotFoundError, match="could not be downloaded.*train-images-idx3-ubyte.gz"):
        mnist("train")
    assert everything(cache(tmp_path)) == {}


def test_the_cache_is_checked_at_each_reading(published, tmp_path):
    "A valid file of other numbers is no MNIST, and a broken one no file: both are named, with the remedy."
    mnist("train")
    for content in (packed(IMAGE_FILE[:-1] + b"?"), packed(IMAGE_FILE)[:-9]):
        (cache(tmp_path) / "train-images-idx3-ubyte.gz").write_bytes(content)
        with pytest.raises(
            ValueError, match="train-images-idx3-ubyte.gz: .*delete it, and it will be downloaded again"
        ):
            mnist("train")


def test_a_cache_that_cannot_be_written(published, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(FileNotFoundError, match="could not be downloaded .*cache"):
        mnist("train")


def test_no_network():
    "The error names the four files and where to put them."
    with pytest.raises(FileNotFoundError) as caught:
        mnist("train")
    text = str(caught.value)
    for word in (*NAMES, "could not be downloaded", "refused", "mnist(path=folder)", "MNIST_DIR", "micrograd_es/mnist"):
        assert word in text.replace(os.sep, "/"), word
    with pytest.raises(FileNotFoundError, match="t10k-labels-idx1-ubyte.gz"):
        mnist("train", "no such folder")


class Bad(http.server.BaseHTTPRequestHandler):
    "A server that says how much is to come, and stops half-way: it hangs up, or it is silent. Or it talks garbage."

    def do_GET(self):
        content = packed(IMAGE_FILE)
        if "garbage" in self.path:
            self.wfile.write(b"this is no HTTP\r\n\r\n")
            return
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[:3000])
        self.wfile.flush()
        if "silent" in self.path:
            self.server.done.wait(10)

    def log_message(self, *args):
        pass


@pytest.mark.parametrize("path", ["missing", "garbage", "hangs-up", "silent"])
def test_a_bad_server(path, published, tmp_path, monkeypatch):
    "We say so, soon, keep nothing, and leave nothing open: an HTTPError is an answer too, and holds a connection."
    refusals, made = [], HTTPError.__init__
    monkeypatch.setattr(HTTPError, "__init__", lambda error, *what: (refusals.append(error), made(error, *what))[1])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bad)
    server.done = threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        monkeypatch.setattr(data, "URL", f"http://127.0.0.1:{server.server_port}/{path}/")
        monkeypatch.setattr(data, "TIMEOUT", 0.3)
        begun = time.perf_counter()
        with pytest.raises(FileNotFoundError, match="could not be downloaded"):
            mnist("train")
        assert time.perf_counter() - begun < 5 and everything(cache(tmp_path)) == {}
        assert [(error.code, error.closed) for error in refusals] == ([(404, True)] if path == "missing" else [])
    finally:
        server.done.set()
        server.shutdown()
        server.server_close()
        thread.join()


# ---- MNIST itself ---------------------------------------------------------------------------------------------------

REAL = Path(os.environ.get("MNIST_DIR") or ROOT.parent / "shared" / "data" / "mnist")


@pytest.mark.skipif(not REAL.is_dir(), reason="MNIST is not here: set MNIST_DIR to a folder with its four files")
def test_the_real_mnist():
    "All 70,000, to the last bit: what is inside is what is published."
    for part, n, first, ones in (("train", 60_000, 5, 6742), ("test", 10_000, 7, 1135)):
        images = mnist(part, REAL)
        assert len(images) == n and images[0][1] == first and images.labels.count(1) == ones
        for (_, item, sha), content in zip(data.FILES[part], (images.pixels, images.labels)):
            header = struct.pack(f">{2 + len(item)}I", 0x801 + len(item), n, *item)
            assert hashlib.sha256(header + content).hexdigest() == sha
    assert sum(images.pixels) / len(images.pixels) / 255 == pytest.approx(0.1325, abs=1e-4)
    assert min(images[0][0]) == 0.0 and max(images[0][0]) == 1.0
