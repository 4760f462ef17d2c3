"""What holds for every graph, on random ones of all rows: numbers right to the noise of floats, and bookkeeping.

python -m tests.promises.trust measures the same on 20,000 graphs.
"""

import math
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from micrograd_es.engine import Value, gradient
from micrograd_es.mistakes.mistakes import BY_NAME
from tests.support import dual
from tests.support.bits import patterns
from tests.support.graphs import LARGEST, Graph, describe, number, operation, order, random_graph, table, tame
from tests.support.truth import MEANING, Truth, Unchecked, errors, units

NOISE = 6  # units
randoms = st.randoms(use_true_random=False)
numbers = randoms.map(number)
graphs = randoms.map(random_graph)
slow = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


def wrong(graph):
    "What is further from the truth than noise can take it."
    return [
        f"{what}: {error:.3g} units in\n{describe(graph.root)}" for what, error in errors(graph) if not error <= NOISE
    ]


# ---- Against mpmath --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", range(5))
def test_numbers_are_as_right_as_floats_can_be(block):
    "Value, gradient and second derivatives at 50 digits; in nearly every graph there is something to say."
    checked = 0
    for seed in range(40 * block, 40 * block + 40):
        try:
            assert wrong(random_graph(Random(seed))) == []
            checked += 1
        except Unchecked:
            pass
    assert checked > 30


def test_every_row_is_drawn():
    "None is left out, for instance because all it gives is refused as not tame."
    seen = {v.op.forward for seed in range(200) for v in order(random_graph(Random(seed)).root)}
    assert seen >= {op.forward for op in table().values()}


@slow
@given(graphs)
def test_hypothesis_finds_no_graph_that_is_wrong(graph):
    "The same, where hypothesis looks: it likes zeros, ties and one node everywhere."
    try:
        assert wrong(graph) == []
    except Unchecked:
        assume(False)


@pytest.mark.parametrize("x, weight", [(0.7, 3.0), (-2.5, 40.0)])
def test_the_truth_knows_a_derivative_by_heart(x, weight):
    "The test of the truth: sin(w x) has slope w cos(w x), and curvature -w² sin(w x)."
    x, w = Value(x), Value(weight)
    truth = Truth((x * w).sin(), [x, w])
    assert math.isclose(float(truth.gradient[0]), w.data * math.cos(x.data * w.data), rel_tol=1e-14)
    assert math.isclose(float(truth.hessian[0][0]), -(w.data**2) * math.sin(x.data * w.data), rel_tol=1e-13)
    assert 0 < truth.gradient_noise[0] < 1e-12


def test_where_there_is_no_verdict():
    "On a kink, at the edge of a domain, and where 1e16 + 1 - 1e16 has left noise alone."
    x = Value(0.0)
    big = (Value(1e16) + 1) - 1e16
    for root in (x.relu(), abs(x), x**x, (big - 1).tanh() / (big - 1)):
        with pytest.raises(Unchecked):
            list(errors(Graph(root, [v for v in order(root) if not v.parents])))


def test_a_nan_never_passes():
    "units() of a nan is infinite, and no comparison is turned round."
    assert units(math.nan, 1, 1e-16) == math.inf and units(1.0, 1, math.nan) == math.inf


# ---- Forward mode against reverse ------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", range(4))
def test_forward_mode_on_the_same_rows(block):
    "Dual numbers through the rows: the gradient from the other end; and through the partials, the second derivatives."
    for seed in range(1000 + 15 * block, 1000 + 15 * block + 15):
        root, leaves = graph = random_graph(Random(seed))
        try:
            truth = Truth(*graph)
            known = [Truth(slope, leaves, truth) for slope in gradient(root, *leaves)]
        except Unchecked:
            continue
        for x, slope, noise, curves, second in zip(leaves, truth.gradient, truth.gradient_noise, truth.hessian, known):
            assert units(dual.forward(root, x)[root].b, slope, noise) <= NOISE
            up = dual.backward(root, x)
            for z, curve, noise in zip(leaves, curves, second.gradient_noise):
                assert units(up[z].b, curve, noise) <= NOISE


# ---- The tests of these tests ----------------------------------------------------------------------------------------

SPOILED = {
    "a sign": lambda locals_, y, xs: (-locals_[0], *locals_[1:]),
    "forgotten": lambda locals_, y, xs: (*locals_[:-1], 0.0),
    "f for f'": lambda locals_, y, xs: (y, *locals_[1:]),
    "the input": lambda locals_, y, xs: (xs[0], *locals_[1:]),
    "1 everywhere": lambda locals_, y, xs: (1.0,) * len(locals_),
    "swapped": lambda locals_, y, xs: locals_[::-1],
    "nan": lambda locals_, y, xs: (*locals_[:-1], math.nan),
    "a trace": lambda locals_, y, xs: tuple([local * (1 + 1e-13) for local in locals_]),
}


def spoiled(spoil, partials):
    return lambda m, y, *xs: spoil(partials(m, y, *xs), y, xs)


@cache
def around(name):
    "Five small graphs with this row in the middle, on leaves that are all different."
    found, seed = [], 0
    while len(found) < 5:
        rng, seed = Random(seed), seed + 1
        nodes = [Value(number(rng)) for _ in range(3)]
        middle = operation(rng, [(name, table()[name])], nodes, nodes)
        root = middle * nodes[0] + nodes[1].sin()
        graph = Graph(root, [x for x in nodes if x in order(root)])
        apart = set(middle.parents) <= set(nodes) and len(set(middle.parents)) == len(middle.parents)
        try:
            if tame(middle) and apart and not wrong(graph):
                found.append((graph, middle))
        except Unchecked:
            pass
    return found


