"""Maximal Nash subsets: which strategies of extreme equilibria go with which.

Join strategies x and y of the two players when (x, y) is an equilibrium; the subsets are the
maximal complete bipartite parts of that graph (Winkels 1979; Jansen 1981; Avis, Rosenberg, Savani
and von Stengel 2010).
"""

from __future__ import annotations

from collections.abc import Sequence

from bargaining.errors import IntractableError

__all__ = ["maximal_nash_subsets"]

MOST = 20_000
"""Most subsets that are listed."""


def maximal_nash_subsets(pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the maximal Nash subsets of extreme equilibria, as sorted indices into `pairs`.

    Parameters
    ----------
    pairs : sequence of (int, int)
        The extreme equilibria: numbers of the strategies of the first and of the second player.

    Raises
    ------
    IntractableError
        When there are more than 20,000.

    Examples
    --------
    >>> maximal_nash_subsets([(0, 0), (0, 1), (1, 1), (2, 2)])
    [[0, 1], [1, 2], [3]]
    """
    index = {pair: k for k, pair in enumerate(pairs)}
    replies: dict[int, int] = {}  # as the bits of a whole number
    for x, y in pairs:
        replies[x] = replies.get(x, 0) | 1 << y
    # What a maximal part holds of the second player is a set of replies common to some x.
    common: set[int] = set()
    for own in replies.values():
        common |= {own} | {own & other for other in common} - {0}
        if len(common) > MOST:
            raise IntractableError(f"maximal Nash subsets: there are more than {MOST:,}")
    subsets = []
    for second in common:
        first = [x for x, own in replies.items() if own & second == second]
        both = [y for y in range(second.bit_length()) if second >> y & 1]
        subsets.append(sorted(index[x, y] for x in first for y in both))
    return sorted(subsets)
