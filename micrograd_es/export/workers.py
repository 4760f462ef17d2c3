"""A replay's gradients, computed by the workers of a Dask cluster.

The gradient of a sum is the sum of the gradients: so a batch is cut into shards, every worker returns the sum of the
gradients of its shard, and these sums are added in a fixed order. At every step only the parameters travel, and one sum
comes back. Everything is a task that can be done again, so a worker that dies takes nothing with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus import TABLE
from ..engine import Value, new
from ..optim import Optimizer
from ..replay import Replay, replay
from ..replay.plan.groups import topological_of
from ..system.packages import engine

engine("distributed", "cluster", "Workers")

Array = Any
FAN = 16  # how many sums one task adds up: a thousand shards are three rounds


class Workers:
    """A replay at work on many machines: the same loss_and_gradients and step as the replay, to rounding.

    `client` is a distributed.Client, of a LocalCluster or of any scheduler. The graph travels to each worker once, and
    is planned there. With `data`, an array or a function without arguments that returns one (so that each worker reads
    its own disk), the workers keep the samples, and a batch is a list of their numbers; without it, batches travel.

    A batch is cut into `shards` (by default one for each worker there is now). The sums are added in the order of the
    shards, whoever computed them: the same numbers on every run, also when workers come, go or die. The parameters are
    those of the replay, which may go on predicting. Workers need this package and NumPy.
    """

    def __init__(self, replay: Replay, client: Any, data: Array | Callable[[], Array] | None = None, shards: int = 0):
        self.replay, self.client, self.keeps = replay, client, data is not None
        self.shards = shards or max(1, len(self._addresses()))
        self.program = client.submit(Program, *_packed(replay), data, pure=False)

    def loss_and_gradients(self, batch: Any) -> tuple[float, Array]:
        "The mean loss of a batch (of numbers or, with data, of the numbers of samples), and its gradient."
        batch = np.asarray(batch)
        if not len(batch):
            raise ValueError("a batch of no samples")
        if self.keeps and batch.dtype.kind not in "iu":
            raise ValueError("the workers keep the samples: a batch is a list of their numbers, whole numbers")
        weights = self.client.submit(_same, self.replay.weights, pure=False)
        shards = np.array_split(batch, min(self.shards, len(batch)))
        addresses = self._addresses()
        parts = [
            self.client.submit(
                _sums, self.program, weights, shard, pure=False,
                workers=[addresses[i % len(addresses)]] if addresses else None,
                allow_other_workers=bool(addresses),  # a wish, not a condition: it may be dead by then
            )
            for i, shard in enumerate(shards)
        ]  # fmt: skip
        while len(parts) > 1:
            groups = [parts[i : i + FAN] for i in range(0, len(parts), FAN)]
            parts = [self.client.submit(_added, group, pure=False) for group in groups]
        *gradients, loss = parts[0].result() / len(batch)
        return float(loss), np.array(gradients)

    def step(self, batch: Any, optimizer: Optimizer) -> float:
        "One step of training, as the replay's own; returns the loss before it."
        loss, gradients = self.loss_and_gradients(batch)
        weights = self.replay.weights
        self.replay.weights = weights - optimizer.lr * optimizer.direction(0, gradients, weights)
        optimizer.steps += 1
        return loss

    def _addresses(self) -> list[str]:
        return sorted(self.client.scheduler_info(n_workers=-1)["workers"])


# ---- On a worker -----------------------------------------------------------------------------------------------------


class Program:
    "A graph that has travelled: made into a replay where it is first used."

    def __init__(self, nodes: tuple[Any, ...], roots: tuple[Any, ...], data: Any):
        self.packed = nodes, roots, data
        self.lock = threading.Lock()  # a replay has one set of buffers
        self.ready: tuple[Replay, Any] | None = None

    def __reduce__(self) -> Any:
        return Program, self.packed

    def sums(self, weights: Array, batch: Array) -> Array:
        "The sum of the gradients of the samples, and of their losses."
        with self.lock:
            if self.ready is None:
                nodes, roots, data = self.packed
                self.ready = _unpacked(nodes, roots), data() if callable(data) else data
            ours, data = self.ready
            ours.weights = weights
            loss, gradients = ours.loss_and_gradients(batch if data is None else data[batch])
            return np.append(gradients, loss) * len(batch)


def _sums(program: Program, weights: Array, batch: Array) -> Array:
    return program.sums(weights, batch)


def _added(parts: Sequence[Array]) -> Array:
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total


def _same(x: Any) -> Any:
    return x


# ---- A graph on its way ----------------------------------------------------------------------------------------------


def _packed(r: Replay) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    "The graph as plain arrays: for each node its row, its parents and its number. Rows of the table go by their names."
    order = topological_of([r.loss, *r.inputs, *r.parameters])
    place = {v: i for i, v in enumerate(order)}
    table = {op: name for name, op in TABLE.items()}
    ops: dict[Any, int] = {}
    which = np.array([ops.setdefault(v.op, len(ops)) if v.parents else -1 for v in order])
    counts = np.array([len(v.parents) for v in order])
    parents = np.array([place[x] for v in order for x in v.parents], dtype=np.int64)
    numbers = np.array([v.data for v in order])
    nodes = [table.get(op, op) for op in ops], which, counts, parents, numbers
    return nodes, (place[r.loss], [place[v] for v in r.inputs], [place[v] for v in r.parameters], r.dtype)


def _unpacked(nodes: tuple[Any, ...], roots: tuple[Any, ...]) -> Replay:
    ops, which, counts, parents, numbers = nodes
    ops = [TABLE[op] if isinstance(op, str) else op for op in ops]
    made: list[Value] = []
    ends = np.cumsum(counts)
    flat = parents.tolist()
    for op, count, end, number in zip(which.tolist(), counts.tolist(), ends.tolist(), numbers.tolist()):
        v = Value(number)
        if count:
            v = new(Value)
            v.data, v.grad, v.op = number, 0, ops[op]
            v.parents = tuple([made[i] for i in flat[end - count : end]])
            v.local_grads = (np.nan,) * count  # nobody asks here
        made.append(v)
    loss, inputs, parameters, dtype = roots
    return replay(made[loss], [made[i] for i in inputs], [made[i] for i in parameters], dtype=dtype)
