"""Gradients that vanish on their way back (Yale, CSE471): ten neurons, one behind the other.

At every sigmoid the gradient is multiplied by w σ'(z), and σ' is never more than 1/4. From the tenth layer to the
first it shrinks to a millionth, however large the error is: the first layers stand still.

Look at: the column of each activation, from the last layer to the first; `why` says it in words.
"""

from micrograd_es import Value, why
from micrograd_es.losses import half_squared
from micrograd_es.nn import MLP


def run(act="sigmoid", depth=10, init=lambda nin, nout: 1.0):
    "∂loss/∂b of every layer, first to last; the loss; the net: neurons in a row, input 1, target 0."
    net = MLP(1, [1] * depth, act, last=act, init=init)
    loss = half_squared(net([1.0]), 0.0)
    loss.backward()
    return [layer.neurons[0].b.grad for layer in net.layers], loss, net


def slide():
    "How many times smaller the quadratic cost's gradient is at w = b = 2 than at w = 0.6, b = 0.9 (one neuron)."
    slopes = []
    for start, bias in ((0.6, 0.9), (2.0, 2.0)):
        w = Value(start)
        half_squared((w * 1.0 + bias).sigmoid(), 0.0).backward()
        slopes.append(w.grad)
    return slopes[0] / slopes[1]


def main():
    print(f"one neuron: at w = b = 2 its gradient is {slide():.2f} times smaller than at w = 0.6, b = 0.9\n")
    acts = "sigmoid", "tanh", "relu"
    columns = [run(act)[0] for act in acts]
    print("∂loss/∂b  ", *(f"{act:>10}" for act in acts))
    for layer in range(10, 0, -1):
        print(f"layer {layer:<4}", *(f"{column[layer - 1]:10.1e}" for column in columns))
    _, loss, net = run(depth=2)
    print("\nof two layers:", why(loss, net.layers[0].neurons[0].b))


if __name__ == "__main__":
    main()
