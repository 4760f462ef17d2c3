"""Every view of a graph of a million nodes: it answers, or says politely why not, within seconds.

python -m tests.promises.faults scale
"""

import copy
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from micrograd_es import (
    Value,
    check,
    classroom,
    draw,
    explain,
    first_nonfinite,
    gradient,
    load,
    mermaid,
    paths,
    play,
    save,
    trace,
    why,
)
from micrograd_es.graph import Graph
from micrograd_es.replay import replay


def chain(nodes):
    "One after the other: nowhere deeper."
    x = y = Value(0.5, label="x")
    while nodes > 1:
        y, nodes = y * 0.999999, nodes - 2
    return y, [x]


def wide(nodes):
    "One sum over all: nowhere wider, and nowhere more leaves."
    xs = [Value(i / nodes) for i in range(nodes - 1)]
    return Value.sum(*xs), xs


def layered(nodes):
    "Layers of a hundred, as in a network, that all share a hundred weights."
    layer = weights = [Value(0.9 + 0.002 * i, label=f"w{i}") for i in range(100)]
    for k in range(nodes // 200):
        layer = [(layer[i] * weights[(i + k) % 100]).tanh() for i in range(100)]
    return Value.sum(*layer), weights


SHAPES = {"chain": chain, "wide": wide, "layered": layered}


def views(y, xs):
    "What can be asked of a graph, by name."
    x = xs[0]
    net = SimpleNamespace(named_parameters=lambda: [(f"w{i}", v) for i, v in enumerate(xs)])
    file = Path(tempfile.mkdtemp(), "model.json")
    return {
        "backward": y.backward,
        "forward": y.forward,
        "zero_grad": y.zero_grad,
        "repr": lambda: repr(y),
        "gradient": lambda: gradient(y, x),
        "first_nonfinite": lambda: first_nonfinite(y),
        "names": lambda: Graph(y).names,
        "trace": lambda: trace(y),
        "draw": lambda: draw(y),
        "draw, folded": lambda: draw(y, fold="neurons"),
        "in a notebook": lambda: y._repr_mimebundle_(),
        "mermaid": lambda: mermaid(y),
        "explain": lambda: str(explain(y)),
        "explain, one leaf": lambda: str(explain(y, wrt=x)),
        "paths": lambda: str(paths(y, x)),
        "why": lambda: why(y, x),
        "check, one leaf": lambda: check(y, x),
        "check, all leaves": lambda: check(y),
        "play": lambda: play(y),
        "diagnose": lambda: str(classroom.diagnose(y, x, 3.0)),
        "deepcopy": lambda: copy.deepcopy(y),
        "save": lambda: save(net, file),
        "load": lambda: load(net, file),
        "replay": lambda: replay(y, inputs=xs[:1], parameters=xs[1:]).loss_and_gradients([[0.5], [0.25]]),
    }


def measured(shape, nodes, skip=()):
    "For every view: seconds of the processor, and its answer: '' or the refusal."
    y, xs = SHAPES[shape](nodes)
    found = {}
    for name, view in views(y, xs).items():
        if name not in skip:
            begun = time.process_time()
            try:
                view()
                said = ""
            except ValueError as refusal:
                said = str(refusal)
            found[name] = round(time.process_time() - begun, 2), said
    return found


def table(nodes=1_000_000):
    "The seconds of every view and shape; 'no' where it refuses."
    columns = {shape: measured(shape, nodes) for shape in SHAPES}
    text = [f"{nodes:,} nodes: seconds".ljust(24) + "".join(shape.rjust(12) for shape in columns)]
    for name in columns["wide"]:
        cells = [column.get(name) for column in columns.values()]
        text.append(
            name.ljust(24) + "".join(("no " * bool(c[1]) + f"{c[0]:.1f}" if c else "–").rjust(12) for c in cells)
        )
    import resource  # of POSIX

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    text.append(f"at most {peak / (1024 if sys.platform != 'darwin' else 1024**2):.0f} MB")
    return "\n".join(text)
