"Which nodes are a neuron, which neurons a layer: read from the calls that the modules of any network leave behind."

from micrograd_es import Value
from micrograd_es.engine import topological
from micrograd_es.graph.copies import _deepcopy
from micrograd_es.graph.modules import Shared, clusters, outermost
from micrograd_es.losses import cross_entropy_with_logits
from micrograd_es.nn import MLP, RNN, BatchNorm, Conv1d, Dropout, Layer, Module, Neuron


def leaves(n):
    return [Value(0.5 + i, label=f"x{i}") for i in range(n)]


def tree(root):
    "Titles, nested, with the number of outputs."
    return [told(c) for c in outermost(topological(root))]


def told(c):
    return (c.title, len(c.outs), *[told(part) for part in c.parts])


def neurons(layer, n):
    return [(f"layer {layer}, neuron {i}", 1) for i in range(1, n + 1)]


def test_layers_of_neurons():
    "The network itself, which has everything in it, is no cluster; a layer of one neuron is that neuron."
    assert tree(MLP(2, [3, 1])(leaves(2))) == [("layer 1", 3, *neurons(1, 3)), *neurons(2, 1)]


def test_parts_in_the_order_of_the_module():
    "Neuron 1 before neuron 2, though the true class is computed first."
    root = cross_entropy_with_logits(MLP(2, [2, 3])(leaves(2)), 2)
    assert tree(root)[1] == ("layer 2", 3, *neurons(2, 3))


def test_two_networks():
    a, b = MLP(1, [2, 2]), MLP(2, [2, 1])
    assert [c[0] for c in tree(b(a(leaves(1))))] == ["MLP, call 1", "MLP, call 2"]


def test_what_a_layer_adds_to_its_neurons_is_its_own():
    "The exponentials of a softmax are in the layer, and in none of its neurons."
    root = Value.sum(*MLP(2, [2, 3], last="softmax")(leaves(2)))
    layer = outermost(topological(root))[1]
    inner = sum(len(part.nodes) for part in layer.parts)
    assert len(layer.parts) == len(layer.outs) == 3 and len(layer.nodes) > inner and root not in layer.nodes


def test_every_time_step_is_a_call():
    "The same layer again and again: a cluster each time, and the shared weights in one of their own."
    xs = [[Value(float(i))] for i in range(3)]
    found = outermost(order := topological(Value.sum(*[y for (y,) in RNN(1, 2, 1)(xs)])))
    assert [c.title for c in found if c.parts] == ["h₁", "h₂", "h₃"]
    assert {c.title: len(c.nodes) for c in found if isinstance(c, Shared)} == {
        "h, shared weights": 8,
        "o, shared weights": 3,
    }
    inside = [v for c in clusters(order) for v in c.nodes]
    assert len(inside) == len(set(inside)) and not {x for (x,) in xs} & set(inside)


def test_dropout_at_rest_makes_nothing():
    "It passes values on: they stay those of the layer that made them."
    layer = Layer(1, 2)
    root = Value.sum(*Layer(2, 2)(Dropout(0.5).eval()(layer(leaves(1)))))
    assert [c.module for c in outermost(topological(root))][0] is layer and "Dropout" not in str(tree(root))


def test_modules_without_neurons():
    conv = Conv1d(1, 2, 2)
    assert tree(Value.sum(*[v for channel in conv([leaves(3)]) for v in channel]))[0] == ("Conv1d", 4)
    net, norm = MLP(1, [2]), BatchNorm(2)
    rows = norm([net(leaves(1)), net(leaves(1))])
    assert tree(Value.sum(*[v for row in rows for v in row]))[-1] == ("BatchNorm", 4)


def test_a_module_of_ones_own():
    "Whatever has a __call__ is told apart; one that only calls its parent's is one call, not two."

    class Twice(Module):
        def __init__(self):
            self.first, self.second = Neuron(1), Neuron(1)

        def __call__(self, x):
            return self.second([self.first([x])])

    class Again(Twice):
        def __call__(self, x):
            return super().__call__(x)

    net = Again()
    (x,) = leaves(1)
    out = net(x)
    assert [call.module for call in out.calls] == [net.second, net]
    calls = [(f"Again, call {i}", 1, ("neuron", 1), ("neuron", 1)) for i in (1, 2)]
    assert tree(out + net(x)) == [("Again, shared weights", 4), *calls]


def test_a_copy_keeps_its_clusters():
    root = MLP(2, [3, 1])(leaves(2))
    assert tree(_deepcopy(root, {})) == tree(root)
