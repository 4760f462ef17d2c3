// ---- The twin of board.py: which view is shown, and the numbers written into it -------------------------------------

const viewBoxes = [...document.querySelectorAll(".view")];
let view = 0;

const inView = id => viewBoxes[view].querySelector(`[data-id="${id}"]`);
const homeOf = i => home[i] ?? i;
const nodeBox = i => inView(`n${i}`);
const edgeLine = edge => lines.has(lineId(edge)) ? inView(lineId(edge)) : null;

// The box of a layer that i stands for, if any.
const layerAt = i => boxes[i] && isLayer(boxes[i]) ? boxes[i] : null;
const boxName = i => layerAt(i)?.title ?? (boxes[i] ? `neuron ${nodes[i].name}` : nodes[i].name);

// Said in front of a sentence about what happens within a folded box.
const inside = i => homeOf(i) === i ? "" : `Inside ${boxName(homeOf(i))}, which is folded: `;

// All edges of the line that this edge is on, if it stands for more than one derivative: into a layer, or out of it.
function bundle(edge) {
    const edges = lines.get(lineId(edge));
    return edges && (layerAt(homeOf(edge.child)) || edges.some(e => e.parent !== edge.parent)) ? edges : null;
}

// Does the edge lead into a folded neuron, alone? Then the step is told of the neuron as a whole.
const intoBox = edge => boxes[homeOf(edge.child)] && lines.get(lineId(edge))?.length === 1 && !bundle(edge) ? edgeLine(edge) : null;

// In forward mode, is it the step after which a folded box has its tangents? It tells of all that came in.
const fillsBox = step => ahead !== null && Boolean(boxes[homeOf(step.child)]) &&
    steps.findLast(s => s.kind === "edge" && boxes[homeOf(step.child)].outs.includes(s.to)) === step;

// Can this step be seen? What happens between two nodes of one box cannot; of a bundle the last one tells of all.
function visible(step) {
    if (step.kind === "node") return homeOf(step.node) === step.node;
    if (step.kind === "edge" && ahead !== null && boxes[homeOf(step.child)]) return fillsBox(step);
    return step.kind !== "edge" || lines.has(lineId(step)) && (bundle(step)?.at(-1) ?? step) === step;
}

function showView(number) {
    view = number;
    viewBoxes.forEach((box, i) => { box.hidden = i !== number; });
    placeNodes();
    showFolding();
    fit();
}

// A narrow screen gets the picture that runs from top to bottom, if there is one: at first, and of the same nodes.
function fitting(number, atFirst = false) {
    const tall = graph.views.findIndex((v, i) => v.tall && (atFirst || alike(i, number)));
    return tall > 0 && window.matchMedia("(max-width: 600px)").matches ? tall : number;
}

function write(group, field, text) {
    const place = group?.querySelector(`text.${field}`);
    if (place) place.textContent = text;
}

// ---- A step in the picture ---------------------------------------------------------------------------------------

function paintNode(i, step, index, grads) {
    const box = nodeBox(i);
    if (!box || nodes[i].constant) return;
    const done = index >= stepOf(i);
    const active = homeOf(step.node ?? step.to) === i;
    box.classList.toggle("todo", !done);
    box.classList.toggle("active", active);
    box.classList.toggle("sending", step.kind === "edge" && homeOf(step.from) === i);
    const outs = layerAt(i)?.outs;
    const value = () => isHiddenValue(i) ? "?" : outs ? span(outs, now.data) : nodeShown(i);
    write(box, "data", done ? `data ${value()}` : "data");
    write(box, "grad", outs ? gradsWords(outs, grads) : gradWords(i, step, index, grads));
}

// Of a layer: one number, or from the smallest to the largest.
function span(outs, numbers) {
    const all = outs.map(i => numbers[i]), [low, high] = [Math.min(...all), Math.max(...all)].map(x => shown(x));
    return low === high ? low : `${low} to ${high}`;
}

function gradsWords(outs, grads) {
    if (outs.some(i => grads[i] === undefined)) return whatArrives();
    return `${whatArrives()} ${outs.some(isHidden) ? "?" : span(outs, grads)}`;
}

function gradWords(i, step, index, grads) {
    if (grads[i] === undefined) return whatArrives();
    if (isHidden(i)) return `${whatArrives()} ?`;
    const before = reached(index - 1)[i];
    if (step.kind === "edge" && step.to === i && before !== undefined && !bundle(step)) {
        const down = flow(grads, step), sum = `${whatArrives()} ${joined([before, down], added, "+")} = ${shown(grads[i])}`;
        return sum.length <= SUM_TEXT ? sum : `${whatArrives()} += ${shown(down)}`;
    }
    return `${whatArrives()} ${shown(grads[i])}`;
}

