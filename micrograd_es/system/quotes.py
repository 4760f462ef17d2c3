"What was typed, as an error says it: what is short as it stands, of what is long only a part."

import re

WORD, LINE = 400, 2000  # characters of an error from which on something is left out


def short(text: str) -> str:
    "The text, or its beginning, on one line and fit to be printed."
    text = " ".join(text.split())
    return "".join(c if c.isprintable() else "?" for c in (text if len(text) <= 40 else text[:37] + "..."))


def shortened(message: str) -> str:
    """An error in which no word and no line is endless: the beginning and the end stay, and say what is wrong.

    >>> shortened("unrecognized arguments: " + "-" * 60_000)
    'unrecognized arguments: --------------------...--------------------'
    """
    message = re.sub(rf"\S{{{WORD},}}", lambda m: f"{m[0][:20]}...{m[0][-20:]}", message)
    return message if len(message) <= LINE else f"{message[: LINE // 2]} ... {message[-LINE // 4 :]}"
