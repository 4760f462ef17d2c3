// ---- The graph and its numbers: Python's, or those of a what-if ------------------------------------------------------

const graph = JSON.parse(byId("graph").textContent);
const nodes = graph.nodes;
const root = nodes.length - 1;
const isLeaf = i => !nodes[i].parents && !nodes[i].constant;
const leaves = [...nodes.keys()].filter(isLeaf);

// The edges by which a gradient leaves a node: none if its derivative is 0 whatever it is given.
const edgesFrom = child => nodes[child].flat ? [] : (nodes[child].parents ?? []).map((parent, place) => ({ child, place, parent }));

// Where a node is used: the child made from it, and which of the child's inputs it is.
const uses = nodes.map(() => []);
for (const child of nodes.keys()) edgesFrom(child).forEach(edge => uses[edge.parent].push(edge));

const python = {
    data: nodes.map(node => fromJson(node.data)),
    locals: nodes.map(node => node.locals?.map(fromJson)),
};
let now = { ...python, changed: false };

// What happens, in order: the leaves, forward node by node, the seed, backward edge by edge, the end.
const steps = [{ kind: "leaves" }];
for (const i of nodes.keys()) if (nodes[i].parents) steps.push({ kind: "node", node: i });
steps.push({ kind: "seed", node: root });
for (const child of [...nodes.keys()].reverse()) {
    steps.push(...edgesFrom(child).filter(edge => !nodes[edge.parent].constant).map(edge => ({ kind: "edge", ...edge })));
}
steps.push({ kind: "done" });
const seedStep = steps.findIndex(step => step.kind === "seed");

// The gradients that have arrived after so many steps: undefined where none has.
function gradients(after = steps.length - 1) {
    const grads = nodes.map(() => undefined);
    for (const step of steps.slice(0, after + 1)) {
        if (step.kind === "seed") grads[root] = 1;
        if (step.kind === "edge") grads[step.parent] = (grads[step.parent] ?? 0) + flow(grads, step);
    }
    return grads;
}

const localOf = edge => now.locals[edge.child][edge.place];
const flow = (grads, edge) => grads[edge.child] * localOf(edge);

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

// ---- Paths -----------------------------------------------------------------------------------------------------------

function countPaths(leaf) {
    const ways = nodes.map((_, i) => i === leaf ? 1 : 0);
    for (const i of nodes.keys()) edgesFrom(i).forEach(edge => { ways[i] += ways[edge.parent]; });
    return ways[root];
}

// Every way from the root down to the leaf, as edges, the strongest first.
function paths(leaf) {
    const found = [], stack = [[leaf, []]];
    while (stack.length) {
        const [i, edges] = stack.pop();
        if (i === root) found.push({ edges, product: edges.reduce((product, e) => product * localOf(e), 1) });
        for (const use of uses[i]) stack.push([use.child, [use, ...edges]]);
    }
    return found.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
}
