"What a quiz is written as: the function that does it, and the end of the file's name."

from collections.abc import Callable

from .gift import gift
from .items import Item
from .moodle import moodle
from .prairielearn import prairielearn
from .qti import qti

FORMATS: dict[str, tuple[Callable[[str, list[Item]], bytes], str]] = {
    "moodle": (moodle, ".xml"),
    "gift": (gift, ".gift"),
    "qti": (qti, "-qti.zip"),
    "prairielearn": (prairielearn, "-prairielearn.zip"),
}
