"What is seen: the active box with its sentence and its formula, at every step and on every screen; zoom; contrast."

from collections import Counter
from itertools import product

import pytest

from tests.support.losses import layered, network, slide
from tests.support.sample import sampled

pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the group `browser` has it")

SCREENS = [(1280, 720), (390, 844)]

# The steps after which something of this is outside the window, or outside the frame of the picture.
UNSEEN = """() => {
    const within = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
    const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight }, missed = [];
    const seen = e => within(e.getBoundingClientRect(), screen);
    jump(0);
    for (let before = -1; position !== before;) {
        before = position;
        move(1);
        const boxes = [...viewBoxes[view].querySelectorAll(".node.active")];
        const inFrame = e => within(e.getBoundingClientRect(), byId("views").getBoundingClientRect());
        if (!boxes.every(b => seen(b) && inFrame(b)) || !seen(byId("sentence")) || !seen(byId("formula"))) missed.push(position);
    }
    return missed;
}"""


@pytest.mark.parametrize("size", SCREENS, ids=str)
@pytest.mark.parametrize(("root", "of"), [(lambda: network(2, 3, 1), 2), (layered, 12)], ids=["2-3-1", "4-8-8-2"])
def test_every_step_is_seen(show, root, of, size):
    "In every view, folded or opened, whatever was scrolled to before."
    page = show(root(), size=size)
    steps = 0
    for number in sampled(range(page.evaluate("graph.views.length")), of):
        page.evaluate(f"changeView({number}); window.scrollTo(0, 9999)")
        assert page.evaluate(UNSEEN) == [], number
        steps += page.evaluate("steps.filter(visible).length")
    assert steps > 50


def test_the_sender_is_seen_too_where_there_is_room(show):
    page = show(network(2, 3, 1), size=(1280, 720))
    page.evaluate("changeView(graph.views.findIndex(v => !v.closed.length))")
    both = """() => { const frame = byId("views").getBoundingClientRect();
        return [...viewBoxes[view].querySelectorAll(".node.active, .node.sending")].every(e => {
            const r = e.getBoundingClientRect(); return r.left >= frame.left && r.right <= frame.right; }); }"""
    page.evaluate("jump(seedStep())")
    while page.evaluate("position < steps.length - 1"):
        page.keyboard.press("ArrowRight")
        assert page.evaluate(both)


def scale(page):
    return page.evaluate(
        "viewBoxes[view].querySelector('svg').getBoundingClientRect().width / viewBoxes[view].querySelector('svg').viewBox.baseVal.width"
    )


def test_zoom(show):
    "By button, by key, by wheel with ctrl, which leaves in place what is under the mouse; 0 fits it again."
    page = show(network(2, 3, 1), "#36")
    fitted = scale(page)
    for act, factor in [(lambda: page.click("#larger"), 1.25), (lambda: page.keyboard.press("+"), 1.25**2),
                        (lambda: page.keyboard.press("-"), 1.25), (lambda: page.click("#smaller"), 1),
                        (lambda: page.keyboard.press("="), 1.25), (lambda: page.keyboard.press("0"), 1)]:  # fmt: skip
        act()
        assert scale(page) == pytest.approx(fitted * factor, rel=1e-3)
        assert page.locator("#zoom").inner_text() == f"{100 * factor:.0f} %"
    for _ in range(6):
        page.keyboard.press("+")
    frame = page.evaluate("byId('views').getBoundingClientRect().toJSON()")
    x, y = frame["left"] + 0.4 * frame["width"], frame["top"] + 0.5 * frame["height"]
    point = """([x, y]) => { const svg = viewBoxes[view].querySelector("svg");
        const p = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse()); return [p.x, p.y]; }"""
    before, zoomed = page.evaluate(point, [x, y]), scale(page)
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_timeout(100)
    assert scale(page) == pytest.approx(zoomed * 1.25, rel=1e-3)
    assert page.evaluate(point, [x, y]) == pytest.approx(before, abs=3)
    page.mouse.wheel(0, 50)  # without ctrl it scrolls
    assert scale(page) == pytest.approx(zoomed * 1.25, rel=1e-3)
    page.click("#fitted")
    assert scale(page) == pytest.approx(fitted, rel=1e-3)
    for _ in range(30):
        page.keyboard.press("-")
    assert 0.2 < scale(page) / fitted < 0.4 and page.evaluate(UNSEEN) == []


def test_full_screen(show):
    page = show(slide())
    for turn, act in [("true", lambda: page.click("#full")), ("false", lambda: page.keyboard.press("f"))]:
        act()
        page.wait_for_timeout(300)
        assert page.locator("#full").get_attribute("aria-pressed") == turn
        assert page.evaluate("Boolean(document.fullscreenElement)") is (turn == "true")


def test_following_is_smooth_unless_motion_is_reduced(show):
    page = show(network(2, 3, 1), size=(390, 844))
    asked = """() => { const said = []; byId("views").scrollBy = options => said.push(options.behavior);
        changeView(0); jump(1); jump(steps.length - 2); return [...new Set(said)]; }"""
    assert page.evaluate(asked) == ["instant"]
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(asked) == ["smooth"]


