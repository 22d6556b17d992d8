"""Games over intervals against closed forms, exact conditions and their own certificates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.noncooperative.intervals.continuous import continuous_equilibrium
from bargaining.testing import negotiations

A, B = bg.Player("A"), bg.Player("B")


def intervals(count, low=0.0, high=1.0, status_quo=None, names="x"):
    """One player and one interval each."""
    players = [bg.Player(f"player {i + 1}") for i in range(count)]
    start = low if status_quo is None else status_quo
    return players, [
        bg.Lever(f"{names}{i + 1}", player, bg.Interval(low, high), start)
        for i, player in enumerate(players)
    ]


def quadratic_game(players, levers, matrices, slopes, **options):
    """Everybody's payoff is slopes . x + x' matrix x / 2."""
    term = bg.QuadraticPayoff(
        levers,
        dict(zip(players, matrices, strict=True)),
        dict(zip(players, slopes, strict=True)),
        **options,
    )
    return bg.Negotiation(players, levers, [term])


def cournot(costs, intercept=12.0, capacity=12.0):
    """Price intercept - total quantity, constant unit costs."""
    count = len(costs)
    players, levers = intervals(count, high=capacity)
    matrices = np.zeros((count, count, count))
    for i in range(count):
        matrices[i, i, :] = matrices[i, :, i] = -1.0
        matrices[i, i, i] = -2.0
    slopes = np.diag(intercept - np.array(costs, dtype=float))
    return quadratic_game(players, levers, matrices, slopes)


def levels(equilibrium):
    return [level for ((_, own),) in equilibrium.strategies for level in own.values()]


def holds(equilibrium):
    certificate = bg.verify(equilibrium)
    assert certificate
    assert certificate.value == pytest.approx(equilibrium.regret, abs=1e-11)
    return True


@pytest.mark.parametrize("count", [1, 2, 3, 7, 20])
def test_cournot_oligopoly_shares_the_market_equally(count):
    equilibrium = bg.nash_equilibrium(cournot([0.0] * count))
    assert levels(equilibrium) == pytest.approx([12 / (count + 1)] * count, rel=1e-12)
    assert equilibrium.payoffs == pytest.approx([(12 / (count + 1)) ** 2] * count, rel=1e-12)
    assert equilibrium.completeness == "all"
    assert equilibrium.certificate.kind == "regret"
    assert equilibrium.certificate.details["proofs"] == ["exact"] * count
    assert holds(equilibrium)


def test_an_expensive_firm_stays_out_of_the_market():
    equilibrium = bg.nash_equilibrium(cournot([0.0, 0.0, 6.0]))
    assert levels(equilibrium) == pytest.approx([4, 4, 0], abs=1e-12)
    assert equilibrium.regret <= 1e-12


def test_capacity_binds_and_the_other_firm_answers():
    players, levers = intervals(2, high=12)
    small = bg.Lever("small", players[0], bg.Interval(0, 2), 0)
    game = quadratic_game(
        players, [small, levers[1]], [[[-2, -1], [-1, 0]], [[0, -1], [-1, -2]]], [[12, 0], [0, 12]]
    )
    assert levels(bg.nash_equilibrium(game)) == pytest.approx([2, 5])


@pytest.mark.parametrize("substitution", [0.0, 0.5, 0.9, -0.5])
def test_differentiated_bertrand_prices(substitution):
    # Demand of i: 10 - p_i + s p_j, unit cost 2: p = (10 + 2) / (2 - s).
    players, levers = intervals(2, high=50)
    s = substitution
    game = quadratic_game(
        players,
        levers,
        [[[-2, s], [s, 0]], [[0, s], [s, -2]]],
        [[12, -2 * s], [-2 * s, 12]],
        constants=dict.fromkeys(players, -20.0),
    )
    equilibrium = bg.nash_equilibrium(game)
    price = 12 / (2 - s)
    assert levels(equilibrium) == pytest.approx([price, price])
    demand = 10 - (1 - s) * price
    assert equilibrium.payoffs == pytest.approx([(price - 2) * demand] * 2)
    assert equilibrium.completeness == "all"


def test_optimal_tariffs_of_two_countries_are_the_inverse_export_supply_elasticities():
    home, foreign = bg.Player("Home"), bg.Player("Foreign")
    ours = bg.Tariff("our tariff", home, bg.Interval(0, 3), 0)
    theirs = bg.Tariff("their tariff", foreign, bg.Interval(0, 3), 0)
    terms = [
        bg.TariffIncidence(
            ours, home, foreign, import_value=100, demand_elasticity=2, supply_elasticity=2.5
        ),
        bg.TariffIncidence(
            theirs, foreign, home, import_value=70, demand_elasticity=1, supply_elasticity=4
        ),
    ]
    equilibrium = bg.nash_equilibrium(bg.Negotiation([home, foreign], [ours, theirs], terms))
    assert levels(equilibrium) == pytest.approx([0.4, 0.25], abs=1e-9)
    assert holds(equilibrium)


def test_tariffs_with_linear_demand_and_supply():
    # Imports 1 - p - t at the exporter's price p, exports p: p = (1 - t) / 2, revenue t p, buyers'
    # surplus p^2 / 2, so that the importer's best rate is 1 / 3; the exporter's surplus is p^2 / 2.
    players, levers = intervals(2)
    importer = [[-0.75, 0], [0, 0]]
    game = bg.Negotiation(
        players,
        levers,
        [
            bg.QuadraticPayoff(levers[i], {players[i]: importer[0][0], players[1 - i]: 0.25},
                               {players[i]: 0.25, players[1 - i]: -0.25},
                               constants=dict.fromkeys(players, 0.125))
            for i in (0, 1)
        ],
    )  # fmt: skip
    equilibrium = bg.nash_equilibrium(game)
    assert levels(equilibrium) == pytest.approx([1 / 3, 1 / 3])
    assert np.all(equilibrium.payoffs < game.payoffs(game.status_quo))


def tullock(values, **options):
    """Prizes won with probability own effort over all effort."""
    count = len(values)
    players, levers = intervals(count, low=0.01, high=2.0, status_quo=1.0)

    def payoff(i):
        return lambda *effort: values[i] * effort[i] / sum(effort) - effort[i]

    def slopes(i):
        def of(*effort):
            total = sum(effort)
            return [
                values[i] * ((total if i == j else 0) - effort[i]) / total**2 - (i == j)
                for j in range(count)
            ]

        return of

    given = {}
    if options.get("gradients"):
        given["gradients"] = {player: slopes(i) for i, player in enumerate(players)}
    term = bg.FunctionPayoff(
        levers, {player: payoff(i) for i, player in enumerate(players)}, **given
    )
    return bg.Negotiation(players, levers, [term])


@pytest.mark.parametrize("gradients", [True, False])
def test_tullock_contest_with_formulas_or_differences(gradients):
    equilibrium = bg.nash_equilibrium(tullock([1.0, 2.0], gradients=gradients))
    # Effort v_i^2 v_j / (v_1 + v_2)^2.
    assert levels(equilibrium) == pytest.approx([2 / 9, 4 / 9], abs=1e-8)
    assert equilibrium.payoffs == pytest.approx([1 / 9, 8 / 9], abs=1e-8)
    # Concave in own effort, not in both: nothing vouches for that but a test.
    assert equilibrium.certificate.kind == "regret, concavity tested"
    assert holds(equilibrium)


def test_payoffs_declared_concave_have_a_regret_that_is_proved():
    # 2 sqrt(x_i) - (x_1 + x_2)^2 / 2 each: 1 / sqrt(x) = 2 x, so x = 4^(-1/3).
    players, levers = intervals(2, low=0.01, high=2.0, status_quo=1.0)
    functions = {
        player: lambda *x, i=i: 2 * np.sqrt(x[i]) - (x[0] + x[1]) ** 2 / 2
        for i, player in enumerate(players)
    }
    term = bg.FunctionPayoff(levers, functions, concave=players)
    equilibrium = bg.nash_equilibrium(bg.Negotiation(players, levers, [term]))
    assert levels(equilibrium) == pytest.approx([4 ** (-1 / 3)] * 2, abs=1e-8)
    assert equilibrium.certificate.kind == "regret"
    assert holds(equilibrium)


def test_symmetric_contest_of_many():
    equilibrium = bg.nash_equilibrium(tullock([1.0] * 5, gradients=True))
    assert levels(equilibrium) == pytest.approx([4 / 25] * 5, abs=1e-9)


@pytest.mark.parametrize("slope", [0.5, 1.5, 4.0])
def test_best_responses_that_run_away_in_circles_have_an_equilibrium_all_the_same(slope):
    # x answers slope (y - 1/2) + 1/2 and y answers -slope (x - 1/2) + 1/2: from (0, 0) best
    # responses go round for ever when slope > 1; the equilibrium is in the middle.
    players, levers = intervals(2)
    matrices = [[[-1, slope], [slope, 0]], [[0, -slope], [-slope, -1]]]
    game = quadratic_game(players, levers, matrices, np.zeros((2, 2)), references=[0.5, 0.5])
    equilibrium = bg.nash_equilibrium(game)
    assert levels(equilibrium) == pytest.approx([0.5, 0.5], abs=1e-12)
    assert equilibrium.completeness == "all"


def test_slopes_above_one_with_the_same_sign_give_three_equilibria():
    players, levers = intervals(2)
    matrices = [[[-1, 2], [2, 0]], [[0, 2], [2, -1]]]
    game = quadratic_game(players, levers, matrices, np.zeros((2, 2)), references=[0.5, 0.5])
    equilibrium = bg.nash_equilibrium(game, starts=["lowest", "middle", "highest"])
    assert levels(equilibrium) == [0, 0]
    assert equilibrium.number_found == 3
    assert equilibrium.completeness == "one"
    everything = bg.nash_equilibria(game)
    assert sorted(levels(found)[0] for found in everything) == pytest.approx([0, 0.5, 1])
    assert everything.completeness == "some"
    assert bg.verify(everything)


def test_a_game_without_a_pure_equilibrium_says_so_with_the_least_regret():
    # A wants to be near B's level in the square of the distance from it, B far from A's: convex.
    players, levers = intervals(2)
    matrices = [[[-2, 2], [2, -2]], [[2, -2], [-2, 2]]]
    game = quadratic_game(players, levers, matrices, np.zeros((2, 2)))
    with pytest.raises(bg.ConvergenceError, match="no pure equilibrium was met") as error:
        bg.nash_equilibrium(game)
    assert error.value.certificate.value == pytest.approx(0.25)  # A in the middle, B at an end


def test_a_stationary_point_that_is_a_minimum_is_left():
    # The slope of x^2 (3 - 2 x) - 0.55 x is zero at a maximum inside and at a minimum.
    lever = bg.Lever("x", A, bg.Interval(0, 1), 0)
    term = bg.FunctionPayoff(lever, {A: lambda x: x**2 * (3 - 2 * x) - 0.55 * x})
    equilibrium = bg.nash_equilibrium(bg.Negotiation([A], [lever], [term]))
    best = (1 + np.sqrt(1 - 4 * 0.55 / 6)) / 2
    assert levels(equilibrium) == pytest.approx([best], abs=1e-7)
    assert equilibrium.certificate.kind == "regret by search"


def random_game(rng, count, own=1, coupling=1.0):
    """Concave in own levers, any effect of the others."""
    players = [bg.Player(f"player {i}") for i in range(count)]
    levers = [
        bg.Lever(f"x{i}.{k}", player, bg.Interval(-1, 2), 0)
        for i, player in enumerate(players)
        for k in range(own)
    ]
    size = count * own
    matrices = []
    for i in range(count):
        matrix = coupling * rng.normal(size=(size, size)) / np.sqrt(size)
        mine = slice(i * own, (i + 1) * own)
        factor = rng.normal(size=(own, own))
        matrix[mine, mine] = -np.eye(own) - factor @ factor.T
        matrices.append(matrix)
    return quadratic_game(players, levers, matrices, rng.normal(size=(count, size)))


@pytest.mark.parametrize(("count", "own"), [(2, 1), (2, 5), (5, 3), (3, 40), (120, 1)])
@pytest.mark.parametrize("coupling", [0.3, 3.0])
def test_linear_quadratic_games_of_any_size_are_solved_exactly(count, own, coupling):
    game = random_game(np.random.default_rng(count + own), count, own, coupling)
    equilibrium = continuous_equilibrium(game, starts=["middle"])
    assert equilibrium.regret <= 1e-13
    assert set(equilibrium.certificate.details["proofs"]) == {"exact"}
    assert holds(equilibrium)


@settings(deadline=None, max_examples=40)
@given(negotiations(intervals=True))
def test_what_is_found_verifies_and_what_is_not_has_a_regret(game):
    if not any(lever.is_interval for lever in game.free_levers):
        return
    try:
        equilibrium = bg.nash_equilibrium(game)
    except bg.ConvergenceError as error:
        certificate = error.certificate
    else:
        certificate = None
        assert bg.verify(equilibrium)
    assert certificate is None or not certificate


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-50, 50), st.floats(0.01, 1000))
def test_units_of_levers_and_payoffs_and_the_order_of_players_do_not_matter(
    seed, unit, shift, money
):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(2, 2, 2)) - 2 * np.array([np.diag([1, 0]), np.diag([0, 1])])
    matrix[0, 0, 0], matrix[1, 1, 1] = -1 - rng.random(2)
    slopes = rng.normal(size=(2, 2))
    players, levers = intervals(2, low=-1, high=2, status_quo=0)
    plain = bg.nash_equilibrium(quadratic_game(players, levers, matrix, slopes))
    moved = [
        bg.Lever(x.name, x.owner, bg.Interval(shift - unit, shift + 2 * unit), shift)
        for x in levers
    ]
    changed = quadratic_game(
        players[::-1], moved, money * matrix[::-1] / unit**2, money * slopes[::-1] / unit,
        references=[shift, shift], constants={players[0]: 7.0},
    )  # fmt: skip
    again = bg.nash_equilibrium(changed)
    assert (np.array(levels(again)[::-1]) - shift) / unit == pytest.approx(
        levels(plain), abs=1e-7 * (1 + abs(shift) / unit)
    )
    assert (again.payoffs[::-1] - [7, 0]) / money == pytest.approx(
        plain.payoffs, abs=1e-7 * (1 + abs(shift) / unit)
    )


def test_a_wrong_payoff_or_level_does_not_pass_the_check():
    equilibrium = bg.nash_equilibrium(cournot([0.0, 1.0]))
    assert not bg.verify(replace(equilibrium, payoffs=equilibrium.payoffs + 1e-3))
    strategies = (((1.0, bg.Package({"x1": 5.0})),), equilibrium.strategies[1])
    assert not bg.verify(replace(equilibrium, strategies=strategies))
    half = (((0.5, bg.Package({"x1": 13 / 3})),), equilibrium.strategies[1])
    assert not bg.verify(replace(equilibrium, strategies=half))
    with pytest.raises(bg.InputError, match="one package with a level for each"):
        bg.verify(replace(equilibrium, strategies=equilibrium.strategies[::-1]))


def test_a_player_without_levers_and_fixed_levers_take_part():
    x, y = (bg.Lever(name, A, bg.Interval(0, 1), 0) for name in "xy")
    term = bg.QuadraticPayoff([x, y], {A: [[-1, 0.5], [0.5, -1]]}, {B: [1, 1]})
    equilibrium = bg.nash_equilibrium(bg.Negotiation([A, B], [x, y], [term]).fix({"y": 1}))
    assert equilibrium.strategies == (((1.0, bg.Package({"x": 0.5})),), ((1.0, bg.Package({})),))
    assert equilibrium.payoffs.tolist() == pytest.approx([-0.375, 1.5])
    assert holds(equilibrium)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"starts": "middle"}, "expected a sequence of starts"),
        ({"starts": ["centre"]}, "'centre'"),
        ({"starts": []}, "at least one"),
        ({"random_starts": 2}, "with it rng="),
        ({"max_iterations": 0}, "max_iterations"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(bg.InputError, match=message):
        bg.nash_equilibrium(cournot([0.0, 0.0]), **options)


def test_random_starts_and_given_packages():
    game = cournot([0.0, 0.0])
    for options in (
        {"starts": [{"x1": 1, "x2": 12}]},
        {"starts": [], "random_starts": 3, "rng": 1},
    ):
        assert levels(bg.nash_equilibrium(game, **options)) == pytest.approx([4, 4])
