// ---- Formulas: as text and as MathML at once, with the brackets that they need ---------------------------------------
// A formula is {text, rank, math, mathRank}: the ranks say how tightly its outermost operation binds.

const SUM = 1, MINUS = 2, PRODUCT = 4, ATOM = 6;
const MATHML = "http://www.w3.org/1998/Math/MathML";

function mathElement(tag, ...content) {
    const made = document.createElementNS(MATHML, tag);
    made.append(...content);
    return made;
}

// A copy of what Python wrote as MathML; the plain text where it wrote none.
function mathCopy(id, text) {
    const template = byId(id);
    if (!template) return mathElement("mtext", text);
    return mathElement("mrow", ...template.content.firstElementChild.cloneNode(true).childNodes);
}

const nameOf = i => ({ text: nodes[i].name, rank: ATOM, math: mathCopy(`name-${i}`, nodes[i].name), mathRank: ATOM,
                       raised: /[⁻⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾]$/.test(nodes[i].name) });

function number(x) {
    const rank = numberText(x).startsWith("-") ? MINUS : ATOM;
    return { text: numberText(x), rank, math: mathElement("mn", shown(x)), mathRank: rank };
}

// A constant is its own name.
const named = i => nodes[i].constant ? number(now.data[i]) : nameOf(i);

function mathBrackets(math) {
    const [left, right] = [mathElement("mo", "("), mathElement("mo", ")")];
    for (const bracket of [left, right]) {
        bracket.setAttribute("stretchy", "false");
        bracket.setAttribute("form", bracket === left ? "prefix" : "postfix");
        for (const space of ["lspace", "rspace"]) bracket.setAttribute(space, "0em");
    }
    return mathElement("mrow", left, math, right);
}

function derivative(y, x) {
    const part = i => mathElement("mrow", mathElement("mi", "∂"), nameOf(i).math);
    return { text: `∂${nodes[y].name}/∂${nodes[x].name}`, rank: ATOM, mathRank: ATOM,
             math: mathElement("mfrac", part(y), part(x)) };
}

// A template with its slots filled: ⟦0⟧ · ⟦1n⟧ with brackets where the flags ask for them.
function fill([text, wrapped], [, mathWrapped], id, operands) {
    const lone = text.match(/^\uFDD0(\d+)\w*\uFDD1$/);
    if (lone) return operands[lone[1]];
    const needs = (x, flags) => flags.includes("n") && x.text.startsWith("-") || flags.includes("r") && x.raised;
    const filled = text.replace(/\uFDD0(\d+)(\w*)\uFDD1/g, (_, i, flags) =>
        needs(operands[i], flags) ? `(${operands[i].text})` : operands[i].text);
    const math = mathCopy(id, filled);
    for (const slot of math.querySelectorAll("[data-slot]")) {
        const [, i, flags] = slot.dataset.slot.match(/(\d+)(\w*)/);
        const copy = operands[i].math.cloneNode(true);
        slot.replaceWith(needs(operands[i], flags) ? mathBrackets(copy) : copy);
    }
    const minus = filled.startsWith("-");
    return { text: filled, rank: wrapped ? SUM : minus ? MINUS : PRODUCT, math,
             mathRank: mathWrapped ? SUM : minus ? MINUS : PRODUCT };
}

const made = (row, operands) => fill(graph.rows[row].formula, graph.rows[row].mathFormula, `row-${row}`, operands);
const slope = (row, place, operands) =>
    fill(graph.rows[row].locals[place], graph.rows[row].mathLocals[place], `row-${row}-${place}`, operands);

const bracketed = (text, wrap) => wrap ? `(${text})` : text;
const mathBracketed = (math, wrap) => wrap ? mathBrackets(math) : math;

function times(a, b) {
    const wraps = rank => rank < PRODUCT;
    return {
        text: `${bracketed(a.text, a.rank === SUM)} · ${bracketed(b.text, wraps(b.rank))}`,
        rank: a.rank === MINUS ? MINUS : PRODUCT,
        math: mathElement("mrow", mathBracketed(a.math, a.mathRank === SUM), mathElement("mo", "·"),
                          mathBracketed(b.math, wraps(b.mathRank))),
        mathRank: a.mathRank === MINUS ? MINUS : PRODUCT,
    };
}

function plus(a, b) {
    return {
        text: `${a.text} + ${bracketed(b.text, b.rank === MINUS)}`, rank: SUM,
        math: mathElement("mrow", a.math, mathElement("mo", "+"), mathBracketed(b.math, b.mathRank === MINUS)),
        mathRank: SUM,
    };
}

// The sides of an equation, without those that only repeat the one before.
const sides = formulas => formulas.filter((f, i) => i === 0 || f.text !== formulas[i - 1].text);
const equationText = formulas => sides(formulas).map(f => f.text).join(" = ");

// An equation for the page: each side a <math> of its own, so that a line may break before an equals sign.
function equation(formulas, sign = "=") {
    const line = element("p", "", { class: "equation" });
    sides(formulas).forEach((f, i) => {
        const math = mathElement("math", ...(i ? [mathElement("mo", i === 1 ? sign : "=")] : []), f.math);
        math.setAttribute("displaystyle", "true");
        math.setAttribute("aria-label", (i ? "= " : "") + f.text);
        line.append(math, " ");
    });
    return line;
}
