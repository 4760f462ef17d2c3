// ---- A closer look at one node: how it was made, its chain rule, and for a leaf every path ---------------------------

const COLOURS = 6; // paths that get a colour of their own
let detail = null; // the node looked at
let paintedPaths = false;

function showDetail(i) {
    clearPaths();
    detail = i;
    byId("detail").hidden = false;
    byId("detail-name").textContent = nodes[i].name;
    fillDetail();
    byId("detail-name").focus({ preventScroll: false });
}

function closeDetail() {
    const i = detail;
    detail = null;
    byId("detail").hidden = true;
    clearPaths();
    go(position);
    nodeBox(homeOf(i))?.focus();
}

function fillDetail() {
    if (detail === null) return;
    const i = detail, body = [];
    body.push(element("h3", nodes[i].parents ? "Forward" : "A leaf"), formulaBox(forwardSides(i)));
    if (i === root) body.push(element("p", "It is the root: its gradient by itself is 1."));
    else if (isHidden(i)) body.push(element("p", "Its gradient is still hidden: predict it first."));
    else body.push(...backwardDetail(i));
    byId("detail-body").replaceChildren(...body);
    scrollable();
}

function formulaBox(formulas) {
    const box = element("div", "", { class: "formula", role: "group", "aria-label": "formula" });
    box.append(equation(formulas));
    return box;
}

function backwardDetail(i) {
    const grads = gradients();
    const words = uses[i].length > 1 ? `Backward: it is used ${uses[i].length} times, and their sum counts` : "Backward";
    const body = [element("h3", words), formulaBox(chainSides(i, uses[i], grads, grads[i]))];
    return nodes[i].parents ? body : [...body, ...pathDetail(i)];
}

// ---- Paths of a leaf, coloured ---------------------------------------------------------------------------------------

function pathDetail(leaf) {
    const count = countPaths(leaf);
    if (count > 1000) return [element("p", `There are ${count.toLocaleString("en")} paths: too many to list.`)];
    const found = paths(leaf), list = element("ol", "", { class: "paths" });
    found.slice(0, COLOURS).forEach((path, k) => list.append(pathLine(path, k)));
    paintPaths(found.slice(0, COLOURS));
    const total = shown(found.reduce((sum, path) => sum + path.product, 0));
    const rest = count > COLOURS ? ` (and ${count - COLOURS} weaker ones)` : "";
    const sum = count === 1 ? "Its only path is all of it:" : `The sum of its ${count} paths${rest} is`;
    return [element("h3", "Paths"), list, element("p", `${sum} ${derivative(root, leaf).text} = ${total}.`)];
}

function pathLine(path, k) {
    const names = [nodes[root].name, ...path.edges.map(e => nodes[e.parent].name)];
    const factors = path.edges.map((e, i) => bracketed(shown(localOf(e)), i > 0 && localOf(e) < 0));
    const line = element("li", "", { class: `path path-${k}` });
    line.append(element("span", "", { class: "swatch" }),
                element("span", `${names.join(" ← ")}:  ${factors.join(" · ")} = ${shown(path.product)}`));
    return line;
}

// Under each edge a band for every path that uses it: the first one widest, so that all can be seen.
function paintPaths(found) {
    paint(steps.length - 1);
    paintedPaths = true;
    viewBoxes[view].classList.add("with-paths");
    found.forEach((path, k) => path.edges.forEach(edge => {
        const group = edgeLine(edge);
        const curve = group?.querySelector("path:not(.band)");
        if (!curve) return;
        group.classList.add("on-path");
        const width = 3 + 3 * (found.filter((p, j) => j > k && p.edges.some(e => edgeLine(e) === group)).length);
        const band = svgElement("path", { d: curve.getAttribute("d"), class: `band path-${k}`, "stroke-width": width });
        curve.before(band);
    }));
}

function clearPaths() {
    if (!paintedPaths) return;
    paintedPaths = false;
    for (const band of document.querySelectorAll(".band")) band.remove();
    for (const group of document.querySelectorAll(".on-path")) group.classList.remove("on-path");
    viewBoxes.forEach(box => box.classList.remove("with-paths"));
}

function wireDetail() {
    byId("close").addEventListener("click", closeDetail);
    document.addEventListener("keydown", event => { if (event.key === "Escape" && detail !== null) closeDetail(); });
}
