"A question bank as GIFT, Moodle's text format: the picture stands in the question itself, as a data: address."

from __future__ import annotations

import base64
import re

from .items import GROUPS, Item, prompt, tolerance, typed

PLAIN = "[plain]"  # what is said is text: the question is HTML, and so would be what is said to its answers


def gift(title: str, items: list[Item]) -> bytes:
    parts = []
    for group in GROUPS:
        parts.append(f"$CATEGORY: $course$/top/{title.replace('/', '//')}/{group}")
        parts += [question(item) for item in items if item.group == group]
    return ("\n\n".join(parts) + "\n").encode()


def question(item: Item) -> str:
    svg = base64.b64encode(item.picture.encode()).decode()
    asked = prompt(item, f'<img src="data:image/svg+xml;base64,{svg}" alt="computation graph">')
    answers = [answer("", item.right, item.praise), *[answer("%0%", n, said) for n, said in item.wrong]]
    lines = [f"::{escaped(item.title)}::[html]{escaped(asked)}{{#", *answers, f"~#{PLAIN}{escaped(item.advice)}", "}"]
    return "\n".join(lines)


def answer(weight: str, number: float, said: str) -> str:
    return f"={weight}{typed(number)}:{tolerance(number):.10f}#{PLAIN}{escaped(said)}"


def escaped(text: str) -> str:
    "Every sign that means something in GIFT has a backslash; a line that is empty would end the question."
    return re.sub(r"([\\~=#{}:])", r"\\\1", " ".join(text.split()))
