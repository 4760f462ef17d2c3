"""micrograd_es: a scalar that remembers how it was made, so that backpropagation can be seen, read and checked.

>>> from micrograd_es import Value, explain
>>> x, w, y = Value(1.0), Value(1.0), Value(2.0)
>>> loss = (x * w - y) ** 2
>>> loss.backward()
>>> w.grad
-2.0
>>> print(explain(loss, wrt=w).steps[-1].gradient)
-2.0
"""

from . import classroom as classroom
from . import copying as copying
from . import data as data
from . import losses as losses
from . import nn as nn
from . import optim as optim
from .check import check as check
from .classroom import diagnose as diagnose
from .draw import draw as draw
from .draw import draw_dot as draw_dot
from .draw import trace as trace
from .engine import Value as Value
from .engine import first_nonfinite as first_nonfinite
from .engine import gradient as gradient
from .engine import topological as topological
from .explain import explain as explain
from .functions import dot as dot
from .functions import gelu as gelu
from .functions import leaky_relu as leaky_relu
from .functions import logsumexp as logsumexp
from .functions import mean as mean
from .functions import softmax as softmax
from .functions import swish as swish
from .names import label_locals as label_locals
from .notebook import mermaid as mermaid
from .paths import paths as paths
from .paths import why as why
from .saving import load as load
from .saving import save as save

__version__ = "0.1.0"
