"""Whether a truce holds, month by month, with what can be proved about it.

With a sure end and one stage equilibrium payoff it unravels from the last month (Benoit and Krishna
1985). Reversion is weakly renegotiation-proof iff the rest of the truce is at no time better for
everybody than the punishment (Farrell and Maskin 1989).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.enforcement.patience.critical import breach_gain
from bargaining.enforcement.truces.values import Stretch, Terms
from bargaining.noncooperative.games.dominance import iterated_dominance
from bargaining.results.certificate import TOLERANCE, Certificate, plain, registers, verify
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.enforcement.truces.truce import Truce

__all__ = ["TruceResult", "chain_slacks", "punishment_off", "truce_result"]


@dataclass(frozen=True, eq=False)
class TruceResult(Tabular):
    """Whether a truce holds at given discount factors.

    Attributes
    ----------
    holds : bool
        Whether nobody gains by a breach in any month.
    discount_factors : ndarray of shape (N,)
        Of a month.
    tightest_month : tuple of int
        The month of the term, from 1, in which each player's constraint is tightest.
    slacks : ndarray of shape (N,)
        There: what a breach costs less what it gains, in months of payoff; negative where it pays.
    by_month : ndarray of shape (L, N)
        The same in every month, up to the first end date.
    gains, losses : ndarray of shape (N,)
        What a breach gains in a month; what a month of punishment instead of the truce costs.
    value, after_lapse : ndarray of shape (N,)
        What a fresh truce, and a lapse, are worth over the punishment, in months of payoff.
    kept_after : int
        Months after the first end date in which sides whose term is not over yet go on keeping it
        although it was not renewed.
    unravels : bool
        Whether it is proved that no truce between these players can hold, as the end is sure, what
        follows it is the only stage equilibrium, by iterated dominance, and somebody is tempted.
    renegotiation_proof : bool
        Whether, in no month, everybody is better off with the rest of the truce than with the
        punishment, which they would then agree to forget.
    players : tuple of str
    truce : Truce
    certificate : Certificate
        The constraints, recomputed from a chain of months solved as linear equations.
    """

    holds: bool
    discount_factors: FloatArray
    tightest_month: tuple[int, ...]
    slacks: FloatArray
    by_month: FloatArray
    gains: FloatArray
    losses: FloatArray
    value: FloatArray
    after_lapse: FloatArray
    kept_after: int
    unravels: bool
    renegotiation_proof: bool
    players: tuple[str, ...]
    truce: Truce = field(repr=False)
    certificate: Certificate

    def table(self) -> Table:
        """Return temptation, loss and slack in the tightest month by player."""
        columns = (
            "player", "discount factor", "temptation", "loss a month", "tightest month", "slack",
        )  # fmt: skip
        rows = zip(
            self.players, self.discount_factors, self.gains, self.losses, self.tightest_month,
            self.slacks, strict=True,
        )  # fmt: skip
        unit = self.truce.negotiation.unit
        title = f"{self.truce!r} {'holds' if self.holds else 'does not hold'}"[1:].replace(">", ":")
        note = f"in months of payoff; after a breach: {self.truce.punishment.says}; certificate: "
        title += f" ({unit})" if unit else ""
        return Table(title, columns, tuple(rows), note=f"{note}{self.certificate}")

    def explain(self) -> str:
        """Say who would break it when, and what that rests on."""
        text = "Nobody gains by a breach in any month. " if self.holds else ""
        for i, name in enumerate(self.players):
            if self.slacks[i] < -TOLERANCE * self.truce.terms.scales[i]:
                text += (
                    f"{name} would break it in month {self.tightest_month[i]}: it gains "
                    f"{self.gains[i]:.4g} and loses {self.gains[i] + self.slacks[i]:.4g} after. "
                )
        if self.unravels:
            text += (
                "It unravels: the end is sure, one package survives iterated dominance and is "
                "played after the end whatever was done before, so that the last month is broken, "
                "and with it every month before. "
            )
        if max(self.truce.months) > min(self.truce.months):
            text += f"Without renewal it is kept {_for_months(self.kept_after)} the first end. "
        if self.renegotiation_proof:
            return text + "The punishment is renegotiation-proof: it does not hurt everybody."
        return text + "All would rather go back to the truce than carry out the punishment."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        names = (
            "holds", "players", "discount_factors", "tightest_month", "slacks", "by_month",
            "gains", "losses", "value", "after_lapse", "kept_after", "unravels",
            "renegotiation_proof",
        )  # fmt: skip
        return {
            **{name: plain(getattr(self, name)) for name in names},
            "months": list(self.truce.months),
            "renewal": self.truce.renewal,
            "hazard": self.truce.hazard,
            "punishment": self.truce.punishment.payoffs.tolist(),
            "punishment_from": self.truce.punishment.says,
            "lapse": self.truce.lapsed.payoffs.tolist(),
            "lapse_from": self.truce.lapsed.says,
            "certificate": self.certificate.to_dict(),
        }


def _for_months(months: int) -> str:
    if months == 0:
        return "no longer than to"
    return f"for {months} more month{'s' if months > 1 else ''} after"


def truce_result(truce: Truce, deltas: FloatArray) -> TruceResult:
    """Return whether a truce holds at discount factors of a month, shape (N,)."""
    terms = truce.terms
    after, kept = terms.after_lapse(deltas)
    end = terms.renewed(deltas, np.asarray(truce.renewal), after)
    left = np.arange(terms.months - 1, -1, -1.0)[:, None]
    ahead = terms.ahead(deltas, end, left)
    by_month = deltas * ahead - terms.gains
    where = terms.months - 1 - by_month[::-1].argmin(axis=0)
    slacks = by_month.min(axis=0)
    better = (ahead > TOLERANCE * terms.scales).all(axis=1)
    result = TruceResult(
        holds=bool((slacks >= -TOLERANCE * terms.scales).all()),
        discount_factors=deltas,
        tightest_month=tuple(int(k) + 1 for k in where),
        slacks=slacks,
        by_month=by_month,
        gains=terms.gains,
        losses=terms.flows,
        value=terms.fresh(deltas, end),
        after_lapse=after,
        kept_after=kept,
        unravels=_unravels(truce, kept),
        renegotiation_proof=not bool(better.any()),
        players=truce.players,
        truce=truce,
        certificate=Certificate("constraints", 0.0),
    )
    return replace(result, certificate=_constraints(result))


def _unravels(truce: Truce, kept_after: int) -> bool:
    terms = truce.terms
    if truce.renewal > 0 or kept_after > 0 or not terms.gains.any():
        return False
    only = iterated_dominance(truce.negotiation).package
    if only is None:
        return False
    off = np.abs(truce.negotiation.payoffs(only) - truce.lapsed.payoffs) / terms.scales
    return bool(off.max() <= TOLERANCE)


def _constraints(result: TruceResult) -> Certificate:
    """Compare with the chain of months."""
    truce, scales = result.truce, result.truce.terms.scales
    again = chain_slacks(truce, result.discount_factors, truce.renewal)
    size = np.maximum(scales, np.abs(again).max(axis=0))
    worst = float((np.abs(again - result.by_month) / size).max())
    kept = bool((result.by_month >= -TOLERANCE * scales).all())
    return Certificate("constraints", max(worst, float(kept != result.holds)))


def chain_slacks(truce: Truce, deltas: FloatArray, renewal: float) -> FloatArray:
    """Return what a breach costs less what it gains by month, (L, N), for certificates.

    The chain of months is solved as linear equations, and temptations are found another way.
    """
    gains, flows, after = _gains(truce), _flows(truce), _after(truce, deltas)
    size, goes_on = truce.terms.months, 1 - truce.terms.hazard
    moves = np.zeros((size, size))
    moves[np.arange(size - 1), np.arange(1, size)] = goes_on
    moves[size - 1, 0] += goes_on * renewal
    leaves = np.zeros((size, len(flows)))
    leaves[-1] = (1 - goes_on * renewal) * after
    columns = [
        delta * (moves @ np.linalg.solve(np.eye(size) - delta * moves, flow + delta * left) + left)
        for delta, flow, left in zip(deltas, flows, leaves.T, strict=True)
    ]
    return np.array(columns).T - gains


def _gains(truce: Truce) -> FloatArray:
    packages = [package for _, package in truce.lottery]
    players = range(len(truce.players))
    game = truce.negotiation
    found = np.array([[breach_gain(game, a, i) for i in players] for a in packages])
    return np.asarray(found.max(axis=0))


def _flows(truce: Truce) -> FloatArray:
    expected = sum(q * truce.negotiation.payoffs(package) for q, package in truce.lottery)
    return np.asarray(expected - truce.punishment.payoffs)


def _after(truce: Truce, deltas: FloatArray) -> FloatArray:
    """Return what follows the first end without renewal, with stretches made anew."""
    terms, stretches = truce.terms, []
    ends = sorted(set(truce.months))
    for start, stretch in zip(ends, terms.stretches, strict=False):
        over = [p for p, m in zip(truce.players, truce.months, strict=True) if m <= start]
        lottery = truce.stage_lottery(over)
        expected = sum(q * truce.negotiation.payoffs(package) for q, package in lottery)
        gains = [
            max(breach_gain(truce.negotiation, a, i) for _, a in lottery) if bound else 0.0
            for i, bound in enumerate(stretch.bound)
        ]
        flows = np.asarray(expected - truce.punishment.payoffs)
        stretches.append(Stretch(stretch.months, flows, np.array(gains), stretch.bound))
    again = Terms(terms.months, terms.flows, terms.gains, terms.lapse, terms.scales, terms.hazard,
                  tuple(stretches))  # fmt: skip
    return again.after_lapse(deltas)[0]


def punishment_off(truce: Truce) -> float:
    """Return the largest regret of the equilibria that punishment and lapse rest on."""
    off = 0.0
    for point in (truce.punishment, truce.lapsed):
        if point.equilibrium is not None:
            moved = np.abs(point.equilibrium.payoffs - point.payoffs) / truce.terms.scales
            off = max(off, verify(point.equilibrium).value, float(moved.max()))
    return off


@registers(TruceResult)
def check_truce(result: TruceResult) -> Certificate:
    """Recompute the constraints of every month, and what the punishment rests on."""
    certificate = _constraints(result)
    return replace(certificate, value=max(certificate.value, punishment_off(result.truce)))
