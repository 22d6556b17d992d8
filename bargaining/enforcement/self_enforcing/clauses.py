"""When a package is kept: clauses, each about one player and the levers with which it may break it.

A clause holds at a iff stay u_i(a) + offset >= breach (best u_i with the levers moved) + after
u_i(a with the punished levers set back). One clause a player pools all issues in one punishment;
one for every set of issues lets a breach in some be answered in these alone (Bernheim and Whinston
1990; Spagnolo 1999).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bargaining.enforcement.patience.temptation import tempter
from bargaining.errors import IntractableError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.types import FloatArray, IntArray

__all__ = ["Clause", "additive_across", "capped", "issues_apart", "repeated", "slack"]

LARGEST_CLAUSES = 500
"""Clauses at most, one for each player and set of issues."""


@dataclass(frozen=True)
class Clause:
    """What keeps one player from moving some of its levers.

    Attributes
    ----------
    player : int
    moves : tuple of int
        Positions, among the free levers, of those that the breach may move.
    offset, stay, breach, after : float
        Of the inequality, see above.
    punished : dict of int to int
        Levers that are set back after the breach, and their level indices.
    """

    player: int
    moves: tuple[int, ...]
    offset: float
    stay: float = 1.0
    breach: float = 1.0
    after: float = 0.0
    punished: dict[int, int] = field(default_factory=dict)

    def set_back(self, indices: IntArray) -> IntArray:
        """Return packages (M, L) with the punished levers set back."""
        later = indices.copy()
        later[:, list(self.punished)] = list(self.punished.values())
        return later


def repeated(
    negotiation: Negotiation, discount_factors: FloatArray, punishment: FloatArray
) -> tuple[Clause, ...]:
    """Return u_i(a) >= (1 - delta_i) (best breach) + delta_i v_i for every player (Friedman 1971).

    Parameters
    ----------
    negotiation : Negotiation
    discount_factors, punishment : ndarray of shape (N,)
    """
    own = tempter(negotiation).own
    return tuple(
        Clause(i, mine, -delta * v, 1.0, 1.0 - delta)
        for i, (mine, delta, v) in enumerate(
            zip(own, discount_factors.tolist(), punishment.tolist(), strict=True)
        )
    )


def capped(negotiation: Negotiation, caps: FloatArray) -> tuple[Clause, ...]:
    """Return g_i(a) <= caps_i for every player."""
    own = tempter(negotiation).own
    return tuple(Clause(i, mine, cap) for i, (mine, cap) in enumerate(zip(own, caps, strict=True)))


def issues_apart(
    negotiation: Negotiation,
    discount_factors: FloatArray,
    punishment: Package,
    issues: Sequence[tuple[str, ...]],
) -> tuple[Clause, ...]:
    """Return the clauses of issues that are enforced apart.

    A breach with levers of some issues sets all levers of these issues to the punishment for ever;
    the other issues go on as agreed. Where payoffs are additive across issues the single issues
    imply their unions.

    Raises
    ------
    IntractableError
        When there are too many sets of issues.
    """
    own, free = tempter(negotiation).own, negotiation.free_levers
    position = {lever.name: j for j, lever in enumerate(free)}
    most = 1 if additive_across(negotiation, issues) else len(issues)
    sets = [
        [name for issue in chosen for name in issue]
        for size in range(1, most + 1)
        for chosen in itertools.combinations(issues, size)
    ]
    if len(sets) * len(own) > LARGEST_CLAUSES:
        raise IntractableError(
            f"issues enforced apart: {len(issues)} issues that are not additive have "
            f"{len(sets):,} sets in which a breach is possible (the bound is {LARGEST_CLAUSES} "
            "clauses)"
        )
    clauses = []
    for names in sets:
        back = {position[name]: free[position[name]].index(punishment[name]) for name in names}
        for i, mine in enumerate(own):
            moves = tuple(u for u in mine if u in back)
            delta = float(discount_factors[i])
            if moves:
                clauses.append(Clause(i, moves, 0.0, 1.0, 1.0 - delta, delta, back))
    return tuple(clauses)


def additive_across(negotiation: Negotiation, issues: Sequence[tuple[str, ...]]) -> bool:
    """Whether no payoff term ties levers of different issues (or of none) together."""
    names = [lever.name for lever in negotiation.free_levers]
    issue = {name: k for k, issue in enumerate(issues) for name in issue}
    return all(len({issue.get(names[u]) for u in f.scope}) <= 1 for f in negotiation.factors)


def slack(clause: Clause, payoffs: FloatArray, gains: FloatArray, later: FloatArray) -> FloatArray:
    """Return what is left of a clause at M packages.

    Parameters
    ----------
    clause : Clause
    payoffs, gains, later : ndarray of shape (M,)
        The player's: at the packages, by the best breach, and with the punished levers set back.
    """
    kept = clause.offset + clause.stay * payoffs - clause.breach * (payoffs + gains)
    return np.asarray(kept - clause.after * later)
