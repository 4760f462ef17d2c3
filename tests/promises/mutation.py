"""How good are the tests? Spoil the package in one place at a time, run the tests of that place, count what they miss.

    python -m tests.promises.mutation engine losses nn        these modules, every mutant
    python -m tests.promises.mutation --sample 100            100 mutants of each module
    python -m tests.promises.mutation --part 2/7              the second seventh of each, as one night does it of a week

The mutants are made by cosmic-ray's operators (pip install cosmic-ray); each is tested in a fork of this process, which
has the heavy libraries in memory already. (cosmic-ray itself starts a pytest for each; mutmut leaves out the table.)
"""

import argparse
import ast
import contextlib
import importlib.abc
import importlib.util
import os
import random
import re
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

from tests.support import ROOT

PACKAGE = ROOT / "micrograd_es"
PATIENCE = 5  # a mutant that takes so many times as long as the truth hangs

TESTS = {  # room: its tests and those of its neighbours, the quickest and sharpest first
    "core": "engine/edges engine/engine engine/properties engine/compat engine/calculus",
    "calculus": "engine/edges engine/properties engine/new_row engine/calculus",
    "engine": "engine/edges engine/engine engine/properties engine/new_row engine/calculus",
    "text": "text/symbols promises/agreement explain/explain explain/paths expression/expression",
    "graph": "graph/modules graph/names graph/routes graph/closeup explain/explain explain/paths draw/draw engine/engine",
    "expression": "expression/expression cli/cli",
    "nn": "nn/nn nn/functional nn/layers graph/names draw/draw optim/optim losses",
    "optim": "optim/optim optim/history",
    "check": "check",
    "explain": "explain/explain explain/paths",
    "losses": "losses nn/functional nn/layers",
    "saving": "saving",
    "data": "data",
    "draw": "draw/draw draw/debugger draw/notebook graph/modules",
    "mistakes": "mistakes/mistakes mistakes/slips",
    "modes": "modes/derivatives modes/bill modes/checkpoints modes/picture",
    "opening": "opening/opening",
    "replay/plan": "replay/masks replay/replay",
    "replay/with_numpy": "replay/masks replay/replay replay/fit replay/one_sample",
    "replay/with_numba": "replay/masks replay/replay",
    "replay/pure": "export/export",
    "replay": "replay/replay replay/masks replay/fit replay/one_sample",
    "slides": "slides/story slides/beamer slides/animate slides/stepper",
    "player": "player/player player/texts player/hints",
    "classroom/exercises": "classroom/exercises classroom/class",
    "classroom/quizzes": "classroom/quizzes",
    "export": "export/export export/source export/weights",
    "train": "train/train",
    "lab": "lab/lab",
    "cli": "cli/cli classroom/exercises",
    "system": "saving draw/wasm cli/cli",
}
OPERATORS = re.compile(
    "core/(ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Div|Div_Mul|Pow_Mul|FloorDiv_Div|Mod_Mul|Bit(Or_BitAnd|And_BitOr))"
    "|ReplaceComparisonOperator_(Lt_(LtE|GtE)|LtE_(Lt|Gt)|Gt_(GtE|LtE)|GtE_(Gt|Lt)|Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is)"
    "|ReplaceUnaryOperator_Delete_(USub|Not)|Replace(And|Or|True|False|Break|Continue)With.*"
    "|AddNot|ExceptionReplacer|NumberReplacer|RemoveDecorator|ZeroIterationForLoop)"
)


SCALE = "a share is a ratio: any other number than 1 cancels"
SHIFT = "used only where the largest input is infinite, and there any finite shift gives the same"
BOTH = "near 0 both forms are right, and where the second one holds no d is above 0"
ONLY = "the only one is the last one too"
EQUIVALENT = {  # what became of a line: why it is the same program
    "ones = [m.where(tie, 2.0, 0.0) for tie in ties]": SCALE,
    "shift = m.where(abs(top) < inf, top, 1.0)": SHIFT,
    "shift = m.where(abs(top) < inf, top, -1.0)": SHIFT,
    "LIMIT = 2001  # steps": "where a reader tires is a choice",
    "LIMIT = 1999  # steps": "where a reader tires is a choice",
    "return m.where(top > -1, shifted, m.log1p(total([m.exp(m.minimum(d, 0.0)) for d in differences])))": BOTH,
    "return m.where(top >= 0, shifted, m.log1p(total([m.exp(m.minimum(d, 0.0)) for d in differences])))": BOTH,
    "return m.where(top > 0, shifted, m.log1p(total([m.exp(m.minimum(d, 1.0)) for d in differences])))": BOTH,
    "return terms[ -1] if len(terms) == 1 else Value.sum(*terms) if terms else Value(0)": ONLY,
    "return out[ -1] if len(out) == 1 else out": ONLY,
}


