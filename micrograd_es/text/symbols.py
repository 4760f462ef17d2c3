"""Numbers made of text: what a row of the table writes when it is run on names instead of numbers.

>>> x, w = plain("x"), plain("w")
>>> (x * w - 1) ** 2
(x · w - 1)²
>>> latex("x") / (1 + latex.exp(-latex("x")))
\\frac{x}{1 + e^{-x}}

`plain` and `latex` are for people: they shorten 1 · x to x, write a lecture's forms and call a function by its name.
`python` and `javascript` are for machines: they keep every digit and spell out what the language has no function for.
"""

import math
from functools import cache
from typing import Any

from ..core.floats import Maths
from .letters import DIGITS, RAISED, SUPERSCRIPT, latex_name, number_text

COMPARISON, SUM, MINUS, QUOTIENT, PRODUCT, POWER, ATOM = range(7)  # from what binds least to what binds most


class Symbol:
    "A piece of formula in one language, and how tightly its outermost operation binds."

    __slots__ = ("text", "rank", "language")

    def __init__(self, text: str, rank: int, language: "Language"):
        self.text, self.rank, self.language = text, rank, language

    def __repr__(self) -> str:
        return self.text

    @property
    def bracketed(self) -> str:
        return self.language.brackets.format(self.text)

    def within(self, rank: int) -> str:
        "The text as a part of what binds like this: in brackets, if it binds less itself."
        return self.text if self.rank >= rank else self.bracketed

    def _infix(self, sign: str, other: Any, rank: int, grouped: bool = False) -> "Symbol":
        """self sign other; `grouped`: a - (b - c) is not a - b - c. Machines round, so for them it never is."""
        other = self.language(other)
        left = self.text if self.rank == MINUS else self.within(rank)  # -a * b needs no brackets, a * (-b) does
        wrap = other.rank <= rank if grouped or not self.language.for_people else other.rank < rank
        right = other.within(ATOM) if wrap or other.rank == MINUS else other.text
        return Symbol(left + sign + right, MINUS if self.rank == MINUS and rank >= MINUS else rank, self.language)

    def __add__(self, other: Any) -> "Symbol":
        return self._infix(" + ", other, SUM)

    def __sub__(self, other: Any) -> "Symbol":
        return self._infix(" - ", other, SUM, grouped=True)

    def __mul__(self, other: Any) -> "Symbol":
        if self.language.for_people and not isinstance(other, Symbol) and other == 1:
            return self
        return self._infix(self.language.times, other, PRODUCT)

    def __truediv__(self, other: Any) -> "Symbol":
        language, other = self.language, self.language(other)
        if language.fraction:
            return Symbol(language.fraction.format(self, other), PRODUCT, language)
        left = self.text if self.rank == MINUS else self.within(PRODUCT)
        return Symbol(f"{left} / {other.within(POWER)}", min(self.rank, QUOTIENT), language)

    def __pow__(self, other: Any) -> Any:
        return self.language.pow(self, other)

    # fmt: off
    def __radd__(self, other: Any) -> "Symbol": return self.language(other) + self
    def __rsub__(self, other: Any) -> "Symbol": return self.language(other) - self
    def __rmul__(self, other: Any) -> "Symbol":
        return self * other if other == 1 and self.language.for_people else self.language(other) * self
    def __rtruediv__(self, other: Any) -> "Symbol": return self.language(other) / self
    def __rpow__(self, other: Any) -> Any: return self.language(other) ** self

    def __gt__(self, other: Any) -> "Symbol": return self._infix(" > ", other, COMPARISON)
    def __lt__(self, other: Any) -> "Symbol": return self._infix(" < ", other, COMPARISON)
    def __ge__(self, other: Any) -> "Symbol": return self._infix(self.language.at_least, other, COMPARISON)
    def __le__(self, other: Any) -> "Symbol": return self._infix(self.language.at_most, other, COMPARISON)
    def __ne__(self, other: Any) -> "Symbol": return self._infix(" != ", other, COMPARISON)  # type: ignore[override]
    # fmt: on

    def __or__(self, other: Any) -> "Symbol":
        return Symbol(self.language.either.format(self, self.language(other)), COMPARISON, self.language)

    def __bool__(self) -> bool:
        raise TypeError(f"whether {self.text} depends on the numbers: a row says m.where(condition, a, b), not if")

    def __neg__(self) -> "Symbol":
        return Symbol("-" + self.within(PRODUCT), MINUS, self.language)

    def __abs__(self) -> Any:
        return self.language.abs(self)


