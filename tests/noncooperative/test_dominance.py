"""Iterated strict dominance: textbook games, invariances, and that no equilibrium is lost."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.errors import InputError
from bargaining.noncooperative.games.dominance import Removal, iterated_dominance
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.results.certificate import verify

DILEMMA = NormalFormGame.from_arrays(
    [[3, 0], [5, 1]], [[3, 5], [0, 1]], labels=[["C", "D"], ["C", "D"]]
)
MIXTURE = NormalFormGame.from_arrays([[3, 0], [0, 3], [1, 1]], [[1, 0], [0, 1], [2, 0]])
"""Myerson (1991), section 2.9, in kind: no pure strategy dominates the third, a mixture does."""


@st.composite
def small_games(draw):
    """Games of one to three players with whole payoffs, full of ties."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    size = int(np.prod(shape))
    entries = st.lists(st.integers(-3, 3), min_size=size, max_size=size)
    return NormalFormGame.from_arrays(*(np.reshape(draw(entries), shape) for _ in shape))


def one_at_a_time(game, rng):
    """Remove a random dominated strategy at a time; return the indices that survive."""
    kept = [list(range(size)) for size in game.shape]
    while True:
        step = iterated_dominance(game.restrict(kept), margin=1e-9)
        if not step.rounds:
            return kept
        # Whatever goes in the first round is dominated in the game as it stands.
        removal = step.rounds[0][rng.integers(len(step.rounds[0]))]
        i = game.players.index(removal.player)
        kept[i].remove(game.labels[i].index(removal.strategy))


def indices(reduction):
    return [own.tolist() for own in reduction.kept]


def test_the_prisoners_dilemma_is_solved_in_a_round():
    reduction = iterated_dominance(DILEMMA)
    assert reduction.solves
    assert reduction.game.labels == (("D",), ("D",))
    assert reduction.rounds == (
        (
            Removal("player 1", "C", ((1.0, "D"),), 0.2),
            Removal("player 2", "C", ((1.0, "D"),), 0.2),
        ),
    )
    assert [x.tolist() for x in reduction.lift([np.ones(1), np.ones(1)])] == [[0, 1], [0, 1]]


def test_a_mixture_dominates_what_no_pure_strategy_does():
    assert indices(iterated_dominance(MIXTURE, mixed=False)) == [[0, 1, 2], [0, 1]]
    reduction = iterated_dominance(MIXTURE)
    assert indices(reduction) == [[0, 1], [0, 1]]
    [[removal]] = reduction.rounds
    assert removal.by == ((0.5, "strategy 1"), (0.5, "strategy 2"))
    assert removal.margin == pytest.approx(1 / 6)


def test_a_beauty_contest_of_three_unravels_to_its_equilibrium():
    guesses = np.arange(5)
    a, b, c = np.meshgrid(guesses, guesses, guesses, indexing="ij")
    payoffs = [-((own - 0.5 * (a + b + c - own) / 2 + 0.1) ** 2) for own in (a, b, c)]
    reduction = iterated_dominance(NormalFormGame.from_arrays(*payoffs))
    assert indices(reduction) == [[0], [0], [0]]
    assert len(reduction.rounds) > 1


def test_payoffs_that_are_equal_on_paper_dominate_nothing():
    A = [[0.1 + 0.2, 0.1 + 0.2], [0.3, 0.3]]
    assert not iterated_dominance(NormalFormGame.from_arrays(A, [[0, 1], [1, 0]])).rounds
    wide = NormalFormGame.from_arrays([[1, 1], [1 - 1e-6, 1 - 1e-6], [0, 9]], np.zeros((3, 2)))
    assert indices(iterated_dominance(wide))[0] == [0, 2]
    assert indices(iterated_dominance(wide, margin=1e-5))[0] == [0, 1, 2]


@given(small_games(), st.integers(0, 10**6))
@settings(max_examples=60)
def test_the_order_of_removal_does_not_matter(game, seed):
    assert indices(iterated_dominance(game)) == one_at_a_time(game, np.random.default_rng(seed))


@given(small_games(), st.booleans())
def test_no_pure_equilibrium_is_lost_and_none_is_made(game, mixed):
    reduction = iterated_dominance(game, mixed=mixed)
    lifted = [
        tuple(int(own[k]) for own, k in zip(reduction.kept, cell, strict=True))
        for cell in reduction.game.pure_equilibria()
    ]
    assert lifted == game.pure_equilibria()


@given(small_games(), st.data())
@settings(max_examples=60)
def test_units_and_labels_do_not_matter(game, data):
    orders = [data.draw(st.permutations(range(size))) for size in game.shape]
    units = [data.draw(st.sampled_from([1e-6, 1.0, 2.0**40])) for _ in game.shape]
    arrays = [
        unit * table[np.ix_(*orders)] - 3 * unit
        for unit, table in zip(units, game.payoff_arrays, strict=True)
    ]
    moved = iterated_dominance(NormalFormGame.from_arrays(*arrays))
    expected = indices(iterated_dominance(game))
    for order, own, before in zip(orders, moved.kept, expected, strict=True):
        assert sorted(order[k] for k in own) == before


@given(small_games())
@settings(max_examples=60)
def test_every_removal_is_proved_by_what_it_names(game):
    reduction = iterated_dominance(game)
    assert verify(reduction)
    assert reduction.whole.shape == game.shape
    json.dumps(reduction.to_dict())


def test_a_forged_removal_is_found_out():
    reduction = iterated_dominance(DILEMMA)
    forged = (Removal("player 1", "D", ((1.0, "C"),), 0.2), reduction.rounds[0][1])
    assert not verify(replace(reduction, rounds=(forged,)))
    assert not verify(replace(reduction, kept=(np.array([0]), np.array([1]))))
    part = (replace(reduction.rounds[0][0], by=((0.5, "D"),)), reduction.rounds[0][1])
    assert not verify(replace(reduction, rounds=(part,)))


def test_dominance_of_large_games_is_found_among_many_strategies():
    rng = np.random.default_rng(5)
    A, B = rng.random((2, 300, 300))
    A[7], B[:, 9] = A[3] - 0.01, B[:, 4] - 0.01
    reduction = iterated_dominance(NormalFormGame.from_arrays(A, B), mixed=False)
    assert reduction.game.shape == (299, 299)
    assert [removal.strategy for removal in reduction.rounds[0]] == ["strategy 8", "strategy 10"]


def test_the_reduction_reads_as_a_table_and_in_words():
    reduction = iterated_dominance(MIXTURE)
    assert "0.5 strategy 1 + 0.5 strategy 2" in str(reduction)
    assert "left: 2 x 2 of 3 x 2 strategies" in str(reduction)
    assert "One profile is left" in iterated_dominance(DILEMMA).explain()
    assert iterated_dominance(reduction.game).explain() == (
        "No strategy of the 2 x 2 game is strictly dominated."
    )


@pytest.mark.parametrize(
    ("game", "options", "message"),
    [
        (3, {}, "expected a NormalFormGame or Negotiation, got 3"),
        (DILEMMA, {"margin": 0}, r"margin: expected a number in \(0, 1\), got 0"),
        (DILEMMA, {"margin": float("nan")}, "margin: expected a number"),
        (DILEMMA, {"margin": "x"}, "margin: expected a number"),
    ],
)
def test_bad_arguments_are_named(game, options, message):
    with pytest.raises(InputError, match=message):
        iterated_dominance(game, **options)
