"""Where searches of the lever game start, and the best-response paths from there.

Best responses of all players at once (Cournot 1838) and of one player at a time lead to different
places; both are followed from every start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bargaining.noncooperative.levers.best_responses import LeverGame, Profile
from bargaining.noncooperative.levers.lever_search import Path, best_response_paths
from bargaining.noncooperative.starts import Start, checked_starts

__all__ = ["STARTS", "paths_from"]

PATH = 100
"""Moves of a path of best responses, at most, before it is taken to lead nowhere."""

STARTS = ("status quo", "lowest", "highest")


def paths_from(
    game: LeverGame,
    starts: Sequence[Start],
    random_starts: int,
    rng: int | np.random.Generator | None,
) -> list[tuple[str, Path]]:
    """Follow best responses from every start; with each path, in words, where it comes from.

    Raises
    ------
    InputError
        For unknown starts, none, or random ones without `rng`.
    """
    words = {True: "all players at once", False: "one player at a time"}
    begun = [
        (f"best responses from {name}, {words[together]}", (start, together))
        for name, start in _profiles(game, starts, random_starts, rng)
        for together in words
    ]
    paths = best_response_paths(game, [walk for _, walk in begun], max_rounds=PATH)
    return [(how, path) for (how, _), path in zip(begun, paths, strict=True)]


def _profiles(
    game: LeverGame,
    starts: Sequence[Start],
    random_starts: int,
    rng: int | np.random.Generator | None,
) -> Iterator[tuple[str, Profile]]:
    generator = checked_starts(starts, random_starts, rng, STARTS)
    sizes = np.array(game.sizes, dtype=np.int64)
    for start in starts:
        if isinstance(start, Mapping):
            yield "a given package", game.split(game.negotiation.indices([start])[0])
        elif start == "status quo":
            yield start, game.split(game.negotiation.indices([game.negotiation.status_quo])[0])
        else:
            yield str(start), game.split(sizes - 1 if start == "highest" else 0 * sizes)
    for k in range(random_starts):
        yield f"random start {k + 1}", game.split(generator.integers(sizes))
