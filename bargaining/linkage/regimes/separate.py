"""Separate tables: each bargains with the others' agreements as given.

Nash-in-Nash (Horn and Wolinsky 1988). A table that breaks down leaves its levers to their owners
(their Nash response, or the status quo), the other agreements standing. Where no payoff term spans
two tables, each table is bargained once; otherwise the tables take turns from several starts, and
single packages are searched in full where few combinations of levers link the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.solutions import Solution
from bargaining.errors import ConvergenceError
from bargaining.linkage.regimes.responses import terms_of
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.optimize.averaging import averaged
from bargaining.strategic.disagreement import Disagreement, DisagreementPoint

__all__ = [
    "FixedPointFound",
    "NoFixedPointError",
    "SeparateTables",
    "bargain_separately",
    "given",
]

ROUNDS = 60
"""Turns of all tables from one start, at most."""

LARGEST_SEARCH = 1_000
"""Combinations of the levers that link tables, at most, for all fixed points to be found."""


class NoFixedPointError(ConvergenceError):
    """Separate tables have no fixed point, or none was found.

    Attributes
    ----------
    completeness : {"all", "some"}
        "all": there is none in single packages. "some": none was found.
    starts : int
        From how many starts the tables took turns.
    """

    def __init__(self, message: str, *, completeness: str, starts: int) -> None:
        super().__init__(message)
        self.completeness, self.starts = completeness, starts


@dataclass(frozen=True, eq=False)
class FixedPointFound:
    """Agreements of all tables, each of which is a table's own given the others.

    Attributes
    ----------
    parts : tuple of lotteries
        Over the levers of each table.
    agreements : tuple of Agreement
        One a table, given the others'.
    """

    parts: tuple[Lottery, ...]
    agreements: tuple[Agreement, ...]

    @property
    def lottery(self) -> Lottery:
        """Over packages of the tradable levers, independent across tables."""
        return independent(self.parts)


@dataclass(frozen=True, eq=False)
class SeparateTables:
    """The fixed points of separate tables that were found.

    Attributes
    ----------
    found : tuple of FixedPointFound
        At least one; the one that the tables reach from the breakdown of all comes first.
    starts : int
        From how many starts the tables took turns.
    additive : bool
        Whether no payoff term spans two tables, so that the fixed point is unique.
    completeness : {"all", "some"}
        "all": there are no others, up to ties at a table.
    """

    found: tuple[FixedPointFound, ...]
    starts: int
    additive: bool
    completeness: str

    @property
    def lottery(self) -> Lottery:
        """That of the first fixed point."""
        return self.found[0].lottery

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """Those of the first fixed point, one a table."""
        return self.found[0].agreements

    @property
    def fixed_points(self) -> int:
        """How many different ones were found."""
        return len(self.found)


@dataclass(frozen=True, eq=False)
class _Talks:
    """What the tables bargain over, and how."""

    negotiation: Negotiation
    tables: Sequence[Sequence[str]]
    solution: Solution | str
    breakdown: Disagreement
    lotteries: bool

    def turn(self, k: int, others: Lottery) -> tuple[Lottery, Agreement]:
        """Let a table bargain with the others' packages as given; what its levers then do."""
        game = given(self.negotiation, self.tables[k], others)
        point = self.breakdown.point(game)
        agreement = _at_table(game, point, self.solution, self.lotteries)
        assert point.reference is not None
        outcome = agreement.lottery if agreement.agreed else point.reference
        return marginal(outcome, self.tables[k]), agreement

    def spans(self) -> list[set[str]]:
        """Return the levers of each payoff term that spans two tables."""
        free = self.negotiation.free_levers
        where = {lever: k for k, table in enumerate(self.tables) for lever in table}
        names = [{free[j].name for j in factor.scope} for factor in self.negotiation.factors]
        return [scope for scope in names if len({where[name] for name in scope}) > 1]


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
        Where the tables start, after the breakdown of all of them and the status quo.

    Raises
    ------
    NoFixedPointError
        When there is no fixed point, or none was found; it says which, and what was tried.
    """
    talks = _Talks(negotiation, tables, solution, breakdown, lotteries)
    everything = breakdown.point(negotiation).reference
    assert everything is not None
    additive = not talks.spans()
    begun = [everything] if additive else [everything, ((1.0, negotiation.status_quo),), *starts]
    states = [[marginal(start, table) for table in tables] for start in begun]
    searched, candidates = (True, []) if additive else _all_candidates(talks)
    found: list[FixedPointFound] = []
    for state in [*states, *candidates]:
        result = _settle(talks, state, additive)
        if result is not None and not any(_same(result.parts, f.parts) for f in found):
            found.append(result)
    if not found:
        tried = f"{len(states)} starts, {ROUNDS} rounds each"
        says = "none was found" if not searched else "there is none in single packages"
        more = "" if not searched else ", and every combination of the levers that link the tables"
        raise NoFixedPointError(
            f"separate tables: no fixed point; {says} (tried: {tried}{more}); lotteries, other "
            "tables or regimes= without separate tables may have an answer",
            completeness="all" if searched else "some",
            starts=len(states),
        )
    return SeparateTables(tuple(found), len(states), additive, "all" if searched else "some")


def _all_candidates(talks: _Talks) -> tuple[bool, list[list[Lottery]]]:
    """Return whether all fixed points in single packages are among the states returned.

    A table's agreement depends on the others' only through the levers that share a term with its
    own. All their combinations are tried at all tables but one, which answers.
    """
    negotiation = talks.negotiation
    spans = talks.spans()
    linking = set().union(*spans)
    own = [[name for name in table if name in linking] for table in talks.tables]
    sizes = [prod(len(negotiation.lever(name).array()) for name in names) for names in own]
    last = sizes.index(max(sizes))
    asked = [name for k, names in enumerate(own) if k != last for name in names]
    if talks.lotteries or prod(s for k, s in enumerate(sizes) if k != last) > LARGEST_SEARCH:
        return False, []
    near = [{n for span in spans if span & set(names) for n in span} - set(names) for names in own]
    known: dict[tuple[int, Package], Lottery] = {}
    quo, complete, states = negotiation.status_quo, True, []

    def answer(k: int, levels: dict[str, float]) -> Lottery:
        key = k, Package({n: levels[n] for n in sorted(near[k])})
        if key not in known:
            others = {n: levels.get(n, quo[n]) for n in quo if n not in talks.tables[k]}
            known[key] = talks.turn(k, ((1.0, Package(others)),))[0]
        return known[key]

    for combination in product(*(negotiation.lever(name).array().tolist() for name in asked)):
        levels = dict(zip(asked, combination, strict=True))
        state = [answer(last, levels)]
        levels.update({name: state[0][0][1][name] for name in own[last]})
        state += [answer(k, levels) for k in range(len(own)) if k != last]
        complete = complete and all(len(part) == 1 for part in state)
        state.insert(last, state.pop(0))
        if all(part[0][1][n] == levels[n] for part, ns in zip(state, own, strict=True) for n in ns):
            states.append(state)
    return complete, states


def _settle(talks: _Talks, start: Sequence[Lottery], additive: bool) -> FixedPointFound | None:
    """Let the tables take turns until nothing moves; None when they go on moving."""
    state = list(start)
    for _ in range(ROUNDS):
        before, agreements = list(state), []
        for k in range(len(talks.tables)):
            others = independent([part for j, part in enumerate(state) if j != k])
            state[k], agreement = talks.turn(k, others)
            agreements.append(agreement)
        if additive or _same(before, state):
            return FixedPointFound(tuple(state), tuple(agreements))
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


def marginal(lottery: Lottery, table: Sequence[str]) -> Lottery:
    shares: dict[Package, float] = {}
    for share, package in lottery:
        part = Package({name: package[name] for name in table})
        shares[part] = shares.get(part, 0.0) + share
    return tuple((share, part) for part, share in shares.items())


def independent(parts: Sequence[Lottery]) -> Lottery:
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
