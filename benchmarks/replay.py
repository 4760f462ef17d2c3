"""How fast is the replay? A graph of scalars beside matrix code written as such, in one run, on one thread each.

    python benchmarks/replay.py [--quick]      (pip install torch jax casadi micrograd: those missing are left out)

The engines take turns, so that a slow minute of the machine hits them all; shown are medians of processor time, and
how many times that of the first line they are. Fair play: JAX has the minibatches of an epoch in one lax.scan under
one jit, CasADi SX is called on buffers, neither pays for compiling; in MNIST's step nobody computes the loss but
PyTorch, which has no other way. Eager engines get one sample, and its time is multiplied by ten. Each "ready" line is a
process of its own: from the graph of Values to the program.
"""

import argparse
import gc
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from statistics import median
from time import process_time

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"  # before NumPy comes in
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))
# ruff: noqa: E402
import gpt
import numpy as np
from gpt_by_hand import Twin, agrees

import micrograd_es
from micrograd_es import Value, data, losses, nn, optim
from micrograd_es.replay import replay
from micrograd_es.train import network

BATCH, RATE = 10, 0.5


def report(title, jobs, rounds):
    "jobs: a name, a function, how often it is called in a round, and what its time is multiplied by."
    results = {name: [] for name, job, *_ in jobs if job() or True}  # called once, to warm up
    for name, job, count, factor in jobs * rounds:
        gc.collect()
        start = process_time()
        for _ in range(count):
            job()
        results[name].append(1e6 * factor * (process_time() - start) / count)
    first = median(next(iter(results.values())))
    print(f"\n{title:52} {'microseconds':>14} {'times the first':>16}")
    for name, times in results.items():
        print(f"    {name:48} {median(times):14,.1f} {median(times) / first:16,.2f}", flush=True)


def if_installed(make, *arguments):
    try:
        return make(*arguments)
    except ImportError as error:
        print(f"left out: {error.name} is not installed")
        return []


# ---- MNIST: one step on a minibatch of 10, 784-30-10, cross-entropy -------------------------------------------------


def epoch(name, step, rows, size=BATCH):
    return [(name, lambda: [step(rows[i : i + size]) for i in range(0, len(rows), size)], 1, size / len(rows))]


def ours(rows, dtype, runner):
    r = network(30, "cross-entropy").r
    r, sgd = replay(r.loss, r.inputs, r.parameters, dtype=dtype, runner=runner), optim.SGD(r.parameters, RATE)
    return epoch(
        f"micrograd_es, {runner}, {dtype.__name__}", lambda few: r.step(few, sgd, loss=False), rows.astype(dtype)
    )


def by_hand(rows, *weights):
    w1, b1, w2, b2 = (a.copy() for a in weights)

    def step(few):
        x, y = few[:, :784], few[:, 784:]
        a = 1 / (1 + np.exp(-(x @ w1.T + b1)))
        d2 = (1 / (1 + np.exp(-(a @ w2.T + b2))) - y) * (RATE / BATCH)
        d1 = (d2 @ w2) * a * (1 - a)
        for w, change in ((w2, d2.T @ a), (b2, d2.sum(0)), (w1, d1.T @ x), (b1, d1.sum(0))):
            w -= change

    return epoch(f"NumPy, written by hand, {rows.dtype}", step, rows)


def sample_by_sample(rows, *weights):
    "In the structure of Nielsen's book: column vectors, backpropagation for one sample, gradients added up."
    w1, b1, w2, b2 = (a.reshape(len(a), -1).copy() for a in weights)
    parts = w1, b1, w2, b2

    def backprop(x, y):
        a = 1 / (1 + np.exp(-(w1 @ x + b1)))
        d2 = 1 / (1 + np.exp(-(w2 @ a + b2))) - y
        d1 = (w2.T @ d2) * a * (1 - a)
        return d1 @ x.T, d1, d2 @ a.T, d2

    def step(few):
        sums = [np.zeros_like(p) for p in parts]
        for row in few:
            changes = backprop(row[:784, None], row[784:, None])
            sums = [total + change for total, change in zip(sums, changes)]
        for p, total in zip(parts, sums):
            p -= RATE / BATCH * total

    return epoch(f"NumPy, sample by sample as in Nielsen's book, {rows.dtype}", step, rows)


