"""Payoffs over finite and interval levers together: the best package for weights.

Intervals that share terms form clusters. For each combination of the finite levers that a cluster
touches, its best levels are a concave program; their values are one more table, and the finite
levers are then eliminated as always (bucket elimination, Dechter 1999, with the clusters first).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import numpy as np

from bargaining.errors import IntractableError
from bargaining.model.factors import Factor
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.terms import Payoff
from bargaining.optimize.concave import ConcavePayoffs
from bargaining.optimize.elimination import Maximizer
from bargaining.optimize.oracle import Supports
from bargaining.types import FloatArray

__all__ = ["MixedPayoffs", "with_levels"]

LARGEST_CLUSTER = 2_000
"""Most combinations of finite levels beside the intervals that share terms with each other."""


def with_levels(negotiation: Negotiation, levels: Mapping[str, Iterable[float]]) -> Negotiation:
    """Return the negotiation in which some intervals, by name, have given levels only."""

    def cut(lever: Lever) -> Lever:
        if lever.name not in levels or not lever.is_interval:
            return lever
        given = sorted(set(levels[lever.name]))
        return Lever(lever.name, lever.owner, given, given[0], domain=lever.domain, unit=lever.unit)

    return _part(negotiation, [cut(lever) for lever in negotiation.levers], negotiation.terms)


def _part(
    negotiation: Negotiation, levers: Sequence[Lever], terms: Sequence[Payoff]
) -> Negotiation:
    """Return the negotiation over some levers and terms, fixed levers as they are."""
    names = {lever.name for lever in levers} | set(negotiation.player_names)
    keys = {key: name for key, name in negotiation.keys.items() if name in names}
    part = Negotiation(negotiation.players, levers, terms, keys=keys)
    fixed = {name: level for name, level in negotiation.fixed.items() if name in names}
    return part.fix(fixed) if fixed else part


class _Cluster:
    """Intervals that share terms, with one concave program a combination of finite levels."""

    def __init__(
        self, negotiation: Negotiation, intervals: set[str], terms: Sequence[Payoff]
    ) -> None:
        free = negotiation.free_levers
        names = {negotiation.lever(name).name for term in terms for name in term.levers}
        names |= intervals
        self.places = [j for j, lever in enumerate(free) if lever.name in intervals]
        beside = [
            j for j, lever in enumerate(free) if lever.name in names and lever.name not in intervals
        ]
        self.beside = [free[j].name for j in beside]
        self.shape = tuple(len(free[j].array()) for j in beside)
        if math.prod(self.shape) > LARGEST_CLUSTER:
            raise IntractableError(
                f"intervals {', '.join(map(repr, sorted(intervals)))} share terms with "
                f"{math.prod(self.shape):,} combinations of finite levels (the bound is "
                f"{LARGEST_CLUSTER:,})",
                levers=self.beside,
            )
        kept = [lever for lever in negotiation.levers if lever.name in names]
        part = _part(negotiation, kept, terms)
        combinations = product(*(free[j].array().tolist() for j in beside))
        fixed = [dict(zip(self.beside, levels, strict=True)) for levels in combinations]
        self.programs = [ConcavePayoffs(part.fix(levels) if levels else part) for levels in fixed]

    def scope(self, finite: Sequence[str]) -> tuple[int, ...]:
        """Return the positions of the finite levers beside it, among those in order."""
        return tuple(finite.index(name) for name in self.beside)

    def supports(self, weights: FloatArray) -> list[Supports]:
        """Return the best levels for weights (B, N), one answer a combination."""
        return [program.supports(weights) for program in self.programs]


class MixedPayoffs:
    """The payoffs of a negotiation with finite levers and with intervals.

    Parameters
    ----------
    negotiation : Negotiation
        For given finite levels, its payoffs are concave in the intervals together.

    Raises
    ------
    IntractableError
        When the intervals that share terms meet too many combinations of finite levels.
    """

    def __init__(self, negotiation: Negotiation) -> None:
        self.dimension = len(negotiation.players)
        self.size = len(negotiation.free_levers)
        free = [lever.name for lever in negotiation.free_levers]
        intervals = {lever.name for lever in negotiation.free_levers if lever.is_interval}
        self.finite = [name for name in free if name not in intervals]
        self.places = [j for j, name in enumerate(free) if name not in intervals]
        self.levels = [negotiation.lever(name).array() for name in self.finite]
        rest, groups = _clusters(negotiation, intervals)
        self.clusters = [_Cluster(negotiation, names, terms) for names, terms in groups]
        kept = [lever for lever in negotiation.levers if lever.name not in intervals]
        self.rest = _part(negotiation, kept, rest)
        self.scopes = [cluster.scope(self.finite) for cluster in self.clusters]
        messages = [
            Factor(scope, np.zeros((1, *cluster.shape)))
            for scope, cluster in zip(self.scopes, self.clusters, strict=True)
        ]
        known = [Factor(factor.scope, factor.table[:1]) for factor in self.rest.factors]
        self.maximizer = Maximizer(self.rest.sizes, [*known, *messages], 1, names=self.finite)

    def supports(self, weights: FloatArray) -> Supports:
        """Return the best packages for weights of shape (B, N), not negative.

        The tags are the levels of the free levers.
        """
        known = [np.tensordot(weights, factor.table, axes=1) for factor in self.rest.factors]
        found = [cluster.supports(weights) for cluster in self.clusters]
        tables = []
        for cluster, answers in zip(self.clusters, found, strict=True):
            bounds = np.array([answer.bounds for answer in answers]).T
            tables.append(bounds.reshape(len(weights), *cluster.shape))
        best = self.maximizer.maximize_tables([*known, *tables])
        points = self.rest.payoffs_at(best.indices)
        x = np.empty((len(weights), self.size))
        for j, place in enumerate(self.places):
            x[:, place] = self.levels[j][best.indices[:, j]]
        for cluster, scope, answers in zip(self.clusters, self.scopes, found, strict=True):
            chosen = best.indices[:, list(scope)].T
            cells = np.ravel_multi_index(tuple(chosen), cluster.shape) if scope else None
            for b in range(len(weights)):
                answer = answers[0 if cells is None else int(cells[b])]
                points[b] += answer.points[b]
                x[b, cluster.places] = answer.tags[b]
        return Supports(best.bounds, points, [tuple(row) for row in x.tolist()])


def _clusters(
    negotiation: Negotiation, intervals: set[str]
) -> tuple[list[Payoff], list[tuple[set[str], list[Payoff]]]]:
    """Return the terms without intervals, and the groups of intervals that share terms."""
    rest: list[Payoff] = []
    groups: list[tuple[set[str], list[Payoff]]] = [({name}, []) for name in sorted(intervals)]
    for term in negotiation.terms:
        touched = {negotiation.lever(name).name for name in term.levers} & intervals
        if not touched:
            rest.append(term)
            continue
        met = [group for group in groups if group[0] & touched]
        groups = [group for group in groups if not group[0] & touched]
        names = set[str]().union(*(group[0] for group in met))
        groups.append((names, [*(part for group in met for part in group[1]), term]))
    return rest, groups
