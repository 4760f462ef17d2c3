"What the commands have in common: a parser of their arguments that reports a mistake in one line."

import argparse
from typing import NoReturn

from ..graph.names import clean
from ..system.quotes import shortened


class Parser(argparse.ArgumentParser):
    "argparse, but a mistake is reported in one line; an escape sequence that was typed is not sent to the terminal."

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {clean(shortened(' '.join(message.split())))}\n")
