"""The lecture's digits from scalars: the network, the command, the example, on digits that need no download."""

import base64
import importlib.util
import io
import json
import os
import random
import re
import signal
import struct
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from micrograd_es import Value, cli, data, load, nn
from tests.support import ROOT

np = pytest.importorskip("numpy")

from micrograd_es import train  # noqa: E402
from micrograd_es.train import boundary  # noqa: E402
from micrograd_es.train.pictures import ink, png, signed  # noqa: E402

HERE = os.environ | {"PYTHONPATH": str(ROOT)}  # a command that runs in another folder


def digits(known, unseen, noise=0.1):
    rng = random.Random(0)
    return [train.table(data.glyphs(n, rng, noise)) for n in (known, unseen)]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def folder(here):
    "MNIST in small: our glyphs, three times as large, in pictures of 28x28, in its own format."
    for split, n in (("train", 300), ("test", 100)):
        examples = data.glyphs(n, random.Random(n), noise=0.05)
        pixels = np.zeros((n, 28, 28), np.uint8)
        pixels[:, 2:26, 2:26] = (np.array([xs for xs, _ in examples]).reshape(n, 8, 8) * 255).repeat(3, 1).repeat(3, 2)
        (images, _, _), (labels, _, _) = data.FILES[split]
        (here / "mnist").mkdir(exist_ok=True)
        (here / "mnist" / images).write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, n, 28, 28) + pixels.tobytes())
        (here / "mnist" / labels).write_bytes(struct.pack(">4BI", 0, 0, 8, 1, n) + bytes(y for _, y in examples))
    return here / "mnist"


@pytest.mark.parametrize("cost, mark", [("cross-entropy", 0.9), ("quadratic", 0.8)])
def test_it_learns(cost, mark):
    "And its program has matrices in it."
    random.seed(0)
    known, unseen = digits(500, 200)
    network = train.network(20, cost, inputs=64)
    history = train.run(network, known, unseen, train.RATE[cost], epochs=40)
    assert len(history.accuracies) == len(history) == 40 and max(history.accuracies) >= mark
    assert "a matrix product (20 x 64) @ (64 x 1) for every sample" in network.r.explain()
    assert (
        history.accuracies[-1] == train.accuracy(network.r, unseen) == 1 - len(train.mistakes(network.r, unseen)) / 200
    )


@pytest.mark.parametrize("cost", train.RATE)
def test_the_cost_is_the_lectures(cost):
    "What the graph computes is the sum of bce(σ(z), y), and ½ Σ (a - y)², in NumPy's own words."
    random.seed(1)
    r, y = train.network(5, cost, inputs=4).r, np.eye(10)[[3]]
    row = np.hstack([np.full((1, 4), 0.3), y])
    a = 1 / (1 + np.exp(-r.predict(row)))
    expected = -(y * np.log(a) + (1 - y) * np.log(1 - a)) if cost == "cross-entropy" else (a - y) ** 2 / 2
    assert r.loss_and_gradients(row)[0] == pytest.approx(expected.sum(), rel=1e-12)


def test_another_cost():
    with pytest.raises(ValueError, match="'hinge', and must be one of cross-entropy, quadratic"):
        train.network(5, "hinge", inputs=4)


def test_mistakes_are_what_was_read_wrongly():
    "The surest first: the lead of the wrong digit falls."
    random.seed(0)
    _, unseen = digits(1, 50)
    r = train.network(5, inputs=64).r
    found, scores = train.mistakes(r, unseen), r.predict(unseen)
    assert {i for i, _, _ in found} == {i for i in range(50) if scores[i].argmax() != unseen[i, -10:].argmax()}
    leads = [scores[i, read] - scores[i, label] for i, label, read in found]
    assert leads == sorted(leads, reverse=True) and leads[-1] > 0
    assert all(unseen[i, 64 + label] == 1 for i, label, _ in found)


# ---- Pictures --------------------------------------------------------------------------------------------------------


def test_colours():
    "Paper is white and ink black; the largest weight has the full colour, of its sign; zero is white; all zero too."
    assert ink(np.array([[0.0, 1.0]])).tolist() == [[[255] * 3, [0] * 3]]
    ((blue, white, brown),) = signed(np.array([[0.5, 0.0, -0.25]])).tolist()
    assert white == [255] * 3 and blue == [33, 90, 160] and brown[0] > brown[2]
    assert (signed(np.zeros((2, 2))) == 255).all()
    assert (signed(np.array([[0.5, 8.0]]), largest=1.0)[0, 1] == [33, 90, 160]).all()


