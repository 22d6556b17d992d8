"""Single packages: branch and bound finds what listing all of them finds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining import (
    BargainingProblem,
    FrontierSet,
    InputError,
    Lever,
    Negotiation,
    Player,
    TablePayoff,
)
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.deterministic import LeximinRule, best_single, largest
from bargaining.cooperative.region import Region
from bargaining.optimize.elimination import maximizer
from bargaining.optimize.search import search
from tests.cooperative.problems import SINGLE, over_packages, random_game, solved


def best_by_listing(points, d, solution):
    """Return the best payoffs among listed points under the rule's definition, None if no deal."""
    gains = points - d
    able = (gains >= -1e-12).all(axis=1) & (gains > 1e-9).any(axis=1)
    if not able.any():
        return None
    gains, points = gains[able], points[able]
    if solution == "utilitarian":
        return points[gains.sum(axis=1).argmax()]
    if solution == "nash":
        counts = (gains > 1e-9).sum(axis=1)
        logs = np.log(np.where(gains > 1e-9, gains, 1.0)).sum(axis=1)
        return points[max(range(len(points)), key=lambda k: (counts[k], logs[k]))]
    most = gains.max(axis=0)
    units = np.ones(len(d)) if solution == "egalitarian" else np.where(most > 1e-9, most, 1.0)
    who = most > 1e-9 if solution == "kalai-smorodinsky" else np.ones(len(d), dtype=bool)
    keys = [tuple(np.sort((row / units)[who]).round(10)) for row in gains]
    return points[max(range(len(points)), key=keys.__getitem__)]


@pytest.mark.parametrize("solution", SINGLE)
@settings(max_examples=60)
@given(
    seed=st.integers(0, 100_000),
    levers=st.integers(1, 5),
    players=st.integers(1, 3),
    pairs=st.integers(0, 4),
)
def test_the_best_single_package_is_the_one_that_listing_finds(
    solution, seed, levers, players, pairs
) -> None:
    rng = np.random.default_rng(seed)
    game = random_game(rng, levers=levers, players=players, pairs=pairs)
    points = game.payoffs_at(np.array(list(itertools.product(range(3), repeat=levers))))
    d = points.mean(axis=0) + 0.3 * rng.normal(size=players)
    agreement = solved(over_packages(game, d), solution, lotteries=False)
    expected = best_by_listing(points, d, solution)
    assert agreement.agreed == (expected is not None)
    if expected is not None:
        if solution == "egalitarian" and (points >= d).all(axis=1).any():
            assert (agreement.gains.min()) >= (expected - d).min() - 1e-9
        else:
            np.testing.assert_allclose(agreement.payoffs, expected, atol=1e-9)
        assert len(agreement.lottery) == 1
        np.testing.assert_allclose(game.payoffs(agreement.package), agreement.payoffs, atol=1e-12)


@pytest.mark.parametrize("solution", SINGLE)
def test_a_lottery_may_be_gainful_where_no_single_point_is(solution: str) -> None:
    problem = BargainingProblem([[4, 0], [0, 4]], [1, 1])
    assert solved(problem, solution).agreed
    alone = solved(problem, solution, lotteries=False)
    assert not alone.agreed
    assert alone.certificate.kind == "search"
    assert "search over all packages found none" in alone.explain()


def test_nash_without_lotteries_lets_as_many_gain_as_can() -> None:
    """Caragiannis et al. (2019): a large gain of one does not outweigh the other's."""
    agreement = solved(BargainingProblem([[100, 0], [1, 1], [0, 50]], [0, 0]), lotteries=False)
    np.testing.assert_array_equal(agreement.payoffs, [1, 1])


def test_the_ideal_point_without_lotteries_is_over_single_packages() -> None:
    agreement = solved(BargainingProblem([[4, 0.5], [0.5, 4], [2, 2]], [1, 1]), lotteries=False)
    np.testing.assert_array_equal(agreement.ideal, [2, 2])


@pytest.mark.parametrize("solution", ["raiffa", "perles-maschler", "equal-area"])
def test_rules_for_convex_sets_refuse_single_packages(solution: str) -> None:
    with pytest.raises(InputError, match="defined for convex sets only"):
        bargain(BargainingProblem([[4, 0], [0, 4]], [0, 0]), solution, lotteries=False)


def test_a_set_without_single_packages_says_so() -> None:
    problem = BargainingProblem(FrontierSet(lambda u: 1 - u, (0, 1)), [0, 0])
    with pytest.raises(InputError, match="it needs packages or points, got a FrontierSet"):
        bargain(problem, lotteries=False)


@given(st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=2), min_size=1, max_size=12))
def test_the_largest_row_is_the_first_that_no_row_exceeds(rows: list[list[int]]) -> None:
    found = largest(np.array(rows, dtype=float))
    assert found == rows.index(max(rows))


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_of_packages_that_are_as_good_the_same_is_taken_whatever_is_met_before(seed: int) -> None:
    """Whole payoffs tie often; a look ahead must not decide between ties."""
    rng = np.random.default_rng(seed)
    who = [Player("A"), Player("B")]
    what = [Lever(f"lever {j}", who[j % 2], range(3), 0) for j in range(5)]
    terms = [TablePayoff(one, {p: rng.integers(-2, 3, 3) for p in who}) for one in what]
    game = Negotiation(who, what, terms)
    problem = over_packages(game, game.payoffs(game.status_quo))
    region = Region(problem)
    if not region.agreed:
        return
    weights = np.vstack([np.eye(region.size), np.ones((1, region.size))])
    units = region.scale
    plain = LeximinRule(region, weights, units, region.gainers)
    search(maximizer(game), weights, plain)
    chosen = best_single(
        region, weights, LeximinRule(region, weights, units, region.gainers)
    )  # fmt: skip
    assert chosen.tag == plain.chosen.tag
