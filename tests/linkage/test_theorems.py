"""What linkage can and cannot do to each player, with the conditions under which it is so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.errors import ConvergenceError
from bargaining.linkage.regimes.comparative_interest import comparative_interest
from bargaining.linkage.regimes.separate import bargain_separately
from bargaining.strategic.disagreement import StatusQuo
from tests.linkage.test_known_cases import two_linear_issues

A, B = bg.Player("A"), bg.Player("B")


def issue(name: str, points: list[tuple[float, float]], *, security: bool = False) -> bg.Lever:
    domain = "security" if security else "economic"
    return bg.Lever(name, A, list(range(len(points))), 0, domain=domain)


def issues(*points: list[tuple[float, float]]) -> bg.Negotiation:
    """Separable issues, each a choice of payoffs (A, B) of which the first is its breakdown."""
    levers = [issue(f"issue {k}", chosen, security=k > 0) for k, chosen in enumerate(points)]
    terms = [
        bg.TablePayoff(lever, {A: [p[0] for p in chosen], B: [p[1] for p in chosen]})
        for lever, chosen in zip(levers, points, strict=True)
    ]
    return bg.Negotiation([A, B], levers, terms)


def regimes(
    game: bg.Negotiation, rule: bg.EgalitarianSolution | str, *, lotteries: bool
) -> bg.RegimeComparison:
    return bg.compare_regimes(
        game, rule, disagreement="status-quo", off_table="standstill", lotteries=lotteries,
        beside=False,
    )  # fmt: skip


@pytest.mark.parametrize("lotteries", [False, True])
@pytest.mark.parametrize("rule", ["nash", "kalai-smorodinsky"])
def test_a_player_can_lose_from_linkage(rule: str, lotteries: bool) -> None:
    """B gets its best alone; a control that costs it 1 brings A 3, and the rules take it."""
    game = issues([(0, 0), (2, 4)], [(0, 0), (3, -1)])
    found = regimes(game, rule, lotteries=lotteries)
    off = found["all security off the table"]
    np.testing.assert_allclose(off.payoffs, [2, 4], atol=1e-8)
    linked = found["linked"].payoffs
    assert linked[0] > 2
    assert linked[1] < 4
    expected = [5, 3] if rule == "nash" or not lotteries else [70 / 17, 56 / 17]
    np.testing.assert_allclose(linked, expected, atol=1e-8)


POINTS = st.lists(
    st.tuples(st.integers(-5, 5), st.integers(-5, 5)).map(lambda p: (float(p[0]), float(p[1]))),
    min_size=1,
    max_size=4,
).map(lambda points: [(0.0, 0.0), *points])


WEAK = bg.EgalitarianSolution(leximin=False)


def tables_alone(game: bg.Negotiation) -> list[bg.Agreement]:
    return [
        bg.solve(game.restrict(tradable=[lever]), WEAK, disagreement="status-quo")
        for lever in game.levers
    ]


@settings(max_examples=40)
@given(st.lists(POINTS, min_size=2, max_size=3))
def test_nobody_loses_from_linking_additive_tables_under_the_egalitarian_rule_before_leximin(
    points: list[list[tuple[float, float]]],
) -> None:
    """The sum of equal gains is a feasible equal gain, so that the largest is no less."""
    game = issues(*points)
    alone = tables_alone(game)
    assume(all((a.gains > 0).all() for a in alone if a.agreed))  # no table is for one alone
    found = regimes(game, WEAK, lotteries=True)
    assert (found["linked"].gains >= sum(a.gains for a in alone) - 1e-7).all()


def test_a_table_at_which_only_one_can_gain_is_lost_to_it_by_linking_even_before_leximin() -> None:
    """Alone the table gives B 1 as A cannot gain; on one table equal gains leave it unused."""
    game = issues([(0, 0), (0, 1)], [(0, 0), (1, 1)])
    np.testing.assert_allclose(sum(a.gains for a in tables_alone(game)), [1, 2], atol=1e-9)
    found = regimes(game, WEAK, lotteries=True)
    np.testing.assert_allclose(found["linked"].gains, [1, 1], atol=1e-9)


def test_with_leximin_a_player_loses_from_linking_two_additive_issues() -> None:
    """Issues conv{0, (1, 3)} and u1 + u2 <= 2: separate (2, 4), linked (3, 3)."""
    game = issues([(0, 0), (1, 3)], [(0, 0), (2, 0), (0, 2)])
    found = regimes(game, "egalitarian", lotteries=True)
    np.testing.assert_allclose(found["separate tables"].payoffs, [2, 4], atol=1e-8)
    np.testing.assert_allclose(found["linked"].payoffs, [3, 3], atol=1e-8)


@settings(max_examples=30)
@given(st.lists(POINTS, min_size=2, max_size=2))
def test_both_players_never_lose_from_linking_additive_tables(
    points: list[list[tuple[float, float]]],
) -> None:
    """Separate agreements together are feasible on one table, whose agreement is efficient."""
    game = issues(*points)
    for rule in ("nash", "kalai-smorodinsky", "egalitarian"):
        found = comparative_interest(game, [[lever.name] for lever in game.levers], solution=rule)
        assert (found.value_of_linkage >= -1e-7).any()
        if not found.efficient:
            shared = found.linked.gains.sum() > found.gains.sum() - 1e-7
            assert shared or (found.value_of_linkage > 1e-9).any()


@settings(max_examples=30)
@given(st.lists(POINTS, min_size=2, max_size=2))
def test_tables_that_share_a_rate_of_exchange_have_an_efficient_sum_and_no_others_do(
    points: list[list[tuple[float, float]]],
) -> None:
    game = issues(*points)
    found = comparative_interest(game, [[lever.name] for lever in game.levers])
    gains = found.gains
    above = bg.solve(bg.BargainingProblem(bg.PackageSet(game), gains), "egalitarian")
    more = above.agreed and above.gains.sum() > 1e-6
    assert more != found.efficient


def test_comparative_interest_in_the_linear_case() -> None:
    """Horstmann, Markusen and Robles (2005): a = (4, 1), b = (1, 4)."""
    found = comparative_interest(two_linear_issues(), [["first issue"], ["second issue"]])
    np.testing.assert_allclose(found.rates, [[0.25, 0.25], [4, 4]], atol=1e-9)
    np.testing.assert_allclose(found.reach, [[4, 1], [1, 4]], atol=1e-9)
    np.testing.assert_allclose(found.value_of_linkage, [1.5, 1.5], atol=1e-8)
    assert found.interest == ("US", "China")
    assert not found.efficient
    assert bg.verify(found)
    assert "US has the comparative interest in first issue" in found.explain()
    assert found.to_dict()["linked_gains"] == pytest.approx([4, 4])
    assert "one table" in str(found)


def test_like_frontiers_leave_nothing_to_gain_from_linking() -> None:
    game = issues([(0, 0), (4, 0), (0, 4)], [(0, 0), (2, 0), (0, 2)])
    found = comparative_interest(game, [["issue 0"], ["issue 1"]])
    assert found.efficient
    assert found.interest == ("neither", "neither")
    np.testing.assert_allclose(found.value_of_linkage, 0, atol=1e-8)


def test_comparative_interest_names_what_it_cannot_compare() -> None:
    one, two = bg.Lever("x", A, [0, 1], 0), bg.Lever("y", B, [0, 1], 0)
    term = bg.InteractionPayoff((one, two), {A: 1, B: 1})
    spanning = bg.Negotiation([A, B], [one, two], [term])
    with pytest.raises(bg.InputError, match=r"over \['x', 'y'\] spans two of them"):
        comparative_interest(spanning, [["x"], ["y"]])
    with pytest.raises(bg.InputError, match="does not say what levers do"):
        comparative_interest(spanning, [["x"], ["y"]], disagreement="max-min")
    with pytest.raises(bg.InputError, match="expected a partition"):
        comparative_interest(spanning, [["x"]])
    with pytest.raises(bg.InputError, match="expected an efficient one"):
        comparative_interest(
            spanning, [["x"], ["y"]], solution=bg.EgalitarianSolution(leximin=False)
        )
    three = bg.Negotiation([A, B, bg.Player("C")], [one, two], [])
    with pytest.raises(bg.InputError, match="expected two players, got 3"):
        comparative_interest(three, [["x"], ["y"]])


def two_tables(a: list[list[float]], b: list[list[float]]) -> bg.Negotiation:
    x, y = bg.Lever("x", A, [0, 1, 2], 0), bg.Lever("y", B, [0, 1, 2], 0)
    return bg.Negotiation([A, B], [x, y], [bg.TablePayoff((x, y), {A: a, B: b})])


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_all_fixed_points_of_separate_tables_are_found_in_single_packages(seed: int) -> None:
    """By the definition: each table's agreement is its own Nash solution given the other's."""
    rng = np.random.default_rng(seed)
    game = two_tables(*rng.normal(size=(2, 3, 3)).tolist())

    def agreed(table: str, other: str, level: float) -> float:
        rest = game.fix({other: level})
        found = bg.solve(rest, disagreement="status-quo", lotteries=False)
        return (found.package if found.agreed else rest.status_quo)[table]

    expected = {
        (x, y)
        for x in (0, 1, 2)
        for y in (0, 1, 2)
        if agreed("x", "y", y) == x and agreed("y", "x", x) == y
    }
    try:
        tables = bargain_separately(
            game, [["x"], ["y"]], "nash", StatusQuo(), lotteries=False, starts=[]
        )
    except ConvergenceError:
        assert not expected
        return
    assert tables.completeness == "all"
    found = {(p["x"], p["y"]) for f in tables.found for _, p in f.lottery}
    assert found == expected


def test_separate_tables_can_have_no_fixed_point_and_the_error_says_that_there_is_none() -> None:
    game = two_tables(
        [[3, 4, 1], [-3, -2, 4], [2, 4, 2]], [[-2, -1, 2], [-2, 1, -3], [4, 2, 3]]
    )  # fmt: skip
    with pytest.raises(ConvergenceError, match="there is none in single packages"):
        bargain_separately(game, [["x"], ["y"]], "nash", StatusQuo(), lotteries=False, starts=[])


def test_several_fixed_points_are_all_reported_in_a_regimes_outcome() -> None:
    """Two tables that do well to match: both low or both high."""
    match = [[0.0, -1, -1], [-1, 2, -1], [-1, -1, 1]]
    game = two_tables(match, match)
    regime = bg.Regime("apart", ["x", "y"], [["x"], ["y"]])
    [outcome] = bg.compare_regimes(
        game, disagreement="status-quo", regimes=[regime], beside=False
    ).outcomes
    assert outcome.fixed_points == 1 + len(outcome.others) > 1
    assert outcome.completeness == "all"
    assert f"{outcome.fixed_points} fixed points" in outcome.explain()
    assert len(outcome.to_dict()["other_fixed_points"]) == len(outcome.others)


def test_a_partition_into_three_separable_tables_is_three_tables_alone() -> None:
    points = [
        [(0.0, 0.0), (1.0, 3.0), (2.0, 1.0)],
        [(0.0, 0.0), (2.0, 1.0)],
        [(0.0, 0.0), (1.0, 1.0)],
    ]
    game = issues(*points)
    regime = bg.Regime("three", [x.name for x in game.levers], [[x.name] for x in game.levers])
    [outcome] = bg.compare_regimes(
        game, disagreement="status-quo", regimes=[regime], beside=False
    ).outcomes
    alone = [
        bg.solve(game.restrict(tradable=[x.name]), disagreement="status-quo", lotteries=False).gains
        for x in game.levers
    ]
    np.testing.assert_allclose(outcome.gains, sum(alone), atol=1e-9)
    assert outcome.fixed_points == 1
