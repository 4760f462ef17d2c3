// ---- What if: other numbers on the leaves, and descend ---------------------------------------------------------------

let losses = [];

// The leaves have these numbers now; everything follows.
function setLeaves(leafData) {
    now = compute({ ...currentLeaves(), ...leafData });
    refresh();
}

const currentLeaves = () => Object.fromEntries(leaves.map(i => [i, now.data[i]]));

// Back to the very numbers that Python sent.
function reset() {
    now = { ...python, changed: false };
    losses = [];
    for (const row of document.querySelectorAll(".leaf-row")) reach(row.querySelector("input"), python.data[row.dataset.leaf]);
    byId("descended").textContent = "These are Python’s numbers again.";
    refresh();
}

function refresh() {
    forgetGuesses();
    clearPaths();
    go(position);
    fillDetail();
    fillLeaves();
    drawCurve();
    if (byId("all").open) listSteps();
}

function summarise() {
    const change = now.changed ? ` (what if; Python’s is ${shown(python.data[root])})` : "";
    byId("summary").textContent = `${nodes[root].name} = ${isHiddenValue(root) ? "?" : shown(now.data[root])}${change}`;
}

// ---- A row of controls for each leaf ---------------------------------------------------------------------------------

function leafRow(i) {
    const row = element("div", "", { class: "leaf-row", "data-leaf": i });
    const range = element("input", "", { type: "range", "aria-label": `${nodes[i].name}, slider` });
    const box = element("input", "", { type: "number", step: "any", "aria-label": nodes[i].name });
    const learn = element("input", "", { type: "checkbox", class: "learn" });
    learn.checked = graph.learn.includes(i);
    const label = element("label", "", { class: "learns", title: "descend moves it" });
    label.append(learn, element("span", "descend"), element("span", ` ${nodes[i].name}`, { class: "unseen" }));
    range.addEventListener("input", () => setLeaves({ [i]: Number(range.value) }));
    box.addEventListener("input", () => { if (box.value !== "" && box.validity.valid) setLeaves({ [i]: box.valueAsNumber }); });
    box.addEventListener("change", fillLeaves);
    row.append(element("span", nodes[i].name, { class: "leaf-name", "aria-hidden": "true" }), range, box, element("output"), label);
    reach(range, python.data[i]);
    return row;
}

// From -2 to 2, or as far as twice the number, in round numbers; a number that has gone further takes its range along.
function reach(range, value) {
    const wanted = Math.max(2, 2 * Math.abs(Number.isFinite(value) ? value : 1)), power = 10 ** Math.floor(Math.log10(wanted));
    const end = power * [1, 2, 5, 10].find(k => k * power >= wanted);
    Object.assign(range, { min: -end, max: end, step: end / 200 });
}

// Inputs first, then the parameters, layer by layer: w₁₂⁽³⁾ is of layer 3.
function byPlace(all) {
    const key = i => {
        const name = nodes[i].name.normalize("NFKC").replace("−", "-");
        return `${graph.learn.includes(i) ? 1 : 0}${name.match(/\((\d+)\)$/)?.[1].padStart(3, "0") ?? "000"}${name}`;
    };
    return all.map(i => [key(i), i]).sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })).map(([, i]) => i);
}

// All in one list; where they are many, those of each neuron or layer behind its name.
const MANY = 24;

function leafRows() {
    const list = some => {
        const rows = element("div", "", { class: "leaves" });
        rows.append(...byPlace(some).map(leafRow));
        return rows;
    };
    if (leaves.length <= MANY) return [list(leaves)];
    const outer = graph.views.find(v => !v.open.length).closed.map(id => clusters[id]).sort((a, b) => a.out - b.out);
    const within = outer.map(cluster => [cluster.title, leaves.filter(i => nodesOf(cluster).includes(i))]);
    const named = within.filter(([, some]) => some.length).map(([title, some]) => {
        const box = element("details");
        box.append(element("summary", `${title}: ${some.length} parameter${some.length > 1 ? "s" : ""}`), list(some));
        return box;
    });
    return [list(leaves.filter(i => !within.some(([, some]) => some.includes(i)))), ...named];
}

// What the controls show; a box that is being typed in is left alone.
function fillLeaves() {
    if (!byId("sample")) return; // there are none: Python alone can compute this graph
    showSample();
    const grads = gradients(), secret = ahead !== null && anyHidden(); // it is where forward mode ends
    for (const row of document.querySelectorAll(".leaf-row")) {
        const i = Number(row.dataset.leaf), [range, box] = row.querySelectorAll("input");
        if (document.activeElement !== range) {
            if (Math.abs(now.data[i]) > Number(range.max)) reach(range, now.data[i]);
            range.value = now.data[i];
        }
        if (document.activeElement !== box || box.valueAsNumber !== now.data[i]) box.value = tidy(now.data[i]);
        row.querySelector("output").textContent = secret || isHidden(i) ? "grad ?" : `grad ${shown(grads[i])}`;
    }
}

