"""How each figure of the lectures is computed with micrograd_es; figures.toml names the function and has its inputs.

A recipe is given numbers, or lists of them, and answers a number or a Value, or (nested) lists of those. One that
answers a gradient has it by backward() and lets `check`, the referee, agree first.
"""

import math
from fractions import Fraction

from micrograd_es import Value, check, dot, gradient, losses, mean, nn
from micrograd_es import functions as f
from micrograd_es.optim import SGD


def _values(numbers):
    return [Value(x) for x in numbers]


def _slopes(y, *xs):
    "dy/dx for each of these leaves."
    assert check(y, *xs).ok
    y.backward()
    return [x.grad for x in xs]


def _each(function, numbers):
    return [function(x) for x in _values(numbers)]


def _derivative(function, numbers):
    return [gradient(function(x), x)[0] for x in _values(numbers)]


# ---- Information ----------------------------------------------------------------------------------------------------


def entropy(p, base):
    return losses.entropy(p, base)


def entropy_uniform(n, base):
    return losses.entropy([1 / Value(n) for _ in range(n)], base)


def entropy_without_minus(p):
    return Value.sum(*[x * x.log2() for x in _values(p)])


def cross_entropy(p, q, base):
    return losses.cross_entropy(p, q, base)


def cross_entropy_rescaled(p, q, base):
    return losses.cross_entropy(p, _rescaled(q), base)


def kl(p, q, base):
    return losses.kl_divergence(p, q, base)


def kl_rescaled(p, q, base):
    return losses.kl_divergence(p, _rescaled(q), base)


def _rescaled(q):
    return [x / Value.sum(*q) for x in _values(q)]


def cross_entropy_gradient(p, q):
    q = _values(q)
    return _slopes(losses.categorical_cross_entropy(q, p), *q)


def cross_entropy_gradient_summed(p, q):
    "With the sum over the classes that DLiES prints, the same for every class."
    return [sum(cross_entropy_gradient(p, q))] * len(q)


def minus_log(v, base=math.e):
    return losses.cross_entropy([1], [v], base)


def total(v):
    return Value.sum(*v)


def difference(a, b):
    return Value(a) - b


def relative_drop(a, b):
    return (Value(a) - b) / a


# ---- Codes ----------------------------------------------------------------------------------------------------------


def average_length(p, bits):
    return dot(_values(p), bits)


def redundancy(p, bits):
    return average_length(p, bits) - losses.entropy(p)


def kraft(bits):
    return Value.sum(*[2 ** -Value(n) for n in bits])


def code_bits(counts, bits):
    return [Value(count) * n for count, n in zip(counts, bits)]


def code_total(counts, bits):
    return Value.sum(*code_bits(counts, bits))


def parsings(code, text):
    "In how many ways is text a row of code words?"
    ways = [1]  # of its first 0, 1, 2, ... letters
    for end in range(1, len(text) + 1):
        ways.append(sum(ways[end - len(word)] for word in code if text[:end].endswith(word)))
    return ways[-1]


def die_code(face, first):
    "The number whose binary digits are the face's code, counting up from 000 for the face `first`."
    return face - first


# ---- Regression, and one neuron after another -----------------------------------------------------------------------


def mae(y, x):
    return losses.mae(x, y)


def mse(y, x):
    return losses.mse(x, y)


def squared_gradients(x, y, weights, biases):
    "Of (y - a)², by w and b of each neuron in a row of sigmoids."
    net = _network(weights, biases, ["sigmoid"] * len(weights))
    return _slopes(losses.squared(net(x), y), *net.parameters())


# ---- Softmax and its loss -------------------------------------------------------------------------------------------


def softmax(z):
    return f.softmax(_values(z))


def softmax_and_sum(z):
    return [*softmax(z), Value.sum(*softmax(z))]


def softmax_shifted(z, shift):
    return f.softmax([x + shift for x in _values(z)])


def softmax_jacobian(z):
    z = _values(z)
    return [gradient(a, *z) for a in f.softmax(z)]


def softmax_loss(z, y, base):
    return losses.cross_entropy(y, softmax(z), base)


def softmax_gradient(z, y):
    z = _values(z)
    return _slopes(losses.cross_entropy_with_logits(z, y), *z)


def softmax_gradient_misprinted(z, y):
    "-Σₖ yᵢ/aₖ ∂aₖ/∂zᵢ, as DLiES prints it; the true one has yₖ in place of yᵢ."
    z = _values(z)
    logs = Value.sum(*[a.log() for a in f.softmax(z)])
    return [-label * slope for label, slope in zip(y, gradient(logs, *z))]


