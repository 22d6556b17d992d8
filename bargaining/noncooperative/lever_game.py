"""The lever game: without agreement, each player sets its own levers (a Nash equilibrium, 1951).

Packages are never listed: pure equilibria are met on paths of best responses, mixed ones by double
oracle (McMahan, Gordon and Blum 2003), and the certificate is the regret over all own packages.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bargaining.errors import ConvergenceError, InputError, IntractableError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.noncooperative.best_responses import (
    LeverGame,
    Mixed,
    Profile,
)
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.lever_search import (
    Found,
    Path,
    best_response_paths,
    double_oracle,
    least_regret,
)
from bargaining.results.certificate import TOLERANCE, Certificate

__all__ = ["joint_lottery", "lever_equilibrium"]

PATH = 100
"""Moves of a path of best responses, at most, before it is taken to lead nowhere."""

LARGEST_LOTTERY = 10_000
"""Packages, at most, of the joint lottery of independent strategies."""

Start = str | Mapping[Any, float | str]


def lever_equilibrium(
    negotiation: Negotiation,
    *,
    starts: Sequence[Start] = ("status quo", "lowest", "highest"),
    random_starts: int = 0,
    rng: int | np.random.Generator | None = None,
    max_rounds: int = 1000,
) -> Equilibrium:
    """Return a Nash equilibrium of the game in which each player sets its own free levers.

    From every start, best responses are followed, all players moving at once and then one at a
    time; a player moves only where that gains something. Where no path ends, the double oracle
    starts from the packages of the cycles.

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
        When no equilibrium was found: mixed equilibria of more than two players who have a choice
        are not computed yet. It carries the best regret.
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
    if max_rounds < 1:
        raise InputError(
            f"nash_equilibrium, max_rounds: expected a number >= 1, got {max_rounds!r}"
        )
    game = LeverGame(negotiation)
    paths = _paths(game, starts, random_starts, rng)
    pure: dict[Profile, str] = {}
    for how, path in paths:
        if path.end is not None:
            pure.setdefault(path.end, how)
    if pure:
        profile, how = next(iter(pure.items()))
        strategies = tuple(Mixed.pure(choice) for choice in profile)
        found = Found(strategies, game.regrets(strategies), ())
        return _equilibrium(game, found, "best responses", how, len(pure))
    return _from_cycles(game, paths, max_rounds)


def _paths(
    game: LeverGame, starts: Sequence[Start], random_starts: int,
    rng: int | np.random.Generator | None,
) -> list[tuple[str, Path]]:  # fmt: skip
    """Follow best responses from every start, in words how."""
    words = {True: "all players at once", False: "one player at a time"}
    begun = [
        (f"best responses from {name}, {words[together]}", (start, together))
        for name, start in _starts(game, starts, random_starts, rng)
        for together in words
    ]
    paths = best_response_paths(game, [walk for _, walk in begun], max_rounds=PATH)
    return [(how, path) for (how, _), path in zip(begun, paths, strict=True)]


def _starts(
    game: LeverGame, starts: Sequence[Start], random_starts: int,
    rng: int | np.random.Generator | None,
) -> Iterator[tuple[str, Profile]]:  # fmt: skip
    if isinstance(starts, str | Mapping) or not isinstance(starts, Sequence):
        raise InputError(f"nash_equilibrium, starts: expected a sequence of starts, got {starts!r}")
    if random_starts < 0 or (random_starts and rng is None):
        raise InputError(
            "nash_equilibrium, random_starts: expected a number >= 0, and with it rng= (an int or "
            f"a numpy Generator), got {random_starts!r} and {rng!r}"
        )
    if not starts and not random_starts:
        raise InputError("nash_equilibrium, starts: expected at least one, got none")
    sizes, generator = np.array(game.sizes, dtype=np.int64), np.random.default_rng(rng)
    for start in starts:
        if isinstance(start, Mapping):
            yield "a given package", game.split(game.negotiation.indices([start])[0])
        elif start == "status quo":
            yield start, game.split(game.negotiation.indices([game.negotiation.status_quo])[0])
        elif start in ("lowest", "highest"):
            yield start, game.split(sizes - 1 if start == "highest" else 0 * sizes)
        else:
            raise InputError(
                "nash_equilibrium, starts: expected 'status quo', 'lowest', 'highest' or a "
                f"package, got {start!r}"
            )
    for k in range(random_starts):
        yield f"random start {k + 1}", game.split(generator.integers(sizes))


def _from_cycles(
    game: LeverGame, paths: Sequence[tuple[str, Path]], max_rounds: int
) -> Equilibrium:
    """Start from one cycle after the other, short ones first, and from all of them at last."""
    everything = tuple(profile for _, path in paths for profile in path.cycle)
    attempts = sorted(((how, path.cycle) for how, path in paths), key=lambda one: len(one[1]))
    attempts.append(("all of these", everything))
    two = len(game.active) == 2
    best: Found | None = None
    for how, profiles in dict.fromkeys(attempts):
        search = double_oracle if two else least_regret
        try:
            found = search(game, profiles, max_rounds=max_rounds)
        except ConvergenceError:
            continue  # a restricted game was not solved; other starts meet other packages
        if found.regret <= TOLERANCE:
            method = "double oracle" if two else "least regret"
            return _equilibrium(game, found, method, f"{method} from a cycle of {how}", 1)
        best = found if best is None or found.regret < best.regret else best
    least = 1.0 if best is None else best.regret
    reason = (
        f"the double oracle (at most {max_rounds} rounds) did not reach a regret of {TOLERANCE:g}"
        if two
        else "no pure equilibrium was met, and mixed equilibria of more than two players are not "
        "computed yet"
    )
    raise ConvergenceError(
        f"nash_equilibrium: {reason}; the least regret met is {least:.2g} of the payoff "
        "range (other starts= may help)",
        certificate=Certificate("regret", least, details={"starts": len(attempts)}),
    )


def _equilibrium(game: LeverGame, found: Found, method: str, how: str, number: int) -> Equilibrium:
    """Return what was found, with the regret over all own packages as certificate."""
    return Equilibrium(
        players=game.negotiation.player_names,
        strategies=tuple(game.lottery(i, mixed) for i, mixed in enumerate(found.strategies)),
        payoffs=game.payoffs(found.strategies),
        regret=found.regret,
        certificate=Certificate("regret", found.regret, details={"regrets": found.regrets}),
        method=method,
        selection=f"reached by {how}",
        number_found=number,
        completeness="one",
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
