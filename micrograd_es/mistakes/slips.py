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


def slips(v: Value, xs: Sequence[float], found: float, called: Mapping[Value, str]) -> list[Slip]:
    "Those that make `found` of the numbers xs at the inputs of v, the likeliest first; what is right has none."
    if same(found, evaluated(v.op, xs)):
        return []
    names = [called[x] for x in v.parents]
    told = {slip.name: slip for number, slip in reversed(list(candidates(v, xs, names))) if same(found, number)}
    here = number_text(found)
    return [Slip(name, f"{here} is {sentence}") for name, sentence in reversed(told.values())]


def candidates(v: Value, xs: Sequence[float], names: list[str]) -> Iterator[tuple[float, Slip]]:
    "What comes out if it is done wrongly. Whatever row of the table it is: they are other rows, or other inputs."
    op, written = v.op, plain.formula(v.op, *names).text
    yield -evaluated(op, xs), Slip("sign turned", f"{written} but for its sign")
    if len(xs) == 2:
        swapped = plain.formula(op, *names[::-1]).text
        yield evaluated(op, xs[::-1]), Slip("inputs swapped", f"{swapped}, the wrong way round")
    for x, name in [(x, name) for x, name, parent in zip(xs, names, v.parents) if not is_constant(parent)]:
        yield x, Slip("operation left out", f"{name} itself: {written} is still to be done")
    for n in op.constants:
        yield n * xs[0], Slip("power as product", str(plain(n) * plain(names[0])))
    for i in range(len(xs) if len(xs) > 2 else 0):
        rest = names[:i] + names[i + 1 :]
        number = evaluated(op, [*xs[:i], *xs[i + 1 :]])
        yield number, Slip("input left out", f"{plain.formula(op, *rest).text}, without {names[i]}")
    for other in TABLE.values():
        for given, called in ((xs, names), (xs[::-1], names[::-1]))[: len(xs)]:
            number = evaluated(other, given)
            if other.symbol != op.symbol and not math.isnan(number):
                yield number, Slip("another operation", plain.formula(other, *called).text)


def evaluated(op: Any, xs: Sequence[float]) -> float:
    "What the operation makes of them; nan if it takes another number of inputs."
    try:
        return float(op.evaluate(*xs)[0])
    except TypeError:
        return math.nan


def same(a: float, b: float) -> bool:
    "As in diagnose, three significant digits are enough."
    return a == b or abs(a - b) <= max(TOLERANCE * abs(b), 1e-9) < math.inf
