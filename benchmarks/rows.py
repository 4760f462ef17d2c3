"""What every row of our table costs, beside the same expression on the plain class and on micrograd.

A row is written here as one writes it in a script, and timed in a loop that keeps what it makes: the loop's own 15 ns
are in every figure, freeing is in none. The rows come from the table itself: one that is added there is measured here.
"""

from time import process_time

from engines import turns, wide_head, wide_line

from micrograd_es.calculus import TABLE

SIGNS = {"neg": "-a", "abs": "abs(a)"}
BY_HAND = ["V(0.7)", "0 + a", "a ** -1", "a ** 0.5"]
LIKE = {"V.sum(*xs)": "sum(xs)", "V.logsumexp(*xs)": "sum([x.exp() for x in xs]).log()"}  # where there is no such row
COUNT = 2000


def expressions():
    "An operator stands before and behind a Value, a float and an int; what takes many inputs has the eight of xs."
    for name, method in TABLE.methods.items():
        if method.op.arity is None:
            yield f"V.{name}(*xs)"
        elif method.op.arity == 1:
            yield SIGNS.get(name, f"a.{name}()")
        else:
            yield from (f"a {name} b", f"a {name} 2.0", f"a {name} 2", f"2.0 {name} a", f"2 {name} a")
    yield from BY_HAND


def maker(expression, V):
    "The function that tells the ns of this expression on Values of the class V; None if they know no such thing."
    many = eval(f"lambda V, a, b, xs, times: [{expression} for _ in times]")
    inputs = V, V(0.7), V(0.3), [V(0.1 * i) for i in range(8)]
    try:
        many(*inputs, range(100))
    except (AssertionError, AttributeError, TypeError):
        return None

    def ns():
        start = process_time()
        kept = many(*inputs, range(COUNT))
        return (process_time() - start) / len(kept) * 1e9

    return ns


def table(engines, rounds):
    "A line for each row; then the one where another is best off beside us."
    ours, ratios = engines[0].name, []
    wide_head("every row, ns", engines)
    for expression in expressions():
        jobs = {e: maker(expression, e.number) or maker(LIKE.get(expression, "None.no"), e.number) for e in engines}
        cost = turns(lambda e, jobs=jobs: jobs[e](), [e for e in engines if jobs[e]], rounds)
        wide_line(expression, cost, engines)
        ratios += [(ns / cost[ours, on], expression, name, on) for (name, on), ns in cost.items() if name != ours]
    ratio, expression, name, on = min(ratios)
    print(f"the worst row: {expression}, {name} {ratio:.2f} times ours, collector {'on' if on else 'off'}")