def bare(source):
    "What is run of it: without annotations, and imports for their sake."
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if getattr(node, name, None):
                setattr(node, name, ast.Constant(0))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body, node.test = [ast.Pass()], ast.Constant(0)
    return ast.dump(tree)


def mutants(path):
    "(what was done, the spoiled source), each that is another program."
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    source = path.read_text("utf-8")
    seen = {bare(source)}
    for name in filter(OPERATORS.fullmatch, sorted(operator_names())):
        for occurrence in range(10_000):
            spoiled = mutate_code(source.encode(), get_operator(name)(), occurrence)
            if spoiled is None:
                break
            with contextlib.suppress(SyntaxError):
                if bare(spoiled) not in seen:
                    seen.add(bare(spoiled))
                    yield name, spoiled


class Spoiled(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    "Brings the spoiled source where a module is imported."

    def __init__(self, path, source):
        parts = path.relative_to(ROOT).with_suffix("").parts
        self.package = parts[-1] == "__init__"
        self.name, self.path, self.source = ".".join(parts[: -1 if self.package else None]), str(path), source

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(
            name,
            self.path,
            loader=self,
            submodule_search_locations=[str(Path(self.path).parent)] if self.package else None,
        )

    def get_filename(self, name):
        return self.path

    def get_data(self, path):
        return self.source.encode()

    def path_stats(self, path):
        raise OSError("nothing to cache")


def survives(path, spoiled, tests, limit=600):
    "Do all the tests pass on the spoiled source? In a process of its own, which may hang or die."
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    try:
        signal.alarm(int(limit))
        import pytest

        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        sys.meta_path.insert(0, Spoiled(path, spoiled))
        os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--tb=no", "--assert=plain", *tests]))
    except BaseException:
        os._exit(99)


def change(source, spoiled):
    "The line that differs: its number, as it was, as it is."
    pairs = zip(source.splitlines(), spoiled.splitlines())
    return next((i, old.strip(), new.strip()) for i, (old, new) in enumerate(pairs, 1) if old != new)


def equivalent(old, new):
    "Is it known to be the same program? So is the length of another row of what is rectangular."
    return new in EQUIVALENT or "len(" in new and re.sub(r"\[ -?1\]", "[0]", new) == old


def test_file(name):
    "tests/nn/test_layers.py for nn/layers."
    return "tests/{}test_{}.py".format(*re.fullmatch(r"(.*/)?(\w+)", name).groups(""))


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.promises.mutation", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", help=f"some of {' '.join(TESTS)} (all)")
    parser.add_argument(
        "--sample", type=int, default=0, help="at most so many mutants of each module, drawn by lot (all)"
    )
    parser.add_argument("--part", default="1/1", help="a part of the mutants of each module, as 2/7 (all)")
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time (2)")
    wanted = parser.parse_args()
    os.chdir(ROOT)
    os.environ["CI"] = "1"  # the same random cases every time
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(ROOT))
    import hypothesis.stateful  # noqa: F401
    import mpmath  # noqa: F401
    import numpy  # noqa: F401
    import pytest  # noqa: F401

    for module in wanted.modules or TESTS:
        paths = sorted((PACKAGE / module).glob("*.py")) or [PACKAGE / f"{module}.py"]
        tests = [*map(str, paths), *map(test_file, TESTS[module].split())]  # doctests first
        every = [(path, *mutant) for path in paths for mutant in mutants(path)]
        part, parts = map(int, wanted.part.split("/"))
        every = every[part - 1 :: parts]
        if wanted.sample and len(every) > wanted.sample:
            every = random.Random(0).sample(every, wanted.sample)
        begun = time.perf_counter()
        assert survives(paths[0], paths[0].read_text("utf-8"), tests), f"{module}: its tests fail on the true source"
        limit = PATIENCE * (time.perf_counter() - begun) + 10
        with ThreadPoolExecutor(wanted.jobs) as pool:
            alive = list(pool.map(survives, [m[0] for m in every], [m[2] for m in every], repeat(tests), repeat(limit)))
        survivors = [
            (path, *change(path.read_text("utf-8"), spoiled))
            for (path, _, spoiled), lives in zip(every, alive)
            if lives
        ]
        missed = [survivor for survivor in survivors if not equivalent(*survivor[-2:])]
        number = len(every) - len(survivors) + len(missed)
        score = 100 * (number - len(missed)) / max(1, number)
        print(f"{module}: {number - len(missed)} of {number} caught = {score:.1f} %", end=", ")
        print(f"{len(survivors) - len(missed)} equivalent ({time.perf_counter() - begun:.0f} s)")
        for path, line, old, new in missed:
            print(f"    {path.name}:{line}: {old}  ->  {new}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
