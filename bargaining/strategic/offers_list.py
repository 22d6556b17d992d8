"""Alternating offers over single packages, or points: two players.

With finitely many outcomes a player may be held to more than it would need, and there can be many
subgame-perfect equilibria (van Damme, Selten and Winter 1990). One is found by iterating from what
is best for the first proposer; bounds on all pure ones come from the largest and smallest
continuation values, iterated together (Shaked and Sutton 1984). Everything is in gains.
"""

from __future__ import annotations

import numpy as np

from bargaining.cooperative.deterministic import Mask, SingleRule, best_single
from bargaining.cooperative.feasible import PackageSet, PointSet, as_support_set
from bargaining.cooperative.frontier import efficient_edge
from bargaining.cooperative.region import Region
from bargaining.errors import ConvergenceError
from bargaining.strategic.offers_frontier import SLACK, Best
from bargaining.strategic.play import REFUSED, Play, backwards
from bargaining.strategic.talks import Talks
from bargaining.types import FloatArray

__all__ = ["ListedOffers", "listed_bounds", "listed_play"]

ROUNDS = 100_000
ROUNDS_OF_BOUNDS = 2_000
"""Bounds are valid whenever the rounds stop; with very patient players they may not be tight."""

REMEMBERED = 16
"""Answers that are tried again before a new search."""

SETTLED = 1e-13
MOST_DIRECTIONS = 64


class _Most(SingleRule):
    """Most of a signed player's gain, then of the other's, above floors.

    Parameters
    ----------
    who : int
    sign : int
        1 for the most, -1 for the least.
    floors : ndarray of shape (N,)
        Minus infinity for none.
    """

    def __init__(
        self, region: Region, weights: FloatArray, who: int, sign: int, floors: FloatArray
    ) -> None:
        super().__init__(region, weights)
        self.who, self.sign, self.floors = who, sign, floors
        other = 1 - who
        column = sign * self.rows[:, who]
        bounded = np.isfinite(floors[other]) | (self.rows[:, other] == 0)
        self.usable = np.flatnonzero((column > 0) & (self.rows[:, other] >= 0) & bounded)
        self.factor = column[self.usable]
        floor = floors[other] if np.isfinite(floors[other]) else 0.0
        self.taken = self.rows[self.usable, other] * floor

    def rational(self, gains: FloatArray) -> Mask:
        """Whether the floors are met."""
        mask: Mask = np.all(gains >= self.floors - SLACK, axis=1)
        return mask

    def keys(self, gains: FloatArray) -> FloatArray:
        """Return (signed gain, the other's gain)."""
        return np.column_stack([self.sign * gains[:, self.who], gains[:, 1 - self.who]])

    def key_bounds(self, bounds: FloatArray) -> FloatArray:
        """Bound the signed gain by every half-space in which the other's floor counts."""
        room = bounds[:, self.usable] - self.shift[self.usable] - self.taken
        first = (room / self.factor).min(axis=1)
        return np.column_stack([first, self.upper(bounds)[:, 1 - self.who]])


