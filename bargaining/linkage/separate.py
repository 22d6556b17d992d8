"""Separate tables: each bargains with the others' agreements as given.

Nash-in-Nash (Horn and Wolinsky 1988). A table that breaks down leaves its levers to their owners
(their Nash response, or the status quo), the other agreements standing. Where no payoff term spans
two tables, each table is bargained once; otherwise the tables take turns from several starts and
all fixed points found are reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.solutions import Solution
from bargaining.errors import ConvergenceError
from bargaining.linkage.responses import terms_of
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.optimize.averaging import averaged
from bargaining.strategic.disagreement import Disagreement, DisagreementPoint

__all__ = ["SeparateTables", "bargain_separately"]

ROUNDS = 60


@dataclass(frozen=True, eq=False)
class SeparateTables:
    """A fixed point of separate tables.

    Attributes
    ----------
    lottery : lottery
        Over packages of the tradable levers, independent across tables.
    agreements : tuple of Agreement
        One a table, given the others'.
    fixed_points : int
        How many different ones were found, from how many `starts`.
    additive : bool
        Whether no payoff term spans two tables, so that the fixed point is unique.
    """

    lottery: Lottery
    agreements: tuple[Agreement, ...]
    fixed_points: int
    starts: int
    additive: bool


def bargain_separately(
    negotiation: Negotiation,
    tables: Sequence[Sequence[str]],
    solution: Solution | str,
    breakdown: Disagreement,
    *,
    lotteries: bool,
    starts: Sequence[Lottery],
) -> SeparateTables:
    """Find the fixed points of separate tables.

    Parameters
    ----------
    negotiation : Negotiation
        Its free levers are the tradable ones.
    tables : sequence of sequences of str
        A partition of them.
    breakdown : Disagreement
        What a table's levers do when it breaks down: a model that says which packages are played.
    lotteries : bool
    starts : sequence of lotteries
        Where the tables start, after the breakdown of all of them.

    Raises
    ------
    ConvergenceError
        When the tables find no fixed point from any start.
    """
    additive = not any(
        len({_table_of(negotiation, tables, j) for j in factor.scope}) > 1
        for factor in negotiation.factors
    )
    everything = breakdown.point(negotiation).reference
    assert everything is not None
    found: list[tuple[list[Lottery], list[Agreement]]] = []
    tried = [everything] if additive else [everything, *starts]
    for start in tried:
        state = [_marginal(start, table) for table in tables]
        result = _settle(negotiation, tables, state, solution, breakdown, lotteries, additive)
        if result is not None and not any(_same(result[0], other[0]) for other in found):
            found.append(result)
    if not found:
        raise ConvergenceError(
            f"separate tables: no fixed point from {len(tried)} starts in {ROUNDS} rounds each"
        )
    parts, agreements = found[0]
    return SeparateTables(_independent(parts), tuple(agreements), len(found), len(tried), additive)


def _table_of(negotiation: Negotiation, tables: Sequence[Sequence[str]], lever: int) -> int:
    name = negotiation.free_levers[lever].name
    return next(k for k, table in enumerate(tables) if name in table)


def _settle(
    negotiation: Negotiation, tables: Sequence[Sequence[str]], state: list[Lottery],
    solution: Solution | str, breakdown: Disagreement, lotteries: bool, additive: bool,
) -> tuple[list[Lottery], list[Agreement]] | None:  # fmt: skip
    """Let the tables take turns until nothing moves; None when they go on moving."""
    for _ in range(ROUNDS):
        before, agreements = list(state), []
        for k, table in enumerate(tables):
            others = _independent([part for j, part in enumerate(state) if j != k])
            game = given(negotiation, table, others)
            point = breakdown.point(game)
            agreement = _at_table(game, point, solution, lotteries)
            agreements.append(agreement)
            assert point.reference is not None
            outcome = agreement.lottery if agreement.agreed else point.reference
            state[k] = _marginal(outcome, table)
        if additive or _same(before, state):
            return state, agreements
    return None


def _at_table(
    game: Negotiation, point: DisagreementPoint, solution: Solution | str, lotteries: bool
) -> Agreement:
    problem = BargainingProblem(PackageSet(game), point.payoffs)
    agreement = bargain(problem, solution, lotteries=lotteries)
    return replace(
        agreement,
        reference=point.reference,
        disagreement_from=point.says,
        equilibrium=point.equilibrium,
    )


def given(negotiation: Negotiation, table: Sequence[str], others: Lottery) -> Negotiation:
    """Return the negotiation over one table's levers, the others' averaged over a lottery."""
    levers = negotiation.free_levers
    over = [j for j, lever in enumerate(levers) if lever.name not in table]
    mine = [lever for lever in levers if lever.name in table]
    indices = np.array(
        [[levers[j].index(package[levers[j].name]) for j in over] for _, package in others],
        dtype=np.int64,
    ).reshape(len(others), len(over))
    shares = np.array([share for share, _ in others])
    factors, _ = averaged(negotiation.factors, len(levers), over, indices, shares)
    bare = Negotiation(negotiation.players, mine, [], unit=negotiation.unit)
    terms = terms_of(bare, factors, anchor=mine[0])
    return Negotiation(negotiation.players, mine, terms, unit=negotiation.unit)


def _marginal(lottery: Lottery, table: Sequence[str]) -> Lottery:
    shares: dict[Package, float] = {}
    for share, package in lottery:
        part = Package({name: package[name] for name in table})
        shares[part] = shares.get(part, 0.0) + share
    return tuple((share, part) for part, share in shares.items())


def _independent(parts: Sequence[Lottery]) -> Lottery:
    """Join independent lotteries over different levers."""
    joined = []
    for combination in product(*parts):
        levels: dict[str, float] = {}
        share = 1.0
        for weight, package in combination:
            levels.update(package)
            share *= weight
        joined.append((share, Package(levels)))
    return tuple(joined)


def _same(first: Sequence[Lottery], second: Sequence[Lottery]) -> bool:
    """Whether two states give every package the same probability, up to rounding."""
    for one, other in zip(first, second, strict=True):
        shares = {package: share for share, package in one}
        for share, package in other:
            shares[package] = shares.get(package, 0.0) - share
        if max(map(abs, shares.values()), default=0.0) > 1e-7:
            return False
    return True
