"""Kinds of stage: tabling as a dominant choice, as an answer to insisting, or as a dilemma.

The kinds are told apart by what each side would table if nobody insisted on anything (the game of
T_1 and T_2 alone), and by whether insisting then changes what is tabled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bargaining.linkage.tabling.stage import BoolArray, Side, Stage, supported
from bargaining.types import FloatArray

__all__ = ["KINDS", "Kind", "kind_of"]

KINDS = {
    "nothing to table": "Neither side has a security lever that could be tabled.",
    "prisoners' dilemma": (
        "A prisoners' dilemma: left to itself each side tables controls, and both are worse off "
        "than with none tabled."
    ),
    "dominant": (
        "Putting controls on the table is a dominant choice of {who}: it pays whatever the other "
        "side tables, without being insisted upon."
    ),
    "answer to insisting": (
        "Putting controls on the table is only the answer to being insisted upon: left to itself "
        "neither side tables any, but {who} would rather table them than have no talks, and the "
        "side that insists gets more than with nothing insisted upon."
    ),
    "nobody tables": (
        "Nobody tables: left to itself neither side puts controls on the table, and nobody can "
        "gain by insisting on them."
    ),
    "depends on the other": (
        "What a side tables depends on what the other does: no choice is dominant."
    ),
}
"""The kinds, in words."""


@dataclass(frozen=True)
class Kind:
    """The kind of a stage.

    Attributes
    ----------
    name : str
        A key of `KINDS`.
    who : tuple of int
        The players whom it is about: for whom tabling is dominant, or who give in to insisting.
    choices : pair of str
        Of each player, with nothing insisted upon: "tables" (some tabling pays best whatever the
        other tables, and nothing tabled does not), "abstains" (nothing tabled is always best),
        "depends", or "nothing to table".
    """

    name: str
    who: tuple[int, ...]
    choices: tuple[str, str]


def kind_of(stage: Stage) -> Kind:
    """Tell the kind of a stage."""
    sides = stage.side(0), stage.side(1)
    choices = _choice(sides[0]), _choice(sides[1])
    if stage.talks[0].size == 1:
        return Kind("nothing to table", (), choices)
    voluntary = best_replies(sides[0]) & best_replies(sides[1]).T
    if voluntary.any() and not (voluntary & ~_worse_for_both(sides)).any():
        return Kind("prisoners' dilemma", (0, 1), choices)
    dominant = tuple(i for i in (0, 1) if choices[i] == "tables")
    if dominant:
        return Kind("dominant", dominant, choices)
    if not voluntary.any() or (voluntary & _matters(sides)).any():
        return Kind("depends on the other", (), choices)
    gives_in = tuple(i for i in (0, 1) if _gives_in(sides, i, voluntary).any())
    name = "answer to insisting" if gives_in else "nobody tables"
    return Kind(name, gives_in, choices)


def best_replies(side: Side) -> BoolArray:
    """Return where own T is best against the other's T with nothing insisted upon, (A, B)."""
    return np.asarray(side.talks >= side.talks.max(axis=0) - side.tolerance)


def _choice(side: Side) -> str:
    if len(side.talks) == 1:
        return "nothing to table"
    always = np.asarray(best_replies(side).all(axis=1))
    return "abstains" if always[0] else "tables" if always.any() else "depends"


def _matters(sides: tuple[Side, Side]) -> BoolArray:
    """Return where a side would lose if it tabled nothing instead, by own T and other's T."""
    first, second = (side.talks > side.talks[0] + side.tolerance for side in sides)
    return np.asarray(first | second.T)


def _worse_for_both(sides: tuple[Side, Side]) -> BoolArray:
    """Return where each side tables something and is worse off than with none tabled."""
    first, second = (np.asarray(s.talks < s.talks[0, 0] - s.tolerance) for s in sides)
    both = np.ones(first.shape, dtype=bool)
    both[0, :] = both[:, 0] = False
    return np.asarray(first & second.T & both)


def _gives_in(sides: tuple[Side, Side], player: int, voluntary: BoolArray) -> BoolArray:
    """Return the equilibria in which a player tables what it would rather not, by own T, other's T.

    They count where the side that insists gains by it: it gets more than in any equilibrium with
    nothing insisted upon.
    """
    own, other = sides[player], sides[1 - player]
    theirs: FloatArray = other.talks.T
    without = theirs[voluntary if player == 0 else voluntary.T].max()
    gains = theirs > without + other.tolerance
    return np.asarray(supported(own, other) & ~best_replies(own) & gains)
