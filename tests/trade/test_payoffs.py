"""Payoffs of a negotiation from a trade economy: cells are equilibria, slopes the adjoint's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.trade import AddedTariff, Economy, load, nash_tariffs, payoffs
from tests.trade.economies import SEEDS, drawn, two_countries

RATES = [0.0, 0.2, 0.5]
HOME, FOREIGN = bg.Player("home"), bg.Player("foreign")


def tariffs(levels=RATES, status_quo=0.2):
    return [bg.Tariff(f"tariff of {x}", x, levels, status_quo) for x in ("home", "foreign")]


def both(levers):
    return {levers[0]: ("foreign", "home"), levers[1]: ("home", "foreign")}


def game(economy, levers, effects, **options):
    term = payoffs(economy, effects, players=["home", "foreign"], scale=1.0, **options)
    return bg.Negotiation([HOME, FOREIGN], levers, [term])


@given(SEEDS)
@settings(max_examples=10)
def test_each_payoff_is_the_counterfactuals_money(seed):
    economy = drawn(seed, taxes=True)
    lever = bg.Tariff("t", "A", RATES, 0.2)
    duty = bg.Tariff("d", "A", [0.0, 0.1], 0.0)
    flow = ("country 1", "country 0", "sector 1")
    term = payoffs(
        economy,
        {
            lever: flow,
            duty: AddedTariff("country 1", "country 0", {"sector 1": 0.5, "sector 0": 1.0}),
        },
        players={"A": "country 0", "B": "country 2"},
        scale=1e-3,
    )
    table = term.tabulate([lever, duty], [lever.array(), duty.array()])
    for j, k in np.ndindex(3, 2):
        rate, more = lever.levels[j], duty.levels[k]
        first = economy.tariffs[1, 0, 0] + more
        policy = {flow: rate + more / 2, (*flow[:2], "sector 0"): first}
        money = economy.counterfactual(tariffs=policy).money / 1e3
        assert table["A"][j, k] == pytest.approx(money[0], abs=1e-12)
        assert table["B"][j, k] == pytest.approx(money[2], abs=1e-12)


@given(SEEDS)
@settings(max_examples=10)
def test_slopes_agree_with_differences(seed):
    economy = drawn(seed)
    effects = {
        "a": ("country 1", "country 0"),
        "b": AddedTariff("*", "country 0", 0.7),
        "c": [("country 0", "country 1"), ("country 2", "country 1", "sector 0")],
    }
    term = payoffs(economy, effects, players={"A": "country 0"}, scale=1.0)
    at = np.array([0.3, 0.1, 0.2])
    slopes = np.array(term.gradients("A", list(at)))
    for k in range(3):
        step = 1e-5 * np.eye(3)[k]
        ends = [term.values("A", list(at + sign * step)) for sign in (1, -1)]
        assert slopes[k] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-5, abs=1e-8)


def test_payoffs_are_zero_where_they_are_said_to_be():
    economy, levers = two_countries(), tariffs()
    at_base = game(economy, levers, both(levers))
    at_quo = game(economy, levers, both(levers), relative_to="status-quo")
    free = {"tariff of home": 0.0, "tariff of foreign": 0.0}
    np.testing.assert_allclose(at_base.payoffs(free), 0, atol=1e-12)
    np.testing.assert_allclose(at_quo.payoffs(at_quo.status_quo), 0, atol=1e-12)
    moved = at_base.payoffs(free) - at_base.payoffs(at_base.status_quo)
    np.testing.assert_allclose(at_quo.payoffs(free), moved, atol=1e-12)


def test_two_duties_on_the_same_goods_add_up():
    economy = two_countries(tariffs=0.1)
    levers = [bg.Tariff(name, "home", RATES, 0.0) for name in ("first", "second")]
    duty = AddedTariff("foreign", "home")
    added = game(economy, levers, dict.fromkeys(levers, duty))
    assert added.payoffs({"first": 0.2, "second": 0.5}) == pytest.approx(
        added.payoffs({"first": 0.5, "second": 0.2})
    )
    one = economy.counterfactual(tariffs={("foreign", "home"): 0.8}).money
    assert added.payoffs({"first": 0.2, "second": 0.5}) == pytest.approx(one)


def test_any_policy_can_be_a_function_of_the_level():
    economy = two_countries()
    cost = bg.Lever("cost", "home", [1.0, 1.5], 1.0)
    tax = bg.Lever("tax", "foreign", [0.0, 0.2], 0.0)
    tariff = bg.Tariff("tariff", "home", RATES, 0.0)
    effects = {
        cost: lambda level: {"trade_costs": {("home", "foreign"): level}},
        tax: lambda level: {"export_taxes": {("foreign", "home"): level}},
        tariff: ("foreign", "home"),
    }
    result = game(economy, [cost, tax, tariff], effects)
    expected = economy.counterfactual(
        trade_costs={("home", "foreign"): 1.5},
        export_taxes={("foreign", "home"): 0.2},
        tariffs={("foreign", "home"): 0.5},
    ).money
    found = result.payoffs({"cost": 1.5, "tax": 0.2, "tariff": 0.5})
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_an_export_tax_as_a_function_is_worth_what_a_tariff_is_to_both_by_lerner_symmetry():
    economy = two_countries()
    tax = bg.Lever("tax", "home", RATES, 0.0)
    tariff = bg.Tariff("tariff", "home", RATES, 0.0)
    by_tax = game(economy, [tax], {tax: lambda x: {"export_taxes": {("home", "foreign"): x}}})
    by_tariff = game(economy, [tariff], {tariff: ("foreign", "home")})
    for rate in RATES:
        assert by_tax.payoffs({"tax": rate}) == pytest.approx(
            by_tariff.payoffs({"tariff": rate}), abs=1e-11
        )


def test_the_equilibrium_of_an_interval_tariff_is_that_of_gros():
    """Against free trade the optimal tariff is 1 / (e x the other's own share) (Gros 1987)."""
    economy = two_countries()
    lever = bg.Tariff("tariff", "home", bg.Interval(0.0, 0.6), 0.25)
    found = bg.nash_equilibrium(
        game(economy, [lever], {lever: ("foreign", "home")}), starts=("status quo",)
    )
    assert found.certificate.holds
    rate = found.strategies[0][0][1]["tariff"]
    flows = economy.counterfactual(tariffs={("foreign", "home"): rate}).flows[:, 1, 0]
    assert rate == pytest.approx(1 / (4.0 * flows[1] / flows.sum()), abs=1e-7)


def test_a_grid_of_tariffs_has_its_war_next_to_nash_tariffs_and_its_deal_is_free_trade():
    economy = two_countries()
    levers = tariffs(np.linspace(0, 0.6, 13), 0.6)
    negotiation = game(economy, levers, both(levers))
    war = bg.nash_equilibrium(negotiation)
    exact = nash_tariffs(economy).tariffs
    for player, strategy in enumerate(war.strategies):
        ((chance, package),) = strategy
        assert chance == 1
        assert next(iter(package.values())) == pytest.approx(exact[player], abs=0.05)
    deal = bg.solve(negotiation)
    assert dict(deal.package) == {"tariff of home": 0.0, "tariff of foreign": 0.0}


def test_each_combination_is_solved_once_and_progress_is_told():
    told = []
    levers = tariffs()
    economy = two_countries()
    calls = []
    solve = economy.evaluate
    economy.evaluate = lambda *given, **options: (calls.append(1), solve(*given, **options))[1]
    negotiation = game(economy, levers, both(levers), progress=lambda *n: told.append(n))
    negotiation.payoffs(negotiation.status_quo)
    assert len(calls) == 9
    assert told == [(n, 9) for n in range(1, 10)]


@given(st.floats(0.1, 100))
@settings(max_examples=5)
def test_payoffs_scale_with_their_unit_and_with_the_economy(size):
    levers = tariffs()
    one = game(two_countries(), levers, both(levers))
    more = game(two_countries(size=size), levers, both(levers))
    package = {"tariff of home": 0.5, "tariff of foreign": 0.0}
    assert more.payoffs(package) == pytest.approx(size * one.payoffs(package), rel=1e-9)


def test_the_shipped_economy_gives_billions_of_dollars():
    economy = load("world-2022").balanced()
    lever = bg.Tariff("t", "USA", [0.109, 0.6], 0.109)
    term = payoffs(economy, {lever: ("CHN", "USA", "electronics")}, players=["USA", "CHN"])
    assert term.source.text == economy.source
    table = term.tabulate([lever], [lever.array()])
    assert -30 < table["CHN"][1] < -5
    assert -30 < table["USA"][1] < 0


@pytest.mark.parametrize(
    ("effects", "message"),
    [
        ({}, "levers: expected a mapping"),
        ({"t": "foreign"}, r"lever 't': expected \(exporter, importer"),
        ({"t": []}, r"lever 't': expected \(exporter, importer"),
        ({"t": ("abroad", "home")}, "unknown country 'abroad'"),
        ({"t": ("foreign", "home", "good")}, "unknown sector 'good': did you mean 'goods'"),
        ({"t": ("home", "home")}, "is no trade between two countries"),
        (
            {"t": AddedTariff("foreign", "home", 1.5)},
            "coverage of .*: expected a share from 0 to 1",
        ),
        ({"t": AddedTariff("foreign", "home", {"good": 1.0})}, "unknown sector 'good'"),
        (
            {"t": ("foreign", "home"), "u": ("*", "home")},
            "'t' and 'u' set the same tariff, foreign to home in goods",
        ),
    ],
)
def test_bad_effects_are_named(effects, message):
    with pytest.raises(bg.InputError, match=message):
        payoffs(two_countries(), effects, players=["home"])


def test_bad_players_levels_and_references_are_named():
    economy = two_countries()
    flow = ("foreign", "home")
    with pytest.raises(bg.InputError, match="unknown country 'hom': did you mean 'home'"):
        payoffs(economy, {"t": flow}, players=["hom"])
    with pytest.raises(bg.InputError, match="players: expected at least one"):
        payoffs(economy, {"t": flow}, players=[])
    with pytest.raises(bg.InputError, match="relative_to: expected 'base' or 'status-quo'"):
        payoffs(economy, {"t": flow}, players=["home"], relative_to="today")
    with pytest.raises(bg.InputError, match="status quo of 't' is known from a Lever only"):
        payoffs(economy, {"t": flow}, players=["home"], relative_to="status-quo")
    subsidy = payoffs(economy, {"t": flow}, players=["home"])
    with pytest.raises(
        bg.InputError, match=r"levels \{'t': -1\.0\} make a tariff of -1 on foreign"
    ):
        subsidy.values("home", [np.array(-1.0)])


def test_what_a_function_may_not_return_is_named():
    economy, flow = two_countries(), ("foreign", "home")

    def term(**functions):
        return payoffs(economy, functions, players=["home"])

    one = np.array(0.1)
    with pytest.raises(bg.InputError, match="lever 't': expected keyword arguments"):
        term(t=lambda x: x).values("home", [one])
    taxes = {"export_taxes": {flow: 0.1}}
    with pytest.raises(bg.InputError, match="another lever gives 'export_taxes' for the same fl"):
        term(t=lambda _: taxes, u=lambda _: taxes).values("home", [one, one])
    with pytest.raises(bg.InputError, match="a function and 'u' set the same tariff"):
        term(t=lambda x: {"tariffs": {flow: x}}, u=flow).values("home", [one, one])
    with pytest.raises(bg.InputError, match="tariffs of a function are given by a mapping"):
        term(t=lambda x: {"tariffs": x}).values("home", [one])


def test_too_many_combinations_are_refused_before_anything_is_solved():
    levers = [bg.Tariff(f"t{k}", "home", np.linspace(0, 1, 50), 0.0) for k in range(3)]
    effects = {lever: AddedTariff("foreign", "home") for lever in levers}
    with pytest.raises(bg.IntractableError, match=r"125000 combinations .* at most 100000"):
        payoffs(two_countries(), effects, players=["home"])
    by_name = {lever.name: effect for lever, effect in effects.items()}
    term = payoffs(two_countries(), by_name, players=["home"])
    with pytest.raises(bg.IntractableError, match="125000 combinations"):
        term.tabulate(levers, [lever.array() for lever in levers])


def test_a_country_that_does_not_trade_with_them_gets_nothing():
    flows = np.zeros((3, 3, 1))
    flows[:2, :2, 0] = [[80, 20], [20, 80]]
    flows[2, 2, 0] = 100
    economy = Economy(["home", "foreign", "hermit"], ["goods"], flows, 0.0, 4.0)
    levers = tariffs()
    term = payoffs(economy, both(levers), players=["hermit"])
    table = term.tabulate(levers, [lever.array() for lever in levers])
    np.testing.assert_allclose(table["hermit"], 0, atol=1e-12)


def test_a_purchase_commitment_is_a_lever_too():
    """China promises farm goods for USD 40 billion where it buys 22: it pays, the US gains."""
    economy = load("world-2022").balanced()
    flow = ("USA", "CHN", "agriculture")
    lever = bg.PurchaseCommitment("farm goods", "CHN", [1.0, 40.0], 1.0)
    term = payoffs(
        economy, {lever: lambda x: {"purchases": {flow: 1e3 * x}}}, players=["USA", "CHN"]
    )
    table = term.tabulate([lever], [lever.array()])
    expected = economy.counterfactual(purchases={flow: 40e3}).money / 1e3
    assert table["USA"][0] == pytest.approx(0, abs=1e-9)
    assert table["USA"][1] == pytest.approx(expected[0], abs=1e-9)
    assert table["CHN"][1] < 0 < table["USA"][1]


def test_owners_of_the_levers_are_paid_unless_others_are_named():
    lever = bg.Tariff("t", "home", [0.0, 0.3], 0.0)
    flow = ("foreign", "home")
    assert payoffs(two_countries(), {lever: flow}).players == ("home",)
    with pytest.raises(bg.InputError, match="players: expected who is paid, as the owner of 't'"):
        payoffs(two_countries(), {"t": flow})
    stranger = bg.Tariff("t", "hom", [0.0, 0.3], 0.0)
    with pytest.raises(bg.InputError, match="unknown country 'hom': did you mean 'home'"):
        payoffs(two_countries(), {stranger: flow})
