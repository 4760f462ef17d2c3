// ---- Words and worked lines: what explain() says, from the numbers of the moment --------------------------------------

const inputs = i => nodes[i].parents;
const listed = texts => texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
const isNumber = i => `${nodes[i].name} = ${numberText(now.data[i])}`;

// ŷ = x · w = 1 · 1 = 1
function forwardSides(i) {
    if (!nodes[i].parents) return [nameOf(i), number(now.data[i])];
    const row = nodes[i].row;
    return [nameOf(i), made(row, inputs(i).map(named)), made(row, inputs(i).map(x => number(now.data[x]))), number(now.data[i])];
}

// Does the lecture's form of a local gradient give its number? (At a tie of max it does not.)
function slideGives(edge, tolerance, y, ...xs) {
    const row = ROWS[nodes[edge.child].row];
    if (!row) return false;
    const value = (row.slides ?? row.locals)(y, ...xs)[edge.place];
    return !(Math.abs(value - localOf(edge)) > tolerance);
}

// The local gradient as a formula; as its number where the formula would not give it.
function localFormula(edge) {
    const i = edge.child, local = localOf(edge), row = nodes[i].row;
    const gives = graph.rows[row].locals.length &&
        slideGives(edge, 1e-6 * Math.max(1, Math.abs(local)), now.data[i], ...inputs(i).map(x => now.data[x]));
    return gives ? slope(row, edge.place, [...inputs(i).map(named), nameOf(i)]) : number(local);
}

// The same with the numbers put in, unless as they are printed they would give another.
function localNumbers(edge) {
    const i = edge.child, local = localOf(edge), operands = [...inputs(i), i].map(x => now.data[x]);
    const printed = operands.map(x => Number(x.toPrecision(4)));
    const plainly = localFormula(edge).text === number(local).text;
    if (plainly || !slideGives(edge, 0.01 * Math.abs(local), printed.at(-1), ...printed.slice(0, -1))) return number(local);
    return slope(nodes[i].row, edge.place, operands.map(number));
}

// ∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = -2 · x = -2 · 1 = -2, along these uses of the node.
function chainSides(i, along, grads, total) {
    const children = [...new Set(along.map(e => e.child))];
    const side = (upstream, local) => children
        .map(c => c === root ? local(c) : times(upstream(c), local(c)))
        .reduce(plus);
    const symbols = c => derivative(root, c), numbers = c => number(grads[c]);
    const sum = of => c => along.filter(e => e.child === c).map(of).reduce(plus);
    return [
        derivative(root, i), side(symbols, c => derivative(c, i)), side(numbers, sum(localFormula)),
        side(numbers, sum(localNumbers)), side(numbers, sum(e => number(localOf(e)))), number(total),
    ];
}

// ---- One sentence for each step -----------------------------------------------------------------------------------

const bornHere = i => !Number.isFinite(now.data[i]) && (inputs(i) ?? []).every(x => Number.isFinite(now.data[x]));

function forwardSentence(i) {
    if (layerAt(i)) return layerSentence(layerAt(i));
    const from = listed([...new Set(inputs(i).map(x => named(x).text))]);
    const warning = bornHere(i) ? " From here on numbers are not finite." : "";
    return `${inside(i)}${nodes[i].name} is made from ${from}: ${equationText(forwardSides(i))}.${warning}`;
}

// Of a folded layer: what it was given, and what came out.
function layerSentence({ title, outs }) {
    const given = new Set([...uses.flat()].filter(e => homeOf(e.child) === outs.at(-1)).map(e => homeOf(e.parent)));
    const from = [...given].filter(i => i !== outs.at(-1) && !nodes[i].constant).map(boxName);
    return `${capital(title)} is computed from ${listed(from)}: its ${outs.length} outputs are ${several(outs, now.data)}.`;
}

