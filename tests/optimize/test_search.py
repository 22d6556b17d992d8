"""Branch and bound over packages: complete, exact, and honest about its limits."""

from __future__ import annotations

import numpy as np
import pytest

from bargaining.errors import IntractableError
from bargaining.model.factors import Factor
from bargaining.optimize import search as module
from bargaining.optimize.elimination import Maximizer
from bargaining.optimize.search import Search, search
from tests.optimize.listing import all_indices, listed_payoffs, random_factors


class Everything:
    """A rule that discards nothing and notes what it is offered."""

    def __init__(self) -> None:
        self.seen: dict[tuple[int, ...], np.ndarray] = {}

    def promising(self, bounds):
        return np.ones(len(bounds), dtype=bool)

    def promise(self, bounds):
        return bounds[:, 0]

    def offer(self, indices, payoffs):
        for row, payoff in zip(indices.tolist(), payoffs, strict=True):
            self.seen[tuple(row)] = payoff


class Best(Everything):
    """Largest product of payoffs above 0, with products of bounds as the bound."""

    def __init__(self, players: int) -> None:
        self.players, self.best, self.offered = players, -1.0, 0

    def promising(self, bounds):
        return self.promise(bounds) > self.best

    def promise(self, bounds):
        return np.maximum(bounds[:, : self.players], 0).prod(axis=1)

    def offer(self, indices, payoffs):
        self.offered += len(indices)
        self.best = max(self.best, float(np.maximum(payoffs, 0).prod(axis=1).max()))


@pytest.mark.parametrize("block", [1, 3, 4096])
def test_a_rule_that_discards_nothing_sees_every_package_with_its_payoffs(block, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", block)
    rng = np.random.default_rng(block)
    for _ in range(20):
        sizes, factors, players = random_factors(rng, most_levers=4)
        rule = Everything()
        search(Maximizer(sizes, factors, players), np.eye(players), rule)
        indices = all_indices(sizes)
        assert set(rule.seen) == set(map(tuple, indices.tolist()))
        seen = np.array([rule.seen[tuple(row)] for row in indices.tolist()])
        expected = listed_payoffs(indices, factors, players)
        np.testing.assert_allclose(seen, expected, rtol=1e-12, atol=1e-12)


def test_bounds_discard_only_what_cannot_be_best():
    rng = np.random.default_rng(8)
    for _ in range(200):
        sizes, factors, players = random_factors(rng)
        rule = Best(players)
        weights = np.vstack([np.eye(players), rng.random((3, players))])
        search(Maximizer(sizes, factors, players), weights, rule)
        payoffs = listed_payoffs(all_indices(sizes), factors, players)
        expected = np.maximum(payoffs, 0).prod(axis=1).max()
        assert rule.best == pytest.approx(expected, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("beam", [1, 8])
def test_a_dive_offers_packages_with_their_payoffs_and_leaves_the_search_exact(beam):
    rng = np.random.default_rng(beam)
    for _ in range(50):
        sizes, factors, players = random_factors(rng)
        packages = Search(Maximizer(sizes, factors, players), np.eye(players))
        seen, rule = Everything(), Best(players)
        packages.dive(seen, beam)
        assert 0 < len(seen.seen) <= beam
        met = np.array(list(seen.seen))
        expected = listed_payoffs(met, factors, players)
        np.testing.assert_allclose(list(seen.seen.values()), expected, rtol=1e-12, atol=1e-12)
        packages.dive(rule, beam)
        packages.run(rule)
        payoffs = listed_payoffs(all_indices(sizes), factors, players)
        assert rule.best == pytest.approx(np.maximum(payoffs, 0).prod(axis=1).max(), abs=1e-11)


def test_a_dive_that_the_rule_discards_offers_nothing():
    class Nothing(Everything):
        def promising(self, bounds):
            return np.zeros(len(bounds), dtype=bool)

    rule = Nothing()
    factors = [Factor((u,), np.ones((1, 4))) for u in range(3)]
    Search(Maximizer((4,) * 3, factors, 1), np.eye(1)).dive(rule, 4)
    assert rule.seen == {}


def test_bounds_discard_most_of_a_large_negotiation():
    rng = np.random.default_rng(9)
    factors = [Factor((u,), rng.normal(size=(2, 4))) for u in range(12)]
    rule = Best(2)
    search(Maximizer((4,) * 12, factors, 2), np.vstack([np.eye(2), np.ones((1, 2))]), rule)
    assert rule.offered < 4**12 / 1000


def test_reaching_the_limit_is_an_error_that_says_so():
    factors = [Factor((u,), np.zeros((1, 4))) for u in range(8)]
    with pytest.raises(IntractableError, match="more than 1,000 partial packages"):
        search(Maximizer((4,) * 8, factors, 1), np.eye(1), Everything(), limit=1000)


def test_a_search_needs_elimination_and_names_the_width():
    factors = [Factor((0, 1, 2), np.zeros((1, 3, 3, 3)))]
    machine = Maximizer((3, 3, 3), factors, 1, names=["a", "b", "c"], largest_table=10)
    with pytest.raises(IntractableError, match="width 2") as caught:
        search(machine, np.eye(1), Everything())
    assert sorted(caught.value.levers) == ["a", "b", "c"]
