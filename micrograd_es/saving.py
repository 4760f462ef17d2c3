"""A model's numbers in a file, and back: one JSON file, never a program.

The file names every parameter and gives its number, digit for digit as Python writes floats, so that the same bits
come back; a sha256 of all that is its last line. What is damaged, or belongs to another model, is a ValueError and
changes nothing. A new file takes the old one's place in one step: whenever the power fails, one of them is whole.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from reprlib import repr as short
from typing import TYPE_CHECKING, Any, Protocol

from .core.floats import as_float
from .system.files import write_whole

if TYPE_CHECKING:
    from .engine import Value

FORMAT, VERSION = "micrograd_es model", 1


class Model(Protocol):
    """What can be saved: it names its parameters.

    It may also have named_buffers(), the numbers it keeps beside them (the running mean of a batch norm): pairs of a
    name and a list of floats, which must be the list itself, for load() writes into it.
    """

    def named_parameters(self) -> Iterable[tuple[str, Value]]: ...


def save(module: Model, path: str | os.PathLike[str]) -> None:
    "Write the numbers of the module to a file. If that fails, OSError: the file that was there is there still."
    parameters, buffers = _named(module)
    numbers = {name: as_float(v.data, name) for name, v in parameters.items()}
    lists = {name: [as_float(x, f"{name}[{i}]") for i, x in enumerate(xs)] for name, xs in buffers.items()}
    write_whole(path, _file(numbers, lists))


def load(module: Model, path: str | os.PathLike[str]) -> None:
    "Set the numbers of the module to those in the file: to all of them or, with a ValueError that says why, to none."
    parameters, buffers = _named(module)
    data = Path(path).read_bytes()
    try:
        numbers, lists = _content(data)
        _compare("parameter", parameters, numbers)
        _compare("buffer", buffers, lists)
        for name, xs in buffers.items():
            if len(xs) != len(lists[name]):
                raise ValueError(f"{name} has {len(lists[name])} numbers there, but {len(xs)} in the module")
        first: dict[Value, str] = {}
        for name, v in parameters.items():
            twin = first.setdefault(v, name)
            if struct.pack("d", numbers[twin]) != struct.pack("d", numbers[name]):
                raise ValueError(f"{twin} and {name} are one Value in the module, but two numbers there")
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)}: {error}") from error
    for name, v in parameters.items():
        v.data = numbers[name]
    for name, xs in buffers.items():
        xs[:] = lists[name]


def _named(module: Any) -> tuple[dict[str, Value], dict[str, list[float]]]:
    if not hasattr(module, "named_parameters"):
        raise TypeError(f"{type(module).__name__} has no named_parameters(): save(module, path), load(module, path)")
    found: list[dict[str, Any]] = []
    for pairs in (module.named_parameters(), module.named_buffers() if hasattr(module, "named_buffers") else ()):
        named: dict[str, Any] = {}
        for name, x in pairs:
            if name in named:
                raise ValueError(f"two things in the module are called {name}")
            named[name] = x
        found.append(named)
    return found[0], found[1]


def _compare(kind: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    "ValueError if the two have not the same names."
    missing, strange = ([name for name in a if name not in b] for a, b in ((ours, theirs), (theirs, ours)))
    if missing or strange:
        differ = [
            f"{where} {names[0]}" + (f" and {len(names) - 1} more" if names[1:] else "")
            for where, names in (("the file lacks", missing), ("the module lacks", strange))
            if names
        ]
        counts = f"it has {len(theirs)} {kind}s and the module {len(ours)}"
        raise ValueError(f"another model: {counts}; {', '.join(differ)}")


# ---- The file -------------------------------------------------------------------------------------------------------


def _file(parameters: dict[str, float], buffers: dict[str, list[float]]) -> bytes:
    "The one way to write these numbers; the checksum is of the JSON without it."
    content = {
        "format": FORMAT,
        "version": VERSION,
        "parameters": {name: _text(x) for name, x in parameters.items()},
        "buffers": {name: [_text(x) for x in xs] for name, xs in buffers.items()},
    }
    text = json.dumps(content, indent=1, allow_nan=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return (text.removesuffix("\n}") + f',\n "sha256": "{digest}"\n}}\n').encode()


def _content(data: bytes) -> tuple[dict[str, float], dict[str, list[float]]]:
    "The numbers in a file that is, to the last byte, what save() writes; only its line ends may be those of Windows."
    try:
        content = json.loads(
            data.decode("ascii"),
            object_pairs_hook=_object,
            parse_float=_finite,
            parse_int=_finite,
            parse_constant=_finite,
        )
    except RecursionError:
        raise ValueError("damaged: it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"damaged, or no saved model: {error}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f'no saved model: it does not say "format": "{FORMAT}"')
    if content.get("version") != VERSION:
        raise ValueError(
            f"its version is {short(content.get('version'))}, and this micrograd_es reads version {VERSION}"
        )
    try:
        parameters = {name: _number(x) for name, x in content["parameters"].items()}
        buffers = {name: [_number(x) for x in xs] for name, xs in content["buffers"].items()}
    except (KeyError, TypeError, AttributeError):
        raise ValueError("damaged: it is not built as a saved model is") from None
    if _file(parameters, buffers) != data.replace(b"\r\n", b"\n"):
        raise ValueError("damaged: its sha256 does not fit what it says")
    return parameters, buffers


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name, x in pairs:
        if name in content:
            raise ValueError(f"{short(name)} stands there twice")
        content[name] = x
    return content


def _finite(text: str) -> float:
    "The number that these digits say: the version is an int, all others are floats and within their range."
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:30]} is no number of a model")
    return int(text) if text.isdecimal() else number


def _text(x: float) -> float | str:
    "A number as JSON can have it: inf and nan, which it lacks, as words; a nan of other bits than Python's, with them."
    if math.isfinite(x):
        return x
    bits = struct.pack(">d", x).hex()
    return f"nan:{bits}" if math.isnan(x) and bits != USUAL_NAN else str(x)


def _number(x: Any) -> float:
    if type(x) is float:
        return x
    if x in WORDS:
        return float(x)
    try:
        (number,) = struct.unpack(">d", bytes.fromhex(x.removeprefix("nan:")))
    except (AttributeError, ValueError, struct.error):
        raise ValueError(f"damaged: {short(x)} is no number of a model") from None
    return number  # type: ignore[no-any-return]


WORDS = "inf", "-inf", "nan"
USUAL_NAN = "7ff8000000000000"
