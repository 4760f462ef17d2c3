"""The lecture's digits, trained from scalars through the replay: `micrograd-es train mnist`, the example, the notebook.

It needs NumPy: pip install "micrograd-es[fast]".
"""

from .digits import LECTURE, RATE, accuracy, cost_of, mistakes, network, run, table
from .pictures import Pictures, first_layer, mistake_pictures, weight_pictures

__all__ = [
    "LECTURE",
    "RATE",
    "Pictures",
    "accuracy",
    "cost_of",
    "first_layer",
    "mistake_pictures",
    "mistakes",
    "network",
    "run",
    "table",
    "weight_pictures",
]
