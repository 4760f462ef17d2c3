"""What every view says of every graph of the corpus, as files: rebuilding the house must not change a byte of them.

    python -m tests.support.record FOLDER                    at the root of the project, writes them into a new folder
    python -m tests.support.record FOLDER --against OTHER    and says where they differ from those in another

Views call nodes as the variables of their caller; so everything is called from `tried`, which has none to offer.
"""

import argparse
import copy
import hashlib
import io
import math
import os
import re
import shlex
import sys
import warnings
from contextlib import chdir, redirect_stderr, redirect_stdout
from difflib import unified_diff
from operator import attrgetter, methodcaller
from pathlib import Path
from tempfile import TemporaryDirectory

from micrograd_es import (
    Value,
    check,
    classroom,
    close_up,
    diagnose,
    draw,
    explain,
    export,
    gradient,
    label_locals,
    mermaid,
    optim,
    paths,
    play,
    topological,
    why,
)
from micrograd_es.cli import main as command
from micrograd_es.replay import replay

from .corpus import GRAPHS

SMALL = 60  # nodes up to which mistakes are looked for
SHOWN, WIDE = 12, 240  # lines of a difference, and characters of each
DRAWN = "slide", "product", "diamonds", "one_strange_label", "log_of_zero", "made_by_hand"
PLAYED = *DRAWN, "softmax_cross_entropy_by_hand", "mlp 2-2-1", "mlp 4-8-8-2", "leaf_alone", "mlp of 600 nodes"
TRAINED = "slide", "mlp 2-3-1", "rnn"


def tried(_view, *_given, _show=str, **_options):
    "What a view shows, or what it raises."
    try:
        return _show(_view(*_given, **_options))
    except Exception as _error:
        return f"{type(_error).__name__}: {_error}"


# ---- Numbers ---------------------------------------------------------------------------------------------------------


def exact(x):
    "A number to its last bit; an integer, such as a gradient before any backward(), as it stands."
    return " ".join(map(exact, x)) if isinstance(x, list | tuple) else x.hex() if isinstance(x, float) else repr(x)


def bits(root):
    "Every node of a graph in topological order: its parents, its number, its gradient, its local gradients."
    order = topological(root)
    place = {v: i for i, v in enumerate(order)}
    return "\n".join(
        f"{i} of {[place[x] for x in v.parents]} {v.label!r}: {exact(v.data)}, {exact(v.grad)}, {exact(v.local_grads)}"
        for i, v in enumerate(order)
    )


def all_bits(roots):
    return "\n\n".join(map(bits, roots))


# ---- What is seen of one graph ---------------------------------------------------------------------------------------


def engine(graph):
    yield "bits", tried(bits, graph.root)
    yield "repr", tried(repr, graph.root)
    yield "a copy", tried(copy.deepcopy, graph.root, _show=bits)


def drawings(graph):
    source = attrgetter("source")
    for edges in ("auto", "both", "numbers", "formulas", "none", "some"):
        yield f"edges={edges}", tried(draw, graph.root, edges=edges, _show=source)
    for fold in ("neurons", "layers", "none"):
        yield f"fold={fold}", tried(draw, graph.root, fold=fold, _show=source)
    for x in graph.leaves:
        yield f"highlight={x.label}", tried(draw, graph.root, highlight=x, _show=source)
    yield "highlight=a route", tried(draw, graph.root, highlight=topological(graph.root)[-3:], _show=source)
    yield "rankdir=TB", tried(draw, graph.root, rankdir="TB", fold="neurons", _show=source)
    yield "mermaid", tried(mermaid, graph.root)


def explanations(graph):
    shows = {"text": str} | {name: methodcaller(name) for name in ("markdown", "latex", "html")}
    for wrt in (None, *graph.leaves, graph.leaves, Value(1.0, label="a stranger"), topological(graph.root)[-2:-1]):
        for kind, show in shows.items():
            name = wrt.label if isinstance(wrt, Value) else wrt and len(wrt)
            yield f"{kind}, wrt={name}", tried(explain, graph.root, wrt, _show=show)


def gradients(graph):
    for x in (*graph.leaves, Value(1.0, label="a stranger")):
        yield f"paths {x.label}", tried(paths, graph.root, x)
        yield f"why {x.label}", tried(why, graph.root, x)
        yield f"check {x.label}", tried(check, graph.root, x)
        yield f"close_up {x.label}", tried(close_up, graph.root, x, _show=bits)
        yield f"explained close_up {x.label}", tried(lambda *_given: explain(close_up(*_given)), graph.root, x)
    yield "check", tried(check, graph.root)
    yield "close_up of both", tried(close_up, graph.root, *graph.leaves, _show=bits)


