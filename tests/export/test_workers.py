"""Many workers compute what one process computes: a real scheduler, real worker processes, one of them killed."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from micrograd_es import Value, nn
from micrograd_es.losses import squared
from micrograd_es.optim import SGD
from micrograd_es.replay import replay
from tests.support import ROOT
from tests.support.pages import blocks

np = pytest.importorskip("numpy")
pytest.importorskip("distributed", reason="dask.distributed is not installed: pip install micrograd-es[cluster]")

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "examples")])}
pytestmark = pytest.mark.filterwarnings("ignore")  # the cluster's own affairs


def start(*words):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-m", "distributed.cli." + words[0], *words[1:]], env=ENVIRONMENT, **quiet)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    "A scheduler and two workers, each a process of its own: the address, and the workers."
    file = tmp_path_factory.mktemp("cluster") / "scheduler.json"
    local = str(file.parent)
    alone = ["--no-dashboard", "--host", "127.0.0.1"]
    scheduler = start("dask_scheduler", "--port", "0", *alone, "--scheduler-file", str(file))
    options = ["--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--local-directory", local, *alone]
    workers = [start("dask_worker", *options, "--name", f"worker{i}") for i in range(2)]
    from distributed import Client

    try:
        client = Client(scheduler_file=str(file), timeout="60s")
        client.wait_for_workers(2, timeout=60)
        yield client, workers
        client.close()
    finally:
        for process in [*workers, scheduler]:
            process.kill()
            process.wait()


def network():
    "A small network's replay, always the same, and 64 samples."
    state = random.getstate()
    random.seed(5)
    xs, y = [Value(0.0) for _ in range(6)], Value(0.0)
    net = nn.MLP(6, [8, 1], act="tanh")
    random.setstate(state)
    samples = np.random.default_rng(5).normal(size=(64, 7))
    return replay(squared(net(xs), y) + 0.01 * net.layers[0].neurons[0].w[0].exp(), [*xs, y], net.parameters()), samples


def samples_of_the_worker():
    return network()[1]


def train(model, r, batches):
    sgd = SGD(r.parameters, 0.05, momentum=0.9)
    return [model.step(batch, sgd) for batch in batches], r.weights


def test_the_page_on_clusters_says_how(cluster):
    "Its lines are run as they stand there."
    from micrograd_es.export import Workers

    replay, _ = network()
    names = {"Workers": Workers, "replay": replay, "client": cluster[0], "pictures": samples_of_the_worker}
    names |= {"rows": np.arange(10), "optimizer": SGD(replay.parameters, 0.05)}
    exec(blocks(ROOT / "docs" / "clusters.md", "python")[0], names)
    assert names["loss"] > 0


def near(ours, theirs):
    assert np.abs(np.asarray(ours) - theirs).max() <= 1e-12 * max(1.0, np.abs(theirs).max())


def test_two_workers_are_one_process(cluster):
    "Ten steps, the losses and the weights to 1e-12; the same bits at every run; and with the samples kept by the workers."
    from micrograd_es.export import Workers

    client, _ = cluster
    order = np.random.default_rng(1).permutation(64)
    rows = [order[i % 4 * 16 : i % 4 * 16 + 15] for i in range(10)]
    r, samples = network()
    losses, weights = train(r, r, [samples[i] for i in rows])
    runs = []
    for data, batches in ((None, [samples[i] for i in rows]), (samples_of_the_worker, rows), (samples, rows)):
        r, _ = network()
        runs.append(train(Workers(r, client, data), r, batches))
        near(runs[-1][0], losses)
        near(runs[-1][1], weights)
    assert all((run[1] == runs[0][1]).all() for run in runs)


def test_more_shards_than_workers(cluster):
    "Forty shards are added up in two rounds, and fewer samples than shards are fine; a wrong batch is a mistake."
    from micrograd_es.export import Workers

    client, _ = cluster
    r, samples = network()
    team = Workers(r, client, shards=40)
    for batch in (samples, samples[:3]):
        loss, gradients = team.loss_and_gradients(batch)
        near(loss, r.loss_and_gradients(batch)[0])
        near(gradients, r.loss_and_gradients(batch)[1])
    with pytest.raises(ValueError, match="no samples"):
        team.loss_and_gradients(samples[:0])
    with pytest.raises(ValueError, match="list of their numbers"):
        Workers(r, client, samples).loss_and_gradients(samples)
    with pytest.raises(ValueError, match="it must be .samples, "):
        team.loss_and_gradients(samples[:, :3])


def test_the_rows_of_a_worker(cluster):
    "Random graphs of all rows, and operations from outside the table, travel."
    from micrograd_es.export import Workers
    from tests.support.networks import attention, random_graph

    client, _ = cluster
    for seed in range(4):
        inputs, parameters, loss = random_graph(random.Random(seed))
        r, batch = replay(loss, inputs, parameters), np.random.default_rng(seed).normal(size=(4, len(inputs)))
        near(Workers(r, client).loss_and_gradients(batch)[1], r.loss_and_gradients(batch)[1])
    loss, inputs, parameters, samples = attention()
    r, batch = replay(loss, inputs, parameters), np.random.default_rng(0).normal(size=(4, len(inputs)))
    near(Workers(r, client).loss_and_gradients(batch)[1], r.loss_and_gradients(batch)[1])


def slow_samples():
    "Reading takes its time, so that there is a middle of a step in which to die."
    time.sleep(1)
    return network()[1]


def test_a_worker_killed_in_training_loses_nothing(cluster):
    "SIGKILL in the middle of a step: the other worker does its share again, and the numbers are those of one process."
    from concurrent.futures import ThreadPoolExecutor

    from micrograd_es.export import Workers

    client, workers = cluster
    rows = [np.arange(64)] * 6
    r, samples = network()
    losses, weights = train(r, r, [samples[i] for i in rows])
    r, _ = network()
    with ThreadPoolExecutor(1) as pool:
        training = pool.submit(train, Workers(r, client, slow_samples), r, rows)
        time.sleep(0.5)
        assert not training.done()
        workers[0].send_signal(signal.SIGKILL)
        workers[0].wait()
        ours, trained = training.result(timeout=100)
    near(ours, losses)
    near(trained, weights)
    assert len(client.scheduler_info()["workers"]) == 1


SHARDED = """
import numpy as np
from tests.export.test_workers import network
import jax
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from micrograd_es.export import to_jax

