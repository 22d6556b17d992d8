"""Pictures of two players' payoffs: what can be agreed, where breakdown leaves them, the solutions.

The outline of the payoff set comes from its support function in all directions (Aneja and Nair 1979
on its four sides), so packages are never listed. Readable in black and white: parts of the
picture differ in shape, line and shade before they differ in colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.feasible import FrontierSet, PackageSet, PointSet, Polytope
from bargaining.cooperative.frontier import efficient_edge, frontier
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.errors import InputError
from bargaining.interfaces.rendering import aligned
from bargaining.linkage.comparison import RegimeComparison, compare_regimes
from bargaining.linkage.induced import induce
from bargaining.linkage.regimes import Regime, resolved
from bargaining.model.negotiation import Negotiation
from bargaining.optimize.oracle import Supports
from bargaining.strategic.disagreement import Disagreement, as_disagreement
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_payoff_set", "plot_regimes", "save"]

SOLUTIONS = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian")

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

ROW = 3
"""Panels in a row."""

LEGEND = 3.0
"""Inches for a legend beside the panels."""

CLOSE = 0.2
"""Share of the picture that the gains take up, below which the picture is of them alone."""

NO_DEAL = "no gainful deal"

OUTLINE, SET, RATIONAL, INK = "#8C8C8C", "#F3F3F3", "#D4DFEC", "#1A1A1A"


@dataclass(frozen=True, eq=False)
class _Shape:
    """A payoff set as drawn: its outline (or None) and its efficient edge, both (M, 2)."""

    outline: FloatArray | None
    edge: FloatArray


def plot_payoff_set(
    problem: BargainingProblem | Negotiation,
    *,
    disagreement: Disagreement | str | Sequence[float] | FloatArray | None = None,
    solutions: Iterable[str | Solution] = SOLUTIONS,
    lotteries: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw a payoff set of two players with disagreement point, ideal point and solutions.

    Parameters
    ----------
    problem : BargainingProblem or Negotiation
    disagreement : optional
        Of a negotiation, as in `solve` ("noncooperative" if not given). A problem has its own.
    solutions : iterable of str or Solution
        Those that do not apply to the set are an error.
    lotteries : bool
        Of the solutions and the ideal point; False for single packages.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        When there are not two players, or `disagreement` comes with a problem that has its own.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> import bargaining as bg
    >>> axes = plot_payoff_set(bg.load_scenario("nash-barter-1950"))
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('Bill (utility)', 'Jack (utility)')
    """
    unit = ""
    if isinstance(problem, Negotiation):
        _two(problem.player_names)
        model = as_disagreement("noncooperative" if disagreement is None else disagreement)
        unit = problem.unit
        problem = BargainingProblem(PackageSet(problem), model.point(problem).payoffs)
    elif disagreement is not None:
        raise InputError("plot_payoff_set, disagreement: the bargaining problem has one already")
    _two(problem.players)
    own = ax is None
    ax = _axes(1, (5.6, 4.6))[0] if ax is None else ax
    agreements = [
        bargain(problem, rule, lotteries=lotteries) for rule in map(as_solution, solutions)
    ]
    ideal = agreements[0].ideal if agreements else problem.disagreement
    points = [(a.solution.name, a.payoffs) for a in agreements if a.agreed]
    _draw(ax, _shape(problem), problem.disagreement, ideal, points)
    _frame(ax, problem.players, unit)
    _zoom([ax], [_shape(problem)], problem.disagreement, [ideal])
    if own:
        _shared_legend([ax], lotteries)
    return ax


