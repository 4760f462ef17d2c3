"""The loop of a replay that numba compiles: instructions, run forward and back over one flat memory.

An instruction is a row of integers. A number that the batch shares stands in memory at its slot, one of a sample at
shared + slot * samples + sample: `place` says so. What the rows of the calculus table do is not here: `compiling`
writes it out of that table, into a copy of this file, in place of the two lines that say so.
"""

# mypy: ignore-errors
# ruff: noqa: E741

import numpy as np
from numba import njit

# An instruction: what it does; to how many members, from which slot on, shared or of the samples; its first operand;
# how many terms it joins; the rows and columns of a grid; which of `numbers` it takes (a sign, or what fills gaps);
# and its block, where the factors of a matrix product are gathered.
KIND, MEMBERS, START, LANE, OPERAND, TERMS, ROWS, COLUMNS, NUMBER, BLOCK = range(10)
CLEAR, FILL, LINEAR, PRODUCTS, MATRIX, TABLE = range(6)  # kinds; from TABLE on they are rows of the calculus table

# An operand: where its list of slots begins; shared or of the samples; is its gradient wanted, is that the first to
# arrive; and, of the factors of a matrix product, are they read in place, gathered, or from the samples as they came.
SLOTS, OF_LANES, WANTED, FIRST, MODE = range(5)
IN_PLACE, GATHERED, SAMPLES = range(3)

compiled = njit(cache=True, error_model="numpy", nogil=True)
place_of = np.uint64  # places in memory have no sign: then nobody asks whether they count from the end, and loops are
# done several numbers at a time. With a sign they would be mixed only as floats, so all that is added to one is one.


@compiled
def place(slot, lane, shared, samples):
    return shared + slot * samples if lane else slot


@compiled
def matrix(back, t, left, right, slots, memory, grads, blocks, batch, shared, y):
    """y = left @ right, by the matrix product of BLAS, or what that hands down. The right factor is gathered once.

    It has a column for every column of the grid and every sample.
    """
    samples, lane = place_of(len(batch)), right[OF_LANES]
    width, n, terms, mode = len(batch) if t[LANE] else 1, t[ROWS], t[TERMS], right[MODE]
    columns, y = t[COLUMNS] * width, np.int64(y)
    start, block, beside = np.int64(slots[left[SLOTS]]), t[BLOCK] * len(batch), left[MODE] == IN_PLACE
    if beside:
        w, dw = memory[start : start + n * terms].reshape(n, terms), grads[start : start + n * terms].reshape(n, terms)
    else:
        w, dw = np.empty((n, terms), memory.dtype), np.zeros((n, terms), memory.dtype)
        for i in range(n):
            for k in range(terms):
                w[i, k] = memory[slots[left[SLOTS] + i * terms + k]]
    if not back and mode == GATHERED:
        for j in range(t[COLUMNS]):
            for k in range(terms):
                x = place(slots[right[SLOTS] + j * terms + k], lane, shared, samples)
                to = place_of(block + k * columns + j * width)
                for b in range(place_of(width)):
                    blocks[to + b] = memory[x + b]
    elif not back and mode == SAMPLES:
        column = slots[right[SLOTS]]
        for b in range(width):
            upright_b, few = blocks[block + b * terms : block + (b + 1) * terms], batch[b, column : column + terms]
            for k in range(terms):
                upright_b[k] = few[k]
    first = np.int64(place(slots[right[SLOTS]], lane, shared, samples))
    here = memory[first : first + terms * columns] if mode == IN_PLACE else blocks[block : block + terms * columns]
    lying, upright = here.reshape(terms, columns), here.reshape(columns, terms)  # upright: as the samples come
    if not back:
        out = memory[y : y + n * columns].reshape(n, columns)
        if mode == SAMPLES:
            np.dot(w, upright.T, out)
        else:
            np.dot(w, lying, out)
        return
    dy = grads[y : y + n * columns].reshape(n, columns)
    if left[WANTED] and left[FIRST]:
        if mode == SAMPLES:
            np.dot(dy, upright, dw)
        else:
            np.dot(dy, lying.T, dw)
    elif left[WANTED]:
        if mode == SAMPLES:
            dw += np.dot(dy, upright)
        else:
            dw += np.dot(dy, lying.T)
    if right[WANTED]:
        dx = np.dot(w.T, dy)
        for j in range(t[COLUMNS]):
            for k in range(terms):
                to, at = place(slots[right[SLOTS] + j * terms + k], lane, shared, samples), place_of(j * width)
                for b in range(place_of(width)):
                    grads[to + b] += dx[place_of(k), at + b]
    if left[WANTED] and not beside:
        for i in range(n):
            for k in range(terms):
                grads[slots[left[SLOTS] + i * terms + k]] += dw[i, k]


