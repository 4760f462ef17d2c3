"""The lab: one file of HTML in which one types Python, and the graph, the worked chain rule and the player follow.

    micrograd-es lab lab.html             write it
    micrograd-es lab lab.html mine.py     with this program in its editor

>>> from micrograd_es import lab_link
>>> lab_link("Value(2.0)", "https://example.org/lab.html")
'https://example.org/lab.html#code=C0vMKU3VMNIz0AQA'
"""

from __future__ import annotations

import base64
import os
import zlib
from pathlib import Path

from ..system.files import write_whole


def lab(path: str | os.PathLike[str], program: str | None = None) -> Path:
    """Write the lab to a .html file; its editor begins with this program.

    It needs npm, or a network, the first time. ValueError for another suffix, RuntimeError where parts cannot be had.
    """
    from .build import page  # the parts are for who builds

    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"{path}: the lab is saved as .html")
    write_whole(path, page(program).encode())
    return path


def lab_link(program: str, page: str = "lab.html") -> str:
    "The address that opens this program in the lab at the address `page`; there it is shown before it is run."
    squeezed = zlib.compress(program.encode(), 9, wbits=-15)
    return f"{page}#code={base64.urlsafe_b64encode(squeezed).decode().rstrip('=')}"
