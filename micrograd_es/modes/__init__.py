"""The two ways through a graph: forward with the tangents, backward with the gradients; what each gives, and its bill.

>>> from micrograd_es import Value, jacobian
>>> x, w = Value(2.0, label="x"), Value(3.0, label="w")
>>> print(jacobian([x * w, x + w], [x, w]))
    x  w
v₁  3  2
v₂  1  1
"""

from .checkpoints import checkpointed as checkpointed
from .costs import bill as bill
from .derivatives import derivative as derivative
from .derivatives import hessian as hessian
from .derivatives import hvp as hvp
from .derivatives import jacobian as jacobian
from .derivatives import jvp as jvp
from .derivatives import vjp as vjp
from .picture import draw_modes as draw_modes
from .timeline import draw_checkpoints as draw_checkpoints
