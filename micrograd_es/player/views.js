// ---- The twin of views.py: neurons and layers that open and close ----------------------------------------------------

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
