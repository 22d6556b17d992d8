"""Export controls, copies of them, restricted inputs: which policies they are, what they do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bargaining as bg
from bargaining.trade import Economy
from bargaining.trade.measures.controls import copied_control, export_control, input_restriction
from bargaining.trade.measures.measures import Quota, port_fee_rate
from bargaining.trade.measures.rationing import rationing_losses
from tests.trade.economies import SEEDS, drawn

C0, C1, K0 = "country 0", "country 1", "sector 0"


def magnets(w=0.3, own=0.0):
    """Return mines that sell magnets for cars, and Japan, where cars are made with magnets."""
    flows = np.zeros((2, 2, 2))  # magnets, cars
    flows[1, 0, 1], flows[1, 1, 1] = 100 * w * (1 - own), 100 * (1 - w * (1 - own))
    flows[0, 0, 1] = 50
    flows[0, 1, 0], flows[1, 1, 0] = 100 * w * (1 - own), 100 * w * own
    inputs = np.zeros((2, 2, 2))
    inputs[1, 0, 1] = w
    return Economy(["mines", "Japan"], ["magnets", "cars"], flows, 0.0, 4.0, inputs=inputs)


@given(SEEDS, st.floats(0.05, 0.95), st.floats(0.1, 1.0))
def test_a_control_lets_the_rest_of_the_volume_through(seed, withheld, coverage):
    base = drawn(seed)
    control = export_control(base, C0, C1, K0, withheld=withheld, coverage=coverage)
    result = base.counterfactual(**control)
    assert result.measures[0].level == pytest.approx(1 - withheld * coverage, rel=1e-10)
    assert result.measures[0].rent_to == C0


def test_no_control_is_no_policy_and_a_full_one_is_a_ban():
    base = drawn(1)
    assert export_control(base, C0, C1, K0, withheld=0) == {}
    assert export_control(base, C0, C1, K0, withheld=0.5, coverage=0) == {}
    ban = base.counterfactual(**export_control(base, C0, C1, K0, withheld=1))
    assert ban.flows[0, 1, 0] < 1e-9 * base.flows[0, 1, 0]
    assert bg.verify(ban)


def test_a_control_as_a_tax_comes_on_top_of_the_one_at_the_base():
    base = drawn(1, taxes=True)
    control = export_control(base, C0, C1, K0, tax=0.4, coverage=0.5)
    expected = base.export_taxes[0, 1, 0] + 0.2
    assert control == {"export_taxes": {(C0, C1, K0): expected}}


@given(SEEDS, st.floats(0.1, 0.9))
def test_a_control_as_the_tax_that_has_its_effect_is_the_same(seed, withheld):
    base = drawn(seed)
    held = base.counterfactual(**export_control(base, C0, C1, K0, withheld=withheld))
    tax = held.measures[0].rate
    taxed = base.counterfactual(**export_control(base, C0, C1, K0, tax=tax))
    np.testing.assert_allclose(held.real_income, taxed.real_income, atol=1e-10)


def test_a_copy_withholds_as_much_the_other_way():
    base = drawn(3)
    both = copied_control(base, C0, C1, K0, withheld=0.6, strength=0.5, answer="sector 1")
    assert both == {"quotas": {(C0, C1, K0): Quota(0.4), (C1, C0, "sector 1"): Quota(0.7)}}
    taxes = copied_control(base, C0, C1, K0, tax=0.2)["export_taxes"]
    assert taxes == {(C0, C1, K0): 0.2, (C1, C0, K0): 0.2}
    alone = copied_control(base, C0, C1, K0, withheld=0.6, strength=0)
    assert alone == export_control(base, C0, C1, K0, withheld=0.6)


def test_rents_of_a_copy_are_mirrored():
    base = drawn(3)
    rents = {"exporter": "exporter", C0: C1, C1: C0, "country 2": "country 2"}
    for rent, mirrored in rents.items():
        quotas = copied_control(base, C0, C1, K0, withheld=0.6, rent=rent)["quotas"]
        assert [quota.rent for quota in quotas.values()] == [rent, mirrored]


def test_a_copy_makes_a_control_dearer_for_who_started_it():
    base = drawn(3, tariffs=False).balanced()
    one = base.counterfactual(**export_control(base, C0, C1, K0, withheld=0.5))
    both = base.counterfactual(**copied_control(base, C0, C1, K0, withheld=0.5))
    assert both.real_income[0] < one.real_income[0]
    assert both.world_income < one.world_income < 0


def test_a_restriction_withholds_what_the_using_sectors_would_have_got():
    base = drawn(5, 3, 3, inputs=True)
    sold = (base.flows / (1 + base.tariffs)).sum(axis=1)
    use = base.world.inputs[1, 0] * sold[1]
    share = use[[1, 2]].sum() / base.flows[:, 1, 0].sum()
    policy = input_restriction(
        base, C0, C1, K0, ["sector 1", "sector 2"], withheld=0.5, coverage=0.8
    )
    quota = policy["quotas"][C0, C1, K0]
    assert quota.limit == pytest.approx(1 - 0.4 * share)
    assert base.counterfactual(**policy).measures[0].binds


@given(st.floats(0.02, 0.98), st.floats(0.05, 0.6))
def test_economy_and_chokepoint_agree_where_there_is_no_other_source(withheld, w):
    """Cobb-Douglas: output is (1 - withheld) to the power of the input's share in cost."""
    losses = rationing_losses(
        magnets(w), "mines", "Japan", "magnets", ["cars"], withheld=withheld, elasticity=1.0
    )
    assert losses.output_loss == pytest.approx(100 * (1 - (1 - withheld) ** w), rel=1e-9)
    assert losses.chokepoint_loss == pytest.approx(losses.output_loss, rel=1e-9)
    assert losses.chokepoint.input_share == pytest.approx(w)


