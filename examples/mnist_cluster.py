"""MNIST by many workers: the replay of a scalar graph computes its gradients on a Dask cluster, or on JAX's devices.

Each step sends the parameters out (23,860 numbers) and brings one sum of gradients back; the pictures stay where they
are read, and the graph travels to each worker once. The losses are those of a single process, to rounding, whoever
computes them: a worker may be killed in the middle.

    python examples/mnist_cluster.py [--workers 2] [--epochs 3] [--batch 500] [--rate 2.0]
    python examples/mnist_cluster.py --scheduler tcp://the-scheduler:8786     # on a cluster that is there already
    XLA_FLAGS=--xla_force_host_platform_device_count=2 python examples/mnist_cluster.py --engine jax

Without --scheduler it starts a LocalCluster of its own. On a real cluster every worker needs this package and this
folder on its path, and the pictures in its folder MNIST_DIR; docs/clusters.md plans for a thousand.

Look at: the last line, which compares the weights with those of the same training in this one process; and at the
examples per second, of which one process has more. This network is far too small for a cluster: docs/clusters.md.

Needs pip install "micrograd-es[fast,cluster]", or [fast,jax].
"""

import argparse
import random
import time

import numpy as np

from micrograd_es.data import mnist
from micrograd_es.optim import SGD
from micrograd_es.train import accuracy, network, table


def pictures(limit=50_000):
    "The samples that a worker keeps: pixels and a one-hot label."
    return table(mnist("train")[:limit])


def train(step, samples, epochs, batch, show=lambda line: None):
    "Epoch by epoch, in an order that the seed fixes; `step` takes the numbers of samples and returns the loss."
    rng = np.random.default_rng(0)
    for epoch in range(1, epochs + 1):
        order, start = rng.permutation(samples), time.perf_counter()
        losses = [step(order[i : i + batch]) for i in range(0, samples, batch)]
        show(f"epoch {epoch}  loss {np.mean(losses):.4f}  {samples / (time.perf_counter() - start):,.0f} examples/s")


def by_dask(r, optimizer, scheduler, workers, data):
    "A step on the workers of a cluster, and the client to be closed at the end."
    from distributed import Client

    from micrograd_es.export import Workers

    here = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}  # a LocalCluster
    client = Client(scheduler) if scheduler else Client(**here)
    team = Workers(r, client, data)
    return lambda rows: team.step(rows, optimizer), client


def by_jax(r, optimizer, rows_of_pictures):
    "A step on JAX's devices: the batch is cut along its samples, the weights are on all, XLA adds the gradients."
    import jax
    from jax.sharding import NamedSharding, PartitionSpec

    from micrograd_es.export import to_jax

    jax.config.update("jax_enable_x64", True)
    mesh = jax.make_mesh((len(jax.devices()),), ("samples",))
    cut, everywhere = NamedSharding(mesh, PartitionSpec("samples")), NamedSharding(mesh, PartitionSpec())
    both = jax.jit(jax.value_and_grad(to_jax(r)), in_shardings=(everywhere, cut), out_shardings=everywhere)

    def step(rows):
        loss, gradients = both(r.weights, rows_of_pictures[rows])
        r.weights = r.weights - optimizer.lr * optimizer.direction(0, np.asarray(gradients), r.weights)
        optimizer.steps += 1
        return float(loss)

    return step


def run(engine="dask", scheduler="", workers=2, epochs=3, batch=500, rate=2.0, data=pictures, show=lambda line: None):
    "Train by the engine, then in this process; the trained replay, and how far apart their weights end."
    samples = data()

    def fresh():
        random.seed(0)
        r = network(30, "cross-entropy", samples.shape[1] - 10).r
        return r, SGD(r.parameters, rate)

    r, optimizer = fresh()
    if engine == "dask":
        step, client = by_dask(r, optimizer, scheduler, workers, data)
        with client:
            train(step, len(samples), epochs, batch, show)
    else:
        train(by_jax(r, optimizer, samples), len(samples), epochs, batch, show)
    show("the same in this process:")
    alone, optimizer = fresh()
    train(lambda rows: alone.step(samples[rows], optimizer), len(samples), epochs, batch, show)
    return r, float(np.abs(r.weights - alone.weights).max())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=["dask", "jax"], default="dask")
    parser.add_argument("--scheduler", default="", help="address of a scheduler; without it, workers are started here")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--rate", type=float, default=2.0)
    options = vars(parser.parse_args())
    r, apart = run(**options, show=lambda line: print(line, flush=True))
    print(f"accuracy on 10,000 new digits: {accuracy(r, table(mnist('test'))):.2%}; weights {apart:.1e} apart")


if __name__ == "__main__":
    main()
