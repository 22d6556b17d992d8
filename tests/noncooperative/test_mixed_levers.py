"""Finite levers beside intervals: closed forms, and all finite profiles one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg

A, B = bg.Player("A"), bg.Player("B")
Q, R = bg.Lever("q", A, bg.Interval(0, 12), 0), bg.Lever("r", B, bg.Interval(0, 12), 0)
SALES = bg.QuadraticPayoff(
    [Q, R], {A: [[-2, -1], [-1, 0]], B: [[0, -1], [-1, -2]]}, {A: [9, 0], B: [0, 9]}
)


def played(equilibrium):
    return {name: x for ((_, own),) in equilibrium.strategies for name, x in own.items()}


def test_a_duopolist_buys_the_better_technology_when_it_pays():
    # Each unit of technology cuts the unit cost by 1. With it at 3, A sells (9 + 2 * 3) / 3 = 5
    # for 25 instead of 3 for 9.
    machine = bg.Lever("machine", A, [0, 3], 0)
    for price, choice in ((15.0, 3.0), (17.0, 0.0)):
        terms = [
            SALES,
            bg.InteractionPayoff([Q, machine], {A: 1}),
            bg.TablePayoff(machine, {A: [0, -price]}),
        ]
        game = bg.Negotiation([A, B], [Q, R, machine], terms)
        equilibrium = bg.nash_equilibrium(game)
        q, r = (9 + 2 * choice) / 3, (9 - choice) / 3
        # Against r = 2 the machine is worth 25 - 12.25, against r = 3 it is worth 20.25 - 9.
        if price > 25 - 12.25:
            q, r, choice = 3.0, 3.0, 0.0
        assert played(equilibrium) == pytest.approx({"q": q, "r": r, "machine": choice})
        assert equilibrium.certificate.kind == "regret"
        assert bg.verify(equilibrium)


def test_a_joint_deviation_of_finite_and_continuous_levers_counts():
    # Alone, neither the switch nor the level gains; both together do.
    level, switch = bg.Lever("level", A, bg.Interval(0, 1), 0), bg.Lever("switch", A, [0, 1], 0)
    together = bg.InteractionPayoff([level, switch], {A: 3})
    costs = [bg.LinearPayoff(level, {A: -1}), bg.LinearPayoff(switch, {A: -1})]
    game = bg.Negotiation([A], [level, switch], [together, *costs])
    equilibrium = bg.nash_equilibrium(game)
    assert played(equilibrium) == {"level": 1, "switch": 1}
    assert equilibrium.payoffs.tolist() == [1]


def test_matching_pennies_beside_intervals_has_no_pure_equilibrium():
    ours, theirs = bg.Lever("ours", A, [0, 1], 0), bg.Lever("theirs", B, [0, 1], 0)
    pennies = bg.TablePayoff([ours, theirs], {A: [[1, -1], [-1, 1]], B: [[-1, 1], [1, -1]]})
    game = bg.Negotiation([A, B], [Q, R, ours, theirs], [SALES, pennies])
    with pytest.raises(bg.ConvergenceError, match="no pure equilibrium was met") as error:
        bg.nash_equilibrium(game)
    assert error.value.certificate.value > 1e-3


def test_a_finite_lever_of_one_level_and_curved_payoffs():
    still = bg.Lever("still", A, [5], 5)
    curved = bg.FunctionPayoff([Q, still], {A: lambda q, s: np.sqrt(1 + q) * s - q})
    equilibrium = bg.nash_equilibrium(bg.Negotiation([A], [Q, still], [curved]))
    assert played(equilibrium) == pytest.approx({"q": 5.25, "still": 5})
    assert equilibrium.certificate.kind == "regret, concavity tested"


WHOLE = st.integers(-4, 4).map(float)


@settings(deadline=None, max_examples=20)
@given(
    st.lists(WHOLE, min_size=8, max_size=8),
    st.lists(WHOLE, min_size=18, max_size=18),
    st.lists(WHOLE, min_size=8, max_size=8),
)
def test_an_equilibrium_is_found_when_one_of_the_finite_profiles_has_it(slopes, table, effects):
    x, y = bg.Lever("x", A, bg.Interval(0, 1), 0), bg.Lever("y", B, bg.Interval(0, 1), 0)
    f, g = bg.Lever("f", A, [0, 1, 2], 0), bg.Lever("g", B, [0, 1, 2], 0)
    coupling, effect = slopes[4:6], np.array(effects).reshape(4, 2)
    terms = [
        bg.QuadraticPayoff(
            [x, y],
            {A: [[-5, coupling[0]], [coupling[0], 0]], B: [[0, coupling[1]], [coupling[1], -5]]},
            {A: slopes[:2], B: slopes[2:4]},
        ),
        bg.TablePayoff([f, g], dict(zip([A, B], np.reshape(table, (2, 3, 3)), strict=True))),
        *(
            bg.InteractionPayoff(pair, {A: a, B: b})
            for pair, (a, b) in zip(itertools.product([x, y], [f, g]), effect, strict=True)
        ),
    ]
    game = bg.Negotiation([A, B], [x, y, f, g], terms)
    exists = any(is_equilibrium(game, f, g) for f, g in itertools.product(range(3), repeat=2))
    try:
        equilibrium = bg.nash_equilibrium(game)
    except bg.ConvergenceError:
        assert not exists
    else:
        assert exists
        assert equilibrium.regret <= 1e-9
        assert bg.verify(equilibrium)


def is_equilibrium(game, f, g):
    """Whether the equilibrium of the intervals beside f and g is one of the whole game."""
    own = bg.nash_equilibrium(game.fix({"f": f, "g": g}))
    assert own.completeness == "all"
    point = played(own)
    for player, (lever, finite) in enumerate((("x", "f"), ("y", "g"))):
        for level in range(3):
            rest = {**point, "f": f, "g": g, finite: level}
            del rest[lever]
            # The best own level of a parabola through three points.
            low, middle, high = (
                game.payoffs({**rest, lever: at})[player] for at in (0.0, 0.5, 1.0)
            )
            slope, bend = -3 * low + 4 * middle - high, 2 * low - 4 * middle + 2 * high
            best = np.clip(-slope / (2 * bend), 0, 1)
            if game.payoffs({**rest, lever: best})[player] > own.payoffs[player] + 1e-8:
                return False
    return True
