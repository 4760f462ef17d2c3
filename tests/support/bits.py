"""Are the numbers the same, bit for bit, in every process? Each has other hashes and another heap."""

import hashlib
import os
import subprocess
import sys
from random import Random

from micrograd_es.engine import gradient

from . import ROOT
from .graphs import random_graph

PROGRAM = """
heap = [object() for _ in range(hash("another heap") % 10_000)]
from tests.support.bits import fingerprint
print(fingerprint())
"""


def fingerprint(graphs=100):
    "All values and gradients, to the last bit, of some graphs of every row."
    numbers = hashlib.sha256()
    for seed in range(graphs):
        root, leaves = random_graph(Random(seed), size=60)
        root.backward()
        slopes = gradient(root, *leaves)
        for v in (root, *slopes):
            numbers.update(v.data.hex().encode())
        for v in leaves:
            numbers.update(float(v.grad).hex().encode())
    return numbers.hexdigest()


def patterns(processes):
    "The fingerprints found by so many processes, a few at a time."
    found = []
    for start in range(1, processes + 1, 4):
        running = []
        for seed in range(start, min(start + 4, processes + 1)):
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(seed)}
            command = [sys.executable, "-c", PROGRAM]
            running.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
        found += [process.communicate(timeout=120)[0] for process in running]
    assert all(found), "a process failed"
    return found
