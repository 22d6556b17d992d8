"""Saved results: they come back as they were, are verified from the file, and cannot lie."""

from __future__ import annotations

import json
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import bargaining as bg
from bargaining.saved.files import SavedFile, read_saved, text_of
from bargaining.saved.verdicts import verdicts
from bargaining.testing import bimatrix_games, negotiations
from tests.linkage.test_unsettled import APART, LINKED, compared


def scenario(name: str) -> bg.Scenario:
    return bg.load_scenario(name)


RESULTS = {
    "deal": lambda: bg.solve(scenario("nash-barter-1950")),
    "no deal": lambda: bg.solve(scenario("two-issues"), tradable=["tariff"]),
    "single package": lambda: bg.solve(scenario("us-china-2025"), lotteries=False),
    "some levers": lambda: bg.solve(
        scenario("us-china-2025"), tradable=scenario("us-china-2025").economic
    ),
    "side payments": lambda: bg.solve(scenario("tariff-dilemma"), transferable=True),
    "threats": lambda: bg.solve(scenario("tariff-dilemma"), disagreement="optimal-threats"),
    "rule with parameters": lambda: bg.solve(
        scenario("two-issues"), bg.EgalitarianSolution(weights=[1, 2], leximin=False)
    ),
    "points": lambda: bg.solve(bg.BargainingProblem([[4, 0], [0, 4], [3, 2]], [0, 0])),
    "vertices": lambda: bg.solve(bg.BargainingProblem(bg.Polytope([[1, 0], [0, 1]]), [0, 0])),
    "inequalities": lambda: bg.solve(
        bg.BargainingProblem(bg.Polytope(A=[[1, 1], [-1, 0], [0, -1]], b=[1, 0, 0]), [0, 0]),
        "kalai-smorodinsky",
    ),
    "lever equilibrium": lambda: bg.nash_equilibrium(scenario("us-china-2025")),
    "mixed equilibrium": lambda: bg.nash_equilibria(bg.load_game("chicken"), exact=True)[2],
    "regimes": lambda: bg.compare_regimes(scenario("us-china-2025")),
    "regimes of three": lambda: bg.compare_regimes(scenario("ally")),
    "unsettled": lambda: compared(LINKED, APART),
    "spanning tables": lambda: bg.compare_regimes(
        scenario("two-issues"), "egalitarian", disagreement="status-quo", lotteries=True
    ),
    "own breakdown": lambda: bg.compare_regimes(scenario("two-issues"), own_breakdown=True),
    "tabling": lambda: bg.tabling_game(scenario("us-china-2025")),
    "intervals": lambda: bg.solve(interval_game(), disagreement="status-quo"),
}


def interval_game() -> bg.Negotiation:
    levers = [
        bg.Lever("x", "A", bg.Interval(0, 1), 0.5),
        bg.Lever("y", "B", bg.Interval(0, 1), 0.5, source="made up"),
    ]
    terms = [
        bg.QuadraticPayoff("x", {"A": -2.0, "B": -1.0}, {"A": [1.0], "B": [2.0]}),
        bg.LinearPayoff("y", {"A": 1.0, "B": -0.5}, 0.5, name="gift"),
    ]
    return bg.Negotiation([bg.Player("A", 0.9), bg.Player("B")], levers, terms, unit="points")


def written(tmp_path, result):
    path = tmp_path / "result.json"
    bg.save_result(result, path)
    return path


def resealed(data: dict) -> str:
    """Write a file that was tampered with, its digest made to fit again."""
    draft = SavedFile.model_validate_json(json.dumps(data))
    data["digest"] = f"sha256:{sha256(draft.content.model_dump_json().encode()).hexdigest()}"
    return json.dumps(data)


