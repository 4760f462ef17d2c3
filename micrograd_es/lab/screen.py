"What a program of the lab shows: what it prints, and what it displays as a notebook would."

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from ..engine import Value

OUTPUT = 100_000  # letters, and
SHOWN = 500  # things that a run may show: more is no reading
Say = Callable[[dict[str, Any]], object]


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
