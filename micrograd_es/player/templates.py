"""A row of the table as text and as MathML with slots for its operands, for the page to fill with names or numbers.

A slot is written ⟦i⟧, or ⟦in⟧ where a negative number needs brackets, ⟦ir⟧ where a name with an exponent does:
the formula x · w is ⟦0⟧ · ⟦1n⟧, and x² is ⟦0nr⟧². (In place of ⟦ ⟧ stand characters that no label can have.)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any

from ..text.letters import latex_name
from ..text.symbols import ATOM, MINUS, PRODUCT, Latex, Plain, Symbol, latex, plain

OPEN, CLOSE, LEFT, RIGHT = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"  # no characters: names.clean() replaces them
SLOT = re.compile(f"({LEFT}?)((?:\\\\text{{)?){OPEN}(\\d+)\\D?{CLOSE}(}}?)({RIGHT}?)")
TEXT = Plain(plain.spellings, brackets=LEFT + "{}" + RIGHT)
MATH = Latex(latex.spellings, brackets=LEFT + "{}" + RIGHT)
TAGS = set("math mrow mi mn mo mtext mspace mfrac msup msub msubsup mover msqrt mroot mstyle munder munderover".split())

Write = Callable[[Any, list[Symbol]], Symbol]  # a formula in a language, from its operands


def template(language: Plain, write: Write, count: int) -> tuple[str, bool]:
    "The formula with slots, and whether it needs brackets as a factor."
    around, end = (r"\text{", "}") if language is MATH else ("", "")

    def written(rank: int, raised: str = "") -> Symbol:
        slots = [Symbol(f"{around}{OPEN}{i}{raised}{CLOSE}{end}", rank, language) for i in range(count)]
        if raised and language is TEXT:  # a name that ends in a raised character
            slots = [Symbol(slot.text + "⁾", rank, language) for slot in slots]
        return write(language, slots)

    base, negative, raised = written(ATOM), written(MINUS), written(ATOM, "^")
    flags = [
        ("n" if a[1] and a[5] else "") + ("r" if b[1] else "")
        for a, b in zip(SLOT.finditer(negative.text), SLOT.finditer(raised.text))
    ]
    counted = iter(flags)
    text = SLOT.sub(lambda m: m[1] + m[2] + OPEN + m[3] + next(counted) + CLOSE + m[4] + m[5], base.text)
    left, right = (r"\left(", r"\right)") if language is MATH else "()"
    return text.replace(LEFT, left).replace(RIGHT, right), base.rank < PRODUCT


def formula(language: Plain, op: Any, count: int) -> tuple[str, bool]:
    "What the operation makes of its operands."
    return template(language, lambda m, slots: m.formula(op, *slots), count)


def local(language: Plain, op: Any, count: int, place: int) -> tuple[str, bool]:
    "One local gradient of the operation; its last slot is the output."
    return template(language, lambda m, slots: m.local_gradients(op, slots[-1], *slots[:-1])[place], count + 1)


# ---- MathML ----------------------------------------------------------------------------------------------------------


def mathml(text: str) -> str:
    "LaTeX with slots as MathML, or nothing where it cannot be had: the page then shows the plain text."
    from xml.etree import ElementTree

    try:
        from latex2mathml.converter import convert

        tree = ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", convert(text)))
    except Exception:  # the package is missing or broken, or knows no such formula
        return ""
    for element in tree.iter():
        if element.tag not in TAGS:
            return ""
        slot = re.fullmatch(f"{OPEN}(\\w+){CLOSE}", element.text or "")
        if slot:
            element.tag, element.text, element.attrib = "mi", "", {"data-slot": slot[1]}
    while len(tree) == 1 and tree[0].tag == "mrow":
        tree = tree[0]
    parts = [ElementTree.tostring(child, encoding="unicode", short_empty_elements=False) for child in tree]
    return f"<math>{''.join(parts)}</math>"


def name_mathml(name: str) -> str:
    "A label: w₁₂⁽¹⁾ with its indices, a hat as a hat; whatever is no such name is text, letter for letter."
    written = latex_name(name)
    word = re.fullmatch(r"\\mathrm\{(\w+)\}", written)
    if word:
        return f"<math><mi>{word[1]}</mi></math>"
    return f"<math><mtext>{escape(name)}</mtext></math>" if r"\text" in written else mathml(written)
