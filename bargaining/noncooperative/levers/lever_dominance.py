"""Iterated strict dominance on the levels of levers, without listing own packages.

A level is strictly dominated by another of the same lever when, whatever all other levers are set
to, its owner gets less from it: one maximisation of the difference of the terms that touch the
lever. What survives does not depend on the order of removal (Gilboa, Kalai and Zemel 1990).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.errors import InputError
from bargaining.model.factors import Factor
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.noncooperative.levers.fewer_levels import over_levels
from bargaining.noncooperative.levers.lever_scales import payoff_scales
from bargaining.optimize.elimination import Maximizer
from bargaining.results.certificate import TOLERANCE, Certificate, plain, registers
from bargaining.results.table import Cell, Table, Tabular
from bargaining.types import FloatArray, IntArray

__all__ = ["LevelRemoval", "LeverReduction", "reduced_levers"]

ROUNDOFF = 8 * np.finfo(float).eps
"""A margin up to this part of what the terms may add up to is rounding."""


@dataclass(frozen=True)
class LevelRemoval:
    """A level that was removed, and what dominates it.

    Attributes
    ----------
    lever : str
    level : float
    by : float
        The level of the same lever that is better for its owner.
    margin : float
        By how much at least, relative to the owner's payoff range.
    """

    lever: str
    level: float
    by: float
    margin: float


@dataclass(frozen=True, eq=False)
class LeverReduction(Tabular):
    """What iterated strict dominance leaves of a lever game.

    All equilibria, mixed ones included, play levels that are left.

    Attributes
    ----------
    game : Negotiation or None
        The negotiation over the levels left; a lever of which one is left stands still at it. None
        where a lever has several levels left but not its status quo, as a lever has to have one.
    kept : dict of str to tuple of float
        The levels left, of every free lever.
    rounds : tuple of tuples of LevelRemoval
        What was removed; other levers may be at any level that was left before the round.
    whole : Negotiation
    certificate : Certificate
        0 when every level removed is worse than the one named, by more than 1e-9 of the owner's
        payoff range.
    """

    game: Negotiation | None
    kept: Mapping[str, tuple[float, ...]]
    rounds: tuple[tuple[LevelRemoval, ...], ...]
    whole: Negotiation = field(repr=False)
    certificate: Certificate

    @property
    def solves(self) -> bool:
        """Whether one package survives: the only equilibrium."""
        return all(len(levels) == 1 for levels in self.kept.values())

    @property
    def package(self) -> Package | None:
        """The package left, None when there are more."""
        if not self.solves:
            return None
        return self.whole.package({name: levels[0] for name, levels in self.kept.items()})

    @property
    def lost(self) -> tuple[str, ...]:
        """The levers whose status quo is dominated."""
        return tuple(
            name for name, levels in self.kept.items()
            if self.whole.lever(name).status_quo not in levels
        )  # fmt: skip

    def table(self) -> Table:
        """Return a row for each level removed."""

        def row(round_: int, r: LevelRemoval) -> tuple[Cell, ...]:
            label = self.whole.lever(r.lever).label
            return round_, r.lever, label(r.level), label(r.by), r.margin

        return Table(
            "Iterated strict dominance on levers",
            ("round", "lever", "level removed", "dominated by", "margin"),
            tuple(row(k + 1, r) for k, removals in enumerate(self.rounds) for r in removals),
            note=f"margins are parts of the owner's payoff range\ncertificate: {self.certificate}",
        )

    def explain(self) -> str:
        """Say in words what is left."""
        if not self.rounds:
            return "No level is strictly dominated: iterated dominance removes nothing."
        text = (
            f"{sum(map(len, self.rounds))} levels are strictly dominated, in {len(self.rounds)} "
            f"round{'s' if len(self.rounds) > 1 else ''}. "
        )
        if self.lost:
            text += f"The status quo is among them for {', '.join(self.lost)}. "
        if self.package is not None:
            return text + f"One package is left, the only equilibrium: {self.package}."
        choices = sum(len(levels) > 1 for levels in self.kept.values())
        return text + f"Of {len(self.kept)} levers {choices} have more than one level left."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "kept": plain(self.kept),
            "rounds": [[dict(vars(removal)) for removal in removals] for removals in self.rounds],
            "package": None if self.package is None else dict(self.package),
            "certificate": self.certificate.to_dict(),
        }


def reduced_levers(negotiation: Negotiation, *, margin: float = TOLERANCE) -> LeverReduction:
    """Remove strictly dominated levels of levers until none is left.

    Only comparisons of two levels of one lever are made, all else equal: a level that is dominated
    only by a change of several own levers, or by a mixture, stays.

    Parameters
    ----------
    negotiation : Negotiation
        Free levers have finite levels; fixed ones stand still.
    margin : float
        How much more the dominating level must be worth everywhere, relative to the owner's payoff
        range, and at least 8 units in the last place of what the lever's terms may add up to:
        payoffs that are equal on paper may differ by roundoff.

    Raises
    ------
    InputError
        When a free lever is an interval.
    IntractableError
        When the terms that touch a lever are too entangled.

    Examples
    --------
    >>> import bargaining as bg
    >>> us, china = bg.Player("United States"), bg.Player("China")
    >>> tariff = bg.Tariff("tariff", us, levels=[0.1, 0.3, 0.5], status_quo=0.1)
    >>> soy = bg.SoybeanPurchase("soybeans", china, levels=[0, 25], status_quo=0)
    >>> answer = bg.InteractionPayoff((tariff, soy), {us: 0.1, china: -1}, references=(0.4, 0))
    >>> revenue = bg.LinearPayoff(tariff, {us: 2})
    >>> game = bg.Negotiation([us, china], [tariff, soy], [revenue, answer])
    >>> reduction = reduced_levers(game)
    >>> reduction.kept, len(reduction.rounds)
    ({'tariff': (0.5,), 'soybeans': (0.0,)}, 2)
    """
    levers, scales = negotiation.free_levers, payoff_scales(negotiation)
    kept = [np.arange(size) for size in negotiation.sizes]
    scopes = [set(factor.scope) for factor in negotiation.factors]
    rounds: list[tuple[LevelRemoval, ...]] = []
    waiting = set(range(len(levers)))
    while waiting:
        found = {j: _dominated(negotiation, j, kept, scales, margin) for j in sorted(waiting)}
        changed = {j for j, removals in found.items() if removals}
        for j in changed:
            gone = [levers[j].index(removal.level) for removal in found[j]]
            kept[j] = np.setdiff1d(kept[j], gone)
        if changed:
            rounds.append(tuple(removal for removals in found.values() for removal in removals))
        waiting = {u for scope in scopes if scope & changed for u in scope}
    left = {v.name: tuple(v.array()[own].tolist()) for v, own in zip(levers, kept, strict=True)}
    return LeverReduction(
        game=over_levels(negotiation, kept),
        kept=left,
        rounds=tuple(rounds),
        whole=negotiation,
        certificate=Certificate("dominance", 0.0, details={"removed": sum(map(len, rounds))}),
    )


def _dominated(
    negotiation: Negotiation,
    lever: int,
    kept: Sequence[IntArray],
    scales: FloatArray,
    margin: float,
) -> list[LevelRemoval]:
    """Return levels of a lever that are dominated, by which other one, and by how much."""
    size, object_ = len(kept[lever]), negotiation.free_levers[lever]
    pairs = [(a, b) for a in range(size) for b in range(size) if a != b]
    if not pairs:
        return []
    scale = _scale(negotiation, lever, scales)
    margins = -_most(negotiation, lever, kept, pairs) / scale
    margin = max(margin, ROUNDOFF * _size(negotiation, lever) / scale)
    best: dict[int, LevelRemoval] = {}
    for (a, b), own in zip(pairs, margins.tolist(), strict=True):
        if own > max(margin, best[a].margin if a in best else 0.0):
            level, by = object_.array()[kept[lever][[a, b]]].tolist()
            best[a] = LevelRemoval(object_.name, level, by, own)
    return list(best.values())


def _size(negotiation: Negotiation, lever: int) -> float:
    """Return the most that the terms that touch a lever may add up to for its owner."""
    owner = negotiation.player_names.index(negotiation.free_levers[lever].owner)
    touching = [factor.table[owner] for factor in negotiation.factors if lever in factor.scope]
    return sum(float(np.abs(table).max()) for table in touching)


def _scale(negotiation: Negotiation, lever: int, scales: FloatArray) -> float:
    owner = negotiation.free_levers[lever].owner
    return float(scales[negotiation.player_names.index(owner)])


def _most(
    negotiation: Negotiation,
    lever: int,
    kept: Sequence[IntArray],
    pairs: Sequence[tuple[int, int]],
) -> FloatArray:
    """Return the most that the owner gets from one kept level over another, whatever else is set.

    Pairs are positions among the kept levels; the result has an entry for each of them.
    """
    owner = negotiation.player_names.index(negotiation.free_levers[lever].owner)
    factors = [factor for factor in negotiation.factors if lever in factor.scope]
    others = sorted({u for factor in factors for u in factor.scope} - {lever})
    place = {u: j for j, u in enumerate(others)}
    scopes, tables = [], []
    ones, twos = (list(side) for side in zip(*pairs, strict=True))
    for factor in factors:
        cut = factor.table[owner][np.ix_(*(kept[u] for u in factor.scope))]
        own = np.moveaxis(cut, factor.scope.index(lever), 0)
        scopes.append(tuple(place[u] for u in factor.scope if u != lever))
        tables.append(own[ones] - own[twos])
    if not tables:
        return np.zeros(len(pairs))
    machine = Maximizer(
        [len(kept[u]) for u in others],
        [Factor(s, np.zeros((1, *t.shape[1:]))) for s, t in zip(scopes, tables, strict=True)],
        1,
        names=[negotiation.free_levers[u].name for u in others],
    )
    return machine.maximize_tables(tables).bounds


@registers(LeverReduction)
def check_reduction(reduction: LeverReduction) -> Certificate:
    """Compare each level removed with the one that dominates it, at all that was left then.

    Returns
    -------
    Certificate
        The largest shortfall of a margin from being positive, relative to the owner's range.

    Raises
    ------
    InputError
        When the levels kept and removed are not those of the negotiation.
    """
    game = reduction.whole
    names, scales = [lever.name for lever in game.free_levers], payoff_scales(game)
    kept, worst = [np.arange(size) for size in game.sizes], 0.0
    for removals in reduction.rounds:
        gone: dict[int, list[int]] = {}
        for removal in removals:
            j = names.index(removal.lever)
            level, by = (game.free_levers[j].index(x) for x in (removal.level, removal.by))
            if level not in kept[j] or by not in kept[j]:
                raise InputError(
                    f"LeverReduction, rounds: expected levels of {removal.lever!r} that were left, "
                    f"{game.free_levers[j].array()[kept[j]].tolist()}, got {removal}"
                )
            pair = int(np.searchsorted(kept[j], level)), int(np.searchsorted(kept[j], by))
            most = float(_most(game, j, kept, [pair])[0]) / _scale(game, j, scales)
            worst = max(worst, most, abs(most + removal.margin))
            gone.setdefault(j, []).append(level)
        kept = [np.setdiff1d(own, gone.get(j, [])) for j, own in enumerate(kept)]
    for lever, own in zip(game.free_levers, kept, strict=True):
        if tuple(lever.array()[own].tolist()) != reduction.kept[lever.name]:
            raise InputError(
                f"LeverReduction, kept {lever.name!r}: expected the levels not removed, "
                f"{tuple(lever.array()[own].tolist())}, got {reduction.kept[lever.name]}"
            )
    removed = sum(map(len, reduction.rounds))
    return Certificate("dominance", worst, details={"removed": removed})
