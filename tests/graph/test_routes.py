"""What every view of a gradient is made of: leaves, and local gradients."""

from micrograd_es.engine import Value
from micrograd_es.graph import Graph


def test_leaves_are_no_constants_and_no_inner_nodes():
    a, w = Value(2.0), Value(3.0)
    assert Graph(a * 5 + w).leaves == [a, w]


def test_local_gradients_of_a_students_own_node():
    "Asked of its _backward, whatever gradients stand there already; a parent that stands twice has half each time."
    x, w = Value(3.0), Value(5.0)
    y = Value(45.0, (x, x, w), "x²w")

    def _backward():
        x.grad += 2 * x.data * w.data * y.grad
        w.grad += x.data**2 * y.grad

    y._backward = _backward
    x.grad, w.grad, y.grad = 7.0, 8.0, 9.0
    assert Graph(y).local_grads(y) == (15.0, 15.0, 9.0)
    assert (x.grad, w.grad, y.grad) == (7.0, 8.0, 9.0)
