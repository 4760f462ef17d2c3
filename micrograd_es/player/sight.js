// ---- What is seen of the picture: it fits its frame, is zoomed, fills the screen, and follows the steps --------------

const READABLE = 0.85, LARGE = 2.4; // pixels for a point of the picture, at least and at most, until somebody zooms
const NARROW = 1200; // pixels of a window; who has a wider one looks at it from farther away
const ZOOM = 1.25, ZOOMED = [0.3, 6];
const MARGIN = 12; // pixels around the box that is followed
let zoom = 1;

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const between = (low, x, high) => Math.max(low, Math.min(x, high));

// The picture as large as its frame allows; the sliders beside it where its letters stay large for such a window.
function fit() {
    const svg = viewBoxes[view].querySelector("svg"), frame = byId("views"), main = frame.closest("main");
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const scale = () => Math.min((frame.clientWidth - MARGIN) / width, (frame.clientHeight - MARGIN) / height);
    const least = READABLE * Math.max(1, window.innerWidth / NARROW);
    main.classList.add("beside");
    main.classList.toggle("beside", scale() > least && byId("whatif").offsetLeft > frame.offsetLeft);
    svg.style.width = `${width * between(least, scale(), LARGE) * zoom}px`;
}

// What is at this place of the frame, its middle if none is given, stays there.
function zoomTo(wanted, x = byId("views").clientWidth / 2, y = byId("views").clientHeight / 2) {
    const frame = byId("views"), before = [frame.scrollWidth, frame.scrollHeight];
    zoom = between(ZOOMED[0], wanted, ZOOMED[1]);
    const [left, top] = [(frame.scrollLeft + x) / before[0], (frame.scrollTop + y) / before[1]];
    fit();
    frame.scrollTo({ left: left * frame.scrollWidth - x, top: top * frame.scrollHeight - y, behavior: "instant" });
    byId("zoom").textContent = `${Math.round(100 * zoom)} %`;
}

// The box of this step comes into sight, and the one that sends to it too, if there is room for both.
function follow(step) {
    const frame = byId("views").getBoundingClientRect();
    const box = nodeBox(homeOf(step.node ?? step.to ?? (step.kind === "leaves" ? 0 : root)));
    const sender = step.kind === "edge" ? nodeBox(homeOf(step.from)) : null;
    if (!box) return;
    const one = box.getBoundingClientRect(), both = sender ? around(one, sender.getBoundingClientRect()) : one;
    const fits = both.width + 2 * MARGIN <= frame.width && both.height + 2 * MARGIN <= frame.height;
    const { left, right, top, bottom } = fits ? both : one;
    byId("views").scrollBy({ left: away(left, right, frame.left, frame.right), top: away(top, bottom, frame.top, frame.bottom),
                             behavior: calm() ? "instant" : "smooth" });
}

const around = (a, b) => new DOMRect(Math.min(a.left, b.left), Math.min(a.top, b.top),
    Math.max(a.right, b.right) - Math.min(a.left, b.left), Math.max(a.bottom, b.bottom) - Math.min(a.top, b.top));

// How far to scroll: not at all where it is seen, else so that it stands in the middle.
const away = (from, to, begin, end) => from >= begin + MARGIN && to <= end - MARGIN ? 0 : (from + to - begin - end) / 2;

// Somebody takes a step: what is played comes back to the screen, if it was scrolled away.
function lookHere() {
    const { top, bottom } = byId("playing").getBoundingClientRect();
    if (top < 0 || bottom > window.innerHeight + 1) byId("playing").scrollIntoView({ behavior: calm() ? "instant" : "smooth" });
}

function fillScreen() {
    const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    done.catch(() => { byId("full").disabled = true; }); // a frame that may not
}

const SIGHT_KEYS = {
    "+": () => zoomTo(zoom * ZOOM), "=": () => zoomTo(zoom * ZOOM), "-": () => zoomTo(zoom / ZOOM), 0: () => zoomTo(1),
    f: () => byId("full").click(),
};

function wireSight() {
    byId("larger").addEventListener("click", SIGHT_KEYS["+"]);
    byId("smaller").addEventListener("click", SIGHT_KEYS["-"]);
    byId("fitted").addEventListener("click", SIGHT_KEYS[0]);
    byId("full").hidden = !document.fullscreenEnabled;
    byId("full").addEventListener("click", fillScreen);
    document.addEventListener("fullscreenchange", () => byId("full").setAttribute("aria-pressed", Boolean(document.fullscreenElement)));
    byId("views").addEventListener("wheel", event => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        const { left, top } = byId("views").getBoundingClientRect();
        zoomTo(zoom * ZOOM ** -Math.sign(event.deltaY), event.clientX - left, event.clientY - top);
    }, { passive: false });
    window.addEventListener("resize", () => { fit(); follow(steps[position]); });
}
