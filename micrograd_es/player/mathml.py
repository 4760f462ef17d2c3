"""A name as MathML, by way of LaTeX."""

from __future__ import annotations

import re
from html import escape

from ..text.letters import latex_name

TAGS = set("math mrow mi mn mo mtext mspace msup msub msubsup mover mstyle".split())


def mathml(text: str) -> str:
    "LaTeX as MathML, or nothing where it cannot be had: the page then shows the plain text."
    from xml.etree import ElementTree

    try:
        from latex2mathml.converter import convert

        tree = ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", convert(text)))
    except Exception:  # the package is missing or broken, or knows no such formula
        return ""
    if any(element.tag not in TAGS for element in tree.iter()):
        return ""
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
