"What the editor of the lab offers, with the real signatures: nothing here is a list of what there is."

from __future__ import annotations

import inspect
from typing import Any

from ..engine import Value


def completions() -> dict[str, list[dict[str, str]]]:
    "What may be typed after a dot, by what stands before it (`Value`: anything else); and without one."
    import micrograd_es
    from micrograd_es import data, losses, nn, optim

    modules = {"nn": nn, "optim": optim, "losses": losses, "data": data}
    found = {name: offered(module, getattr(module, "__all__", dir(module))) for name, module in modules.items()}
    return found | {"Value": offered(Value, dir(Value)), "": offered(micrograd_es, micrograd_es.__all__)}


def offered(owner: Any, names: Any) -> list[dict[str, str]]:
    "With their signatures and the first sentence of their help."
    found = []
    for name in names:
        x = getattr(owner, name, None)
        if name[0] == "_" or inspect.ismodule(x) and name not in ("nn", "optim"):
            continue
        try:
            detail = str(inspect.signature(x)) if callable(x) else ""
        except ValueError:
            detail = ""
        info = (inspect.getdoc(x) or "").partition("\n")[0] if callable(x) or isinstance(x, property) else ""
        found.append({"label": name, "type": "function" if callable(x) else "property", "detail": detail, "info": info})
    return found
