"Jacobians, Hessians and their products: against mpmath, finite differences, each other; and as Values."

import copy
import math
from random import Random

import pytest

from micrograd_es import Value, check, derivative, draw, explain, gradient, hessian, hvp, jacobian, jvp, nn, vjp
from micrograd_es.engine import topological
from micrograd_es.graph import Graph
from tests.support.graphs import method, random_graph, table
from tests.support.histories import history
from tests.support.truth import Truth, Unchecked, units

NOISE = 6  # units, as for the engine
MODES = "forward", "reverse"


def outputs_of(graph, rng):
    "The root, and two nodes under it that are no leaves, if there are so many."
    inner = [v for v in topological(graph.root)[:-1] if v.parents]
    return [graph.root, *rng.sample(inner, min(2, len(inner)))]


def close(a, b, size=0.0):
    return a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12 * size) or (a != a and b != b)


# ---- Right -----------------------------------------------------------------------------------------------------------


def test_jacobians_and_hessians_against_mpmath():
    "In either mode, on random graphs of every row: as right as the noise of floats lets them be."
    checked, seen = 0, set()
    for seed in range(60):
        rng = Random(seed)
        graph = random_graph(rng, size=12)
        ys, leaves = [y for y in outputs_of(graph, rng)], graph.leaves
        for mode in MODES:
            for y, row in zip(ys, jacobian(ys, leaves, mode)):
                try:
                    truth = Truth(y, leaves)
                    for d, exact, noise in zip(row, truth.gradient, truth.gradient_noise):
                        assert units(d.data, exact, noise + Truth(d, leaves, truth).noise) <= NOISE, (seed, mode)
                        checked += 1
                    seen |= {v.op.forward for v in topological(y)}
                except Unchecked:
                    pass
        try:
            truth = Truth(graph.root, leaves)
            slopes = [Truth(slope, leaves, truth) for slope in gradient(graph.root, *leaves)]
            for row, exact, slope in zip(hessian(graph.root, leaves), truth.hessian, slopes):
                for d, curve, noise in zip(row, exact, slope.gradient_noise):
                    assert units(d.data, curve, noise + Truth(d, leaves, slope).noise) <= NOISE, seed
                    checked += 1
        except Unchecked:
            pass
    assert checked > 500 and seen >= {op.forward for op in table().values()}


def test_jacobians_against_finite_differences():
    "The student's referee, with whom every row of either mode agrees."
    for seed in range(40):
        rng = Random(seed)
        graph = random_graph(rng, size=10)
        ys = outputs_of(graph, rng)
        leaves = [x for x in graph.leaves if all(x in topological(y) for y in ys)]
        for mode in MODES:
            for y, row in zip(ys, jacobian(ys, leaves, mode) if leaves else []):
                for d, referee in zip(row, check(y, *leaves)):
                    assert referee.ok and close(d.data, referee.gradient, 1.0), (seed, mode)


@pytest.mark.parametrize("name, op", table().items(), ids=table())
def test_every_row(name, op):
    "Forward, reverse, forward over reverse: the same local gradients, whichever way they are taken."
    xs = [Value(x) for x in (0.7, 1.3, 2.1)][: op.arity or 3]
    y = xs[0] ** 3 if name == "raised" or op.constants else method(name)(*xs)
    ahead, back = (jacobian(y, xs, mode).numbers for mode in MODES)
    assert ahead == back == [[dx.data for dx in gradient(y, *xs)]]
    curves = hessian(y, xs).numbers
    for i, dx in enumerate(gradient(y, *xs)):
        assert all(map(close, curves[i], [d.data for d in gradient(dx, *xs)]))


