"""The phase diagram of a truce: where it holds, by patience and chance of renewal.

Every point is judged by its own constraints; the boundary is the closed form of the least chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bargaining.enforcement.truces.result import truce_result
from bargaining.results.certificate import TOLERANCE, Certificate, registers
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.enforcement.truces.truce import Truce

__all__ = ["TrucePhase", "phase"]


@dataclass(frozen=True, eq=False)
class TrucePhase(Tabular):
    """Where a truce holds, by patience and chance of renewal.

    Attributes
    ----------
    discount_factors : ndarray of shape (D,)
        Of a month, the same for all.
    renewals : ndarray of shape (Q,)
    holds : ndarray of bool of shape (D, Q)
    boundary : tuple of D (float or None)
        The least chance of renewal that holds it; None where there is none.
    truce : Truce
    certificate : Certificate
        A corner in each direction, recomputed.
    """

    discount_factors: FloatArray
    renewals: FloatArray
    holds: npt.NDArray[np.bool_]
    boundary: tuple[float | None, ...]
    truce: Truce = field(repr=False)
    certificate: Certificate

    def table(self) -> Table:
        """Return a row for each discount factor: the least chance, and the share that holds."""
        rows = tuple(
            (delta, delta**12, bound, float(row.mean()))
            for delta, bound, row in zip(
                self.discount_factors, self.boundary, self.holds, strict=True
            )
        )
        columns = ("a month", "a year", "least chance of renewal", "part of the row that holds")
        note = f"certificate: {self.certificate}"
        return Table("Where the truce holds", columns, rows, note=note)

    def explain(self) -> str:
        """Say in words where in the diagram the truce holds."""
        some = [
            (float(delta), bound)
            for delta, bound in zip(self.discount_factors, self.boundary, strict=True)
            if bound is not None
        ]
        if not some:
            return "The truce holds nowhere in the diagram."
        (first, start), (last, end) = some[0], some[-1]
        return (
            f"The truce holds in {100 * float(self.holds.mean()):.0f} % of the diagram. At a "
            f"discount factor of {first:.4g} a month it takes a chance of renewal of {start:.3g}, "
            f"at {last:.4g} one of {end:.3g}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "discount_factors": self.discount_factors.tolist(),
            "renewals": self.renewals.tolist(),
            "holds": self.holds.tolist(),
            "boundary": list(self.boundary),
            "certificate": self.certificate.to_dict(),
        }


def phase(truce: Truce, patience: FloatArray, renewals: FloatArray) -> TrucePhase:
    """Return where a truce holds."""
    terms, rows, bounds = truce.terms, [], []
    for delta in patience:
        deltas = np.full(len(terms.flows), delta)
        after, _ = terms.after_lapse(deltas)
        end = terms.renewed(deltas, renewals[:, None], after)
        left = terms.slacks(deltas, end).min(axis=0)
        rows.append((left >= -TOLERANCE * terms.scales).all(axis=1))
        lowest, highest = terms.interval(deltas)
        low = float(lowest.max())
        bounds.append(low if low <= float(highest.min()) else None)
    holds = np.array(rows, dtype=bool).reshape(len(patience), len(renewals))
    found = TrucePhase(
        patience, renewals, holds, tuple(bounds), truce, Certificate("constraints", 0.0)
    )
    return replace(found, certificate=check_phase(found))


@registers(TrucePhase)
def check_phase(result: TrucePhase) -> Certificate:
    """Compare with the boundary, the whole row; and one point of each row with its chain."""
    truce, wrong = result.truce, 0.0
    if result.holds.size:
        own = truce_result(truce, np.full(len(truce.players), result.discount_factors[-1]))
        wrong = max(wrong, own.certificate.value)
    for delta, row, bound in zip(
        result.discount_factors, result.holds, result.boundary, strict=True
    ):
        _, highest = truce.terms.interval(np.full(len(truce.players), delta))
        low, high = (np.inf, -np.inf) if bound is None else (bound, float(highest.min()))
        clear = np.abs(result.renewals - low) > 1e-6
        clear &= np.abs(result.renewals - high) > 1e-6
        inside = (result.renewals >= low) & (result.renewals <= high)
        wrong = max(wrong, float(np.any((row != inside) & clear)))
    return Certificate("constraints", wrong)
