"""Pictures: what is in them, axes taken and given back, exact outlines, errors."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from scipy.spatial import ConvexHull

import bargaining as bg
from bargaining.interfaces.plots.outlines import outline
from bargaining.interfaces.plots.payoff_sets import SOLUTIONS
from bargaining.interfaces.plotting import plot_payoff_set, plot_regimes, save


def labels(ax: Axes) -> set[str]:
    return {str(label) for label in ax.get_legend_handles_labels()[1]}


def at(ax: Axes, label: str) -> list[float]:
    """Return where the marker of a label is."""
    (line,) = [line for line in ax.lines if line.get_label() == label]
    return [float(np.asarray(data)[0]) for data in line.get_data()]


def test_a_payoff_set_has_all_its_parts() -> None:
    ax = plot_payoff_set(bg.load_scenario("nash-barter-1950"))
    parts = {"frontier", "ideal point", "without agreement", "Nash", "Kalai-Smorodinsky"}
    assert parts <= labels(ax)
    assert at(ax, "Nash") == pytest.approx([12.0, 5.0])
    assert at(ax, "without agreement") == [0.0, 0.0]
    assert ax.get_xlabel() == "Bill (utility)"


def test_the_marker_stands_where_the_solution_is() -> None:
    game = bg.load_scenario("us-china-2025")
    ax = plot_payoff_set(game, solutions=["egalitarian"], lotteries=False)
    payoffs = bg.solve(game, "egalitarian", lotteries=False).payoffs
    assert at(ax, "egalitarian") == pytest.approx(payoffs.tolist())
    assert labels(ax).isdisjoint({"Nash", "utilitarian"})


def test_given_axes_are_drawn_in_and_returned() -> None:
    _, ax = pyplot.subplots()
    assert plot_payoff_set(bg.load_scenario("tariff-dilemma"), ax=ax) is ax
    assert ax.get_legend() is None  # a legend is the caller's in the caller's figure


@pytest.mark.parametrize(
    "problem",
    [
        bg.BargainingProblem(bg.PointSet([[4, 0], [0, 4], [3, 2]]), [0, 0]),
        bg.BargainingProblem(bg.PointSet([[1, 1]]), [0, 0]),
        bg.BargainingProblem(bg.PointSet([[2, 0], [0, 2]]), [1, 1]),
        bg.BargainingProblem(bg.Polytope(A=[[1, 1], [1, 0], [0, 1]], b=[3, 2, 2]), [0, 0]),
        bg.BargainingProblem(bg.Polytope(vertices=[[0, 0], [2, 0], [0, 1]]), [0, 0]),
        bg.BargainingProblem(
            bg.FrontierSet(lambda u: float(np.sqrt(max(0.0, 1 - u))), (0, 1)), [0, 0]
        ),
    ],
    ids=["points", "one point", "no deal", "half-planes", "vertices", "curve"],
)
def test_every_kind_of_set_can_be_drawn(problem: bg.BargainingProblem, tmp_path: Path) -> None:
    ax = plot_payoff_set(problem, solutions=["nash"])
    assert {"frontier", "without agreement"} <= labels(ax)
    assert ("Nash" in labels(ax)) == bg.solve(problem).agreed
    save(ax, tmp_path / "set.png")
    assert (tmp_path / "set.png").stat().st_size > 1000


@pytest.mark.parametrize("seed", range(20))
def test_the_outline_is_the_convex_hull_of_all_packages(seed: int) -> None:
    rng = np.random.default_rng(seed)
    players = [bg.Player("A"), bg.Player("B")]
    levers = [bg.Lever(f"l{j}", players[j % 2], [0, 1, 2], 0) for j in range(5)]
    terms: list[bg.Payoff] = [
        bg.TablePayoff(lever, {p: rng.integers(-9, 9, 3).astype(float) for p in players})
        for lever in levers
    ]
    terms.append(bg.TablePayoff(levers[:2], {p: rng.normal(size=(3, 3)) for p in players}))
    game = bg.Negotiation(players, levers, terms)
    names = [lever.name for lever in levers]
    packages = [dict(zip(names, p, strict=True)) for p in product(range(3), repeat=5)]
    points = game.payoffs(packages)
    hull = points[ConvexHull(points).vertices]
    drawn = np.unique(outline(bg.PackageSet(game)).round(9), axis=0)
    assert drawn == pytest.approx(np.unique(hull.round(9), axis=0))


def test_regimes_stand_side_by_side_on_the_same_scales() -> None:
    game = bg.load_scenario("us-china-2025")
    comparison = bg.compare_regimes(game, beside=False)
    axes = plot_regimes(comparison)
    assert [ax.get_title() for ax in axes] == [o.regime.name for o in comparison.outcomes]
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in axes}) == 1
    for ax, outcome in zip(axes, comparison.outcomes, strict=True):
        assert at(ax, "Nash") == pytest.approx(outcome.payoffs.tolist())
        assert "utilitarian" not in labels(ax)


def test_a_negotiation_gets_all_four_solutions_and_no_deal_is_said() -> None:
    axes = plot_regimes(bg.load_scenario("two-issues"), disagreement="status-quo")
    assert {"Nash", "Kalai-Smorodinsky", "egalitarian", "utilitarian"} <= labels(axes[0])
    assert len(SOLUTIONS) == 4
    off = axes[-1]
    assert "Nash" not in labels(off)
    assert [text.get_text() for text in off.texts] == ["no gainful package"]


def test_regimes_take_axes_and_say_when_there_are_too_few() -> None:
    game = bg.load_scenario("two-issues")
    _, axes = pyplot.subplots(1, 4)
    assert plot_regimes(game, solutions=["nash"], axes=list(axes)) == list(axes[:3])
    with pytest.raises(bg.InputError, match="expected one for each of 3 regimes, got 1"):
        plot_regimes(game, solutions=["nash"], axes=[axes[0]])


def test_three_players_and_a_second_disagreement_point_are_errors() -> None:
    with pytest.raises(bg.InputError, match="expected two players, got 3"):
        plot_payoff_set(bg.load_scenario("ally"))
    with pytest.raises(bg.InputError, match="has one already"):
        plot_payoff_set(bg.BargainingProblem([[1, 0], [0, 1]], [0, 0]), disagreement=[0, 0])


def test_an_unknown_ending_is_an_error(tmp_path: Path) -> None:
    ax = plot_payoff_set(bg.load_scenario("tariff-dilemma"), solutions=[])
    with pytest.raises(bg.InputError, match="xyz"):
        save(ax, tmp_path / "picture.xyz")


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"bargaining\[plot\]"):
        plot_payoff_set(bg.load_scenario("tariff-dilemma"))
