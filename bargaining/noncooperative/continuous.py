"""Equilibria of games whose levers are intervals (Rosen 1965), finite levers beside them or not.

Linear-quadratic games are solved exactly as complementarity problems, smooth ones by Newton's
method on them. The certificate is the regret over all levels, and says how it is known: exactly,
as a bound that concavity gives, or by a search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bargaining.errors import ConvergenceError, InputError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.interval_game import IntervalGame, payoff_ranges
from bargaining.noncooperative.interval_search import follow, is_unique
from bargaining.noncooperative.mixed_levers import polished_everywhere, polished_from
from bargaining.noncooperative.regrets import (
    best_moves,
    certified,
    package_of,
)
from bargaining.optimize.smooth import SmoothPayoffs
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.types import FloatArray

__all__ = ["check_continuous_equilibrium", "continuous_equilibrium", "has_intervals"]

MOVES = 50
"""How often a player leaves a stationary profile, at most, before a start is given up."""

APART = 1e-6
"""Equilibria are different when a level differs by more than this part of its interval."""

Start = str | Mapping[Any, float | str]


def has_intervals(negotiation: Negotiation) -> bool:
    """Whether a free lever is an interval."""
    return any(lever.is_interval for lever in negotiation.free_levers)


def continuous_equilibrium(
    negotiation: Negotiation,
    *,
    starts: Sequence[Start] = ("status quo", "middle", "lowest", "highest"),
    random_starts: int = 0,
    rng: int | np.random.Generator | None = None,
    max_iterations: int = 100,
) -> Equilibrium:
    """Return a pure Nash equilibrium of the game in which players set levers within intervals.

    Where the payoffs are quadratic, the first-order conditions are a linear complementarity
    problem, which is solved exactly; otherwise Newton's method solves one such problem a step. At a
    profile where nobody gains by small steps, everybody's best deviation over all own levels is
    looked for; a player that gains moves, and the search goes on. Finite levers beside intervals
    are placed by solving the game on a grid, and by their own deviations.

    Parameters
    ----------
    negotiation : Negotiation
        At least one free lever is an interval; fixed levers stand still.
    starts : sequence of str or mapping
        "status quo", "middle", "lowest", "highest", or a package. The equilibrium from the first
        start that leads to one is taken; different ones are counted.
    random_starts : int
        Further starts drawn uniformly.
    rng : int or numpy.random.Generator
        For the random starts.
    max_iterations : int
        Newton steps, at most, from each profile.

    Returns
    -------
    Equilibrium
        Each strategy is one own package with probability 1. `regret` is relative to each player's
        payoff range over the box, bounded from below by climbing. The certificate is of the kind
        "regret" where every player's gain is known (exactly, for quadratic payoffs, or by the bound
        max slope . (y - x) for payoffs known to be concave in own levers), "regret, concavity
        tested" where the bound rests on concavity that was tested at random levels, and "regret by
        search" where deviations were searched for; `certificate.details["proofs"]` says which, by
        player. `completeness` is "all" where the equilibrium is proved to be the only one.

    Raises
    ------
    InputError
        For unknown starts, or when no free lever is an interval.
    ConvergenceError
        When no pure equilibrium was met, as where none exists (mixed strategies over intervals are
        not computed). It carries the certificate of the least regret met.

    References
    ----------
    Rosen (1965), Existence and uniqueness of equilibrium points for concave n-person games,
    Econometrica 33.

    Examples
    --------
    Two firms sell at the price 12 - q - Q without costs: each sells 4 (Cournot 1838).

    >>> import bargaining as bg
    >>> q, r = (bg.Lever(x, x.upper(), bg.Interval(0, 12), 0) for x in "qr")
    >>> sales = bg.QuadraticPayoff(
    ...     [q, r],
    ...     {"Q": [[-2, -1], [-1, 0]], "R": [[0, -1], [-1, -2]]},
    ...     {"Q": [12, 0], "R": [0, 12]},
    ... )
    >>> game = bg.Negotiation([bg.Player("Q"), bg.Player("R")], [q, r], [sales])
    >>> equilibrium = continuous_equilibrium(game)
    >>> equilibrium.payoffs.round(9).tolist(), equilibrium.completeness
    ([16.0, 16.0], 'all')
    """
    if not has_intervals(negotiation):
        raise InputError("continuous_equilibrium: expected a free lever that is an interval")
    if max_iterations < 1:
        raise InputError(
            f"nash_equilibrium, max_iterations: expected a number >= 1, got {max_iterations!r}"
        )
    smooth = SmoothPayoffs(negotiation)
    scales = payoff_ranges(smooth)
    game = IntervalGame(smooth, scales) if smooth.continuous.all() else None
    found: list[tuple[Equilibrium, FloatArray]] = []
    best: Equilibrium | None = None
    for name, start in _starts(smooth, starts, random_starts, rng):
        equilibrium = (
            _beside_finite(negotiation, scales, start, name, max_iterations)
            if game is None
            else _over_intervals(game, start, name, max_iterations)
        )
        best = equilibrium if best is None or equilibrium.regret < best.regret else best
        if equilibrium.regret <= TOLERANCE:
            place = _position(smooth, equilibrium)
            if all(np.abs(place - other).max() > APART for _, other in found):
                found.append((equilibrium, place))
            if equilibrium.completeness == "all":
                break
    if found:
        return replace(found[0][0], number_found=len(found))
    assert best is not None  # there is at least one start
    if game is None:
        best = _beside_all_finite(negotiation, scales, best, max_iterations)
    if best.regret > TOLERANCE:
        raise ConvergenceError(
            "nash_equilibrium: no pure equilibrium was met, and mixed strategies over intervals "
            f"are not computed; the least regret met is {best.regret:.2g} of the payoff range "
            "(other starts= may help)",
            certificate=best.certificate,
        )
    return best


def _starts(
    smooth: SmoothPayoffs, starts: Sequence[Start], random_starts: int,
    rng: int | np.random.Generator | None,
) -> Iterator[tuple[str, Package]]:  # fmt: skip
    if isinstance(starts, str | Mapping) or not isinstance(starts, Sequence):
        raise InputError(f"nash_equilibrium, starts: expected a sequence of starts, got {starts!r}")
    if random_starts < 0 or (random_starts and rng is None):
        raise InputError(
            "nash_equilibrium, random_starts: expected a number >= 0, and with it rng= (an int or "
            f"a numpy Generator), got {random_starts!r} and {rng!r}"
        )
    if not starts and not random_starts:
        raise InputError("nash_equilibrium, starts: expected at least one, got none")
    negotiation, generator = smooth.negotiation, np.random.default_rng(rng)
    for start in starts:
        if isinstance(start, Mapping):
            yield "a given package", negotiation.package(start)
        elif start == "status quo":
            yield "the status quo", negotiation.status_quo
        elif start in ("middle", "lowest", "highest"):
            share = {"middle": 0.5, "lowest": 0.0, "highest": 1.0}[start]
            yield f"the {start} levels", _at(smooth, np.full(len(smooth.low), share))
        else:
            raise InputError(
                "nash_equilibrium, starts: expected 'status quo', 'middle', 'lowest', 'highest' or "
                f"a package, got {start!r}"
            )
    for k in range(random_starts):
        yield f"random start {k + 1}", _at(smooth, generator.random(len(smooth.low)))


def _at(smooth: SmoothPayoffs, shares: FloatArray) -> Package:
    """Return the package at shares of the way from the lowest to the highest levels."""
    levels: dict[str, float] = {}
    for lever, share, low, high in zip(
        smooth.levers, shares.tolist(), smooth.low.tolist(), smooth.high.tolist(), strict=True
    ):
        known = np.linspace(low, high, 2) if lever.is_interval else lever.array()
        place = share * (len(known) - 1)
        levels[lever.name] = (
            min(low + share * (high - low), high)
            if lever.is_interval
            else float(known[round(place)])
        )
    return smooth.negotiation.package(levels)


def _position(smooth: SmoothPayoffs, equilibrium: Equilibrium) -> FloatArray:
    """Return the levels that are played as shares of the distance between the ends."""
    played = {name: x for ((_, own),) in equilibrium.strategies for name, x in own.items()}
    levels = np.array([played[lever.name] for lever in smooth.levers])
    return np.asarray((levels - smooth.low) / np.maximum(smooth.high - smooth.low, 1e-300))


def _over_intervals(
    game: IntervalGame, start: Package, name: str, max_iterations: int
) -> Equilibrium:
    position = game.positions(np.array([start[lever.name] for lever in game.smooth.levers]))
    settled = follow(game, position, max_iterations=max_iterations, max_moves=MOVES)
    unique = is_unique(game)
    kind = "linear-quadratic complementarity" if game.linear else "Newton on complementarity"
    moved = f" and {settled.moves} moves to better responses" if settled.moves else ""
    return _equilibrium(
        game.smooth.negotiation,
        package_of(game, settled.position),
        certified(settled.deviations, game.scales),
        method=f"{kind}{moved}",
        selection="the only one" if unique else f"reached from {name}",
        completeness="all" if unique else "one",
    )


def _beside_finite(
    negotiation: Negotiation, scales: FloatArray, start: Package, name: str, max_iterations: int
) -> Equilibrium:
    (package, moves), how = polished_from(negotiation, start, scales, max_iterations=max_iterations)
    return _equilibrium(
        negotiation,
        package,
        certified(moves, scales),
        method=how,
        selection=f"reached from {name}",
        completeness="one",
    )


def _beside_all_finite(
    negotiation: Negotiation, scales: FloatArray, best: Equilibrium, max_iterations: int
) -> Equilibrium:
    """Return what all combinations of finite levels lead to where that is better than `best`."""
    polished = polished_everywhere(
        negotiation, negotiation.status_quo, scales, max_iterations=max_iterations
    )
    if polished is None or (certificate := certified(polished[1], scales)).value >= best.regret:
        return best
    return _equilibrium(
        negotiation,
        polished[0],
        certificate,
        method="a polish beside every combination of finite levels",
        selection="the first one beside a combination of finite levels",
        completeness="one",
    )


def _equilibrium(
    negotiation: Negotiation,
    package: Package,
    certificate: Certificate,
    *,
    method: str,
    selection: str,
    completeness: str,
) -> Equilibrium:
    return Equilibrium(
        players=negotiation.player_names,
        strategies=tuple(
            ((1.0, Package({x.name: package[x.name] for x in negotiation.owned_by(name)})),)
            for name in negotiation.player_names
        ),
        payoffs=negotiation.payoffs(package),
        regret=certificate.value,
        certificate=certificate,
        method=method,
        selection=selection,
        number_found=1,
        completeness=completeness,
        game=negotiation,
    )


def check_continuous_equilibrium(equilibrium: Equilibrium) -> Certificate:
    """Recompute the regret of an equilibrium over intervals from the negotiation alone.

    Returns
    -------
    Certificate
        The largest of: what a player gains by its best own levels, what its stated payoff is off,
        both relative to its payoff range, and what its probability is off.

    Raises
    ------
    InputError
        When a strategy is not one package of exactly the player's own levers.
    """
    negotiation = equilibrium.game
    assert isinstance(negotiation, Negotiation)
    played, wrong = {}, 0.0
    for name, strategy in zip(negotiation.player_names, equilibrium.strategies, strict=True):
        levers = {lever.name for lever in negotiation.owned_by(name)}
        if len(strategy) != 1 or set(strategy[0][1]) != levers:
            raise InputError(
                f"Equilibrium, strategy of {name!r}: expected one package with a level for each of "
                f"{sorted(levers)}, got {strategy!r}"
            )
        wrong = max(wrong, abs(strategy[0][0] - 1.0))
        played.update(strategy[0][1])
    package, scales = negotiation.package(played), payoff_ranges(SmoothPayoffs(negotiation))
    off = np.abs(negotiation.payoffs(package) - equilibrium.payoffs) / scales
    moves = best_moves(negotiation, package, scales)
    return certified(moves, scales, float(max(off.max(), wrong)))
