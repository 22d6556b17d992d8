"""The exact maximiser against lists of all packages, on thousands of random small negotiations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining import Lever, LinearPayoff, Negotiation, Player
from bargaining.errors import IntractableError
from bargaining.model.factors import Factor
from bargaining.optimize import milp
from bargaining.optimize.averaging import averaged
from bargaining.optimize.elimination import Maximizer, maximizer
from bargaining.optimize.ordering import min_fill_order, neighbours
from bargaining.testing import negotiations
from tests.optimize.listing import all_indices, listed_payoffs, random_factors

CLOSE = {"rtol": 1e-12, "atol": 1e-12}


@pytest.mark.parametrize("seed", range(10))
def test_value_and_package_agree_with_listing(seed):
    rng = np.random.default_rng(seed)
    for _ in range(250):
        sizes, factors, players = random_factors(rng)
        weights = rng.normal(size=(3, players))
        best = Maximizer(sizes, factors, players).maximize(weights)
        indices = all_indices(sizes)
        worth = listed_payoffs(indices, factors, players) @ weights.T
        np.testing.assert_allclose(best.values, worth.max(axis=0), **CLOSE)
        np.testing.assert_array_equal(best.bounds, best.values)
        for row, found, value in zip(worth.T, best.indices, best.values, strict=True):
            at = np.ravel_multi_index(tuple(found), sizes)
            assert row[at] == pytest.approx(value, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("largest_table", [0, 20, 4_000_000])
def test_other_tables_over_the_same_levers_are_as_good_as_another_maximizer(largest_table):
    rng = np.random.default_rng(17)
    for _ in range(60):
        sizes, factors, _ = random_factors(rng)
        machine = Maximizer(sizes, factors, factors[0].table.shape[0] if factors else 1)
        machine.largest_table = largest_table
        tables = [rng.normal(size=(3, *factor.table.shape[1:])) for factor in factors]
        best = machine.maximize_tables(tables)
        for row in range(3 if factors else 1):
            others = [Factor(f.scope, t[[row]]) for f, t in zip(factors, tables, strict=True)]
            alone = Maximizer(sizes, others, 1).maximize(np.ones(1))
            np.testing.assert_allclose(best.values[row], alone.values[0], **CLOSE)
            found = listed_payoffs(best.indices[[row]], others, 1)[0]
            np.testing.assert_allclose(found, alone.values, **CLOSE)


@pytest.mark.parametrize("seed", range(4))
def test_losses_add_up_to_what_each_package_falls_short(seed):
    rng = np.random.default_rng(100 + seed)
    for _ in range(100):
        sizes, factors, players = random_factors(rng)
        weights = rng.normal(size=(2, players))
        machine = Maximizer(sizes, factors, players)
        indices = all_indices(sizes)
        worth = listed_payoffs(indices, factors, players) @ weights.T
        left = np.repeat(machine.maximize(weights).values[None], len(indices), axis=0)
        decided: set[int] = set()
        for lever, scope, table in machine.losses(weights):
            assert decided.issuperset(scope)
            assert table.min(initial=0.0) >= 0
            decided.add(lever)
            cell = (slice(None), indices[:, lever], *(indices[:, u] for u in scope))
            left = left - table[cell].T
        assert decided == set(range(len(sizes)))
        np.testing.assert_allclose(left, worth, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("seed", range(4))
def test_terms_averaged_over_random_levels_equal_the_listed_expectation(seed):
    rng = np.random.default_rng(200 + seed)
    for _ in range(100):
        sizes, factors, players = random_factors(rng)
        count = len(sizes)
        over = tuple(int(u) for u in rng.permutation(count)[: rng.integers(0, count + 1)])
        outcomes = int(rng.integers(1, 4))
        support = rng.integers([sizes[u] for u in over], size=(outcomes, len(over)))
        chances = rng.dirichlet(np.ones(len(support)))
        means, remaining = averaged(factors, count, over, support, chances)
        assert sorted((*remaining, *over)) == list(range(count))
        own_sizes = tuple(sizes[u] for u in remaining)
        own = all_indices(own_sizes)
        whole = np.zeros((len(own), count), dtype=np.int64)
        whole[:, remaining] = own
        expected = np.zeros((len(own), players))
        for row, chance in zip(support, chances, strict=True):
            whole[:, over] = row
            expected += chance * listed_payoffs(whole, factors, players)
        np.testing.assert_allclose(listed_payoffs(own, means, players), expected, **CLOSE)
        weights = rng.normal(size=players)
        best = Maximizer(own_sizes, means, players).maximize(weights)
        assert best.values[0] == pytest.approx((expected @ weights).max(), rel=1e-11, abs=1e-11)


@given(negotiations(max_scope=3), st.data())
@settings(max_examples=150)
def test_maximum_over_a_negotiation_with_fixed_levers_is_the_listed_one(game, data):
    moves = {
        lever.name: data.draw(st.sampled_from(lever.levels), label=lever.name)
        for lever in game.levers
        if data.draw(st.booleans(), label=f"fix {lever.name}")
    }
    weights = np.array([data.draw(st.integers(-3, 3)) for _ in game.players], dtype=float)
    indices = all_indices(game.sizes)
    stays = np.ones(len(indices), dtype=bool)
    for j, lever in enumerate(game.free_levers):
        if lever.name in moves:
            stays &= indices[:, j] == lever.index(moves[lever.name])
    worth = game.payoffs_at(indices[stays]) @ weights
    smaller = game.fix(moves)
    best = maximizer(smaller).maximize(weights)
    size = 1.0 + np.abs(worth).max()
    assert best.values[0] == pytest.approx(worth.max(), abs=1e-11 * size)
    package = smaller.package_at(best.indices[0])
    assert all(package[name] == level for name, level in moves.items())
    assert game.payoffs(package) @ weights == pytest.approx(worth.max(), abs=1e-11 * size)


def _entangled(rng, levers=5, levels=3, players=2):
    sizes = (levels,) * levers
    pairs = [(a, b) for a in range(levers) for b in range(a)]
    factors = [Factor((b, a), rng.normal(size=(players, levels, levels))) for a, b in pairs]
    factors.append(Factor((0,), rng.normal(size=(players, levels))))
    factors.append(Factor((), rng.normal(size=players)))
    return sizes, factors


@pytest.mark.parametrize("seed", range(25))
def test_integer_program_finds_the_same_maximum_as_elimination(seed):
    rng = np.random.default_rng(seed)
    sizes, factors, players = (*_entangled(rng), 2) if seed % 2 else random_factors(rng)
    weights = rng.normal(size=(2, players))
    exact = Maximizer(sizes, factors, players).maximize(weights)
    other = Maximizer(sizes, factors, players, largest_table=0)
    assert not other.tractable
    found = other.maximize(weights)
    np.testing.assert_allclose(found.values, exact.values, rtol=1e-9, atol=1e-9)
    assert (found.bounds >= found.values).all()
    worth = listed_payoffs(found.indices, factors, players)
    np.testing.assert_allclose(np.einsum("bn,bn->b", weights, worth), found.values, **CLOSE)


def test_too_large_for_both_methods_names_the_width_and_the_levers(monkeypatch):
    monkeypatch.setattr(milp, "LARGEST_PROGRAM", 10)
    sizes, factors = _entangled(np.random.default_rng(0))
    names = ["tariff", "fee", "soy", "chips", "rare earths"]
    machine = Maximizer(sizes, factors, 2, names=names, largest_table=50)
    with pytest.raises(IntractableError, match="width 4") as caught:
        machine.maximize(np.ones(2))
    assert caught.value.width == 4
    assert sorted(caught.value.levers) == sorted(names)
    assert all(name in str(caught.value) for name in names)


def test_batches_larger_than_the_memory_bound_are_split_and_find_the_same():
    rng = np.random.default_rng(3)
    sizes, factors = _entangled(rng)
    weights = rng.normal(size=(17, 2))
    whole = Maximizer(sizes, factors, 2).maximize(weights)
    split = Maximizer(sizes, factors, 2, largest_table=3**5).maximize(weights)
    np.testing.assert_array_equal(whole.indices, split.indices)
    np.testing.assert_allclose(whole.values, split.values, rtol=1e-14)


def test_renumbering_the_levers_renumbers_the_package():
    rng = np.random.default_rng(4)
    for _ in range(50):
        sizes, factors = _entangled(rng, levers=4)
        order = rng.permutation(4)
        moved = [Factor(tuple(int(order[u]) for u in f.scope), f.table) for f in factors]
        weights = rng.normal(size=2)
        first = Maximizer(sizes, factors, 2).maximize(weights)
        second = Maximizer(sizes, moved, 2).maximize(weights)
        np.testing.assert_array_equal(first.indices[0], second.indices[0][order])


def test_a_negotiation_without_free_levers_has_one_package():
    machine = Maximizer((), [Factor((), np.array([1.5, -2.0]))], 2)
    best = machine.maximize(np.array([2.0, 1.0]))
    assert best.values.tolist() == [1.0]
    assert best.indices.shape == (1, 0)


def test_a_chain_of_levers_costs_its_width_not_its_length():
    rng = np.random.default_rng(5)
    factors = [Factor((u, u + 1), rng.normal(size=(1, 4, 4))) for u in range(299)]
    machine = Maximizer((4,) * 300, factors, 1)
    assert machine.width == 1
    assert machine.largest_bucket[0] == 16
    values = np.zeros(4)
    for factor in factors:  # dynamic programming along the chain
        values = (values[:, None] + factor.table[0]).max(axis=0)
    assert machine.maximize(np.ones(1)).values[0] == pytest.approx(values.max(), rel=1e-13)


def test_min_fill_eliminates_trees_at_width_one_and_is_reproducible():
    rng = np.random.default_rng(6)
    edges = [(int(rng.integers(v)), v) for v in range(1, 40)]
    order = min_fill_order(neighbours(edges), [3] * 40)
    assert sorted(order) == list(range(40))
    graph = neighbours(edges)
    for lever in order:
        around = graph.pop(lever)
        assert len(around) <= 1
        for u in around:
            graph[u].discard(lever)
    assert order == min_fill_order(neighbours(reversed(edges)), [3] * 40)


def test_levels_of_a_lever_that_nobody_cares_about_do_not_matter():
    table = np.array([[0.0, 3.0, 1.0]])
    best = Maximizer((2, 3), [Factor((1,), table)], 1).maximize(np.ones(1))
    assert best.values.tolist() == [3.0]
    assert best.indices[0, 1] == 1


def test_maximizer_of_a_negotiation_is_built_once():
    lever = Lever("tariff", "A", levels=[0, 1], status_quo=0)
    game = Negotiation([Player("A")], [lever], [LinearPayoff(lever, {"A": 1.0})])
    assert maximizer(game) is maximizer(game)
    assert math.prod(maximizer(game).sizes) == game.number_of_packages
