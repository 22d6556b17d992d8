"""Enforcement linkage: one punishment for all issues against one for each.

Apart, a breach in an issue is answered in that issue alone; pooled, in all of them. Where payoffs
are additive across issues the pooled constraint is the sum of the others, so slack in one issue
serves another (Bernheim and Whinston 1990; Spagnolo 1999; Limao 2005).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.enforcement.arguments import Punishment, discount_factors_of, punishment_point
from bargaining.enforcement.patience.critical import critical
from bargaining.enforcement.self_enforcing.breaches import Breaches
from bargaining.enforcement.self_enforcing.clauses import additive_across, issues_apart, repeated
from bargaining.enforcement.self_enforcing.result import SelfEnforcing
from bargaining.enforcement.self_enforcing.self_enforcing import best_held
from bargaining.errors import InputError
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.model.terms import lever_group
from bargaining.results.certificate import Certificate, plain, registers, verify
from bargaining.results.table import Table, Tabular
from bargaining.strategic.disagreement import Disagreement, DisagreementPoint, as_disagreement
from bargaining.strategic.threats import Bargained
from bargaining.types import FloatArray

__all__ = ["IssueFactors", "Issues", "Pooling", "issue_factors", "pooling"]

Issues = Mapping[str, Sequence[Lever | str]]
"""Levers by the name of their issue; every free lever is in one issue."""


@dataclass(frozen=True, eq=False)
class IssueFactors(Tabular):
    """How patient each player must be for a package to hold, issues apart and pooled.

    Attributes
    ----------
    by_issue : dict of str to ndarray of shape (N,)
        For breaches in one issue, answered in that issue alone.
    apart, pooled : ndarray of shape (N,)
        For all breaches, in any issues, that are answered in these issues alone, or in all.
    additive : bool
        Whether payoffs are additive across issues; then `pooled` is never above `apart`.
    players : tuple of str
    """

    by_issue: dict[str, FloatArray]
    apart: FloatArray
    pooled: FloatArray
    additive: bool
    players: tuple[str, ...]

    def table(self) -> Table:
        """Return the critical discount factors by player."""
        columns = ("player", *self.by_issue, "apart", "pooled")
        rows = zip(self.players, *self.by_issue.values(), self.apart, self.pooled, strict=True)
        return Table("Critical discount factors by issue", columns, tuple(rows))

    def explain(self) -> str:
        """Say in words how patient each must be with issues apart, and with all of them pooled."""
        sides = "; ".join(
            f"{name} needs {_factor(apart)} with issues apart, {_factor(pooled)} pooled"
            for name, apart, pooled in zip(self.players, self.apart, self.pooled, strict=True)
        )
        joined = "are" if self.additive else "are not"
        return f"Discount factors: {sides}. Payoffs {joined} additive across issues."

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.players),
            "by_issue": plain(self.by_issue),
            "apart": self.apart.tolist(),
            "pooled": self.pooled.tolist(),
            "additive": self.additive,
        }


def _factor(delta: float) -> str:
    return f"{delta:.3g}" if delta < 1 else "more than any patience"


@dataclass(frozen=True, eq=False)
class Pooling(Tabular):
    """What is agreed with issues enforced apart, and with one punishment for all.

    Attributes
    ----------
    apart, pooled : SelfEnforcing
    issues : dict of str to tuple of str
    additive : bool
        Whether payoffs are additive across issues.
    certificate : Certificate
        The worse of the two.
    """

    apart: SelfEnforcing
    pooled: SelfEnforcing
    issues: dict[str, tuple[str, ...]]
    additive: bool
    certificate: Certificate
    negotiation: Negotiation = field(repr=False)

    @property
    def value(self) -> FloatArray:
        """What pooling adds to each player's payoff, shape (N,)."""
        return self.pooled.payoffs - self.apart.payoffs

    @property
    def permits(self) -> bool:
        """Whether the pooled agreement would be broken with issues enforced apart."""
        return self.pooled.agreed and not self._held_apart()

    def _held_apart(self) -> bool:
        at = self.negotiation.indices([self.pooled.package])
        breaches = Breaches(self.negotiation, self.negotiation, self.apart.clauses())
        return not breaches.broken(at)

    def table(self) -> Table:
        """Return payoffs by player: without agreement, apart, pooled."""
        rows = zip(
            self.apart.players, self.apart.disagreement, self.apart.payoffs, self.pooled.payoffs,
            self.value, strict=True,
        )  # fmt: skip
        columns = ("player", "disagreement", "enforced apart", "pooled", "value of pooling")
        return Table("Enforcement linkage", columns, tuple(rows),
                     note=f"certificate: {self.certificate}")  # fmt: skip

    def moved(self) -> dict[str, tuple[str, ...]]:
        """Return, issue by issue, the levers whose agreed levels differ."""
        before = self.apart.package or self.negotiation.status_quo
        after = self.pooled.package or self.negotiation.status_quo
        return {
            name: tuple(lever for lever in levers if before[lever] != after[lever])
            for name, levers in self.issues.items()
        }

    def explain(self) -> str:
        """Say in words what pooling the punishment changes."""
        if not self.pooled.agreed:
            return "Nothing gainful holds, issues enforced apart or together."
        values = ", ".join(
            f"{name} {x:+.4g}" for name, x in zip(self.apart.players, self.value, strict=True)
        )
        changed = [name for name, levers in self.moved().items() if levers]
        if not self.apart.agreed:
            start = "Enforced issue by issue nothing gainful holds; one punishment for all makes it"
            return f"{start} a deal, worth {values}."
        if not changed:
            return "One punishment for all issues changes nothing."
        return (
            f"One punishment for all issues changes what is agreed in {', '.join(changed)}: "
            f"{values}. "
            + ("It would be broken with issues enforced apart." if self.permits else "")
        ).strip()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "issues": {name: list(levers) for name, levers in self.issues.items()},
            "additive": self.additive,
            "apart": self.apart.to_dict(),
            "pooled": self.pooled.to_dict(),
            "value": self.value.tolist(),
            "permits": self.permits,
            "certificate": self.certificate.to_dict(),
        }


