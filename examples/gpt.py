"""A small GPT, made of scalars: it reads names that nobody has, letter by letter, and learns to invent more of them.

Everything is here, top to bottom: embeddings, RMS norm, causal attention with four heads, a small perceptron, Adam.
The graph is built once, for names of up to nine letters. A letter comes in as a list of 27 numbers, a 1 in its place,
and every position has a weight, so that one graph serves names of any length: beyond the end the weight is 0.

First a few steps eagerly, node by node; then the same steps, and thousands more, through the replay.

    python examples/gpt.py [--steps 3000] [--batch 16] [--seed 0]

Look at: the losses of the first steps, which are the same both ways, and how long a step takes (measured: 1053 ms and
0.7 ms). ln 27 = 3.30 is the loss of who guesses. After a tenth of the training (loss 1.0) most of its names are new;
at the end (0.66) it has learned the list by heart: 4,080 parameters are enough for so few names.
"""

import argparse
import random
import time

import numpy as np

from micrograd_es import Value, dot, logsumexp, mean, softmax
from micrograd_es.nn import Module
from micrograd_es.optim import Adam, linear
from micrograd_es.replay import replay

NAMES = """
aluvo amberin ameluna andorel anuvia arbelin arlomi arunel aveloro avorin balduno belarin belumo beruna borilan
brelano brinalu calumi calorin camelun cadorel celuna cerolin coraluno corimel dalovin damelor darunel delorin demaluna
dorabel dorimo dunavel elarun elborin eldamo elovina emaruno enduvel erolin esmaluno faladun famorin feluna feloran
firelo folarin galimo gameluno garubel gelorin gorimel gulavin halorun hameli harunel helovin hesamo ilarun imelor
indoluna irabel isorin jaluno jamerin jelovan jorabel joruna kalimor kamelun karovin kelunel koramo korimel lamorin
laruno lavimel leborin leduna lemaro lindovel loraluno lorimel luravin maloruno mandovel marubel meladin merovan
milaruno moradel morilun munavel naloro namerin narubel neldamo neluna neroban noralin norimel nulavo obelin odaluna
olarin omeruno ondovel orabel orumin palimor paruno pelovin pemaluna porabel pulavin raduno ralimor ramelun redovin
relunel robarin roluna rumavel salimo sameluno sarubel seldorin seluna soralin sorimel sulavo talimor tameli taruno
telovin teruna toradel torimo tunavel ubelin ulamor umeruno undavel urabel valimor vameluno varubel velorin veruna
voradel vulamo yalimo yameluno yorabel yulavin zalimor zameluno zarubel zelovin zeruna zoradel zulavo
""".split()
SYMBOLS = ".abcdefghijklmnopqrstuvwxyz"  # the dot stands before a name and after it
COUNT, BLOCK = len(SYMBOLS), 9  # symbols; how many letters the model looks back on, and so how many it can write


# ---- The model ------------------------------------------------------------------------------------------------------


def matrix(rows, columns, sigma=0.1):
    return [[Value(random.gauss(0, sigma)) for _ in range(columns)] for _ in range(rows)]


def times(weights, x):
    "A matrix times a vector, both made of scalars."
    return [dot(row, x) for row in weights]


def add(x, y):
    return [a + b for a, b in zip(x, y)]


def norm(x):
    "RMS norm: x, scaled so that the mean of its squares is 1."
    scale = (mean([a * a for a in x]) + 1e-5) ** -0.5
    return [a * scale for a in x]


class GPT(Module):
    def __init__(self, symbols=COUNT, block=BLOCK, size=16, heads=4):
        self.heads = heads
        self.token, self.place = matrix(size, symbols), matrix(block, size)
        self.query, self.key, self.value, self.joined = (matrix(size, size) for _ in range(4))
        self.up, self.down = matrix(4 * size, size), matrix(size, 4 * size)
        self.answer = matrix(symbols, size)

    def embed(self, letters):
        "Each letter's vector (a one-hot list times a matrix picks one column) with that of its place."
        return [add(times(self.token, letter), place) for letter, place in zip(letters, self.place)]

    def __call__(self, xs):
        "For each position, the scores of the letter to come, from the vectors of the positions so far."
        xs = [norm(x) for x in xs]
        xs = [add(x, change) for x, change in zip(xs, self.attention([norm(x) for x in xs]))]
        xs = [add(x, times(self.down, [a.relu() for a in times(self.up, norm(x))])) for x in xs]
        return [times(self.answer, x) for x in xs]

    def attention(self, xs):
        "Every position asks a question of those so far; the answers are weighted by how well their keys fit."
        queries, keys, values = ([times(w, x) for x in xs] for w in (self.query, self.key, self.value))
        size = len(xs[0]) // self.heads
        outs = []
        for t in range(len(xs)):
            out = []
            for h in range(0, len(xs[0]), size):
                mine = slice(h, h + size)
                shares = softmax([dot(queries[t][mine], k[mine]) * size**-0.5 for k in keys[: t + 1]])
                out += [dot(shares, [v[i] for v in values[: t + 1]]) for i in range(h, h + size)]
            outs.append(times(self.joined, out))
        return outs


