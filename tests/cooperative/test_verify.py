"""`verify` recomputes: what is true holds, what was tampered with does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from bargaining import (
    BargainingProblem,
    Certificate,
    EgalitarianSolution,
    InputError,
    NashSolution,
    verify,
)
from bargaining.cooperative.bargain import bargain
from tests.cooperative.problems import SINGLE, TWO, over_packages, problems, random_game, solved

POINTS = [[4, 0], [0, 4], [3, 2]]


@pytest.mark.parametrize("solution", TWO)
@pytest.mark.parametrize("shift", [[0.01, 0], [0, 0.01], [-0.01, 0], [0.01, -0.01]])
def test_false_payoffs_are_found_out(solution, shift) -> None:
    agreement = solved(BargainingProblem(POINTS, [0, 0]), solution)
    assert not verify(replace(agreement, payoffs=agreement.payoffs + shift))


@pytest.mark.parametrize("solution", SINGLE)
def test_a_worse_package_is_found_out(solution) -> None:
    game = random_game(np.random.default_rng(4))
    problem = over_packages(game, game.payoffs_at(np.zeros((1, 4), dtype=int))[0] - 1.0)
    agreement = solved(problem, solution, lotteries=False)
    worse = {**agreement.package, "lever 1": (agreement.package["lever 1"] + 1) % 3}
    package = game.package(worse)
    false = replace(agreement, lottery=((1.0, package),), payoffs=game.payoffs(package))
    assert not verify(false)


def test_a_false_lottery_is_found_out() -> None:
    agreement = solved(BargainingProblem(POINTS, [0, 0]), "egalitarian")
    (p, first), (q, second) = agreement.lottery
    assert not verify(replace(agreement, lottery=((q, first), (p, second))))
    assert not verify(replace(agreement, lottery=((1.1, first), (-0.1, second))))
    assert not verify(replace(agreement, lottery=((1.0, (9.0, 9.0)),)))


def test_false_weights_are_found_out() -> None:
    agreement = solved(BargainingProblem(POINTS, [0, 0]), "egalitarian")
    for weights in (np.array([[1.0, 0.0]]), np.array([[-1.0, 1.0]]), None):
        certificate = replace(agreement.certificate, weights=weights)
        assert not verify(replace(agreement, certificate=certificate))


def test_weights_of_zero_prove_nothing() -> None:
    for rule in (EgalitarianSolution(leximin=False), "nash", "utilitarian", "raiffa"):
        agreement = solved(BargainingProblem(POINTS, [0, 0]), rule)
        nothing = np.zeros_like(agreement.certificate.weights)
        certificate = replace(agreement.certificate, weights=nothing)
        assert not verify(replace(agreement, certificate=certificate))


def test_another_rules_point_is_found_out() -> None:
    agreement = solved(BargainingProblem(POINTS, [0, 0]), "nash")
    assert not verify(replace(agreement, solution=NashSolution([5, 1])))


def test_a_denied_deal_and_an_invented_one_are_found_out() -> None:
    deal = solved(BargainingProblem(POINTS, [0, 0]))
    none = solved(BargainingProblem(POINTS, [3, 2]))
    assert not verify(replace(none, problem=deal.problem, disagreement=deal.disagreement))
    assert not verify(replace(deal, problem=none.problem))
    alone = solved(BargainingProblem(POINTS, [3, 2]), lotteries=False)
    assert not verify(replace(alone, problem=deal.problem))


@settings(max_examples=60)
@given(problems(max_players=3, deal=True))
def test_the_stored_certificate_and_the_recomputed_one_agree_on_every_random_problem(
    problem,
) -> None:
    for solution in ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian"):
        agreement = bargain(problem, solution)
        assert agreement.certificate.holds
        assert verify(agreement).holds


def test_verify_of_something_else_is_an_input_error() -> None:
    with pytest.raises(InputError, match="no check is known for a Certificate"):
        verify(Certificate("optimality", 0.0))


def test_side_payments_share_the_largest_sum_and_balance() -> None:
    agreement = solved(BargainingProblem(POINTS, [0, 1]), transferable=True)
    np.testing.assert_allclose(agreement.payoffs, [2, 3])
    assert agreement.transfers is not None
    assert agreement.transfers.sum() == pytest.approx(0)
    np.testing.assert_allclose(agreement.transfers, [-1, 1])
    assert "player 1 pays 1" in agreement.explain()
    assert not verify(replace(agreement, transfers=agreement.transfers + np.array([0.1, -0.1])))
    assert not verify(replace(agreement, payoffs=agreement.payoffs + np.array([0.1, 0.0])))


def test_side_payments_make_a_deal_where_none_is_gainful_without() -> None:
    problem = BargainingProblem([[5, -1], [0, 0]], [0, 0.5])
    assert not solved(problem).agreed
    agreement = solved(problem, transferable=True)
    np.testing.assert_allclose(agreement.payoffs, [1.75, 2.25])


def test_without_a_surplus_side_payments_do_not_help() -> None:
    agreement = solved(BargainingProblem(POINTS, [3, 3]), transferable=True)
    assert not agreement.agreed
