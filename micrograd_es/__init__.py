"""Backpropagation that you can see: a number remembers how it was made, so its gradient can be drawn, read and checked.

>>> from micrograd_es import Value, check, explain, paths
>>> x, w, y = Value(1.0, label="x"), Value(1.0, label="w"), Value(2.0, label="y")
>>> loss = (x * w - y) ** 2                         # ordinary Python; without labels, your variables' names are taken
>>> loss.backward()                                 # the chain rule, once through the graph
>>> w.grad
-2.0
>>> print(explain(loss, wrt=w))                     # the worked solution, in symbols and in numbers
forward
    x = 1
    ...
        ∂out/∂w = ∂out/∂ŷ · ∂ŷ/∂w = -2 · x = -2 · 1 = -2
>>> print(paths(loss, w).factored())                # every route from loss to w, with what they share taken out
(2 · v₁) · x
>>> check(loss).ok                                  # by finite differences
True

What to call next; help() of each says more:

    see         draw(loss), play(loss, "page.html"), animate(loss, "steps.svg"), beamer(loss, "a.tex"), mermaid(loss);
                step(loss) in a terminal, debug_view(loss) in the debugger
    understand  explain(loss, wrt=w), paths(loss, w), why(loss, w), close_up(loss, w), label_locals()
    trust       check(loss), diagnose(loss, w, -1), first_nonfinite(loss)
    once more   gradient(loss, w): Values, to be differentiated again; hessian(loss, [x, w]), hvp
    both ways   derivative(f, 2.0), jacobian(ys, xs), jvp, vjp: forward mode too, and Values; draw_modes(loss, w) shows
                both, bill(loss) says what they cost; checkpointed(...) and draw_checkpoints(36), to hold less
    build       Value, nn.MLP(2, [3, 1]), losses.squared(...); softmax, logsumexp, mean, dot, argmax, gelu, swish,
                leaky_relu; topological(loss), trace(loss) and draw_dot(loss), as micrograd has them
    train       optim.fit(...), data.moons(...), replay.replay(...), train.network(), save(net, path), load(net, path);
                collector_paused(), for a loop of your own
    teach       classroom.sheets("chain"), classroom.quiz("chain"), lab.lab("lab.html"), lab_link("Value(2.0)**3")
    open        open_onnx("model.onnx", inputs), from_torch(module, example), from_jax(f, x): a model that you have
    leave       export.source(loss), export.to_torch(net), to_jax, to_onnx, Workers

On the last line of a notebook's cell a Value shows its graph, and play(loss) its Player, a page to step through.
In a shell, `micrograd-es --help` has the same. Every Value has `.data`, `.grad` and a `.label`.
"""

from typing import TYPE_CHECKING

from . import nn as nn
from .check import check as check
from .draw import draw as draw
from .draw import draw_dot as draw_dot
from .draw import trace as trace
from .draw.debugger import debug_view as debug_view
from .draw.notebook import mermaid as mermaid
from .engine import Value as Value
from .engine import collector_paused as collector_paused
from .engine import first_nonfinite as first_nonfinite
from .engine import topological as topological
from .explain import explain as explain
from .explain import paths as paths
from .explain import why as why
from .graph import copies as copies
from .graph import gradient as gradient
from .graph.names import label_locals as label_locals
from .nn.functional import argmax as argmax
from .nn.functional import dot as dot
from .nn.functional import gelu as gelu
from .nn.functional import leaky_relu as leaky_relu
from .nn.functional import logsumexp as logsumexp
from .nn.functional import mean as mean
from .nn.functional import softmax as softmax
from .nn.functional import swish as swish
from .system.packages import later as _later

if TYPE_CHECKING:
    from . import classroom as classroom
    from . import data as data
    from . import export as export
    from . import lab as lab
    from . import losses as losses
    from . import opening as opening
    from . import optim as optim
    from .graph.closeup import close_up as close_up
    from .lab import lab_link as lab_link
    from .mistakes import diagnose as diagnose
    from .modes import bill as bill
    from .modes import checkpointed as checkpointed
    from .modes import derivative as derivative
    from .modes import draw_checkpoints as draw_checkpoints
    from .modes import draw_modes as draw_modes
    from .modes import hessian as hessian
    from .modes import hvp as hvp
    from .modes import jacobian as jacobian
    from .modes import jvp as jvp
    from .modes import vjp as vjp
    from .nn import functions as functions
    from .opening import from_jax as from_jax
    from .opening import from_torch as from_torch
    from .opening import open_onnx as open_onnx
    from .player import Player as Player
    from .player import play as play
    from .saving import load as load
    from .saving import save as save
    from .slides import animate as animate
    from .slides import beamer as beamer
    from .slides import step as step

__version__ = "0.2.0"

# What not every program needs is imported when it is first asked for: the name, and the module that has it.
LATER = {
    **dict.fromkeys(
        ("classroom", "data", "export", "lab", "losses", "opening", "optim", "player", "replay", "train"), ""
    ),
    "lab_link": "lab",
    **dict.fromkeys(("Player", "play"), "player"),
    **dict.fromkeys(("load", "save"), "saving"),
    **dict.fromkeys(("animate", "beamer", "step"), "slides"),
    "close_up": "graph.closeup",
    "diagnose": "mistakes",
    **dict.fromkeys(
        (
            "bill",
            "checkpointed",
            "derivative",
            "draw_checkpoints",
            "draw_modes",
            "hessian",
            "hvp",
            "jacobian",
            "jvp",
            "vjp",
        ),
        "modes",
    ),
    "functions": "nn",
    **dict.fromkeys(("open_onnx", "from_torch", "from_jax"), "opening"),
}
__getattr__ = _later(__name__, LATER)


def __dir__() -> list[str]:
    return sorted({*globals(), *LATER})


# No module but two: `import *` would hide somebody's own `data` or `losses`.
_FOUND = {name for name, x in globals().items() if callable(x) and name[0] != "_"}
__all__ = sorted({"nn", "optim"} | _FOUND | {name for name, module in LATER.items() if module} - {"functions"})
