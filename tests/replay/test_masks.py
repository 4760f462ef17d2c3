"""Attention in a replay: grids with gaps, reductions of any number, and what the program looks like then."""

import importlib.util
import random
import re

import pytest

from micrograd_es import Value, softmax
from micrograd_es.nn.functional import largest
from micrograd_es.replay import replay
from micrograd_es.replay.plan.stacks import neutral
from tests.support import ROOT
from tests.support.networks import masked, sums_of_products
from tests.support.replays import agree

np = pytest.importorskip("numpy")


def gpt(block, heads=2):
    "The graph of the example, of this context."
    spec = importlib.util.spec_from_file_location("example_gpt", ROOT / "examples" / "gpt.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    random.seed(0)
    return module.Graph(module.GPT(symbols=5, block=block, size=4, heads=heads), symbols=5, block=block)


def test_masks_of_any_kind(uncompiled):
    "Heads, sequences of different lengths, causal masks and others: as the eager engine, and float32 to seven digits."
    filled = 0
    for seed in range(150):
        loss, inputs, parameters = masked(random.Random(seed))
        batch = np.random.default_rng(seed).normal(size=(1 + seed % 3 * 4, len(inputs)))
        r = agree(loss, inputs, parameters, batch, uncompiled)
        filled += any(g.fill is not None for g in r.plan.groups)
        if uncompiled == "numpy" and seed % 5 == 0:
            single = replay(loss, inputs, parameters, dtype=np.float32).loss_and_gradients(batch)
            for few, all_ in zip(single, r.loss_and_gradients(batch), strict=True):
                np.testing.assert_allclose(few, all_, rtol=2e-4, atol=2e-4 * np.abs(all_).max())
    assert filled > 4  # or nothing of this was seen


def test_sums_of_products(uncompiled):
    "Grids, parts of grids, and none: the same numbers, whatever was recognised."
    for seed in range(400):
        loss, inputs, parameters = sums_of_products(random.Random(seed))
        batch = np.random.default_rng(seed).normal(size=(1 + seed % 3 * 2, len(inputs)))
        agree(loss, inputs, parameters, batch, uncompiled)


def test_the_statements_do_not_grow_with_the_context():
    "A group for every position was what made a GPT slow, and its compiling endless."
    programs = [gpt(block).replay() for block in (3, 6, 12)]
    assert len({len(r.plan.groups) for r in programs}) == 1
    assert len({len(re.findall(r"\n", r.source)) for r in programs}) == 1


def test_attention_reads_as_attention():
    "Scores of all heads at once, -inf where nobody looks, a softmax, and the values weighted: no index but the mask's."
    r = gpt(6).replay()
    assert "    2 matrix products (6 x 2) @ (2 x 6), 30 of their 72 numbers masked\n" in r.explain()
    assert "    2 matrix products (2 x 6) @ (6 x 6)\n" in r.explain()
    forward, backward = r.source[r.source.index("def forward") :].split("def backward")
    lines = [line.strip() for line in forward.splitlines() if not line.strip().startswith("#")]
    start = next(i for i, line in enumerate(lines) if "np.einsum('ckib,ckjb->cijb'" in line)
    scores, mask, scaled, top, shifted, powers, total, shares, heads = lines[start : start + 9]
    assert re.fullmatch(r"lanes\[i\d\] = -np.inf  # in the gaps", mask) and forward.count("[i") == 1
    assert ".max(0)" in top and "np.exp(" in powers and ".sum(0)" in total and " / " in shares and "einsum" in heads
    assert backward.count("[i") == 1 and ".add(" not in backward


def test_what_changes_nothing():
    "Asked of the row itself: also of a student's own. What is no reduction has no such number."
    from functools import reduce

    from micrograd_es.engine import function

    rows = [Value.sum, Value.maximum, Value.minimum, Value.logsumexp, largest]
    assert [neutral(row.op) for row in rows] == [0, -np.inf, np.inf, -np.inf, -np.inf]
    squares = function(
        "Σ²", lambda m, *xs: reduce(lambda a, b: a + b, [x * x for x in xs]), lambda m, y, *xs: [2 * x for x in xs]
    )
    average = function("mean", lambda m, *xs: sum(xs) / len(xs), lambda m, y, *xs: (1 / len(xs),) * len(xs))
    assert neutral(squares.op) == 0 and neutral(average.op) is None
    w, inputs = Value(0.5), [Value(0.0) for _ in range(12)]
    made = [row(*[x * w for x in inputs[i:]]) for i in range(9) for row in (squares, average)]
    r = agree(Value.sum(*made), inputs, [w], np.random.default_rng(0).normal(size=(3, 12)))
    assert sum(g.stacked for g in r.plan.groups) == 1


def test_a_mask_hides_what_is_wild():
    "What nobody looks at may be as large as it likes: exp of it would be inf, its gradient nan."
    x, w = [Value(0.0) for _ in range(4)], [Value(0.5) for _ in range(4)]
    q = [a * b for a, b in zip(x, w, strict=True)]
    shares = [softmax([q[t] * x[u] + q[u] * w[t] for u in range(t + 1)]) for t in range(4)]
    loss = Value.sum(*[a * b for few in shares for a, b in zip(few, q)])
    agree(loss, x, w, np.array([[1.0, 2.0, 30.0, 1000.0], [-1000.0, 3.0, 800.0, 1.0]]))