# ---- Sliders ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width, beside", [(390, False), (1280, True), (1920, True)])
def test_sliders_beside_the_picture(show, width, beside):
    "Where the picture leaves room; and wide enough to be moved by hundredths."
    page = show(slide(), size=(width, 800))
    [whatif, stage] = [page.evaluate(f"byId('{id}').getBoundingClientRect().toJSON()") for id in ("whatif", "stage")]
    assert (whatif["left"] >= stage["right"]) == beside and (whatif["top"] >= stage["bottom"]) == (not beside)
    widths = page.locator(".leaf-row input[type=range]").evaluate_all("all => all.map(e => e.clientWidth)")
    assert min(widths) >= 150


def test_ranges_of_the_sliders(show):
    "Round numbers around twice the leaf's; who goes further takes the range along, and reset brings it back."
    page = show(slide())
    ends = "[...document.querySelectorAll('.leaf-row input[type=range]')].map(e => [e.min, e.max].map(Number))"
    assert page.evaluate(ends) == [[-2, 2], [-2, 2], [-5, 5]] or page.evaluate(ends) == [[-2, 2], [-5, 5], [-2, 2]]
    page.evaluate("setLeaves({ 1: 40 })")
    assert [-100, 100] in page.evaluate(ends)
    assert page.locator('[data-leaf="1"] input[type=range]').input_value() == "40"
    page.click("#reset")
    assert [-100, 100] not in page.evaluate(ends)


# ---- Labels ----------------------------------------------------------------------------------------------------------

# Texts of the picture that lie on one another, or that stand out of their box.
COLLISIONS = """() => {
    const texts = [...viewBoxes[view].querySelectorAll("text")].filter(t => t.textContent.trim());
    const box = t => t.getBoundingClientRect(), all = texts.map(t => [t, box(t)]), found = [];
    all.forEach(([t, a], k) => {
        const group = t.closest("g.node");
        const frame = group?.querySelector("polygon")?.getBoundingClientRect();
        if (frame && (a.left < frame.left - 1 || a.right > frame.right + 1)) found.push(["out", t.textContent]);
        for (const [other, b] of all.slice(k + 1)) {
            const [wide, high] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
            if (t.parentNode !== other.parentNode && wide > 2 && high > 2.5) found.push([t.textContent, other.textContent]);
        }
    });
    return found;
}"""


@pytest.mark.parametrize("size", SCREENS, ids=str)
@pytest.mark.parametrize("root", [slide, lambda: network(2, 3, 1)], ids=["slide", "2-3-1"])
def test_labels_do_not_overlap(show, root, size):
    "Before and after descending, when the numbers have more digits."
    page = show(root(), size=size)
    for descent in ("", "descend(10)", "descend(10); descend(10); descend(10)"):
        page.evaluate(f"{descent}; jump(steps.length - 1)")
        for number in range(page.evaluate("graph.views.length")):
            page.evaluate(f"changeView({number})")
            assert page.evaluate(COLLISIONS) == [], (descent, number)


# ---- Contrast --------------------------------------------------------------------------------------------------------

CONTRAST = """() => {
    const rgb = text => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(x => x / 255).map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
        .reduce((sum, x, k) => sum + x * [0.2126, 0.7152, 0.0722][k], 0);
    const ratio = (a, b) => { const [low, high] = [light(rgb(a)), light(rgb(b))].sort((x, y) => x - y); return (high + 0.05) / (low + 0.05); };
    const paper = getComputedStyle(document.body).backgroundColor;
    return [...document.querySelectorAll("button")].filter(e => e.checkVisibility()).map(e => {
        const style = getComputedStyle(e);
        return { name: e.innerText, pressed: e.ariaPressed === "true", disabled: e.disabled, outlined: style.outlineStyle !== "none",
                 text: ratio(style.color, style.backgroundColor), edge: ratio(style.borderColor, paper), outline: ratio(style.outlineColor, paper) };
    });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_in_every_state(show, scheme):
    "Of every button: as it is, under the mouse, with the focus, pressed, disabled, and these together; 4.5 for text, 3 for lines."
    page = show(network(2, 3, 1), scheme=scheme)
    page.evaluate("predict(['grad'])")
    devtools, seen = page.context.new_cdp_session(page), Counter()
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    document = devtools.send("DOM.getDocument")["root"]["nodeId"]
    buttons = devtools.send("DOM.querySelectorAll", {"nodeId": document, "selector": "button"})["nodeIds"]
    for where, state in product(
        ["0", "steps.length - 1"], [[], ["hover"], ["focus", "focus-visible"], ["hover", "focus", "focus-visible"]]
    ):
        page.evaluate(f"jump({where})")
        for button in buttons:
            devtools.send("CSS.forcePseudoState", {"nodeId": button, "forcedPseudoClasses": state})
        for found in page.evaluate(CONTRAST):
            assert found["text"] >= 4.5 and found["edge"] >= 3 and found["outlined"] == ("focus" in state), (
                state,
                found,
            )
            assert found["outline"] >= 3 or not found["outlined"], (state, found)
            seen.update(kind for kind in ("pressed", "disabled") if found[kind])
    assert min(seen["pressed"], seen["disabled"]) >= 16
