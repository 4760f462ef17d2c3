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

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import copying as copying
from . import nn as nn
from .check import check as check
from .core.collector import collector_paused as collector_paused
from .draw import draw as draw
from .draw import draw_dot as draw_dot
from .draw import trace as trace
from .engine import Value as Value
from .engine import first_nonfinite as first_nonfinite
from .engine import gradient as gradient
from .engine import topological as topological
from .explain import explain as explain
from .functions import argmax as argmax
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

if TYPE_CHECKING:
    from . import classroom as classroom
    from . import data as data
    from . import export as export
    from . import losses as losses
    from . import optim as optim
    from .classroom import diagnose as diagnose
    from .closeup import close_up as close_up
    from .player import Player as Player
    from .player import play as play
    from .saving import load as load
    from .saving import save as save

__version__ = "0.1.0"

# What not every program needs is imported when it is first asked for: the name, and the module that has it.
LATER = {
    **{module: "" for module in ("classroom", "data", "export", "losses", "optim", "player", "replay", "train")},
    **{
        "close_up": "closeup",
        "diagnose": "classroom",
        "Player": "player",
        "play": "player",
        "load": "saving",
        "save": "saving",
    },
}


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{LATER[name] or name}", __name__)
    return getattr(module, name) if LATER[name] else module


def __dir__() -> list[str]:
    return sorted({*globals(), *LATER})


_TOOLS = {"Any", "LATER", "TYPE_CHECKING", "import_module"}
__all__ = [name for name in __dir__() if not name.startswith("_") and name not in _TOOLS]
