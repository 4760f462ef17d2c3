"What the commands have in common: how their arguments are read, and a mistake in them is reported in one line."

import argparse
from collections.abc import Iterable
from typing import NoReturn
from unicodedata import normalize

from ..expression.parser import ExpressionError
from ..graph.names import clean
from ..system.quotes import short, shortened


class Parser(argparse.ArgumentParser):
    "argparse, but a mistake is reported in one line; an escape sequence that was typed is not sent to the terminal."

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {clean(shortened(' '.join(message.split())))}\n")


def assigned(words: Iterable[str]) -> dict[str, str]:
    "x=1 w=1/3 -> what stands behind each name."
    given: dict[str, str] = {}
    for text in words:
        name, equals, value = text.partition("=")
        name = normalize("NFC", name.strip())
        if not equals:
            raise ExpressionError(f"{short(text)!r}: expected name=number; put the expression in quotes")
        if name in given:
            raise ExpressionError(f"{short(name)} is given twice")
        given[name] = value
    return given
