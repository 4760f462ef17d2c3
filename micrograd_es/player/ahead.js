// ---- Forward mode: from one leaf on, how fast every node moves when it does ------------------------------------------
// The tangent dv/dw travels along the same edges as a gradient, over the same local gradients, the other way.

const others = () => leaves.filter(i => i !== ahead).length;

function seedAhead() {
    const name = nodes[ahead].name;
    const rest = others() ? ` The other ${others() === 1 ? "leaf stands" : `${others()} leaves stand`} still.` : "";
    return `Forward mode, from ${name}: it moves at 1.${rest}`;
}

function tangentSentence(edge, index) {
    const tangents = reached(index), { parent, child } = edge, [y, x] = [child, parent].map(i => nodes[i].name);
    if (fillsBox(edge)) return boxAhead(homeOf(child), tangents);
    if (bundle(edge)) return bundleAhead(edge);
    const formula = textOf(words.local(edge)), local = shown(localOf(edge));
    const how = formula === local ? local : `${formula} = ${local}`;
    const product = `${joined([tangents[parent], localOf(edge)], multiplied, "×")} = ${shown(flow(tangents, edge))}`;
    return `${inside(child)}${x} moves at ${shown(tangents[parent])}. The local gradient of ${y} by ${x} is ${how}. ` +
           `That moves ${y} at ${product}.${together(edge, index)}`;
}

// y has more than one input that moves: what they bring is added.
function together(edge, index) {
    const all = arriving(edge.to), before = reached(index - 1)[edge.to], down = flow(reached(index), edge);
    if (all.length === 1) return "";
    if (before === undefined) return ` ${nodes[edge.to].name} has ${all.length} inputs that move; this is the first.`;
    const sum = `${joined([before, down], added, "+")} = ${shown(before + down)}`;
    return ` It is added to what the others bring: ${sum} (input ${all.indexOf(edge) + 1} of ${all.length}).`;
}

// Of a folded box, when all that came in has gone through it.
function boxAhead(out, tangents) {
    const outs = boxes[out].outs, what = outs.length > 1 ? `its ${outs.length} outputs move at` : "its output moves at";
    return `${gathered(out)}: ${what} ${several(outs, tangents.map(x => x ?? 0))}.`;
}

const gathered = out => `Inside ${boxName(out)}, which is folded, what moves is added up`;

// Of all edges between two boxes.
const bundleAhead = edge => `${capital(boxName(homeOf(edge.parent)))} hands on to ${boxName(homeOf(edge.child))} how fast it moves × local.`;

function doneAhead() {
    const [loss, name, end] = [nodes[root].name, nodes[ahead].name, reached()[root]];
    if (end === undefined) return `${loss} does not move with ${name}.`;
    const all = others() ? ` The other ${others() === 1 ? "leaf takes" : `${others()} leaves take`} a pass each; one pass back from ${loss} finds ${leaves.length === 2 ? "both" : `all ${leaves.length}`}.` : "";
    return `When ${name} moves at 1, ${loss} moves at ${shown(end)}: ${textOf(words.total(root, ahead))} = ${shown(end)}.${all}`;
}

function questionAhead(step) {
    if (fillsBox(step)) return `${gathered(homeOf(step.child))}.`;
    if (bundle(step)) return bundleAhead(step);
    const more = isLastUse(step) ? "" : " More will come from its other inputs.";
    return `${nodes[step.parent].name} hands on to ${nodes[step.child].name} how fast it moves × local.${more}`;
}

function formulaAhead(step) {
    if (step.kind === "seed") return [equation(f => [f.total(ahead, ahead), f.number(1)])];
    if (step.kind === "edge" && fillsBox(step)) return boxFormula(step).map(sides => equation(sides));
    if (step.kind !== "edge" || bundle(step)) return [];
    const tangents = reached(position);
    return [equation(f => f.tangent(step.child, [step], tangents, flow(tangents, step)), sign(step))];
}

// Of a folded neuron: the chain rule inside it, times how fast its inputs move. A layer has one for each output.
function boxFormula(step) {
    const out = homeOf(step.child), tangents = reached(steps.indexOf(step));
    const into = steps.filter(s => s.kind === "edge" && homeOf(s.child) === out && homeOf(s.parent) !== out);
    const inputs = [...grouped(into, s => s.parent)].map(([parent, [edge]]) => [parent, boxSlope(edge)]);
    if (layerAt(out)) return [];
    if (!inputs.length) return [f => [f.total(out, ahead), f.number(tangents[out])]];
    const named = (f, i) => i === ahead ? f.d(out, i) : f.language.mul(f.d(out, i), f.total(i, ahead));
    const computed = f => [f.sum(inputs.map(([i, slope]) => f.language.mul(f.number(slope), f.number(tangents[i]))))];
    return [f => [f.total(out, ahead), f.sum(inputs.map(([i]) => named(f, i))),
                  ...f.exactly(computed, g => g.number(tangents[out]), Math.abs(tangents[out])), f.number(tangents[out])]];
}

// ---- A closer look ---------------------------------------------------------------------------------------------------

function detailAhead(i) {
    const tangents = reached(), all = arriving(i), name = nodes[ahead].name;
    const title = element("h3", `Forward mode: how fast it moves with ${name}`);
    const begins = element("p", "Here forward mode begins: it moves at 1.");
    if (i === ahead) return [title, begins, ...(anyHidden() ? [] : pathDetail(i))];
    if (standsStill(i)) return [title, element("p", `It stands still: it is not made from ${name}.`)];
    return [title, formulaBox(f => f.tangent(i, all, tangents, tangents[i]))];
}

// ---- The switch ------------------------------------------------------------------------------------------------------

// Into the other mode, to where it begins.
function setMode(leaf) {
    ahead = leaf;
    steps = leaf === null ? backward : onward(leaf);
    moving = new Set(steps.map(step => step.to));
    pause();
    clearPaths();
    predict([]);
    placeNodes();
    byId("step").max = steps.length - 1;
    byId("mode").value = leaf ?? "";
    byId("arrives").textContent = leaf === null ? BACK : AHEAD;
    jump(seedStep());
    fillDetail();
    if (byId("all").open) listSteps();
}

const AHEAD = "how fast it moves × local", BACK = "upstream × local = downstream";

function wireModes() {
    const option = (text, value) => element("option", text, { value });
    byId("mode").append(option("reverse", ""),
                        ...byPlace(leaves).map(i => option(`forward, d/d${nodes[i].name}`, i)));
    byId("mode").addEventListener("change", event => setMode(event.target.value === "" ? null : Number(event.target.value)));
}