def softmax_losses(scores, labels):
    return [losses.cross_entropy_with_logits(_values(s), label) for s, label in zip(scores, labels)]


def softmax_losses_mean(scores, labels):
    return mean(softmax_losses(scores, labels))


def label(t, sigma):
    "PhaseNet's: how much of the label, a Gaussian, falls t seconds from the pick."
    return [(-((Value(seconds) / sigma) ** 2) / 2).exp() for seconds in t]


def label_floor(sigma, dt, half):
    "The entropies of these labels added up, from `half` samples before the pick to `half` after."
    labels = label([i * dt for i in range(-half, half + 1)], sigma)
    return Value.sum(*[losses.entropy([p, 1 - p], math.e) for p in labels])


# ---- Binary cross-entropy -------------------------------------------------------------------------------------------


def bce_sum(y, a):
    return Value.sum(*[losses.bce(p, label) for p, label in zip(a, y)])


def bce_mean(y, a):
    return mean([losses.bce(p, label) for p, label in zip(a, y)])


def bce_swapped(y, a):
    return losses.bce(y, a)


def bce_gradient(a, y):
    a = Value(a)
    return _slopes(losses.bce(a, y), a)[0]


# ---- Hinge loss -----------------------------------------------------------------------------------------------------


def hinge(s, label, delta):
    return losses.hinge(_values(s), label, delta)


def hinge_margins(s, label, delta):
    "What the loss has under its ReLUs."
    return [relu.parents[0] for relu in hinge(s, label, delta).parents]


def hinge_mean(scores, labels, delta):
    return mean([hinge(s, label, delta) for s, label in zip(scores, labels)])


def hinge_gradients(scores, labels, delta):
    rows = [_values(s) for s in scores]
    return [_slopes(losses.hinge(s, label, delta), *s) for s, label in zip(rows, labels)]


def regularised_hinge(scores, labels, delta, lam, W):
    return hinge_mean(scores, labels, delta) + losses.l2([w for row in W for w in _values(row)], lam)


# ---- Numerical gradient ---------------------------------------------------------------------------------------------


def quotient(f1, f0, h):
    return (Value(f1) - f0) / h


def quotient_exact(f1, f0, h):
    "The table's rows - and /, run on fractions."
    f1, f0, h = Fraction(f1), Fraction(f0), Fraction(h)
    minus, divided = Value.__sub__.op.forward, Value.__truediv__.op.forward
    return float(divided(None, minus(None, f1, f0), h))


def quotient_uncertainty(half_digit, h):
    "How far the quotient moves if both losses are off by half a digit, each in the worse direction."
    f1, f0 = Value(1.25322), Value(1.25347)
    return sum(abs(slope) for slope in _slopes((f1 - f0) / h, f1, f0)) * half_digit


# ---- Activations ----------------------------------------------------------------------------------------------------


def sigmoid(z):
    return Value(z).sigmoid()


def sigmoid_gradient(v):
    return _derivative(Value.sigmoid, v)


def sigmoid_slope(lam, x):
    "f and f' of the sigmoid with slope λ."
    x = Value(x)
    y = f.sigmoid(x, lam)
    return [y, *_slopes(y, x)]


def tanh(x):
    return Value(x).tanh()


def tanh_identity(x):
    return 2 * (2 * Value(x)).sigmoid() - 1


def tanh_gradient(x):
    return _derivative(Value.tanh, [x])[0]


def relu(v):
    return _each(Value.relu, v)


def relu_gradient(v):
    return _derivative(Value.relu, v)


def softplus(v):
    return _each(Value.softplus, v)


def softplus_gradient(v):
    return _derivative(Value.softplus, v)


def exp(v):
    return _each(Value.exp, v)


def swish(x, beta):
    return [f.swish(Value(a), b) for a, b in zip(x, beta)]


def swish_gradient(x, beta):
    return [_slopes(f.swish(a, b), a)[0] for a, b in zip(_values(x), beta)]


# ---- Small graphs ---------------------------------------------------------------------------------------------------


def mul_gate(x, y, dz):
    "z, dL/dx and dL/dy of z = x y, where dL/dz is given."
    x, y = Value(x), Value(y)
    z = x * y
    return [z, *_slopes(dz * z, x, y)]


def xw_forward(x, y, w):
    prediction = x * Value(w)
    difference = prediction - y
    return [prediction, difference, difference**2]


def xw_locals(x, y, w):
    "From the loss down: by its parent; by the two of the difference; by those of the product, w first."
    loss = (Value(x) * Value(w) - Value(y)) ** 2
    (difference,) = loss.parents
    product = difference.parents[0]
    return [*loss.local_grads, *difference.local_grads, *product.local_grads[::-1]]


