"""Reads the formulas that are written for people, LaTeX and plain text, and computes them: letter by letter, so that a
bracket that is missing shows in the number. What `σ` or `softplus` means is looked up in the table.
"""

import math
import re

from .graphs import table

CALLS = {op.symbol: op for op in table().values() if op.symbol.isalpha()} | {"log2": table()["log2"]}
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
LATEX = [  # from the inside out, as long as there is something
    (r"\\(?:left|right)([()])", r"\1"),
    (r"\\left\|", "abs("),
    (r"\\right\|", ")"),
    (r"\\(?:operatorname|text|mathrm)\{([^{}]*)\}", r"\1"),
    (r"\\cdot", "*"),
    (r"\\ge", ">="),
    (r"\\le", "<="),
    (r"_\{(\w+)\}", r"\1"),
    (r"\\sqrt\{([^{}]*)\}", r"math.sqrt(\1)"),
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))"),
    (r"\be\^\{([^{}]*)\}", r"math.exp(\1)"),
    (r"(?<!\be)\^\{([^{}]*)\}", r"**(\1)"),
    (r"\\sigma", "σ"),
    (r"\\(log|sin|cos|tanh|max|min)", r"\1"),
]
PLAIN = [
    ("·", "*"),
    ("≥", ">="),
    ("≤", "<="),
    (r"\^", "**"),
    (r"√", "math.sqrt"),
    (r"([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda match: "**(" + match[1].translate(RAISED) + ")"),
    (r"\|([^|]*[^|( -])\|", r"abs(\1)"),  # from the inside out: a bar after a bracket that opens does not close
]


def compute(text, numbers, spelling):
    "The number that a formula stands for, at the numbers of its names."
    before = None
    while text != before:
        before = text
        for pattern, written in spelling:
            text = re.sub(pattern, written, text)
    names = {name: lambda *xs, op=op: op.evaluate(*xs)[0] for name, op in CALLS.items()}
    return eval(text, {"math": math, **names, **numbers})
