// ---- The editor -----------------------------------------------------------------------------------------------------

// CodeMirror comes as its modules, each after those that it imports; each gets an address of its own.
async function modules(sources) {
  const address = {};
  for (const [name, source] of sources) {
    const text = source.replace(/\bfrom (['"])([^'".][^'"]*)\1/g, (all, _, other) => address[other] ? `from "${address[other]}"` : all);
    address[name] = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  }
  return name => import(address[name]);
}

async function makeEditor(sources, text, changed, run) {
  const load = await modules(sources);
  const names = ["codemirror", "@codemirror/view", "@codemirror/state", "@codemirror/language", "@codemirror/lint",
    "@codemirror/autocomplete", "@codemirror/lang-python", "@lezer/highlight"];
  const [{ basicSetup }, { EditorView, keymap }, { Prec }, language, lint, { autocompletion }, { python }, { tags }] =
    await Promise.all(names.map(load));
  const colours = language.HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword], color: "var(--keyword)" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--number)" },
    { tag: tags.string, color: "var(--string)" },
    { tag: tags.comment, color: "var(--comment)", fontStyle: "italic" },
    { tag: [tags.function(tags.definition(tags.variableName)), tags.className], color: "var(--function)" },
  ]);
  const look = EditorView.theme({
    "&.cm-editor": { color: "var(--ink)", backgroundColor: "var(--paper)" },
    ".cm-content": { caretColor: "var(--ink)" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    ".cm-gutters": { backgroundColor: "var(--soft)", color: "var(--quiet)", borderRight: "1px solid var(--line)" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 9%, transparent)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
      backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)" },
    ".cm-tooltip": { backgroundColor: "var(--soft)", color: "var(--ink)", border: "1px solid var(--line)" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
    ".cm-diagnostic": { whiteSpace: "pre-wrap" },
    ".cm-panels": { backgroundColor: "var(--soft)", color: "var(--ink)" },
  });
  let offered = {};
  function complete(context) {
    const word = context.matchBefore(/(\w+|[)\]])?\.\w*|\w+/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const dot = word.text.lastIndexOf(".");
    const owner = dot < 0 ? "" : word.text.slice(0, dot);
    if (/^\d+$/.test(owner)) return null;
    return { from: word.from + dot + 1, options: dot < 0 ? offered[""] : offered[owner || "Value"] ?? offered.Value, validFor: /^\w*$/ };
  }
  const view = new EditorView({
    doc: text,
    parent: byId("editor"),
    extensions: [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => { run(); return true; } }])),
      basicSetup, python(), language.syntaxHighlighting(colours), look, lint.lintGutter(),
      autocompletion({ override: [complete] }),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": "Program in Python" }),
      EditorView.updateListener.of(update => update.docChanged && changed()),
    ],
  });
  view.scrollDOM.tabIndex = 0;
  return {
    get text() { return view.state.doc.toString(); },
    set text(program) { view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: program } }); },
    offers(found) { offered = found; },
    marks(error) {
      const line = error?.line && view.state.doc.line(Math.min(error.line, view.state.doc.lines));
      const found = line ? [{ from: line.from, to: line.to, severity: "error", message: error.text }] : [];
      view.dispatch(lint.setDiagnostics(view.state, found));
    },
    focus() { view.focus(); },
  };
}