def pooling(
    negotiation: Negotiation,
    issues: Issues,
    solution: Solution | str = "nash",
    *,
    discount_factors: ArrayLike | Mapping[Any, float] | None = None,
    disagreement: Disagreement | str | Sequence[float] | FloatArray = "noncooperative",
    punishment: Punishment = "noncooperative",
) -> Pooling:
    """Compare the best agreements that hold with issues enforced apart and together.

    Apart, whoever moves levers of some issues is answered in these issues alone: their levers go to
    the punishment for ever, while the other issues go on as agreed.

    Parameters
    ----------
    negotiation : Negotiation
    issues : mapping of str to levers
        Every free lever is in one issue.
    solution, discount_factors, disagreement
        As in `self_enforcing`.
    punishment : optional
        A model that says which single package is played: "noncooperative" where the equilibrium is
        pure, or "status-quo".

    Raises
    ------
    InputError
        For issues that leave a lever out or share one, or a punishment that is no package.
    IntractableError
        As `self_enforcing`, and for too many issues that are not additive.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("us-china-2025")
    >>> issues = {"security": game.security, "economic": game.economic}
    >>> found = pooling(game, issues, discount_factors=0.3)
    >>> found.additive, bool((found.pooled.payoffs >= found.apart.disagreement).all())
    (True, True)
    """
    where = "pooling"
    deltas = discount_factors_of(where, negotiation, discount_factors)
    named = _checked(where, negotiation, issues)
    rule, model = as_solution(solution), as_disagreement(disagreement)
    point = model.point(negotiation, Bargained(negotiation, rule))
    after = punishment_point(negotiation, punishment)
    back = _package(where, after)
    problem = BargainingProblem(PackageSet(negotiation), point.payoffs)
    groups = tuple(named.values())
    apart = best_held(
        negotiation, problem, rule, deltas, point, after, issues=groups, punished_by=back
    )
    pooled = best_held(negotiation, problem, rule, deltas, point, after)
    worst = max(apart.certificate, pooled.certificate, key=lambda c: c.value)
    additive = additive_across(negotiation, groups)
    return Pooling(apart, pooled, named, additive, worst, negotiation)


@registers(Pooling)
def check_pooling(result: Pooling) -> Certificate:
    """Verify both agreements."""
    return max(verify(result.apart), verify(result.pooled), key=lambda c: c.value / c.tolerance)


def issue_factors(
    negotiation: Negotiation,
    package: Mapping[Any, float | str],
    issues: Issues,
    *,
    punishment: Punishment = "noncooperative",
) -> IssueFactors:
    """Return how patient each player must be for a package to hold, issues apart and pooled.

    Parameters
    ----------
    negotiation, issues, punishment
        As in `pooling`.
    package : mapping
        From lever to level or label.

    Raises
    ------
    InputError
        As `pooling`.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("us-china-2025")
    >>> issues = {"security": game.security, "economic": game.economic}
    >>> found = issue_factors(game, game.observed["busan"], issues)
    >>> bool((found.pooled <= found.apart).all())
    True
    """
    named = _checked("issue_factors", negotiation, issues)
    after = punishment_point(negotiation, punishment)
    back = _package("issue_factors", after)
    at, size = negotiation.indices([package]), len(negotiation.players)
    nothing, everything = np.zeros(size), np.ones(size)

    def factors(groups: Sequence[tuple[str, ...]] | None) -> FloatArray:
        made = [
            repeated(negotiation, deltas, after.payoffs)
            if groups is None
            else issues_apart(negotiation, deltas, back, groups)
            for deltas in (nothing, everything)
        ]
        breach, stay = (Breaches(negotiation, negotiation, c).slacks(at)[0][0] for c in made)
        each, found = critical(-breach, stay, np.ones(1)), np.zeros(size)
        np.maximum.at(found, [clause.player for clause in made[0]], each)
        return found

    groups = tuple(named.values())
    return IssueFactors(
        {name: factors([levers]) for name, levers in named.items()},
        factors(groups),
        factors(None),
        additive_across(negotiation, groups),
        negotiation.player_names,
    )


def _checked(where: str, negotiation: Negotiation, issues: Issues) -> dict[str, tuple[str, ...]]:
    if not isinstance(negotiation, Negotiation):
        raise InputError(f"{where}: expected a Negotiation, got {negotiation!r}")
    given: object = issues
    if not isinstance(given, Mapping) or not given:
        raise InputError(f"{where}, issues: expected levers by issue, got {issues!r}")
    named = {
        str(name): tuple(negotiation.lever(lever).name for lever in lever_group(levers))
        for name, levers in issues.items()
    }
    listed = [lever for levers in named.values() for lever in levers]
    free = [lever.name for lever in negotiation.free_levers]
    if sorted(listed) != sorted(free):
        twice = sorted({name for name in listed if listed.count(name) > 1})
        left = [name for name in free if name not in listed]
        fixed = sorted(set(listed) - set(free))
        raise InputError(
            f"{where}, issues: expected every free lever in one issue; "
            f"twice: {twice}, left out: {left}, fixed: {fixed}"
        )
    return named


def _package(where: str, after: DisagreementPoint) -> Package:
    if after.reference is None or len(after.reference) != 1:
        raise InputError(
            f"{where}, punishment: expected one that is a single package, as its issues are set "
            f"back one by one, got {after.says}"
        )
    return after.reference[0][1]
