"""A replay beside the eager engine, which is right by definition."""

from micrograd_es.replay import replay


def eagerly(loss, inputs, parameters, batch):
    "The mean loss and gradient of a batch, sample by sample on the very graph."
    for p in parameters:
        p.grad = 0
    total = 0.0
    for row in batch:
        for x, number in zip(inputs, row, strict=True):
            x.data = float(number)
        loss.forward().backward()
        total += loss.data
    return total / len(batch), [p.grad / len(batch) for p in parameters]


def agree(loss, inputs, parameters, batch, runner="numpy", tolerance=1e-12):
    "Twice, because the second run must not remember the first."
    r = replay(loss, inputs, parameters, runner=runner)
    for _ in range(2):
        value, gradients = r.loss_and_gradients(batch)
    expected, slopes = eagerly(loss, inputs, parameters, batch)
    assert abs(value - expected) <= tolerance * max(1.0, abs(expected))
    scale = max([1.0, *map(abs, slopes)])
    assert all(abs(a - b) <= tolerance * scale for a, b in zip(gradients, slopes, strict=True))
    return r
