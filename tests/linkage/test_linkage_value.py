"""Every set of security levers: minimal sets that make a deal, and what each lever is worth."""

from __future__ import annotations

import dataclasses
import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.errors import ConvergenceError
from tests.linkage.test_known_cases import tariff_and_control
from tests.linkage.test_subsets import chained_game

A, B = bg.Player("A"), bg.Player("B")


def additive_game(*, second: str = "B") -> bg.Negotiation:
    """Return a tariff that costs A 1 and gives B 3, and controls that would pay A for it."""
    lever = bg.Lever("tariff", A, [0, 1], 0)
    chips = bg.Lever("chips", B, [0, 1], 0, domain="security")
    earths = bg.Lever("earths", second, [0, 1], 0, domain="security")
    return bg.Negotiation(
        [A, B],
        [lever, chips, earths],
        [
            bg.LinearPayoff(lever, {A: -1, B: 3}),
            bg.LinearPayoff(chips, {A: 2, B: -1}),
            bg.LinearPayoff(earths, {A: 2, B: -1}),
        ],
    )


def test_two_like_controls_each_make_the_deal_and_are_worth_half_of_it() -> None:
    value = bg.linkage_value(additive_game(), disagreement="status-quo")
    assert value.agreed.tolist() == [False, True, True, True]
    assert value.minimal_sets == (("chips",), ("earths",))
    np.testing.assert_allclose(value.value, [[0, 0], [1, 2], [1, 2], [3, 1]])
    np.testing.assert_allclose(value.shapley, [[1.5, 0.5], [1.5, 0.5]])
    assert value[["earths", "chips"]].package == {"tariff": 1, "chips": 1, "earths": 1}


def test_the_known_case_turns_no_deal_into_a_deal_by_the_control_alone() -> None:
    """The tariff and the control: linkage is worth the whole deal (1, 3)."""
    game = tariff_and_control()
    free = bg.linkage_value(game, disagreement="status-quo")
    assert free.minimal_sets == (("control",),)
    np.testing.assert_allclose(free.shapley, [[1, 3]])
    frozen = bg.linkage_value(game, disagreement="status-quo", off_table="standstill")
    assert frozen.minimal_sets == ((),)
    np.testing.assert_allclose(frozen.shapley, [[0, 0]])


@settings(max_examples=15)
@given(
    st.integers(0, 10_000),
    st.sampled_from(["nash", "kalai-smorodinsky", "egalitarian"]),
    st.booleans(),
)
def test_at_a_standstill_and_one_d_a_larger_set_never_undoes_a_deal(
    seed: int, rule: str, lotteries: bool
) -> None:
    value = bg.linkage_value(
        chained_game(seed), solution=rule, off_table="standstill", disagreement="status-quo",
        lotteries=lotteries,
    )  # fmt: skip
    assert value.deals_are_kept
    for chosen, agreed in zip(value.sets, value.agreed, strict=True):
        assert agreed == any(set(small) <= set(chosen) for small in value.minimal_sets)


def test_where_owners_respond_a_further_lever_on_the_table_can_undo_the_deal() -> None:
    """With r on the table the owner of s answers differently; found by search."""
    x = bg.Lever("x", A, [0, 1], 0)
    s = bg.Lever("s", A, [0, 1], 0, domain="security")
    r = bg.Lever("r", B, [0, 1], 0, domain="security")
    tables = {
        A: [[[0, -2], [0, -5]], [[0, -2], [0, 0]]],
        B: [[[0, -3], [-2, 0]], [[-1, 2], [1, -1]]],
    }
    game = bg.Negotiation([A, B], [x, s, r], [bg.TablePayoff((x, s, r), tables)])
    value = bg.linkage_value(game, disagreement="status-quo")
    assert dict(zip(value.sets, value.agreed.tolist(), strict=True)) == {
        (): True, ("s",): True, ("r",): False, ("s", "r"): True,
    }  # fmt: skip
    assert not value.deals_are_kept
    assert "may undo a deal in this reading: some do here" in value.explain()
    assert bg.verify(value)


