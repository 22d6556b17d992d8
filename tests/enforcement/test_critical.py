"""Critical discount factors: closed forms of the textbooks, and what must not change them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.enforcement.patience.critical import critical_discount_factors
from bargaining.enforcement.patience.temptation import temptations
from bargaining.testing import negotiations, packages
from tests.enforcement import games


def test_prisoners_dilemma_is_temptation_over_temptation_plus_loss():
    game = games.lever_game([[3, -1], [5, 0]], [[3, 5], [-1, 0]], status_quo=[1, 1])
    found = critical_discount_factors(game, games.at(game, 0, 0))
    assert found.factors == pytest.approx([2 / 5, 2 / 5])
    assert found.common == pytest.approx(2 / 5)
    assert found.most_tempting == ("lever 1", "lever 2")
    assert found.holds(0.4)
    assert not found.holds((0.39, 0.9))
    assert bg.verify(found)


@pytest.mark.parametrize(("firms", "expected"), [(2, 9 / 17), (3, 4 / 7)])
def test_linear_cournot_needs_n_plus_1_squared_over_itself_plus_4_n(firms, expected):
    game = games.cournot(firms)
    monopoly = games.at(game, *[24 // (2 * firms)] * firms)
    found = critical_discount_factors(game, monopoly)
    assert found.factors == pytest.approx([expected] * firms)
    assert expected == pytest.approx((firms + 1) ** 2 / ((firms + 1) ** 2 + 4 * firms))


@pytest.mark.parametrize("firms", [2, 3])
def test_bertrand_needs_1_less_1_over_n_as_the_price_grid_grows_finer(firms):
    distances = []
    for steps in (10, 20, 40):
        game = games.bertrand(firms, steps)
        monopoly, marginal = games.at(game, *[steps] * firms), games.at(game, *[0] * firms)
        assert not temptations(game, marginal).gains.any()
        found = critical_discount_factors(game, monopoly, punishment=[0.0] * firms)
        undercut = 1 - 1 / steps
        assert found.factors == pytest.approx([1 - 1 / firms / undercut] * firms)
        distances.append(abs(found.common - (1 - 1 / firms)))
    assert distances[2] < distances[1] < distances[0] < 0.1


def test_a_lottery_binds_at_every_draw_with_what_is_expected_to_be_lost():
    game = games.coordination_lottery()
    assert bg.nash_equilibrium(game).payoffs.tolist() == [1.0, 1.0]
    draws = [(0.5, games.at(game, 0, 0)), (0.5, games.at(game, 1, 1))]
    found = critical_discount_factors(game, draws)
    assert found.factors == pytest.approx([1 / 2, 1 / 2])  # 1/3 would average the temptation


def test_an_equilibrium_holds_at_every_discount_factor_and_worse_than_punishment_at_none():
    game = games.lever_game([[3, -1], [5, 0]], [[3, 5], [-1, 0]], status_quo=[1, 1])
    assert critical_discount_factors(game, games.at(game, 1, 1)).factors.tolist() == [0.0, 0.0]
    sucker = critical_discount_factors(game, games.at(game, 0, 1))
    assert sucker.factors.tolist() == [1.0, 0.0]
    assert not sucker.enforceable
    assert not sucker.holds(0.999)
    assert "rather be punished" in sucker.explain()
    assert bg.verify(sucker)


def test_every_lever_has_the_factor_from_which_cheating_on_it_alone_stops_paying():
    us, china = bg.Player("us"), bg.Player("china")
    names = [("small", us), ("large", us), ("theirs", china)]
    levers = {name: bg.Lever(name, owner, [0, 1], 1) for name, owner in names}
    terms = [
        bg.LinearPayoff("small", {us: 1, china: -4}),
        bg.LinearPayoff("large", {us: 2, china: -4}),
        bg.LinearPayoff("theirs", {us: -5, china: 1}),
    ]
    game = bg.Negotiation([us, china], list(levers.values()), terms)
    found = critical_discount_factors(game, {"small": 0, "large": 0, "theirs": 0})
    assert found.losses.tolist() == [2.0, 7.0]
    assert found.levers == pytest.approx({"small": 1 / 3, "large": 1 / 2, "theirs": 1 / 8})
    assert found.factors == pytest.approx([3 / 5, 1 / 8])
    assert found.most_tempting == ("large", "theirs")


@given(st.data())
def test_rescaling_one_players_payoffs_changes_nothing(data):
    game = data.draw(negotiations(max_players=2))
    package = data.draw(packages(game))
    point = np.array(data.draw(st.lists(st.integers(-9, 9), min_size=len(game.players),
                                        max_size=len(game.players))), dtype=float)  # fmt: skip
    found = critical_discount_factors(game, package, punishment=point)
    assert bg.verify(found)
    scaled = scaled_game(game, 7.0, 3.0)
    factor = np.where(np.arange(len(point)) == 0, 7.0, 1.0)
    shift = np.where(np.arange(len(point)) == 0, 3.0, 0.0)
    other = critical_discount_factors(scaled, package, punishment=factor * point + shift)
    assert other.factors == pytest.approx(found.factors, abs=1e-12)
    assert other.most_tempting == found.most_tempting


def scaled_game(game, factor, shift):
    """Return the game with the first player's payoffs rescaled."""
    terms = []
    for f in game.factors:
        table = f.table.copy()
        table[0] *= factor
        if f.scope:
            levers = [game.free_levers[u] for u in f.scope]
            terms.append(bg.TablePayoff(levers, dict(zip(game.players, table, strict=True))))
    first = game.free_levers[0]
    terms.append(bg.TablePayoff(first, {game.players[0]: np.full(len(first.array()), shift)}))
    return bg.Negotiation(game.players, game.levers, terms)


