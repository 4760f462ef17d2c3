"""For the classroom: the classic mistakes beside the truth, exercises that come out even, sheets and their grading.

>>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
>>> loss = (x * w - y) ** 2
>>> diagnose(loss, w, -1).names             # what did somebody do who found -1, where -2 is right?
['factor of the power forgotten']
"""

from typing import TYPE_CHECKING

from ..engine import Value as Value
from ..mistakes import MISTAKES as MISTAKES
from ..mistakes import diagnose as diagnose
from ..system.packages import later

if TYPE_CHECKING:
    from .exercises.answers import read_answers as read_answers
    from .exercises.feedback import feedback as feedback
    from .exercises.grading import grade as grade
    from .exercises.hints import hint as hint
    from .exercises.levels import LEVELS as LEVELS
    from .exercises.levels import exercise as exercise
    from .exercises.levels import own as own
    from .exercises.sheets import sheet as sheet
    from .exercises.sheets import sheets as sheets
    from .exercises.worksheet import worksheets as worksheets
    from .quizzes.formats import FORMATS as FORMATS
    from .quizzes.items import quiz as quiz

LATER = {
    **dict.fromkeys(("LEVELS", "exercise", "own"), "exercises.levels"),
    **dict.fromkeys(("sheet", "sheets"), "exercises.sheets"),
    "read_answers": "exercises.answers",
    "grade": "exercises.grading",
    "hint": "exercises.hints",
    "worksheets": "exercises.worksheet",
    "feedback": "exercises.feedback",
    "FORMATS": "quizzes.formats",
    "quiz": "quizzes.items",
}
__all__ = ["MISTAKES", "diagnose", *LATER]
__getattr__ = later(__name__, LATER)
