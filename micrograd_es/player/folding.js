// ---- Neurons and layers that open and close ---------------------------------------------------------------------

const clusters = graph.clusters.map((cluster, id) => ({ ...cluster, id, out: cluster.outs.at(-1) }));
const nodesOf = cluster => [...cluster.own, ...cluster.parts.flatMap(part => nodesOf(clusters[part]))];
const isLayer = cluster => cluster.outs.length > 1;

// In the view that is shown: the cluster of each box, the box of each node that is in one, the edges of each line.
let boxes = {}, home = {}, lines = new Map();

function placeNodes() {
    boxes = {}, home = {}, lines = new Map();
    for (const cluster of graph.views[view].closed.map(id => clusters[id])) {
        boxes[cluster.out] = cluster;
        for (const i of nodesOf(cluster)) home[i] = cluster.out;
    }
    for (const step of steps) {
        if (step.kind !== "edge" || homeOf(step.parent) === homeOf(step.child)) continue;
        lines.set(lineId(step), [...lines.get(lineId(step)) ?? [], step]);
    }
}

// n3-n7-0; but n3-n7 into a box or out of a layer, where all edges between two boxes are one line: as in folded.py.
function lineId({ parent, child, place }) {
    const [begin, end] = [homeOf(parent), homeOf(child)];
    const one = !boxes[end] && !(boxes[begin] && isLayer(boxes[begin]));
    return `n${begin}-n${end}${one ? `-${place}` : ""}`;
}

// ---- Which views there are ---------------------------------------------------------------------------------------

const whole = [
    ["Folded", view => view.closed.length && !view.open.length],
    ["Neurons", view => view.open.length && view.closed.length && view.open.every(id => clusters[id].parts.length) &&
                                 view.closed.every(id => !clusters[id].parts.length)],
    ["Every node", view => view.open.length && !view.closed.length],
];

function showFolding() {
    const bar = byId("folding");
    bar.hidden = !clusters.length;
    const known = whole.map(([text, is]) => [text, graph.views.findIndex(is)]).filter(([, to]) => to >= 0);
    bar.replaceChildren(...known.map(([text, to]) => foldingButton(text, to)));
    if (!bar.hidden) bar.append(element("span", "Click a box ▸ to open it, its frame ▾ to close it."));
}

const alike = (a, b) => String(graph.views[a].open) === String(graph.views[b].open);

function foldingButton(text, to) {
    const button = element("button", text, { type: "button", "aria-pressed": alike(to, view) });
    button.addEventListener("click", () => { changeView(to); [...byId("folding").children].find(b => b.textContent === text).focus(); });
    return button;
}

function changeView(to) {
    showView(fitting(to));
    clearPaths();
    go(position);
}

// The view that differs least from this one, among those in which the cluster is open, or closed.
function nearest(kind, id) {
    const here = graph.views[view].open;
    const change = ({ open }) => open.filter(x => !here.includes(x)).length + here.filter(x => !open.includes(x)).length;
    const [best] = graph.views.filter(v => v[kind].includes(id)).sort((a, b) => change(a) - change(b));
    return graph.views.indexOf(best);
}

// The neurons that were put aside come back; anything else lies open, in its frame.
function openCluster(cluster) {
    if (nearest("open", cluster.id) < 0) return closeCluster(clusters[cluster.parts[0]]);
    changeView(nearest("open", cluster.id));
    return inView(`c${cluster.id}`).focus({ preventScroll: true });
}

function closeCluster(cluster) {
    changeView(nearest("closed", cluster.id));
    nodeBox(cluster.out).focus({ preventScroll: true });
}

// ---- Every box and every frame is a button: a folded one opens, an open one closes, others show themselves closer -----

function wireBoxes() {
    viewBoxes.forEach((box, number) => {
        box.querySelector("svg").setAttribute("role", "group");
        box.querySelector("svg").setAttribute("aria-label", "computation graph");
        const closed = new Map(graph.views[number].closed.map(id => [clusters[id].out, clusters[id]]));
        for (const group of box.querySelectorAll("g.node:not(.constant)")) {
            const i = Number(group.dataset.id.slice(1)), cluster = closed.get(i);
            wire(group, () => cluster ? openCluster(cluster) : showDetail(i), cluster ? "false" : null);
        }
        for (const frame of box.querySelectorAll("g.cluster")) {
            wire(frame, () => closeCluster(clusters[frame.dataset.id.slice(1)]), "true");
        }
    });
}

function wire(group, act, expanded) {
    group.setAttribute("role", "button");
    group.setAttribute("tabindex", "0");
    if (expanded) group.setAttribute("aria-expanded", expanded);
    group.addEventListener("click", act);
    group.addEventListener("keydown", event => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        act();
    });
}
