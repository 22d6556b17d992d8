"""The best agreement that holds by itself: against listing, theorems, bad input."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.cooperative.region import Region
from bargaining.enforcement.patience.critical import critical_discount_factors
from bargaining.enforcement.patience.temptation import temptations
from bargaining.enforcement.self_enforcing.self_enforcing import self_enforcing
from bargaining.testing import negotiations
from tests.enforcement import games

DELTAS = st.sampled_from([0.0, 0.2, 0.35, 0.5, 0.7, 0.9])


def listed(game, bargained, deltas, d, v):
    """Return the packages that hold and leave nobody below d and somebody above, with payoffs."""
    rows = list(itertools.product(*[lever.levels for lever in bargained.free_levers]))
    names = [lever.name for lever in bargained.free_levers]
    packages = [bargained.package(dict(zip(names, row, strict=True))) for row in rows]
    payoffs = game.payoffs(packages)
    gains = temptations(game, packages).gains
    holds = ((1 - deltas) * gains <= deltas * (payoffs - v) + 1e-9).all(axis=1)
    rational = (payoffs >= d - 1e-9).all(axis=1) & (payoffs > d + 1e-9).any(axis=1)
    return payoffs[holds & rational]


@st.composite
def cases(draw):
    game = draw(negotiations(max_levers=4, max_levels=3))
    size = len(game.players)
    numbers = st.lists(st.integers(-6, 3), min_size=size, max_size=size)
    deltas = np.array(draw(st.lists(DELTAS, min_size=size, max_size=size)))
    return game, deltas, np.array(draw(numbers), dtype=float), np.array(draw(numbers), dtype=float)


@given(cases())
@settings(max_examples=300)
def test_nash_is_the_best_of_all_packages_that_hold(case):
    game, deltas, d, v = case
    found = self_enforcing(game, discount_factors=deltas, disagreement=d, punishment=v)
    able = listed(game, game, deltas, d, v)
    assert found.agreed == bool(len(able))
    assert bg.verify(found)
    if found.agreed:
        gains = able - d
        keys = [((g > 1e-9).sum(), np.log(g[g > 1e-9]).sum()) for g in gains]
        mine = found.gains[found.gains > 1e-9]
        count, logs = max((n, round(x, 9)) for n, x in keys)
        assert len(mine) == count
        assert np.log(mine).sum() == pytest.approx(logs, abs=1e-7)
        assert found.ideal == pytest.approx(able.max(axis=0), abs=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_nash_is_the_best_that_holds_where_concessions_cost_and_interact(seed):
    rng = np.random.default_rng(seed)
    game = games.random_game(rng)
    v = bg.nash_equilibrium(game).payoffs
    deltas = rng.choice([0.2, 0.4, 0.5, 0.6, 0.7, 0.8], len(v))
    found = self_enforcing(game, discount_factors=deltas)
    able = listed(game, game, deltas, v, v)
    assert found.agreed == bool(len(able))
    assert bg.verify(found)
    if found.agreed:
        products = [((g > 1e-9).sum(), np.log(g[g > 1e-9]).sum().round(9)) for g in able - v]
        mine = found.gains[found.gains > 1e-9]
        assert (len(mine), np.log(mine).sum()) == pytest.approx(max(products), abs=1e-6)


@given(cases(), st.sampled_from(["kalai-smorodinsky", "egalitarian", "utilitarian"]))
@settings(max_examples=150)
def test_other_rules_too(case, rule):
    game, deltas, d, v = case
    found = self_enforcing(game, rule, discount_factors=deltas, disagreement=d, punishment=v)
    able = listed(game, game, deltas, d, v)
    assert found.agreed == bool(len(able))
    if not found.agreed:
        return
    gains = able - d
    if rule == "utilitarian":
        assert found.gains.sum() == pytest.approx(gains.sum(axis=1).max(), abs=1e-9)
        return
    most = gains.max(axis=0)
    who = Region(found.problem).gainers if rule == "egalitarian" else most > 1e-9
    units = np.ones(len(d)) if rule == "egalitarian" else np.where(most > 1e-9, most, 1.0)
    ordered = [tuple(np.sort((g / units)[who]).round(8)) for g in gains]
    mine = np.sort((found.gains / units)[who])
    assert mine == pytest.approx(max(ordered), abs=1e-6)


@given(cases())
def test_more_patience_never_shrinks_what_can_be_had(case):
    game, _, d, v = case
    sums = []
    for delta in (0.0, 0.3, 0.6, 0.9):
        found = self_enforcing(
            game, "utilitarian", discount_factors=delta, disagreement=d, punishment=np.minimum(d, v)
        )
        sums.append(found.payoffs.sum() if found.agreed else -np.inf)
    assert all(b >= a - 1e-9 for a, b in itertools.pairwise(sums))


@given(cases())
def test_the_most_patient_agree_as_if_a_court_enforced_it_where_punishment_is_a_loss_to_all(case):
    game, _, d, v = case
    found = self_enforcing(
        game, discount_factors=1 - 1e-7, disagreement=d, punishment=np.minimum(d, v) - 1
    )
    court = bg.solve(game, disagreement=d, lotteries=False)
    assert found.agreed == court.agreed
    assert found.gains.prod() == pytest.approx(court.gains.prod(), abs=1e-6)
    assert found.unconstrained.payoffs == pytest.approx(court.payoffs)


@given(cases())
def test_without_a_tomorrow_only_equilibria_hold(case):
    game, _, d, _ = case
    found = self_enforcing(game, discount_factors=0.0, disagreement=d)
    if found.agreed:
        assert not temptations(game, found.package).gains.any()


@given(cases())
@settings(max_examples=50)
def test_the_least_patience_is_that_of_the_package_that_needs_least(case):
    game, _, d, v = case
    found = self_enforcing(game, discount_factors=0.0, disagreement=d, punishment=v)
    rows = list(itertools.product(*[lever.levels for lever in game.free_levers]))
    names = [lever.name for lever in game.free_levers]
    packages = [game.package(dict(zip(names, row, strict=True))) for row in rows]
    payoffs = game.payoffs(packages)
    rational = (payoffs >= d - 1e-9).all(axis=1) & (payoffs > d + 1e-9).any(axis=1)
    needed = [
        critical_discount_factors(game, package, punishment=v).common
        for package, good in zip(packages, rational, strict=True)
        if good
    ]
    least = min(needed, default=1.0)
    if least > 0.9999:
        assert found.least_patience is None
    elif not found.agreed:
        assert found.least_patience == pytest.approx(least, abs=1e-8)
        again = self_enforcing(game, discount_factors=least + 1e-7,
                               disagreement=d, punishment=v)  # fmt: skip
        assert again.agreed


@given(cases())
@settings(max_examples=50)
def test_rescaling_a_players_payoffs_rescales_the_agreement(case):
    game, deltas, d, v = case
    factor = np.r_[5.0, np.ones(len(d) - 1)]
    terms = [
        bg.TablePayoff(
            [game.free_levers[u] for u in f.scope],
            {p: k * table for p, k, table in zip(game.players, factor, f.table, strict=True)},
        )
        for f in game.factors
        if f.scope
    ]
    constant = sum((f.table for f in game.factors if not f.scope), start=np.zeros(len(d)))
    other = bg.Negotiation(game.players, game.levers, terms)
    first = self_enforcing(game, discount_factors=deltas, disagreement=d, punishment=v)
    second = self_enforcing(
        other, discount_factors=deltas, disagreement=factor * (d - constant),
        punishment=factor * (v - constant),
    )  # fmt: skip
    assert second.agreed == first.agreed
    product = np.where(first.gains > 1e-9, first.gains, 1.0).prod()
    scaled = np.where(second.gains > 1e-9, second.gains / factor, 1.0).prod()
    assert scaled == pytest.approx(product, rel=1e-6)


def test_a_breach_may_move_levers_that_are_off_the_table():
    us, china = bg.Player("us"), bg.Player("china")
    tariff = bg.Lever("tariff", us, [0, 1], 1)
    control = bg.ExportControl("control", us, [0, 1], 0)
    terms = [
        bg.LinearPayoff(tariff, {us: 1, china: -4}),
        bg.LinearPayoff(control, {us: 2, china: -4}),
        bg.LinearPayoff("soy", {us: 3, china: -1}),
    ]
    soy = bg.Lever("soy", china, [0, 1], 0)
    game = bg.Negotiation([us, china], [tariff, control, soy], terms)
    on = {"disagreement": "status-quo", "punishment": [0.0, -8.0], "tradable": ["tariff", "soy"]}
    held = self_enforcing(game, discount_factors=0.6, **on)
    assert held.package["tariff"] == 0
    assert held.gains.tolist() == [2.0, 3.0]
    assert held.slacks[0] == pytest.approx((0.6 * 3 - 0.4 * 3) / 6)
    alone = game.restrict(tradable=["tariff", "soy"])
    without = {key: value for key, value in on.items() if key != "tradable"}
    assert self_enforcing(alone, discount_factors=0.3, **without).agreed
    assert not self_enforcing(game, discount_factors=0.3, **on).agreed


def test_large_negotiations_are_searched_without_listing():
    rng = np.random.default_rng(1)
    players = [bg.Player("a"), bg.Player("b")]
    levers = [bg.Lever(f"l{k}", players[k % 2], range(4), 0) for k in range(24)]
    terms = []
    for k, lever in enumerate(levers):
        own, other = players[k % 2], players[1 - k % 2]
        cost = np.sort(rng.uniform(0, 3, 4))
        terms.append(bg.TablePayoff(lever, {own: -cost + cost[0], other: 1.7 * cost}))
    for k in range(23):
        table = rng.normal(0, 0.2, (4, 4))
        terms.append(bg.TablePayoff(levers[k : k + 2], {players[0]: table, players[1]: table.T}))
    game = bg.Negotiation(players, levers, terms)
    assert game.number_of_packages == 4**24
    found = self_enforcing(game, discount_factors=0.4)
    assert found.agreed
    assert (found.slacks >= -1e-9).all()
    assert bg.verify(found)


def test_no_deal_says_how_patient_they_would_have_to_be():
    game = games.lever_game([[3, -1], [5, 0]], [[3, 5], [-1, 0]], status_quo=[1, 1])
    found = self_enforcing(game, discount_factors=0.3)
    assert not found.agreed
    assert found.payoffs.tolist() == [0.0, 0.0]
    assert found.least_patience == pytest.approx(0.4)
    assert "0.4 one would" in found.explain()
    assert bg.verify(found)
    kept = self_enforcing(game, discount_factors=(0.4, 0.4))
    assert kept.payoffs.tolist() == [3.0, 3.0]
    assert kept.critical.common == pytest.approx(0.4)
    assert "would if it paid any more" in kept.explain()


def test_no_deal_at_all_says_so():
    game = games.lever_game([[3, -1], [5, 0]], [[3, 5], [-1, 0]], status_quo=[1, 1])
    found = self_enforcing(game, discount_factors=0.9, disagreement=[9.0, 9.0])
    assert not found.agreed
    assert found.least_patience is None
    assert "enforced or not" in found.explain()
    assert bg.verify(found)


def test_a_punishment_that_is_no_loss_holds_nothing():
    game = games.lever_game([[3, -1], [5, 0]], [[3, 5], [-1, 0]], status_quo=[1, 1])
    found = self_enforcing(game, discount_factors=0.99, punishment=[3.0, 3.0])
    assert not found.agreed
    assert "too mild" in found.explain()


def test_a_tampered_result_fails_its_check():
    game = bg.load_scenario("us-china-2025")
    found = self_enforcing(game, discount_factors=0.4)
    assert bg.verify(found)
    court = found.unconstrained
    assert not bg.verify(replace(found, lottery=court.lottery, payoffs=court.payoffs))
    assert not bg.verify(replace(found, payoffs=found.payoffs + 1))
    assert not bg.verify(replace(found, agreed=False))
    assert not bg.verify(replace(found, punishment=found.punishment + 1))


def test_the_shipped_truce_negotiation_loses_its_deal_with_patience():
    game = bg.load_scenario("us-china-2025")
    court = bg.solve(game, lotteries=False)
    needed = critical_discount_factors(game, court).common
    held = self_enforcing(game, discount_factors=needed)
    assert held.payoffs == pytest.approx(court.payoffs)
    assert held.slacks.min() == pytest.approx(0, abs=1e-9)
    less = self_enforcing(game, discount_factors=needed - 1e-6)
    assert less.agreed
    assert less.gains.prod() < court.gains.prod()
    assert "where a court enforces it" in less.explain()
    assert less.to_dict()["slacks"] == less.slacks.tolist()
    assert not self_enforcing(game, discount_factors=0.05).agreed


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({}, "discount_factors"),
        ({"discount_factors": 1.0}, "discount_factors"),
        ({"discount_factors": {"firm 1": 0.5}}, "firm 2"),
        ({"discount_factors": 0.5, "punishment": "mercy"}, "mercy"),
        ({"discount_factors": 0.5, "disagreement": [0.0]}, "2 finite numbers"),
        ({"discount_factors": 0.5, "solution": "raiffa"}, "raiffa"),
        ({"discount_factors": 0.5, "tradable": ["nothing"]}, "nothing"),
    ],
)
def test_bad_input_is_refused_by_name(options, word):
    with pytest.raises(bg.InputError, match=word):
        self_enforcing(games.cournot(2), **options)


def test_only_negotiations_are_taken():
    with pytest.raises(bg.InputError, match="Negotiation"):
        self_enforcing([[1, 2]], discount_factors=0.5)
