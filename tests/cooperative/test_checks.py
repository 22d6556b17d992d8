"""Claims that cannot be true are found out, whatever is wrong with them; limits are said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import bargaining as bg
from bargaining.cooperative import raiffa
from bargaining.results.certificate import Certificate

SQUARE = [[4, 0], [0, 4], [3, 2]]


def solved(points, d, **options) -> bg.Agreement:
    return bg.solve(bg.BargainingProblem(points, d), **options)


@pytest.mark.parametrize("weights", [[[1.0, 0.0]], [[-1.0, 1.0]], [[0.0, 0.0]]])
def test_no_deal_needs_positive_weights(weights) -> None:
    none = solved(SQUARE, [5, 5])
    false = replace(none, certificate=Certificate("no deal", 0.0, weights=np.array(weights)))
    assert bg.verify(none)
    assert not bg.verify(false)


def test_no_deal_where_there_is_one_is_found_out_by_weights_and_by_search() -> None:
    deal = solved(SQUARE, [0, 0])
    without = {"agreed": False, "lottery": (), "payoffs": deal.disagreement}
    weighed = Certificate("no deal", 0.0, weights=np.ones((1, 2)))
    searched = Certificate("search", 0.0)
    assert not bg.verify(replace(deal, **without, certificate=weighed))
    assert not bg.verify(replace(deal, **without, certificate=searched, lotteries=False))


def test_a_deal_where_there_is_none_is_found_out() -> None:
    none = solved(SQUARE, [5, 5], lotteries=False)
    false = replace(none, agreed=True, lottery=((1.0, (4.0, 0.0)),), payoffs=np.array([4.0, 0.0]))
    assert bg.verify(none)
    assert not bg.verify(false)
    assert not bg.verify(replace(false, lotteries=True))


def test_a_point_that_is_not_in_the_set_is_no_agreement() -> None:
    for feasible in (
        bg.PointSet(SQUARE),
        bg.Polytope(A=[[1, 1], [-1, 0], [0, -1]], b=[5, 0, 0]),
        bg.FrontierSet(lambda u: 5 - u, (0, 5)),
    ):
        deal = bg.solve(bg.BargainingProblem(feasible, [0, 0]))
        assert bg.verify(deal)
        false = replace(deal, lottery=((1.0, (5.0, 5.0)),), payoffs=np.array([5.0, 5.0]))
        assert not bg.verify(false)


@pytest.mark.parametrize("weights", [None, [[1.0, 0.0]], [[1.0, 0.0], [0.5, 0.5]]])
def test_a_frontier_without_its_ends_proves_nothing(weights) -> None:
    found = bg.frontier(bg.BargainingProblem(SQUARE, [0, 0]))
    rows = None if weights is None else np.array(weights)
    false = replace(found, certificate=replace(found.certificate, weights=rows))
    assert bg.verify(found)
    assert not bg.verify(false)


def test_frontiers_say_where_they_lie() -> None:
    found = bg.frontier(bg.BargainingProblem(SQUARE, [0, 0], players=["Ann", "Bob"]))
    assert found.explain() == "3 efficient vertices: from 0 for Ann and 4 for Bob to 4 and 0."
    none = bg.frontier(bg.BargainingProblem(SQUARE, [5, 5], players=["Ann", "Bob"]))
    assert none.explain() == "No payoffs are at least as good as disagreement for Ann and Bob."
    assert list(none) == []


def test_raiffa_steps_have_a_limit(monkeypatch) -> None:
    monkeypatch.setattr(raiffa, "STEPS", 1)
    with pytest.raises(bg.ConvergenceError, match="of the gains left after 1 steps"):
        solved(3 * np.eye(3) + [0, 1, 0], [0, 0, 0], solution="raiffa")


def test_an_empty_polytope_and_an_endless_one_are_told_apart() -> None:
    with pytest.raises(bg.InputError, match="no payoffs satisfy A u <= b"):
        bg.Polytope(A=[[1, 0], [-1, 0]], b=[-1, -1]).support([1, 1])
    with pytest.raises(bg.InputError, match="no upper limit"):
        bg.Polytope(A=[[-1, 0], [0, -1]], b=[0, 0]).support([1, 1])


def test_a_problem_shows_its_set_and_point() -> None:
    problem = bg.BargainingProblem(SQUARE, [0, 1])
    assert repr(problem).endswith("disagreement=[0.0, 1.0])")


def two(*more: bg.Payoff, kind=bg.Lever, levels=(0, 1)) -> bg.Negotiation:
    levers = [kind("x", "Ann", levels, 0), bg.PurchaseCommitment("y", "Bob", [0, 1], 0)]
    terms = [
        bg.LinearPayoff("x", {"Ann": -1, "Bob": 3}),
        bg.LinearPayoff("y", {"Ann": 3, "Bob": -1}),
    ]
    return bg.Negotiation([bg.Player("Ann"), bg.Player("Bob")], levers, [*terms, *more])


def test_a_ledger_says_what_moved_conceded_or_not_and_leaves_out_what_stayed() -> None:
    ledger = bg.solve(two(), disagreement="status-quo").ledger()
    assert [row[:5] for row in ledger.rows] == [
        ("x", "Ann", "moved", "0", "1"),
        ("y", "Bob", "conceded", "0 quantity a year", "1 quantity a year"),
        ("gain", "", "", "", ""),
    ]
    idle = bg.Negotiation(
        two().players, [*two().levers, bg.Lever("idle", "Ann", [0, 1], 0)], two().terms
    )
    assert [row[0] for row in bg.solve(idle, disagreement="status-quo").ledger().rows] == [
        "x",
        "y",
        "gain",
    ]


def test_a_ledger_over_intervals_adds_up() -> None:
    game = two(kind=bg.Tariff, levels=bg.Interval(0, 1))
    agreement = bg.solve(game, disagreement="status-quo")
    rows = agreement.ledger().rows
    assert rows[0][:3] == ("x", "Ann", "took back")
    assert [row[-2:] for row in rows[:2]] == [(-1.0, 3.0), (3.0, -1.0)]


def test_a_ledger_with_side_payments_has_a_row_for_them_and_one_for_where_it_starts() -> None:
    agreement = bg.solve(two(), disagreement=[1, -1], transferable=True)
    ledger = agreement.ledger()
    assert ledger.columns[3] == "status quo"
    labels = [row[0] for row in ledger.rows]
    assert labels == ["x", "y", "side payments", "status quo less disagreement point", "gain"]
    numbers = np.array([row[-2:] for row in ledger.rows], dtype=float)
    assert numbers[:-1].sum(axis=0) == pytest.approx(numbers[-1])
    assert numbers[2] == pytest.approx(agreement.transfers)
    assert numbers[3] == pytest.approx([-1, 1])
