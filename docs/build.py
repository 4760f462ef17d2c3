"""Builds the documentation into a folder: python docs/build.py [--no-lab] [folder]; without one, into build/site.

index.html opens there from anywhere, a USB stick too: nothing is fetched. The lab goes with it, where its parts are
kept or can be had. A warning fails the build. It needs the group `docs`: pip install -e . --group docs
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build(folder: Path, lab: bool = True) -> int:
    "0 if all went well, and no warning was heard."
    try:
        import furo  # noqa: F401
        import myst_parser  # noqa: F401
        from sphinx.cmd.build import build_main
    except ImportError as error:
        sys.exit(f"{error}: the site needs Sphinx, MyST and Furo: pip install -e . --group docs")
    sys.path.insert(0, str(ROOT))
    made = lab and with_lab(folder / "lab.html")
    with tempfile.TemporaryDirectory() as kept:
        options = ["-W", "--keep-going", "-q", "-E", "-j", "auto", "-D", f"lab={int(made)}"]
        return build_main([*options, "-c", str(ROOT / "docs"), "-d", kept, str(ROOT), str(folder)])


def with_lab(path: Path) -> bool:
    from micrograd_es.lab import lab

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lab(path)
    except RuntimeError as error:
        print(f"without the lab: {error}", file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--no-lab"]
    sys.exit(build(Path(*words or [ROOT / "build" / "site"]), lab="--no-lab" not in sys.argv))
