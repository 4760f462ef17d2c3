"""The characters and words that a formula may be written in, and hints for what was pasted from a slide instead.

>>> list(complaints("w*x^2"))
[(3, "'^': write ** for a power")]
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from keyword import iskeyword
from unicodedata import decomposition, normalize
from unicodedata import name as unicode_name

from ..calculus import TABLE
from ..engine import Value
from ..system.quotes import short
from ..text.methods import Method

TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:_[0-9]+)*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W0-9][\w\u0300-\u036f]*)"  # a hat or a bar over a letter belongs to the name
    r"|(?P<mark>\S)"
)
MARKS = "+-*/=().,;"
PASTED = {
    "^ˆ": "write ** for a power",
    "−–—‐‑‒": "write -",
    "×·⋅∙•∗✕": "write *",
    "÷∕⁄": "write /",
    "√": "write sqrt(...)",
    "|∣": "write abs(...)",
    "[]{}": "only round parentheses are read here",
    "<>≤≥≠": "comparisons have no gradient; maximum, minimum and relu have",
}
HINTS = {character: advice for characters, advice in PASTED.items() for character in characters}
SPELLINGS = {  # how slides and other libraries write it: how it is written here
    "ln": "log(x)",
    "log10": "log(x)/log(10)",
    "lg": "log(x)/log(10)",
    "pow": "x**n",
    "tan": "sin(x)/cos(x)",
    "tg": "sin(x)/cos(x)",
    "th": "tanh(x)",
    "square": "x**2",
    "logistic": "sigmoid(x)",
    "softmax": "exp(a)/(exp(a) + exp(b)), one share at a time",
    "mean": "(a + b)/2",
    "leaky_relu": "max(x, 0.01*x)",
    "swish": "x*sigmoid(x)",
}


def functions() -> dict[str, Method]:
    "What may be called: every row of the table by its public name, and by its symbol if that is a word, as max is."
    rows = TABLE.methods
    words = {row.op.symbol: row for row in rows.values() if row.op.symbol.isidentifier()}
    return words | {name: row for name, row in rows.items() if hasattr(Value, name)}


def allowed() -> str:
    "The end of a refusal: what could have been written instead."
    one_name_each = {row: name for name, row in functions().items()}.values()
    return f"allowed are names, numbers, + - * / **, parentheses, and {', '.join(sorted(one_name_each))}"


def advice(c: str) -> str:
    "What to write instead of the character c, which is not allowed as it stands."
    folded = normalize("NFKC", c).replace("⁄", "/")
    if c in HINTS or folded == c:
        hint = HINTS.get(c) or f"not allowed here; {allowed()}"
    else:  # Python itself would quietly read a fullwidth x as x
        hint = f"write {'**' if decomposition(c).startswith('<super>') else ''}{folded}"
    return f"{c!r}: {hint}" if c.isascii() else f"{c!r} ({unicode_name(c, f'U+{ord(c):04X}')}): {hint}"


def complaints(line: str) -> Iterator[tuple[int, str]]:
    "What is wrong with the characters and words of a line, and at which index; grammar comes later."
    before, complete = "", False  # the word before this one, and whether a formula could end with it
    for token in TOKEN.finditer(line):
        word, kind, start = token[0], token.lastgroup, token.start()
        for i, c in enumerate(word):
            if (c not in MARKS) if kind == "mark" else normalize("NFKC", c) != c:
                yield start + i, advice(c)
        if iskeyword(word):
            yield start, f"{word!r} is a word of the Python language; {allowed()}"
        if kind == "name" and not word.isidentifier():
            yield start, f"{short(word)!r} is not a name"
        if kind == "number" and math.isinf(float(word)):
            yield start, f"{short(word)} is too large for a float"
        if complete and (kind != "mark" or word == "(" and not before.isidentifier()):
            hint = SPELLINGS.get(before) or (f"{before}(x)" if before in functions() else "")
            product = f"{before}*{word}".replace(")*", "(...)*").replace("*(", "*(...)")
            yield start, f"something is missing here: write {hint or short(product) + ' to multiply'}"
        before, complete = word, kind != "mark" or word == ")"