def pytorch(rows, *weights):
    import torch

    torch.set_num_threads(1)
    net = torch.nn.Sequential(torch.nn.Linear(784, 30), torch.nn.Sigmoid(), torch.nn.Linear(30, 10))
    for p, w in zip(net.parameters(), weights):
        p.data = torch.tensor(w)
    sgd, cost = torch.optim.SGD(net.parameters(), RATE), torch.nn.BCEWithLogitsLoss(reduction="sum")

    def step(few):
        sgd.zero_grad()
        (cost(net(few[:, :784]), few[:, 784:]) / BATCH).backward()
        sgd.step()

    return epoch(f"PyTorch, vectorised, {rows.dtype}", step, torch.tensor(rows))


def jax_scan(rows, *weights):
    import jax

    jax.config.update("jax_enable_x64", True)

    def loss(ws, few):
        z = jax.nn.sigmoid(few[:, :784] @ ws[0].T + ws[1]) @ ws[2].T + ws[3]
        return (jax.nn.softplus(z) - few[:, 784:] * z).sum() / BATCH

    def step(ws, few):
        return [w - RATE * d for w, d in zip(ws, jax.grad(loss)(ws, few))], None

    run = jax.jit(lambda ws, batches: jax.lax.scan(step, ws, batches))
    ws, batches = [jax.numpy.array(w) for w in weights], jax.numpy.array(rows.reshape(-1, BATCH, rows.shape[1]))
    return [(f"JAX, one lax.scan, {rows.dtype}", lambda: jax.block_until_ready(run(ws, batches)), 1, BATCH / len(rows))]


def larger(rows, rounds):
    "784-256-128-10, minibatches of 100: weights and sigmas leave the cache."
    net = nn.MLP(784, [256, 128, 10], act="sigmoid", last="linear")
    xs, ys = ([Value(0.0) for _ in range(n)] for n in (784, 10))
    loss = Value.sum(*[z.softplus() - y * z for z, y in zip(net(xs), ys)])

    def quick(few, runner):
        r, sgd = (
            replay(loss, [*xs, *ys], net.parameters(), dtype=few.dtype, runner=runner),
            optim.SGD(net.parameters(), RATE),
        )
        return epoch(f"micrograd_es, {runner}, {few.dtype}", lambda rows: r.step(rows, sgd, loss=False), few, 100)

    def by_hand(few):
        rng = np.random.default_rng(0)
        layers = [(rng.normal(size=(m, n)) * 0.1, rng.normal(size=m)) for n, m in ((784, 256), (256, 128), (128, 10))]
        layers = [(w.astype(few.dtype), b.astype(few.dtype)) for w, b in layers]

        def step(rows):
            outs = [rows[:, :784]]
            for w, b in layers:
                outs.append(1 / (1 + np.exp(-(outs[-1] @ w.T + b))))
            d = (outs.pop() - rows[:, 784:]) * (RATE / len(rows))
            for (w, b), a in zip(layers[::-1], outs[::-1]):
                changes = d.T @ a, d.sum(0)
                d = (d @ w) * a * (1 - a) if a is not outs[0] else d
                w -= changes[0]
                b -= changes[1]

        return epoch(f"NumPy, written by hand, {few.dtype}", step, few, 100)

    for dtype in (np.float64, np.float32):
        few = rows.astype(dtype)
        jobs = by_hand(few) + quick(few, "numpy") + if_installed(quick, few, "numba")
        report(f"784-256-128-10, a step on a minibatch of 100, {dtype.__name__}", jobs, rounds)


