"""Small real models as ONNX, made on the spot, and the same in NumPy on complex numbers: what opening is held to.

With complex numbers a derivative is exact to the last digits: f(x + ih) = f(x) + ih f'(x), and nothing is subtracted.
"""

from typing import Any, NamedTuple

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

DOUBLE, OPSET = TensorProto.DOUBLE, 20


class Model(NamedTuple):
    proto: Any
    inputs: dict[str, Any]  # arrays
    theirs: Any  # the same function of a dict of weights and inputs


def node(text, **attributes):
    "Gemm x fc1.weight -> y"
    into, out = (side.split() for side in text.split(" -> "))
    return helper.make_node(into[0], into[1:], out, name=f"{into[0].lower()}_{out[0]}", **attributes)


def proto(nodes, inputs, weights, outputs=("y",), opset=OPSET, kind=DOUBLE):
    "The shapes of the outputs are those that come out."

    def made(shapes):
        graph = helper.make_graph(
            nodes, "model",
            [helper.make_tensor_value_info(name, kind, np.shape(x)) for name, x in inputs.items()],
            [helper.make_tensor_value_info(name, kind, shape) for name, shape in zip(outputs, shapes)],
            [numpy_helper.from_array(np.asarray(w), name) for name, w in weights.items()],
        )  # fmt: skip
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)

    return made([y.shape for y in ReferenceEvaluator(made([None] * len(outputs))).run(None, inputs)])


def arrays(seed, **shapes):
    rng = np.random.default_rng(seed)
    return {name.replace("__", "."): rng.normal(size=shape) for name, shape in shapes.items()}


def relu(z):
    return np.where(z.real > 0, z, 0)


def softmax(z):
    return np.exp(z) / np.exp(z).sum(-1, keepdims=True)


def gradients(f, p, step=1e-30):
    "df/dx for every x in a dict of arrays, of a function to one number."
    found = {}
    for name, x in p.items():
        found[name] = np.empty(np.shape(x))
        for place in np.ndindex(np.shape(x)):
            moved = np.array(x, complex)
            moved[place] += 1j * step
            found[name][place] = f(p | {name: moved}).imag / step
    return found


def mlp(activation, act, **attributes):
    "3-4-2, with this operator between."
    x, w = arrays(1, x=(2, 3)), arrays(2, fc1__weight=(4, 3), fc1__bias=4, fc2__weight=(2, 4), fc2__bias=2)
    nodes = [
        node("Gemm x fc1.weight fc1.bias -> z", transB=1),
        node(f"{activation} z -> h", **attributes),
        node("Gemm h fc2.weight fc2.bias -> y", transB=1),
    ]

    def theirs(p):
        return act(p["x"] @ p["fc1.weight"].T + p["fc1.bias"]) @ p["fc2.weight"].T + p["fc2.bias"]

    return Model(proto(nodes, x, w), x, theirs)


def cnn():
    "A convolution with a frame, ReLU, the largest of 2x2, a linear layer."
    x, w = arrays(3, x=(1, 1, 4, 4)), arrays(4, conv__weight=(2, 1, 3, 3), conv__bias=2, fc__weight=(2, 8))
    nodes = [
        node("Conv x conv.weight conv.bias -> z", pads=[1, 1, 1, 1]),
        node("Relu z -> a"),
        node("MaxPool a -> m", kernel_shape=[2, 2], strides=[2, 2]),
        node("Flatten m -> f"),
        node("Gemm f fc.weight -> y", transB=1),
    ]

    def theirs(p):
        framed = np.pad(p["x"][0, 0], 1)
        under = np.lib.stride_tricks.sliding_window_view(framed, (3, 3))
        z = np.einsum("hwij,cij->chw", under, p["conv.weight"][:, 0]) + p["conv.bias"][:, None, None]
        blocks = relu(z).reshape(2, 2, 2, 2, 2).transpose(0, 1, 3, 2, 4).reshape(8, 4)
        pooled = np.take_along_axis(blocks, blocks.real.argmax(-1, keepdims=True), -1)
        return pooled.reshape(1, 8) @ p["fc.weight"].T

    return Model(proto(nodes, x, w), x, theirs)


