"Ctrl-C, held back until what has begun is done."

from __future__ import annotations

import signal
from types import FrameType
from typing import Any


class HeldInterrupt:
    """While it lasts, Ctrl-C only sets `pressed`: whoever works looks at it where nothing is half done.

    A second Ctrl-C is let through, for work that never gets there. In another thread than the main one, and where
    Ctrl-C is ignored, nothing is held back.
    """

    pressed = False

    def __enter__(self) -> HeldInterrupt:
        self.before: Any = signal.getsignal(signal.SIGINT)
        try:
            if callable(self.before):
                signal.signal(signal.SIGINT, self._press)
        except ValueError:  # Python gives signals to its main thread alone
            self.before = None
        return self

    def __exit__(self, *error: object) -> None:
        if callable(self.before):
            signal.signal(signal.SIGINT, self.before)

    def _press(self, number: int, frame: FrameType | None) -> None:
        if self.pressed:
            self.before(number, frame)
        self.pressed = True
