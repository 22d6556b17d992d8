"""States of the explorer and what follows from them, without a browser."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from htmltools import Tag, TagList

import bargaining as bg
from bargaining.interfaces.cli import main
from bargaining.interfaces.explorer import views
from bargaining.interfaces.explorer.controls import controls
from bargaining.interfaces.explorer.picture import payoff_picture
from bargaining.interfaces.explorer.reproduce import reproduce
from bargaining.interfaces.explorer.results import Results, results
from bargaining.interfaces.explorer.state import State, initial, movable, moved
from bargaining.linkage.regimes.outcome import RegimeOutcome

TRUCE = "us-china-2025"
SHIPPED = [entry.name for entry in bg.list_scenarios()]
VIEWS = [views.summary, views.deal, views.picture, views.ledger, views.regimes, views.offer,
         views.truces, views.lines]  # fmt: skip


def at(name: str, **values: Any) -> State:
    """Return a state, names of controls written with an underscore."""
    given = {key.replace("_", "-"): value for key, value in values.items()}
    return moved(initial(bg.load_scenario(name)), given)


def shown(found: Results) -> str:
    return "".join(str(view(found)) for view in VIEWS)


@pytest.mark.parametrize("name", SHIPPED)
def test_an_untouched_state_gives_what_solve_gives(name: str) -> None:
    scenario = bg.load_scenario(name)
    found = results(initial(scenario))
    deal = bg.solve(scenario, disagreement=scenario.disagreement, lotteries=False)
    assert found.outcome.payoffs == pytest.approx(deal.payoffs)
    assert found.outcome.agreed == deal.agreed
    assert bg.verify(found.comparison).holds


@pytest.mark.parametrize("name", SHIPPED)
def test_what_controls_say_when_untouched_is_the_initial_state(name: str) -> None:
    scenario = bg.load_scenario(name)
    said: dict[str, Any] = {}
    for control in every(controls(scenario, 0)):
        if control.name == "input":
            slider = control.attrs["type"] == "range"
            value: Any = control.attrs["data-start"] if slider else "checked" in control.attrs
        elif control.name == "select":
            (value,) = [o.attrs["value"] for o in every(control) if "selected" in o.attrs]
        else:
            continue
        said[control.attrs["name"]] = value
    assert len(said) > 8
    assert moved(initial(scenario), said) == initial(scenario)


def every(tag: Tag) -> list[Tag]:
    """Return all elements in an element."""
    inside = [child for child in tag.children if isinstance(child, Tag)]
    return [*inside, *(deeper for child in inside for deeper in every(child))]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_control_has_one_visible_label_of_its_own(name: str) -> None:
    tags = every(controls(bg.load_scenario(name), 0))
    named = [tag.attrs["id"] for tag in tags if tag.name in ("input", "select")]
    labels = [tag for tag in tags if tag.name == "label"]
    assert sorted(label.attrs["for"] for label in labels) == sorted(named)
    assert all(str(label.children[0]).strip() for label in labels)


def test_weights_move_the_agreement_towards_the_weightier_side() -> None:
    equal = results(at(TRUCE, over="lotteries")).outcome
    tilted = results(at(TRUCE, over="lotteries", weight_0=2)).outcome
    assert tilted.gains[0] > equal.gains[0]
    assert tilted.gains[1] < equal.gains[1]


def test_weights_in_proportion_change_nothing() -> None:
    assert results(at(TRUCE, weight_0=2, weight_1=2)).outcome.payoffs == pytest.approx(
        results(at(TRUCE)).outcome.payoffs
    )


def test_a_lever_left_to_its_owner_or_frozen_are_both_reported() -> None:
    found = results(at("two-issues", tradable_1=False))
    assert not found.outcome.agreed
    assert isinstance(found.other_reading, RegimeOutcome)
    assert found.other_reading.off_table == "standstill"
    assert found.other_reading.gains.tolist() == [1.0, 3.0]
    swapped = results(at("two-issues", tradable_1=False, off_table="standstill"))
    assert swapped.outcome.gains.tolist() == [1.0, 3.0]
    assert isinstance(swapped.other_reading, RegimeOutcome)
    assert not swapped.other_reading.agreed


def test_without_any_lever_on_the_table_there_is_no_deal() -> None:
    found = results(at("nash-barter-1950", **{f"tradable_{j}": False for j in range(9)}))
    assert not found.outcome.agreed
    assert "No lever is on the table" in shown(found)


def test_a_number_is_moved_and_counts() -> None:
    scenario = bg.load_scenario(TRUCE)
    paths = [quantity.path for quantity in movable(scenario)]
    path = "payoffs.soybeans.seller_surplus"
    state = at(TRUCE, **{f"number_{paths.index(path)}": "0.4"})
    assert dict(state.quantities) == {path: 0.4}
    expected = bg.solve(scenario.with_quantities({path: 0.4}), lotteries=False)
    assert results(state).outcome.payoffs == pytest.approx(expected.payoffs)


def test_every_number_can_go_to_both_ends_or_says_why_not() -> None:
    scenario = bg.load_scenario(TRUCE)
    for k, quantity in enumerate(movable(scenario)):
        assert quantity.range is not None
        for end in quantity.range:
            try:
                at(TRUCE, **{f"number_{k}": end}).negotiation()
            except bg.InputError as error:
                assert quantity.path.rsplit(".", 2)[0] in str(error)  # noqa: PT017  # either is right


def test_another_status_quo_is_where_a_standstill_stands() -> None:
    state = at("two-issues", today_0=0, disagreement="status-quo")
    low = bg.load_scenario("two-issues").lever("tariff").levels
    assert state.negotiation().status_quo["tariff"] == low[0]
    assert results(state).outcome.disagreement == pytest.approx(
        state.scenario.payoffs({"tariff": low[0], "control": 0})
    )


def test_an_offer_is_weighed_and_changes_nothing_else() -> None:
    plain, offered = results(at("nash-barter-1950")), results(at("nash-barter-1950", offer_0=1))
    assert offered.outcome.payoffs == pytest.approx(plain.outcome.payoffs)
    assert offered.offer is not None
    assert offered.offer.refused_by == ("Bill",)  # a gift of his book
    assert offered.offer.better is not None
    assert np.all(offered.offer.better >= -1e-9)


def test_an_offer_of_the_agreement_leaves_nothing_to_gain_and_nobody_to_refuse() -> None:
    scenario = bg.load_scenario("nash-barter-1950")
    deal = results(initial(scenario)).outcome.package
    levels = {f"offer_{j}": x.index(deal[x.name]) for j, x in enumerate(scenario.free_levers)}
    offer = results(at("nash-barter-1950", **levels)).offer
    assert offer is not None
    assert (offer.refused_by, offer.better) == ((), None)


def test_an_offer_that_moves_what_is_off_the_table_says_so() -> None:
    offer = results(at("nash-barter-1950", offer_0=1, tradable_0=False)).offer
    assert offer is not None
    assert offer.off_table == ("book",)


def test_the_truce_is_the_one_of_the_library() -> None:
    found = results(at(TRUCE, patience_0=0.8, patience_1=0.7, months=24, renewal=0.2))
    (check,) = found.truces
    pause = bg.Truce(found.outcome.lottery, negotiation=found.game, months=24, renewal=0.2)
    expected = pause.holds(np.array([0.8, 0.7]) ** (1 / 12))
    assert check.result is not None
    assert check.result.slacks == pytest.approx(expected.slacks)


def test_nobody_without_patience_keeps_a_truce_that_tempts() -> None:
    (check,) = results(at(TRUCE, patience_0=0.0, patience_1=0.0)).truces
    assert check.result is not None
    assert not check.result.holds


def test_a_truce_that_cannot_be_computed_has_its_reason() -> None:
    (check,) = results(at(TRUCE, patience_0=1.0)).truces
    assert check.result is None
    assert "discount factors" in check.reason


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"solution": "raiffa"}, "over lotteries only"),
        ({"solution": "nobody"}, "nobody"),
        ({"disagreement": "nobody"}, "nobody"),
        ({"over": "packs"}, "over: expected one of packages, lotteries, got 'packs'"),
        ({"weight-0": "much"}, "weight-0: expected a number, got 'much'"),
        ({"weight-0": -1}, "weights"),
        ({"months": 1.5}, "months: expected a whole number"),
        ({"today-0": 7}, "today-0: expected a position below 2, got 7"),
        ({"offer-0": "x"}, "offer-0: expected a number"),
        ({"off-table": "maybe"}, "off-table: expected one of response, standstill"),
    ],
)
def test_bad_values_are_named(values: dict[str, Any], words: str) -> None:
    with pytest.raises(bg.InputError, match=words.replace("(", r"\(")):
        results(moved(initial(bg.load_scenario("tariff-dilemma")), values))


STATES: list[tuple[str, dict[str, Any]]] = [
    (TRUCE, {}),
    (TRUCE, {"over": "lotteries", "solution": "kalai-smorodinsky"}),
    (TRUCE, {"tradable_4": False, "weight_0": 2, "today_3": 0, "offer_9": 2, "number_0": 2.0}),
    (TRUCE, {"tradable_4": False, "tradable_5": False, "off_table": "standstill"}),
    ("ally", {"tradable_0": False}),
    ("two-issues", {"disagreement": "noncooperative"}),
]


@pytest.mark.parametrize(("name", "values"), STATES)
def test_the_python_lines_reproduce_the_state(name: str, values: dict[str, Any]) -> None:
    state = at(name, **values)
    found = results(state)
    space: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(reproduce(state).python, space)
    assert space["deal"].payoffs == pytest.approx(found.outcome.payoffs)
    assert space["deal"].agreed == found.outcome.agreed
    if found.offer is not None:
        assert space["offer"] == found.offer.package
    if found.outcome.agreed and found.truces[0].result is not None:
        assert found.truces[0].result.explain() in said.getvalue()


@pytest.mark.parametrize(("name", "values"), STATES)
def test_the_commands_run(name: str, values: dict[str, Any]) -> None:
    lines = reproduce(at(name, **values)).command_line.splitlines()
    commands = [shlex.split(line) for line in lines if not line.startswith("#")]
    assert commands.pop() == ["bargaining", "explore", name]
    for _, *arguments in commands:
        with contextlib.redirect_stdout(io.StringIO()):
            assert main(arguments) in (0, 1)


def test_a_command_that_takes_a_choice_of_levers_finds_the_same_deal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = at(TRUCE, tradable_4=False, off_table="standstill")
    command = shlex.split(reproduce(state).command_line.splitlines()[0])
    assert main([*command[1:], "--json"]) == 0
    deal = json.loads(capsys.readouterr().out)["agreement"]
    assert results(state).outcome.payoffs == pytest.approx(deal["payoffs"])


def test_the_ledger_adds_up_in_numbers_and_has_a_bar_for_each() -> None:
    found = results(at(TRUCE))
    page = str(views.ledger(found))
    assert page.count('class="bar ') == 2 * len(found.outcome.ledger().rows)
    assert "soybean purchases" in page


def test_text_of_files_cannot_become_markup(tmp_path: Path) -> None:
    from bargaining.scenarios.scenario import template

    path = tmp_path / "own.toml"
    text = template().replace('name = "', 'name = "<b>x</b>')
    path.write_text(text, encoding="utf-8")
    scenario = bg.load_scenario(path)
    state = initial(scenario, str(path))
    assert "<b>x</b>" not in shown(results(state)) + str(controls(scenario, 0))


def test_more_than_two_players_have_no_picture_but_all_the_rest() -> None:
    found = results(at("ally"))
    assert "drawn for two players" in shown(found)
    with pytest.raises(bg.InputError, match="two players"):
        payoff_picture(found)


INTERVALS = """
[scenario]
name = "intervals"
title = "Two tariffs"
description = "Made up."
unit = "points"
[sources.mine]
text = "Made up"
confidence = "example"
[players.a]
name = "A"
[players.b]
name = "B"
[levers.x]
kind = "tariff"
name = "tariff of A"
owner = "a"
levels = {low = 0.0, high = 1.0}
status_quo = 0.5
source = "mine"
[levers.y]
kind = "tariff"
name = "tariff of B"
owner = "b"
levels = {low = 0.0, high = 1.0}
status_quo = 0.25
domain = "security"
source = "mine"
[[payoffs]]
name = "of A"
kind = "linear"
lever = "x"
slopes = {a = 1.0, b = -2.0}
source = "mine"
[[payoffs]]
name = "of B"
kind = "linear"
lever = "y"
slopes = {a = {value = -2.0, range = [-4.0, -1.5]}, b = 1.0}
source = "mine"
"""


def test_intervals_are_explored_and_what_needs_levels_says_so(tmp_path: Path) -> None:
    path = tmp_path / "intervals.toml"
    path.write_text(INTERVALS, encoding="utf-8")
    start = initial(bg.load_scenario(path), str(path))
    state = moved(start, {"offer-0": "0.1", "today-1": "0.7", "number-0": "-3"})
    assert (dict(state.offer), dict(state.status_quo)) == (
        {"tariff of A": 0.1},
        {"tariff of B": 0.7},
    )
    found = results(state)
    assert found.outcome.gains == pytest.approx([2.0, 1.0])  # free trade
    assert found.game.status_quo["tariff of B"] == 0.7
    assert "a finite sequence is needed" in str(found.usual)
    assert "a finite sequence is needed" in found.truces[0].reason
    assert "a finite sequence is needed" in shown(found)
    space: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(reproduce(state).python, space)
    assert space["deal"].payoffs == pytest.approx(found.outcome.payoffs)
    frozen = results(moved(start, {"tradable-1": False, "off-table": "standstill"}))
    assert frozen.outcome.agreed  # B's tariff stands below the one that it sets without agreement
    assert "a finite sequence is needed" in str(frozen.other_reading)


def test_the_picture_is_the_same_for_the_same_state() -> None:
    assert payoff_picture(results(at(TRUCE))) == payoff_picture(results(at(TRUCE)))


def test_a_page_is_made_of_every_view() -> None:
    found = results(at(TRUCE, tradable_4=False, offer_9=1))
    assert all(isinstance(view(found), Tag | TagList) for view in VIEWS)
    assert "as switched (response)" in shown(found)
    assert "as switched (standstill)" in shown(found)
