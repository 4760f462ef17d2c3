"""What a page of ours may do, said to the browser in its Content-Security-Policy: what is written in it, and no more.

No script runs and no style counts but the one of each that the policy knows by its sha256; nothing is fetched, nothing
is sent. So even a label that found a hole in our escaping could do nothing.
"""

import base64
import hashlib
import html


def policy(style: str, script: str | None = None) -> str:
    """For the page with this text, to the letter, in its <style>, and this in its <script>, if it has one.

    >>> policy("p { color: red }").split("; ")[1]
    "style-src 'sha256-ngewhhP73WDIbgwseeu52VAAJgKdGUsu1IUQQsAm8m4='"
    """
    scripts = "" if script is None else f" script-src {_hash(script)};"
    return f"default-src 'none'; style-src {_hash(style)};{scripts} base-uri 'none'; form-action 'none'"


def image(svg: str, alt: str) -> str:
    "An <img> that holds a picture, no larger than the screen: the one form that an untrusted notebook shows too."
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<img alt="{html.escape(alt)}" style="max-width:100%;max-height:90vh" src="data:image/svg+xml;base64,{data}">'
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
