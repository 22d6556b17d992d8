"""Values of a precedent, state after state from the last one back.

Nothing is ever undone, so a state leads to itself and to states solved before. Its values and the
way its crises end have to agree with each other: a fixed point. The ends are finitely many, the map
is no contraction where they switch, so it is followed from many starts and all fixed points that
are met are kept; without any, crises end either way with probabilities that make them ties.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np

from bargaining.errors import ConvergenceError
from bargaining.linkage.precedent.setting import Setting, State
from bargaining.linkage.precedent.talks import Outcome, Talks
from bargaining.linkage.precedent.ties import Play, Tie
from bargaining.results.certificate import TOLERANCE, Certificate
from bargaining.types import FloatArray

__all__ = ["SolvedState", "evaluated", "scales_of", "solve_states"]

ROUNDS = 60
"""Rounds of the map from one start."""

MOST_STARTS = 64

SAME = 1e-11
"""Values nearer than this, relative to their scale, are one."""

Values = Mapping[State, FloatArray]


@dataclass(frozen=True, eq=False)
class SolvedState:
    """The values of a state, and how each crisis ends there.

    Attributes
    ----------
    state : State
    values : ndarray of shape (N,)
        Discounted sums of payoffs less those of breakdown before anything has happened.
    plays : tuple of Play
        One a crisis.
    gap : float
        How far the values may be from a fixed point, relative to their scale.
    others : tuple of ndarray of shape (N,)
        The values of the other fixed points that were found.
    starts : int
        From how many starts the map was followed.
    """

    state: State
    values: FloatArray
    plays: tuple[Play, ...]
    gap: float
    others: tuple[FloatArray, ...]
    starts: int

    @property
    def mixed(self) -> bool:
        """Whether some crisis ends either way."""
        return any(len(play) > 1 for play in self.plays)


def scales_of(setting: Setting, plays: Sequence[Sequence[Outcome]]) -> FloatArray:
    """Return the size of each player's values: its largest payoff or cost, for ever, (N,)."""
    sizes = [np.abs(outcome.payoffs) for row in plays for outcome in row]
    largest = np.maximum(np.max(sizes, axis=0), setting.costs)
    return np.asarray(np.where(largest > 0, largest, 1.0) / (1.0 - setting.discount_factors))


def evaluated(setting: Setting, state: State, plays: Sequence[Play], later: Values) -> FloatArray:
    """Return the values of a state in which crises end in given ways, shape (N,)."""
    factors = setting.discount_factors
    now, stay = np.zeros(len(factors)), 1.0
    for crisis, play in zip(setting.crises, plays, strict=True):
        for share, outcome in play:
            chance = crisis.probability * share
            now += chance * (outcome.payoffs - outcome.costs)
            for target, p in outcome.moves:
                if target != state:
                    now += chance * p * factors * later[target]
                    stay -= chance * p
    return np.asarray(now / (1.0 - factors * stay))


def solve_states(setting: Setting, talks: Talks) -> dict[State, SolvedState]:
    """Solve all states, from the last one back.

    Raises
    ------
    ConvergenceError
        When a state has no fixed point that can be found.
    """
    solved: dict[State, SolvedState] = {}
    values: dict[State, FloatArray] = {}
    for state in reversed(setting.states):
        solved[state] = _Map(setting, talks, state, values).solve()
        values[state] = solved[state].values
    return dict(reversed(solved.items()))


