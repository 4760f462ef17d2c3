"The mistake lab: each classic error gives the number it is known for, is recognised, and who is right is not accused."

import math
import random
from itertools import combinations

import pytest

from micrograd_es import classroom, diagnose, functions, losses
from micrograd_es.engine import Value, function, topological
from micrograd_es.graph import Graph
from micrograd_es.graph.names import label_locals
from micrograd_es.mistakes.diagnosis import TOLERANCE
from micrograd_es.mistakes.mistakes import BY_NAME, MISTAKES, wrong_gradients
from tests.support.sample import sampled


def random_graph(seed):
    "A root over rows of every kind, softmax and its losses among them, with nodes that are used again and again."
    rng = random.Random(seed)
    nodes = [Value(rng.choice((-1, 1)) * rng.uniform(0.3, 2.2), label=f"x{i}") for i in range(rng.randint(2, 4))]
    unary = [Value.tanh, Value.sigmoid, Value.relu, Value.sin, Value.cos, Value.softplus, Value.__neg__, Value.__abs__,
             lambda v: (0.3 * v).exp(), lambda v: (abs(v) + 0.5).log(), lambda v: (v * v + 0.5).log2(),
             lambda v: (v * v + 0.3).sqrt(), lambda v: v**2, lambda v: v**3, lambda v: 0.5 * v, lambda v: v / 3]  # fmt: skip
    binary = [Value.__add__, Value.__sub__, Value.__mul__, Value.__mul__, Value.maximum, Value.minimum, Value.__sub__,
              lambda a, b: a / (b * b + 1)]  # fmt: skip
    for _ in range(rng.randint(3, 8)):
        kind = rng.random()
        if kind < 0.4:
            nodes.append(rng.choice(unary)(rng.choice(nodes)))
        elif kind < 0.8:
            nodes.append(rng.choice(binary)(rng.choice(nodes), rng.choice(nodes)))
        elif kind < 0.9:
            nodes.append(rng.choice(functions.softmax([rng.choice(nodes) for _ in range(3)])))
        elif kind < 0.95:
            es = [rng.choice(nodes).tanh().exp() for _ in range(3)]
            nodes.append(es[0] / Value.sum(*es))
        else:
            nodes.append(losses.cross_entropy_with_logits([rng.choice(nodes) for _ in range(3)], rng.randrange(3)))
        if abs(nodes[-1].data) > 20:
            nodes.pop()
    root = (
        (nodes[-1] * nodes[-2] - nodes[-3]).tanh() if rng.random() < 0.5 else (nodes[-1] - nodes[-2] * nodes[-3]) ** 2
    )
    return root


GRAPHS = [random_graph(seed) for seed in range(700)]


def gradient_of(mistake, root):
    "A node whose gradient the mistake changes, and the wrong number; None where it changes none."
    try:
        wrong = mistake.gradients(root)
    except OverflowError:
        return None
    truth = Graph(root).gradients
    for v in truth:
        if math.isfinite(wrong[v]) and abs(wrong[v] - truth[v]) > 1.1 * TOLERANCE * abs(truth[v]) + 1e-9:
            return v, wrong[v]
    return None


# ---- The numbers that the mistakes are known for --------------------------------------------------------------------


def test_every_mistake_changes_something_somewhere_and_is_told_in_a_sentence():
    assert len(BY_NAME) == len(MISTAKES) == 29
    for mistake in MISTAKES:
        assert mistake.sentence[0].islower() and mistake.sentence[-1] != "."


def test_naive_recursion():
    "a = 1; b = a + a; c = b + b, the thread that asks why there is a topological sort."
    a = Value(1.0)
    b = a + a
    c = b + b
    assert BY_NAME["naive recursion"].gradients(c)[a] == 8 and BY_NAME["= for +="].gradients(b)[a] == 1


def test_naive_recursion_and_wrong_order_on_a_known_graph():
    a, b = Value(2.0), Value(3.0)
    c, d = a + b, a * b
    y = (c + d) + (c * d)
    found = {name: (BY_NAME[name].gradients(y)[a], BY_NAME[name].gradients(y)[b]) for name in BY_NAME}
    assert Graph(y).gradients[a] == 25 and Graph(y).gradients[b] == 19
    assert found["naive recursion"] == (29, 22)
    assert found["wrong order, leaves first"] == (0, 0)
    assert found["no zero_grad"] == (50, 38)


def test_no_zero_grad():
    "x³ at 3: 27, then 54 where leaves add up, and 72 where all that was left behind is used again."
    x = Value(3.0)
    y = x * x * x
    names = "no zero_grad", "no zero_grad anywhere", "no zero_grad, inner nodes"
    assert [BY_NAME[name].gradients(y)[x] for name in names] == [54, 72, 45]


