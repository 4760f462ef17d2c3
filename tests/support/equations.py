"""Reads back every equation that a view prints, and computes it: what does a reader find who takes a pocket calculator?"""

import html
import math
import re

from micrograd_es.text.letters import latex_name

from .reader import LATEX, PLAIN, compute

DERIVATIVE = re.compile(r"∂|partial|\bd[^\s/]+/d\w|frac\{d ")
DIGITS = 4  # that every number has at least


def value(text):
    "A printed number; None for what is none."
    text = text.strip().replace("∞", "inf").replace(r"\infty", "inf").replace(r"\text{nan}", "nan")
    text = re.sub(r" \\cdot 10\^\{(-?\d+)\}$", r"e\1", text).strip("()")
    try:
        return float(text)
    except ValueError:
        return None


def near(found, said, digits=None, size=0.0):
    "Is it what was said, to the digits that were said? A 0 is as exact as the numbers of this size that give it."
    if said == 0 and abs(found) <= 1e-3 * size:
        return True
    if digits is None:
        counting = repr(abs(said)).partition("e")[0].replace(".", "").strip("0")
        digits = max(DIGITS, len(counting))
    return found == said or found != found and said != said or abs(found - said) <= 10.0 ** (1 - digits) * abs(said)


class Reader:
    "Computes formulas of one graph, whose names stand for these numbers; `rows` are those beside the table's."

    def __init__(self, names, spelling=PLAIN, rows=()):
        self.spelling, self.computed = spelling, 0
        self.numbers = {op.symbol: lambda *xs, op=op: op.evaluate(*xs)[0] for op in rows if op.symbol.isidentifier()}
        written = {(latex_name(name) if spelling is LATEX else name): f"n_{i}" for i, name in enumerate(names)}
        self.written = dict(sorted(written.items(), key=lambda pair: -len(pair[0])))
        any_of = "|".join(map(re.escape, self.written)) or "(?!)"
        self.pattern = re.compile(rf"(?<![\w.\\])(?:{any_of})(?![A-Za-z0-9_₀-₉⁽])")
        if isinstance(names, dict):
            self.learn(names)

    def replaced(self, text):
        "With names that Python can read."
        text = self.pattern.sub(lambda m: f"({self.written[m[0]]})", text)
        return text.replace("∞", " inf ").replace(r"\infty", " inf ").replace(r"\text{nan}", " nan ")

    def learn(self, numbers):
        "What the names stand for."
        for name, number in numbers.items():
            self.numbers[self.written[latex_name(name) if self.spelling is LATEX else name]] = number

    def compute(self, text):
        "None where floats have no answer, as 1/0."
        numbers = self.numbers | {"inf": math.inf, "nan": math.nan}
        try:
            text = re.sub(r"(?<=\d) \\cdot 10\^\{(-?\d+)\}", r"e\1", text)  # one number, not a product
            found = compute(self.replaced(text), numbers, self.spelling)
        except (ArithmeticError, ValueError, TypeError):  # the last one where a root of a negative number is complex
            return None
        self.computed += 1
        return math.nan if isinstance(found, complex) else found

    def size(self, side):
        "Of the largest of its terms, or of the largest product of its numbers: what is added up is no larger."
        text = re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", side)
        products = re.split(r"(?<=[\w) ]) [+-] ", text)
        largest = max(math.prod(float(n) for n in re.findall(r"\d+\.?\d*(?:e-?\d+)?", p)) for p in products)
        named = set(re.findall(r"\((n_\d+)\)", self.replaced(side)))
        terms = [abs(self.compute(term) or 0.0) for term in terms_of(side)]
        return max(largest * max([1.0, *[abs(self.numbers[name]) for name in named]]), *terms)

    def false(self, equation, digits=None):
        "The sides of a = b = c that do not give the last one; those with a derivative in them are no formulas."
        *sides, last = equation.split(" = ")
        said, symbolic = value(last), digits
        if said is None:
            return
        for side in sides:
            if DERIVATIVE.search(side) or side.strip() in self.written:
                continue
            found = self.compute(side)
            digits = DIGITS - 0.4 if self.replaced(side) != side else symbolic  # a name has more than are shown
            finite = found is not None and math.isfinite(found) and math.isfinite(said)
            if finite and not near(found, said, digits, 0.0 if said else self.size(side)):
                yield f"{equation}: {side} is {found!r}"
            if found is not None and not finite and not near(found, said):
                yield f"{equation}: {side} is {found!r}"


def terms_of(side):
    "What is added up, in no bracket; a side with bars, which close as they open, stays whole."
    terms, depth = [""], 0
    for word in re.split(r"( [+-] |[(){}])", side):
        depth += (word in ("(", "{")) - (word in (")", "}"))
        if depth == 0 and word in (" + ", " - ") and "|" not in side:
            terms.append("")
        else:
            terms[-1] += word
    return terms


def explained(text):
    "The equations of an explanation as text: those of its rules stand in sentences, and are told again below them."
    return [line.strip() for line in text.splitlines() if line.startswith("    ") and ", where " not in line]


def in_latex(text):
    "Those of a LaTeX block."
    return [line.removesuffix(r" \\").replace(" &= ", " = ") for line in text.splitlines() if " &= " in line]


def in_markdown(text):
    return [line.strip("- ").strip("$") for line in text.splitlines() if line.strip("- ").startswith("$")]


def in_html(text):
    return [
        html.unescape(cell)
        for cell in re.findall(r'<td style="text-align:left">(.*?)</td>', text)
        if ", where " not in cell
    ]


def boxes(picture):
    "The boxes and edges of a picture, from its DOT: the lines of each box; and for each edge the ends and its label."
    source = picture.source
    nodes, edges = {}, []
    for id, label in re.findall(r'^\t+(n\d+) \[label="((?:[^"\\]|\\.)*)"', source, re.MULTILINE):
        nodes[id] = lines_of(label)
    for a, b, label in re.findall(r'^\t+(n\d+) -> (n\d+) \[label="((?:[^"\\]|\\.)*)"', source, re.MULTILINE):
        edges.append((a, b, " ".join(lines_of(label))))
    return nodes, edges


def lines_of(label):
    "The lines of a label, as a reader sees them."
    lines = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], label).split("\n")
    return [html.unescape(line) for line in lines]
