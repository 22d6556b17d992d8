"""Outlines of payoff sets in the plane, and how they are drawn: areas, markers, legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.cooperative.feasible import FrontierSet, PackageSet, PointSet, Polytope
from bargaining.cooperative.frontier import efficient_edge, frontier
from bargaining.cooperative.problem import BargainingProblem
from bargaining.interfaces.plots.style import GROUND, INK, OUTLINE, ROW, SHADE
from bargaining.optimize.oracle import Supports
from bargaining.results.table import aligned
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "Shape",
    "draw",
    "gains_in_words",
    "outline",
    "shape_of",
    "shared_legend",
    "zoom",
]

MARKERS = {
    "nash": ("o", "#0072B2"),
    "kalai-smorodinsky": ("s", "#D55E00"),
    "egalitarian": ("^", "#009E73"),
    "utilitarian": ("D", "#CC79A7"),
    "raiffa": ("v", "#56B4E9"),
    "perles-maschler": ("P", "#E69F00"),
    "equal-area": ("h", "#000000"),
}
"""Shape and colour of each solution; the colours are those of Okabe and Ito (2008)."""

SIZES = (13.0, 10.0, 7.0, 4.0, 3.5, 3.0, 2.5)
"""Sizes in points, outermost first, so that solutions at one point show as rings in each other."""

CLOSE = 0.2
"""Share of the picture that the gains take up, below which the picture is of them alone."""


@dataclass(frozen=True, eq=False)
class Shape:
    """A payoff set as drawn: its outline (or None) and its efficient edge, both (M, 2)."""

    outline: FloatArray | None
    edge: FloatArray


class _Mirrored:
    """A set seen in a mirror, so that its lower and left sides become efficient edges."""

    def __init__(self, feasible: PackageSet | PointSet | Polytope, signs: FloatArray) -> None:
        self.feasible, self.signs = feasible, signs
        self.dimension = feasible.dimension

    def supports(self, weights: FloatArray) -> Supports:
        found = self.feasible.supports(weights * self.signs)
        return Supports(found.bounds, found.points * self.signs, found.tags)


def shape_of(problem: BargainingProblem) -> Shape:
    """Return the outline and the efficient edge of a problem's set, as far as it is bounded."""
    feasible = problem.feasible
    if isinstance(feasible, FrontierSet):
        first = np.linspace(feasible.low, feasible.high, 400)
        return Shape(None, np.array([(u, feasible.f(float(u))) for u in first]))
    if isinstance(feasible, PackageSet) and feasible.packages.curved:
        return Shape(None, frontier(feasible.negotiation).points)
    bounded = isinstance(feasible, Polytope) and feasible.vertices is not None
    if isinstance(feasible, PackageSet | PointSet) or bounded:
        assert isinstance(feasible, PackageSet | PointSet | Polytope)
        edge, _ = efficient_edge(feasible)
        return Shape(outline(feasible), edge)
    return Shape(None, frontier(problem).points)


def outline(feasible: PackageSet | PointSet | Polytope) -> FloatArray:
    """Return the vertices of the convex hull of a set in the plane, clockwise, exactly."""
    sides = []
    for signs, backwards in (((1, 1), False), ((1, -1), True), ((-1, -1), False), ((-1, 1), True)):
        mirror = np.array(signs, dtype=float)
        edge = efficient_edge(_Mirrored(feasible, mirror))[0] * mirror
        sides.append(edge[::-1] if backwards else edge)
    return np.concatenate(sides)


