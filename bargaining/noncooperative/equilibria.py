"""Several equilibria of a game, with the sets that they span and how complete the list is.

In a degenerate two-player game equilibria form polytopes, of which the extreme equilibria are the
vertices: maximal Nash subsets, products of two polytopes, whose connected unions are the components
(Winkels 1979; Jansen 1981; Avis, Rosenberg, Savani and von Stengel 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np

from bargaining.errors import InputError
from bargaining.noncooperative.equilibrium import Equilibrium, relative_regret
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.results.certificate import Certificate, registers, verify
from bargaining.results.table import Table, Tabular

__all__ = ["Equilibria"]

Indices = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class Equilibria(Tabular, Sequence[Equilibrium]):
    """The equilibria found in a game: a sequence that knows how complete it is.

    Attributes
    ----------
    equilibria : tuple of Equilibrium
    completeness : str
        "all": every equilibrium of a two-player game is a mixture of those listed here, within one
        of the `subsets`. "some": others may exist; `reason` says why.
    subsets : tuple of tuples of int
        Maximal Nash subsets, as indices of equilibria: any mixture of the strategies that a player
        plays in them goes with any mixture of those that the other plays.
    components : tuple of tuples of int
        Connected sets of equilibria: the unions of subsets that share an equilibrium. An isolated
        equilibrium is a component of its own.
    method : str
        How they were found.
    reason : str
        Why others may exist.
    certificate : Certificate
        The largest regret, relative to the player's payoff range.
    game : NormalFormGame or Negotiation

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.NormalFormGame.from_arrays([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    >>> found = bg.nash_equilibria(game)
    >>> len(found), found.completeness, found.components
    (3, 'all', ((0,), (1,), (2,)))
    """

    equilibria: tuple[Equilibrium, ...]
    completeness: str
    subsets: Indices
    components: Indices
    method: str
    reason: str
    certificate: Certificate
    game: Any = field(repr=False)

    @classmethod
    def of(
        cls,
        game: Any,
        equilibria: Sequence[Equilibrium],
        *,
        completeness: str,
        method: str,
        subsets: Sequence[Sequence[int]] | None = None,
        components: Sequence[Sequence[int]] | None = None,
        reason: str = "",
    ) -> Equilibria:
        """Return equilibria of a game; `subsets` and `components` not given are worked out.

        Parameters
        ----------
        game : NormalFormGame or Negotiation
        equilibria : sequence of Equilibrium, at least one
        completeness : {"all", "some"}
        method, reason : str
        subsets : sequence of sequences of int, optional
            Each equilibrium alone unless said.
        components : sequence of sequences of int, optional
            Unions of subsets that share an equilibrium unless said.

        Raises
        ------
        InputError
            For no equilibria at all, another word for the completeness, or bad indices.
        """
        size = len(equilibria)
        if not size:
            raise InputError("Equilibria.of, equilibria: expected at least one, got none")
        if completeness not in ("all", "some"):
            raise InputError(
                f"Equilibria.of, completeness: expected 'all' or 'some', got {completeness!r}"
            )
        sets = _indices("subsets", size, [[k] for k in range(size)] if subsets is None else subsets)
        unions = _unions(sets, size) if components is None else components
        return cls(
            equilibria=tuple(equilibria),
            completeness=completeness,
            subsets=sets,
            components=_indices("components", size, unions),
            method=method,
            reason=reason,
            certificate=Certificate("regret", max(each.regret for each in equilibria)),
            game=game,
        )

    @overload
    def __getitem__(self, index: int) -> Equilibrium: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Equilibrium, ...]: ...
    def __getitem__(self, index: int | slice) -> Equilibrium | tuple[Equilibrium, ...]:
        """Return one equilibrium, or a tuple of several."""
        return self.equilibria[index]

    def __len__(self) -> int:
        """Return how many equilibria are listed."""
        return len(self.equilibria)

    def table(self) -> Table:
        """Return a row for each equilibrium: its component, what everybody plays, payoffs."""
        players = self.equilibria[0].players
        home = {k: number + 1 for number, part in enumerate(self.components) for k in part}
        rows = tuple(
            (
                k + 1,
                home.get(k),
                *(each.strategy_in_words(i) for i in range(len(players))),
                *map(float, each.payoffs),
            )
            for k, each in enumerate(self.equilibria)
        )
        return Table(
            f"Nash equilibria ({self.method})",
            ("equilibrium", "component", *players, *(f"payoff of {name}" for name in players)),
            rows,
            note=f"{self._completeness_in_words()}\ncertificate: {self.certificate}",
        )

    def _completeness_in_words(self) -> str:
        if self.completeness == "all":
            return "complete: no other extreme equilibria exist"
        return f"others may exist{': ' if self.reason else ''}{self.reason}"

    def explain(self) -> str:
        """Say in words how many there are, which sets they span, and how far to trust the list."""
        size, parts = len(self), len(self.components)
        text = f"{size} Nash equilibri{'a' if size > 1 else 'um'}, by {self.method}; "
        text += f"{self._completeness_in_words()}. "
        wide = [part for part in self.components if len(part) > 1]
        if wide:
            text += (
                f"They span {parts} connected component{'s' if parts > 1 else ''}, "
                f"{len(wide)} of them with infinitely many equilibria. "
            )
        return text + (
            f"In none does anybody gain more than {self.certificate.value:.1e} of its payoff range "
            "by deviating alone."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "equilibria": [each.to_dict() for each in self.equilibria],
            "completeness": self.completeness,
            "subsets": [list(part) for part in self.subsets],
            "components": [list(part) for part in self.components],
            "method": self.method,
            "reason": self.reason,
            "certificate": self.certificate.to_dict(),
        }


def _indices(name: str, size: int, groups: Sequence[Sequence[int]]) -> Indices:
    made = tuple(tuple(sorted(int(k) for k in group)) for group in groups)
    if any(not group or group[0] < 0 or group[-1] >= size for group in made):
        raise InputError(
            f"Equilibria.of, {name}: expected indices from 0 to {size - 1}, got {made}"
        )
    return made


def _unions(subsets: Indices, size: int) -> list[list[int]]:
    """Unite subsets that share an equilibrium; those in no subset stay alone."""
    root = list(range(size))

    def find(k: int) -> int:
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    for subset in subsets:
        for k in subset[1:]:
            first, second = sorted((find(subset[0]), find(k)))
            root[second] = first
    parts: dict[int, list[int]] = {}
    for k in range(size):
        parts.setdefault(find(k), []).append(k)
    return list(parts.values())


@registers(Equilibria)
def check_equilibria(equilibria: Equilibria) -> Certificate:
    """Recompute every regret from the game, and that of every pair within a Nash subset."""
    value = max(verify(each).value for each in equilibria)
    pairs = 0
    if isinstance(equilibria.game, NormalFormGame) and equilibria.game.number_of_players == 2:
        for subset in equilibria.subsets:
            crossed = _crossed(equilibria, subset)
            pairs += len(crossed)
            value = max([value, *(relative_regret(equilibria.game, pair) for pair in crossed)])
    return Certificate("regret", value, details={"pairs": pairs})


def _crossed(equilibria: Equilibria, subset: tuple[int, ...]) -> list[tuple[Any, Any]]:
    """Return each strategy of the first player in a subset with each of the second."""
    if len(subset) == 1:
        return []
    sides: tuple[dict[bytes, Any], dict[bytes, Any]] = ({}, {})
    for k in subset:
        for side, strategy in zip(sides, equilibria[k].strategies, strict=True):
            side.setdefault(np.asarray(strategy).tobytes(), strategy)
    return [(x, y) for x in sides[0].values() for y in sides[1].values()]
