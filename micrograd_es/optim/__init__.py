"""Gradient descent and its relatives, what their learning rate does in time, and the loop of every training."""

from .history import History as History
from .optimizers import SGD as SGD
from .optimizers import Adam as Adam
from .optimizers import AdamW as AdamW
from .optimizers import Optimizer as Optimizer
from .optimizers import Schedule as Schedule
from .schedules import cosine as cosine
from .schedules import linear as linear
from .schedules import stepwise as stepwise
from .training import fit as fit
from .training import minibatches as minibatches
from .training import train as train