@given(st.data())
def test_the_factor_is_where_keeping_and_breaking_are_worth_the_same(data):
    game = data.draw(negotiations(max_players=2))
    package = data.draw(packages(game))
    found = critical_discount_factors(game, package, punishment="status-quo")
    for i in range(len(game.players)):
        delta = found.factors[i]
        if delta in (0, 1):
            continue
        keep = found.payoffs[i]
        breach = (1 - delta) * (keep + found.temptations[i]) + delta * found.punishment[i]
        assert keep == pytest.approx(breach, abs=1e-9)


def test_threats_for_ever_are_called_committed_and_max_min_a_bound():
    game = games.lever_game([[3, -1], [5, 0]], [[3, 5], [-1, 0]], status_quo=[1, 1])
    both = games.at(game, 0, 0)
    threats = critical_discount_factors(game, both, punishment="optimal-threats")
    assert "not subgame perfect" in threats.punishment_from
    assert bg.verify(threats)
    bound = critical_discount_factors(game, both, punishment="max-min")
    assert "bound" in bound.punishment_from
    assert bound.common <= critical_discount_factors(game, both).common + 1e-12


def test_a_tampered_result_fails_its_check():
    game = games.cournot(2)
    found = critical_discount_factors(game, games.at(game, 6, 6))
    assert not bg.verify(replace(found, factors=found.factors - 0.01))
    assert not bg.verify(replace(found, factors=found.factors + 0.01))
    assert not bg.verify(replace(found, punishment=found.punishment - 1))
    assert not bg.verify(replace(found, payoffs=found.payoffs + 1))


def test_an_agreement_is_taken_with_its_lottery_and_reads_as_words_table_and_mapping():
    game = bg.load_scenario("us-china-2025")
    agreement = bg.solve(game, lotteries=False)
    found = critical_discount_factors(game, agreement)
    assert 0 < found.common < 1
    assert bg.verify(found)
    assert "US fentanyl tariff" in found.explain()
    assert found.to_dict()["common"] == found.common
    assert "critical discount factor" in str(found)


def bad_agreements():
    """Return what is refused, with a word of the message."""
    game = games.cournot(2)
    both = games.at(game, 6, 6)
    none = bg.solve(game, disagreement=[10_000.0, 10_000.0])
    paid = bg.solve(game, transferable=True)
    return [
        (none, "no deal"), (paid, "side payments"), ([(0.4, both)], "sum to 1"),
        ("both", "got 'both'"), ([both], "pairs"), ([(-0.5, both), (1.5, both)], "probability"),
        ({"quantity 1": 6}, "quantity 2"),
    ]  # fmt: skip


@pytest.mark.parametrize(("agreement", "word"), bad_agreements())
def test_what_is_no_agreement_is_refused_by_name(agreement, word):
    with pytest.raises(bg.InputError, match=word):
        critical_discount_factors(games.cournot(2), agreement)


@pytest.mark.parametrize("factors", [1.0, -0.1, (0.5,), (0.5, float("nan")), "patient", None])
def test_bad_discount_factors_are_refused(factors):
    game = games.cournot(2)
    found = critical_discount_factors(game, games.at(game, 6, 6))
    with pytest.raises(bg.InputError, match="discount_factors"):
        found.holds(factors)


def test_discount_factors_by_name_or_the_players_own():
    players = [bg.Player("a", 0.5), bg.Player("b", 0.0)]
    lever = bg.Lever("x", "a", [0, 1], 1)
    game = bg.Negotiation(players, [lever], [bg.LinearPayoff(lever, {"a": 1, "b": -1})])
    found = critical_discount_factors(game, {"x": 0}, punishment=[-1.0, -1.0])
    assert found.factors == pytest.approx([1 / 2, 0])
    assert found.holds()
    assert found.holds({"a": 0.6, "b": 0})
    assert not found.holds({"a": 0.4, "b": 0})
