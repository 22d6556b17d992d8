"""Gambit behind the adapter: verified, stopped in time, and not believed."""

from __future__ import annotations

import numpy as np
import pytest

from bargaining.errors import ConvergenceError, InputError
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.n_player import gambit_adapter as module
from bargaining.noncooperative.n_player import n_player
from bargaining.noncooperative.n_player.gambit_adapter import gambit_profiles
from bargaining.noncooperative.n_player.logit import PathEnd
from tests.noncooperative.n_player_games import ROOT, circle_game, nine_equilibria

PATIENT = 120.0
"""Seconds; a process that starts on a busy machine may take many."""


def game_of(arrays):
    return NormalFormGame.from_arrays(*arrays)


@pytest.fixture
def pygambit():
    return pytest.importorskip("pygambit")


@pytest.mark.parametrize("solver", ["logit", "simpdiv", "enumpoly"])
def test_each_solver_finds_the_irrational_equilibrium_and_newton_its_digits(pygambit, solver):
    ((x, y, z),) = gambit_profiles(game_of(circle_game()), solver, seconds=PATIENT)
    for played in (x, y, z):
        assert played == pytest.approx([ROOT, 1 - ROOT], abs=1e-12)


def test_gambit_knows_no_equilibrium_of_a_generic_game_that_we_do_not_find(pygambit):
    game = game_of(nine_equilibria())
    ours = [np.concatenate(p) for p in n_player.equilibria_found(game)[0]]
    theirs = gambit_profiles(game, "enumpoly", seconds=PATIENT)
    assert theirs
    for profile in theirs:
        assert min(np.abs(np.concatenate(profile) - p).max() for p in ours) < 1e-7


def test_a_solver_out_of_time_is_stopped(pygambit):
    with pytest.raises(ConvergenceError, match=r"logit did not end in 0.01 seconds on a 2 x 2 x 2"):
        gambit_profiles(game_of(circle_game()), seconds=0.01)


def test_a_solver_that_fails_says_why(monkeypatch):
    monkeypatch.setitem(module.SOLVERS, "logit", "no_such_name")
    monkeypatch.setattr(module, "CHILD", "{call}")
    with pytest.raises(ConvergenceError, match=r"(?s)logit failed: .*no_such_name"):
        gambit_profiles(game_of(circle_game()), seconds=PATIENT)


def test_what_is_no_equilibrium_is_not_kept_and_nothing_comes_twice(monkeypatch):
    right, wrong = np.tile([ROOT, 1 - ROOT], 3), np.array([1.0, 0, 1, 0, 1, 0])
    monkeypatch.setattr(module, "_returned", lambda *_: [wrong, right, right + 1e-9])
    assert len(gambit_profiles(game_of(circle_game()))) == 1


def test_unknown_solvers_are_named_with_those_known():
    with pytest.raises(InputError, match="expected one of logit, simpdiv, enumpoly, got 'gnm'"):
        gambit_profiles(game_of(circle_game()), "gnm")


def test_gambit_is_asked_last_and_may_fail(monkeypatch):
    def given_up(payoffs, start=None):
        return PathEnd(payoffs.centroid, payoffs.regret(payoffs.centroid), 0.0)

    def gambit(game, solver):
        if solver == "logit":
            raise ConvergenceError("out of time")
        return [(np.array([ROOT, 1 - ROOT]),) * 3]

    monkeypatch.setattr(n_player, "follow_logit_path", given_up)
    monkeypatch.setattr(n_player, "SUPPORTS_FOR_ONE", 0)
    monkeypatch.setattr(n_player, "gambit_installed", lambda: True)
    monkeypatch.setattr(n_player, "gambit_profiles", gambit)
    assert n_player.mixed_profile(game_of(circle_game()))[0][0] == pytest.approx(ROOT)