def test_a_larger_set_can_leave_no_gain_when_the_disagreement_point_moves_with_it() -> None:
    """The control used without agreement pays both more than the deal over tariffs would."""
    game = moving_point()
    value = bg.linkage_value(
        game, own_breakdown=True, off_table="standstill", disagreement="noncooperative"
    )
    assert value.agreed.tolist() == [True, False]
    np.testing.assert_allclose(value.gains, [[1, 1], [0, 0]])
    np.testing.assert_allclose(value.payoffs, [[1, 1], [2, 2]])
    assert not value.deals_are_kept
    assert bg.verify(value)


def moving_point() -> bg.Negotiation:
    """Concessions (-1, 2) and (2, -1), undone where A's control is used, which gives (2, 2)."""
    mine = bg.Lever("mine", A, [0, 1], 0)
    yours = bg.Lever("yours", B, [0, 1], 0)
    control = bg.Lever("control", A, [0, 1], 0, domain="security")
    return bg.Negotiation(
        [A, B],
        [mine, yours, control],
        [
            bg.TablePayoff((mine, control), {A: [[0, 0], [-1, 0]], B: [[0, 0], [2, 0]]}),
            bg.TablePayoff((yours, control), {A: [[0, 0], [2, 0]], B: [[0, 0], [-1, 0]]}),
            bg.LinearPayoff(control, {A: 2, B: 2}),
        ],
    )


@settings(max_examples=10)
@given(st.integers(0, 10_000), st.sampled_from(["response", "standstill"]))
def test_shapley_values_share_out_what_linking_everything_is_worth(seed: int, off: str) -> None:
    try:
        value = bg.linkage_value(
            chained_game(seed, security=3), disagreement="status-quo", off_table=off
        )
    except ConvergenceError:
        return
    np.testing.assert_allclose(value.shapley.sum(axis=0), value.value[-1], atol=1e-9)
    expected = np.zeros_like(value.shapley)
    orders = list(itertools.permutations(range(3)))
    for order in orders:  # the definition: the mean over orders of arrival
        before: list[str] = []
        for k in order:
            after = [*before, value.levers[k]]
            expected[k] += (value[after].payoffs - value[before].payoffs) / len(orders)
            before = after
    np.testing.assert_allclose(value.shapley, expected, atol=1e-9)


def test_a_control_without_effect_is_worth_nothing_and_the_order_of_levers_does_not_matter() -> (
    None
):
    game = additive_game()
    idle = bg.Lever("idle", A, [0, 1], 0, domain="security")
    larger = bg.Negotiation(
        game.players, [*reversed(game.levers), idle], [*game.terms, bg.LinearPayoff(idle, {A: 0})]
    )
    value = bg.linkage_value(larger, disagreement="status-quo")
    worth = dict(zip(value.levers, value.shapley.tolist(), strict=True))
    assert worth["idle"] == [0, 0]
    assert worth["chips"] == pytest.approx([1.5, 0.5])
    assert value.minimal_sets == (("earths",), ("chips",))


@pytest.mark.parametrize("rule", ["nash", "kalai-smorodinsky"])
def test_rescaled_payoffs_scale_what_the_levers_are_worth(rule: str) -> None:
    def tripled(term: bg.Payoff) -> bg.Payoff:
        assert isinstance(term, bg.LinearPayoff)
        slopes = {p: s * (3 if p == "A" else 1) for p, s in dict(term.slopes).items()}
        return bg.LinearPayoff(term.levers[0], slopes)

    game = additive_game()
    scaled = bg.Negotiation(game.players, game.levers, [tripled(term) for term in game.terms])
    one, other = (
        bg.linkage_value(g, solution=rule, disagreement="status-quo").shapley
        for g in (game, scaled)
    )
    np.testing.assert_allclose(other, one * [3, 1], atol=1e-12)


