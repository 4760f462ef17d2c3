"""What the two modes cost: how often a local gradient is multiplied by what arrives, how many numbers are held at once.

>>> from micrograd_es import Value, bill
>>> x, w, b = Value(2.0, label="x"), Value(-3.0, label="w"), Value(10.0, label="b")
>>> print(bill((x * w + b).tanh(), [x, w, b]))
3 inputs and 1 output, with 3 operations and 5 local gradients between them
                                 forward mode            reverse mode
passes                    3, one for an input    1, one for an output
values computed                             9                       3
local gradients taken                       8                       5
numbers held at once                        4                       5
reverse mode is cheaper: one pass back from an output finds its derivatives by every input
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import NamedTuple

from ..engine import Value
from ..graph import Graph
from ..graph.routes import depending
from ..text.letters import counted
from .asked import Inputs, Outputs, asked

NOBODYS = None  # a number that is the leaf's own, as its gradient is
Making = tuple[Hashable, Sequence[Hashable]]  # a number that is made, and those that are read for it


def bill(outputs: Outputs, inputs: Inputs | None = None) -> Bill:
    """What all derivatives of the outputs by the inputs, or by every leaf that is no constant, cost in either mode.

    Every count is of this very graph. ValueError for an input that no output uses.
    """
    if inputs is None:
        ys = [outputs] if isinstance(outputs, Value | Graph) else outputs
        inputs = [x for y in ys for x in Graph.of(y).leaves]
    return Bill(*asked("bill", outputs, list(dict.fromkeys(inputs)) if isinstance(inputs, list) else inputs))


class Cost(NamedTuple):
    "Of one mode: its passes; values computed; local gradients taken, each times what arrives; numbers held at once."

    passes: int
    computed: int
    taken: int
    held: int


class Bill:
    """What either mode costs: `forward` and `reverse`, each with its passes, local gradients taken, numbers held.

    A pass takes each local gradient on its way once: one multiplication, one addition; what stands still it leaves out.
    The numbers held are those of operations, beside what leaves hold themselves. Forward mode holds a value and its
    tangent until the last operation that reads them, so every pass computes the values again. Reverse mode computes
    them once and holds every value until the last way back has come by, and the gradients on the way.
    """

    def __init__(self, graph: Graph, outputs: list[Value], inputs: list[Value]):
        self.graph, self.outputs, self.inputs = graph, outputs, inputs
        roof = [] if graph.root in outputs else [graph.root]  # which only holds the outputs together
        self.order = graph.order[: len(graph.order) - len(roof)]
        self.way = depending(self.order, inputs)

    @cached_property
    def edges(self) -> dict[Value, list[Value]]:
        "Of every node on the way from inputs to outputs, the parents on it: one for each local gradient."
        on_the_way = set(self.way)
        return {v: [x for x in v.parents if x in on_the_way and not v.op.flat] for v in self.way}

    @cached_property
    def taken(self) -> tuple[int, int]:
        "Local gradients taken in all passes of forward and of reverse mode, from which inputs reach which node."
        from_inputs = dict.fromkeys(self.way, 0) | {x: 1 << i for i, x in enumerate(self.inputs)}  # a bit for each
        to_outputs = dict.fromkeys(self.way, 0) | {y: 1 << i for i, y in enumerate(self.outputs)}
        for v in self.way:
            for x in self.edges[v]:
                from_inputs[v] |= from_inputs[x]
        for v in reversed(self.way):
            for x in self.edges[v]:
                to_outputs[x] |= to_outputs[v]
        pairs = [(x, v) for v, parents in self.edges.items() for x in parents]
        return (
            sum(from_inputs[x].bit_count() for x, _ in pairs),
            sum(to_outputs[v].bit_count() for _, v in pairs),
        )

    @cached_property
    def forward(self) -> Cost:
        return Cost(
            len(self.inputs),
            len(self.inputs) * len(self.values()),
            self.taken[0],
            max(held(self.tangents_beside_values()), default=0),
        )

    @cached_property
    def reverse(self) -> Cost:
        return Cost(
            len(self.outputs), len(self.values()), self.taken[1], max(held(self.values_then_gradients()), default=0)
        )

    @property
    def cheaper(self) -> str:
        "The mode that takes fewer local gradients; of as many, the one of fewer passes."
        passes = len(self.inputs), len(self.outputs)
        return "forward" if (self.taken[0], passes[0]) < (self.taken[1], passes[1]) else "reverse"

    # -- what is made of what, in either mode: the numbers that are held at once can be counted

    def values(self) -> list[tuple[Value, list[Value]]]:
        return [(v, [x for x in v.parents if x.parents]) for v in self.order if v.parents]

    def tangents_beside_values(self) -> list[Making]:
        "A pass in which all inputs move: after each value its tangent, of its parents' and of the local gradients."
        found: list[Making] = []
        for v, read in self.values():
            found.append((v, read))
            if self.edges.get(v):
                found.append((("tangent", v), [v, *read, *[("tangent", x) for x in self.edges[v] if self.edges[x]]]))
        return found

    def values_then_gradients(self) -> list[Making]:
        "A pass back from all outputs: all values first; then, of every node, what arrives at its parents."
        read = dict(self.values())
        found: list[Making] = [*self.values()]
        for v in reversed(self.way):
            for x in self.edges[v]:
                found.append((("gradient", x) if x.parents else NOBODYS, [v, *read[v], ("gradient", v)]))
        return found

    def __str__(self) -> str:
        n, k = len(self.inputs), len(self.outputs)
        local = sum(map(len, self.edges.values()))
        size = f"{counted(n, 'input')} and {counted(k, 'output')}, with {counted(len(self.values()), 'operation')} and"
        rows = [
            ("", "forward mode", "reverse mode"),
            ("passes", f"{n:,}, one for an input", f"{k:,}, one for an output"),
            ("values computed", *[f"{cost.computed:,}" for cost in (self.forward, self.reverse)]),
            ("local gradients taken", *[f"{cost.taken:,}" for cost in (self.forward, self.reverse)]),
            ("numbers held at once", *[f"{cost.held:,}" for cost in (self.forward, self.reverse)]),
        ]
        table = [f"{name:21}  {ahead:>22}  {back:>22}" for name, ahead, back in rows]
        return "\n".join([f"{size} {counted(local, 'local gradient')} between them", *table, self.verdict])

    __repr__ = __str__

    @property
    def verdict(self) -> str:
        "Which mode is cheaper, and why."
        why = {
            "forward": "one pass from an input finds the derivatives of every output by it",
            "reverse": "one pass back from an output finds its derivatives by every input",
        }
        return f"{self.cheaper} mode is cheaper: {why[self.cheaper]}"


def held(makings: Sequence[tuple[Hashable, Sequence[Hashable]]]) -> list[int]:
    "How many numbers are held at each step, if each is held from when it is first made until it is last read."
    last = {number: i for i, (made, read) in enumerate(makings) for number in (made, *read)}
    now: set[Hashable] = set()
    found = []
    for i, (made, read) in enumerate(makings):
        now |= {made, *read}
        found.append(len(now - {NOBODYS}))
        now -= {number for number in (made, *read) if last[number] == i}
    return found
