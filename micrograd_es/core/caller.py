"Who called into this package, and what a Value is called there."

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

INSIDE = __name__.partition(".")[0], "functools"  # whose frames are not the caller's


def caller() -> Mapping[str, Any]:
    "The variables of whoever called into this package; in a notebook, those of its cells."
    frame: Any = sys._getframe(1)
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] in INSIDE:
        frame = frame.f_back
    if frame is None or frame.f_globals.get("__name__", "").startswith("IPython"):
        return vars(sys.modules["__main__"])
    return frame.f_locals  # type: ignore[no-any-return]


def called(v: Any) -> str:
    "A Value's label, or its variable, for an error that names it."
    return v.label or next((name for name, x in caller().items() if x is v), "a Value")