class Language(Maths):
    """One way to write formulas: the maths `m` of its Symbols, and called on a name or a number, the maker of them.

    A spelling is a template for the inputs: 'Math.exp({})'. A function without one is called by its name in a language
    for people; in one for machines the table's row of that name is written out.
    """

    for_people, names, digits, brief = False, True, DIGITS, False
    times, fraction, brackets, d_by_d, total = " * ", "", "({})", "d{}_d{}", "d{}_d{}"
    at_least, at_most, either, choice = " >= ", " <= ", "{} or {}", "({1} if {0} else {2})"

    def __init__(self, spellings: dict[str, str], **style: Any):
        super().__init__(style)
        self.spellings = spellings

    def __call__(self, x: Any, digits: int = 0) -> Symbol:
        if isinstance(x, Symbol):
            return x
        text = x if isinstance(x, str) else self.to(max(digits, self.digits)).number(x)
        return Symbol(text, MINUS if text.startswith("-") and not isinstance(x, str) else ATOM, self)

    def number(self, x: float) -> str:
        return number_text(x, self.digits)

    def to(self, digits: int) -> "Language":
        "The same language, writing numbers with so many digits."
        return self if digits == self.digits else _with_digits(self, digits)

    def __getattr__(self, name: str) -> Any:
        spelling = self.spelling(name)
        if not spelling:
            return super().__getattr__(name)
        return lambda *xs: Symbol(spelling.format(", ".join(self(x).text for x in xs)), ATOM, self)

    def spelling(self, name: str) -> str:
        "The template of a function; empty if the language has none, so that the table's row is written out."
        return self.spellings.get(name) or self.by_name(name)

    def by_name(self, name: str) -> str:
        "The spelling of a function that has none in the list."
        return ""

    def pow(self, a: Any, n: Any) -> Any:
        return self.__getattr__("pow")(a, n)

    def where(self, condition: Any, a: Any, b: Any) -> Symbol:
        if isinstance(condition, bool):
            return self(a if condition else b)
        return Symbol(self.choice.format(condition, self(a), self(b)), ATOM, self)

    def called(self, name: str, x: Any) -> Any:
        return self(name) if self.brief else x

    def derivative(self, y: str, x: str, d_by_d: str = "") -> Symbol:
        return Symbol((d_by_d or self.d_by_d).format(self(y), self(x)), ATOM, self)

    # -- the table, in this language

    def formula(self, op: Any, *xs: Any) -> Any:
        "What the operation makes of the names xs: x · w, or tanh(x)."
        xs = tuple(self(x) for x in (*xs, *op.constants))
        if self.for_people and op.symbol.isalpha():
            return getattr(self, op.symbol)(*xs)
        return self(op.forward(self, *xs)) if op.forward else self(f"{op.symbol}({', '.join(map(str, xs))})")

    def local_gradients(self, op: Any, y: Any, *xs: Any) -> list[Symbol]:
        "dy/dx for each of the names xs: of x · w they are w and x."
        partials = op.slide if self.for_people else op.partials
        constants = tuple(op.constants)
        return [self(local) for local in partials(self, self(y), *map(self, xs), *constants)]


@cache
def _with_digits(language: Language, digits: int) -> Language:
    other = object.__new__(type(language))
    vars(other).update(vars(language), digits=digits)
    return other


class Plain(Language):
    for_people, times, at_least, at_most = True, " · ", " ≥ ", " ≤ "
    d_by_d, total = "∂{}/∂{}", "d{}/d{}"

    def by_name(self, name: str) -> str:
        return name + "({})"

    def pow(self, a: Any, n: Any) -> Symbol:
        if not isinstance(n, Symbol) and n in (0, 1):
            return self(a) if n else self(1)
        a, n = self(a), self(n)
        base = a.bracketed if a.text.endswith(tuple(RAISED)) else a.within(ATOM)  # (w₁₂⁽¹⁾)², not w₁₂⁽¹⁾²
        small = n.text.translate(SUPERSCRIPT)
        return Symbol(base + small if set(n.text) <= set("-0123456789") else f"{base}^{n.within(ATOM)}", POWER, self)


