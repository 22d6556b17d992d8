"""Precedents whose values and breaking dates are known in closed form, and what may not matter."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.linkage.precedent.breaking_date import BreakingDate

US, CHINA = bg.Player("US"), bg.Player("China")

Arguments = dict[str, object]


def surplus_of_ten() -> bg.Negotiation:
    """China gains 10 when the US gives up its control."""
    control = bg.ExportControl("control", US, [0, 1], 1, labels=["off", "on"])
    return bg.Negotiation([US, CHINA], [control], [bg.TablePayoff(control, {CHINA: [10, 0]})])


def norm_that_upholds_itself(scale: float = 1.0) -> bg.Negotiation:
    """Return a game whose deal is worth (4, 1) without the control, and (2, 5) with it."""
    talks = bg.Lever("talks", CHINA, [0, 1], 0)
    control = bg.ExportControl("control", US, [0, 1], 1)
    us, china = np.array([[0.0, 0], [2, 4]]), np.array([[0.0, 0], [5, 1]])
    table = bg.TablePayoff((talks, control), {US: us * scale, CHINA: china})
    return bg.Negotiation([US, CHINA], [talks, control], [table])


def upheld(factor: float, chance: float = 0.3, scale: float = 1.0) -> bg.Precedent:
    return bg.precedent(
        norm_that_upholds_itself(scale), crises={"crisis": (chance, 1.0)}, discount_factors=factor,
        disagreement="status-quo",
    )  # fmt: skip


def transferred(cost: object, **changes: object) -> bg.Precedent:
    arguments: Arguments = {
        "crises": {"crisis": (1.0, 1.0)}, "discount_factors": 0.0, "cost": cost,
        "transferable": True, "disagreement": "status-quo", **changes,
    }  # fmt: skip
    return bg.precedent(surplus_of_ten(), **arguments)


def test_a_surplus_of_ten_and_a_charge_of_six_leave_two_each() -> None:
    found = transferred(6.0)
    assert found.breaks() == {"crisis": 1.0}
    np.testing.assert_allclose(found.intact, [2, 2], atol=1e-9)
    np.testing.assert_allclose(found.charge, [6, 0])
    [(_, outcome)] = next(iter(found.solved.values())).plays[0]
    np.testing.assert_allclose(outcome.payoffs, [8, 2], atol=1e-9)
    assert bg.verify(found)


def test_a_charge_above_the_surplus_leaves_no_deal_and_the_norm_intact() -> None:
    found = transferred(11.0)
    assert found.breaks() == {"crisis": 0.0}
    np.testing.assert_allclose(found.intact, 0.0)
    assert found.breaking_date().mean == math.inf
    assert found.breaking_date().never == 1.0
    assert "it may stand for ever" in found.explain()


def test_the_threshold_is_the_stake_whose_surplus_is_the_charge() -> None:
    for cost in (2.0, 6.0, 11.0):
        assert transferred(cost).threshold() == pytest.approx(cost / 10, rel=1e-5)
    stakes = {f"{x:g}": (0.1, x) for x in (0.25, 0.5, 1.0, 2.0, 4.0)}
    found = transferred(15.0, crises=stakes)
    assert list(found.breaks().values()) == [0, 0, 0, 1, 1]


def test_a_norm_that_costs_nothing_breaks_at_any_stake_and_one_denied_at_none() -> None:
    assert transferred(0.0).threshold() == 0.0
    assert transferred(0.0, norm="US", denial=1.0).threshold() is None


def test_with_side_payments_a_patient_charge_solves_a_linear_equation() -> None:
    """Broken, each gets 5 a crisis; intact, V = p x net + delta V with net from the surplus."""
    p, delta, cost = 0.4, 0.8, 3.0
    found = transferred(cost, crises={"crisis": (p, 1.0)}, discount_factors=delta)
    broken = 5 * p / (1 - delta)
    np.testing.assert_allclose(found.broken, broken, atol=1e-8)
    # net surplus 10 - cost - 2 delta (V - broken), halved, is what V is made of
    intact = p * (10 - cost + 2 * delta * broken) / 2 / (1 - delta + p * delta)
    np.testing.assert_allclose(found.intact, intact, atol=1e-8)
    assert found.breaks() == {"crisis": 1.0}


@pytest.mark.parametrize("factor", [0.2, 0.5, 0.7])
def test_an_impatient_owner_lets_the_norm_go_and_the_precedent_is_worth_nothing(
    factor: float,
) -> None:
    """8 x^2 + 2 x < 6 with x = delta p / (1 - delta): the norm cannot uphold itself."""
    found = upheld(factor)
    assert found.fixed_points == 1
    assert found.breaks() == {"crisis": 1.0}
    np.testing.assert_allclose(found.intact, np.array([2, 5]) * 0.3 / (1 - factor), atol=1e-9)
    np.testing.assert_allclose(found.shadow_price, 0.0, atol=1e-12)


@pytest.mark.parametrize("factor", [0.72, 0.8, 0.95])
def test_a_patient_owner_upholds_a_norm_worth_the_geometric_sum_of_what_it_saves(
    factor: float,
) -> None:
    found = upheld(factor)
    assert found.fixed_points == 2
    assert found.breaks() == {"crisis": 0.0}
    worth = factor * 0.3 / (1 - factor)
    np.testing.assert_allclose(found.shadow_price, [2 * worth, -4 * worth], atol=1e-8)
    assert "2 sets of values agree" in found.explain()
    np.testing.assert_allclose(found.others[0], np.array([2, 5]) * 0.3 / (1 - factor), atol=1e-8)
    assert bg.verify(found)


def test_the_shadow_price_grows_with_patience_and_with_the_frequency_of_crises() -> None:
    table = upheld(0.8, chance=0.2).over(
        discount_factors=[0.8, 0.85, 0.9], frequency=[1.0, 2.0, 4.0]
    )
    price = np.array([row[5] for row in table.rows], dtype=float).reshape(3, 3)
    kept = np.array([row[2] == "none" for row in table.rows]).reshape(3, 3)
    assert kept[1:].all()
    assert (np.diff(price, axis=0) > 0).all()
    assert (np.diff(price, axis=1) > 0).all()
    assert table.columns[:2] == ("discount factor", "frequency")


@settings(max_examples=15)
@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_the_breaking_date_is_geometric(chance: float, denial: float) -> None:
    found = transferred(1.0, crises={"crisis": (chance, 1.0)}, denial=denial)
    hazard = chance * (1 - denial)
    date = found.breaking_date("US")
    assert date.hazard == pytest.approx(hazard)
    assert date.mean == pytest.approx(1 / hazard)
    assert date.survival(3) == pytest.approx((1 - hazard) ** 3)
    median = date.quantile(0.5)
    assert date.survival(int(median)) <= 0.5 + 1e-12
    assert median == 1 or date.survival(int(median) - 1) > 0.5
    assert date.never == 0.0


def test_a_denial_that_is_believed_shrinks_the_charge_in_proportion() -> None:
    assert transferred(20.0).breaks() == {"crisis": 0.0}
    found = transferred(20.0, denial=0.7)
    assert found.breaks()["crisis"] == pytest.approx(0.3)
    np.testing.assert_allclose(found.intact, (10 - 20 * 0.3) / 2, atol=1e-9)
    assert transferred(1e6, denial=1.0).breaks() == {"crisis": 0.0}


def test_tightening_a_control_breaks_a_norm_against_tabling_it_but_not_one_against_conceding() -> (
    None
):
    control = bg.ExportControl("control", US, [0, 1, 2], 1)
    game = bg.Negotiation(
        [US, CHINA], [control], [bg.TablePayoff(control, {US: [0, 0, 3], CHINA: [0, 0, 3]})]
    )
    arguments: Arguments = {
        "crises": {"crisis": (0.5, 1.0)}, "discount_factors": 0.5, "cost": 1.0,
        "disagreement": "status-quo",
    }  # fmt: skip
    conceded = bg.precedent(game, trigger="conceded", **arguments)
    tabled = bg.precedent(game, trigger="tabled", **arguments)
    assert conceded.breaks() == {"crisis": 0.0}
    assert tabled.breaks() == {"crisis": 1.0}


def two_controls() -> bg.Negotiation:
    """Each side's control is worth 4 to the other and costs its owner 1."""
    mine = bg.ExportControl("chips", US, [0, 1], 1)
    yours = bg.RareEarthControl("minerals", CHINA, [0, 1], 1)
    return bg.Negotiation(
        [US, CHINA],
        [mine, yours],
        [
            bg.TablePayoff(mine, {US: [-1, 0], CHINA: [4, 0]}),
            bg.TablePayoff(yours, {US: [4, 0], CHINA: [-1, 0]}),
        ],
    )


