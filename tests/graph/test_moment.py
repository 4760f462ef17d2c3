"A view has the numbers of one moment, and says what the Values keep of another."

import math

import pytest

from micrograd_es import Value, check, close_up, diagnose, draw, explain, paths, play, topological, why
from micrograd_es.graph import Graph
from tests.support.corpus import GRAPHS
from tests.support.losses import slide


@pytest.fixture
def stepped():
    "The slide's graph after w.data -= 0.1 * w.grad."
    loss = slide()
    w = Graph(loss).node("w")
    loss.backward()
    w.data -= 0.1 * w.grad
    return loss, w


CHANGED = "w changed after loss was computed: the numbers here are those of now, and forward() puts them into the graph"
LEFT = "grad is of an earlier backward(), as -2 at x, whose gradient here is -1.92: zero_grad() and backward() set it right"


def test_every_view_after_a_step_down(stepped):
    "None of them says that 1 · 1.2 is 1, and each says what changed and what to call."
    loss, w = stepped
    assert "ŷ = x · w = 1 · 1.2 = 1.2" in str(explain(loss)) and r"1 \cdot 1.2 = 1.2" in explain(loss).latex()
    assert check(loss).ok and diagnose(loss, w, -1.6).right and not diagnose(loss, w, -2).right
    assert '[label="ŷ = x · w\\ndata 1.2\\ngrad -2 (here -1.6)"' in draw(loss).source
    views = explain(loss), check(loss), diagnose(loss, w, -1.6), paths(loss, w), why(loss, w)
    for view in map(str, views):
        assert view.splitlines()[-2:] == [CHANGED, LEFT], view
    for view in (explain(loss).html(), explain(loss).markdown(), draw(loss).source, play(loss).html):
        assert CHANGED in view.replace("\\n", " ").replace("\\", "")


def test_no_value_is_touched(stepped):
    loss, _ = stepped
    before = [(v.data, v.grad, v.local_grads) for v in topological(loss)]
    print(explain(loss), check(loss), draw(loss).source)
    assert [(v.data, v.grad, v.local_grads) for v in topological(loss)] == before


def test_up_to_date_again(stepped):
    "What to call is what helps."
    loss, _ = stepped
    loss.forward()
    assert Graph(loss).notes == [LEFT]
    loss.zero_grad()
    loss.backward()
    assert Graph(loss).notes == []


@pytest.mark.parametrize("name", GRAPHS)
def test_a_fresh_graph_has_its_own_numbers(name):
    "To the last bit, before backward() and after it; and there is nothing to say."
    root = GRAPHS[name]().root
    graph = Graph(root)
    assert all(graph.numbers[v] == v.data or math.isnan(v.data) for v in graph.order) and graph.notes == []
    root.backward()
    assert Graph(root).notes == []


def test_what_was_shown_stays_true(stepped):
    "An explanation is of the moment when it was asked for, whatever happens before it is printed."
    loss, w = stepped
    told = explain(loss)
    before = str(told)
    w.data = 7.0
    loss.forward()
    assert str(told) == before


def test_backward_twice(stepped):
    "27, then 54: the second is two times the gradient, and every view says so."
    x = Value(3.0, label="x")
    y = x**3
    y.backward()
    y.backward()
    note = "backward() ran 2 times without zero_grad(): x.grad is 54 = 2 · 27"
    assert note in str(explain(y)) and note in why(y, x) and note in draw(y).source.replace("\\n", " ")
    assert "grad 54 = 2 · 27" in draw(y).source


def test_gradients_of_another_root(stepped):
    "They are shown as they stand."
    a = Value(2.0, label="a")
    b = a * 3
    c = b * 5
    c.backward()
    assert Graph(b).notes == ["grad is of another root's backward(): at b it is 5, not 1"]
    assert Graph(b).grad_text(a) == "15"


def test_a_students_own_backward():
    "= where += belongs is a mistake of his, and no earlier backward()."
    a = Value(3.0, label="a")
    b = Value(6.0, (a, a), "+", label="b")
    b._backward = lambda: setattr(a, "grad", b.grad)
    b.backward()
    assert Graph(b).notes == [] and Graph(b).grad_text(a) == "1"


def test_samples_added_up():
    "After the backward() of two losses, a weight has both gradients: here is told which one is this loss's."
    w = Value(2.0, label="w")
    first, second = w * 3, w * 4
    first.backward()
    second.backward()
    assert Graph(second).grad_text(w) == "7 (here 4)"


@pytest.mark.parametrize(
    ("make", "who"),
    [
        (lambda a, b: a * b, "a"),
        (lambda a, b: a / b, "a"),  # 1/b is what it was
        (lambda a, b: a + b, "a or b"),
        (lambda a, b: (a + b) * a, "a"),
        (lambda a, b: a.exp() + b, "a"),
        (lambda a, b: (a * 2 + b) * b, "a"),
        (lambda a, b: a.relu() + b.relu(), "a"),
        (lambda a, b: Value.sum(a, b, a * b), "a"),
    ],
)
def test_who_changed(make, who):
    "Local gradients are numbers of then: they tell which leaf it was, unless it stands in a sum with another."
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    root = make(a, b)
    a.data = 5.0
    (note,) = Graph(root, {}).notes
    assert note.startswith(f"{who} changed after out was computed")


def test_numbers_as_students_set_them():
    "An integer is a number; where it makes no difference, nothing changed."
    a = Value(2.0, label="a")
    b = a * 3
    a.data = 2
    assert Graph(b).notes == [] and Graph(b).numbers[a] == 2.0
    a.data = "2"
    with pytest.raises(TypeError, match="a: '2' is of type str, not a number"):
        explain(b)


def test_an_inner_number_set_by_hand():
    "What is shown is what it was made from."
    a = Value(2.0, label="a")
    b = a * 3
    c = b + 1
    b.data = 100.0
    assert Graph(c).numbers[c] == 7.0
    assert Graph(c).notes == ["set by hand: b = 100. The numbers here are what they were made from"]


def test_a_close_up_is_of_one_moment(stepped):
    loss, w = stepped
    graph = Graph(close_up(loss, w))
    assert [graph.numbers[v] for v in graph.order if v.parents] == [1.2, 1.2 - 2, (1.2 - 2) ** 2]
    assert not graph.moment.stale


def test_a_replay_leaves_a_graph_in_one_moment():
    "It computes in another order: what is rounded differently has not changed."
    graph = GRAPHS["mlp 2-3-1"]()
    for v in topological(graph.root):
        v.data *= 1 + 2**-52
    assert Graph(graph.root).notes == []
