"""Many regimes of one negotiation at one disagreement point, with the work shared.

Off-table lever games are solved once for each group of levers. Where the smaller of two tables
leads to nothing that the larger could not agree, no deal on the larger is no deal on the smaller;
and an agreement of the larger that the smaller can reach is its own, under rules that are
independent of irrelevant alternatives (Nash 1950), or under Kalai-Smorodinsky with equal ideals.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.bargain import bargain, named, region_proof
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.region import Region
from bargaining.cooperative.solutions import (
    EgalitarianSolution,
    KalaiSmorodinskySolution,
    NashSolution,
    Solution,
    UtilitarianSolution,
    as_solution,
)
from bargaining.errors import InputError, did_you_mean
from bargaining.linkage.regimes.ideals import Ideals
from bargaining.linkage.regimes.induced import Induced, Inducer
from bargaining.linkage.regimes.outcome import OFF_TABLE
from bargaining.linkage.regimes.single import best_package, steering
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.model.players import name_of
from bargaining.results.certificate import TOLERANCE, Certificate, registers, verify
from bargaining.strategic.disagreement import DisagreementPoint
from bargaining.types import FloatArray

__all__ = ["INDEPENDENT", "SubsetOutcome", "SubsetSolver", "checked_by", "solve_subsets"]

INDEPENDENT = (NashSolution, EgalitarianSolution, UtilitarianSolution)
"""Rules that maximise one order whatever else is feasible: independent of irrelevant alternatives.

Kalai-Smorodinsky, Raiffa, Perles-Maschler and equal-area look at the whole set, and are not; the
first looks at the ideals only, which are shared too.
"""


@dataclass(frozen=True, eq=False)
class SubsetOutcome:
    """What is agreed when some levers are tradable, and the others are not.

    Attributes
    ----------
    tradable : frozenset of str
    agreed : bool
    payoffs, disagreement : ndarray of shape (N,)
        Without a deal the payoffs are the disagreement point.
    lottery : lottery
        Complete packages, off-table levers included; empty without a deal.
    proof : Certificate
        Of the agreement, or that there is none.
    regret : float
        The largest regret of the owners' responses behind it.
    taken_from : frozenset of str or None
        The larger set of tradable levers whose answer this is too, by a theorem; None where it was
        solved for itself.
    """

    tradable: frozenset[str]
    agreed: bool
    payoffs: FloatArray
    disagreement: FloatArray
    lottery: Lottery
    proof: Certificate
    regret: float
    taken_from: frozenset[str] | None
    question: SubsetSolver = field(repr=False)

    @property
    def gains(self) -> FloatArray:
        """Payoffs less the disagreement point, shape (N,)."""
        return self.payoffs - self.disagreement

    @property
    def certificate(self) -> Certificate:
        """The proof, or the regret of the owners' responses where that is larger."""
        if self.regret <= self.proof.value:
            return self.proof
        return Certificate("regret of off-table responses", self.regret, TOLERANCE)

    @property
    def package(self) -> Any:
        """The one complete package, or the likeliest; None without a deal."""
        return max(self.lottery, key=lambda pair: pair[0])[1] if self.lottery else None


def solve_subsets(
    negotiation: Negotiation,
    subsets: Iterable[Collection[Any]],
    *,
    solution: Solution | str,
    point: DisagreementPoint | ArrayLike,
    lotteries: bool = False,
    off_table: str = "response",
    progress: Callable[[int, int], None] | None = None,
) -> dict[frozenset[str], SubsetOutcome]:
    """Solve a negotiation for many sets of tradable levers at a fixed disagreement point.

    Parameters
    ----------
    negotiation : Negotiation
    subsets : iterable of collections of Lever or str
        The tradable levers of each regime.
    solution : Solution or str
    point : DisagreementPoint or N numbers
        The same in every regime.
    lotteries : bool
        False agrees on single packages.
    off_table : {"response", "standstill"}
        Whether levers off the table are set by their owners as a Nash response to what is agreed,
        or stand still at the status quo.
    progress : callable, optional
        Called with how many are done, and how many there are.

    Returns
    -------
    dict
        From sets of lever names to outcomes, in the order of `subsets`.

    Raises
    ------
    InputError
        For unknown or fixed levers, and unfit options.
    IntractableError
        When the exact methods would need too much.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("two-issues")
    >>> names = [lever.name for lever in game.levers]
    >>> found = solve_subsets(game, [names, names[:1]], solution="nash", point=[0, 0])
    >>> [outcome.agreed for outcome in found.values()]
    [True, False]
    """
    solver = SubsetSolver(negotiation, solution, point, lotteries=lotteries, off_table=off_table)
    wanted = list(dict.fromkeys(solver.named(subset) for subset in subsets))
    for done, tradable in enumerate(sorted(wanted, key=len, reverse=True), 1):
        solver.outcome(tradable)
        if progress is not None:
            progress(done, len(wanted))
    return {tradable: solver.outcome(tradable) for tradable in wanted}