@pytest.mark.parametrize("name", sorted(table()))
def test_spoiled_rows_are_caught(name, monkeypatch):
    "Eight ways to spoil the local gradients of every row: where that changes a number, it is seen."
    changes = 0
    for how, spoil in SPOILED.items():
        for graph, middle in around(name):
            honest, partials = middle.local_grads, middle.op.partials
            with monkeypatch.context() as patch:
                patch.setattr(middle.op, "partials", spoiled(spoil, partials))
                graph.root.forward()
                changed = middle.local_grads != honest
                assert not changed or wrong(graph), how
            graph.root.forward()
            if changed:
                changes += 1
                break
    assert changes >= 5


def test_spoiled_values_are_caught(monkeypatch):
    "A row whose value is wrong by one part in 10**13."
    for name in table():
        graph, middle = next((graph, middle) for graph, middle in around(name) if middle.data)
        with monkeypatch.context() as patch:
            forward = middle.op.forward

            def spoiled(m, *xs, forward=forward):
                return forward(m, *xs) * (1 + 1e-13)

            patch.setitem(MEANING, spoiled, MEANING[forward])
            patch.setattr(middle.op, "forward", spoiled)
            assert wrong(Graph(graph.root.forward(), graph.leaves)), name
        graph.root.forward()


def test_classic_mistakes_are_caught():
    "The engine run with the errors that students make: each that changes a gradient on random graphs is seen there."
    seen = set()
    for seed in range(60):
        root, leaves = random_graph(Random(seed))
        try:
            truth = Truth(root, leaves)
        except Unchecked:
            continue
        for name, mistake in BY_NAME.items():
            found = mistake.gradients(root)
            if any(units(found[x], *right) > NOISE for x, *right in zip(leaves, truth.gradient, truth.gradient_noise)):
                seen.add(name)
    assert len(seen) >= 15 and {"= for +=", "naive recursion"} <= seen


# ---- Bits ------------------------------------------------------------------------------------------------------------


def test_same_bits_in_every_process():
    "Other hashes, another heap: one pattern. (micrograd's set of parents gives up to 20 in 20.)"
    assert len(set(patterns(4))) == 1


# ---- The bookkeeping -------------------------------------------------------------------------------------------------


def products(root, parents, locals_):
    "Of every path down from root: (its end, the product along it). The gradient is their sum, by definition."
    stack = [(root, 1.0)]
    while stack:
        v, product = stack.pop()
        yield v, product
        stack += [(x, product * local) for x, local in zip(parents[v], locals_[v])]


class Bookkeeping(RuleBasedStateMachine):
    """Leaves, operations, backward, zero_grad, changed leaves and forward, in any order.

    Beside the engine stands a plain list of what everything ought to be: the paths are added up one by one.
    """

    def __init__(self):
        super().__init__()
        self.data, self.locals, self.parents, self.grads = {}, {}, {}, {}
        self.note(Value(0.5))

    def note(self, v):
        for x in v.parents:
            if x not in self.data:
                self.note(x)
        xs = [self.data[x] for x in v.parents]
        self.data[v], self.locals[v] = v.op.evaluate(*xs) if xs else (v.data, ())
        self.parents[v], self.grads[v] = v.parents, (0.0, 0.0)

    def draw(self, rng, leaf=False):
        return rng.choice([v for v in self.data if not (leaf and v.parents)])

    @rule(x=numbers)
    def new_leaf(self, x):
        self.note(Value(x))

    @rule(rng=randoms)
    def new_operation(self, rng):
        v = operation(rng, list(table().items()), list(self.data), list(self.data))
        if tame(v):
            self.note(v)

    @rule(rng=randoms)
    def backward(self, rng):
        root = self.draw(rng)
        reached = {}
        for count, (v, product) in enumerate(products(root, self.parents, self.locals)):
            reached.setdefault(v, []).append(product)
            if count > 3000:
                return
        root.backward()
        for v, found in reached.items():
            before, size = (0.0, 0.0) if self.parents[v] else self.grads[v]
            self.grads[v] = before + math.fsum(found), size + math.fsum(map(abs, found))

    @rule(rng=randoms)
    def zero_grad(self, rng):
        root = self.draw(rng)
        root.zero_grad()
        self.grads |= dict.fromkeys(order(root), (0.0, 0.0))

    @rule(rng=randoms, x=numbers)
    def change(self, rng, x):
        leaf = self.draw(rng, leaf=True)
        leaf.data = self.data[leaf] = x

    @rule(rng=randoms)
    def forward(self, rng):
        root = self.draw(rng)
        data, locals_ = dict(self.data), dict(self.locals)
        for v in order(root):
            if v.parents:
                data[v], locals_[v] = v.op.evaluate(*[data[x] for x in v.parents])
            if not all(abs(x) <= LARGEST for x in (data[v], *locals_[v])):
                return
        root.forward()
        self.data, self.locals = data, locals_

    @invariant()
    def engine_and_list_agree(self):
        for v in self.data:
            assert v.data == self.data[v] and v.local_grads == self.locals[v] and v.parents == self.parents[v]
            grad, size = self.grads[v]
            assert abs(v.grad - grad) <= 1e-12 * size


TestBookkeeping = Bookkeeping.TestCase
TestBookkeeping.settings = settings(slow, max_examples=60, stateful_step_count=30)
