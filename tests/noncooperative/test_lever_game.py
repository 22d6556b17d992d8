"""Equilibria of lever games against listing all packages, which only the tests do."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.noncooperative.levers.lever_game import joint_lottery, lever_equilibrium

A, B = bg.Player("A"), bg.Player("B")


def game(seed: int, *, levers: int = 4, levels: int = 2, pairs: int = 5) -> bg.Negotiation:
    """Two players with half of the levers each, and payoffs over single levers and pairs."""
    rng = np.random.default_rng(seed)
    own = [bg.Lever(f"l{j}", (A, B)[j % 2], range(levels), 0) for j in range(levers)]
    terms = [bg.TablePayoff(v, {p: rng.normal(size=levels) for p in (A, B)}) for v in own]
    for _ in range(pairs):
        a, b = sorted(rng.choice(levers, 2, replace=False))
        table = {p: rng.normal(size=(levels, levels)) for p in (A, B)}
        terms.append(bg.TablePayoff((own[a], own[b]), table))
    return bg.Negotiation([A, B], own, terms)


def regret_by_listing(negotiation: bg.Negotiation, equilibrium: bg.Equilibrium) -> float:
    """Return the largest gain from any own package, over the payoff range of all packages."""
    sides = []
    for player in negotiation.player_names:
        levers = negotiation.owned_by(player)
        grids = itertools.product(*(lever.array().tolist() for lever in levers))
        sides.append([dict(zip([v.name for v in levers], g, strict=True)) for g in grids])
    packages = [
        {k: v for own in joint for k, v in own.items()} for joint in itertools.product(*sides)
    ]
    payoffs = negotiation.payoffs(packages)
    tables = payoffs.T.reshape(len(sides), *map(len, sides))
    strategies = [
        np.array([sum(p for p, own in strategy if dict(own) == one) for one in side])
        for side, strategy in zip(sides, equilibrium.strategies, strict=True)
    ]
    normal = bg.NormalFormGame.from_arrays(*tables)
    np.testing.assert_allclose(normal.payoffs(strategies), equilibrium.payoffs, atol=1e-9)
    return float((normal.regret(strategies) / normal.scale).max())


@settings(max_examples=80)
@given(
    seed=st.integers(0, 100_000),
    levers=st.integers(1, 5),
    levels=st.integers(1, 3),
    pairs=st.integers(0, 6),
)
def test_nobody_gains_by_any_package_when_all_are_listed(seed, levers, levels, pairs) -> None:
    negotiation = game(seed, levers=levers, levels=levels, pairs=pairs if levers > 1 else 0)
    equilibrium = bg.nash_equilibrium(negotiation)
    assert regret_by_listing(negotiation, equilibrium) <= 1e-9
    assert equilibrium.regret <= 1e-9
    assert bg.verify(equilibrium)


def test_matching_pennies_in_levers_is_played_half_and_half() -> None:
    ours, theirs = bg.Lever("ours", A, [0, 1], 0), bg.Lever("theirs", B, [0, 1], 0)
    pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    term = bg.TablePayoff((ours, theirs), {A: pennies, B: -pennies})
    equilibrium = bg.nash_equilibrium(bg.Negotiation([A, B], [ours, theirs], [term]))
    for strategy in equilibrium.strategies:
        np.testing.assert_allclose([p for p, _ in strategy], [0.5, 0.5])
    assert not equilibrium.is_pure
    assert equilibrium.method == "double oracle"
    assert len(joint_lottery(equilibrium)) == 4
    assert sum(p for p, _ in joint_lottery(equilibrium)) == pytest.approx(1)


def test_a_tariff_war_is_the_equilibrium_of_the_tariff_dilemma() -> None:
    scenario = bg.load_scenario("tariff-dilemma")
    equilibrium = bg.nash_equilibrium(scenario)
    assert equilibrium.is_pure
    better = [
        p
        for p in itertools.product(*(lever.array() for lever in scenario.levers))
        if (
            scenario.payoffs(dict(zip([v.name for v in scenario.levers], p, strict=True)))
            > equilibrium.payoffs
        ).all()
    ]
    assert better  # both would be better off with other tariffs


def test_levers_that_share_no_term_are_set_by_dominance() -> None:
    negotiation = game(1, levers=200, levels=5, pairs=0)
    equilibrium = bg.nash_equilibrium(negotiation)
    for factor in negotiation.factors:
        [j] = factor.scope
        lever = negotiation.free_levers[j]
        side = negotiation.player_names.index(lever.owner)
        [(_, own)] = equilibrium.strategies[side]
        assert lever.index(own[lever.name]) == factor.table[side].argmax()


@settings(max_examples=30)
@given(seed=st.integers(0, 100_000), unit=st.sampled_from([1e-9, 1e-3, 1e6]))
def test_units_and_constants_of_payoffs_do_not_choose_the_equilibrium(seed, unit) -> None:
    negotiation = game(seed)
    shifted = bg.Negotiation(
        [A, B],
        negotiation.levers,
        [
            bg.TablePayoff(
                [negotiation.levers[j] for j in factor.scope],
                {A: factor.table[0] * unit + unit, B: factor.table[1] * 2},
            )
            for factor in negotiation.factors
        ],
    )
    first, second = bg.nash_equilibrium(negotiation), bg.nash_equilibrium(shifted)
    for one, other in zip(first.strategies, second.strategies, strict=True):
        assert [own for _, own in one] == [own for _, own in other]
        np.testing.assert_allclose([p for p, _ in one], [p for p, _ in other], atol=1e-6)


@settings(max_examples=30)
@given(seed=st.integers(0, 100_000))
def test_the_order_of_levers_does_not_choose_a_pure_equilibrium(seed) -> None:
    negotiation = game(seed)
    turned = bg.Negotiation([A, B], negotiation.levers[::-1], negotiation.terms)
    first, second = bg.nash_equilibrium(negotiation), bg.nash_equilibrium(turned)
    assert first.is_pure == second.is_pure
    if first.is_pure:
        np.testing.assert_allclose(first.payoffs, second.payoffs)


def test_fixed_levers_stand_still_and_a_player_without_levers_plays_the_empty_package() -> None:
    negotiation = game(3).fix({"l1": 1, "l3": 0})
    equilibrium = bg.nash_equilibrium(negotiation)
    assert equilibrium.strategies[1] == ((1.0, bg.Package({})),)
    [(_, package)] = joint_lottery(equilibrium)
    assert (package["l1"], package["l3"]) == (1, 0)
    assert bg.verify(equilibrium)


def test_three_players_with_a_pure_equilibrium() -> None:
    equilibrium = bg.nash_equilibrium(bg.load_scenario("ally"))
    assert len(equilibrium.players) == 3
    assert equilibrium.is_pure
    assert bg.verify(equilibrium)


def test_every_start_is_counted_and_the_first_one_decides() -> None:
    ours, theirs = bg.Lever("ours", A, [0, 1], 0), bg.Lever("theirs", B, [0, 1], 0)
    term = bg.TablePayoff((ours, theirs), {A: [[2, 0], [0, 1]], B: [[1, 0], [0, 2]]})
    battle = bg.Negotiation([A, B], [ours, theirs], [term])
    low = bg.nash_equilibrium(battle)
    assert (low.number_found, low.payoffs.tolist()) == (2, [2, 1])
    high = bg.nash_equilibrium(battle, starts=["highest"])
    assert (high.number_found, high.payoffs.tolist()) == (1, [1, 2])
    package = bg.nash_equilibrium(battle, starts=[{"ours": 1, "theirs": 1}])
    assert package.payoffs.tolist() == [1, 2]
    assert "a given package" in package.selection


def test_random_starts_are_reproducible() -> None:
    negotiation = game(11, levers=6, pairs=9)
    runs = [bg.nash_equilibrium(negotiation, random_starts=5, rng=7).to_dict() for _ in range(2)]
    assert runs[0] == runs[1]


def test_a_tampered_equilibrium_is_found_out() -> None:
    equilibrium = bg.nash_equilibrium(game(2))
    assert bg.verify(equilibrium)
    assert not bg.verify(dataclasses.replace(equilibrium, payoffs=equilibrium.payoffs + 1.0))
    [*_, (share, own)] = equilibrium.strategies[0]
    moved = bg.Package({**own, "l0": 1 - own["l0"]})
    strategies = (((share, moved),), equilibrium.strategies[1])
    assert not bg.verify(dataclasses.replace(equilibrium, strategies=strategies))


def test_forty_levers_of_five_levels_have_no_regret_over_ten_to_the_fourteen_packages() -> None:
    equilibrium = bg.nash_equilibrium(game(0, levers=40, levels=5, pairs=90))
    assert equilibrium.regret <= 1e-9
    assert bg.verify(equilibrium)


def test_bad_calls_are_named() -> None:
    negotiation = game(0)
    with pytest.raises(bg.InputError, match="starts: expected 'status quo', 'lowest'"):
        bg.nash_equilibrium(negotiation, starts=["middle"])
    with pytest.raises(bg.InputError, match="starts: expected a sequence of starts"):
        bg.nash_equilibrium(negotiation, starts="lowest")
    with pytest.raises(bg.InputError, match="starts: expected at least one"):
        bg.nash_equilibrium(negotiation, starts=[])
    with pytest.raises(bg.InputError, match="random_starts: expected a number >= 0, and with it"):
        bg.nash_equilibrium(negotiation, random_starts=3)
    with pytest.raises(bg.InputError, match="max_rounds: expected a number >= 1, got 0"):
        bg.nash_equilibrium(negotiation, max_rounds=0)
    with pytest.raises(bg.InputError, match="options are for lever games only"):
        bg.nash_equilibrium(bg.NormalFormGame.from_arrays([[1]], [[1]]), rng=1)
    with pytest.raises(bg.InputError, match="expected a NormalFormGame or Negotiation, got 3"):
        bg.nash_equilibrium(3)
    smooth = bg.Lever("s", A, bg.Interval(0, 1), 0.5)
    with pytest.raises(bg.InputError, match="a finite sequence is needed here"):
        lever_equilibrium(bg.Negotiation([A], [smooth], []))


@pytest.mark.parametrize("solve", [bg.nash_equilibrium, bg.nash_equilibria])
def test_an_unknown_option_is_named_with_the_known_ones(solve) -> None:
    with pytest.raises(bg.InputError, match="unknown option 'start': did you mean 'starts'"):
        solve(bg.load_scenario("tariff-dilemma"), start=["lowest"])
