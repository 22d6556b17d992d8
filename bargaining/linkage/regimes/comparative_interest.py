"""Who cares more about which issue, and what linking the issues gains from it.

For two players and separable tables: the slope of a table's frontier is what one player gives up
there for a unit of the other's payoff. Where slopes differ across tables, both gain by trading a
concession on one for a concession on another (Horstmann, Markusen and Robles 2005).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.frontier import Frontier, frontier
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.errors import InputError
from bargaining.linkage.regimes.regimes import Regime, resolved
from bargaining.linkage.regimes.separate import bargain_separately
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.results.certificate import Certificate, registers, verify
from bargaining.results.table import Cell, Table, Tabular
from bargaining.strategic.disagreement import Disagreement, as_disagreement
from bargaining.types import FloatArray

__all__ = ["ComparativeInterest", "comparative_interest"]

AT = 1e-9
"""Distance from a vertex, relative to the frontier's extent, that counts as none."""


@dataclass(frozen=True, eq=False)
class ComparativeInterest(Tabular):
    """The slopes of each table's frontier, and what linking the tables gains.

    Attributes
    ----------
    tables : tuple of K tuples of str
    separate : tuple of K Agreement
        Each table bargained alone, with lotteries.
    linked : Agreement
        All tables as one.
    frontiers : tuple of K Frontier
        Of the payoffs above each table's own disagreement point.
    rates : ndarray of shape (K, 2)
        What the second player gives up for a unit of the first player's payoff at a table's
        agreement: just before it and just after. A corner has two rates; at an end of the frontier
        they are 0 or infinite.
    """

    negotiation: Negotiation = field(repr=False)
    tables: tuple[tuple[str, ...], ...]
    separate: tuple[Agreement, ...]
    linked: Agreement
    frontiers: tuple[Frontier, ...] = field(repr=False)
    rates: FloatArray

    @property
    def reach(self) -> FloatArray:
        """The most that each player could gain at each table, shape (K, 2)."""
        return np.array([agreement.ideal - agreement.disagreement for agreement in self.separate])

    @property
    def gains(self) -> FloatArray:
        """The gains of both players over all tables bargained alone, shape (2,)."""
        every = np.array([agreement.gains for agreement in self.separate])
        return np.asarray(every.sum(axis=0))

    @property
    def value_of_linkage(self) -> FloatArray:
        """The gains of one table for everything less those of separate tables, shape (2,).

        One of the two may lose by it, though not both.
        """
        return self.linked.gains - self.gains

    @property
    def efficient(self) -> bool:
        """Whether separate tables leave nothing to gain from linking: one rate fits them all.

        A sum of points is efficient iff one weighting of the players supports each of them.
        """
        low, high = self.rates[:, 0].max(), self.rates[:, 1].min()
        return bool(low <= high * (1 + AT))

    @property
    def interest(self) -> tuple[str, ...]:
        """Who has the comparative interest at each table.

        The first player at the tables where the second gives up least for a unit of the first's
        payoff, over the whole frontier, as against all tables together; "neither" where equal.
        """
        reach = self.reach
        together = reach.sum(axis=0)
        names = self.negotiation.player_names
        found = []
        for own in reach:
            ahead = float(own[0] * together[1] - own[1] * together[0])
            level = abs(ahead) <= AT * float(together.prod())
            found.append("neither" if level else names[0] if ahead > 0 else names[1])
        return tuple(found)

    @property
    def certificate(self) -> Certificate:
        """The worst of all agreements and frontiers."""
        every = [agreement.certificate for agreement in (*self.separate, self.linked)]
        every += [found.certificate for found in self.frontiers]
        return max(every, key=lambda certificate: certificate.value / certificate.tolerance)

    def table(self) -> Table:
        """Return the tables with reach, gains, rates and who has the comparative interest."""
        first, second = self.negotiation.player_names
        rows: list[tuple[Cell, ...]] = [
            (" + ".join(levers), *map(float, reach), *map(float, agreement.gains),
             *map(float, rates), interest)
            for levers, reach, agreement, rates, interest in zip(
                self.tables, self.reach, self.separate, self.rates, self.interest, strict=True
            )
        ]  # fmt: skip
        blank: tuple[Cell, ...] = (None, None)
        rows.append(("separate tables", *blank, *map(float, self.gains), *blank, ""))
        rows.append(("one table", *blank, *map(float, self.linked.gains), *blank, ""))
        columns = (
            "table", f"reach of {first}", f"reach of {second}", f"gain of {first}",
            f"gain of {second}", "rate before", "rate after", "comparative interest",
        )  # fmt: skip
        note = f"rates: what {second} gives up for a unit of {first}'s payoff at the agreement"
        unit = f" ({self.negotiation.unit})" if self.negotiation.unit else ""
        return Table(f"Comparative interest{unit}", columns, tuple(rows), note=note)

    def explain(self) -> str:
        """Say in words who would give way where, and what that is worth."""
        names = self.negotiation.player_names
        worth = ", ".join(
            f"{name} {value:+.4g}" for name, value in zip(names, self.value_of_linkage, strict=True)
        )
        if self.efficient:
            return (
                "One rate of exchange fits all tables: separate agreements leave nothing that both "
                f"could gain by linking them. Linking changes gains by: {worth}."
            )
        parts = [
            f"{player} has the comparative interest in {' + '.join(levers)}"
            for player, levers in zip(self.interest, self.tables, strict=True)
            if player != "neither"
        ]
        says = "; ".join(parts) or "The frontiers differ in their course only"
        return f"{says}. Linking the tables changes gains by: {worth}."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values; an infinite rate is None."""
        return {
            "players": list(self.negotiation.player_names),
            "tables": [list(table) for table in self.tables],
            "reach": self.reach.tolist(),
            "separate_gains": [agreement.gains.tolist() for agreement in self.separate],
            "linked_gains": self.linked.gains.tolist(),
            "value_of_linkage": self.value_of_linkage.tolist(),
            "rates": [[r if np.isfinite(r) else None for r in row] for row in self.rates.tolist()],
            "interest": list(self.interest),
            "efficient": self.efficient,
            "certificate": self.certificate.to_dict(),
        }


def comparative_interest(
    negotiation: Negotiation,
    tables: Iterable[Iterable[Lever | str]],
    *,
    solution: Solution | str = "nash",
    disagreement: Disagreement | str = "status-quo",
) -> ComparativeInterest:
    """Compare the frontiers of separable tables, and separate agreements with one for everything.

    Parameters
    ----------
    negotiation : Negotiation
        Of two players.
    tables : iterable of iterables of Lever or str
        A partition of the free levers such that no payoff term spans two of them.
    solution : Solution or str
        One whose agreements are efficient.
    disagreement : "noncooperative", "status-quo" or such a model
        What levers do at a table that breaks down.

    Raises
    ------
    InputError
        When there are not two players, the tables are no partition, a term spans two of them, or
        the disagreement model does not say what levers do.

    Examples
    --------
    >>> import bargaining as bg
    >>> us, china = bg.Player("US"), bg.Player("China")
    >>> goods = bg.Lever("goods", us, [0, 1, 2], 0)
    >>> chips = bg.Lever("chips", china, [0, 1, 2], 0)
    >>> game = bg.Negotiation([us, china], [goods, chips], [
    ...     bg.TablePayoff(goods, {us: [0, 4, 0], china: [0, 0, 1]}),
    ...     bg.TablePayoff(chips, {us: [0, 1, 0], china: [0, 0, 4]}),
    ... ])
    >>> found = comparative_interest(game, [["goods"], ["chips"]])
    >>> found.interest, found.gains.round(9).tolist(), found.linked.gains.round(9).tolist()
    (('US', 'China'), [2.5, 2.5], [4.0, 4.0])
    """
    if len(negotiation.players) != 2:
        raise InputError(
            f"comparative_interest: expected two players, got {len(negotiation.players)}"
        )
    names = [lever.name for lever in negotiation.free_levers]
    partition = resolved(negotiation, Regime("tables", names, tables)).tables
    assert partition is not None
    rule, model = as_solution(solution), as_disagreement(disagreement)
    if not rule.parameters.get("leximin", True):
        raise InputError("comparative_interest, solution: expected an efficient one, got weak form")
    point = model.point(negotiation)
    if point.reference is None:
        raise InputError(
            f"comparative_interest, disagreement: {model.name!r} does not say what levers do; "
            "use 'noncooperative' or 'status-quo'"
        )
    _check_separable(negotiation, partition)
    apart = bargain_separately(negotiation, partition, rule, model, lotteries=True, starts=[])
    linked = bargain(BargainingProblem(PackageSet(negotiation), point.payoffs), rule)
    return ComparativeInterest(
        negotiation,
        partition,
        apart.agreements,
        linked,
        tuple(frontier(agreement.problem) for agreement in apart.agreements),
        np.array([_rates(agreement) for agreement in apart.agreements]),
    )


def _check_separable(negotiation: Negotiation, tables: Sequence[Sequence[str]]) -> None:
    free = negotiation.free_levers
    where = {lever: k for k, table in enumerate(tables) for lever in table}
    for factor in negotiation.factors:
        names = [free[j].name for j in factor.scope]
        if len({where[name] for name in names}) > 1:
            raise InputError(
                f"comparative_interest, tables: a payoff term over {names} spans two of them"
            )


def _rates(agreement: Agreement) -> tuple[float, float]:
    """Return minus the slope of the table's frontier before and after its agreement."""
    feasible = agreement.problem.feasible
    assert isinstance(feasible, PackageSet)
    points = frontier(feasible.negotiation).points
    extent = np.maximum(np.ptp(points, axis=0), 1e-300)
    own = agreement.payoffs
    before = points[points[:, 0] < own[0] - AT * extent[0]]
    after = points[points[:, 0] > own[0] + AT * extent[0]]
    return (
        float((before[-1, 1] - own[1]) / (own[0] - before[-1, 0])) if len(before) else 0.0,
        float((own[1] - after[0, 1]) / (after[0, 0] - own[0])) if len(after) else float("inf"),
    )


@registers(ComparativeInterest)
def check_comparative_interest(found: ComparativeInterest) -> Certificate:
    """Verify every agreement and frontier, and read the rates off the frontiers again."""
    proofs = [verify(result) for result in (*found.separate, found.linked, *found.frontiers)]
    worst = max(proofs, key=lambda certificate: certificate.value / certificate.tolerance)
    rates = np.array([_rates(agreement) for agreement in found.separate])
    if not np.allclose(rates, found.rates, rtol=1e-9, atol=0):
        return Certificate("rates", 1.0, worst.tolerance)
    return worst
