"""The logit path: quantal responses all along it, Nash at its end, no units and no labels."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.n_player import logit as module
from bargaining.noncooperative.n_player.indifference import ExpectedPayoffs
from bargaining.noncooperative.n_player.logit import EXACT, follow_logit_path, logit_path
from tests.noncooperative.listing import equilibrium_fault
from tests.noncooperative.n_player_games import (
    ROOT,
    circle_game,
    drawn,
    nine_equilibria,
    relabelled,
)


def payoffs_of(arrays):
    return ExpectedPayoffs(NormalFormGame.from_arrays(*arrays))


def response(payoffs, p, precision):
    values, _ = payoffs.derivatives(p)
    odds = np.exp(precision * (values - payoffs.best(values)[payoffs.owner]))
    return odds / payoffs.sums(odds)[payoffs.owner]


@settings(max_examples=20)
@given(st.integers(0, 1000), st.booleans())
def test_every_point_of_the_path_is_a_logit_response_to_itself(seed, whole):
    payoffs = payoffs_of(drawn(seed, (2, 3, 2), whole=whole))
    for precision, p in itertools.islice(logit_path(payoffs), 60):
        # Roundoff and the stopping rule of the corrector are amplified by the precision.
        assert p == pytest.approx(response(payoffs, p, precision), abs=1e-9 * max(1, precision))


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_regret_falls_with_precision_as_the_theory_says(seed):
    payoffs = payoffs_of(drawn(seed, (3, 2, 2)))
    for precision, p in itertools.islice(logit_path(payoffs), 60):
        # The entropy that a quantal response gains by straying is at most log K / lambda.
        assert payoffs.regret(p) <= np.log(3) / precision + 1e-9


def test_the_limit_of_quantal_responses_is_the_only_equilibrium():
    payoffs = payoffs_of(circle_game())
    *_, (precision, p) = logit_path(payoffs)
    assert precision > 1e6
    assert p == pytest.approx(np.tile([ROOT, 1 - ROOT], 3), abs=1e-6)
    assert follow_logit_path(payoffs).p == pytest.approx(np.tile([ROOT, 1 - ROOT], 3), abs=1e-13)


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_the_equilibrium_of_the_end_is_the_limit_of_the_path(seed):
    payoffs = payoffs_of(drawn(seed, (2, 2, 2)))
    *_, (precision, p) = logit_path(payoffs)
    if precision < module.LARGEST_PRECISION:
        return  # the path alone may take more steps than it has; its end is found before
    end = follow_logit_path(payoffs)
    assert end.regret <= EXACT
    assert end.p == pytest.approx(p, abs=1e-2)


def test_a_symmetric_game_has_a_symmetric_equilibrium_at_the_end_of_its_path():
    rng = np.random.default_rng(5)
    for _ in range(10):
        own = rng.normal(size=(3, 3, 3))
        own = (own + np.transpose(own, (0, 2, 1))) / 2  # the others are interchangeable
        arrays = [own, np.transpose(own, (1, 0, 2)), np.transpose(own, (1, 2, 0))]
        end = follow_logit_path(payoffs_of(arrays))
        assert end.regret <= EXACT
        first, second, third = end.p.reshape(3, 3)
        assert first == pytest.approx(second, abs=1e-8)
        assert first == pytest.approx(third, abs=1e-8)


def test_the_path_follows_turns_back_to_lower_precision():
    payoffs = payoffs_of(drawn(33, (2, 2, 2)))
    precisions = [precision for precision, _ in logit_path(payoffs)]
    assert min(np.diff(precisions)) < 0
    assert follow_logit_path(payoffs).regret <= EXACT


@settings(max_examples=20)
@given(st.integers(0, 1000), st.booleans())
def test_neither_units_nor_labels_move_the_end_of_the_path(seed, whole):
    rng = np.random.default_rng(seed)
    arrays = drawn(seed, (2, 3, 2), whole=whole)
    end = follow_logit_path(payoffs_of(arrays)).p
    units = rng.uniform(0.1, 10, (3, 1, 1, 1)) * arrays + rng.normal(size=(3, 1, 1, 1))
    assert follow_logit_path(payoffs_of(units)).p == pytest.approx(end, abs=1e-7)
    moved, back = relabelled(list(arrays), rng)
    payoffs = payoffs_of(moved)
    there = np.concatenate(back(payoffs.profile(follow_logit_path(payoffs).p)))
    assert there == pytest.approx(end, abs=1e-7)


@pytest.mark.parametrize(
    ("A", "B", "x", "y"),
    [
        ([[2, -1], [-1, 1]], [[-1, 1], [1, -1]], [0.5, 0.5], [0.4, 0.6]),
        (
            [[3, 0, 9], [3, 9, 2], [6, 7, 6]],
            [[3, 6, 0], [3, 3, 8], [3, 1, 7]],
            [0.5, 0, 0.5],
            [0, 0.3, 0.7],
        ),
    ],
)
def test_two_player_games_with_one_equilibrium_end_there(A, B, x, y):
    assert follow_logit_path(payoffs_of([A, B])).p == pytest.approx([*x, *y], abs=1e-12)


@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 3, 3), (2, 2, 2, 2), (2, 2, 2, 2, 2), (5, 5, 5)])
@pytest.mark.parametrize("whole", [False, True])
def test_random_and_degenerate_games_end_at_equilibria(shape, whole):
    for seed in range(8):
        arrays = drawn(seed, shape, whole=whole)
        payoffs = payoffs_of(arrays)
        end = follow_logit_path(payoffs)
        assert end.regret <= EXACT
        assert equilibrium_fault(arrays, payoffs.profile(end.p)) <= 1e-10


def test_another_start_may_end_at_another_equilibrium():
    payoffs = payoffs_of(nine_equilibria())
    first = np.array([0.01, 0.99, 0.99, 0.01, 0.01, 0.99])
    ends = [follow_logit_path(payoffs, start) for start in (None, first)]
    assert all(end.regret <= EXACT for end in ends)
    assert not np.allclose(ends[0].p, ends[1].p, atol=0.1)


def test_a_path_out_of_steps_says_how_near_it_came(monkeypatch):
    monkeypatch.setattr(module, "STEPS", 3)
    payoffs = payoffs_of(circle_game())
    end = follow_logit_path(payoffs)
    assert end.regret > EXACT
    assert end.regret == pytest.approx(payoffs.regret(end.p))


def test_constant_payoffs_leave_the_path_at_the_centroid():
    end = follow_logit_path(payoffs_of(np.ones((3, 2, 3, 2))))
    assert end.p.tolist() == pytest.approx([0.5, 0.5, 1 / 3, 1 / 3, 1 / 3, 0.5, 0.5])
    assert end.regret == 0