def rnn():
    "A cell of tanh, three steps."
    x = arrays(5, x=(3, 2))
    w = arrays(6, cell__weight_ih=(2, 2), cell__weight_hh=(2, 2), cell__bias=2, out__weight=(1, 2)) | {
        "zero": np.zeros((1, 2))
    }
    nodes, state = [helper.make_node("Constant", [], ["h0"], value=numpy_helper.from_array(w.pop("zero")))], "h0"
    for t in range(3):
        rows = {name: numpy_helper.from_array(np.array([n])) for name, n in (("start", t), ("end", t + 1), ("axis", 0))}
        nodes += [helper.make_node("Constant", [], [f"{name}{t}"], value=n) for name, n in rows.items()]
        nodes += [
            node(f"Slice x start{t} end{t} axis{t} -> x{t}"),
            node(f"Gemm x{t} cell.weight_ih cell.bias -> i{t}", transB=1),
            node(f"Gemm {state} cell.weight_hh -> s{t}", transB=1),
            node(f"Add i{t} s{t} -> z{t}"),
            node(f"Tanh z{t} -> h{t + 1}"),
        ]
        state = f"h{t + 1}"
    nodes.append(node(f"Gemm {state} out.weight -> y", transB=1))

    def theirs(p):
        h = np.zeros(2)
        for t in range(3):
            h = np.tanh(p["x"][t] @ p["cell.weight_ih"].T + p["cell.bias"] + h @ p["cell.weight_hh"].T)
        return h[None] @ p["out.weight"].T

    return Model(proto(nodes, x, w), x, theirs)


def attention():
    "One head over three tokens."
    x, w = arrays(7, x=(3, 2)), arrays(8, q=(2, 2), k=(2, 2), v=(2, 2))
    nodes = [
        *[node(f"MatMul x {name} -> {name}s") for name in "qkv"],
        node("Transpose ks -> kt", perm=[1, 0]),
        node("MatMul qs kt -> scores"),
        helper.make_node("Constant", [], ["root"], value=numpy_helper.from_array(np.array(2**0.5))),
        node("Div scores root -> scaled"),
        node("Softmax scaled -> shares", axis=-1),
        node("MatMul shares vs -> y"),
    ]

    def theirs(p):
        q, k, v = (p["x"] @ p[name] for name in "qkv")
        return softmax(q @ k.T / 2**0.5) @ v

    return Model(proto(nodes, x, w), x, theirs)


def norm():
    "A linear layer, a batch norm in eval, ReLU, a layer norm."
    x = arrays(9, x=(2, 3))
    w = arrays(10, fc__weight=(4, 3), fc__bias=4, bn__weight=4, bn__bias=4, bn__mean=4, ln__weight=4, ln__bias=4)
    w["bn.variance"] = np.array([0.5, 1.0, 2.0, 0.1])
    nodes = [
        node("Gemm x fc.weight fc.bias -> z", transB=1),
        node("BatchNormalization z bn.weight bn.bias bn.mean bn.variance -> n", epsilon=1e-5),
        node("Relu n -> a"),
        node("LayerNormalization a ln.weight ln.bias -> y", epsilon=1e-5, axis=-1),
    ]

    def theirs(p):
        z = p["x"] @ p["fc.weight"].T + p["fc.bias"]
        n = (z - p["bn.mean"]) / (p["bn.variance"] + 1e-5) ** 0.5 * p["bn.weight"] + p["bn.bias"]
        a = relu(n)
        centred = a - a.mean(-1, keepdims=True)
        return centred / ((centred**2).mean(-1, keepdims=True) + 1e-5) ** 0.5 * p["ln.weight"] + p["ln.bias"]

    return Model(proto(nodes, x, w), x, theirs)
