"The classic mistakes: what each makes of a graph, and which of them made a number."

from .diagnosis import diagnose as diagnose
from .mistakes import BY_NAME as BY_NAME
from .mistakes import MISTAKES as MISTAKES