def eagerly(library, name):
    net, xs = library.nn.MLP(784, [30, 10]), [random.random() for _ in range(784)]  # relu: micrograd has no sigmoid

    def step():
        net.zero_grad()
        sum((out - 0.5) ** 2 for out in net(xs)).backward()
        for p in net.parameters():
            p.data -= 1e-3 * p.grad

    return [(f"{name}, eagerly (one sample, x 10)", step, 1, BATCH)]


def micrograd():
    import micrograd.nn

    sys.setrecursionlimit(10**6)
    return eagerly(micrograd, "micrograd")


# ---- A GPT; and gradients beside CasADi's ---------------------------------------------------------------------------


def gpts(names):
    graph = gpt.Graph(gpt.GPT())
    rows = np.array([graph.row(name) for name in gpt.NAMES[:names]])
    twin = Twin(graph.replay(), graph.block, graph.symbols)
    assert agrees(twin, graph.replay(), rows)

    def quick(runner):
        r, adam = graph.replay(runner), optim.Adam(graph.parameters, 0.001)
        return [(f"micrograd_es, {runner}", lambda: r.step(rows, adam), 20, 1)]

    jobs = [("NumPy, written by hand", lambda: twin.step(rows), 20, 1), *quick("numpy"), *if_installed(quick, "numba")]
    if names == 1:
        slow = optim.Adam(graph.parameters, 0.001)
        jobs.append(("eagerly, the same graph", lambda: gpt.eager_step(graph, rows, slow), 1, 1))
    return jobs


def compiling(context):
    "Print, as JSON: statements, seconds until it is ready with NumPy, and until the first gradient with numba."
    graph = gpt.Graph(gpt.GPT(block=context), block=context)
    start = process_time()
    r = graph.replay()
    ready, row = process_time() - start, np.array([graph.row("ana")])
    import_module("numba"), import_module("scipy.linalg")
    start = process_time()
    graph.replay("numba").loss_and_gradients(row)
    print(json.dumps([len(r.plan.groups), ready, process_time() - start]))


def compiling_lines():
    print(f"\n{'a GPT, by context':22} {'statements':>10} {'NumPy: ready':>13} {'numba: first':>13} {'kept':>9}")
    for context in (8, 16, 32):
        with tempfile.TemporaryDirectory() as folder:
            environment = os.environ | {"XDG_CACHE_HOME": folder}
            command = [sys.executable, __file__, "--ready", "gpt", str(context), "numba"]
            first, again = (
                json.loads(subprocess.run(command, capture_output=True, check=True, env=environment).stdout)
                for _ in range(2)
            )
        print(f"    {context:<18} {first[0]:10} {first[1]:11.2f} s {first[2]:11.2f} s {again[2]:7.2f} s", flush=True)


def casadi_sx(sizes, act, cost, samples):
    "The loss and its gradient as a tape of scalar operations, mapped over the samples; without weight decay."
    import casadi

    ws = [casadi.SX.sym("w", *shape) for n, m in zip(sizes, sizes[1:]) for shape in ((m, n), (m, 1))]
    x, y, flat = casadi.SX.sym("x", sizes[0]), casadi.SX.sym("y", sizes[-1]), casadi.veccat(*ws)
    z = x
    for i in range(0, len(ws), 2):
        z = casadi.mtimes(ws[i], act(casadi, z) if i else z) + ws[i + 1]
    loss = cost(casadi, z, y)
    f = casadi.Function("f", [flat, x, y], [loss, casadi.gradient(loss, flat)]).map(samples, "serial")
    return on_buffers(f, samples)


def on_buffers(f, samples):
    "The fastest call that CasADi has from Python."
    buffer, run = f.buffer()
    numbers = [np.random.default_rng(0).normal(size=f.size_in(i)).ravel() for i in range(f.n_in())]
    answers = [np.zeros(f.numel_out(i)) for i in range(f.n_out())]
    for i, a in enumerate(numbers):
        buffer.set_arg(i, memoryview(a))
    for i, a in enumerate(answers):
        buffer.set_res(i, memoryview(a))
    return [("CasADi SX", lambda: (run(), answers[1].reshape(samples, -1).mean(0), numbers, buffer), 20, 1)]