// Of all edges between two boxes: what has arrived at the end of them.
function bundleSentence(edges, index) {
    const grads = gradients(index), [to, from] = [edges[0].parent, edges[0].child].map(homeOf);
    const arrived = [...new Set(edges.map(e => e.parent))].sort((a, b) => a - b);
    const sum = layerAt(from) ? ", summed over all its outputs" : "";
    const sender = boxes[from] ? capital(boxName(from)) : nodes[from].name;
    const what = arrived.length > 1 ? `the gradients of its ${arrived.length} outputs are` : "its gradient is";
    return `${sender} passes upstream × local on to ${boxName(to)}${sum}: ${what} now ${several(arrived, grads)}.`;
}

const capital = text => text[0].toUpperCase() + text.slice(1);
const several = (outs, numbers) => listed(outs.map(i => numberText(numbers[i])));

function edgeSentence(edge, index) {
    if (bundle(edge)) return bundleSentence(bundle(edge), index);
    const grads = gradients(index), before = gradients(index - 1)[edge.parent];
    const box = intoBox(edge), child = box ? homeOf(edge.child) : edge.child;
    const [y, x] = [nodes[child].name, nodes[edge.parent].name];
    const [upstream, local] = [number(grads[child]), number(box ? boxSlope(edge) : localOf(edge))];
    const down = flow(grads, edge), formula = box ? local.text : localFormula(edge).text;
    const how = formula === local.text ? local.text : `${formula} = ${local.text}`;
    if (box) return `Upstream, neuron ${y} has ${upstream.text}. Its local gradient by ${x}, the chain rule inside it, is ` +
                    `${local.text}. Downstream, ${x} receives ${numberText(down)}.${accumulation(edge, down, before, index)}`;
    const product = `${upstream.text} × ${bracketed(local.text, local.rank === MINUS)} = ${numberText(down)}`;
    return `${inside(edge.child)}Upstream, ${y} has ${upstream.text}. Its local gradient by ${x} is ${how}. ` +
           `Downstream, ${x} receives ${product}.${accumulation(edge, down, before, index)}`;
}

// x is used more than once: what arrives is added to what was there.
function accumulation(edge, down, before, index) {
    const real = uses[edge.parent];
    if (real.length === 1) return "";
    const count = steps.slice(0, index + 1).filter(s => s.kind === "edge" && s.parent === edge.parent).length;
    if (before === undefined) return ` ${nodes[edge.parent].name} is used ${real.length} times; this is the first.`;
    const sum = `${numberText(before)} + ${bracketed(numberText(down), down < 0)} = ${numberText(before + down)}`;
    return ` It is added to what came before: ${sum} (use ${count} of ${real.length}).`;
}

function leavesSentence() {
    const given = leaves.length <= 6 ? `: ${listed(leaves.map(isNumber))}` : "";
    return `${leaves.length === 1 ? "One leaf has its number" : `${leaves.length} leaves have their numbers`}${given}. ` +
           "Next: forward, node by node.";
}

function seedSentence() {
    const name = nodes[root].name;
    return `Now backward, from ${name} = ${numberText(now.data[root])}. The gradient of ${name} by itself is 1.`;
}

function doneSentence(grads) {
    const told = leaves.filter(i => Number.isFinite(grads[i])).sort((a, b) => Math.abs(grads[b]) - Math.abs(grads[a]))[0];
    if (told === undefined) return "Every leaf has its gradient.";
    const [name, loss] = [nodes[told].name, nodes[root].name];
    return `Every leaf has its gradient. ${loss} feels ${name} most: raise ${name} by 0.01, and ${loss} ` +
           `${grads[told] < 0 ? "falls" : "rises"} by about ${numberText(Math.abs(grads[told]) / 100)}.`;
}

function sentence(index) {
    const step = steps[index];
    const words = {
        leaves: leavesSentence, node: () => forwardSentence(step.node), seed: seedSentence,
        edge: () => edgeSentence(step, index), done: () => doneSentence(gradients()),
    };
    return words[step.kind]().replace(/(?<![\w\]])-(?=[\d∞])/g, "−");
}
