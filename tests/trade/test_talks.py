"""Trade talks: equal gains, optimality, rules of bargaining theory, and Ossa's (2014) figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.trade import LobbyEconomy, tariff_war, trade_talks
from tests.trade import lobbies
from tests.trade.data import data_folder

SEEDS = st.integers(0, 10**6)
SUBSIDIES = (-0.5, 5.0)


@given(SEEDS, st.sampled_from([lobbies.drawn, lobbies.competitive]))
@settings(max_examples=3)
def test_talks_give_equal_proportional_gains(seed, kind):
    talks = trade_talks(kind(seed), bounds=SUBSIDIES)
    assert talks.agreed
    assert talks.certificate
    assert np.ptp(talks.gains) < 1e-6 * talks.gains.mean()
    assert talks.weights.sum() == pytest.approx(1)


def test_no_other_tariffs_are_better_for_everybody():
    economy = lobbies.drawn(2)
    talks = trade_talks(economy)
    rng = np.random.default_rng(2)
    free = talks.levers >= 0
    for size in (1e-3, 0.03, 0.3):
        for _ in range(20):
            other = (1 + talks.tariffs) * np.exp(size * rng.normal(size=free.shape)) - 1
            other = np.where(free, np.maximum(other, 0), 0)
            gains = economy.evaluate(other).welfare / talks.welfare - 1
            assert gains.min() <= 1e-10


def test_twins_without_lobbies_abolish_tariffs():
    talks = trade_talks(lobbies.pair(tariffs=0.3))
    assert np.abs(talks.tariffs).max() < 1e-7
    assert talks.gains[0] == pytest.approx(talks.gains[1])
    assert talks.gains[0] > 0


def test_at_free_trade_there_is_no_deal():
    talks = trade_talks(lobbies.pair())
    assert not talks.agreed
    assert talks.tariffs.tolist() == np.zeros((2, 2, 1)).tolist()
    assert talks.gains.tolist() == [0, 0]
    assert "No agreement" in str(talks)
    assert bg.verify(talks)


def test_an_agreement_cannot_be_improved_by_talks():
    economy = lobbies.drawn(3)
    assert not trade_talks(economy, disagreement=trade_talks(economy)).agreed


@given(SEEDS)
@settings(max_examples=3)
def test_each_rule_does_best_what_it_stands_for(seed):
    economy = lobbies.drawn(seed, 2, 2)
    rules = ("egalitarian", "nash", "kalai-smorodinsky", "utilitarian")
    talks = {rule: trade_talks(economy, rule, bounds=SUBSIDIES) for rule in rules}
    gains = {rule: result.gains for rule, result in talks.items()}
    for result in talks.values():
        assert result.certificate
        assert bg.verify(result)
    small = 1e-7 * gains["egalitarian"].mean()
    assert gains["egalitarian"].min() >= max(g.min() for g in gains.values()) - small
    assert gains["utilitarian"].sum() >= max(g.sum() for g in gains.values()) - small
    product = {rule: g.prod() for rule, g in gains.items() if g.min() > 0}
    assert product["nash"] >= max(product.values()) * (1 - 1e-6)
    shares = gains["kalai-smorodinsky"] / talks["kalai-smorodinsky"].ideal
    assert shares[0] == pytest.approx(shares[1], rel=1e-6)
    assert min(talks["kalai-smorodinsky"].ideal / gains["nash"]) >= 1 - 1e-6


def test_weights_tilt_the_gains():
    economy = lobbies.drawn(5, 2)
    talks = trade_talks(economy, bg.EgalitarianSolution(weights=[1, 3]), bounds=SUBSIDIES)
    assert talks.gains[1] == pytest.approx(3 * talks.gains[0], rel=1e-6)
    equal, tilted = (
        trade_talks(economy, bg.NashSolution(weights=weights), bounds=SUBSIDIES).gains
        for weights in ([1, 1], [1, 3])
    )
    assert tilted[1] > equal[1]
    assert tilted[0] < equal[0]


def test_after_a_war_twins_regain_what_they_lost():
    economy = lobbies.pair()
    war = tariff_war(economy)
    from_war = trade_talks(economy, disagreement=war)
    same = trade_talks(economy, disagreement="noncooperative")
    assert from_war.gains == pytest.approx(same.gains, abs=1e-7)
    assert from_war.gains == pytest.approx(1 / war.welfare - 1, abs=1e-9)
    assert from_war.disagreement == pytest.approx(war.welfare)


def test_the_disagreement_may_be_tariffs_or_welfare():
    economy = lobbies.drawn(7)
    tariffs = economy.tariffs * 2
    welfare = economy.evaluate(tariffs).welfare
    by_tariffs, by_welfare = (
        trade_talks(economy, disagreement=given, bounds=SUBSIDIES) for given in (tariffs, welfare)
    )
    assert by_tariffs.gains == pytest.approx(by_welfare.gains, abs=1e-6)


def test_third_parties_are_told():
    economy = lobbies.drawn(8, 4)
    talks = trade_talks(
        economy, countries=["country 1", "country 3"], partners="members", bounds=SUBSIDIES
    )
    assert set(talks.third_parties) == {"country 0", "country 2"}
    moved = {tuple(pair) for pair in np.argwhere(talks.tariffs != economy.tariffs)[:, :2].tolist()}
    assert moved == {(1, 3), (3, 1)}
    assert talks.gains[1] == pytest.approx(talks.gains[3], rel=1e-6)
    assert "third party" in str(talks)


def test_welfare_that_no_tariffs_give_leaves_no_deal():
    talks = trade_talks(lobbies.pair(tariffs=0.1), disagreement=[1.5, 1.5])
    assert not talks.agreed
    assert talks.welfare.tolist() == [1.5, 1.5]


def test_verify_refuses_tariffs_that_waste():
    talks = trade_talks(lobbies.drawn(9), bounds=SUBSIDIES)
    free = talks.levers >= 0
    assert not bg.verify(replace(talks, tariffs=np.where(free, talks.tariffs + 0.02, 0)))


def test_the_scale_of_flows_does_not_matter():
    economy = lobbies.drawn(10)
    scaled = LobbyEconomy(
        economy.countries, economy.sectors, 1e5 * economy.flows, economy.tariffs, economy.sigma,
        economy.political_weights,
    )  # fmt: skip
    one, other = (trade_talks(each) for each in (economy, scaled))
    assert one.gains == pytest.approx(other.gains, rel=1e-5)


def two_pairs():
    """Return two pairs of twins that do not trade with each other: tariffs of 10 and 40 %."""
    flows, tariffs = np.zeros((4, 4, 1)), np.zeros((4, 4, 1))
    for first, level in ((0, 0.1), (2, 0.4)):
        flows[first : first + 2, first : first + 2, 0] = [[8, 2], [2, 8]]
        tariffs[first, first + 1] = tariffs[first + 1, first] = level
    return LobbyEconomy(list("ABCD"), ["goods"], flows, tariffs, [4.0])


def test_who_can_have_more_at_nobodys_cost_is_not_held_to_the_equal_share():
    talks = trade_talks(two_pairs())
    alone = trade_talks(two_pairs(), countries=["C", "D"])
    assert talks.above == ("C", "D")
    assert np.abs(talks.tariffs).max() < 1e-6
    assert talks.gains[:2] == pytest.approx(talks.gains[0])
    assert talks.gains[2:] == pytest.approx(alone.gains[2:], rel=1e-6)
    assert talks.gains[2] > 10 * talks.gains[0]
    assert talks.certificate
    assert bg.verify(talks)
    assert "costs nobody: C, D" in talks.explain()
    assert not bg.verify(replace(talks, tariffs=talks.tariffs + 0.1 * (talks.levers == 3)[()]))


def test_the_weak_form_stops_at_equal_shares():
    talks = trade_talks(two_pairs(), bg.EgalitarianSolution(leximin=False))
    assert talks.certificate
    assert len(talks.rounds) == 1
    assert talks.gains[2:].min() >= talks.gains[0]


def test_where_others_feel_all_tariffs_nothing_is_left_to_raise():
    talks = trade_talks(lobbies.drawn(3))
    assert talks.above == ("country 0",)
    assert len(talks.rounds) == 1
    assert talks.gains[0] > talks.gains[1] == pytest.approx(talks.gains[2])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"solution": "raiffa"}, "frontier of two members, got 3"),
        ({"solution": "equal-area"}, "frontier of two members, got 3"),
        ({"solution": "best"}, "unknown solution"),
        ({"solution": bg.NashSolution(weights=[1, 2])}, "3 members"),
        ({"disagreement": "war"}, "noncooperative"),
        ({"disagreement": [1.0, -1.0, 1.0]}, "welfare of 3 countries"),
        ({"countries": ["country 0"]}, "at least two"),
        ({"countries": ["country 0", "Atlantis"]}, "Atlantis"),
        ({"partners": "some"}, "partners"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(bg.InputError, match=message):
        trade_talks(lobbies.drawn(1), **options)


def test_a_result_is_told_as_plain_values():
    talks = trade_talks(lobbies.pair(tariffs=0.2))
    told = talks.to_dict()
    assert told["solution"] == "egalitarian"
    assert told["lotteries"] is False
    assert told["members"] == ["home", "foreign"]


@pytest.mark.parametrize("seed", [3, 8])
def test_ideal_gains_are_found_where_they_hang_on_the_last_digit_of_tariffs(seed):
    talks = trade_talks(lobbies.drawn(seed, 2), "kalai-smorodinsky")
    assert talks.certificate
    assert np.ptp(talks.gains / talks.ideal) < 1e-6


@pytest.mark.data
def test_ossas_talks_from_factual_tariffs_gain_0_5_per_cent():
    economy = lobbies.ossa(data_folder())
    talks = trade_talks(economy)
    assert talks.certificate
    assert 100 * talks.gains == pytest.approx(0.5 * np.ones(7), abs=0.05)
