// ---- The bench ------------------------------------------------------------------------------------------------------
const VIEWS = { graph: "Graph", worked: "Worked", play: "Play", paths: "Paths and why", check: "Check" };
const PAUSE = 150; // milliseconds without a key, after which the views follow
const dark = matchMedia("(prefers-color-scheme: dark)");
const read = name => JSON.parse(document.querySelector(`[data-text="${name}"]`).textContent);
const examples = read("examples");
let editor, python, timer, readyAt;
let view = "graph";
let wrt = "";
let trusted = true; // a program that came with a link runs when somebody pressed Run
let offered = {};

function say(text) {
  byId("state").textContent = text;
}

function request() {
  return { view, wrt, theme: dark.matches ? "dark" : "light" };
}

function run() {
  clearTimeout(timer);
  trusted = true;
  byId("arrived").hidden = true;
  python.ask({ code: editor.text, ...request() });
}

function changed() {
  stale(true);
  const kept = store.write(editor.text);
  byId("kept").textContent = kept ? "The program is kept in this browser between visits." :
    "This browser keeps no program of a page like this: download it, or share its link.";
  clearTimeout(timer);
  if (trusted) timer = setTimeout(run, PAUSE);
}

function stale(is) {
  byId("view").classList.toggle("stale", is);
}

// ---- What Python says -----------------------------------------------------------------------------------------------

function told(message) {
  byId("stop").disabled = !python?.running;
  if (message.ready) {
    readyAt = Math.round(performance.now());
    document.documentElement.dataset.ready = readyAt;
    editor.offers(offered = message.completions);
    say(trusted ? "Ready" : "Ready: press Run");
  } else if (message.failed) {
    say(`Python failed: ${message.failed}`);
  } else if (message.stopped) {
    showError({ line: null, text: `The program was ${message.stopped} Its text is still here; Python starts again.` });
    say("Python is starting again");
  } else if (message.shown) {
    showOutput(message.shown);
  } else if (message.asked === true) {
    say("Running");
  } else {
    answered(message);
  }
}

function answered(message) {
  say(message.error ? "An error" : "Ready");
  if (message.output) showOutput(message.output);
  if (message.output) showError(message.error);
  if (message.names) showNames(message.names, message.wrt);
  if (message.view?.name === view) showView(message.view);
  else if (message.output && !message.error && !message.view) showView({ refused: NO_GRAPH });
  if (message.file) saveFile(message.file, message.asked.save);
  document.documentElement.dataset.answers = Number(document.documentElement.dataset.answers ?? 0) + 1;
}

const NO_GRAPH = "No graph yet: a program leaves one in its last line, in a Value called loss, or in the last Value that it assigns.";

function showOutput(items) {
  const parts = items.map(item => {
    const part = document.createElement(item.html === undefined ? "pre" : "div");
    part.append(item.html === undefined ? item.text : tame(item.html));
    return part;
  });
  byId("output").replaceChildren(...parts);
}

function showError(error) {
  byId("error").hidden = !error;
  byId("error").textContent = error ? (error.line ? `Line ${error.line}: ` : "") + error.text : "";
  editor.marks(error);
}

function showNames(names, chosen) {
  wrt = chosen;
  const options = ["", ...names].map(name => new Option(name || "every leaf", name, false, name === chosen));
  byId("wrt").replaceChildren(...options);
}

function showView(seen) {
  const box = byId("view");
  const frame = box.querySelector("iframe");
  if (seen.refused) {
    const said = document.createElement("p");
    said.textContent = seen.refused;
    box.replaceChildren(said);
  } else if (!(frame && frame.shows === seen.html)) {
    box.replaceChildren(tame(seen.html));
    for (const inner of box.querySelectorAll("iframe")) inner.shows = seen.html;
  }
  for (const [id, name] of Object.entries(seen.nodes ?? {})) choosable(box.querySelector(`g.node[data-id="${id}"]`), name);
  stale(false);
}

// A box of the picture: chosen, it is what the views are for.
function choosable(box, name) {
  if (!box || !name) return;
  box.setAttribute("tabindex", "0");
  box.setAttribute("role", "button");
  box.dataset.name = name;
  box.onclick = () => choose(name === wrt ? "" : name);
  box.onkeydown = event => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    box.onclick();
  };
}

function choose(name) {
  wrt = name;
  byId("wrt").value = name;
  python.ask(request());
}

function changeView(name) {
  view = name;
  for (const tab of byId("views").children) {
    const chosen = tab.dataset.view === name;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
  }
  byId("view").setAttribute("aria-labelledby", `tab-${name}`);
  stale(true);
  python.ask(request());
}

function makeTabs() {
  const names = Object.keys(VIEWS);
  for (const name of names) {
    const tab = document.createElement("button");
    Object.assign(tab, { type: "button", id: `tab-${name}`, textContent: VIEWS[name], role: "tab", tabIndex: name === view ? 0 : -1 });
    Object.assign(tab.dataset, { view: name });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", "view");
    tab.setAttribute("aria-selected", name === view);
    tab.onclick = () => changeView(name);
    tab.onkeydown = event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = byId(`tab-${names[(names.indexOf(name) + step + names.length) % names.length]}`);
      next.focus();
      next.click();
    };
    byId("views").append(tab);
  }
}

// ---- Files and links ------------------------------------------------------------------------------------------------

function saveFile(file, kind) {
  if (file.refused) say(file.refused);
  else saved(`lab.${kind}`, file.text);
}

function download(kind) {
  if (kind === "py") saved("lab.py", editor.text);
  else if (kind === "ipynb") saved("lab.ipynb", notebook(editor.text));
  else python.ask({ save: kind });
}

async function share() {
  const address = await addressed(editor.text);
  history.replaceState(null, "", address);
  try {
    await navigator.clipboard.writeText(address);
    say("The link is in the address, and copied");
  } catch {
    say("The link is in the address: copy it from there");
  }
}

async function open(program) {
  trusted = program === null;
  byId("arrived").hidden = trusted;
  if (!trusted) editor.text = program;
  clearTimeout(timer);
}

// ---- Begin ----------------------------------------------------------------------------------------------------------

makeTabs();
for (const [title, program] of Object.entries(examples)) byId("examples").append(new Option(title, program));
byId("examples").onchange = event => {
  if (!event.target.value) return;
  trusted = true;
  byId("arrived").hidden = true;
  editor.text = event.target.value;
  wrt = "";
  run();
};
byId("run").onclick = run;
byId("stop").onclick = () => python.stop("stopped.");
byId("share").onclick = share;
byId("download").onchange = event => {
  if (event.target.value) download(event.target.value);
  event.target.value = "";
};
byId("wrt").onchange = event => choose(event.target.value);
byId("licences-open").onclick = () => {
  byId("licences-shown").querySelector("pre").textContent = read("licences");
  byId("licences-shown").showModal();
};
dark.onchange = () => python.ask(request());
addEventListener("hashchange", async () => {
  const program = await arrived();
  if (program !== null && program !== editor.text) open(program);
});

const begin = read("program") ?? store.read() ?? Object.values(examples)[0];
editor = await makeEditor(JSON.parse(new TextDecoder().decode(await unpacked("editor.json"))), begin, changed, run);
await open(await arrived());
const names = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json", "graphviz.mjs", "package.zip"];
const [source, ...parts] = await Promise.all(["worker.js", ...names].map(unpacked));
python = new Python(Object.fromEntries(names.map((name, i) => [name, parts[i]])), source, told);
if (trusted) run();
