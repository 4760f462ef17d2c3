// ---- A closer look at one node: how it was made, its chain rule, and for a leaf every path ---------------------------

let detail = null; // the node looked at

function showDetail(i) {
    clearPaths();
    detail = i;
    byId("detail").hidden = false;
    byId("detail-name").textContent = nodes[i].name;
    fillDetail();
    byId("detail-name").focus({ preventScroll: false });
}

function closeDetail() {
    const i = detail;
    detail = null;
    byId("detail").hidden = true;
    clearPaths();
    go(position);
    nodeBox(homeOf(i))?.focus();
}

function fillDetail() {
    if (detail === null) return;
    const i = detail, body = [];
    body.push(element("h3", nodes[i].parents ? "Forward" : "A leaf"), formulaBox(f => isHiddenValue(i) ? f.made(i).slice(0, 2) : f.made(i)));
    if (i === root && ahead === null) body.push(element("p", "It is the root: its gradient by itself is 1."));
    else if (isHidden(i)) body.push(element("p", "Its gradient is still hidden: predict it first."));
    else body.push(...backwardDetail(i));
    byId("detail-body").replaceChildren(...body);
    scrollable();
}

function formulaBox(sides) {
    const box = element("div", "", { class: "formula", role: "group", "aria-label": "formula" });
    box.append(equation(sides));
    return box;
}

function backwardDetail(i) {
    if (ahead !== null) return detailAhead(i);
    const grads = gradients();
    const words = uses[i].length > 1 ? `Backward: it is used ${uses[i].length} times, and their sum counts` : "Backward";
    const body = [element("h3", words), formulaBox(f => f.chain(i, uses[i], grads, grads[i]))];
    return nodes[i].parents ? body : [...body, ...pathDetail(i)];
}

function wireDetail() {
    byId("close").addEventListener("click", closeDetail);
    document.addEventListener("keydown", event => { if (event.key === "Escape" && detail !== null) closeDetail(); });
}