@pytest.mark.parametrize("block", range(3))
def test_products_are_transposed(block):
    "u · (J v) is (u J) · v, with inner nodes among the inputs too; and hvp is the Hessian times its direction."
    for seed in range(40 * block, 40 * block + 40):
        rng = Random(seed)
        graph = random_graph(rng, size=15)
        ys = outputs_of(graph, rng)
        xs = [*graph.leaves, *rng.sample(ys[1:], len(ys[1:]))]
        u, v = [rng.uniform(-2, 2) for _ in ys], [rng.choice((0.0, rng.uniform(-2, 2))) for _ in xs]
        ahead = [a * y.data for a, y in zip(u, jvp(ys, xs, v))]
        back = [b * x.data for b, x in zip(v, vjp(ys, xs, u))]
        size = sum(map(abs, ahead + back))
        if math.isfinite(size):
            sizes = [abs(a * b * d) for a, row in zip(u, jacobian(ys, xs).numbers) for b, d in zip(v, row)]
            assert close(sum(ahead), sum(back), 1e3 * (size + sum(sizes))), seed
        v = v[: len(graph.leaves)]
        for found, row in zip(hvp(graph.root, graph.leaves, v), hessian(graph.root, graph.leaves).numbers):
            terms = [a * b for a, b in zip(row, v)]
            if all(map(math.isfinite, terms)):
                assert close(found.data, sum(terms), 1e3 * sum(map(abs, terms))), seed


def test_after_any_history():
    "A leaf was changed, a node set by hand, gradients are left over: the numbers are those of now, and agree in all views."
    for seed in range(150):
        h = history(Random(seed))
        if not h.leaves:
            continue
        twins = copy.deepcopy([h.root, *h.leaves])
        twins[0].forward()
        expected = [dx.data for dx in gradient(*twins)]
        for mode in MODES:
            root, *leaves = copy.deepcopy([h.root, *h.leaves])
            ((*row,),) = jacobian(root, leaves, mode)
            size = max(map(abs, expected))
            assert all(close(d.data, right, size) for d, right in zip(row, expected)), (seed, h.done)
            assert [Graph(d, {}).numbers[d] for d in row] == [d.data for d in row] or not math.isfinite(size)


# ---- As Values -------------------------------------------------------------------------------------------------------


def test_they_are_values():
    "Drawn, explained, differentiated again; forward over forward is reverse over reverse."
    x, w = Value(0.5, label="x"), Value(-1.5, label="w")
    y = (x * w).tanh() + x**3
    (ahead,), (back,) = jvp(y, [x], 1.0), gradient(y, x)
    assert "->" in draw(ahead).source and "∂" in str(explain(ahead))
    for _ in range(3):
        (ahead,), (back,) = jvp(ahead, [x], [1.0]), gradient(back, x)
        assert math.isclose(ahead.data, back.data, rel_tol=1e-12)


def test_a_direction_of_values():
    "Then the product has a derivative by the direction: that is a row of the Jacobian."
    x, w, v = Value(2.0), Value(3.0), Value(5.0)
    (moved,) = jvp(x**2 * w, [x], v)
    assert moved.data == 60.0 and gradient(moved, v)[0].data == 12.0


def test_what_stands_still_makes_no_nodes():
    "One pass of forward mode is no larger than the way of what moves."
    weights = [Value(0.1 * i) for i in range(1, 30)]
    y = Value.sum(*[w.tanh() for w in weights])
    (one,), (all_,) = jvp(y, weights, [1.0] + [0.0] * 28), jvp(y, weights, [1.0] * 29)
    assert len(topological(one)) < len(topological(all_)) / 10


def test_derivative_of_a_function():
    "Of numbers and of Values, of one and of several; also what does not depend on its input has one."
    assert derivative(lambda x: x**3, 2).data == 12.0 == derivative(lambda x: x**3, Value(2.0)).data
    assert derivative(lambda x: [x, 5.0, x * x], 3.0, 2.0)[2].data == 12.0
    assert [d.data for d in derivative(lambda x, w: [x * w, w], [2.0, 3.0], [1.0, 10.0])] == [23.0, 10.0]
    net = nn.MLP(2, [2, 1], act="tanh")
    along = derivative(lambda a, b: net([a, b]), [0.3, -0.2], [1.0, 0.0])
    x = [Value(0.3), Value(-0.2)]
    assert math.isclose(along.data, gradient(net(x), x[0])[0].data, rel_tol=1e-12)


