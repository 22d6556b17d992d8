"""Tariffs and purchases against hand-computed numbers, numerical integrals and their limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.errors import InputError
from bargaining.model.levers import Tariff
from bargaining.model.negotiation import Negotiation
from bargaining.model.players import Player
from bargaining.model.trade_terms import PurchaseValue, TariffIncidence

ELASTICITIES = st.floats(0.05, 8.0)
RATES = st.floats(-0.3, 4.0)


def tariff(**figures: float) -> TariffIncidence:
    return TariffIncidence(
        "tariff",
        "Home",
        "Foreign",
        **{
            "import_value": 100.0,
            "demand_elasticity": 1.0,
            "supply_elasticity": 1.0,
            **figures,
        },
    )


def area(power: float, low: float, high: float) -> float:
    """Integrate z^power from low to high by Gauss-Legendre quadrature in log(z)."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    half = math.log(high / low) / 2
    return float(half * weights @ np.exp((1 + power) * (math.log(low) + half * (nodes + 1))))


def at(term: TariffIncidence, player: str, rate: float) -> float:
    return float(term.values(player, [np.array(rate)]))


def test_hand_computed_with_both_elasticities_two():
    # r = 4: p = 4^(-2/4) = 1/2, x = 4 p = 2, q = 2^(-2) = 1/4.
    # Home: 240 [(1/2 - 1) / 1] + 240 * 3 * 1/2 * 1/4 = -120 + 90; Foreign: 240 (1/8 - 1) / 3.
    term = tariff(import_value=240, demand_elasticity=2, supply_elasticity=2)
    assert at(term, "Home", 3.0) == pytest.approx(-30)
    assert at(term, "Foreign", 3.0) == pytest.approx(-70)


def test_hand_computed_with_unit_elasticities():
    # r = 2: p = q = 2^(-1/2), x = 2^(1/2). Home: -100 log(2)/2 + 100 * 1 * 1/2.
    term = tariff()
    assert at(term, "Home", 1.0) == pytest.approx(50 - 50 * math.log(2))
    assert at(term, "Foreign", 1.0) == pytest.approx(-25)


def test_hand_computed_removal_of_a_tariff_by_a_small_importer():
    # Base 100 percent, e = 2: at half the price four times the quantity. The area under 4 / price^2
    # from 1 to 2 is 2, the revenue lost is 1: a gain of 1 on imports of 1.
    term = tariff(base_rate=1.0, demand_elasticity=2, supply_elasticity=math.inf)
    assert at(term, "Home", 0.0) == pytest.approx(100)
    assert at(term, "Foreign", 0.0) == 0


def test_a_fixed_export_quantity_makes_the_tariff_a_transfer():
    # s = 0: p = 1 / r, buyers pay what they paid, M (t - t0) / (1 + t) changes hands.
    term = tariff(base_rate=0.25, supply_elasticity=0)
    assert at(term, "Home", 1.0) == pytest.approx(100 * 0.75 / 2)
    assert at(term, "Foreign", 1.0) == pytest.approx(-100 * 0.75 / 2)


def test_a_fixed_import_quantity_makes_the_tariff_neutral():
    term = tariff(base_rate=0.25, demand_elasticity=0)
    assert at(term, "Home", 1.0) == pytest.approx(0, abs=1e-12)
    assert at(term, "Foreign", 1.0) == 0


@given(e=ELASTICITIES, s=ELASTICITIES, base=RATES, rate=RATES)
def test_it_is_the_change_in_surplus_under_the_curves(e, s, base, rate):
    term = tariff(demand_elasticity=e, supply_elasticity=s, base_rate=base)
    # Market clearing by bisection on the price of the exporter, not by the closed form.
    low, high = 1e-6, 1e6
    for _ in range(200):
        price = math.sqrt(low * high)
        excess = ((1 + rate) * price / (1 + base)) ** -e - price**s
        low, high = (price, high) if excess > 0 else (low, price)
    paid, quantity = (1 + rate) * price, price**s
    buyers = (1 + base) * area(-e, paid / (1 + base), 1)
    sellers = area(s, 1, price)
    home = 100 * (buyers + rate * price * quantity - base)
    assert at(term, "Home", rate) == pytest.approx(home, rel=1e-6, abs=1e-6)
    assert at(term, "Foreign", rate) == pytest.approx(100 * sellers, rel=1e-6, abs=1e-6)


@given(e=ELASTICITIES, s=ELASTICITIES, rate=RATES)
def test_from_free_trade_it_is_terms_of_trade_less_deadweight_loss(e, s, rate):
    price = (1 + rate) ** (-e / (e + s))
    paid, quantity = (1 + rate) * price, price**s
    burden = area(-e, 1, paid) - (paid - 1) * quantity
    term = tariff(demand_elasticity=e, supply_elasticity=s)
    expected = 100 * ((1 - price) * quantity - burden)
    assert at(term, "Home", rate) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert burden >= -1e-12


