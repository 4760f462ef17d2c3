// ---- The twin of text/letters.py: numbers as people read them, and as JSON has them ----------------------------------

const byId = id => document.getElementById(id);

// JSON has no word for what is not finite: Python sent a string.
const fromJson = x => typeof x === "string" ? ({ inf: Infinity, "-inf": -Infinity })[x] ?? NaN : x;

// x to so many significant digits. A tie goes to the even digit, as in Python.
function rounded(x, digits) {
    if (digits >= 17) return x.toExponential(); // as few digits as tell it from every other number
    const text = x.toExponential(digits - 1);
    const exact = x.toExponential(Math.min(100, digits + 60));
    const [mantissa, rest] = [exact.slice(0, exact.indexOf(".") + digits), exact.slice(exact.indexOf(".") + digits)];
    const tie = /^50*e/.test(rest) && "02468".includes(mantissa.at(-1));
    return tie ? mantissa + text.slice(text.indexOf("e")) : text;
}

// Whole numbers whole, others to four significant digits, or so many: its number_text().
function numberText(x, digits = DIGITS[0]) {
    if (Number.isNaN(x)) return "nan";
    if (!Number.isFinite(x)) return x > 0 ? "∞" : "-∞";
    if (Number.isInteger(x) && Math.abs(x) < WHOLE) return String(x + 0);
    const [mantissa, exponent] = rounded(x, digits).split("e").map(Number);
    if (digits >= 17 && exponent >= -4 && exponent < 16) return String(x);
    if (exponent >= -4 && (exponent < digits || Math.abs(x) < WHOLE)) {
        return exponent < digits ? trimmed(Number(`${mantissa}e${exponent}`).toFixed(digits - 1 - exponent)) : x.toFixed(0);
    }
    const sign = exponent < 0 ? "-" : "+";
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

const trimmed = text => text.includes(".") ? text.replace(/\.?0+$/, "") : text;

const bracketed = (text, wrap) => wrap ? `(${text})` : text;

// For the eye: a real minus sign.
const shown = (x, digits) => numberText(x, digits).replaceAll("-", "−");

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