def test_a_matrix_says_what_is_what():
    x, w = Value(2.0, label="x"), Value(3.0, label="<w>")
    found = jacobian([x * w, x + w], ["x", w])
    assert str(found) == "    x  <w>\nv₁  3    2\nv₂  1    1" == repr(found)
    assert "<td>&lt;w&gt;</td>" in found._repr_html_() and found.numbers == [[3.0, 2.0], [1.0, 1.0]]
    x.data = 5.0
    assert found.numbers == [[3.0, 5.0], [1.0, 1.0]]


@pytest.mark.parametrize("mode", ["auto", "forward", "reverse"])
def test_tall_and_wide(mode):
    "Whichever mode is taken, the matrix has a row for each output."
    x, w = Value(2.0), Value(3.0)
    assert jacobian([x * w, w, x - w], [x], mode).numbers == [[3.0], [0.0], [1.0]]
    assert jacobian(x * w, [x, w], mode).numbers == [[3.0, 2.0]]


def test_an_input_that_is_given_twice():
    "Has two columns in the Jacobian, which are alike; and moves with both of its numbers."
    x = Value(2.0)
    assert jacobian(x**3, [x, x], "forward").numbers == jacobian(x**3, [x, x], "reverse").numbers == [[12.0, 12.0]]
    assert jvp(x**3, [x, x], [1.0, 2.0])[0].data == 36.0


# ---- What is refused -------------------------------------------------------------------------------------------------

REFUSED = [
    (lambda y, x, q: jvp(y, [x], [1.0, 2.0]), ValueError, "jvp: the direction has 2 numbers for 1 input: it takes one"),
    (lambda y, x, q: vjp([y, x], [x], 1.0), ValueError, "vjp: the direction has 1 number for 2 outputs"),
    (lambda y, x, q: jvp(y, [x], ["1"]), TypeError, "jvp: the direction: '1' is of type str, not a number"),
    (lambda y, x, q: jvp(y, [x, q], [1, 1]), ValueError, "jvp: y does not use 'q': every derivative by it is 0"),
    (lambda y, x, q: jacobian([y, x], q), ValueError, "jacobian: y and x do not use 'q'"),
    (lambda y, x, q: jacobian(y, "z"), ValueError, "nothing here is called 'z': there are"),
    (lambda y, x, q: jacobian(y, []), ValueError, "jacobian: there are no inputs; give a Value or its name"),
    (lambda y, x, q: jacobian([], [x]), ValueError, "jacobian: there are no outputs; give a Value"),
    (lambda y, x, q: jacobian([y, 2.0], [x]), TypeError, "jacobian: the outputs: 2.0 is of type float, not a Value"),
    (lambda y, x, q: jacobian(nn.MLP(1, [1]), [x]), TypeError, "of type MLP, not a list of Values"),
    (lambda y, x, q: jacobian(y, x, "backward"), ValueError, "mode='backward': it is one of 'auto', 'forward', 'rev"),
    (lambda y, x, q: hessian([y, x], [x]), TypeError, "is of type list, not a Value: take its items one by one"),
    (lambda y, x, q: derivative(lambda x: "y", 1.0), TypeError, "derivative: what f returns: 'y' is of type str"),
    (lambda y, x, q: derivative(lambda x: x, "1"), TypeError, "derivative: x: '1' is of type str"),
    (lambda y, x, q: jvp(Value(1.0, (x,), "cube"), [x], 1.0), (TypeError, ValueError), "cube"),
]  # fmt: skip


@pytest.mark.parametrize("call, error, message", REFUSED, ids=[message for *_, message in REFUSED])
def test_refused(call, error, message):
    x, q = Value(2.0, label="x"), Value(1.0, label="q")
    with pytest.raises(error, match=message.replace("(", r"\(")):
        call(x.tanh() * 2, x, q)
