"""Several equilibria of lever games against their normal form, which only the tests list."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.testing import negotiations
from tests.noncooperative.listing import equilibrium_fault, listed_pure_equilibria

A, B, C = bg.Player("A"), bg.Player("B"), bg.Player("C")


def own_packages(negotiation: bg.Negotiation) -> list[list[dict[str, float]]]:
    """Return all own packages of every player."""
    sides = []
    for player in negotiation.player_names:
        levers = negotiation.owned_by(player)
        grids = itertools.product(*(lever.array().tolist() for lever in levers))
        sides.append([dict(zip([v.name for v in levers], g, strict=True)) for g in grids])
    return sides


def normal_form(negotiation: bg.Negotiation) -> np.ndarray:
    """Return the payoffs of all profiles, shape (N, K_1, ..., K_N)."""
    sides = own_packages(negotiation)
    packages = [
        {k: v for own in joint for k, v in own.items()} for joint in itertools.product(*sides)
    ]
    return negotiation.payoffs(packages).T.reshape(len(sides), *map(len, sides))


def as_arrays(negotiation: bg.Negotiation, equilibrium: bg.Equilibrium) -> list[np.ndarray]:
    """Return the strategies as probabilities of all own packages."""
    return [
        np.array([sum(p for p, own in strategy if dict(own) == one) for one in side])
        for side, strategy in zip(own_packages(negotiation), equilibrium.strategies, strict=True)
    ]


def random_game(seed: int, players=(A, B), *, levers=4, levels=2, pairs=5) -> bg.Negotiation:
    rng = np.random.default_rng(seed)
    own = [bg.Lever(f"l{j}", players[j % len(players)], range(levels), 0) for j in range(levers)]
    terms = [bg.TablePayoff(v, {p: rng.normal(size=levels) for p in players}) for v in own]
    for _ in range(pairs):
        a, b = sorted(rng.choice(levers, 2, replace=False))
        table = {p: rng.normal(size=(levels, levels)) for p in players}
        terms.append(bg.TablePayoff((own[a], own[b]), table))
    return bg.Negotiation(players, own, terms)


def pure_cells(equilibria: bg.Equilibria) -> set[tuple[int, ...]]:
    """Return the pure ones as cells of the normal form."""
    return {
        tuple(int(x.argmax()) for x in as_arrays(equilibria.game, each))
        for each in equilibria
        if each.is_pure
    }


@settings(max_examples=120, deadline=None)
@given(negotiations(max_players=2, max_levers=4, max_levels=3, max_scope=3))
def test_every_equilibrium_has_no_regret_in_the_listed_normal_form(negotiation) -> None:
    found = bg.nash_equilibria(negotiation)
    tables = normal_form(negotiation)
    for each in found:
        assert equilibrium_fault(tables, as_arrays(negotiation, each)) <= 1e-9
    assert bg.verify(found)
    assert found.certificate.value <= 1e-9


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_a_small_game_gives_all_equilibria_of_its_normal_form(seed) -> None:
    negotiation = random_game(seed)
    found = bg.nash_equilibria(negotiation)
    listed = bg.nash_equilibria(bg.NormalFormGame.from_arrays(*normal_form(negotiation)))
    assert found.completeness == listed.completeness == "all"
    assert len(found) == len(listed)
    for each in found:
        mine = np.concatenate(as_arrays(negotiation, each))
        assert min(np.abs(mine - np.concatenate(x.strategies)).max() for x in listed) <= 1e-8


@settings(max_examples=60, deadline=None)
@given(negotiations(max_players=2, max_levers=4, max_levels=3))
def test_a_complete_list_has_every_pure_equilibrium(negotiation) -> None:
    found = bg.nash_equilibria(negotiation)
    if found.completeness == "all":
        cells = set(listed_pure_equilibria(list(normal_form(negotiation))))
        assert pure_cells(found) == cells


def test_dominance_that_leaves_one_package_proves_it_the_only_equilibrium() -> None:
    negotiation = random_game(1, levers=200, levels=5, pairs=0)
    found = bg.nash_equilibria(negotiation)
    assert (len(found), found.completeness, found.method) == (1, "all", "iterated dominance")
    assert found[0].completeness == "all"
    assert bg.verify(found)


def test_a_few_entangled_levers_among_many_are_solved_completely() -> None:
    """Matching pennies in two levers beside 60 levers that dominance sets."""
    rng = np.random.default_rng(0)
    levers = [bg.Lever(f"l{j}", (A, B)[j % 2], range(4), 0) for j in range(60)]
    terms = [bg.TablePayoff(v, {p: rng.normal(size=4) for p in (A, B)}) for v in levers]
    ours, theirs = bg.Lever("ours", A, [0, 1], 0), bg.Lever("theirs", B, [0, 1], 0)
    pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    terms.append(bg.TablePayoff((ours, theirs), {A: pennies, B: -pennies}))
    found = bg.nash_equilibria(bg.Negotiation([A, B], [*levers, ours, theirs], terms))
    assert (len(found), found.completeness) == (1, "all")
    for strategy in found[0].strategies:
        np.testing.assert_allclose([p for p, _ in strategy], [0.5, 0.5])


@pytest.mark.parametrize("seed", range(4))
def test_coordination_on_many_levers_has_many_equilibria_and_more_starts_find_more(seed) -> None:
    """Each of 12 pairs of levers is a battle of its own: 2^12 pure equilibria and many mixed."""
    ours = [bg.Lever(f"a{j}", A, [0, 1], 0) for j in range(12)]
    theirs = [bg.Lever(f"b{j}", B, [0, 1], 0) for j in range(12)]
    terms = [
        bg.TablePayoff(pair, {A: [[2, 0], [0, 1]], B: [[1, 0], [0, 2]]})
        for pair in zip(ours, theirs, strict=True)
    ]
    battles = bg.Negotiation([A, B], [*ours, *theirs], terms)
    few = bg.nash_equilibria(battles)
    many = bg.nash_equilibria(battles, random_starts=20, rng=seed)
    assert few.completeness == many.completeness == "some"
    assert "few of the packages" in many.reason
    assert 2 <= len(few) < len(many)
    assert len(pure_levels(many)) == sum(each.is_pure for each in many)
    assert bg.verify(many)


def pure_levels(equilibria: bg.Equilibria) -> set[tuple[float, ...]]:
    return {
        tuple(x for [(_, own)] in each.strategies for x in own.values())
        for each in equilibria
        if each.is_pure
    }


def test_several_mixed_equilibria_of_a_large_game_are_different_and_verified() -> None:
    negotiation = random_game(6, levers=20, levels=4, pairs=30)
    found = bg.nash_equilibria(negotiation, random_starts=6, rng=1)
    assert negotiation.number_of_packages == 4**20
    assert len(found) >= 3
    assert not all(each.is_pure for each in found)
    assert bg.verify(found)
    payoffs = {tuple(each.payoffs.round(9)) for each in found}
    assert len(payoffs) == len(found)


def test_the_first_of_an_incomplete_list_is_what_one_equilibrium_is() -> None:
    negotiation = random_game(5, levers=16, levels=3, pairs=30)
    first, one = bg.nash_equilibria(negotiation)[0], bg.nash_equilibrium(negotiation)
    np.testing.assert_allclose(first.payoffs, one.payoffs)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1e-6, 1e4]))
def test_units_do_not_change_the_list(seed, unit) -> None:
    negotiation = random_game(seed, levers=5, levels=2, pairs=6)
    scaled = bg.Negotiation(
        [A, B],
        negotiation.levers,
        [
            bg.TablePayoff(
                [negotiation.levers[j] for j in factor.scope],
                {A: factor.table[0] * unit, B: factor.table[1] + 3},
            )
            for factor in negotiation.factors
        ],
    )
    first, second = bg.nash_equilibria(negotiation), bg.nash_equilibria(scaled)
    assert len(first) == len(second)
    shift = 3 * len(negotiation.factors)
    moved = {(round(x / unit, 6), round(y - shift, 6)) for x, y in (e.payoffs for e in second)}
    assert {(round(x, 6), round(y, 6)) for x, y in (e.payoffs for e in first)} == moved


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([(A, B), (A, B, C)]))
def test_the_order_of_players_levers_and_terms_does_not_choose_the_equilibrium(seed, who) -> None:
    """Mixed ones included: payoffs without ties leave the searches nothing to decide by order."""
    negotiation = random_game(seed, who, levers=9, levels=2, pairs=16)
    turned = bg.Negotiation(who[::-1], negotiation.levers[::-1], negotiation.terms[::-1])
    first, second = bg.nash_equilibrium(negotiation), bg.nash_equilibrium(turned)
    np.testing.assert_allclose(first.payoffs, second.payoffs[::-1], atol=1e-7)
    assert first.method == second.method


def test_one_player_alone_is_a_maximisation_with_its_ties() -> None:
    lever = bg.Lever("tariff", A, [0, 1, 2], 0)
    game = bg.Negotiation([A], [lever], [bg.TablePayoff(lever, {A: [1, 3, 3]})])
    found = bg.nash_equilibria(game)
    assert found.completeness == "all"
    assert pure_levels(found) == {(1.0,), (2.0,)}
    assert bg.verify(found)


def three_player_circle() -> bg.Negotiation:
    """Each of three wants to differ from the next one: no pure equilibrium."""
    levers = [bg.Lever(f"of {p}", p, [0, 1], 0) for p in (A, B, C)]
    same = np.eye(2)
    terms = [
        bg.TablePayoff((levers[0], levers[1]), {A: 1 - same}),
        bg.TablePayoff((levers[1], levers[2]), {B: 1 - same}),
        bg.TablePayoff((levers[2], levers[0]), {C: 1 - same}),
    ]
    return bg.Negotiation([A, B, C], levers, terms)


def test_three_players_who_want_to_differ_in_a_circle_all_play_half_and_half() -> None:
    equilibrium = bg.nash_equilibrium(three_player_circle())
    for strategy in equilibrium.strategies:
        np.testing.assert_allclose([p for p, _ in strategy], [0.5, 0.5], atol=1e-8)
    assert bg.verify(equilibrium)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_equilibria_of_three_players_have_no_regret_in_the_normal_form(seed) -> None:
    negotiation = random_game(seed, (A, B, C), levers=6, levels=2, pairs=9)
    equilibrium = bg.nash_equilibrium(negotiation)
    fault = equilibrium_fault(normal_form(negotiation), as_arrays(negotiation, equilibrium))
    assert fault <= 1e-9
    assert bg.verify(equilibrium)


@settings(max_examples=25, deadline=None)
@given(negotiations(min_players=3, max_players=3, max_levers=5, max_levels=3, max_scope=3))
def test_several_equilibria_of_three_players_are_equilibria(negotiation) -> None:
    found = bg.nash_equilibria(negotiation)
    tables = normal_form(negotiation)
    for each in found:
        assert equilibrium_fault(tables, as_arrays(negotiation, each)) <= 1e-9
    assert bg.verify(found)


def test_bad_calls_are_named() -> None:
    negotiation = random_game(0)
    with pytest.raises(bg.InputError, match="starts: expected 'status quo', 'lowest'"):
        bg.nash_equilibria(negotiation, starts=["middle"])
    with pytest.raises(bg.InputError, match="max_rounds: expected a number >= 1, got 0"):
        bg.nash_equilibria(negotiation, max_rounds=0)
    with pytest.raises(bg.InputError, match="exact: expected a two-player game, got a negotiation"):
        bg.nash_equilibria(negotiation, exact=True)
