"""Sphinx extension: shows beneath each Python block of a page what it prints.

The blocks of a page named in `printed_pages` run from top to bottom in one namespace, so no page
contains a number that the library did not compute when the page was built.
"""

from __future__ import annotations

import io
import re
import textwrap
from contextlib import redirect_stdout
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

WIDTH = 88
"""Characters that fit on a line of a page."""


def run(code: str, name: str, namespace: dict[str, Any]) -> str:
    """Run a block and return what it prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(code, name, "exec"), namespace)
    return wrapped(printed.getvalue().rstrip())


def wrapped(text: str) -> str:
    """Break long lines of words; tables, which have columns or rules, stay as they are."""
    lines = text.split("\n")
    for k, line in enumerate(lines):
        if len(line) > WIDTH and line[:1].isalnum() and not re.search(r"\S {2,}\S", line):
            lines[k] = textwrap.fill(line, WIDTH)
    return "\n".join(lines)


def show_printed(app: Sphinx, page: nodes.document) -> None:
    """Put the output of each Python block of a page after it."""
    name = app.env.docname
    if name not in app.config.printed_pages:
        return
    namespace: dict[str, Any] = {"__name__": name}
    for block in list(page.findall(nodes.literal_block)):
        if block.get("language") != "python":
            continue
        try:
            printed = run(block.astext(), name, namespace)
        except Exception as error:
            logger.warning("a block fails: %r", error, location=block, type="printed")
            return
        if printed:
            output = nodes.literal_block(printed, printed, language="text", classes=["printed"])
            block.parent.insert(block.parent.index(block) + 1, output)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.add_config_value("printed_pages", [], "env", types=frozenset({list}))
    app.connect("doctree-read", show_printed)
    return {"version": "1", "parallel_read_safe": True}