def xw_gradients(x, y, w, wrt):
    x, y, w = Value(x), Value(y), Value(w)
    prediction = x * w
    loss = (prediction - y) ** 2
    assert check(loss).ok
    loss.backward()
    grads = {"x": x.grad, "y": y.grad, "w": w.grad, "ŷ": prediction.grad}
    return [grads[name] for name in wrt] if isinstance(wrt, list) else grads[wrt]


# ---- Lesson4's training loop ----------------------------------------------------------------------------------------


def training(x, y, w, lr, epochs=1):
    "For every example: dloss/dw, the loss before the step, w after it, the loss after it."
    w = Value(w)
    optimizer = SGD([w], lr)
    for _ in range(epochs):
        for a, b in zip(x, y):
            loss = losses.squared(a * w, b)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield w.grad, loss.data, w.data, losses.squared(a * w, b).data


def training_gradients(**run):
    return [grad for grad, _, _, _ in training(**run)]


def training_loss_before(**run):
    return [before for _, before, _, _ in training(**run)][-1]


def training_weights(**run):
    return [w for _, _, w, _ in training(**run)]


def training_loss(**run):
    return [after for _, _, _, after in training(**run)][-1]


def training_epochs(**run):
    "The last loss of every epoch."
    losses_after = [after for _, _, _, after in training(**run)]
    return losses_after[len(run["x"]) - 1 :: len(run["x"])]


# ---- Networks -------------------------------------------------------------------------------------------------------


def _network(weights, biases, acts):
    "With these numbers: weights[layer][from][to], an activation for each layer."
    net = nn.MLP(len(weights[0]), [len(b) for b in biases], act=acts, init=nn.init.zero)
    for layer, rows, bs in zip(net.layers, weights, biases):
        for neuron, incoming, b in zip(layer.neurons, zip(*rows), bs):
            neuron.b.data = b
            for w, number in zip(neuron.w, incoming):
                w.data = number
    return net


def _outputs(net, x):
    "What each layer answers, as lists."
    answers = []
    for layer in net.layers:
        x = layer(x)
        x = x if isinstance(x, list) else [x]
        answers.append(x)
    return answers


def _row_by_row(net):
    "Its parameters as weights[layer][from][to], then the biases, layer by layer."
    for layer in net.layers:
        yield from [w for incoming in zip(*[neuron.w for neuron in layer.neurons]) for w in incoming]
        yield from [neuron.b for neuron in layer.neurons]


def _two_layers(x, y, weights, biases, head):
    loss = {"sigmoid": losses.quadratic, "softmax": losses.categorical_cross_entropy}[head]
    net = _network(weights, biases, ["sigmoid", head])
    out = net(x)
    return net, out, loss(out, y)


def net_forward(**given):
    _, out, loss = _two_layers(**given)
    return [*out, loss]


def net_gradients(**given):
    net, _, loss = _two_layers(**given)
    return _slopes(loss, *_row_by_row(net))


def _six_neurons(x, y, weights, biases):
    net = _network(weights, biases, ["sigmoid"] * 3)
    answers = _outputs(net, x)
    return net, answers, losses.squared(answers[-1][0], y)


def neurons(**given):
    _, answers, loss = _six_neurons(**given)
    return [a for answer in answers for a in answer] + [loss]


def neuron_gradients(**given):
    net, _, loss = _six_neurons(**given)
    return _slopes(loss, *_row_by_row(net))


def neuron_deltas(at, **given):
    'The error of each neuron, the last layer first: at its output, "a", or before its activation, "z".'
    _, answers, loss = _six_neurons(**given)
    loss.backward()
    outputs = [a for answer in reversed(answers) for a in answer]
    return [a.grad if at == "a" else a.parents[0].grad for a in outputs]


def parameters(sizes):
    return len(nn.MLP(sizes[0], sizes[1:], init=nn.init.zero).parameters())


# ---- Yale's saturated neuron ----------------------------------------------------------------------------------------

COSTS = {
    "quadratic": losses.half_squared,
    "squared": losses.squared,  # without the ½, which is not Yale's
    "cross_entropy": losses.bce,
    "nielsen_js": losses.bce,  # the widget in his book: its step is dC/da, for w and for b
}


def saturated(w, b, lr, loss, x, y, epochs):
    "Its output after so many steps, for each of `epochs`."
    neuron = _network([[[w]]], [[b]], ["sigmoid"])
    optimizer = SGD(neuron.parameters(), lr)
    history = []
    for _ in range(max(epochs) + 1):
        a = neuron(x)
        history.append(a.data)
        cost = COSTS[loss](a, y)
        optimizer.zero_grad()
        cost.backward()
        if loss == "nielsen_js":
            for parameter in neuron.parameters():
                parameter.grad = a.grad
        optimizer.step()
    return [history[epoch] for epoch in epochs]


