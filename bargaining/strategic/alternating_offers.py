"""Alternating offers: what talks lead to when offers are made and refused in turn.

Subgame-perfect equilibria of Rubinstein's game (1982) and its relatives, over the payoffs of any
bargaining problem: impatience, fixed costs, breakdown risk, outside and inside options, an end,
any order of proposers. The limit of ever shorter rounds is the Nash solution with weights that the
rules give (Binmore, Rubinstein and Wolinsky 1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import ArrayLike

from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.strategic.disagreement import Disagreement, DisagreementPoint, as_disagreement
from bargaining.strategic.offers import Offers
from bargaining.strategic.offers_frontier import talking_region
from bargaining.strategic.offers_solve import listed, nothing_to_offer, played, without_offers
from bargaining.strategic.talks_input import Proposers, talks_of
from bargaining.types import FloatArray

__all__ = ["alternating_offers"]


def alternating_offers(
    problem: BargainingProblem | Negotiation,
    discount_factors: ArrayLike | None = None,
    *,
    costs: ArrayLike | None = None,
    horizon: int | None = None,
    breakdown: float = 0.0,
    breakdown_payoffs: ArrayLike | None = None,
    outside_options: ArrayLike | None = None,
    inside_options: ArrayLike | None = None,
    proposers: Proposers = "alternating",
    disagreement: Disagreement | str | Sequence[float] | FloatArray | None = None,
    lotteries: bool = True,
) -> Offers:
    """Return a subgame-perfect equilibrium of alternating offers, and whether there are others.

    In a round a player proposes payoffs of the feasible set, and the others say yes or no. If all
    say yes, that is the agreement. If somebody says no: first, those who said no may take their
    outside option, which ends the talks, and everybody gets its outside option; otherwise talks
    break down with probability `breakdown`, and everybody gets its breakdown payoff; otherwise a
    round passes and the next player proposes. After the last round of a horizon a refusal ends the
    talks with the breakdown payoffs. A player's payoff from agreeing on u after t rounds is
    (1 - delta^t) x inside option + delta^t x u, so that an inside option is what talking for ever
    is worth: a flow of (1 - delta) x inside option in each round of talks. With fixed costs it is
    u - t x cost, and no agreement leaves anybody below the disagreement point. Whoever is
    indifferent accepts, and offers are Pareto efficient among those that are best for the proposer.

    Parameters
    ----------
    problem : BargainingProblem or Negotiation
    discount_factors : array_like of shape (N,), optional
        Weight of a payoff a round later; the players' own `discount_factor` when left out. From 0
        to 1; 1 needs a breakdown risk or a horizon.
    costs : array_like of shape (N,), optional
        Fixed cost of each round of delay, in payoffs, instead of discounting.
    horizon : int, optional
        Number of rounds; talks may go on for ever when left out.
    breakdown : float
        Probability, in [0, 1), that talks end after a refusal.
    breakdown_payoffs, inside_options : array_like of shape (N,), optional
        The disagreement point when left out.
    outside_options : array_like of shape (N,), optional
        There are none when left out.
    proposers : "alternating", sequence of players, or probabilities
        In the order of the players, repeated; in the given order, repeated; or drawn anew each
        round with N probabilities (an array, or a mapping from players).
    disagreement : optional
        For a negotiation, as in `solve`.
    lotteries : bool
        False: offers are single packages (or points); two players.

    Returns
    -------
    Offers
        With two players and lotteries the payoffs are unique, except with fixed costs along an edge
        of the same slope. With single packages there may be many equilibria: bounds on all of them
        are stated. With three players or more and no horizon the equilibrium is a stationary one,
        and patient players have others (Shaked's example; Haller 1986).

    Raises
    ------
    InputError
        For arguments that do not fit.
    IntractableError
        When a search over single packages would need too much.
    ConvergenceError
        When no stationary equilibrium is found; it carries what was left.

    References
    ----------
    Rubinstein 1982; Shaked and Sutton 1984; Binmore, Rubinstein and Wolinsky 1986; Binmore 1987
    (random proposers); Binmore, Shaked and Sutton 1989 (outside options).

    Examples
    --------
    >>> import bargaining as bg
    >>> pie = bg.BargainingProblem(bg.PointSet([[1, 0], [0, 1]]), disagreement=[0, 0])
    >>> offers = bg.alternating_offers(pie, (0.9, 0.8))
    >>> offers.payoffs.round(4).tolist()
    [0.7143, 0.2857]
    >>> offers.unique
    True
    """
    bargained, point, own = _problem(problem, disagreement)
    talks = talks_of(
        bargained.players, bargained.disagreement, own,
        discount_factors=discount_factors, costs=costs, horizon=horizon, breakdown=breakdown,
        breakdown_payoffs=breakdown_payoffs, outside_options=outside_options,
        inside_options=inside_options, proposers=proposers,
    )  # fmt: skip
    region = talking_region(bargained, talks)
    if nothing_to_offer(region, talks):
        offers = without_offers(bargained, talks, region)
    else:
        solve = played if lotteries else listed
        offers = solve(bargained, talks, region)
    if point is None:
        return offers
    return replace(offers, disagreement_from=point.says, equilibrium=point.equilibrium)


def _problem(
    problem: Any, disagreement: Any
) -> tuple[BargainingProblem, DisagreementPoint | None, list[float | None]]:
    """Return the bargaining problem, the model behind its d, and the players' own patience."""
    if isinstance(problem, BargainingProblem):
        if disagreement is not None:
            raise InputError(
                "alternating_offers, disagreement: the bargaining problem has one already"
            )
        feasible = problem.feasible
        if isinstance(feasible, PackageSet):
            return problem, None, [p.discount_factor for p in feasible.negotiation.players]
        return problem, None, [None] * problem.number_of_players
    if not isinstance(problem, Negotiation):
        raise InputError(
            "alternating_offers, problem: expected a BargainingProblem or a Negotiation, "
            f"got {problem!r}"
        )
    point = as_disagreement("noncooperative" if disagreement is None else disagreement).point(
        problem
    )
    bargained = BargainingProblem(PackageSet(problem), point.payoffs)
    return bargained, point, [p.discount_factor for p in problem.players]