def draw(
    ax: Axes, shape: Shape, d: FloatArray, ideal: FloatArray,
    points: Sequence[tuple[str, FloatArray]],
) -> None:  # fmt: skip
    """Draw one payoff set; `points` are the solutions by name."""
    from matplotlib.patches import Polygon, Rectangle

    area = shape.outline if shape.outline is not None else _disposable(shape.edge, d)
    body = Polygon(area, closed=True, facecolor=GROUND, edgecolor=OUTLINE, linewidth=0.8, zorder=1)
    body.set_label("payoffs of packages and lotteries")
    ax.add_patch(body)
    if np.all(ideal > d):
        top = np.maximum(ideal, shape.edge.max(axis=0))
        rational = Rectangle((d[0], d[1]), *(top - d), facecolor=SHADE, edgecolor="none")
        rational.set(zorder=2, label="nobody worse off than without agreement")
        ax.add_patch(rational)
        rational.set_clip_path(Polygon(area, closed=True, transform=ax.transData))
        for k, low in enumerate(d):
            line = ax.axvline if k == 0 else ax.axhline
            line(low, color=OUTLINE, linewidth=0.7, linestyle=(0, (2, 3)), zorder=2)
        ax.plot(*ideal, "*", color="white", markeredgecolor=INK, markersize=11, zorder=5,
                label="ideal point", linestyle="none")  # fmt: skip
    ax.plot(*shape.edge.T, color=INK, linewidth=1.8, zorder=3, label="frontier", marker=".",
            markersize=3.5 if shape.outline is not None else 0)  # fmt: skip
    ax.plot(*d, "X", color=INK, markersize=8, zorder=6, label="without agreement",
            linestyle="none")  # fmt: skip
    for size, (name, payoffs) in zip(SIZES, points, strict=False):
        marker, colour = MARKERS.get(name, ("p", INK))
        ax.plot(*payoffs, marker, markersize=size, markerfacecolor="white", markeredgewidth=1.6,
                markeredgecolor=colour, zorder=7, label=_title(name), linestyle="none")  # fmt: skip


def _disposable(edge: FloatArray, d: FloatArray) -> FloatArray:
    """Return the part of a freely disposable set above d, as a polygon."""
    low = np.minimum(d, edge.min(axis=0))
    first, last = (low[0], edge[0, 1]), (edge[-1, 0], low[1])
    return np.vstack([edge, last, low, first])


def _title(name: str) -> str:
    return name if name in ("egalitarian", "utilitarian", "equal-area") else name.title()


def gains_in_words(solution: str, gains: FloatArray) -> str:
    """Say the gains under a solution, players in order."""
    return f"gains ({_title(solution)}): " + ", ".join(aligned(gains.tolist(), signed=True))


def zoom(
    axes: Sequence[Axes], shapes: Sequence[Shape], d: FloatArray, ideals: Sequence[FloatArray]
) -> None:
    """Show d, ideal points and frontiers; where little of that can be gained, the gains closer."""
    gained = np.vstack([d, *ideals])
    whole = np.vstack([gained, *(shape.edge for shape in shapes)])
    close = 0 < np.ptp(gained, axis=0).prod() < CLOSE * np.ptp(whole, axis=0).prod()
    seen = gained if close else whole
    low, high = seen.min(axis=0), seen.max(axis=0)
    size = np.where(high > low, high - low, 1.0)
    low, high = low - (0.35 if close else 0.1) * size, high + (0.15 if close else 0.1) * size
    for ax in axes:
        ax.set_xlim(low[0], high[0])
        ax.set_ylim(low[1], high[1])


def shared_legend(axes: Sequence[Axes], lotteries: bool) -> None:
    """Put one legend for all axes in the empty place of the grid, beside it, or below."""
    figure: Any = axes[0].figure
    entries: dict[str, Any] = {}
    for ax in axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(str(label), handle)
    spare: list[Any] = [ax for ax in figure.axes if ax not in axes]
    place, columns = "center", 1
    if not spare:
        beside = len(axes) < ROW
        place, columns = ("outside right center", 1) if beside else ("outside lower center", ROW)
    owner = spare[0] if spare else figure
    legend = owner.legend(
        list(entries.values()), list(entries), loc=place, ncols=columns, fontsize=9, frameon=False,
        title=f"Solutions over {'lotteries' if lotteries else 'single packages'}",
    )  # fmt: skip
    legend.get_title().set_fontsize(9)
