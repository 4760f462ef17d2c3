"""What a training leaves: a list of losses that draws itself, however it ended."""

import copy
import math
import os
import pickle
import random
import re
import signal
import threading
from base64 import b64decode
from xml.etree import ElementTree

import pytest

from micrograd_es import Value, optim
from micrograd_es.optim import SGD, History, fit
from micrograd_es.system import charts
from tests.support import ROOT


def quadratic(ws):
    return lambda few: sum(w * w for w in ws)


def trained(optimizer=SGD, **options):
    ws = [Value(1.0), Value(2.0), Value(3.0)]
    return ws, fit(quadratic(ws), [0] * 4, optimizer(ws, 0.1), **options)


# ---- A list ----------------------------------------------------------------------------------------------------------


def test_it_is_the_list_of_losses():
    "What was written for a list goes on: to compare, cut, sum, copy and store it."
    _, history = trained(epochs=5)
    assert type(history) is History and history == history.losses == [*history] and history[0] == 14
    assert repr(history) == repr(history.losses) and history.accuracies == [] and not history.interrupted
    for other in (copy.copy(history), copy.deepcopy(history), pickle.loads(pickle.dumps(history))):
        assert other == history and vars(other) == vars(history)


def test_accuracies():
    "One after every epoch, as accuracy() said; beside the loss in text and picture."
    shares = iter([0.5, 0.75, 0.875])
    _, history = trained(epochs=3, accuracy=lambda: next(shares))
    assert history.accuracies == [0.5, 0.75, 0.875] and "accuracy, %" in str(history).splitlines()[0]
    assert "accuracy, %: 50 to 87.5" in history.picture().svg


def test_a_loop_of_ones_own():
    "History(losses) draws what a student noted down; a Value among them is the slip that its own error explains."
    assert "loss" in str(History([3.0, 2, 1]))
    with pytest.raises(TypeError, match="cut the graph"):
        History([Value(1.0)])


# ---- Pictures --------------------------------------------------------------------------------------------------------

CURVES = {
    "none": [],
    "one": [0.5],
    "level": [2.0] * 3,
    "falling": [math.exp(-i / 9) for i in range(30)],
    "decades": [10.0**-i for i in range(9)],
    "long": [random.Random(i).random() for i in range(5000)],
    "negative": [-1.0, -2.5, -1e3],
    "gaps": [math.nan, 3.0, math.inf, 1.0, -math.inf],
    "huge": [1e308, -1e308, 0.0],
    "tiny": [5e-324, 0.0],
    "near": [0.1 + 0.2, 0.3],
    "whole range": [5e-324, 1e308],
}


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_can_be_shown(name):
    "A repr never raises: well-formed, in an <img>, no number that is none, all that is drawn within its frame."
    history = History(CURVES[name], [0.5] * len(CURVES[name]))
    bundle = history._repr_mimebundle_()
    assert bundle["text/plain"] == str(history) and str(history).isascii()
    svg = b64decode(
        re.fullmatch(r'<img alt="[^"<>]*" style="[^"]*" src="data:image/svg\+xml;base64,(.*)">', bundle["text/html"])[1]
    )
    tree = ElementTree.fromstring(svg)
    assert b"script" not in svg and len(svg) < 40_000
    for line in (e for e in tree.iter() if e.tag.endswith("polyline")):
        for x, y in (map(float, place.split(",")) for place in line.get("points").split()):
            assert 0 <= x % charts.WIDE <= charts.WIDE - charts.RIGHT
            assert charts.TOP <= y <= charts.HIGH - charts.BOTTOM


@pytest.mark.parametrize("name", [name for name, losses in CURVES.items() if len(losses) > 1])
def test_the_text_shows_the_curve(name):
    "A mark in every column that the numbers span; the lowest line and the highest are reached; 80 columns suffice."
    losses = CURVES[name]
    rows = str(History(losses)).splitlines()[1:-2]
    columns = [any(row[row.index("|") + 1 :].ljust(26)[i] == "*" for row in rows) for i in range(26)]
    found = [i for i, x in enumerate(losses) if math.isfinite(x)]
    if name not in ("level", "tiny"):  # between the two of tiny there is no number
        assert "*" in rows[0] and "*" in rows[-1]
    first, last = (round(i / (len(losses) - 1) * 25) for i in (found[0], found[-1]))
    assert columns == [first <= i <= last for i in range(26)]
    assert max(map(len, str(History(losses, losses)).splitlines())) <= 80


