"""In a terminal: micrograd-es train mnist, and its pictures: name-weights.svg, -learned, -mistakes and -curve.svg.

The first shows the weights, in which the noise of their start is still seen; the second what the training added.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..data import Example, Images, glyphs, mnist
from ..saving import save
from ..train import digits, pictures
from .parser import Parser

SETS = {"mnist": "60,000 handwritten digits of 28x28", "glyphs": "small noisy digits of 8x8, made on the spot"}
INTERRUPTED = 130  # the exit status after Ctrl-C: 128, and SIGINT's number
EXAMPLES = """
examples:
  micrograd-es train mnist                           784-30-10, 30 epochs: some 95 % of new digits
  micrograd-es train mnist --hidden 100 --cost quadratic
  micrograd-es train mnist --data ~/mnist            its four files are in this folder (or in MNIST_DIR)
  micrograd-es train glyphs --epochs 10              no download, a few seconds

pictures: mnist-weights.svg, what every hidden neuron looks for; mnist-learned.svg, the same without the noise it
started from; mnist-mistakes.svg, new digits that were misread, the most confident mistakes first; mnist-curve.svg, loss
and accuracy after every epoch

Ctrl-C ends the training after the step that has begun; all is written as it then is. A second one ends it at once.
"""


def arguments() -> Parser:
    "What may stand on the command line."
    parser = Parser(
        prog="micrograd-es train",
        description="The lecture's network for digits, made of single Values, trained through the replay.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("data_set", metavar="data", choices=SETS, help="; ".join(f"{name}: {what}" for name, what in SETS.items()))
    add("--hidden", type=positive, default=30, metavar="n", help="neurons in the hidden layer (30)")
    add("--cost", choices=digits.RATE, default="cross-entropy", help="(cross-entropy)")
    add("--rate", type=float, metavar="η", help="the learning rate (0.5 for cross-entropy, 3 for the quadratic cost)")
    add("--epochs", type=positive, default=30, metavar="n", help="(30)")
    add("--batch", type=positive, default=10, metavar="n", help="examples in a minibatch (10)")
    add("--seed", type=int, default=0, metavar="n", help="of the first weights and of the order (0)")
    add("--runner", choices=("numpy", "numba"), default="numpy", help="who runs the program (numpy); numba is faster")
    add("--data", metavar="folder", help="where MNIST's files are")
    add("--out", metavar="name", help="of the pictures (the data's)")
    add("--save", metavar="file.json", help="write the trained weights")
    return parser


def positive(text: str) -> int:
    "A whole number from 1 up."
    if len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text[:30]!r} is too large, or no number")
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text[:30]!r} is no whole number from 1 up")
    return int(text)


def main(argv: Sequence[str]) -> int:
    "micrograd-es train ...; what it returns is the exit status."
    parser = arguments()
    options = parser.parse_args(argv)
    try:
        return trained(options)
    except (ValueError, RuntimeError, ImportError, FloatingPointError) as mistake:
        parser.error(str(mistake))
    except OSError as error:
        parser.error(f"{error.filename}: {error.strerror}" if error.strerror else str(error))
    except KeyboardInterrupt:
        parser.exit(INTERRUPTED, "\nstopped\n")


def trained(options: argparse.Namespace) -> int:
    "Trains, writes weights and pictures, and says in one line how well new digits are read; the exit status."
    name = options.out or options.data_set
    for path in (name, options.save or name):  # before the work, not after it
        if not Path(path).parent.is_dir():
            raise ValueError(f"{path}: there is no folder {Path(path).parent}")
    known, unseen = examples(options.data_set, options.data, options.seed)
    random.seed(options.seed)
    inputs, rate = len(known[0][0]), digits.RATE[options.cost] if options.rate is None else options.rate
    net, r = network = digits.network(options.hidden, options.cost, inputs, options.runner)
    say(r.explain())
    rows, start = digits.table(unseen), pictures.first_layer(net)
    batches = options.epochs, options.batch, options.seed
    history = digits.run(network, digits.table(known), rows, rate, *batches, progress=True)
    r.write()
    if options.save:  # first: it is what costs the most to have again
        wrote(options.save, lambda path: save(net, path))
    weights = pictures.first_layer(net)
    wrote(f"{name}-weights.svg", pictures.weight_pictures(weights).save)
    wrote(f"{name}-learned.svg", pictures.weight_pictures(weights - start).save)
    wrote(f"{name}-mistakes.svg", pictures.mistake_pictures(rows, digits.mistakes(r, rows)).save)
    wrote(f"{name}-curve.svg", history.save)
    if history.interrupted:
        return INTERRUPTED
    lecture = digits.LECTURE.get((options.hidden, options.cost)) if options.data_set == "mnist" else None
    shares = history.accuracies
    best = max(shares)
    print(
        f"{inputs}-{options.hidden}-10, {options.cost}, η = {rate:g}, seed {options.seed}: {shares[-1]:.2%} of "
        f"{len(unseen):,} new digits are read correctly (best epoch: {shares.index(best) + 1}, {best:.2%}"
        + (f"; the lecture: {lecture:.2f}%)" if lecture else ")"),
        flush=True,
    )
    return 0


def examples(data_set: str, folder: str | None, seed: int) -> tuple[Images | list[Example], Images | list[Example]]:
    "What to learn from, and what to be tested on."
    if data_set == "mnist":
        return mnist("train", folder)[:50_000], mnist("test", folder)  # the lecture keeps the other 10,000 aside
    if folder:
        raise ValueError(f"--data {folder}: {data_set} are made on the spot")
    rng = random.Random(seed)
    return glyphs(1000, rng), glyphs(500, rng)


def wrote(path: str, write: Callable[[str], Any]) -> None:
    write(path)
    say(f"wrote {path}")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
