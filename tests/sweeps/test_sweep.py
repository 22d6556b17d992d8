"""Sweeps: the same as solving one by one; shares, hinges, failures and bad input."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import bargaining as bg
from tests.sweeps.models import barter, gains

TRUCE = "us-china-2025"


def same_tables(first, second):
    assert list(first) == list(second)
    for name in first:
        np.testing.assert_array_equal(first[name].mask, second[name].mask)
        np.testing.assert_array_equal(first[name].filled(), second[name].filled())


def solved_by_hand(found, k):
    """Return the scenario of one draw."""
    numbers = {path: float(found[path][k]) for path in found.parameters}
    return bg.load_scenario(TRUCE).with_quantities(numbers)


def test_agreements_are_those_of_solving_one_by_one():
    found = bg.sweep(TRUCE, draws=40, rng=3)
    for k in range(len(found)):
        game = solved_by_hand(found, k)
        deal = bg.solve(game, disagreement=game.disagreement, lotteries=False)
        assert found["deal"][k] == deal.agreed
        payoffs = [found[f"gain of {player}"][k] for player in game.player_names]
        np.testing.assert_allclose(payoffs, deal.gains, rtol=1e-9, atol=1e-9)
        for lever in game.levers:
            level = found[f"deal: {lever.name}"]
            if deal.agreed:
                assert level[k] == lever.label(deal.package[lever.name])
            else:
                assert level.mask[k]


def test_regimes_are_those_of_comparing_one_by_one():
    found = bg.sweep(TRUCE, question="regimes", draws=6, rng=4)
    for k in range(len(found)):
        game = solved_by_hand(found, k)
        regimes = tuple(game.regimes.values()) or None
        for one in bg.compare_regimes(game, regimes=regimes, beside=False).outcomes:
            name = one.regime.name
            assert found[f"{name}: deal"][k] == one.agreed
            ours = [found[f"{name}: gain of {player}"][k] for player in game.player_names]
            np.testing.assert_allclose(ours, one.gains, rtol=1e-9, atol=1e-9)


def test_verify_solves_draws_again_and_notices_a_wrong_one():
    found = bg.sweep(TRUCE, question=["agreement", "regimes"], draws=60, rng=5)
    certificate = bg.verify(found)
    assert certificate
    assert certificate.details["draws"] == 16
    found.columns["gain of China"][0] += 1e-6
    assert not bg.verify(found)
    found.columns["gain of China"][0] -= 1e-6
    assert bg.verify(found)
    found.columns["deal"][-1] = not found.columns["deal"][-1]
    assert bg.verify(found).value == 1.0


def test_a_sweep_of_one_draw_is_verified_and_one_from_disk_says_how(tmp_path):
    assert bg.verify(bg.sweep(TRUCE, question="truce", draws=1)).details["draws"] == 1
    options = {"draws": 4, "output": tmp_path / "kept"}
    bg.sweep(TRUCE, **options)
    with pytest.raises(bg.InputError, match=r"read from disk .* same arguments and output"):
        bg.verify(bg.Sweep.load(tmp_path / "kept"))
    assert bg.verify(bg.sweep(TRUCE, **options))


def test_an_answer_that_is_not_proved_is_none(monkeypatch):
    solve = bg.solve

    def unproved(*given, **options):
        found = solve(*given, **options)
        return replace(found, certificate=replace(found.certificate, value=1e-3))

    monkeypatch.setattr("bargaining.sweeps.questions.solve", unproved)
    found = bg.sweep(TRUCE, draws=2, solution="egalitarian")
    assert found.failed == 2
    assert "agreement: not proved" in str(found.failures())


def test_parameters_choose_what_is_drawn_and_from_where():
    path = "payoffs.soybeans.seller_surplus"
    found = bg.sweep(TRUCE, {path: (0.1, 0.2)}, draws=8)
    assert found.parameters == (path,)
    assert np.all((found[path] >= 0.1) & (found[path] <= 0.2))
    same_tables(bg.sweep(TRUCE, [path], draws=8), bg.sweep(TRUCE, {path: (0.05, 0.5)}, draws=8))


def test_a_function_makes_negotiations_and_another_asks_about_them():
    found = bg.sweep(barter, {"worth": (1.5, 3.0)}, gains, draws=5, design="grid")
    assert found.answers == ("sum of gains",)
    # the tariff is worth 1 to its owner and 2 to the other, the sale `worth` and 1
    np.testing.assert_allclose(found["sum of gains"], found["worth"], atol=1e-9)


def test_draws_that_fail_are_rows_with_the_reason():
    found = bg.sweep(barter, {"worth": (3.0, 4.0)}, "agreement", draws=5, design="grid")
    assert found.failed == 2
    assert (
        found["failure"].filled().tolist()
        == ["", "", ""] + ["InputError: worth: expected at most 3.5"] * 2
    )
    assert found["deal"].mask.tolist() == [False] * 3 + [True] * 2
    assert [row[0] for row in found.failures().rows] == [3, 4]
    assert dict.fromkeys(row[-1] for row in found.shares().rows) == {3: None}


def test_shares_have_the_intervals_of_wilson():
    found = bg.sweep(barter, {"worth": (0.5, 3.0)}, _large, draws=11, design="grid")
    share, low, high = next(row[2:5] for row in found.shares().rows)
    n, p, z = 11, 6 / 11, 1.959963984540054
    middle, half = (p + z**2 / 2 / n), z * np.sqrt(p * (1 - p) / n + z**2 / 4 / n**2)
    assert share == p
    np.testing.assert_allclose([low, high], (middle + np.array([-half, half])) / (1 + z**2 / n))


def _large(negotiation):
    return {"large": negotiation.payoffs({"tariff": 0.5, "sale": 1.0})[0] > 1.2}


def test_the_share_of_deals_only_with_controls_comes_from_the_regimes():
    found = bg.sweep(TRUCE, question="regimes", draws=20, rng=1)
    rows = {row[0]: row[2] for row in found.shares().rows}
    alone = found["linked: deal"] & ~found["all security off the table: deal"]
    assert rows["deal only with security controls"] == pytest.approx(alone.mean())


def _line(negotiation):
    return {"line": float(negotiation.payoffs({"tariff": 0.5, "sale": 1.0})[0])}


@pytest.mark.parametrize("method", ["rank", "variance"])
def test_a_result_hinges_on_the_only_number_that_moves_it(method):
    if method == "variance":
        pytest.importorskip("SALib", reason="variance-based sensitivity needs SALib")
    ranges = {"idle": (0.0, 1.0), "worth": (1.0, 3.0)}
    found = bg.sweep(barter, ranges, _line, draws=256)
    first, second = found.sensitivity("line", method=method).rows
    assert first[0] == "worth"
    assert first[1] == pytest.approx(1, abs=0.06)
    assert abs(second[1]) < 0.1


def test_without_salib_variance_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "SALib.analyze", None)
    found = bg.sweep(barter, {"worth": (1.0, 3.0)}, _line, draws=8)
    with pytest.raises(ImportError, match=r"bargaining\[sweep\]"):
        found.sensitivity("line", method="variance")


def test_results_read_as_words_tables_frames_and_plain_values():
    pandas = pytest.importorskip("pandas")
    found = bg.sweep(TRUCE, draws=32)
    assert "32 draws of us-china-2025" in found.explain()
    frame = found.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert len(frame) == 32
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["about"]["seed"] == 0
    assert len(found.observed().rows) == 13
    assert "<table>" in found._repr_html_()
    assert "deal: soybean purchases" in str(found)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((bg.load_scenario("two-issues").fix({"control": 0}),), {}, "expected a Scenario"),
        ((TRUCE, ["numbers.nothing"]), {}, "unknown parameter with a range"),
        ((TRUCE, {"numbers.nothing": (0, 1)}), {}, "unknown parameter"),
        (
            (TRUCE, {"payoffs.tariffs on covered Chinese goods.demand_elasticity": (1, 2)}),
            {},
            "it is the shared number 'numbers.demand-elasticity'",
        ),
        ((TRUCE, {"numbers.demand-elasticity": (2, 1)}), {}, "the lower one first"),
        ((TRUCE, {"numbers.demand-elasticity": (1, float("nan"))}), {}, "two finite numbers"),
        ((TRUCE, {}), {}, "at least one number"),
        (("two-issues",), {}, "at least one number"),
        ((barter,), {}, "a mapping from names to ranges"),
        ((TRUCE, None, "agrement"), {}, "did you mean 'agreement'"),
        ((TRUCE, None, []), {}, "question: expected at least one"),
        ((TRUCE, None, [3]), {}, "question: expected one of"),
        ((TRUCE,), {"solution": "nsah"}, "did you mean 'nash'"),
        ((TRUCE,), {"workers": 0}, "workers: expected a whole number"),
        ((TRUCE,), {"chunk": 0}, "chunk: expected a whole number"),
        ((TRUCE,), {"executor": object(), "draws": 2}, "executor: expected an executor"),
    ],
)
def test_bad_input_is_named(arguments, options, message):
    with pytest.raises(bg.InputError, match=message):
        bg.sweep(*arguments, **options)


def test_unknown_columns_and_results_that_never_change_are_named():
    found = bg.sweep(barter, {"worth": (1.0, 3.0)}, ["agreement", gains], draws=8)
    with pytest.raises(bg.InputError, match="unknown column"):
        found["deals"]
    with pytest.raises(bg.InputError, match="unknown answer"):
        found.sensitivity("worth")
    with pytest.raises(bg.InputError, match="the same in all draws"):
        found.sensitivity("deal")
    with pytest.raises(bg.InputError, match="method: expected one of"):
        found.sensitivity("sum of gains", method="total")
    with pytest.raises(bg.InputError, match="as `level`"):
        found.sensitivity("deal: sale")
    with pytest.raises(bg.InputError, match="takes a scenario with an observation"):
        found.observed()


def test_answers_that_are_no_plain_values_fail_by_name():
    found = bg.sweep(barter, {"worth": (1.0, 3.0)}, _nonsense, draws=2)
    assert found.failed == 2
    assert "expected a finite number" in str(found["failure"][0])


def _nonsense(negotiation):
    return {"nonsense": float("nan")}
