"""Bargaining over levers with intervals: closed forms, grids, changes that must not matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.frontier import frontier
from bargaining.errors import InputError, IntractableError
from bargaining.results.certificate import verify

A, B, C = (bg.Player(name) for name in "ABC")
OPTIMAL = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian")
FOLLOWING = ("raiffa", "perles-maschler", "equal-area")


def lever(name, levels=None, owner=A, status_quo=None):
    levels = bg.Interval(0, 1) if levels is None else levels
    low = levels.low if isinstance(levels, bg.Interval) else levels[0]
    return bg.Lever(name, owner, levels, low if status_quo is None else status_quo)


def solved(game, d, rule="nash", **options):
    agreement = bargain(bg.BargainingProblem(PackageSet(game), d), rule, **options)
    assert agreement.certificate, agreement
    assert verify(agreement), verify(agreement)
    return agreement


def ideal_points(levels=None, first=0.0, second=1.0, stakes=(1.0, 1.0)):
    """One lever, quadratic losses about two ideal points."""
    x = lever("x", levels)
    matrices = {A: -2 * stakes[0], B: -2 * stakes[1]}
    slopes = {A: 2 * stakes[0] * first, B: 2 * stakes[1] * second}
    constants = {A: -stakes[0] * first**2, B: -stakes[1] * second**2}
    return bg.Negotiation(
        [A, B], [x], [bg.QuadraticPayoff(x, matrices, slopes, constants=constants)]
    )


@st.composite
def concave_games(draw, players=(A, B), levers=3):
    """Separable losses with whole numbers, and couplings that keep them concave."""
    xs = [
        lever(f"x{j}", owner=players[j % len(players)]) for j in range(draw(st.integers(1, levers)))
    ]
    whole = st.integers(-3, 3)
    terms = []
    for player in players:
        root = np.array([[draw(whole) for _ in xs] for _ in xs], dtype=float)
        slopes = [draw(whole) for _ in xs]
        terms.append(bg.QuadraticPayoff(xs, {player: -root @ root.T}, {player: slopes}))
    return bg.Negotiation(players, xs, terms)


@st.composite
def deals(draw, **options):
    """Draw a game, and a point below the payoffs of its middle package."""
    game = draw(concave_games(**options))
    middle = game.payoffs({x.name: 0.5 for x in game.levers})
    below = [draw(st.integers(1, 5)) for _ in game.players]
    return game, middle - np.array(below, dtype=float)


@pytest.mark.parametrize("first", [0.0, 0.2])
@pytest.mark.parametrize("weights", [(1, 1), (3, 1)])
def test_nash_of_two_ideal_points_is_where_calculus_says(first, weights):
    """u_A = -(x - p)^2, u_B = -(x - 1)^2 and d at -(1 - p)^2 for both: a symmetric problem in x."""
    game = ideal_points(first=first)
    reach = (1 - first) ** 2
    agreement = solved(game, [-reach, -reach], bg.NashSolution(weights))
    x = agreement.package["x"]
    slope = [
        weights[0] * -2 * (x - first) / (reach - (x - first) ** 2),
        weights[1] * 2 * (1 - x) / (reach - (1 - x) ** 2),
    ]
    assert sum(slope) == pytest.approx(0, abs=1e-7)
    if weights == (1, 1):
        assert x == pytest.approx((1 + first) / 2, abs=1e-9)


def test_separable_losses_split_each_lever_where_the_weights_say():
    """Given supporting weights, each lever is at the weighted mean of the ideal points."""
    rng = np.random.default_rng(5)
    xs = [lever(f"x{j}") for j in range(20)]
    ideal, stakes = rng.uniform(size=(2, 20)), rng.uniform(0.5, 2, size=(2, 20))
    terms = [
        bg.QuadraticPayoff(x, {p: -2 * stakes[i, j]}, references=[ideal[i, j]])
        for j, x in enumerate(xs)
        for i, p in enumerate((A, B))
    ]
    agreement = solved(bg.Negotiation([A, B], xs, terms), [-5, -4])
    power = stakes * agreement.certificate.weights[0][:, None]
    expected = (power * ideal).sum(axis=0) / power.sum(axis=0)
    assert [agreement.package[x.name] for x in xs] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("rule", [*OPTIMAL, *FOLLOWING])
def test_a_symmetric_problem_is_settled_in_the_middle(rule):
    agreement = solved(ideal_points(), [-1, -1], rule)
    assert agreement.package["x"] == pytest.approx(0.5, abs=1e-7)


@pytest.mark.parametrize("rule", [*OPTIMAL, *FOLLOWING])
def test_a_lever_game_has_the_solutions_of_its_frontier_as_a_function(rule):
    """u_A = -x^2, u_B = -(1 - x)^2, so the frontier is u_B = -(1 - sqrt(-u_A))^2."""
    d = [-0.8, -0.3]
    curve = bg.FrontierSet(lambda u: -((1 - math.sqrt(max(0.0, -u))) ** 2), (-1, 0))
    known = bargain(bg.BargainingProblem(curve, d), rule)
    agreement = solved(ideal_points(), d, rule)
    assert agreement.payoffs == pytest.approx(known.payoffs, abs=1e-6)


@settings(max_examples=15)
@given(deal=deals())
def test_no_grid_is_better_and_finer_grids_come_closer(deal):
    game, d = deal
    product = float(np.prod(solved(game, d).gains))
    found = []
    for points in (3, 5, 9):
        xs = [lever(x.name, x.levels.grid(points), x.owner) for x in game.levers]
        grid = bg.Negotiation(game.players, xs, game.terms)
        found.append(float(np.prod(bargain(bg.BargainingProblem(PackageSet(grid), d)).gains)))
    assert found == sorted(found) or np.diff(found).min() > -1e-9 * product
    assert found[-1] <= product * (1 + 1e-9)
    assert found[-1] >= product * 0.8


@settings(max_examples=20)
@given(deal=deals(), rule=st.sampled_from(OPTIMAL))
def test_one_package_reaches_what_lotteries_do(deal, rule):
    game, d = deal
    with_lotteries = solved(game, d, rule)
    without = solved(game, d, rule, lotteries=False)
    assert len(with_lotteries.lottery) == 1
    assert without.payoffs == pytest.approx(with_lotteries.payoffs, abs=1e-9)
    reached = game.payoffs(with_lotteries.package)
    assert reached == pytest.approx(with_lotteries.payoffs, abs=1e-9)


@settings(max_examples=15)
@given(deal=deals(players=(A, B, C)), rule=st.sampled_from(OPTIMAL))
def test_three_players_are_proved_as_well(deal, rule):
    game, d = deal
    assert solved(game, d, rule).certificate.value < 1e-9


@settings(max_examples=15)
@given(deal=deals(), rule=st.sampled_from(["nash", "kalai-smorodinsky"]))
def test_the_units_of_payoffs_and_of_levers_do_not_matter(deal, rule):
    game, d = deal
    agreement = solved(game, d, rule)
    factor, shift = np.array([1000.0, 0.001]), np.array([5.0, -70.0])
    terms = [
        bg.QuadraticPayoff(
            game.levers,
            {p: factor[i] * np.array(term.quadratics[p].matrix) / np.outer(unit, unit)},
            {p: factor[i] * np.array(term.quadratics[p].slopes) / unit},
            constants={p: shift[i]},
        )
        for unit in [np.where(np.arange(len(game.levers)) == 0, 100.0, 1.0)]
        for i, (p, term) in enumerate(zip("AB", game.terms, strict=True))
    ]
    wide = [
        lever(x.name, bg.Interval(0, 100) if j == 0 else None, x.owner)
        for j, x in enumerate(game.levers)
    ]
    other = solved(bg.Negotiation(game.players, wide, terms), factor * d + shift, rule)
    scale = np.maximum(np.abs(agreement.ideal - d), 1e-9)
    apart = ((other.payoffs - shift) / factor - agreement.payoffs) / scale
    assert np.abs(apart).max() < 1e-7


@settings(max_examples=15)
@example(slopes=[(0, 1), (1, -1)], rule="raiffa")
@given(
    slopes=st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=1, max_size=4),
    rule=st.sampled_from([*OPTIMAL, *FOLLOWING]),
)
def test_linear_payoffs_over_intervals_are_the_game_of_the_ends(slopes, rule):
    def game(levels):
        xs = [lever(f"x{j}", levels) for j in range(len(slopes))]
        terms = [bg.LinearPayoff(x, {A: a, B: b}) for x, (a, b) in zip(xs, slopes, strict=True)]
        return bg.Negotiation([A, B], xs, terms)

    d = game([0, 1]).payoffs({f"x{j}": 0 for j in range(len(slopes))}) - 1
    ends = bargain(bg.BargainingProblem(PackageSet(game([0, 1])), d), rule)
    agreement = solved(game(None), d, rule)
    assert agreement.payoffs == pytest.approx(ends.payoffs, abs=1e-6)
    assert len(agreement.lottery) == 1


@pytest.mark.parametrize("rule", [*OPTIMAL, *FOLLOWING])
def test_products_of_levers_need_their_ends_only(rule):
    x, y = lever("x"), lever("y", bg.Interval(-1, 2), B)
    terms = [
        bg.LinearPayoff(x, {A: 1, B: -2}),
        bg.LinearPayoff(y, {A: -1, B: 0.5}),
        bg.InteractionPayoff((x, y), {A: 3, B: 1}),
    ]
    ends = bg.Negotiation([A, B], [lever("x", [0, 1]), lever("y", [-1, 2], B)], terms)
    agreement = solved(bg.Negotiation([A, B], [x, y], terms), [-1, -1], rule)
    assert agreement.payoffs == pytest.approx(solved(ends, [-1, -1], rule).payoffs, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(data=st.data(), rule=st.sampled_from(OPTIMAL))
def test_mixed_levers_are_no_worse_than_any_grid(data, rule):
    whole = st.integers(-3, 3)
    x, k = lever("x"), lever("k", [0, 1, 2], B)
    terms = [
        bg.QuadraticPayoff(x, {A: -2, B: -4}, {A: data.draw(whole), B: data.draw(whole)}),
        bg.InteractionPayoff((x, k), {A: data.draw(whole), B: data.draw(whole)}),
        bg.TablePayoff(k, {p: [data.draw(whole) for _ in range(3)] for p in (A, B)}),
    ]
    game = bg.Negotiation([A, B], [x, k], terms)
    d = game.payoffs({"x": 0.5, "k": 1}) - 1.0
    agreement = solved(game, d, rule)
    assert len({package["k"] for _, package in agreement.lottery}) == len(agreement.lottery)
    grid = bg.Negotiation([A, B], [lever("x", bg.Interval(0, 1).grid(9)), k], terms)
    support = PackageSet(grid).supports(agreement.certificate.weights)
    assert (support.points @ agreement.certificate.weights.T).max() <= (
        agreement.payoffs @ agreement.certificate.weights.T
    ).max() + 1e-7 or len(agreement.certificate.weights) > 1


def test_no_deal_is_proved_by_separating_weights():
    agreement = solved(ideal_points(), [-0.1, -0.1])
    assert not agreement.agreed
    weights = agreement.certificate.weights[0]
    assert (weights > 0).all()
    best = PackageSet(ideal_points()).support(weights)
    assert weights @ best < weights @ agreement.disagreement


def test_a_point_on_the_frontier_leaves_nothing_to_gain():
    agreement = solved(ideal_points(), [-0.25, -0.25])
    assert not agreement.agreed


def test_only_one_side_gains_where_the_other_is_at_its_best():
    """A is at its best at x = 0 whatever y is; B would like a larger y."""
    x, y = lever("x"), lever("y", owner=B)
    terms = [bg.QuadraticPayoff(x, {A: -2, B: -2}), bg.LinearPayoff(y, {B: 1.0})]
    agreement = solved(bg.Negotiation([A, B], [x, y], terms), [0.0, 0.0])
    assert agreement.agreed
    assert agreement.gains == pytest.approx([0, 1], abs=1e-6)
    assert agreement.certificate.details["cannot gain"] == ["A"]


def test_a_curved_frontier_has_points_with_a_stated_error():
    game = ideal_points()
    found = frontier(bg.BargainingProblem(PackageSet(game), [-0.81, -0.49]))
    assert found.certificate
    assert verify(found)
    assert found.certificate.tolerance == 1e-5
    u, v = found.points.T
    assert v == pytest.approx(-((1 - np.sqrt(-u)) ** 2), abs=1e-5)
    assert found.points[0] == pytest.approx([-0.81, -0.01], abs=1e-4)
    assert found.points[-1] == pytest.approx([-0.09, -0.49], abs=1e-4)


def test_the_ledger_of_intervals_adds_up():
    x, y = lever("x"), lever("y", owner=B)
    terms = [
        bg.QuadraticPayoff(
            (x, y), {A: [[-2, 1], [1, -2]], B: [[-4, 0], [0, -2]]}, {A: [2, 1], B: [1, 3]}
        ),
        bg.LinearPayoff(y, {A: -0.5}),
    ]
    game = bg.Negotiation([A, B], [x, y], terms)
    agreement = bg.solve(game, disagreement="status-quo")
    rows = [row for row in agreement.ledger().rows if row[0] in ("x", "y")]
    assert np.sum([row[-2:] for row in rows], axis=0) == pytest.approx(agreement.gains)


def test_a_noncooperative_start_is_solved_through():
    x, y = lever("x"), lever("y", owner=B)
    terms = [
        bg.QuadraticPayoff(
            (x, y), {A: [[-2, -1], [-1, 0]], B: [[0, -1], [-1, -2]]}, {A: [1, 0], B: [0, 1]}
        )
    ]
    game = bg.Negotiation([A, B], [x, y], terms)
    with pytest.raises(IntractableError, match="not concave in 'x', 'y' together"):
        bg.solve(game)
    terms = [
        bg.QuadraticPayoff(x, {A: -2, B: -2}, {A: 2, B: 0.5}),
        bg.QuadraticPayoff(y, {A: -2, B: -2}, {A: 0.5, B: 2}),
    ]
    agreement = bg.solve(bg.Negotiation([A, B], [x, y], terms))
    assert agreement.agreed
    assert agreement.disagreement == pytest.approx([0.5, 0.5])
    assert agreement.package["x"] == pytest.approx(0.625)
    assert verify(agreement)


def test_a_tested_function_is_not_called_proved():
    x = lever("x")
    term = bg.FunctionPayoff(x, {A: lambda z: np.sqrt(z), B: lambda z: -np.exp(z)})
    said = bg.FunctionPayoff(x, {A: lambda z: np.sqrt(z), B: lambda z: -np.exp(z)}, concave=[A, B])
    for terms, word in (([term], "tested"), ([said], "proved")):
        agreement = solved(bg.Negotiation([A, B], [x], terms), [0.1, -2.5])
        assert word in agreement.certificate.details["rests on"]


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ([bg.FunctionPayoff("x", {"B": lambda z: np.cos(6 * z)})], "'B' are not concave in 'x'"),
        ([bg.QuadraticPayoff("x", {"A": 1, "B": -1})], "'A' are not concave in 'x'"),
        ([bg.QuadraticPayoff(("x", "y"), {"A": [[-1, 3], [3, -1]]})], "'x', 'y' together"),
    ],
)
def test_payoffs_that_are_not_concave_are_refused_by_name(terms, message):
    with pytest.raises(IntractableError, match=message):
        PackageSet(bg.Negotiation([A, B], [lever("x"), lever("y", owner=B)], terms))


def test_what_intervals_do_not_have_is_said():
    game = ideal_points()
    with pytest.raises(InputError, match="none below 0"):
        PackageSet(game).support([1, -1])
    mixed = bg.Negotiation(
        [A, B], [lever("x"), lever("k", [0, 1])],
        [*game.terms, bg.InteractionPayoff(("x", "k"), {A: 1})],
    )  # fmt: skip
    with pytest.raises(IntractableError, match="lotteries=False"):
        bargain(bg.BargainingProblem(PackageSet(mixed), [-1, -1]), lotteries=False)
    many = [lever(f"k{j}", list(range(10))) for j in range(4)]
    products = [bg.InteractionPayoff(("x", k), {A: 1}) for k in many]
    with pytest.raises(IntractableError, match="10,000 combinations"):
        PackageSet(bg.Negotiation([A, B], [lever("x"), *many], [*game.terms, *products]))


def test_fifty_levers_and_five_players_are_solved_to_rounding():
    rng = np.random.default_rng(0)
    players = [bg.Player(f"p{i}") for i in range(5)]
    xs = [lever(f"x{j}", owner=players[j % 5], status_quo=0.5) for j in range(50)]
    roots = rng.normal(size=(5, 50, 10)) / 10
    terms = [
        bg.QuadraticPayoff(xs, {p: -roots[i] @ roots[i].T}, {p: rng.normal(size=50)})
        for i, p in enumerate(players)
    ]
    game = bg.Negotiation(players, xs, terms)
    d = game.payoffs(game.status_quo) - 1
    for rule in OPTIMAL:
        assert solved(game, d, rule).certificate.value < 1e-10
