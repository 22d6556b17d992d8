"""Games of other libraries, nashpy's and Gambit's, and the games that negotiations list.

Payoffs reach Gambit, and come from there, through the text of its file format, which is exact.
"""

from __future__ import annotations

import io
import itertools
import math
from typing import Any

import numpy as np

from bargaining.errors import InputError, IntractableError
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.games.nfg import MOST_PLAYERS, nfg_text, parse_nfg
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.types import FloatArray

__all__ = ["from_nashpy", "from_negotiation", "from_pygambit", "to_nashpy", "to_pygambit"]

LARGEST_LISTING = 4_000_000
"""Payoffs, packages times players, of a negotiation that is listed as a game."""

CHUNK = 1 << 16
"""Packages whose payoffs are computed at once."""


def from_nashpy(game: Any) -> NormalFormGame:
    """Return a game of nashpy."""
    arrays = getattr(game, "payoff_matrices", None)
    if arrays is None:
        raise InputError(f"NormalFormGame.from_nashpy: expected a nashpy.Game, got {game!r}")
    return NormalFormGame.from_arrays(*arrays)


def to_nashpy(game: NormalFormGame) -> Any:
    """Return a two-player game as nashpy's."""
    import nashpy

    if game.number_of_players != 2:
        raise InputError(
            f"NormalFormGame.to_nashpy: expected two players, got {game.number_of_players}"
        )
    return nashpy.Game(*(array.copy() for array in game.payoff_arrays))


def _pygambit() -> Any:
    try:
        import pygambit
    except ImportError:
        raise ImportError(
            "games of Gambit need pygambit: pip install 'bargaining[gambit]'"
        ) from None
    return pygambit


def from_pygambit(game: Any) -> NormalFormGame:
    """Return a game of pygambit, of a tree its reduced strategic form."""
    where = "NormalFormGame.from_pygambit"
    if not isinstance(game, _pygambit().Game):
        raise InputError(f"{where}: expected a pygambit.Game, got {game!r}")
    try:
        text = game.to_nfg()
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: expected names in ASCII, got {error.object!r}") from None
    return parse_nfg(text, where)


def to_pygambit(game: NormalFormGame) -> Any:
    """Return a game as pygambit's, with the same payoffs and names."""
    pygambit = _pygambit()
    plain = NormalFormGame.from_arrays(*game.rational)  # names of which Gambit approves
    there = pygambit.read_nfg(io.BytesIO(nfg_text(plain).encode("ascii")))
    players = list(there.players)
    _rename(players, game.players)
    for player, labels in zip(players, game.labels, strict=True):
        _rename(list(player.strategies), labels)
    return there


def _rename(things: list[Any], names: tuple[str, ...]) -> None:
    stand_in = "unnamed"  # a name may not be taken while another holds it
    while any(name.startswith(stand_in) for name in names):
        stand_in += "'"
    for k, thing in enumerate(things):
        thing.label = f"{stand_in} {k}"
    for thing, name in zip(things, names, strict=True):
        try:
            thing.label = name
        except ValueError as error:  # UnicodeEncodeError is one
            raise InputError(
                f"NormalFormGame.to_pygambit: expected names that Gambit takes, got {name!r}: "
                f"{error}"
            ) from None


def from_negotiation(negotiation: Negotiation) -> NormalFormGame:
    """Return the game in which each player chooses a package of its own levers."""
    where = "NormalFormGame.from_negotiation"
    if not isinstance(negotiation, Negotiation):
        raise InputError(f"{where}: expected a Negotiation, got {negotiation!r}")
    for lever in negotiation.free_levers:
        if lever.is_interval:
            raise InputError(
                f"{where}: expected levers of finitely many levels, got {lever.name!r} with "
                f"{lever.levels!r}; nash_equilibrium takes such a negotiation itself"
            )
    players = negotiation.player_names
    own = [negotiation.owned_by(player) for player in players]
    size = negotiation.number_of_packages * len(players)
    if size > LARGEST_LISTING or len(players) > MOST_PLAYERS:
        raise IntractableError(
            f"{where}: {negotiation.number_of_packages:,} packages of {len(players)} players are "
            f"{size:,} payoffs; at most {LARGEST_LISTING:,}, of {MOST_PLAYERS} players, are "
            f"listed: fix some of the levers {', '.join(_sizes(negotiation.free_levers))}, "
            "or use nash_equilibrium(negotiation), which lists nothing",
            levers=[lever.name for lever in negotiation.free_levers],
        )
    shape = tuple(math.prod(len(lever.array()) for lever in levers) for levers in own)
    payoffs = _listed_payoffs(negotiation, [lever for levers in own for lever in levers])
    return NormalFormGame.from_arrays(
        *payoffs.T.reshape(len(players), *shape),
        players=players,
        labels=[_package_labels(levers) for levers in own],
    )


def _sizes(levers: tuple[Lever, ...]) -> list[str]:
    return [f"{lever.name!r} ({len(lever.array())} levels)" for lever in levers]


def _listed_payoffs(negotiation: Negotiation, order: list[Lever]) -> FloatArray:
    """Return the payoffs of all packages, (packages, N), the last lever of `order` fastest."""
    total = negotiation.number_of_packages
    column = {lever.name: j for j, lever in enumerate(negotiation.free_levers)}
    payoffs = np.empty((total, len(negotiation.players)))
    for start in range(0, total, CHUNK):
        rest = np.arange(start, min(start + CHUNK, total))
        indices = np.empty((len(rest), len(order)), dtype=np.int64)
        for lever in reversed(order):
            rest, indices[:, column[lever.name]] = np.divmod(rest, len(lever.array()))
        payoffs[start : start + CHUNK] = negotiation.payoffs_at(indices)
    return payoffs


def _package_labels(levers: tuple[Lever, ...]) -> list[str]:
    """Name each package of a player's levers by its levels; the last lever moves fastest."""
    if not levers:
        return ["no lever"]
    words = []
    for lever in levers:
        labels = [lever.label(level) for level in lever.array()]
        if len(set(labels)) < len(labels):
            labels = [
                f"{text} ({level})" for text, level in zip(labels, lever.array(), strict=True)
            ]
        words.append([f"{lever.name}: {text}" for text in labels])
    return [", ".join(levels) for levels in itertools.product(*words)]
