"""Optimal threats (Nash 1953)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.strategic.threats import Bargained, Threats, optimal_threats
from bargaining.testing import bimatrix_games
from tests.strategic.zero_sum import zero_sum_value

A, B = bg.Player("A"), bg.Player("B")


def random_negotiation(seed: int, levers: int = 6, pairs: int = 8) -> bg.Negotiation:
    rng = np.random.default_rng(seed)
    held = [bg.Lever(f"l{k}", (A, B)[k % 2], [0, 1, 2], 0) for k in range(levers)]
    terms = [bg.TablePayoff(l, {p: rng.normal(size=3) for p in (A, B)}) for l in held]
    for _ in range(pairs):
        j, k = sorted(rng.choice(levers, 2, replace=False))
        table = {p: rng.normal(size=(3, 3)) for p in (A, B)}
        terms.append(bg.TablePayoff([held[j], held[k]], table))
    return bg.Negotiation([A, B], held, terms)


def threats_of(game: bg.NormalFormGame | bg.Negotiation, weights=None, **options) -> Threats:
    """Return the threats behind an agreement, with the agreement checked against them."""
    rule = bg.NashSolution(weights)
    agreement = bg.solve(game, rule, disagreement="optimal-threats", **options)
    threats = agreement.equilibrium
    assert isinstance(threats, Threats)
    assert bg.verify(threats)
    assert bg.verify(agreement)
    scale = np.maximum(np.ptp([agreement.ideal, agreement.payoffs, threats.payoffs], axis=0), 1e-9)
    np.testing.assert_allclose((agreement.payoffs - threats.settlement) / scale, 0, atol=1e-6)
    return threats


@settings(max_examples=20)
@given(bimatrix_games(), st.sampled_from([None, [1, 3]]), st.integers(0, 1000))
def test_no_other_threat_leads_to_a_better_settlement(
    game: bg.NormalFormGame, weights: list[int] | None, seed: int
) -> None:
    """The definition: a pair of threats is an equilibrium in what the talks then give."""
    threats = threats_of(game, weights)
    rng = np.random.default_rng(seed)
    arrays, (m, n) = game.payoff_arrays, game.shape
    points = bg.PointSet(arrays.reshape(2, -1).T)
    mixed = [np.zeros(m), np.zeros(n)]
    for own, strategy in zip(mixed, threats.strategies, strict=True):
        for share, package in strategy:
            own[int(next(iter(package.values())))] += share
    for i in (0, 1):
        for other in (*np.eye(game.shape[i]), *rng.dirichlet(np.ones(game.shape[i]), 3)):
            pair = [other, mixed[1]] if i == 0 else [mixed[0], other]
            start = np.einsum("imn,m,n->i", arrays, *pair)
            problem = bg.BargainingProblem(points, start)
            settled = bg.solve(problem, bg.NashSolution(weights)).payoffs
            assert settled[i] <= threats.settlement[i] + 1e-6 * game.scale[i]


@settings(max_examples=20)
@given(bimatrix_games())
def test_with_side_payments_the_surplus_is_shared_by_the_value_of_the_difference_game(
    game: bg.NormalFormGame,
) -> None:
    """u_1 + u_2 = largest sum, u_1 - u_2 = the value of the zero-sum game A - B (Nash 1953)."""
    first, second = game.payoff_arrays
    threats = threats_of(game, transferable=True)
    most, value = (first + second).max(), zero_sum_value(first - second)
    size = float(np.abs(game.payoff_arrays).max()) + 1.0
    np.testing.assert_allclose(
        threats.settlement / size, np.array([most + value, most - value]) / 2 / size, atol=1e-8
    )


@pytest.mark.parametrize("seed", range(8))
def test_lever_games_have_optimal_threats_without_listing_packages(seed: int) -> None:
    threats = threats_of(random_negotiation(seed))
    assert (threats.settlement >= threats.payoffs - 1e-9).all()


@pytest.mark.parametrize("seed", range(4))
def test_threats_of_a_lever_game_are_those_of_its_table_of_payoffs(seed: int) -> None:
    negotiation = random_negotiation(seed, levers=4, pairs=4)
    rows = [{"l0": a, "l2": b} for a in range(3) for b in range(3)]
    columns = [{"l1": a, "l3": b} for a in range(3) for b in range(3)]
    table = np.array([[negotiation.payoffs({**r, **c}) for c in columns] for r in rows])
    listed = bg.NormalFormGame.from_arrays(table[..., 0], table[..., 1])
    np.testing.assert_allclose(
        threats_of(negotiation).settlement, threats_of(listed).settlement, atol=1e-8
    )


@settings(max_examples=15)
@given(bimatrix_games(), st.floats(-3, 3), st.floats(-3, 3))
def test_settlements_are_covariant_in_units_and_zeros_of_payoffs(
    game: bg.NormalFormGame, up: float, shift: float
) -> None:
    first, second = game.payoff_arrays
    other = bg.NormalFormGame.from_arrays(10.0**up * first + shift, second)
    plain, scaled = threats_of(game).settlement, threats_of(other).settlement
    size = game.scale * [10.0**up, 1.0]
    expected = plain * [10.0**up, 1.0] + [shift, 0.0]
    np.testing.assert_allclose((scaled - expected) / size, 0, atol=1e-6)


@settings(max_examples=15)
@given(bimatrix_games())
def test_swapping_the_players_swaps_the_settlement(game: bg.NormalFormGame) -> None:
    first, second = game.payoff_arrays
    swapped = bg.NormalFormGame.from_arrays(second.T, first.T)
    difference = threats_of(game).settlement - threats_of(swapped).settlement[::-1]
    np.testing.assert_allclose(difference / game.scale, 0, atol=1e-6)


def test_threats_that_change_nothing_are_certified_too() -> None:
    """Where both want the same, whatever a threat costs the one it costs the other."""
    common = np.array([[-1.0, 0, 0, -1], [-1, 0, 1, -1], [1, 1, 0, 1]])
    game = bg.NormalFormGame.from_arrays(common + 2, common)
    np.testing.assert_allclose(threats_of(game).settlement, [3, 1])


def test_a_threat_may_be_what_its_maker_would_never_do() -> None:
    """Only B can burn 5 of A's at a cost of 1 to itself: no equilibrium, but a strong threat."""
    burn = bg.NormalFormGame.from_arrays(
        [[0, -5], [6, -5], [3, -5]], [[0, -1], [0, -1], [3, -1]],
        labels=[["idle", "all", "half"], ["leave", "burn"]],
    )  # fmt: skip
    threats = threats_of(burn)
    assert threats.strategies[1][0][1]["strategy of player 2"] == 1
    assert threats.payoffs.tolist() == [-5.0, -1.0]
    table = threats.beside_noncooperative()
    start, gain = (table.columns.index(name) for name in ("equilibrium", "gain"))
    assert table.rows[1][start] == 0.0
    assert table.rows[1][gain] > 1.0
    assert "need commitment" in threats.explain()


