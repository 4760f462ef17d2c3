"""In a terminal: micrograd-es lab lab.html, the page in which one types Python and sees the graph."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ..lab import lab
from ..system.quotes import short
from .parser import Parser

MILLION = 1e6  # bytes: MB
EXAMPLES = """
examples:
  micrograd-es lab lab.html               it opens in any browser, without a server and without a network
  micrograd-es lab lab.html neuron.py     with this program in its editor
  micrograd-es lab neuron.py              the same, as neuron.html

The first time its parts (8 MB) are fetched from npm; they are kept, so later on no network is needed.
"""


def main(argv: Sequence[str]) -> int:
    "The command; what it returns is the exit status."
    parser = Parser(
        prog="micrograd-es lab",
        description="A page in which one types Python; the graph, the worked solution and the player follow.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("files", nargs="+", metavar="file", help="the .html to write, a .py to begin with, or both")
    files = parser.parse_args(argv).files
    pages, programs = ([file for file in files if file.endswith(kind)] for kind in (".html", ".py"))
    if others := [file for file in files if file not in pages + programs]:
        parser.error(f"{short(others[0])}: the lab is written as .html, and begins with a .py")
    if len(pages) > 1 or len(programs) > 1:
        parser.error("one .html and one .py at most")
    try:
        program = Path(programs[0]).read_text("utf-8-sig") if programs else None
        made = lab(pages[0] if pages else Path(programs[0]).with_suffix(".html"), program)
    except UnicodeDecodeError:
        parser.error(f"{short(programs[0])} is no text in UTF-8")
    except OSError as error:
        parser.error(f"{error.filename}: {error.strerror}")
    except RuntimeError as error:
        parser.error(str(error))
    print(f"wrote {made}, {made.stat().st_size / MILLION:.1f} MB", file=sys.stderr)
    return 0
