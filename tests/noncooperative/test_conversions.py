"""Games of other libraries and negotiations, listed: the same payoffs, the same names."""

from __future__ import annotations

import builtins
import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.errors import InputError, IntractableError
from bargaining.model.levers import Interval, Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.payoffs import LinearPayoff
from bargaining.model.players import Player
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.testing import negotiations

US, CHINA, EU = Player("US"), Player("China"), Player("EU")
MIXED = ([[0.1, Fraction(1, 3)], [2**70 + 1, -1]], [[1, 2], [3, 4.25]])


@pytest.fixture
def pygambit():
    return pytest.importorskip("pygambit")


def test_a_game_goes_to_pygambit_and_back_exactly_with_its_names(pygambit):
    game = NormalFormGame.from_arrays(
        *MIXED, players=["unnamed 1", 'the "US"'], labels=[["2", "1"], ["unnamed 1", "unnamed 0"]]
    )
    there = game.to_pygambit()
    assert isinstance(there, pygambit.Game)
    back = NormalFormGame.from_pygambit(there)
    assert (back.players, back.labels) == (game.players, game.labels)
    assert back.rational.tolist() == game.rational.tolist()


def test_a_game_that_pygambit_made_comes_over(pygambit):
    game = NormalFormGame.from_pygambit(pygambit.Game.from_arrays(*map(np.array, MIXED)))
    assert game.rational[0].tolist() == [[Fraction(1, 10), Fraction(1, 3)], [2**70 + 1, -1]]
    assert game.labels == (("1", "2"), ("1", "2"))


def test_a_tree_comes_over_in_its_strategic_form(pygambit):
    tree = pygambit.Game.new_tree(players=["A", "B"])
    tree.append_move(tree.root, "A", ["left", "right"])
    left, right = tree.root.children
    tree.append_move(left, "B", ["up", "down"])
    tree.set_outcome(right, tree.add_outcome("end", [1, 2]))
    game = NormalFormGame.from_pygambit(tree)
    assert game.payoff_arrays.tolist() == [[[0, 0], [1, 1]], [[0, 0], [2, 2]]]


@pytest.mark.parametrize("name", ["中国", " padded", "two\nlines"])
def test_names_that_gambit_does_not_take_are_said(pygambit, name):
    for names in ({"players": [name]}, {"labels": [[name]]}):
        with pytest.raises(InputError, match="to_pygambit: expected names that Gambit takes, got"):
            NormalFormGame.from_arrays([1], **names).to_pygambit()


def test_only_games_of_pygambit_come_from_it(pygambit):
    with pytest.raises(InputError, match=r"expected a pygambit\.Game, got 3"):
        NormalFormGame.from_pygambit(3)


def test_without_pygambit_the_message_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == "pygambit":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install 'bargaining\[gambit\]'"):
        NormalFormGame.from_arrays([1]).to_pygambit()


@given(negotiations(max_players=3, max_levers=4, max_levels=3), st.booleans())
@settings(max_examples=60)
def test_a_listed_negotiation_pays_what_its_packages_pay(negotiation, fix_one):
    if fix_one:
        lever = negotiation.levers[0]
        negotiation = negotiation.fix({lever: lever.levels[-1]})
    game = NormalFormGame.from_negotiation(negotiation)
    assert game.players == negotiation.player_names
    own = [negotiation.owned_by(player) for player in negotiation.players]
    packages = [
        list(
            itertools.product(*([(lever.name, level) for level in lever.levels] for lever in mine))
        )
        for mine in own
    ]
    assert game.shape == tuple(map(len, packages))
    for profile in itertools.product(*(range(size) for size in game.shape)):
        chosen = dict(pair for i, k in enumerate(profile) for pair in packages[i][k])
        expected = negotiation.payoffs(chosen)
        assert game.payoff_arrays[(slice(None), *profile)] == pytest.approx(expected, abs=1e-9)


def _negotiation(levels, owner=US, **options):
    lever = Lever("tariff", owner, levels, options.pop("status_quo", levels[0]), **options)
    return Negotiation([US, CHINA], [lever], [LinearPayoff(lever, {US: 1, CHINA: -1})])


def test_strategies_are_named_by_levels_and_players_without_levers_have_one():
    assert NormalFormGame.from_negotiation(_negotiation([0.1, 0.25])).labels == (
        ("tariff: 0.1", "tariff: 0.25"),
        ("no lever",),
    )
    named = _negotiation([0, 1, 2], unit="percent", labels=["low", "high", "high"])
    assert NormalFormGame.from_negotiation(named).labels[0] == (
        "tariff: low (0.0)", "tariff: high (1.0)", "tariff: high (2.0)",
    )  # fmt: skip
    near = NormalFormGame.from_negotiation(_negotiation([0.1234567, 0.1234568]))
    assert near.labels[0][0] == "tariff: 0.123457 (0.1234567)"


def test_a_negotiation_too_large_to_list_names_the_size_and_the_levers():
    levers = [Lever(f"lever {k}", US, range(10), 0) for k in range(7)]
    negotiation = Negotiation([US, CHINA], levers, [])
    with pytest.raises(IntractableError) as caught:
        NormalFormGame.from_negotiation(negotiation)
    assert "10,000,000 packages of 2 players are 20,000,000 payoffs" in str(caught.value)
    assert "'lever 6' (10 levels)" in str(caught.value)
    assert caught.value.levers == tuple(lever.name for lever in levers)
    assert NormalFormGame.from_negotiation(negotiation.fix(dict.fromkeys(levers[2:], 0))).shape == (
        100,
        1,
    )


def test_what_is_no_finite_negotiation_is_refused():
    lever = Lever("tariff", US, Interval(0, 1), 0)
    negotiation = Negotiation([US], [lever], [])
    with pytest.raises(InputError, match=r"finitely many levels, got 'tariff' with Interval"):
        NormalFormGame.from_negotiation(negotiation)
    assert NormalFormGame.from_negotiation(negotiation.fix({lever: 0.5})).shape == (1,)
    with pytest.raises(InputError, match="expected a Negotiation, got 3"):
        NormalFormGame.from_negotiation(3)