jax.config.update("jax_enable_x64", True)
assert len(jax.devices()) == 2
mesh = Mesh(np.array(jax.devices()), ("samples",))
cut, everywhere = NamedSharding(mesh, PartitionSpec("samples")), NamedSharding(mesh, PartitionSpec())
r, samples = network()
batch = jax.device_put(samples, cut)
assert [len(shard.data) for shard in batch.addressable_shards] == [32, 32]
both = jax.jit(jax.value_and_grad(to_jax(r)), in_shardings=(everywhere, cut), out_shardings=everywhere)
for _ in range(3):
    loss, gradients = both(r.weights, batch)
    ours, expected = r.loss_and_gradients(samples)
    assert abs(loss - ours) <= 1e-12 * abs(ours)
    assert np.abs(np.asarray(gradients) - expected).max() <= 1e-12 * np.abs(expected).max()
    r.weights = r.weights - 0.1 * expected
"""


def python(*words, **more):
    done = subprocess.run([sys.executable, *words], env=ENVIRONMENT | more, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_devices_of_jax():
    "The batch cut over two devices, the weights on both: the gradients that XLA adds up are those of one process."
    pytest.importorskip("jax")
    python("-c", SHARDED, XLA_FLAGS="--xla_force_host_platform_device_count=2")


@pytest.mark.parametrize("engine", ["dask", "jax"])
def test_the_example(engine):
    "examples/mnist_cluster.py on pictures of noise: a LocalCluster of two processes, or JAX, and one process."
    pytest.importorskip("jax" if engine == "jax" else "distributed")
    program = (
        "import mnist_cluster, numpy as np\n"
        "def noise():\n"
        "    rng = np.random.default_rng(0)\n"
        "    return np.hstack([rng.random((60, 16)), np.eye(10)[rng.integers(0, 10, 60)]])\n"
        "if __name__ == '__main__':\n"
        f"    r, apart = mnist_cluster.run({engine!r}, epochs=2, batch=20, data=noise, show=print)\n"
        "    assert apart < 1e-12, apart\n"
    )
    lines = python("-c", program).splitlines()
    assert len(lines) == 5 and [line.split()[3] for line in lines[:2]] == [line.split()[3] for line in lines[3:]]
