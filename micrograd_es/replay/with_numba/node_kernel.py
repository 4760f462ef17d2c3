"""The loop for graphs that are long rather than wide: node by node, sample after sample, as numba compiles it.

Here every number has one slot, leaves first, then the nodes in order; `inputs` of `nodes` are the slots that each one
reads, one after the other. `compiling` writes the rows of the calculus table into a copy, where the two lines say so.
"""

# mypy: ignore-errors
# ruff: noqa: F841  (the rows need it)

import numpy as np  # noqa: F401  (in the rows)
from numba import njit

NOTHING, TABLE = range(2)  # kinds: the rows of the table come last


@njit(cache=True, error_model="numpy", nogil=True)
def run(kinds, reads, batch, memory, grads, places, answers, root, back, seed):
    count, leaves = len(kinds), len(memory) - len(kinds)
    if back:
        grads[:leaves] = 0.0
    for sample in range(len(batch)):
        memory[: batch.shape[1]] = batch[sample]
        at, p = leaves, 0
        for i in range(count):
            kind = kinds[i]
            if kind == NOTHING:
                pass
            # here follow the rows, forward
            at += 1
        for i in range(len(places)):
            answers[sample, i] = memory[places[i]]
        if not back:
            continue
        grads[leaves:] = 0.0
        grads[root] += seed / len(batch)
        for i in range(count):
            at -= 1
            kind, dy = kinds[count - 1 - i], grads[at]
            if kind == NOTHING:
                pass
            # here follow the rows, backward
