"""The test of the tests: change any one character of the table, and the numbers must show it.

The rows and their helpers are read from the source of calculus.py, changed by one character, and run. A quick
oracle (TRUTH at a few points, EDGES) must tell each mutant from the truth. Those that are the very same function are
listed in EQUIVALENT, each with its reason; an entry that is no longer needed fails as well.
"""

import ast
import inspect
import io
import math
import textwrap
import token
import tokenize
from functools import cache

import pytest

from micrograd_es import calculus, engine
from micrograd_es.core.floats import floats
from tests.support.edges import EDGES, same
from tests.support.graphs import table
from tests.support.rows import POINTS, mild, on_arrays, slope
from tests.support.truth import TRUTH, mp

# ---- Mutants --------------------------------------------------------------------------------------------------------

NAMES = ["a", "b", "x", "y", "n", "xs", "top", "shift", "one", "ones", "ties", "tie", "number"]


def arithmetic(source):
    "Each piece of arithmetic, and the names it may use: the bodies of lambdas, the statements of a function."
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Lambda):
            yield node.body, {x.arg for x in [*node.args.args, *filter(None, [node.args.vararg])]}
        elif isinstance(node, ast.FunctionDef):
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            yield from ((statement, names) for statement in node.body[1:])  # after the docstring


def within(place, node):
    return (node.lineno, node.col_offset) <= place < (node.end_lineno, node.end_col_offset)


def changes(text, names):
    "What one character may become."
    if text in names:
        return sorted(names & set(NAMES) - {text})
    if text in ("+", "-", "*", "/"):
        return sorted({"+", "-", "*", "/"} - {text}) + [" "] * (text in "+-")
    more = {"**": ["*"], "<": [">", "<="], ">": ["<", ">="], "<=": [">=", "<"], ">=": ["<=", ">"], "|": ["&"]}
    if text in more:
        return more[text]
    if text[0].isdigit():
        digits = [(i, d) for i, d in enumerate(text) if d.isdigit()]
        return sorted({f"{text[:i]}{(int(d) + step) % 10}{text[i + 1 :]}" for i, d in digits for step in (1, 9)})
    return {"maximum": ["minimum"], "minimum": ["maximum"], "sin": ["cos"], "cos": ["sin"]}.get(text, [])


def mutants(source):
    "(the arithmetic that came out, the changed source) for each change of one character that still is Python."
    pieces = list(arithmetic(source))
    lines = source.splitlines(keepends=True)
    for t in tokenize.generate_tokens(io.StringIO(source).readline):
        place = t.start[0], len(t.line[: t.start[1]].encode())  # as ast counts: in bytes
        names = set().union(*(names for node, names in pieces if within(place, node)))
        if t.type not in (token.NAME, token.OP, token.NUMBER) or not names:
            continue
        row, (begin, end) = t.start[0] - 1, (t.start[1], t.end[1])
        for new in changes(t.string, names):
            line = lines[row][:begin] + new + lines[row][end:]
            mutant = "".join([*lines[:row], line, *lines[row + 1 :]])
            try:
                compile(mutant, "mutant", "exec")
                after = [ast.unparse(node) for node, _ in arithmetic(mutant)]
            except SyntaxError:
                continue
            before = [ast.unparse(node) for node, _ in pieces]
            yield next(new for old, new in zip(before, after, strict=True) if old != new), mutant


def rows_in_source():
    "Row name -> the source of its operator(...), unary(...), function(...) or power(...)."
    source = inspect.getsource(calculus)
    (table,) = [node for node in ast.parse(source).body if getattr(node, "name", "") == "Calculus"]
    names = {id(f): name for name, f in calculus.TABLE.methods.items()}
    found = {}
    for node in table.body:
        call = getattr(node, "value", None)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("operator", "unary", "function", "power"):
            target = node.targets[0]
            target = target.elts[0] if isinstance(target, ast.Tuple) else target
            found[names.get(id(vars(calculus.Calculus)[target.id]), "raised")] = ast.get_source_segment(source, call)
    return found


ROWS = rows_in_source()
HELPERS = {  # which rows they help
    "sign": ["abs"], "step": ["relu"], "logistic": ["sigmoid"], "power_slopes": ["**"], "total": ["sum"],
    "shared": ["maximum", "minimum"], "log_sum_exp": ["logsumexp"],
}  # fmt: skip


def build(source, **helpers):
    "The Op that the source of a row makes."
    made = eval(source, {**vars(calculus), **helpers})
    op = (made[0] if isinstance(made, tuple) else made).op
    return lambda n: op if n is None else op[n]


def helper(source, name):
    "The function that the source of a helper makes."
    namespace = dict(vars(calculus))
    exec(source, namespace)
    return {name: namespace[name]}


# ---- The oracle -----------------------------------------------------------------------------------------------------


