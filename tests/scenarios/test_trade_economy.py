"""Scenarios with a trade economy in them, and scenarios that extend others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import bargaining as bg
from bargaining.scenarios.scenario import load_scenario
from bargaining.trade import at_horizon, load

NAME = "us-china-2025-economy"
SMALL = """
[scenario]
extends = "two-issues"
name = "small"
title = "A small one"
description = "For tests."
unit = "points"

[sources.own]
text = "Made up here"
confidence = "example"

[players.us]
name = "United States"

[levers.duty]
kind = "tariff"
name = "duty"
owner = "us"
levels = [0.0, 0.2]
status_quo = 0
source = "own"

[[payoffs]]
name = "trade"
kind = "trade-economy"
economy = "world-2022"
countries = { us = "USA" }
months = 12
source = "own"
[payoffs.duties.duty]
exporter = "CHN"
importer = "USA"
sectors = ["electronics"]
coverage = { machinery = 0.5 }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_tariffs_are_worth_what_the_shipped_economy_says_for_a_year() -> None:
    game = load_scenario(NAME)
    economy = at_horizon(load("world-2022").balanced(), 12)
    without = [term for term in game.terms if term.name != "trade economy"]
    rest = bg.Negotiation(game.players, game.levers, without)
    before = dict(game.status_quo)
    after = {
        **before,
        game.lever("us-reciprocal").name: 0.84,
        game.lever("china-tariff").name: 0.34,
    }
    duties = economy.tariffs.copy()
    duties[1, 0, :-1] += 0.20 + 0.78 * 0.84 * (np.array(economy.sectors[:-1]) != "electronics")
    duties[0, 1, :-1] += 0.34
    duties[0, 1, 0] = economy.tariffs[0, 1, 0] + 0.4 * (0.34 + 0.125)
    money = economy.counterfactual(tariffs=duties).money[:2] / 1e3
    np.testing.assert_allclose(game.payoffs(after) - rest.payoffs(after), money, atol=1e-8)


def test_only_the_four_large_tariff_terms_differ_from_the_scenario_that_it_extends() -> None:
    extended, base = load_scenario(NAME), load_scenario("us-china-2025")
    assert [x.name for x in extended.levers] == [x.name for x in base.levers]
    names = [{term.name for term in game.terms} for game in (base, extended)]
    assert names[1] - names[0] == {"trade economy"}
    assert all(name.startswith("tariffs on ") for name in names[0] - names[1])
    assert dict(extended.observed["busan"]) == dict(base.observed["busan"])
    for path, quantity in extended.quantities.items():
        if path in base.quantities:
            assert quantity == base.quantities[path]


def test_every_number_of_the_term_is_listed_with_its_source() -> None:
    game = load_scenario(NAME)
    listed = {path: q for path, q in game.quantities.items() if "trade economy" in path}
    assert listed["payoffs.trade economy.months"].value == 12
    assert listed["payoffs.trade economy.elasticity_factor"].range == (0.83, 2.3)
    assert listed["payoffs.trade economy.duties.us-reciprocal.coverage.machinery"].value == 0.78
    assert "trade economy" in str(game.provenance())


def test_more_time_and_larger_elasticities_are_the_same_thing() -> None:
    game = load_scenario(NAME)
    path = "payoffs.trade economy"
    later = game.with_quantities({f"{path}.months": 120.0})
    larger = game.with_quantities({f"{path}.elasticity_factor": 2.0 / 0.76})
    busan = game.observed["busan"]
    np.testing.assert_allclose(later.payoffs(busan), larger.payoffs(busan), atol=1e-8)
    assert not np.allclose(later.payoffs(busan), game.payoffs(busan), atol=1)


def test_scenarios_that_differ_in_other_numbers_share_what_was_solved() -> None:
    game = load_scenario(NAME)
    other = game.with_quantities({"payoffs.soybeans.price": 0.5})
    assert game.terms[-1] is other.terms[-1]


def test_an_own_table_replaces_one_of_the_same_key(tmp_path: Path) -> None:
    base = load_scenario("two-issues")
    assert "us" in base.keys
    game = load_scenario(written(tmp_path, SMALL))
    assert game.player("us").name == "United States"
    assert game.title == "A small one"
    assert len(game.levers) == len(base.levers) + 1
    assert len(game.terms) == len(base.terms) + 1


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ('"two-issues"', '"two-issue"', "scenario.extends: .* did you mean 'two-issues'"),
        ('"two-issues"', "3", "scenario.extends: expected the name of a shipped scenario, got 3"),
        ('"two-issues"', f'"{NAME}"', "scenario.extends: .* extends another scenario itself"),
        ('"points"', '"points"\n[without]\npayoff = []', "without.payoff: unknown key: did you"),
        ('"points"', '"points"\n[without]\nlevers = "x"', "without.levers: expected a list"),
        ('"points"', '"points"\n[without]\nlevers = ["x"]', "without.levers: 'x' is not there"),
        ("[scenario]", "without = 3\n[scenario]", "without: expected a table of lists"),
        ("world-2022", "world-2020", "payoffs.trade: unknown economy .* did you mean"),
        ('us = "USA"', 'us = "US"', "payoffs.trade: unknown country 'US': did you mean 'USA'"),
        ('us = "USA"', 'usa = "USA"', "payoffs.trade: unknown player 'usa'"),
        ('["electronics"]', '["electronic"]', "payoffs.trade: unknown sector 'electronic'"),
        (
            '["electronics"]',
            '["machinery"]',
            "payoffs.trade.duties.duty: expected each sector once",
        ),
        ("machinery = 0.5", "machinery = 1.5", "coverage of machinery: expected a share"),
        ("months = 12", "months = -1", "payoffs.trade: horizon, months: expected a finite"),
        ("duties.duty]", "duties.dutty]", "payoffs.trade: unknown lever 'dutty'"),
        (
            "coverage = {",
            "covers = {",
            "payoffs.trade.duties.duty.covers: unknown key: did you mean",
        ),
        ("months = 12\n", "", "payoffs.trade.months: is missing"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(
    tmp_path: Path, good: str, bad: str, message: str
) -> None:
    assert good in SMALL
    with pytest.raises(bg.InputError, match=message):
        load_scenario(written(tmp_path, SMALL.replace(good, bad)))
