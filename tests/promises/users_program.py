"""What somebody writes who has installed micrograd_es and has their types checked: tests/promises/test_package.py runs it.

Every `assert_type` is what an editor shows, and both checkers must agree.
"""

import random
from typing import assert_type

from micrograd_es import Value, argmax, check, draw, explain, gradient, load, nn, optim, paths, play, save, why
from micrograd_es.data import Example, moons
from micrograd_es.losses import cross_entropy_with_logits, squared


def loss_of(batch: list[Example]) -> Value:
    return Value.sum(*[squared(net(inputs), label) for inputs, label in batch]) / len(batch)


x, w, y = Value(1.0), Value(1.0), Value(2.0)
loss = assert_type((x * w - y) ** 2, Value)
loss.backward()
assert_type(w.grad, float)
assert_type([1 / loss, 2 - loss.tanh(), -loss.maximum(0)], list[Value])
(slope,) = assert_type(gradient(loss, w), list[Value])
print(explain(loss, wrt=w).latex(), paths(loss, w).total, why(loss, w), check(loss).ok, sep="\n")
draw(loss, highlight=w, rankdir="LR").save("graph.svg")
play(loss, learn=[w]).save("page.html")

net: nn.MLP[Value] = nn.MLP(2, [4, 1], act="tanh")
history = optim.fit(loss_of, moons(20, 0.1, random), optim.SGD(net.parameters(), 0.1), epochs=2)
assert_type(history[-1], float)
save(net, "net.json")
load(net, "net.json")
scores = assert_type(nn.Layer[list[Value]](2, 3)([1.0, 2.0]), list[Value])
assert_type(cross_entropy_with_logits(scores, argmax(scores)), Value)
assert_type(nn.MLP(2, [3, 1])([1.0, 2.0]), Value | list[Value])  # nobody said how many neurons the last layer has
