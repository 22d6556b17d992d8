"""The methods that are compared: ours, and those of nashpy, QuantEcon and Gambit.

Each makes the game of its library from arrays, which is not timed, and solves it, which is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import bargaining as bg
from bargaining.types import FloatArray
from benchmarks.linear_quadratic import LinearQuadratic, best_response_iteration

__all__ = ["METHODS", "PARTS", "Method"]

Tables = Sequence[FloatArray]
Profiles = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Method:
    """How to call a solver: its game from a problem, its solution, the profiles in that.

    Its small `problems` are solved before anything is timed.
    """

    prepare: Callable[[Any], Any]
    solve: Callable[[Any], Any]
    profiles: Callable[[Any, Any], Profiles]
    problems: Callable[[], Iterator[Any]]


def _two() -> Iterator[Tables]:
    rng = np.random.default_rng(0)
    matching = np.array([[1.0, -1.0], [-1.0, 1.0]])
    yield matching, -matching
    for size in (2, 3, 6):
        yield rng.random((size, size)), rng.random((size, size))


def _three() -> Iterator[Tables]:
    rng = np.random.default_rng(0)
    matching = np.array([[1.0, -1.0], [-1.0, 1.0]])[:, :, None] * np.ones(2)
    yield matching, -matching, 0 * matching
    yield tuple(rng.random((2, 2, 2)) for _ in range(3))


def _quadratic() -> Iterator[LinearQuadratic]:
    yield LinearQuadratic.random(np.random.default_rng(0), 2, 0.3)


def _our_game(tables: Tables) -> bg.NormalFormGame:
    return bg.NormalFormGame.from_arrays(*tables)


def _our_profile(_: Any, found: bg.Equilibrium) -> Profiles:
    return [found.strategies]


def _our_profiles(_: Any, found: Sequence[bg.Equilibrium]) -> Profiles:
    return [each.strategies for each in found]


def _our_levels(negotiation: bg.Negotiation, found: bg.Equilibrium) -> Profiles:
    """Return the levels of a pure equilibrium over intervals, in the order of levers."""
    played: dict[str, float] = {}
    for ((_, package),) in found.strategies:
        played.update(package)
    return [[[played[lever.name] for lever in negotiation.levers]]]


def _nashpy_game(tables: Tables) -> Any:
    import nashpy

    return nashpy.Game(*tables)


def _quantecon_game(tables: Tables) -> Any:
    """Each player's array has the own strategies first, then those of the players after it."""
    from quantecon.game_theory import NormalFormGame, Player

    axes = range(len(tables))
    return NormalFormGame(
        [
            Player(np.ascontiguousarray(np.transpose(table, [*axes[i:], *axes[:i]])))
            for i, table in enumerate(tables)
        ]
    )


def _quantecon(name: str, **options: Any) -> Callable[[Any], Any]:
    def solve(game: Any) -> Any:
        from quantecon import game_theory

        return getattr(game_theory, name)(game, **options)

    return solve


def _gambit_game(tables: Tables) -> Any:
    import pygambit

    return pygambit.Game.from_arrays(*tables)


def _gambit(name: str, **options: Any) -> Callable[[Any], Any]:
    def solve(game: Any) -> Any:
        import pygambit

        return getattr(pygambit.nash, name)(game, **options)

    return solve


def _gambit_profiles(game: Any, found: Any) -> Profiles:
    return [
        [[float(profile[strategy]) for strategy in player.strategies] for player in game.players]
        for profile in found.equilibria
    ]


def _one(_: Any, found: Any) -> Profiles:
    return [found]


def _some(_: Any, found: Any) -> Profiles:
    return list(found)


def _of_gambit(name: str, problems: Callable[[], Iterator[Any]], **options: Any) -> Method:
    return Method(_gambit_game, _gambit(name, **options), _gambit_profiles, problems)


METHODS = {
    "bargaining, one": Method(_our_game, bg.nash_equilibrium, _our_profile, _two),
    "nashpy lemke_howson": Method(
        _nashpy_game, lambda game: game.lemke_howson(initial_dropped_label=0), _one, _two
    ),
    "QuantEcon lemke_howson": Method(_quantecon_game, _quantecon("lemke_howson"), _one, _two),
    "Gambit lcp_solve": _of_gambit("lcp_solve", _two, rational=False, stop_after=1),
    "bargaining, all": Method(_our_game, bg.nash_equilibria, _our_profiles, _two),
    "QuantEcon vertex_enumeration": Method(
        _quantecon_game, _quantecon("vertex_enumeration"), _some, _two
    ),
    "QuantEcon support_enumeration": Method(
        _quantecon_game, _quantecon("support_enumeration"), _some, _two
    ),
    "nashpy vertex_enumeration": Method(
        _nashpy_game, lambda game: list(game.vertex_enumeration()), _some, _two
    ),
    "nashpy support_enumeration": Method(
        _nashpy_game, lambda game: list(game.support_enumeration()), _some, _two
    ),
    "Gambit enummixed_solve": _of_gambit("enummixed_solve", _two, rational=True),
    "bargaining, N players": Method(_our_game, bg.nash_equilibrium, _our_profile, _three),
    "Gambit logit_solve": _of_gambit("logit_solve", _three),
    "Gambit gnm_solve": _of_gambit("gnm_solve", _three),
    "Gambit ipa_solve": _of_gambit("ipa_solve", _three),
    "QuantEcon mclennan_tourky": Method(
        _quantecon_game, _quantecon("mclennan_tourky"), _one, _three
    ),
    "bargaining, intervals": Method(
        LinearQuadratic.negotiation, bg.nash_equilibrium, _our_levels, _quadratic
    ),
    "best-response iteration": Method(
        lambda game: game,
        best_response_iteration,
        lambda _, found: [] if found is None else [[found]],
        _quadratic,
    ),
}  # fmt: skip

_NAMES = tuple(METHODS)
PARTS = {"a": _NAMES[:4], "b": _NAMES[4:10], "c": _NAMES[10:15], "d": _NAMES[15:]}
"""The methods of each part of the benchmark, ours first."""
