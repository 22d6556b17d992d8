"""The cost of tabling anything at which tabling stops being an equilibrium.

A player's lump cost is the same for all non-empty sets, so it drops out of comparisons between
them, and each table of a pure equilibrium survives up to a difference of two payoffs: the
threshold is the largest of these differences, with no search.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bargaining.linkage.tabling.kind import best_replies
from bargaining.linkage.tabling.stage import Side, Stage, supported
from bargaining.results.certificate import Certificate, plain, registers

__all__ = ["CriticalCost", "critical_cost"]

STEP = 1e-5
"""How far from a threshold both sides of it are looked at, relative to the payoff range."""


@dataclass(frozen=True, eq=False)
class CriticalCost:
    """The costs at which tabling by a player stops being part of a pure equilibrium with talks.

    Attributes
    ----------
    player : str
    value : float or None
        The largest lump cost at which it tables something in some equilibrium, with whatever is
        insisted upon; None where it does not even at no cost.
    voluntary : float or None
        The same with nothing insisted upon.
    certificate : Certificate
        By evaluating the equilibria on both sides of each: 0 when they are as claimed.
    """

    player: str
    value: float | None
    voluntary: float | None
    certificate: Certificate
    index: int = field(repr=False)
    stage: Stage = field(repr=False)

    def explain(self) -> str:
        """Say it in words."""
        if self.value is None:
            return f"{self.player} tables in no equilibrium, however little it costs."
        words = f"{self.player} tables something in an equilibrium up to a cost of {self.value:.4g}"
        if self.voluntary is None:
            return f"{words}, and never without being insisted upon."
        if self.voluntary == 0:
            return f"{words}, and without being insisted upon only at no cost."
        return f"{words}, and without being insisted upon up to {self.voluntary:.4g}."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "player": self.player,
            "value": plain(self.value),
            "voluntary": plain(self.voluntary),
            "certificate": self.certificate.to_dict(),
        }


def critical_cost(stage: Stage, index: int, player: str) -> CriticalCost:
    """Return a player's critical costs.

    Parameters
    ----------
    stage : Stage
        In which tabling costs that player nothing; the other's costs stand.
    index : int
        The player, 0 or 1.
    player : str
        Its name.
    """
    value, voluntary = _insisted(stage, index), _voluntary(stage, index)
    unchecked = CriticalCost(
        player, value, voluntary, Certificate("both sides", 0.0, 0.0), index, stage
    )
    return replace(unchecked, certificate=check_critical_cost(unchecked))


def _insisted(stage: Stage, index: int) -> float | None:
    """Everything tabled is insisted upon: more must not pay, nor must staying away."""
    own, other = stage.side(index), stage.side(1 - index)
    if len(own.talks) == 1:
        return None
    content = np.asarray(other.accepts().any(axis=2)).T
    holds = content & (own.best_talks() <= own.talks + own.tolerance)
    return _largest((own.talks - own.point)[1:][holds[1:]], own)


def _voluntary(stage: Stage, index: int) -> float | None:
    """Nothing is insisted upon: no other set must pay more, nor must nothing at all."""
    own, other = stage.side(index), stage.side(1 - index)
    if len(own.talks) == 1:
        return None
    best = own.talks >= own.talks[1:].max(axis=0) - own.tolerance
    holds = best & best_replies(other).T
    return _largest((own.talks - own.talks[0])[1:][holds[1:]], own)


def _largest(differences: Any, side: Side) -> float | None:
    if not differences.size or differences.max() < -side.tolerance:
        return None
    return max(0.0, float(differences.max()))


@registers(CriticalCost)
def check_critical_cost(claim: CriticalCost) -> Certificate:
    """Look for equilibria at costs just below and just above each threshold."""
    step = STEP * float(claim.stage.scale[claim.index])
    wrong = []
    for value, free in ((claim.value, False), (claim.voluntary, True)):
        if value is None:
            wrong.append(_tables(claim, 0.0, free=free))
            continue
        wrong.append(not _tables(claim, max(0.0, value - step), free=free))
        wrong.append(_tables(claim, value + step, free=free))
    return Certificate("both sides of the critical cost", float(any(wrong)), 0.0)


def _tables(claim: CriticalCost, cost: float, *, free: bool) -> bool:
    """Whether the player tables something in an equilibrium with talks at a cost."""
    stage, i = claim.stage, claim.index
    charge = np.where(np.arange(len(stage.side(i).talks)) > 0, cost, 0.0)
    talks = stage.talks.copy()
    talks[i] -= charge[:, None] if i == 0 else charge
    costly = Stage(talks, stage.refused, stage.margin)
    own, other = costly.side(i), costly.side(1 - i)
    if free:
        return bool((best_replies(own) & best_replies(other).T)[1:].any())
    return bool(supported(own, other)[1:].any())
