// ---- Predict, then reveal: gradients stay hidden until they have been guessed ---------------------------------------

const TOLERANCE = 0.01; // of the number, or as much in all where the number is below 1
let predicting = false;
let revealed = new Set();
let asked = null; // the node in question
let tries = 0;
const score = { right: 0, of: 0 };

const isHidden = i => predicting && i !== root && !nodes[i].constant && !revealed.has(i);
const anyHidden = () => nodes.some((_, i) => isHidden(i));
const isAsking = () => asked !== null;

function question(step) {
    const { child, parent } = step;
    if (bundle(step)) return `${boxName(homeOf(child))} passes upstream × local on to ${boxName(homeOf(parent))}.${
        layerAt(homeOf(parent)) ? " Open it to predict its gradients, one by one." : ""}`;
    const later = uses[parent].length > 1 && !isLastUse(step) ? " More will come from its other uses." : "";
    return `${nodes[child].name} sends upstream × local to ${nodes[parent].name}.${later}`;
}

const isLastUse = step => !steps.slice(steps.indexOf(step) + 1).some(s => s.kind === "edge" && s.parent === step.parent);

// The chain rule in symbols only.
function secretFormula(step) {
    if (bundle(step)) return [];
    const symbols = f => f.chain(step.parent, [step], gradients(), 0).slice(0, 2);
    return [equation(symbols, uses[step.parent].length > 1 ? "+=" : "=")];
}

// At the last use of a node that is hidden: what is its gradient?
function askAbout(step) {
    const asks = step.kind === "edge" && isHidden(step.parent) && isLastUse(step) && !layerAt(homeOf(step.parent));
    const node = asks ? step.parent : null;
    byId("quiz").hidden = !predicting || node === null && !byId("verdict").textContent;
    if (node === asked) return;
    asked = node;
    tries = 0;
    byId("verdict").textContent = "";
    byId("quiz").hidden = node === null;
    if (node === null) return;
    byId("question").textContent = `${textOf(words.d(root, node))} = ? (right within ${100 * TOLERANCE} %, or ${TOLERANCE})`;
    byId("guess").value = "";
    tell();
    if (!byId("card").contains(document.activeElement) && document.activeElement === document.body) byId("guess").focus();
}

// 2, -0.5, −0.5, 0,5 and 1/3 are numbers.
function readNumber(text) {
    const [above, below = "1", ...rest] = text.trim().replace(/−/g, "-").replace(",", ".").split("/");
    const parts = [above, below].map(part => part.trim() === "" ? NaN : Number(part));
    return rest.length ? NaN : parts[0] / parts[1];
}

function check(event) {
    event.preventDefault();
    if (asked === null) return;
    const guess = readNumber(byId("guess").value), truth = gradients()[asked];
    if (Number.isNaN(guess) && !Number.isNaN(truth)) {
        byId("verdict").textContent = "Write a number, such as -2, 0.5 or 1/3.";
        return;
    }
    tries += 1;
    if (tries === 1) score.of += 1;
    if (close(guess, truth, TOLERANCE)) {
        if (tries === 1) score.right += 1;
        reveal(`Right: ${numberText(truth)}.`);
    } else {
        byId("verdict").textContent = close(guess, -truth, TOLERANCE) ? "Not yet: look at the sign." : "Not yet: try again, or let it be shown.";
        tell();
    }
}

function showMe() {
    if (asked === null) return;
    if (tries === 0) score.of += 1;
    reveal(`It is ${numberText(gradients()[asked])}.`);
}

function reveal(verdict) {
    revealed.add(asked);
    asked = null;
    go(position);
    fillDetail();
    fillLeaves();
    summarise();
    byId("quiz").hidden = false;
    byId("verdict").textContent = verdict;
    tell();
    byId("next").focus();
}

const tell = () => { byId("score").textContent = score.of ? `Score: ${score.right} of ${score.of} at the first try` : ""; };

function forgetGuesses() {
    revealed = new Set();
    asked = null;
    byId("verdict").textContent = "";
}

function togglePredict() {
    predicting = !predicting;
    byId("predict").setAttribute("aria-pressed", predicting);
    Object.assign(score, { right: 0, of: 0 });
    forgetGuesses();
    tell();
    jump(predicting ? seedStep : position);
    fillDetail();
    fillLeaves();
    summarise();
    if (byId("all").open) listSteps();
}

function wirePredict() {
    byId("predict").addEventListener("click", togglePredict);
    byId("quiz").addEventListener("submit", check);
    byId("reveal").addEventListener("click", showMe);
}
