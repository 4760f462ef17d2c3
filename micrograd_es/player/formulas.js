// ---- The twin of graph/formulas.py: the formulas of the graph, by the names of its nodes ----------------------------

const textOf = ({ content }) => content.textContent ?? content;

class Formulas {
    constructor(language) { this.language = language; }

    to(digits) { return new Formulas(this.language.to(digits)); }

    // A constant is its own name; among numbers each node is.
    name(i) { return nodes[i].constant || !this.language.name ? this.node(i) : this.language.name(i); }
    number(x) { return this.language.number(x); }
    node(i) { return this.language.to(Math.max(this.language.digits, digitsOf(i))).number(now.data[i]); }
    d(y, x) { return this.language.derivative(y, x); }
    total(y, x) { return this.language.derivative(y, x, "d"); }

    // ŷ = x · w = 1 · 1 = 1, as its sides.
    made(i) {
        const { parents, row } = nodes[i];
        if (!parents) return [this.name(i), this.node(i)];
        const computed = f => known(i) ? [f.language.formula(row, parents.map(x => f.node(x)))] : [];
        const numbers = this.exactly(computed, f => f.node(i), sizeOf(i));
        return [this.name(i), this.language.formula(row, parents.map(x => this.name(x))), ...numbers, this.node(i)];
    }

    // The local gradient as a formula; as its number where the formula would not give it (at a tie).
    local(edge) { return this.slope(edge, x => this.name(x)); }

    // The same formula with the numbers put in.
    localInNumbers(edge) { return this.slope(edge, x => this.node(x)); }

    // The local gradient as a number; with the digits that it has as a node's, where it is one.
    localNumber(edge) {
        return /^−?[\d.]+$/.test(textOf(words.localInNumbers(edge))) ? this.localInNumbers(edge) : this.number(localOf(edge));
    }

    slope(edge, written) {
        const { parents, row } = nodes[edge.child];
        if (!gives(edge)) return this.number(localOf(edge));
        return this.language.slopes(row, written(edge.child), parents.map(written))[edge.place];
    }

    sum(symbols) { return symbols.reduce((a, b) => this.language.add(a, b)); }

    // ∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = -2 · x = -2 · 1 = -2, as its sides, along these uses of the node.
    chain(i, along, grads, total) {
        const product = (f, upstream, local) => f.language.mul(upstream, local);
        return this.summed(i, grouped(along, e => e.child), grads, total, root, v => this.d(root, v), v => this.d(v, i), product);
    }

    // The same forward, from the inputs of the node: dv₁/dw = ∂v₁/∂ŷ · dŷ/dw = 1 · 1 = 1.
    tangent(i, along, tangents, total) {
        const product = (f, tangent, local) => f.language.mul(local, tangent);
        return this.summed(i, grouped(along, e => e.parent), tangents, total, ahead, v => this.total(v, ahead), v => this.d(i, v), product);
    }

    // A sum over what lies next to the node: the local gradient times what is known there, which at the end is 1.
    summed(i, ways, numbers, total, end, whole, near, product) {
        const side = (f, known, local) => f.sum([...ways.keys()].map(v => v === end ? local(v) : product(f, known(v), local(v))));
        const inNumbers = (f, of) => side(f, v => f.number(numbers[v]), v => f.sum(ways.get(v).map(of)));
        const computed = f => [e => f.local(e), e => f.localInNumbers(e), e => f.localNumber(e)].map(of => inNumbers(f, of));
        const size = Math.max(...[...ways.values()].flat().map(e => Math.abs(flow(numbers, e))));
        return [whole(i), side(this, whole, near), ...this.exactly(computed, f => f.number(total), size), this.number(total)];
    }

    // What is computed, with as many digits as it takes to give the result as it is printed; without what never does.
    exactly(computed, result, size) {
        const shown = result(new Formulas(new Printed())), at = n => computed(new Formulas(new Printed(n)));
        const digits = DIGITS.find(n => addsUp(at(n), shown, size)) ?? DIGITS.at(-1), sides = at(digits);
        return computed(this.to(digits)).filter((_, i) => addsUp([sides[i]], shown, size));
    }
}

// The edges by one of their ends.
const grouped = (edges, end) => edges.reduce((ways, e) => ways.set(end(e), [...ways.get(end(e)) ?? [], e]), new Map());

// Can the page compute this node? Some operations only Python knows.
function known(i) {
    try {
        ROWS[nodes[i].row].forward(...nodes[i].parents.map(x => now.data[x]));
        return true;
    } catch {
        return false;
    }
}

// Does the lecture's form of a local gradient give its number? (At a tie of max it does not.)
function gives({ child, place }) {
    const row = ROWS[nodes[child].row];
    const slopes = row && (row.slides ?? row.locals)(now.data[child], ...nodes[child].parents.map(x => now.data[x]));
    return Boolean(row) && agree(slopes[place], now.locals[child][place], SAME);
}

