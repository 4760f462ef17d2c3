"""What every node of a graph is called, so that nobody must write e.label = 'e'.

In this order: its own label; the caller's variable; its place in a neuron (w₁₂⁽¹⁾, z, a); a constant's own number;
ŷ for what is compared with a y; and v₁, v₂, ... for the rest.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from ..calculus import CONSTANT, TABLE
from ..engine import Value
from ..text.letters import SUBSCRIPT, number_text

INSIDE = __name__.partition(".")[0], "functools"  # whose frames are not the caller's


def label_locals() -> None:
    """Label every Value in the caller's variables with the name of its variable, where it has no label yet.

    >>> x, w = Value(2.0), Value(-3.0)
    >>> label_locals()
    >>> x.label, w.label
    ('x', 'w')
    """
    label_variables(sys._getframe(1).f_locals)


def label_variables(variables: Mapping[str, Any]) -> None:
    "Label every Value among these variables, and in lists among them, with its name there, where it has no label yet."
    for v, name in variable_names(variables).items():
        if not v.label and v.op is not CONSTANT:
            v.label = name


def variable_names(variables: Mapping[str, Any]) -> dict[Value, str]:
    "x for a Value in the variable x, xs[0] for the first one of a list xs. The first name found holds."
    names: dict[Value, str] = {}
    found = [(name, x) for name, x in variables.items() if name.isidentifier() and name[0] != "_"]
    for name, x in found:
        if isinstance(x, Value):
            names.setdefault(x, name)
    for name, x in found:
        _name_items(name, x, names, depth=2)
    return names


def _name_items(name: str, items: Any, names: dict[Value, str], depth: int) -> None:
    if type(items) in (list, tuple) and depth and items and isinstance(items[0], Value | list | tuple):
        for i, x in enumerate(items):
            if isinstance(x, Value):
                names.setdefault(x, f"{name}[{i}]")
            else:
                _name_items(f"{name}[{i}]", x, names, depth - 1)


def caller() -> Mapping[str, Any]:
    "The variables of whoever called into this package; in a notebook, those of its cells."
    frame: Any = sys._getframe(1)
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] in INSIDE:
        frame = frame.f_back
    if frame is None or frame.f_globals.get("__name__", "").startswith("IPython"):
        return vars(sys.modules["__main__"])
    return frame.f_locals  # type: ignore[no-any-return]


def names(order: list[Value], variables: Mapping[str, Any] | None = None) -> dict[Value, str]:
    """A name for every node of a graph, no two alike but equal constants.

    >>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
    >>> from ..engine import topological
    >>> list(names(topological((x * w - y) ** 2), {}).values())
    ['x', 'w', 'ŷ', 'y', 'v₁', 'out']
    """
    return _distinct(order, {order[-1]: "out"} | known_names(order, variables))


def known_names(order: list[Value], variables: Mapping[str, Any] | None = None) -> dict[Value, str]:
    "The names that the nodes of a graph have of their own: all but v₁, v₂, ..., and perhaps two alike."
    known = variable_names(caller() if variables is None else variables)
    for v in order:
        for call in v.calls:
            for x, name in call.module.name_nodes(v).items():
                if x.parents:
                    known.setdefault(x, name)
                else:  # a weight keeps its place in the network, whatever a loop variable calls it
                    known[x] = name
    for v in order:
        if v.label:
            known[v] = clean(v.label)
        elif v.op is CONSTANT:
            known[v] = number_text(v.data)
    minus = TABLE["-"]
    for v in order:
        if v.op is minus:
            prediction, target = v.parents
            y = known.get(target, "")
            if y.startswith("y") and not y[1:2].isalpha() and prediction.parents:
                known.setdefault(prediction, "ŷ" + y[1:])
    return known


def _distinct(order: list[Value], known: dict[Value, str]) -> dict[Value, str]:
    taken = {known[v] for v in order if v in known}
    fresh = (name for i in count(1) if (name := f"v{i}".translate(SUBSCRIPT)) not in taken)
    again: dict[str, Iterator[str] | None] = {}  # x, x[2], x[3], ...
    named = {}
    for v in order:
        name = known.get(v) or next(fresh)
        if v.op is not CONSTANT:
            if name in again:
                more = again[name] = again[name] or _numbered(name)
                name = next(n for n in more if n not in taken)
            else:
                again[name] = None
        named[v] = name
    return named


def _numbered(name: str) -> Iterator[str]:
    return (f"{name}[{i}]" for i in count(2))


def clean(label: str) -> str:
    "A label as one line of visible text: control and bidirectional characters would break or disguise a picture."
    visible = "".join("�" if unicodedata.category(c) in HIDDEN else c for c in str(label))
    return " ".join(visible.split())


HIDDEN = "Cc", "Cf", "Cn", "Cs", "Zl", "Zp"  # control, format, no character at all, half a one, line breaks
