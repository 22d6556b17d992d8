"""The solutions by name: rules that pick a point of a bargaining problem.

Each class states its definition and parameters and hands the work to the module of its rule.
Those with a reading over single packages say so in `single`; the others refuse
`lotteries=False`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from bargaining.cooperative.curve import by_curve
from bargaining.cooperative.deterministic import (
    LeximinRule,
    Mask,
    NashRule,
    SingleRule,
    UtilitarianRule,
    single_ideal,
)
from bargaining.cooperative.feasible import as_numbers
from bargaining.cooperative.nash import nash
from bargaining.cooperative.proportional import CRITICAL, TINY, proportional
from bargaining.cooperative.raiffa import raiffa
from bargaining.cooperative.region import MARGIN, Mixture, Region
from bargaining.cooperative.two_player import equal_area_point, perles_maschler_point
from bargaining.cooperative.utilitarian import utilitarian
from bargaining.errors import InputError, unknown_name
from bargaining.types import FloatArray

__all__ = [
    "EgalitarianSolution",
    "EqualAreaSolution",
    "KalaiSmorodinskySolution",
    "NashSolution",
    "PerlesMaschlerSolution",
    "RaiffaSolution",
    "Solution",
    "UtilitarianSolution",
    "as_solution",
]


class Solution(ABC):
    """A rule that picks a point of a bargaining problem."""

    name: ClassVar[str]
    says: ClassVar[str]
    named_after_people: ClassVar[bool] = True
    follows_frontier: ClassVar[bool] = False
    """Whether it depends on the course of the frontier, so that a curved one is drawn first."""

    @property
    def title(self) -> str:
        """The name as it is written in a sentence."""
        return self.name.title() if self.named_after_people else self.name

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of the rule."""
        return dict(vars(self))

    @abstractmethod
    def choose(self, region: Region) -> Mixture:
        """Pick from a region in which there is a deal."""

    def single(self, region: Region, directions: FloatArray) -> SingleRule:
        """Return the rule over single packages."""
        raise InputError(
            f"lotteries=False: the {self.name} solution is defined for convex sets only; "
            "use nash, kalai-smorodinsky, egalitarian or utilitarian"
        )

    def deviation(self, region: Region, payoffs: FloatArray, weights: FloatArray) -> float:
        """How far payoffs are from what the rule picks, relative to the gains.

        The default computes the rule afresh; rules with optimality conditions check those.
        """
        return float((np.abs(payoffs - self.choose(region).payoffs) / region.scale).max())


def _weights(kind: str, weights: Sequence[float] | None, size: int) -> FloatArray:
    if weights is None:
        return np.ones(size)
    array = np.asarray(weights, dtype=float)
    if array.shape != (size,) or not np.all(np.isfinite(array)) or array.min() <= 0:
        raise InputError(f"{kind}, weights: expected {size} positive numbers, got {weights!r}")
    return array


def _tuple(kind: str, weights: Sequence[float] | None) -> tuple[float, ...] | None:
    if weights is None:
        return None
    array = as_numbers(weights)
    if array.ndim != 1 or not len(array):
        raise InputError(f"{kind}, weights: expected a positive number a player, got {weights!r}")
    return tuple(array.tolist())


@dataclass(frozen=True)
class NashSolution(Solution):
    """max sum of w_i log(u_i - d_i) (Nash 1950; with weights Kalai 1977).

    Parameters
    ----------
    weights : sequence of N positive float, optional
        Bargaining weights; equal when left out.

    Examples
    --------
    >>> import bargaining as bg
    >>> problem = bg.BargainingProblem(bg.PointSet([[4, 0], [0, 4]]), [0, 0])
    >>> bg.solve(problem, bg.NashSolution(weights=[3, 1])).payoffs.round(9).tolist()
    [3.0, 1.0]
    """

    weights: Sequence[float] | None = None
    name: ClassVar[str] = "nash"
    says: ClassVar[str] = "maximises the product of gains"

    def __post_init__(self) -> None:
        """Store the weights as a tuple."""
        object.__setattr__(self, "weights", _tuple(type(self).__name__, self.weights))

    def choose(self, region: Region) -> Mixture:
        """Solve the Nash program."""
        return nash(region, _weights("NashSolution", self.weights, region.size))

    def single(self, region: Region, directions: FloatArray) -> SingleRule:
        """Maximise the number of gainers, then the product of gains."""
        return NashRule(region, directions, _weights("NashSolution", self.weights, region.size))

    def deviation(self, region: Region, payoffs: FloatArray, weights: FloatArray) -> float:
        """Check that the supporting weights are w_i / (u_i - d_i) for those who gain."""
        share = _weights("NashSolution", self.weights, region.size)[region.gainers]
        product = (weights[0] * (payoffs - region.d))[region.gainers]
        return float(np.abs(product / product.sum() - share / share.sum()).max())