def plot_regimes(
    negotiation: Negotiation | RegimeComparison,
    *,
    disagreement: Disagreement | str | Sequence[float] | FloatArray = "noncooperative",
    solutions: Iterable[str | Solution] = SOLUTIONS,
    regimes: Iterable[Regime] | None = None,
    off_table: str = "response",
    lotteries: bool = False,
    axes: Sequence[Axes] | None = None,
) -> list[Axes]:
    """Draw the payoff set of each regime, side by side on the same scales.

    The set of a regime with separate tables is that of one table: what differs is which of its
    points the tables reach.

    Parameters
    ----------
    negotiation : Negotiation or RegimeComparison
        Of a comparison, its own solution, regimes and options are drawn, and nothing else is
        taken into account but `axes`.
    disagreement, regimes, off_table, lotteries
        As in `compare_regimes`.
    solutions : iterable of str or Solution
    axes : sequence of matplotlib Axes, optional
        One a regime; a new figure if not given.

    Returns
    -------
    list of matplotlib Axes
        One a regime.

    Raises
    ------
    InputError
        When there are not two players, or fewer axes than regimes.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("two-issues")
    >>> [ax.get_title() for ax in plot_regimes(game, disagreement="status-quo")][:2]
    ['linked', 'separate tables']
    """
    game = negotiation.negotiation if isinstance(negotiation, RegimeComparison) else negotiation
    _two(game.player_names)
    if isinstance(negotiation, RegimeComparison):
        comparisons = [negotiation]
    else:
        wanted = None if regimes is None else list(regimes)
        comparisons = [
            compare_regimes(
                game, rule, disagreement=disagreement, regimes=wanted, off_table=off_table,
                lotteries=lotteries, beside=False,
            )
            for rule in solutions
        ]  # fmt: skip
    outcomes = comparisons[0].outcomes
    drawn = _axes(len(outcomes), (4.0, 3.5)) if axes is None else list(axes)
    if len(drawn) < len(outcomes):
        raise InputError(
            f"plot_regimes, axes: expected one for each of {len(outcomes)} regimes, "
            f"got {len(drawn)}"
        )
    shapes, ideals = [], []
    for number, (ax, outcome) in enumerate(zip(drawn, outcomes, strict=False)):
        problem = _regime_problem(game, outcome.regime, outcome.off_table, outcome.disagreement)
        ideal = bargain(problem, lotteries=outcome.lotteries).ideal
        reached = [(c.solution.name, c.outcomes[number]) for c in comparisons]
        points = [(name, o.payoffs) for name, o in reached if o.agreed]
        shapes.append(_shape(problem))
        ideals.append(ideal)
        _draw(ax, shapes[-1], outcome.disagreement, ideal, points)
        _frame(ax, game.player_names, game.unit)
        ax.set_title(outcome.regime.name if len(outcomes) > 1 else "", fontsize=10)
        first = comparisons[0].outcomes[number]
        _say(ax, _gains(comparisons[0].solution.name, first.gains) if first.agreed else NO_DEAL)
    drawn = drawn[: len(outcomes)]
    _zoom(drawn, shapes, comparisons[0].disagreement, ideals)
    if axes is None:
        _label_edges(drawn)
        _shared_legend(drawn, outcomes[0].lotteries)
    return drawn


def save(axes: Axes | Sequence[Axes], path: str | Path, *, title: str = "") -> None:
    """Write the figure of some axes to a file, the format given by its ending, and close it.

    Parameters
    ----------
    axes : matplotlib Axes, or a sequence of them
        As the functions above return them.
    path : str or Path
    title : str

    Raises
    ------
    InputError
        For an ending that stands for no known format.
    """
    figure: Any = (axes[0] if isinstance(axes, Sequence) else axes).figure
    figure.suptitle(title, fontsize=11)
    try:
        figure.savefig(path, dpi=160)
    except ValueError as error:
        raise InputError(f"plot, output {str(path)!r}: {error}") from None
    finally:
        _pyplot().close(figure)


# ----------------------------------------------------------------------------------------- shapes


class _Mirrored:
    """A set seen in a mirror, so that its lower and left sides become efficient edges."""

    def __init__(self, feasible: PackageSet | PointSet | Polytope, signs: FloatArray) -> None:
        self.feasible, self.signs = feasible, signs
        self.dimension = feasible.dimension

    def supports(self, weights: FloatArray) -> Supports:
        found = self.feasible.supports(weights * self.signs)
        return Supports(found.bounds, found.points * self.signs, found.tags)


def _shape(problem: BargainingProblem) -> _Shape:
    feasible = problem.feasible
    if isinstance(feasible, FrontierSet):
        first = np.linspace(feasible.low, feasible.high, 400)
        return _Shape(None, np.array([(u, feasible.f(float(u))) for u in first]))
    bounded = isinstance(feasible, Polytope) and feasible.vertices is not None
    if isinstance(feasible, PackageSet | PointSet) or bounded:
        assert isinstance(feasible, PackageSet | PointSet | Polytope)
        edge, _ = efficient_edge(feasible)
        return _Shape(_outline(feasible), edge)
    return _Shape(None, frontier(problem).points)