def test_owner_by_owner_alone_and_on_average() -> None:
    value = bg.linkage_value(
        additive_game(second="A"), disagreement="status-quo", off_table="standstill"
    )
    rows = {row[0]: row for row in value.owners_table().rows}
    assert rows["B"][1:4] == (1, 1.0, 2.0)
    together = np.array([rows["A"][-2:], rows["B"][-2:]], dtype=float).sum(axis=0)
    np.testing.assert_allclose(together, value.value[-1])


def test_some_levers_only_leave_the_others_off_the_table() -> None:
    value = bg.linkage_value(additive_game(), disagreement="status-quo", levers=["earths"])
    assert value.sets == ((), ("earths",))
    assert value.always == ("tariff",)
    assert all(package["chips"] == 0 for o in value.outcomes for _, package in o.lottery)


def test_the_us_china_truce_has_a_deal_without_controls_and_chinas_controls_are_the_chips() -> None:
    value = bg.linkage_value(bg.load_scenario("us-china-2025"))
    assert value.minimal_sets == ((),)
    worth = dict(zip(value.levers, value.shapley, strict=True))
    assert not worth["affiliates rule"].any()
    assert worth["gallium and germanium ban"][0] > worth["rare-earth controls"][0] > 0
    assert value.value[-1][0] > 0 > value.value[-1][1]
    assert bg.verify(value)


def test_a_value_reads_as_text_dictionary_and_html_and_a_false_one_is_found_out() -> None:
    value = bg.linkage_value(additive_game(), disagreement="status-quo")
    assert "it takes at least: chips; earths" in str(value)
    assert json.loads(json.dumps(value.to_dict()))["minimal_sets"] == [["chips"], ["earths"]]
    assert len(value.subsets_table().rows) == 4
    assert value._repr_html_().startswith("<table>")
    false = dataclasses.replace(value.outcomes[-1], payoffs=value.outcomes[-1].payoffs + 1)
    changed = dataclasses.replace(value, outcomes=(*value.outcomes[:-1], false))
    assert not bg.verify(changed)
    swapped = dataclasses.replace(value, outcomes=tuple(reversed(value.outcomes)))
    assert not bg.verify(swapped)


def test_bad_input_is_named() -> None:
    game = additive_game()
    with pytest.raises(bg.InputError, match="no free security lever"):
        bg.linkage_value(game.fix({"chips": 0, "earths": 0}))
    with pytest.raises(bg.InputError, match="different free levers, at least one"):
        bg.linkage_value(game, levers=["chips", "chips"])
    with pytest.raises(bg.InputError, match="expected levers, got 'chips'"):
        bg.linkage_value(game, levers="chips")
    with pytest.raises(bg.InputError, match="off_table: expected one of"):
        bg.linkage_value(game, off_table="frozen")
    many = [bg.Lever(f"s{k}", A, [0, 1], 0, domain="security") for k in range(15)]
    with pytest.raises(bg.IntractableError, match=r"15 levers have 32,768 sets"):
        bg.linkage_value(bg.Negotiation([A, B], many, []))
    with pytest.raises(bg.InputError, match=r"expected some of \['chips', 'earths'\]"):
        bg.linkage_value(game, disagreement="status-quo")[["tariff"]]


def test_controls_on_the_table_can_undo_a_deal_that_rests_on_how_owners_mix_without_them() -> None:
    """Off the table both mix and the agreement pays 1 each; on it, each prefers its own corner.

    Strict: the answers are the one equilibrium of matching pennies, so that no tie decides.
    """
    x = bg.Lever("x", A, [0, 1], 0)
    s = bg.Lever("s", A, [0, 1], 0, domain="security")
    r = bg.Lever("r", B, [0, 1], 0, domain="security")
    pennies = np.array([[3.0, -1.0], [-1.0, 3.0]])
    tables = {A: np.stack([0 * pennies, pennies]), B: np.stack([0 * pennies, pennies[::-1]])}
    game = bg.Negotiation([A, B], [x, s, r], [bg.TablePayoff((x, s, r), tables)])
    value = bg.linkage_value(game, disagreement="status-quo", lotteries=False)
    assert value.agreed.tolist() == [True, False, False, False]
    assert not value.deals_are_kept
    assert bg.verify(value)
