"""How Sphinx builds the documentation: `sphinx-build -W docs docs/_build/html`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

import bargaining  # noqa: E402  the checkout, found through the path set above

project = "bargaining"
author = copyright = "The bargaining developers"
version = release = bargaining.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "gallery",
    "printed",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
myst_enable_extensions = ["dollarmath", "amsmath", "deflist"]
myst_heading_anchors = 3

# Single backticks in a docstring link to what they name, where that is documented.
default_role = "py:obj"
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
# Arrays are called what the sources call them, not what numpy makes of that.
autodoc_type_aliases = {name: name for name in ("ArrayLike", "FloatArray", "IntArray", "Lottery")}
autosummary_generate = True
# `frontier` and `Frontier` are one file where file names ignore case.
autosummary_filename_map = {"bargaining.frontier": "bargaining.frontier-function"}
python_maximum_signature_line_length = 88
napoleon_google_docstring = False
napoleon_use_ivar = True
# Several results have attributes of one name, such as `payoffs`; napoleon's lists of attributes
# refer to them by that name alone, which Sphinx calls ambiguous.
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = f"bargaining {version}"
html_static_path = ["_static"]
html_css_files = ["pages.css"]


def plain_aliases(
    app: Any,
    what: str,
    name: str,
    obj: Any,
    options: Any,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Write aliases within unions as their names, without the wrapper that Sphinx puts around."""

    def plain(words: str | None) -> str | None:
        return words and re.sub(r"TypeAliasForwardRef\('(\w+)'\)", r"\1", words)

    return plain(signature), plain(returns)


def setup(app: Any) -> None:
    """Change what autodoc makes of signatures."""
    app.connect("autodoc-process-signature", plain_aliases)
