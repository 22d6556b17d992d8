"""Many sets of tradable levers at once: shared work gives what each gives alone."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.errors import ConvergenceError
from bargaining.linkage.regimes.induced import Inducer, induce
from bargaining.linkage.regimes.outcome import outcome_of
from bargaining.linkage.regimes.responses import best_responses, respond
from bargaining.linkage.regimes.subsets import INDEPENDENT, SubsetSolver, solve_subsets
from bargaining.strategic.disagreement import FixedPoint

A, B = bg.Player("A"), bg.Player("B")


def chained_game(seed: int, *, security: int = 4, pairs: int = 5) -> bg.Negotiation:
    """Two economic levers a side, security levers by turns, and terms over random pairs."""
    rng = np.random.default_rng(seed)
    names = [f"e{k}" for k in range(4)] + [f"s{k}" for k in range(security)]
    levers = [
        bg.Lever(
            name, (A, B)[k % 2], [0, 1], 0, domain="security" if name[0] == "s" else "economic"
        )
        for k, name in enumerate(names)
    ]
    terms: list[bg.Payoff] = [
        bg.TablePayoff(lever, {p: rng.normal(size=2) for p in (A, B)}) for lever in levers
    ]
    for _ in range(pairs):
        first, second = rng.choice(len(levers), 2, replace=False)
        tables = {p: rng.normal(size=(2, 2)) for p in (A, B)}
        terms.append(bg.TablePayoff((levers[first], levers[second]), tables))
    return bg.Negotiation([A, B], levers, terms)


def every_subset(game: bg.Negotiation) -> list[list[str]]:
    economic = [lever.name for lever in game.economic]
    security = [lever.name for lever in game.security]
    return [
        [*economic, *chosen]
        for k in range(len(security) + 1)
        for chosen in itertools.combinations(security, k)
    ]


def alone(
    game: bg.Negotiation,
    tradable: Sequence[str],
    rule: str,
    d: Sequence[float],
    off: str,
    mixed: bool,
) -> bg.Agreement:
    point = FixedPoint(d).point(game)
    regime = bg.Regime("r", tradable)
    return outcome_of(
        game, regime, rule, FixedPoint(d), point, off_table=off, lotteries=mixed
    ).agreements[0]


@settings(max_examples=12)
@given(
    st.integers(0, 10_000),
    st.sampled_from(["nash", "kalai-smorodinsky", "egalitarian", "utilitarian"]),
    st.sampled_from(["response", "standstill"]),
    st.booleans(),
)
def test_shared_work_gives_each_subset_what_it_gets_alone(
    seed: int, rule: str, off_table: str, lotteries: bool
) -> None:
    game = chained_game(seed, security=3)
    d = game.payoffs(game.status_quo) - 0.1
    try:
        found = solve_subsets(
            game, every_subset(game), solution=rule, point=d, lotteries=lotteries,
            off_table=off_table,
        )  # fmt: skip
    except ConvergenceError:
        return
    for tradable, outcome in found.items():
        expected = alone(game, sorted(tradable), rule, d.tolist(), off_table, lotteries)
        assert outcome.agreed == expected.agreed
        np.testing.assert_allclose(outcome.payoffs, expected.payoffs, atol=1e-7)
        assert bg.verify(outcome)


def test_raiffa_solves_every_subset_with_a_deal_for_itself_and_shares_only_that_there_is_none() -> (
    None
):
    game = chained_game(5)
    best = game.payoffs(game.status_quo) + 100
    high = solve_subsets(game, every_subset(game), solution="raiffa", point=best, lotteries=True)
    assert sum(outcome.taken_from is None for outcome in high.values()) == 1
    low = game.payoffs(game.status_quo) - 1
    some = solve_subsets(
        game, every_subset(game), solution="raiffa", point=low, lotteries=True,
        off_table="standstill",
    )  # fmt: skip
    assert all(outcome.agreed and outcome.taken_from is None for outcome in some.values())


def test_kalai_smorodinsky_is_not_independent_of_irrelevant_alternatives() -> None:
    """The larger set's agreement is feasible in the smaller one, which agrees on another."""
    small = bg.PointSet([[4, 0], [0, 4], [2, 2]])
    large = bg.PointSet([[8, 0], [4, 0], [0, 4], [2, 2]])
    for rule in INDEPENDENT:
        picks = [bg.solve(bg.BargainingProblem(s, [0, 0]), rule()).payoffs for s in (small, large)]
        reached = picks[1].sum() <= 4 + 1e-9 and (picks[1] >= -1e-9).all()
        assert not reached or np.allclose(*picks)
    first, second = (
        bg.solve(bg.BargainingProblem(s, [0, 0]), "kalai-smorodinsky", lotteries=False).payoffs
        for s in (
            bg.PointSet([[4, 1], [2, 2], [1, 4]]),
            bg.PointSet([[9, 0], [4, 1], [2, 2], [1, 4]]),
        )
    )
    np.testing.assert_allclose(first, [2, 2])
    np.testing.assert_allclose(second, [4, 1])


