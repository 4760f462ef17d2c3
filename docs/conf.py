"The documentation, for Sphinx: python docs/build.py builds it."

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import micrograd_es  # noqa: E402

project, author = "micrograd_es", "The micrograd_es contributors"
copyright = f"{author}, MIT licence"
version = release = micrograd_es.__version__

# The pages are where they have always been: links between them hold on the forge and on the site.
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**.md", "examples/*.md", "notebooks/*.ipynb"]
exclude_patterns = [".*", "build", "dist", "micrograd_es", "tests", "benchmarks", "site"]
extensions = ["myst_parser", "sphinx.ext.autodoc", "shown"]
source_suffix = {".md": "markdown"}

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
default_role = "code"  # docstrings put names in single backquotes
nitpicky = True
autodoc_mock_imports = ["torch", "jax", "onnx", "safetensors", "distributed"]  # to be read, not to be run
autodoc_preserve_defaults = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True
add_module_names = False

html_theme = "furo"
html_title = f"micrograd_es {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_additional_pages = {"index": "front.html"}
templates_path = ["templates"]
html_copy_source = html_show_sphinx = False
