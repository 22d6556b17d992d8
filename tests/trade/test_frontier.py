"""The frontier of trade talks, and the solutions that follow it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

import bargaining as bg
from bargaining.cooperative.solutions import SOLUTION_NAMES
from bargaining.trade import LabourEconomy, LobbyEconomy, trade_frontier, trade_talks
from tests.trade import lobbies

SUBSIDIES = (-0.5, 5.0)
FOLLOWING = ("raiffa", "perles-maschler", "equal-area")


@pytest.fixture(scope="module")
def twins():
    return trade_frontier(lobbies.pair(tariffs=0.3))


@pytest.fixture(scope="module")
def unequal():
    return trade_frontier(lobbies.drawn(5, 2), bounds=SUBSIDIES)


@pytest.mark.parametrize("name", SOLUTION_NAMES)
def test_twins_abolish_tariffs_under_every_solution(name):
    talks = trade_talks(lobbies.pair(tariffs=0.3), name)
    assert talks.agreed
    assert talks.certificate
    assert talks.gains[0] == pytest.approx(talks.gains[1], rel=2e-6)
    assert np.abs(talks.tariffs).max() < 1e-5


def test_the_curve_of_twins_is_that_of_one_tariff_at_a_time(twins):
    """Without subsidies whoever is to gain more keeps a tariff, and the other one has none."""
    economy, curve = lobbies.pair(tariffs=0.3), twins.problem.feasible.f

    def gains(tariff):
        return economy.evaluate({("foreign", "home"): tariff, ("home", "foreign"): 0.0}).welfare - 1

    for share in (0.1, 0.3, 0.6, 0.9):
        middle, most = twins.points[len(twins) // 2, 0], twins.ideal[0]
        gain = middle + share * (most - middle)
        tariff = brentq(lambda t, gain=gain: gains(t)[0] - gain, 0.0, 0.3)
        assert curve(gain) == pytest.approx(gains(tariff)[1], abs=1e-6 * twins.ideal[1])
        assert curve(curve(gain)) == pytest.approx(gain, abs=1e-6 * twins.ideal[0])


def test_points_are_what_their_tariffs_bring_and_nothing_is_better_for_both(unequal):
    economy, rng = lobbies.drawn(5, 2), np.random.default_rng(5)
    abroad = ~np.eye(2, dtype=bool)[:, :, None]
    for point, tariffs in zip(unequal.points, unequal.tariffs, strict=True):
        assert economy.evaluate(tariffs).welfare - 1 == pytest.approx(point, abs=1e-10)
        for size in (1e-3, 0.1):
            other = (1 + tariffs) * np.exp(size * abroad * rng.normal(size=tariffs.shape)) - 1
            better = economy.evaluate(np.clip(other, *SUBSIDIES)).welfare - 1 - point
            assert better.min() <= 1e-9


def test_weights_are_the_slope_of_the_frontier(unequal):
    curve = unequal.problem.feasible.f
    for point, weights in list(zip(unequal.points, unequal.weights, strict=True))[1:-1]:
        step = 1e-4 * unequal.ideal[0]
        slope = (curve(point[0] + step) - curve(point[0] - step)) / (2 * step)
        assert -slope == pytest.approx(weights[0] / weights[1], rel=1e-3)


@pytest.mark.parametrize("name", ["egalitarian", "nash", "kalai-smorodinsky", "utilitarian"])
def test_solutions_of_the_frontier_are_those_of_their_own_programs(unequal, name):
    """Two ways to the same gains: points of a curve, and one program over tariffs."""
    own = trade_talks(lobbies.drawn(5, 2), name, bounds=SUBSIDIES)
    of_curve = bg.solve(unequal.problem, name).payoffs
    assert of_curve == pytest.approx(own.gains, abs=1e-4 * unequal.ideal.min())


@pytest.mark.parametrize("name", FOLLOWING)
def test_tariffs_bring_what_the_solution_chooses(unequal, name):
    talks = trade_talks(lobbies.drawn(5, 2), name, bounds=SUBSIDIES)
    assert talks.certificate
    assert talks.certificate.details["frontier"] <= 1e-5
    assert talks.gains == pytest.approx(bg.solve(unequal.problem, name).payoffs, rel=1e-5)
    assert bg.verify(talks)
    assert "frontier" in talks.explain()
    assert not bg.verify(replace(talks, solution=bg.EgalitarianSolution()))


def test_names_and_units_do_not_matter(unequal):
    economy = lobbies.drawn(5, 2)
    turned = LobbyEconomy(
        economy.countries[::-1], economy.sectors, 1e5 * economy.flows[::-1, ::-1],
        economy.tariffs[::-1, ::-1], economy.sigma, economy.political_weights[::-1],
    )  # fmt: skip
    other = trade_frontier(turned, bounds=SUBSIDIES)
    assert other.points[::-1, ::-1] == pytest.approx(unequal.points, abs=1e-5 * unequal.ideal.min())


def test_ends_may_be_where_the_other_gains_too():
    """After near autarky whatever is best for one still helps the other."""
    economy = lobbies.pair()
    frontier = trade_frontier(economy, disagreement=np.where(np.eye(2)[..., None] > 0, 0.0, 8.0))
    assert frontier.certificate
    assert frontier.points[[0, -1], [0, 1]].min() > 0
    assert frontier.weights[0] == pytest.approx([0, 1], abs=1e-9)
    assert frontier.weights[-1] == pytest.approx([1, 0], abs=1e-9)
    assert bg.solve(frontier.problem, "perles-maschler").certificate


def test_a_frontier_that_is_not_concave_is_traced_but_not_followed():
    economy = lobbies.drawn(4, 2)
    frontier = trade_frontier(economy, bounds=SUBSIDIES)
    assert frontier.certificate
    assert not frontier.concave
    assert "not concave" in frontier.explain()
    with pytest.raises(bg.InputError, match="not concave"):
        trade_talks(economy, "raiffa", bounds=SUBSIDIES)


def test_verify_refuses_other_points_weights_and_tariffs(twins):
    assert bg.verify(twins)
    nudged = twins.points.copy()
    nudged[2] *= 1.001
    assert not bg.verify(replace(twins, points=nudged))
    assert not bg.verify(replace(twins, weights=twins.weights[::-1]))
    assert not bg.verify(replace(twins, tariffs=twins.tariffs * 1.01))
    few = {name: getattr(twins, name)[::4] for name in ("points", "weights", "tariffs", "welfare")}
    assert not bg.verify(replace(twins, **few))


def test_at_free_trade_there_is_no_frontier():
    frontier = trade_frontier(lobbies.pair())
    assert len(frontier) == 0
    assert bg.verify(frontier)
    assert "No tariffs" in frontier.explain()
    assert str(frontier)
    with pytest.raises(bg.InputError, match="cannot both gain"):
        _ = frontier.problem


def test_frontiers_are_of_two_members():
    with pytest.raises(bg.InputError, match="expected two countries"):
        trade_frontier(lobbies.drawn(1))
    with pytest.raises(bg.InputError, match="at least two"):
        trade_frontier(lobbies.drawn(1), ["country 0"])


def test_a_frontier_is_told_as_a_table_and_as_plain_values(twins):
    assert len(twins.table().rows) == len(twins) == len(list(twins))
    told = json.loads(json.dumps(twins.to_dict()))
    assert told["members"] == ["home", "foreign"]
    assert told["concave"] is True
    assert len(told["tariffs"]) == len(twins)


@pytest.mark.parametrize("sold_to_a", [20, 21])
def test_with_labour_supply_and_a_deficit_policies_prove_themselves(sold_to_a):
    """Best tariffs, war and talks ask of an economy no more than welfare and its gradient."""
    economy = LabourEconomy(["A", "B"], [[80, 20], [sold_to_a, 90]], 0.05)
    best = bg.trade.optimal_tariffs(economy, "A")
    war = bg.trade.tariff_war(economy)
    assert best.welfare[0] > 1 > best.welfare[1]
    assert war.welfare[0] < best.welfare[0]
    talks = trade_talks(economy, disagreement=war)
    assert talks.gains == pytest.approx(np.full(2, talks.gains[0]))
    assert 0 < talks.tariffs.max() < war.tariffs.max()
    for outcome in (best, war, talks):
        assert outcome.certificate
        assert bg.verify(outcome)


def test_with_labour_supply_concessions_meet_where_shares_are_nearly_equal():
    economy = LabourEconomy(["A", "B"], [[80, 20], [20, 90]], 0.3)
    talks = trade_talks(economy, "perles-maschler")
    assert talks.certificate
    assert np.ptp(talks.gains / talks.ideal) < 0.05
