"""Packages: of ours, what is imported when it is first asked for; of others, what to say when one is not there."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def missing(purpose: str, package: str, install: str, error: Exception) -> ImportError:
    """The ImportError to raise instead of what importing the package raised.

    >>> raise missing("replay", "numpy", "numpy", ModuleNotFoundError("No module named 'numpy'", name="numpy"))
    Traceback (most recent call last):
    ImportError: replay needs numpy: pip install numpy
    """
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == package:
        return ImportError(f"{purpose} needs {package}: pip install {install}")
    reason = " ".join(str(error).split())[:200]
    return ImportError(
        f"{purpose} needs {package}, which is here but cannot be imported ({type(error).__name__}: {reason}): "
        f"pip install --force-reinstall {install}"
    )


def engine(package: str, extra: str, what: str) -> Any:
    "The package; ImportError that says what needs it and how it is installed."
    try:
        return import_module(package)
    except ImportError as error:
        raise missing(what, package, f'"micrograd-es[{extra}]"', error) from error


def later(package: str, modules: Mapping[str, str], extra: str = "") -> Callable[[str], Any]:
    """The `__getattr__` of a package: each of these names is fetched from its module when somebody asks for it.

    So `import micrograd_es` stays quick. A name whose module is "" is a module itself. Where that needs NumPy and there
    is none, the ImportError names the `extra` that brings it.
    """

    def fetch(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            module = import_module(f".{modules[name] or name}", package)
        except ModuleNotFoundError as error:
            if not extra or error.name != "numpy":
                raise
            raise missing(name, "numpy", f'"micrograd-es[{extra}]"', error) from error
        return getattr(module, name) if modules[name] else module

    return fetch
