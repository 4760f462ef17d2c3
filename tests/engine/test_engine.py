"The engine: what backward(), forward() and gradient() promise about a graph."

import copy
import math
import pickle

import pytest

from micrograd_es.calculus import CONSTANT, LEAF
from micrograd_es.engine import Value, first_nonfinite, gradient, topological

# ---- backward -------------------------------------------------------------------------------------------------------


def test_leaves_add_up():
    "backward() twice on x**3 at 3: 27, then 54, and 27 again after zero_grad()."
    x = Value(3.0)
    y = x**3
    y.backward()
    assert x.grad == 27
    y.backward()
    assert x.grad == 54
    y.zero_grad()
    assert x.grad == y.grad == 0
    y.backward()
    assert x.grad == 27


def test_inner_gradients_start_from_zero():
    "A chain *2 *3, twice: 6, then 12. micrograd keeps the old gradient of the inner node, and answers 18."
    x = Value(1.0)
    h = x * 2
    y = h * 3
    y.backward()
    y.backward()
    assert (x.grad, h.grad, y.grad) == (12.0, 3.0, 1.0)


def test_two_losses_share_a_node():
    "h = x*x at 3, losses 2h and 5h: 12 + 30 = 42, not 54."
    x = Value(3.0)
    h = x * x
    (h * 2).backward()
    assert x.grad == 12
    (h * 5).backward()
    assert x.grad == 42 and h.grad == 5


def test_a_times_a_has_two_edges():
    "A parent that is used twice is there twice, and gets both shares."
    a = Value(3.0)
    y = a * a
    y.backward()
    assert y.parents == (a, a) and y.local_grads == (3.0, 3.0) and a.grad == 6
    z = a + a
    z.zero_grad()
    z.backward()
    assert a.grad == 2


def test_diamond():
    "Both ways through a diamond count: y = (2x)(3x) = 6x**2."
    x = Value(5.0)
    y = (2 * x) * (3 * x)
    y.backward()
    assert x.grad == 60


def test_same_input_many_times():
    "A row of many inputs gives each place its share, even where they are one Value."
    x = Value(2.0)
    y = Value.sum(x, x, x)
    y.backward()
    assert x.grad == 3
    x.grad = 0
    Value.maximum(x, x).backward()
    assert x.grad == 1


def test_leaf_and_inner_node():
    "backward() may start anywhere: at a leaf its gradient is 1, at an inner node nothing above is touched."
    x = Value(2.0)
    x.backward()
    assert x.grad == 1
    x.backward()
    assert x.grad == 2  # it is a leaf, and leaves add up
    x.zero_grad()
    h = x * x
    y = h * 10
    h.backward()
    assert (x.grad, h.grad, y.grad) == (4, 1, 0)


def test_gradient_is_zero_before_backward():
    "Nobody has come by yet: the integer 0, on leaves and inner nodes."
    y = (Value(2.0) * 3).exp()
    nodes = topological(y)
    assert [repr(v.grad) for v in nodes] == ["0"] * 4
    y.backward()
    assert {type(v.grad) for v in nodes} == {float}
    y.zero_grad()
    assert [repr(v.grad) for v in nodes] == ["0"] * 4


def test_numbers_changed_later_falsify_nothing():
    "The local gradients are fixed when the node is made: x.data and y.data may change before backward()."
    x, y = Value(3.0), Value(4.0)
    z = x * y
    x.data, y.data = 100.0, 10.0
    z.backward()
    assert (x.grad, y.grad) == (4, 3)


def test_zero_grad_reaches_everything():
    "The whole graph forgets, leaves and inner nodes."
    x = Value(3.0)
    y = (x.exp() + x) * x
    y.backward()
    y.zero_grad()
    assert all(v.grad == 0 for v in topological(y))


def test_topological_order():
    "Parents before children, everything once, the root last; the same order every time."
    x = Value(1.0)
    h = x * x
    y = (h + x) * (h - 2)
    order = topological(y)
    place = {v: i for i, v in enumerate(order)}
    assert len(place) == len(order) == 6 and order[-1] is y
    assert all(place[p] < place[v] for v in order for p in v.parents)
    assert all(a is b for a, b in zip(order, topological(y), strict=True))
    assert topological(x) == [x]


def test_sum_runs_from_left_to_right():
    "The very bits of a chain of +, rounding for rounding; and the gradients do not depend on it."
    numbers = [1.0, 1e16, -1e16, 0.1, 0.2, 0.3]
    chain = Value(numbers[0])
    for x in numbers[1:]:
        chain = chain + x
    assert Value.sum(*numbers).data == chain.data == 0.6000000000000001 != math.fsum(numbers)


