"""Bad input: the message names the object, the field, the value and what was expected."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from bargaining.errors import BargainingError, InputError
from bargaining.model.chokepoint import Chokepoint
from bargaining.model.levers import ExportControl, Interval, Lever, PortFee, SoybeanPurchase, Tariff
from bargaining.model.negotiation import Negotiation
from bargaining.model.payoffs import FunctionPayoff, InteractionPayoff, LinearPayoff, TablePayoff
from bargaining.model.players import Player
from bargaining.model.security_terms import CoverageControl, SecurityValue
from bargaining.model.sources import Source
from bargaining.model.trade_terms import PurchaseValue, TariffIncidence

US, CHINA = Player("United States"), Player("China")
TARIFF = Tariff("tariff", US, [0.1, 0.2, 0.47], 0.47)
SOY = SoybeanPurchase("soybeans", CHINA, [0, 12, 25], 0)
GAME = Negotiation([US, CHINA], [TARIFF, SOY], [], keys={"t": "tariff"})


def incidence(**more):
    figures = {"import_value": 1, "demand_elasticity": 1, "supply_elasticity": 1}
    return TariffIncidence(TARIFF, US, CHINA, **{**figures, **more})


def chokepoint(**more):
    figures = {
        "value_at_stake": 1,
        "input_share": 0.1,
        "elasticity": 1,
        "rationed_shares": {0: 0, 1: 0.5},
    }
    return Chokepoint("control", CHINA, **{**figures, **more})


def coverage(**more):
    figures = {"reference": 1300, "full": 20_000, "harm": 1, "concavity": 0.5}
    return CoverageControl("control", US, CHINA, **{**figures, **more})


def purchase(**more):
    figures = {"price": 0.5, "seller_surplus": 0.2, "buyer_cost": 0.1}
    return PurchaseValue(SOY, CHINA, US, **{**figures, **more})


def negotiation(levers=(TARIFF, SOY), payoffs=(), players=(US, CHINA), **more):
    return lambda: Negotiation(players, levers, payoffs, **more)


CASES: dict[str, tuple[Callable[[], object], str]] = {
    # players, sources, intervals, levers
    "player without a name": (
        lambda: Player(""),
        r"^Player\.name: expected a non-empty string, got ''$",
    ),
    "player named by a number": (
        lambda: Player(3),
        r"^Player\.name: expected a non-empty string, got 3$",
    ),
    "discount factor": (
        lambda: Player("China", 1.0),
        r"^Player 'China', discount_factor: expected a number in \[0, 1\), got 1\.0$",
    ),
    "source": (
        lambda: Tariff("tariff", US, [0.1], 0.1, source=2025),
        r"^source: expected a Source or a string, got 2025$",
    ),
    "interval upside down": (
        lambda: Interval(1, 0),
        r"^Interval: expected finite low < high, got \(1, 0\)$",
    ),
    "interval of text": (
        lambda: Interval("0", 1),
        r"^Interval: expected finite low < high, got \('0', 1\)$",
    ),
    "lever without a name": (
        lambda: Tariff(" ", US, [0.1], 0.1),
        r"^Tariff\.name: expected a non-empty string, got ' '$",
    ),
    "owner": (
        lambda: Tariff("tariff", 1, [0.1], 0.1),
        r"^Tariff 'tariff', owner: expected a player or lever, or its name, got 1$",
    ),
    "no levels": (
        lambda: Tariff("tariff", US, [], 0.1),
        r"^Tariff 'tariff', levels: expected at least one level, got \[\]$",
    ),
    "levels out of order": (
        lambda: Tariff("tariff", US, [0.2, 0.1], 0.1),
        r"^Tariff 'tariff', levels: expected strictly increasing numbers, got \[0\.2, 0\.1\]$",
    ),
    "a level twice": (
        lambda: Lever("fee", US, [1, 1], 1),
        r"^Lever 'fee', levels: expected strictly increasing numbers, got \[1\.0, 1\.0\]$",
    ),
    "a level that is no number": (
        lambda: Lever("fee", US, [0, "1"], 0),
        r"^Lever 'fee', levels: expected numbers, got '1'$",
    ),
    "a level that is NaN": (
        lambda: Lever("fee", US, [0, math.nan], 0),
        r"^Lever 'fee', levels: expected finite numbers, got nan$",
    ),
    "levels as one number": (
        lambda: Lever("fee", US, 3, 3),
        r"^Lever 'fee', levels: expected a sequence of numbers or an Interval, got 3$",
    ),
    "levels as a set": (
        lambda: Lever("fee", US, {1, 2}, 1),
        r"^Lever 'fee', levels: expected a sequence of numbers or an Interval, got \{1, 2\}$",
    ),
    "a rate in percent": (
        lambda: Tariff("tariff", US, [10, 47], 47),
        r"^Tariff 'tariff', levels: expected levels between -1 and 10 \(a rate is 0\.47, not 47\), "
        r"got 47\.0$",
    ),
    "a negative fee": (
        lambda: PortFee("fee", US, Interval(-1, 50), 0),
        r"^PortFee 'fee', levels: expected levels between 0 and inf, got Interval\(low=-1\.0, ",
    ),
    "status quo outside the levels": (
        lambda: Tariff("tariff", US, [0.1, 0.2], 0.47),
        r"^Tariff 'tariff', status_quo: expected one of levels 0\.1, 0\.2, got 0\.47$",
    ),
    "domain": (
        lambda: Tariff("tariff", US, [0.1], 0.1, domain="military"),
        r"^Tariff 'tariff', domain: expected one of \('economic', 'security'\), got 'military'$",
    ),
    "too few labels": (
        lambda: ExportControl("chips", US, [0, 1], 1, labels=["on"]),
        r"^ExportControl 'chips', labels: expected 2 strings, one a level, got \['on'\]$",
    ),
    "labels that are no text": (
        lambda: ExportControl("chips", US, [0, 1], 1, labels=[0, 1]),
        r"^ExportControl 'chips', labels: expected 2 strings, one a level, got \[0, 1\]$",
    ),
    "labels as one number": (
        lambda: ExportControl("chips", US, [0, 1], 1, labels=2),
        r"^ExportControl 'chips', labels: expected 2 strings, one a level, got 2$",
    ),
    # general terms
    "slopes as a number": (
        lambda: LinearPayoff(TARIFF, 3),
        r"^LinearPayoff: expected a mapping from player to payoff, got 3$",
    ),
    "an infinite slope": (
        lambda: LinearPayoff(TARIFF, {US: math.inf}),
        r"^LinearPayoff 'LinearPayoff of tariff', slope of 'United States': "
        r"expected a finite number, got inf$",
    ),
    "a complex slope": (
        lambda: LinearPayoff(TARIFF, {US: 1j}, name="revenue"),
        r"^LinearPayoff 'revenue', slope of 'United States': expected a finite number, got 1j$",
    ),
    "a player twice": (
        lambda: LinearPayoff(TARIFF, {US: 1, "United States": 2}),
        r"players: expected each player once, got \('United States', 'United States'\)$",
    ),
    "a term on no lever": (
        lambda: TablePayoff([], {US: 3}),
        r"levers: expected at least one lever, got \(\)$",
    ),
    "a lever of a term as a number": (
        lambda: LinearPayoff(3, {US: 1}),
        r"^LinearPayoff, levers: expected a player or lever, or its name, got 3$",
    ),
    "an interaction of one lever": (
        lambda: InteractionPayoff("ab", {US: 1}),
        r"^InteractionPayoff 'InteractionPayoff of ab', levers: expected two, got \('ab',\)$",
    ),
    "one reference": (
        lambda: InteractionPayoff((TARIFF, SOY), {US: 1}, references=0.0),
        r"references: expected two numbers, got 0\.0$",
    ),
    "a table of the wrong shape": (
        lambda: TablePayoff(TARIFF, {US: [1, 2]}),
        r"^TablePayoff 'TablePayoff of tariff', payoff of 'United States': expected an array of "
        r"shape \(3,\), the numbers of levels of \('tariff',\), got \(2,\)$",
    ),
    "a table of text": (
        lambda: TablePayoff(TARIFF, {US: ["1", "2", "3"]}),
        r"payoff of 'United States': expected an array of real numbers, got \['1', '2', '3'\]$",
    ),
    "a table with a hole": (
        lambda: TablePayoff(TARIFF, {US: [1, math.nan, 3]}),
        r"payoff of 'United States': expected finite numbers, at level indices \(1,\), got nan$",
    ),
    "a number for a function": (
        lambda: FunctionPayoff(TARIFF, {US: 3}),
        r"function of 'United States': expected a callable, got 3$",
    ),
    # economic terms
    "a negative import value": (
        lambda: incidence(import_value=-1, name="incidence"),
        r"^TariffIncidence 'incidence', import_value: expected a finite number of at least 0, "
        r"got -1$",
    ),
    "no elasticity at all": (
        lambda: incidence(demand_elasticity=0, supply_elasticity=0),
        r"demand_elasticity, supply_elasticity: expected one above 0, got 0$",
    ),
    "a negative supply elasticity": (
        lambda: incidence(supply_elasticity=-math.inf),
        r"supply_elasticity: expected a finite number of at least 0, got -inf$",
    ),
    "a base rate of minus 100 percent": (
        lambda: incidence(base_rate=-1),
        r"base_rate: expected a finite number above -1, got -1$",
    ),
    "an importer that exports to itself": (
        lambda: TariffIncidence(
            TARIFF, US, US, import_value=1, demand_elasticity=1, supply_elasticity=1
        ),
        r"players: expected each player once",
    ),
    "an input share in percent": (
        lambda: chokepoint(input_share=10),
        r"^Chokepoint 'Chokepoint of control', input_share: expected a finite number strictly "
        r"between 0 and 1, got 10$",
    ),
    "shares above one": (
        lambda: chokepoint(rationed_shares={0: 0, 1: 1.5}),
        r"rationed_shares\[1\]: expected a finite number between 0 and 1, got 1\.5$",
    ),
    "one share": (
        lambda: chokepoint(rationed_shares=0.5),
        r"rationed_shares: expected a mapping of at least two levels to shares, got 0\.5$",
    ),
    "half a year": (
        lambda: chokepoint(years=1.5),
        r"years: expected a whole number, got 1\.5$",
    ),
    "a cost that nobody bears": (
        lambda: chokepoint(controller_cost=2),
        r"controller: expected who bears controller_cost, got None$",
    ),
    "full coverage below the reference": (
        lambda: coverage(full=1000),
        r"full: expected more than reference, 1300, got 1000$",
    ),
    "a convex coverage": (
        lambda: coverage(concavity=2),
        r"concavity: expected a finite number of at most 1, got 2$",
    ),
    "a surplus above the value": (
        lambda: purchase(seller_surplus=20),
        r"seller_surplus: expected a finite number between 0 and 1, got 20$",
    ),
    "a security value over no distance": (
        lambda: SecurityValue("control", {US: 1}, reference=1, full=1),
        r"full: expected another level than reference, got 1$",
    ),
    "a curvature of zero": (
        lambda: SecurityValue("control", {US: 1}, reference=0, full=1, curvature=0),
        r"curvature: expected a number above 0, got 0$",
    ),
    # negotiations
    "no players": (
        negotiation(players=[], levers=[]),
        r"^Negotiation, players: expected at least one, got none$",
    ),
    "a player by name": (
        negotiation(players=["China"]),
        r"^Negotiation, players: expected a Player, got 'China'$",
    ),
    "one lever for a sequence": (
        negotiation(levers=TARIFF),
        r"^Negotiation, levers: expected a sequence of Lever, got Tariff\('tariff'",
    ),
    "the same lever twice": (
        negotiation(levers=[TARIFF, TARIFF]),
        r"^Negotiation: duplicate lever name 'tariff'$",
    ),
    "an owner who is not there": (
        negotiation(players=[US]),
        r"^lever 'soybeans', owner: unknown player 'China': known are 'United States'$",
    ),
    "a term on an unknown lever": (
        negotiation(payoffs=[LinearPayoff("tarif", {US: 1})]),
        r"^payoff term 'LinearPayoff of tarif': unknown lever 'tarif': did you mean 'tariff'\? "
        r"known are 'tariff', 'soybeans'$",
    ),
    "a term for an unknown player": (
        negotiation(payoffs=[LinearPayoff(TARIFF, {"Japan": 1})]),
        r"^payoff term .*unknown player 'Japan': known are 'United States', 'China'$",
    ),
    "a term with a lever by name and by key": (
        negotiation(payoffs=[InteractionPayoff(("tariff", "t"), {US: 1})], keys={"t": "tariff"}),
        r"^payoff term 'InteractionPayoff of tariff, t': it has a lever or a player twice",
    ),
    "a key of nothing": (
        negotiation(keys={"x": "chips"}),
        r"^Negotiation, key 'x': unknown name 'chips'",
    ),
    "payoffs beyond floating point": (
        negotiation(payoffs=[TablePayoff(TARIFF, {US: [1e308] * 3})] * 2),
        r"^Negotiation: the payoffs over \('tariff',\) add up beyond floating point$",
    ),
    "payoffs beyond floating point over two levers": (
        negotiation(payoffs=[TablePayoff(lever, {US: [1e308] * 3}) for lever in (TARIFF, SOY)]),
        r"^Negotiation: the payoffs over \('soybeans',\) add up beyond floating point$",
    ),
    "a missing lever": (
        lambda: GAME.package({"tariff": 0.1}),
        r"^package: no level for 'soybeans'$",
    ),
    "a level that is none": (
        lambda: GAME.payoffs({"tariff": 0.3, "soybeans": 0}),
        r"^Tariff 'tariff', level: expected levels 0\.1, 0\.2, 0\.47, got 0\.3$",
    ),
    "a package that is no mapping": (
        lambda: GAME.payoffs([[0.1, 0]]),
        r"^package: expected a mapping from lever to level, got \[0\.1, 0\]$",
    ),
    "packages that are no sequence": (
        lambda: GAME.payoffs(3),
        r"^payoffs: expected a package, or a sequence of packages, got 3$",
    ),
    "levers to trade as a number": (
        lambda: GAME.restrict(tradable=3),
        r"^levers: expected levers or their names, got 3$",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_message_says_what_is_wrong(case):
    attempt, message = CASES[case]
    with pytest.raises(InputError, match=message) as caught:
        attempt()
    assert isinstance(caught.value, BargainingError)
    assert isinstance(caught.value, ValueError)


def test_a_source_is_one_of_the_things_that_are_accepted():
    assert LinearPayoff(TARIFF, {US: 1}, source=Source("a report")).source == Source("a report")
