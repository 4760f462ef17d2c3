// ---- Predict, then reveal: gradients, values or both stay hidden until they have been guessed ------------------------

const RIGHT = 0.01; // of the number, or as much in all where the number is below 1
let predicting = new Set(); // "grad", "data"
let revealed = { grad: new Set(), data: new Set() };
let asked = null; // the node in question, and what of it
let tries = 0;
const score = { right: 0, of: 0 };

const isHidden = i => predicting.has("grad") && i !== (ahead ?? root) && !nodes[i].constant && !revealed.grad.has(i);
const isHiddenValue = i => predicting.has("data") && Boolean(nodes[i].parents) && position <= stepOf(i) && !revealed.data.has(i);
const anyHidden = () => nodes.some((_, i) => isHidden(i));
const isAsking = () => asked !== null;

// Must this step be told without its number?
const isSecret = step => step.kind === "edge" ? isHidden(step.to) || nodes.some((_, i) => isHiddenValue(i) && stepOf(i) < steps.indexOf(step))
    : step.kind === "node" ? isHiddenValue(step.node) : step.kind === "seed" && ahead === null && isHiddenValue(root);

function question(step) {
    if (step.kind === "seed") return `Now backward, from ${nodes[root].name}.`;
    if (step.kind === "node") return `${nodes[step.node].name} is made from ${sources(step.node)}.${
        layerAt(step.node) ? " Open it to predict its values, one by one." : ""}`;
    if (ahead !== null) return questionAhead(step);
    const { child, parent } = step;
    if (bundle(step)) return `${boxName(homeOf(child))} passes upstream × local on to ${boxName(homeOf(parent))}.${
        layerAt(homeOf(parent)) ? " Open it to predict its gradients, one by one." : ""}`;
    const later = uses[parent].length > 1 && !isLastUse(step) ? " More will come from its other uses." : "";
    return `${nodes[child].name} sends upstream × local to ${nodes[parent].name}.${later}`;
}

const isLastUse = step => !steps.slice(steps.indexOf(step) + 1).some(s => s.kind === "edge" && s.to === step.to);

// The formula, or the chain rule, in symbols only.
function secretFormula(step) {
    if (step.kind === "node") return layerAt(step.node) ? [] : [equation(f => f.made(step.node).slice(0, 2))];
    if (fillsBox(step)) return boxFormula(step).map(sides => equation(f => sides(f).slice(0, 2)));
    if (step.kind === "seed" || bundle(step)) return [];
    const symbols = f => (ahead === null ? f.chain(step.to, [step], reached(), 0) : f.tangent(step.to, [step], reached(), 0)).slice(0, 2);
    return [equation(symbols, sign(step))];
}

// Of a node that is made: what is its value? At the last use of one whose gradient is hidden: what is that?
function asks(step) {
    if (step.kind === "node" && isHiddenValue(step.node) && !layerAt(step.node)) return { of: "data", node: step.node };
    const last = step.kind === "edge" && isHidden(step.to) && isLastUse(step) && !layerAt(homeOf(step.to));
    return last ? { of: "grad", node: step.to } : null;
}

function askAbout(step) {
    const next = asks(step), same = next?.node === asked?.node && next?.of === asked?.of;
    byId("quiz").hidden = !predicting.size || !next && !byId("verdict").textContent;
    if (same) return;
    asked = next;
    tries = 0;
    byId("verdict").textContent = "";
    byId("quiz").hidden = !next;
    if (!next) return;
    const name = next.of === "data" ? nodes[next.node].name
        : textOf(ahead === null ? words.d(root, next.node) : words.total(next.node, ahead));
    byId("question").textContent = `${name} = ? (right within ${100 * RIGHT} %, or ${RIGHT})`;
    byId("guess").value = "";
    tell();
    if (!document.activeElement.matches("input, select")) byId("guess").focus({ preventScroll: true }); // nobody else types
}

// 2, -0.5, −0.5, 0,5 and 1/3 are numbers.
function readNumber(text) {
    const [above, below = "1", ...rest] = text.trim().replace(/−/g, "-").replace(",", ".").split("/");
    const parts = [above, below].map(part => part.trim() === "" ? NaN : Number(part));
    return rest.length ? NaN : parts[0] / parts[1];
}

const truth = () => asked.of === "data" ? now.data[asked.node] : reached()[asked.node];

function check(event) {
    event.preventDefault();
    if (!asked) return;
    const guess = readNumber(byId("guess").value), right = truth();
    if (Number.isNaN(guess) && !Number.isNaN(right)) {
        byId("verdict").textContent = "Write a number, such as -2, 0.5 or 1/3.";
        return;
    }
    tries += 1;
    if (tries === 1) score.of += 1;
    if (close(guess, right, RIGHT)) {
        if (tries === 1) score.right += 1;
        reveal(`Right: ${shown(right)}.`);
    } else {
        const hint = asked.of === "data" ? valueHint(asked.node, guess) : ahead === null ? gradientHint(asked.node, guess) : "";
        byId("verdict").textContent = `Not yet. ${hint || "Try again, or let it be shown."}`;
        byId("guess").select();
        tell();
    }
}

function showMe() {
    if (!asked) return;
    if (tries === 0) score.of += 1;
    reveal(`It is ${shown(truth())}.`);
}

function reveal(verdict) {
    revealed[asked.of].add(asked.node);
    asked = null;
    showAgain(position);
    byId("quiz").hidden = false;
    byId("verdict").textContent = verdict;
    tell();
    byId("next").focus();
}

// All that shows numbers, once more.
function showAgain(index) {
    go(index);
    fillDetail();
    fillLeaves();
    if (byId("all").open) listSteps();
}

const tell = () => { byId("score").textContent = score.of ? `Score: ${score.right} of ${score.of} at the first try` : ""; };

function forgetGuesses() {
    revealed = { grad: new Set(), data: new Set() };
    asked = null;
    byId("verdict").textContent = "";
}

// Begin with the first step that asks, or end.
function predict(what) {
    predicting = new Set(what);
    byId("predict").setAttribute("aria-pressed", predicting.size > 0);
    byId("asking").hidden = !predicting.size;
    Object.assign(score, { right: 0, of: 0 });
    forgetGuesses();
    tell();
    pause();
    clearPaths();
    showAgain(predicting.has("data") ? 0 : predicting.size ? seedStep() : position);
}

const wanted = () => byId("asks").value.split(" ");
const togglePredict = () => predict(predicting.size ? [] : wanted());

function wirePredict() {
    byId("predict").addEventListener("click", togglePredict);
    byId("asks").addEventListener("change", () => predict(wanted()));
    byId("quiz").addEventListener("submit", check);
    byId("reveal").addEventListener("click", showMe);
}
