"The steps in a terminal: the words of the story, on and back with the arrow keys; as text where there is no terminal."

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from micrograd_es import Value, step
from micrograd_es.cli import main
from micrograd_es.graph import Graph
from micrograd_es.slides.story import Story
from micrograd_es.slides.terminal import table, written
from tests.support.corpus import GRAPHS
from tests.support.losses import slide


@pytest.mark.parametrize("name", ["diamonds", "ties", "blocked"])
def test_all_of_the_story(name):
    "Every sentence, in order; in the end every node has its number, and its gradient is the graph's."
    graph = Graph(GRAPHS[name]().root, {})
    story, told = Story(graph), iter(written(Story(graph)).splitlines())
    assert all(any(line.endswith(story.sentence(i, story.plain)) for line in told) for i in range(len(story.steps)))
    assert all(number and gradient for _, number, gradient in table(story, len(story.steps) - 1))
    assert not any(gradient for _, _, gradient in table(story, 0))


def test_by_the_arrow_keys():
    "Numbers appear forward, gradients backward; the cursor is where it happens; back is back; q leaves."
    pytest.importorskip("textual", reason="textual is not installed")
    from textual.widgets import DataTable, Static

    from micrograd_es.slides.stepper import Stepper

    async def keys():
        app = Stepper(Story(Graph(slide(), {})))
        async with app.run_test(size=(100, 30)) as pilot:
            nodes, said = app.query_one(DataTable), app.query_one("#said", Static)

            def shown():
                row = nodes.get_row_at(nodes.cursor_row)
                return str(said.render()), row

            seen = [shown()]
            for key in ("right", "right", "left", "end", "right", "home", "end", "left", "left"):
                await pilot.press(key)
                seen.append(shown())
            await pilot.press("q")
        return seen, nodes.row_count, app.is_running

    with ThreadPoolExecutor(1) as pool:  # a thread of their own: in this one playwright's loop may be running
        seen, count, running = pool.submit(asyncio.run, keys()).result()
    first, one, two, back, end, beyond, home, again, before, earlier = seen
    assert count == 6 and not running and home == first and one == back and end == beyond == again
    assert "ŷ is made from x and w" in one[0] and one[1] == ["ŷ = x · w", "1", ""]
    assert "Every leaf has its gradient" in end[0]
    assert "w receives -2 × 1 = -2" in earlier[0] + before[0] and "-2 · x = -2 · 1 = -2" in earlier[0] + before[0]


def test_without_a_terminal(capsys):
    "In a pipe or a notebook it is text; from the command line too; too many steps are refused."
    x, w = Value(1.0, label="x"), Value(2.0, label="w")
    step((x * w).tanh(), wrt="w")
    out = capsys.readouterr().out
    assert out.startswith("0  2 leaves") and "w receives" in out and "x receives" not in out
    assert main(["x*w", "x=1", "w=2", "--step"]) == 0
    assert capsys.readouterr().out.startswith("0  2 leaves have their numbers: x = 1 and w = 2")
    for _ in range(1001):
        x = x + 1
    with pytest.raises(ValueError, match="2,005 steps are too many to step through: give wrt=, or take close_up"):
        step(x)