def test_png():
    "Any reader sees the same pixels."
    image = pytest.importorskip("matplotlib.image")
    from io import BytesIO

    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    read = np.round(image.imread(BytesIO(png(pixels, scale=2))) * 255)
    assert (read[::2, ::2, :3] == pixels).all() and read.shape[:2] == (10, 14)


def test_pictures_are_well_formed():
    "Captions of any kind; an empty set is an empty picture."
    tile = ink(np.zeros((2, 2)))
    pictures = train.Pictures([(tile, "a < b & c")] * 13, columns=5)
    tree = ElementTree.fromstring(pictures.svg)
    assert [e.text for e in tree.iter() if e.text and "<" in e.text] == ["a < b & c"] * 13
    assert int(tree.get("width")) < 600 and "<img" in pictures._repr_html_() and repr(pictures) == "13 pictures"
    ElementTree.fromstring(train.Pictures([]).svg)


# ---- The command, and the example ------------------------------------------------------------------------------------


def mistake(capsys, *argv):
    with pytest.raises(SystemExit) as stop:
        cli.main(["train", *argv])
    out, err = capsys.readouterr()
    assert stop.value.code == 2 and out == ""
    assert err.splitlines()[-1].startswith("micrograd-es train: ")
    return err.splitlines()[-1]


def test_the_command(folder, here, capsys):
    "Progress on stderr, one line of result on stdout, four pictures, and weights that can be loaded."
    argv = "train mnist --data mnist --hidden 8 --epochs 2 --out run --save run.json".split()
    assert cli.main(argv) == 0
    out, err = capsys.readouterr()
    assert out.startswith("784-8-10, cross-entropy, η = 0.5, seed 0: ") and out.count("\n") == 1
    assert "of 100 new digits are read correctly (best epoch: " in out and err.count("examples/s") == 2
    for name in ("weights", "learned", "mistakes", "curve"):
        svg = (here / f"run-{name}.svg").read_text("utf-8")
        ElementTree.fromstring(svg)
        assert ("neuron 8<" in svg) == (name in ("weights", "learned")) and f"wrote run-{name}.svg" in err
    load(nn.MLP(784, [8, 10], act="sigmoid"), here / "run.json")
    assert json.loads((here / "run.json").read_text("utf-8"))
    assert cli.main(argv) == 0 and capsys.readouterr().out == out  # the same seed, the same digits


