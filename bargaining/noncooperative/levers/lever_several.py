"""Several equilibria of the lever game, and how complete they are.

Where iterated dominance leaves few own packages the normal form is solved for all equilibria. Else
paths, double oracles from different cycles (McMahan, Gordon and Blum 2003) and all equilibria of
small restricted games are tried, each profile against all own packages.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.errors import ConvergenceError, IntractableError
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.levers.best_responses import Choice, LeverGame, Mixed, Profile
from bargaining.noncooperative.levers.lever_dominance import reduced_levers
from bargaining.noncooperative.levers.lever_search import (
    Found,
    Path,
    Restricted,
    double_oracle,
    least_regret,
)
from bargaining.noncooperative.two_player.bimatrix import pure_profiles
from bargaining.noncooperative.two_player.two_players import all_equilibria
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.types import FloatArray

__all__ = ["Search", "Several", "from_cycles", "listed", "pure_ends", "searched"]

SMALL = 12
"""Own packages a player up to which a restricted game is solved for all its equilibria."""

CLOSE = 1e-7
"""Probabilities that differ by less belong to one equilibrium, found twice."""


@dataclass(frozen=True, eq=False)
class Search:
    """An equilibrium and how it was found.

    Attributes
    ----------
    found : Found
    method, how : str
    """

    found: Found
    method: str
    how: str


@dataclass(frozen=True, eq=False)
class Several:
    """Equilibria, and whether there are others.

    Attributes
    ----------
    searches : list of Search
    method : str
    subsets, components : sequences of sequences of int, or None
    reason : str
        Why others may exist; empty when these are all.
    """

    searches: list[Search]
    method: str
    subsets: Sequence[Sequence[int]] | None = None
    components: Sequence[Sequence[int]] | None = None
    reason: str = ""


def listed(game: LeverGame) -> Several | None:
    """Return all equilibria where dominance leaves two players at most 12 packages each.

    Raises
    ------
    ConvergenceError
        When one of them has regret in the whole game, which only roundoff can bring about.
    """
    negotiation: Negotiation = game.negotiation
    reduction = reduced_levers(negotiation)
    kept = [[v.index(x) for x in reduction.kept[v.name]] for v in negotiation.free_levers]
    sizes = [math.prod(len(kept[u]) for u in mine) for mine in game.own]
    if max(sizes) > SMALL or sum(size > 1 for size in sizes) > 2:
        return None
    met = [list(itertools.product(*(kept[u] for u in mine))) for mine in game.own]
    if max(sizes) == 1:
        only = _tried(game, [Mixed.pure(own[0]) for own in met], met)
        several = Several([Search(only, "iterated dominance", "iterated dominance")],
                          "iterated dominance")  # fmt: skip
    else:
        finite, two = _bimatrix(game, met)
        complete = all_equilibria(finite)
        how = "listing what iterated dominance leaves" if reduction.rounds else "listing"
        several = Several(
            [
                Search(_tried(game, _lifted(met, two, each.strategies), met), complete.method, how)
                for each in complete
            ],
            complete.method, complete.subsets, complete.components, complete.reason,
        )  # fmt: skip
    worst = max(search.found.regret for search in several.searches)
    if worst > TOLERANCE:
        raise ConvergenceError(
            f"nash_equilibria: an equilibrium of the normal form has a regret of {worst:.2g} of "
            "the payoff range",
            certificate=Certificate("regret", worst),
        )
    return several


def _bimatrix(
    game: LeverGame, met: Sequence[Sequence[Choice]]
) -> tuple[NormalFormGame, tuple[int, ...]]:
    """Return the game between the players with several packages, and who they are.

    Where only one has several, a player without a choice is the other.
    """
    two = tuple(i for i, own in enumerate(met) if len(own) > 1)
    grid = Restricted.grid(game, met)
    payoffs = game.negotiation.payoffs_at(grid).T
    shape = tuple(len(met[i]) for i in two) + (1,) * (2 - len(two))
    tables = [payoffs[i].reshape(shape) for i in two] + [np.zeros(shape)] * (2 - len(two))
    return NormalFormGame.from_arrays(*tables), two


def _lifted(
    met: Sequence[Sequence[Choice]], who: Sequence[int], profile: Sequence[FloatArray]
) -> list[Mixed]:
    strategies = [Mixed.pure(own[0]) for own in met]
    for i, x in zip(who, profile, strict=False):  # the player without a choice has none
        strategies[i] = Mixed.over(met[i], x)
    return strategies


def _tried(game: LeverGame, strategies: Sequence[Mixed], met: Sequence[Sequence[Choice]]) -> Found:
    """Return a profile with its regret over all own packages."""
    return Found(tuple(strategies), game.regrets(strategies), tuple(map(list, met)))


def pure_ends(game: LeverGame, paths: Sequence[tuple[str, Path]]) -> list[Search]:
    """Return the pure equilibria in which paths end, in the order in which they were met.

    No path is promised to end in one, and others may exist; that each of them is an equilibrium is
    certain, as the best own package of every player was found among all.
    """
    ends: dict[Profile, str] = {}
    for how, path in paths:
        if path.end is not None:
            ends.setdefault(path.end, how)
    return [
        Search(
            _tried(game, [Mixed.pure(own) for own in end], [[own] for own in end]),
            "best responses", how,
        )
        for end, how in ends.items()
    ]  # fmt: skip


def from_cycles(
    game: LeverGame, paths: Sequence[tuple[str, Path]], *, max_rounds: int
) -> Iterator[Search]:
    """Yield what is found from each different cycle, short ones first, and from all together.

    Of more than two players who have a choice, pure equilibria are looked for first. The last
    profile of a search is yielded whatever its regret is.
    """
    cycles = {path.cycle: how for how, path in reversed(paths) if path.cycle}
    attempts = sorted(((how, cycle) for cycle, how in cycles.items()), key=lambda one: len(one[1]))
    attempts.append(("all paths", tuple(p for _, path in paths for p in path.cycle)))
    searches = [("double oracle", double_oracle)]
    if len(game.active) > 2:
        searches.insert(0, ("least regret", least_regret))
    for method, search in searches:
        for how, profiles in attempts:
            if not profiles:
                continue
            try:
                found = search(game, profiles, max_rounds=max_rounds)
            except (ConvergenceError, IntractableError):
                continue  # a restricted game was not solved; other starts meet other packages
            yield Search(found, method, f"{method} from a cycle of {how}")


def searched(game: LeverGame, paths: Sequence[tuple[str, Path]], *, max_rounds: int) -> Several:
    """Return the different equilibria that the searches find: ends of paths, then from cycles.

    Raises
    ------
    ConvergenceError
        When there are none; it carries the least regret met.
    """
    pure = pure_ends(game, paths)
    mixed, least = [], 1.0
    for search in from_cycles(game, paths, max_rounds=max_rounds):
        least = min(least, search.found.regret)
        if search.found.regret <= TOLERANCE:
            mixed.append(search)
    different = _different(game, [*pure, *mixed])
    different = _different(game, [*different, *_between(game, different)])
    if not different:
        raise ConvergenceError(
            f"nash_equilibria: none found; the least regret met is {least:.2g} of the payoff range "
            "(other starts= or random_starts= may help)",
            certificate=Certificate("regret", least, details={"paths": len(paths)}),
        )
    return Several(
        different,
        " and ".join(dict.fromkeys(search.method for search in different)),
        reason=f"searches from {len(paths)} paths of best responses meet few of the packages",
    )


def _different(game: LeverGame, searches: Sequence[Search]) -> list[Search]:
    """Return the searches that found an equilibrium that none before has found.

    Those that differ only in how levels that no term ties together are correlated are one.
    """
    kept: list[tuple[FloatArray, Search]] = []
    for search in searches:
        chances = game.chances(search.found.strategies)
        if not any(np.abs(chances - other).max(initial=0.0) <= CLOSE for other, _ in kept):
            kept.append((chances, search))
    return [search for _, search in kept]


def _between(game: LeverGame, known: Sequence[Search]) -> Iterator[Search]:
    """Yield equilibria of small games over packages met that are equilibria among all packages."""
    games = [search.found.met for search in known]
    played = [
        list(dict.fromkeys(
            tuple(row) for search in known for row in search.found.strategies[i].indices.tolist()
        ))
        for i in range(len(game.own))
    ]  # fmt: skip
    for met in [played, *games] if known else []:
        several = tuple(i for i, own in enumerate(met) if len(own) > 1)
        if not several or max(map(len, met)) > SMALL:
            continue
        if len(several) <= 2:
            finite, who = _bimatrix(game, met)
            profiles = [each.strategies for each in all_equilibria(finite)]
        else:
            restricted = Restricted(game, met)
            who = game.active
            profiles = pure_profiles(NormalFormGame.from_arrays(*restricted.active_tables()))
        for profile in profiles:
            found = _tried(game, _lifted(met, who, profile), met)
            if found.regret <= TOLERANCE:
                yield Search(found, "restricted games", "equilibria of the packages met")
