"""Looking closer at a training: the scalar graph of one sample, at this moment; what each adds to a gradient.

>>> from micrograd_es.replay import replay
>>> x, w, y = Value(0.0, label="x"), Value(1.0, label="w"), Value(0.0, label="y")
>>> r = replay((x * w - y) ** 2, inputs=[x, y], parameters=[w])
>>> batch = [[1.0, 2.0], [2.0, 4.0]]
>>> contributions(r, batch, w), r.loss_and_gradients(batch)[1]
(array([-2., -8.]), array([-5.]))
>>> microscope(r, batch[1]).data, w.grad
(4.0, -8.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..engine import Value
from ..graph import Graph
from ..graph.closeup import close_up

if TYPE_CHECKING:
    from .run import Replay


def microscope(r: Replay, sample: Sequence[float], *leaves: Value | str) -> Value:
    """The scalar graph of this moment of a training, for one sample: a number for every input.

    The parameters' numbers of now, and the sample's, are put into the very Values that the replay was made of; the loss
    is computed again and its gradients go backward, from zero. What comes back is that loss; with `leaves`, its
    `close_up`: the part that concerns these weights. The replay itself goes on as if nothing had been.
    """
    if len(sample) != len(r.inputs):
        raise ValueError(f"a sample of {len(sample)} numbers: this replay has {len(r.inputs)} inputs")
    r.write()
    for x, number in zip(r.inputs, sample):
        x.data = float(number)
    r.loss.zero_grad()
    r.loss.forward().backward()
    return close_up(r.loss, *leaves) if leaves else r.loss


def contributions(r: Replay, batch: Any, wrt: Value | str | Sequence[Value | str]) -> Any:
    """What every sample of a batch would have the gradient of a weight be: an array of shape (samples,).

    Its mean is the batch's gradient. For a list of weights the shape is (samples, weights). ValueError for what is no
    parameter of the replay.
    """
    from numpy import array

    place = {p: i for i, p in enumerate(r.parameters)}
    weights = Graph.of(r.loss).nodes(wrt)
    for w in weights:
        if w not in place:
            raise ValueError(f"{w.label or w!r} is no parameter of this replay")
    at: Any = [place[w] for w in weights]
    at = at[0] if isinstance(wrt, Value | str) else at
    return array([r.loss_and_gradients([sample])[1][at] for sample in batch])
