// ---- The twin of draw/folded.py: what is a box, what lies in it, and which lines there are --------------------------

const clusters = graph.clusters.map((cluster, id) => ({ ...cluster, id, out: cluster.outs.at(-1) }));
const nodesOf = cluster => [...cluster.own, ...cluster.parts.flatMap(part => nodesOf(clusters[part]))];
const isLayer = cluster => cluster.outs.length > 1;

// In the view that is shown: the cluster of each box, the box of each node that is in one, the edges of each line.
let boxes = {}, home = {}, lines = new Map();

function placeNodes() {
    boxes = {}, home = {}, lines = new Map();
    for (const cluster of graph.views[view].closed.map(id => clusters[id])) {
        boxes[cluster.out] = cluster;
        for (const i of nodesOf(cluster)) home[i] = cluster.out;
    }
    const [taken, all] = [steps, backward].map(way => way.filter(step => step.kind === "edge"));
    const still = all.filter(e => !taken.some(t => t.child === e.child && t.place === e.place)); // in forward mode
    for (const edge of [...still, ...taken]) {
        if (homeOf(edge.parent) === homeOf(edge.child)) continue;
        lines.set(lineId(edge), [...lines.get(lineId(edge)) ?? [], edge]);
    }
}

// n3-n7-0; but n3-n7 into a box or out of a layer, where all edges between two boxes are one line.
function lineId({ parent, child, place }) {
    const [begin, end] = [homeOf(parent), homeOf(child)];
    const one = !boxes[end] && !(boxes[begin] && isLayer(boxes[begin]));
    return `n${begin}-n${end}${one ? `-${place}` : ""}`;
}
