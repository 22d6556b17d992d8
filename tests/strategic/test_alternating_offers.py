"""Alternating offers against the closed forms of the theory, its limits, and changes of units."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.strategic.alternating_offers import alternating_offers
from bargaining.testing import negotiations

PATIENCE = st.integers(1, 98).map(lambda n: n / 100)


def pie(size: int = 2, d: object = None) -> bg.BargainingProblem:
    return bg.BargainingProblem(bg.PointSet(np.eye(size)), np.zeros(size) if d is None else d)


def curved() -> bg.BargainingProblem:
    return bg.BargainingProblem(bg.FrontierSet(lambda u: float(np.sqrt(1 - u**2)), (0, 1)), [0, 0])


def corners() -> bg.BargainingProblem:
    return bg.BargainingProblem(bg.PointSet([[6, 0], [5, 3], [3, 5], [0, 6]]), [1, 0])


def packages(seed: int = 3) -> bg.Negotiation:
    rng = np.random.default_rng(seed)
    owners = [bg.Player("A"), bg.Player("B")]
    levers = [bg.Lever(f"lever {k}", owners[k % 2], [0, 1, 2], 0) for k in range(5)]
    terms = [bg.TablePayoff(x, {p: rng.normal(size=3) for p in owners}) for x in levers]
    return bg.Negotiation(owners, levers, terms)


def over_packages() -> bg.BargainingProblem:
    game = packages()
    return bg.BargainingProblem(bg.PackageSet(game), game.payoffs(game.status_quo))


PROBLEMS = {"pie": pie, "curve": curved, "polygon": corners, "packages": over_packages}


def offers(problem: object, *arguments: object, **options: object) -> bg.Offers:
    """Solve, and insist that the certificate holds and that `verify` confirms it."""
    found = alternating_offers(problem, *arguments, **options)
    assert found.certificate
    assert bg.verify(found), bg.verify(found)
    return found


def nash(problem: bg.BargainingProblem, weights: object, d: object = None) -> np.ndarray:
    if d is not None:
        problem = bg.BargainingProblem(problem.feasible, d)
    return bg.solve(problem, bg.NashSolution(weights=list(weights))).payoffs


@given(PATIENCE, PATIENCE)
def test_the_pie_is_split_as_rubinstein_says(first, second):
    found = offers(pie(), (first, second))
    share = (1 - second) / (1 - first * second)
    assert found.payoffs == pytest.approx([share, 1 - share], abs=1e-12)
    assert found.offers[1, 0] == pytest.approx(first * share, abs=1e-12)
    assert found.unique
    assert found.agreement_round == 1


def test_the_players_own_discount_factors_are_the_default():
    one, two = bg.Player("A", 0.9), bg.Player("B", 0.8)
    lever = bg.Lever("share", one, [0, 1], 0)
    term = bg.TablePayoff(lever, {one: [0, 1], two: [1, 0]})
    game = bg.Negotiation([one, two], [lever], [term])
    expected = offers(pie(), (0.9, 0.8)).payoffs
    assert offers(game, disagreement=(0, 0)).payoffs == pytest.approx(expected)


@given(PATIENCE)
def test_with_breakdown_risk_and_full_patience_the_risk_discounts(risk):
    found = offers(pie(), (1, 1), breakdown=risk)
    assert found.payoffs[0] == pytest.approx(1 / (2 - risk), abs=1e-12)


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("rates", [(1, 1), (1, 3)])
def test_short_rounds_give_the_nash_solution_with_weights_one_over_the_rates(name, rates):
    problem = PROBLEMS[name]()
    factors = np.exp(-1e-6 * np.array(rates))
    expected = nash(problem, 1 / np.array(rates))
    assert offers(problem, factors).payoffs == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("name", PROBLEMS)
def test_breakdown_payoffs_are_the_disagreement_point_of_the_limit(name):
    problem = PROBLEMS[name]()
    ends = problem.disagreement + np.array([0.3, 0.1])
    found = offers(problem, (1, 1), breakdown=1e-6, breakdown_payoffs=ends)
    assert found.payoffs == pytest.approx(nash(problem, (1, 1), ends), abs=2e-5)
    assert found.impasse == pytest.approx(ends)


@pytest.mark.parametrize("name", PROBLEMS)
def test_inside_options_are_the_disagreement_point_of_impatient_players(name):
    problem = PROBLEMS[name]()
    inside = problem.disagreement + np.array([0.1, 0.3])
    found = offers(problem, (1 - 1e-6, 1 - 1e-6), inside_options=inside)
    assert found.payoffs == pytest.approx(nash(problem, (1, 1), inside), abs=2e-5)


@pytest.mark.parametrize("name", PROBLEMS)
def test_random_proposers_give_nash_weighted_by_recognition(name):
    problem = PROBLEMS[name]()
    found = offers(problem, (1 - 1e-6, 1 - 1e-6), proposers=(0.2, 0.8))
    assert found.payoffs == pytest.approx(nash(problem, (0.2, 0.8)), abs=2e-5)


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_long_horizon_comes_to_the_same_as_none(name):
    problem = PROBLEMS[name]()
    without = offers(problem, (0.8, 0.7))
    assert offers(problem, (0.8, 0.7), horizon=120).payoffs == pytest.approx(
        without.payoffs, abs=1e-8
    )


def test_the_proposer_of_the_only_round_takes_all():
    found = offers(pie(), (0.5, 0.9), horizon=1)
    assert found.payoffs.tolist() == [1.0, 0.0]
    two = offers(pie(), (0.5, 0.9), horizon=2)
    assert two.payoffs == pytest.approx([0.1, 0.9])


def test_whoever_has_the_lower_fixed_cost_gets_all():
    assert offers(pie(), costs=(0.1, 0.2)).payoffs == pytest.approx([1, 0])
    assert offers(pie(), costs=(0.2, 0.1)).payoffs == pytest.approx([0.1, 0.9])


def test_equal_fixed_costs_leave_a_range():
    found = offers(pie(), costs=(0.1, 0.1))
    assert not found.unique
    assert found.lowest == pytest.approx([0.1, 0])
    assert found.highest == pytest.approx([1, 0.9])
    assert found.payoffs == pytest.approx([1, 0])
    assert "differ" in found.explain()


def test_fixed_costs_on_a_curve_leave_one_equilibrium():
    found = offers(curved(), costs=(0.05, 0.05))
    assert found.unique
    x, y = found.offers
    assert y[0] == pytest.approx(x[0] - 0.05, abs=1e-6)
    assert x[1] == pytest.approx(y[1] - 0.05, abs=1e-6)


@given(PATIENCE, st.integers(1, 99).map(lambda n: n / 100))
def test_an_outside_option_matters_only_if_it_is_better_than_going_on(patience, option):
    without = offers(pie(), (patience, patience))
    found = offers(pie(), (patience, patience), outside_options=(0, option))
    expected = max(option, without.payoffs[1])
    assert found.payoffs == pytest.approx([1 - expected, expected], abs=1e-11)
    assert ("binds" in found.explain()) == (option >= without.payoffs[1] - 1e-9)


def test_outside_options_that_together_exceed_the_pie_are_taken():
    found = offers(pie(), (0.9, 0.9), outside_options=(0.6, 0.7))
    assert not found.agreed
    assert found.agreement_round is None
    assert found.outcomes == ("opts out", "opts out")
    assert found.payoffs == pytest.approx([0.6, 0.7])


@pytest.mark.parametrize("size", [2, 3, 5])
def test_n_players_in_turn_get_shares_that_fall_by_the_discount_factor(size):
    found = offers(pie(size), [0.9] * size)
    powers = 0.9 ** np.arange(size)
    assert found.payoffs == pytest.approx(powers / powers.sum(), abs=1e-10)
    assert found.unique == (size == 2)
    assert (found.lowest is None) == (size > 2)


def test_n_players_drawn_by_lot_get_the_weighted_nash_solution_of_a_smooth_set_in_the_limit():
    class Ball:
        def support(self, weights):
            return np.asarray(weights) / np.linalg.norm(weights)

    problem = bg.BargainingProblem(Ball(), [0, 0, 0])
    found = offers(problem, [0.99] * 3, proposers=(0.5, 0.3, 0.2))
    assert found.payoffs == pytest.approx(np.sqrt([0.5, 0.3, 0.2]), abs=1e-2)


def test_whoever_proposes_more_often_gets_more():
    once = offers(pie(), (0.9, 0.9)).payoffs[0]
    twice = offers(pie(), (0.9, 0.9), proposers=["player 1", "player 1", "player 2"])
    assert twice.payoffs[0] > once
    assert twice.rounds == (1, 2, 3)
    # 2 is held to delay: x_2 = d x'_2, x'_2 = d y_2, y_1 = d x_1
    x = (1 - 0.9**2) / (1 - 0.9**3)
    assert twice.payoffs[0] == pytest.approx(x, abs=1e-12)


@given(
    st.sampled_from(sorted(PROBLEMS)), PATIENCE, PATIENCE,
    st.tuples(*[st.sampled_from([1e-6, 0.5, 3.0, 1e4])] * 2),
    st.tuples(*[st.sampled_from([-7.0, 0.0, 1e3])] * 2),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_positive_affine_changes_of_units_change_nothing_else(name, first, second, size, shift):
    if name == "curve":
        return
    problem = PROBLEMS[name]()
    size, shift = np.array(size), np.array(shift) * np.array(size)
    vertices = bg.frontier(problem).points
    original = bg.BargainingProblem(bg.PointSet(vertices), problem.disagreement)
    moved = bg.BargainingProblem(
        bg.PointSet(vertices * size + shift), problem.disagreement * size + shift
    )
    option = problem.disagreement + 0.2
    found = offers(original, (first, second), breakdown=0.01, outside_options=option)
    other = offers(moved, (first, second), breakdown=0.01, outside_options=option * size + shift)
    assert (other.payoffs - shift) / size == pytest.approx(found.payoffs, abs=1e-8)


@given(PATIENCE, PATIENCE)
def test_names_and_order_of_the_players_do_not_matter(first, second):
    points = np.array([[6, 0], [5, 3], [3, 5], [0, 6.5]])
    found = offers(bg.BargainingProblem(bg.PointSet(points), [0, 0]), (first, second))
    swapped = offers(
        bg.BargainingProblem(bg.PointSet(points[:, ::-1]), [0, 0]), (second, first),
        proposers=["player 2", "player 1"],
    )  # fmt: skip
    assert swapped.payoffs[::-1] == pytest.approx(found.payoffs, abs=1e-10)


@given(negotiations(min_players=2, max_players=3), PATIENCE, st.booleans())
@settings(max_examples=40, deadline=None)
def test_offers_over_any_negotiation_are_certified(game, patience, by_lot):
    size = len(game.players)
    lot = np.arange(1, size + 1) / np.arange(1, size + 1).sum()
    found = offers(
        game, [patience] * size, disagreement="status-quo",
        proposers=lot if by_lot else "alternating",
    )  # fmt: skip
    assert np.all(found.payoffs >= found.disagreement - 1e-9 * (1 + np.abs(found.disagreement)))
    for offer, lottery in zip(found.offers, found.lotteries, strict=True):
        reached = sum(p * game.payoffs(package) for p, package in lottery)
        assert np.all(reached >= offer - 1e-6)


def test_a_set_known_only_by_its_support_function_gives_the_same_as_its_curve():
    class Disc:
        def support(self, weights):
            return np.asarray(weights) / np.linalg.norm(weights)

    found = offers(bg.BargainingProblem(Disc(), [0, 0]), (0.9, 0.8))
    assert found.payoffs == pytest.approx(offers(curved(), (0.9, 0.8)).payoffs, abs=1e-6)


def test_without_gains_from_agreement_nothing_is_offered():
    found = offers(bg.BargainingProblem(bg.PointSet([[1, 0], [0, 1]]), [0.5, 0.5]), (0.9, 0.9))
    assert not found.agreed
    assert found.unique
    assert found.payoffs.tolist() == [0.5, 0.5]
    assert found.offers.shape == (0, 2)
    assert "nothing to bargain" in found.explain()


def test_one_player_and_one_who_alone_can_gain_take_what_there_is():
    alone = bg.BargainingProblem(bg.PointSet([[1.0], [3.0]]), [0])
    assert offers(alone, [0.5]).payoffs.tolist() == [3.0]
    stuck = bg.BargainingProblem(bg.PointSet([[0, 0], [2, 0]]), [0, 0])
    assert offers(stuck, (0.9, 0.9)).payoffs == pytest.approx([2, 0])


def test_without_any_patience_the_proposer_takes_all():
    assert offers(pie(), (0, 0)).payoffs.tolist() == [1.0, 0.0]


def test_delay_can_be_better_than_agreement_when_the_end_is_near_and_good_for_one():
    found = offers(pie(), (0.9, 0.9), horizon=2, breakdown_payoffs=(0.7, 0.6))
    assert found.outcomes == ("refused", "refused")
    assert found.payoffs == pytest.approx([0.63, 0.54])


def test_verify_refuses_offers_that_leave_something_to_gain():
    found = offers(corners(), (0.9, 0.8))
    worse = dataclasses.replace(found, offers=found.offers + np.array([[-0.1, 0], [0, 0]]))
    greedy = dataclasses.replace(found, offers=found.offers + np.array([[0.1, -0.1], [0, 0]]))
    other = dataclasses.replace(found, payoffs=found.payoffs + 0.1)
    for forged in (worse, greedy, other):
        assert not bg.verify(forged)


def test_results_read_as_tables_and_plain_values():
    found = offers(packages(), (0.9, 0.8), disagreement="status-quo")
    assert found.table().columns == ("round", "proposer", "offer", "A", "B")
    plain = found.to_dict()
    assert plain["offers"][0]["outcome"] == "accepted"
    assert plain["unique"] is True
    assert plain["disagreement_from"] == "the status quo"
    assert "A proposes first" in found.explain()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "discount_factors: expected a number for each player"),
        ({"discount_factors": (0.5,)}, "discount_factors: expected 2 finite numbers"),
        ({"discount_factors": (0.5, 1.2)}, "discount_factors: expected numbers between 0 and 1"),
        ({"discount_factors": (0.5, 1)}, "1 for player 2"),
        ({"discount_factors": (0.5, 0.5), "costs": (1, 1)}, "costs: expected either"),
        ({"costs": (0, 0)}, "costs: expected 2 numbers >= 0, one of them positive"),
        ({"costs": (1, 1), "inside_options": (0, 0)}, "inside_options: expected none"),
        ({"discount_factors": (0.5, 0.5), "breakdown": 1}, "breakdown: expected a probability"),
        ({"discount_factors": (0.5, 0.5), "horizon": 0}, "horizon: expected a number of rounds"),
        ({"discount_factors": (0.5, 0.5), "horizon": 1.5}, "horizon: expected a number of rounds"),
        ({"discount_factors": (0.5, 0.5), "outside_options": [np.nan, 0]}, "outside_options"),
        ({"discount_factors": (0.5, 0.5), "proposers": "random"}, "proposers: expected"),
        ({"discount_factors": (0.5, 0.5), "proposers": (0.5, 0.6)}, "proposers: expected"),
        ({"discount_factors": (0.5, 0.5), "proposers": ["player 3"]}, "unknown player 'player 3'"),
        ({"discount_factors": (0.5, 0.5), "disagreement": (0, 0)}, "has one already"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(bg.InputError, match=message.replace("(", r"\(")):
        alternating_offers(pie(), **options)


def test_fixed_costs_without_a_feasible_agreement_are_refused():
    with pytest.raises(bg.InputError, match="talks would cost for ever"):
        alternating_offers(pie(d=[2, 2]), costs=(1, 1))
