// ---- The twin of graph/routes.py: how gradients travel --------------------------------------------------------------

// The edges by which a gradient leaves a node: none if its derivative is 0 whatever it is given.
const edgesFrom = child => nodes[child].flat ? [] : (nodes[child].parents ?? []).map((parent, place) => ({ child, place, parent, from: child, to: parent }));
const leadsOn = edge => !nodes[edge.parent].constant && !nodes[edge.parent].flat;

// Where a node is used: the child made from it, and which of the child's inputs it is.
const uses = nodes.map(() => []);
for (const child of nodes.keys()) edgesFrom(child).forEach(edge => uses[edge.parent].push(edge));

// What happens in reverse mode, in order: the leaves, forward node by node, the seed, backward edge by edge, the end.
const backward = [{ kind: "leaves" }];
for (const i of nodes.keys()) if (nodes[i].parents) backward.push({ kind: "node", node: i });
backward.push({ kind: "seed", node: root });
for (const child of [...nodes.keys()].reverse()) {
    backward.push(...edgesFrom(child).filter(leadsOn).map(edge => ({ kind: "edge", ...edge })));
}
backward.push({ kind: "done" });

// And in forward mode: the seed is at a leaf, and each node that is made takes at once what its inputs bring.
function onward(leaf) {
    const found = [{ kind: "leaves" }, { kind: "seed", node: leaf }], moving = new Set([leaf]);
    for (const child of nodes.keys()) {
        if (nodes[child].parents) found.push({ kind: "node", node: child });
        const edges = edgesFrom(child).filter(edge => moving.has(edge.parent));
        if (edges.length) moving.add(child);
        found.push(...edges.map(edge => ({ kind: "edge", ...edge, from: edge.parent, to: child })));
    }
    return [...found, { kind: "done" }];
}

let ahead = null; // the leaf that forward mode goes on from
let steps = backward;
const seedStep = () => steps.findIndex(step => step.kind === "seed");

// What has arrived after so many steps, gradients or tangents: undefined where nothing has.
function arrived(way, after) {
    const numbers = nodes.map(() => undefined);
    for (const step of way.slice(0, after + 1)) {
        if (step.kind === "seed") numbers[step.node] = 1;
        if (step.kind === "edge") numbers[step.to] = (numbers[step.to] ?? 0) + flow(numbers, step);
    }
    return numbers;
}

// In forward mode: not made from that leaf.
let moving = new Set();
const standsStill = i => ahead !== null && i !== ahead && !moving.has(i);

const reached = (after = steps.length - 1) => arrived(steps, after);
const gradients = (after = backward.length - 1) => arrived(backward, after);

const localOf = edge => now.locals[edge.child][edge.place];
const flow = (numbers, edge) => numbers[edge.from] * localOf(edge);
