"""`solve --save` and `verify` on the command line: exit statuses, and what is printed."""

from __future__ import annotations

import json

import pytest

from bargaining import load_scenario, nash_equilibrium, save_result
from bargaining.interfaces.cli import main


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "result.json"
    assert main(["solve", "nash-barter-1950", "--save", str(path)]) == 0
    return path


def test_what_solve_saves_is_verified(saved, capsys) -> None:
    capsys.readouterr()
    assert main(["verify", str(saved)]) == 0
    printed = capsys.readouterr().out
    assert "RegimeComparison" in printed
    assert "all hold" in printed
    assert "The scenario 'nash-barter-1950' is the one that comes with this version" in printed


def test_a_scenario_with_another_number_is_told_from_the_shipped_one(tmp_path, capsys) -> None:
    game = load_scenario("tariff-dilemma").with_quantities(
        {"payoffs.tariff of Home.tables.Home.1": 5.0}
    )
    save_result(nash_equilibrium(game), tmp_path / "result.json")
    assert main(["verify", str(tmp_path / "result.json")]) == 0
    assert "'tariff-dilemma' is not one that comes with" in capsys.readouterr().out


@pytest.mark.parametrize("options", [["--tradable", "economic"], ["--transferable"]])
def test_an_agreement_is_saved_where_regimes_are_not_compared(options, tmp_path, capsys) -> None:
    path = tmp_path / "result.json"
    assert main(["solve", "us-china-2025", *options, "--save", str(path), "--json"]) in (0, 1)
    capsys.readouterr()
    assert main(["verify", str(path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["result"] == "Agreement"
    assert document["holds"]


def test_a_tampered_file_fails_with_status_1(saved, capsys) -> None:
    data = json.loads(saved.read_text())
    data["content"]["outcomes"][0]["payoffs"][0] += 0.5
    saved.write_text(json.dumps(data))
    capsys.readouterr()
    assert main(["verify", str(saved)]) == 1
    assert "FAIL" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "bargaining-result"}'])
def test_what_is_no_saved_result_is_bad_input(text, tmp_path, capsys) -> None:
    path = tmp_path / "result.json"
    path.write_text(text)
    assert main(["verify", str(path)]) == 2
    assert capsys.readouterr().err.startswith("bargaining: ")


def test_a_file_that_is_not_there_is_bad_input(tmp_path, capsys) -> None:
    assert main(["verify", str(tmp_path / "none.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err