class ListedOffers:
    """Best and worst single packages for a player, given what both get at least.

    Parameters
    ----------
    region : Region
        Over points or packages; its d is the base and `scale` the unit of gains.
    """

    def __init__(self, region: Region) -> None:
        self.region = region
        self.weights = _directions(region)
        feasible = region.problem.feasible
        self._points: FloatArray | None = None
        if isinstance(feasible, PointSet):
            self._points = (feasible.points - region.d) / region.scale
        self._known: dict[tuple[int, int], list[tuple[FloatArray, Best]]] = {}

    def best(self, proposer: int, demands: FloatArray) -> Best | FloatArray:
        """Return the best single offer for a proposer that meets the responder's demand."""
        floors = np.where(np.arange(2) == proposer, -np.inf, demands)
        found = self.extreme(proposer, 1, floors)
        return np.eye(2)[1 - proposer] if found is None else found

    def extreme(self, who: int, sign: int, floors: FloatArray) -> Best | None:
        """Return what gives a player most (sign 1) or least (-1) above floors, if anything does.

        What was found for some floors answers all higher floors that it still meets.
        """
        if self._points is not None:
            return self._by_looking(who, sign, floors)
        known = self._known.setdefault((who, sign), [])
        for asked, found in known[-REMEMBERED:]:
            if np.all(asked <= floors) and np.all(floors <= found.gains + SLACK):
                return found
        rule = _Most(self.region, self.weights, who, sign, floors)
        chosen = best_single(self.region, self.weights, rule)
        if chosen.payoffs is None:
            return None
        gains = (chosen.payoffs - self.region.d) / self.region.scale
        found = Best(gains, ((1.0, chosen.tag),), np.zeros(2))
        known.append((floors, found))
        return found

    def _by_looking(self, who: int, sign: int, floors: FloatArray) -> Best | None:
        assert self._points is not None
        able = np.flatnonzero(np.all(self._points >= floors - SLACK, axis=1))
        if not len(able):
            return None
        gains = self._points[able]
        key = sign * gains[:, who]
        tied = np.flatnonzero(key >= key.max() - SLACK)
        k = tied[gains[tied, 1 - who].argmax()]
        return Best(gains[k], ((1.0, int(able[k])),), np.zeros(2))


def _directions(region: Region) -> FloatArray:
    """Weights whose bounds steer the search: units, and normals of the frontier's edges.

    The last rows bound how little a player gets.
    """
    angle = np.linspace(0, np.pi / 2, 19)[1:-1]
    spread = np.column_stack([np.cos(angle), np.sin(angle)]) / region.scale
    down = np.array([[-1.0, 0.0], [0.0, -1.0]])
    rows = [np.eye(2), spread]
    if isinstance(region.problem.feasible, PackageSet):
        points, _ = efficient_edge(as_support_set(region.problem.feasible, region.d))
        step = np.abs(np.diff(points, axis=0))[:, ::-1]
        some = np.unique(np.linspace(0, len(step) - 1, min(len(step), MOST_DIRECTIONS)).astype(int))
        rows.append(step[some] if len(step) else np.empty((0, 2)))
    return np.vstack([*rows, down])


def listed_play(talks: Talks, offers: ListedOffers) -> Play:
    """Return an equilibrium in which whoever is indifferent accepts.

    Without a horizon, going back through a cycle of rounds is monotone (more for one, less for the
    other), so that from the best end for the first proposer it falls to the highest fixed point.
    Once the same offers come twice their values are computed exactly, which is one step.
    """
    if talks.horizon is not None:
        return backwards(talks, offers.best, None)
    first = int(talks.chances(0).argmax())
    low, high = _outermost(talks, offers)
    value = np.where(np.arange(2) == first, high, low)
    before: object = None
    for _ in range(ROUNDS):
        play = backwards(talks, offers.best, value)
        if _choices(play) == before:
            worth = _worth(talks, play)
            settled = play if worth is None else backwards(talks, offers.best, worth)
            if worth is not None and _choices(settled) == before:
                return settled
        before, value = _choices(play), play.values[0]
    raise ConvergenceError(
        f"alternating_offers: no stationary equilibrium over single packages in {ROUNDS:,} rounds"
    )


def _outermost(talks: Talks, offers: ListedOffers) -> tuple[FloatArray, FloatArray]:
    """Return what each player gets at least and at most, whatever the equilibrium.

    Nobody agrees to less than the worse of an impasse and everybody's outside options; where delay
    has a cost and no end, it takes at most as many rounds as there are before an own proposal.
    """
    ends = np.array([talks.impasse, talks.outside, talks.floor])
    ends = np.where(np.isfinite(ends), ends, 0.0)
    low, high = ends.min(axis=0), ends.max(axis=0)
    if not np.all(np.isfinite(talks.impasse)):
        often = talks.recognition.mean(axis=0)
        low = low - talks.costs / np.where(often > 0, often, 1.0)
    for i in range(2):
        best = offers.extreme(i, 1, low)
        if best is not None:
            high[i] = max(high[i], best.gains[i])
    return low, high


