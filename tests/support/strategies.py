"""Random graphs as hypothesis makes and shrinks them."""

from hypothesis import strategies as st

from micrograd_es.engine import Value

UNARY = Value.tanh, Value.sigmoid, Value.softplus, Value.sin, Value.cos, Value.__neg__, lambda v: 2 * v, lambda v: v**2
BINARY = Value.__add__, Value.__sub__, Value.__mul__, Value.logsumexp
KINKED = Value.maximum, Value.minimum
NUMBERS = st.floats(-2, 2).map(lambda x: round(x, 3))


def grown(numbers, steps):
    "The leaves and the root of a graph, one node for each step."
    leaves = [Value(x, label=f"x{i}") for i, x in enumerate(numbers)]
    nodes = list(leaves)
    for operation, i, j in steps:
        a, b = nodes[-1 - i % len(nodes)], nodes[-1 - j % len(nodes)]
        nodes.append(operation(a) if operation in UNARY else operation(a, b))
    return leaves, nodes[-1]


def graphs(operations=UNARY + BINARY + KINKED, longest=12):
    "Leaves that may be used often or not at all, and a root."
    step = st.tuples(st.sampled_from(operations), st.integers(0, 5), st.integers(0, 5))
    return st.builds(grown, st.lists(NUMBERS, min_size=1, max_size=3), st.lists(step, min_size=1, max_size=longest))