// ---- The twin of text/printed.py: numbers as they are printed, and whether an equation of them is true ---------------

class Printed {
    constructor(digits = DIGITS[0]) { this.digits = digits; }
    to(digits) { return new Printed(digits); }
    number(x) { return Number.isFinite(x) && !(Number.isInteger(x) && Math.abs(x) < WHOLE) ? Number(numberText(x, this.digits)) : x; }
    add(a, b) { return a + b; }
    mul(a, b) { return a * b; }
    formula(row, xs) { return ROWS[row].forward(...xs); }
    slopes(row, y, xs) { return (ROWS[row].slides ?? ROWS[row].locals)(y, ...xs); }
}

// A 0 has no digits: it is as exact as what is added up, which has this size.
const agree = (a, b, near = NEAR, size = 0) =>
    Object.is(a, b) || a === b || Math.abs(a - b) <= (near * Math.abs(b) || NEAR * size);

const sizeOf = i => Math.max(0, ...(nodes[i].parents ?? []).map((x, k) => Math.abs(now.data[x] * now.locals[i][k])));

// Does each side give the result, to all the digits that it is printed with?
function addsUp(sides, result, size = 0) {
    const digits = Math.abs(result).toString().split("e")[0].replace(".", "").replace(/^0+|0+$/g, "").length;
    return sides.every(side => agree(side, result, 10 ** (1 - Math.max(DIGITS[0], digits)), size));
}

// These numbers as texts, with as many digits as it takes that what is made of them is as it is printed.
function exactTexts(xs, combine) {
    const shownResult = new Printed().number(combine(xs));
    const digits = DIGITS.find(n => addsUp([combine(xs.map(x => new Printed(n).number(x)))], shownResult, Math.max(...xs.map(Math.abs)))) ?? DIGITS.at(-1);
    return xs.map(x => shown(x, digits));
}

const multiplied = xs => xs.reduce((product, x) => product * x, 1);
const added = xs => xs.reduce((sum, x) => sum + x, 0);

// -2 · (-3), or with another sign between them.
function joined(xs, combine, sign) {
    return exactTexts(xs, combine).map((text, i) => bracketed(text, i > 0 && text.startsWith("−"))).join(` ${sign} `);
}

// How many digits of a node's number must be shown, that the formulas around it come out.
const children = nodes.map(() => new Set());
nodes.forEach((node, child) => node.parents?.forEach(parent => children[parent].add(child)));
let needs = { of: null };

function needed(i) {
    if (needs.of !== now) needs = { of: now };
    return needs[i] ??= findNeeded(i);
}

// Those of its own formula, and those of its local gradients.
function findNeeded(i) {
    const { parents, row } = nodes[i];
    if (!parents || !ROWS[row]) return [DIGITS[0], DIGITS[0]];
    const places = [...parents.keys()].filter(place => gives({ child: i, place }));
    const exact = [i, ...parents].map(x => now.data[x]);
    const enough = right => DIGITS.find(n => { // also where another formula needs more digits of one of the numbers
        const m = new Printed(n), short = exact.map(x => m.number(x));
        const mixed = exact.length <= FEW ? exact.map((x, k) => short.with(k, x)) : [];
        return [short, ...mixed].every(([y, ...xs]) => right(m, y, xs));
    }) ?? DIGITS.at(-1);
    const own = enough((m, _, xs) => !known(i) || agree(m.formula(row, xs), now.data[i], NEAR / 2, sizeOf(i)));
    const slopes = enough((m, y, xs) => {
        const found = m.slopes(row, y, xs);
        return places.every(place => agree(found[place], now.locals[i][place], NEAR / 2));
    });
    return [own, slopes];
}

const digitsOf = i => Math.max(needed(i)[1], ...[...children[i]].flatMap(needed));
const nodeShown = i => shown(now.data[i], digitsOf(i));

const words = new Formulas(new Plain()), formulas = new Formulas(new MathMl());

// Which sides of an equation do not only repeat the one before.
const different = texts => [...texts.keys()].filter(i => i === 0 || texts[i] !== texts[i - 1]);

function equationText(symbols) {
    const texts = symbols.map(textOf);
    return different(texts).map(i => texts[i]).join(" = ");
}

// An equation for the page, its sides told by `sides` in either language: each side a <math> of its own, so that a line
// may break before an equals sign.
function equation(sides, sign = "=") {
    const line = element("p", "", { class: "equation" }), texts = sides(words).map(textOf), maths = sides(formulas);
    different(texts).forEach((i, k) => {
        const math = mathElement("math", ...(k ? [mathElement("mo", k === 1 ? sign : "=")] : []), maths[i].content);
        math.setAttribute("displaystyle", "true");
        math.setAttribute("aria-label", (k ? "= " : "") + texts[i]);
        line.append(math, " ");
    });
    return line;
}