def test_other_sources_soften_a_restriction_and_complements_sharpen_it():
    args = "mines", "Japan", "magnets", ["cars"]
    mixed = rationing_losses(magnets(own=0.4), *args, withheld=0.9, elasticity=1.0)
    assert mixed.output_loss < mixed.chokepoint_loss
    rigid = rationing_losses(magnets(own=0.4), *args, withheld=0.9, elasticity=0.2)
    assert rigid.chokepoint_loss > mixed.chokepoint_loss
    assert rigid.output_loss == pytest.approx(mixed.output_loss)
    assert "90 % of the input withheld" in rigid.explain()
    assert bg.verify(rigid.counterfactual)


def test_a_ban_of_an_only_source_has_no_equilibrium_and_says_so():
    with pytest.raises(bg.InputError, match=r"from mines to Japan in magnets.*only source"):
        rationing_losses(
            magnets(), "mines", "Japan", "magnets", ["cars"], withheld=1.0, elasticity=0.5
        )


def test_controls_are_levers_of_a_negotiation():
    base = drawn(3)
    moved = base.counterfactual(**export_control(base, C0, C1, K0, withheld=0.5))
    term = bg.trade.payoffs(
        base,
        {"control": lambda level: export_control(base, C0, C1, K0, withheld=level)},
        players={"one": C0, "other": C1},
    )
    values = term.values("one", [np.array([0.0, 0.5])])
    np.testing.assert_allclose(values[0], 0, atol=1e-9)
    assert values[1] == pytest.approx(1e-3 * moved.money[0])


def test_a_fee_by_ton_is_spread_over_all_trade():
    assert port_fee_rate(50, 40_000, 200e6) == pytest.approx(0.01)
    assert port_fee_rate(50, 40_000, 200e6, share=0.5) == pytest.approx(0.005)


BAD = [
    ({"withheld": 1.2}, f"export control from {C0} to {C1} in {K0}, withheld: .*0 to 1, got 1.2"),
    ({"withheld": 0.5, "coverage": -1}, f"from {C0} to {C1} in {K0}, coverage: .*got -1"),
    ({"withheld": 0.5, "tax": 0.1}, f"from {C0} to {C1} in {K0}: expected one of withheld and tax"),
    ({}, f"from {C0} to {C1} in {K0}: expected one of withheld and tax"),
    ({"tax": "high"}, f"from {C0} to {C1} in {K0}, tax: expected a finite number, got 'high'"),
]


@pytest.mark.parametrize(("given_", "message"), BAD)
def test_bad_controls_are_named(given_, message):
    with pytest.raises(bg.InputError, match=message):
        export_control(drawn(1), C0, C1, K0, **given_)


def test_bad_names_and_economies_are_named():
    base = drawn(1)
    with pytest.raises(bg.InputError, match="unknown sector 'sector 9'"):
        export_control(base, C0, C1, "sector 9", withheld=0.5)
    with pytest.raises(bg.InputError, match="expected one flow"):
        export_control(base, C0, "*", K0, withheld=0.5)
    with pytest.raises(bg.InputError, match=f"{C0} to {C1} in {K0} needs an economy with inputs"):
        input_restriction(base, C0, C1, K0, ["sector 1"], withheld=0.5)
    linked = magnets()
    with pytest.raises(bg.InputError, match="magnets in Japan use magnets, and they use none"):
        input_restriction(linked, "mines", "Japan", "magnets", ["magnets"], withheld=0.5)
    with pytest.raises(bg.InputError, match="from Japan to mines in magnets: expected trade at"):
        export_control(linked, "Japan", "mines", "magnets", withheld=0.5)
    with pytest.raises(bg.InputError, match="sectors, each once"):
        input_restriction(linked, "mines", "Japan", "magnets", ["cars", "cars"], withheld=0.5)
    with pytest.raises(bg.InputError, match="strength: expected a share from 0 to 1, got 2"):
        copied_control(base, C0, C1, K0, withheld=0.5, strength=2)
    with pytest.raises(bg.InputError, match="port fee, cargo_value: expected a number > 0, got 0"):
        port_fee_rate(50, 40_000, 0)
    with pytest.raises(bg.InputError, match="port fee, share: expected 0 to 1, got 2"):
        port_fee_rate(50, 40_000, 1e6, share=2)


def test_a_wrong_control_does_not_verify():
    base = drawn(1)
    result = base.counterfactual(**export_control(base, C0, C1, K0, withheld=0.5))
    wrong = replace(result.measures[0], limit=0.7)
    assert not bg.verify(replace(result, measures=(wrong,)))
