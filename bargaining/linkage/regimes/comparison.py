"""`compare_regimes`: the same negotiation with security controls off, apart, and linked.

The headline compares single packages (governments sign packages); lotteries, and the other reading
of "off the table", stand beside. The value of linkage is what a player gets when all is linked less
what it gets in a regime, split into the larger set at a fixed d and the shift of d.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.errors import InputError, did_you_mean, unknown_name
from bargaining.linkage.regimes.outcome import OFF_TABLE, RegimeOutcome
from bargaining.linkage.regimes.regimes import Regime, default_regimes, resolved
from bargaining.linkage.regimes.unsettled import Asked, Unsettled, settle
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.results.certificate import Certificate, registers, verify
from bargaining.results.table import Cell, Table, Tabular
from bargaining.strategic.disagreement import Disagreement, DisagreementPoint, as_disagreement
from bargaining.strategic.threats import Bargained
from bargaining.types import FloatArray

__all__ = ["RegimeComparison", "compare_regimes"]


@dataclass(frozen=True, eq=False)
class RegimeComparison(Tabular):
    """Regimes side by side.

    Attributes
    ----------
    outcomes : tuple of RegimeOutcome
        The headline: one a regime, the first of them linked.
    beside : tuple of RegimeOutcome
        The same regimes with lotteries, and under the other reading of "off the table".
    at_other_disagreement : tuple of RegimeOutcome
        The first regime at the disagreement point of each of the others (all the same when the
        breakdown is the full lever game).
    solution : Solution
    disagreement_from : str
    unsettled : tuple of Unsettled
        The readings, headline or beside, in which separate tables have no fixed point: these
        regimes have no outcome and are in none of the above.
    """

    negotiation: Negotiation = field(repr=False)
    outcomes: tuple[RegimeOutcome, ...]
    beside: tuple[RegimeOutcome, ...]
    at_other_disagreement: tuple[RegimeOutcome, ...]
    solution: Solution
    disagreement_from: str
    unsettled: tuple[Unsettled, ...] = ()

    @property
    def disagreement(self) -> FloatArray:
        """The disagreement point of the first regime, shape (N,)."""
        return self.outcomes[0].disagreement

    @property
    def certificate(self) -> Certificate:
        """The worst certificate of all outcomes."""
        worst = [each.certificate for each in (*self.outcomes, *self.beside)]
        worst += [each.certificate for each in self.unsettled]
        return max(worst, key=lambda certificate: certificate.value / certificate.tolerance)

    def __getitem__(self, regime: str) -> RegimeOutcome:
        """Return the headline outcome of a regime by name."""
        names = [outcome.regime.name for outcome in self.outcomes]
        for each in self._without(headline=True):
            if each.regime.name == regime:
                raise InputError(f"RegimeComparison: {regime!r} has no outcome; {each.reason}")
        if regime not in names:
            raise unknown_name("regime", regime, names)
        return self.outcomes[names.index(regime)]

    def table(self) -> Table:
        """Return regimes by payoffs and gains; those without an outcome come last."""
        return self._tabulated("Regimes", self.outcomes, self._without(headline=True))

    def beside_table(self) -> Table:
        """Return the other readings: lotteries, and levers off the table frozen or left free."""
        return self._tabulated("Other readings", self.beside, self._without(headline=False))

    def _without(self, *, headline: bool) -> list[Unsettled]:
        """Return the regimes without an outcome, in the headline's reading or in the others."""
        first = self.outcomes[0]
        reading = first.off_table, first.lotteries
        return [x for x in self.unsettled if ((x.off_table, x.lotteries) == reading) == headline]

    def _tabulated(
        self, title: str, outcomes: Sequence[RegimeOutcome], unsettled: Sequence[Unsettled]
    ) -> Table:
        players = self.negotiation.player_names
        rows: list[tuple[Cell, ...]] = []
        every: list[RegimeOutcome | Unsettled] = [*outcomes, *unsettled]
        for outcome in every:
            reading = "lotteries" if outcome.lotteries else "packages"
            off = "-" if _nothing_off(self.negotiation, outcome.regime) else outcome.off_table
            found: tuple[Cell, ...] = ("no fixed point", *(None,) * (2 * len(players)))
            if isinstance(outcome, RegimeOutcome):
                numbers = map(float, (*outcome.payoffs, *outcome.gains))
                found = ("deal" if outcome.agreed else "no deal", *numbers)
            rows.append((outcome.regime.name, off, reading, *found))
        unit = f" ({self.negotiation.unit})" if self.negotiation.unit else ""
        columns = ("regime", "off the table", "over", "outcome", *players)
        return Table(
            f"{title}{unit}", (*columns, *(f"gain of {player}" for player in players)), tuple(rows)
        )

    def value_of_linkage(self) -> Table:
        """Return what linking everything is worth to each player, against each regime.

        The value is split into the larger set at the regime's own d, and the shift of d.
        """
        linked = self.outcomes[0]
        rows: list[tuple[Cell, ...]] = []
        for outcome, same_d in zip(self.outcomes[1:], self.at_other_disagreement, strict=True):
            for i, player in enumerate(self.negotiation.player_names):
                larger = _difference(same_d.payoffs[i], outcome.payoffs[i])
                shift = _difference(linked.payoffs[i], same_d.payoffs[i])
                rows.append((outcome.regime.name, player, larger + shift, larger, shift))
        columns = ("against", "player", "value", "of the larger set", "of the shift of d")
        return Table(f"Value of the regime {linked.regime.name!r}", columns, tuple(rows))

    def ledger(self, regime: str | None = None) -> Table:
        """Return the concession ledger of a regime (the first by default)."""
        return (self.outcomes[0] if regime is None else self[regime]).ledger()

    def explain(self) -> str:
        """Say each regime's outcome in words, or that it has none."""
        every: list[RegimeOutcome | Unsettled] = [*self.outcomes, *self._without(headline=True)]
        return "\n".join(f"{each.regime.name}: {each.explain()}" for each in every)

    def __str__(self) -> str:
        """Write the tables, and the proofs where there is no deal or no outcome."""
        parts = [str(self.table()), str(self.value_of_linkage()), str(self.beside_table())]
        without: list[RegimeOutcome | Unsettled] = [o for o in self.outcomes if not o.agreed]
        without += self._without(headline=True)
        proofs = [f"{each.regime.name}: {each.explain()}" for each in without]
        return "\n\n".join([*parts, *proofs])

    def _repr_html_(self) -> str:
        return self.table()._repr_html_() + self.value_of_linkage()._repr_html_()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "solution": self.solution.name,
            "players": list(self.negotiation.player_names),
            "unit": self.negotiation.unit,
            "disagreement": self.disagreement.tolist(),
            "disagreement_from": self.disagreement_from,
            "outcomes": [outcome.to_dict() for outcome in self.outcomes],
            "beside": [outcome.to_dict() for outcome in self.beside],
            "unsettled": [each.to_dict() for each in self.unsettled],
            "value_of_linkage": self.value_of_linkage().to_dict(),
            "certificate": self.certificate.to_dict(),
        }


