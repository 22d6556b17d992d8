"""The lever game: without agreement, each player sets its own levers (a Nash equilibrium, 1951).

Packages are never listed: pure equilibria are met on paths of best responses, mixed ones by double
oracle (McMahan, Gordon and Blum 2003), and the certificate is the regret over all own packages.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from bargaining.errors import ConvergenceError, InputError, IntractableError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.levers.best_responses import LeverGame
from bargaining.noncooperative.levers.lever_paths import STARTS, paths_from
from bargaining.noncooperative.levers.lever_several import (
    Search,
    from_cycles,
    listed,
    pure_ends,
    searched,
)
from bargaining.noncooperative.selection import checked_rule, select
from bargaining.noncooperative.starts import Start
from bargaining.results.certificate import TOLERANCE, Certificate

__all__ = ["joint_lottery", "lever_equilibria", "lever_equilibrium"]

LARGEST_LOTTERY = 10_000
"""Packages, at most, of the joint lottery of independent strategies."""


def lever_equilibrium(
    negotiation: Negotiation,
    *,
    starts: Sequence[Start] = STARTS,
    random_starts: int = 0,
    rng: int | np.random.Generator | None = None,
    max_rounds: int = 1000,
    selection: str | None = None,
) -> Equilibrium:
    """Return a Nash equilibrium of the game in which each player sets its own free levers.

    From every start, best responses are followed, all players moving at once and then one at a
    time; a player moves only where that gains something. Where no path ends, the double oracle
    starts from the packages of the cycles.

    Whatever is returned is an equilibrium up to `regret`, which is taken over all own packages. A
    path is not promised to end: that no pure equilibrium is returned does not prove that there is
    none, and others may exist beside the one that is. The double oracle would reach an equilibrium
    in as many rounds as there are own packages; it may be stopped by `max_rounds` before.

    Parameters
    ----------
    negotiation : Negotiation
        Its fixed levers stand still; free levers have finite levels.
    starts : sequence of str or mapping
        "status quo", "lowest", "highest" (all levers at their lowest or highest level), or a
        package. The first equilibrium from the first start is taken; the others are counted.
    random_starts : int
        Further starts drawn uniformly.
    rng : int or numpy.random.Generator
        For the random starts.
    max_rounds : int
        Rounds of the double oracle, at most.
    selection : {"payoff-dominant", "risk-dominant", "focal"}, optional
        Take the one among those that `lever_equilibria` finds which this rule picks, see
        `bargaining.noncooperative.selection.select`.

    Returns
    -------
    Equilibrium
        Strategies are lotteries over own packages; `regret` is relative to each player's payoff
        range over all packages; `selection` says which equilibrium was taken.

    Raises
    ------
    InputError
        For unknown starts, or a free lever that is an interval.
    ConvergenceError
        When no equilibrium was found; it carries the best regret.
    BargainingError
        When the selection rule picks none.
    IntractableError
        When a player's own levers are too entangled to find a best response.

    Examples
    --------
    >>> import bargaining as bg
    >>> us, china = bg.Player("United States"), bg.Player("China")
    >>> ours = bg.Tariff("US tariff", us, levels=[0.1, 0.5], status_quo=0.1)
    >>> theirs = bg.Tariff("Chinese tariff", china, levels=[0.1, 0.3], status_quo=0.1)
    >>> costs = bg.LinearPayoff(ours, {us: 5, china: -20})
    >>> answer = bg.LinearPayoff(theirs, {us: -30, china: 5})
    >>> game = bg.Negotiation([us, china], [ours, theirs], [costs, answer])
    >>> equilibrium = lever_equilibrium(game)
    >>> equilibrium.strategies[0]
    ((1.0, Package({'US tariff': 0.5})),)
    >>> equilibrium.payoffs.tolist()
    [-6.5, -8.5]
    """
    if selection is not None:
        checked_rule(selection)
        several = lever_equilibria(
            negotiation,
            starts=starts,
            random_starts=random_starts,
            rng=rng,
            max_rounds=max_rounds,
        )
        return select(several, selection)
    game = _checked(negotiation, max_rounds)
    paths = paths_from(game, starts, random_starts, rng)
    if pure := pure_ends(game, paths):
        return _equilibrium(game, pure[0], len(pure), "one")
    least = 1.0
    for search in from_cycles(game, paths, max_rounds=max_rounds):
        least = min(least, search.found.regret)
        if search.found.regret <= TOLERANCE:
            return _equilibrium(game, search, 1, "one")
    raise ConvergenceError(
        f"nash_equilibrium: the double oracle (at most {max_rounds} rounds) did not reach a regret "
        f"of {TOLERANCE:g}; the least regret met is {least:.2g} of the payoff range (other starts= "
        "or random_starts= may help)",
        certificate=Certificate("regret", least, details={"paths": len(paths)}),
    )


def lever_equilibria(
    negotiation: Negotiation,
    *,
    starts: Sequence[Start] = STARTS,
    random_starts: int = 0,
    rng: int | np.random.Generator | None = None,
    max_rounds: int = 1000,
) -> Equilibria:
    """Return several Nash equilibria of the game in which each player sets its own free levers.

    Iterated dominance on levers comes first. Where it leaves one package, or two players with at
    most 12 own packages each, the list is complete ("all"). Otherwise it is "some": the pure
    equilibria in which best responses end, those that the double oracle finds from each different
    cycle, and the equilibria of small games over the packages met, if they are equilibria among
    all packages. More starts find more.

    Parameters
    ----------
    negotiation, starts, random_starts, rng, max_rounds
        As for `lever_equilibrium`.

    Returns
    -------
    Equilibria
        Each with its regret over all own packages. Of a list that is not complete the first one is
        what `lever_equilibrium` returns.

    Raises
    ------
    InputError, IntractableError
        As `lever_equilibrium`.
    ConvergenceError
        When none was found.

    Examples
    --------
    >>> import bargaining as bg
    >>> us, china = bg.Player("United States"), bg.Player("China")
    >>> ours = bg.Tariff("US tariff", us, levels=[0.1, 0.5], status_quo=0.1)
    >>> theirs = bg.Tariff("Chinese tariff", china, levels=[0.1, 0.3], status_quo=0.1)
    >>> peace = bg.TablePayoff((ours, theirs), {us: [[5, 0], [2, 2]], china: [[5, 2], [0, 2]]})
    >>> found = lever_equilibria(bg.Negotiation([us, china], [ours, theirs], [peace]))
    >>> [each.payoffs.tolist() for each in found], found.completeness
    ([[5.0, 5.0], [2.0, 2.0], [2.0, 2.0]], 'all')
    """
    game = _checked(negotiation, max_rounds)
    paths = paths_from(game, starts, random_starts, rng)
    several = listed(game) or searched(game, paths, max_rounds=max_rounds)
    completeness = "some" if several.reason else "all"
    size = len(several.searches)
    return Equilibria.of(
        negotiation,
        [_equilibrium(game, search, size, completeness) for search in several.searches],
        completeness=completeness,
        method=several.method,
        subsets=several.subsets,
        components=several.components,
        reason=several.reason,
    )


def _checked(negotiation: Negotiation, max_rounds: int) -> LeverGame:
    if max_rounds < 1:
        raise InputError(
            f"nash_equilibrium, max_rounds: expected a number >= 1, got {max_rounds!r}"
        )
    return LeverGame(negotiation)


def _equilibrium(game: LeverGame, search: Search, number: int, completeness: str) -> Equilibrium:
    """Return what was found, with the regret over all own packages as certificate."""
    found = search.found
    return Equilibrium(
        players=game.negotiation.player_names,
        strategies=tuple(game.lottery(i, mixed) for i, mixed in enumerate(found.strategies)),
        payoffs=game.payoffs(found.strategies),
        regret=found.regret,
        certificate=Certificate("regret", found.regret, details={"regrets": found.regrets}),
        method=search.method,
        selection=f"reached by {search.how}",
        number_found=number,
        completeness=completeness,
        game=game.negotiation,
    )


def joint_lottery(equilibrium: Equilibrium) -> Lottery:
    """Return the lottery over complete packages that independent strategies amount to.

    Raises
    ------
    IntractableError
        For more than 10,000 packages.

    Examples
    --------
    >>> import bargaining as bg
    >>> lever = bg.Lever("tariff", "A", levels=[0, 1], status_quo=0)
    >>> game = bg.Negotiation([bg.Player("A")], [lever], [bg.LinearPayoff(lever, {"A": 2.0})])
    >>> joint_lottery(lever_equilibrium(game))
    ((1.0, Package({'tariff': 1.0})),)
    """
    negotiation, strategies = equilibrium.game, equilibrium.strategies
    if not isinstance(negotiation, Negotiation):
        raise InputError(f"joint_lottery: expected a lever game's equilibrium, got {equilibrium!r}")
    count = math.prod(len(strategy) for strategy in strategies)
    if count > LARGEST_LOTTERY:
        raise IntractableError(
            f"joint_lottery: the strategies amount to {count:,} packages (at most "
            f"{LARGEST_LOTTERY:,} are listed)"
        )
    return tuple(
        (
            math.prod(probability for probability, _ in parts),
            negotiation.package({k: v for _, own in parts for k, v in own.items()}),
        )
        for parts in itertools.product(*strategies)
    )
