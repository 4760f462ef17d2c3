"""A graph too large for a view is refused with a reason, at once; what can be answered is, in time that grows no faster.

(`python -m tests.promises.faults scale`: 1,000,000 nodes, `python -m tests.promises.faults growth`: a million graphs.)
"""

import re
import threading
from time import process_time

import pytest

from micrograd_es import Value, check, draw, explain, mermaid, nn, paths, play, why
from tests.promises import scale
from tests.support.sample import sampled

ANSWER = {"backward", "forward", "zero_grad", "repr", "gradient", "first_nonfinite", "names", "trace", "in a notebook", "why",
          "check, one leaf", "diagnose", "deepcopy", "save", "load"}  # fmt: skip


@pytest.mark.parametrize("shape", sampled(scale.SHAPES, 3))
def test_every_view(shape):
    "At 12,000 nodes: a second for each at most, and those that refuse say how large it is and what to do instead."
    pytest.importorskip("numpy")
    slow = {"chain": set(), "wide": set(), "layered": {"check, all leaves"}}[shape]
    found = scale.measured(shape, 12_000, slow)
    refused = {name: said for name, (_, said) in found.items() if said}
    answered = ANSWER | {"replay"} | ({"check, all leaves"} if shape == "chain" else set())
    assert set(found) - set(refused) == answered - slow
    for said in refused.values():
        assert re.search(r"\d,\d\d\d (nodes|steps|leaves|inputs)", said)
        assert any(word in said for word in ("smaller", "explain(root", "check(root, w)"))
    assert max(seconds for seconds, _ in found.values()) < 10  # for a machine that is busy with other things, too


def test_a_sentence_stays_a_sentence():
    "why() of a long chain names the ends of the route, and of its factors."
    y, (x,) = scale.chain(12_000)
    said = why(y, x)
    assert len(said) < 300 and "(5992 more)" in said


def test_two_threads_look_at_graphs_of_their_own():
    "No view keeps anything for the next: two threads at once get what one gets alone."

    def views(i):
        x, w = Value(0.5 + i, label=f"x{i}"), Value(-2.0, label="w")
        y = (x * w + 1).tanh() ** 2
        y.backward()
        return [str(explain(y)), str(paths(y, x)), why(y, w), mermaid(y), draw(y).source, str(check(y))]

    alone = [[views(i) for i in range(15)] for _ in range(2)]
    together = [[], []]
    threads = [threading.Thread(target=lambda out=out: out.extend(views(i) for i in range(15))) for out in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_large_graphs_are_answered_at_once():
    "Nobody waits for a page or a picture that cannot be (a page once took minutes to say no): it says what to do instead."
    xs, net = [Value(0.5) for _ in range(600)], nn.MLP(600, [20, 20], act="tanh")
    loss = Value.sum(*net(xs))
    for view, graph in (play, loss), (draw, Value.sum(*[x * x for x in xs])):
        start = process_time()
        with pytest.raises(ValueError, match=r"close_up\(root, w\)"):
            view(graph)
        assert process_time() - start < 5
    start = process_time()
    assert draw(loss).source.count("class=folded") == 3 and process_time() - start < 5
