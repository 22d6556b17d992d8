"""Temptations against listing all own packages."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.enforcement.patience.temptation import temptations
from bargaining.testing import negotiations, packages


def listed_gain(game: bg.Negotiation, package: bg.Package, levers: list[bg.Lever], who: int):
    """Return the most that a player gains by moving some levers, by listing."""
    rows = itertools.product(*(lever.levels for lever in levers))
    moved = [{**package, **dict(zip([x.name for x in levers], row, strict=True))} for row in rows]
    return float((game.payoffs(moved)[:, who] - game.payoffs(package)[who]).max())


@given(st.data())
def test_gains_are_the_best_of_all_own_packages_and_of_each_lever_alone(data):
    game = data.draw(negotiations())
    several = data.draw(st.lists(packages(game), min_size=1, max_size=3))
    found = temptations(game, several)
    for m, package in enumerate(several):
        for i, player in enumerate(game.players):
            own = list(game.owned_by(player))
            assert found.gains[m, i] == pytest.approx(listed_gain(game, package, own, i), abs=1e-9)
            moved = {**package, **found.deviations[m][i]}
            reached = game.payoffs(moved)[i] - game.payoffs(package)[i]
            assert found.gains[m, i] == pytest.approx(reached, abs=1e-9)
        for u, lever in enumerate(game.free_levers):
            owner = game.player_names.index(lever.owner)
            alone = listed_gain(game, package, [lever], owner)
            assert found.lever_gains[m, u] == pytest.approx(alone, abs=1e-9)
            moved = {**package, lever.name: found.lever_levels[m, u]}
            reached = game.payoffs(moved)[owner] - game.payoffs(package)[owner]
            assert found.lever_gains[m, u] == pytest.approx(reached, abs=1e-9)


@given(st.data())
def test_an_equilibrium_tempts_nobody_and_its_package_stays(data):
    game = data.draw(negotiations(max_players=2))
    equilibrium = bg.nash_equilibrium(game)
    levels = [dict(strategy[0][1]) for strategy in equilibrium.strategies]
    if any(len(strategy) > 1 for strategy in equilibrium.strategies):
        return
    package = game.package({k: v for part in levels for k, v in part.items()})
    found = temptations(game, package)
    assert np.all(found.gains <= 1e-9)
    assert found.most_tempting == ((None,) * len(game.players),)


def test_the_most_tempting_lever_is_the_one_that_gains_most_alone():
    us, china = bg.Player("us"), bg.Player("china")
    small = bg.Lever("small", us, [0, 1], 0)
    large = bg.Lever("large", us, [0, 1], 0)
    theirs = bg.Lever("theirs", china, [0, 1], 0)
    terms = [
        bg.LinearPayoff(small, {us: 1, china: -3}),
        bg.LinearPayoff(large, {us: 2, china: -3}),
        bg.LinearPayoff(theirs, {us: -9, china: -1}),
    ]
    game = bg.Negotiation([us, china], [small, large, theirs], terms)
    found = temptations(game, {"small": 0, "large": 0, "theirs": 0})
    assert found.gains.tolist() == [[3.0, 0.0]]
    assert found.most_tempting == (("large", None),)


def test_no_packages_give_empty_arrays():
    game = bg.load_scenario("tariff-dilemma")
    found = temptations(game, [])
    assert found.gains.shape == (0, len(game.players))
    assert found.deviations == ()


def test_an_interval_is_refused_by_name():
    us = bg.Player("us")
    lever = bg.Lever("rate", us, bg.Interval(0, 1), 0)
    game = bg.Negotiation([us], [lever], [bg.LinearPayoff(lever, {us: 1})])
    with pytest.raises(bg.InputError, match="rate"):
        temptations(game, {"rate": 0})