class Latex(Plain):
    times, fraction, brackets = r" \cdot ", r"\frac{{{}}}{{{}}}", r"\left({}\right)"
    at_least, at_most, either = r" \ge ", r" \le ", r"{} \text{{ or }} {}"
    d_by_d, total = r"\frac{{\partial {}}}{{\partial {}}}", r"\frac{{d {}}}{{d {}}}"
    choice = r"\left({1} \text{{ if }} {0} \text{{ else }} {2}\right)"

    def __call__(self, x: Any, digits: int = 0) -> Symbol:
        return Symbol(latex_name(x), ATOM, self) if isinstance(x, str) else super().__call__(x, digits)

    def number(self, x: float) -> str:
        if not math.isfinite(x):
            return number_text(x).replace("∞", r"\infty").replace("nan", r"\text{nan}")
        digits, e, exponent = number_text(x, self.digits).partition("e")
        return rf"{digits} \cdot 10^{{{int(exponent)}}}" if e else digits

    def by_name(self, name: str) -> str:
        return (name if name.startswith("\\") else r"\operatorname{{%s}}" % name) + r"\left({}\right)"

    def pow(self, a: Any, n: Any) -> Symbol:
        if not isinstance(n, Symbol) and n in (0, 1):
            return super().pow(a, n)
        a = self(a)
        base = a.bracketed if "^" in a.text else a.within(ATOM)  # LaTeX refuses x^a^b
        return Symbol(f"{base}^{{{self(n)}}}", POWER, self)


class Python(Language):
    def number(self, x: float) -> str:
        return repr(float(x)) if math.isfinite(x) else f'float("{float(x)}")'

    def by_name(self, name: str) -> str:
        return f"math.{name}({{}})" if callable(getattr(math, name, None)) else ""


class NumPy(Language):
    "Python on arrays; numpy is called np."

    either, choice = "np.logical_or({}, {})", "np.where({0}, {1}, {2})"

    def number(self, x: float) -> str:
        return repr(float(x)) if math.isfinite(x) else f"{'-' * (x < 0)}np.{'nan' if math.isnan(x) else 'inf'}"

    def by_name(self, name: str) -> str:
        return f"np.{name}({{}})" if callable(getattr(math, name, None)) or name in ("maximum", "minimum") else ""


class JavaScript(Language):
    either, choice = "{} || {}", "({0} ? {1} : {2})"

    def pow(self, a: Any, n: Any) -> Symbol:
        "Math.pow, but 1 to any power is 1, and so is (-1)^∞: IEEE-754 and Python say so, JavaScript says NaN."
        a, n = self(a), self(n)
        power = f"Math.pow({a}, {n})"
        if n.text.lstrip("-")[:1].isdigit():  # a plain number: there they agree
            return Symbol(power, ATOM, self)
        return Symbol(f"({a} === 1 || {a} === -1 && Math.abs({n}) === Infinity ? 1 : {power})", ATOM, self)

    def number(self, x: float) -> str:
        return repr(float(x)) if math.isfinite(x) else {"inf": "Infinity", "-inf": "-Infinity"}.get(str(x), "NaN")

    def by_name(self, name: str) -> str:
        return f"Math.{name}({{}})" if callable(getattr(math, name, None)) else ""


plain = Plain({"abs": "|{}|", "sqrt": "√({})", "sigmoid": "σ({})"})
brief = Plain(plain.spellings, brief=True)  # for an edge, which has no room: what a lecture has a name for is that name
latex = Latex({
    "abs": r"\left|{}\right|", "sqrt": r"\sqrt{{{}}}", "exp": "e^{{{}}}",
    "sigmoid": r"\sigma\left({}\right)", "σ": r"\sigma\left({}\right)",
    **{name: rf"\{name}\left({{}}\right)" for name in ("log", "sin", "cos", "tanh", "max", "min")},
})  # fmt: skip
numpy = NumPy({"abs": "abs({})", "pow": "np.power({})"})
python = Python({"abs": "abs({})", "maximum": "max({})", "minimum": "min({})"})
javascript = JavaScript({"abs": "Math.abs({})", "maximum": "Math.max({})", "minimum": "Math.min({})"})
