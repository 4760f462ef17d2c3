// ---- The program in an address, in this browser, in a file ------------------------------------------------------------
const KEPT = "micrograd_es.lab";

async function through(bytes, stream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
}

async function addressed(program) {
  const bytes = await through(new TextEncoder().encode(program), new CompressionStream("deflate-raw"));
  const letters = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return `${location.href.split("#")[0]}#code=${letters}`;
}

// The program that the address brings, or null.
async function arrived() {
  const letters = /^#code=([\w-]+)$/.exec(location.hash)?.[1];
  if (!letters) return null;
  try {
    const bytes = fromBase64(letters.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
  } catch {
    return "# The link to this program is not whole: a part of its address was lost on the way.\n";
  }
}

const store = {
  read() {
    try { return localStorage.getItem(KEPT); } catch { return null; }
  },
  write(program) {
    try {
      localStorage.setItem(KEPT, program);
      return true;
    } catch {
      return false; // this browser keeps nothing for a page that was opened from a file, or was told so
    }
  },
};

function notebook(program) {
  const cell = { cell_type: "code", id: "program", metadata: {}, execution_count: null, outputs: [], source: program };
  return JSON.stringify({ cells: [cell], metadata: { language_info: { name: "python" } }, nbformat: 4, nbformat_minor: 5 }, null, 1);
}

function saved(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
