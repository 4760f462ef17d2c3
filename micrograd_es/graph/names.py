"""What every node of a graph is called, so that nobody must write e.label = 'e'.

In this order: its own label; the caller's variable; its place in a neuron (w₁₂⁽¹⁾, z, a); a constant's own number;
ŷ for what is compared with a y; and v₁, v₂, ... for the rest. What was typed as y_hat or theta_1 is written ŷ and θ₁.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from itertools import chain, count, islice
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any
from unicodedata import category, normalize

from ..calculus import CONSTANT, TABLE
from ..core.caller import INSIDE, caller
from ..engine import Value
from ..text.letters import SUBSCRIPT, number_text, spelled

DEPTH, MANY = 5, 100_000  # how far into lists, dicts and objects a Value is looked for, and among how many things
LONG = 10_000  # items of a list: a longer one of other things than Values is data
SHOWN = 12  # names, where an error lists them
PLAIN = int, float, str, bool, bytes, type(None)  # a list that begins with one of these is no list of Values


def label_locals() -> None:
    """Label every Value in the caller's variables with the name of its variable, where it has no label yet.

    >>> x, w = Value(2.0), Value(-3.0)
    >>> label_locals()
    >>> x.label, w.label
    ('x', 'w')
    """
    label_variables(sys._getframe(1).f_locals)


def label_variables(variables: Mapping[str, Any]) -> None:
    "Label every Value among these variables, and in what they hold, with its name there, where it has no label yet."
    for v, name in variable_names(variables).items():
        if not v.label and v.op is not CONSTANT:
            v.label = name


def variable_names(variables: Mapping[str, Any]) -> dict[Value, str]:
    """x for a Value in the variable x; xs[0], d['a'], m.w for one in a list, a dict, an object. The nearest name holds.

    Nothing is called for it: the attributes are those that an object has itself, and no property is asked.
    """
    names: dict[Value, str] = {}
    seen: set[int] = set()
    level = [(name, x) for name, x in variables.items() if name.isidentifier() and name[0] != "_"]
    for _ in range(DEPTH):
        inside = []
        for name, x in level:
            if issubclass(type(x), Value):
                names.setdefault(x, name)
            elif id(x) not in seen:
                seen.add(id(x))
                inside.append(_parts(name, x))
        level = list(islice(chain.from_iterable(inside), MANY))
    return names


def _parts(name: str, x: Any) -> Iterator[tuple[str, Any]]:
    "What is in a list, a dict or an object, each with its name there."
    cls = type(x)
    home = str(cls.__module__).partition(".")[0]
    if home in INSIDE or issubclass(cls, type):  # a view of a graph is no name for its nodes; a module has its own
        return
    if issubclass(cls, list | tuple):
        items = list((list if issubclass(cls, list) else tuple).__iter__(x))
        first = type(items[0]) if items else int
        if issubclass(first, Value) or first not in PLAIN and len(items) <= LONG:
            yield from ((f"{name}[{i}]", item) for i, item in enumerate(items))
    elif issubclass(cls, dict):
        if not dict.__contains__(x, "__name__"):  # or it has all the variables of some module
            yield from ((f"{name}[{key!r}]", item) for key, item in list(dict.items(x)) if type(key) is str)
    elif home != "builtins":
        yield from ((f"{name}.{key}", item) for key, item in _attributes(x) if key[:1] != "_")


def _attributes(x: Any) -> Iterator[tuple[str, Any]]:
    "What stands in the object's own __dict__ and __slots__."
    for name, slot in _slots(type(x)):  # type: ignore[arg-type]
        try:
            yield from list(slot.__get__(x).items()) if name == "__dict__" else [(name, slot.__get__(x))]
        except AttributeError:  # nothing in it yet
            pass


@lru_cache(1000)
def _slots(cls: type) -> list[tuple[str, Any]]:
    "Where objects of a class keep what they have."
    found = [(name, slot) for part in cls.__mro__ for name, slot in vars(part).items()]
    kinds = {True: GetSetDescriptorType, False: MemberDescriptorType}
    return [(name, slot) for name, slot in found if type(slot) is kinds[name == "__dict__"]]


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
        given: dict[Value, str] = {}
        for call in v.calls:  # the outer module knows more
            given |= call.module.name_nodes(v)
        for x, name in given.items():
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
            y = spelled(known.get(target, ""))
            if y.startswith("y") and not y[1:2].isalpha() and prediction.parents:
                known.setdefault(prediction, "ŷ" + y[1:])
    return _spelled(known)


def _spelled(known: dict[Value, str]) -> dict[Value, str]:
    "As they stand on the board; but as they were typed where two would become one there, as x1 and x_1 nearly would."
    board = {name: spelled(name) for name in set(known.values())}
    alike = Counter(normalize("NFKC", name) for name in board.values())
    return {v: board[name] if alike[normalize("NFKC", board[name])] == 1 else name for v, name in known.items()}


def called(name: str, order: list[Value], names: dict[Value, str], variables: Mapping[str, Any] | None) -> Value:
    """The Value of this name: in the views of a graph or as its label, then among the variables, then nearly so.

    Nearly: w12 is enough for w₁₂, and y_hat for ŷ. A variable need not be in the graph.
    """
    variables = caller() if variables is None else variables
    named = [v for v in order if v.op is not CONSTANT]
    found = [v for v in named if name in (names[v], v.label)]
    found = found or [v for v in [variables.get(name)] if isinstance(v, Value)]
    found = found or [v for v, path in variable_names(variables).items() if path == name]
    typed = normalize("NFKC", spelled(name))
    found = found or [v for v in named if normalize("NFKC", names[v]) == typed]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"{name!r} is the name of {len(found)} nodes ({_listed(names, found)}): give the Value itself")
    near = get_close_matches(name, names.values(), 3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {_listed(names, named)}"
    raise ValueError(f"nothing here is called {name!r}: {hint}")


def _listed(names: dict[Value, str], found: list[Value]) -> str:
    return ", ".join([*[names[v] for v in found[:SHOWN]], *["..."] * (len(found) > SHOWN)])


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
    visible = "".join("�" if category(c) in HIDDEN else c for c in str(label))
    return " ".join(visible.split())


HIDDEN = "Cc", "Cf", "Cn", "Cs", "Zl", "Zp"  # control, format, no character at all, half a one, line breaks
