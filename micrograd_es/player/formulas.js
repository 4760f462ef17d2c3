// ---- The twin of graph/formulas.py: the formulas of the graph, by the names of its nodes ----------------------------

const textOf = ({ content }) => content.textContent ?? content;

class Formulas {
    constructor(language) { this.language = language; }

    // A constant is its own name.
    name(i) { return nodes[i].constant ? this.language.number(now.data[i]) : this.language.name(i); }
    number(x) { return this.language.number(x); }
    d(y, x) { return this.language.derivative(y, x); }

    // ŷ = x · w = 1 · 1 = 1, as its sides.
    made(i) {
        const { parents, row } = nodes[i], sides = [this.name(i)];
        if (parents) {
            sides.push(FORMULAS[row].formula(this.language, ...parents.map(x => this.name(x))));
            sides.push(FORMULAS[row].formula(this.language, ...parents.map(x => this.number(now.data[x]))));
        }
        return [...sides, this.number(now.data[i])];
    }

    // The local gradient as a formula; as its number where the formula would not give it (at a tie).
    local(edge) {
        const i = edge.child, local = localOf(edge), operands = nodes[i].parents;
        const tolerance = SAME * Math.max(1, Math.abs(local));
        if (!gives(edge, tolerance, now.data[i], ...operands.map(x => now.data[x]))) return this.number(local);
        return this.slopes(i, this.name(i), ...operands.map(x => this.name(x)))[edge.place];
    }

    // The same formula with the numbers put in, unless as they are printed they would give another (1 - 1² = 2e-05).
    localInNumbers(edge) {
        const i = edge.child, local = this.number(localOf(edge)), numbers = [i, ...nodes[i].parents].map(x => now.data[x]);
        const plainly = textOf(this.local(edge)) === textOf(local);
        if (plainly || !gives(edge, PRINTED * Math.abs(localOf(edge)), ...numbers.map(printed))) return local;
        return this.slopes(i, ...numbers.map(x => this.number(x)))[edge.place];
    }

    slopes(i, ...symbols) {
        return FORMULAS[nodes[i].row].locals(this.language, ...symbols).map(x => this.language.symbol(x));
    }

    sum(symbols) { return symbols.reduce((a, b) => this.language.add(a, b)); }

    // ∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = -2 · x = -2 · 1 = -2, as its sides, along these uses of the node.
    chain(i, along, grads, total) {
        const children = [...new Set(along.map(e => e.child))];
        const side = (upstream, local) =>
            this.sum(children.map(c => c === root ? local(c) : this.language.mul(upstream(c), local(c))));
        const inNumbers = of =>
            side(c => this.number(grads[c]), c => this.sum(along.filter(e => e.child === c).map(of)));
        return [
            this.d(root, i),
            side(c => this.d(root, c), c => this.d(c, i)),
            inNumbers(e => this.local(e)),
            inNumbers(e => this.localInNumbers(e)),
            inNumbers(e => this.number(localOf(e))),
            this.number(total),
        ];
    }
}

// Does the lecture's form of a local gradient give its number? (At a tie of max it does not.)
function gives(edge, tolerance, y, ...xs) {
    const row = ROWS[nodes[edge.child].row];
    if (!row) return false;
    const value = (row.slides ?? row.locals)(y, ...xs)[edge.place], local = localOf(edge);
    return Math.abs(value - local) <= tolerance || value === local || Number.isNaN(value) && Number.isNaN(local);
}

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
