"""What has to be true of the answers of each solver, on any game with finitely many strategies.

Equilibria have no regret; complete lists hold every pure equilibrium, and an odd number where all
are regular (Wilson 1971); equilibria of a zero-sum game all pay the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

import bargaining as bg
from bargaining.types import FloatArray
from benchmarks.drawn_games import Draw
from benchmarks.judges import (
    CLEAR,
    TOLERANCE,
    AnswerError,
    expected,
    is_regular,
    pure_cells,
    regret,
)

__all__ = ["CHECKS"]

ROUNDOFF = 16 * np.finfo(float).eps
"""Payoffs that differ by less, relative to the largest, are equal to `iterated_dominance`."""


def judge(tables: Sequence[FloatArray], equilibrium: bg.Equilibrium) -> None:
    """Refuse what is no equilibrium, or says of itself what is not so."""
    profile = equilibrium.strategies
    found = regret(tables, profile)
    if not found <= TOLERANCE:
        raise AnswerError(
            f"the regret is {found:.2g}, the certificate says {equilibrium.regret:.2g}"
        )
    if not equilibrium.certificate or not bg.verify(equilibrium):
        raise AnswerError(f"{equilibrium.certificate}, recomputed {bg.verify(equilibrium)}")
    payoffs = [expected(table, profile) for table in tables]
    scales = [float(np.abs(table).max() or 1.0) for table in tables]
    off = np.abs(equilibrium.payoffs - payoffs) / scales
    if not off.max() <= TOLERANCE:
        raise AnswerError(f"the payoffs are {payoffs}, not {equilibrium.payoffs.tolist()}")


def one(case: Draw, game: bg.NormalFormGame) -> None:
    """Check `nash_equilibrium`, and its proof in rational numbers where payoffs are whole."""
    found = bg.nash_equilibrium(game)
    judge(case.tables, found)
    if case.whole and (len(case.shape) == 2 or found.is_pure):
        proof = bg.verify(found, exact=True)
        if not proof:
            raise AnswerError(
                f"no proof in rational numbers: {proof}, strategies {found.strategies}"
            )


def every(case: Draw, game: bg.NormalFormGame) -> None:
    """Check `nash_equilibria`: each of them, and the list where it claims to be complete."""
    found = bg.nash_equilibria(game)
    for equilibrium in found:
        judge(case.tables, equilibrium)
    if not bg.verify(found):
        raise AnswerError(f"the list fails: {bg.verify(found)}")
    if found.completeness != "all":
        if len(case.shape) == 2:
            raise AnswerError(f"a small two-player game was not solved: {found.reason}")
        return
    profiles = [each.strategies for each in found]
    missing = [cell for cell in pure_cells(case.tables) if not _holds(profiles, cell)]
    if missing:
        raise AnswerError(f"pure equilibria {missing} are missing")
    regular = all(is_regular(case.tables, profile) for profile in profiles)
    if regular and len(found) % 2 == 0:
        raise AnswerError(f"{len(found)} equilibria, all regular: an even number")
    if case.whole and len(found) != len(bg.nash_equilibria(game, exact=True)):
        raise AnswerError(f"{len(found)} equilibria, but not so many in exact arithmetic")


def _holds(profiles: Sequence[Sequence[FloatArray]], cell: tuple[int, ...]) -> bool:
    return any(
        all(x[k] > 1 - TOLERANCE for x, k in zip(profile, cell, strict=True))
        for profile in profiles
    )


def undominated(case: Draw, game: bg.NormalFormGame) -> None:
    """Check `iterated_dominance`: what goes is not played, what stays is not dominated."""
    reduction = bg.iterated_dominance(game)
    if not bg.verify(reduction):
        raise AnswerError(f"iterated dominance: {bg.verify(reduction)}")
    margins = [removal.margin for removals in reduction.rounds for removal in removals]
    if not all(margin > 0 for margin in margins):
        raise AnswerError(f"margins of removals are {margins}")
    left = [table[np.ix_(*reduction.kept)] for table in case.tables]
    for player, (whole, table) in enumerate(zip(case.tables, left, strict=True)):
        rows = np.moveaxis(table, player, 0).reshape(table.shape[player], -1)
        for a, b in itertools.permutations(rows, 2):
            roundoff = ROUNDOFF * np.abs(whole).max()
            if (a - b).min() > TOLERANCE * np.ptp(whole) + roundoff:
                raise AnswerError(f"a dominated strategy of player {player + 1} is left")
    inner = bg.nash_equilibrium(reduction.game)
    lifted = reduction.lift(inner.strategies)
    scales = zip(case.tables, left, strict=True)
    if all(np.ptp(kept) > CLEAR * np.ptp(whole) for whole, kept in scales):
        found = regret(case.tables, lifted)
        if not found <= TOLERANCE:
            raise AnswerError(
                f"an equilibrium of what is left has regret {found:.2g} in the whole game"
            )
    if min(margins, default=1.0) > CLEAR:
        outer = bg.nash_equilibrium(game).strategies
        for x, own in zip(outer, reduction.kept, strict=True):
            if np.delete(x, own).sum() > CLEAR:
                raise AnswerError("a removed strategy is played in an equilibrium")


def opposed(case: Draw, game: bg.NormalFormGame) -> None:
    """Check `zero_sum_equilibrium`: its payoffs are those of any other equilibrium."""
    found = bg.zero_sum_equilibrium(game)
    judge(case.tables, found)
    other = bg.nash_equilibrium(game)
    if not (np.abs(found.payoffs - other.payoffs) <= 4e-9 * game.scale).all():
        raise AnswerError(f"values {found.payoffs.tolist()} and {other.payoffs.tolist()}")


CHECKS = {
    "nash_equilibrium": one,
    "nash_equilibria": every,
    "iterated_dominance": undominated,
    "zero_sum_equilibrium": opposed,
}
