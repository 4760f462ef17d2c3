"""The edges: zero, infinity, nan, kinks and ties; operands from outside; what a Value refuses, and how it says so.

The engine answers as IEEE-754 does: never a bare OverflowError or ZeroDivisionError, never a complex number.
"""

import math
import operator
from decimal import Decimal
from fractions import Fraction
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_es.calculus import function
from micrograd_es.core.floats import Float
from micrograd_es.engine import Value, first_nonfinite, gradient
from tests.support.edges import EDGES, same
from tests.support.graphs import method, table

# ---- Numbers at the edge --------------------------------------------------------------------------------------------


def at(row, inputs):
    "The leaves, and the row's output."
    leaves = [Value(x) for x in (inputs[:1] if row == "raised" else inputs)]
    return leaves, method(row)(*leaves, *inputs[len(leaves) :])


@pytest.mark.parametrize("row, inputs, value, local_grads", EDGES)
def test_edge(row, inputs, value, local_grads):
    "At the edge as IEEE-754 answers: the value, and the gradients that backward() brings to the leaves."
    leaves, y = at(row, inputs)
    y.backward()
    assert same(y.data, value) and type(y.data) is float
    assert all(map(same, [x.grad for x in leaves], local_grads)), [x.grad for x in leaves]
    assert {type(x.grad) for x in leaves} == {float}


@pytest.mark.parametrize("row, inputs, value, local_grads", EDGES)
def test_edge_on_values(row, inputs, value, local_grads):
    "The same row run on Values: gradient() has the same answers there, and can itself be differentiated."
    leaves, y = at(row, inputs)
    found = gradient(y, *leaves)
    for dy, local in zip(found, local_grads, strict=True):
        assert same(dy.data, local) or math.isclose(dy.data, local, rel_tol=1e-14)
        assert all(type(d.data) is float for d in gradient(dy, *leaves))


ANY = st.floats() | st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, inf, -inf, nan, 5e-324, 1e308, -1e308])


@pytest.mark.parametrize("row", sorted(table()))
@settings(max_examples=100, derandomize=True, database=None, deadline=None)
@given(inputs=st.tuples(ANY, ANY, ANY))
def test_no_row_ever_raises(row, inputs):
    "Whatever floats go in, floats come out, nan among the inputs is not lost, and forward() agrees with itself."
    two = ("+", "-", "*", "/", "**", "raised")
    many = ("sum", "maximum", "minimum", "logsumexp")
    _, y = at(row, inputs[: 3 if row in many else 2 if row in two else 1])
    assert {type(z) for z in (y.data, *y.local_grads)} == {float}
    if any(math.isnan(x.data) for x in y.parents) and "**" not in y._op:  # nan**0 and 1**nan are 1
        assert math.isnan(y.data)
    data, local_grads = y.data, y.local_grads  # by the method that was written out; and now by the row itself
    assert same(data, y.forward().data) and all(map(same, local_grads, y.local_grads))


def test_every_row_has_an_edge():
    "A row without an entry in EDGES fails; negation alone has none."
    assert {row for row, *_ in EDGES} | {"neg"} == set(table())


def test_sign_of_zero():
    "0.0 and -0.0 are equal, yet 1/x tells them apart."
    assert math.copysign(1, (-Value(0.0)).data) == -1
    assert (1 / -Value(0.0)).data == -inf


def test_division_is_a_division():
    "n * n**-1 misses 1.0 for 217 of these."
    assert all((Value(n) / Value(n)).data == 1.0 for n in range(1, 2001))


def test_by_hand_stays_by_hand():
    "What a student types keeps its own faults: softplus by hand overflows where the row does not."
    x = Value(1000.0)
    y = (1 + x.exp()).log()
    y.backward()
    assert y.data == inf and math.isnan(x.grad)
    assert first_nonfinite(y)._op == "exp"


def test_large_integers():
    "10**10**10 answers at once (with ints it would hang), and integers become floats."
    assert (Value(10) ** 10**10).data == inf
    assert (Value(10) ** Value(10) ** Value(10)).data == inf
    assert type((Value(2) * 2**60 + 1).data) is float
    for make in (lambda: Value(10**400), lambda: Value(1) + 10**400, lambda: 10**400 * Value(1)):
        with pytest.raises(OverflowError, match="too large"):
            make()


def test_floats_that_never_raise():
    "Whatever a row does with Floats, it stays among them: a later division by zero has an answer too."
    for op in (operator.add, operator.sub, operator.mul, operator.truediv):
        for a, b in ((Float(3), 2.0), (3, Float(2)), (Float(3), Float(2)), (Float(1e308), Float(-1e308))):
            assert type(op(a, b)) is Float and op(a, b) == op(float(a), float(b))
    assert type(-Float(1)) is type(abs(Float(-1))) is Float and -Float(1) == -1 and abs(Float(-1)) == 1