def derivatives(graph):
    "The first and the second ones, as graphs; of the second, for large graphs, the numbers."
    small = len(topological(graph.root)) < SMALL
    yield "gradient", tried(gradient, graph.root, *graph.leaves, _show=all_bits)
    try:
        firsts = gradient(graph.root, *graph.leaves)
    except Exception:  # as said
        return
    for x, dx in zip(graph.leaves, firsts):
        show = all_bits if small else lambda found: exact([v.data for v in found])
        yield f"gradient of the one by {x.label}", tried(gradient, dx, *graph.leaves, _show=show)
        yield f"its explanation {x.label}", tried(explain, dx)


def mistakes(graph):
    if not graph.leaves or len(topological(graph.root)) >= SMALL:
        return
    x = graph.leaves[0]
    try:
        truth = gradient(graph.root, x)[0].data
    except Exception:  # a node made by hand
        truth = 6.5
    for name, wrong in {"2": truth * 2, "+1": truth + 1, "-": -truth, "0": 0.0, "": truth, "7": 7.0}.items():
        yield f"diagnose {name}", tried(diagnose, graph.root, x, wrong)
    for mistake in classroom.MISTAKES:
        found = [
            tried(mistake.gradients, graph.root, _show=lambda grads, x=x: exact(grads.get(x))) for x in graph.leaves
        ]
        yield mistake.name, "\n".join(found)


def replays(graph):
    "The program, and what it computes, of three samples that are no special numbers."
    if not graph.inputs + graph.parameters:
        return
    batch = [[math.sin(1 + i + 7 * sample) for i in range(len(graph.inputs))] for sample in range(3)]
    outputs = topological(graph.root)[-2:]
    try:
        r = replay(graph.root, graph.inputs, graph.parameters, outputs)
    except Exception as error:
        yield "replay", f"{type(error).__name__}: {error}"
        return
    yield "explain", tried(r.explain)
    yield "source", tried(lambda: r.source)
    yield "loss and gradients", tried(r.loss_and_gradients, batch, _show=lambda found: exact([found[0], *found[1]]))
    yield "predictions", tried(r.predict, batch, _show=lambda found: exact(found.tolist()))


def python(graph):
    yield "source", tried(export.source, graph.root)


def again(graph):
    "The graph computed anew: as it was, and from other numbers; and forgotten. (It is the last view: it changes them.)"
    yield "bits after all views", tried(bits, graph.root)
    yield "forward", tried(graph.root.forward, _show=bits)
    for x in graph.leaves:
        x.data += 0.125
    yield "forward from other numbers", tried(graph.root.forward, _show=bits)
    yield "backward once more", tried(graph.root.backward) + "\n" + bits(graph.root)
    yield "zero_grad", tried(graph.root.zero_grad) + "\n" + bits(graph.root)


VIEWS = engine, drawings, explanations, gradients, derivatives, mistakes, replays, python, again


def of_graph(name):
    "The files of one graph, a file for each view; where backward() changes what it says, that stands there too."
    fresh, done = GRAPHS[name](), GRAPHS[name]()
    done.root.backward()
    for view in VIEWS:
        said = dict(view(fresh))
        after = {title: text for title, text in view(done) if said.get(title) != text}
        if said or after:
            yield (
                f"{view.__name__}/{name}",
                said | {f"{title}, after backward()": text for title, text in after.items()},
            )


# ---- What there is besides -------------------------------------------------------------------------------------------


def pages():
    "Pictures as they are rendered, and pages to play."
    for name in DRAWN:
        yield f"svg/{name}", {"svg": tried(draw, GRAPHS[name]().root, _show=methodcaller("svg"))}
    for name in PLAYED:
        graph = GRAPHS[name]()
        said = {"page": tried(play, graph.root, _show=attrgetter("html"))}
        for x in graph.leaves[1:]:
            learned = tried(play, graph.root, title="One <weight>", learn=x, _show=attrgetter("html"))
            said[f"learn {x.label}"] = "\n".join(re.findall(r"<title>.*|\"learn\": ?\[.*?\]", learned)) or learned
        yield f"play/{name}", said


def names():
    "Nodes that are called as the variables of whoever calls a view."
    speed, times = Value(2.0), [Value(3.0), Value(4.0)]
    way = speed * times[0] + times[1] * speed
    said = {
        "explain": str(explain(way)),
        "draw": draw(way).source,
        "mermaid": mermaid(way),
        "paths": str(paths(way, speed)),
        "why": why(way, times[0]),
        "check": str(check(way)),
        "diagnose": str(diagnose(way, speed, 3.0)),
        "close_up": bits(close_up(way, times[1])),
        "play": "\n".join(re.findall(r'"name": ?".*?"', play(way).html)),
    }
    label_locals()
    yield "names/variables", said | {"labels": bits(way)}