def _difference(first: float, second: float) -> float:
    """Return first - second, 0 where they are equal up to rounding."""
    equal = abs(first - second) <= 1e-12 * max(abs(first), abs(second))
    return 0.0 if equal else float(first - second)


def _nothing_off(negotiation: Negotiation, regime: Regime) -> bool:
    return len(regime.tradable) == len(negotiation.free_levers)


def compare_regimes(
    negotiation: Negotiation,
    solution: Solution | str = "nash",
    *,
    disagreement: Disagreement | str | Sequence[float] | FloatArray = "noncooperative",
    regimes: Iterable[Regime] | None = None,
    off_table: str = "response",
    lotteries: bool = False,
    own_breakdown: bool = False,
    beside: bool = True,
    progress: Callable[[str], None] | None = None,
) -> RegimeComparison:
    """Solve a negotiation under several regimes and compare them.

    Parameters
    ----------
    negotiation : Negotiation
    solution : Solution or str
    disagreement : optional
        As in `solve`. Separate tables need "noncooperative" or "status-quo".
    regimes : iterable of Regime, optional
        The first is compared with the others; by default linked, separate tables, each owner's
        security levers off the table, and all of them off.
    off_table : {"response", "standstill"}
        Whether levers off the table are set by their owners as a Nash response to what is agreed,
        or stand still at the status quo. The other reading is always reported beside.
    lotteries : bool
        False compares single packages. The other is reported beside.
    own_breakdown : bool
        False: breakdown is the full lever game, the same d in every regime. True: breakdown of a
        regime is the lever game in which levers off the table stand still at the status quo.
    beside : bool
        False leaves the other readings out.
    progress : callable, optional
        Called with the name of each regime before it is solved.

    Raises
    ------
    InputError
        For unknown levers, regimes without levers or unfit options.
    IntractableError
        When the exact methods would need too much.
    ConvergenceError
        When the first regime is one of separate tables without a fixed point, so that there is
        nothing to compare the others with. Any other such regime is in `unsettled`.

    Examples
    --------
    >>> import bargaining as bg
    >>> comparison = bg.compare_regimes(bg.load_scenario("two-issues"), disagreement="status-quo")
    >>> [(o.regime.name, o.agreed) for o in comparison.outcomes]
    [('linked', True), ('separate tables', True), ('all security off the table', False)]
    """
    if off_table not in OFF_TABLE:
        raise InputError(
            f"compare_regimes, off_table: expected one of {OFF_TABLE}, got {off_table!r}"
            f"{did_you_mean(off_table, OFF_TABLE)}"
        )
    rule, model = as_solution(solution), as_disagreement(disagreement)
    wanted = default_regimes(negotiation) if regimes is None else tuple(regimes)
    if not wanted:
        raise InputError("compare_regimes, regimes: expected at least one, got none")
    chosen = [resolved(negotiation, regime) for regime in wanted]
    common = model.point(negotiation, Bargained(negotiation, rule))

    def breakdown(regime: Regime) -> DisagreementPoint:
        if not own_breakdown:
            return common
        smaller = negotiation.restrict(tradable=regime.tradable)
        return model.point(smaller, Bargained(smaller, rule))

    def asked(
        regime: Regime, point: DisagreementPoint, reading: str, mixed: bool,
        starts: Sequence[Lottery] = (),
    ) -> Asked:  # fmt: skip
        if progress is not None:
            progress(f"{regime.name} ({reading}, {'lotteries' if mixed else 'packages'})")
        return Asked(negotiation, regime, rule, model, point, reading, mixed, starts)

    points = [breakdown(regime) for regime in chosen]
    first = asked(chosen[0], points[0], off_table, lotteries).answer()
    starts = [first.lottery] if first.agreed else []
    kept, elsewhere, others = [first], [], []
    unsettled: list[Unsettled] = []
    for regime, point in zip(chosen[1:], points[1:], strict=True):
        found = settle(asked(regime, point, off_table, lotteries, starts))
        if isinstance(found, Unsettled):
            unsettled.append(found)
            continue
        same = np.array_equal(point.payoffs, points[0].payoffs)
        kept.append(found)
        elsewhere.append(
            first if same else asked(chosen[0], point, off_table, lotteries).answer()
        )  # fmt: skip
    if beside:
        other = OFF_TABLE[1 - OFF_TABLE.index(off_table)]
        for regime, point in zip(chosen, points, strict=True):
            readings = [(off_table, not lotteries)]
            if not _nothing_off(negotiation, regime):
                readings += [(other, lotteries), (other, not lotteries)]
            for reading, mixed in readings:
                found = settle(asked(regime, point, reading, mixed, starts))
                unsettled.append(found) if isinstance(found, Unsettled) else others.append(found)
    return RegimeComparison(
        negotiation, tuple(kept), tuple(others), tuple(elsewhere), rule, common.says,
        tuple(unsettled),
    )  # fmt: skip


@registers(RegimeComparison)
def check_comparison(comparison: RegimeComparison) -> Certificate:
    """Verify every outcome, and search again where there is none."""
    checked = [verify(outcome) for outcome in (*comparison.outcomes, *comparison.beside)]
    checked += [verify(each) for each in comparison.unsettled]
    return max(checked, key=lambda certificate: certificate.value / certificate.tolerance)