def _choices(play: Play) -> object:
    return [[(turn.outcome, turn.lottery) for turn in made] for made in play.turns]


def _worth(talks: Talks, play: Play) -> FloatArray | None:
    """Return the value of the first round when everybody goes on with the same offers.

    None when they are refused for ever at a cost, which has no value.
    """
    value, slope = np.zeros(2), np.ones(2)
    for stage in reversed(range(talks.stages)):
        chances = talks.chances(stage)
        fixed, moving = np.zeros(2), 0.0
        for turn in play.turns[stage]:
            if turn.outcome == REFUSED:
                moving += chances[turn.proposer]
            else:
                fixed += chances[turn.proposer] * turn.gains
        value = fixed + moving * (talks.constant + talks.patience * value)
        slope = moving * talks.patience * slope
    return np.asarray(value / (1 - slope)) if np.all(slope < 1) else None


def listed_bounds(talks: Talks, offers: ListedOffers) -> tuple[FloatArray, FloatArray]:
    """Return bounds (N,) on the gains of every pure subgame-perfect equilibrium at the start."""
    if talks.horizon is not None:
        low = high = talks.breakdown_payoffs
        for stage in reversed(range(talks.stages)):
            ends = low, high
            if stage + 1 < talks.stages:
                ends = talks.rejection(low), talks.rejection(high)
            low, high = _bounds_of_round(talks, offers, stage, *ends)
        return low, high
    low, high = _outermost(talks, offers)
    for _ in range(ROUNDS_OF_BOUNDS):
        before = low, high
        for stage in reversed(range(talks.stages)):
            ends = talks.rejection(low), talks.rejection(high)
            low, high = _bounds_of_round(talks, offers, stage, *ends)
        low, high = np.maximum(low, before[0]), np.minimum(high, before[1])
        if np.all(low - before[0] <= SETTLED) and np.all(before[1] - high <= SETTLED):
            break
    return low, high


def _bounds_of_round(
    talks: Talks, offers: ListedOffers, stage: int, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return bounds at the start of a round from those of a rejection in it."""
    chances = talks.chances(stage)
    least, most = np.zeros(2), np.zeros(2)
    for j in np.flatnonzero(chances > 0):
        ends = _bounds_of_turn(talks, offers, int(j), low, high)
        least, most = least + chances[j] * ends[0], most + chances[j] * ends[1]
    return least, most


def _bounds_of_turn(
    talks: Talks, offers: ListedOffers, j: int, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return bounds when j proposes and a rejection is worth between `low` and `high`.

    The proposer gets at least what surely is accepted (the other strictly prefers it), or a
    refusal; at most what may be accepted, or a refusal.
    """
    i = 1 - j
    refused = []
    if talks.outside[i] >= low[i] - SLACK:
        refused.append((talks.outside, talks.outside))
    if talks.outside[i] <= high[i] + SLACK:
        refused.append((low, high))
    worst = np.min([ends[0] for ends in refused], axis=0)
    best = np.max([ends[1] for ends in refused], axis=0)
    possible = np.where(np.arange(2) == j, talks.floor, talks.demands(low))
    sure = np.where(np.arange(2) == j, talks.floor, talks.demands(high) + 3 * SLACK)
    safe = offers.extreme(j, 1, sure)
    assured = max(worst[j], -np.inf if safe is None else safe.gains[j])
    possible[j] = max(talks.floor[j], assured)
    found = [offers.extreme(who, sign, possible) for who in (0, 1) for sign in (-1, 1)]
    gains = [each.gains for each in found if each is not None]
    if best[j] >= assured - SLACK or not gains:
        gains += [np.where(np.arange(2) == j, assured, worst), best]
    return np.min(gains, axis=0), np.max(gains, axis=0)
