"""Pictures as SVG inside a page: names of their own, a description, letters that stay letters."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bargaining.interfaces.html.markup import Markup, element
from bargaining.interfaces.plots.style import pyplot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["axes_of", "figure_of", "key_of", "style"]

PIXELS = 96 / 72
"""CSS pixels of a point."""


@contextmanager
def style() -> Iterator[None]:
    """Draw for a page: text as text, and the same picture for the same numbers.

    Raises
    ------
    ImportError
        When matplotlib is not installed.
    """
    pyplot()  # says what to install where it is missing
    from matplotlib import rc_context

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "bargaining"}):
        yield


def axes_of(width: float, height: float) -> Axes:
    """Return the axes of a figure of its own, in inches, that no window knows of."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained").add_subplot()


def key_of(axes: Sequence[Axes]) -> Axes:
    """Return axes that hold the legend of others, each entry once."""
    entries: dict[str, Any] = {}
    for ax in axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(str(label), handle)
    key = axes_of(3.9, 0.4 + 0.22 * len(entries))
    key.set_axis_off()
    key.legend(list(entries.values()), list(entries), loc="center", fontsize=9, frameon=False)
    return key


def figure_of(ax: Axes, name: str, says: str, *, caption: str = "", wide: bool = False) -> Markup:
    """Return the figure of some axes as an SVG in the page.

    Parameters
    ----------
    ax : matplotlib Axes
    name : str
        Letters that no other picture of the page has; they begin all its identifiers.
    says : str
        What the picture shows, for those who do not see it.
    caption : str
        Below the picture; none if empty.
    wide : bool
        Whether the letters would be too small on a telephone, which then scrolls instead.
    """
    figure: Any = ax.figure
    text = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(text, format="svg", metadata=nothing, transparent=True)
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#{name}-", svg)
    across = figure.get_figwidth() * 72 * PIXELS
    opening = element("svg", role="img", aria_label=says, style=f"width: {across:.0f}px")
    start = opening.removesuffix("></svg>")
    svg = re.sub(r'^<svg([^>]*?) width="[^"]*"', r"<svg\1", svg)
    svg = re.sub(r'^<svg([^>]*?) height="[^"]*"', r"<svg\1", svg)
    pyplot().close(figure)
    drawn: Markup = Markup(svg.replace("<svg", start, 1))
    if wide:
        drawn = element("div", drawn, class_="scroll wide", tabindex="0", role="region",
                        aria_label=caption or says)  # fmt: skip
    below = (element("figcaption", caption),) if caption else ()
    return element("figure", drawn, *below)