@pytest.mark.parametrize("zero", [
    lambda m, x: x - 2,
    lambda m, x: 2 - x,
    lambda m, x: x * 0,
    lambda m, x: -x + 2,
    lambda m, x: 2 + -x,
    lambda m, x: abs(x) - x,
    lambda m, x: m.log(x / 2),
    lambda m, x: m.where(x > 0, 0.0, 1.0),
    lambda m, x: m.maximum(0.0, -x),
])  # fmt: skip
def test_a_row_of_your_own_never_raises(zero):
    "A new row may divide by whatever became 0, and overflow: at 2 it answers inf."
    slopes = lambda m, y, x, *others: (x / zero(m, x), m.exp(y), y * m.exp(x * 1e3))  # noqa: E731
    y = function("?", lambda m, x, u, v: 1 / zero(m, x), slopes)(Value(2.0), 0, 0)
    assert y.data == inf and y.local_grads == (inf, inf, inf)


# ---- Operands from outside ------------------------------------------------------------------------------------------

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
NUMBERS = [3, 3.0, True, Fraction(3, 2), Decimal("1.5"), 0, 0.0, -0.0, 2**70]
NOT_NUMBERS = ["3", "", b"3", None, 1j, [1.0], [], (1.0,), {1: 2}, {1}, object(), range(3), float, len, ...]


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_numbers_are_welcome_on_both_sides(op, number):
    "int, float, bool, Fraction and Decimal become a Python float, and give what the float gives."
    for y, expected in ((op(Value(2.0), number), op(Value(2.0), Value(float(number)))),
                        (op(number, Value(2.0)), op(Value(float(number)), Value(2.0)))):  # fmt: skip
        assert same(y.data, expected.data)
        assert {type(v.data) for v in (y, *y.parents)} == {float}
        assert {type(local) for local in y.local_grads} <= {float}  # 0 + v is v itself
        assert all(v.grad == 0 for v in y.parents)


def test_exponents_become_floats():
    "The constant of a power is a Python float, whatever the student's number was."
    for n in (Fraction(13, 8), Decimal("1.375"), 17, True):
        y = Value(2.0) ** n
        assert [type(c) for c in y.op.constants] == [float] and y.data == 2.0 ** float(n)


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_constructor_makes_floats(number):
    "Whatever number comes in, data is a Python float."
    assert type(Value(number).data) is float and Value(number).data == float(number)


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("thing", NOT_NUMBERS, ids=lambda thing: type(thing).__name__)
def test_other_things_are_refused_on_both_sides(op, thing):
    "A TypeError that names the operand's type (float, which is a type, is refused by float() itself)."
    for a, b in ((Value(2.0), thing), (thing, Value(2.0))):
        with pytest.raises(TypeError):
            op(a, b)


@pytest.mark.parametrize("thing", NOT_NUMBERS + [Value(1.0)], ids=lambda thing: type(thing).__name__)
def test_constructor_refuses(thing):
    "No string, no list, no Value within a Value."
    with pytest.raises(TypeError):
        Value(thing)


@pytest.mark.parametrize("make, message", [
    (lambda: Value("3"),                        "Value: '3' is of type str, not a number"),
    (lambda: Value(None),                       "Value: None is of type NoneType, not a number"),
    (lambda: Value(1j),                         "Value: 1j is of type complex, not a number"),
    (lambda: Value([1.0]),                      "Value: [1.0] is of type list, not a number"),
    (lambda: Value(Value(1.0)),                 "Value: Value(data=1.0, grad=0) is of type Value, not a number"),
    (lambda: Value(2.0) + "3",                  "unsupported operand type(s) for +: 'Value' and 'str'"),
    (lambda: "3" - Value(2.0),                  "unsupported operand type(s) for -: 'str' and 'Value'"),
    (lambda: Value(2.0) ** None,                "unsupported operand type(s) for ** or pow(): 'Value' and 'NoneType'"),
    (lambda: Value.maximum(Value(2.0), "3"),    "max: '3' is of type str, not a number"),
    (lambda: Value.sum(Value(2.0), [1]),        "+: [1] is of type list, not a number"),
    (lambda: Value.logsumexp(Value(2.0), None), "logsumexp: None is of type NoneType, not a number"),
])  # fmt: skip
def test_refusal_names_the_operand_and_the_operation(make, message):
    "The message is the first thing a student reads."
    with pytest.raises(TypeError) as refusal:
        make()
    assert str(refusal.value) == message


def test_long_operand_is_shortened_in_the_message():
    "A string of a million letters does not fill the screen."
    with pytest.raises(TypeError) as refusal:
        Value("x" * 10**6)
    assert len(str(refusal.value)) < 200


def test_rows_take_numbers_too():
    "Value.maximum(v, 0) makes a constant of the 0, as v + 0 does."
    x = Value(3.0)
    y = Value.maximum(x, 0) + Value.sum(x, 1, True, Fraction(1, 2))
    y.backward()
    assert y.data == 8.5 and x.grad == 2.0


# ---- numpy ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("kind", ["float64", "float32", "float16", "int64", "int8", "uint8", "bool_", "longdouble"])
def test_numpy_scalars(op, kind):
    "Python floats come out, in data and in gradients, whichever side the numpy scalar stands on."
    numpy = pytest.importorskip("numpy")
    number = getattr(numpy, kind)(1)
    for y, expected in ((op(Value(2.0), number), op(2.0, 1.0)), (op(number, Value(2.0)), op(1.0, 2.0))):
        y.backward()
        assert y.data == expected
        assert {type(z) for v in (y, *y.parents) for z in (v.data, v.grad)} == {float}