def test_constants_can_be_told_from_leaves():
    "The 2 of 2 * x is a constant, x is not: a drawing shows it small."
    x = Value(3.0)
    two, also_x = (2 * x).parents
    assert two.op is CONSTANT and also_x.op is x.op is LEAF
    assert all(leaf.op is CONSTANT for leaf in Value.maximum(1, 2).parents)


# ---- forward --------------------------------------------------------------------------------------------------------


def every_row(a, b):
    "A graph with every kind of node in it."
    c = (a * b - 3 / b).tanh() + (-a).sigmoid() ** 2 + abs(b) ** a
    d = Value.maximum(a, b, 0.5).sqrt() + Value.minimum(a, b).exp() + a.sin() * b.cos()
    return Value.logsumexp(c, d, 1.0) + (c.relu() + 1).log() + Value.sum(c, d, a).softplus() + 2**a


def test_forward_after_a_changed_leaf():
    "forward() gives, to the last bit, what a graph built anew gives; and so does backward() after it."
    a, b = Value(0.7), Value(1.3)
    y = every_row(a, b)
    y.backward()
    a.data, b.data = 1.9, 0.4
    assert y.forward() is y
    y.zero_grad()
    y.backward()
    a2, b2 = Value(1.9), Value(0.4)
    y2 = every_row(a2, b2)
    y2.backward()
    assert (y.data, a.grad, b.grad) == (y2.data, a2.grad, b2.grad)
    assert [v.local_grads for v in topological(y)] == [v.local_grads for v in topological(y2)]


def test_forward_on_an_edge():
    "forward() answers at 0 as IEEE-754 does, as the first run would have."
    x = Value(1.0)
    y = 1 / x + x.log()
    x.data = 0
    y.forward()
    assert math.isnan(y.data) and [p.data for p in y.parents] == [math.inf, -math.inf]
    assert type(x.data) is float


def test_forward_refuses_what_is_no_number():
    "A leaf that was given a string is named."
    x = Value(1.0, label="width")
    y = x * 2
    x.data = "3"
    with pytest.raises(TypeError, match="^width: '3' is of type str"):
        y.forward()


# ---- gradient -------------------------------------------------------------------------------------------------------


def test_gradient_agrees_with_backward():
    "Two ways to the same derivative, on a graph of every row; and gradient() leaves .grad alone."
    a, b = Value(0.7), Value(1.3)
    y = every_row(a, b)
    da, db = gradient(y, a, b)
    assert a.grad == b.grad == y.grad == 0
    y.backward()
    assert da.data == pytest.approx(a.grad, rel=1e-14) and db.data == pytest.approx(b.grad, rel=1e-14)


def test_gradient_of_an_unused_input():
    "It is 0, a Value like the others; and of y by y it is 1."
    x, other = Value(2.0), Value(3.0)
    y = x * x
    found = gradient(y, x, other, y)
    assert [d.data for d in found] == [4, 0, 1] and all(isinstance(d, Value) for d in found)
    assert gradient(y) == []


def test_gradient_by_an_inner_node():
    "dy/dh for a node in the middle, beside dy/dx through it."
    x = Value(3.0)
    h = x * x
    y = h * h
    assert [d.data for d in gradient(y, h, x)] == [18, 108]


def test_gradient_multiplies_by_no_ones():
    "The derivative of exp(x + 1) is that very node: what is drawn of a gradient is what there is to it."
    x = Value(2.0)
    y = (x + 1).exp()
    assert gradient(y, x) == [y]
    assert len(topological(gradient(x * x, x)[0])) == 2  # x, x + x


def test_gradient_goes_only_where_it_is_asked():
    "A node that x does not reach may be of any kind, even one that cannot be differentiated."
    x, w = Value(2.0), Value(3.0)
    y = x * cube(w) + cube(w)
    assert gradient(y, x)[0].data == 27


def test_derivatives_of_a_power():
    "x**5 at 2, down to 0."
    x = Value(2.0)
    y, found = x**5, []
    for _ in range(6):
        (y,) = gradient(y, x)
        found.append(y.data)
    assert found == [80, 160, 240, 240, 120, 0]