class _Proportional(Solution):
    """Rules of equal gains in units."""

    @abstractmethod
    def units(self, region: Region) -> FloatArray:
        """Return the units in which gains are equalised, in payoffs."""

    def _proved(self, region: Region, mixture: Mixture) -> Mixture:
        """State how far the gains are from equal, where units of very different size blur them."""
        error = self.deviation(region, mixture.payoffs, mixture.weights)
        return replace(mixture, error=min(error, 1e300))

    def deviation(self, region: Region, payoffs: FloatArray, weights: FloatArray) -> float:
        """Check round by round that those who are kept have the least and cannot have more."""
        units = self.units(region)
        level = (payoffs - region.d) / units
        relative = units / region.scale
        active = region.gainers.copy()
        worst = 0.0
        for row in weights:
            seen = active & (relative >= TINY * relative[active].max())
            share = np.where(seen, row * units, 0.0)
            critical = share > CRITICAL * share.sum()
            worst = max(worst, _apart(level, relative, critical, active & ~critical))
            active &= ~critical
            if not active.any() or not self.parameters.get("leximin", True):
                return worst
        return float("inf")


def _apart(level: FloatArray, relative: FloatArray, equal: Mask, above: Mask) -> float:
    """How far gains must move, in units of what each player can gain, to stand in order.

    The players of `equal` should have the same level, those `above` no less. Two levels are brought
    together by moving either, so that units of very different size are no matter.
    """
    ahead = level[equal, None] - level
    moved = ahead / (1 / relative[equal, None] + 1 / relative)
    apart = np.hstack([np.abs(moved[:, equal]), moved[:, above]])
    return float(apart.max(initial=0.0))


@dataclass(frozen=True)
class KalaiSmorodinskySolution(_Proportional):
    """Largest equal share of the ideal gains, then leximin (Kalai and Smorodinsky 1975; Imai 1983).

    Examples
    --------
    >>> import bargaining as bg
    >>> problem = bg.BargainingProblem(bg.PointSet([[4, 0], [0, 4], [3, 2]]), [0, 0])
    >>> bg.solve(problem, "kalai-smorodinsky").payoffs.round(9).tolist()
    [2.4, 2.4]
    """

    name: ClassVar[str] = "kalai-smorodinsky"
    says: ClassVar[str] = "gives everybody the same share of the most that it could gain"

    def units(self, region: Region) -> FloatArray:
        """Return the ideal gains."""
        return region.scale

    def choose(self, region: Region) -> Mixture:
        """Equalise the shares of the ideal gains."""
        return self._proved(region, proportional(region, region.scale, leximin=True))

    def single(self, region: Region, directions: FloatArray) -> SingleRule:
        """Leximin over shares of the ideal gains over single packages."""
        return self.relative(region, directions, single_ideal(region, directions))

    def relative(self, region: Region, directions: FloatArray, ideal: FloatArray) -> SingleRule:
        """Return the same, with the ideal point over single packages given."""
        able = ideal - region.d > MARGIN * region.scale
        units = np.where(able, ideal - region.d, region.scale)
        return LeximinRule(region, directions, units, able if able.any() else region.gainers)


@dataclass(frozen=True)
class EgalitarianSolution(_Proportional):
    """Largest t with d + t w feasible (Kalai 1977), then leximin over gains / w_i.

    Parameters
    ----------
    weights : sequence of N positive float, optional
    leximin : bool
        False keeps the weak form d + t w, the one that is monotone.

    Examples
    --------
    >>> import bargaining as bg
    >>> problem = bg.BargainingProblem(bg.PointSet([[2, 1], [1, 1]]), [0, 0])
    >>> bg.solve(problem, "egalitarian").payoffs.round(9).tolist()
    [2.0, 1.0]
    """

    weights: Sequence[float] | None = None
    leximin: bool = True
    name: ClassVar[str] = "egalitarian"
    says: ClassVar[str] = "gives everybody the same gain in the given weights"
    named_after_people: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Store the weights as a tuple."""
        object.__setattr__(self, "weights", _tuple(type(self).__name__, self.weights))

    def units(self, region: Region) -> FloatArray:
        """Return the weights."""
        return _weights("EgalitarianSolution", self.weights, region.size)

    def choose(self, region: Region) -> Mixture:
        """Equalise the gains."""
        mixture = proportional(region, self.units(region), leximin=self.leximin)
        return self._proved(region, mixture)

    def single(self, region: Region, directions: FloatArray) -> SingleRule:
        """Leximin over gains of single packages."""
        return LeximinRule(region, directions, self.units(region), region.gainers)


@dataclass(frozen=True)
class UtilitarianSolution(Solution):
    """max sum of w_i u_i over {u >= d}; ties broken by the Nash solution among the maximisers.

    Parameters
    ----------
    weights : sequence of N positive float, optional

    Examples
    --------
    >>> import bargaining as bg
    >>> problem = bg.BargainingProblem(bg.PointSet([[4, 0], [0, 4]]), [0, 0])
    >>> bg.solve(problem, "utilitarian").payoffs.round(9).tolist()
    [2.0, 2.0]
    """

    weights: Sequence[float] | None = None
    name: ClassVar[str] = "utilitarian"
    says: ClassVar[str] = "maximises the (weighted) sum of payoffs that leaves nobody worse off"
    named_after_people: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Store the weights as a tuple."""
        object.__setattr__(self, "weights", _tuple(type(self).__name__, self.weights))

    def choose(self, region: Region) -> Mixture:
        """Maximise the sum, then the product of gains on its face."""
        return utilitarian(region, _weights("UtilitarianSolution", self.weights, region.size))

    def single(self, region: Region, directions: FloatArray) -> SingleRule:
        """Maximise the sum, then as Nash."""
        weights = _weights("UtilitarianSolution", self.weights, region.size)
        return UtilitarianRule(region, directions, weights)

    def deviation(self, region: Region, payoffs: FloatArray, weights: FloatArray) -> float:
        """Compare the weighted sum, and the product of gains, with a fresh solution."""
        own = _weights("UtilitarianSolution", self.weights, region.size)
        fresh = self.choose(region).payoffs
        lost = float((fresh - payoffs) @ own / (own @ region.scale))
        pairs = [(p - region.d) / region.scale for p in (fresh, payoffs)]
        able = pairs[0] > MARGIN
        logs = [np.log(np.maximum(gain[able], 1e-300)).sum() for gain in pairs]
        return max(lost, 0.0) + max(float(logs[0] - logs[1]), 0.0)


