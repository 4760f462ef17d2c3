"""Numbers and names as people write them: four digits, ŷ and w₁₂⁽¹⁾, and the same in LaTeX."""

import math
import re
import unicodedata

DIGITS, WHOLE = 4, 1e6  # significant digits; what is whole is written whole below this
RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"
SUPERSCRIPT = str.maketrans("-0123456789()", RAISED)
SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def number_text(x: float, digits: int = DIGITS) -> str:
    """A number for people: whole ones whole, others to four significant digits.

    >>> [number_text(x) for x in (1.0, -0.70710678, 12345.678, 1e-9, float("inf"))]
    ['1', '-0.7071', '12346', '1e-09', '∞']
    """
    if not math.isfinite(x):
        return str(float(x)).replace("inf", "∞")
    if x == int(x) and abs(x) < WHOLE:
        return str(int(x))
    text = f"{x:.{digits}g}" if digits < 17 else repr(float(x))
    return f"{x:.0f}" if "e+" in text and abs(x) < WHOLE else text


def in_brackets(number: str) -> str:
    "A number behind a sign: -2 · (-3)."
    return f"({number})" if number.startswith("-") else number


def listed(names: list[str]) -> str:
    "a, b and c"
    return " and ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:])


def latex_name(name: str) -> str:
    r"""A label as LaTeX: hats, sub- and superscripts, Greek letters; anything else as escaped text.

    >>> print(latex_name("ŷ"), latex_name("w₁₂⁽¹⁾"), latex_name("x1"), latex_name("loss"), latex_name("50%"))
    \hat{y} w_{12}^{(1)} x_{1} \mathrm{loss} \text{50\%}
    """
    match = re.fullmatch(r"([^\W\d_₀-₉⁰-⁹¹²³]+)([\d₀-₉,]*)((?:⁽[⁰¹²³⁴-⁹]+⁾)?)", unicodedata.normalize("NFC", name))
    if not match:
        return r"\text{%s}" % _escaped(name)
    stem, *scripts = (unicodedata.normalize("NFKC", part) for part in match.groups())
    low, high = (f"{sign}{{{script}}}" if script else "" for sign, script in zip("_^", scripts))
    return (_latex_letter(stem) if len(stem) == 1 else rf"\mathrm{{{stem}}}") + low + high


def latex_sentence(text: str) -> str:
    r"""A sentence as LaTeX: what is not ASCII in it are names and signs.

    >>> print(latex_sentence("v₁.grad = 2 · ∞, zero_grad()"))
    $v_{1}$.grad = 2 $\cdot$ $\infty$, zero\_grad()
    """
    signs = {"·": r"\cdot", "∞": r"\infty"}
    word = r"[\w⁽⁾]*[^\x00-\x7f][\w⁽⁾]*"
    return re.sub(word, lambda m: f"${signs.get(m[0]) or latex_name(m[0])}$", _escaped(text))


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(c, c) for c in text)


def _latex_letter(letter: str) -> str:
    base, *marks = list(unicodedata.normalize("NFD", letter))
    if marks:
        accent = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde"}.get(marks[0])
        return rf"\{accent}{{{base}}}" if accent and len(marks) == 1 else rf"\text{{{letter}}}"
    return _GREEK.get(base) or (base if base.isascii() else rf"\text{{{base}}}")


_GREEK = {
    letter: rf"\{name}"
    for letters, names in (
        ("αβγδεζηθικλμ", "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu"),
        ("νξπρσςτυφχψω", "nu xi pi rho sigma varsigma tau upsilon phi chi psi omega"),
        ("ΓΔΘΛΞΠΣΥΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"),
    )
    for letter, name in zip(letters, names.split())
}
_ESCAPES = {c: "\\" + c for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\(<\)",  # in Markdown a tag would end the formula
    ">": r"\(>\)",
}
