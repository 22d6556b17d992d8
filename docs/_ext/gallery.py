"""Sphinx extension: a page for each example, with what it prints and draws, and cards of them.

`{cards}` with names of examples shows those; without any it shows the rest, so that no example is
missing from the page.
"""

from __future__ import annotations

import ast
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from docs._ext.run_examples import KEPT, Example, examples

logger = logging.getLogger(__name__)

LINES = 16
"""Printed lines on the card of an example that draws nothing."""


def words(example: Example) -> tuple[str, str, str]:
    """Return the title of an example, what its first sentence adds to it, and all that follows."""
    first, _, rest = (
        ast.get_docstring(ast.parse(example.path.read_text("utf-8"))) or ""
    ).partition("\n\n")
    title, _, more = " ".join(first.split()).partition(": ")
    return title.removesuffix("."), more[:1].upper() + more[1:], rest


def page(example: Example) -> str:
    """Write the page of an example."""
    title, more, rest = words(example)
    parts = [f"# {title}", more, rest]
    parts += [f"![What examples/{example.path.name} draws]({example.name}/{picture.name})"
              for picture in example.pictures]  # fmt: skip
    parts += ["## What it prints", f"```text\n{example.printed.rstrip()}\n```"] * bool(
        example.printed.strip()
    )
    parts += [
        "## The file",
        f"```{{literalinclude}} ../../examples/{example.path.name}\n:language: python\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def write_pages(app: Sphinx) -> None:
    """Run the examples that are not up to date, and write their pages where they have changed."""
    KEPT.mkdir(exist_ok=True)
    found = examples()
    for old in KEPT.glob("*.md"):
        if old.stem not in {example.name for example in found}:
            old.unlink()
    for example in found:
        if not example.up_to_date():
            logger.info("running examples/%s", example.path.name)
            try:
                example.run()
            except RuntimeError as error:
                logger.warning("%s", error, type="gallery")
                continue
        target, text = KEPT / f"{example.name}.md", page(example)
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")


class Cards(SphinxDirective):
    """Cards of examples: a picture or what is printed, the title as a link, a sentence."""

    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Make the cards."""
        known = {example.name: example for example in examples()}
        shown: list[str] = list(self.env.temp_data.get("gallery_shown") or [])
        wanted = self.arguments[0].split() if self.arguments else sorted(set(known) - set(shown))
        self.env.temp_data["gallery_shown"] = [*shown, *wanted]
        cards = nodes.container(classes=["cards"])
        for name in wanted:
            if name not in known:
                raise self.error(f"cards: no example is called {name!r}")
            cards += self.card(known[name])
        return [cards] if wanted else []

    def card(self, example: Example) -> nodes.container:
        """Make the card of an example."""
        title, more, _ = words(example)
        thumb = nodes.container(classes=["thumb"])
        if example.pictures:
            file = f"/gallery/{example.name}/{example.pictures[0].name}"
            thumb += nodes.image(uri=file, alt="")
        else:
            text = "\n".join(example.printed.split("\n")[:LINES])
            thumb += nodes.literal_block(text, text, language="text")
        link = addnodes.pending_xref(
            "", nodes.strong(title, title), refdomain="std", reftype="doc", refexplicit=True,
            reftarget=f"/gallery/{example.name}", refwarn=True, refdoc=self.env.docname,
        )  # fmt: skip
        heading = nodes.paragraph("", "", link)
        return nodes.container(
            "", thumb, heading, nodes.paragraph(more, more, classes=["words"]), classes=["card"]
        )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.connect("builder-inited", write_pages)
    app.add_directive("cards", Cards)
    return {"version": "1", "parallel_read_safe": True}