@pytest.mark.parametrize("off_table", ["response", "standstill"])
def test_under_kalai_smorodinsky_a_larger_set_answers_where_its_ideals_are_reached_too(
    off_table: str,
) -> None:
    shared = 0
    for seed in range(6):
        game = chained_game(seed)
        d = game.payoffs(game.status_quo) - 0.1
        found = solve_subsets(
            game, every_subset(game), solution="kalai-smorodinsky", point=d, off_table=off_table
        )
        for tradable, outcome in found.items():
            if outcome.taken_from is None or not outcome.agreed:
                continue
            shared += 1
            own = alone(game, sorted(tradable), "kalai-smorodinsky", d.tolist(), off_table, False)
            larger = found[outcome.taken_from]
            np.testing.assert_allclose(outcome.payoffs, own.payoffs, atol=1e-12)
            np.testing.assert_allclose(own.ideal, alone(
                game, sorted(larger.tradable), "kalai-smorodinsky", d.tolist(), off_table, False
            ).ideal, atol=1e-12)  # fmt: skip
            assert bg.verify(outcome)
    assert shared > 0


def test_no_deal_on_the_larger_table_is_no_deal_on_the_smaller_without_a_search() -> None:
    game = chained_game(2)
    d = game.payoffs(game.status_quo) + 100
    found = solve_subsets(
        game, every_subset(game), solution="nash", point=d, off_table="standstill"
    )
    assert not any(outcome.agreed for outcome in found.values())
    assert sum(outcome.taken_from is None for outcome in found.values()) == 1
    assert all(outcome.certificate.weights is not None for outcome in found.values())
    assert all(map(bg.verify, found.values()))


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_best_responses_followed_in_all_games_at_once_end_where_each_game_alone_ends(
    seed: int,
) -> None:
    game = chained_game(seed)
    names = [lever.name for lever in game.free_levers]
    given_levers, mine = [0, 1, 2, 3], [4, 5, 6, 7]
    cells = np.array(list(itertools.product([0, 1], repeat=4)))
    cells = np.hstack([cells, np.zeros_like(cells)])
    settled = best_responses(game, mine, cells)
    for row, ended in zip(cells, settled, strict=True):
        if ended:
            levels = {names[u]: game.free_levers[u].levels[row[u]] for u in given_levers}
            found = bg.nash_equilibrium(game.fix(levels))
            np.testing.assert_allclose(found.payoffs, game.payoffs_at(row[None])[0], atol=1e-9)


def test_where_best_responses_go_round_in_circles_the_answer_is_the_mixed_equilibrium() -> None:
    mine = bg.Lever("mine", A, [0, 1], 0, domain="security")
    yours = bg.Lever("yours", B, [0, 1], 0, domain="security")
    term = bg.TablePayoff((mine, yours), {A: [[1, -1], [-1, 1]], B: [[-1, 1], [1, -1]]})
    game = bg.Negotiation([A, B], [mine, yours], [term])
    response, _ = respond(game, [0, 1], game.factors)
    [answer] = response.answers.values()
    assert sorted(share for share, _ in answer) == pytest.approx([0.25] * 4)


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_nested_says_so_only_where_every_payoff_of_the_smaller_table_is_on_the_larger(
    seed: int,
) -> None:
    game = chained_game(seed, security=3)
    subsets = [frozenset(subset) for subset in every_subset(game)]
    inducer = Inducer(game)

    def reached(tradable: frozenset[str]) -> set[tuple[float, ...]]:
        small = induce(game, tradable).negotiation
        every = np.array(list(itertools.product(*(range(size) for size in small.sizes))))
        return {tuple(row) for row in small.payoffs_at(every).round(7).tolist()}

    try:
        sets = {subset: reached(subset) for subset in subsets}
        for small, large in itertools.permutations(subsets, 2):
            if small < large and inducer.nested(small, large):
                assert sets[small] <= sets[large]
    except ConvergenceError:
        return


def test_progress_counts_the_subsets_and_repeated_ones_are_solved_once() -> None:
    game, seen = chained_game(1), []
    subsets = every_subset(game)
    solve_subsets(
        game, [*subsets, *subsets], solution="nash", point=game.payoffs(game.status_quo),
        off_table="standstill", progress=lambda done, of: seen.append((done, of)),
    )  # fmt: skip
    assert seen == [(k, len(subsets)) for k in range(1, len(subsets) + 1)]


def test_a_false_outcome_is_found_out() -> None:
    game = chained_game(3)
    d = game.payoffs(game.status_quo) - 1
    solver = SubsetSolver(game, "nash", d, off_table="standstill")
    outcome = solver.outcome(frozenset(lever.name for lever in game.levers))
    assert bg.verify(outcome)
    assert not bg.verify(dataclasses.replace(outcome, payoffs=outcome.payoffs + 0.1))
    assert not bg.verify(dataclasses.replace(outcome, agreed=False, payoffs=d, lottery=()))


def test_bad_subsets_are_named() -> None:
    game = chained_game(0)
    with pytest.raises(bg.InputError, match="unknown lever 'c1'"):
        solve_subsets(game, [["c1"]], solution="nash", point=[0, 0])
    with pytest.raises(bg.InputError, match="lever 'e0' is fixed"):
        solve_subsets(game.fix({"e0": 0}), [["e0"]], solution="nash", point=[0, 0])
    with pytest.raises(bg.InputError, match="off_table: expected one of"):
        solve_subsets(game, [["e0"]], solution="nash", point=[0, 0], off_table="frozen")
    with pytest.raises(bg.InputError, match="expected collections of levers"):
        solve_subsets(game, ["e0"], solution="nash", point=[0, 0])
    with pytest.raises(bg.InputError, match="expected 2 finite numbers"):
        solve_subsets(game, [["e0"]], solution="nash", point=[0, 0, 0])