# ---- Its graph, once for all names ----------------------------------------------------------------------------------


class Graph:
    "The loss of one name as a graph, and its leaves: letters to be filled in, and what each position counts."

    def __init__(self, model, symbols=COUNT, block=BLOCK):
        letters = [[Value(0.0) for _ in range(symbols)] for _ in range(block + 1)]
        weights = [Value(0.0) for _ in range(block)]
        self.scores = model(model.embed(letters[:-1]))
        losses = [logsumexp(z) - dot(letter, z) for z, letter in zip(self.scores, letters[1:])]
        self.loss = dot(weights, losses)
        self.inputs = [x for letter in letters for x in letter] + weights
        self.symbols, self.block, self.parameters = symbols, block, model.parameters()

    def replay(self, runner="numpy"):
        scores = [z for scores in self.scores for z in scores]
        return replay(self.loss, self.inputs, self.parameters, outputs=scores, runner=runner)

    def row(self, name, alphabet=SYMBOLS):
        "The numbers for the inputs: one-hot letters with a dot on either side, then 1/length for the positions in use."
        numbers = [alphabet.index(c) for c in f".{name}."]
        letters, weights = np.zeros((self.block + 1, self.symbols)), np.zeros(self.block)
        letters[range(len(numbers)), numbers] = 1.0
        weights[: len(numbers) - 1] = 1 / (len(numbers) - 1)
        return np.concatenate([letters.ravel(), weights])


def eager_step(graph, rows, optimizer):
    "One step, node by node, on the very graph: sample after sample, backward after forward."
    optimizer.zero_grad()
    losses = []
    for row in rows:
        for x, number in zip(graph.inputs, row):
            x.data = float(number)
        graph.loss.forward().backward()
        losses.append(graph.loss.data)
    for p in graph.parameters:
        p.grad /= len(rows)
    optimizer.step()
    return sum(losses) / len(losses)


def invent(r, graph, rng, count, temperature=0.7, alphabet=SYMBOLS):
    "Names, letter by letter, each drawn from what the model thinks of the letters so far."
    names = [""] * count
    for t in range(graph.block):
        scores = r.predict([graph.row(name, alphabet) for name in names]).reshape(count, graph.block, -1)[:, t]
        shares = np.exp((scores - scores.max(1, keepdims=True)) / temperature)
        for i, p in enumerate(shares / shares.sum(1, keepdims=True)):
            if len(names[i]) == t:  # else its end has been reached
                names[i] += alphabet[rng.choice(len(p), p=p)].strip(".")
    return names


# ---- Training -------------------------------------------------------------------------------------------------------


def run(steps=3000, batch=16, seed=0, eager=3, count=20, show=lambda line: None):
    "Train; the losses of the first steps both ways, seconds a step both ways, all losses, and names that it invents."
    random.seed(seed)
    rng = np.random.default_rng(seed)
    graph = Graph(GPT())
    start = time.perf_counter()
    r = graph.replay()
    show(f"{len(graph.parameters):,} parameters; ready after {time.perf_counter() - start:.2f} s")
    show(r.explain().splitlines()[0])
    rows = np.array([graph.row(name) for name in NAMES])
    batches = [rows[rng.choice(len(rows), batch, replace=False)] for _ in range(steps)]

    adam, start = Adam(graph.parameters, linear(0.01, 0.0, steps)), time.perf_counter()
    slow = [eager_step(graph, few, adam) for few in batches[:eager]]
    eager_time = (time.perf_counter() - start) / max(eager, 1)
    show(f"eagerly   {1e3 * eager_time:8.1f} ms a step, losses {', '.join(f'{x:.9f}' for x in slow)}")

    adam, fast = Adam(graph.parameters, linear(0.01, 0.0, steps)), []  # the replay still has the weights of the start
    start = time.perf_counter()
    for i, few in enumerate(batches):
        fast.append(r.step(few, adam))
        if i + 1 == eager:
            show(f"replay                        losses {', '.join(f'{x:.9f}' for x in fast)}")
        if (i + 1) % max(1, steps // 10) == 0:
            show(f"step {i + 1:5}  loss {np.mean(fast[-100:]):.4f}")
        if i + 1 == steps // 10:
            pause = time.perf_counter()
            show(starred(invent(r, graph, rng, count)))
            start += time.perf_counter() - pause
    replay_time = (time.perf_counter() - start) / steps
    show(f"replay    {1e3 * replay_time:8.1f} ms a step: {eager_time / replay_time:.0f} times as fast")
    names = invent(r, graph, rng, count)
    show(starred(names))
    r.write()  # the trained weights, back into the graph
    return slow, fast, names, (eager_time, replay_time)


def starred(names):
    return " ".join(name + ("*" if name in NAMES else "") for name in names) + "     (* stands in the list)"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, number in (("steps", 3000), ("batch", 16), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=number)
    run(**vars(parser.parse_args()), show=lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