class _Map:
    """From values of a state to how crises end at them, to the values of that."""

    def __init__(self, setting: Setting, talks: Talks, state: State, later: Values) -> None:
        self.setting, self.talks, self.state = setting, talks, state
        self.later = dict(later)
        self.crises = setting.crises

    def solve(self) -> SolvedState:
        """Follow the map from all starts; take the fixed point in which norms last longest."""
        found: list[tuple[FloatArray, list[Outcome]]] = []
        cycles: list[list[list[Outcome]]] = []
        starts = list(self._starts())
        scale = scales_of(self.setting, starts)
        for start in starts:
            values, ends = self._follow(start, scale, cycles)
            fresh = not any(np.all(np.abs(values - v) <= SAME * scale) for v, _ in found)
            if ends is not None and fresh:
                found.append((values, ends))
        if not found:
            return self._tie(cycles, scale, len(starts))
        found.sort(
            key=lambda each: (round(self._leaves(each[1]), 12), -float((each[0] / scale).sum()))
        )
        values, ends = found[0]
        gap = float((np.abs(self._step(values)[0] - values) / scale).max())
        return SolvedState(
            self.state, values, tuple(((1.0, end),) for end in ends), gap,
            tuple(v for v, _ in found[1:]), len(starts),
        )  # fmt: skip

    def ends(self, values: FloatArray) -> list[Outcome]:
        """Return how crises end at values of the state."""
        known = {**self.later, self.state: values}
        return [self.talks.outcome(crisis, self.state, known) for crisis in self.crises]

    def valued(self, plays: Sequence[Play]) -> FloatArray:
        """Return the values of the state in which crises end in given ways."""
        return evaluated(self.setting, self.state, plays, self.later)

    def _values(self, ends: Sequence[Outcome]) -> FloatArray:
        return self.valued([((1.0, end),) for end in ends])

    def _step(self, values: FloatArray) -> tuple[FloatArray, list[Outcome]]:
        ends = self.ends(values)
        return self._values(ends), ends

    def _leaves(self, ends: Sequence[Outcome]) -> float:
        """Return the probability of leaving the state in a period."""
        return sum(
            crisis.probability * sum(p for target, p in end.moves if target != self.state)
            for crisis, end in zip(self.crises, ends, strict=True)
        )

    def _follow(
        self, start: Sequence[Outcome], scale: FloatArray, cycles: list[list[list[Outcome]]]
    ) -> tuple[FloatArray, list[Outcome] | None]:
        """Follow the map to a fixed point; note the ends of the cycle where there is none."""
        values = self._values(start)
        seen: dict[Any, int] = {}
        history: list[list[Outcome]] = []
        for _ in range(ROUNDS):
            reached, ends = self._step(values)
            if np.all(np.abs(reached - values) <= SAME * scale):
                return reached, ends
            key = tuple(end.package for end in ends)
            if self.setting.transferable:
                reached = self._newton(values, reached, scale)
            elif key in seen:
                cycles.append(history[seen[key] :])
                return values, None
            seen[key] = len(history)
            history.append(ends)
            values = reached
        return values, None

    def _newton(self, values: FloatArray, reached: FloatArray, scale: FloatArray) -> FloatArray:
        """Solve for the fixed point as if the map were affine, as side payments make it."""
        size = 1e-6 * scale
        columns = [
            (self._step(values + size * unit)[0] - reached) / size[i]
            for i, unit in enumerate(np.eye(len(values)))
        ]
        system = np.eye(len(values)) - np.column_stack(columns)
        return np.asarray(values + np.linalg.lstsq(system, reached - values, rcond=None)[0])

    def _starts(self) -> Iterator[list[Outcome]]:
        """Yield ends in which crises may break some norms, nothing charged: all combinations.

        Where these are too many: the crises of largest gains only.
        """
        tried: set[Any] = set()
        open_norms = [not bit for bit in self.setting.broken(self.state)]
        choices = [
            tuple(row)
            for row in product(*((False, True) if able else (False,) for able in open_norms))
        ]
        best = [self.talks.within(crisis, self.state, choices[-1]) for crisis in self.crises]
        if len(choices) ** len(self.crises) <= MOST_STARTS:
            plans = list(product(choices, repeat=len(self.crises)))
        else:
            size = np.array([end.payoffs for end in best])
            size = (size / np.maximum(np.abs(size).max(axis=0), 1e-300)).sum(axis=1)
            order = np.argsort(-size, kind="stable").tolist()
            plans = [
                tuple(choice if k in order[:m] else choices[0] for k in range(len(order)))
                for choice in choices[1:]
                for m in range(len(order) + 1)
            ]
        for plan in plans:
            ends = [
                self.talks.within(crisis, self.state, allowed)
                for crisis, allowed in zip(self.crises, plan, strict=True)
            ]
            key = tuple(end.package for end in ends)
            if key not in tried:
                tried.add(key)
                yield ends

    def _tie(
        self, cycles: Sequence[list[list[Outcome]]], scale: FloatArray, starts: int
    ) -> SolvedState:
        """Find crises that end either way, with probabilities that make each a tie."""
        least = np.inf
        for cycle in cycles:
            for first, second in combinations(cycle, 2):
                plays, gap = Tie(self.ends, self.valued, first, second).settle(scale)
                if plays is not None and gap <= TOLERANCE:
                    return SolvedState(self.state, self.valued(plays), plays, gap, (), starts)
                least = min(least, gap)
        certificate = Certificate("self-consistency", least) if np.isfinite(least) else None
        raise ConvergenceError(
            f"precedent: in the state {self.setting.named(self.state)!r} neither a fixed point nor "
            f"a tie was found from {starts} starts",
            certificate=certificate,
        )
