"""Optimal threats: what each side should commit to do should the talks fail (Nash 1953).

Two players name threats, then bargain with the payoffs of the threats as disagreement point. With
side payments the threats solve one zero-sum game; without, one whose stakes are the normal of the
frontier where the talks end, a fixed point.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.solutions import NashSolution, Solution
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.levers.best_responses import payoff_scales
from bargaining.noncooperative.levers.lever_game import joint_lottery
from bargaining.noncooperative.solve import nash_equilibrium
from bargaining.results.certificate import TOLERANCE, Certificate, plain, registers, verify
from bargaining.results.table import Table, Tabular
from bargaining.strategic.threat_search import ThreatPoint, threat_game, threats_on_the_frontier
from bargaining.types import FloatArray

__all__ = ["Bargained", "Threats", "optimal_threats"]


@dataclass(frozen=True, eq=False)
class Bargained:
    """What is bargained over, and how.

    Attributes
    ----------
    negotiation : Negotiation
        Over the levers that are on the table.
    solution : Solution
    transferable : bool
        Whether side payments are allowed.
    """

    negotiation: Negotiation
    solution: Solution
    transferable: bool = False


@dataclass(frozen=True, eq=False)
class Threats(Tabular):
    """Optimal threats, and where the talks end from them.

    Attributes
    ----------
    players : tuple of two str
    strategies : tuple of two lotteries over own packages
        What each side commits to, lever by lever, should the talks fail.
    payoffs : ndarray of shape (2,)
        The disagreement point, should the threats be carried out.
    settlement : ndarray of shape (2,)
        What the talks give from there.
    normal : ndarray of shape (2,)
        Of the frontier at the settlement; with it the threats are a saddle point.
    weights : ndarray of shape (2,)
        Bargaining weights, with sum 1.
    certificate : Certificate
        The most, relative to payoff ranges, by which a threat could be bettered, the settlement
        could, or the Nash condition between the two is missed.
    threats : Equilibrium
        Of the zero-sum game at `normal`.
    """

    players: tuple[str, ...]
    strategies: tuple[Lottery, ...]
    payoffs: FloatArray
    settlement: FloatArray
    normal: FloatArray
    weights: FloatArray
    certificate: Certificate
    threats: Equilibrium = field(repr=False)
    negotiation: Negotiation = field(repr=False)
    bargained: Bargained = field(repr=False)

    method = "zero-sum lever game at the normal of the frontier"
    completeness = "one"

    @property
    def reference(self) -> Lottery:
        """The packages that the threats amount to."""
        return tuple((p, self.negotiation.package(own)) for p, own in joint_lottery(self.threats))

    def table(self) -> Table:
        """Return each side's threat, lever by lever."""
        own = self.threats.table()
        ends = zip(self.players, self.payoffs, self.settlement, strict=True)
        words = "; ".join(f"{name} {d:.4g} and {u:.4g}" for name, d, u in ends)
        return Table(
            "Optimal threats", own.columns, own.rows,
            note=f"if carried out, and if settled: {words}\ncertificate: {self.certificate}",
        )  # fmt: skip

    def beside_noncooperative(self) -> Table:
        """Return what the threats gain over talks that start from a Nash equilibrium.

        Raises
        ------
        ConvergenceError
            When no equilibrium of the lever game is found.
        """
        start = nash_equilibrium(self.negotiation).payoffs
        end = settled(self.bargained, start)
        numbers = np.array([start, end, self.payoffs, self.settlement, self.settlement - end])
        rows = tuple(
            (name, *row) for name, row in zip(self.players, numbers.T.tolist(), strict=True)
        )
        columns = (
            "player", "equilibrium", "settled from it", "threats", "settled from them", "gain",
        )  # fmt: skip
        return Table("Threats beside the noncooperative point", columns, rows)

    def explain(self) -> str:
        """Say in words what the threats are for."""
        ends = "; ".join(
            f"{name} {d:.4g} if they are carried out, {u:.4g} in the settlement"
            for name, d, u in zip(self.players, self.payoffs, self.settlement, strict=True)
        )
        return (
            "Each side commits beforehand to what it does should the talks fail. These threats "
            "are optimal against each other: neither side can name one that leaves it better off "
            f"once the talks are settled (Nash 1953). Payoffs: {ends}. They need commitment: when "
            "the talks have failed, carrying a threat out may hurt the side that made it. "
            f"Proof: {self.certificate}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.players),
            "strategies": plain(
                [[[p, dict(package)] for p, package in strategy] for strategy in self.strategies]
            ),
            "payoffs": self.payoffs.tolist(),
            "settlement": self.settlement.tolist(),
            "normal": self.normal.tolist(),
            "weights": self.weights.tolist(),
            "method": self.method,
            "completeness": self.completeness,
            "certificate": self.certificate.to_dict(),
        }


