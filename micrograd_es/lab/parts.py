"""The parts of the lab that others wrote: packages of npm, pinned in parts.json by version and sha512.

They are fetched once, by npm itself or, where there is none, from the registry that npm is configured with, and kept in
the cache folder. Every file is verified each time it is read.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request
from pathlib import Path

from ..system.files import cache_folder, write_whole

PINNED: dict[str, str] = json.loads(Path(__file__).with_name("parts.json").read_text("utf-8"))
TIMEOUT = 300  # seconds, for the 8 MB of all parts
REGISTRY = "https://registry.npmjs.org"


class Part:
    "A package of npm as it was published: `.name`, `.version`, and its files by `part[path]`."

    def __init__(self, pinned: str, packed: bytes):
        self.name, _, self.version = pinned.rpartition("@")
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            files = [member for member in tar if member.isfile()]
            self.files = {m.name.partition("/")[2]: tar.extractfile(m).read() for m in files}  # type: ignore[union-attr]
        self.about = json.loads(self["package.json"])

    def __getitem__(self, path: str) -> bytes:
        return self.files[path]

    @property
    def module(self) -> bytes:
        "Its JavaScript, where that is a single module."
        return self[self.about["exports"]["import"].removeprefix("./")]

    @property
    def licence(self) -> str:
        "Which it is, where the source is, and its text where the package brings it."
        source = self.about["repository"]
        texts = [text.decode() for path, text in self.files.items() if path.upper().startswith("LICENSE")]
        where = source if isinstance(source, str) else source["url"]
        return "\n".join([f"{self.name} {self.version}, {self.about['license']}, {where}", *texts])


def parts() -> dict[str, Part]:
    "All of them by name, from the cache folder; what is not there yet is fetched. RuntimeError where it cannot be had."
    folder = cache_folder("lab")
    folder.mkdir(parents=True, exist_ok=True)
    if absent := [pinned for pinned in PINNED if not verified(pinned, folder)]:
        fetch(absent, folder)
    found = [Part(pinned, verified(pinned, folder) or refuse(pinned)) for pinned in PINNED]
    return {part.name: part for part in found}


def verified(pinned: str, folder: Path) -> bytes | None:
    "What is in the folder under this name, if it is what was pinned."
    file = folder / file_name(pinned)
    packed = file.read_bytes() if file.exists() else b""
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    return packed if f"sha512-{digest}" == PINNED[pinned] else None


def refuse(pinned: str) -> bytes:
    raise RuntimeError(f"the lab: what came as {pinned} is not what its sha512 in parts.json says; nothing was built")


def file_name(pinned: str) -> str:
    "As npm calls it.\n\n>>> file_name('@lezer/lr@1.4.12')\n'lezer-lr-1.4.12.tgz'"
    name, _, version = pinned.rpartition("@")
    return f"{name.lstrip('@').replace('/', '-')}-{version}.tgz"


def fetch(pinned: list[str], folder: Path) -> None:
    "Into the folder."
    try:
        if npm := shutil.which("npm"):
            with tempfile.TemporaryDirectory(dir=folder) as own:  # somebody else may be fetching too
                command = [npm, "pack", *pinned, "--ignore-scripts", "--fetch-retries=1"]
                subprocess.run([*command], capture_output=True, timeout=TIMEOUT, check=True, cwd=own)
                for one in pinned:
                    write_whole(folder / file_name(one), (Path(own) / file_name(one)).read_bytes())
            return
        for one in pinned:
            name, _, version = one.rpartition("@")
            url = f"{registry()}/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
                write_whole(folder / file_name(one), answer.read())
    except (OSError, subprocess.SubprocessError) as error:
        lines = (getattr(error, "stderr", b"") or str(error).encode()).decode(errors="replace").splitlines()
        said = next((line for line in lines if not line.startswith("npm warn")), "")
        raise RuntimeError(
            f"the lab: {pinned[0]} and {len(pinned) - 1} more parts are not in {folder} and could not be fetched from "
            f"npm; where there is a network, do this once ({said})"
        ) from None


def registry() -> str:
    "The one that npm would ask."
    settings = Path.home() / ".npmrc"
    text = settings.read_text("utf-8") if settings.exists() else ""
    written = re.search(r"^registry *= *(\S+)", text, re.MULTILINE)
    return (os.environ.get("npm_config_registry") or (written[1] if written else REGISTRY)).rstrip("/")