def test_the_command_on_glyphs(here, capsys):
    "No download; and the lecture's number stands only beside the lecture's network and data."
    assert cli.main(["train", "glyphs", "--epochs", "2", "--cost", "quadratic"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("64-30-10, quadratic, η = 3, seed 0: ") and "lecture" not in out
    assert (here / "glyphs-mistakes.svg").exists()


@pytest.mark.parametrize("presses, kept", [(1, True), (2, False)])
def test_ctrl_c(presses, kept, here):
    "One: a sentence, the weights of a whole step, the pictures, 130. Two, while a step lasts: it ends there and then."
    program = f"""
import signal, sys
from micrograd_es import cli
from micrograd_es.replay.run import Replay
step = Replay.step
def pressed(self, batch, optimizer):
    if optimizer.steps == 25:  # of ten in an epoch
        for _ in range({presses}):
            signal.raise_signal(signal.SIGINT)
    return step(self, batch, optimizer)
Replay.step = pressed
sys.exit(cli.main("train glyphs --epochs 1000 --batch 100 --hidden 5 --save w.json".split()))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=here, capture_output=True, text=True, env=HERE)
    assert done.returncode == 130 and done.stdout == "" and "Traceback" not in done.stderr, done.stderr
    assert done.stderr.count("examples/s") == 2
    names = {f"glyphs-{name}.svg" for name in ("weights", "learned", "mistakes", "curve")}
    assert {path.name for path in here.iterdir()} == (names | {"w.json"} if kept else set())
    if kept:
        assert "stopped by Ctrl-C after 2 of 1,000 epochs: the weights are those of the last step\n" in done.stderr
        load(nn.MLP(64, [5, 10], act="sigmoid"), here / "w.json")
    else:
        assert done.stderr.endswith("\nstopped\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a console, not to a process")
def test_ctrl_c_from_outside(here):
    "The signal itself, at whatever moment: in the middle of NumPy's work, or between two lines."
    argv = [sys.executable, "-m", "micrograd_es", *"train glyphs --epochs 100000 --batch 50 --save w.json".split()]
    with subprocess.Popen(
        argv, cwd=here, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=HERE
    ) as process:
        lines = []
        for line in process.stderr:
            lines.append(line)
            if line.startswith("epoch 2/"):
                process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130 and process.stdout.read() == ""
    (stopped,) = [line for line in lines if "stopped" in line]
    assert re.match(r"stopped by Ctrl-C after \d+ of 100,000 epochs", stopped) and "wrote w.json\n" in lines
    load(nn.MLP(64, [30, 10], act="sigmoid"), here / "w.json")


# ---- The decision boundary -------------------------------------------------------------------------------------------


def pixels_and_marks(svg):
    "The classes of the plane, as colours from top to bottom, and what stands in it."
    image = pytest.importorskip("matplotlib.image")
    tree = ElementTree.fromstring(svg.svg)
    (plane,) = [e for e in tree.iter() if e.tag.endswith("image")]
    data = base64.b64decode(next(text for name, text in plane.attrib.items() if name == "href").partition(",")[2])
    return image.imread(io.BytesIO(data))[1::3, 1::3, :3], [e for e in tree.iter() if e.get("fill", "none") in COLOURS]


COLOURS = {f"#{colour}" for colour in boundary.COLOURS}


@pytest.mark.parametrize("model, border", [(lambda x: x[0] - 0.25, 0), (lambda x: [0.25 * Value(1), x[0]], 0),
                                           (lambda x: (4 * x[0] - 1).sigmoid(), 0.5)])  # fmt: skip
def test_the_boundary_is_where_the_classes_meet(model, border):
    "x = 0.25, whether one score says so, two of them, or a probability; every sample stands where it is."
    samples = [((-1.0, 0.0), 0), ((0.2, 1.0), 0), ((0.3, 1.0), 1), ((1.0, 0.0), 1), ((0.0, 0.5), 1)]
    picture = train.decision_boundary(model, samples, border)
    assert repr(picture) == "decision boundary: 4 of 5 samples on their side" and "<img" in picture._repr_html_()
    plane, marks = pixels_and_marks(picture)
    left = (plane == plane[0, 0]).all(2)
    where = -1.24 + 2.48 * left.mean()  # the plane reaches 12 % beyond the samples
    assert where == pytest.approx(0.25, abs=2.48 / boundary.GRID) and (left == left[0]).all()
    assert len(marks) == 5 and len({mark.get("d") for mark in marks}) == 2
    assert plane[0, 0, 2] > plane[0, 0, 0] and plane[0, -1, 2] < plane[0, -1, 0]  # bluish, brownish


def test_a_boundary_is_the_right_way_up():
    "What lies above in the plane lies above in the picture; labels of -1 and 1 are two classes too."
    plane, marks = pixels_and_marks(train.decision_boundary(lambda x: x[1], [((0, -1), -1), ((0, 1), 1)]))
    assert plane[0, 0, 2] < plane[0, 0, 0] and plane[-1, 0, 2] > plane[-1, 0, 0]
    heights = [float(mark.get("transform").split()[1].rstrip(")")) for mark in marks]
    assert heights[0] > heights[1]


@pytest.mark.parametrize("samples", [[], [((1.0,), 0)], [((1.0, float("nan")), 0)], [((1, 2, 3), 0)]])
def test_no_plane(samples):
    with pytest.raises(ValueError, match="a sample is .* two finite inputs"):
        train.decision_boundary(lambda x: x[0], samples)


@pytest.mark.parametrize(
    "argv, message",
    [
        ("moon", "invalid choice: 'moon'"),
        ("glyphs --epochs 0", "'0' is no whole number from 1 up"),
        ("glyphs --batch -3", "'-3' is no whole number from 1 up"),
        ("glyphs --data here", "--data here: glyphs are made on the spot"),
        ("glyphs --out nowhere/x", "nowhere/x: there is no folder nowhere"),
        ("glyphs --save nowhere/x.json", "nowhere/x.json: there is no folder nowhere"),
        ("mnist --data nowhere", "MNIST: neither train-images-idx3-ubyte nor"),
        ("glyphs --epochs 2 --rate nan", "the loss is nan in epoch 1: try a smaller learning rate"),
    ],
)
def test_a_mistake_is_one_line(argv, message, here, capsys):
    assert message in mistake(capsys, *argv.split())
    assert list(here.iterdir()) == []


def test_the_example(folder, capsys, monkeypatch):
    "It prints the program, whose matrix products nobody wrote, and the accuracy."
    monkeypatch.setenv("MNIST_DIR", str(folder))
    monkeypatch.setattr("sys.argv", ["mnist.py", "--hidden", "8", "--epochs", "1", "--cost", "quadratic"])
    spec = importlib.util.spec_from_file_location("example_mnist", ROOT / "examples" / "mnist.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main()
    out = capsys.readouterr().out
    assert "a matrix product (8 x 784) @ (784 x 1)" in out and "y0[:] = w0 @ x0" in out and "best epoch: " in out