@dataclass(frozen=True)
class RaiffaSolution(Solution):
    """Sequential steps towards the ideal point (Raiffa 1953).

    Parameters
    ----------
    continuous : bool
        False: from d, steps (m(d) - d)/N, repeated; True: the limit of infinitely small steps.

    Examples
    --------
    >>> import bargaining as bg
    >>> problem = bg.BargainingProblem(bg.PointSet([[4, 0], [0, 4]]), [0, 0])
    >>> bg.solve(problem, "raiffa").payoffs.round(9).tolist()
    [2.0, 2.0]
    """

    continuous: bool = False
    name: ClassVar[str] = "raiffa"
    says: ClassVar[str] = "goes step by step, everybody the same part of the way to its best"
    follows_frontier: ClassVar[bool] = True

    def choose(self, region: Region) -> Mixture:
        """Follow the steps."""
        return raiffa(region, continuous=self.continuous)


@dataclass(frozen=True)
class PerlesMaschlerSolution(Solution):
    """The superadditive solution of two players (Perles and Maschler 1981).

    Examples
    --------
    >>> import bargaining as bg
    >>> problem = bg.BargainingProblem(bg.PointSet([[4, 0], [0, 4]]), [0, 0])
    >>> bg.solve(problem, "perles-maschler").payoffs.round(9).tolist()
    [2.0, 2.0]
    """

    name: ClassVar[str] = "perles-maschler"
    says: ClassVar[str] = "is where concessions from both ends of the frontier meet"
    follows_frontier: ClassVar[bool] = True

    def choose(self, region: Region) -> Mixture:
        """Let the integrals of sqrt(-du_1 du_2) meet."""
        return by_curve(region, perles_maschler_point, type(self).__name__)


@dataclass(frozen=True)
class EqualAreaSolution(Solution):
    """Equal areas above d on both sides of the ray, two players (Anbarci and Bigelow 1994).

    Examples
    --------
    >>> import bargaining as bg
    >>> problem = bg.BargainingProblem(bg.PointSet([[4, 0], [0, 4]]), [0, 0])
    >>> bg.solve(problem, "equal-area").payoffs.round(9).tolist()
    [2.0, 2.0]
    """

    name: ClassVar[str] = "equal-area"
    says: ClassVar[str] = "cuts off equal areas of concessions on both sides"
    follows_frontier: ClassVar[bool] = True
    named_after_people: ClassVar[bool] = False

    def choose(self, region: Region) -> Mixture:
        """Halve the area."""
        return by_curve(region, equal_area_point, type(self).__name__)


_BY_NAME: dict[str, type[Solution]] = {
    kind.name: kind
    for kind in (
        NashSolution, KalaiSmorodinskySolution, EgalitarianSolution, UtilitarianSolution,
        RaiffaSolution, PerlesMaschlerSolution, EqualAreaSolution,
    )
}  # fmt: skip

SOLUTION_NAMES = tuple(_BY_NAME)


def as_solution(solution: Solution | str) -> Solution:
    """Accept a solution by name or as an object."""
    if isinstance(solution, Solution):
        return solution
    if solution not in _BY_NAME:
        raise unknown_name("solution", solution, SOLUTION_NAMES)
    return _BY_NAME[solution]()
