"""Regimes: induced negotiations, separate tables and their comparison."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.errors import ConvergenceError
from bargaining.linkage.regimes.induced import induce
from bargaining.linkage.regimes.regimes import default_regimes
from bargaining.linkage.regimes.separate import bargain_separately
from bargaining.optimize.elimination import maximizer
from bargaining.strategic.disagreement import StatusQuo
from bargaining.types import FloatArray

A, B = bg.Player("A"), bg.Player("B")


def random_game(seed: int, *, spanning: bool = True) -> bg.Negotiation:
    """Four levers, one economic and one security lever a player, and pairwise terms."""
    rng = np.random.default_rng(seed)
    levers = [
        bg.Lever("a1", A, [0, 1, 2], 0),
        bg.Lever("a2", A, [0, 1], 0, domain="security"),
        bg.Lever("b1", B, [0, 1, 2], 1),
        bg.Lever("b2", B, [0, 1], 1, domain="security"),
    ]
    terms: list[bg.Payoff] = [
        bg.TablePayoff(lever, {p: rng.normal(size=len(lever.array())) for p in (A, B)})
        for lever in levers
    ]
    pairs = itertools.combinations(levers, 2) if spanning else [(levers[0], levers[2])]
    for first, second in pairs:
        shape = (len(first.array()), len(second.array()))
        terms.append(bg.TablePayoff((first, second), {p: rng.normal(size=shape) for p in (A, B)}))
    return bg.Negotiation([A, B], levers, terms)


def hull_support(game: bg.Negotiation, weights: FloatArray) -> FloatArray:
    return maximizer(game).maximize(weights).bounds


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_induced_payoffs_are_those_at_the_nash_response_to_each_agreed_package(seed: int) -> None:
    game = random_game(seed)
    try:
        induced = induce(game, ["a1", "b1"])
    except ConvergenceError:
        return
    for levels in itertools.product([0, 1, 2], repeat=2):
        agreed = dict(zip(["a1", "b1"], levels, strict=True))
        package = induced.negotiation.package(agreed)
        lottery = induced.complete(((1.0, package),))
        shares = np.array([share for share, _ in lottery])
        expected = shares @ game.payoffs([full for _, full in lottery])
        np.testing.assert_allclose(induced.negotiation.payoffs(package), expected, atol=1e-9)
        assert bg.nash_equilibrium(game.fix(agreed)).regret <= 1e-9
    assert induced.regret <= 1e-9


def test_levers_off_the_table_that_share_no_term_are_set_once_and_shift_payoffs_only() -> None:
    game = random_game(3, spanning=False)
    induced = induce(game, ["a1", "b1"])
    assert all(not response.given for response in induced.responses)
    assert induced.negotiation.number_of_packages == 9


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_putting_more_levers_on_the_table_never_shrinks_the_payoff_set(seed: int) -> None:
    game = random_game(seed)
    angles = np.linspace(0, 2 * np.pi, 17)
    weights = np.column_stack([np.cos(angles), np.sin(angles)])
    smaller = game.restrict(tradable=["a1", "b1"])
    assert (hull_support(game, weights) >= hull_support(smaller, weights) - 1e-9).all()


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_separate_tables_with_additive_payoffs_are_tables_bargained_alone(seed: int) -> None:
    game = random_game(seed, spanning=False)
    tables = [["a1", "b1"], ["a2", "b2"]]
    start = [((1.0, game.status_quo),)]
    together = bargain_separately(game, tables, "nash", StatusQuo(), lotteries=False, starts=start)
    assert together.additive
    assert together.fixed_points == 1
    quo = game.payoffs(game.status_quo)
    gains = sum(
        bg.solve(game.restrict(tradable=table), disagreement=quo, lotteries=False).gains
        for table in tables
    )
    [(_, package)] = together.lottery
    np.testing.assert_allclose(game.payoffs(package) - quo, gains, atol=1e-9)


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_a_fixed_point_of_separate_tables_is_each_tables_own_solution_given_the_others(
    seed: int,
) -> None:
    game = random_game(seed)
    tables = [["a1", "b1"], ["a2", "b2"]]
    try:
        found = bargain_separately(
            game, tables, "nash", StatusQuo(), lotteries=False,
            starts=[((1.0, game.status_quo),)],
        )  # fmt: skip
    except ConvergenceError:
        return
    [(_, package)] = found.lottery
    for table in tables:
        others = {name: package[name] for name in package if name not in table}
        rest = game.fix(others)
        best = bg.solve(rest, disagreement="status-quo", lotteries=False)
        own = best.package if best.agreed else rest.status_quo
        np.testing.assert_allclose(rest.payoffs(own), rest.payoffs(package), atol=1e-9)


def test_default_regimes_take_each_owners_controls_off_the_table_and_all_of_them() -> None:
    names = [regime.name for regime in default_regimes(random_game(0))]
    assert names == [
        "linked",
        "separate tables",
        "A security off the table",
        "B security off the table",
        "all security off the table",
    ]


def test_without_security_levers_only_the_linked_regime_remains() -> None:
    lever = bg.Lever("x", A, [0, 1], 0)
    game = bg.Negotiation([A, B], [lever], [bg.LinearPayoff(lever, {A: 1, B: 1})])
    assert [regime.name for regime in default_regimes(game)] == ["linked"]


def test_tradability_is_set_lever_by_lever_and_owner_by_owner() -> None:
    game = random_game(1)
    regime = bg.Regime("B's control on, A's off", ["a1", "b1", "b2"])
    outcome = bg.compare_regimes(
        game, disagreement="status-quo", regimes=[regime], off_table="standstill", lotteries=True
    ).outcomes[0]
    assert all(package["a2"] == 0 for _, package in outcome.lottery)


@pytest.mark.parametrize("own", [False, True])
def test_the_value_of_linkage_is_the_larger_set_plus_the_shift_of_the_disagreement_point(
    own: bool,
) -> None:
    comparison = bg.compare_regimes(
        bg.load_scenario("us-china-2025"), own_breakdown=own, off_table="standstill", beside=False
    )
    linked = comparison.outcomes[0].payoffs
    rows = iter(comparison.value_of_linkage().rows)
    for outcome in comparison.outcomes[1:]:
        for i in range(2):
            _, _, value, larger, shift = next(rows)
            assert isinstance(value, float)
            assert isinstance(larger, float)
            assert isinstance(shift, float)
            assert value == pytest.approx(linked[i] - outcome.payoffs[i])
            assert value == pytest.approx(larger + shift)
            assert own or shift == 0


def test_every_outcome_of_a_comparison_is_verified_and_a_false_payoff_is_found_out() -> None:
    comparison = bg.compare_regimes(random_game(5), disagreement="status-quo")
    assert comparison.certificate
    assert bg.verify(comparison)
    first = comparison.outcomes[0]
    false = dataclasses.replace(first, payoffs=first.payoffs + 1.0)
    assert not bg.verify(dataclasses.replace(comparison, outcomes=(false,)))


def test_a_comparison_can_be_read_as_text_dictionary_frame_and_html() -> None:
    comparison = bg.compare_regimes(random_game(5), disagreement="status-quo")
    assert "Value of the regime 'linked'" in str(comparison)
    assert comparison.to_dict()["outcomes"][0]["regime"] == "linked"
    assert len(comparison.to_frame()) == len(comparison.outcomes)
    assert comparison._repr_html_().startswith("<table>")
    assert comparison.explain().count("\n") == len(comparison.outcomes) - 1


def test_bad_regimes_are_named() -> None:
    game = random_game(0)
    with pytest.raises(bg.InputError, match="unknown lever 'c1'"):
        bg.compare_regimes(game, regimes=[bg.Regime("r", ["c1"])])
    with pytest.raises(bg.InputError, match="expected a partition of the tradable levers"):
        bg.Regime("r", ["a1", "b1"], [["a1"]])
    with pytest.raises(bg.InputError, match="a lever is named twice"):
        bg.Regime("r", ["a1", "a1"])
    with pytest.raises(bg.InputError, match="expected levers, got 'a1'"):
        bg.Regime("r", "a1")
    with pytest.raises(bg.InputError, match="off_table: expected one of"):
        bg.compare_regimes(game, off_table="frozen")
    with pytest.raises(bg.InputError, match="regimes: expected at least one"):
        bg.compare_regimes(game, regimes=[])
    with pytest.raises(bg.InputError, match="'max-min' does not say what each table's levers do"):
        bg.compare_regimes(game, disagreement="max-min")
    with pytest.raises(bg.InputError, match="lever 'a1' is fixed"):
        bg.compare_regimes(game.fix({"a1": 0}), regimes=[bg.Regime("r", ["a1"])])
    with pytest.raises(bg.InputError, match="unknown regime 'linkd': did you mean 'linked'"):
        bg.compare_regimes(game, disagreement="status-quo")["linkd"]
