"""The lab as one page: the parts of others, this package, and what is written here, packed into a single file."""

from __future__ import annotations

import base64
import gzip
import importlib.metadata
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from string import Template

from .parts import Part, parts

HERE = Path(__file__).parent
PACKAGE = HERE.parent
SCRIPTS = "tame share editor python lab".split()
BROUGHT = "graphviz", "latex2mathml"  # Python packages that the pictures and the player need
KINDS = {".py", ".html", ".css", ".js", ".txt"}
NONCE = "lab"  # scripts with it are ours; a handler that stood in somebody's markup has none
POLICY = (
    f"default-src 'none'; script-src 'nonce-{NONCE}' blob: data: 'wasm-unsafe-eval'; worker-src data:; "
    "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
)
INSIDE = (  # what these parts have in them
    "Python, in pyodide: the PSF License 2, https://docs.python.org/3/license.html",
    "Graphviz, in @hpcc-js/wasm-graphviz: the Eclipse Public License, https://gitlab.com/graphviz/graphviz",
)
IMPORTED = re.compile(r"""\bfrom ['"]([^'".][^'"]*)['"]""")  # in a module of JavaScript


def page(program: str | None = None) -> str:
    "The whole page; the editor begins with this program, or with the first example."
    found = parts()
    editor = {name: part for name, part in found.items() if name not in ("pyodide", "@hpcc-js/wasm-graphviz")}
    pyodide = found["pyodide"]
    lock = json.loads(pyodide["pyodide-lock.json"]) | {"packages": {}}  # none that would be fetched
    packed = {
        "editor.json": json.dumps(linked(editor)).encode(),
        "worker.js": (HERE / "worker.js").read_bytes(),
        **{name: pyodide[name] for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")},
        "pyodide-lock.json": json.dumps(lock).encode(),
        "graphviz.mjs": found["@hpcc-js/wasm-graphviz"]["dist/index.js"],
        "package.zip": package(),
    }
    texts = {"licences": licences(found), "examples": examples(), "program": program}
    holes = {
        "policy": POLICY,
        "nonce": NONCE,
        "versions": versions(found),
        "style": (HERE / "lab.css").read_text("utf-8"),
        "texts": "\n".join(
            f'<script type="application/json" data-text="{name}">{inert(text)}</script>' for name, text in texts.items()
        ),
        "parts": "\n".join(
            f'<script type="application/octet-stream" data-part="{name}">{squeezed(data)}</script>'
            for name, data in packed.items()
        ),
        "script": "\n".join((HERE / f"{name}.js").read_text("utf-8") for name in SCRIPTS),
    }
    return Template((HERE / "page.html").read_text("utf-8")).substitute(holes)


def squeezed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()


def inert(x: object) -> str:
    "JSON that may stand in a <script>, whatever is in it."
    return json.dumps(x).replace("<", "\\u003c")


def linked(editor: dict[str, Part]) -> list[tuple[str, str]]:
    "The editor's modules, each after those that it imports: so the page can give each its address in turn."
    sources = {name: part.module.decode() for name, part in editor.items()}
    order: dict[str, str] = {}

    def add(name: str) -> None:
        for other in IMPORTED.findall(sources[name]):
            if other in sources and other != name and other not in order:
                add(other)
        order.setdefault(name, sources[name])

    for name in sources:
        add(name)
    return list(order.items())


def package() -> bytes:
    "This package, and the two that it draws with, as a zip of their files."
    with zipfile.ZipFile(out := io.BytesIO(), "w") as zip:
        for name, data in files():
            zip.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def files() -> Iterator[tuple[str, bytes]]:
    "Name and content, in order: the same package gives the same page. Of the lab only its Python is needed in the lab."
    for file in sorted(PACKAGE.rglob("*")):
        if file.suffix in KINDS and (file.suffix == ".py" or HERE not in file.parents):
            yield file.relative_to(PACKAGE.parent).as_posix(), file.read_bytes()
    for name in BROUGHT:
        for path in sorted(importlib.metadata.files(name) or [], key=str):
            if path.parts[0] == name and path.suffix in KINDS:
                yield path.as_posix(), path.read_binary()


def examples() -> dict[str, str]:
    "The programs of the menu: the first line of each, a comment, is its title."
    texts = [file.read_text("utf-8") for file in sorted((HERE / "examples").glob("*.txt"))]
    return {text.partition("\n")[0].lstrip("# "): text for text in texts}


def versions(found: dict[str, Part]) -> str:
    python = json.loads(found["pyodide"]["pyodide-lock.json"])["info"]["python"]
    names = {"pyodide": "Pyodide", "@hpcc-js/wasm-graphviz": "wasm-graphviz", "codemirror": "CodeMirror"}
    others = ", ".join(f"{title} {found[name].version}" for name, title in names.items())
    return f"micrograd_es {importlib.metadata.version('micrograd-es')}, Python {python}, {others}"


def licences(found: dict[str, Part]) -> str:
    "Of all that others wrote."
    texts = [part.licence for part in found.values()]
    for name in BROUGHT:
        about = importlib.metadata.metadata(name).json
        texts.append(f"{name} {about['version']}, {about.get('license_expression', about.get('license'))}")
        texts += [f.read_text("utf-8") for f in importlib.metadata.files(name) or [] if "LICENSE" in f.name.upper()]
    return "\n\n----\n\n".join([*texts, *INSIDE])