def saturated_final(**run):
    return saturated(**run)[-1]


def saturated_gradient(w, b, act, loss):
    "dC/dw at the first step."
    neuron = _network([[[w]]], [[b]], [act])
    return _slopes(COSTS[loss](neuron(1.0), 0.0), *neuron.parameters())[0]


def saturated_gradient_misprinted(**given):
    return -saturated_gradient(**given)


# ---- CSE471's homework ----------------------------------------------------------------------------------------------


def _homework(weights, biases, x, head):
    net = _network(weights, biases, ["relu", head])
    return net, net(x)


def _by_neuron(net):
    "Its parameters, neuron by neuron: the bias first, as w03, w13, w23."
    return [v for layer in net.layers for neuron in layer.neurons for v in (neuron.b, *neuron.w)]


def homework_nodes(weights, biases, x, y):
    net = _network(weights, biases, ["relu", "linear"])
    (a3, a4), (in5,) = _outputs(net, x)
    return [a3.parents[0], a3, a4.parents[0], a4, in5]


def homework_output(weights, biases, x, y, head):
    return _homework(weights, biases, x, head)[1]


def homework_bce(weights, biases, x, y, head):
    return losses.bce(_homework(weights, biases, x, head)[1], y)


def homework_bce_from_logit(weights, biases, x, y):
    return losses.bce_with_logits(_homework(weights, biases, x, "linear")[1], y)


def homework_squared(weights, biases, x, y):
    return losses.squared(_homework(weights, biases, x, "relu")[1], y)


def homework_clamped(weights, biases, x, y, eps):
    net, a = _homework(weights, biases, x, "relu")
    loss = losses.bce(a.maximum(eps).minimum(1 - eps), y)
    assert not any(_slopes(loss, *_by_neuron(net)))
    return loss


def homework_categorical(weights, biases, x, y):
    "By hand, on Values: `losses` would refuse a probability of 23."
    net, a = _homework(weights, biases, x, "relu")
    loss = -(y * a.log())
    assert not any(_slopes(loss, *_by_neuron(net)))
    return loss


def _formal(a, y):
    """A line whose slope is the one of the binary cross-entropy by the slide's rule for the logarithm, 1/x.

    That rule has an answer even where the logarithm has none.
    """
    (of_log,) = Value.log.op.slide(None, None, 1 - a.data)
    return (1 - y) * of_log * a


def homework_gradients(weights, biases, x, y, loss):
    head, cost = {
        "logit": ("linear", losses.bce_with_logits),
        "squared": ("relu", losses.squared),
        "formal": ("relu", _formal),
    }[loss]
    net, out = _homework(weights, biases, x, head)
    return _slopes(cost(out, y), *_by_neuron(net))


# ---- Batch norm, dropout, Xavier ------------------------------------------------------------------------------------


def _batch_norm(x, gamma, beta, eps):
    layer = nn.BatchNorm(1, eps)
    layer.gamma[0].data, layer.beta[0].data = gamma, beta
    x = _values(x)
    return layer, x, [y for (y,) in layer([[v] for v in x])]


def batch_norm(**given):
    return _batch_norm(**given)[2]


def batch_norm_gradients(dy, **given):
    layer, x, y = _batch_norm(**given)
    return _slopes(dot(dy, y), *x, *layer.gamma, *layer.beta)


class _Die:
    "Luck that always throws the same."

    def __init__(self, throw):
        self.random = lambda: throw


def dropout_kept(h, p):
    return nn.Dropout(p, rng=_Die(0.999))([Value(h)])[0]


def dropout_mean_var(h, p):
    outcomes = [nn.Dropout(p, rng=_Die(throw))([Value(h)])[0] for throw in (0.0, 0.999)]
    expectation = dot([p, 1 - p], outcomes)
    return [expectation, dot([p, 1 - p], [(outcome - expectation) ** 2 for outcome in outcomes])]


def xavier(nin, nout):
    return [nn.init.xavier_sigma(nin, nout), nn.init.xavier_bound(nin, nout)]


def xavier_variance_gap(nin, nout):
    return nn.init.xavier_bound(nin, nout) ** 2 / 3 - nn.init.xavier_sigma(nin, nout) ** 2


def xavier_gain(nin, nout):
    return nin * nn.init.xavier_sigma(nin, nout) ** 2
