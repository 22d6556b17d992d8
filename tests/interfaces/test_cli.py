"""Every command: what it prints, JSON that parses, exit statuses, and errors of a line or two."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import bargaining as bg
from bargaining.interfaces.cli import main
from bargaining.interfaces.words import same

TRUCE = "us-china-2025"
NO_DEAL = ["solve", "two-issues", "--disagreement", "noncooperative"]  # nobody can do better


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command line as if its output went into a file; return status, output, errors."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def command(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return command


def mixed_scenario(folder: Path) -> Path:
    """Write a scenario whose lever game has no pure equilibrium (matching pennies)."""
    text = """
    [scenario]
    name = "pennies"
    title = "Matching [pennies]"
    description = ""
    unit = ""
    [sources.mine]
    text = "Made up"
    confidence = "example"
    [players.a]
    name = "A"
    [players.b]
    name = "B"
    [levers.first]
    kind = "lever"
    name = "coin of A"
    owner = "a"
    levels = [0, 1]
    status_quo = 0
    source = "mine"
    [levers.second]
    kind = "lever"
    name = "coin of B"
    owner = "b"
    levels = [0, 1]
    status_quo = 0
    source = "mine"
    [[payoffs]]
    name = "match"
    kind = "table"
    levers = ["first", "second"]
    source = "mine"
    [payoffs.tables]
    a = [[1.0, -1.0], [-1.0, 1.0]]
    b = [[-1.0, 1.0], [1.0, -1.0]]
    """
    path = folder / "pennies.toml"
    path.write_text(text)
    return path


# ------------------------------------------------------------------------------------------ solve


def test_solve_says_breakdown_deal_ledger_regimes_and_what_was_observed(run: Any) -> None:
    status, out, err = run("solve", TRUCE)
    assert (status, err) == (0, "")
    scenario = bg.load_scenario(TRUCE)
    agreement = bg.solve(scenario, lotteries=False)
    assert scenario.title in out
    assert "(1 found)" in out
    for part in ("Without agreement", "conceded", "Certificate", "With lotteries", "bargaining"):
        assert part in out
    for regime in ("linked", "separate tables", "China security off the table"):
        assert regime in out
    assert scenario.against_observed(agreement.package).note in out
    assert out.count(" hit") + out.count(" miss") == len(scenario.levers)


def test_the_numbers_printed_are_those_of_the_library(run: Any) -> None:
    _, out, _ = run("solve", "nash-barter-1950")
    rows = [line.split() for line in out.splitlines()]
    assert ["Bill", "0", "12", "+12", "18"] in rows
    assert ["Jack", "0", "5", "+5", "8"] in rows
    assert ["gain", "+12", "+5"] in rows


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", TRUCE],
        ["solve", TRUCE, "--solution", "raiffa", "--lotteries"],
        ["solve", "ally"],
        ["regimes", TRUCE],
        ["regimes", "ally", "--off-table", "standstill"],
        ["equilibrium", TRUCE],
        ["provenance", TRUCE],
        ["list"],
    ],
)
def test_lines_fit_100_columns_and_have_no_colours(run: Any, arguments: list[str]) -> None:
    status, out, _ = run(*arguments)
    assert status == 0
    assert max(map(len, out.splitlines())) <= 100
    assert "\x1b" not in out
    assert "…" not in out  # nothing is cut off


@pytest.mark.parametrize("columns", ["60", "200"])
def test_narrow_and_wide_output_keeps_every_column(
    run: Any, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    _, out, _ = run("solve", TRUCE)
    for number in ("+11.85", "+20.00"):
        assert out.count(number) >= 3


def test_no_deal_is_told_with_its_proof_and_status_1(run: Any) -> None:
    status, out, err = run(*NO_DEAL)
    assert (status, err) == (1, "")
    assert "no gainful deal" in out
    assert "makes the weighted sum" in " ".join(out.split())


def test_solve_options_reach_the_solver(run: Any) -> None:
    game = bg.load_scenario(TRUCE)
    frozen = bg.solve(game, "egalitarian", tradable=game.economic, lotteries=False)
    _, out, _ = run("solve", TRUCE, "--solution", "egalitarian", "--tradable", "economic", "--json")
    assert json.loads(out)["agreement"]["payoffs"] == frozen.payoffs.tolist()
    _, out, _ = run("solve", TRUCE, "--disagreement", "-20,-40", "--json")
    assert json.loads(out)["agreement"]["disagreement"] == [-20.0, -40.0]
    _, out, _ = run("solve", TRUCE, "--transferable", "--json")
    assert sum(json.loads(out)["agreement"]["transfers"]) == pytest.approx(0.0)
    _, out, _ = run("solve", TRUCE, "--lotteries", "--json")
    assert json.loads(out)["agreement"]["lotteries"] is True


def test_tradable_takes_groups_names_and_keys(run: Any) -> None:
    _, out, _ = run("solve", TRUCE, "--tradable", "security, soybean purchases", "--json")
    game = bg.load_scenario(TRUCE)
    expected = {lever.name for lever in game.security} | {"soybean purchases"}
    assert set(json.loads(out)["tradable"]) == expected


@pytest.mark.parametrize("disagreement", ["status-quo", "max-min", "0,0"])
def test_regimes_leave_separate_tables_out_where_breakdown_does_not_define_them(
    run: Any, disagreement: str
) -> None:
    status, out, _ = run("regimes", TRUCE, "--disagreement", disagreement, "--json")
    names = {outcome["regime"] for outcome in json.loads(out)["regimes"]["outcomes"]}
    assert status == 0
    assert ("separate tables" in names) == (disagreement == "status-quo")


def test_tables_that_never_settle_are_said_to_and_the_other_regimes_are_printed(
    run: Any, tmp_path: Path
) -> None:
    path = mixed_scenario(tmp_path)
    payoffs = {
        "[[1.0, -1.0], [-1.0, 1.0]]": "[[3, 4, 1], [-3, -2, 4], [2, 4, 2]]",
        "[[-1.0, 1.0], [1.0, -1.0]]": "[[-2, -1, 2], [-2, 1, -3], [4, 2, 3]]",
    }
    second = 'name = "coin of B"'
    text = path.read_text().replace(second, f'{second}\n    domain = "security"')
    for old, new in {"[0, 1]": "[0, 1, 2]", **payoffs}.items():
        text = text.replace(old, new)
    path.write_text(text)
    for command in ("regimes", "solve"):
        status, out, _ = run(command, str(path), "--disagreement", "status-quo")
        assert status == 0
        assert "no fixed point" in out
        assert "there is none in single packages" in " ".join(out.split())
    status, out, _ = run("regimes", str(path), "--disagreement", "status-quo", "--json")
    assert json.loads(out)["regimes"]["unsettled"][0]["regime"] == "separate tables"


# --------------------------------------------------------------------------- the other commands


def test_equilibrium_prints_pure_and_mixed(run: Any, tmp_path: Path) -> None:
    status, out, _ = run("equilibrium", TRUCE, "--start", "highest")
    assert status == 0
    assert "best responses from highest" in " ".join(out.split())
    status, out, _ = run("equilibrium", str(mixed_scenario(tmp_path)))
    assert status == 0
    assert "Matching [pennies]" in out
    assert "0 (0.5) or 1 (0.5)" in out


def test_equilibrium_lists_all_and_says_whether_there_are_others(run: Any) -> None:
    status, out, _ = run("equilibrium", TRUCE, "--all")
    assert status == 0
    assert "complete: no other" in out
    assert "equilibrium 1" in out
    status, out, _ = run("equilibrium", TRUCE, "--all", "--json")
    assert json.loads(out)["equilibria"]["completeness"] == "all"


def test_equilibrium_reads_games_in_gambits_format(run: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "chicken.nfg")
    bg.NormalFormGame.from_arrays(
        [[0, 7], [2, 6]], [[0, 2], [7, 6]], labels=[["dare", "yield"]] * 2
    ).to_nfg(path)
    status, out, _ = run("equilibrium", path, "--all")
    assert status == 0
    assert "3 Nash equilibria" in out
    status, out, _ = run("equilibrium", path)
    assert status == 0
    assert "dare" in out
    status, _, err = run("equilibrium", path, "--start", "lowest")
    assert status == 2
    assert "--start" in err


def test_table_says_who_tables_what_and_at_which_cost_it_stops(run: Any) -> None:
    status, out, _ = run("table", TRUCE, "--cost", "2,0")
    assert status == 0
    assert "insist" in out
    assert "11.85" in out
    status, out, _ = run("table", TRUCE, "--json")
    assert json.loads(out)["tabling"]["kind"]
    status, _, err = run("table", TRUCE, "--cost", "much")
    assert status == 2
    assert "--cost" in err
    status, out, _ = run("table", TRUCE, "--precedent", "0.99", "--json")
    tabling = json.loads(out)["tabling"]
    assert status == 0
    assert "shadow price of the precedent" in tabling["costs_from"]
    assert max(tabling["costs"][1]) == pytest.approx(130.89, abs=0.01)
    status, _, err = run("table", TRUCE, "--precedent", "0.99", "--cost", "2,0")
    assert status == 2
    assert "expected one of the two" in err


def test_truce_says_whether_the_pause_holds_and_what_it_takes(run: Any) -> None:
    status, out, _ = run("truce", TRUCE, "--months", "12", "--renewal", "0.7")
    assert status == 0
    assert "holds" in out
    assert "Truce of Busan" in out
    status, out, _ = run("truce", TRUCE, "--agreement", "nash", "--patience", "0.9,0.8", "--json")
    assert json.loads(out)["truce"]["holds"] is True
    status, _, err = run("truce", TRUCE, "--agreement", "bussan")
    assert status == 2
    assert "did you mean 'busan'" in err


def test_threats_say_what_each_side_commits_to_and_what_that_brings(run: Any) -> None:
    status, out, _ = run("threats", TRUCE)
    assert status == 0
    assert "84 points" in out
    assert "settled" in out
    status, out, _ = run("threats", TRUCE, "--weights", "1,2", "--json")
    assert json.loads(out)["threats"]["weights"] == [1 / 3, 2 / 3]


def test_offers_say_who_offers_what(run: Any) -> None:
    status, out, _ = run(
        "offers", TRUCE, "--patience", "0.9,0.9", "--breakdown", "0.05", "--proposers", "china,us"
    )
    assert status == 0
    assert "When China proposes first" in " ".join(out.split())
    status, out, _ = run("offers", TRUCE, "--patience", "0.9,0.8", "--rounds", "1", "--json")
    document = json.loads(out)["offers"]
    assert document["agreement_round"] == 1
    assert document["unique"]


def test_solve_with_a_mixed_breakdown(run: Any, tmp_path: Path) -> None:
    status, out, _ = run("solve", str(mixed_scenario(tmp_path)))
    assert status == 1  # zero-sum: whoever gains, the other loses
    assert "coin of A: 0 (0.5) or 1 (0.5)" in out


def test_list_names_the_shipped_scenarios(run: Any) -> None:
    _, out, _ = run("list")
    for name, title in bg.list_scenarios():
        assert name in out
        assert title in out


def test_provenance_has_every_number_and_source(run: Any) -> None:
    _, out, _ = run("provenance", TRUCE)
    words = "".join(out.split())
    for quantity in bg.load_scenario(TRUCE).quantities.values():
        assert quantity.confidence in out
        assert "".join(quantity.reference.split()) in words


def test_new_writes_a_file_that_solves_and_never_overwrites(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    assert run("new", str(path))[0] == 0
    written = path.read_text()
    status, out, err = run("new", str(path))
    assert (status, out) == (2, "")
    assert "exists already" in err
    assert path.read_text() == written
    assert run("solve", str(path))[0] == 0


def test_plot_writes_the_file(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    status, out, _ = run("plot", "two-issues", "--output", str(path))
    assert status == 0
    assert str(path) in out
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("what", ["payoff-set", "ledger", "linkage", "tabling", "offers", "truce"])
def test_plot_draws_what_is_asked_for(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run("plot", "two-issues", "--what", what)
    assert (status, out, err) == (0, f"Written: two-issues-{what}.png\n", "")
    assert (tmp_path / f"two-issues-{what}.png").stat().st_size > 1000


def test_best_responses_need_two_levers_that_are_intervals(run: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "war.png")
    status, _, err = run("plot", "two-issues", "--what", "responses", "--output", path)
    assert status == 2
    assert "two free levers that are intervals" in err
    text = (
        mixed_scenario(tmp_path).read_text().replace("levels = [0, 1]", "levels = {low=0,high=1}")
    )
    text = text.replace('kind = "table"', 'kind = "interaction"').replace(
        """[payoffs.tables]
    a = [[1.0, -1.0], [-1.0, 1.0]]
    b = [[-1.0, 1.0], [1.0, -1.0]]""",
        "coefficients = { a = 1.0, b = -2.0 }\n    references = [0.4, 0.5]",
    )  # fmt: skip
    (tmp_path / "war.toml").write_text(text)
    assert run("plot", str(tmp_path / "war.toml"), "--what", "responses", "--output", path)[0] == 0


def test_plot_without_a_deal_says_the_proof_in_place_of_a_ledger(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "ledger.png"
    arguments = ("--what", "ledger", "--disagreement", "1,3", "--output", str(path))
    status, out, err = run("plot", "two-issues", *arguments)
    assert (status, out) == (1, "")
    assert "There is no agreement" in err
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (["solve", TRUCE], "agreement"),
        (["solve", "nash-barter-1950"], "ledger"),
        (["regimes", "ally"], "regimes"),
        (["equilibrium", "tariff-dilemma"], "equilibrium"),
        (["provenance", "two-issues"], "provenance"),
        (NO_DEAL, "agreement"),
    ],
)
def test_json_is_one_document(run: Any, arguments: list[str], key: str) -> None:
    status, out, err = run(*arguments, "--json")
    document = json.loads(out)
    assert document["scenario"] == arguments[1]
    assert document[key]
    assert err == ""
    assert status == (1 if arguments == NO_DEAL else 0)


def test_json_of_commands_about_files(run: Any, tmp_path: Path) -> None:
    assert json.loads(run("list", "--json")[1])[0]["name"] == TRUCE
    made = str(tmp_path / "a.toml")
    assert json.loads(run("new", made, "--json")[1]) == {"path": made}
    drawn = str(tmp_path / "a.png")
    assert (
        json.loads(run("plot", "tariff-dilemma", "--output", drawn, "--json")[1])["path"] == drawn
    )


def test_names_and_commands_are_completed_in_the_shell() -> None:
    def completed(words: str) -> str:
        given = {"_BARGAINING_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": "2"}
        done = subprocess.run(
            [sys.executable, "-c", "from bargaining.interfaces.cli import main; main()"],
            env={**os.environ, **given}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    assert completed("bargaining solve us-").split() == ["us-china-2025", "us-china-2025-economy"]
    assert "--solution" in completed("bargaining solve --sol")


def test_version_and_help(run: Any) -> None:
    assert run("--version")[:2] == (0, f"bargaining {bg.__version__}\n")
    assert run()[0] == 0
    assert run("solve", "--help")[0] == 0


# ----------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["solve", "us-china-2026"], "did you mean 'us-china-2025'"),
        (["solve", "no-such-file.toml"], "cannot be read"),
        (["solve", TRUCE, "--solution", "nahs"], "did you mean 'nash'"),
        (["solve", TRUCE, "--solution", "raiffa"], "add --lotteries"),
        (["solve", TRUCE, "--disagreement", "war"], "expected one of"),
        (["solve", TRUCE, "--disagreement", "noncoperative"], "did you mean 'noncooperative'"),
        (["solve", TRUCE, "--tradable", "economik"], "did you mean 'economic'"),
        (["offers", TRUCE, "--proposers", "alternatin"], "did you mean 'alternating'"),
        (["regimes", TRUCE, "--off-table", "standstil"], "did you mean 'standstill'"),
        (["equilibrium", TRUCE, "--start", "hihgest"], "did you mean 'highest'"),
        (["equilibrium", TRUCE, "--selection", "focl"], "did you mean 'focal'"),
        (["plot", TRUCE, "--what", "ledgr"], "did you mean 'ledger'"),
        (["solve", TRUCE, "--disagreement", "1,2,3"], "expected 2 finite numbers"),
        (["solve", TRUCE, "--disagreement", "nan,0"], "expected 2 finite numbers"),
        (["solve", TRUCE, "--tradable", "soybean"], "soybean purchases"),
        (["solve", TRUCE, "--tradable", ""], "names no lever"),
        (["solve", TRUCE, "--colour"], "--colour"),
        (["solve"], "Missing argument"),
        (["sovle", TRUCE], "sovle"),
        (["regimes", TRUCE, "--off-table", "gone"], "standstill"),
        (["equilibrium", TRUCE, "--start", "middle"], "middle"),
        (["equilibrium", TRUCE, "--random-starts", "-1"], "random_starts"),
        (["equilibrium", TRUCE, "--random-starts", "many"], "random-starts"),
        (["plot", "ally"], "expected two players"),
        (["plot", "two-issues", "--what", "truse"], "did you mean 'truce'"),
        (["plot", "two-issues", "--what", "x"], "'regimes', 'ledger', 'linkage', 'tabling'"),
        (["plot", "two-issues", "--what", "truce", "--solution", "nash"], "without a rule"),
        (["plot", "two-issues", "--what", "linkage", "--solution", "nahs"], "did you mean 'nash'"),
        (["plot", "nash-barter-1950", "--what", "linkage"], "no free security lever"),
        (["plot", "two-issues", "--output", "picture.xyz"], "xyz"),
        (["plot", "two-issues", "--output", "no-such-folder/picture.png"], "no-such-folder"),
        (["new", "no-such-folder/mine.toml"], "no-such-folder"),
    ],
)
def test_bad_input_is_told_in_a_line_with_status_2(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) <= 2
    assert not list(tmp_path.iterdir())


def test_a_bad_file_is_told_in_a_line(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("[scenario\n")
    status, _, err = run("solve", str(path))
    assert status == 2
    assert len(err.splitlines()) == 1
    assert "line 1" in err


@pytest.mark.parametrize("kind", [bg.IntractableError, bg.ConvergenceError])
def test_no_result_is_told_in_a_line_with_status_1(
    run: Any, monkeypatch: pytest.MonkeyPatch, kind: type[bg.BargainingError]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise kind("a table of 1e12 cells\nover two levers")

    monkeypatch.setattr("bargaining.linkage.regimes.comparison.compare_regimes", fail)
    assert run("solve", TRUCE) == (1, "", "bargaining: a table of 1e12 cells over two levers\n")


def test_without_matplotlib_plot_names_the_extra(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    status, out, err = run("plot", "two-issues")
    assert (status, out) == (2, "")
    assert "pip install 'bargaining[plot]'" in err
    assert len(err.splitlines()) == 1


# ---------------------------------------------------------------------------------- as a process


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    program = [sys.executable, "-W", "error", "-m", "bargaining.interfaces.cli", *arguments]
    return subprocess.run(
        program, capture_output=True, text=True, env=environment, check=False, timeout=60
    )


def test_the_process_exits_with_the_status_even_where_characters_are_missing() -> None:
    done = command("solve", "nash-barter-1950")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "gain" in done.stdout


def test_the_process_shows_no_traceback() -> None:
    done = command("solve", "nowhere")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------------------------------- in reports


def test_payoffs_that_differ_by_rounding_are_the_same() -> None:
    first = bg.solve(bg.load_scenario("nash-barter-1950"), disagreement="status-quo").payoffs
    assert same(first, first * (1 + 1e-13))
    assert not same(first, first + 1e-3)
