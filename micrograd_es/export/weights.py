"""Weights as arrays, in the file that every framework reads: safetensors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..engine import Value
from ..nn import Module, Neuron
from ..system.files import write_whole
from ..system.packages import engine
from .layers import flat, numbers, put, shape_of

engine("safetensors", "safetensors", "save_safetensors")
safetensors = engine("safetensors.numpy", "safetensors", "save_safetensors")


def save_safetensors(module: Module, path: str | os.PathLike[str]) -> None:
    """Write the weights of a module as arrays of float64, under the names of its parameters without their numbers.

    A list of Values is an array, and so are the neurons of a layer: layers.0.neurons.w has a row for each neuron. The
    statistics of a batch norm are there too. OSError if it cannot be written: the file that was there is there still.
    """
    arrays = {name: numbers(values) for name, values in named_arrays(module)}
    write_whole(path, safetensors.save(arrays))


def load_safetensors(module: Module, path: str | os.PathLike[str]) -> None:
    """Set the weights of a module to those of such a file.

    ValueError that names what is missing, strange, of another shape, or damaged; then nothing is changed.
    """
    data, where = Path(path).read_bytes(), os.fspath(path)
    try:
        theirs = safetensors.load(data)
    except Exception as error:  # its own class, KeyError for a type that NumPy lacks, ...
        raise ValueError(f"{where}: no safetensors file, or a damaged one: {error}") from None
    ours = dict(named_arrays(module))
    for missing, strange in ((ours.keys() - theirs.keys(), theirs.keys() - ours.keys()),):
        if missing or strange:
            raise ValueError(f"{where}: another model: it lacks {sorted(missing)}, and has {sorted(strange)} besides")
    for name, values in ours.items():
        if theirs[name].shape != shape_of(values):
            raise ValueError(f"{where}: {name} has the shape {theirs[name].shape}, and here {shape_of(values)}")
    seen: dict[Value, float] = {}
    for name, values in ours.items():
        for v, x in zip(flat(values), theirs[name].ravel().tolist()):
            if isinstance(v, Value) and repr(seen.setdefault(v, x)) != repr(x):
                raise ValueError(f"{where}: in {name} is one Value that is elsewhere too, with another number there")
    for name, values in ours.items():
        put(values, theirs[name].ravel().tolist())


def named_arrays(module: Module) -> Iterator[tuple[str, Any]]:
    "Every array of a module: its name, and its Values or numbers as a nested list."
    stack: list[tuple[str, Any]] = [("", module)]
    while stack:
        name, x = stack.pop()
        if isinstance(x, Module):
            parts = x.parts()
        elif isinstance(x, list | tuple) and len(x) and all(type(part) is Neuron for part in x):
            yield f"{name}.w", [neuron.w for neuron in x]
            yield f"{name}.b", [neuron.b for neuron in x]
            continue
        elif isinstance(x, list | tuple) and not _regular(x):
            parts = [(str(i), part) for i, part in enumerate(x)]
        else:
            if isinstance(x, Value) or (isinstance(x, list | tuple) and flat(x)):
                yield name, x
            continue
        stack += reversed([(f"{name}.{key}".lstrip("."), part) for key, part in parts])
    yield from module.named_buffers()


def _regular(x: Any) -> bool:
    "Is it an array of Values: lists of equal lengths, and nothing else in them?"
    leaves, size = flat(x), 1
    for n in shape_of(x):
        size *= n
    return all(isinstance(v, Value) for v in leaves) and len(leaves) == size
