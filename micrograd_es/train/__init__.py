"""The lecture's digits, trained from scalars through the replay, and pictures of what a network has learned.

It needs NumPy: pip install "micrograd-es[fast]".
"""

from .boundary import decision_boundary
from .digits import LECTURE, RATE, accuracy, cost_of, mistakes, network, run, table
from .pictures import Pictures, first_layer, mistake_pictures, weight_pictures

__all__ = [
    "LECTURE",
    "RATE",
    "Pictures",
    "accuracy",
    "cost_of",
    "decision_boundary",
    "first_layer",
    "mistake_pictures",
    "mistakes",
    "network",
    "run",
    "table",
    "weight_pictures",
]
