// ---- The twin of text/symbols.py: numbers made of text, or of MathML, with the brackets that they need ---------------
// A Symbol is {content, rank}: a piece of formula, and how tightly its outermost operation binds. The rows of the table
// run on them (FORMULAS), and say m.mul(a, b) where Python's say a * b. A plain number is no Symbol yet: 1 · x is x.

const symbol = (content, rank) => ({ content, rank });

// Either language, with so many digits in its numbers; how pieces are joined, and what is written otherwise, is its own.
class Language {
    constructor(digits = DIGITS[0]) { this.digits = digits; }
    to(digits) { return digits === this.digits ? this : new this.constructor(digits); }
    formula(row, xs) { return FORMULAS[row].formula(this, ...xs); }
    slopes(row, y, xs) { return FORMULAS[row].locals(this, y, ...xs).map(x => this.symbol(x)); }
    made(rank, ...parts) { return symbol(this.join(parts), rank); }
    symbol(x) { return typeof x === "number" ? this.number(x) : x; }
    number(x) { return this.made(x < 0 ? MINUS : ATOM, this.figure(x)); }
    within(a, rank) { return a.rank >= rank ? a.content : this.brackets(a.content); }

    // a sign b; `grouped`: a - (b - c) is not a - b - c.
    infix(a, sign, b, rank, grouped = false) {
        [a, b] = [this.symbol(a), this.symbol(b)];
        const left = a.rank === MINUS ? a.content : this.within(a, rank); // -a · b needs no brackets, a · (-b) does
        const wrap = b.rank === MINUS || (grouped ? b.rank <= rank : b.rank < rank);
        return this.made(a.rank === MINUS && rank >= MINUS ? MINUS : rank, left, ` ${sign} `, wrap ? this.within(b, ATOM) : b.content);
    }

    add(a, b) { return this.infix(a, "+", b, SUM); }
    sub(a, b) { return this.infix(a, "−", b, SUM, true); }
    mul(a, b) { return b === 1 ? this.symbol(a) : a === 1 ? b : this.infix(a, "·", b, PRODUCT); }
    neg(a) { return this.made(MINUS, "−", this.within(a, PRODUCT)); }
    or(a, b) { return this.made(COMPARISON, this.symbol(a).content, " or ", this.symbol(b).content); }

    where(condition, a, b) {
        const choice = this.made(COMPARISON, this.symbol(a).content, " if ", condition.content, " else ", this.symbol(b).content);
        return symbol(this.brackets(choice.content), ATOM);
    }

    pow(a, n) {
        if (n === 0 || n === 1) return n ? this.symbol(a) : this.number(1);
        return this.power(this.symbol(a), this.symbol(n));
    }

    // Of several inputs, with commas between them.
    call(name, before, after, ...xs) {
        const inner = xs.flatMap((x, i) => [...(i ? [", "] : []), this.symbol(x).content]);
        return this.function(name, before, after, inner);
    }
}

for (const [name, sign] of Object.entries({ gt: ">", lt: "<", ge: "≥", le: "≤", ne: "!=" })) {
    Language.prototype[name] = function (a, b) { return this.infix(a, sign, b, COMPARISON); };
}

class Plain extends Language {
    join(parts) { return parts.join(""); }
    figure(x) { return shown(x, this.digits); }
    brackets(content) { return `(${content})`; }
    name(i) { return symbol(nodes[i].name, ATOM); }
    derivative(y, x, d = "∂") { return symbol(`${d}${nodes[y].name}/${d}${nodes[x].name}`, ATOM); }
    function(name, before, after, inner) { return this.made(ATOM, before, ...inner, after); }

    truediv(a, b) {
        [a, b] = [this.symbol(a), this.symbol(b)];
        const left = a.rank === MINUS ? a.content : this.within(a, PRODUCT);
        return this.made(Math.min(a.rank, QUOTIENT), left, " / ", this.within(b, POWER));
    }

    power(a, n) {
        const raised = Object.values(SUPERSCRIPT).includes(a.content.at(-1));
        const base = this.within(a, raised ? ATOM + 1 : ATOM); // (w₁₂⁽¹⁾)², not w₁₂⁽¹⁾²
        const small = n.content.replaceAll("−", "-");
        if (!/^[-0-9]*$/.test(small)) return this.made(POWER, base, "^", this.within(n, ATOM));
        return this.made(POWER, base, ...[...small].map(letter => SUPERSCRIPT[letter]));
    }
}

// ---- The same as MathML: the twin of its Latex -----------------------------------------------------------------------

const MATHML = "http://www.w3.org/1998/Math/MathML";

function mathElement(tag, ...content) {
    const made = document.createElementNS(MATHML, tag);
    made.append(...content);
    return made;
}

// A sign, as an operator; a word between blanks, as text; a comma.
function mathSign(text) {
    return /^ \p{L}+ $/u.test(text) ? mathElement("mtext", text.replaceAll(" ", "\u00a0")) : mathElement("mo", text.trim());
}

function mathBrackets(left, content, right) {
    const brackets = [left, right].map((text, i) => {
        const bracket = mathElement("mo", text);
        bracket.setAttribute("stretchy", "false");
        bracket.setAttribute("form", i ? "postfix" : "prefix");
        for (const space of ["lspace", "rspace"]) bracket.setAttribute(space, "0em");
        return bracket;
    });
    return mathElement("mrow", brackets[0], content, brackets[1]);
}

class MathMl extends Language {
    join(parts) { return mathElement("mrow", ...parts.map(part => typeof part === "string" ? mathSign(part) : part.cloneNode(true))); }
    figure(x) { return mathElement("mn", shown(x, this.digits)); }
    brackets(content) { return mathBrackets("(", content.cloneNode(true), ")"); }
    truediv(a, b) { return this.made(PRODUCT, mathElement("mfrac", this.join([this.symbol(a).content]), this.join([this.symbol(b).content]))); }

    // A copy of what Python wrote as MathML; the plain text where it wrote none.
    name(i) {
        const template = byId(`name-${i}`);
        if (!template) return symbol(mathElement("mi", nodes[i].name), ATOM);
        return symbol(mathElement("mrow", ...template.content.firstElementChild.cloneNode(true).childNodes), ATOM);
    }

    derivative(y, x, d = "∂") {
        const part = i => mathElement("mrow", mathElement("mi", d), this.name(i).content);
        return symbol(mathElement("mfrac", part(y), part(x)), ATOM);
    }

    power(a, n) {
        const base = this.within(a, a.content.querySelector("msup, msubsup") ? ATOM + 1 : ATOM);
        return this.made(POWER, mathElement("msup", this.join([base]), this.join([n.content])));
    }

    function(name, before, after, inner) {
        const content = this.join(inner);
        if (name === "sqrt") return this.made(ATOM, mathElement("msqrt", content));
        if (name === "exp") return this.made(ATOM, mathElement("msup", mathElement("mi", "e"), content));
        if (before === after) return this.made(ATOM, mathBrackets(before, content, after));
        return this.made(ATOM, mathElement("mi", before.slice(0, -1)), mathBrackets("(", content, after));
    }
}