def training():
    "Five steps by every optimiser: node by node, and replayed."
    optimizers = {
        "SGD": lambda ps: optim.SGD(ps, optim.linear(0.2, 0.01, 5), momentum=0.9, weight_decay=0.01),
        "Adam": lambda ps: optim.Adam(ps, 0.05),
        "AdamW": lambda ps: optim.AdamW(ps, optim.cosine(0.05, 0.01, 5), weight_decay=0.1),
    }
    for name in TRAINED:
        said = {}
        for title, make in optimizers.items():
            graph, twin = GRAPHS[name](), GRAPHS[name]()
            optimizer, steps = make(graph.parameters), []
            for _ in range(5):
                graph.root.forward()
                optimizer.zero_grad()
                graph.root.backward()
                optimizer.step()
                steps.append(graph.root.data)
            r, batch = replay(twin.root, twin.inputs, twin.parameters), [[x.data for x in twin.inputs]]
            optimizer = make(twin.parameters)
            said[title] = exact(steps + [p.data for p in graph.parameters])
            said[f"{title}, replayed"] = exact([*[r.step(batch, optimizer) for _ in range(5)], *r.weights.tolist()])
        yield f"training/{name}", said


def onnx():
    "Programs for another engine: a hash is enough of them."
    for name in ("slide", "mlp 4-8-8-2", "conv2d"):
        graph = GRAPHS[name]()
        r = replay(graph.root, graph.inputs, graph.parameters)
        said = tried(export.to_onnx, r, "model.onnx")
        if Path("model.onnx").exists():
            said = hashlib.sha256(Path("model.onnx").read_bytes()).hexdigest()
            Path("model.onnx").unlink()
        yield f"onnx/{name}", {"sha256": said}


WRONG = (
    lambda x, i: x,
    lambda x, i: 2 * x,
    lambda x, i: -x,
    lambda x, i: x + 1,
    lambda x, i: "" if i % 3 else 0,
    lambda x, i: x if i % 2 else x - 1,
)


def classes():
    "Exercises, sheets, hints and grading, of every level."
    for level in classroom.LEVELS:
        made = classroom.sheets(level, 3, "7b")
        said = {"questions": "\n".join(f"{sheet.name} {q}" for sheet in made for q in sheet.questions)}
        for hints in (0, 3):
            for kind, page in zip(("sheets", "key"), classroom.worksheets(made, hints)):
                said[f"{kind}, hints={hints}"] = page
        yield f"worksheets/{level}", said
        e = classroom.exercise(level, 5)
        said = {"exercise": "\n".join([bits(e.root), *e.names.values(), *map(str, e.questions)])}
        for number in range(len(made[0].questions) + 2):
            hints = [tried(classroom.hint, made[0], number, explicit) for explicit in (1, 2, 3, 4)]
            said[f"hints for {number}"] = "\n".join(hints)
        yield f"hints/{level}", said
        lines = ["student,sheet,question,answer"]
        for student, wrong in enumerate(WRONG):
            for i, q in enumerate(made[0].questions):
                lines.append(f"s{student},{made[0].name},{q.number},{wrong(q.answer, i)}")
        Path("answers.csv").write_text("\n".join(lines), "utf-8")
        report = classroom.grade(classroom.read_answers("answers.csv"))
        yield f"grades/{level}", {"report": str(report), "marks": report.table()} | classroom.feedback(report)
        Path("answers.csv").unlink()
        items = classroom.quiz(level, 3, "7b")
        yield (
            f"quizzes/{level}",
            {kind: write(level, items).decode("latin-1") for kind, (write, _) in classroom.FORMATS.items()},
        )
    said = {given: tried(classroom.sheet, given) for given in ("chain-7-0", "nothing-7-1", "chain")}
    yield (
        "worksheets/none",
        said | {"level": tried(classroom.sheets, "none"), "seed": tried(classroom.sheets, "net", 1, "-")},
    )


