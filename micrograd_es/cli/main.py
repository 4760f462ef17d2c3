"""The command micrograd-es: one line in a terminal -> the worked chain rule, and its picture for the slide."""

from __future__ import annotations

import argparse
import errno
import os
import re
import runpy
import sys
import traceback
from collections.abc import Callable, Sequence
from math import isfinite
from pathlib import Path
from typing import Any
from unicodedata import normalize

from ..engine import Value
from ..expression.parser import ExpressionError, parse
from ..system.quotes import short
from .console import consoles
from .parser import Parser, assigned

DEMO = ["(x*w - y)**2", "x=1", "w=1", "y=2"]
LINES = 12  # of the worked solution, on a slide
OPTION = re.compile(r"-h|--|--[a-z]+(-[a-z]+)*(=.*)?", re.DOTALL)  # what else begins with a minus is an expression
PICTURES = "svg", "png", "pdf", "dot"
TEXTS = {"latex": "LaTeX", "markdown": "Markdown", "html": "HTML", "mermaid": "the picture as Mermaid text"}
EXAMPLES = """
examples:
  micrograd-es                                              the demo: (x*w - y)**2 and its picture, graph.svg
  micrograd-es "(x*w - y)**2" x=1 w=1 y=2 --wrt w           the worked solution of one gradient
  micrograd-es "s = x*w - y; E = s**2/2" x=1 w=1/3 y=2      names for the steps in between
  micrograd-es "sigmoid(w*x + b)" x=2 w=-3 b=6 --svg a.svg  the worked solution, and the picture for a slide
  micrograd-es "(x*w - y)**2" x=1 w=1 y=2 --play page.html  a page to step through, forward and backward
  micrograd-es "(x*w - y)**2" x=1 w=1 y=2 --beamer a.tex    the steps as slides; or --animate steps.svg
  micrograd-es "sin(x*w) + x" x=1 w=2 --forward x           forward mode: how fast every value moves with x
  micrograd-es "-log(max(p, q))" p=0.5 q=0.5 --check        the gradients, and finite differences beside them
  micrograd-es model.py --wrt w --latex                     a Python file that leaves a Value called loss
  micrograd-es worksheet chain                              30 different exercise sheets, and their answer key
  micrograd-es quiz chain --format moodle                   30 variants of a question, for a learning platform
  micrograd-es grade chain-1-7 1=15 2=-15                   its answers graded, and which mistake explains the rest
  micrograd-es lab lab.html                                 a page to type Python in, and see; no installation
  micrograd-es train glyphs --epochs 9                      a network for digits, from scalars; or train mnist
"""


