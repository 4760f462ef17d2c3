"""Information and losses, on lists of Values or numbers; every convention on which the lectures differ is spelled out.

Logarithms are natural in losses, and of `base` 2 (bits) in the measures of information. A squared error has its ½ where
the name says half. A distribution may have zeros: 0 · log 0 counts as 0. Losses of one example are single Values; take
`mean` over a batch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import reduce
from numbers import Integral
from typing import Any

from .calculus import total
from .engine import Value, constant, function
from .graph.routes import is_constant
from .nn.functional import mean
from .nn.lists import listed, pairs, whole

Numbers = Sequence[Any]

# ---- Information ----------------------------------------------------------------------------------------------------


def entropy(p: Numbers, base: float = 2) -> Value:
    """H(P) = -Σ p log p, in bits.

    >>> entropy([0.5, 0.25, 0.125, 0.125]).data
    1.75
    """
    return cross_entropy(p, p, base)


def cross_entropy(p: Numbers, q: Numbers, base: float = 2) -> Value:
    """H(P; Q) = -Σ p log q: what it costs to code P with the code of Q. The order matters.

    ValueError if one of p, q is no probability. They need not sum to 1: then it is a code length, no cross-entropy.
    """
    if isinstance(q, Integral):
        raise TypeError(
            f"cross_entropy(p, q) takes two distributions: for scores and the number of a class, as in PyTorch, write "
            f"cross_entropy_with_logits(scores, {q}), and for probabilities categorical_cross_entropy(p, {q})"
        )
    terms = _distributions("cross_entropy", p, q)
    return _sum(a * -_log(b, base) for a, b in terms if _counts(a, b))


def kl_divergence(p: Numbers, q: Numbers, base: float = 2) -> Value:
    "D(P‖Q) = H(P; Q) - H(P) = Σ p log(p/q): never negative where both sum to 1 (Gibbs), and 0 only for P = Q."
    return _sum(a * _log(a / b, base) for a, b in _distributions("kl_divergence", p, q) if _counts(a, a))


# ---- Regression -----------------------------------------------------------------------------------------------------


def squared(prediction: Any, target: Any) -> Value:
    "(ŷ - y)², without the ½ (Lesson4, DLiES, CSE471)."
    difference: Value = _value(prediction) - target
    return difference**2


def half_squared(prediction: Any, target: Any) -> Value:
    "½ (ŷ - y)², whose derivative is ŷ - y (Yale, IISER)."
    return 0.5 * squared(prediction, target)


def mse(predictions: Numbers, targets: Numbers) -> Value:
    "Mean squared error, 1/n Σ (ŷ - y)²."
    return mean([squared(a, b) for a, b in pairs("mse", predictions, targets)])


def mae(predictions: Numbers, targets: Numbers) -> Value:
    "Mean absolute error, 1/n Σ |ŷ - y|."
    return mean([abs(_value(a) - b) for a, b in pairs("mae", predictions, targets)])


def quadratic(predictions: Numbers, targets: Numbers) -> Value:
    "½ Σ (a - y)² over the outputs of one example: the quadratic cost of Yale and Nielsen."
    return 0.5 * _sum(squared(a, b) for a, b in pairs("quadratic", predictions, targets))


# ---- Classification, from probabilities -----------------------------------------------------------------------------


def bce(p: Any, y: Any) -> Value:
    """Binary cross-entropy -[y ln p + (1 - y) ln(1 - p)], for a label y of 0, 1 or between.

    At p = 0 or 1 it may be inf, as on the slide: `bce_with_logits` is not. ValueError if p is no probability.
    """
    (p,), (y,) = _probabilities("bce", "p", [p]), _probabilities("bce", "y", [y])
    return _sum(-(weight * q.log()) for weight, q in ((y, p), (_rest(y), 1 - p)) if _counts(weight, q))


def categorical_cross_entropy(probabilities: Numbers, target: Any) -> Value:
    "-Σ y ln a; `target` is the number of the true class, or a label for each class. ValueError for what is neither."
    if not hasattr(target, "__len__"):
        return nll(probabilities, target)
    return cross_entropy(target, probabilities, base=math.e)


def nll(probabilities: Numbers, k: int) -> Value:
    "The negative log-likelihood of the true class, -ln aₖ (Yale)."
    _class("nll", k, probabilities)
    return -_probabilities("nll", "a", probabilities)[k].log()


# ---- Classification, from logits (scores) ---------------------------------------------------------------------------


def bce_with_logits(z: Any, y: Any) -> Value:
    """bce(σ(z), y), as one softplus: all digits wherever z is, and the gradient σ(z) - y.

    >>> bce_with_logits(Value(23.0), 0).data
    23.00000000010262
    """
    z, (y,) = _value(z), _probabilities("bce_with_logits", "y", [y])
    terms = [(weight, side.softplus()) for weight, side in ((y, -z), (_rest(y), z)) if _counts(weight)]
    return _sum(term if is_constant(weight) and weight.data == 1 else weight * term for weight, term in terms)


def _from_logits(m: Any, z: Any, *others: Any) -> Any:
    differences = [other - z for other in others]
    top = reduce(m.maximum, differences)
    shifted = top + m.log(m.exp(-top) + total([m.exp(d - top) for d in differences]))
    return m.where(top > 0, shifted, m.log1p(total([m.exp(m.minimum(d, 0.0)) for d in differences])))


def _all_shares(m: Any, y: Any, z: Any, *others: Any) -> Any:
    shares = [m.exp(other - z - y) for other in others]
    return (-total(shares), *shares)


def _less_label(m: Any, y: Any, z: Any, *others: Any) -> Any:
    shares = m.exp(-y), *[m.exp(other - z - y) for other in others]
    labels = 1.0, *[0.0 for _ in others]
    return tuple(m.called("p", share) - m.called("y", label) for share, label in zip(shares, labels))


# One row more, with the true class's score first: ln(e^z + e^z' + ...) - z. Its gradient is p - y, the softmax less the
# label; for the true class the row adds up the other classes' shares, which keeps the digits that p - 1 would lose.
softmax_cross_entropy = function("softmaxCE", _from_logits, _less_label, exact=_all_shares)


def cross_entropy_with_logits(logits: Numbers, target: Any) -> Value:
    """-Σ y ln softmax(z): `target` is the number of the true class, or a (soft) label for each class.

    >>> round(cross_entropy_with_logits([Value(3.2), Value(5.1), Value(-1.7)], 0).data, 2)
    2.04
    """
    if not hasattr(target, "__len__"):
        _class("cross_entropy_with_logits", target, logits)
        others = [z for i, z in enumerate(logits) if i != target]
        return softmax_cross_entropy(logits[target], *others)
    both = pairs("cross_entropy_with_logits", logits, target)
    labels = enumerate(_probabilities("cross_entropy_with_logits", "y", [y for _, y in both]))
    return _sum(y * cross_entropy_with_logits(logits, i) for i, y in labels if _counts(y))


def hinge(scores: Numbers, k: int, delta: float = 1.0) -> Value:
    """The multiclass SVM loss Σ over j ≠ k of max(0, sⱼ - sₖ + Δ) (Lesson4).

    >>> hinge([2.2, 2.5, -3.1], 2).data         # the slide has 10.9
    12.9
    """
    _class("hinge", k, scores)
    return _sum((_value(s) - scores[k] + delta).relu() for j, s in enumerate(scores) if j != k)


def max_margin(score: Value, y: float) -> Value:
    "max(0, 1 - y · score) for a label y of -1 or 1, node for node as in micrograd's demo."
    return (1 + -y * _value(score)).relu()


# ---- Regularisation -------------------------------------------------------------------------------------------------


def l2(parameters: Iterable[Value], lam: float) -> Value:
    "λ Σ w²."
    return lam * _sum(w * w for w in listed("l2", parameters, "a list of Values"))


def l1(parameters: Iterable[Value], lam: float) -> Value:
    "λ Σ |w|."
    return lam * _sum(abs(w) for w in listed("l1", parameters, "a list of Values"))


# ---- What they are made with ----------------------------------------------------------------------------------------


def _value(x: Any) -> Value:
    return x if isinstance(x, Value) else constant(x, "a loss")


def _rest(y: Value) -> Value:
    "1 - y, a number if y is one."
    return constant(1 - y.data, "a loss") if is_constant(y) else 1 - y


def _counts(weight: Value, q: Value | None = None) -> bool:
    "Is there a term weight · log q? None for the number 0; a Value that is 0 now stays, but where it meets log 0."
    return bool(weight.data) or not (is_constant(weight) or (q is not None and q.data == 0))


def _sum(terms: Iterable[Value]) -> Value:
    terms = list(terms)
    return terms[0] if len(terms) == 1 else Value.sum(*terms) if terms else Value(0)


def _log(x: Value, base: float) -> Value:
    return x.log() if base == math.e else x.log2() if base == 2 else x.log() / math.log(base)


def _probabilities(where: str, name: str, xs: Numbers) -> list[Value]:
    values = [_value(x) for x in xs]
    for v in values:
        if not 0 <= v.data <= 1:
            cure = ".sigmoid()" if where == "bce" else "softmax"
            hint = "labels are 0 to 1" if name == "y" else f"put {cure} before it"
            raise ValueError(f"{where}: {v.label or name} = {v.data} is not a probability; {hint}")
    return values


def _distributions(where: str, p: Numbers, q: Numbers) -> Iterable[tuple[Value, Value]]:
    ps, qs = zip(*pairs(where, p, q))
    return zip(_probabilities(where, "p", ps), _probabilities(where, "q", qs))


def _class(where: str, k: int, scores: Numbers) -> None:
    count = len(listed(where, scores))
    if not 0 <= whole(where, k, "the number of a class") < count:
        raise ValueError(f"{where}: there is no class {k} among {count} scores (they count from 0)")
    if count < 2:
        raise ValueError(f"{where}: one class alone leaves nothing to choose")
