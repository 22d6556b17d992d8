"""The scenarios that come with the library."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from bargaining.model.negotiation import Negotiation
from bargaining.scenarios.figures import CONFIDENCE
from bargaining.scenarios.scenario import Scenario, list_scenarios, load_scenario, template

NAMES = [entry.name for entry in list_scenarios()]


@pytest.fixture(params=NAMES)
def game(request: pytest.FixtureRequest) -> Scenario:
    return load_scenario(request.param)


def test_the_list_names_every_shipped_scenario_and_the_truce_comes_first() -> None:
    assert NAMES[0] == "us-china-2025"
    assert set(NAMES) >= {"ally", "nash-barter-1950", "tariff-dilemma", "two-issues"}


def test_each_carries_its_own_name_and_says_what_it_is(game: Scenario) -> None:
    assert game.name in NAMES
    assert dict(list_scenarios())[game.name] == game.title
    assert game.description
    assert game.unit


def test_each_is_a_negotiation_and_stays_one_when_levers_are_fixed(game: Scenario) -> None:
    assert isinstance(game, Negotiation)
    lever = game.levers[0]
    smaller = game.fix({lever: lever.status_quo})
    assert type(smaller) is Negotiation
    assert smaller.payoffs(smaller.status_quo) == pytest.approx(game.payoffs(game.status_quo))


def test_every_number_has_a_source_a_confidence_and_a_range_where_assumed(game: Scenario) -> None:
    for path, quantity in game.quantities.items():
        assert quantity.source.text, path
        assert quantity.confidence in CONFIDENCE, path
        assert math.isfinite(quantity.value), path
        assert quantity.unit or quantity.confidence == "index", path
        if quantity.confidence == "assumed":
            assert quantity.range is not None, path
        if quantity.range is not None:
            assert quantity.range[0] <= quantity.value <= quantity.range[1], path


def test_no_number_comes_from_memory(game: Scenario) -> None:
    for quantity in game.quantities.values():
        assert "memory" not in str(quantity.source).lower()


def test_addresses_are_given_for_what_was_found_in_pages(game: Scenario) -> None:
    for path, quantity in game.quantities.items():
        if quantity.confidence in ("page", "repo"):
            assert "http" in quantity.reference, path


def test_provenance_lists_every_number_once(game: Scenario) -> None:
    table = game.provenance()
    assert [row[0] for row in table.rows] == list(game.quantities)
    assert all(row[-1] and row[-2] for row in table.rows)


def test_every_lever_says_where_its_levels_come_from(game: Scenario) -> None:
    assert all(lever.source is not None for lever in game.levers)
    assert all(term.source is not None or term.players for term in game.terms)


def test_observed_packages_are_complete_dated_and_sourced(game: Scenario) -> None:
    for package in game.observed.values():
        assert list(package) == [lever.name for lever in game.levers]
        assert package.date
        assert package.source


def test_a_draw_stays_in_the_ranges_and_is_reproducible(game: Scenario) -> None:
    drawn, again = game.vary(rng=7), game.vary(rng=7)
    for path, quantity in drawn.quantities.items():
        asked = game.quantities[path]
        assert again.quantities[path].value == quantity.value
        if asked.range is None:
            assert quantity.value == asked.value
        else:
            assert asked.range[0] - 1e-12 <= quantity.value <= asked.range[1] + 1e-12


def test_in_a_draw_a_stricter_control_withholds_no_less():
    game = load_scenario("us-china-2025")
    paths = [f"payoffs.rare earths.rationed_shares.{level}" for level in (1, 2)]
    apart = []
    for seed in range(40):
        licences, rules = (game.vary(rng=seed).quantities[path].value for path in paths)
        assert licences <= rules
        apart.append(rules - licences)
    assert min(apart) < 0.1 < max(apart)


# the truce


def test_the_truce_takes_keys_labels_and_names() -> None:
    game = load_scenario("us-china-2025")
    by_key = {key: game.status_quo[game.lever(key).name] for key in game.keys if "-" in key}
    by_label = {
        lever.name: lever.label(lever.status_quo) if lever.labels else lever.status_quo
        for lever in game.levers
    }
    assert game.package(by_key) == game.package(by_label) == game.status_quo


def test_the_status_quo_of_the_truce_is_the_end_of_october() -> None:
    sq = load_scenario("us-china-2025").status_quo
    assert sq["US fentanyl tariff"] == 0.20
    assert sq["US reciprocal tariff"] == 0.10
    assert sq["affiliates rule"] == 20_000
    assert sq["soybean purchases"] == 0
    assert sq["rare-earth controls"] == 2


def test_security_levers_of_the_truce() -> None:
    game = load_scenario("us-china-2025")
    assert [lever.name for lever in game.security] == [
        "affiliates rule", "advanced-chip sales", "rare-earth controls",
        "gallium and germanium ban",
    ]  # fmt: skip


def test_terms_of_the_truce_over_several_levers_are_duties_on_the_same_goods() -> None:
    for term in load_scenario("us-china-2025").terms:
        assert len(term.levers) == 1 or type(term).__name__ == "TariffIncidence"


def test_values_picked_from_a_range_are_its_middle() -> None:
    game = load_scenario("us-china-2025")
    for path, quantity in game.quantities.items():
        if quantity.confidence != "assumed" or quantity.range is None or quantity.shared:
            continue
        low, high = quantity.range
        if low == high:
            continue
        wide = low * high > 0 and max(low / high, high / low) > 4
        middle = math.copysign(math.sqrt(low * high), low) if wide else (low + high) / 2
        assert quantity.value == pytest.approx(middle, rel=0.05, abs=0.01), path


def test_the_published_figures_of_the_truce_are_as_published() -> None:
    game = load_scenario("us-china-2025")
    value = {path: quantity.value for path, quantity in game.quantities.items()}
    assert value["payoffs.soybeans.price"] == pytest.approx(12.64 / 26.8, abs=5e-4)
    assert value["payoffs.gallium and germanium.tables.us.1"] == -3.4
    assert value["numbers.us-supply-elasticity"] == pytest.approx(1 / 0.436, abs=5e-3)
    assert value["numbers.china-supply-elasticity"] == pytest.approx(1 / 0.407, abs=5e-3)
    goods = [f"payoffs.tariffs on {what}.import_value" for what in (
        "covered Chinese goods", "exempt Chinese goods", "goods under Section 301 exclusions",
    )]  # fmt: skip
    assert sum(value[path] for path in goods) == pytest.approx(438.8, abs=0.05)


# teaching cases


def test_the_barter_of_nash() -> None:
    game = load_scenario("nash-barter-1950")
    assert game.payoffs(game.observed["nash"]).tolist() == [12.0, 5.0]
    owners = {lever.name: lever.owner for lever in game.levers}
    published = {
        "book": (2, 4), "whip": (2, 2), "ball": (2, 1), "bat": (2, 2), "box": (4, 1),
        "pen": (10, 1), "toy": (4, 1), "knife": (6, 2), "hat": (2, 2),
    }  # fmt: skip
    assert list(owners) == list(published)
    for name, (bill, jack) in published.items():
        given = game.payoffs({**game.status_quo, name: 1}).tolist()
        assert given == ([-bill, jack] if owners[name] == "Bill" else [bill, -jack])


def test_no_barter_has_a_larger_product_of_gains() -> None:
    game = load_scenario("nash-barter-1950")
    packages = [game.package_at(levels) for levels in product((0, 1), repeat=9)]
    gains = np.clip(game.payoffs(packages), 0, None).prod(axis=1)
    assert packages[int(np.argmax(gains))] == game.observed["nash"]
    assert np.sort(gains)[-2] < gains.max() == 60


def pure_equilibria(game: Negotiation) -> list[tuple[float, ...]]:
    packages = [game.package_at(levels) for levels in product(*map(range, game.sizes))]
    found = []
    for package in packages:
        own = [{lever.name for lever in game.owned_by(player)} for player in game.players]
        best = all(
            game.payoffs(other)[i] <= game.payoffs(package)[i]
            for i, mine in enumerate(own)
            for other in packages
            if all(other[name] == package[name] for name in package if name not in mine)
        )
        if best:
            found.append(tuple(game.payoffs(package).tolist()))
    return found


@pytest.mark.parametrize(
    ("name", "payoffs"), [("ally", (-3.0, -2.0, 2.0)), ("tariff-dilemma", (-2.0, -2.0))]
)
def test_the_pure_equilibrium_is_the_documented_one(name: str, payoffs: tuple[float, ...]) -> None:
    assert pure_equilibria(load_scenario(name)) == [payoffs]


def test_all_gain_over_the_equilibrium_when_the_ally_case_is_settled() -> None:
    game = load_scenario("ally")
    deal = {"control": "off", "joining": "stays out", "mineral": "delivers"}
    assert game.payoffs(deal).tolist() == [0.0, 0.0, 3.0]


def test_the_battle_of_two_issues() -> None:
    game = load_scenario("two-issues")
    expected = {("high", 0): (0, 0), ("low", 0): (1, 3), ("low", 1): (2, -2), ("high", 1): (-1, -4)}
    for (tariff, control), payoffs in expected.items():
        assert tuple(game.payoffs({"tariff": tariff, "control": control})) == payoffs
    assert game.regimes["control-off"].tradable == ("tariff",)
    assert game.regimes["linked"].tradable == ("tariff", "control")


# comparing, varying, the template


def test_hits_and_misses_are_counted() -> None:
    game = load_scenario("nash-barter-1950")
    table = game.against_observed(game.observed["nash"])
    assert table.note == "9 of 9 levers as observed"
    assert [row[-1] for row in game.against_observed(game.status_quo).rows].count(True) == 2


def test_a_comparison_needs_an_observation() -> None:
    game = load_scenario("ally")
    with pytest.raises(ValueError, match="the scenario has none"):
        game.against_observed(game.status_quo)
    truce = load_scenario("us-china-2025")
    with pytest.raises(ValueError, match="did you mean 'busan'"):
        truce.against_observed(truce.status_quo, "busam")


def test_replacing_numbers_changes_them_and_nothing_else() -> None:
    game = load_scenario("us-china-2025")
    path = "payoffs.soybeans.price"
    changed = game.with_quantities({path: 1.0})
    assert changed.quantities[path].value == 1.0
    assert game.quantities[path].value == 0.472
    rest = [key for key in game.quantities if key != path]
    assert [changed.quantities[key] for key in rest] == [game.quantities[key] for key in rest]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("payoffs.soybeans.prise", "did you mean 'payoffs.soybeans.price'"),
        (
            "payoffs.tariffs on exempt Chinese goods.demand_elasticity",
            "is the shared number 'numbers.demand-elasticity'",
        ),
    ],
)
def test_a_number_that_cannot_be_replaced(path: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_scenario("us-china-2025").with_quantities({path: 1.0})


@pytest.mark.parametrize("value", [True, "1.0", None])
def test_a_number_is_replaced_by_a_number(value: object) -> None:
    game = load_scenario("us-china-2025")
    with pytest.raises(ValueError, match=r"payoffs\.soybeans\.price.*expected a number"):
        game.with_quantities({"payoffs.soybeans.price": value})  # type: ignore[dict-item]  # on purpose


def test_the_template_loads_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(template(), encoding="utf-8")
    game = load_scenario(str(path))
    assert game.name == "my-scenario"
    assert list(game.observed) == ["deal"]