@pytest.mark.parametrize("op", OPERATORS)
def test_numpy_arrays_and_complex_scalars_are_refused(op):
    "An array inside a Value would be a silent, wrong graph; the imaginary part would be dropped silently."
    numpy = pytest.importorskip("numpy")
    things = [numpy.array([1.0, 2.0]), numpy.array(2.0), numpy.array([]), numpy.complex128(1 + 2j), numpy.complex64(2j)]
    for thing in [*things, numpy.str_("3")]:
        for a, b in ((Value(2.0), thing), (thing, Value(2.0))):
            with pytest.raises(TypeError):
                op(a, b)
        with pytest.raises(TypeError):
            Value(thing)


def test_numpy_comparisons():
    "A numpy scalar on the left compares by number, and is equal to no Value."
    numpy = pytest.importorskip("numpy")
    assert numpy.float64(1) < Value(2.0) and Value(2.0) > numpy.float64(1)
    assert (numpy.float64(1) == Value(1.0)) is False
    assert type(Value(2.0) > numpy.float64(1)) is bool


def test_array_of_values():
    "An array that holds Values works element by element, as micrograd's users do it."
    numpy = pytest.importorskip("numpy")
    xs = [Value(1.0), Value(2.0)]
    y = (numpy.array(xs) * 3).sum()
    y.backward()
    assert y.data == 9.0 and [x.grad for x in xs] == [3.0, 3.0]


# ---- A Value among Python's numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [float, math.exp, math.sqrt, math.fsum, lambda v: math.pow(v, 2)])
def test_cutting_the_graph_is_refused(cut):
    "math.exp(v) would give a number without a gradient, silently."
    v = Value(2.5)
    with pytest.raises(TypeError, match=r"would cut the graph.*v\.exp\(\).*v\.data"):
        cut([v] if cut is math.fsum else v)


@pytest.mark.parametrize("refused, message", [
    (int,                          "would cut the graph"),
    (bool,                         "neither true nor false"),
    (lambda v: v and 1,            "neither true nor false"),
    (lambda v: 1 if v else 2,      "neither true nor false"),
    (complex,                      "would cut the graph"),
    (round,                        "__round__"),
    (lambda v: v // 2,             "//"),
    (lambda v: v % 2,              "%"),
    (lambda v: pow(v, 2, 3),       "positional argument"),
    (lambda v: [1, 2][v],          "indices must be integers"),
    (lambda v: range(v),           "cannot be interpreted as an integer"),
    (lambda v: v.exp(2),           "positional argument"),
    (len,                          "has no len"),
    (iter,                         "not iterable"),
])  # fmt: skip
def test_refused(refused, message):
    "What a Value is not."
    with pytest.raises(TypeError, match=message):
        refused(Value(0.0))


def test_format_shows_the_number():
    "f-strings take the formats of floats; without one, the repr."
    v = Value(2.5648)
    assert f"{v:.2f}|{v:8.3f}|{v:+.1e}" == "2.56|   2.565|+2.6e+00"
    assert f"{v}" == str(v) == repr(v) == "Value(data=2.5648, grad=0)"


def test_order_is_that_of_the_numbers():
    "<, max() and sorted() work on the numbers; max() gives the Value itself."
    a, b, c = Value(1.0), Value(2.0), Value(2.0)
    assert a < b and a <= b and b > a and b >= c and b <= c and not b < c and not b > c
    assert a < 1.5 < b and 1 <= a and not a > 1 and not 1 < a and a >= Fraction(1, 2)
    assert max(a, b, c) is b and min(b, a) is a and sorted([b, a]) == [a, b]
    assert not Value(nan) < 1 and not Value(nan) >= 1
    assert type(a < b) is bool
    with pytest.raises(TypeError):
        a < "3"  # noqa: B015


def test_equality_is_identity():
    "Two Values of the same number are two nodes: they live side by side in sets and dicts."
    a, b = Value(1.0), Value(1.0)
    assert a == a and a != b and a != 1.0 and 1.0 != a and a != "1"
    assert len({a, b, a}) == 2 and {a: "a", b: "b"}[b] == "b"
    assert [b, a].index(a) == 1 and a in [a] and a not in [b]


def test_plus_and_abs():
    "+v is v itself; abs(v) is a node."
    v = Value(-2.0)
    assert +v is v
    y = abs(v)
    y.backward()
    assert y.data == 2.0 and v.grad == -1.0


def test_augmented_assignment_makes_a_new_node():
    "a += b rebinds the name; whoever else holds a keeps the old node."
    a = alias = Value(1.0)
    a += Value(2.0)
    assert a is not alias and alias.data == 1.0 and a.data == 3.0 and a.parents[0] is alias


def test_parents_cannot_be_poked_through_micrograds_names():
    "A cycle made by assigning _prev is refused."
    v = Value(1.0)
    for name in ("_prev", "_children", "_op", "_local_grads"):
        with pytest.raises(AttributeError):
            setattr(v, name, (v,))
