"""What the searches do at their limits: they say so, or end with the best that they have."""

from __future__ import annotations

import numpy as np
import pytest

import bargaining as bg
from bargaining.optimize import box, milp
from bargaining.optimize.box import largest_in_box
from bargaining.optimize.milp import maximize_by_integer_program
from bargaining.optimize.mixed import with_levels
from bargaining.optimize.packages import packages_of
from bargaining.optimize.smooth import SmoothPayoffs

TABLES = [((0, 1), np.array([[0.0, 3.0], [1.0, 0.0]])), ((1,), np.array([1.0, 0.0]))]


def program(tables=TABLES):
    return maximize_by_integer_program([2, 2], tables, reason="", width=2, levers=["a", "b"])


def test_the_integer_program_finds_the_best_package_and_its_bound() -> None:
    value, bound, indices = program()
    assert value == pytest.approx(3.0)
    assert bound == pytest.approx(3.0)
    assert indices.tolist() == [0, 1]


class Unsolved:
    """What HiGHS returns when its time is over."""

    message = "Time limit reached"

    def __init__(self, x, bound) -> None:
        self.x, self.mip_dual_bound = x, bound


def test_an_integer_program_out_of_time_says_what_is_missing(monkeypatch) -> None:
    monkeypatch.setattr(milp, "milp", lambda *_, **__: Unsolved(None, 0.0))
    with pytest.raises(bg.IntractableError, match="HiGHS found no package: Time limit reached"):
        program()
    monkeypatch.setattr(milp, "milp", lambda *_, **__: Unsolved(np.zeros(8), -1e6))
    with pytest.raises(bg.IntractableError, match=r"HiGHS left a gap of .* after 60 s"):
        program()


def test_a_largest_point_cut_short_is_in_the_box(monkeypatch) -> None:
    monkeypatch.setattr(box, "STEPS", 1)
    peaks = np.array([[0.25, 0.75], [2.0, -1.0]])
    found = largest_in_box(
        lambda z, rows: peaks[rows] - z,
        lambda z, rows: np.tile(-np.eye(2), (len(z), 1, 1)), 2, 2,
    )  # fmt: skip
    assert ((found >= 0) & (found <= 1)).all()


def test_intervals_can_be_cut_to_levels_and_finite_levers_stay() -> None:
    finite = bg.Lever("x", "A", [0, 1], 0)
    interval = bg.Tariff("y", "A", bg.Interval(0, 1), 0.5)
    terms = [bg.LinearPayoff("x", {"A": 1.0}), bg.LinearPayoff("y", {"A": 2.0})]
    game = bg.Negotiation([bg.Player("A")], [finite, interval], terms)
    cut = with_levels(game, {"x": [5.0], "y": [0.75, 0.25, 0.25]})
    assert cut.lever("x").levels == (0.0, 1.0)
    assert cut.lever("y").levels == (0.25, 0.75)
    assert cut.lever("y").unit == "ad valorem rate"
    assert cut.payoffs({"x": 1, "y": 0.75}).tolist() == [2.5]


def test_a_lottery_over_finite_packages_is_left_as_it_is() -> None:
    game = bg.Negotiation([bg.Player("A")], [bg.Lever("x", "A", [0, 1], 0)], [])
    lottery = ((0.5, (0,)), (0.5, (1,)))
    assert packages_of(game).pooled(lottery) is lottery


def test_derivatives_beyond_floating_point_are_named() -> None:
    lever = bg.Lever("x", "A", bg.Interval(0, 1e-300), 0)
    term = bg.FunctionPayoff("x", {"A": lambda x: x * 1e300 * 1e10}, name="cliff")
    game = bg.Negotiation([bg.Player("A")], [lever], [term])
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(bg.InputError, match="'cliff', 'A': expected finite derivatives"),
    ):
        SmoothPayoffs(game).gradients(np.array([[0.5e-300]]))
