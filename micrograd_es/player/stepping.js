// ---- The steps: where we are, and the ways to go on ------------------------------------------------------------------

let position = 0;
let timer = null;

const PHASES = { leaves: "Start", node: "Forward", seed: "Backward", edge: "Backward", done: "Done" };
const PHASES_AHEAD = { ...PHASES, seed: "Forward mode", edge: "Forward mode" };
const phase = step => (ahead === null ? PHASES : PHASES_AHEAD)[step.kind];

// Show this step: in the picture, in words, as a formula, on the slider and in the address.
function go(index) {
    position = Math.max(0, Math.min(steps.length - 1, index));
    const step = steps[position];
    if (!paintedPaths) paint(position);
    byId("phase").textContent = phase(step);
    byId("count").textContent = `step ${position} of ${steps.length - 1}`;
    byId("card").dataset.phase = PHASES[step.kind];
    showWords(step);
    const slider = byId("step");
    slider.value = position;
    slider.setAttribute("aria-valuetext", `${position} of ${steps.length - 1}, ${phase(step)}`);
    byId("first").disabled = byId("back").disabled = position === 0;
    byId("next").disabled = byId("last").disabled = position === steps.length - 1;
    summarise();
    remember();
    askAbout(step);
    follow(step); // last: what is written above the picture leaves it more room, or less
}

function saidOf(step, index) {
    if (isSecret(step)) return question(step);
    return step.kind === "done" && anyHidden() ? "Some gradients are still hidden." : sentence(index);
}

function showWords(step) {
    const secret = isSecret(step);
    const said = saidOf(step, position);
    if (byId("sentence").textContent !== said) byId("sentence").textContent = said;
    byId("formula").replaceChildren(...(secret ? secretFormula(step) : formulaOf(step)));
    scrollable();
}

function formulaOf(step) {
    if (step.kind === "node" && layerAt(step.node)) return [];
    if (step.kind === "node") return [equation(f => f.made(step.node))];
    if (ahead !== null) return formulaAhead(step);
    if (step.kind === "seed") return [equation(f => [f.d(root, root), f.number(1)])];
    if (step.kind !== "edge") return [];
    if (bundle(step)) return [];
    const grads = reached(position), box = intoBox(step);
    if (!box) return [equation(f => f.chain(step.parent, [step], grads, flow(grads, step)), sign(step))];
    const out = homeOf(step.child);
    return [equation(f => {
        const symbols = out === root ? [] : [f.language.mul(f.d(root, out), f.d(out, step.parent))];
        const product = f.language.mul(f.number(grads[out]), f.number(boxSlope(step)));
        return [f.d(root, step.parent), ...symbols, product, f.number(flow(grads, step))];
    }, sign(step))];
}

// += where it is one of several that arrive.
const sign = step => arriving(step.to).length > 1 ? "+=" : "=";
const arriving = i => steps.filter(s => s.kind === "edge" && s.to === i);

// What is larger than its place can be scrolled, with the keyboard too.
function scrollable() {
    for (const box of document.querySelectorAll(".formula, #card")) {
        box.toggleAttribute("tabindex", box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight);
        if (box.hasAttribute("tabindex")) box.setAttribute("tabindex", "0");
    }
}

// ---- The address: page.html#7 is step 7 ------------------------------------------------------------------------------

function remember() {
    try {
        history.replaceState(null, "", `#${position}`);
    } catch { /* a frame without an address of its own */ }
}

function fromAddress() {
    const wanted = Number.parseInt(location.hash.slice(1), 10);
    return Number.isNaN(wanted) ? 0 : wanted;
}

// ---- Moving ----------------------------------------------------------------------------------------------------------

// The next step that can be seen in this view.
function move(by) {
    let index = position + by;
    while (index > 0 && index < steps.length - 1 && !visible(steps[index])) index += by;
    clearPaths();
    go(index);
    lookHere();
}

function jump(index) {
    pause();
    clearPaths();
    go(index);
    lookHere();
}

function pause() {
    clearInterval(timer);
    timer = null;
    byId("play").textContent = "Play";
}

function play() {
    if (position === steps.length - 1) go(0);
    clearPaths();
    byId("play").textContent = "Pause";
    timer = setInterval(() => {
        move(1);
        if (position === steps.length - 1 || isAsking()) pause();
    }, Number(byId("speed").value));
}

const toggle = () => timer ? pause() : play();

const KEYS = {
    ArrowRight: () => { pause(); move(1); }, ArrowLeft: () => { pause(); move(-1); },
    Home: () => jump(0), End: () => jump(steps.length - 1), " ": toggle, ...SIGHT_KEYS,
};

// The keys belong to the steps, unless the focus is on something that knows them itself.
function onKey(event) {
    const typing = event.target.closest("input:not(#step), select, textarea");
    const busy = typing && !(typing.id === "guess" && typing.value === "" && event.key.startsWith("Arrow"));
    const pressed = event.key === " " && event.target.closest("button, summary, [role=button]");
    const key = event.key.length > 1 ? event.key : event.key.toLowerCase();
    if (busy || pressed || event.altKey || event.ctrlKey || event.metaKey || !KEYS[key]) return;
    event.preventDefault();
    KEYS[key]();
}

function wireSteps() {
    byId("step").max = steps.length - 1;
    byId("step").addEventListener("input", event => jump(Number(event.target.value)));
    byId("first").addEventListener("click", () => jump(0));
    byId("last").addEventListener("click", () => jump(steps.length - 1));
    byId("next").addEventListener("click", () => { pause(); move(1); });
    byId("back").addEventListener("click", () => { pause(); move(-1); });
    byId("play").addEventListener("click", toggle);
    byId("speed").addEventListener("change", () => { if (timer) { pause(); play(); } });
    document.addEventListener("keydown", onKey);
    window.addEventListener("hashchange", () => { if (fromAddress() !== position) jump(fromAddress()); });
    window.addEventListener("beforeprint", () => { listSteps(); byId("all").open = true; });
    byId("all").addEventListener("toggle", listSteps);
}

function listSteps() {
    byId("steps").replaceChildren(...steps.map((step, i) => element("li", saidOf(step, i))));
}
