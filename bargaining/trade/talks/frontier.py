"""What is known of a frontier of trade talks, and how it is proved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from bargaining.cooperative.feasible import FrontierSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.errors import InputError
from bargaining.results.certificate import Certificate, plain, registers
from bargaining.results.table import Table as Printed
from bargaining.results.table import Tabular
from bargaining.trade.talks.arcs import Arcs
from bargaining.trade.talks.program import Table, settle_equal
from bargaining.trade.talks.proofs import TOLERANCE, no_deal_proof, promised
from bargaining.types import FloatArray

__all__ = ["TradeFrontier", "frontier_proof"]

BULGE = 1e-5
"""How far, relative to ideal gains, a point may lie beyond another's tangent without counting."""


@dataclass(frozen=True, eq=False)
class TradeFrontier(Tabular):
    """Efficient gains of two countries, and the tariffs that bring them.

    Attributes
    ----------
    members : tuple of two str
    points : ndarray of shape (M, 2)
        Their gains, welfare over welfare without an agreement less one, by increasing gain of the
        first. There are none where both cannot gain.
    weights : ndarray of shape (M, 2)
        Supporting weights: the tariffs of a point maximise, to first order, the sum of gains so
        weighted. They add up to one; their ratio is the slope of the frontier.
    tariffs : ndarray of shape (M, N, N, S)
        Of each point.
    welfare : ndarray of shape (M, N)
        Of everybody, new over old.
    disagreement : ndarray of shape (N,)
        Welfare without an agreement, new over old.
    disagreement_from : str
        What holds without an agreement, in words.
    certificate : Certificate
        The frontier's error, relative to ideal gains: the largest of what first-order conditions
        still promise at any point, how far every second point lies from the curve through the
        others (with all of them it is closer), how far ends are from ideal points, and gains from
        what tariffs bring. Its details tell them apart, and `bulge`: how far any point lies beyond
        another's tangent, next to nothing where the frontier is concave.
    talks : Table
        What is negotiated.
    """

    members: tuple[str, ...]
    points: FloatArray
    weights: FloatArray
    tariffs: FloatArray
    welfare: FloatArray
    disagreement: FloatArray
    disagreement_from: str
    certificate: Certificate
    talks: Table = field(repr=False)

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.points)

    def __iter__(self) -> Iterator[FloatArray]:
        """Iterate over the points, each of shape (2,)."""
        return iter(self.points)

    @property
    def countries(self) -> tuple[str, ...]:
        """Names, in the order of the arrays."""
        return self.talks.economy.countries

    @property
    def ideal(self) -> FloatArray:
        """The most that each member gains while the other does not lose, shape (2,)."""
        return np.asarray(self.points.max(axis=0, initial=0.0))

    @property
    def concave(self) -> bool:
        """Whether no point lies beyond another's tangent, so that lotteries would bring nothing."""
        return bool(self.certificate.details.get("bulge", 0.0) <= BULGE)

    @cached_property
    def problem(self) -> BargainingProblem:
        """The frontier as a bargaining problem over gains, for `bargaining.solve`.

        Raises
        ------
        InputError
            Where both cannot gain, or the frontier is not concave.
        """
        return self._problem(self._arcs)

    @cached_property
    def coarser(self) -> BargainingProblem:
        """The same from every second point: what the solutions make of it says how exact they are.

        Raises
        ------
        InputError
            Where both cannot gain, or the frontier is not concave.
        """
        return self._problem(self._arcs.thinned())

    def _problem(self, arcs: Arcs) -> BargainingProblem:
        names = " and ".join(self.members)
        if not len(self):
            raise InputError(f"TradeFrontier: {names} cannot both gain, so there is no frontier")
        if not self.concave:
            raise InputError(
                f"TradeFrontier: the frontier of {names} is not concave (a point lies "
                f"{self.certificate.details['bulge']:.1e} of the ideal gains beyond another's "
                "tangent), and there are no lotteries over tariffs"
            )
        curve, ideal = arcs.consistent(), self.ideal
        ends = ideal[0] * curve.points[[0, -1], 0]
        feasible = FrontierSet(
            lambda gain: ideal[1] * curve.second(gain / ideal[0]), (float(ends[0]), float(ends[1]))
        )
        return BargainingProblem(feasible, np.zeros(2), players=self.members)

    @property
    def _arcs(self) -> Arcs:
        return Arcs.of(self.points, self.weights, self.ideal)

    def table(self) -> Printed:
        """Return, by point, both gains, the weight on the first, and both median tariffs."""
        first, second = self.members
        medians = [self._medians(name) for name in self.members]
        rows = tuple(
            (*(100 * point).tolist(), float(weight), *map(float, tariffs))
            for point, (weight, _), *tariffs in zip(
                self.points, self.weights, *medians, strict=True
            )
        )  # fmt: skip
        columns = (
            f"gain of {first}, %", f"gain of {second}, %", f"weight of {first}",
            f"median tariff of {first}, %", f"of {second}, %",
        )  # fmt: skip
        title = f"Pareto frontier of trade talks, from {self.disagreement_from}"
        return Printed(title, columns, rows, note=f"certificate: {self.certificate}")

    def _medians(self, name: str) -> FloatArray:
        """Return a member's median tariff over partners and sectors by point, in per cent."""
        home = self.countries.index(name)
        abroad = np.arange(len(self.countries)) != home
        return 100 * np.array([np.median(tariffs[abroad, home]) for tariffs in self.tariffs])

    def explain(self) -> str:
        """Say in words what each can gain, and whether lotteries would bring more."""
        first, second = self.members
        if not len(self):
            return (
                f"No tariffs within the bounds leave both {first} and {second} better off than "
                f"{self.disagreement_from}."
            )
        most = 100 * self.ideal
        course = (
            "concave" if self.concave else "not concave: lotteries over tariffs would be better"
        )
        return (
            f"Over {self.disagreement_from}, {first} can gain up to {most[0]:.3g} % and {second} "
            f"up to {most[1]:.3g} % while the other does not lose. {len(self)} points of the "
            f"frontier between, which is {course}. Proof: {self.certificate}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        names = (
            "members", "points", "weights", "tariffs", "welfare", "disagreement",
            "disagreement_from", "concave",
        )  # fmt: skip
        return {
            "countries": list(self.countries),
            **{name: plain(getattr(self, name)) for name in names},
            "certificate": self.certificate.to_dict(),
        }


@registers(TradeFrontier)
def frontier_proof(frontier: TradeFrontier) -> Certificate:
    """Solve the equilibrium at each point's tariffs again, and ask its first-order conditions.

    Without points the search for tariffs at which both gain is made again.
    """
    table, ideal, weights = frontier.talks, frontier.ideal, frontier.weights
    if not len(frontier):
        return no_deal_proof(settle_equal(table, table.economy.tariffs))
    tops = [promised(table, *pair) for pair in zip(frontier.tariffs, weights, strict=True)]
    gains = np.array([table.gains(top.evaluation.welfare) for top in tops])
    curve = Arcs.of(gains, weights, ideal)
    short = [min(curve.points[end, n], curve.normals[end, n]) for end, n in ((0, 0), (-1, 1))]
    details = {
        "first_order": float((np.array([top.promise for top in tops]) / (weights @ ideal)).max()),
        "curve": curve.error(),
        "ends": max(0.0, float(max(short)), float(-curve.points.min())),
        "gains": float((np.abs(gains - frontier.points) / ideal).max()),
        "bulge": float(curve.beyond.max()),
    }
    worst = max(details[name] for name in ("first_order", "curve", "ends", "gains"))
    return Certificate("frontier", worst, TOLERANCE, weights, details)
