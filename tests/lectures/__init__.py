"""The worked numbers of five lecture decks: figures.toml has them, recipes.py computes them with micrograd_es.

`python -m tests.lectures`, at the root of the project, prints where the slides are wrong, and why.
"""

import tomllib
from pathlib import Path
from textwrap import fill

SOURCE = tomllib.loads(Path(__file__).with_name("figures.toml").read_text("utf-8"))
FIGURES = {figure["id"]: figure for figure in SOURCE["figure"]}

CHAPTERS = {
    "wrong": "Numbers that are wrong",
    "misprint": "Formulas that are misprinted",
    "undefined formal alternative": "A question without an answer, and readings of it that have one",
    "trap": "Mistakes that are easily made",
    "float64 convention": "Right by rounding, or by agreement",
}


def inputs(figure):
    "What the figure's recipe is given: its own numbers, and those of its fixture."
    return SOURCE["fixtures"].get(figure.get("fixture"), {}) | figure.get("inputs", {})


def errata():
    "Where the slides are wrong, or easily misread: what they print, what is true, and why."
    text = []
    for verdicts, title in CHAPTERS.items():
        found = [figure for figure in FIGURES.values() if figure["verdict"] in verdicts.split()]
        text += [f"{title} ({len(found)})", ""] + [_erratum(figure) for figure in found]
    return "\n".join(text)


def _erratum(figure):
    where = "line" if figure["lines"].isdigit() else "lines"
    lines = [f"  {figure['id']}  ({figure['deck']}, {where} {figure['lines']})", "    " + figure["what"]]
    if "slide" in figure:
        lines.append(f"    slide    {figure['slide']['printed']}")
    if "mistake" in figure:
        lines.append(f"    slip     {figure['mistake']['how']}")
    if "instead" in figure:
        lines += [f"    thus     {_shown(figure)}", f"    true     {_shown(FIGURES[figure['instead']])}"]
    else:
        lines.append(f"    true     {_shown(figure)}")
    if "note" in figure:
        lines.append(fill(figure["note"], 110, initial_indent="    why      ", subsequent_indent=" " * 13))
    return "\n".join([*lines, ""])


def _shown(figure):
    if "raises" in figure:
        return "ValueError: " + figure["raises"]
    numbers = figure["expected"]
    text = ", ".join(f"{x:.10g}" for x in numbers) if isinstance(numbers, list) else f"{numbers:.16g}"
    return text + (f" {figure['unit']}" if "unit" in figure else "")
