"""Which slip on the way forward yields this number? Of one operation, from its inputs: no gradients are in it yet.

>>> a, b = Value(3.0, label="a"), Value(2.0, label="b")
>>> [slip.sentence for slip in slips(a * b, (3.0, 2.0), 5.0, {a: "a", b: "b"})]
['5 is a + b']
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..calculus import TABLE
from ..engine import Value
from ..graph.routes import is_constant
from ..text.letters import number_text
from ..text.symbols import plain
from .diagnosis import TOLERANCE


class Slip(NamedTuple):
    "What is done wrong, in two words and in a sentence."

    name: str
    sentence: str


def slips(
    v: Value, xs: Sequence[float], found: float, called: Mapping[Value, str], tolerance: float = TOLERANCE
) -> list[Slip]:
    """Those that make `found` of the numbers xs at the inputs of v, the likeliest first; what is right has none.

    A slip explains what it makes within `tolerance`, relative to it.
    """
    if same(found, evaluated(v.op, xs)):
        return []
    names = [plain(n if is_constant(x) else called[x]) for x, n in zip(v.parents, xs)]
    said = candidates(v, xs, names, evaluated, plain)
    told = {slip.name: slip for number, slip in reversed(list(said)) if same(found, number, tolerance)}
    here = number_text(found)
    return [Slip(name, f"{here} is {sentence}") for name, sentence in reversed(told.values())]


def candidates(v: Value, xs: Sequence[Any], names: list[Any], value: Any, language: Any) -> Iterator[tuple[Any, Slip]]:
    """What comes out if it is done wrongly: value(op, xs), and how the language writes it. The page has others of both.

    Whatever row of the table it is, the slips are other rows, or other inputs.
    """
    op, formula = v.op, language.formula
    written = formula(op, *names)
    yield -value(op, xs), Slip("sign turned", f"{written} but for its sign")
    if len(xs) == 2:
        swapped = formula(op, *names[::-1])
        yield value(op, xs[::-1]), Slip("inputs swapped", f"{swapped}, the wrong way round")
    for x, name in [(x, name) for x, name, parent in zip(xs, names, v.parents) if not is_constant(parent)]:
        yield x, Slip("operation left out", f"{name} itself: {written} is still to be done")
    for n in op.constants:
        yield n * xs[0], Slip("power as product", f"{formula(TABLE['*'], n, names[0])}")
    for i in range(len(xs) if op.arity is None and len(xs) > 2 else 0):
        rest = names[:i] + names[i + 1 :]
        number = value(op, [*xs[:i], *xs[i + 1 :]])
        yield number, Slip("input left out", f"{formula(op, *rest)}, without {names[i]}")
    for other in TABLE.values():
        for given, called in ((xs, names), (xs[::-1], names[::-1]))[: len(xs)]:
            if other.symbol != op.symbol and other.arity in (None, len(xs)):
                yield value(other, given), Slip("another operation", f"{formula(other, *called)}")


def evaluated(op: Any, xs: Sequence[float]) -> float:
    "What the operation makes of them; nan if it takes another number of inputs."
    try:
        return float(op.evaluate(*xs)[0])
    except TypeError:
        return math.nan


def same(a: float, b: float, tolerance: float = TOLERANCE) -> bool:
    "As in diagnose, three significant digits are enough."
    return a == b or abs(a - b) <= max(tolerance * abs(b), 1e-9) < math.inf
