"""What is nearly right gets an answer, or one sentence on what to write instead: from the front, never from deep inside.

A row of a table is a call as a student types it, and what it is answered. Every call has these variables to play with.
"""

import math
import random
import re

import pytest

import micrograd_es
from micrograd_es import Value, engine, gradient, losses, nn, optim, replay, softmax
from micrograd_es.expression.parser import ExpressionError, parse
from micrograd_es.graph import Graph

IMPORTED = {name: getattr(micrograd_es, name) for name in micrograd_es.__all__}
IMPORTED |= {name: x for name, x in vars(nn).items() if name[0] != "_"}
IMPORTED |= {"engine": engine, "Graph": Graph, "losses": losses, "math": math, "optim": optim, "replay": replay}


@pytest.fixture
def there():
    "What a student has: three leaves and a loss, a number more, three probabilities, a network."
    random.seed(1)
    x, w, y = Value(1.0), Value(1.0), Value(2.0)
    loss = (x * w - y) ** 2
    v, a, b, c = Value(3.0), Value(0.2), Value(0.3), Value(0.5)
    model = nn.MLP(2, [3, 1])
    return locals()


def ask(call, there):
    "What the call answers, where it is typed: there its names are the caller's variables."
    return eval(call, {"__name__": "student", **IMPORTED, **there})


# ---- Names where Values go -------------------------------------------------------------------------------------------

BY_NAME = [
    ('explain(loss, wrt="w")', "explain(loss, wrt=w)"),
    ('explain(loss, wrt=["w", x])', "explain(loss, wrt=[w, x])"),
    ('paths(loss, "w")', "paths(loss, w)"),
    ('why(loss, "w")', "why(loss, w)"),
    ('check(loss, "w", x)', "check(loss, w, x)"),
    ("check(loss, [w, x])", "check(loss, w, x)"),
    ('diagnose(loss, "w", -1)', "diagnose(loss, w, -1)"),
    ('gradient(loss, "w")', "gradient(loss, w)"),
    ('gradient(Graph(loss), "w", "x")', "gradient(loss, w, x)"),
    ('explain(close_up(loss, "w"))', "explain(close_up(loss, w))"),
    ('draw(loss, highlight="w").source', "draw(loss, highlight=w).source"),
    ('draw(loss, highlight=["w", "ŷ", "v₁"]).source', "draw(loss, highlight=[w, *loss.a.a.b.parents, loss.a.a, loss.a]).source"),
    ('play(loss, learn="w").html', "play(loss, learn=w).html"),
    ('play(loss, learn=["w", "x"]).html', "play(loss, learn=[w, x]).html"),
    ('explain(loss, wrt="w").latex()', "explain(loss, w).latex()"),
]  # fmt: skip


@pytest.mark.parametrize("named, meant", BY_NAME, ids=[named for named, _ in BY_NAME])
def test_a_name_is_taken_for_its_value(named, meant, there):
    "By its label, the caller's variable, or what the views call it: the answer is the one that the Value itself gets."
    assert str(ask(named, there)) == str(ask(meant, there))


def test_a_replay_takes_names(there):
    "For inputs, parameters and outputs, and for the weight that somebody asks about."
    pytest.importorskip("numpy")
    r = ask('replay.replay(loss, ["x", "y"], ["w"], outputs=["ŷ"])', there)
    assert (r.inputs, r.parameters, r.outputs) == ([there["x"], there["y"]], [there["w"]], [there["loss"].a.a])
    there["r"] = r
    assert list(ask('replay.contributions(r, [[1.0, 2.0], [2.0, 4.0]], "w")', there)) == [-2.0, -8.0]


# ---- What is refused, and the sentence -------------------------------------------------------------------------------

