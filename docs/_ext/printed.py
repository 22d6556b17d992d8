"""Sphinx extension: shows beneath each Python block of a page what it prints and draws.

The blocks of a page run from top to bottom in one namespace, in a folder of its own, so no page
contains a number or a picture that the library did not make when the page was built.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

WIDTH = 98
"""Characters that fit on a line of a page."""

LIMITS = (100, 125)
"""Columns beyond which what is printed is set smaller, by the style sheet."""

PICTURES = "generated/pictures"
"""Folder of the pictures, in that of the pages."""


def run(code: str, name: str, namespace: dict[str, Any], folder: str) -> str:
    """Run a block in a folder and return what it prints."""
    printed = io.StringIO()
    with redirect_stdout(printed), chdir(folder):
        exec(compile(code, name, "exec"), namespace)
    return wrapped(printed.getvalue().rstrip())


def wrapped(text: str) -> str:
    """Break long lines of words; tables, which have columns or rules, stay as they are."""
    lines = text.split("\n")
    for k, line in enumerate(lines):
        if len(line) > WIDTH and line[:1].isalnum() and not re.search(r"\S {2,}\S", line):
            lines[k] = textwrap.fill(line, WIDTH)
    return "\n".join(lines)


def look(text: str) -> list[str]:
    """Return the style of what is printed: words may break, wide tables are set smaller."""
    if not re.search(r"\S {2,}\S|^-{3}|^ ", text, re.MULTILINE):
        return ["printed", "words"]
    columns = max(map(len, text.split("\n")))
    return ["printed", *(f"over-{limit}" for limit in LIMITS if columns > limit)]


def drawn(folder: Path, name: str) -> Iterator[tuple[str, str]]:
    """Save and close the figures that are open, and yield their files and what is on them."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        file = f"{name}-{len(list(folder.glob(f'{name}-*.png'))) + 1}.png"
        figure.savefig(folder / file, dpi=160)
        yield file, described(figure)
        pyplot.close(figure)


def described(figure: Any) -> str:
    """Say what a figure shows, for those who cannot see it: titles, axes, legend."""
    words: list[str] = []
    for ax in figure.axes:
        words += [ax.get_title(), ax.get_xlabel(), ax.get_ylabel()]
    for legend in [*figure.legends, *(ax.get_legend() for ax in figure.axes)]:
        words += [text.get_text() for text in legend.get_texts()] if legend else []
    return "Picture: " + "; ".join(dict.fromkeys(" ".join(each.split()) for each in words if each))


def show_printed(app: Sphinx, page: nodes.document) -> None:
    """Put the output of each Python block of a page after it."""
    name = app.env.docname
    if app.env.doc2path(name).suffix != ".md":
        return
    pictures = Path(app.srcdir) / PICTURES
    for old in pictures.glob(f"{name}-*.png"):
        old.unlink()
    namespace: dict[str, Any] = {"__name__": name}
    with tempfile.TemporaryDirectory() as folder:
        for block in list(page.findall(nodes.literal_block)):
            if block.get("language") != "python" or block.get("source"):  # of a file
                continue
            try:
                printed = run(block.astext(), name, namespace, folder)
            except Exception as error:
                logger.warning("a block fails: %r", error, location=block, type="printed")
                return
            shown: list[nodes.Element] = [
                nodes.image(uri=f"/{PICTURES}/{file}", alt=words, classes=["drawn"])
                for file, words in drawn(pictures, name)
            ]
            if printed:
                text = nodes.literal_block(printed, printed, language="text", classes=look(printed))
                shown.insert(0, text)
            block.parent.insert(block.parent.index(block) + 1, shown)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension with Sphinx, ahead of what collects the pictures of a page."""
    app.connect("doctree-read", show_printed, priority=100)
    return {"version": "2", "parallel_read_safe": True}
