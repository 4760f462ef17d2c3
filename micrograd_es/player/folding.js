// ---- Neurons that open and close --------------------------------------------------------------------------------

const allFolded = () => graph.views.findIndex(v => v.folded.length && !v.open.length);
const allOpen = () => graph.views.findIndex(v => !v.folded.length && !v.tall);
const opening = i => graph.views.findIndex(v => v.open.length === 1 && v.open[0] === i && v.folded.length);

function showFolding() {
    const bar = byId("folding");
    bar.hidden = allFolded() < 0;
    bar.replaceChildren(...[["Fold the neurons", allFolded()], ["Open them all", allOpen()]]
        .filter(([, to]) => to >= 0)
        .map(([text, to]) => foldingButton(text, to)));
    if (!bar.hidden) bar.append(element("span", "Click a folded neuron to open it."));
}

function foldingButton(text, to) {
    const button = element("button", text, { type: "button", "aria-pressed": to === view });
    button.addEventListener("click", () => { changeView(to); [...byId("folding").children].find(b => b.textContent === text).focus(); });
    return button;
}

function changeView(to) {
    showView(to);
    clearPaths();
    go(position);
}

// Every box is a button: a folded neuron opens, any other shows itself more closely.
function wireBoxes() {
    viewBoxes.forEach(box => {
        box.querySelector("svg").setAttribute("role", "group");
        box.querySelector("svg").setAttribute("aria-label", "computation graph");
        for (const group of box.querySelectorAll("g.node:not(.constant)")) wireBox(group);
    });
}

function wireBox(group) {
    const i = Number(group.dataset.id.slice(1));
    group.setAttribute("role", "button");
    group.setAttribute("tabindex", "0");
    if (group.classList.contains("folded")) group.setAttribute("aria-expanded", "false");
    const act = () => isFolded(i) && opening(i) >= 0 ? openNeuron(i) : showDetail(i);
    group.addEventListener("click", act);
    group.addEventListener("keydown", event => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        act();
    });
}

function openNeuron(i) {
    changeView(opening(i));
    nodeBox(i)?.focus();
}
