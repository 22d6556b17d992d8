"""Who tables its controls: theory of the tabling game, its kinds, and bad input."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.linkage.tabling.kind import KINDS

A, B = bg.Player("A"), bg.Player("B")


def small(seed: int, *, scales: tuple[float, float] = (1, 1), swap: bool = False) -> bg.Negotiation:
    """Return a tariff and two controls of A, a tariff and a control of B, and random payoffs."""
    rng = np.random.default_rng(seed)
    levers = [
        bg.Lever("a1", A, [0, 1, 2], 2),
        bg.ExportControl("a2", A, [0, 1], 1),
        bg.ExportControl("a3", A, [0, 1], 0),
        bg.Lever("b1", B, [0, 1, 2], 2),
        bg.RareEarthControl("b2", B, [0, 1], 1),
    ]
    terms: list[bg.Payoff] = []
    for lever in levers:
        size = len(lever.array())
        own, other = rng.uniform(0, 3, size).cumsum(), -rng.uniform(0, 5, size).cumsum()
        first, second = (own, other) if lever.owner == "A" else (other, own)
        terms.append(bg.TablePayoff(lever, {A: first * scales[0], B: second * scales[1]}))
    pair = rng.normal(size=(2, 2, 2))
    terms.append(
        bg.TablePayoff((levers[1], levers[4]), {A: pair[0] * scales[0], B: pair[1] * scales[1]})
    )
    return bg.Negotiation([B, A] if swap else [A, B], levers, terms)


def alike(worth: list[float], harm: list[float], kept: float, feared: float) -> bg.Negotiation:
    """Return a tariff and a control a side, all in place: worth to the owner, harm to the other."""
    levers: list[bg.Lever] = []
    terms: list[bg.Payoff] = []
    for owner, other in ((A, B), (B, A)):
        tariff = bg.Tariff(f"tariff of {owner}", owner, [0, 0.25, 0.5], 0.5)
        control = bg.ExportControl(f"control of {owner}", owner, [0, 1], 1)
        levers += [tariff, control]
        terms.append(bg.TablePayoff(tariff, {owner: worth, other: [-x for x in harm]}))
        terms.append(bg.LinearPayoff(control, {owner: kept, other: -feared}))
    return bg.Negotiation([A, B], levers, terms)


KIND_CASES: list[tuple[str, bg.Negotiation, float]] = [
    # Deep cuts are inefficient alone and the controls buy them: (12, 12) with both on the table,
    # (10, 10) with none, (13, 8) with the first side's alone.
    ("prisoners' dilemma", alike([0, 8, 12], [0, 7, 21], 4, 6), 2.5),
    ("dominant", alike([0, 8, 12], [0, 7, 21], 4, 6), 0.5),
    ("nobody tables", alike([0, 8, 12], [0, 7, 21], 4, 6), 30.0),
    ("answer to insisting", alike([0, 2, 6], [0, 3, 12], 3, 6), 2.5),
    ("depends on the other", alike([0, 2, 4], [0, 8, 9], 4, 8), 2.5),
]


@pytest.mark.parametrize(("kind", "game", "cost"), KIND_CASES)
def test_one_negotiation_of_each_kind(kind: str, game: bg.Negotiation, cost: float) -> None:
    found = bg.tabling_game(game, precedent_cost=cost)
    assert found.kind == kind
    assert found.explain().startswith(KINDS[kind].split("{")[0])
    assert bg.verify(found)


def test_in_the_dilemma_each_side_tables_and_both_are_worse_off_than_with_none_tabled() -> None:
    found = bg.tabling_game(KIND_CASES[0][1], precedent_cost=2.5)
    gains = found.talks_payoffs - found.disagreement[:, None, None]
    np.testing.assert_allclose(gains[:, 0, 0], [10, 10])
    np.testing.assert_allclose(gains[:, 1, 0], [10.5, 8])
    np.testing.assert_allclose(gains[:, 0, 1], [8, 10.5])
    np.testing.assert_allclose(gains[:, 1, 1], [9.5, 9.5])
    voluntary = [family for family in found.equilibria if family.voluntary]
    assert [family.tabled for family in voluntary] == [(("control of A",), ("control of B",))]
    left = found.iterated_dominance(insisting=False)
    assert left.solves
    # Tabling alone is worth 3 before costs, tabling as well as the other side 4.
    assert found.critical_cost(A).voluntary == pytest.approx(4)


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.7, {"A": 1.5}]))
def test_talks_are_refused_in_equilibrium_iff_nobody_gains_by_giving_in(
    seed: int, cost: Any
) -> None:
    """Insisting on everything and tabling nothing: the other side may still table all it has."""
    found = bg.tabling_game(small(seed), precedent_cost=cost)
    d = found.disagreement
    gives_in = found.talks_payoffs[0, -1, 0] - d[0], found.talks_payoffs[1, 0, -1] - d[1]
    assume(all(abs(gain) > 1e-6 or gain == 0 for gain in gives_in))
    assert found.mutual_refusal == (max(gives_in) <= 0)
    if not any(own.any() for own in found.costs):
        # Talks then never pay less than staying away, so insisting on anything that keeps talks
        # from taking place is weakly dominated.
        refusals = [family for family in found.equilibria if not family.talks]
        if refusals and (found.talks_payoffs[:, 0, 0] > d + 1e-6).all():
            assert refusals[0].undominated == 0


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_tabling_everything_is_weakly_dominant_where_the_larger_set_never_hurts(seed: int) -> None:
    """The egalitarian rule before leximin is monotone (Kalai 1977), and standstill sets are nested.

    Where it also costs nothing, no other strategy ever pays more.
    """
    found = bg.tabling_game(
        small(seed), solution=bg.EgalitarianSolution(leximin=False), lotteries=True,
        off_table="standstill",
    )  # fmt: skip
    for player in (A, B):
        everything = {
            strategy.tables: strategy for strategy in found.dominant(player)
            if not strategy.insists_on
        }  # fmt: skip
        own = found.groups[found.players.index(player.name)]
        assert tuple(own) in everything


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.booleans())
def test_nobody_tables_where_it_costs_more_than_anybody_can_gain(seed: int, always: bool) -> None:
    game = small(seed)
    free = bg.tabling_game(game)
    most = float((free.talks_payoffs - free.disagreement[:, None, None]).max())
    found = bg.tabling_game(game, precedent_cost=most + 1, costs_without_talks=always)
    assert all(family.tabled == ((), ()) for family in found.equilibria if family.talks)
    assert found.kind == "nobody tables"
    for player in (A, B):
        value = found.critical_cost(player).value
        assert value is None or value <= most + 1e-9


def bought(factor: float | None, *, surplus: float = 10.0) -> bg.Negotiation:
    """Return a control of A that B would pay for with a purchase, both as patient as said."""
    a, b = bg.Player("A", factor), bg.Player("B", factor)
    control = bg.ExportControl("control", a, [0, 1], 1)
    purchase = bg.Lever("purchase", b, range(int(surplus) + 1), 0)
    return bg.Negotiation(
        [a, b],
        [control, purchase],
        [
            bg.LinearPayoff(control, {"A": 1.0, "B": -surplus}),
            bg.LinearPayoff(purchase, {"A": 1.0, "B": -1.0}),
        ],
    )


def test_without_discount_factors_tabling_is_free_and_the_game_says_so() -> None:
    found = bg.tabling_game(bought(None))
    assert not any(cost.any() for cost in found.costs)
    assert "it takes discount factors of both players" in found.explain()
    assert "cost nothing" in found.to_dict()["costs_from"]


@pytest.mark.parametrize("factor", [0.0, 0.5, 0.9, 0.99])
def test_by_default_tabling_costs_the_shadow_price_of_talks_that_come_in_every_period(
    factor: float,
) -> None:
    game = bought(factor)
    every = bg.precedent(game, crises={"talks": (1.0, 1.0)})
    default, given = bg.tabling_game(game), bg.tabling_game(game, precedent_cost=every)
    for own, other, price in zip(default.costs, given.costs, every.shadow_price, strict=True):
        np.testing.assert_allclose(own, other)
        assert own[-1] == pytest.approx(price if len(own) > 1 else 0)
    assert "come again in every period" in default.explain()
    assert "that was given" in given.explain()
    assert bg.verify(default)


def test_a_precedent_that_costs_more_than_the_deal_is_worth_keeps_the_control_off_the_table() -> (
    None
):
    game = bought(0.9)
    costly = bg.precedent(game, crises={"talks": (0.5, 1.0)}, cost={"A": 20.0})
    assert bg.tabling_game(game, precedent_cost=costly).kind != "nobody tables"
    assert bg.tabling_game(game, precedent_cost=costly.charge).kind == "nobody tables"


def test_a_precedent_of_other_players_is_refused() -> None:
    every = bg.precedent(bought(0.5), crises={"talks": (1.0, 1.0)})
    swapped = bg.Negotiation([A, bg.Player("C")], small(1).owned_by("A"), [])
    with pytest.raises(bg.InputError, match="a precedent of the players"):
        bg.tabling_game(swapped, precedent_cost=every)


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.sampled_from([0.25, 3.0, 1e6]), st.sampled_from([0.5, 1e-3]))
def test_units_of_payoff_do_not_matter(seed: int, first: float, second: float) -> None:
    one = bg.tabling_game(small(seed), precedent_cost={"A": 0.5, "B": 0.25})
    other = bg.tabling_game(
        small(seed, scales=(first, second)), precedent_cost={"A": 0.5 * first, "B": 0.25 * second}
    )
    scale = np.array([first, second])
    np.testing.assert_allclose(
        other.talks_payoffs, one.talks_payoffs * scale[:, None, None], rtol=1e-6, atol=1e-9
    )
    assert other.kind == one.kind
    assert [(f.talks, f.tabled, f.number, f.undominated) for f in other.equilibria] == [
        (f.talks, f.tabled, f.number, f.undominated) for f in one.equilibria
    ]
    for player, unit in ((A, first), (B, second)):
        value, rescaled = (game.critical_cost(player).value for game in (one, other))
        assert (value is None) == (rescaled is None)
        if value is not None and rescaled is not None:
            assert rescaled == pytest.approx(value * unit, rel=1e-6)


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_the_order_of_the_players_does_not_matter(seed: int) -> None:
    one = bg.tabling_game(small(seed), precedent_cost={"A": 0.5})
    other = bg.tabling_game(small(seed, swap=True), precedent_cost={"A": 0.5})
    np.testing.assert_allclose(
        other.talks_payoffs[::-1].transpose(0, 2, 1), one.talks_payoffs, atol=1e-9
    )
    assert other.kind == one.kind

    def outcomes(game: bg.TablingGame, step: int) -> set[Any]:
        return {(f.talks, f.tabled[::step], f.number, f.undominated) for f in game.equilibria}

    assert outcomes(one, 1) == outcomes(other, -1)
    for player in (A, B):
        for mine, theirs in zip(one.leader(player), other.leader(player), strict=True):
            i, j = one.players.index(player.name), other.players.index(player.name)
            assert mine.payoffs[i] == pytest.approx(theirs.payoffs[j], abs=1e-9)


def test_a_side_without_controls_can_only_insist() -> None:
    found = bg.tabling_game(bg.load_scenario("two-issues"), disagreement="status-quo")
    assert found.reading.choices == ("tables", "nothing to table")
    assert found.critical_cost("China").value is None
    value = found.critical_cost("us")
    assert (value.value, value.voluntary) == (pytest.approx(1), pytest.approx(1))
    assert "up to a cost of 1" in value.explain()
    assert bg.verify(value)


def test_without_controls_there_is_nothing_to_table() -> None:
    found = bg.tabling_game(bg.load_scenario("tariff-dilemma"))
    assert found.kind == "nothing to table"
    assert [family.tabled for family in found.equilibria] == [((), ())]
    assert found.equilibria[0].talks
    assert bg.verify(found)


def test_an_insisting_leader_gets_the_others_controls_on_the_table() -> None:
    kind, game, cost = KIND_CASES[3]
    found = bg.tabling_game(game, precedent_cost=cost)
    assert kind == "answer to insisting"
    first = found.leader(A)[0]
    assert first.commitment.insists_on == ("control of B",)
    assert first.payoffs[0] > found.talks_payoffs[0, 0, 0]


def test_groups_move_together_and_costs_of_their_levers_add_up() -> None:
    game = small(3)
    grouped = bg.tabling_game(
        game, groups={"both": ["a2", "a3"]}, precedent_cost={"A": {"a2": 1, "a3": 0.5}}
    )
    assert grouped.groups == ({"both": ("a2", "a3")}, {"b2": ("b2",)})
    assert grouped.costs[0].tolist() == [0, 1.5]
    alone = bg.tabling_game(game, precedent_cost={"A": {"a2": 1, "a3": 0.5}})
    np.testing.assert_allclose(grouped.talks_payoffs, alone.talks_payoffs[:, ::3], atol=1e-9)
    assert grouped.outcome(["a3"]).tradable == alone.outcome(["a2", "a3"]).tradable
    by_group = bg.tabling_game(
        game, groups={"both": ["a2", "a3"]}, precedent_cost={"A": {"both": 1.5}}
    )
    assert by_group.costs[0].tolist() == [0, 1.5]


@pytest.mark.parametrize(
    "cost",
    [
        2.0, [2.0, 2.0], {"A": 2.0, B: 2}, SimpleNamespace(shadow_price=2.0),
        SimpleNamespace(shadow_price={"A": 2.0, "B": 2.0}),
        SimpleNamespace(shadow_price=np.array([2.0, 2.0])),
        {"A": SimpleNamespace(shadow_price=2.0), "B": SimpleNamespace(shadow_price=[7.0, 2.0])},
    ],
)  # fmt: skip
def test_costs_are_read_in_any_of_their_forms(cost: Any) -> None:
    found = bg.tabling_game(small(1), precedent_cost=cost)
    assert found.costs[0].tolist() == [0, 2, 2, 2]
    assert found.costs[1].tolist() == [0, 2]


def test_a_precedent_that_is_welcome_makes_tabling_dominant() -> None:
    found = bg.tabling_game(small(4), precedent_cost=-100.0)
    assert found.kind == "dominant"
    assert found.reading.choices == ("tables", "tables")
    assert all(all(family.tabled) for family in found.equilibria if family.voluntary)
    assert "up to -100" in found.explain()
    assert bg.verify(found)


def test_costs_paid_without_talks_leave_refusals_with_nothing_tabled() -> None:
    game = small(5)
    always = bg.tabling_game(game, precedent_cost=50.0, costs_without_talks=True)
    unless = bg.tabling_game(game, precedent_cost=50.0)
    refusing = [[f for f in found.equilibria if not f.talks] for found in (always, unless)]
    assert all(refusing)
    assert {own.tables for own, _ in refusing[0][0].profiles()} == {()}
    assert {own.tables for own, _ in refusing[1][0].profiles()} > {()}


def test_both_readings_of_off_the_table_and_lotteries_verify() -> None:
    for off, lotteries in itertools.product(("response", "standstill"), (False, True)):
        found = bg.tabling_game(small(2), off_table=off, lotteries=lotteries)
        assert found.certificate
        assert bg.verify(found)


def test_a_false_equilibrium_does_not_verify() -> None:
    found = bg.tabling_game(small(2), precedent_cost=0.3)
    family = found.equilibria[0]
    wrong = replace(family, payoffs=family.payoffs - 1.0)
    assert not bg.verify(replace(found, equilibria=(wrong, *found.equilibria[1:])))
    wrong_mixed = replace(found.mixed, payoffs=found.mixed.payoffs - 1.0)
    assert not bg.verify(replace(found, mixed=wrong_mixed))


def test_a_false_critical_cost_does_not_verify() -> None:
    found = bg.tabling_game(KIND_CASES[0][1]).critical_cost(A)
    assert found.value is not None
    assert bg.verify(found)
    assert not bg.verify(replace(found, value=found.value + 1))
    assert not bg.verify(replace(found, value=found.value - 1))
    assert not bg.verify(replace(found, voluntary=None))


def test_results_are_plain_tables_and_words() -> None:
    found = bg.tabling_game(bg.load_scenario("us-china-2025"), precedent_cost={"us": 2.0})
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["kind"] == found.kind
    assert len(plain["regimes"]) == 16
    assert sum(each["number"] for each in plain["equilibria"]) == sum(
        len(list(family.profiles())) for family in found.equilibria
    )
    assert len(found.table().rows) == 4
    assert "United States up to 2" in found.explain()
    assert found.table().title in str(found)
    calls: list[tuple[int, int]] = []
    bg.tabling_game(small(0), progress=lambda done, size: calls.append((done, size)))
    assert calls[-1] == (8, 8)


def many(size: int) -> bg.Negotiation:
    """Return many controls a side, the first of which hurts the other side most."""
    levers: list[bg.Lever] = []
    terms: list[bg.Payoff] = []
    for owner, other in ((A, B), (B, A)):
        for k in range(size):
            levers.append(bg.ExportControl(f"{owner}{k}", owner, [0, 1], 1))
            terms.append(bg.LinearPayoff(levers[-1], {owner: 1, other: -0.5 if k else -2}))
    return bg.Negotiation([A, B], levers, terms)


def test_too_many_groups_say_what_to_do() -> None:
    with pytest.raises(bg.IntractableError, match="groups="):
        bg.tabling_game(many(7))
    grouped = bg.tabling_game(
        many(7), groups={p: [f"{p}{k}" for k in range(7)] for p in ("A", "B")}
    )
    assert grouped.talks_payoffs.shape == (2, 2, 2)


def test_a_stage_too_large_to_write_out_is_solved_all_the_same() -> None:
    found = bg.tabling_game(many(4), groups={"A01": ["A0", "A1"]})
    assert found.equilibria
    assert len(found.equilibria_table().rows) <= 25
    assert found.normal_form().shape == (128, 128)
    large = bg.tabling_game(many(6))
    with pytest.raises(bg.IntractableError, match="4,096 strategies a side"):
        large.normal_form()
    assert large.normal_form(insisting=False).shape == (64, 64)
    assert large.certificate


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"precedent_cost": -1.0, "costs_without_talks": True}, "expected costs >= 0"),
        ({"precedent_cost": float("inf")}, "precedent_cost, A: expected a finite number"),
        ({"precedent_cost": float("nan")}, "precedent_cost"),
        ({"precedent_cost": True}, "precedent_cost"),
        ({"precedent_cost": "high"}, "precedent_cost"),
        ({"precedent_cost": {"C": 1.0}}, "unknown player"),
        ({"precedent_cost": [1.0, 2.0, 3.0]}, "expected 2 costs"),
        ({"precedent_cost": {"A": {"a1": 1.0}}}, "unknown security lever or group of A"),
        ({"precedent_cost": {"A": {"b2": 1.0}}}, "unknown security lever or group of A"),
        ({"precedent_cost": {"A": {"a2": None}}}, "precedent_cost, A, a2"),
        ({"groups": {"x": ["a1"]}}, "not a free security lever"),
        ({"groups": {"x": ["a2", "b2"]}}, "one owner"),
        ({"groups": {"x": []}}, "one owner"),
        ({"groups": {"x": ["a2"], "y": ["a2"]}}, "named twice"),
        ({"groups": {"x": "a2"}}, "expected a name and its levers"),
        ({"groups": {"a3": ["a2"]}}, "that of a lever outside"),
        ({"off_table": "free"}, "off_table"),
        ({"solution": "best"}, "solution"),
    ],
)
def test_bad_input_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(bg.InputError, match=message):
        bg.tabling_game(small(0), **options)


def test_only_negotiations_of_two_players_have_a_stage() -> None:
    with pytest.raises(bg.InputError, match="two players, got 3"):
        bg.tabling_game(bg.load_scenario("ally"))
    with pytest.raises(bg.InputError, match="expected a Negotiation"):
        bg.tabling_game([[1]])
    with pytest.raises(bg.InputError, match="unknown security lever or group"):
        bg.tabling_game(small(0)).outcome(["a1"])
