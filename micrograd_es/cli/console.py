"Where the commands print: any console can show what they say, if need be as d(loss)/d(v1)."

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

from ..text.keyboard import shown


class Console:
    "A stream on which nothing fails to be written, and nothing becomes a question mark."

    def __init__(self, stream: Any):
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        self.stream.write(shown(text, self.stream.encoding))
        return len(text)


@contextmanager
def consoles() -> Iterator[None]:
    "Meanwhile, stdout and stderr are such; where there is none, as in a window, there is none."
    out, err = (stream and Console(stream) for stream in (sys.stdout, sys.stderr))
    with redirect_stdout(out), redirect_stderr(err):
        yield
