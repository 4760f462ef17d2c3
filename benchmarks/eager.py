"""How fast is a graph of scalars? micrograd_es beside others, in one run, on one thread.

    python benchmarks/eager.py [--quick]        (pip install micrograd torch xad: those that are missing are left out)

Each engine builds a graph of Python numbers, walks it backward, builds the next; nothing is vectorised or compiled.
The engines take turns, so that a slow minute of the machine hits them all. Shown are medians of processor time, and
how many times that of micrograd_es they are. The engines stand in engines.py, the plain class that a script would have
in plain.py, the script in microgpt.py, the table of every row in rows.py. Fair play:

- micrograd is PyPI's, as published, but for Python's recursion limit, raised here: its backward() recurses and dies on
  a graph about 1,000 deep. It has no exp, log, tanh and sigmoid; they are added in its own style.
- Everything is measured twice. With the collector garbage counts: steps follow each other as in a training, so what one
  step leaves to the cycle collector is collected on the next one's time. What the imports left behind is frozen first:
  nobody pays for another's modules.
- Without the collector it does not count: cycles are cleared away between the steps, on nobody's time. To the plain
  class and to micrograd that is a present. The plain class leaves each graph in a cycle, once backward() has been
  there, and in micrograd every node is one (it holds a function that holds it), so they never free a graph themselves.
  Ours has no cycles: it is freed by reference counting, on our time in both columns, and the collector only costs.
"""

import argparse
import gc
import math
import random
from functools import partial
from itertools import islice, pairwise
from time import process_time

import rows
from engines import Engine, Micrograd, Plain, held, installed, peak, report, seconds, turns, wide_head, wide_line
from microgpt import Training, agree

# ---- Chains and networks ---------------------------------------------------------------------------------------------


def chain(engine, n):
    "n multiply-adds, each on the result of the one before, so 2n operations: the end, ns to build and to go backward."
    x, w = engine.parameters([1.0, 0.999999])
    y, start = x, process_time()
    for _ in range(n):
        y = y * w + x
    built = process_time()
    engine.backward(y)
    return y, (built - start) / (2 * n) * 1e9, (process_time() - built) / (2 * n) * 1e9


def second_chain(engine, n):
    "The second of two: the first of a turn pays for the memory that the engine before it gave back."
    chain(engine, n)
    if not gc.isenabled():
        gc.collect()
    return chain(engine, n)


def network(engine, params, sizes, activations, xs, plus=None):
    "A multi-layer perceptron, scalar by scalar; params are, for each neuron, its weights and its bias."
    params, plus = iter(params), plus or engine.sum
    for (nin, nout), act in zip(pairwise(sizes), activations):
        xs = [act(plus([w * x for w, x in zip(islice(params, nin), xs)], next(params))) for _ in range(nout)]
    return xs


def weights(engine, sizes):
    neurons = [nin for nin, nout in pairwise(sizes) for _ in range(nout)]
    return engine.parameters([x for n in neurons for x in [*(random.uniform(-1, 1) / n**0.5 for _ in range(n)), 0.0]])


def demo(engine, own_nn=False):
    "micrograd's demo: 100 points on two moons, 2-16-16-1, max-margin loss and L2."
    sizes, acts = (2, 16, 16, 1), (engine.relu, engine.relu, lambda x: x)
    random.seed(1337)
    points = [(math.pi * random.random(), sign, random.gauss(0.5, 0.1)) for sign in (-1, 1) for _ in range(50)]
    points = [(bias - sign * math.cos(t), bias - sign * math.sin(t), sign) for t, sign, bias in points]
    model = own_nn and engine.nn.MLP(2, [16, 16, 1])

    def loss_of(params):
        inputs = [(engine.number(x), engine.number(y)) for x, y, _ in points]
        outs = [model(xs) if own_nn else network(engine, params, sizes, acts, xs)[0] for xs in inputs]
        losses = [engine.relu(1 + -sign * out) for out, (_, _, sign) in zip(outs, points)]
        return engine.sum(losses) * (1.0 / len(losses)) + 1e-4 * engine.sum([p * p for p in params])

    return training(engine, model.parameters() if own_nn else weights(engine, sizes), loss_of)


def digit(engine):
    "One sample of the lecture's 784-30-10: sigmoids, cross-entropy."
    random.seed(1337)
    sizes, acts, image = (784, 30, 10), [engine.sigmoid] * 2, [random.random() for _ in range(784)]

    def loss_of(params):
        outs = network(engine, params, sizes, acts, [engine.number(x) for x in image])
        return -engine.sum([engine.log(a if k == 3 else 1 - a) for k, a in enumerate(outs)])

    return training(engine, weights(engine, sizes), loss_of)


