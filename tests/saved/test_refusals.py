"""Files in which every part is of the right type, but parts do not fit together."""

from __future__ import annotations

import json

import pytest

import bargaining as bg
from bargaining.saved.files import read_saved, text_of
from bargaining.saved.verdicts import verdicts
from tests.saved.test_saved import RESULTS, resealed

GAME = ("negotiations", 0)
CASES = [
    # kind, place, new value (or a function of the old one), complaint
    ("regimes", ("elsewhere", 0), 99, "expected the number of an outcome, got 99"),
    ("regimes", ("outcomes", 0, "agreed"), False, "outcome, lottery: expected one where"),
    ("regimes", ("outcomes", 0, "agreements"), [], "'linked': expected one agreement"),
    ("regimes", ("outcomes", 1, "agreements"), [], "expected an agreement for each table"),
    ("regimes", ("outcomes", 0, "lotteries"), True, "answers another question"),
    ("regimes", ("outcomes", 1, "agreements", 0, "others"), None, "table 0 answers another"),
    ("tabling", ("regimes",), lambda x: x[:1], "expected one for each pair of sets"),
    ("tabling", ("regimes", 0, 0, "agreed"), lambda x: not x, "expected one where there is a deal"),
    ("tabling", ("groups", 0), {}, "expected the security levers of each side"),
    ("tabling", ("costs", 0), [0.0], "tabling, costs: expected 4 numbers, got 1"),
    ("tabling", ("equilibria", 0, "masks", 0, 0, 0), 64, "expected sets that can be tabled"),
    ("tabling", ("equilibria", 0, "tabled", 0), ["nothing"], "expected what the masks say"),
    ("tabling", ("mixed", "strategies", 0), [], "expected at least one strategy a side"),
    ("tabling", ("mixed", "strategies", 0, 0, 1), ["none"], "unknown groups"),
    ("deal", ("agreement", "players"), ["A", "B"], "agreement, players: expected"),
    ("deal", ("agreement", "certificate", "weights"), [], "expected at least one row"),
    ("deal", ("agreement", "solution", "parameters", "weights"), True, "'nash', weights: got True"),
    ("deal", ("agreement", "lottery", 0, 1), [1.0, 2.0], "lottery: expected packages"),
    ("deal", ("agreement", "reference", 0, 1), {}, "expected a level for every lever"),
    ("deal", ("agreement", "equilibrium", "game"), None, "equilibrium, game: is missing"),
    ("deal", ("agreement", "equilibrium", "strategies"), [], "expected 2, got 0"),
    ("deal", ("agreement", "equilibrium", "strategies", 0), [1.0], "expected packages with prob"),
    ("points", ("agreement", "reference"), [[1.0, {"x": 1.0}]], "expected none without packages"),
    ("points", ("agreement", "lottery", 0, 1), {"x": 1.0}, "lottery: expected points"),
    ("mixed equilibrium", ("equilibrium", "exact", 0), ["1"], "a probability for each strategy"),
    ("mixed equilibrium", ("equilibrium", "strategies", 0), [[1.0, {}]], "expected probabilities"),
    ("mixed equilibrium", ("equilibrium", "game", "payoffs", 0), ["1"], "one for each player and"),
    ("mixed equilibrium", ("equilibrium", "game", "payoffs", 0, 0), "1/0", "expected a fraction"),
    ("threats", ("agreement", "equilibrium", "normal"), [0.0, 0.0], "numbers >= 0, not all 0"),
    ("threats", ("agreement", "equilibrium", "strategies"), [], "expected two players and strat"),
    ("intervals", (*GAME, "levers", 0, "kind"), "Gun", "kind: expected one of"),
    ("intervals", (*GAME, "levers", 0, "interval"), None, "expected either levels or an interval"),
    ("intervals", (*GAME, "terms", 0, "levers"), ["z"], "unknown lever 'z'"),
    ("intervals", (*GAME, "terms", 0, "players", "A"), [1.0], "expected 3 numbers a player, got 1"),
    ("intervals", (*GAME, "terms", 1, "references"), [], "expected one lever and one reference"),
    ("intervals", (*GAME, "players", 0, "discount_factor"), 2.0, "expected a number in"),
]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {kind: text_of(RESULTS[kind]()) for kind in {case[0] for case in CASES}}


@pytest.mark.parametrize(("kind", "place", "value", "complaint"), CASES)
def test_parts_that_do_not_fit_together_are_refused_by_name(
    kind, place, value, complaint, texts, tmp_path
) -> None:
    data = json.loads(texts[kind])
    part = data["content"]
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value(part[place[-1]]) if callable(value) else value
    path = tmp_path / "result.json"
    path.write_text(json.dumps(data))
    with pytest.raises(bg.InputError, match=complaint):
        bg.load_result(path)


def test_numbers_beyond_floating_point_are_refused_or_fail(tmp_path) -> None:
    data = json.loads(text_of(RESULTS["points"]()))
    data["content"]["problem"]["points"] = [[1e308, 0.0], [0.0, 1e308], [1e308, 1e308]]
    path = tmp_path / "result.json"
    path.write_text(resealed(data))
    found = verdicts(read_saved(path))
    assert found[0].holds
    assert not all(verdict.holds for verdict in found)


def test_rational_strategies_that_are_no_probabilities_fail(tmp_path) -> None:
    data = json.loads(text_of(RESULTS["mixed equilibrium"]()))
    data["content"]["equilibrium"]["exact"][0] = ["2", "-1"]
    path = tmp_path / "result.json"
    path.write_text(resealed(data))
    assert [verdict.holds for verdict in verdicts(read_saved(path))] == [True, True, False]


def test_a_result_that_is_too_large_is_not_written(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("bargaining.saved.files.LARGEST_RESULT", 100)
    with pytest.raises(bg.InputError, match="expected a result of at most 100 bytes"):
        bg.save_result(RESULTS["points"](), tmp_path / "result.json")
    assert not (tmp_path / "result.json").exists()


def test_a_rule_and_a_lever_of_ones_own_cannot_be_written() -> None:
    class Rule(bg.NashSolution):
        pass

    class Gun(bg.Lever):
        __slots__ = ()

    problem = bg.BargainingProblem([[4, 0], [0, 4]], [0, 0])
    with pytest.raises(bg.InputError, match="the rule Rule is not of this library"):
        text_of(bg.solve(problem, Rule()))
    game = bg.Negotiation([bg.Player("A")], [Gun("x", "A", [0, 1], 0)], [])
    with pytest.raises(bg.InputError, match="a Gun is not of this library"):
        text_of(bg.solve(game))
