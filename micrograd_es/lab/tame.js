const byId = id => document.getElementById(id);
const NONCE = document.querySelector("script[nonce]").nonce;
// ---- What a program shows -------------------------------------------------------------------------------------------
// It may have come with a link from anybody. What it shows is copied element by element, and only what is named here.
const ELEMENTS = new Set(`svg g path polygon polyline ellipse circle rect line text tspan table thead tbody tr th td p pre
  div span b strong i em code sub sup ul ol li br img iframe`.split(/\s+/));
const ATTRIBUTES = new Set(`class d points x y x1 x2 y1 y2 cx cy r rx ry width height viewBox transform fill fill-opacity stroke
  stroke-width stroke-dasharray stroke-linejoin stroke-opacity font-family font-size font-weight text-anchor colspan rowspan alt
  title`.split(/\s+/));
const PICTURE = /^data:image\/(png|gif|jpeg|svg\+xml)[;,]/; // in an <img> nothing of it runs

function tame(markup) {
  const found = new DOMParser().parseFromString(markup, "text/html"); // in here nothing runs and nothing is fetched
  const kept = document.createDocumentFragment();
  copied(found.body, kept);
  return kept;
}

function copied(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE || !ELEMENTS.has(node.localName)) continue;
    const twin = document.createElementNS(node.namespaceURI, node.localName);
    for (const { name, value } of node.attributes) if (ATTRIBUTES.has(name)) twin.setAttribute(name, value);
    if (node.id) twin.dataset.id = node.id;
    if (node.localName === "img" && PICTURE.test(node.getAttribute("src"))) twin.src = node.getAttribute("src");
    if (node.localName === "iframe") framed(twin, node.getAttribute("srcdoc") ?? "");
    else copied(node, twin);
    to.append(twin);
  }
}

// A page of its own, the player: it runs, but apart from this one.
function framed(frame, page) {
  frame.setAttribute("sandbox", "allow-scripts");
  frame.srcdoc = page.replaceAll("<script>", `<script nonce="${NONCE}">`);
}