def _outline(feasible: PackageSet | PointSet | Polytope) -> FloatArray:
    """Return the vertices of the convex hull of a set in the plane, clockwise, exactly."""
    sides = []
    for signs, backwards in (((1, 1), False), ((1, -1), True), ((-1, -1), False), ((-1, 1), True)):
        mirror = np.array(signs, dtype=float)
        edge = efficient_edge(_Mirrored(feasible, mirror))[0] * mirror
        sides.append(edge[::-1] if backwards else edge)
    return np.concatenate(sides)


def _regime_problem(
    game: Negotiation, regime: Regime, off_table: str, point: FloatArray
) -> BargainingProblem:
    tradable = resolved(game, regime).tradable
    if off_table == "response":
        return BargainingProblem(PackageSet(induce(game, tradable).negotiation), point)
    return BargainingProblem(PackageSet(game.restrict(tradable=tradable)), point)


# ---------------------------------------------------------------------------------------- drawing


def _pyplot() -> Any:
    try:
        import matplotlib.pyplot as pyplot
    except ImportError:
        raise ImportError("plots need matplotlib: pip install 'bargaining[plot]'") from None
    return pyplot


def _two(players: Sequence[str]) -> None:
    if len(players) != 2:
        raise InputError(f"plot: expected two players, got {len(players)} ({', '.join(players)})")


def _axes(count: int, size: tuple[float, float]) -> list[Axes]:
    """Return axes of a new figure, in rows of three, on shared scales, with room for a legend."""
    columns = min(count, ROW)
    rows = -(-count // columns)
    width, height = size[0] * columns, size[1] * rows
    _, grid = _pyplot().subplots(
        rows, columns, figsize=(width if count >= ROW else width + LEGEND, height), sharex=True,
        sharey=True, squeeze=False, layout="constrained",
    )  # fmt: skip
    for spare in grid.flat[count:]:
        spare.set_axis_off()
    return list(grid.flat[:count])


def _draw(
    ax: Axes, shape: _Shape, d: FloatArray, ideal: FloatArray,
    points: Sequence[tuple[str, FloatArray]],
) -> None:  # fmt: skip
    """Draw one payoff set; `points` are the solutions by name."""
    from matplotlib.patches import Polygon, Rectangle

    area = shape.outline if shape.outline is not None else _disposable(shape.edge, d)
    body = Polygon(area, closed=True, facecolor=SET, edgecolor=OUTLINE, linewidth=0.8, zorder=1)
    body.set_label("payoffs of packages and lotteries")
    ax.add_patch(body)
    if np.all(ideal > d):
        top = np.maximum(ideal, shape.edge.max(axis=0))
        rational = Rectangle((d[0], d[1]), *(top - d), facecolor=RATIONAL, edgecolor="none")
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


def _frame(ax: Axes, players: Sequence[str], unit: str) -> None:
    words = [f"{player} ({unit})" if unit else player for player in players]
    ax.set_xlabel(words[0], fontsize=9)
    ax.set_ylabel(words[1], fontsize=9)
    ax.tick_params(labelsize=8)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _say(ax: Axes, words: str) -> None:
    ax.text(0.025, 0.03, words, transform=ax.transAxes, ha="left", va="bottom", fontsize=8,
            zorder=8, bbox={"facecolor": "white", "edgecolor": OUTLINE, "linewidth": 0.6,
                            "boxstyle": "round,pad=0.3"})  # fmt: skip


def _gains(solution: str, gains: FloatArray) -> str:
    return f"gains ({_title(solution)}): " + ", ".join(aligned(gains.tolist(), signed=True))


def _zoom(
    axes: Sequence[Axes], shapes: Sequence[_Shape], d: FloatArray, ideals: Sequence[FloatArray]
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


def _label_edges(axes: Sequence[Axes]) -> None:
    """Leave the labels of shared scales to the panels at the left and the bottom."""
    for number, ax in enumerate(axes):
        lowest, leftmost = number + ROW >= len(axes), number % ROW == 0
        ax.tick_params(labelbottom=lowest, labelleft=leftmost)
        ax.xaxis.label.set_visible(lowest)
        ax.yaxis.label.set_visible(leftmost)


def _shared_legend(axes: Sequence[Axes], lotteries: bool) -> None:
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
