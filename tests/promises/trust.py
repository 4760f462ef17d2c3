"""Measures what docs/promises.md promises, and prints it: python -m tests.promises.trust --graphs 20000

The tests run a part of it at every change; this is the whole, on graphs that the tests have not seen.
"""

import argparse
import multiprocessing
from collections import defaultdict
from random import Random
from statistics import median

from tests.support import rows, truth
from tests.support.bits import patterns
from tests.support.graphs import random_graph


def measured(seed):
    "The errors of one graph, or why there are none."
    try:
        return list(truth.errors(random_graph(Random(seed))))
    except truth.Unchecked as reason:
        return str(reason)


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.promises.trust", description=__doc__.partition("\n")[0])
    parser.add_argument("--graphs", type=int, default=20_000, help="how many random graphs (20,000)")
    parser.add_argument("--points", type=int, default=1000, help="how many random points of each row (1,000)")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first one, and of the points (0)")
    parser.add_argument("--processes", type=int, default=20, help="that must find the same bits (20)")
    parser.add_argument("--jobs", type=int, default=2, help="graphs at a time (2)")
    wanted = parser.parse_args()

    chosen, anywhere = rows.errors(), rows.errors(Random(wanted.first), wanted.points)
    for where, found in (("the points of the tests", chosen), (f"{wanted.points:,} random points of each", anywhere)):
        print(f"{len(found)} rows against mpmath at {where}, in units of the last place:")
        for what, column in (("value", 1), ("local gradient", 2)):
            worst = sorted(found, key=lambda row: -row[column])[:3]
            print(f"    {what}: at most {', '.join(f'{row[column]:.2f} ({row[0]})' for row in worst)}", flush=True)

    seeds = range(wanted.first, wanted.first + wanted.graphs)
    errors, unchecked = defaultdict(list), defaultdict(int)
    with multiprocessing.Pool(wanted.jobs) as pool:
        for seed, result in zip(seeds, pool.imap(measured, seeds, chunksize=50)):
            if isinstance(result, str):
                unchecked[result] += 1
            else:
                for what, error in result:
                    errors[what].append((error, seed))
    print(f"{wanted.graphs:,} random graphs against mpmath, in units of their own noise:")
    for what, numbers in errors.items():
        worst, seed = max(numbers)
        typical = median(error for error, _ in numbers)
        print(f"    {what}: {len(numbers):,} numbers, at most {worst:.2f} (graph {seed}), median {typical:.3f}")
    print("    without a verdict: " + (", ".join(f"{n:,} {why}" for why, n in unchecked.items()) or "none"))

    print(f"{len(set(patterns(wanted.processes)))} pattern(s) of bits in {wanted.processes} processes")


if __name__ == "__main__":
    main()