def test_two_norms_are_traded_for_each_other_or_not_at_all() -> None:
    """Giving up both controls is worth 3 each; a cost above it on one side keeps both norms."""
    arguments: Arguments = {
        "crises": {"crisis": (0.5, 1.0)}, "discount_factors": 0.0, "disagreement": "status-quo",
    }  # fmt: skip
    for costs, broken in [((1.0, 1.0), 1.0), ((1.0, 4.0), 0.0), ((4.0, 1.0), 0.0)]:
        cost = dict(zip([US, CHINA], costs, strict=True))
        found = bg.precedent(two_controls(), cost=cost, **arguments)
        assert found.states == ("intact", "broken by US", "broken by China", "broken")
        assert found.breaks("US") == found.breaks("China") == {"crisis": broken}
        assert bg.verify(found)


def test_one_sided_norms_are_handled_one_by_one() -> None:
    found = bg.precedent(
        two_controls(), crises={"crisis": (0.5, 1.0)}, discount_factors=0.5, norm="China",
        cost=10.0, disagreement="status-quo",
    )  # fmt: skip
    assert found.states == ("intact", "broken")
    with pytest.raises(bg.InputError, match="unknown norm 'US'"):
        found.breaks("US")
    np.testing.assert_allclose(found.shadow_price, 0.5 * (found.intact - found.broken))


