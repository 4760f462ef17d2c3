"The steps as Python tells them are those of the page, to the letter."

import pytest

from micrograd_es import Value, animate, beamer, play
from micrograd_es.graph import Graph
from micrograd_es.player.board import Board
from micrograd_es.slides.onward import Onward
from micrograd_es.slides.story import Story
from micrograd_es.text.symbols import plain
from tests.support.corpus import GRAPHS
from tests.support.losses import slide
from tests.support.sample import sampled

TOLD = """leaf => {
    setMode(leaf);
    return steps.map((step, i) => {
        const numbers = reached(i), along = () => [step.to, [step], numbers, flow(numbers, step)];
        const sides = step.kind === "node" ? words.made(step.node)
            : step.kind === "seed" ? [leaf === null ? words.d(root, root) : words.total(leaf, leaf), words.number(1)]
            : step.kind === "edge" ? leaf === null ? words.chain(...along()) : words.tangent(...along()) : [];
        return [sentence(i), equationText(sides)];
    });
}"""


def test_the_page_tells_the_same_story(window, monkeypatch, tmp_path):
    "Every sentence and every formula, in either mode, of graphs that lie open on their page."
    monkeypatch.setattr(Board, "svg", lambda self: '<svg viewBox="0 0 9 9"></svg>')
    monkeypatch.setattr("micrograd_es.player.page._image", lambda root: "")
    page, count, different = window.new_page(), 0, []
    for name in sampled(GRAPHS, 4):
        graph = Graph(GRAPHS[name]().root, {})
        if len(graph.order) > 60 or any(v.calls for v in graph.order) or not graph.root.parents or "labels" in name:
            continue
        try:
            stories = {None: Story(graph)} | {graph.place[x]: Onward(graph, x) for x in graph.leaves[:2]}
        except ValueError:  # made by hand, without a _backward
            continue
        play(graph, tmp_path / "next.html")
        page.goto((tmp_path / "next.html").as_uri())
        for leaf, story in stories.items():
            said = page.evaluate(TOLD, leaf)
            for i, told in enumerate(said):
                count += 1
                here = [story.sentence(i, story.plain), " = ".join(story.formula(i, graph.formulas(plain)))]
                pairs = zip(here, told)
                different += [f"{name}: {a}\n{b}" for a, b in pairs if a.replace("-", "−") != b.replace("-", "−")]
            assert len(said) == len(story.steps)
    assert different == [] and count > 300, "\n".join(different)


def test_only_the_way_to_a_leaf():
    "With wrt, the gradient goes where that leaf is."
    graph = Graph(slide())
    w = next(v for v in graph.leaves if graph.names[v] == "w")
    backward = [graph.names[step.node] for step in Story(graph, [w]).steps if step.kind == "edge"]
    assert backward == ["v₁", "ŷ", "w"] and len(Story(graph).steps) == len(Story(graph, [w]).steps) + 2


def test_a_node_used_twice():
    "The second time its gradient is added, in words and numbers that add up."
    a = Value(3.0, label="a")
    story = Story(Graph(a * a, {}))
    said = [story.sentence(i, story.plain) for i in range(len(story.steps))]
    assert said[3].endswith("a receives 1 × 3 = 3. a is used 2 times; this is the first.")
    assert said[4].endswith("It is added to what came before: 3 + 3 = 6 (use 2 of 2).")
    assert story.sign(3) == "+=" and story.gradients[-1][a] == 6.0


@pytest.mark.parametrize("words", ["plain", "latex"])
def test_every_step_has_a_sentence(words):
    story = Story(Graph(slide(), {}))
    assert all(story.sentence(i, getattr(story, words)).endswith(".") for i in range(len(story.steps)))


def test_forward_mode_on_slides():
    "From one leaf on; what stands in the boxes is how fast they move. Which leaf, must be said."
    moving = animate(slide(), wrt="w", mode="forward")
    boxes = {text.plain for box in moving.scene.boxes for _, texts in box.lines for text in texts}
    assert {"d/dw 1", "d/dw -2"} <= boxes and not any("grad" in text for text in boxes)
    assert r"\frac{d \mathrm{loss}}{d w} = -2" in beamer(slide(), wrt="w", mode="forward").document()
    for wrt, mode, message in (
        ((), "forward", "animate: forward mode goes on from one leaf of loss: name it, wrt=w"),
        (["x", "w"], "forward", "goes on from one leaf"),
        ("w", "ahead", "mode='ahead': it is one of 'reverse', 'forward'"),
    ):
        with pytest.raises(ValueError, match=message):
            animate(slide(), wrt=wrt, mode=mode)
