"""Enforcement linkage: theorems of Bernheim and Whinston, Spagnolo and Limao, and closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import bargaining as bg
from bargaining.enforcement.patience.pooling import issue_factors, pooling
from bargaining.enforcement.self_enforcing.self_enforcing import self_enforcing
from tests.enforcement import games


def two_policies(costs, benefit=(1.0, 1.0), *, step=0.02, complements=0.0):
    """Return a game in which each side's two policies cost it and help the other.

    Without agreement nothing is done.
    """
    players = [bg.Player("home"), bg.Player("abroad")]
    grid = np.arange(0, 1 + step / 2, step).round(10)
    levers = [[bg.Lever(f"{p.name} {k}", p, grid, 0.0) for k in (1, 2)] for p in players]
    terms = []
    for own, mine, other in zip(players, levers, reversed(players), strict=True):
        for lever, cost, gain in zip(mine, costs, benefit, strict=True):
            terms.append(bg.TablePayoff(lever, {own: -cost(grid), other: gain * grid}))
        if complements:
            terms.append(bg.InteractionPayoff(mine, {other: complements}))
    game = bg.Negotiation(players, [lever for mine in levers for lever in mine], terms)
    issues = {f"policy {k}": [mine[k - 1] for mine in levers] for k in (1, 2)}
    return game, issues


def levels(agreement, policy):
    """Return both sides' levels of a policy."""
    return [agreement.package[f"{who} {policy}"] for who in ("home", "abroad")]


def test_independent_policies_linkage_helps_one_at_the_others_cost():
    # Apart c <= delta and c^2 <= delta; pooled both are on the same multiple of what is best.
    game, issues = two_policies([lambda c: c**2, lambda c: c**3])
    found = pooling(game, issues, "utilitarian", discount_factors=0.3)
    assert found.additive
    assert levels(found.apart, 1) == pytest.approx([0.3, 0.3])
    assert levels(found.apart, 2) == pytest.approx([0.54, 0.54])
    assert min(levels(found.pooled, 1)) > 0.3
    assert max(levels(found.pooled, 2)) < 0.54
    assert found.pooled.payoffs.sum() > found.apart.payoffs.sum()
    assert found.permits
    assert "would be broken with issues enforced apart" in found.explain()
    assert bg.verify(found)


def test_strategic_complements_linkage_can_help_both():
    # Apart the second policy is never worth keeping (0.75 > 0.6 (1 + 0.2)); pooled it is in full,
    # which makes more of the first worth while: c^3 = (1 + 0.2 c2) / 4.
    game, issues = two_policies([lambda c: c**4, lambda c: 0.75 * c], complements=0.2)
    found = pooling(game, issues, discount_factors=0.6)
    assert not found.additive
    assert levels(found.apart, 2) == [0, 0]
    assert levels(found.apart, 1) == pytest.approx([(1 / 4) ** (1 / 3)] * 2, abs=0.02)
    assert levels(found.pooled, 2) == [1, 1]
    assert levels(found.pooled, 1) == pytest.approx([(1.2 / 4) ** (1 / 3)] * 2, abs=0.02)
    assert min(levels(found.pooled, 1)) > max(levels(found.apart, 1))
    assert (found.value > 0).all()
    assert bg.verify(found)


def test_slack_in_one_issue_serves_another():
    # A prisoners' dilemma that needs 2/5 beside one that needs 4/5.
    game, issues = two_dilemmas((3, 5), (3, 11))
    package = dict.fromkeys((lever.name for lever in game.levers), 0)
    found = issue_factors(game, package, issues)
    assert found.by_issue["first"] == pytest.approx([2 / 5] * 2)
    assert found.by_issue["second"] == pytest.approx([8 / 11] * 2)
    assert found.apart == pytest.approx([8 / 11] * 2)
    assert found.pooled == pytest.approx([(2 + 8) / (5 + 11)] * 2)
    between = pooling(game, issues, discount_factors=0.65)
    assert between.apart.gains.tolist() == [3.0, 3.0]
    assert between.pooled.gains.tolist() == [6.0, 6.0]
    assert between.moved() == {"first": (), "second": ("a second", "b second")}
    assert between.to_dict()["permits"]
    assert "policy" not in str(between)


def two_dilemmas(*pairs):
    """Return prisoners' dilemmas side by side: (what both get, what cheating alone gets)."""
    players = [bg.Player("a"), bg.Player("b")]
    levers, terms, issues = [], [], {}
    for name, (both, alone) in zip(("first", "second"), pairs, strict=True):
        mine = [bg.Lever(f"{p.name} {name}", p, [0, 1], 1) for p in players]
        table = np.array([[both, -20.0], [alone, 0.0]])
        terms.append(bg.TablePayoff(mine, {players[0]: table, players[1]: table.T}))
        levers += mine
        issues[name] = mine
    return bg.Negotiation(players, levers, terms), issues


