"""Weights in a safetensors file: bit for bit out and in, readable by others, and never half loaded."""

import math
import random
import struct

import pytest

from micrograd_es import Value, nn

np = pytest.importorskip("numpy")
pytest.importorskip("safetensors", reason="safetensors is not installed: pip install micrograd-es[safetensors]")
from safetensors.numpy import load_file, save_file  # noqa: E402

from micrograd_es.export import load_safetensors, save_safetensors  # noqa: E402


class Net(nn.Module):
    "Of everything: layers, convolutions, buffers, a lone Value, a ragged list."

    def __init__(self):
        self.mlp, self.conv, self.norm = nn.MLP(3, [4, 1]), nn.Conv2d(2, 3, 2), nn.BatchNorm(3)
        self.embedding, self.gain, self.ragged = (
            nn.Embedding(4, 2),
            Value(0.1),
            [[Value(1.0)], [Value(2.0), Value(3.0)]],
        )
        self.nothing, self.act = [], "tanh"


def bits(module):
    numbers = [p.data for p in module.parameters()] + [x for _, xs in module.named_buffers() for x in xs]
    return struct.pack(f"{len(numbers)}d", *numbers)


def test_round_trip(tmp_path):
    "Every bit, into another module of the same shape; inf, nan and -0 too."
    random.seed(1)
    ours, theirs = Net(), Net()
    for p, x in zip(ours.parameters(), [math.inf, math.nan, -0.0, 5e-324], strict=False):
        p.data = x
    ours.norm.running_mean[1] = 0.25
    save_safetensors(ours, tmp_path / "net.safetensors")
    load_safetensors(theirs, tmp_path / "net.safetensors")
    assert bits(ours) == bits(theirs)


def test_names_and_shapes(tmp_path):
    "The names of save(), without the numbers that have become axes."
    save_safetensors(Net(), tmp_path / "net.safetensors")
    shapes = {name: a.shape for name, a in load_file(tmp_path / "net.safetensors").items()}
    assert shapes == {
        "mlp.layers.0.neurons.w": (4, 3), "mlp.layers.0.neurons.b": (4,), "mlp.layers.1.neurons.w": (1, 4),
        "mlp.layers.1.neurons.b": (1,), "conv.w": (3, 2, 2, 2), "conv.b": (3,), "norm.gamma": (3,), "norm.beta": (3,),
        "norm.running_mean": (3,), "norm.running_variance": (3,), "embedding.vectors": (4, 2), "gain": (),
        "ragged.0": (1,), "ragged.1": (2,),
    }  # fmt: skip
    assert {name for name, _ in nn.Neuron(2).named_parameters()} == {"w.0", "w.1", "b"}


def test_every_parameter_is_in_it(tmp_path):
    "Whatever nn has: as many numbers in the file as parameters and buffers."
    for module in (
        nn.MLP(3, [2, 2]),
        nn.RNN(2, 3, 1),
        nn.Conv1d(1, 2, 3),
        nn.BatchNorm(2),
        nn.Embedding(3, 2),
        nn.Neuron(2),
    ):
        save_safetensors(module, tmp_path / "x")
        count = len(module.parameters()) + sum(len(xs) for _, xs in module.named_buffers())
        assert sum(a.size for a in load_file(tmp_path / "x").values()) == count


def test_others_write_it(tmp_path):
    "float32 from elsewhere is welcome."
    arrays = {"neurons.w": np.ones((2, 3), np.float32), "neurons.b": np.array([0.5, 0.25], np.float32)}
    save_file(arrays, tmp_path / "layer.safetensors")
    layer = nn.Layer(3, 2)
    load_safetensors(layer, tmp_path / "layer.safetensors")
    assert [n.b.data for n in layer.neurons] == [0.5, 0.25] and {w.data for n in layer.neurons for w in n.w} == {1.0}


def test_another_model_changes_nothing(tmp_path):
    "Missing, strange, of another shape, tied but different, cut short, no such file at all."
    path, layer = tmp_path / "x.safetensors", nn.Layer(3, 2)
    before = bits(layer)
    w, b = np.ones((2, 3)), np.ones(2)
    for arrays, message in (
        ({"neurons.w": w}, r"it lacks \['neurons.b'\]"),
        ({"neurons.w": w, "neurons.b": b, "c": b}, r"has \['c'\] besides"),
        ({"neurons.w": w.T.copy(), "neurons.b": b}, r"neurons.w has the shape \(3, 2\), and here \(2, 3\)"),
    ):
        save_file(arrays, path)
        with pytest.raises(ValueError, match=message):
            load_safetensors(layer, path)
    data = path.read_bytes()
    for damaged in (data[:-8], data[:20], b"", b"{}" * 40):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="no safetensors file, or a damaged one"):
            load_safetensors(layer, path)
    with pytest.raises(FileNotFoundError):
        load_safetensors(layer, tmp_path / "nowhere")
    assert bits(layer) == before
    tied = nn.Layer(1, 2)
    tied.neurons[1].b = tied.neurons[0].b
    save_file({"neurons.w": np.ones((2, 1)), "neurons.b": np.array([1.0, 2.0])}, path)
    with pytest.raises(ValueError, match="one Value that is elsewhere too"):
        load_safetensors(tied, path)