@cache
def facts(name):
    "(inputs, exponent or None, value, local gradients) of a row: from mpmath, and from the table of edges."
    f, points = TRUTH[name], POINTS[name]
    some = mild(name) + [tuple(-x for x in xs) for xs in mild(name)[::3] if name not in ("log", "log2", "sqrt", "**")]
    some += [(x,) for x in (20.0, 40.0, -20.0, -40.0) if (x,) in points]
    powers = [2, -2.5, 0.5] if name == "raised" else [None]
    found = []
    for n in powers:
        truth = f if n is None else lambda x, n=n: x ** mp.mpf(n)
        for xs in some:
            if n is None or n == int(n) or xs[0] > 0:
                locals_ = [float(slope(truth, xs, i)) for i in range(len(xs))]
                found.append((xs, n, float(truth(*map(mp.mpf, xs))), locals_))
    for row, inputs, value, locals_ in EDGES:
        if row == name:
            xs, n = (inputs[:1], inputs[1]) if name == "raised" else (inputs, None)
            found.append((tuple(xs), n, value, locals_))
    return found


def close(a, b):
    return same(a, b) or math.isclose(a, b, rel_tol=1e-12)


def caught(name, build_op):
    "How the numbers show that this is not the row; None if they do not."
    try:
        for xs, n, value, local_grads in facts(name):
            op_ = build_op(n)
            y, locals_ = op_.evaluate(*xs)
            if not close(y, value):
                return f"value {y} at {xs}, not {value}"
            if len(locals_) != len(xs) or not all(map(close, locals_, local_grads)):
                return f"local gradients {locals_} at {xs}, not {local_grads}"
            if xs in mild(name) and op_.slide is not op_.partials:
                slides = op_.slide(floats, y, *xs, *op_.constants)
                if not all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(slides, locals_, strict=True)):
                    return f"on slides {slides} at {xs}, not {locals_}"
        if name in ("maximum", "minimum"):  # a tie, where True + True is not 2; a nan, where nothing ties
            if on_arrays(op_, [(2.0, 2.0), (2.0, 2.0)])[0] != (2.0, [0.5, 0.5]):
                return "a tie in arrays"
            spoiled = engine.Value(math.nan)
            if not all(map(math.isnan, op_.partials(engine.Value, spoiled, spoiled, spoiled))):
                return "a nan among Values"
        if name == "**":  # at b = 0 the slope is 0, but it does change with b
            a, b = engine.Value(2.0), engine.Value(0.0)
            slope = op_.partials(engine.Value, engine.Value(1.0), a, b)[0]
            if [curve.data for curve in engine.gradient(slope, a, b)] != [0.0, 0.5]:
                return "second derivatives of 2**0"
    except Exception as error:
        return repr(error)
    return None


# ---- The tests ------------------------------------------------------------------------------------------------------

ANY_SCALE = "a share is a ratio: any other number than 1 cancels"
ANY_SHIFT = "used only where the largest input is infinite, and there any finite shift gives the same"
EQUIVALENT = {  # (row or helper, what it became): why it is the same function
    ("relu", "step(m, y)"): "relu(x) > 0 exactly where x > 0",
    ("logistic", "return m.where(x >= 0, 1.0, m.exp(-abs(x))) / (1 + m.exp(-abs(x)))"): "e^0 is 1",
    ("shared", "ones = [m.where(tie, 1.1, 0.0) for tie in ties]"): ANY_SCALE,
    ("shared", "ones = [m.where(tie, 1.9, 0.0) for tie in ties]"): ANY_SCALE,
    ("shared", "ones = [m.where(tie, 2.0, 0.0) for tie in ties]"): ANY_SCALE,
    ("shared", "return tuple((one / m.where(number > 0, number, nan) for one in ties))"): "True / 2.0 is 1.0 / 2.0",
    ("log_sum_exp", "shift = m.where(abs(top) < inf, top, 0.1)"): ANY_SHIFT,
    ("log_sum_exp", "shift = m.where(abs(top) < inf, top, 0.9)"): ANY_SHIFT,
    ("log_sum_exp", "shift = m.where(abs(top) < inf, top, 1.0)"): ANY_SHIFT,
    ("log_sum_exp", "shift = m.where(abs(top) < inf, top, 9.0)"): ANY_SHIFT,
    (
        "log_sum_exp",
        "return top + m.log(total([m.exp(x - shift) for x in xs]))",
    ): "an infinite top is the answer itself",
}


def test_every_row_is_read_from_the_source():
    "None is forgotten."
    assert set(ROWS) == set(table())


@pytest.mark.parametrize("name", sorted(ROWS))
def test_row_as_it_stands_is_not_caught(name):
    "The oracle has no objection to the truth."
    assert caught(name, build(ROWS[name])) is None


def survivors(name):
    "Mutants of a row or a helper that the oracle takes for the truth, and how many there were."
    number, alive = 0, []
    source = ROWS[name] if name in ROWS else inspect.getsource(getattr(calculus, name))
    for change, mutant in mutants(source):
        number += 1
        if name in ROWS:
            found = caught(name, build(mutant))
        else:
            new = helper(mutant, name)
            found = next(filter(None, (caught(row, build(ROWS[row], **new)) for row in HELPERS[name])), None)
        if not found:
            alive.append(change)
    return number, alive


