"""What the pages need of Sphinx beyond MyST: examples that run, notebooks as stored, formulas without a script.

    ```{example}
    draw(loss, edges="numbers")
    ```

is run while the page is built, after the examples above it on the same page; under it stands what it prints, and what
its last line shows in a notebook. The formulas are MathML and every picture is in the page, so that a folder suffices.
"""

import ast
import contextlib
import json
import re
import tempfile

from docutils import nodes
from docutils.parsers.rst import directives
from latex2mathml.converter import convert
from myst_parser.parsers.sphinx_ import MystParser
from sphinx.util.docutils import SphinxDirective

from micrograd_es.lab.bench import execute
from micrograd_es.lab.screen import Screen, shown

FENCE = "`" * 12


def run(program, variables):
    "What a program prints and what its last line shows: {'text': ...} or {'html': ...}, in order."
    screen = Screen(say=None)
    with contextlib.redirect_stdout(screen):
        variables["_last"], variables["_shown"] = execute(ast.parse(program), variables), shown
        bundle = eval("_shown(_last)", variables)  # seen from there, a Value has the name of its variable
    if "text/html" in bundle:
        screen.add({"html": bundle["text/html"]})
    elif variables["_last"] is not None:
        screen.add({"text": str(variables["_last"])})
    return screen.items


class Example(SphinxDirective):
    "A program and what it shows; with `:hidden:` only the latter."

    has_content = True
    option_spec = {"hidden": directives.flag}

    def run(self):
        program = "\n".join(self.content)
        try:
            with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # what it writes is not kept
                items = run(program, self.env.temp_data.setdefault("example", {"__name__": "__main__"}))
        except Exception as error:
            raise self.error(f"{type(error).__name__}: {error}\n{program}") from error
        if "hidden" in self.options:
            return [shows("listing", **item) for item in items]
        return [nodes.literal_block(program, program, language="python"), *[shows("shown", **item) for item in items]]


def shows(kind, text="", html=""):
    "A node of the page."
    if html:
        return nodes.raw("", f'<div class="{kind}">{html}</div>', format="html")
    return nodes.literal_block(text.rstrip(), text.rstrip(), language="text", classes=[kind])


class Lab(SphinxDirective):
    "The lab in a frame, if it was built beside the pages; else how one gets it."

    def run(self):
        if not self.config.lab:
            return self.parse_text_to_nodes(
                "The lab is one file more, and was not built into this folder: `micrograd-es lab lab.html` writes it."
            )
        up = "../" * self.env.docname.count("/")
        frame = f'<iframe class="lab" src="{up}lab.html" title="the lab" loading="lazy"></iframe>'
        return [nodes.raw("", f'{frame}<p><a href="{up}lab.html">The lab on a page of its own</a></p>', format="html")]


class Notebook(MystParser):
    "A notebook as a page: its text, its programs, and what is stored with them."

    supported = ("notebook",)

    def parse(self, inputstring, document):
        cells = json.loads(inputstring)["cells"]
        super().parse("\n\n".join(part for cell in cells for part in told(cell)), document)


def told(cell):
    "A cell as MyST."
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return [source]
    outputs = [output for output in map(stored, cell["outputs"]) if output]
    return [f"{FENCE}python\n{source}\n{FENCE}", *outputs]


def stored(output):
    "What is stored of a cell, as MyST."
    data = output.get("data", {})
    if "text/html" in data or "image/png" in data:
        png = "".join(data.get("image/png", "")).replace("\n", "")
        picture = "".join(data.get("text/html", "")) or f'<img alt="a plot" src="data:image/png;base64,{png}">'
        return f'{FENCE}{{raw}} html\n<div class="shown">{picture}</div>\n{FENCE}'
    text = "".join(output["text"] if output["output_type"] == "stream" else data["text/plain"]).rstrip()
    return f"{FENCE}{{code-block}} text\n:class: shown\n\n{text}\n{FENCE}" if text else ""


# ∂ and / stand close to what they belong to, and ln has room before what it is the logarithm of.
ROOM = {
    r"<mo>&#x02202;</mo>": "<mi mathvariant='normal'>∂</mi>",
    r"<mo>&#x0002F;</mo>": "<mo lspace='0' rspace='0'>/</mo>",
    r"<mi>([a-z]{2,})</mi>(?=<mo)": r"<mo lspace='0.17em' rspace='0'>\1</mo>",
    r"<mi>([a-z]{2,})</mi>": r"<mo lspace='0.17em' rspace='0.17em'>\1</mo>",
}


def formula(display):
    "MathML, which browsers set by themselves."

    def visit(self, node):
        mathml = convert(node.astext().strip(), display=display)
        for pattern, better in ROOM.items():
            mathml = re.sub(pattern, better, mathml)
        self.body.append(mathml if display == "inline" else f'<div class="formula">{mathml}</div>')
        raise nodes.SkipNode

    return visit, None


def option_by_option(app, what, name, obj, options, lines):
    "A docstring's line 'edges: ...' begins a paragraph, with the option's name in bold; |w| is no substitution."
    known = getattr(obj.__init__ if what == "class" else obj, "__annotations__", ())
    for i, line in reversed(list(enumerate(lines))):
        line = line.replace("|", r"\|")
        option, colon, rest = line.partition(": ")
        lines[i : i + 1] = ["", f"**{option}**: {rest}"] if colon and option in known else [line]


def by_keyboard(app, pagename, templatename, context, doctree):
    "What scrolls can be reached by the tab key, and a heading of the menu has its level: Sphinx leaves both out."
    for part in {"body", "furo_navigation_tree"} & context.keys():
        text = context[part].replace("<pre>", '<pre tabindex="0">')
        context[part] = text.replace('role="heading"', 'role="heading" aria-level="2"')


def setup(app):
    app.add_directive("example", Example)
    app.add_directive("lab", Lab)
    app.add_config_value("lab", False, "env", bool)
    app.add_source_suffix(".ipynb", "notebook")
    app.add_source_parser(Notebook)
    app.add_html_math_renderer("mathml", formula("inline"), formula("block"))
    app.connect("autodoc-process-docstring", option_by_option)
    app.connect("html-page-context", by_keyboard, priority=900)  # when the theme has made its menu
    return {"parallel_read_safe": True, "parallel_write_safe": True}