# here follow the rows of the calculus table


@compiled
def run(
    instructions,
    operands,
    slots,
    numbers,
    spread,
    memory,
    grads,
    blocks,
    empty,
    batch,
    shared,
    lanes,
    root,
    lane_of_root,
    forward,
    back,
    seed,
):
    shared, samples, count = place_of(shared), place_of(len(batch)), len(instructions)
    for i in spread:  # the inputs that are wanted one by one
        for b in range(samples):
            memory[shared + i * samples + b] = batch[b, i]
    for turn in range(2 * count if back else count):
        behind = turn >= count
        if forward <= turn < count:  # what only serves the results, which nobody asks for
            continue
        if turn == count:  # at the loss: all gradients but its own are 0
            for i in range(len(empty)):
                grads[empty[i, 0] : empty[i, 1]] = 0.0
            end = np.int64(shared)  # of what the samples share; memory may be longer, for more samples
            grads[end + batch.shape[1] * len(batch) : end + lanes * len(batch)] = 0.0
            y = place(place_of(root), lane_of_root, shared, samples)
            for b in range(samples if lane_of_root else place_of(1)):
                grads[y + b] = seed / len(batch) if lane_of_root else seed
        g = 2 * count - 1 - turn if behind else turn
        kind, n, terms = instructions[g, KIND], instructions[g, MEMBERS], instructions[g, TERMS]
        lane, o = instructions[g, LANE], instructions[g, OPERAND]
        first, width = place(place_of(instructions[g, START]), lane, shared, samples), samples if lane else place_of(1)
        if kind == CLEAR:
            if not behind:
                memory[first : first + place_of(n) * width] = 0.0
        elif kind == FILL:  # what stands in the gaps, and that nothing is handed down from there
            start, number = operands[o, SLOTS], numbers[instructions[g, NUMBER]]
            for i in range(terms):
                y = place(slots[start + i], lane, shared, samples)
                if behind:
                    grads[y : y + width] = 0.0
                else:
                    memory[y : y + width] = number
        elif kind == LINEAR:  # y += ± Σ x
            start, lane0, sign = operands[o, SLOTS], place_of(operands[o, OF_LANES]), numbers[instructions[g, NUMBER]]
            for k in range(terms):
                y = first
                for i in range(n):
                    a = place(slots[start + k * n + i], lane0, shared, samples)
                    if not behind:
                        for b in range(width):
                            memory[y + b] += sign * memory[a + b * lane0]
                    elif operands[o, WANTED]:
                        for b in range(width):
                            grads[a + b * lane0] += sign * grads[y + b]
                    y += width
        elif kind == PRODUCTS:  # y += ± Σ left · right: in every grid, every left row with every right one
            p, q = place_of(operands[o, OF_LANES]), place_of(operands[o + 1, OF_LANES])
            sign, rows, columns = numbers[instructions[g, NUMBER]], instructions[g, ROWS], instructions[g, COLUMNS]
            y, left, right = first, operands[o, SLOTS], operands[o + 1, SLOTS]  # in `slots`, the rows that meet in y
            for at in range(n // columns):  # every left row of every grid
                for _ in range(columns):
                    for k in range(terms):
                        l = place(slots[left + k], p, shared, samples)
                        r = place(slots[right + k], q, shared, samples)
                        if not behind:
                            for b in range(width):
                                memory[y + b] += sign * memory[l + b * p] * memory[r + b * q]
                            continue
                        if operands[o, WANTED]:
                            for b in range(width):
                                grads[l + b * p] += sign * grads[y + b] * memory[r + b * q]
                        if operands[o + 1, WANTED]:
                            for b in range(width):
                                grads[r + b * q] += sign * grads[y + b] * memory[l + b * p]
                    y, right = y + width, right + terms
                left += terms
                if (at + 1) % rows:  # the same grid: its right rows from the first one on
                    right -= columns * terms
        elif kind == MATRIX:
            left, right = operands[o], operands[o + 1]
            matrix(behind, instructions[g], left, right, slots, memory, grads, blocks, batch, shared, first)
        # here follow their calls


@compiled
def move(weights, direction, rate):
    for i in range(len(weights)):
        weights[i] -= rate * direction[i]
