"""Payoffs of security controls: a list of covered entities, and what security is worth.

Coverage follows a rank-size rule (Axtell 2001); the worth of security is a stated preference. All
payoffs are changes against a stated reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bargaining.model.levers import Lever
from bargaining.model.players import Player, name_of
from bargaining.model.quadratic import line
from bargaining.model.sources import Source
from bargaining.model.terms import Payoff, Quadratic, player_mapping
from bargaining.types import FloatArray

__all__ = ["CoverageControl", "SecurityValue"]


class CoverageControl(Payoff):
    """What a list of covered entities does: harm to the target, benefit and cost to the controller.

    Covering n entities, against a reference list of n0, has the effect

        E(n) = (n^c - n0^c) / (full^c - n0^c),

    0 at the reference and 1 at full coverage. The concavity c in (0, 1] says how fast the list runs
    into entities that matter little: when the entities are listed by size and the k-th is of size
    k^(c - 1) (a rank-size rule with Pareto exponent 1 / (1 - c); Axtell 2001 for firms), the n
    largest together weigh n^c. At c = 1 all count alike. The target gets -harm E(n), the controller
    benefit E(n) - cost_per_entity (n - n0): every listed entity has to be screened for, large or
    small, so the cost of diligence is linear.

    Parameters
    ----------
    lever : Lever or str
        The number of covered entities.
    controller, target : Player or str
        Who keeps the list and whose firms check against it, and whose entities are on it.
    reference : float
        n0 >= 0, the list at which the payoffs are zero (1,300 before the 50 percent rule).
    full : float
        Full coverage, above the reference (20,000 with it).
    harm : float
        Loss of the target a year between the two, in the unit of the payoffs.
    benefit : float
        Gain in security of the controller a year between the two.
    cost_per_entity : float
        Cost of diligence a year for each entity, borne by the controller's firms.
    concavity : float
        c, above 0 and at most 1.
    name, source : optional
        For tables, and where the figures come from.

    Raises
    ------
    InputError
        For a number out of its bounds, or a level below 0.

    References
    ----------
    Axtell (2001), Zipf distribution of U.S. firm sizes, Science 293.

    Examples
    --------
    >>> term = CoverageControl(
    ...     "affiliates rule", "United States", "China",
    ...     reference=2500, full=10_000, harm=8.0, benefit=4.0, cost_per_entity=2e-4, concavity=0.5,
    ... )
    >>> counts = [np.array([5625.0, 10_000.0])]
    >>> term.values("China", counts).tolist()
    [-4.0, -8.0]
    >>> term.values("United States", counts).tolist()
    [1.375, 2.5]
    """

    def __init__(
        self,
        lever: Lever | str,
        controller: Player | str,
        target: Player | str,
        *,
        reference: float,
        full: float,
        harm: float,
        benefit: float = 0.0,
        cost_per_entity: float = 0.0,
        concavity: float,
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        super().__init__((lever,), (controller, target), name=name, source=source)
        self.controller, self.target = self.players
        self.reference = self.number("reference", reference, low=0)
        self.full = self.number("full", full)
        if self.full <= self.reference:
            raise self._error("full", f"expected more than reference, {self.reference:g}", full)
        self.harm = self.number("harm", harm, low=0)
        self.benefit = self.number("benefit", benefit, low=0)
        self.cost_per_entity = self.number("cost_per_entity", cost_per_entity, low=0)
        self.concavity = self.number("concavity", concavity, high=1)
        if self.concavity <= 0:
            raise self._error("concavity", "expected a number above 0", concavity)

    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Return the harm done to the target, or the controller's benefit less its costs."""
        count = levels[0]
        if np.any(count < 0):
            raise self._error("levels", "expected at least 0 entities", float(np.min(count)))
        start = self.reference**self.concavity
        effect = (count**self.concavity - start) / (self.full**self.concavity - start)
        if player == self.target:
            return np.asarray(-self.harm * effect)
        return np.asarray(self.benefit * effect - self.cost_per_entity * (count - self.reference))

    def gradients(self, player: str, levels: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the effect of one more entity, infinite at none when the concavity is below 1."""
        c = self.concavity
        with np.errstate(divide="ignore"):
            slope = c * levels[0] ** (c - 1) / (self.full**c - self.reference**c)
        if player == self.target:
            return (np.asarray(-self.harm * slope),)
        return (np.asarray(self.benefit * slope - self.cost_per_entity),)

    def quadratic(self, player: str) -> Quadratic | None:
        """Return the line at concavity 1."""
        if self.concavity != 1:
            return None
        return line(float(self.gradients(player, [np.array(1.0)])[0]), self.reference)

    def is_concave(self, player: str) -> bool:
        """Whether it is: the controller's payoff is, the target's only when it is a line."""
        return player == self.controller or self.harm == 0 or self.concavity == 1


class SecurityValue(Payoff):
    """What players give for the effect of a security lever on their security.

    Value x E(level), where E goes from 0 at the reference to 1 at full effect,

        E(level) = ((level - reference) / (full - reference))^curvature;

    on the other side of the reference E is minus the same function of the distance. The amount is
    a stated preference, what the player would pay a year for the whole move: an assumption to be
    given with a range, not a published formula.

    Parameters
    ----------
    lever : Lever or str
    amounts : mapping of player to float
        Worth of the whole move from `reference` to `full` a year, in the unit of the payoffs;
        negative for a threat.
    reference : float
        The level at which the payoffs are zero.
    full : float
        The level at which they are worth the whole amount; above or below the reference.
    curvature : float
        Above 0; below 1 the first steps count most, above 1 the last ones.
    name, source : optional
        For tables, and where the amounts come from.

    Raises
    ------
    InputError
        For a number out of its bounds, or `full` equal to `reference`.

    Examples
    --------
    >>> term = SecurityValue(
    ...     "chip sales", {"United States": -10.0, "China": 12.0},
    ...     reference=0.0, full=1.0, curvature=2.0,
    ... )
    >>> term.values("United States", [np.array([0.5, 1.0])]).tolist()
    [-2.5, -10.0]
    """

    def __init__(
        self,
        lever: Lever | str,
        amounts: Mapping[Any, float],
        *,
        reference: float,
        full: float,
        curvature: float = 1.0,
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        super().__init__(
            (lever,), tuple(player_mapping(amounts, "SecurityValue")), name=name, source=source
        )
        self.amounts = {
            name_of(p): self.number(f"amount of {name_of(p)!r}", v) for p, v in amounts.items()
        }
        self.reference = self.number("reference", reference)
        self.full = self.number("full", full)
        if self.full == self.reference:
            raise self._error("full", "expected another level than reference", full)
        self.curvature = self.number("curvature", curvature)
        if self.curvature <= 0:
            raise self._error("curvature", "expected a number above 0", curvature)

    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Return the player's amount times the effect at the level."""
        way = (levels[0] - self.reference) / (self.full - self.reference)
        return np.asarray(self.amounts[player] * np.sign(way) * np.abs(way) ** self.curvature)

    def gradients(self, player: str, levels: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the worth of one unit more, infinite at the reference for curvatures below 1."""
        way = (levels[0] - self.reference) / (self.full - self.reference)
        unit = self.amounts[player] * self.curvature / (self.full - self.reference)
        with np.errstate(divide="ignore"):
            return (np.asarray(unit * np.abs(way) ** (self.curvature - 1)),)

    def quadratic(self, player: str) -> Quadratic | None:
        """Return the line at curvature 1."""
        if self.curvature != 1:
            return None
        return line(self.amounts[player] / (self.full - self.reference), self.reference)
