"""The classroom game: computers play what they say, students are told what they may know."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bargaining as bg
from bargaining.interfaces.cli import main
from bargaining.interfaces.play.computer import Concession, Equilibrium, computer, solved
from bargaining.interfaces.play.debrief import debrief
from bargaining.interfaces.play.rules import BreakOff, Outcome, Rules, made_rules, played
from bargaining.strategic.disagreement import as_disagreement

TRUCE, BARTER = "us-china-2025", "nash-barter-1950"


def rules_of(
    name: str, *, factors: tuple[float, ...] = (0.9,), rounds: int = 4, first: str = "",
    disagreement: str | None = None,
) -> Rules:  # fmt: skip
    """Return the rules of a game on a shipped scenario."""
    scenario = bg.load_scenario(name)
    model = as_disagreement(disagreement or scenario.disagreement)
    return made_rules(scenario, model, factors, rounds, first)


class Scripted:
    """A side that says what it was told to say."""

    says = "follows a script"

    def __init__(self, *moves: Any) -> None:
        self.moves = list(moves)

    def offer(self, number: int) -> Any:
        """Return the next move as an offer."""
        return self._next()

    def accepts(self, number: int, package: bg.Package) -> bool:
        """Return the next move as an answer."""
        return bool(self._next())

    def _next(self) -> Any:
        move = self.moves.pop(0)
        if move == "quit":
            raise BreakOff
        return move


@pytest.fixture
def play(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a game with some lines of input; return status, output, errors."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(lines: list[str], *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        status = main(["play", *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


# -------------------------------------------------------------------------------- the computers


@pytest.mark.parametrize("name", [TRUCE, BARTER, "us-china-2025-economy"])
@pytest.mark.parametrize("rounds", [1, 3, 4])
def test_two_equilibrium_players_get_the_equilibrium(name: str, rounds: int) -> None:
    rules = rules_of(name, factors=(0.9, 0.8), rounds=rounds)
    sides = {p: Equilibrium(rules, p) for p in rules.scenario.player_names}
    outcome = played(rules, sides)
    assert outcome.package is not None
    expected = solved(rules)
    assert outcome.number == expected.agreement_round == 1
    assert rules.worth(outcome.package, 1) == pytest.approx(expected.payoffs)


def test_the_equilibrium_accepts_exactly_what_waiting_is_worth() -> None:
    rules = rules_of(TRUCE, factors=(0.9, 0.8), rounds=4)
    one, _ = rules.scenario.player_names
    side = Equilibrium(rules, one)
    d = rules.disagreement[0]
    waiting = d + 0.9 * (solved(rules).values[2][0] - d)
    game = rules.scenario
    rng = np.random.default_rng(3)
    drawn = [game.package_at(rng.integers(0, game.sizes)) for _ in range(300)]
    answers = [side.accepts(2, package) for package in drawn]
    assert answers == [game.payoffs(package)[0] >= waiting - 1e-9 for package in drawn]
    last = [side.accepts(4, package) for package in drawn]
    assert last == [game.payoffs(package)[0] >= d - 1e-9 for package in drawn]


def test_conceding_players_ask_for_less_and_end_on_the_frontier() -> None:
    rules = rules_of(TRUCE, rounds=6)
    sides = {p: Concession(rules, p) for p in rules.scenario.player_names}
    for side in sides.values():
        asked = [side.asks(t) for t in range(1, 7)]
        assert np.all(np.diff(asked) < 0)
        assert asked[0] == pytest.approx(side.most)
        assert asked[-1] == pytest.approx(rules.disagreement[side.me])
        offered = side.offer(3)
        assert offered is not None
        assert rules.scenario.payoffs(offered)[side.me] >= asked[2] - 1e-9
    outcome = played(rules, sides)
    assert outcome.package is not None
    assert debrief(rules, outcome).left is None


def test_the_most_that_a_conceding_player_asks_for_is_its_ideal_payoff() -> None:
    rules = rules_of(BARTER)
    ideal = bg.solve(rules.scenario, disagreement=rules.disagreement, lotteries=False).ideal
    most = [Concession(rules, p).most for p in rules.scenario.player_names]
    assert most == pytest.approx(ideal)


@pytest.mark.parametrize("how", ["equilibrium", "concession"])
def test_where_nothing_can_be_gained_computers_part_without_a_deal_that_hurts(how: str) -> None:
    rules = rules_of("two-issues", disagreement="noncooperative")
    sides = {p: computer(how, rules, p) for p in rules.scenario.player_names}
    outcome = played(rules, sides)
    if outcome.package is not None:
        assert rules.scenario.payoffs(outcome.package) == pytest.approx(rules.disagreement)
    assert not debrief(rules, outcome).possible


# ------------------------------------------------------------------------------------ the rules


def test_offers_go_back_and_forth_until_one_is_accepted() -> None:
    rules = rules_of(BARTER, factors=(0.5, 0.8), rounds=3, first="Jack")
    package = rules.scenario.status_quo
    sides = {"Bill": Scripted(False, package, True), "Jack": Scripted(package, False, None)}
    outcome = played(rules, sides)
    assert [who for _, who, _ in outcome.offers] == ["Jack", "Bill", "Jack"]
    assert outcome.package is None
    assert outcome.number == 3
    worth = rules.worth(rules.scenario.package({**package, "pen": 1}), 3)
    gains = rules.scenario.payoffs({**package, "pen": 1}) - rules.disagreement
    assert worth - rules.disagreement == pytest.approx(gains * [0.25, 0.64])


def test_whoever_walks_away_is_named() -> None:
    rules = rules_of(BARTER)
    sides = {"Bill": Scripted(rules.scenario.status_quo), "Jack": Scripted("quit")}
    outcome = played(rules, sides)
    assert (outcome.package, outcome.left, outcome.number) == (None, "Jack", 1)


# -------------------------------------------------------------------------------- the comparison


def test_the_comparison_is_that_of_the_library() -> None:
    rules = rules_of(BARTER)
    game = rules.scenario
    package = game.package({**game.status_quo, "pen": 1, "book": 1})
    found = debrief(rules, Outcome(((1, "Bill", package),), package, 1))
    gains = game.payoffs(package) - rules.disagreement
    rows = {str(row[0]): row[1:] for row in found.table().rows}
    best = bg.solve(game, disagreement=rules.disagreement, lotteries=False)
    assert rows["your deal"][2:4] == pytest.approx(gains)
    assert rows["your deal"][4] == pytest.approx(100 * gains.prod() / best.gains.prod())
    assert rows["Nash solution"][4] == pytest.approx(100.0)
    better = bg.solve(game, disagreement=game.payoffs(package), lotteries=False)
    assert found.left == pytest.approx(better.gains)


def test_the_nash_deal_leaves_nothing_on_the_table() -> None:
    rules = rules_of(TRUCE)
    package = bg.solve(rules.scenario, lotteries=False).package
    found = debrief(rules, Outcome(((1, "United States", package),), package, 1))
    assert found.left is None
    assert found.table().rows[0][-1] == pytest.approx(100.0)


# ---------------------------------------------------------------------------------- at the table


def test_a_student_offers_lever_by_lever_and_is_compared_afterwards(play: Any) -> None:
    lines = ["6 2", "1", "2", "7=Bill gets it", "show", "worth", "send", "accept", "accept"]
    status, out, err = play(lines, BARTER, "--patience", "0.9", "--rounds", "3")
    assert (status, err) == (0, "")
    during, after = out.split("How it ended")
    assert "pen: Bill gets it. Worth to you:" in during
    assert "book: Jack gets it" in during
    assert "Nash's solution" not in during
    assert "frontier" not in during
    assert "Where agreement was possible" in after
    assert "Nash solution" in after
    assert "product of gains" in after
    assert max(map(len, out.splitlines())) <= 100


def test_nothing_is_said_of_what_the_other_side_has_before_the_end(play: Any) -> None:
    _, out, _ = play(["refuse", "worth", "quit"], TRUCE, "--as", "China")
    during, after = out.split("How it ended")
    theirs = bg.solve(bg.load_scenario(TRUCE), lotteries=False).disagreement[0]
    assert f"{theirs:.2f}" not in during
    assert f"{theirs:.2f}" in after


def test_two_students_play_each_other(play: Any) -> None:
    lines = ["send", "refuse", "1 2", "send", "accept"]
    status, out, _ = play(lines, "tariff-dilemma", "--two")
    assert status == 0
    assert "Round 1 (5 to come), Home: your offer" in out
    assert "Round 1 (5 to come), Foreign: Home offers" in out
    assert "Round 2 (4 to come), Home: Foreign offers" in out
    assert "A deal in round 2" in out


def test_the_end_of_input_breaks_the_talks_off(play: Any) -> None:
    status, out, _ = play([], BARTER)
    assert status == 0
    assert "There is no more input" in out
    assert "Bill walked away" in out
    assert "Left on the table" in out


def test_what_is_not_understood_is_said_and_asked_again(play: Any) -> None:
    lines = ["sned", "99", "1 9", "1=nobody", "help", "quit"]
    _, out, _ = play(lines, BARTER)
    assert "Not understood: 'sned'" in out
    assert "There is no lever 99; they go from 1 to 9." in out
    assert "Expected one of 1: Bill keeps it, 2: Jack gets it, got '9'" in out
    assert "got 'nobody'" in out


def test_levers_that_are_intervals_are_refused_before_anybody_plays(
    play: Any, tmp_path: Path
) -> None:
    text = (Path(bg.__file__).parent / "scenarios/template.toml").read_text()
    path = tmp_path / "interval.toml"
    path.write_text(text.replace("levels = [0, 10, 20]", "levels = { low = 0.0, high = 20.0 }"))
    status, out, err = play([], str(path), "--two")
    assert (status, out) == (2, "")
    assert '"Abroad\'s soybean purchases" is an interval' in err


def test_the_computer_can_begin_and_says_how_it_plays(play: Any) -> None:
    arguments = (BARTER, "--computer", "equilibrium", "--first", "Jack", "--patience", "1")
    status, out, _ = play(["accept"], *arguments)
    assert status == 0
    assert "subgame-perfect equilibrium" in out
    assert "Time costs nothing" in out
    assert "A deal in round 1" in out


def test_json_holds_the_game_and_prompts_go_elsewhere(play: Any) -> None:
    status, out, err = play(["send", "quit"], BARTER, "--rounds", "4", "--json")
    assert status == 0
    game = json.loads(out)["game"]
    assert game["offers"][0]["proposer"] == "Bill"
    assert not game["agreed"]
    assert "lever, show, worth, send or quit" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ally"], "expected two players, got 3"),
        ([BARTER, "--as", "Bil"], "did you mean 'Bill'"),
        ([BARTER, "--first", "Jill"], "known are 'Bill', 'Jack'"),
        ([BARTER, "--two", "--as", "Bill"], "there is no side to choose"),
        ([BARTER, "--computer", "equilibrum"], "did you mean 'equilibrium'"),
        ([BARTER, "--rounds", "0"], "--rounds: expected 1 to 100"),
        ([BARTER, "--patience", "0"], "--patience"),
        ([BARTER, "--patience", "0.9,0.9,0.9"], "--patience"),
        ([BARTER, "--patience", "much"], "--patience"),
    ],
)
def test_bad_options_are_told_in_a_line(play: Any, arguments: list[str], words: str) -> None:
    status, _, err = play([], *arguments)
    assert status == 2
    assert words in err
    assert len(err.splitlines()) == 1