def test_the_scale():
    "Logarithmic where the numbers fall by a factor of a hundred; round numbers on it, five at most, inside the frame."
    for losses in CURVES.values():
        scale = charts.Scale(losses)
        positive = bool(losses) and all(0 < x < math.inf for x in losses)
        assert scale.log == (positive and max(losses) >= 100 * min(losses) * (1 - 1e-12))
        assert 1 <= len(scale.ticks) <= 7
        assert all(-1e-9 <= scale(tick) <= 1 + 1e-9 for tick in scale.ticks)
    assert charts.Scale([0.0, 1.0]).ticks == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert charts.Scale([1, 30], whole=True).ticks == [10, 20, 30]
    assert charts.Scale([1, 3], whole=True).ticks == [1, 2, 3]
    assert charts.Scale([1e-3, 10.0]).ticks == pytest.approx([1e-3, 1e-2, 0.1, 1, 10])


def test_colours_can_be_read():
    "WCAG asks for 4.5 : 1 between letters and what is under them, which the picture brings along."

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        return sum(
            k * (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4)
            for k, x in zip((0.2126, 0.7152, 0.0722), parts)
        )

    for colour in (charts.INK, charts.QUIET, charts.BLUE):
        assert (light(charts.PAPER) + 0.05) / (light(colour) + 0.05) >= 4.5
    assert f'<rect width="100%" height="100%" fill="{charts.PAPER}"/>' in History([1.0]).picture().svg


def test_save(tmp_path):
    history = History([2.0, 1.0])
    assert history.save(tmp_path / "curve.svg").read_text("utf-8") == history.picture().svg


# ---- Ctrl-C ----------------------------------------------------------------------------------------------------------


class Pressed(optim.Optimizer):
    "Somebody presses Ctrl-C in the middle of the 6th step, when one parameter has moved and two have not."

    presses = 1

    def direction(self, i, gradient, w):
        if self.steps == 5 and i == 1:
            for _ in range(self.presses):
                signal.raise_signal(signal.SIGINT)
        return gradient


def test_ctrl_c_ends_at_a_whole_step(capsys):
    "All parameters have moved six times, the curve has the whole epochs, and a sentence says so."
    ws, history = trained(Pressed, epochs=100, batch=1)
    assert [w.data for w in ws] == pytest.approx([x * 0.8**6 for x in (1, 2, 3)], rel=1e-14)
    assert history.interrupted and len(history) == 1
    said = "stopped by Ctrl-C after 1 of 100 epochs: the weights are those of the last step\n"
    assert capsys.readouterr() == ("", said) and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_epoch_that_was_whole_counts(capsys):
    "Ctrl-C in its last step: its loss and its accuracy are in the History."
    _, history = trained(Pressed, epochs=100, batch=2, accuracy=lambda: 0.5)
    assert len(history) == len(history.accuracies) == 3 and history.interrupted


def test_a_second_ctrl_c_is_let_through(monkeypatch):
    "For a step that takes an hour; Ctrl-C is then again what it was."
    monkeypatch.setattr(Pressed, "presses", 2)
    with pytest.raises(KeyboardInterrupt):
        trained(Pressed, epochs=100, batch=1)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_elsewhere():
    "Where it is ignored it stays so, and in another thread, which hears no signals, a training runs as ever."
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert not trained(Pressed, epochs=3, batch=1)[1].interrupted
    finally:
        signal.signal(signal.SIGINT, before)
    histories = []
    thread = threading.Thread(target=lambda: histories.append(trained(epochs=3)[1]))
    thread.start()
    thread.join()
    assert len(histories[0]) == 3


def test_a_loss_that_explodes_leaves_ctrl_c_as_it_was():
    with pytest.raises(FloatingPointError):
        trained(lambda ws, _: SGD(ws, math.inf), epochs=9)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_in_a_notebook():
    "A real kernel, interrupted as by its stop button: the cell ends well, and its last line is the curve."
    pytest.importorskip("ipykernel")
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", env=os.environ | {"PYTHONPATH": str(ROOT)})
    said, shown = [], []
    cell = """
from micrograd_es import Value, optim
w = Value(1.0)
history = optim.fit(lambda few: (w - 3) ** 2, [0], optim.SGD([w], 1e-6), 10**8, accuracy=lambda: print(end=".") or 0.5)
print(history.interrupted, len(history) > 1)
history
"""

    def hook(message):
        if message["msg_type"] == "stream" and not said:
            manager.interrupt_kernel()
        if message["msg_type"] == "stream":
            said.append(message["content"]["text"])
        if message["msg_type"] == "execute_result":
            shown.append(message["content"]["data"])

    try:
        reply = client.execute_interactive(cell, output_hook=hook, timeout=20)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert reply["content"]["status"] == "ok", reply["content"]
    told = "".join(said)
    assert "stopped by Ctrl-C after" in told and told.rstrip().endswith("True True")
    assert shown[0]["text/html"].startswith('<img alt="loss: 4 to ')