@pytest.mark.parametrize("kind", RESULTS)
def test_a_result_comes_back_as_it_was_and_holds(kind, tmp_path) -> None:
    result = RESULTS[kind]()
    saved = read_saved(written(tmp_path, result))
    assert saved.unchanged
    assert saved.result.to_dict() == result.to_dict()
    assert str(saved.result) == str(result)
    assert text_of(saved.result) == text_of(result)
    assert all(verdict.holds for verdict in verdicts(saved))
    assert bg.verify(bg.load_result(tmp_path / "result.json"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(game=negotiations(min_players=2, max_players=2))
def test_any_negotiation_comes_back_with_its_payoffs(game, tmp_path) -> None:
    result = bg.solve(game, disagreement="status-quo")
    path = written(tmp_path, result)
    again = bg.load_result(path)
    packages = [package for _, package in result.lottery] + [game.status_quo]
    assert np.array_equal(again.negotiation.payoffs(packages), game.payoffs(packages))
    assert again.to_dict() == result.to_dict()
    assert all(verdict.holds for verdict in verdicts(read_saved(path)))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(game=bimatrix_games())
def test_equilibria_of_games_come_back_exactly(game, tmp_path) -> None:
    for equilibrium in bg.nash_equilibria(game, exact=True):
        again = bg.load_result(written(tmp_path, equilibrium))
        assert again.exact == equilibrium.exact
        assert bg.verify(again, exact=True)


def test_a_function_of_finite_levels_is_written_as_its_values(tmp_path) -> None:
    lever = bg.Lever("x", "A", [0, 1, 2], 0)
    other = bg.Lever("y", "B", [0, 1], 0)
    terms = [
        bg.FunctionPayoff(("x", "y"), {"A": lambda x, y: np.sqrt(x) - y, "B": lambda x, y: 2 * y})
    ]
    game = bg.Negotiation([bg.Player("A"), bg.Player("B")], [lever, other], terms)
    again = bg.load_result(written(tmp_path, bg.solve(game)))
    assert again.negotiation.payoffs({"x": 2, "y": 1}).tolist() == [np.sqrt(2) - 1, 2]


def test_a_function_over_an_interval_cannot_be_written() -> None:
    lever = bg.Lever("x", "A", bg.Interval(0, 1), 0)
    terms = [bg.FunctionPayoff("x", {"A": lambda x: -(x**2)}, concave=["A"], name="bend")]
    game = bg.Negotiation([bg.Player("A")], [lever], terms)
    with pytest.raises(bg.InputError, match="'bend': a FunctionPayoff over an interval cannot"):
        text_of(bg.solve(game, disagreement="status-quo"))


def test_what_is_given_by_a_function_cannot_be_written() -> None:
    problem = bg.BargainingProblem(bg.FrontierSet(lambda u: 1 - u, (0, 1)), [0, 0])
    with pytest.raises(bg.InputError, match="a FrontierSet is given by a function"):
        text_of(bg.solve(problem))
    with pytest.raises(bg.InputError, match=r"expected one of Agreement, .*, got Table"):
        text_of(bg.Table("", (), ()))


def test_an_agreement_over_an_induced_negotiation_is_saved_with_its_comparison() -> None:
    comparison = bg.compare_regimes(scenario("us-china-2025"))
    with pytest.raises(bg.InputError, match="save the comparison"):
        text_of(comparison.outcomes[-1].agreements[0])


TAMPERED = {
    "payoffs": ("deal", ("agreement", "payoffs", 0), lambda x: x + 0.01),
    "share": ("some levers", ("agreement", "lottery", 0, 0), lambda x: x * 0.9),
    "no deal": ("no deal", ("agreement", "payoffs", 0), lambda x: x + 0.01),
    "stated": ("deal", ("agreement", "certificate", "value"), lambda x: 0.5),
    "weights": ("deal", ("agreement", "certificate", "weights", 0, 0), lambda x: x * 2),
    "breakdown": ("deal", ("agreement", "disagreement", 0), lambda x: x - 0.01),
    "rule": ("deal", ("agreement", "solution", "name"), lambda x: "kalai-smorodinsky"),
    "points": ("points", ("problem", "points", 2, 0), lambda x: x + 1),
    "behind": ("deal", ("agreement", "equilibrium", "payoffs", 0), lambda x: x + 0.01),
    "threat": ("threats", ("agreement", "equilibrium", "settlement", 0), lambda x: x + 0.01),
    "transfers": ("side payments", ("agreement", "transfers", 0), lambda x: x + 0.01),
    "strategy": ("mixed equilibrium", ("equilibrium", "exact", 0, 0), lambda x: "1/7"),
    "game": ("lever equilibrium", ("equilibrium", "payoffs", 0), lambda x: x + 0.01),
    "outcome": ("regimes", ("outcomes", 1, "payoffs", 0), lambda x: x + 0.01),
    "tradable": ("regimes", ("outcomes", 0, "regime", "tradable"), lambda x: x[:1]),
    "other table": (
        "regimes",
        ("outcomes", 1, "agreements", 0, "others", 0),
        lambda x: x + 1.0,
    ),
    "stage payoffs": ("tabling", ("equilibria", 0, "payoffs", 0), lambda x: x + 0.01),
    "mixed share": ("tabling", ("mixed", "strategies", 0, 0, 0), lambda x: x * 0.9),
    "mixed payoffs": ("tabling", ("mixed", "payoffs", 0), lambda x: x + 0.01),
    "stage": ("tabling", ("regimes", 1, 1, "payoffs", 0), lambda x: x + 0.01),
    "equilibria": ("tabling", ("equilibria", 0, "masks", 0, 0, 0), lambda x: 3 - x),
    "mixed": ("tabling", ("mixed", "payoffs", 0), lambda x: x - 0.01),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_false_number_is_found_out_even_if_the_digest_is_made_to_fit(what, tmp_path) -> None:
    kind, place, change = TAMPERED[what]
    path = written(tmp_path, RESULTS[kind]())
    data = json.loads(path.read_text())
    part = data["content"]
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = change(part[place[-1]])
    if what == "rule":
        data["content"]["agreement"]["solution"]["parameters"] = {}
    path.write_text(resealed(data))
    try:
        saved = read_saved(path)
    except bg.InputError:
        return  # it no longer fits together
    assert saved.unchanged
    assert not all(verdict.holds for verdict in verdicts(saved))


def test_a_change_that_no_certificate_sees_is_seen_by_the_digest(tmp_path) -> None:
    path = written(tmp_path, RESULTS["deal"]())
    text = path.read_text()
    path.write_text(text.replace('"disagreement_from": "a Nash', '"disagreement_from": "the Nash'))
    first, *others = verdicts(read_saved(path))
    assert not first.holds
    assert all(verdict.holds for verdict in others)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: d.update(more=1), "more: extra inputs are not permitted"),
        (lambda d: d.update(schema_version=2), "schema_version: input should be 1"),
        (lambda d: d.update(schema="other"), "schema: input should be 'bargaining-result'"),
        (lambda d: d["content"].update(kind="pickle"), "content: input tag 'pickle'"),
        (lambda d: d["content"]["agreement"].update(payoffs=[1.0]), "payoffs: expected 2 numbers"),
        (lambda d: d["content"]["agreement"].update(agreed="yes"), "agreed: input should be"),
        (lambda d: d["content"]["agreement"].update(agreed=False), "lottery: expected one where"),
        (lambda d: d["content"].update(negotiations=[]), "expected a number below 0"),
        (lambda d: d["content"]["problem"].update(points=[[1.0, 2.0]]), "expected packages, point"),
        (
            lambda d: d["content"]["agreement"]["solution"].update(name="coin"),
            "unknown solution 'coin'",
        ),
        (
            lambda d: d["content"]["agreement"]["solution"].update(parameters={"eval": True}),
            r"expected the parameters \['weights'\]",
        ),
        (
            lambda d: d["content"]["negotiations"][0]["document"].update(levers={}),
            "levers",
        ),
    ],
)
def test_a_file_that_does_not_fit_the_schema_is_refused_by_place(
    change, complaint, tmp_path
) -> None:
    path = written(tmp_path, RESULTS["deal"]())
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    with pytest.raises(bg.InputError, match=rf"result\.json: .*{complaint}"):
        bg.load_result(path)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "EOF"),
        (b"\xff", "expected UTF-8 text"),
        (b"[" * 100_000, "recursion limit"),
        (b'{"digest": NaN}', "library: field required"),
        (b" " * (2**25 + 1), "expected at most 33,554,432 bytes"),
    ],
)
def test_what_is_no_result_is_refused(data, complaint, tmp_path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(data)
    with pytest.raises(bg.InputError, match=complaint):
        bg.load_result(path)


def test_a_file_that_is_not_there_is_refused(tmp_path) -> None:
    with pytest.raises(bg.InputError, match="cannot be read"):
        bg.load_result(tmp_path / "none.json")
    with pytest.raises(bg.InputError, match="cannot be read"):
        bg.load_result("a\0b.json")


def test_too_many_levers_are_refused(tmp_path) -> None:
    path = written(tmp_path, bg.solve(interval_game(), disagreement="status-quo"))
    data = json.loads(path.read_text())
    game = data["content"]["negotiations"][0]
    game["levers"] = [{**game["levers"][0], "name": f"x{k}"} for k in range(2001)]
    path.write_text(json.dumps(data))
    with pytest.raises(bg.InputError, match="levers: expected at most 2,000, got 2,001"):
        bg.load_result(path)


def test_only_numbers_and_names_are_in_a_file(tmp_path) -> None:
    text = written(tmp_path, RESULTS["regimes"]()).read_text()
    assert "NaN" not in text
    assert "Infinity" not in text
    assert json.loads(text)["library"] == bg.__version__


def test_a_check_that_cannot_be_made_fails_with_its_reason(tmp_path) -> None:
    path = written(tmp_path, RESULTS["lever equilibrium"]())
    data = json.loads(path.read_text())
    strategy = data["content"]["equilibrium"]["strategies"][0][0][1]
    strategy.pop(next(iter(strategy)))
    path.write_text(resealed(data))
    found = verdicts(read_saved(path))[1]
    assert not found.holds
    assert "expected a level for each" in found.reason
