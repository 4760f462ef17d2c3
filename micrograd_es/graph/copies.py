"""Copies of a graph: copy.deepcopy gives one that stands on its own; pickle takes leaves, and refuses graphs."""

from typing import Any

from ..core.collector import collector_paused
from ..engine import Value, new, topological


@collector_paused()
def _deepcopy(root: Value, memo: dict[int, Any]) -> Value:
    for v in topological(root):
        if id(v) not in memo:
            if v.own_backward:
                raise TypeError(f"{v!r} cannot be copied: the _backward assigned to it belongs to the original")
            twin = memo[id(v)] = new(Value)
            twin.parents = tuple([memo[id(x)] for x in v.parents])
            for name in ("data", "grad", "op", "local_grads", "label", "calls"):
                setattr(twin, name, getattr(v, name))
    return memo[id(root)]  # type: ignore[no-any-return]


def _reduce(v: Value) -> Any:
    if v.parents:
        raise TypeError("a graph cannot be pickled: save the numbers of its leaves, or copy.deepcopy it")
    return Value, (v.data, (), "", v.label), (None, {"grad": v.grad})


Value.__deepcopy__ = _deepcopy  # type: ignore[attr-defined]
Value.__reduce__ = _reduce  # type: ignore
