"""The public Hypothesis strategies give what they promise."""

from __future__ import annotations

import builtins
import importlib
import sys

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from bargaining import testing
from bargaining.model.levers import Interval
from bargaining.model.payoffs import FunctionPayoff, InteractionPayoff, LinearPayoff, TablePayoff


@given(
    game=testing.negotiations(
        min_players=2, max_players=4, min_levers=2, max_levers=5, max_levels=3, max_terms=3
    )
)
def test_negotiations_stay_within_their_bounds(game):
    assert 2 <= len(game.players) <= 4
    assert 2 <= len(game.levers) <= 5
    assert max(game.sizes) <= 3
    assert len(game.terms) <= 3
    assert all(len(term.levers) <= 2 for term in game.terms)


@pytest.mark.parametrize("kind", [LinearPayoff, InteractionPayoff, TablePayoff, FunctionPayoff])
def test_every_kind_of_term_turns_up(kind):
    find(
        testing.negotiations(),
        lambda game: any(isinstance(term, kind) for term in game.terms),
        settings=settings(max_examples=2000, database=None),
    )


@given(data=st.data(), game=testing.negotiations(intervals=True))
def test_packages_are_complete_and_admissible(data, game):
    package = data.draw(testing.packages(game))
    assert list(package) == [lever.name for lever in game.levers]
    for lever in game.levers:
        level = package[lever.name]
        assert (
            level in lever.levels if isinstance(lever.levels, Interval) else lever.index(level) >= 0
        )


@given(data=st.data(), game=testing.negotiations(min_levers=2))
def test_packages_keep_fixed_levers(data, game):
    first = game.levers[0]
    smaller = game.fix({first: first.status_quo})
    assert data.draw(testing.packages(smaller))[first] == first.status_quo


@given(points=testing.point_sets(min_players=2, max_players=4, max_points=5))
def test_point_sets(points):
    rows, columns = points.points.shape
    assert 1 <= rows <= 5
    assert 2 <= columns <= 4


def test_games_of_two_players():
    pytest.importorskip("bargaining.noncooperative.games.normal_form")
    find(
        testing.bimatrix_games(max_strategies=3),
        lambda game: True,
        settings=settings(database=None),
    )


def test_without_hypothesis_the_message_says_what_to_install(monkeypatch):
    usual = builtins.__import__

    def without_hypothesis(name, *rest):
        if name.startswith("hypothesis"):
            raise ModuleNotFoundError(name)
        return usual(name, *rest)

    monkeypatch.delitem(sys.modules, "bargaining.testing")
    monkeypatch.setattr(builtins, "__import__", without_hypothesis)
    with pytest.raises(ImportError, match=r"needs Hypothesis: pip install 'bargaining\[test\]'"):
        importlib.import_module("bargaining.testing")