@pytest.mark.parametrize("f", [every_row, lambda a, b: a**b, lambda a, b: a / b, lambda a, b: (a * b).tanh() / (a + b)])
def test_hessian_is_symmetric(f):
    "d2y/dadb = d2y/dbda, and both agree with differences of the gradient."
    a, b = Value(0.7), Value(1.3)
    da, db = gradient(f(a, b), a, b)
    (dab,), (dba,) = gradient(da, b), gradient(db, a)
    assert dab.data == pytest.approx(dba.data, rel=1e-13)

    def slope(h):
        a, b = Value(0.7), Value(1.3 + h)
        f(a, b).backward()
        return a.grad

    assert dab.data == pytest.approx((slope(1e-5) - slope(-1e-5)) / 2e-5, rel=1e-7)


def test_gradient_can_be_trained_on():
    "A gradient is an ordinary Value: backward() through (dy/dx)**2 reaches the weight."
    x, w = Value(0.5), Value(2.0)
    (dx,) = gradient((w * x).sin(), x)
    (dx**2).backward()
    assert w.grad == pytest.approx(2 * 2 * math.cos(1) * (math.cos(1) - 2 * 0.5 * math.sin(1)), rel=1e-14)


# ---- not finite -----------------------------------------------------------------------------------------------------


def test_first_nonfinite_names_the_node():
    "log(0) deep inside: the node where it was born, not those it spoiled."
    x = Value(0.0, label="p")
    born = x.log()
    loss = -(born * 2 + 1).exp() + born
    assert first_nonfinite(loss) is born
    assert first_nonfinite(x * 2) is None
    assert first_nonfinite(Value(math.nan) + 1).parents == ()


# ---- copies ---------------------------------------------------------------------------------------------------------


def test_deepcopy_stands_alone():
    "micrograd's copy keeps all gradients 0: its closures belong to the original."
    x = Value(3.0, label="x")
    h = x * x
    y = h + h
    y.backward()
    twin = copy.deepcopy(y)
    (twin_h, also_h), (twin_x, also_x) = twin.parents, twin.parents[0].parents
    assert twin_h is also_h is not h and twin_x is also_x is not x
    assert (twin_x.label, twin_x.data, twin_x.grad, twin.data) == ("x", 3, 12, 18)
    twin.zero_grad()
    twin_x.data = 5.0
    twin.forward().backward()
    assert (twin_x.grad, twin.data) == (20, 50) and (x.grad, x.data, y.data) == (12, 3, 18)


def test_deepcopy_of_a_list_keeps_what_is_shared():
    "Parameters and loss in one copy still belong together."
    x = Value(3.0)
    new_x, new_y = copy.deepcopy([x, x * x])
    new_y.backward()
    assert new_x.grad == 6 and x.grad == 0


def test_pickle():
    "A leaf travels with number, gradient and label; a graph says what to do instead."
    x = Value(3.0, label="x")
    y = x * x
    y.backward()
    twin = pickle.loads(pickle.dumps(x))
    assert (twin.data, twin.grad, twin.label, twin.parents) == (3, 6, "x", ())
    with pytest.raises(TypeError, match="save the numbers of its leaves"):
        pickle.dumps(y)


# ---- a student's own operation --------------------------------------------------------------------------------------


def cube(x):
    "An operation as the lecture teaches to write one."
    out = Value(x.data**3, (x,), "cube")

    def _backward():
        x.grad += 3 * x.data**2 * out.grad

    out._backward = _backward
    return out


def test_own_backward():
    "out._backward = ... works in the middle of a graph, and backward() calls it."
    x = Value(2.0)
    y = cube(x * 3) * 10
    y.backward()
    assert y.data == 2160 and x.grad == 10 * 3 * 36 * 3 and y.parents[0]._op == "cube"


def test_own_backward_is_all_that_is_known():
    "forward(), gradient() and deepcopy need a row of the table, and say so."
    x = Value(2.0)
    y = cube(x)
    for ask in (y.forward, lambda: gradient(y, x)):
        with pytest.raises(TypeError, match="'cube' is no row of the table"):
            ask()
    with pytest.raises(TypeError, match="cannot be copied"):
        copy.deepcopy(y)


def test_backward_by_hand():
    "The lecture's manual pass: set the root's gradient, call _backward() node by node; leaves have one too."
    x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
    p, q = x1 * w1, x2 * w2
    s = p + q
    n = s + 6.8813735870195432
    o = n.tanh()
    o.grad = 1.0
    for v in (o, n, s, q, p, x1):
        v._backward()
    by_hand = [v.grad for v in (x1, w1, x2, w2)]
    for v in (x1, w1, x2, w2):
        v.grad = 0
    o.backward()
    assert by_hand == [v.grad for v in (x1, w1, x2, w2)] and by_hand == pytest.approx([-1.5, 1.0, 0.5, 0.0])
