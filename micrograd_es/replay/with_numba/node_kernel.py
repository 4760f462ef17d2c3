"""The loop for graphs that are long rather than wide: node by node, sample after sample, as numba compiles it.

Here every number has one slot, leaves first, then the nodes in order; `inputs` of `nodes` are the slots that each one
reads, one after the other. `ladder` writes the rows of the calculus table into a copy, where the two lines say so.
"""

# mypy: ignore-errors

import numpy as np  # noqa: F401  (in the rows)
from numba import njit

SUM, TABLE = range(2)  # kinds: a sum of any number, which stands before and after its inputs; then, rows of the table


@njit(cache=True, error_model="numpy", nogil=True)
def run(kinds, reads, batch, memory, grads, places, answers, root, back):
    count, leaves = len(kinds), len(memory) - len(kinds)
    if back:
        grads[:leaves] = 0.0
    for sample in range(len(batch)):
        memory[: batch.shape[1]] = batch[sample]
        at, p = leaves, 0
        for i in range(count):
            kind = kinds[i]
            if kind == SUM:
                total = memory[reads[p + 1]]
                for j in range(p + 2, p + 1 + reads[p]):
                    total += memory[reads[j]]
                memory[at] = total
                p += reads[p] + 2
            # here follow the rows, forward
            at += 1
        for i in range(len(places)):
            answers[sample, i] = memory[places[i]]
        if not back:
            continue
        grads[leaves:] = 0.0
        grads[root] += 1.0 / len(batch)
        for i in range(count):
            at -= 1
            kind, dy = kinds[count - 1 - i], grads[at]
            if kind == SUM:
                p -= reads[p - 1] + 2
                for j in range(p + 1, p + 1 + reads[p]):
                    grads[reads[j]] += dy
            # here follow the rows, backward