REFUSED = """
gradient(loss, "q")                 ValueError: nothing here is called 'q': there are x, w, ŷ, y, v₁, loss
explain(loss, wrt="lss")            ValueError: nothing here is called 'lss': did you mean loss?
explain(loss, wrt=1)                TypeError: a node of a graph: 1 is of type int, not a Value or its name
explain(loss, wrt=model)            of type MLP, not a Value or its name: call it on inputs and take its output, or take one of its parameters()
gradient(loss, [w, x])              of type list, not a Value or its name: take its items one by one, or their sum
engine.gradient(loss, "w")          TypeError: gradient: 'w' is of type str, not a Value
close_up(loss)                      ValueError: close_up(root, w): it needs a leaf to look at
draw(5)                             TypeError: the root of a graph: 5 is of type int, not a Value
play(5)                             TypeError: the root of a graph: 5 is of type int, not a Value
draw("loss")                        TypeError: the root of a graph: 'loss' is of type str, not a Value
draw(model)                         of type MLP, not a Value: call it on inputs and take its output, or take one of its parameters()
draw([loss])                        of type list, not a Value: take its items one by one, or their sum
draw(loss.backward())               of type NoneType, not a Value: does it come from a function that returns nothing, as backward()?
draw(loss.backward)                 of type method, not a Value: call it, with its parentheses
Value(1.0, "v")                     and not 'v'; its name is given as label='w'
Value(1.0, 2)                       and not 2; its name is given as label='w'
Value(1.0, (a,), 5)                 and not 5; its name is given as label='w'
Value(1.0, [a, 2.0])                TypeError: Value: _children: 2.0 is of type float, not a Value
Value([1, 2])                       TypeError: Value: [1, 2] is of type list, not a number
Value(w)                            TypeError: Value: Value(data=1.0, grad=0) is of type Value, not a number
w.tanh(2)                           TypeError: tanh() takes 1 positional argument but 2 were given
Value.maximum()                     TypeError: max of nothing: it takes at least one Value
Value.sum([w, x])                   of type list, not a number
w + None                            TypeError: unsupported operand type(s) for +: 'Value' and 'NoneType'
sum([w, loss.backward])             TypeError: unsupported operand type(s) for +: 'Value' and 'method'
math.exp(w)                         TypeError: this would cut the graph: use v.exp() for math.exp(v) and the like, or v.data for the number
if w else x                         TypeError: a Value is neither true nor false
MLP(2, 3, 1)                        TypeError: MLP: the sizes of the layers are one list: write MLP(2, [3, 1])
MLP(2, 3)                           TypeError: MLP: the sizes of the layers are one list: write MLP(2, [3])
MLP(2, [3.0, 1])                    TypeError: Layer: neurons: 3.0 is of type float, not a whole number
MLP(0, [3, 1])                      ValueError: a layer of 0 inputs: it needs at least one
MLP(2, [3, 1], act="rely")          give the name of a function of one Value, or the function (did you mean relu?)
Neuron(2, "tanh")                   TypeError: Neuron: nonlin is True or False; the activation is act='tanh'
Neuron(-1)                          ValueError: a neuron of -1 inputs: it needs at least one
Layer(2, [3])                       TypeError: Layer: neurons: [3] is of type list, not a whole number
Conv1d(1, 1, 2.5)                   TypeError: Conv1d: kernel: 2.5 is of type float, not a whole number
BatchNorm([2])                      TypeError: BatchNorm: features: [2] is of type list, not a whole number
Embedding(3, 2)("a")                TypeError: Embedding: 'a' is of type str, not the number of a symbol
model([1.0])                        ValueError: ReLUNeuron(2) takes a list of 2 inputs, and was given 1 of them
model([[1.0, 2.0], [3.0, 4.0]])     TypeError: an input: [1.0, 2.0] is of type list, not a number
losses.cross_entropy([a, b, c], 0)  write cross_entropy_with_logits(scores, 0), and for probabilities categorical_cross_entropy(p, 0)
losses.cross_entropy_with_logits([a, b], 1.0)  TypeError: cross_entropy_with_logits: 1.0 is of type float, not the number of a class
losses.cross_entropy_with_logits(0, [a, b])    TypeError: cross_entropy_with_logits: 0 is of type int, not a list of numbers
losses.categorical_cross_entropy([a, b], v)    TypeError: nll: Value(data=3.0, grad=0) is of type Value, not the number of a class
losses.hinge(v, 0)                  of type Value, not a list of numbers: put it into a list, [...]
losses.mse(v, w)                    TypeError: mse: Value(data=3.0, grad=0) is of type Value, not a list of numbers: put it into a list, [...]
losses.mse(model([1, 2]), [1.0])    of type Value, not a list of numbers: put it into a list, [...]
losses.mse([v], 1.0)                TypeError: mse: 1.0 is of type float, not a list of numbers: put it into a list, [...]
losses.mse([v, w], [1.0])           ValueError: mse: 2 numbers against 1
losses.l2(model, 0.1)               of type MLP, not a list of Values: give its parameters()
losses.l2(0.1, [w])                 TypeError: l2: 0.1 is of type float, not a list of Values
softmax(v)                          TypeError: softmax: Value(data=3.0, grad=0) is of type Value, not a list of numbers: put it into a list, [...]
softmax(v, w)                       TypeError: softmax takes one list: write softmax([a, b]), not softmax(a, b)
mean(v, w)                          TypeError: mean takes one list: write mean([a, b]), not mean(a, b)
mean([])                            ValueError: mean of nothing: the list is empty
dot(v, w)                           TypeError: dot: Value(data=3.0, grad=0) is of type Value, not a list of numbers: put it into a list, [...]
optim.SGD(model)                    of type MLP, not a list of Values: give its parameters()
optim.SGD(model.parameters)         of type method, not a list of Values: call it, with its parentheses
optim.Adam(w)                       of type Value, not a list of Values: put it into a list, [...]
optim.SGD([loss])                   ValueError: loss is made of others, and would be computed again: an optimiser moves leaves
optim.SGD([1.0])                    TypeError: SGD: 1.0 is of type float, not a Value
optim.SGD([w], lr=Value(0.1))       TypeError: SGD: lr: Value(data=0.1, grad=0) is of type Value, not a number
optim.SGD([w], lr=lambda step: w).step()       TypeError: SGD: lr: Value(data=1.0, grad=0) is of type Value, not a number
optim.fit(loss, [1], optim.SGD([w]))           of type Value, not a function that makes the loss of a batch
optim.fit(lambda xs: loss, [1], model)         of type MLP, not an optimiser, such as SGD(model.parameters())
optim.fit(lambda xs: 5.0, [1], optim.SGD([w]))  TypeError: fit: the loss: 5.0 is of type float, not a Value
replay.replay(loss, ["x", "y"], ["q"])         ValueError: nothing here is called 'q'
"""


