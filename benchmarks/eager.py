"""How fast is a graph of scalars? micrograd_es beside micrograd, PyTorch and XAD, in one run, on one thread.

    python benchmarks/eager.py [--quick]        (pip install micrograd torch xad: those that are missing are left out)

Each engine builds a graph of Python numbers, walks it backward, builds the next; nothing is vectorised or compiled.
The engines take turns, so that a slow minute of the machine hits them all. Shown are medians of processor time, and
how many times that of micrograd_es they are. Fair play:

- micrograd is PyPI's, as published, but for Python's recursion limit, raised here: its backward() recurses and dies on
  a graph about 1,000 deep. It has no sigmoid and no log; they are added in its own style.
- Garbage counts. Steps follow each other as in a training, so what one step leaves to the cycle collector is collected
  on the next one's time. What the imports left behind is frozen first: nobody pays for another's modules.
"""

import argparse
import gc
import math
import random
import sys
import tracemalloc
from itertools import islice, pairwise
from statistics import median
from time import process_time

import micrograd_es
import micrograd_es.nn


class Engine:
    "micrograd_es; and by its methods, what the benchmarks ask of any library."

    name, nn, number, sum = "micrograd_es", micrograd_es.nn, micrograd_es.Value, staticmethod(sum)
    relu, sigmoid, log = (staticmethod(lambda x, f=f: getattr(x, f)()) for f in ("relu", "sigmoid", "log"))

    def parameters(self, numbers):
        return [self.number(x) for x in numbers]

    def backward(self, loss):
        loss.backward()

    def descend(self, params, rate):
        for p in params:
            p.data -= rate * p.grad
            p.grad = 0
        return params


class NarySum(Engine):
    name, nn = "micrograd_es, Value.sum", None
    sum = staticmethod(lambda xs, start=0.0: micrograd_es.Value.sum(start, *xs))


class Micrograd(Engine):
    def __init__(self):
        import micrograd.engine
        import micrograd.nn

        sys.setrecursionlimit(10**6)
        self.name, self.nn, self.number = "micrograd", micrograd.nn, micrograd.engine.Value
        self.log = lambda x: self.function(x, math.log(x.data), lambda y: 1 / x.data)
        self.sigmoid = lambda x: self.function(x, 1 / (1 + math.exp(-x.data)), lambda y: y * (1 - y))

    def function(self, x, y, slope):
        def _backward():
            x.grad += slope(y) * out.grad

        out = self.number(y, (x,))
        out._backward = _backward
        return out


class PyTorch(Engine):
    def __init__(self):
        import torch

        torch.set_num_threads(1)
        self.name, self.nn, self.torch = "PyTorch, 0-dim float64", None, torch
        self.number = lambda x: torch.tensor(x, dtype=torch.float64)

    def parameters(self, numbers):
        return [self.number(x).requires_grad_() for x in numbers]

    def descend(self, params, rate):
        with self.torch.no_grad():
            self.torch._foreach_add_(params, [p.grad for p in params], alpha=-rate)  # as its optimisers do
        for p in params:
            p.grad = None
        return params


class XAD(Engine):
    def __init__(self):
        import xad.adj_1st
        import xad.math as m

        self.name, self.nn, self.number, self.tape = "XAD", None, xad.adj_1st.Real, xad.adj_1st.Tape()
        self.relu, self.log, self.sigmoid = lambda x: m.max(x, 0.0), m.log, lambda x: 1.0 / (1.0 + m.exp(-x))
        self.tape.activate()  # parameters() starts a recording on it

    def parameters(self, numbers):
        params = [self.number(x) for x in numbers]
        self.tape.clearAll()
        self.tape.registerInputs(params)
        self.tape.newRecording()
        return params

    def backward(self, loss):
        self.tape.registerOutput(loss)
        loss.derivative = 1.0
        self.tape.computeAdjoints()

    def descend(self, params, rate):
        return self.parameters([p.value - rate * p.derivative for p in params])


def chain(engine, n):
    "n multiply-adds, each on the result of the one before, so 2n operations: the end, ns to build and to go backward."
    x, w = engine.parameters([1.0, 0.999999])
    y, start = x, process_time()
    for _ in range(n):
        y = y * w + x
    built = process_time()
    engine.backward(y)
    return y, (built - start) / (2 * n) * 1e9, (process_time() - built) / (2 * n) * 1e9


def network(engine, params, sizes, activations, xs):
    "A multi-layer perceptron, scalar by scalar; params are, for each neuron, its weights and its bias."
    params = iter(params)
    for (nin, nout), act in zip(pairwise(sizes), activations):
        xs = [act(engine.sum([w * x for w, x in zip(islice(params, nin), xs)], next(params))) for _ in range(nout)]
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


def seconds(step, steps):
    step()  # to warm up
    start = process_time()
    for _ in range(steps):
        step()
    return (process_time() - start) / steps


def held(make):
    "Bytes held by the Python objects of the graph that make() returns."
    tracemalloc.start()
    graph = make()
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del graph
    return size


def report(title, unit, job, engines, rounds):
    results = {e.name: [] for e in engines}
    for e in engines * rounds:
        gc.collect()
        results[e.name].append(job(e))
    print(f"\n{title:50} {unit:>12}   times micrograd_es")
    for name, runs in results.items():
        print(f"    {name:46} {median(runs):12.4g} {median(runs) / median(results['micrograd_es']):20.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a glance: one round")
    rounds, steps, n = (1, 2, 20_000) if parser.parse_args().quick else (5, 4, 100_000)
    engines = []
    for kind in (Engine, NarySum, Micrograd, PyTorch, XAD):
        try:
            engines.append(kind())
        except ImportError as missing:
            print(f"left out: {missing.name} is not installed")
    gc.collect()
    gc.freeze()
    binary, python = [e for e in engines if e.sum is sum], [e for e in engines if e.nn]
    report(f"chain of {n} multiply-adds: building", "ns/operation", lambda e: chain(e, n)[1], binary, rounds)
    report(f"chain of {n} multiply-adds: backward", "ns/operation", lambda e: chain(e, n)[2], binary, rounds)
    report("micrograd's demo, by each one's own nn", "s/step", lambda e: seconds(demo(e, True), steps), python, rounds)
    report("micrograd's demo, the very same graph", "s/step", lambda e: seconds(demo(e), steps), engines, rounds)
    report("784-30-10, one sample, the very same graph", "s/step", lambda e: seconds(digit(e), steps), engines, rounds)
    report("chain: memory", "bytes/node", lambda e: held(lambda: chain(e, 1000)[0]) / 2000, python, 1)
    report("micrograd's demo, by each one's own nn: memory", "MB", lambda e: held(demo(e, True)) / 1e6, python, 1)


if __name__ == "__main__":
    main()