@settings(max_examples=10)
@given(st.integers(0, 1000), st.floats(0.1, 10.0))
def test_neither_units_nor_the_order_of_players_matter(seed: int, unit: float) -> None:
    rng = np.random.default_rng(seed)
    tables = {US: rng.normal(size=(2, 2, 2)), CHINA: rng.normal(size=(2, 2, 2))}
    cost = float(rng.random())

    def solved(players: list[bg.Player], scale: float) -> bg.Precedent:
        levers = [
            bg.Lever("talks", CHINA, [0, 1], 0),
            bg.ExportControl("chips", US, [0, 1], 1),
            bg.RareEarthControl("minerals", CHINA, [0, 1], 1),
        ]
        table = bg.TablePayoff(levers, {US: scale * tables[US], CHINA: tables[CHINA]})
        return bg.precedent(
            bg.Negotiation(players, levers, [table]),
            crises={"small": (0.3, 0.5), "large": (0.2, 2.0)},
            discount_factors={"US": 0.6, "China": 0.8},
            cost={"US": cost * scale, "China": 0.2},
            disagreement="status-quo",
        )

    try:
        first = solved([US, CHINA], 1.0)
    except bg.ConvergenceError:
        return
    scaled, turned = solved([US, CHINA], unit), solved([CHINA, US], 1.0)
    np.testing.assert_allclose(scaled.values, first.values * [unit, 1.0], atol=1e-8, rtol=1e-8)
    np.testing.assert_allclose(turned.intact, first.intact[::-1], atol=1e-8)
    assert scaled.breaks() == turned.breaks() == first.breaks()


def test_a_crisis_may_be_a_negotiation_of_its_own_or_scale_some_terms() -> None:
    control = bg.ExportControl("control", US, [0, 1], 1)
    first = bg.TablePayoff(control, {CHINA: [6, 0]}, name="trade")
    second = bg.TablePayoff(control, {CHINA: [4, 0]}, name="growth")
    game = bg.Negotiation([US, CHINA], [control], [first, second])
    found = bg.precedent(
        game,
        crises={
            "plain": (0.1, 1.0), "trade": (0.1, {"trade": 2.0}), "other": (0.1, surplus_of_ten()),
        },
        discount_factors=0.0, cost=12.0, transferable=True, disagreement="status-quo",
    )  # fmt: skip
    assert found.breaks() == {"plain": 0.0, "trade": 1.0, "other": 0.0}


