"Which groups only serve the results: a step of training that nobody asks for its loss can leave them out."

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np

from ...text.steps import Steps
from ...text.symbols import numpy as np_text
from .groups import Plan


def only_for_answers(plan: Plan) -> set[int]:
    "The numbers of the groups whose values no gradient needs."
    needed = [np.zeros(size, bool) for size in plan.sizes]
    for g in filter(plan.differentiates, plan.groups):
        if g.op:
            names = _read_by_partials(g.op, len(g.reads))
            needed[g.buffer][g.block] |= "y" in names
            for read in [read for i, read in enumerate(g.reads) if f"x{i}" in names]:
                needed[read.buffer][read.index] = True
        for p in g.products:
            for one, other in ((p.left, p.right), (p.right, p.left)):
                if plan.needed[one.buffer][one.index].any():
                    needed[other.buffer][other.index] = True
    unused = set()
    for i, g in reversed(list(enumerate(plan.groups))):
        if needed[g.buffer][g.block].any():
            for read in g.all_reads():
                needed[read.buffer][read.index] = True
        else:
            unused.add(i)
    return unused


@cache
def _read_by_partials(op: Any, inputs: int) -> set[str]:
    "Which of y, x0, x1, ... the local gradients of an operation are made of."
    steps = Steps(np_text)
    found = op.partials(steps, steps("y"), *[steps(f"x{i}") for i in range(inputs)], *op.constants)
    return set(re.findall(r"\b(?:y|x\d+)\b", " ".join([*steps.lines, *[str(steps(local)) for local in found]])))