// grad, or d/dw.
const whatArrives = () => ahead === null ? "grad" : `d/d${nodes[ahead].name}`;

function paintEdge(edge, step, index, grads) {
    const line = edgeLine(edge);
    if (!line || nodes[edge.parent].constant) return;
    const at = playedAt(edge);
    const known = index >= stepOf(homeOf(edge.child));
    if (at === index) line.classList.add("active");
    if (at >= 0 && at <= index) line.classList.add("travelled");
    if (bundle(edge)) return;
    const room = SQUEEZED * Number(line.dataset.room ?? 0);
    write(line, "local", known ? localWords(edge, room) : "");
    const words = at < 0 || at > index ? "" : isHidden(steps[at].to) ? "?" : flowWords(edge, grads, room);
    if (line.querySelector("text:not(.midway)")) write(line, "flow", words);
    else if (at === index) writeMidway(line, words);
}

// Which step takes this edge, if any; in forward mode, a folded box takes all that come in at once.
function playedAt(edge) {
    const own = steps.findIndex(s => s.child === edge.child && s.place === edge.place), box = homeOf(edge.child);
    if (own < 0 || ahead === null || !boxes[box]) return own;
    return steps.findIndex(s => s.kind === "edge" && homeOf(s.child) === box && fillsBox(s));
}

// Where the edges are too many to bear numbers, the one that is played does.
function writeMidway(line, words) {
    const curve = line.querySelector("path"), middle = curve.getPointAtLength(curve.getTotalLength() / 2);
    line.parentNode.append(svgElement("text", { x: middle.x, y: middle.y, class: "midway" }, words));
}

// When a node gets its number.
const stepOf = i => nodes[i].parents ? steps.findIndex(s => s.kind === "node" && s.node === i) : 0;

// "∂ŷ/∂w = x = 1" where there is room for it; the number alone where there is none.
function localWords(edge, room) {
    if (boxes[homeOf(edge.child)]) return shown(boxSlope(edge));
    const value = shown(localOf(edge)), formula = textOf(words.local(edge)), d = textOf(words.d(edge.child, edge.parent));
    const all = formula.length > LOCAL || formula.includes(" if ") ? [] : [d, formula, value];
    const fitting = sides => graph.views[view].spacious && sides.length && sides.join(" = ").length <= room;
    return [[...new Set(all)], [d, value]].find(fitting)?.join(" = ") ?? value;
}

// "-2 × 1 = -2", or only what arrives, where there is no room for more.
function flowWords(edge, grads, room) {
    const box = boxes[homeOf(edge.child)], local = box ? boxSlope(edge) : localOf(edge);
    const there = grads[ahead === null ? homeOf(edge.child) : edge.parent], down = shown(there * local);
    const product = `${joined([there, local], multiplied, "×")} = ${down}`;
    return product.length <= room ? product : `${ahead === null ? "←" : "→"} ${down}`;
}

// The derivative of a folded neuron's output by one of its inputs: the chain rule inside the box.
function boxSlope(edge) {
    const out = homeOf(edge.child), inner = { [out]: 1 };
    let slope = 0;
    for (let i = out; i >= 0; i--) {
        if (homeOf(i) !== out || inner[i] === undefined) continue;
        nodes[i].parents?.forEach((parent, place) => {
            const given = inner[i] * now.locals[i][place];
            if (homeOf(parent) === out) inner[parent] = (inner[parent] ?? 0) + given;
            else if (parent === edge.parent) slope += given;
        });
    }
    return slope;
}

function paint(index) {
    const step = steps[index], grads = reached(index).map((x, i) => x ?? (standsStill(i) && index >= stepOf(i) ? 0 : x));
    for (const text of document.querySelectorAll(".midway")) text.remove();
    for (const line of viewBoxes[view].querySelectorAll("g.edge")) line.classList.remove("active", "travelled");
    nodes.forEach((_, i) => paintNode(i, step, index, grads));
    uses.flat().forEach(edge => paintEdge(edge, step, index, grads));
    squeeze();
}

// A text that has grown wider than its place is drawn as narrow as it must be: in its box, or on its edge.
const SQUEEZED = 1.25, LETTER = 5; // times as many letters as there is room for; units of the picture for a letter

function squeeze() {
    const texts = [...viewBoxes[view].querySelectorAll("g.node text, g.edge text")];
    for (const text of texts) text.removeAttribute("textLength");
    const room = ({ parentNode: group }) => group.dataset.room ? LETTER * group.dataset.room
        : group.querySelector("polygon, path").getBBox().width - LETTER;
    const wide = texts.map(text => [text, room(text)]).filter(([text, width]) => width > 0 && text.getComputedTextLength() > width);
    for (const [text, width] of wide) {
        text.setAttribute("textLength", width);
        text.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
}