def optimal_threats(negotiation: Negotiation, bargained: Bargained | None = None) -> Threats:
    """Return threats that are optimal for both sides, and where the talks end.

    Parameters
    ----------
    negotiation : Negotiation
        Two players; every free lever may be part of a threat.
    bargained : Bargained, optional
        The Nash solution over all levers, with lotteries, when left out.

    Raises
    ------
    InputError
        For other than two players, a solution other than Nash's, or levers on the table that reach
        less than the threats themselves give, so that the threat game is not zero-sum.
    ConvergenceError
        When a threat game was not solved.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("tariff-dilemma")
    >>> bool(bg.verify(optimal_threats(game)))
    True
    """
    bargained = bargained or Bargained(negotiation, NashSolution())
    weights = _checked_weights(negotiation, bargained)
    scale = payoff_scales(negotiation)
    table = PackageSet(bargained.negotiation)
    if bargained.transferable:
        normal = np.ones(2)
        value, threats = threat_game(negotiation, normal, weights).solve()
        most = float(table.supports(normal[None]).bounds[0])
        found = ThreatPoint(normal, weights * most + [value, -value], threats)
    else:
        found = threats_on_the_frontier(negotiation, table, weights, scale)
    payoffs = _carried_out(negotiation, found.threats)
    result = Threats(
        negotiation.player_names, found.threats.strategies, payoffs, found.settlement,
        found.normal, weights, Certificate("optimal threats", 0.0), found.threats, negotiation,
        bargained,
    )  # fmt: skip
    missing = (payoffs - found.settlement) / scale
    if missing.max() > TOLERANCE:
        i = int(missing.argmax())
        raise InputError(
            f"optimal threats: what is on the table gives {negotiation.player_names[i]!r} "
            f"{found.settlement[i]:.4g}, less than the threats themselves, {payoffs[i]:.4g}; "
            "there is nothing to settle, and threats are optimal only where there is"
        )
    return replace(result, certificate=check_threats(result))


def _checked_weights(negotiation: Negotiation, bargained: Bargained) -> FloatArray:
    if len(negotiation.players) != 2:
        raise InputError(f"optimal threats: expected two players, got {len(negotiation.players)}")
    if not isinstance(bargained.solution, NashSolution):
        raise InputError(
            f"optimal threats: expected the Nash solution, got {bargained.solution.name!r}; the "
            "threats of other solutions do not make a zero-sum game"
        )
    given = bargained.solution.weights
    weights = np.ones(2) if given is None else np.array(given)
    if weights.shape != (2,):
        raise InputError(f"NashSolution, weights: expected 2 positive numbers, got {weights}")
    return np.asarray(weights / weights.sum(), dtype=float)


def _carried_out(negotiation: Negotiation, threats: Equilibrium) -> FloatArray:
    shares, packages = zip(*joint_lottery(threats), strict=True)
    return np.array(shares) @ negotiation.payoffs(packages)


def settled(bargained: Bargained, start: FloatArray) -> FloatArray:
    """Return where the talks end from a disagreement point."""
    problem = BargainingProblem(PackageSet(bargained.negotiation), start)
    return bargain(problem, bargained.solution, transferable=bargained.transferable).payoffs


@registers(Threats)
def check_threats(result: Threats) -> Certificate:
    """Recompute the certificate from the negotiation, the strategies and the normal."""
    game = threat_game(result.negotiation, result.normal, result.weights).game
    scale = payoff_scales(result.negotiation)
    size = float(result.normal @ scale)
    saddle = replace(result.threats, game=game, strategies=result.strategies)
    shares, packages = zip(*joint_lottery(saddle), strict=True)
    found = verify(replace(saddle, payoffs=np.array(shares) @ game.payoffs(packages))).details
    better = found["regrets"] * found["scales"] / size  # the game's own range may be mere roundoff
    payoffs = _carried_out(result.negotiation, saddle)
    share = result.normal * result.weights[::-1] * (result.settlement - payoffs)
    bound = PackageSet(result.bargained.negotiation).supports(result.normal[None]).bounds[0]
    value = max(
        float(better.max()),
        abs(sum(shares) - 1.0),
        -min(shares),
        abs(float(bound - result.normal @ result.settlement)) / size,
        abs(float(share[0] - share[1])) / size,
        float((np.abs(payoffs - result.payoffs) / scale).max()),
        float(((payoffs - result.settlement) / scale).max()),
        0.0,
    )
    return Certificate("optimal threats", value, weights=result.normal[None])
