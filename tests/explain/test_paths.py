"Every route of a gradient: they add up to it, and there are as many as counted."

import math
import time

import pytest
from hypothesis import given, settings

from micrograd_es import paths, topological
from micrograd_es.engine import Value
from micrograd_es.explain.paths import count_paths
from tests.support.strategies import graphs

# ---- Any graph -------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(graphs(longest=8))
def test_sum_of_paths_is_the_gradient(graph):
    "On the scale of the largest path; and there are as many as were counted without walking them."
    leaves, root = graph
    root.backward()
    for x in {*leaves} & {*topological(root)}:
        if count_paths(root, x) > 300:
            continue
        found = paths(root, x)
        products = [path.product for path in found]
        assert len(products) == len(found) == count_paths(root, x)
        assert products == sorted(products, key=abs, reverse=True)
        assert math.isclose(found.total, x.grad, abs_tol=1e-12 * abs(products[0]))
        for path in found:
            nodes = [edge.child for edge in path.edges] + [x]
            assert nodes[0] is root and all(b in a.parents for a, b in zip(nodes, nodes[1:]))


def test_two_routes():
    "The stronger one first, each with its product in symbols and in numbers."
    x, y = Value(2.0, label="x"), Value(5.0, label="y")
    root = (x * y) * (x + 1)
    assert str(paths(root, x)).splitlines() == [
        "2 paths from root to x",
        "    root ← v₁ ← x:  v₂ · y = 3 · 5 = 15",
        "    root ← v₂ ← x:  v₁ · 1 = 10 · 1 = 10",
        "    their sum is ∂root/∂x = 25",
        "    factored: ∂root/∂x = (v₂ · y + v₁)",
    ]


def test_same_operand_twice():
    "a * a has two edges, so two paths of one look."
    a = Value(3.0, label="a")
    assert [path.product for path in paths(a * a, a)] == [3.0, 3.0]


def test_from_the_root_to_itself():
    "One path without an edge, and its product is 1."
    x = Value(3.0, label="x")
    assert [(path.edges, path.product) for path in paths(x, x)] == [([], 1.0)]


def test_too_many():
    "2**1000 paths are counted, not walked, and refused with their number."
    x = y = Value(1.0, label="x")
    for _ in range(1000):
        y = y + y
    begin = time.perf_counter()
    assert count_paths(y, x) == 2**1000
    with pytest.raises(ValueError, match="y has some 10\\^301 paths to x, more than 1,000"):
        paths(y, x)
    assert time.perf_counter() - begin < 1


def test_limit_and_no_path():
    "The limit is the caller's to raise; no path at all is an error that names the leaf."
    x, other = Value(1.0, label="x"), Value(1.0, label="other")
    y = x
    for _ in range(4):
        y = y * y
    with pytest.raises(ValueError, match="16 paths to x, more than 15"):
        paths(y, x, limit=15)
    assert paths(y, x, limit=16).total == 16
    with pytest.raises(ValueError, match="does not use 'other': there is no path"):
        paths(y, other)


# ---- The deck's network: two inputs, neurons 1 2 3, then 4 5, then 6 -------------------------------------------------


@pytest.fixture
def deck():
    "Lesson4's network by the names of its slide: y1 is the output of neuron 1, W14 the weight from 1 to 4."
    named = {"x1": Value(1.0), "x2": Value(-2.0)}

    def neuron(name, bias, **weights):
        inputs = [named[f"y{source}"] if source in "12345" else named[source] for source in weights]
        for source, w in weights.items():
            named[f"W{source}{name}"] = Value(w)
        named[f"e{name}"] = Value.sum(*[named[f"W{s}{name}"] * x for s, x in zip(weights, inputs)], Value(bias))
        named[f"y{name}"] = named[f"e{name}"].sigmoid()

    neuron(1, 0.1, x1=0.2, x2=0.3)
    neuron(2, -0.1, x1=-0.4, x2=0.5)
    neuron(3, 0.05, x1=0.1, x2=-0.2)
    neuron(4, 0.0, **{"1": 0.6, "2": -0.5, "3": 0.4})
    neuron(5, 0.2, **{"1": -0.3, "2": 0.8, "3": 0.7})
    neuron(6, 0.3, **{"4": 0.9, "5": -1.1})
    named["loss"] = (named["y6"] - 1) ** 2
    for name, v in named.items():
        v.label = name
    return named


OUTPUTS = [-0.941599596932, -0.211137338403, 0.258056746937, -0.0477065439823, 0.0716162873096, 0.0203315475123]
SUMS = [-0.23459704267, -0.0505465120999, 0.0579287890746, -0.0116622611985, 0.0106813151627, 0.00471707442142]


def test_deltas_of_the_deck(deck):
    "δ6, δ4, δ5, δ1, δ2, δ3: at the neurons' outputs as on one slide, and at their sums as on the other."
    assert (deck["y6"].data, deck["loss"].data) == pytest.approx((0.529200201534103, 0.221652450235529), rel=1e-14)
    found = dict(paths(deck["loss"], deck["Wx11"]).deltas()) | dict(paths(deck["loss"], deck["Wx12"]).deltas())
    found |= dict(paths(deck["loss"], deck["Wx13"]).deltas())
    assert [found[f"y{i}"] for i in (6, 4, 5, 1, 2, 3)] == pytest.approx(OUTPUTS, rel=1e-11)
    assert [found[f"e{i}"] for i in (6, 4, 5, 1, 2, 3)] == pytest.approx(SUMS, rel=1e-11)


def test_factored_as_on_the_slide(deck):
    "δ1 = δ · f6' · (W14·W46·f4' + W15·W56·f5'): what both routes share is written once."
    found = paths(deck["loss"], deck["y1"])
    assert found.factored() == (
        "(2 · v₁) · (y6 · (1 - y6)) · (W46 · (y4 · (1 - y4)) · W14 + W56 · (y5 · (1 - y5)) · W15)".replace(
            "v₁", found.names[deck["loss"].parents[0]]
        )
    )
    numbers = {name: v.data for name, v in deck.items()} | {"s": deck["y6"].data - 1}
    text = found.factored().replace(found.names[deck["loss"].parents[0]], "s").replace("·", "*")
    assert eval(text, numbers) == pytest.approx(OUTPUTS[3], rel=1e-11)
    assert len(found) == 2 and found.total == pytest.approx(OUTPUTS[3], rel=1e-11)
