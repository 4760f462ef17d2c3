"""A part of what is quantified over, another one every day, so that the tests are quick; --whole takes all of it.

The head of a run says which day's part it is, and `--sample DAY` takes that one again. In CI it is always the same one, so
that a failure belongs to the change that it meets.
"""

import os
import time
from random import Random

whole = False
day = "CI" if os.environ.get("CI") else time.strftime("%Y-%m-%d")


def sampled(cases, one_in):
    "One of so many of the cases, at least one, in their order."
    cases = list(cases)
    some = Random(day).sample(range(len(cases)), -(-len(cases) // one_in))
    return cases if whole else [cases[i] for i in sorted(some)]
