// ---- The twin of graph/routes.py: how gradients travel --------------------------------------------------------------

// The edges by which a gradient leaves a node: none if its derivative is 0 whatever it is given.
const edgesFrom = child => nodes[child].flat ? [] : (nodes[child].parents ?? []).map((parent, place) => ({ child, place, parent }));
const leadsOn = edge => !nodes[edge.parent].constant && !nodes[edge.parent].flat;

// Where a node is used: the child made from it, and which of the child's inputs it is.
const uses = nodes.map(() => []);
for (const child of nodes.keys()) edgesFrom(child).forEach(edge => uses[edge.parent].push(edge));

// What happens, in order: the leaves, forward node by node, the seed, backward edge by edge, the end.
const steps = [{ kind: "leaves" }];
for (const i of nodes.keys()) if (nodes[i].parents) steps.push({ kind: "node", node: i });
steps.push({ kind: "seed", node: root });
for (const child of [...nodes.keys()].reverse()) {
    steps.push(...edgesFrom(child).filter(leadsOn).map(edge => ({ kind: "edge", ...edge })));
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