def rows(table):
    return [re.split(r" {2,}", line, maxsplit=1) for line in table.strip().splitlines()]


@pytest.mark.parametrize("call, sentence", rows(REFUSED), ids=[call for call, _ in rows(REFUSED)])
def test_refused_with_a_sentence(call, sentence, there):
    "A TypeError or a ValueError, and the sentence is all of it or its end."
    with pytest.raises((TypeError, ValueError)) as caught:
        ask(f"w {call}" if call.startswith("if") else call, there)
    assert sentence in f"{type(caught.value).__name__}: {caught.value}"


def test_two_of_one_name(there):
    "Which of them is meant cannot be guessed; what the views call them tells them apart."
    first, second = Value(2.0, label="w"), Value(3.0, label="w")
    product = first * second
    with pytest.raises(ValueError, match=r"'w' is the name of 2 nodes \(w, w\[2\]\): give the Value itself"):
        gradient(product, "w")
    assert gradient(product, "w[2]")[0].data == 2.0


@pytest.mark.parametrize("typed", ["y_hat", "ŷ", "theta_1", "θ₁", "theta1", "w12", "w₁₂"])
def test_a_name_as_it_can_be_typed(typed):
    "Nobody has a key for ŷ or ₁₂."
    nodes = [Value(1.0, label=label) for label in ("y_hat", "theta_1", "w₁₂")]
    index = {"y": 0, "ŷ": 0, "t": 1, "θ": 1, "w": 2}[typed[0]]
    assert Graph(Value.sum(*nodes), {}).node(typed) is nodes[index]


def test_a_variable_outside_of_the_graph(there):
    "It has a gradient too: 0."
    assert ask('gradient(loss, "v")', there)[0].data == 0.0
    assert "was not made from" in ask('why(loss, "v")', there)


# ---- A number that is none -------------------------------------------------------------------------------------------

USES = ["w * x", "x - w", "w.tanh()", "w ** 2", "-w", "abs(w)", "Value.sum(w, x, y)", "w.maximum(x)", "loss.forward()",
        "draw(loss)", "mermaid(loss)", "explain(loss)", "check(loss)", "paths(loss, w)", "why(loss, x)", "play(loss)",
        "diagnose(loss, w, 1)", "close_up(loss, w).forward()", "optim.SGD([w]).step()", "optim.Adam([x, w]).step()"]  # fmt: skip