def training(engine, params, loss_of):
    "The function that does one step: build, backward, update."

    def step():
        nonlocal params
        loss = loss_of(params)
        engine.backward(loss)
        params = engine.descend(params, 0.1)
        return loss

    return step


# ---- backward() alone ------------------------------------------------------------------------------------------------


def unary_chain(engine, n):
    y = engine.number(0.5)
    for _ in range(n):
        y = engine.tanh(y)
    return y, n


def binary_chain(engine, n):
    y = x = engine.number(0.5)
    for _ in range(n // 2):
        y = y * x + x
    return y, n


def nary_chain(engine, n):
    "Each node has five parents."
    xs = [engine.number(0.1) for _ in range(5)]
    y = xs[0]
    for _ in range(n):
        y = engine.total([y, *xs[1:]])
    return y, n


def binary_mlp(engine, n):
    "3-4-1 of tanh, on as many samples as make n nodes: 37 a sample, and one to add it to the loss."
    random.seed(1337)
    params, count = weights(engine, (3, 4, 1)), n // 38
    return engine.sum(outputs(engine, params, count), engine.number(0.0)), 38 * count


def nary_mlp(engine, n):
    "The same of 26 nodes a sample, where a neuron adds up in one."
    random.seed(1337)
    params, count = weights(engine, (3, 4, 1)), n // 26
    outs = outputs(engine, params, count, plus=lambda xs, bias: engine.total([*xs, bias]))
    return engine.total(outs), 26 * count + 1


def outputs(engine, params, count, plus=None):
    samples = [[engine.number(random.random()) for _ in range(3)] for _ in range(count)]
    return [network(engine, params, (3, 4, 1), [engine.tanh] * 2, xs, plus)[0] for xs in samples]


SHAPES = {
    "chain, unary (tanh)": unary_chain,
    "chain, binary": binary_chain,
    "chain, n-ary": nary_chain,
    "MLP, unary and binary": binary_mlp,
    "MLP, n-ary sums": nary_mlp,
}


def backward(engine, shape, n):
    "ns a node. A small graph is built again and again: each is gone through once, as in a training."
    spent, nodes = 0.0, 0
    while nodes < 10_000:
        y, made = shape(engine, n)
        start = process_time()
        engine.backward(y)
        spent += process_time() - start
        nodes += made
    return spent / nodes * 1e9


def backward_table(engines, sizes, rounds):
    wide_head("backward() alone, ns a node", engines)
    for title, shape in SHAPES.items():
        for n in sizes:
            cost = turns(partial(backward, shape=shape, n=n), engines, rounds)
            wide_line(f"{title:22}{n:8,}", cost, engines)


# ---- Everything ------------------------------------------------------------------------------------------------------


def script(engines, rounds, steps):
    "The script of microgpt's shape; and the losses of all agree."
    losses = {}

    def job(engine):
        step = Training(engine.number)
        cost = seconds(step, steps)
        losses[engine.name] = step.losses
        return cost

    report("a script of microgpt's shape", "s/step", job, engines, rounds)
    agree(losses.values())
    print(f"    the losses of {steps + 1} steps agree: the last is {losses[engines[0].name][-1]:.9f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a glance: one round")
    quick = parser.parse_args().quick
    rounds, steps, n, sizes = (1, 2, 20_000, (100, 1_000)) if quick else (3, 3, 100_000, (100, 1_000, 18_000, 100_000))
    engines = installed()
    gc.collect()
    gc.freeze()
    binary, own = [e for e in engines if e.sum is sum], [e for e in engines if e.nn]
    classes = [e for e in engines if type(e) in (Engine, Plain, Micrograd)]  # whose nodes are Python's
    script(classes, 2 * rounds + 1, steps)
    report(f"chain of {n} multiply-adds: building", "ns/operation", lambda e: second_chain(e, n)[1], binary, rounds)
    report(f"chain of {n} multiply-adds: backward", "ns/operation", lambda e: second_chain(e, n)[2], binary, rounds)
    report("micrograd's demo, by each one's own nn", "s/step", lambda e: seconds(demo(e, True), steps), own, rounds)
    report("micrograd's demo, the very same graph", "s/step", lambda e: seconds(demo(e), steps), engines, rounds)
    report("784-30-10, one sample, the very same graph", "s/step", lambda e: seconds(digit(e), steps), engines, rounds)
    report("chain: memory", "bytes/node", lambda e: held(lambda: chain(e, 1000)[0]) / 2000, classes, 1)
    report("micrograd's demo, by each one's own nn: memory", "MB", lambda e: held(demo(e, True)) / 1e6, own, 1)
    report("microgpt's shape, three steps: peak", "MB", lambda e: peak(Training(e.number), 3) / 1e6, classes, 1)
    backward_table(classes, sizes, rounds)
    rows.table(classes, 5 * rounds)


if __name__ == "__main__":
    main()
