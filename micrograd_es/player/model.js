// ---- The twin of model.py: the graph and its numbers, Python's or those of a what-if --------------------------------

const graph = JSON.parse(byId("graph").textContent);
const nodes = graph.nodes;
const root = nodes.length - 1;
const isLeaf = i => !nodes[i].parents && !nodes[i].constant;
const leaves = [...nodes.keys()].filter(isLeaf);

const python = {
    data: nodes.map(node => fromJson(node.data)),
    locals: nodes.map(node => node.locals?.map(fromJson)),
};
let now = { ...python, changed: false };

// The whole graph from other leaves, by the rows of the table.
function compute(leafData) {
    const data = [...python.data], locals = [];
    nodes.forEach((node, i) => {
        if (!node.parents) {
            data[i] = leafData[i] ?? data[i];
            return;
        }
        const row = ROWS[node.row], xs = node.parents.map(x => data[x]);
        data[i] = row.forward(...xs);
        locals[i] = row.locals(data[i], ...xs);
    });
    return { data, locals, changed: true };
}

const close = (a, b, tolerance = 1e-9) =>
    Object.is(a, b) || a === b || Number.isNaN(a) && Number.isNaN(b) || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));

// Can this page recompute the graph? Only if at Python's own leaves it finds Python's own numbers.
function computable() {
    try {
        const found = compute({});
        return found.data.every((x, i) => close(x, python.data[i])) &&
               found.locals.every((xs, i) => xs.every((x, place) => close(x, python.locals[i][place])));
    } catch {
        return false;
    }
}