@pytest.mark.parametrize("name", sorted(ROWS) + sorted(HELPERS))
def test_mutants_of_a_row_are_caught(name):
    "Every change of one character shows in the numbers, but for those that change nothing."
    number, alive = survivors(name)
    assert number > 0 and set(alive) == {change for row, change in EQUIVALENT if row == name}


def test_there_are_mutants():
    "The tests above have something to catch: every row has mutants, the table and its helpers hundreds."
    sources = [*ROWS.values(), *[inspect.getsource(getattr(calculus, name)) for name in HELPERS]]
    counts = [len(list(mutants(source))) for source in sources]
    assert min(counts) >= 2 and sum(counts) > 400


# ---- The chain rule -------------------------------------------------------------------------------------------------

WALKS = {name: getattr(engine.Value, name) for name in ("backward", "chain_rule", "zero_grad", "forward")}
WALKS |= {name: getattr(engine, name) for name in ("gradient", "topological")}
SWAPPED = {"+=": ["-=", "="], "=": ["+="], "not": [""], "in": ["not in"], "if": ["if not"], "and": ["or"], "==": ["!="]}
UNSEEN = {  # what nobody can tell from the truth: why
    "v.grad += 1.0": "after the loop, v is the root itself",
    "return y": "after the loop, y is the root itself",
    "elif v not in order:": "slower, but the same",
    "if root.a is None and not v.b:  # a leaf": "a leaf may take the long way",
}


def spoiled_walks(name):
    "(the statement that came out, the changed source) for each change of one token of a walk through the graph."
    source = textwrap.dedent(inspect.getsource(WALKS[name]))
    tree = ast.parse(source).body[0]
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names |= {a.arg for a in tree.args.args}
    names = names if name != "gradient" else set()  # hundreds, and many that only cost time
    first, last = tree.body[1].lineno, tree.end_lineno
    lines = source.splitlines(keepends=True)
    for t in tokenize.generate_tokens(io.StringIO(source).readline):
        row, (begin, end) = t.start[0] - 1, (t.start[1], t.end[1])
        if not first <= row + 1 <= last:
            continue
        new = SWAPPED.get(t.string) or (sorted(names - {t.string}) if t.string in names else [])
        if t.type == token.NUMBER:
            new = [str(float(t.string) + 1)]
        for text in new:
            line = lines[row][:begin] + text + lines[row][end:]
            mutant = "".join([*lines[:row], line, *lines[row + 1 :]])
            try:
                if ast.unparse(ast.parse(mutant)) != ast.unparse(ast.parse(source)):
                    yield line.strip(), mutant
            except SyntaxError:
                pass


def story():
    "All that the walks promise, told by one small graph: every number that it should come to."
    x, w, other = engine.Value(3.0), engine.Value(-2.0), engine.Value(1.0)
    h = x * w
    y, z = h * h + x, h * 5
    told = []
    for root in (y, y, z, x):
        root.backward()
        told += [v.grad for v in (x, w, h, y, z, other)]
    for dy in engine.gradient(y, x, h, w, other):
        told += [dy.data, *[v.data for v in engine.gradient(dy, x, w)]]
    told += [v.data for v in engine.gradient(y, y) + engine.gradient(h + h, x)]
    told += [len(engine.topological(engine.gradient(x + w, x)[0]))]
    z.zero_grad()
    told += [v.grad for v in (x, w, h, y, z)]
    x.data = 4
    many, own = engine.Value.sum(x, -h, w, x), engine.Value(7.0, (x, w), "own")
    student = x * w
    student._backward = lambda: None
    told += [(student + h).forward().data, student.local_grads]
    own._backward = lambda: [setattr(v, "grad", v.grad + 5 * own.grad) for v in own.parents]
    for root in (many * x, own + many, -own):
        root.backward()
        told += [v.grad for v in (x, w, h, many, own)]
        told += [v.data for v in engine.topological(root)]
    for v in (many, h, x):  # called by hand
        v.grad = 2.0
        v._backward()
        told += [u.grad for u in (x, w, h)]
    told += [y.forward() is y, y.data, z.data, h.local_grads]
    y.backward()
    told += [x.data, x.grad, w.grad]
    w.data, w.label = "2", "weight"
    try:
        y.forward()
    except TypeError as error:
        told.append(error)
    return told


@pytest.mark.parametrize("name", sorted(WALKS))
def test_mutants_of_a_walk_are_caught(name, monkeypatch):
    "Every change of one token in backward() and its kin shows in the numbers of one small graph."
    truth, alive, number = repr(story()), [], 0
    for change, mutant in spoiled_walks(name):
        number += 1
        namespace = dict(vars(engine))
        exec(mutant, namespace)
        with monkeypatch.context() as patch:
            patch.setattr(engine if name in vars(engine) else engine.Value, name, namespace[name])
            try:
                found = repr(story())
            except Exception as error:
                found = repr(error)
        if found == truth:
            alive.append(change)
    assert number > 3 and set(alive) <= set(UNSEEN), alive
