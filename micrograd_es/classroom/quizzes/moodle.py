"""A question bank as Moodle XML: numerical questions, in a category for each group.

Moodle takes the first answer whose interval has the number: the right one stands first, what nothing explains last.
"""

from __future__ import annotations

import base64
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from .items import GROUPS, Item, prompt, tolerance, typed

PICTURE = "graph.svg"


def moodle(title: str, items: list[Item]) -> bytes:
    bank = Element("quiz")
    for group in GROUPS:
        category = SubElement(SubElement(bank, "question", type="category"), "category")
        text(category, f"$course$/top/{title.replace('/', '//')}/{group}")
        for item in items:
            if item.group == group:
                question(bank, item)
    ElementTree.indent(bank)
    written: bytes = ElementTree.tostring(bank, "utf-8", xml_declaration=True)
    return written + b"\n"


def question(bank: Element, item: Item) -> None:
    made = SubElement(bank, "question", type="numerical")
    text(SubElement(made, "name"), item.title)
    asked = SubElement(made, "questiontext", format="html")
    text(asked, prompt(item, f'<img src="@@PLUGINFILE@@/{PICTURE}" alt="computation graph">'))
    file = SubElement(asked, "file", name=PICTURE, path="/", encoding="base64")
    file.text = base64.b64encode(item.picture.encode()).decode()
    for name, number in (("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0")):
        SubElement(made, name).text = number
    answer(made, "100", typed(item.right), f"{tolerance(item.right):.10g}", item.praise)
    for wrong in item.wrong:
        answer(made, "0", typed(wrong.number), f"{tolerance(wrong.number):.10g}", wrong.feedback)
    answer(made, "0", "*", "0", item.advice)
    for name, number in (("unitgradingtype", "0"), ("unitpenalty", "0.1"), ("showunits", "3"), ("unitsleft", "0")):
        SubElement(made, name).text = number  # no units


def answer(question: Element, fraction: str, number: str, margin: str, said: str) -> None:
    made = SubElement(question, "answer", fraction=fraction, format="moodle_auto_format")
    text(made, number)
    text(SubElement(made, "feedback", format="plain_text"), said)
    SubElement(made, "tolerance").text = margin


def text(parent: Element, words: str) -> None:
    SubElement(parent, "text").text = words
