// ---- The twin of mistakes/diagnosis.py: which classic mistake makes this number? ------------------------------------
// Python wrote down what they are, as MISTAKES and SLIPS: here they are only run, at the numbers of now.

const EDGES = [...nodes.keys()].flatMap(edgesFrom), BACKWARD = [...nodes.keys()].reverse().flatMap(edgesFrom);

// [node, its wrong local gradients] wherever they differ from the right ones; who gets no number makes no such mistake.
function wrongLocals(mistake) {
    const wrong = Object.entries(mistake.wrong?.(now.data, now.locals) ?? {}).map(([i, locals]) => [Number(i), locals]);
    return wrong.filter(([i, locals]) => locals.every(Number.isFinite) && String(locals) !== String(now.locals[i]));
}

// The gradients when these are made together, at one node or wherever they can be; where two meet, the first is made.
function wrongGradients(mistakes, at = null) {
    const onTheWay = mistakes.find(mistake => !mistake.wrong) ?? {}, believed = [...now.locals];
    for (const [i, locals] of [...mistakes].reverse().flatMap(wrongLocals)) if (at === null || at === i) believed[i] = locals;
    const { walk, sent = (upstream, local) => upstream * local, said = (data, grad) => grad } = onTheWay;
    const grads = nodes.map((_, i) => i === root ? 1 : 0);
    for (const { child, place, parent } of walk?.map(k => EDGES[k]) ?? BACKWARD) {
        grads[parent] += child === root ? believed[child][place] : sent(grads[child], believed[child][place]);
    }
    return grads.map((grad, i) => said(now.data[i], grad));
}

// What explains the number as the gradient of node i: {mistakes, at}, one mistake, or two where no single one does.
function findings(i, number) {
    const truth = gradients()[i], way = nodes.map((_, k) => k === i), sizes = nodes.map((_, k) => k === root ? 1 : 0);
    for (const { child, parent } of EDGES) way[child] ||= way[parent];
    for (const { child, place, parent } of BACKWARD) sizes[parent] += sizes[child] * Math.abs(now.locals[child][place]);
    const same = (a, b) => a === b || Math.abs(a - b) <= TOLERANCE * Math.abs(b) + ROUNDING * sizes[i];
    const explains = ({ mistakes, at }) => {
        const wrong = wrongGradients(mistakes, at)[i];
        return !same(wrong, truth) && same(number, wrong);
    };
    if (same(number, truth)) return [];
    const small = nodes.length <= SMALL, places = mistake => wrongLocals(mistake).map(([k]) => k).filter(k => way[k]);
    const atOne = mistake => places(mistake).slice(-PLACES).map(at => ({ mistakes: [mistake], at }));
    const single = [...MISTAKES.map(mistake => ({ mistakes: [mistake] })),
                    ...MISTAKES.filter(mistake => small && places(mistake).length > 1).flatMap(atOne)].filter(explains);
    return single.length || !small ? single : pairs(MISTAKES.filter(m => !m.wrong || places(m).length)).filter(explains);
}

const pairs = possible => possible.flatMap((a, k) =>
    a.wrong ? possible.slice(k + 1).filter(b => !b.alone).map(b => ({ mistakes: [a, b] })) : []);

// In words; empty where nothing explains it, and nobody is accused.
function gradientHint(i, number) {
    const all = findings(i, number), telling = all.filter(f => !f.mistakes.every(m => m.vague));
    const said = (telling.length ? telling : all).map(({ mistakes, at }) =>
        mistakes.map(m => m.sentence).join(", and if at the same time ") +
        (at === undefined ? "" : `, but only at ${words.made(at).slice(0, 2).map(textOf).join(" = ")}`));
    const different = said.filter((text, k) => !said.slice(0, k).some(other => text.startsWith(other))).slice(0, SHOWN);
    return different.map((text, k) => `${k ? "It also comes out" : `${shown(number)} comes out`} if ${text}.`).join(" ");
}

// The likeliest slip that makes this number of the node's inputs.
function valueHint(i, number) {
    const slips = SLIPS[SLIPS_AT[i]], inputs = nodes[i].parents;
    const same = x => x === number || Math.abs(number - x) <= Math.max(TOLERANCE * Math.abs(x), 1e-9);
    const k = slips ? slips.numbers(...inputs.map(x => now.data[x])).findIndex(same) : -1;
    return k < 0 ? "" : `${shown(number)} is ${slips.sentences(words.language, ...inputs.map(x => words.name(x)))[k]}.`;
}