def test_using_a_control_makes_the_other_side_build_its_own() -> None:
    """Built with probability mu a crisis, the copy costs the US h in each crisis from then on."""
    control = bg.ExportControl("control", US, [0, 1], 1)
    copied = bg.Lever("copy", CHINA, [0, 1], 0)
    h, mu, p, delta = 3.0, 0.25, 0.4, 0.9
    game = bg.Negotiation(
        [US, CHINA],
        [control, copied],
        [
            bg.TablePayoff(control, {US: [0, 1], CHINA: [0, -0.5]}),
            bg.TablePayoff(copied, {US: [0, -h], CHINA: [0, 5]}),
        ],
    )
    found = bg.precedent(
        game, crises={"crisis": (p, 1.0)}, discount_factors=delta, norm="US", cost=1.0,
        copies={"control": ("copy", mu)},
    )  # fmt: skip
    assert found.states == ("intact", "broken", "intact, copy built", "broken, copy built")
    built = -p * h / (1 - delta)
    assert found.values[2, 0] == pytest.approx(built)
    assert found.intact[0] == pytest.approx(
        p * mu * delta * built / (1 - delta * (1 - p * mu)), rel=1e-9
    )
    assert bg.verify(found)
    with pytest.raises(bg.InputError, match="must say what is played without a deal"):
        bg.precedent(
            game, crises={"crisis": (p, 1.0)}, discount_factors=delta, norm="US",
            copies={"control": ("copy", mu)}, disagreement="max-min",
        )  # fmt: skip


def tie_of_sums() -> bg.Precedent:
    """Solve a game of sums 16 with the control, 13 without: a tie where charges sum to 3."""
    talks = bg.Lever("talks", US, [0, 1, 2], 0)
    control = bg.ExportControl("control", US, [0, 1], 1)
    table = bg.TablePayoff(
        (talks, control), {US: [[3, 0], [8, 7], [8, 6]], CHINA: [[-1, 0], [8, 3], [-2, 7]]}
    )
    return bg.precedent(
        bg.Negotiation([US, CHINA], [talks, control], [table]), "utilitarian",
        crises={"crisis": (0.5, 1.0)}, discount_factors=[0.5, 0.8], cost=5.0,
        disagreement="status-quo",
    )  # fmt: skip


def test_a_norm_that_is_kept_only_if_it_may_break_ends_in_a_tie() -> None:
    found = tie_of_sums()
    assert found.charge.sum() == pytest.approx(3.0, abs=1e-9)
    assert found.breaks()["crisis"] == pytest.approx(0.4, abs=1e-9)
    assert found.breaking_date().mean == pytest.approx(5.0)
    assert "may be broken by crisis (0.4)" in found.explain()
    assert bg.verify(found)
    state, first = next(iter(found.solved.items()))
    [((_, kept), (_, broken))] = first.plays
    even = dataclasses.replace(first, plays=(((0.5, kept), (0.5, broken)),))
    assert not bg.verify(dataclasses.replace(found, solved={**found.solved, state: even}))


def test_crises_that_would_chase_each_other_round_end_in_a_tie() -> None:
    """With both ends pure, each of the four ways for two crises to end leads to the next."""

    def game(us: list[list[float]], china: list[list[float]]) -> bg.Negotiation:
        talks = bg.Lever("talks", US, [0, 1], 0)
        control = bg.ExportControl("control", US, [0, 1], 1)
        table = bg.TablePayoff((talks, control), {US: us, CHINA: china})
        return bg.Negotiation([US, CHINA], [talks, control], [table])

    found = bg.precedent(
        game([[-1, 0], [6, 4]], [[6, 0], [5, 6]]),
        crises={"first": (0.3, 1.0), "second": (0.3, game([[-2, 0], [6, 5]], [[-3, 0], [0, -3]]))},
        discount_factors=0.8, cost=5.0, disagreement="status-quo",
    )  # fmt: skip
    assert found.breaks()["first"] == 1.0
    assert 0 < found.breaks()["second"] < 1
    assert bg.verify(found)


