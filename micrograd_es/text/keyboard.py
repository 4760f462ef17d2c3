"""Text with nothing in it but what a keyboard has, for consoles that can show no more.

>>> print(typed("∂loss/∂v₁ = 2 · v₁, ŷ = x · w₁₂⁽¹⁾, h² ≤ √(θ₁), z ← x"))
d(loss)/d(v1) = 2 * v1, y_hat = x * w12^(1), h^2 <= sqrt(theta1), z <- x
"""

from __future__ import annotations

import re
from unicodedata import combining, normalize

from .letters import ACCENTS, GREEK, RAISED

SIGNS = {
    sign: key
    for key, signs in {
        "*": "·⋅∙∗•", "x": "×✕", "/": "÷∕⁄", "-": "−–—‐‑‒", "|": "∣", "||": "‖", "^": "ˆ", "d": "∂", "sqrt": "√",
        "<-": "←", "->": "→", "<=": "≤", ">=": "≥", "!=": "≠", "...": "…", '"': "“”", "'": "‘’", ">": "▸", "v": "▾",
        "inf": "∞", "(1/2)": "½", "+-": "±", "[?]": "�",
    }.items()
    for sign in signs
} | {letter: command[1:] for letter, command in GREEK.items()}  # fmt: skip
_SLOPE = re.compile(r"∂([^∂/\n]+)(?=/∂)|(?<=/)∂([^\s/|,:;()=]*[^\s/|,:;()=.])")
_POWER = re.compile(f"[{RAISED}¹²³]+")
_NAMED = {mark: f"_{name}" for name, mark in ACCENTS.items()}
_ACCENTED = re.compile(rf"(?<![^\W_])([^\W\d_])([{''.join(_NAMED)}])(?![A-Za-z])")


def shown(text: str, encoding: str | None) -> str:
    "The text, if it can be written in this encoding; else as a keyboard has it. What is no character is its number."
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if _fits(text, encoding or "utf-8") else typed(text, encoding or "ascii")


def typed(text: str, encoding: str = "ascii") -> str:
    "Every sign of ours as a keyboard has it. Other letters stay where the encoding has them, as an ä in a name."
    text = _SLOPE.sub(lambda m: f"d({m[1] or m[2]})", text)
    text = _POWER.sub(lambda m: "^" + _bracketed(normalize("NFKC", m[0]).replace("−", "-")), text)
    text = _ACCENTED.sub(lambda m: m[1] + _NAMED[m[2]], normalize("NFD", text))
    return "".join(_letter(c, encoding) for c in normalize("NFC", text))


def _bracketed(power: str) -> str:
    return power if power.isdigit() or power[0] == "(" else f"({power})"


def _letter(c: str, encoding: str) -> str:
    "Its sign; else itself; else the letters in it, without their accents; else its number."
    bare = "".join(SIGNS.get(part, part) for part in normalize("NFKD", c) if not combining(part))
    ways = (SIGNS.get(c, c), bare, c.encode("ascii", "backslashreplace").decode())
    return next(way for way in ways if _fits(way, encoding))


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
