"""Iterated dominance on levers against listing all packages, which only the tests do."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.testing import negotiations
from tests.noncooperative.listing import listed_pure_equilibria

A, B = bg.Player("A"), bg.Player("B")


def payoff_table(negotiation: bg.Negotiation) -> np.ndarray:
    """Return the payoffs of all packages, shape (N, K_1, ..., K_L)."""
    sizes = negotiation.sizes
    indices = np.indices(sizes).reshape(len(sizes), -1).T
    return negotiation.payoffs_at(indices).T.reshape(len(negotiation.players), *sizes)


def listed_reduction(negotiation: bg.Negotiation) -> list[set[int]]:
    """Return the level indices that survive, by comparing all packages."""
    table = payoff_table(negotiation)
    kept = [list(range(size)) for size in negotiation.sizes]
    while True:
        gone = []
        for j, lever in enumerate(negotiation.free_levers):
            own = table[negotiation.player_names.index(lever.owner)][np.ix_(*kept)]
            rows = np.moveaxis(own, j, 0)
            gone += [
                (j, kept[j][a])
                for a, b in itertools.permutations(range(len(rows)), 2)
                if (rows[b] > rows[a]).all()
            ]
        if not gone:
            return [set(own) for own in kept]
        kept = [[k for k in own if (j, k) not in gone] for j, own in enumerate(kept)]


def kept_indices(reduction) -> list[set[int]]:
    levers = reduction.whole.free_levers
    return [{lever.index(x) for x in reduction.kept[lever.name]} for lever in levers]


@settings(max_examples=150)
@given(negotiations(max_scope=3))
def test_the_levels_left_are_those_that_listing_all_packages_leaves(negotiation) -> None:
    reduction = bg.iterated_dominance(negotiation)
    assert kept_indices(reduction) == listed_reduction(negotiation)
    assert bg.verify(reduction)


@settings(max_examples=80)
@given(negotiations(max_levers=4, max_levels=3))
def test_no_pure_equilibrium_is_lost_or_won(negotiation) -> None:
    """Of the game in which every lever is a player of its own there are more equilibria."""
    reduction = bg.iterated_dominance(negotiation)
    table = payoff_table(negotiation)
    owner = [negotiation.player_names.index(v.owner) for v in negotiation.free_levers]
    kept = [sorted(own) for own in kept_indices(reduction)]
    whole = listed_pure_equilibria([table[i] for i in owner])
    smaller = listed_pure_equilibria([table[i][np.ix_(*kept)] for i in owner])
    lifted = [tuple(own[k] for own, k in zip(kept, cell, strict=True)) for cell in smaller]
    assert sorted(lifted) == sorted(whole)


@settings(max_examples=80)
@given(negotiations())
def test_the_smaller_negotiation_pays_what_the_whole_one_does(negotiation) -> None:
    reduction = bg.iterated_dominance(negotiation)
    smaller = reduction.game
    several = [name for name in reduction.lost if len(reduction.kept[name]) > 1]
    assert (smaller is None) == bool(several)
    if smaller is None:
        return
    shape = smaller.sizes
    indices = np.indices(shape).reshape(len(shape), smaller.number_of_packages).T
    packages = [smaller.package_at(row) for row in indices]
    np.testing.assert_allclose(smaller.payoffs(packages), negotiation.payoffs(packages), atol=1e-9)
    alone = sum(len(v) == 1 < len(negotiation.lever(n).levels) for n, v in reduction.kept.items())
    assert len(smaller.fixed) == alone


@settings(max_examples=60)
@given(negotiations(min_players=2), st.sampled_from([1e-6, 3.0, 1e5]), st.randoms())
def test_units_constants_and_the_order_of_levers_do_not_matter(negotiation, unit, random) -> None:
    first = negotiation.player_names[0]
    terms = [
        bg.TablePayoff(
            [negotiation.free_levers[j] for j in factor.scope],
            {
                name: table * (unit if name == first else 1.0) + (7.0 if name == first else 0.0)
                for name, table in zip(negotiation.player_names, factor.table, strict=True)
            },
        )
        for factor in negotiation.factors
    ]
    levers = random.sample(negotiation.levers, len(negotiation.levers))
    other = bg.iterated_dominance(bg.Negotiation(negotiation.players, levers, terms))
    assert dict(other.kept) == dict(bg.iterated_dominance(negotiation).kept)


def test_levers_that_share_no_term_are_solved_by_one_round() -> None:
    rng = np.random.default_rng(3)
    levers = [bg.Lever(f"l{j}", (A, B)[j % 2], range(5), 0) for j in range(300)]
    terms = [bg.TablePayoff(v, {p: rng.normal(size=5) for p in (A, B)}) for v in levers]
    negotiation = bg.Negotiation([A, B], levers, terms)
    reduction = bg.iterated_dominance(negotiation)
    assert reduction.solves
    assert len(reduction.rounds) == 1
    equilibrium = bg.nash_equilibrium(negotiation)
    assert reduction.package == {
        name: level for [(_, own)] in equilibrium.strategies for name, level in own.items()
    }
    assert reduction.game.number_of_packages == 1
    assert "the only equilibrium" in reduction.explain()


def test_a_chain_of_answers_takes_a_round_for_each_lever() -> None:
    """A sets the first lever by dominance; then each owner's best level follows the one before."""
    levers = [bg.Lever(f"l{j}", (A, B)[j % 2], range(3), 0) for j in range(6)]
    match = np.eye(3)
    terms = [bg.TablePayoff(levers[0], {A: [0, 0, 1]})]
    terms += [
        bg.TablePayoff((levers[j], levers[j + 1]), {(A, B)[(j + 1) % 2]: match}) for j in range(5)
    ]
    reduction = bg.iterated_dominance(bg.Negotiation([A, B], levers, terms))
    assert len(reduction.rounds) == 6
    assert set(reduction.kept.values()) == {(2.0,)}
    assert len(reduction.table().rows) == 12