def gradients(r, few, runner):
    r = replay(r.loss, r.inputs, r.parameters, runner=runner)
    return [(f"micrograd_es, {runner}", lambda: r.loss_and_gradients(few), 50, 1)]


def moons():
    net, xs, y = nn.MLP(2, [16, 16, 1]), [Value(0.0), Value(0.0)], Value(1.0)
    r = replay((1 - y * net(xs)).relu() + losses.l2(net.parameters(), 1e-4), [*xs, y], net.parameters())
    return r, np.array([[*x, 2.0 * label - 1] for x, label in data.moons(100, 0.1, random.Random(0))])


def chain_of(x, a, b, steps=50_000):
    for _ in range(steps):
        x = x * a + b
    return x


def chain():
    "Multiply and add, 50,000 times."
    x, a, b = Value(0.5), Value(0.999), Value(0.001)
    r, few = replay(chain_of(x, a, b), [x], [a, b], runner="numba"), np.array([[0.5]])
    return [("micrograd_es, numba", lambda: r.loss_and_gradients(few), 10, 1)]


def casadi_chain():
    import casadi

    x, w = casadi.SX.sym("x"), casadi.SX.sym("w", 2)
    y = chain_of(x, w[0], w[1])
    return on_buffers(casadi.Function("f", [w, x], [y, casadi.gradient(y, w)]), 1)


def irregular(operations, last, rng):
    "Each operation on any two among the `last` nodes: hardly any two that are alike stand on one level."
    xs, ws = ([Value(rng.uniform(-1, 1)) for _ in range(n)] for n in (4, 16))
    nodes, rows = [*xs, *ws], [Value.__add__, Value.__sub__, Value.__mul__, Value.maximum, Value.tanh, Value.sin]
    for _ in range(operations):
        few, row = nodes[-last:], rng.choice(rows)
        nodes.append(row(*[rng.choice(few) for _ in range(row.op.arity or 2)]))
    used = {x for v in nodes for x in v.parents}
    return Value.sum(*[v for v in nodes if v not in used]).tanh(), xs, ws


def irregulars(last):
    loss, xs, ws = irregular(100_000, last, random.Random(0))

    def quick(runner):
        r = replay(loss, xs, ws, runner=runner)
        return [(f"micrograd_es, {runner}", lambda: r.loss_and_gradients([[0.1, 0.2, 0.3, 0.4]]), 3, 1)]

    return quick("numpy") + if_installed(quick, "numba") + [("eagerly", lambda: loss.forward().backward(), 1, 1)]


def layers(width, depth):
    "A network so deep that there is no end of statements, none of them a matrix product."
    xs, ws = ([Value(x / width) for x in range(width)] for _ in range(2))
    line = xs
    for _ in range(depth):
        line = [(x * w).tanh() for x, w in zip(line, ws)]
    return Value.sum(*line), xs, ws


# ---- Ready ----------------------------------------------------------------------------------------------------------


def peak():
    "Megabytes that this process has held at most (Linux; elsewhere 0)."
    status = Path("/proc/self/status")
    return int(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1]) / 1e3 if status.exists() else 0.0


