// ---- One sentence for each step --------------------------------------------------------------------------------------

const inputs = i => nodes[i].parents;
const listed = (texts, and = "and") => texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} ${and} ${texts.at(-1)}`;
const isNumber = i => `${nodes[i].name} = ${nodeShown(i)}`;

const sources = i => listed([...new Set(inputs(i).map(x => textOf(words.name(x))))]);

const bornHere = i => !Number.isFinite(now.data[i]) && (inputs(i) ?? []).every(x => Number.isFinite(now.data[x]));

function forwardSentence(i) {
    if (layerAt(i)) return layerSentence(layerAt(i));
    const warning = bornHere(i) ? " From here on numbers are not finite." : "";
    return `${inside(i)}${nodes[i].name} is made from ${sources(i)}: ${equationText(words.made(i))}.${warning}`;
}

// Of a folded layer: what it was given, and what came out.
function layerSentence({ title, outs }) {
    const given = new Set([...uses.flat()].filter(e => homeOf(e.child) === outs.at(-1)).map(e => homeOf(e.parent)));
    const from = [...given].filter(i => i !== outs.at(-1) && !nodes[i].constant).map(boxName);
    return `${capital(title)} is computed from ${listed(from)}: its ${outs.length} outputs are ${several(outs, now.data)}.`;
}

// Of all edges between two boxes: what has arrived at the end of them.
function bundleSentence(edges, index) {
    const grads = reached(index), [to, from] = [edges[0].parent, edges[0].child].map(homeOf);
    const arrived = [...new Set(edges.map(e => e.parent))].sort((a, b) => a - b);
    const sum = layerAt(from) ? ", summed over all its outputs" : "";
    const sender = boxes[from] ? capital(boxName(from)) : nodes[from].name;
    const what = arrived.length > 1 ? `the gradients of its ${arrived.length} outputs are` : "its gradient is";
    return `${sender} passes upstream × local on to ${boxName(to)}${sum}: ${what} now ${several(arrived, grads)}.`;
}

const capital = text => text[0].toUpperCase() + text.slice(1);
const several = (outs, numbers) => listed(outs.map(i => shown(numbers[i])));

function edgeSentence(edge, index) {
    if (ahead !== null) return tangentSentence(edge, index);
    if (bundle(edge)) return bundleSentence(bundle(edge), index);
    const grads = reached(index), before = reached(index - 1)[edge.parent];
    const box = intoBox(edge), child = box ? homeOf(edge.child) : edge.child;
    const [y, x] = [nodes[child].name, nodes[edge.parent].name];
    const factors = [grads[child], box ? boxSlope(edge) : localOf(edge)], [upstream, local] = factors.map(x => shown(x));
    const down = flow(grads, edge), formula = box ? local : textOf(words.local(edge));
    const how = formula === local ? local : `${formula} = ${local}`;
    if (box) return `Upstream, neuron ${y} has ${upstream}. Its local gradient by ${x}, the chain rule inside it, is ` +
                    `${local}. Downstream, ${x} receives ${shown(down)}.${accumulation(edge, down, before, index)}`;
    const product = `${joined(factors, multiplied, "×")} = ${shown(down)}`;
    return `${inside(edge.child)}Upstream, ${y} has ${upstream}. Its local gradient by ${x} is ${how}. ` +
           `Downstream, ${x} receives ${product}.${accumulation(edge, down, before, index)}`;
}

// x is used more than once: what arrives is added to what was there.
function accumulation(edge, down, before, index) {
    const real = uses[edge.parent];
    if (real.length === 1) return "";
    const count = steps.slice(0, index + 1).filter(s => s.kind === "edge" && s.parent === edge.parent).length;
    if (before === undefined) return ` ${nodes[edge.parent].name} is used ${real.length} times; this is the first.`;
    const sum = `${joined([before, down], added, "+")} = ${shown(before + down)}`;
    return ` It is added to what came before: ${sum} (use ${count} of ${real.length}).`;
}

function leavesSentence() {
    const given = leaves.length <= 6 ? `: ${listed(leaves.map(isNumber))}` : "";
    return `${leaves.length === 1 ? "One leaf has its number" : `${leaves.length} leaves have their numbers`}${given}. ` +
           "Next: forward, node by node.";
}

function seedSentence() {
    const name = nodes[root].name;
    return `Now backward, from ${name} = ${nodeShown(root)}. The gradient of ${name} by itself is 1.`;
}

// The leaves that tie for the largest gradient are all named.
function doneSentence(grads) {
    const felt = leaves.filter(i => Number.isFinite(grads[i])), most = Math.max(...felt.map(i => Math.abs(grads[i])));
    if (!felt.length) return "Every leaf has its gradient.";
    const told = felt.filter(i => Math.abs(grads[i]) >= (1 - 1e-9) * most), loss = nodes[root].name;
    if (most === 0) return `Every leaf has its gradient: 0. Moved a little, none of them moves ${loss}.`;
    const [down, up] = [-1, 1].map(sign => told.filter(i => Math.sign(grads[i]) === sign).map(i => nodes[i].name));
    const [[names, moves], other] = [[down, "falls"], [up, "rises"]].filter(([some]) => some.length);
    return `Every leaf has its gradient. ${loss} feels ${listed(told.map(i => nodes[i].name))} most: ` +
           `raise ${listed(names, "or")} by 0.01, and ${loss} ${moves} by about ${shown(most / 100)}` +
           `${other ? `; raise ${listed(other[0], "or")}, and it ${other[1]} as much` : ""}.`;
}

function sentence(index) {
    const step = steps[index];
    const words = {
        leaves: leavesSentence, node: () => forwardSentence(step.node), seed: ahead === null ? seedSentence : seedAhead,
        edge: () => edgeSentence(step, index), done: () => ahead === null ? doneSentence(gradients()) : doneAhead(),
    };
    return words[step.kind]();
}
