"""What agreements, ledgers and frontiers say in words, and what their tables hold."""

from __future__ import annotations

import numpy as np
import pytest

import bargaining as bg

SQUARE = [[4, 0], [0, 4], [3, 2]]


def solved(points, d, *args, **options) -> bg.Agreement:
    return bg.solve(bg.BargainingProblem(points, d, players=["Ann", "Bob"]), *args, **options)


def test_who_cannot_gain_is_named_and_only_then() -> None:
    words = "Bob cannot gain anything without a loss to others"
    assert words in solved([[4, 0], [1, 0]], [0, 0]).explain()
    assert "cannot gain" not in solved(SQUARE, [0, 0]).explain()


def test_a_lottery_over_points_is_written_point_by_point() -> None:
    text = str(solved([[4, 0], [0, 4]], [0, 0]))
    assert "with probability 0.5: (4.0, 0.0)" in text
    assert (
        "It is reached by a lottery over 2 packages." in solved([[4, 0], [0, 4]], [0, 0]).explain()
    )
    assert str(solved(SQUARE, [0, 0])).endswith("package: (3.0, 2.0)")


def test_side_payments_say_who_pays() -> None:
    paid = solved([[6, 0], [0, 0]], [0, 0], transferable=True)
    assert paid.transfers.tolist() == pytest.approx([-3, 3])
    assert "Side payments: Ann pays 3. " in paid.explain()
    unpaid = solved([[2, 2]], [0, 0], transferable=True)
    assert "Side payments: none. " in unpaid.explain()


def test_no_deal_is_explained_by_weights_or_by_the_search() -> None:
    none = solved([[0, 0]], [1, 1])
    first, second = none.certificate.weights[0]
    assert f"the weighted sum {first:.4g} x Ann, {second:.4g} x Bob larger" in none.explain()
    none = solved([[4, 0], [0, 4]], [1, 1], lotteries=False)
    assert not none.agreed
    assert "a search over all packages found none" in none.explain()


def test_the_table_of_an_agreement_has_gains_beside_the_ideal() -> None:
    table = solved(SQUARE, [0, 1]).table()
    assert table.title == "Nash solution"
    assert table.columns == ("player", "disagreement", "agreement", "gain", "ideal")
    assert table.rows[1][1:] == pytest.approx((1.0, 2.5, 1.5, 4.0))
    assert solved([[0, 0]], [1, 1]).table().title == "No agreement"


def test_a_ledger_has_a_row_for_each_lever_that_moved_and_adds_up() -> None:
    game = bg.load_scenario("nash-barter-1950")
    agreement = bg.solve(game, disagreement="status-quo")
    ledger = agreement.ledger()
    assert ledger.title == "Ledger: what each move is worth to each player"
    assert ledger.columns == (
        "lever",
        "owner",
        "move",
        "without agreement",
        "agreed",
        "Bill",
        "Jack",
    )
    worth = np.array([row[-2:] for row in ledger.rows[:-1]], dtype=float)
    assert worth.sum(axis=0) == pytest.approx(agreement.gains)
    assert ledger.rows[-1][0] == "gain"
    assert ledger.rows[-1][-2:] == pytest.approx(tuple(agreement.gains))


def test_ledgers_of_points_and_of_no_deal_are_refused() -> None:
    with pytest.raises(bg.InputError, match="only agreements over packages"):
        solved(SQUARE, [0, 0]).ledger()
    none = bg.solve(bg.load_scenario("two-issues"), disagreement=[100, 100])
    with pytest.raises(bg.InputError, match="nothing was conceded"):
        none.ledger()


def test_a_frontier_is_an_array_of_its_vertices() -> None:
    found = bg.frontier(bg.BargainingProblem(SQUARE, [0, 0]))
    assert np.asarray(found).tolist() == found.points.tolist()
    assert np.asarray(found, dtype=np.float32).dtype == np.float32
    assert len(found) == len(list(found)) == 3


def test_what_concavity_rests_on_is_said_by_the_certificate() -> None:
    levers = [
        bg.Lever("x", "Ann", bg.Interval(0, 1), 0),
        bg.Lever("y", "Bob", bg.Interval(0, 1), 0),
    ]
    terms = [
        bg.QuadraticPayoff("x", {"Ann": -1.0, "Bob": 0.0}, {"Bob": [2.0]}),
        bg.LinearPayoff("y", {"Ann": 3.0, "Bob": -1.0}),
    ]

    def rests_on(*more: bg.Payoff) -> str:
        players = [bg.Player("Ann"), bg.Player("Bob")]
        game = bg.Negotiation(players, levers, [*terms, *more])
        return bg.solve(game, disagreement="status-quo").certificate.details["rests on"]

    assert rests_on() == "payoffs concave in the intervals, proved"
    bowl = bg.QuadraticPayoff("y", {"Ann": 0.5})
    assert rests_on(bowl) == "payoffs linear, convex or concave in the intervals, proved"
    root = bg.FunctionPayoff("x", {"Bob": lambda x: np.sqrt(1 + x)})
    assert rests_on(root) == "payoffs concave in the intervals, tested at points"


def test_a_polytope_of_bad_vertices_says_what_it_is() -> None:
    with pytest.raises(bg.InputError, match=r"^Polytope, vertices: expected shape"):
        bg.Polytope([1, 2])
    with pytest.raises(bg.InputError, match=r"^Polytope, A: expected rows of numbers"):
        bg.Polytope(A=[["x"]], b=[1])
    with pytest.raises(bg.InputError, match=r"^Polytope, vertices: expected finite numbers, row 1"):
        bg.Polytope([[0, 0], [np.nan, 0]])


def test_an_agreement_over_packages_writes_levels_by_their_labels_and_names_the_unit() -> None:
    lever = bg.Lever("x", "Ann", [0, 1], 0, labels=["low", "high"])
    game = bg.Negotiation(
        [bg.Player("Ann"), bg.Player("Bob")],
        [lever],
        [bg.LinearPayoff(lever, {"Ann": 1.0, "Bob": 2.0})],
        unit="points",
    )
    agreement = bg.solve(game, disagreement="status-quo")
    assert str(agreement).endswith("package: x: high")
    assert agreement.table().title == "Nash solution (points)"
    assert dict(agreement.package) == {"x": 1.0}
    assert agreement.to_dict()["lottery"] == [[1.0, {"x": 1.0}]]
    none = bg.solve(game, disagreement=[9, 9])
    assert none.package is None
    assert none.completeness == "one"