SLIDE = "(x*w - y)**2", "x=1", "w=1", "y=2"
MODEL = "from micrograd_es import Value\nx, w = Value(2), Value(3)\nloss = (x * w).tanh() * w\n"
COMMANDS = """
SLIDE --wrt w --svg graph.svg
SLIDE --play page.html
SLIDE --dot a --wrt y
SLIDE --latex
SLIDE --markdown
SLIDE --html
SLIDE --mermaid
SLIDE --paths --why --check
"s = x*w - y; E = s**2/2" x=1 w=1/3 y=2 --wrt s
"sigmoid(w*x + b)" x=2 w=-3 b=6 --wrt w --wrt b
"-log(max(p, q))" p=0.5 q=0.5 --check
-x**2 x=3
x*log(w) x=1 w=0
x*log(w) x=1 w=0 --latex
10**10**10
model.py --wrt w --latex
model.py --paths
none.py
model.py x=1
"(x*w - y" x=1
x*w x=1
x*w x=1 x=2 w=1
x*w x=one w=1
x*w x
SLIDE --wrt q
SLIDE --svg none/a.svg
SLIDE --latex --html
"x +* w" x=1 w=1
f(x) x=1
x.data x=1
"__import__('os')"
--no-such
--help
--version
x x=3
worksheet chain --sheets 2
worksheet net --sheets 1 --seed 10b --hints 2
worksheet none
worksheet --sheets 0
worksheet --help
grade chain-1-7 1=-6 2=4
grade chain-1-7 1=15 2=-15 3=1/2
grade chain-1-7 --hint 3
grade chain-1-7
grade chain-1-7 --hint 3.2
grade chain-1-7 99=1
grade none.csv
grade --help
train --help
train none
quiz chain --variants 1
quiz --help
lab --help
lab none.txt
"größe*π_1 + ŷ^2" größe=1"""  # the first one is the demo


def ran(argv, encoding="utf-8"):
    "What one command line prints on a console of this encoding, how it ends, and the files that it leaves."
    with TemporaryDirectory() as folder, chdir(folder):
        Path("model.py").write_text(MODEL, "utf-8")
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding, newline="") for _ in range(2))
        with redirect_stdout(out), redirect_stderr(err):
            try:
                status = command(argv)
            except SystemExit as stop:
                status = stop.code
            except Exception as error:  # none should come out
                status = error
        said = {}
        for name, stream in (("out", out), ("err", err)):
            stream.flush()
            said[name] = stream.buffer.getvalue().decode(encoding)
        files = {path.name: path.read_text("utf-8") for path in sorted(Path().glob("*.*")) if path.name != "model.py"}
    return {"status": repr(status)} | said | files


def command_lines():
    for line in COMMANDS.split("\n"):
        yield [part for word in shlex.split(line) for part in (SLIDE if word == "SLIDE" else [word])]


def commands():
    for number, argv in enumerate(command_lines()):
        yield f"commands/{number:02}", {"command": repr(argv)} | ran(argv)


# ---- Files -----------------------------------------------------------------------------------------------------------


def record():
    "Every file there is: its name, and its text by titles."
    for name in GRAPHS:
        yield from of_graph(name)
    for part in (pages, names, training, onnx, classes, commands):
        yield from part()


def write(folder):
    "All files into a new folder; those that views write themselves are in nobody's way."
    folder.mkdir(parents=True)
    with TemporaryDirectory() as elsewhere, chdir(elsewhere):
        for name, said in record():
            path = folder / f"{name}.txt"
            path.parent.mkdir(exist_ok=True)
            text = "\n".join(f"==== {title}\n{text}" for title, text in said.items())
            path.write_bytes(text.encode("utf-8", "backslashreplace"))


def content(path):
    return path.read_bytes() if path.exists() else b""


def lines(path):
    "The lines of a file; one that is long is broken where a tag or a bracket ends."
    return [
        part
        for line in content(path).decode().split("\n")
        for part in ([line] if len(line) < WIDE else re.split(r"(?<=[>}\]])", line))
    ]


def difference(name, old, new):
    "The first lines of where a file differs."
    a, b = lines(old), lines(new)
    first = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    near = slice(max(0, first - 3), first + 100)
    found = unified_diff(a[near], b[near], f"{name}, from line {near.start + 1}", name, lineterm="")
    return "\n".join(line[:WIDE] for _, line in zip(range(SHOWN), found))


def differing(old, new):
    "The names of the files that are not the same in both folders."
    found = sorted({str(path.relative_to(folder)) for folder in (old, new) for path in folder.rglob("*.txt")})
    return [name for name in found if content(old / name) != content(new / name)]


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.support.record", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="a new folder, to be written")
    parser.add_argument("--against", type=Path, help="an older one, to be compared with")
    options = parser.parse_args()
    if options.folder.exists() or (options.against and not options.against.is_dir()):
        parser.error("the folder must be new, and the other one there")
    os.environ |= {"COLUMNS": "100", "PYTHON_COLORS": "0"}  # for the texts of --help
    warnings.simplefilter("ignore")  # NumPy's, of what is not finite
    write(options.folder.absolute())
    changed = differing(options.against, options.folder) if options.against else []
    for name in changed:
        print(difference(name, options.against / name, options.folder / name), end="\n\n")
    count = sum(1 for _ in options.folder.rglob("*.txt"))
    print(f"{count} files" + f", {len(changed)} of them differ" * bool(options.against))
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
