"""The engines of benchmarks/eager.py, what it asks of each, and how they take turns, with the collector on and off."""

import gc
import math
import sys
import tracemalloc
from statistics import median
from time import process_time

import plain

import micrograd_es
import micrograd_es.nn

sys.setrecursionlimit(10**6)  # micrograd and the plain class recurse in backward()

# ---- The engines -----------------------------------------------------------------------------------------------------


class Engine:
    "micrograd_es; and by its methods, what the benchmarks ask of any library."

    name, nn, number, sum = "micrograd_es", micrograd_es.nn, micrograd_es.Value, staticmethod(sum)
    relu, sigmoid, tanh, log = (staticmethod(lambda x, f=f: getattr(x, f)()) for f in "relu sigmoid tanh log".split())

    def total(self, xs):
        "A sum that is one node."
        return self.number.sum(*xs)

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


class Plain(Engine):
    name, nn, number = "plain class", None, plain.Value

    def total(self, xs):
        return plain.Value(sum([x.data for x in xs]), tuple(xs), (1.0,) * len(xs))


class Micrograd(Engine):
    def __init__(self):
        import micrograd.engine
        import micrograd.nn

        self.name, self.nn, self.number = "micrograd", micrograd.nn, micrograd.engine.Value
        self.number.exp = self.function(math.exp, lambda x, y: y)
        self.number.log = self.function(math.log, lambda x, y: 1 / x)
        self.number.tanh = self.function(math.tanh, lambda x, y: 1 - y * y)
        self.number.sigmoid = self.function(lambda x: 1 / (1 + math.exp(-x)), lambda x, y: y * (1 - y))

    def function(self, f, slope):
        "A function that it lacks, in its own style."

        def method(x):
            def _backward():
                x.grad += local * out.grad

            y = f(x.data)
            out, local = self.number(y, (x,)), slope(x.data, y)
            out._backward = _backward
            return out

        return method

    def total(self, xs):
        def _backward():
            for x in xs:
                x.grad += out.grad

        out = self.number(sum([x.data for x in xs]), xs)
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


def installed():
    "Every engine whose library is there."
    engines = []
    for kind in (Engine, NarySum, Plain, Micrograd, PyTorch, XAD):
        try:
            engines.append(kind())
        except ImportError as missing:
            print(f"left out: {missing.name} is not installed")
    return engines


# ---- Their turns -----------------------------------------------------------------------------------------------------


def turns(job, engines, rounds):
    "The median of job(engine) for each, with the collector on (True) and off: {(name, on): median}."
    runs = {(e.name, on): [] for e in engines for on in (True, False)}
    for on in (True, False) * rounds:
        for e in engines:
            gc.collect()
            (gc.enable if on else gc.disable)()
            runs[e.name, on].append(job(e))
            gc.enable()
    return {key: median(times) for key, times in runs.items()}


def seconds(step, steps):
    "A step's time. Without the collector its cycles are cleared away between the steps, on nobody's time."
    step()  # to warm up
    spent = 0.0
    for _ in range(steps):
        if not gc.isenabled():
            gc.collect()
        start = process_time()
        step()
        spent += process_time() - start
    return spent / steps


def held(make):
    "Bytes held by the Python objects of the graph that make() returns; without the collector also what making it left."
    tracemalloc.start()
    graph = make()
    if gc.isenabled():
        gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del graph
    return size


def peak(step, steps):
    "The most bytes that were held at any moment of some steps. Without the collector nothing is cleared away."
    tracemalloc.start()
    for _ in range(steps):
        step()
    _, size = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size


def report(title, unit, job, engines, rounds):
    cost = turns(job, engines, rounds)
    print(f"\n{title:46} {unit:>12} {'times ours':>12} {'no collector':>14} {'times ours':>12}")
    for e in engines:
        columns = [x for on in (True, False) for x in (cost[e.name, on], cost[e.name, on] / cost[engines[0].name, on])]
        print(f"    {e.name:42} {'{:12.4g} {:12.2f} {:14.4g} {:12.2f}'.format(*columns)}", flush=True)


def wide_head(title, engines):
    ours, *others = engines
    columns = [head for e in others for head in (e.name, "times ours")]
    print(f"\n{title:32}" + " ".join(f"{head:>12}" for head in [ours.name, *columns, "ours, no gc", *columns]))


def wide_line(title, cost, engines):
    "One line of a table: what it costs each engine, with the collector and without; '-' where one has no such thing."
    line, ours = f"{title:32}", engines[0].name
    for on in (True, False):
        line += f"{cost[ours, on]:12.0f} "
        for e in engines[1:]:
            theirs = cost.get((e.name, on))
            line += f"{theirs:12.0f} {theirs / cost[ours, on]:12.2f} " if theirs else f"{'-':>12} {'-':>12} "
    print(line.rstrip(), flush=True)