class SubsetSolver:
    """Solves sets of tradable levers one by one, each with the help of those solved before.

    Larger sets are best asked for first.

    Parameters
    ----------
    negotiation, solution, point, lotteries, off_table
        As for `solve_subsets`.
    inducer : Inducer, optional
        Of the same negotiation, with the answers that it knows already.
    """

    def __init__(
        self,
        negotiation: Negotiation,
        solution: Solution | str,
        point: DisagreementPoint | ArrayLike,
        *,
        lotteries: bool = False,
        off_table: str = "response",
        inducer: Inducer | None = None,
    ) -> None:
        if off_table not in OFF_TABLE:
            raise InputError(
                f"off_table: expected one of {OFF_TABLE}, got {off_table!r}"
                f"{did_you_mean(off_table, OFF_TABLE)}"
            )
        given = point.payoffs if isinstance(point, DisagreementPoint) else point
        self.negotiation = negotiation
        self.rule = as_solution(solution)
        self.d = BargainingProblem(PackageSet(negotiation), given).disagreement
        self.lotteries = lotteries
        self.off_table = off_table
        self._free = {lever.name: lever.status_quo for lever in negotiation.free_levers}
        self.inducer = inducer or Inducer(negotiation)
        self._outcomes: dict[frozenset[str], SubsetOutcome] = {}
        self._solved: list[SubsetOutcome] = []
        self._ideals = Ideals(len(negotiation.players), self._holds)
        self._ideal_of: dict[frozenset[str], FloatArray] = {}

    def afresh(self) -> SubsetSolver:
        """Return a solver of the same question that knows no answer yet."""
        return SubsetSolver(
            self.negotiation, self.rule, self.d, lotteries=self.lotteries, off_table=self.off_table
        )

    def at(self, point: DisagreementPoint) -> SubsetSolver:
        """Return a solver of the same negotiation at another point, off-table answers shared."""
        return SubsetSolver(
            self.negotiation, self.rule, point,
            lotteries=self.lotteries, off_table=self.off_table, inducer=self.inducer,
        )  # fmt: skip

    def named(self, tradable: Collection[Any]) -> frozenset[str]:
        """Return the names of tradable levers, checked."""
        if isinstance(tradable, str):
            raise InputError(f"subsets: expected collections of levers, got {tradable!r}")
        names = frozenset(self.negotiation.lever(name_of(lever)).name for lever in tradable)
        for name in sorted(names - set(self._free)):
            raise InputError(f"subsets: lever {name!r} is fixed")
        return names

    def outcome(self, tradable: frozenset[str]) -> SubsetOutcome:
        """Return the outcome of a set of names of free levers."""
        if tradable not in self._outcomes:
            found = self._taken(tradable)
            if found is None:
                found = self.solved(tradable)
                self._solved.append(found)
            self._outcomes[tradable] = found
        return self._outcomes[tradable]

    def _taken(self, tradable: frozenset[str]) -> SubsetOutcome | None:
        """Take the answer from a larger set, where a theorem says that it is the same."""
        ideal = self._ideals.known(tradable) if self._relative else None
        for other in reversed(self._solved):
            if not other.tradable > tradable:
                continue
            theirs = self._ideal_of.get(other.tradable)
            equal = ideal is not None and theirs is not None and np.array_equal(ideal, theirs)
            applies = not other.agreed or equal or isinstance(self.rule, INDEPENDENT)
            if applies and self._holds(tradable, other.tradable, other.lottery):
                return replace(other, tradable=tradable, taken_from=other.tradable)
        return None

    def _holds(self, smaller: frozenset[str], larger: frozenset[str], lottery: Lottery) -> bool:
        """Whether what is best over a larger set, a lottery or that there is none, is so here."""
        reached = not lottery or self.reaches(smaller, lottery)
        return reached and self.nested(smaller, larger)

    @property
    def _relative(self) -> bool:
        """Whether the rule looks at single packages through their ideals."""
        finite = not any(lever.is_interval for lever in self.negotiation.free_levers)
        return isinstance(self.rule, KalaiSmorodinskySolution) and finite and not self.lotteries

    def nested(self, smaller: frozenset[str], larger: frozenset[str]) -> bool:
        """Whether whatever the smaller set leads to could be agreed over the larger one."""
        return self.off_table == "standstill" or self.inducer.nested(smaller, larger)

    def reaches(self, tradable: frozenset[str], lottery: Lottery) -> bool:
        """Whether levers off the table come to stand as the packages of a lottery say."""
        if self.off_table == "standstill":
            off = [(name, quo) for name, quo in self._free.items() if name not in tradable]
            return all(package[name] == quo for _, package in lottery for name, quo in off)
        return all(self.inducer.stays(tradable, package) for _, package in lottery)

    def problem(self, tradable: frozenset[str]) -> tuple[BargainingProblem, Induced]:
        """Return the bargaining problem over a set of tradable levers."""
        if self.off_table == "response":
            induced = self.inducer.induce(tradable)
        else:
            induced = Induced(self.negotiation.restrict(tradable=tradable), self.negotiation, ())
        return BargainingProblem(PackageSet(induced.negotiation), self.d), induced

    def solved(self, tradable: frozenset[str]) -> SubsetOutcome:
        """Solve for a set of tradable levers, without help from others."""
        problem, induced = self.problem(tradable)
        feasible = problem.feasible
        assert isinstance(feasible, PackageSet)
        if self.lotteries or feasible.packages.convex or feasible.packages.concavity:
            agreement = bargain(problem, self.rule, lotteries=self.lotteries)
            payoffs, lottery, proof = agreement.payoffs, agreement.lottery, agreement.certificate
        else:
            payoffs, lottery, proof = self._single(tradable, problem, induced)
        return SubsetOutcome(
            tradable, bool(lottery), payoffs, self.d, induced.complete(lottery), proof,
            induced.regret, None, self,
        )  # fmt: skip

    def _single(
        self, tradable: frozenset[str], problem: BargainingProblem, induced: Induced
    ) -> tuple[FloatArray, Lottery, Certificate]:
        """Return the best single package; bounds that leave no gain spare the search."""
        region = Region(problem)
        if not region.agreed:
            self._ideal_of[tradable] = region.d
            return region.d, (), region_proof(region)
        directions = steering(region)
        if self._relative:
            assert isinstance(self.rule, KalaiSmorodinskySolution)
            ideal = self._ideals.point(
                tradable, region, directions,
                lambda tag: induced.complete(((1.0, named(problem, tag)),)),
            )  # fmt: skip
            self._ideal_of[tradable] = ideal
            rule = self.rule.relative(region, directions, ideal)
        else:
            rule = self.rule.single(region, directions)
        return best_package(problem, region, directions, rule)


