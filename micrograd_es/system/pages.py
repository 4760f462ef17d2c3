"""What is round every page of ours, and what it may do by its Content-Security-Policy: what is written in it, no more.

No script runs and no style counts but the one of each that the policy knows by its sha256; nothing is fetched, nothing
is sent. So even a label that found a hole in our escaping could do nothing.
"""

import base64
import hashlib
import html
from pathlib import Path
from string import Template


def page(title: str, style: str, body: str, script: str | None = None) -> str:
    "A page as one string: with this title, this body in HTML, and at its end this script, if it has one."
    around = Template(Path(__file__).with_name("page.html").read_text("utf-8"))
    end = "" if script is None else f"<script>{script}</script>"
    return around.substitute(
        title=html.escape(title), policy=policy(style, script), style=style, body=body.rstrip(), script=end
    )


def frame(page: str, title: str, height: str, image: str) -> str:
    "A page in a notebook's cell; beside it the picture, which is all that an untrusted notebook shows."
    return (
        f'<iframe title="{html.escape(title)}" sandbox="allow-scripts" allowfullscreen style="width:100%;'
        f'height:{height};border:1px solid #8885" srcdoc="{html.escape(page)}"></iframe>{image}'
    )


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
