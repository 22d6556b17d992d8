"""Designs: ranges kept, seeds, strata, balance, and points that are skipped."""

from __future__ import annotations

import numpy as np
import pytest

import bargaining as bg
from bargaining.sweeps.design import DESIGNS, Design

RANGES = {"a": (0.0, 1.0), "b": (1.0, 100.0), "c": (-1.0, 3.0)}


@pytest.mark.parametrize("kind", DESIGNS)
def test_draws_lie_in_their_ranges_and_are_the_same_for_the_same_seed(kind):
    draws, again = (Design(kind, 64, 7).over(RANGES) for _ in range(2))
    np.testing.assert_array_equal(draws.values, again.values)
    low, high = np.array(list(RANGES.values())).T
    assert np.all((low <= draws.values) & (draws.values <= high))
    assert draws.values.shape == (64, 3)


@pytest.mark.parametrize("kind", ["sobol", "latin-hypercube", "random"])
def test_another_seed_draws_other_numbers(kind):
    first, second = (Design(kind, 16, seed).over(RANGES).values for seed in (1, 2))
    assert not np.any(first == second)


def test_a_hypercube_has_one_draw_in_every_stratum_of_every_number():
    values = Design("latin-hypercube", 50, 3).over({"a": (0.0, 50.0), "b": (-25.0, 25.0)}).values
    for column, low in zip(values.T, (0.0, -25.0), strict=True):
        assert sorted(np.floor(column - low)) == list(range(50))


def test_sobol_points_are_balanced_in_halves_of_powers_of_two():
    values = Design("sobol", 128, 5).over({"a": (0.0, 1.0), "b": (0.0, 1.0)}).values
    np.testing.assert_array_equal((values < 0.5).sum(axis=0), [64, 64])


def test_a_wide_range_of_one_sign_is_drawn_from_in_logarithms():
    values = Design("sobol", 128, 5).over({"b": (1.0, 100.0), "c": (-100.0, -1.0)}).values
    np.testing.assert_array_equal((np.abs(values) < 10).sum(axis=0), [64, 64])


def test_a_grid_holds_all_combinations_ends_included():
    draws = Design("grid", 10, 0).over({"a": (0.0, 1.0), "b": (2.0, 4.0)})
    expected = [[a, b] for a in (0.0, 0.5, 1.0) for b in (2.0, 3.0, 4.0)]
    assert draws.values.tolist() == expected


@pytest.mark.parametrize("kind", ["sobol", "latin-hypercube", "random"])
def test_points_that_do_not_go_together_are_skipped_and_the_sequence_goes_on(kind):
    def accepts(numbers):
        return numbers["a"] <= numbers["c"]

    free = Design(kind, 200, 11).over(RANGES)
    draws = Design(kind, 100, 11).over(RANGES, accepts)
    assert len(draws.values) == 100
    assert np.all(draws.values[:, 0] <= draws.values[:, 2])
    assert draws.points[-1] + 1 == 100 + draws.skipped
    if kind != "latin-hypercube":  # whose strata depend on the number of draws
        inside = draws.points < 200
        np.testing.assert_array_equal(draws.values[inside], free.values[draws.points[inside]])


def test_no_draw_of_the_truce_has_october_rules_that_withhold_less_than_licences():
    found = bg.sweep("us-china-2025", draws=64, question=_nothing)
    licences, rules = (f"payoffs.rare earths.rationed_shares.{k}" for k in (1, 2))
    assert np.all(found[licences] <= found[rules])


def _nothing(negotiation):
    return {"nothing": 0}


def test_ranges_in_which_nothing_goes_together_are_an_error():
    with pytest.raises(bg.ConvergenceError, match="only 0 keep the shares"):
        Design("random", 4, 0).over(RANGES, lambda numbers: False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("sobel", 4, 0), "design: expected one of"),
        (("sobol", 0, 0), "draws: expected a whole number"),
        (("sobol", 2.5, 0), "draws: expected a whole number"),
        (("sobol", 4, -1), "seed: expected a whole number"),
    ],
)
def test_bad_designs_are_named(options, message):
    with pytest.raises(bg.InputError, match=message):
        Design(*options)


def test_a_grid_with_too_few_draws_says_how_many_it_takes():
    with pytest.raises(bg.InputError, match="at least 2 values of each, 8 draws, got 7"):
        Design("grid", 7, 0).over(RANGES)