def graph_of(kind, nodes):
    if kind == "chain":
        x, w = Value(1.0), Value(0.999)
        loss = x
        for _ in range(nodes // 2):
            loss = (loss * w).tanh()
        return loss, [x], [w]
    if kind == "irregular":
        return irregular(nodes, 64, random)
    if kind == "layers":
        return layers(100, nodes // 200)
    nin = (nodes - 900) // 61 + 1
    net, xs = nn.MLP(nin, [30, 10], act="sigmoid"), [Value(0.5) for _ in range(nin)]
    return losses.quadratic(net(xs), [0.5] * 10), xs, net.parameters()


def ready(kind, nodes, runner):
    "Print, as JSON: the nodes, seconds to be ready, megabytes of the graph, and what the replay adds."
    if kind == "gpt":
        return compiling(nodes)
    import_module("numba" if runner == "numba" else "numpy")
    before = peak()
    graph = graph_of(kind, nodes)
    built, start = peak(), process_time()
    replay(*graph, runner=runner)
    end = process_time()
    print(json.dumps([len(micrograd_es.topological(graph[0])), end - start, built - before, peak() - built]))


def ready_line(kind, nodes, runner="numpy"):
    command = [sys.executable, __file__, "--ready", kind, str(nodes), runner]
    n, seconds, graph, plan = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    name = f"{kind}, {runner}"
    print(f"    {name:18} {n:10,} {seconds:9.3f} {1e6 * seconds / n:9.2f} {graph:9.1f} {plan:10.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a glance: one round, smaller graphs")
    parser.add_argument("--ready", nargs=3, metavar=("KIND", "NODES", "RUNNER"), help="one line of the last table")
    options = parser.parse_args()
    random.seed(0)
    if options.ready:
        kind, nodes, runner = options.ready
        return ready(kind, int(nodes), runner)
    rounds, rng = 1 if options.quick else 5, np.random.default_rng(0)
    rows = np.hstack([rng.random((2000, 784)).clip(0.8) - 0.8, np.eye(10)[rng.integers(10, size=2000)]])
    weights = [rng.normal(size=shape) * 0.1 for shape in ((30, 784), 30, (10, 30), 10)]
    jobs = []
    for dtype in (np.float64, np.float32):
        few = [w.astype(dtype) for w in weights]
        jobs += [*ours(rows, dtype, "numpy"), *if_installed(ours, rows, dtype, "numba")]
        jobs += by_hand(rows.astype(dtype), *few) + sample_by_sample(rows.astype(dtype), *few)
        jobs += if_installed(pytorch, rows.astype(dtype), *few) + if_installed(jax_scan, rows.astype(dtype), *few)
    report("784-30-10, a step on a minibatch of 10", jobs, rounds)
    larger(rows, rounds)
    slow = eagerly(micrograd_es, "micrograd_es") + if_installed(micrograd)
    report("784-30-10, the same, node by node", [jobs[0], *slow], 1)
    for names in (1, 16, 64):
        report(f"a GPT of 4,080 parameters, a step with Adam on {names}", gpts(names), rounds)
    if if_installed(lambda: [import_module("numba")]):
        compiling_lines()
    relu, hinge = (lambda m, z: m.fmax(z, 0)), (lambda m, z, y: m.fmax(1 - y * z, 0))
    sigmoid, cross_entropy = (lambda m, z: 1 / (1 + m.exp(-z))), lambda m, z, y: m.sum1(m.log(1 + m.exp(z)) - y * z)
    for title, (r, few), sx in (
        ("moons, 2-16-16-1", moons(), ((2, 16, 16, 1), relu, hinge, 100)),
        ("784-30-10", (network(30, "cross-entropy").r, rows[:10]), ((784, 30, 10), sigmoid, cross_entropy, 10)),
    ):
        jobs = gradients(r, few, "numpy") + if_installed(gradients, r, few, "numba") + if_installed(casadi_sx, *sx)
        report(f"{title}, {len(few)} samples, a gradient", jobs, rounds)
    report("a chain of 100,000 operations, a gradient", if_installed(chain) + if_installed(casadi_chain), rounds)
    for last in (64, 100_000):
        report(f"irregular, 100,000 operations, parents among the last {last:,}", irregulars(last), rounds)
    print(f"\n{'ready':22} {'nodes':>10} {'seconds':>9} {'us/node':>9} {'MB graph':>9} {'MB replay':>10}")
    for nodes in (1_000, 10_000, 100_000, 1_000_000)[: 3 if options.quick else 4]:
        ready_line("network", nodes)
    for nodes in (10_000, 1_000_000)[: 1 if options.quick else 2]:
        ready_line("chain", nodes)
    for runner in ("numpy", "numba"):
        ready_line("irregular", 100_000, runner)
    for nodes in (100_000, 1_000_000)[: 1 if options.quick else 2]:
        ready_line("layers", nodes)


if __name__ == "__main__":
    main()
