// ---- Python, in a worker ----------------------------------------------------------------------------------------------
const PATIENCE = 5000; // milliseconds that a program may run without showing anything
const BOOTING = 120_000; // and that Python may need to start, on a slow machine

async function unpacked(name) {
  const packed = document.querySelector(`[data-part="${name}"]`);
  const bytes = await through(fromBase64(packed.textContent), new DecompressionStream("gzip"));
  packed.remove(); // 9 MB of letters
  return bytes;
}

// One request at a time; of those that come meanwhile the last one of each kind waits. `told` hears what is said.
class Python {
  constructor(parts, source, told) {
    this.parts = parts;
    // A module from a blob is refused by Chromium 156 where the page is a file, a classic one by 147; data: is neither.
    this.source = `data:text/javascript,${encodeURIComponent(new TextDecoder().decode(source))}`;
    this.told = told;
    this.start();
  }
  start() {
    this.waiting = null;
    this.asked = { boot: true };
    this.worker = new Worker(this.source, { type: "module" });
    this.worker.onmessage = ({ data }) => this.heard(JSON.parse(data));
    this.worker.onerror = event => this.told({ failed: event.message || "this browser refuses the worker" });
    this.worker.postMessage(this.parts);
    this.patience(BOOTING);
  }
  get starting() { return Boolean(this.asked?.boot); }
  get running() { return this.asked && "code" in this.asked; }
  ask(request) {
    if (this.asked) {
      this.waiting = { ...this.waiting, ...request };
      return;
    }
    this.asked = request;
    this.worker.postMessage(JSON.stringify(request));
    this.patience(PATIENCE);
    this.told({ asked: true });
  }
  heard(message) {
    if (message.shown) {
      this.patience(PATIENCE);
      this.told(message);
      return;
    }
    if (message.failed && !this.starting) {
      this.stop(`stopped: it broke Python itself (${message.failed.slice(0, 80)}).`);
      return;
    }
    clearTimeout(this.timer);
    const asked = this.asked;
    this.asked = null;
    this.told({ ...message, asked });
    const next = this.waiting;
    this.waiting = null;
    if (next && !message.failed) this.ask(next);
  }
  patience(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(`stopped after ${milliseconds / 1000} seconds: does a loop never end?`), milliseconds);
  }
  stop(reason) {
    clearTimeout(this.timer);
    this.worker.terminate();
    this.start();
    this.told({ stopped: reason });
  }
}
