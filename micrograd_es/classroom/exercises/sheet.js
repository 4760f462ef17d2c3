"use strict";
// Answers typed into a sheet leave it as a file, to be handed in: as a table (.csv), or as the sheet itself, filled in.

const unsaved = new Set();

const student = form => form.elements.student.value.trim();
const answers = form => [...form.elements].filter(field => /^\d+$/.test(field.name));
const quoted = text => `"${text.replaceAll('"', '""').replace(/^[=+@\t\r-]+/, "")}"`; // no spreadsheet takes a name for a formula

function table(form) {
    const lines = answers(form).map(field =>
        [quoted(student(form)), form.id, field.name, `"${field.value.trim()}"`].join(","));
    return `\ufeff${["student,sheet,question,answer", ...lines].join("\r\n")}\r\n`;
}

// This one sheet as a page of its own. What is typed stands in no attribute until it is written there.
function page(form) {
    for (const field of form.elements) if (field.name) field.setAttribute("value", field.value);
    const copy = document.documentElement.cloneNode(true);
    for (const section of copy.querySelectorAll("section")) if (!section.querySelector(`[id="${form.id}"]`)) section.remove();
    copy.querySelector("output").textContent = "";
    return `<!DOCTYPE html>\n${copy.outerHTML}`;
}

const WAYS = { csv: [table, "text/csv"], html: [page, "text/html"] };

function save(event) {
    event.preventDefault();
    const form = event.target, kind = event.submitter.value, [written, type] = WAYS[kind];
    const name = [form.id, student(form).replace(/[^\p{L}\p{N}]+/gu, "-")].filter(Boolean).join("-").replace(/-+$/, "");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([written(form)], { type: `${type};charset=utf-8` }));
    link.download = `${name}.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    unsaved.delete(form);
    const filled = answers(form).filter(field => field.value.trim()).length;
    form.querySelector("output").textContent = `Saved ${filled} of ${answers(form).length} answers as ${link.download}: hand it in.`;
}

document.addEventListener("submit", save);
document.addEventListener("input", event => unsaved.add(event.target.form));
window.addEventListener("beforeunload", event => { if (unsaved.size) event.preventDefault(); });
