"""`verify(equilibrium, exact=True)`: what is proved, what is refused, and how floats are read."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.errors import InputError, IntractableError
from bargaining.noncooperative.equilibrium import equilibrium_of
from bargaining.noncooperative.two_player import proof as module
from bargaining.testing import bimatrix_games

SKEW = bg.NormalFormGame.from_arrays([[2, 0], [0, 1]], [[-2, 0], [0, -1]])
FLAT = bg.NormalFormGame.from_arrays([[2, 0], [1, 1]], [[1, 1], [0, 0]])


def claimed(game, *strategies):
    profile = [np.array(strategy, dtype=float) for strategy in strategies]
    return equilibrium_of(game, profile, method="hand", selection="", number_found=1)


def test_a_mixed_equilibrium_is_proved_with_its_exact_strategies():
    proof = bg.verify(bg.nash_equilibrium(SKEW), exact=True)
    assert bool(proof)
    assert (proof.kind, proof.value, proof.tolerance) == ("exact equilibrium", 0.0, 0.0)
    assert proof.details["strategies"] == [["1/3", "2/3"], ["1/3", "2/3"]]
    assert proof.details["distance"] < 1e-15


@pytest.mark.parametrize("off", [1e-6, -1e-6, 1e-8])
def test_a_profile_that_is_off_by_little_is_refused(off):
    x = [1 / 3 + off, 2 / 3 - off]
    proof = bg.verify(claimed(SKEW, x, [1 / 3, 2 / 3]), exact=True)
    assert not proof
    assert proof.value > 0


def test_an_equilibrium_up_to_tolerance_that_is_none_exactly_is_refused():
    """The second row is better by 1e-12 of the range, which no tolerance sees."""
    game = bg.NormalFormGame.from_arrays([[1], [1 + 1e-12], [0]], [[0], [0], [0]])
    first = claimed(game, [1, 0, 0], [1])
    assert bool(bg.verify(first))
    assert not bg.verify(first, exact=True)
    assert bool(bg.verify(claimed(game, [0, 1, 0], [1]), exact=True))


def test_floats_are_read_as_the_shortest_decimals():
    """0.1 and 0.2 as binary numbers are not in the ratio of 1 to 2 to 3 with 0.3."""
    game = bg.NormalFormGame.from_arrays([[0.3, 0], [0.1, 0.1]], [[0, 0.1], [0.2, 0]])
    proof = bg.verify(bg.nash_equilibrium(game), exact=True)
    assert proof.details["strategies"] == [["2/3", "1/3"], ["1/3", "2/3"]]


def test_a_point_of_a_continuum_is_proved_where_it_is():
    for share in (0.0, 0.123456789, 1 / 3, 0.5):
        proof = bg.verify(claimed(FLAT, [1, 0], [1 - share, share]), exact=True)
        assert bool(proof)
        assert float(Fraction(proof.details["strategies"][1][1])) == pytest.approx(share, abs=1e-12)
    assert not bg.verify(claimed(FLAT, [1, 0], [0.5 - 1e-8, 0.5 + 1e-8]), exact=True)


def test_the_edge_of_a_continuum_is_proved_though_roundoff_lies_outside():
    """The first row is best while y_1 >= 1/3; the float nearest to 1/3 is less."""
    game = bg.NormalFormGame.from_arrays([[2, 0], [0, 1]], [[1, 1], [0, 0]])
    edge = np.nextafter(1 / 3, 0)
    proof = bg.verify(claimed(game, [1, 0], [edge, 1 - edge]), exact=True)
    assert proof.details["strategies"][1] == ["1/3", "2/3"]


def test_pure_profiles_are_proved_for_any_number_of_players():
    table = np.zeros((2, 2, 2))
    table[0, 0, 0] = table[1, 1, 1] = 0.1
    game = bg.NormalFormGame.from_arrays(table, table, table)
    assert bool(bg.verify(claimed(game, [1, 0], [1, 0], [1, 0]), exact=True))
    wrong = dataclasses.replace(
        claimed(game, [1, 0], [1, 0], [1, 0]), strategies=([0, 1], [1, 0], [1, 0])
    )
    wrong = dataclasses.replace(wrong, strategies=tuple(map(np.array, wrong.strategies)))
    assert not bg.verify(wrong, exact=True)
    half = [0.5, 0.5]
    with pytest.raises(InputError, match="only pure profiles and two-player games can be proved"):
        bg.verify(claimed(game, half, half, half), exact=True)


def test_what_has_no_exact_proof_says_so():
    problem = bg.BargainingProblem(bg.PointSet([[4, 0], [0, 4]]), disagreement=[0, 0])
    with pytest.raises(InputError, match="no exact check is known for a"):
        bg.verify(bg.solve(problem), exact=True)
    with pytest.raises(InputError, match="expected an equilibrium of a finite game, got a lever"):
        bg.verify(bg.nash_equilibrium(bg.load_scenario("ally")), exact=True)


def test_a_large_support_is_refused_with_its_size(monkeypatch):
    monkeypatch.setattr(module, "MOST", 1)
    with pytest.raises(IntractableError, match="a support has 2 strategies, more than 1"):
        bg.verify(bg.nash_equilibrium(SKEW), exact=True)


@pytest.mark.parametrize(
    "change",
    [
        {"payoffs": np.array([0.0, 0.1])},
        {"strategies": (np.array([1.5, -0.5]), np.array([0.5, 0.5]))},
    ],
)
def test_a_tampered_equilibrium_is_refused(change):
    assert not bg.verify(dataclasses.replace(bg.nash_equilibrium(SKEW), **change), exact=True)


def test_exact_strategies_that_are_no_probabilities_are_not_believed():
    found = bg.nash_equilibria(SKEW, exact=True)[0]
    for wrong in ((Fraction(1), Fraction(1)), (Fraction(3, 2), Fraction(-1, 2))):
        tampered = dataclasses.replace(found, exact=(wrong, wrong))
        proof = bg.verify(tampered, exact=True)
        assert proof.details["strategies"] == [["1/3", "2/3"], ["1/3", "2/3"]]


@settings(max_examples=60)
@given(bimatrix_games(max_strategies=4))
def test_what_the_solvers_find_is_proved(game):
    assert bool(bg.verify(bg.nash_equilibrium(game), exact=True))
    assert bool(bg.verify(bg.nash_equilibria(game), exact=True))


@settings(max_examples=30)
@given(bimatrix_games(max_strategies=4), st.integers(0, 1000))
def test_profiles_that_are_no_equilibria_are_never_proved(game, seed):
    rng = np.random.default_rng(seed)
    x, y = (rng.dirichlet(np.ones(size)) for size in game.shape)
    profile = claimed(game, x, y)
    assert bool(bg.verify(profile, exact=True)) == (profile.regret < 1e-12)


def test_generic_float_games_are_proved():
    rng = np.random.default_rng(50)
    for _ in range(15):
        game = bg.NormalFormGame.from_arrays(*rng.random((2, 5, 5)))
        assert bool(bg.verify(bg.nash_equilibria(game), exact=True))


def test_a_list_with_a_wrong_member_is_refused():
    found = bg.nash_equilibria(SKEW)
    wrong = claimed(SKEW, [1 / 3 + 1e-6, 2 / 3 - 1e-6], [1 / 3, 2 / 3])
    assert not bg.verify(dataclasses.replace(found, equilibria=(found[0], wrong)), exact=True)
