"""A model in an ONNX file as a graph of Values: run by onnx itself, on arrays that hold Values instead of numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import checker, helper, numpy_helper, shape_inference, utils, version_converter
from onnx.reference import ReferenceEvaluator

from ..calculus import LEAF
from ..core.pythonic import Pythonic
from ..engine import Value, collector_paused
from ..nn import Module
from ..nn.module import Call
from ..text.letters import counted
from .arrays import elementwise, has_values, of_values
from .operators import TERMS, operators

Array = Any
OLDEST = 13  # the opset: what is older means other things by Softmax, and is brought up to it


class Opened(Module):
    """A network that was opened: the graph of what it makes of its inputs.

    `output` is what came out: a Value, or nested lists of them; `outputs`, `inputs` and `weights` have everything, by
    the names in the file. It is a module as any other: its parameters() can be trained, saved, replayed.
    """

    def __init__(self, outputs: dict[str, Any], inputs: dict[str, Any], weights: dict[str, Any]):
        self.outputs, self.inputs, self.weights = outputs, inputs, weights

    @property
    def output(self) -> Any:
        "What came out, or, of several, what came out first."
        return next(iter(self.outputs.values()))

    def parts(self) -> list[tuple[str, Any]]:
        return list(self.weights.items())

    def __repr__(self) -> str:
        counts = (counted(len(names), what.removesuffix("s")) for what, names in vars(self).items())
        return f"Opened({', '.join(counts)})"


class Operator(Module):
    "A node of the file: a box, where a graph is folded. Nodes that share their weights are one module, called again."

    def __init__(self, title: str, weights: Sequence[Any]):
        self.title, self.weights = title, list(weights)
        self.names: dict[Value, str] = {}

    def parts(self) -> list[tuple[str, Any]]:
        return [("weights", self.weights)]

    def caption(self, out: Value | None = None) -> str:
        return self.title

    def name_nodes(self, out: Value) -> dict[Value, str]:
        return {out: self.names[out]} if out in self.names else {}  # a twin, in a close-up, has its name as its label


@collector_paused()
def opened(
    model: Any, inputs: Any, learned: Callable[[str, Array], bool], limit: int, outputs: Iterable[str] = ()
) -> Opened:
    "What open_onnx returns; of the numbers in the file those are leaves, by name and array, that were `learned`."
    where = "the model" if isinstance(model, onnx.ModelProto) else os.fspath(model)
    model = _read(model, where)
    given = _by_name(model, inputs)
    model = _part(model, given, list(outputs), where)
    kinds = {i.name: helper.tensor_dtype_to_np_dtype(i.type.tensor_type.elem_type) for i in model.graph.input}
    arrays = {name: _array(name, x, kinds[name]) for name, x in given.items()}
    _fit(model, arrays, where)
    numbers = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    _count(model, arrays, numbers, limit, where)
    leaves = {name: array for name, array in numbers.items() if array.dtype.kind == "f" and learned(name, array)}
    weights = {name: _leaves(name, array) for name, array in leaves.items()}
    try:
        results = _run(model, arrays | weights, operators(_opset(model)))
    except Exception as error:
        raise ValueError(f"{where} cannot be run on Values: {_reason(error)}") from error
    _sign(model, results, weights)
    return Opened(
        {o.name: of_values(lambda v: v)(results[o.name]).tolist() for o in model.graph.output},
        {name: x.tolist() for name, x in arrays.items()},
        {name: x.tolist() for name, x in weights.items()},
    )


# ---- What goes in ----------------------------------------------------------------------------------------------------


def _read(model: Any, where: str) -> Any:
    "The model, checked; ValueError for a file that is none."
    try:
        if not isinstance(model, onnx.ModelProto):
            model = onnx.load(model)
        checker.check_model(model)
    except OSError:
        raise
    except Exception as error:
        raise ValueError(f"{where} is no ONNX model: {_reason(error)}") from error
    return version_converter.convert_version(model, OLDEST) if _opset(model) < OLDEST else model


def _opset(model: Any) -> int:
    return next((int(o.version) for o in model.opset_import if not o.domain), OLDEST)


def _by_name(model: Any, inputs: Any) -> dict[str, Any]:
    "Every input by its name; ValueError if one is missing."
    weights = {i.name for i in model.graph.initializer}
    wanted = [i.name for i in model.graph.input if i.name not in weights]
    if isinstance(inputs, Mapping):
        return dict(inputs)
    if len(wanted) != 1:
        raise ValueError(f"the model has {len(wanted)} inputs: give a dict with {', '.join(map(repr, wanted))}")
    return {wanted[0]: inputs}


def _part(model: Any, given: dict[str, Any], outputs: list[str], where: str) -> Any:
    "What lies between these inputs and outputs; all of it, if they are the model's own."
    weights = {i.name for i in model.graph.initializer}
    own = [i.name for i in model.graph.input if i.name not in weights]
    if set(own) == set(given) and not outputs:
        return model
    results = {name for node in model.graph.node for name in node.output}
    for name in given.keys() - set(own) - results | set(outputs) - results:
        known = f"its inputs are {', '.join(own)}, and it computes {', '.join(sorted(results)[:20])}"
        raise ValueError(f"{where} has nothing called {name!r}: {known}")
    whole = shape_inference.infer_shapes(model)
    part = utils.Extractor(whole).extract_model(list(given), outputs or [o.name for o in model.graph.output])
    made = {name for node in part.graph.node for name in node.output}
    if needed := {name for node in part.graph.node for name in node.input if name} - made - weights - given.keys():
        raise ValueError(
            f"{where} needs {', '.join(sorted(needed))} as well, for {', '.join(outputs) or 'its outputs'}"
        )
    return part


def _array(name: str, x: Any, kind: Any) -> Array:
    "An input as an array: of Values, unless it is one of whole numbers."
    if hasattr(x, "detach"):
        x = x.detach().numpy()
    if kind.kind != "f":
        return np.asarray(x, dtype=kind)
    return _leaves(name, np.asarray(x, dtype=object))


def _leaves(name: str, array: Array) -> Array:
    "An array of leaves, each with its place in its name; what is a Value already stays."
    leaves: Array = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        x = array[place]
        leaves[place] = x if isinstance(x, Value) else Value(x, label=_name(name, place))
    return leaves


def _run(model: Any, feeds: dict[str, Array], new_ops: Any = None) -> dict[str, Array]:
    "Everything that is computed, by its name."
    with np.errstate(all="ignore"):  # an inf or a nan is looked for in the graph
        return dict(ReferenceEvaluator(model, new_ops=new_ops).run(None, feeds, intermediate=True))


def _name(name: str, place: Sequence[int]) -> str:
    return f"{name}[{','.join(map(str, place))}]" if place else name


def _fit(model: Any, arrays: dict[str, Array], where: str) -> None:
    "ValueError, with both shapes, for an input that is not of the shape that the model has for it."
    for i in model.graph.input:
        tensor = i.type.tensor_type
        if i.name in arrays and tensor.HasField("shape"):
            sides = [d.dim_value or d.dim_param or "any" for d in tensor.shape.dim]
            shape = arrays[i.name].shape
            if len(sides) != len(shape) or any(type(a) is int and a != b for a, b in zip(sides, shape)):
                raise ValueError(
                    f"{where}: {i.name} has the shape ({', '.join(map(str, sides))}), and was given {shape}"
                )


# ---- How much it is --------------------------------------------------------------------------------------------------


def _count(model: Any, arrays: dict[str, Array], numbers: dict[str, Array], limit: int, where: str) -> None:
    "ValueError, saying what to cut, if there were more scalars than the limit: counted on plain numbers."
    kinds = {i.name: helper.tensor_dtype_to_np_dtype(i.type.tensor_type.elem_type) for i in model.graph.input}
    leaves = sum(x.size for x in (*arrays.values(), *numbers.values()))
    counts: list[tuple[int, str]] = []
    if leaves <= limit:
        plain = elementwise(lambda x: x.data if isinstance(x, Pythonic) else x)
        feeds = {name: plain(x).astype(kinds[name]) for name, x in arrays.items()}
        try:
            results = _run(model, feeds)
        except Exception as error:
            raise ValueError(f"{where} cannot be run on these inputs: {_reason(error)}") from error
        for node in model.graph.node:
            out = results[node.output[0]]
            terms = TERMS[node.op_type](out, *[results[name] for name in node.input]) if node.op_type in TERMS else 0
            if isinstance(out, np.ndarray) and out.dtype.kind == "f" and node.op_type != "Constant":
                counts.append((out.size * (1 + terms), _title(node)))
    total = leaves + sum(count for count, _ in counts)
    if total <= limit:
        return
    largest = (
        ", ".join(f"{title} {count:,}" for count, title in sorted(counts)[-3:][::-1])
        or f"its weights and inputs {leaves:,}"
    )
    about = "" if counts else "more than "
    raise ValueError(
        f"{where} would be {about}{total:,} scalars, more than {limit:,} ({largest}). Give fewer samples or a smaller "
        "image; or open a part of it, with outputs=['a result in it'] and that part's inputs; or raise the limit, and "
        "look at the graph through close_up(root, leaf)"
    )


# ---- What is said of it ----------------------------------------------------------------------------------------------


def _sign(model: Any, results: dict[str, Array], weights: dict[str, Array]) -> None:
    "Every number that a node of the file puts out carries the call of it, and the node's name for it."
    modules: dict[Any, Operator] = {}
    for node in model.graph.node:
        own = [name for name in node.input if name in weights]
        key = (node.op_type, *own) if own else node.output[0]
        if key not in modules:
            title = _title(node)
            if own and any(title == module.title for module in modules.values()):
                title += f" {own[0].rpartition('.')[2]}"  # as of an RNN, where one goes over inputs and one over states
            modules[key] = Operator(title, [weights[name].tolist() for name in own])
        module = modules[key]
        call = Call(module)
        for name in node.output:
            found: Array = results.get(name)
            if name and has_values(found):
                for place in np.ndindex(found.shape):
                    v = found[place]
                    if isinstance(v, Value) and v.parents and not v.calls:
                        v.calls, module.names[v] = (call,), _name(name, place)
                    elif isinstance(v, Value) and v.op is LEAF and not v.label:  # what was decided
                        v.label = _name(name, place)


def _title(node: Any) -> str:
    "fc1: Gemm, where the file says from which module of PyTorch it comes; else Gemm linear_1, by its own name."
    for property_ in node.metadata_props:
        if property_.key == "pkg.torch.onnx.name_scopes":
            scopes = [word.strip("' ") for word in property_.value.strip("[]").split(",")]
            path = ".".join(filter(None, scopes[:-1]))
            return f"{path}: {node.op_type}" if path else node.op_type
    return f"{node.op_type} {node.name or node.output[0]}"


def _reason(error: BaseException) -> str:
    "What onnx says, and what it was said about, in one line."
    texts = [" ".join(str(e).split()) for e in (error, error.__cause__) if e]
    return "; ".join(texts)[:400]
