"""What a student does to a graph: builds it, runs backward(), moves leaves, forgets zero_grad(), or forward()."""

import math
from typing import NamedTuple

from micrograd_es import Value
from micrograd_es.engine import topological

from .graphs import number, random_graph

LEAST, MOST = 0, 5  # things that are done


class History(NamedTuple):
    root: Value
    leaves: list
    done: list  # in words


def history(rng, size=7):
    "A random graph, and what was done to it since."
    graph = random_graph(rng, size=size)
    done = []
    for _ in range(rng.randint(LEAST, MOST)):
        done.append(rng.choice(DEEDS)(rng, graph))
    return History(graph.root, graph.leaves, done)


def backward(rng, graph):
    graph.root.backward()
    return "backward()"


def forward(rng, graph):
    graph.root.forward()
    return "forward()"


def zero_grad(rng, graph):
    graph.root.zero_grad()
    return "zero_grad()"


def change(rng, graph):
    "Any number, in one leaf: whole ones as the integers that students write."
    leaf, other = rng.choice(graph.leaves), number(rng)
    leaf.data = int(other) if other == int(other) else other
    return f"{leaf!r} set"


def descend(rng, graph):
    "The line of every student's loop."
    for leaf in graph.leaves:
        step = 0.1 * leaf.grad
        leaf.data -= step if math.isfinite(step) and abs(step) < 1e3 else 0.0
    return "data -= 0.1 * grad"


def by_hand(rng, graph):
    "An inner node's number, which none of the operations made."
    v = rng.choice([v for v in topological(graph.root) if v.parents])
    v.data = number(rng)
    return f"{v!r} set"


def of_a_part(rng, graph):
    "backward() of something inside, whose gradients are others."
    rng.choice(topological(graph.root)).backward()
    return "backward() of a part"


DEEDS = [backward, backward, change, change, descend, descend, forward, zero_grad, by_hand, of_a_part]
