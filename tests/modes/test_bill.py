"The bill: its counts are those of passes that count; and which mode is cheaper, and why."

import re
from random import Random

import pytest

from micrograd_es import Value, bill, jacobian, nn, softmax
from micrograd_es.engine import topological
from micrograd_es.graph.routes import carried, depending, passed_on
from micrograd_es.modes.costs import NOBODYS, held
from tests.support.graphs import random_graph


class Counting:
    "A number that counts the multiplications that are done with it."

    done = 0

    def __mul__(self, other):
        Counting.done += 1
        return self

    def __add__(self, other):
        return self

    __radd__, __rmul__ = __add__, __mul__


def counted(ways, run, nodes, seed):
    "The multiplications of one pass over these nodes."
    inside, Counting.done = set(nodes), 0
    edges = {v: [(x, Counting()) for x in v.parents if x in inside] if not v.op.flat else [] for v in nodes}
    run(ways, edges.__getitem__, dict.fromkeys(nodes, 0) | {seed: Counting()})
    return Counting.done


def cases():
    "Random graphs with several outputs, a network, a softmax."
    for seed in range(25):
        rng = Random(seed)
        graph = random_graph(rng, size=20)
        inner = [v for v in topological(graph.root)[:-1] if v.parents]
        yield [graph.root, *rng.sample(inner, min(3, len(inner)))], graph.leaves
    net = nn.MLP(2, [3, 2], act="tanh")
    yield net([0.3, -0.4]), net.parameters()
    scores = [Value(x) for x in (0.1, 0.2, 0.3)]
    yield softmax(scores), scores


def test_counts_are_those_of_passes_that_count():
    "A pass of either mode, run on numbers that count: from every input, and back from every output."
    for outputs, inputs in cases():
        found = bill(outputs, inputs)
        order = topological(Value.sum(*outputs))[:-1]
        ahead = [depending(order, [x]) for x in inputs]
        back = [depending(topological(y), inputs) for y in outputs]
        assert found.forward.taken == sum(counted(nodes, carried, nodes, x) for nodes, x in zip(ahead, inputs))
        reverse = [counted(nodes[::-1], passed_on, nodes, y) for nodes, y in zip(back, outputs) if y in nodes]
        assert found.reverse.taken == sum(reverse)
        assert (found.forward.passes, found.reverse.passes) == (len(inputs), len(outputs))


def test_numbers_held_at_once():
    "By the definition: at each step whatever has been made and will be read, and what is at work."
    for outputs, inputs in cases():
        found = bill(outputs, inputs)
        for makings, cost in (
            (found.tangents_beside_values(), found.forward),
            (found.values_then_gradients(), found.reverse),
        ):
            touched = {}
            for i, (made, read) in enumerate(makings):
                for number in [made, *read]:
                    first, _ = touched.get(number, (i, i))
                    touched[number] = first, i
            touched.pop(NOBODYS, None)  # a leaf's gradient is the leaf's
            at_work = [sum(first <= i <= last for first, last in touched.values()) for i in range(len(makings))]
            assert held(makings) == at_work and cost.held == max(at_work, default=0)


def test_a_chain():
    "Forward mode needs no more numbers for a long chain than for a short one; reverse mode keeps them all."
    for n in (5, 50):
        x = y = Value(0.5)
        for _ in range(n):
            y = y.sin()
        found = bill(y, x)
        assert (found.forward.held, found.reverse.held) == (4, n + 2)
        assert found.forward.taken == found.reverse.taken == n


@pytest.mark.parametrize("inputs, outputs, cheaper", [(5, 1, "reverse"), (1, 5, "forward"), (3, 3, "reverse")])
def test_many_inputs_or_many_outputs(inputs, outputs, cheaper):
    "The decks' reason for backpropagation: many weights, one loss. jacobian() in mode auto takes the cheaper one."
    xs = [Value(0.1 * i) for i in range(1, inputs + 1)]
    middle = Value.sum(*xs).tanh() if inputs > 1 else xs[0].tanh()
    ys = [middle * i for i in range(1, outputs + 1)]
    found = bill(ys, xs)
    assert found.cheaper == cheaper and f"{cheaper} mode is cheaper: one pass" in str(found)
    assert len(re.findall(rf"{inputs}, one for an input|{outputs}, one for an output", str(found))) == 2
    sizes = {mode: len(topological(Value.sum(*sum(jacobian(ys, xs, mode), [])))) for mode in ("auto", cheaper)}
    assert sizes["auto"] == sizes[cheaper]


def test_a_lecture_s_network():
    "2-16-1, and all its weights by default, for its inputs are constants: a pass for each against one."
    net = nn.MLP(2, [16, 1], act="tanh")
    loss = (net([0.5, -0.5]) - 1) ** 2
    found = bill(loss)
    assert found.forward.passes == 65 and found.reverse.passes == 1
    assert found.forward.taken > 2 * found.reverse.taken and found.forward.held < found.reverse.held
    assert found.forward.computed == 65 * found.reverse.computed
