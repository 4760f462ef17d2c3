"""What the page shares with Python, under the same names: it stands in Python, once, and the page is given it.

A tolerance, a number of digits, the rank of an operator, the room that a text has in the picture.
"""

from __future__ import annotations

import json
from typing import Any

from ..explain.paths import LIMIT as PATHS
from ..graph.formulas import FEW, SAME
from ..mistakes.diagnosis import PLACES, ROUNDING, SHOWN, SMALL, TOLERANCE
from ..text import symbols
from ..text.letters import SUPERSCRIPT, WHOLE
from ..text.printed import DIGITS, NEAR

RANKS = "COMPARISON SUM MINUS QUOTIENT PRODUCT POWER ATOM".split()
LOCAL, PRODUCT_TEXT, SUM_TEXT = 20, 28, 30  # letters: of a local gradient on an edge, of upstream × local, of a sum

SHARED: dict[str, Any] = {rank: getattr(symbols, rank) for rank in RANKS} | {
    "DIGITS": DIGITS,
    "WHOLE": WHOLE,
    "SUPERSCRIPT": {chr(letter): chr(raised) for letter, raised in SUPERSCRIPT.items()},
    "SAME": SAME,
    "FEW": FEW,
    "NEAR": NEAR,
    "PATHS": PATHS,
    "PLACES": PLACES,
    "ROUNDING": ROUNDING,
    "SHOWN": SHOWN,
    "SMALL": SMALL,
    "TOLERANCE": TOLERANCE,
    "LOCAL": LOCAL,
    "SUM_TEXT": SUM_TEXT,
}


def constants() -> str:
    "All of it as JavaScript."
    return f"const {', '.join(f'{name} = {script_json(x)}' for name, x in SHARED.items())};\n"


def script_json(x: Any) -> str:
    "JSON that may stand in a <script>: nothing in it can end the script, whatever the labels say."
    text = json.dumps(x, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return "".join(f"\\u{ord(c):04x}" if c in "<>&\u2028\u2029" or "\ufdd0" <= c <= "\ufdd3" else c for c in text)