const tidy = x => Number.isFinite(x) ? String(Number(x.toPrecision(DIGITS[0]))) : "";

// ---- Samples: numbers for some of the leaves, to choose from ---------------------------------------------------------

const samples = graph.samples.map(sample => Object.entries(sample).map(([i, x]) => [Number(i), x]));

function fillChooser() {
    const chooser = byId("sample");
    const options = samples.map((sample, k) => {
        const told = sample.slice(0, 4).map(([i, x]) => `${nodes[i].name} = ${shown(x)}`);
        return element("option", `${k + 1}: ${told.join(", ")}${sample.length > 4 ? ", …" : ""}`);
    });
    chooser.append(element("option", "none of them", { disabled: "" }), ...options);
    chooser.addEventListener("change", () => setLeaves(Object.fromEntries(samples[chooser.selectedIndex - 1])));
    byId("choosing").hidden = !samples.length;
}

// The one whose numbers the leaves have.
const showSample = () => {
    byId("sample").selectedIndex = 1 + samples.findIndex(sample => sample.every(([i, x]) => now.data[i] === x));
};

// ---- Descend: w ← w − α · grad -----------------------------------------------------------------------------------

const learned = () => [...document.querySelectorAll(".leaf-row")]
    .filter(row => row.querySelector(".learn").checked).map(row => Number(row.dataset.leaf));

function descend(times) {
    const alpha = byId("alpha").valueAsNumber, chosen = learned();
    if (!(alpha > 0)) return said("α, the learning rate, is a number above 0.");
    if (!chosen.length) return said("Tick “descend” beside a leaf: nothing is to be moved.");
    const before = now.data[root];
    if (!losses.length) losses.push(before);
    for (let k = 0; k < times; k++) {
        const grads = gradients();
        now = compute({ ...currentLeaves(), ...Object.fromEntries(chosen.map(i => [i, now.data[i] - alpha * grads[i]])) });
        losses.push(now.data[root]);
    }
    refresh();
    const after = now.data[root], verb = after < before ? "fell" : after > before ? "rose" : "stayed";
    return said(`${times === 1 ? "One step" : `${times} steps`} w ← w − ${shown(alpha)} · grad: ${nodes[root].name} ${verb} ` +
                `from ${shown(before)} to ${shown(after)}.${after > before ? " α is too large here." : ""}`);
}

const said = text => { byId("descended").textContent = text; };

// The loss after every step: a line with its first and last number written on it.
function drawCurve() {
    const finite = losses.filter(Number.isFinite);
    if (finite.length < 2) return byId("curve").replaceChildren();
    const [width, height, left, top, right] = [500, 180, 70, 16, 90]; // there is room for −1.234e−05
    const high = Math.max(...finite), low = Math.min(0, ...finite), last = losses.length - 1;
    const x = k => left + (width - left - right) * k / last, y = v => top + (height - top - 34) * (high - v) / (high - low || 1);
    const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
        "aria-label": `${nodes[root].name} over ${last} steps, from ${shown(losses[0])} to ${shown(losses[last])}` });
    const dots = losses.map((v, k) => [v, k]).filter(([v]) => Number.isFinite(v));
    const line = dots.map(([v, k]) => `${x(k).toFixed(1)},${y(v).toFixed(1)}`).join(" ");
    const text = (attributes, words) => svgElement("text", attributes, words);
    svg.append(svgElement("path", { d: `M${left},${top}V${y(low)}H${width - right}`, class: "axis" }),
               svgElement("polyline", { points: line, class: "loss" }),
               ...dots.map(([v, k]) => svgElement("circle", { cx: x(k), cy: y(v), r: last > 60 ? 1.5 : 3, class: "dot" })),
               text({ x: left - 6, y: top + 5, "text-anchor": "end" }, shown(high)),
               text({ x: left - 6, y: y(low) + 4, "text-anchor": "end" }, shown(low)),
               text({ x: x(last) + 8, y: y(dots.at(-1)[0]) + 4 }, shown(dots.at(-1)[0])),
               text({ x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" }, `${last} steps`));
    return byId("curve").replaceChildren(svg);
}

function wireWhatIf() {
    if (!computable()) {
        const why = "This graph cannot be computed again in a browser: it has an operation that only Python knows.";
        byId("whatif").replaceChildren(byId("whatif-title"), element("p", why));
        return;
    }
    byId("leaves").append(...leafRows());
    fillChooser();
    byId("descend").addEventListener("click", () => descend(1));
    byId("descend10").addEventListener("click", () => descend(10));
    byId("reset").addEventListener("click", reset);
    fillLeaves();
}