def test_with_opposed_interests_there_is_nothing_to_settle_but_the_value() -> None:
    table = np.array([[1.0, -1.0], [-2.0, 3.0]])
    game = bg.NormalFormGame.from_arrays(table, -table)
    agreement = bg.solve(game, disagreement="optimal-threats")
    value = zero_sum_value(table)
    assert not agreement.agreed
    np.testing.assert_allclose(agreement.payoffs, [value, -value], atol=1e-9)


def test_verify_finds_out_false_threats() -> None:
    threats = threats_of(random_negotiation(0))
    moved = dataclasses.replace(threats, settlement=threats.settlement - [0.01, 0])
    tilted = dataclasses.replace(threats, normal=threats.normal * [1.1, 1.0])
    weak = dataclasses.replace(
        threats, strategies=(((1.0, bg.Package({"l0": 0.0, "l2": 0.0, "l4": 0.0})),),
                             threats.strategies[1]),
    )  # fmt: skip
    assert not any(bg.verify(false) for false in (moved, tilted, weak))


def test_bad_calls_are_named() -> None:
    game = random_negotiation(1)
    three = bg.NormalFormGame.from_arrays(*np.zeros((3, 2, 2, 2)))
    with pytest.raises(bg.InputError, match="optimal threats: expected two players, got 3"):
        bg.solve(three, disagreement="optimal-threats")
    with pytest.raises(bg.InputError, match="expected the Nash solution, got 'egalitarian'"):
        bg.solve(game, "egalitarian", disagreement="optimal-threats")
    with pytest.raises(bg.InputError, match="weights: expected 2 positive numbers"):
        bg.solve(game, bg.NashSolution([1, 1, 1]), disagreement="optimal-threats")


def test_what_is_on_the_table_has_to_reach_the_threats() -> None:
    """A takes its prize in any case; without it the talks are over less than the threats give."""
    prize = bg.Lever("prize", A, [0, 1], 0)
    trifle = bg.Lever("trifle", B, [0, 1], 0)
    gift = bg.LinearPayoff(prize, {"A": 10.0})
    game = bg.Negotiation([A, B], [prize, trifle], [gift, bg.LinearPayoff(trifle, {"A": 1.0})])
    with pytest.raises(bg.InputError, match="there is nothing to settle"):
        optimal_threats(game, Bargained(game.restrict(tradable=[trifle]), bg.NashSolution()))
