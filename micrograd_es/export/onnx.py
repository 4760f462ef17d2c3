"""Modules and replays as ONNX files, for any engine: layer by layer, or as the array program of the scalar graph."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..replay import Replay
from ..system.files import write_whole
from ..system.packages import engine
from .engines import elementwise, program
from .layers import Step, numbers, shape_of, steps

onnx = engine("onnx", "onnx", "to_onnx")

# Attributes of ONNX are float32, and onnxruntime lacks some of its functions for float64: those are the table's rows.
ACTIVATIONS = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "softmax": "Softmax"}
OPSET, FILE_VERSION = 18, 8  # read by onnxruntime from 1.14 on


def to_onnx(x: Any, path: str | os.PathLike[str], dtype: Any = float) -> None:
    """Write an ONNX file of a module (or a list of modules) layer by layer, or of a replay's array program.

    Its input is called batch, of the shape (samples, inputs), for any number of samples; its output is what the module
    returns in eval(), or what the replay's predict returns, for each sample. The weights are those of now. Numbers are
    float64, or float32 if dtype says so: onnxruntime has no convolution for float64. The file is checked by onnx before
    it is written.

    TypeError for a module that has no counterpart: take a replay. OSError if it cannot be written; ImportError without
    onnx.
    """
    graph = Graph(np.dtype(dtype))
    if isinstance(x, Replay):
        run = program(x, "to_onnx").run(Names(graph), array=graph.array)["predict"]
        answer = run(graph.constant(x.weights, "parameters"), Array(graph, "batch", 2))
        shape, read = [len(x.inputs)], graph.dtype
    else:
        found = list(steps(x, "ONNX"))
        shape, read = _input(found[0], graph.dtype)
        answer = Array(graph, "batch", 1 + len(shape))
        for number, step in enumerate(found):
            answer = _layer(graph, step, answer, number)
    graph.add("Identity", [answer], output="output")
    write_whole(path, graph.model(shape, read).SerializeToString())


# ---- A graph of ONNX, as it grows ------------------------------------------------------------------------------------


class Graph:
    "The nodes of an ONNX graph and the arrays in it."

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.nodes: list[Any] = []
        self.arrays: dict[Any, tuple[str, Any]] = {}

    def add(self, op: str, inputs: Sequence[Any], rank: int = 0, output: str = "", **attributes: Any) -> Array:
        "One more node; what it makes, as an Array."
        name = output or f"{op.lower()}{len(self.nodes)}"
        names = [x.name if isinstance(x, Array) else self.constant(x).name for x in inputs]
        self.nodes.append(onnx.helper.make_node(op, names, [name], name=name, **attributes))
        return Array(self, name, rank)

    def constant(self, numbers: Any, name: str = "") -> Array:
        "An array that is in the file, once however often it is used."
        numbers = np.asarray(numbers)
        numbers = numbers.astype({"i": np.int64, "u": np.int64, "b": bool}.get(numbers.dtype.kind, self.dtype))
        key = numbers.dtype.kind, numbers.shape, numbers.tobytes()
        if key not in self.arrays:
            self.arrays[key] = name or f"array{len(self.arrays)}", numbers
        return Array(self, self.arrays[key][0], numbers.ndim)

    def array(self, numbers: Any) -> Any:
        "An array of a program: an index stays what it is."
        return numbers if numbers.dtype.kind in "iu" else self.constant(numbers)

    def model(self, shape: Sequence[Any], dtype: Any) -> Any:
        helper = onnx.helper
        kinds = [helper.np_dtype_to_tensor_dtype(np.dtype(d)) for d in (dtype, self.dtype)]
        batch = helper.make_tensor_value_info("batch", kinds[0], ["samples", *shape])
        output = helper.make_tensor_value_info("output", kinds[1], None)
        used = {name for node in self.nodes for name in node.input}
        arrays = [onnx.numpy_helper.from_array(a, name) for name, a in self.arrays.values() if name in used]
        graph = helper.make_graph(self.nodes, "micrograd_es", [batch], [output], arrays)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=FILE_VERSION, producer_name="micrograd_es"
        )
        model = onnx.shape_inference.infer_shapes(model)  # so that a viewer shows the shapes
        onnx.checker.check_model(model, full_check=True)
        return model


class Array:
    "An array that is not computed but written down: what is done with it becomes nodes of the graph."

    __array_ufunc__ = None  # an array of NumPy on the left leaves the operation to us

    def __init__(self, graph: Graph, name: str, rank: int):
        self.graph, self.name, self.rank = graph, name, rank

    def _with(self, op: str, *others: Any, swap: bool = False) -> Array:
        rank = max([self.rank, *(x.rank for x in others if isinstance(x, Array))])
        inputs = [self, *map(_real, others)]
        return self.graph.add(op, inputs[::-1] if swap else inputs, rank)

    # fmt: off
    def __add__(self, other: Any) -> Array: return self._with("Add", other)
    def __sub__(self, other: Any) -> Array: return self._with("Sub", other)
    def __mul__(self, other: Any) -> Array: return self._with("Mul", other)
    def __truediv__(self, other: Any) -> Array: return self._with("Div", other)
    def __pow__(self, other: Any) -> Array: return self._with("Pow", other)
    def __matmul__(self, other: Any) -> Array: return self._with("MatMul", other)
    def __radd__(self, other: Any) -> Array: return self._with("Add", other, swap=True)
    def __rsub__(self, other: Any) -> Array: return self._with("Sub", other, swap=True)
    def __rmul__(self, other: Any) -> Array: return self._with("Mul", other, swap=True)
    def __rtruediv__(self, other: Any) -> Array: return self._with("Div", other, swap=True)
    def __rpow__(self, other: Any) -> Array: return self._with("Pow", other, swap=True)
    def __gt__(self, other: Any) -> Array: return self._with("Greater", other)
    def __lt__(self, other: Any) -> Array: return self._with("Less", other)
    def __ge__(self, other: Any) -> Array: return self._with("GreaterOrEqual", other)
    def __le__(self, other: Any) -> Array: return self._with("LessOrEqual", other)
    def __neg__(self) -> Array: return self._with("Neg")
    def __abs__(self) -> Array: return self._with("Abs")
    # fmt: on

    def __getitem__(self, key: Any) -> Array:
        y = self
        for axis, part in enumerate(key if isinstance(key, tuple) else (key,)):
            if isinstance(part, slice) and part != slice(None):
                bounds = [[part.start], [part.stop], [axis], [part.step or 1]]
                y = self.graph.add("Slice", [y, *map(np.array, bounds)], y.rank)
            elif not isinstance(part, slice):
                y = self.graph.add("Gather", [y, part], y.rank - 1 + part.ndim, axis=axis)
        return y

    @property
    def T(self) -> Array:
        return self.swapaxes(0, 1)

    def swapaxes(self, a: int, b: int) -> Array:
        order = list(range(self.rank))
        order[a], order[b] = order[b], order[a]
        return self.graph.add("Transpose", [self], self.rank, perm=order)

    def reshape(self, *shape: int) -> Array:
        return self.graph.add("Reshape", [self, np.array(shape)], len(shape))

    def sum(self, axis: int, keepdims: bool = False) -> Array:
        return self.graph.add("ReduceSum", [self, np.array([axis])], self.rank - (not keepdims), keepdims=int(keepdims))


def _real(x: Any) -> Any:
    "A number among arrays is a float, as everywhere in NumPy."
    return float(x) if isinstance(x, int) else x


class Names:
    "The functions that rows call, under NumPy's names, as operations of ONNX."

    inf, nan = np.inf, np.nan
    SAME = {
        "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "sin": "Sin", "cos": "Cos", "tan": "Tan", "tanh": "Tanh",
        "sinh": "Sinh", "cosh": "Cosh", "asin": "Asin", "acos": "Acos", "atan": "Atan", "floor": "Floor",
        "ceil": "Ceil",
        "erf": "Erf", "maximum": "Max", "minimum": "Min", "where": "Where", "logical_or": "Or",
    }  # fmt: skip

    def __init__(self, graph: Graph):
        self.graph = graph

    def __getattr__(self, name: str) -> Callable[..., Array]:
        if name not in self.SAME:
            raise TypeError(f"ONNX has no operation for {name}, which a row of this graph uses")

        def function(*xs: Any) -> Array:
            return self.graph.add(
                self.SAME[name], [_real(x) for x in xs], max(x.rank for x in xs if isinstance(x, Array))
            )

        return function

    def log2(self, x: Array) -> Any:
        return self.log(x) / np.log(2)

    def log1p(self, x: Array) -> Any:
        "log(1 + x), to the last digits for small x too: what is lost in 1 + x is divided out again."
        u = 1 + x
        lost = u - 1
        return self.where(self.logical_or(lost < 0, lost > 0), self.log(u) * x / lost, x)

    def amax(self, x: Array, axis: int) -> Array:
        return self.graph.add("ReduceMax", [x, np.array([axis])], x.rank - 1, keepdims=0)

    def amin(self, x: Array, axis: int) -> Array:
        return self.graph.add("ReduceMin", [x, np.array([axis])], x.rank - 1, keepdims=0)

    def zeros_like(self, x: Array) -> Array:
        return x * 0

    def concatenate(self, parts: Sequence[Array], axis: int) -> Array:
        return self.graph.add("Concat", parts, parts[0].rank, axis=axis)

    def split(self, x: Array, parts: int, axis: int) -> list[Array]:
        outputs = [f"split{len(self.graph.nodes)}_{i}" for i in range(parts)]
        node = onnx.helper.make_node("Split", [x.name], outputs, axis=axis, num_outputs=parts)
        self.graph.nodes.append(node)
        return [Array(self.graph, name, x.rank) for name in outputs]


# ---- Layer by layer --------------------------------------------------------------------------------------------------


def _input(step: Step, dtype: Any) -> tuple[list[Any], Any]:
    "What one sample looks like (a size that may be any has a name), and the type of its numbers."
    shape = shape_of(step.weights.get("weight", []))
    if step.kind in ("conv1d", "conv2d"):
        return [shape[1], *("height", "width")[-int(step.kind[4]) :]], dtype
    if step.kind == "embedding":
        return ["symbols"], np.int64
    return [shape[-1] if shape else "features"], dtype


def _layer(graph: Graph, step: Step, x: Array, number: int) -> Any:
    "What a layer makes of x; its weights are called after its number, as in nn.Sequential."
    module, weights = step.module, {name: numbers(values) for name, values in step.weights.items()}
    if step.kind == "linear":
        weights["weight"] = weights["weight"].T
    if step.kind == "batchnorm":
        weights["weight"] = weights["weight"] / np.sqrt(np.array(module.running_variance) + module.eps)
        weights["bias"] = weights["bias"] - weights["weight"] * np.array(module.running_mean)
    arrays = [graph.constant(array, f"{number}.{name}") for name, array in weights.items()]
    if step.kind == "linear":
        return graph.add("MatMul", [x, arrays[0]], x.rank) + arrays[1]
    if step.kind == "batchnorm":
        return x * arrays[0] + arrays[1]
    if step.kind in ("conv1d", "conv2d"):
        axes = int(step.kind[4])
        strides, pads = [module.stride] * axes, [module.padding] * 2 * axes
        return graph.add("Conv", [x, *arrays], x.rank, strides=strides, pads=pads)
    if step.kind == "embedding":
        return graph.add("Gather", [arrays[0], x], x.rank + 1)
    if step.kind == "dropout":
        return x
    if step.kind == "act" and step.act in ACTIVATIONS:
        return graph.add(ACTIVATIONS[step.act], [x], x.rank)
    if step.kind == "act":
        pure = elementwise(step.function, step.act or repr(step.function))
        column = graph.add("Reshape", [x, np.array([-1, 1])], 2)
        y = pure.run(Names(graph), array=graph.array)["predict"](None, column)
        return graph.add("Reshape", [y, graph.add("Shape", [x], 1)], x.rank)
    raise TypeError(f"{type(module).__name__} is not exported to ONNX layer by layer: export a replay of its loss")