def test_naive_recursion_gives_up_in_time():
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    with pytest.raises(OverflowError, match="visits"):
        BY_NAME["naive recursion"].gradients(y)
    assert "no zero_grad" in diagnose(y, x, 2.0**61).names


@pytest.mark.parametrize(
    ("name", "root", "number"),
    [
        ("minus forgotten", lambda x: Value(5.0) - x, 1),
        ("minus forgotten", lambda x: x.cos(), math.sin(2)),
        ("f(x) for f'(x)", lambda x: x.tanh(), math.tanh(2)),
        ("derivative left out", lambda x: x.sigmoid(), 1),
        ("x for y", lambda x: x.sigmoid(), 2 * (1 - 2)),
        ("x for y", lambda x: x.tanh(), 1 - 2**2),
        ("derivative at the output", lambda x: x.tanh(), 1 - math.tanh(math.tanh(2)) ** 2),
        ("gate left open", lambda x: (-x).relu(), -1),
        ("unswapped product", lambda x: x * Value(7.0), 2),
        ("product as sum", lambda x: x * Value(7.0), 1),
        ("factor of the power forgotten", lambda x: x**2, 2),
        ("exponent not lowered", lambda x: x**2, 8),
        ("constant factor forgotten", lambda x: 0.5 * x**2, 4),
        ("denominator not squared", lambda x: 6 / x, -3),
        ("log10 for ln", lambda x: x.log(), 0.5 / math.log(10)),
        ("ln for log2", lambda x: x.log2(), 0.5),
        ("upstream forgotten", lambda x: (x * Value(3.0)) ** 2, 3),
        ("added, not multiplied", lambda x: (x * Value(3.0)) ** 2, 15),
        ("value for gradient", lambda x: x**3, 2),
        ("sign turned", lambda x: x**3, -12),
    ],
)
def test_at_one_row(name, root, number):
    x = Value(2.0)
    assert BY_NAME[name].gradients(root(x))[x] == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("by_hand", [False, True])
def test_softmax_as_diagonal(by_hand):
    "Of another class's score the probability is then taken not to depend at all; of its own, as p(1 - p)."
    zs = [Value(0.0), Value(1.0), Value(-1.0)]
    es = [z.exp() for z in zs]
    p = es[1] / (es[0] + es[1] + es[2]) if by_hand else functions.softmax(zs)[1]
    grads = BY_NAME["softmax taken as diagonal"].gradients(p)
    assert [grads[z] for z in zs] == pytest.approx([0, p.data * (1 - p.data), 0])
    wrong = diagnose(-p.log(), zs[0], 0.0)
    assert "softmax taken as diagonal" in wrong.names


def test_label_not_subtracted():
    zs = [Value(3.2), Value(5.1), Value(-1.7)]
    loss = losses.cross_entropy_with_logits(zs, 0)
    assert BY_NAME["label not subtracted"].gradients(loss)[zs[0]] == pytest.approx(functions.softmax(zs)[0].data)


def test_a_new_row_has_its_mistakes_too():
    "Nothing here knows the functions by name."
    cube = function("cube", lambda m, x: x * x * x, lambda m, y, x: (3 * x * x,))
    x = Value(2.0)
    assert diagnose(cube(x), x, 8).names == ["f(x) for f'(x)"]


# ---- Recognised -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_recognised_on_a_hundred_graphs(mistake):
    "On random graphs where it changes a number, that number is traced back to it."
    seen = 0
    for root in GRAPHS + [random_graph(seed) for seed in range(700, 700 + 2000 * (mistake.name in RARE))]:
        case = gradient_of(mistake, root)
        if case:
            found = diagnose(root, *case)
            assert not found.right and mistake.name in found.names
            text = str(found)
            assert "is not ∂" in text and "comes out if" in text
            seen += 1
            if seen == 100:
                return
    raise AssertionError(f"only {seen} graphs in which it changes a number")


RARE = "label not subtracted", "log10 for ln", "ln for log2"


def test_two_mistakes_at_once():
    "Where no single one explains the number, two do; on a sample, to be quick."
    rng, seen = random.Random(1), 0
    for root in GRAPHS[:150]:
        pair = rng.choice([p for p in combinations(MISTAKES[:16], 2)])
        wrong, truth = wrong_gradients(Graph(root), pair), Graph(root).gradients
        leaf = next(v for v in topological(root) if not v.parents)
        alone = [m.gradients(root)[leaf] for m in pair]
        if all(abs(wrong[leaf] - x) > 0.05 * (abs(x) + 1e-3) for x in (truth[leaf], *alone)):
            assert diagnose(root, leaf, wrong[leaf]).findings
            seen += 1
    assert seen > 5


