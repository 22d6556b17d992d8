"""Repeated games in which players can also pay each other, for every discount factor at once.

Goldluecke and Kranz (2012), perfect monitoring: with money only the joint gain from deviating
matters. A profile a can be played iff sum_i gain_i(a) <= delta / (1 - delta) L, the liquidity L
being the largest joint payoff less the sum of the worst punishments, both over profiles that can be
played. A player's punishment is the least, over these, of its best replies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.feasible import as_numbers
from bargaining.enforcement.repeated.stage import ROUNDOFF, as_game, discount_factor_of
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.results.certificate import TOLERANCE, Certificate, registers
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray, IntArray

__all__ = ["TransferStep", "TransferSteps", "payoffs_with_transfers"]


@dataclass(frozen=True, eq=False)
class TransferStep:
    """What can be sustained from a critical discount factor on.

    The set of equilibrium payoffs is {u: sum u <= joint, u >= punishments}; money may be burnt.

    Attributes
    ----------
    discount_factor : float
        From which on this holds, up to the next step.
    joint : float
        Largest joint payoff a period.
    punishments : ndarray of shape (N,)
        Worst payoff of each player.
    profile : tuple of int
        What is played in equilibrium.
    punished_by : tuple of N tuples of int
        What is played first to punish each player.
    """

    discount_factor: float
    joint: float
    punishments: FloatArray
    profile: tuple[int, ...]
    punished_by: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class TransferSteps(Tabular):
    """All critical discount factors of a repeated game with payments.

    Attributes
    ----------
    steps : tuple of TransferStep
        By rising discount factor. Before the first there is no equilibrium in pure strategies; none
        at all if it is empty.
    certificate : Certificate
        Each step's liquidity constraints, recomputed profile by profile.
    players : tuple of str
    """

    steps: tuple[TransferStep, ...]
    certificate: Certificate
    players: tuple[str, ...]
    game: NormalFormGame = field(repr=False)

    @property
    def critical_discount_factors(self) -> FloatArray:
        """Where the steps begin, shape (S,)."""
        return np.array([step.discount_factor for step in self.steps])

    def at(self, discount_factor: float) -> TransferStep | None:
        """Return what holds at a discount factor in [0, 1); None where there is no equilibrium."""
        delta = discount_factor_of("TransferSteps.at", discount_factor)
        before = [step for step in self.steps if step.discount_factor <= delta + ROUNDOFF]
        return before[-1] if before else None

    def contains(self, payoffs: ArrayLike, discount_factor: float) -> bool:
        """Whether payoffs are those of an equilibrium with payments.

        Parameters
        ----------
        payoffs : array_like of shape (N,)
        discount_factor : float
        """
        point = as_numbers(payoffs)
        if point.shape != (len(self.players),) or not np.all(np.isfinite(point)):
            raise InputError(
                f"TransferSteps.contains, payoffs: expected {len(self.players)} finite numbers, "
                f"got {payoffs!r}"
            )
        step = self.at(discount_factor)
        slack = TOLERANCE * float(self.game.scale.max())
        return step is not None and bool(
            point.sum() <= step.joint + slack and np.all(point >= step.punishments - slack)
        )

    def table(self) -> Table:
        """Return a row for each step."""
        rows = [
            (step.discount_factor, step.joint, *step.punishments.tolist(), self._named(step))
            for step in self.steps
        ]
        columns = (
            "from discount factor", "joint payoff", *(f"worst of {p}" for p in self.players),
            "played",
        )  # fmt: skip
        note = f"pure strategies, payments in every period; certificate: {self.certificate}"
        return Table("Repeated game with payments", columns, tuple(rows), note=note)

    def _named(self, step: TransferStep) -> str:
        return ", ".join(
            labels[k] for labels, k in zip(self.game.labels, step.profile, strict=True)
        )

    def explain(self) -> str:
        """Say what patience makes possible, step by step."""
        if not self.steps:
            return "However patient the players, there is no equilibrium in pure strategies."
        parts = [
            f"From a discount factor of {step.discount_factor:.4g} on, {self._named(step)} can be "
            f"played, worth {step.joint:.4g} together"
            for step in self.steps
        ]
        return ". ".join(parts) + "."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.players),
            "steps": [
                {
                    "discount_factor": step.discount_factor,
                    "joint": step.joint,
                    "punishments": step.punishments.tolist(),
                    "profile": list(step.profile),
                    "punished_by": [list(profile) for profile in step.punished_by],
                }
                for step in self.steps
            ],
            "certificate": self.certificate.to_dict(),
        }


def payoffs_with_transfers(game: NormalFormGame | Negotiation) -> TransferSteps:
    """Return what players who can pay each other sustain, at all discount factors in one call.

    The stage game is repeated, everything is observed, players have one common discount factor and
    enough money; payoffs are in one unit, and joint payoffs are their sum. Payments are made before
    and after play in every period.

    Parameters
    ----------
    game : NormalFormGame, or a small Negotiation
        A negotiation is listed as its lever game (at most 4,000,000 payoffs).

    Raises
    ------
    InputError
        For anything else.
    IntractableError
        For a negotiation that is too large.

    Examples
    --------
    In this prisoners' dilemma each gains 2 by talking alone, and cooperation is worth 4 a period
    together: 4 <= delta / (1 - delta) 4.

    >>> import bargaining as bg
    >>> game = bg.NormalFormGame.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> steps = payoffs_with_transfers(game)
    >>> [(step.discount_factor, step.joint) for step in steps.steps]
    [(0.0, 2.0), (0.25, 5.0), (0.5, 6.0)]
    """
    finite = as_game("payoffs_with_transfers", game)
    tables = _Tables.of(finite)
    steps = tuple(_steps(tables, finite.shape))
    certificate = _check(tables, steps, finite.shape)
    return TransferSteps(steps, certificate, finite.players, finite)


@dataclass(frozen=True, eq=False)
class _Tables:
    """Profiles by rising joint temptation, and the best that those up to each can do.

    Attributes
    ----------
    order : ndarray of shape (P,)
        Numbers of the profiles.
    temptation, joint : ndarray of shape (P,)
        Of each profile in that order.
    best : ndarray of shape (P, N)
        Best replies.
    roundoff : float
        Payoffs that differ by no more are the same.
    """

    order: IntArray
    temptation: FloatArray
    joint: FloatArray
    best: FloatArray
    roundoff: float

    @classmethod
    def of(cls, game: NormalFormGame) -> _Tables:
        arrays = game.payoff_arrays
        best = np.stack(
            [
                np.broadcast_to(own.max(axis=i, keepdims=True), own.shape)
                for i, own in enumerate(arrays)
            ]
        )
        flat = best.reshape(len(arrays), -1).T
        roundoff = ROUNDOFF * float(game.scale.max())
        gains = (best - arrays).reshape(len(arrays), -1)
        temptation = np.where(gains <= roundoff, 0.0, gains).sum(axis=0)
        order = np.argsort(temptation, kind="stable")
        joint = arrays.sum(axis=0).reshape(-1)
        return cls(order, temptation[order], joint[order], flat[order], roundoff)


def _steps(tables: _Tables, shape: tuple[int, ...]) -> list[TransferStep]:
    """Return the steps: a set of profiles of small temptation supports itself from r = T / L on.

    The larger of two sets that support themselves at the same patience is what can be played;
    rounding makes no step of its own.
    """
    last = np.append(np.diff(tables.temptation) > tables.roundoff, True)
    joint = np.maximum.accumulate(tables.joint)
    worst = np.minimum.accumulate(tables.best, axis=0)
    liquidity = joint - worst.sum(axis=1)
    steps: list[TransferStep] = []
    soonest = 1.0
    for k in np.flatnonzero(last)[::-1]:
        needed = _critical(tables.temptation[k], float(liquidity[k]), tables.roundoff)
        if needed < soonest and not math.isclose(needed, soonest, rel_tol=ROUNDOFF):
            soonest = needed
            steps.append(_step(tables, int(k), needed, shape))
    return _without_repeats(steps[::-1], tables.roundoff)


def _critical(temptation: float, liquidity: float, roundoff: float) -> float:
    """Return the smallest delta with temptation <= delta / (1 - delta) liquidity; 1 if none is."""
    if temptation <= roundoff:
        return 0.0
    return 1.0 if liquidity <= roundoff else float(temptation / (temptation + liquidity))


def _step(tables: _Tables, k: int, delta: float, shape: tuple[int, ...]) -> TransferStep:
    def profile(row: int) -> tuple[int, ...]:
        return tuple(int(x) for x in np.unravel_index(tables.order[row], shape))

    best = tables.best[: k + 1]
    return TransferStep(
        discount_factor=delta,
        joint=float(tables.joint[: k + 1].max()),
        punishments=best.min(axis=0),
        profile=profile(int(tables.joint[: k + 1].argmax())),
        punished_by=tuple(profile(int(row)) for row in best.argmin(axis=0)),
    )


def _without_repeats(steps: list[TransferStep], roundoff: float) -> list[TransferStep]:
    """Return the steps that change joint payoff or punishments."""
    kept: list[TransferStep] = []
    for step in steps:
        if kept and (
            abs(step.joint - kept[-1].joint) <= roundoff
            and np.all(np.abs(step.punishments - kept[-1].punishments) <= roundoff)
        ):
            continue
        kept.append(step)
    return kept


def _check(tables: _Tables, steps: tuple[TransferStep, ...], shape: tuple[int, ...]) -> Certificate:
    """Return by how much a profile of some step misses its constraint, or a step its payoffs."""
    number = np.empty(len(tables.order), dtype=np.int64)
    number[tables.order] = np.arange(len(tables.order))
    off = 0.0
    for step in steps:
        rows = number[[np.ravel_multi_index(p, shape) for p in (step.profile, *step.punished_by)]]
        liquidity = step.joint - step.punishments.sum()
        delta = step.discount_factor
        missed = (1 - delta) * tables.temptation[rows].max() - delta * liquidity
        own = np.arange(len(step.punishments))
        wrong = np.abs(tables.best[rows[1:], own] - step.punishments).max()
        off = max(off, missed, wrong, abs(tables.joint[rows[0]] - step.joint))
    return Certificate("liquidity", max(0.0, off) * ROUNDOFF / tables.roundoff)


@registers(TransferSteps)
def check_transfers(result: TransferSteps) -> Certificate:
    """Recompute the constraints of each step, and that there is no step which it lacks."""
    tables = _Tables.of(result.game)
    again = _steps(tables, result.game.shape)
    same = len(again) == len(result.steps) and np.allclose(
        [step.discount_factor for step in again],
        result.critical_discount_factors,
        rtol=0,
        atol=TOLERANCE,
    )
    own = _check(tables, result.steps, result.game.shape)
    return own if same else Certificate(own.kind, 1.0)