@pytest.mark.parametrize("wrong", ["a", None, [1.0]])
@pytest.mark.parametrize("use", USES)
def test_data_that_is_no_number(use, wrong, there):
    "Setting it costs nothing and asks nothing; whoever uses it next is told which node it is."
    there["w"].data = wrong
    there["loss"].grad = 1.0
    with pytest.raises(
        TypeError, match=rf"^w: {re.escape(repr(wrong))} is of type {type(wrong).__name__}, not a number"
    ):
        ask(use, there)


def test_a_gradient_that_is_no_number(there):
    "PyTorch forgets a gradient with w.grad = None."
    there["w"].grad = None
    with pytest.raises(TypeError, match="^w.grad: None is of type NoneType, not a number"):
        ask("optim.SGD([w]).step()", there)


# ---- NumPy -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call, sentence",
    [
        ("np.exp(w)", "np.exp would cut the graph: use v.exp(), or v.data for the number"),
        ("np.sqrt(w)", "np.sqrt would cut the graph: use v.sqrt(), or v.data for the number"),
        ("np.maximum(w, 0)", "np.maximum would cut the graph: use v.maximum(...), or v.data for the number"),
        ("np.square(w)", "use v.exp(), abs(v), v**2 and the like, or v.data for the number"),
        ("np.array([1.0, 2.0]) * w", "multiply: array([1., 2.]) is of type ndarray, not a number"),
        ("w + np.array(1.0)", "add: array(1.) is of type ndarray, not a number"),
    ],
)
def test_functions_of_numpy(call, sentence, there):
    "Its functions and arrays know nothing of the graph."
    there["np"] = pytest.importorskip("numpy")
    with pytest.raises(TypeError, match=re.escape(sentence) + "$"):
        ask(call, there)


def test_numbers_of_numpy(there):
    "They stand on either side of an operator, and are compared."
    np = pytest.importorskip("numpy")
    for two in (np.float64(2), np.float32(2), np.int64(2), np.longdouble(2)):
        v = Value(3.0)
        found = [two + v, two - v, two * v, two / v, two**v, v - two]
        assert [type(y) for y in found] == [Value] * 6
        assert [y.data for y in found] == [5.0, -1.0, 6.0, 2 / 3, 8.0, 1.0]
        assert (two < v, two <= v, two > v, two >= v, two == v, two != v) == (True, True, False, False, False, True)


# ---- Notebook, command line, import * --------------------------------------------------------------------------------


def test_a_graph_too_large_for_its_cell():
    "15,001 nodes: the cell shows the number, and why there is no picture."
    chain = Value(1.0, label="x")
    for _ in range(7_500):
        chain = chain * 1.0001
    bundle = chain._repr_mimebundle_()
    said = rf"{re.escape(repr(chain))}\nno picture: a graph of 15,001 nodes.* is too large to read: draw one neuron's output, "
    assert set(bundle) == {"text/plain"} and re.match(said, bundle["text/plain"])


@pytest.mark.parametrize("text", ["softmax(a, b)", "-log(softmax(a, b))"])
def test_softmax_in_an_expression(text):
    "A list of shares is no formula; one share is."
    with pytest.raises(
        ExpressionError, match=r"softmax is not a function here: write exp\(a\)/\(exp\(a\) \+ exp\(b\)\)"
    ):
        parse(text, a=1, b=2)
    assert parse("exp(a)/(exp(a) + exp(b))", a=1, b=2).root.data == softmax([Value(1), Value(2)])[0].data


def test_import_star_hides_nothing():
    "No module comes with it but nn and optim: `data`, `losses`, `names` are the student's own words."
    modules = {name for name in micrograd_es.__all__ if isinstance(getattr(micrograd_es, name), type(math))}
    assert modules == {"nn", "optim"}
    mine = dict.fromkeys(["names", "data", "op", "losses", "text", "train", "graph", "core", "export", "engine"], 1)
    exec("from micrograd_es import *", mine)
    assert {mine[name] for name in mine if name in ("names", "data", "op", "losses", "text", "train", "graph")} == {1}
    assert mine["Value"] is Value and callable(mine["play"])
