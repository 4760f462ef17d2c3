"""Replay: a scalar graph, built once in ordinary Python, runs again and again at the speed of matrix code.

Nodes on one level that do the same become one array statement, and a full grid of sums of products is a matrix product:
x @ W appears although nobody wrote it. `.source` shows the program, `.explain()` says what became of the scalars.

>>> from micrograd_es import Value
>>> x, w, y = Value(1.0), Value(1.0), Value(2.0)
>>> r = replay((x * w - y) ** 2, inputs=[x, y], parameters=[w])
>>> r.loss_and_gradients([[1.0, 2.0], [2.0, 4.0]])
(2.5, array([-5.]))

It needs NumPy: pip install "micrograd-es[fast]".
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..engine import Value
from ..graph import Graph
from ..system.packages import later, missing

if TYPE_CHECKING:
    from .fitting import fit as fit
    from .one_sample import contributions as contributions
    from .one_sample import microscope as microscope
    from .run import Replay as Replay

LATER = {"Replay": "run", "microscope": "one_sample", "contributions": "one_sample", "fit": "fitting"}
__all__ = [*LATER, "replay"]
__getattr__ = later(__name__, LATER)


def replay(
    loss: Value | Graph,
    inputs: Sequence[Value | str],
    parameters: Sequence[Value | str],
    outputs: Sequence[Value | str] = (),
    dtype: Any = float,
    runner: str = "numpy",
) -> Replay:
    """The graph under loss, made ready to run on batches.

    `inputs` are the leaves that every sample of a batch has its own numbers for, in the order of a batch's columns;
    `parameters` those that training changes; every other leaf stays the number it is now. `outputs` are more nodes
    whose numbers `predict` returns. Any of them may be given by its name. The loss of a batch is the mean over its
    samples.

    The `runner` "numpy" needs NumPy and nothing else. "numba" runs the same groups in machine code, faster where
    batches are small or where hardly anything is alike; compiling takes some seconds, once for each set of operations.

    What a mask leaves out, as the future in attention, is computed all the same, and not looked at: it must be finite.
    A Python `if` on a number was decided when the graph was built, and stays so (`Replay.check` notices). ValueError if
    an input or a parameter is no leaf, or is named twice; ImportError where NumPy, or numba, is missing.
    """
    if runner not in ("numpy", "numba"):
        raise ValueError(f"the runner is {runner!r}, and must be 'numpy' or 'numba'")
    try:
        import numpy  # noqa: F401
    except Exception as error:
        raise missing("replay", "numpy", '"micrograd-es[fast]"', error) from error
    if runner == "numba":
        for package in ("numba", "scipy"):  # numba's matrix products are scipy's
            try:
                import_module(package)
            except Exception as error:
                raise missing("the runner 'numba'", package, '"micrograd-es[numba]"', error) from error
    from .run import Replay

    graph = Graph.of(loss)
    leaves, weights, others = map(graph.nodes, (inputs, parameters, outputs))
    return Replay(graph.root, leaves, weights, others, dtype, runner)