def arguments() -> Parser:
    "What may stand on the command line."
    parser = Parser(
        prog="micrograd-es",
        description="The worked chain rule of an expression, and its picture.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("source", nargs="?", metavar="expression", help="such as '(x*w - y)**2', or a .py file that leaves a loss")
    add("values", nargs="*", metavar="name=number", help="a number for every name in the expression")
    add("--wrt", action="append", default=[], metavar="name", help="explain only this gradient (may be given again)")
    add("--forward", action="append", default=[], metavar="name", help="instead, forward mode from this leaf on")
    add("--highlight", action="append", default=[], metavar="name", help="in pictures, every way to it stands out")
    for kind in PICTURES:
        add(f"--{kind}", metavar="file", type=str.strip, help=f"write the picture as {kind.upper()}")
    add("--play", metavar="file", type=str.strip, help="write a page of HTML that plays the steps")
    add("--beamer", metavar="file", type=str.strip, help="write the steps as slides for Beamer: an overlay for each")
    add("--frames", action="store_true", help="with --beamer, a frame for each step; with --latex, frames that fit")
    add("--animate", metavar="file", type=str.strip, help="write the steps as a .svg that plays, .gif or .png")
    add("--steps", metavar="folder", type=str.strip, help="write every step as a picture of its own")
    group = parser.add_mutually_exclusive_group()
    for kind, meaning in TEXTS.items():
        group.add_argument(f"--{kind}", action="store_const", const=kind, dest="text", help=f"instead, {meaning}")
    group.add_argument("--step", action="store_true", help="instead, step by step in the terminal, with the arrow keys")
    add("--paths", action="store_true", help="and every route from the root, as a product of local gradients")
    add("--why", action="store_true", help="and why a gradient is what it is: zero, tiny, huge, nan")
    add("--check", action="store_true", help="and the same gradients by finite differences")
    add("--version", action="store_true", help="print the version and stop")
    return parser


@consoles()
def main(argv: Sequence[str] | None = None) -> int:
    "The command; what it returns is the exit status."
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv[:1] in (["worksheet"], ["quiz"], ["grade"]):
        from .classroom import main as classroom

        return classroom(argv)
    if argv[:1] == ["lab"]:
        from .lab import main as lab

        return lab(argv[1:])
    if argv[:1] == ["train"]:
        from .train import main as train

        return train(argv[1:])
    parser = arguments()
    # argparse takes "-x**2" for an option, unless there is a space in it
    spaced = [f" {word}" if word[:1] == "-" and not OPTION.fullmatch(word) else word for word in argv]
    options, unknown = parser.parse_known_intermixed_args(spaced)
    if unknown:
        name = short(unknown[0])
        parser.error(f"{name} is no option; an expression that begins so is put into parentheses, as in ({name})")
    if options.version:
        from .. import __version__

        print(f"micrograd-es {__version__}")
        return 0
    if not argv:
        options.svg = "graph.svg"
    if options.source is None:
        options.source, *options.values = DEMO
    try:
        root, names = graph(options.source.strip(), options.values)
        root.zero_grad()
        root.backward()
        if options.wrt and options.forward:
            raise ExpressionError("--forward x goes on from x, --wrt x back to it: give one of them")
        wrt = chosen(options.wrt, names) or chosen(options.forward, names, "forward")
        if options.step:
            from ..slides import step

            step(root, wrt)
        else:
            show(report(root, wrt, options))
        options.highlight = chosen(options.highlight, names, "highlight")
        pictures(root, wrt, options)
    except (ValueError, RuntimeError, ImportError) as mistake:
        parser.error(str(mistake))
    return 0


# ---- What goes in ----------------------------------------------------------------------------------------------------


def graph(source: str, values: list[str]) -> tuple[Value, dict[str, Value]]:
    "The root of an expression or of a Python file, and what may be named by --wrt."
    from ..graph import Graph

    if source.endswith(".py"):
        if values:
            raise ExpressionError(
                f"{short(values[0])}: numbers go with an expression; in {source} they are set by the file"
            )
        root = script(source)
        return root, {name: v for v, name in Graph(root, {}).names.items()}
    root, known = parse(source, **numbers(values))
    return root, {name: v for v, name in Graph(root, {}).names.items()} | known


def numbers(assignments: list[str]) -> dict[str, float]:
    "x=1 w=1/3 -> the numbers, by name."
    given: dict[str, float] = {}
    for name, number in assigned(assignments).items():
        try:
            given[name] = parse(number).root.data if "=" not in number else float("nan")
        except ExpressionError:
            given[name] = float("nan")
        if not isfinite(given[name]):
            text = f"{name}={number}"
            raise ExpressionError(f"{text[:40]}: {number[:40]!r} is not a finite number, such as 2, -0.5 or 1/3")
    return given


def chosen(wrt: list[str], names: dict[str, Value], option: str = "wrt") -> list[Value]:
    "The Values called so."
    for name in wrt:
        if normalize("NFC", name) not in names:
            raise ExpressionError(f"--{option} {short(name)}: no such name; there are {', '.join(names)}")
    return [names[normalize("NFC", name)] for name in wrt]


def script(path: str) -> Value:
    "The Value called loss that a Python file leaves; its variables label the graph."
    from ..graph import Graph

    if not os.path.isfile(path):  # Path.is_file() raises for a name that is too long
        raise ExpressionError(f"{path}: no such file")
    sys.path.insert(0, str(Path(path).resolve().parent))  # its neighbours can be imported, as under `python file.py`
    try:
        variables = runpy.run_path(path, run_name="__main__")
    except (Exception, SystemExit) as error:
        reason = error.msg if isinstance(error, SyntaxError) else error
        raise ExpressionError(f"{path}{line_of(error, path)}: {type(error).__name__}: {reason}") from None
    finally:
        sys.path.pop(0)
    loss = variables.get("loss")
    if not isinstance(loss, Value):
        found = f"loss is a {type(loss).__name__}" if "loss" in variables else "no variable is called loss"
        raise ExpressionError(f"{path}: {found}; leave a Value called loss")
    for v, name in Graph(loss, variables).names.items():
        v.label = name
    return loss


def line_of(error: BaseException, path: str) -> str:
    "Where in the file it happened, if in the file."
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    if isinstance(error, SyntaxError) and error.filename == path:
        lines.append(error.lineno)
    return f", line {lines[-1]}" if lines else ""


# ---- What comes out --------------------------------------------------------------------------------------------------


def report(root: Value, wrt: list[Value], options: argparse.Namespace) -> str:
    "The explanation in the format asked for, then what else was asked for."
    from ..check import check
    from ..draw.notebook import mermaid
    from ..explain import paths, why
    from ..explain.chain import explain, nonfinite_note
    from ..graph import Graph

    graph = Graph(root)
    leaves = wrt or graph.leaves
    if options.text == "mermaid":
        text = mermaid(graph)
    else:
        worked = explain(graph, wrt or None, mode=mode_of(options))
        if options.text == "latex" and options.frames:
            text = worked.latex(lines=LINES)
        else:
            text = getattr(worked, options.text)() if options.text else str(worked)
    parts: list[Any] = [text]
    if options.paths:
        parts += [paths(graph, leaf) for leaf in leaves]
    if options.why:
        parts += ["\n".join(why(graph, leaf) for leaf in leaves)]
    if options.check:
        parts += [check(graph, *leaves)]
    note = nonfinite_note(graph)
    if note and note not in text:
        print(note, file=sys.stderr)
    return "\n\n".join(str(part).rstrip() for part in parts)


def mode_of(options: argparse.Namespace) -> str:
    return "forward" if options.forward else "reverse"


def show(text: str) -> None:
    "Print it. Who reads only the beginning, as | head does, ends nothing but the reading."
    try:
        print(text, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python stumbles over it again at exit
        if error.errno not in (errno.EPIPE, errno.EINVAL):  # Windows says EINVAL of a pipe that nobody reads
            raise ExpressionError(f"cannot print: {error.strerror}") from None


def pictures(root: Value, wrt: list[Value], options: argparse.Namespace) -> None:
    "Write the pictures, the page and the slides asked for; the routes to --highlight stand out, or to a single --wrt."
    from ..draw import draw

    mode = mode_of(options)
    lit = options.highlight or (wrt if len(wrt) == 1 else [])
    for kind in PICTURES:
        path = getattr(options, kind)
        if path is None:
            continue
        write(path, kind, draw(root, highlight=lit[0] if lit else ()).save_as)
    if options.play is not None:
        from ..player import play

        leaves = [v for v in wrt if not v.parents]
        write(options.play, "html", play(root, learn=leaves or None).save)
    if options.beamer is not None:
        from ..slides import beamer

        write(options.beamer, "tex", beamer(root, wrt=wrt, mode=mode, highlight=lit, frames=options.frames).save)
    if options.animate is not None or options.steps is not None:
        from ..slides import animate

        moving = animate(root, wrt=wrt, mode=mode, highlight=lit)
        if options.animate is not None:
            saved(options.animate, moving.save)
        if options.steps is not None:
            saved(options.steps, moving.save_frames)


def write(path: str, kind: str, save: Callable[[str], object]) -> None:
    "Save it under that name, with its suffix, and say so. A name with the suffix of something else is a mistake."
    suffix = Path(path).suffix.lower().lstrip(".")
    option = {kind: kind for kind in PICTURES} | {"html": "play", "tex": "beamer"}
    if suffix != kind and suffix in option:
        raise ExpressionError(f"--{option[kind]} {path}: a .{suffix} is written by --{option[suffix]}")
    saved(path if path.lower().endswith(f".{kind}") else f"{path}.{kind}", save)


def saved(path: str, save: Callable[[str], object]) -> None:
    "Save it under that name, and say so."
    try:
        save(path)
    except OSError as error:
        raise ExpressionError(f"{path}: cannot write it: {error.strerror or error}") from None
    print(f"wrote {path}", file=sys.stderr)
