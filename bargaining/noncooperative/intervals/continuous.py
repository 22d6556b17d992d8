"""Equilibria of games whose levers are intervals (Rosen 1965), finite levers beside them or not.

Linear-quadratic games are solved exactly as complementarity problems, smooth ones by Newton's
method on them. The certificate is the regret over all levels, and says how it is known: exactly,
as a bound that concavity gives, or by a search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bargaining.errors import ConvergenceError, InputError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.intervals.interval_game import IntervalGame, payoff_ranges
from bargaining.noncooperative.intervals.interval_search import follow, is_unique
from bargaining.noncooperative.intervals.interval_starts import (
    STARTS,
    position,
    starting_packages,
)
from bargaining.noncooperative.intervals.mixed_levers import polished_everywhere, polished_from
from bargaining.noncooperative.intervals.regrets import (
    certified,
    package_of,
)
from bargaining.noncooperative.starts import Start
from bargaining.optimize.smooth import SmoothPayoffs
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.types import FloatArray

__all__ = [
    "continuous_equilibria",
    "continuous_equilibrium",
    "has_intervals",
]

MOVES = 50
"""How often a player leaves a stationary profile, at most, before a start is given up."""

APART = 1e-6
"""Equilibria are different when a level differs by more than this part of its interval."""


def has_intervals(negotiation: Negotiation) -> bool:
    """Whether a free lever is an interval."""
    return any(lever.is_interval for lever in negotiation.free_levers)


def continuous_equilibrium(
    negotiation: Negotiation,
    *,
    starts: Sequence[Start] = STARTS,
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
    found = _found(negotiation, starts, random_starts, rng, max_iterations)
    return replace(found[0], number_found=len(found))


def continuous_equilibria(
    negotiation: Negotiation,
    *,
    starts: Sequence[Start] = STARTS,
    random_starts: int = 0,
    rng: int | np.random.Generator | None = None,
    max_iterations: int = 100,
) -> Equilibria:
    """Return the different equilibria that the starts of `continuous_equilibrium` lead to.

    Parameters
    ----------
    negotiation, starts, random_starts, rng, max_iterations
        As for `continuous_equilibrium`, which says what is raised.

    Examples
    --------
    >>> import bargaining as bg
    >>> x, y = (bg.Lever(name, name.upper(), bg.Interval(-1, 1), 0) for name in "xy")
    >>> same = bg.InteractionPayoff([x, y], {"X": 1.0, "Y": 1.0})
    >>> game = bg.Negotiation([bg.Player("X"), bg.Player("Y")], [x, y], [same])
    >>> len(continuous_equilibria(game)), continuous_equilibria(game).completeness
    (3, 'some')
    """
    found = _found(negotiation, starts, random_starts, rng, max_iterations)
    proved = all(equilibrium.completeness == "all" for equilibrium in found)
    return Equilibria.of(
        negotiation,
        found,
        completeness="all" if proved else "some",
        method=found[0].method,
        reason="" if proved else "others may be reached from other starts",
    )


def _found(
    negotiation: Negotiation,
    starts: Sequence[Start],
    random_starts: int,
    rng: int | np.random.Generator | None,
    max_iterations: int,
) -> list[Equilibrium]:
    """Return the different equilibria, in the order of the starts that lead to them."""
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
    for name, start in starting_packages(smooth, starts, random_starts, rng):
        equilibrium = (
            _beside_finite(negotiation, scales, start, name, max_iterations)
            if game is None
            else _over_intervals(game, start, name, max_iterations)
        )
        best = equilibrium if best is None or equilibrium.regret < best.regret else best
        if equilibrium.regret <= TOLERANCE:
            place = position(smooth, equilibrium)
            if all(np.abs(place - other).max() > APART for _, other in found):
                found.append((equilibrium, place))
            if equilibrium.completeness == "all":
                break
    if found:
        return [equilibrium for equilibrium, _ in found]
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
    return [best]


def _over_intervals(
    game: IntervalGame, start: Package, name: str, max_iterations: int
) -> Equilibrium:
    begin = game.positions(np.array([start[lever.name] for lever in game.smooth.levers]))
    settled = follow(game, begin, max_iterations=max_iterations, max_moves=MOVES)
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
