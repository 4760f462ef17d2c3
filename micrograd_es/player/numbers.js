// ---- Numbers: as JSON has them, and as people read them --------------------------------------------------------------

const byId = id => document.getElementById(id);

// JSON has no word for what is not finite: Python sent a string.
const fromJson = x => typeof x === "string" ? ({ inf: Infinity, "-inf": -Infinity })[x] ?? NaN : x;

// x to so many significant digits. A tie goes to the even digit, as in Python.
function rounded(x, digits) {
    const text = x.toExponential(digits - 1);
    const exact = x.toExponential(Math.min(100, digits + 60));
    const [mantissa, rest] = [exact.slice(0, exact.indexOf(".") + digits), exact.slice(exact.indexOf(".") + digits)];
    const tie = /^50*e/.test(rest) && "02468".includes(mantissa.at(-1));
    return tie ? mantissa + text.slice(text.indexOf("e")) : text;
}

// Whole numbers whole, others to four significant digits: number_text() of symbols.py.
function numberText(x) {
    if (Number.isNaN(x)) return "nan";
    if (!Number.isFinite(x)) return x > 0 ? "∞" : "-∞";
    if (Number.isInteger(x) && Math.abs(x) < 1e6) return String(x + 0);
    const [mantissa, exponent] = rounded(x, 4).split("e").map(Number);
    if (exponent >= -4 && (exponent < 4 || Math.abs(x) < 1e6)) {
        return exponent < 4 ? trimmed(Number(`${mantissa}e${exponent}`).toFixed(3 - exponent)) : x.toFixed(0);
    }
    const sign = exponent < 0 ? "-" : "+";
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

const trimmed = text => text.includes(".") ? text.replace(/\.?0+$/, "") : text;

// For the eye: a real minus sign.
const shown = x => numberText(x).replace(/-/g, "−");

function element(tag, text = "", attributes = {}) {
    const made = document.createElement(tag);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
}

function svgElement(tag, attributes, text = "") {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
}
