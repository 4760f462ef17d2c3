"What the pages of the documentation say: their fenced blocks, and the commands that they tell one to type."

import re

from tests.support import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\S*)\n(.*?)^```", re.M | re.S)
COMMAND = re.compile(r"(?:^ {4}|^\$ |`)micrograd-es ([^\s`]+ [^`\n]+)", re.M)


def blocks(path, language):
    "The text of every block that is fenced so."
    return [text for info, text in FENCE.findall(path.read_text("utf-8")) if info == language]


def commands(path):
    "What stands behind micrograd-es, in blocks and in sentences, without what a comment says of it."
    return [re.split(r"  +", line.strip())[0] for line in COMMAND.findall(path.read_text("utf-8"))]