@registers(SubsetOutcome)
def check_subset(outcome: SubsetOutcome) -> Certificate:
    """Verify the outcome as an agreement over its own induced negotiation, made afresh."""
    return checked_by(outcome.question.afresh(), outcome)


def checked_by(solver: SubsetSolver, outcome: SubsetOutcome) -> Certificate:
    """Verify an outcome with the problem that a solver states for its tradable levers."""
    problem, induced = solver.problem(outcome.tradable)
    shares: dict[Package, float] = {}
    for share, package in outcome.lottery:
        agreed = {lever: package[lever] for lever in outcome.tradable}
        part = induced.negotiation.package(agreed)
        shares[part] = shares.get(part, 0.0) + share
    lottery = tuple((share, part) for part, share in shares.items())
    filled = {package: share for share, package in induced.complete(lottery)}
    stray = max((abs(share - filled.get(p, 0.0)) for share, p in outcome.lottery), default=0.0)
    agreement = Agreement(
        outcome.agreed, outcome.payoffs, outcome.disagreement, outcome.payoffs, lottery,
        solver.rule, outcome.proof, solver.negotiation.player_names, solver.lotteries, problem,
        induced.negotiation,
    )  # fmt: skip
    proof = verify(agreement)
    return Certificate(proof.kind, max(proof.value, stray, induced.regret), proof.tolerance)
