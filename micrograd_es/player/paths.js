// ---- The twin of explain/paths.py: every way of a gradient to a leaf -------------------------------------------------

function countPaths(leaf) {
    const ways = nodes.map((_, i) => i === leaf ? 1 : 0);
    for (const i of nodes.keys()) edgesFrom(i).forEach(edge => { ways[i] += ways[edge.parent]; });
    return ways[root];
}

// Every way from the root down to the leaf, as edges, the strongest first.
function paths(leaf) {
    const found = [], stack = [[leaf, []]];
    while (stack.length) {
        const [i, edges] = stack.pop();
        if (i === root) found.push({ edges, product: edges.reduce((product, e) => product * localOf(e), 1) });
        for (const use of uses[i]) stack.push([use.child, [use, ...edges]]);
    }
    return found.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
}

// ---- In the picture, coloured ----------------------------------------------------------------------------------------

const COLOURS = 6; // paths that get a colour of their own
let paintedPaths = false;

function pathDetail(leaf) {
    const count = countPaths(leaf);
    if (count > PATHS) return [element("p", `There are ${count.toLocaleString("en")} paths: too many to list.`)];
    const found = paths(leaf), list = element("ol", "", { class: "paths" });
    found.slice(0, COLOURS).forEach((path, k) => list.append(pathLine(path, k)));
    paintPaths(found.slice(0, COLOURS));
    const total = shown(found.reduce((sum, path) => sum + path.product, 0));
    const rest = count > COLOURS ? ` (and ${count - COLOURS} weaker ones)` : "";
    const sum = count === 1 ? "Its only path is all of it:" : `The sum of its ${count} paths${rest} is`;
    return [element("h3", "Paths"), list, element("p", `${sum} ${textOf(words.d(root, leaf))} = ${total}.`)];
}

function pathLine(path, k) {
    const names = [nodes[root].name, ...path.edges.map(e => nodes[e.parent].name)];
    const factors = joined(path.edges.map(localOf), multiplied, "·");
    const line = element("li", "", { class: `path path-${k}` });
    line.append(element("span", "", { class: "swatch" }),
                element("span", `${names.join(" ← ")}:  ${factors} = ${shown(path.product)}`));
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