def test_made_at_one_place_only():
    a, b = Value(3.0, label="a"), Value(-2.0, label="b")
    y = (a * b) * (a * a)
    once = [f for f in diagnose(y, a, 3 * 9 + 3 * (-6) + 3 * (-6)).findings if f.places]
    assert once and once[0].name == "unswapped product"
    assert "but only at v₁ = a · b" in str(diagnose(y, a, 3 * 9 + 3 * (-6) + 3 * (-6)))


# ---- Never accused --------------------------------------------------------------------------------------------------


def test_never_accuses_a_right_answer():
    "The truth at every node of hundreds of graphs; also rounded to three digits, and as a finite difference has it."
    count, graphs = 0, sampled(GRAPHS[:200], 5)
    for root in graphs:
        for v, truth in Graph(root).gradients.items():
            for said in (truth, float(f"{truth:.3g}"), truth * (1 + 1e-15), truth * (1 - 1e-7)):
                found = diagnose(root, v, said)
                assert found.right and not found.findings and "is right" in str(found)
                count += 1
    assert count > 30 * len(graphs)


def test_cancelling_gradients():
    "0.1 + 0.2 - 0.3 is not quite 0 in floats; who says 0 is right."
    x = Value(1.0)
    y = 0.1 * x + 0.2 * x - 0.3 * x
    assert Graph(y).gradients[x] != 0 and diagnose(y, x, 0).right


def test_tiny_and_not_finite_gradients():
    x = Value(40.0)
    assert not diagnose(x.sigmoid(), x, 0).right  # 4.2e-18 is small, and not 0
    assert diagnose(x.sigmoid(), x, 4.248354e-18).right
    zero = Value(0.0)
    assert diagnose(zero.log(), zero, math.inf).right and not diagnose(zero.log(), zero, 3).right
    assert "None of the classic" in str(diagnose(zero.log(), zero, 3))


def test_tolerance_is_yours():
    x = Value(3.0)
    assert diagnose(x**2, x, 6.02).right and not diagnose(x**2, x, 6.02, tolerance=1e-6).right


# ---- What it says ---------------------------------------------------------------------------------------------------


def test_text():
    x, w, y = Value(1.0), Value(1.0), Value(2.0)
    loss = (x * w - y) ** 2
    label_locals()
    assert str(diagnose(loss, w, -1)) == (
        "-1 is not ∂loss/∂w: that is -2.\n"
        "-1 comes out if the exponent is not brought down in front, as if d(x²)/dx were x (factor of the power forgotten).\n"
        "    At loss = v₁²: ∂loss/∂v₁ = 2 · v₁ = 2 · (-1) = -2, and not -1."
    )
    assert str(diagnose(loss, w, -2)) == "-2 is right: ∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = -2 · x = -2 · 1 = -2."
    assert str(diagnose(loss, w, 77)).startswith(
        "77 is not ∂loss/∂w: that is -2.\nNone of the classic mistakes gives 77."
    )
    assert diagnose(loss, loss, 1).right


def test_a_reused_node_is_named():
    a = Value(1.0, label="a")
    b = a + a
    c = b + b
    b.label, c.label = "b", "c"
    text = str(diagnose(c, a, 8))
    assert "naive recursion" in text and "∂c/∂a = ∂c/∂b · ∂b/∂a = 2 · (1 + 1) = 4, and not 8" in text


def test_what_it_refuses():
    x, other = Value(1.0, label="x"), Value(1.0, label="other")
    with pytest.raises(ValueError, match="does not use other"):
        diagnose(x * 2, other, 0)
    with pytest.raises(TypeError, match="not a number"):
        diagnose(x * 2, x, "two")


def test_diagnosis_leaves_the_graph_alone():
    root = random_graph(5)
    root.backward()
    before = [(v.data, v.grad, v.local_grads) for v in topological(root)]
    str(diagnose(root, topological(root)[0], 123.0))
    assert before == [(v.data, v.grad, v.local_grads) for v in topological(root)]


def test_a_node_made_by_hand():
    "A student's own closure is asked for its local gradient, and only mistakes on the way are looked for there."
    x = Value(3.0)
    y = Value(6.0, (x,), "double")

    def _backward():
        x.grad += 2 * y.grad

    y._backward = _backward
    assert diagnose(y, x, 2).right and diagnose(y, x, 4).names == ["no zero_grad", "no zero_grad anywhere"]
    assert Graph(y).edges(y) == [(x, 2.0)]


def test_classroom_names():
    assert classroom.diagnose is diagnose and len(classroom.sheets("gate", 2)) == 2
    with pytest.raises(AttributeError, match="nothing"):
        classroom.nothing  # noqa: B018