@given(e=ELASTICITIES, s=ELASTICITIES, base=RATES)
def test_the_best_rate_is_one_over_the_supply_elasticity(e, s, base):
    term = tariff(demand_elasticity=e, supply_elasticity=s, base_rate=base)
    best = term.optimal_rate
    assert best == 1 / s
    rates = best + np.linspace(-0.5, 3.0, 141)
    payoffs = term.values("Home", [rates])
    assert at(term, "Home", best) >= payoffs.max() - 1e-9 * np.ptp(payoffs)


@given(e=ELASTICITIES, s=ELASTICITIES, base=RATES)
def test_the_exporter_loses_more_at_a_higher_rate_and_nothing_changes_at_the_base(e, s, base):
    term = tariff(demand_elasticity=e, supply_elasticity=s, base_rate=base)
    losses = term.values("Foreign", [np.linspace(-0.5, 5, 50)])
    assert np.all(np.diff(losses) < 0)
    assert at(term, "Home", base) == pytest.approx(0, abs=1e-9)
    assert at(term, "Foreign", base) == pytest.approx(0, abs=1e-9)


@given(e=ELASTICITIES, s=ELASTICITIES, rate=RATES)
def test_the_two_together_lose_from_any_tariff_or_subsidy(e, s, rate):
    term = tariff(demand_elasticity=e, supply_elasticity=s)
    assert at(term, "Home", rate) + at(term, "Foreign", rate) <= 1e-9


@given(e=ELASTICITIES, rate=RATES)
def test_the_small_importer_is_the_limit_of_elastic_supply(e, rate):
    limit = tariff(demand_elasticity=e, supply_elasticity=math.inf)
    near = tariff(demand_elasticity=e, supply_elasticity=1e9)
    assert at(limit, "Home", rate) == pytest.approx(at(near, "Home", rate), abs=1e-4)
    assert at(near, "Foreign", rate) == pytest.approx(0, abs=1e-4)
    assert at(limit, "Home", rate) <= 1e-12
    assert limit.optimal_rate == 0


@pytest.mark.parametrize("e", [1 - 1e-12, 1.0, 1 + 1e-12])
def test_the_unit_elastic_demand_is_a_limit_without_cancellation(e):
    assert at(tariff(demand_elasticity=e), "Home", 1.0) == pytest.approx(
        50 - 50 * math.log(2), rel=1e-11
    )


def test_trade_survives_any_rate():
    term = tariff(demand_elasticity=4, supply_elasticity=0.5)
    for player in ("Home", "Foreign"):
        payoffs = term.values(player, [np.array([1.0, 1.45, 10.0, 1e6])])
        assert np.all(np.isfinite(payoffs))
        assert np.all(payoffs > -100)  # neither loses more than all the trade (e > 1)


def test_several_duties_on_the_same_goods_add_up():
    figures = {"import_value": 439.0, "demand_elasticity": 2.0, "supply_elasticity": 3.0}
    us, china = Player("United States"), Player("China")
    fentanyl = Tariff("fentanyl", us, [0.0, 0.1, 0.2], 0.2)
    reciprocal = Tariff("reciprocal", us, [0.0, 0.1], 0.1)
    term = TariffIncidence(
        [fentanyl, reciprocal], us, china, base_rate=0.11, other_rates=0.11, **figures
    )
    game = Negotiation([us, china], [fentanyl, reciprocal], [term])
    one = TariffIncidence("tariff", us, china, base_rate=0.11, **figures)
    expected = [at(one, "United States", 0.41), at(one, "China", 0.41)]
    np.testing.assert_allclose(game.payoffs(game.status_quo), expected)
    np.testing.assert_allclose(game.payoffs({"fentanyl": 0, "reciprocal": 0}), 0, atol=1e-12)


def test_a_rate_of_minus_100_percent_is_refused():
    with pytest.raises(InputError, match=r"TariffIncidence .*levels: expected rates above -1, got"):
        tariff().values("Home", [np.array([-1.0, 0.0])])


def test_purchase_hand_computed():
    # 13 million tonnes above the reference at USD 0.5 billion a million tonnes: 6.5 billion.
    term = PurchaseValue(
        "soybeans",
        "China",
        "United States",
        price=0.5,
        seller_surplus=0.2,
        buyer_cost=0.1,
        reference=12,
    )
    levels = [np.array([0.0, 12.0, 25.0])]
    np.testing.assert_allclose(term.values("United States", levels), [-1.2, 0, 1.3])
    np.testing.assert_allclose(term.values("China", levels), [0.6, 0, -0.65])
    assert (term.buyer, term.seller) == ("China", "United States")
