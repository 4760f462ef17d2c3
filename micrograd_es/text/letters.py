"""Numbers and names as people write them: four digits, ŷ and w₁₂⁽¹⁾, and the same in LaTeX."""

import math
import re
import unicodedata

DIGITS, WHOLE = 4, 1e6  # significant digits; what is whole is written whole below this
RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"
SUPERSCRIPT = str.maketrans("-0123456789()", RAISED)
SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SMALL, LOWERED = "aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"  # Unicode has no others
INDEX = SUBSCRIPT | str.maketrans(SMALL, LOWERED)


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


def spelled(name: str) -> str:
    """A name as it stands on the board, if it was typed with what a keyboard has; any other as it is.

    A letter may have any index: words, and letters that Unicode has no small form of, stay on the line. A word may have
    numbers only.

    >>> [spelled(name) for name in ("y_hat", "theta_1", "w_1_2", "W_hh", "W_hy", "h_prev", "loss_2", "learning_rate")]
    ['ŷ', 'θ₁', 'w₁,₂', 'Wₕₕ', 'W_hy', 'h_prev', 'loss₂', 'learning_rate']
    """
    stem, *low = name.split("_")
    word = stem.rstrip("0123456789")
    letter, digits, accent = _TYPED.get(word, word), stem[len(word) :], ""
    if len(letter) == 1 and low and low[0] in ACCENTS:
        accent = ACCENTS[low.pop(0)]
    index = "[A-Za-z0-9]+" if len(letter) == 1 else "[0-9]+"
    if not letter.isalpha() or (digits and low) or not all(re.fullmatch(index, i) for i in low):
        return _TYPED.get(name, name)
    small = all(re.fullmatch(f"[0-9]+|[{SMALL}0-9]{{1,2}}", i) for i in low)
    return (
        unicodedata.normalize("NFC", letter + accent)
        + digits
        + (",".join(low).translate(INDEX) if small else "_" + "_".join(low))
    )


def in_brackets(number: str) -> str:
    "A number behind a sign: -2 · (-3)."
    return f"({number})" if number.startswith("-") else number


def listed(names: list[str], last: str = "and") -> str:
    "a, b and c"
    return f" {last} ".join([", ".join(names[:-1])] * (len(names) > 1) + names[-1:])


def counted(n: int, what: str, several: str = "") -> str:
    "1 step, 2,000 steps; of 1 leaf, 2 leaves the last is said."
    return f"{n:,} {what if n == 1 else several or what + 's'}"


def latex_name(name: str) -> str:
    r"""A label as LaTeX: hats, sub- and superscripts, Greek letters; anything else as escaped text.

    >>> print(latex_name("ŷ"), latex_name("w₁₂⁽¹⁾"), latex_name("x1"), latex_name("loss"), latex_name("50%"))
    \hat{y} w_{12}^{(1)} x_{1} \mathrm{loss} \text{50\%}
    >>> print(latex_name("Wₕₕ"), latex_name("h_prev"))
    W_{hh} h_{\mathrm{prev}}
    """
    match = _NAME.fullmatch(unicodedata.normalize("NFC", name))
    if not match:
        return r"\text{%s}" % _escaped(name)
    stem, low, high = (unicodedata.normalize("NFKC", part) for part in match.groups())
    words = [rf"\mathrm{{{part}}}" if part.isalpha() and len(part) > 2 else part for part in low.strip("_").split("_")]
    scripts = (f"{sign}{{{script}}}" if script else "" for sign, script in (("_", ",".join(words)), ("^", high)))
    return _latex_letter(stem) + "".join(scripts)


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
    if base.isalpha() and len(marks) == 1 and marks[0] in ACCENTS.values():
        accent = next(name for name, mark in ACCENTS.items() if mark == marks[0])
        return rf"\{accent}{{{GREEK.get(base, base)}}}"
    if len(letter) > 1:
        return rf"\mathrm{{{letter}}}"
    return GREEK.get(letter) or (letter if letter.isascii() else rf"\text{{{letter}}}")


ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_MARKS = "".join(ACCENTS.values())
_NAME = re.compile(
    rf"([^\W\d_₀-₉⁰-⁹¹²³{LOWERED}]+|[^\W\d_][{_MARKS}])"
    rf"([\d₀-₉{LOWERED},]*|(?:(?<=^.)|(?<=[{_MARKS}]))(?!_[0-9_]+$)(?:_[A-Za-z0-9]+)+)((?:⁽[⁰¹²³⁴-⁹]+⁾)?)"
)
GREEK = {
    letter: rf"\{name}"
    for letters, names in (
        ("αβγδεζηθικλμ", "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu"),
        ("νξπρσςτυφχψω", "nu xi pi rho sigma varsigma tau upsilon phi chi psi omega"),
        ("ΓΔΘΛΞΠΣΥΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"),
    )
    for letter, name in zip(letters, names.split())
}
# What is typed for them. (xi and pi are rather the i-th x and the i-th p; lambda is a word of Python's.)
_TYPED = {command[1:]: letter for letter, command in GREEK.items() if command not in (r"\xi", r"\pi")} | {
    "lambda_": "λ"
}
_ESCAPES = {c: "\\" + c for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\(<\)",  # in Markdown a tag would end the formula
    ">": r"\(>\)",
}
