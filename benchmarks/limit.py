"""What a step costs on paper: its flops, its bytes, its calls, and what this machine needs for these at least.

    python benchmarks/limit.py      (needs numba for its last line)

Flops are those of the sums of products, forward and backward: a multiplication and an addition for each term, and for
each gradient that is wanted. Bytes are those of the weights, which are read forward and back, whose gradient is
written, and which are moved. Calls are the lines of the program. Beside them stands how fast this machine is with each
alone: a large matrix product, arrays of the weights' size added, a call that has nothing to do.
"""

import os
import re
from statistics import median
from time import process_time

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"  # before NumPy comes in
# ruff: noqa: E402
import numpy as np
from replay import BATCH, RATE, gpt, if_installed, network, optim, replay


def seconds(job, count, rounds=7):
    job()
    times = []
    for _ in range(rounds):
        start = process_time()
        for _ in range(count):
            job()
        times.append((process_time() - start) / count)
    return median(times)


def flops(plan, samples):
    "Of the sums of products: forward, and for each side whose gradient is wanted once more."
    total = 0
    for g in plan.groups:
        for p in g.products:
            wanted = sum(plan.needed[side.buffer][side.index].any() for side in (p.left, p.right))
            total += 2 * int(np.prod(p.size)) * (samples if g.buffer else 1) * (1 + wanted * plan.differentiates(g))
    return total


def on_paper(title, r, rows, optimizer):
    dtype, plan = r.dtype, r.plan
    weights = len(r.parameters) * dtype.itemsize
    work, moved = flops(plan, len(rows)), 6 * weights  # read forward, back, to be moved; written: gradient; read; moved
    calls = len(re.findall(r"^ {4}[^# \n]", r.source, re.M))
    a, few = np.ones((512, 512), dtype), np.ones(len(r.parameters), dtype)
    one, out = np.ones(1, dtype), np.empty_like(few)
    rate = 2 * 512**3 / seconds(lambda: a @ a, 3)
    stream = 3 * weights / seconds(lambda: np.add(few, few, out=out), 300)
    call = seconds(lambda: np.multiply(one, one, out=one), 3000)
    lines = [
        (f"{work / 1e6:.2f} million flops", f"{rate / 1e9:.0f} a nanosecond", work / rate),
        (f"{moved / 1e6:.2f} MB of weights", f"{stream / 1e9:.0f} GB/s", moved / stream),
        (f"{calls} statements", f"{1e6 * call:.2f} us each", calls * call),
    ]
    print(f"\n{title}, {dtype.name}, a step on {len(rows)}")
    for what, speed, least in lines:
        print(f"    {what:28} {speed:>18} {1e6 * least:10.1f} us")
    least = max(lines[0][2], lines[1][2])
    print(f"    {'at least, with NumPy':47} {1e6 * (least + lines[2][2]):10.1f} us")
    for runner in ("numpy", "numba"):

        def measured(runner=runner):
            other = replay(r.loss, r.inputs, r.parameters, dtype=dtype, runner=runner)
            return [seconds(lambda: other.step(rows, optimizer, loss=False), 100)]

        for took in if_installed(measured):
            floor = least + (lines[2][2] if runner == "numpy" else 0)
            print(f"    {'measured, ' + runner:47} {1e6 * took:10.1f} us, {floor / took:.0%} of it on paper")


def main():
    rng = np.random.default_rng(0)
    rows = np.hstack([rng.random((BATCH, 784)), np.eye(10)[rng.integers(10, size=BATCH)]])
    r = network(30, "cross-entropy").r
    for dtype in (np.float64, np.float32):
        again = replay(r.loss, r.inputs, r.parameters, dtype=dtype)
        on_paper("784-30-10", again, rows.astype(dtype), optim.SGD(r.parameters, RATE))
    graph = gpt.Graph(gpt.GPT())
    for names in (1, 16, 64):
        rows = np.array([graph.row(name) for name in gpt.NAMES[:names]])
        on_paper("a GPT of 4,080 parameters", graph.replay(), rows, optim.Adam(graph.parameters, 0.001))


if __name__ == "__main__":
    main()
