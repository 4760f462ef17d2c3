"What to say when a package that is used beyond the standard library is not there, or is there and broken."


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
