"""Names of the players and strategies of a game: given, taken from frames, or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

from bargaining.errors import InputError, unknown_name
from bargaining.model.players import Player, checked_name, name_of
from bargaining.noncooperative.games.payoff_tables import Labels

__all__ = ["agreed_labels", "player_index", "player_names", "strategy_index", "strategy_labels"]


def player_names(players: Sequence[Player | str] | None, size: int) -> tuple[str, ...]:
    """Return N different names: those given, or numbers."""
    if players is None:
        return tuple(f"player {i + 1}" for i in range(size))
    given = [players] if isinstance(players, str) else players
    names = tuple(name_of(player, "NormalFormGame, players") for player in given)
    if len(names) != size or len(set(names)) != size:
        raise InputError(f"NormalFormGame, players: expected {size} different names, got {names}")
    return names


def agreed_labels(places: Sequence[str], labels: Sequence[Labels]) -> Labels:
    """Return the labels of frames; those of the first one that has some must be everyone's."""
    agreed: list[tuple[str, ...] | None] = [None] * len(labels)
    for where, own in zip(places, labels, strict=True):
        for axis, names in enumerate(own[: len(agreed)]):
            if names is not None and agreed[axis] not in (None, names):
                raise InputError(
                    f"{where}: expected the labels of the arrays before, {agreed[axis]}, "
                    f"got {names}"
                )
            agreed[axis] = agreed[axis] or names
    return tuple(agreed)


def strategy_labels(
    labels: Sequence[Sequence[str]] | None, shape: tuple[int, ...], named: Labels
) -> tuple[tuple[str, ...], ...]:
    """Return the names of all strategies: those given, those of frames, or numbers."""
    if labels is None:
        labels = [
            names or tuple(f"strategy {k + 1}" for k in range(size))
            for names, size in zip(named, shape, strict=True)
        ]
    groups = [[group] if isinstance(group, str) else group for group in labels]
    names = tuple(
        tuple(checked_name(name, "NormalFormGame, labels") for name in group) for group in groups
    )
    if tuple(map(len, names)) != shape or any(len(set(group)) < len(group) for group in names):
        raise InputError(f"NormalFormGame, labels: expected {shape} different names, got {names}")
    return names


def player_index(player: Any, players: tuple[str, ...]) -> int:
    """Return the index of a player given as object, by name or by index."""
    if isinstance(player, Integral):
        return _within(player, len(players), "player")
    name = name_of(player)
    if name not in players:
        raise unknown_name("player", name, players)
    return players.index(name)


def strategy_index(strategy: Any, labels: tuple[str, ...], player: str) -> int:
    """Return the index of a strategy given by label or by index."""
    if not isinstance(strategy, str):
        return _within(strategy, len(labels), f"strategy of {player!r}")
    if strategy not in labels:
        raise unknown_name(f"strategy of {player!r}", strategy, labels)
    return labels.index(strategy)


def _within(index: Any, size: int, what: str) -> int:
    known = isinstance(index, Integral) and not isinstance(index, bool)
    if known and 0 <= index < size:
        return int(index)
    raise InputError(f"{what}: expected a name or an index from 0 to {size - 1}, got {index!r}")
