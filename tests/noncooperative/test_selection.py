"""Rules that select an equilibrium: the games of the books, and what must not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.noncooperative.selection import select

A, B, C = bg.Player("A"), bg.Player("B"), bg.Player("C")


def lever_game(first, second, status_quo=(0, 0)) -> bg.Negotiation:
    """Two players with a lever each."""
    first = np.asarray(first, dtype=float)
    ours = bg.Lever("ours", A, range(first.shape[0]), status_quo[0])
    theirs = bg.Lever("theirs", B, range(first.shape[1]), status_quo[1])
    return bg.Negotiation(
        [A, B], [ours, theirs], [bg.TablePayoff((ours, theirs), {A: first, B: second})]
    )


HUNT = ([[4, 0], [3, 3]], [[4, 3], [0, 3]])
"""Stag hunt: (stag, stag) pays most, (hare, hare) risks less (Harsanyi and Selten 1988)."""

BATTLE = ([[2, 0], [0, 1]], [[1, 0], [0, 2]])


def test_stag_hunt_payoff_and_risk_dominance_part_ways() -> None:
    for game in (bg.NormalFormGame.from_arrays(*HUNT), lever_game(*HUNT)):
        found = bg.nash_equilibria(game)
        stag, hare = select(found, "payoff-dominant"), select(found, "risk-dominant")
        assert stag.payoffs.tolist() == [4, 4]
        assert hare.payoffs.tolist() == [3, 3]
        assert "payoff-dominant among all 3 found" in stag.selection
        assert "risk-dominant among all 3 found" in hare.selection
        assert bg.verify(stag)
        assert bg.verify(hare)


def test_a_finite_game_and_a_lever_game_take_the_rule_as_an_option() -> None:
    finite, hunt = bg.NormalFormGame.from_arrays(*HUNT), lever_game(*HUNT)
    assert bg.nash_equilibrium(finite, selection="payoff-dominant").payoffs.tolist() == [4, 4]
    assert bg.nash_equilibrium(finite, selection="risk-dominant").payoffs.tolist() == [3, 3]
    assert bg.nash_equilibrium(finite, selection=None).regret == 0
    assert bg.nash_equilibrium(hunt, selection="payoff-dominant").payoffs.tolist() == [4, 4]
    assert bg.nash_equilibrium(hunt, selection="risk-dominant").payoffs.tolist() == [3, 3]
    assert bg.nash_equilibrium(hunt, selection="focal").payoffs.tolist() == [4, 4]
    other = lever_game(*HUNT, status_quo=(1, 1))
    assert bg.nash_equilibrium(other, selection="focal").payoffs.tolist() == [3, 3]


def test_battle_of_the_sexes_has_no_payoff_dominant_and_no_risk_dominant_equilibrium() -> None:
    found = bg.nash_equilibria(lever_game(*BATTLE))
    with pytest.raises(bg.BargainingError, match=r"not dominated are number 1 .* number 2"):
        select(found, "payoff-dominant")
    with pytest.raises(bg.BargainingError, match="risk-dominant': no pure equilibrium"):
        select(found, "risk-dominant")


@settings(max_examples=60)
@given(st.integers(2, 9), st.integers(2, 9), st.integers(1, 9), st.integers(1, 9))
def test_risk_dominance_of_two_by_two_games_is_the_product_of_deviation_losses(a, b, c, d) -> None:
    """U = diag(a, c) and diag(b, d): a b against c d (Harsanyi and Selten 1988)."""
    found = bg.nash_equilibria(lever_game([[a, 0], [0, c]], [[b, 0], [0, d]]))
    if a * b == c * d:
        with pytest.raises(bg.BargainingError):
            select(found, "risk-dominant")
    else:
        expected = [a, b] if a * b > c * d else [c, d]
        assert select(found, "risk-dominant").payoffs.tolist() == expected


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1e-5, 20.0]), st.floats(-50, 50))
def test_units_constants_and_names_of_strategies_do_not_select(seed, unit, constant) -> None:
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(2, 3, 3)) + 2 * np.eye(3)
    turned = rng.permutation(3)
    plain = bg.nash_equilibria(bg.NormalFormGame.from_arrays(first, second))
    other = bg.nash_equilibria(
        bg.NormalFormGame.from_arrays(unit * first[turned] + constant, second[turned])
    )
    for rule in ("payoff-dominant", "risk-dominant"):
        try:
            one = select(plain, rule)
        except bg.BargainingError:
            with pytest.raises(bg.BargainingError):
                select(other, rule)
            continue
        two = select(other, rule)
        np.testing.assert_allclose(one.strategies[0][turned], two.strategies[0], atol=1e-8)
        np.testing.assert_allclose(one.strategies[1], two.strategies[1], atol=1e-8)


def test_risk_dominance_that_goes_round_in_a_circle_is_refused() -> None:
    """Losses of a deviation from one to the next are larger than those from the next to the one."""
    first = np.array([[0.0, -3.0, -1.0], [-1.0, 0.0, -3.0], [-3.0, -1.0, 0.0]])
    found = bg.nash_equilibria(bg.NormalFormGame.from_arrays(first, first))
    assert sum(each.is_pure for each in found) == 3
    with pytest.raises(bg.BargainingError, match=r"go round in a circle"):
        select(found, "risk-dominant")


def test_focal_distances_count_each_lever_by_its_range() -> None:
    """Ten steps of a hundred are nearer than one of two."""
    wide, narrow = bg.Lever("wide", A, [0, 10, 100], 0), bg.Lever("narrow", B, [0, 1, 2], 0)
    same = np.array([[0, 0, 3.0], [5.0, 0, 0], [0, 4, 0]])
    term = bg.TablePayoff((wide, narrow), {A: same, B: same})
    game = bg.Negotiation([A, B], [wide, narrow], [term])
    nearest = bg.nash_equilibrium(game, selection="focal")
    assert nearest.payoffs.tolist() == [5, 5]
    assert "at the distance 0.1 from the status quo" in nearest.selection


def test_focal_ties_go_to_the_larger_sum_of_payoffs_and_else_are_refused() -> None:
    same = [[0, 0, 3], [0, -1, 0], [2, 0, 0]]
    tied = bg.nash_equilibrium(lever_game(same, same, (1, 1)), selection="focal")
    assert tied.payoffs.tolist() == [3, 3]
    assert "of the largest sum of payoffs" in tied.selection
    even = lever_game([[0, 3], [3, 0]], [[0, 3], [3, 0]])
    with pytest.raises(bg.BargainingError, match="focal': 2 equilibria are at the distance 1"):
        bg.nash_equilibrium(even, selection="focal")


def test_rules_that_do_not_apply_are_named() -> None:
    found = bg.nash_equilibria(bg.NormalFormGame.from_arrays(*HUNT))
    with pytest.raises(bg.InputError, match="focal': expected a lever game"):
        select(found, "focal")
    with pytest.raises(bg.InputError, match="expected one of 'payoff-dominant', 'risk-dominant'"):
        select(found, "best")
    with pytest.raises(bg.InputError, match="expected one of 'payoff-dominant', 'risk-dominant'"):
        bg.nash_equilibrium(found.game, selection="best")
    with pytest.raises(bg.InputError, match="expected one of 'payoff-dominant', 'risk-dominant'"):
        bg.nash_equilibrium(lever_game(*HUNT), selection="best")
    levers = [bg.Lever(f"of {p}", p, [0, 1], 0) for p in (A, B, C)]
    terms = [bg.TablePayoff(levers, {p: np.ones((2, 2, 2)) for p in (A, B, C)})]
    with pytest.raises(bg.InputError, match="expected two players who have a choice, got 3"):
        bg.nash_equilibrium(bg.Negotiation([A, B, C], levers, terms), selection="risk-dominant")


def test_one_equilibrium_is_what_every_rule_selects() -> None:
    dilemma = lever_game([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    for rule in ("payoff-dominant", "risk-dominant", "focal"):
        assert bg.nash_equilibrium(dilemma, selection=rule).payoffs.tolist() == [1, 1]
