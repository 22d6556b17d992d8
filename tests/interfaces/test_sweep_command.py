"""`bargaining sweep`: what it prints, keeps and refuses, and the bar on a terminal."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

import bargaining as bg
from bargaining.interfaces import sweep_report
from bargaining.interfaces.cli import main

COMMAND = ("sweep", "us-china-2025", "--draws", "20")


@pytest.fixture
def run(capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)

    def command(*arguments):
        status = main(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return command


def test_it_prints_shares_hinges_and_what_was_observed(run):
    status, out, err = run(*COMMAND, "--question", "agreement, regimes")
    assert (status, err) == (0, "")
    for words in (
        "20 draws of us-china-2025 over 35 numbers", "Shares of draws", "deal: soybean purchases",
        "deal only with security controls", "Truce of Busan among", "levels as observed", "median",
    ):  # fmt: skip
        assert words in out
    assert max(map(len, out.splitlines())) <= 100


def test_json_is_what_python_has(run):
    status, out, _ = run(*COMMAND, "--seed", "4", "--json")
    assert status == 0
    expected = bg.sweep("us-china-2025", draws=20, rng=4).to_dict()
    assert json.loads(out)["sweep"] == json.loads(json.dumps(expected))


def test_draws_are_kept_and_those_of_another_seed_refused(run, tmp_path):
    folder = str(tmp_path / "draws")
    assert run(*COMMAND, "--output", folder)[0] == 0
    assert len(bg.Sweep.load(folder)) == 20
    status, out, err = run(*COMMAND, "--output", folder, "--seed", "1")
    assert (status, out) == (2, "")
    assert "results of another sweep; seed: expected 1, got 0" in err


def test_numbers_may_be_given_as_the_disagreement(run):
    status, out, _ = run(*COMMAND, "--draws", "4", "--disagreement", "-500,-500", "--json")
    assert status == 0
    assert json.loads(out)["sweep"]["about"]["disagreement"] == [-500.0, -500.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--question", "peace"], "unknown question 'peace'"),
        (["--design", "sobel"], "design: expected one of"),
        (["--draws", "0"], "draws: expected a whole number"),
        (["--disagreement", "1,2,3"], "disagreement: expected 2 finite numbers"),
        (["--workers", "0"], "workers: expected a whole number"),
    ],
)
def test_bad_options_exit_with_two_and_a_line(run, options, message):
    status, out, err = run(*COMMAND, *options)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_where_every_draw_fails_the_status_is_one_and_the_reasons_are_there(run, tmp_path):
    path = tmp_path / "mine.toml"
    assert run("new", str(path))[0] == 0
    text = path.read_text()
    path.write_text(text[: text.index("[observed")] if "[observed" in text else text)
    status, out, _ = run("sweep", str(path), "--draws", "6", "--question", "truce")
    assert status == 1
    assert "Draws without an answer" in out
    assert "it takes a scenario that says what was observed" in " ".join(out.split())
    assert "1 more: with --json" in out


def test_on_a_terminal_a_bar_counts_draws_and_says_the_time_left(monkeypatch, capsys):
    monkeypatch.setattr(
        sweep_report, "Console", lambda **options: Console(**options, force_terminal=True, width=99)
    )
    with sweep_report.counting("Solving") as progress:
        progress(5, 20)
        progress(20, 20)
    err = capsys.readouterr().err
    assert "Solving" in err
    assert "20/20" in err
    assert "0:00:00" in err
