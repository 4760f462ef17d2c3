"Forward beside reverse: the same graph twice, each with its own number at every node."

import re

import pytest

from micrograd_es import Value, draw_modes, explain
from micrograd_es.text.symbols import plain
from tests.support.corpus import GRAPHS
from tests.support.equations import boxes, value
from tests.support.losses import slide


def test_tangents_and_gradients():
    "Of every node, in its box: what the worked solutions of both modes say; the root's tangent is the leaf's gradient."
    loss = slide()
    nodes, edges = boxes(draw_modes(loss, "w"))
    said = {line for fields in nodes.values() for line in fields}
    for mode, letter in (("forward", "d"), ("reverse", "∂")):
        worked = explain(loss, mode=mode, wrt="w")
        for _, sides in worked.lines(plain)[1]:
            assert f"{sides[0]} = {sides[-1]}" in said and sides[0].startswith(letter)
    assert {"dloss/dw = -2", "∂loss/∂w = -2", "dx/dw = 0", "∂loss/∂x = -2"} <= said
    assert "For 3 leaves forward mode takes 3 passes and 8 local gradients, reverse mode 1 pass and 5" in re.sub(
        r"\\n", " ", draw_modes(loss, "w").source
    )
    assert len(edges) == 2 * 5


@pytest.mark.parametrize("name", ["softmax", "slide"])
def test_every_product_on_an_edge_is_true(name):
    make = next((GRAPHS[key] for key in GRAPHS if name in key), None)
    root, leaf = (slide(), "w") if make is None else (make().root, make().leaves[0].label)
    for *_, label in boxes(draw_modes(root, leaf))[1]:
        if "×" in label:
            product, _, result = label.partition(" = ")
            a, b = (value(part.strip("() ")) for part in product.split("×"))
            assert a * b == pytest.approx(value(result), rel=2e-3, abs=1e-3)


def test_refused():
    with pytest.raises(ValueError, match="loss does not use 'q': nothing moves with it"):
        draw_modes(slide(), Value(1.0, label="q"))
    with pytest.raises(ValueError, match="too large to read"):
        draw_modes(Value.sum(*[Value(1.0, label=f"x{i}") for i in range(300)]), "x1")
