"""A regime of separate tables that never come to rest: no agreement of one fits the others'.

Nash-in-Nash (Horn and Wolinsky 1988) is a fixed point, and over single packages there need not be
one. The regime then has no outcome: it predicts neither a deal nor that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bargaining.cooperative.solutions import Solution
from bargaining.linkage.regimes.outcome import RegimeOutcome, outcome_of
from bargaining.linkage.regimes.regimes import Regime
from bargaining.linkage.regimes.separate import NoFixedPointError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.results.certificate import TOLERANCE, Certificate, plain, registers
from bargaining.strategic.disagreement import Disagreement, DisagreementPoint
from bargaining.types import FloatArray

__all__ = ["Asked", "Unsettled", "settle"]

SEARCH = "search for fixed points"


@dataclass(frozen=True, eq=False)
class Asked:
    """A regime, and under which reading it is to be solved; see `outcome_of`.

    Attributes
    ----------
    negotiation : Negotiation
    regime : Regime
    solution : Solution
    model : Disagreement
    point : DisagreementPoint
    off_table : {"response", "standstill"}
    lotteries : bool
    starts : sequence of lotteries
    """

    negotiation: Negotiation
    regime: Regime
    solution: Solution
    model: Disagreement
    point: DisagreementPoint
    off_table: str
    lotteries: bool
    starts: Sequence[Lottery] = ()

    def answer(self) -> RegimeOutcome:
        """Solve it; raises `NoFixedPointError` where separate tables have no fixed point."""
        return outcome_of(
            self.negotiation, self.regime, self.solution, self.model, self.point,
            off_table=self.off_table, lotteries=self.lotteries, starts=self.starts,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Unsettled:
    """A regime whose separate tables have no fixed point, or none that was found.

    Attributes
    ----------
    regime : Regime
    off_table : {"response", "standstill"}
    lotteries : bool
    disagreement : ndarray of shape (N,)
        The breakdown of all talks; the regime has no payoffs.
    completeness : {"all", "some"}
        "all": every combination of the levers that link the tables was tried, and there is no fixed
        point in single packages. "some": none was found.
    reason : str
    certificate : Certificate
        "search for fixed points": 0 where no fixed point was found; `verify` searches again.
    """

    regime: Regime
    off_table: str
    lotteries: bool
    disagreement: FloatArray
    completeness: str
    reason: str
    certificate: Certificate
    asked: Asked = field(repr=False)

    def explain(self) -> str:
        """Say that there is no outcome, and what that rests on."""
        return f"{self.reason[0].upper()}{self.reason[1:]}."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "regime": self.regime.name,
            "tradable": list(self.regime.tradable),
            "tables": plain(self.regime.tables),
            "off_table": self.off_table,
            "lotteries": self.lotteries,
            "outcome": "no fixed point",
            "completeness": self.completeness,
            "explanation": self.explain(),
            "certificate": self.certificate.to_dict(),
        }


def settle(asked: Asked) -> RegimeOutcome | Unsettled:
    """Return the outcome of a regime, or that its separate tables have none."""
    try:
        return asked.answer()
    except NoFixedPointError as error:
        proof = Certificate(SEARCH, 0.0, TOLERANCE, details={"starts": error.starts})
        return Unsettled(
            asked.regime, asked.off_table, asked.lotteries, asked.point.payoffs,
            error.completeness, str(error), proof, asked,
        )  # fmt: skip


@registers(Unsettled)
def check_unsettled(found: Unsettled) -> Certificate:
    """Search again: the value is 1 where the tables have a fixed point after all."""
    again = settle(found.asked)
    same = isinstance(again, Unsettled) and again.completeness == found.completeness
    return Certificate(SEARCH, 0.0 if same else 1.0, TOLERANCE)
