// The worker of the lab: Python lives in here, apart from the page. First comes a message with the parts, then requests.
const MEMORY = 1 << 30; // bytes that a program may use, all in all
const PAGE = 65536; // bytes, of WebAssembly's memory
const asText = bytes => new TextDecoder().decode(bytes);

// The module in these bytes. (WebKit imports no blob here, but data: it does; 8192 is as much as a call may take.)
function imported(bytes) {
  let letters = "";
  for (let i = 0; i < bytes.length; i += 8192) letters += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return import(`data:text/javascript;base64,${btoa(letters)}`);
}

const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * PAGE > MEMORY) throw new RangeError("the lab's memory is used up");
  return grow.call(this, pages);
};

// Python asks for its own files by fetch: they are here. Nothing else is fetched, which the page's policy forbids anyhow.
function fromMemory(parts) {
  return async url => {
    const name = String(url).split("/").pop();
    if (!(name in parts)) throw new TypeError("the lab has no network");
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(parts[name], { headers: { "Content-Type": type } });
  };
}

async function boot(parts) {
  self.fetch = fromMemory(parts);
  const [{ loadPyodide }, { default: createPyodideModule }, { Graphviz }] = await Promise.all(
    ["pyodide.mjs", "pyodide.asm.mjs", "graphviz.mjs"].map(name => imported(parts[name])));
  const loading = Graphviz.load();
  const python = await loadPyodide({
    indexURL: "https://lab.invalid/", lockFileContents: asText(parts["pyodide-lock.json"]), createPyodideModule });
  self.fetch = fromMemory({});
  const graphviz = await loading;
  const folder = python.runPython("import site; site.getsitepackages()[0]");
  python.unpackArchive(parts["package.zip"].buffer, "zip", { extractDir: folder });
  const started = python.runPython("import importlib; importlib.invalidate_caches(); from micrograd_es.lab.bench import started; started");
  return started(source => graphviz.layout(source, "svg", "dot"), told => postMessage(told));
}

let answer;
onmessage = async ({ data }) => {
  try {
    if (!answer) answer = await boot(data);
    else postMessage(answer(data));
  } catch (error) {
    postMessage(JSON.stringify({ failed: String(error) }));
  }
};