def test_equal_issues_pooled_hold_no_more_than_apart():
    game, issues = two_dilemmas((3, 5), (3, 5))
    package = dict.fromkeys((lever.name for lever in game.levers), 0)
    found = issue_factors(game, package, issues)
    assert found.pooled == pytest.approx(found.apart)
    same = pooling(game, issues, discount_factors=0.41)
    assert same.explain() == "One punishment for all issues changes nothing."
    nothing = pooling(game, issues, discount_factors=0.39)
    assert "Nothing gainful holds" in nothing.explain()


@pytest.mark.parametrize("seed", range(25))
def test_additive_issues_pooled_never_hold_less_and_one_issue_is_self_enforcing(seed):
    rng = np.random.default_rng(seed)
    parts = [games.random_game(rng, most_players=2) for _ in range(2)]
    players = parts[0].players
    levers, terms, issues = [], [], {}
    for name, part in zip("xy", parts, strict=True):
        mine = [bg.Lever(f"{name} {lever.name}", lever.owner, lever.levels, lever.status_quo)
                for lever in part.free_levers]  # fmt: skip
        terms += [
            bg.TablePayoff([mine[u] for u in f.scope], dict(zip(players, f.table, strict=True)))
            for f in part.factors
        ]
        levers += mine
        issues[name] = mine
    game = bg.Negotiation(players, levers, terms)
    if any(len(s) > 1 for s in bg.nash_equilibrium(game).strategies):
        return
    found = pooling(game, issues, "utilitarian", discount_factors=0.5)
    assert found.additive
    assert found.pooled.payoffs.sum() >= found.apart.payoffs.sum() - 1e-9
    assert bg.verify(found)
    if found.apart.agreed:
        factors = issue_factors(game, found.apart.package, issues)
        assert (factors.pooled <= factors.apart + 1e-9).all()
        assert (factors.apart <= 0.5 + 1e-9).all()
    whole = pooling(game, {"all": levers}, discount_factors=0.5)
    assert whole.apart.payoffs == pytest.approx(whole.pooled.payoffs)
    alone = self_enforcing(game, discount_factors=0.5)
    assert whole.apart.payoffs == pytest.approx(alone.payoffs)


def test_the_shipped_truce_negotiation_gains_by_pooling_security_with_trade():
    game = bg.load_scenario("us-china-2025")
    issues = {"security": game.security, "economic": game.economic}
    for delta in (0.2, 0.3, 0.5):
        found = pooling(game, issues, "utilitarian", discount_factors=delta)
        assert found.pooled.payoffs.sum() >= found.apart.payoffs.sum() - 1e-9
    assert bg.verify(found)


def test_a_tampered_comparison_fails_its_check():
    game, issues = two_dilemmas((3, 5), (3, 11))
    found = pooling(game, issues, discount_factors=0.65)
    assert bg.verify(found)
    wrong = replace(found.apart, lottery=found.pooled.lottery, payoffs=found.pooled.payoffs)
    assert not bg.verify(replace(found, apart=wrong))


def test_least_patience_of_issues_apart_is_that_of_the_easier_one():
    game, issues = two_dilemmas((3, 5), (3, 11))
    found = pooling(game, issues, discount_factors=0.1)
    assert not found.apart.agreed
    assert found.apart.least_patience == pytest.approx(2 / 5)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"issues": {}}, "levers by issue"),
        ({"issues": {"one": ["a first"]}}, "left out"),
        ({"punishment": "max-min"}, "single package"),
        ({"punishment": [0.0, 0.0]}, "single package"),
        ({"issues": {"one": ["nothing"]}}, "nothing"),
    ],
)
def test_bad_issues_and_punishments_are_refused(change, word):
    game, issues = two_dilemmas((3, 5), (3, 11))
    options = {"issues": issues, "discount_factors": 0.5} | change
    with pytest.raises(bg.InputError, match=word):
        pooling(game, options.pop("issues"), **options)


def test_too_many_issues_that_are_not_additive_are_refused():
    players = [bg.Player("a"), bg.Player("b")]
    levers = [bg.Lever(f"l{k}", players[k % 2], [0, 1], 0) for k in range(18)]
    terms = [bg.InteractionPayoff((levers[k], levers[k + 1]), {"a": 1}) for k in range(17)]
    game = bg.Negotiation(players, levers, terms)
    issues = {str(k): levers[2 * k : 2 * k + 2] for k in range(9)}
    with pytest.raises(bg.IntractableError, match="sets in which a breach"):
        pooling(game, issues, discount_factors=0.5)
