"""Finite differences, the student's referee: gradients by the chain rule against gradients that are only measured.

>>> from micrograd_es import Value
>>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
>>> print(check((x * w - y) ** 2, w))
leaf  chain rule  (f(w+h) - f(w)) / h  (f(w+h) - f(w-h)) / 2h  relative error
w             -2           -1.9999000              -2.0000000         5.7e-11  ok
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from .text.letters import latex_name
from .text.symbols import latex

FORWARD_STEP = 1e-4  # the slide's h
CENTRAL_STEP = 1e-6  # near the best for float64: the error of the difference is about h**2 + 1e-16 / h
TOLERANCE = 1e-5
LONGEST = 5_000_000  # leaves times nodes, unless one asks for these leaves: about a minute


def slope(f: Any, x: float, h: float = CENTRAL_STEP) -> float:
    """The slope of f at x by a central difference, (f(x+h) - f(x-h)) / 2h.

    >>> round(slope(lambda x: x**2, 3.0), 6)
    6.0
    """
    return (f(x + h) - f(x - h)) / (2 * h)  # type: ignore[no-any-return]


class Row(NamedTuple):
    "One leaf: its gradient by the chain rule, by a forward and a central difference; do they agree, is it at a kink?"

    name: str
    gradient: float
    forward: float
    central: float
    error: float
    ok: bool
    kink: bool

    @property
    def numbers(self) -> list[str]:
        return [f"{self.gradient:.8g}", f"{self.forward:.7f}", f"{self.central:.7f}", f"{self.error:.1e}"]

    @property
    def mark(self) -> str:
        return "WRONG" if not self.ok else "kink" if self.kink else "ok"


class Check(list[Row]):
    "The table, leaf by leaf; `.ok` if every leaf agrees: at a kink, if it lies between the slopes on both sides."

    def __init__(self, rows: Iterable[Row], notes: Iterable[str] = ()):
        super().__init__(rows)
        self.notes = [*notes]

    @property
    def ok(self) -> bool:
        return all(row.ok for row in self)

    def __str__(self) -> str:
        name = self[0].name if len(self) == 1 else "w"
        head = [
            "leaf",
            "chain rule",
            f"(f({name}+h) - f({name})) / h",
            f"(f({name}+h) - f({name}-h)) / 2h",
            "relative error",
        ]
        lines = [head] + [[row.name, *row.numbers] for row in self]
        widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
        marks = [""] + [row.mark for row in self]
        return "\n".join(
            "  ".join([line[0].ljust(widths[0]), *[c.rjust(n) for c, n in zip(line[1:], widths[1:])], mark]).rstrip()
            for line, mark in zip(lines, marks)
        ) + "".join("\n" + note for note in self.notes)

    __repr__ = __str__

    def latex(self) -> str:
        "The table as a LaTeX tabular, which fits a Beamer frame."
        w = latex_name(self[0].name if len(self) == 1 else "w")
        head = ["leaf", "chain rule", rf"$\frac{{f({w}+h) - f({w})}}{{h}}$", rf"$\frac{{f({w}+h) - f({w}-h)}}{{2h}}$"]
        lines = [" & ".join([*head, "error", r"\\[1ex] \hline"])]
        for row in self:
            cells = latex_name(row.name), *row.numbers[:-1], latex(float(f"{row.error:.1e}"))
            lines.append(" & ".join([*(f"${cell}$" for cell in cells), rf"{row.mark} \\"]))
        return "\n".join([r"\begingroup\small\begin{tabular}{@{}lrrrrl@{}}", *lines, r"\end{tabular}\endgroup"])


def check(root: Any, *leaves: Any, h: float = CENTRAL_STEP) -> Check:
    """Compare root's gradient with finite differences, for these leaves or for all that are no constants.

    Every number and gradient of the graph is left as it was. A kink (relu at 0, a tie) is where the slopes to the left
    and to the right differ. ValueError if no leaves are named and trying all of them would take very long.
    """
    from .graph import Graph

    graph = Graph.of(root)
    chosen = [v for given in leaves for v in graph.nodes(given)] or graph.leaves
    if not leaves and len(chosen) * len(graph.order) > LONGEST:
        raise ValueError(
            f"{len(chosen):,} leaves, and a graph of {len(graph.order):,} nodes to compute again for each: "
            "name some of them, check(root, w)"
        )

    def row(leaf: Any) -> Row:
        def f(x: float) -> float:
            return graph.compute({leaf: x})[graph.root]

        name, gradient = graph.names.get(leaf, leaf.label), graph.gradients.get(leaf, 0.0)
        return _row(f, graph.numbers.get(leaf, leaf.data), graph.numbers[graph.root], name, gradient, h)

    return Check([row(v) for v in chosen], graph.notes)


def _row(f: Any, at: float, here: float, name: str, gradient: float, h: float) -> Row:
    step = h * max(1.0, abs(at))
    right, left = f(at + step), f(at - step)
    forward = (f(at + FORWARD_STEP) - here) / FORWARD_STEP
    central = (right - left) / (2 * step)
    scale = max(abs(gradient), abs(central), 1e-3 * max(1.0, abs(here)))
    error = abs(gradient - central) / scale
    jump = abs((right - here) - (here - left)) / step
    agrees = math.isfinite(jump) and abs(gradient - central) <= TOLERANCE * scale + jump / 2  # between left and right
    kink = bool(jump > 1e-2 * scale)
    return Row(name, gradient, forward, central, error if not math.isnan(error) else math.inf, agrees, kink)