def test_a_prisoners_dilemma_in_tariffs_keeps_the_high_ones() -> None:
    reduction = bg.iterated_dominance(bg.load_scenario("tariff-dilemma"))
    assert reduction.solves
    equilibrium = bg.nash_equilibrium(reduction.whole)
    played = {name: x for [(_, own)] in equilibrium.strategies for name, x in own.items()}
    assert reduction.package == played


def test_weakly_dominated_levels_stay() -> None:
    ours, theirs = bg.Lever("ours", A, [0, 1], 0), bg.Lever("theirs", B, [0, 1], 0)
    weak = bg.TablePayoff((ours, theirs), {A: [[0, 1], [0, 2]]})
    reduction = bg.iterated_dominance(bg.Negotiation([A, B], [ours, theirs], [weak]))
    assert reduction.rounds == ()
    assert "removes nothing" in reduction.explain()


def test_a_lever_without_its_status_quo_makes_no_negotiation_and_says_so() -> None:
    ours, theirs = bg.Lever("ours", A, [0, 1, 2], 0), bg.Lever("theirs", B, [0, 1], 0)
    tables = {A: [[-9, -9], [1, 0], [0, 1]], B: [[0, 0], [0, 1], [1, 0]]}
    term = bg.TablePayoff((ours, theirs), tables)
    reduction = bg.iterated_dominance(bg.Negotiation([A, B], [ours, theirs], [term]))
    assert reduction.kept == {"ours": (1.0, 2.0), "theirs": (0.0, 1.0)}
    assert reduction.game is None
    assert reduction.lost == ("ours",)
    assert "The status quo is among them for ours" in reduction.explain()


def test_labels_and_fixed_levers_stay() -> None:
    ours = bg.Lever("ours", A, [0, 1, 2], 0, labels=["none", "some", "all"])
    theirs, third = bg.Lever("theirs", B, [0, 1], 0), bg.Lever("third", B, [0, 1, 2], 1)
    terms = [
        bg.TablePayoff(
            (ours, theirs), {A: [[3, 0], [0, 3], [-1, -1]], B: [[0, 1], [1, 0], [0, 0]]}
        ),
        bg.InteractionPayoff((ours, third), {A: 1}),
    ]
    negotiation = bg.Negotiation([A, B], [ours, theirs, third], terms).fix({"third": 0})
    smaller = bg.iterated_dominance(negotiation).game
    assert smaller.lever("ours").labels == ("none", "some")
    assert smaller.fixed == {"third": 0.0}


def test_a_tampered_reduction_is_found_out() -> None:
    ours, theirs = bg.Lever("ours", A, [0, 1, 2], 1), bg.Lever("theirs", B, [0, 1], 0)
    term = bg.TablePayoff(
        (ours, theirs), {A: [[0, 0], [1, 1], [3, 0]], B: [[0, 1], [1, 0], [1, 1]]}
    )
    reduction = bg.iterated_dominance(bg.Negotiation([A, B], [ours, theirs], [term]))
    assert bg.verify(reduction)
    [[removal]] = reduction.rounds
    wrong = dataclasses.replace(removal, by=2.0)
    assert not bg.verify(dataclasses.replace(reduction, rounds=((wrong,),)))
    with pytest.raises(bg.InputError, match="kept 'ours': expected the levels not removed"):
        bg.verify(dataclasses.replace(reduction, rounds=()))
    with pytest.raises(bg.InputError, match="rounds: expected levels of 'ours' that were left"):
        bg.verify(dataclasses.replace(reduction, rounds=((removal,), (removal,))))


def test_bad_calls_are_named() -> None:
    smooth = bg.Lever("s", A, bg.Interval(0, 1), 0.5)
    with pytest.raises(bg.InputError, match="a finite sequence is needed here"):
        bg.iterated_dominance(bg.Negotiation([A], [smooth], []))
    dilemma = bg.load_scenario("tariff-dilemma")
    with pytest.raises(bg.InputError, match=r"margin: expected a number in \(0, 1\), got 0"):
        bg.iterated_dominance(dilemma, margin=0)
    with pytest.raises(bg.InputError, match="mixed: expected a finite game, got a negotiation"):
        bg.iterated_dominance(dilemma, mixed=True)


def test_terms_that_cancel_up_to_rounding_dominate_nothing() -> None:
    ours, theirs = bg.Lever("ours", A, [0, 1], 0), bg.Lever("theirs", B, [0, 1], 0)
    terms = [
        bg.TablePayoff(ours, {A: [0.1e9, 0.3e9]}),
        bg.TablePayoff((ours, theirs), {A: [[0.2e9, 0.2e9], [-1e-7, 1e-8]]}),
    ]
    assert bg.iterated_dominance(bg.Negotiation([A, B], [ours, theirs], terms)).rounds == ()
