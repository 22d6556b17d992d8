"""From a problem and the rules of the talks to the result, with its certificate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bargaining.cooperative.bargain import named, region_proof
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.region import Region
from bargaining.errors import ConvergenceError, InputError
from bargaining.results.certificate import Certificate
from bargaining.strategic.offers import Offers
from bargaining.strategic.offers_check import check_offers
from bargaining.strategic.offers_frontier import offering
from bargaining.strategic.offers_list import ListedOffers, listed_bounds, listed_play
from bargaining.strategic.play import Play, backwards
from bargaining.strategic.stationary import stationary_plays
from bargaining.strategic.talks import Talks
from bargaining.types import FloatArray

__all__ = ["listed", "nothing_to_offer", "played", "without_offers"]

SAME = 1e-7
"""Equilibria whose payoffs differ by less, in what can be gained, count as one."""


def nothing_to_offer(region: Region, talks: Talks) -> bool:
    """Whether talks without an end have nothing above an impasse to end with.

    Raises
    ------
    InputError
        When delay costs for ever and no agreement is feasible at all.
    """
    if talks.horizon is not None or (talks.has_costs and talks.breakdown > 0):
        return False
    if talks.has_costs and not region.feasible:
        raise _nowhere("payoffs", region)
    return bool(np.all(talks.outside <= region.d)) and not region.agreed


def _nowhere(what: str, region: Region) -> InputError:
    return InputError(
        f"alternating_offers, costs: expected feasible {what} that leave nobody below the "
        f"disagreement point {region.d.tolist()}, got none: talks would cost for ever"
    )


def without_offers(problem: BargainingProblem, talks: Talks, region: Region) -> Offers:
    """Return talks that lead nowhere: everybody is left with an impasse."""
    payoffs = region.d.copy()
    play = Play(np.tile(payoffs, (talks.stages, 1)), ((),) * talks.stages)
    offers = _result(problem, talks, play, bounds=(payoffs, payoffs), unique=True)
    return replace(offers, certificate=region_proof(region))


def played(problem: BargainingProblem, talks: Talks, region: Region) -> Offers:
    """Solve over convex sets."""
    rules = talks.scaled(region.d, region.scale)
    offers = offering(region)
    if talks.horizon is not None:
        play = other = backwards(rules, offers.best, None)
    else:
        play, other = stationary_plays(rules, offers)
    apart = float(np.abs(play.values - other.values).max())
    known = talks.size < 3 or talks.horizon is not None
    unique = known and apart <= SAME
    ends = np.array([play.values[0], play.values[0] if unique else other.values[0]])
    bounds = [region.d + region.scale * end for end in (ends.min(axis=0), ends.max(axis=0))]
    return _certified(
        _result(
            problem, talks, _in_payoffs(play, region), unique=unique,
            bounds=(bounds[0], bounds[1]) if known else None,
        )
    )  # fmt: skip


def listed(problem: BargainingProblem, talks: Talks, region: Region) -> Offers:
    """Solve over single packages or points, two players."""
    if talks.size > 2:
        raise InputError(
            "alternating_offers, lotteries: expected True for more than two players, got False"
        )
    rules = talks.scaled(region.d, region.scale)
    offers = ListedOffers(region)
    endless = talks.has_costs and not talks.breakdown and talks.horizon is None
    if endless and offers.extreme(0, 1, rules.floor) is None:
        raise _nowhere("single packages", region)
    play = listed_play(rules, offers)
    low, high = listed_bounds(rules, offers)
    unique = bool(np.all(high - low <= SAME))
    bounds = (region.d + region.scale * low, region.d + region.scale * high)
    result = _result(
        problem, talks, _in_payoffs(play, region), unique=unique, bounds=bounds, single=True
    )
    return _certified(result)


def _in_payoffs(play: Play, region: Region) -> Play:
    """Return play in payoffs instead of gains."""
    turns = tuple(
        tuple(
            replace(
                each,
                gains=region.d + region.scale * each.gains,
                demands=region.d + region.scale * each.demands,
                weights=each.weights / region.scale,
            )
            for each in made
        )
        for made in play.turns
    )
    return Play(region.d + region.scale * play.values, turns)


def _result(
    problem: BargainingProblem, talks: Talks, play: Play, *, unique: bool,
    bounds: tuple[FloatArray, FloatArray] | None, single: bool = False,
) -> Offers:  # fmt: skip
    rows = [(stage + 1, each) for stage, made in enumerate(play.turns) for each in made]
    size = talks.size
    lasting = bool(np.all(np.isfinite(talks.impasse)))
    weights = np.array([each.weights for _, each in rows]).reshape(-1, size)
    return Offers(
        players=problem.players,
        payoffs=play.values[0],
        offers=np.array([each.gains for _, each in rows]).reshape(-1, size),
        proposers=tuple(problem.players[each.proposer] for _, each in rows),
        rounds=tuple(t for t, _ in rows),
        outcomes=tuple(each.outcome for _, each in rows),
        lotteries=tuple(
            tuple((p, named(problem, tag)) for p, tag in each.lottery) for _, each in rows
        ),
        values=play.values,
        unique=unique,
        lowest=None if bounds is None else bounds[0],
        highest=None if bounds is None else bounds[1],
        impasse=talks.impasse if lasting else None,
        disagreement=problem.disagreement,
        certificate=Certificate("one-shot deviations", 1.0, weights=None if single else weights),
        problem=problem,
        talks=talks,
        single=single,
    )


def _certified(offers: Offers) -> Offers:
    """Return the result with its certificate, which the check computes; refuse one that fails."""
    certificate = check_offers(offers)
    if not certificate:
        raise ConvergenceError(
            "alternating_offers: the offers found leave somebody a gain from a deviation of "
            f"{certificate.value:.1e}",
            certificate=certificate,
        )
    return replace(offers, certificate=certificate)
