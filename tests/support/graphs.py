"""Random graphs over every row of the table: what the engine, the replay, the page and the texts are all held to.

Every choice is drawn from one random.Random. hypothesis has one as well (st.randoms), and shrinks the graph it fails on.
"""

from random import Random
from typing import NamedTuple

from micrograd_es.calculus import TABLE
from micrograd_es.engine import Value

EXPONENTS = (-2, -1, -0.5, 0, 0.5, 1, 2, 3, 2.5)
WHOLE = (-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0)  # where ties are made
METHODS = TABLE.methods
LARGEST = 1e4  # of numbers and of local gradients


class Graph(NamedTuple):
    root: Value
    leaves: list[Value]  # without constants


def table():
    "Every row by its name, and as `raised` the one of x**3 for those of all exponents."
    return {**TABLE, "raised": (Value(1.0) ** 3).op}


def method(name):
    "What makes a Value by that row."
    return METHODS.get(name) or TABLE.methods.get(name, Value.pow)


def tame(v):
    "Is v in the domain of its row, and no larger than can be checked? (tests/engine/test_edges.py is for the others.)"
    return all(abs(x) <= LARGEST for x in (v.data, *v.local_grads))  # a nan is not


def number(rng):
    "Mostly of ordinary size, at times nearly nothing or deep in saturation, at times whole."
    return rng.choice((
        lambda: rng.uniform(-3, 3),
        lambda: rng.uniform(-3, 3),
        lambda: rng.choice((-1, 1)) * 10 ** rng.uniform(-3, 1.7),
        lambda: rng.choice(WHOLE),
    ))()  # fmt: skip


def operation(rng, rows, nodes, unused):
    "One row, on nodes that are there already and on plain numbers."

    def operand():
        return rng.choice(unused if rng.random() < 0.7 else nodes)

    name, op = rng.choice(rows)
    if op.constants:
        return operand() ** rng.choice(EXPONENTS)
    count = op.arity or rng.randint(1, 4)
    return method(name)(operand(), *[number(rng) if rng.random() < 0.1 else operand() for _ in range(count - 1)])


def random_graph(rng: Random, size=25, accept=tame):
    "Up to so many operations on one to four leaves; nodes are used again and again, or not at all."
    rows = list(table().items())
    nodes = [Value(number(rng)) for _ in range(rng.randint(1, 4))]
    unused = list(nodes)
    for _ in range(rng.randint(1, size)):
        v = operation(rng, rows, nodes, unused)
        if accept(v):
            nodes.append(v)
            unused = [x for x in unused if x not in v.parents] + [v]
    root = nodes[-1] if nodes[-1].parents else -nodes[-1]
    under = order(root)
    return Graph(root, [x for x in nodes if not x.parents and x in under])


def order(root):
    "Everything under root, parents first: by the simplest of recursions, so as not to trust the engine's."
    found = {}

    def visit(v):
        if v not in found:
            for x in v.parents:
                visit(x)
            found[v] = None

    visit(root)
    return list(found)


def describe(root):
    "The program that makes the graph, for whoever reads a failure."
    names = {v: f"v{i}" for i, v in enumerate(order(root))}
    return "\n".join(
        f"{names[v]} = {v.op.symbol or v.data!r} {' '.join(names[x] for x in v.parents)}".rstrip() for v in names
    )
