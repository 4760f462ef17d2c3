"The rows of the calculus by name."

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any


class Table(Mapping[str, Any]):
    """The rows of a class and of what inherits from it, read when asked: a row can be added at any time.

    An operator goes by its sign, any other row by the name of its method: table["*"], table["tanh"].
    """

    def __init__(self, calculus: type):
        self.calculus = calculus

    @property
    def owner(self) -> type:
        "The class whose methods the rows are: Value, once there is one."
        return next(iter(self.calculus.__subclasses__()), self.calculus)

    @property
    def methods(self) -> dict[str, Any]:
        "What makes a Value by each row."
        return named_rows({name: f for cls in reversed(self.owner.__mro__) for name, f in vars(cls).items()})

    @cached_property
    def from_the_start(self) -> dict[str, Any]:
        return named_rows(vars(self.calculus))

    def __getitem__(self, name: str) -> Any:
        op = getattr(getattr(self.owner, name, None), "op", None) if name[:1] != "_" else None
        return op if hasattr(op, "symbol") else (self.from_the_start.get(name) or self.methods[name]).op

    def __iter__(self) -> Iterator[str]:
        return iter(self.methods)

    def __len__(self) -> int:
        return len(self.methods)


def named_rows(attributes: Mapping[str, Any]) -> dict[str, Any]:
    "Those of a class's attributes that are rows, by their public names."
    rows = {name: f for name, f in attributes.items() if hasattr(getattr(f, "op", None), "symbol")}
    return {f.op.symbol if name[0] == "_" and f.op.arity == 2 else name.strip("_"): f for name, f in rows.items()}
