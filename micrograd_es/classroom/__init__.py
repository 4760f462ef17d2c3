"""For the classroom: the classic mistakes beside the truth, exercises that come out even, sheets and their grading.

>>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
>>> loss = (x * w - y) ** 2
>>> diagnose(loss, w, -1).names             # what did somebody do who found -1, where -2 is right?
['factor of the power forgotten']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..engine import Value as Value
from .diagnosis import diagnose as diagnose
from .mistakes import MISTAKES as MISTAKES

if TYPE_CHECKING:
    from .answers import read_answers as read_answers
    from .exercises import LEVELS as LEVELS
    from .exercises import exercise as exercise
    from .exercises import sheet as sheet
    from .exercises import sheets as sheets
    from .grading import grade as grade
    from .hints import hint as hint
    from .worksheet import worksheets as worksheets

LATER = {  # name: the module it is fetched from, when somebody asks for it; `import micrograd_es` stays quick
    "read_answers": "answers",
    "LEVELS": "exercises",
    "exercise": "exercises",
    "sheet": "exercises",
    "sheets": "exercises",
    "grade": "grading",
    "hint": "hints",
    "worksheets": "worksheet",
}
__all__ = ["MISTAKES", "diagnose", *LATER]


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{LATER[name]}"), name)
