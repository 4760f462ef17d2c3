"use strict";
// The slider chooses which of the pictures is shown: Python drew one for every k.
const k = document.getElementById("k");

k.addEventListener("input", () => {
    document.getElementById("shown").textContent = k.value;
    for (const figure of document.querySelectorAll("figure")) figure.hidden = figure.dataset.k !== k.value;
});
