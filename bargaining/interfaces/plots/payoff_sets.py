"""Pictures of two players' payoffs: what can be agreed, where breakdown leaves them, the solutions.

The outline of the payoff set comes from its support function in all directions (Aneja and Nair 1979
on its four sides), so packages are never listed. Readable in black and white: parts of the
picture differ in shape, line and shade before they differ in colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.errors import InputError
from bargaining.interfaces.plots.outlines import (
    draw,
    gains_in_words,
    shape_of,
    shared_legend,
    zoom,
)
from bargaining.interfaces.plots.style import (
    frame,
    heading,
    label_edges,
    new_axes,
    say,
    two_players,
)
from bargaining.linkage.regimes.comparison import RegimeComparison, compare_regimes
from bargaining.linkage.regimes.induced import induce
from bargaining.linkage.regimes.regimes import Regime, resolved
from bargaining.model.negotiation import Negotiation
from bargaining.strategic.disagreement import Disagreement, as_disagreement
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_payoff_set", "plot_regimes"]

SOLUTIONS = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian")

NO_DEAL = {True: "no gainful deal", False: "no gainful package"}
"""By whether lotteries over packages may be agreed."""


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
        two_players(problem.player_names)
        model = as_disagreement("noncooperative" if disagreement is None else disagreement)
        unit = problem.unit
        problem = BargainingProblem(PackageSet(problem), model.point(problem).payoffs)
    elif disagreement is not None:
        raise InputError("plot_payoff_set, disagreement: the bargaining problem has one already")
    two_players(problem.players)
    own = ax is None
    ax = new_axes(1, (5.6, 4.6))[0] if ax is None else ax
    agreements = [
        bargain(problem, rule, lotteries=lotteries) for rule in map(as_solution, solutions)
    ]
    ideal = agreements[0].ideal if agreements else problem.disagreement
    points = [(a.solution.name, a.payoffs) for a in agreements if a.agreed]
    draw(ax, shape_of(problem), problem.disagreement, ideal, points)
    frame(ax, problem.players, unit)
    zoom([ax], [shape_of(problem)], problem.disagreement, [ideal])
    if own:
        shared_legend([ax], lotteries)
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
    two_players(game.player_names)
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
    drawn = new_axes(len(outcomes), (4.0, 3.5)) if axes is None else list(axes)
    if len(drawn) < len(outcomes):
        raise InputError(
            f"plot_regimes, axes: expected one for each of {len(outcomes)} regimes, "
            f"got {len(drawn)}"
        )
    shapes, ideals = [], []
    for ax, outcome in zip(drawn, outcomes, strict=False):
        problem = _regime_problem(game, outcome.regime, outcome.off_table, outcome.disagreement)
        ideal = bargain(problem, lotteries=outcome.lotteries).ideal
        reached = [(c.solution.name, o) for c in comparisons for o in c.outcomes]
        points = [
            (name, o.payoffs) for name, o in reached if o.regime == outcome.regime and o.agreed
        ]
        shapes.append(shape_of(problem))
        ideals.append(ideal)
        draw(ax, shapes[-1], outcome.disagreement, ideal, points)
        frame(ax, game.player_names, game.unit)
        heading(ax, outcome.regime.name if len(outcomes) > 1 else "")
        name = comparisons[0].solution.name
        say(
            ax,
            gains_in_words(name, outcome.gains) if outcome.agreed else NO_DEAL[outcome.lotteries],
        )
    drawn = drawn[: len(outcomes)]
    zoom(drawn, shapes, comparisons[0].disagreement, ideals)
    if axes is None:
        label_edges(drawn)
        shared_legend(drawn, outcomes[0].lotteries)
    return drawn


def _regime_problem(
    game: Negotiation, regime: Regime, off_table: str, point: FloatArray
) -> BargainingProblem:
    tradable = resolved(game, regime).tradable
    if off_table == "response":
        return BargainingProblem(PackageSet(induce(game, tradable).negotiation), point)
    return BargainingProblem(PackageSet(game.restrict(tradable=tradable)), point)
