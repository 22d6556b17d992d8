"""What one regime leads to, under one reading of "off the table"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.ledger import ledger_table
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.solutions import Solution
from bargaining.errors import InputError
from bargaining.linkage.regimes.induced import Induced, induce
from bargaining.linkage.regimes.regimes import Regime
from bargaining.linkage.regimes.separate import SeparateTables, bargain_separately
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.results.certificate import TOLERANCE, Certificate, plain, registers, verify
from bargaining.results.table import Table
from bargaining.strategic.disagreement import Disagreement, DisagreementPoint
from bargaining.types import FloatArray

__all__ = ["OFF_TABLE", "RegimeOutcome", "outcome_of"]

OFF_TABLE = ("response", "standstill")


@dataclass(frozen=True, eq=False)
class RegimeOutcome:
    """What is agreed in a regime.

    Attributes
    ----------
    regime : Regime
    off_table : {"response", "standstill"}
        Whether levers off the table are left to their owners or stand still.
    lotteries : bool
    agreed : bool
        Whether any table has a gainful deal.
    payoffs, disagreement : ndarray of shape (N,)
        Without a deal the payoffs are the disagreement point.
    lottery : lottery
        Complete packages, off-table levers included; empty without a deal.
    agreements : tuple of Agreement
        One a table, each with its certificate.
    fixed_points : int
        Fixed points found on separate tables (1 on one table).
    certificate : Certificate
        The worst of the agreements' and of the regret of off-table responses.
    others : tuple of lotteries
        Complete packages of the other fixed points found on separate tables.
    completeness : {"all", "some"}
        Whether separate tables have no further fixed point, up to ties at a table.
    """

    regime: Regime
    off_table: str
    lotteries: bool
    agreed: bool
    payoffs: FloatArray
    disagreement: FloatArray
    lottery: Lottery
    agreements: tuple[Agreement, ...]
    fixed_points: int
    certificate: Certificate
    negotiation: Negotiation = field(repr=False)
    reference: Lottery | None = field(repr=False)
    others: tuple[Lottery, ...] = ()
    completeness: str = "all"

    @property
    def gains(self) -> FloatArray:
        """Payoffs less the disagreement point, shape (N,)."""
        return self.payoffs - self.disagreement

    @property
    def package(self) -> Any:
        """The one complete package, or the likeliest; None without a deal."""
        return max(self.lottery, key=lambda pair: pair[0])[1] if self.lottery else None

    def ledger(self) -> Table:
        """Return, lever by lever, who conceded what and what it is worth to each player."""
        if not self.agreed:
            raise InputError(f"ledger: there is no agreement in the regime {self.regime.name!r}")
        table = ledger_table(
            self.negotiation, self.lottery, self.reference, self.payoffs, self.disagreement, None
        )
        return replace(table, title=f"{table.title} ({self.regime.name})")

    def explain(self) -> str:
        """Say the outcome in words, table by table."""
        tables = self.regime.tables or (self.regime.tradable,)
        parts = []
        for table, agreement in zip(tables, self.agreements, strict=True):
            where = f"On the table of {', '.join(table)}: " if len(tables) > 1 else ""
            parts.append(where + agreement.explain())
        if self.others:
            parts.append(f"The tables have {self.fixed_points} fixed points; this is one of them.")
        return " ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "regime": self.regime.name,
            "tradable": list(self.regime.tradable),
            "tables": plain(self.regime.tables),
            "off_table": self.off_table,
            "lotteries": self.lotteries,
            "agreed": self.agreed,
            "payoffs": self.payoffs.tolist(),
            "gains": self.gains.tolist(),
            "lottery": [[share, dict(package)] for share, package in self.lottery],
            "fixed_points": self.fixed_points,
            "other_fixed_points": [
                [[share, dict(package)] for share, package in lottery] for lottery in self.others
            ],
            "completeness": self.completeness,
            "certificate": self.certificate.to_dict(),
            "explanation": self.explain(),
        }


def outcome_of(
    negotiation: Negotiation,
    regime: Regime,
    solution: Solution | str,
    model: Disagreement,
    point: DisagreementPoint,
    *,
    off_table: str,
    lotteries: bool,
    starts: Sequence[Lottery] = (),
) -> RegimeOutcome:
    """Solve one regime.

    Parameters
    ----------
    negotiation : Negotiation
    regime : Regime
        Resolved against the negotiation.
    solution : Solution or str
    model : Disagreement
        What separate tables fall back on.
    point : DisagreementPoint
        The breakdown of all talks.
    off_table : {"response", "standstill"}
    lotteries : bool
    starts : sequence of lotteries
        Where separate tables start, besides their breakdown.
    """
    if off_table == "response":
        induced = induce(negotiation, regime.tradable)
    else:
        induced = Induced(negotiation.restrict(tradable=regime.tradable), negotiation, ())
    if regime.tables is not None:
        return _separate(induced, regime, solution, model, point, off_table, lotteries, starts)
    problem = BargainingProblem(PackageSet(induced.negotiation), point.payoffs)
    agreement = bargain(problem, solution, lotteries=lotteries)
    agreement = replace(
        agreement,
        negotiation=negotiation,
        lottery=induced.complete(agreement.lottery),
        reference=point.reference,
        disagreement_from=point.says,
        equilibrium=point.equilibrium,
    )
    return RegimeOutcome(
        regime, off_table, lotteries, agreement.agreed, agreement.payoffs, point.payoffs,
        agreement.lottery, (agreement,), 1, _worst((agreement,), induced.regret),
        negotiation, point.reference,
    )  # fmt: skip


def _worst(agreements: Sequence[Agreement], regret: float) -> Certificate:
    """Return the worst certificate of several agreements, and of the responses behind them."""
    worst = max((a.certificate for a in agreements), key=lambda c: c.value / c.tolerance)
    if regret > worst.value:
        return Certificate("regret of off-table responses", regret, TOLERANCE)
    return worst


def _separate(
    induced: Induced, regime: Regime, solution: Solution | str, model: Disagreement,
    point: DisagreementPoint, off_table: str, lotteries: bool, starts: Sequence[Lottery],
) -> RegimeOutcome:  # fmt: skip
    assert regime.tables is not None
    if model.name not in ("noncooperative", "status-quo"):
        raise InputError(
            f"separate tables, disagreement: {model.name!r} does not say what each table's levers "
            "do when it breaks down; use 'noncooperative' or 'status-quo'"
        )
    tables: SeparateTables = bargain_separately(
        induced.negotiation, regime.tables, solution, model, lotteries=lotteries, starts=starts
    )
    agreed = any(agreement.agreed for agreement in tables.agreements)
    lottery, *others = (_completed(induced, found.lottery) for found in tables.found)
    shares = np.array([share for share, _ in lottery])
    payoffs = shares @ induced.full.payoffs([package for _, package in lottery])
    return RegimeOutcome(
        regime, off_table, lotteries, agreed, payoffs if agreed else point.payoffs, point.payoffs,
        lottery if agreed else (), tables.agreements, tables.fixed_points,
        _worst(tables.agreements, induced.regret), induced.full, point.reference,
        tuple(others), tables.completeness,
    )  # fmt: skip


def _completed(induced: Induced, lottery: Lottery) -> Lottery:
    """Fill in fixed levers, and what the owners of off-table levers do."""
    smaller = induced.negotiation
    filled = ((share, smaller.package({**smaller.fixed, **part})) for share, part in lottery)
    return induced.complete(tuple(filled))


@registers(RegimeOutcome)
def check_outcome(outcome: RegimeOutcome) -> Certificate:
    """Verify every table's agreement, and that the lottery gives the stated payoffs."""
    worst = _worst([replace(a, certificate=verify(a)) for a in outcome.agreements], 0.0)
    if not outcome.agreed:
        return worst
    shares = np.array([share for share, _ in outcome.lottery])
    reached = shares @ outcome.negotiation.payoffs([package for _, package in outcome.lottery])
    scale = np.maximum(np.abs(outcome.payoffs), np.abs(outcome.disagreement)).max() or 1.0
    short = max(0.0, float(((outcome.payoffs - reached) / scale).max()))
    return worst if short <= worst.value else Certificate("payoffs", short, TOLERANCE)