def test_verify_finds_out_false_values_and_false_endings() -> None:
    found = upheld(0.8)
    state, first = next(iter(found.solved.items()))
    off = dataclasses.replace(first, values=first.values + 0.1)
    assert not bg.verify(dataclasses.replace(found, solved={**found.solved, state: off}))
    swapped = dataclasses.replace(first, plays=upheld(0.2).solved[state].plays)
    assert not bg.verify(dataclasses.replace(found, solved={**found.solved, state: swapped}))


def test_it_can_be_read_as_a_table_words_and_a_dictionary() -> None:
    found = upheld(0.8)
    assert "No crisis breaks the norm of US" in str(found)
    assert len(found.to_frame()) == 2
    written = found.to_dict()
    assert written["breaking_date"]["mean"] is None
    assert written["shadow_price"] == found.shadow_price.tolist()
    assert written["certificate"]["holds"]


def test_the_truce_of_2025_breaks_chinas_norm_and_never_that_of_the_us_when_few_look_ahead() -> (
    None
):
    game = bg.load_scenario("us-china-2025")
    found = bg.precedent(game, crises={"crisis": (0.25, 1.0)}, discount_factors=0.5)
    assert found.breaks("China") == {"crisis": 1.0}
    assert found.breaks("United States") == {"crisis": 0.0}
    assert bg.verify(found)


def test_a_date_may_go_through_several_states_or_never_come() -> None:
    slow = BreakingDate(np.array([[0.5, 0.5], [0.0, 0.9]]))
    assert slow.mean == pytest.approx(2 + 10)
    assert slow.hazard == 0.0
    half = BreakingDate(np.array([[0.5, 0.25], [0.0, 1.0]]))
    assert half.never == pytest.approx(0.5)
    assert half.quantile(0.6) == math.inf
    assert half.quantile(0.4) == 3
    with pytest.raises(bg.InputError, match="expected 0 < share < 1"):
        half.quantile(1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"crises": {}}, "crises: expected a mapping"),
        ({"crises": {"c": 0.5}}, r"expected \(probability, stake\)"),
        ({"crises": {"c": (1.5, 1.0)}}, "expected a number from 0 to 1, got 1.5"),
        ({"crises": {"c": (0.0, 1.0)}}, "probabilities of a sum above 0"),
        ({"crises": {"a": (0.6, 1.0), "b": (0.6, 1.0)}}, "at most 1, got 1.2"),
        ({"crises": {"c": (0.5, -1.0)}}, "expected a positive factor"),
        ({"crises": {"c": (0.5, {"tariff": 2.0})}}, "unknown payoff term 'tariff'"),
        ({"crises": {"c": (0.5, bg.load_scenario("two-issues"))}}, "expected the players"),
        ({"discount_factors": None}, "has none"),
        ({"discount_factors": 1.0}, "discount_factors"),
        ({"norm": "China"}, "'China' owns no free security lever"),
        ({"norm": []}, "norm: expected different players"),
        ({"cost": -1.0}, "cost: expected a number from 0"),
        ({"cost": {"China": 1.0}}, "'China' has no norm"),
        ({"trigger": "used"}, "trigger: expected one of"),
        ({"denial": 2.0}, "denial: expected a number from 0 to 1"),
        ({"copies": {"control": "control"}}, r"expected \(copied lever, rate\)"),
        ({"copies": {"control": ("control", 0.5)}}, "expected a lever of another player"),
        ({"copies": [1]}, "copies: expected a mapping"),
    ],
)
def test_bad_input_is_named(change: Arguments, message: str) -> None:
    with pytest.raises(bg.InputError, match=message):
        transferred(**{"cost": 1.0, **change})


def test_more_bad_input_is_named() -> None:
    with pytest.raises(bg.InputError, match="expected a Negotiation"):
        bg.precedent("game", crises={})
    lever = bg.Lever("x", US, [0, 1], 0)
    plain = bg.Negotiation([US, CHINA], [lever], [bg.LinearPayoff(lever, {US: 1.0})])
    with pytest.raises(bg.InputError, match="nobody owns a free security lever"):
        bg.precedent(plain, crises={"c": (0.5, 1.0)}, discount_factors=0.5)
    with pytest.raises(bg.InputError, match="frequency: expected factors"):
        upheld(0.8).over(frequency=[10.0])
