"""Pictures hold the numbers of their results, are saved in each format, and name what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

import bargaining as bg
from bargaining import trade
from bargaining.enforcement.repeated.repeated import folk_theorem_set
from bargaining.interfaces import plotting
from bargaining.interfaces.plots.responses import _responses
from bargaining.interfaces.plots.style import LOOKS
from bargaining.interfaces.plots.tabling import MOST
from bargaining.noncooperative.intervals.interval_game import IntervalGame
from bargaining.optimize.smooth import SmoothPayoffs

DILEMMA = bg.NormalFormGame.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]])
US, CHINA = bg.Player("US"), bg.Player("China")
GRID = {"discount_factors": np.linspace(0.2, 0.99, 9), "renewals": np.linspace(0, 1, 11)}


@pytest.fixture(scope="module")
def game() -> bg.Negotiation:
    return bg.load_scenario("us-china-2025")


def net_surplus(**options: Any) -> bg.Precedent:
    """Return the textbook precedent: a surplus of 10 that needs a control of the US."""
    control = bg.ExportControl("control", US, [0, 1], 1)
    term = bg.TablePayoff(control, {CHINA: [10, 0]})
    defaults = {"crises": {"small": (0.3, 0.5), "large": (0.1, 2.0)}, "discount_factors": 0.5}
    return bg.precedent(
        bg.Negotiation([US, CHINA], [control], [term]),
        **(defaults | {"cost": 6.0, "transferable": True, "disagreement": "status-quo"} | options),
    )


def pause(game: bg.Negotiation) -> bg.Truce:
    return bg.Truce(game.observed["busan"], negotiation=game, months=12, renewal=0.7)


def labels(ax: Axes) -> list[str]:
    return [str(label) for label in ax.get_legend_handles_labels()[1]]


def line(ax: Axes, label: str) -> Any:
    """Return the x and y data of the line of a label."""
    (found,) = [each for each in ax.lines if each.get_label() == label]
    return np.asarray(found.get_data())


def area(ax: Axes, label: str) -> Polygon:
    (found,) = [each for each in ax.patches if each.get_label() == label]
    assert isinstance(found, Polygon)
    return found


TALKS = bg.alternating_offers(bg.load_scenario("nash-barter-1950"), (0.9, 0.8), horizon=4)
ECONOMY = trade.Economy(["A", "B"], ["goods"], [[[80], [20]], [[30], [70]]], 0.0, 4.0)


def tariff_war(cross: float = 1.6, own: float = -4.0) -> bg.Negotiation:
    """Return two tariffs whose best responses are (2 + cross x other) / -own."""
    levers = [bg.Tariff(f"tariff of {p}", p, bg.Interval(0, 1), 0.0) for p in ("A", "B")]
    matrices = {"A": [[own, cross], [cross, 0]], "B": [[0, cross], [cross, own]]}
    payoffs = bg.QuadraticPayoff(levers, matrices, {"A": [2, -3], "B": [-3, 2]})
    return bg.Negotiation([bg.Player("A"), bg.Player("B")], levers, [payoffs])


def bars(ax: Axes) -> np.ndarray:
    """Return lengths, a row a lever, a column a player."""
    return np.array([[bar.get_width() for bar in player] for player in ax.containers]).T


PICTURES: dict[str, Callable[[bg.Negotiation], Callable[..., Any]]] = {
    "ledger": lambda game: lambda **k: plotting.plot_ledger(bg.solve(game, lotteries=False), **k),
    "linkage": lambda game: lambda **k: plotting.plot_linkage(bg.linkage_value(game), **k),
    "tabling": lambda game: lambda **k: plotting.plot_tabling(bg.tabling_game(game), **k),
    "truce": lambda game: lambda **k: plotting.plot_truce(pause(game).phase(**GRID), **k),
    "repeated": lambda _: (
        lambda **k: plotting.plot_repeated(bg.repeated_payoff_set(DILEMMA, 0.5), **k)
    ),
    "offers": lambda _: lambda **k: plotting.plot_offers(TALKS, **k),
    "responses": lambda _: lambda **k: plotting.plot_responses(tariff_war(), **k),
    "welfare": lambda _: (
        lambda **k: plotting.plot_welfare(ECONOMY.counterfactual(tariffs={("B", "A"): 0.2}), **k)
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_axes_are_taken_and_given_back_and_a_figure_of_ones_own_has_no_legend_added(
    game: bg.Negotiation, name: str
) -> None:
    draw = PICTURES[name](game)
    figure, ax = pyplot.subplots()
    assert draw(ax=ax) is ax
    assert not figure.legends
    assert ax.get_title()
    own = draw()
    assert isinstance(own, Axes)
    assert own.figure is not figure


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_saved_in_every_format(
    game: bg.Negotiation, tmp_path: Path, name: str, ending: str
) -> None:
    path = tmp_path / f"{name}.{ending}"
    plotting.save(PICTURES[name](game)(), path, title="A title")
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[ending]
    assert path.read_bytes().startswith(start)
    assert not pyplot.get_fignums()


# ------------------------------------------------------------------------------------------- bars


def test_bars_of_the_ledger_are_its_numbers_and_add_up_to_the_gains(game: bg.Negotiation) -> None:
    agreement = bg.solve(game, lotteries=False)
    drawn = bars(plotting.plot_ledger(agreement))
    written = np.array([row[5:] for row in agreement.ledger().rows])
    assert drawn == pytest.approx(written)
    assert drawn[:-1].sum(axis=0) == pytest.approx(agreement.gains)


def test_a_comparison_draws_its_first_regime_and_an_outcome_its_own(game: bg.Negotiation) -> None:
    comparison = bg.compare_regimes(game, beside=False)
    first = bars(plotting.plot_ledger(comparison))
    assert first[-1] == pytest.approx(comparison.outcomes[0].gains)
    last = bars(plotting.plot_ledger(comparison.outcomes[-1]))
    assert last[-1] == pytest.approx(comparison.outcomes[-1].gains)


def test_three_players_have_three_bars_that_differ_in_colour_and_hatch() -> None:
    ax = plotting.plot_ledger(bg.solve(bg.load_scenario("ally"), lotteries=False))
    assert labels(ax) == ["to Home", "to Ally", "to Target"]
    looks = {(c[0].get_facecolor(), c[0].get_hatch()) for c in ax.containers}
    assert len(looks) == 3
    assert len({hatch for _, hatch in looks}) == 3


def test_the_unit_of_a_quantity_is_said_once(game: bg.Negotiation) -> None:
    ax = plotting.plot_ledger(bg.solve(game, lotteries=False))
    words = [label.get_text() for label in ax.get_yticklabels()]
    assert "soybean purchases\n0 \N{RIGHTWARDS ARROW} 25 million tonnes a year" in words
    assert ax.get_xlabel() == "worth (USD billion a year)"


def test_bars_of_chips_are_shapley_values_and_end_with_the_whole(game: bg.Negotiation) -> None:
    value = bg.linkage_value(game)
    drawn = bars(plotting.plot_linkage(value))
    assert drawn[:-1] == pytest.approx(value.shapley)
    assert drawn[-1] == pytest.approx(value.shapley.sum(axis=0))


def test_without_a_deal_there_is_no_ledger_to_draw() -> None:
    none = bg.solve(bg.load_scenario("two-issues"), disagreement=[1, 3])
    with pytest.raises(bg.InputError, match="ledger: there is no agreement"):
        plotting.plot_ledger(none)


# ---------------------------------------------------------------------------------------- tabling


def test_cells_hold_both_payoffs_and_sets_that_lead_to_the_same_share_one(
    game: bg.Negotiation,
) -> None:
    stage = bg.tabling_game(game)
    ax = plotting.plot_tabling(stage)
    rows, columns = (
        [label.get_text().replace("\n", " ") for label in labels]
        for labels in (ax.get_yticklabels(), ax.get_xticklabels())
    )
    assert rows == ["anything or nothing"]  # no US control is worth anything as a chip
    assert columns == [
        "nothing", "rare-earth controls",
        "gallium and germanium ban (with or without rare-earth controls)",
    ]  # fmt: skip
    numbers = [text.get_text().replace("\N{MINUS SIGN}", "-") for text in ax.texts]
    talks = stage.talks_payoffs[:, 0, :3]
    for words in (f"{x:.2f}" for x in talks.ravel()):
        assert words in numbers


def test_frames_say_how_an_equilibrium_is_held_up(game: bg.Negotiation) -> None:
    ax = plotting.plot_tabling(bg.tabling_game(game))
    frames = [patch for patch in ax.patches if "equilibrium" in str(patch.get_label())]
    styles = [(round(p.get_x() - 0.04), p.get_linestyle() in ("-", "solid")) for p in frames]
    assert styles == [(0, True), (1, False), (2, False)]
    assert "no equilibrium" in ax.texts[-1].get_text()  # without talks


def test_no_deal_is_written_into_its_cell() -> None:
    issues = bg.load_scenario("two-issues")
    ax = plotting.plot_tabling(bg.tabling_game(issues, disagreement="status-quo"))
    assert [text.get_text() for text in ax.texts].count("no deal") == 1


def test_many_sets_are_cut_to_those_that_matter_and_the_title_says_so() -> None:
    rng = np.random.default_rng(3)
    levers = [
        bg.ExportControl(f"{player.name} {k}", player, [0, 1], 1)
        for player in (US, CHINA)
        for k in range(4)
    ]
    terms = [
        bg.LinearPayoff(v, {p: float(rng.normal()) + 3 * (p.name == v.owner) for p in (US, CHINA)})
        for v in levers
    ]
    costs = {
        lever.name: float(cost) for lever, cost in zip(levers, rng.uniform(0, 0.1, 8), strict=True)
    }
    costs_by = {p: {k: c for k, c in costs.items() if k.startswith(p.name)} for p in (US, CHINA)}
    stage = bg.tabling_game(bg.Negotiation([US, CHINA], levers, terms), precedent_cost=costs_by)
    ax = plotting.plot_tabling(stage)
    rows = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert len(rows) == MOST
    assert rows[0] == "nothing"
    assert rows[-1] == "US 0 + US 1 + US 2 + US 3"
    assert ax.get_title() == "Talks by what each side tables, 8 of 16 rows, 8 of 16 columns"


# -------------------------------------------------------------------------------------- precedent


def test_curves_are_the_closed_form_of_the_net_surplus() -> None:
    found = net_surplus(discount_factors=0.0)  # the norm breaks from 10 stake = 6 on
    value, chance = plotting.plot_precedent(found)
    stakes, worth = line(value, "US, a norm breaks")
    assert worth == pytest.approx((10 * stakes - 6) / 2)
    assert stakes[0] == pytest.approx(0.6, rel=1e-4)
    assert line(value, "China, norms stand")[1] == pytest.approx(0.0)
    assert line(value, "threshold")[0] == pytest.approx(0.6)
    assert line(chance, "norm of US")[1] == pytest.approx(0.9 ** np.arange(periods(chance) + 1))


def periods(ax: Axes) -> int:
    return int(ax.get_xlim()[1])


def test_survival_and_values_are_those_of_the_result() -> None:
    found = net_surplus()
    value, chance = plotting.plot_precedent(found, periods=7)
    date = found.breaking_date("US")
    assert line(chance, "norm of US")[1] == pytest.approx([date.survival(t) for t in range(8)])
    marks = [each for each in value.lines if each.get_marker() == LOOKS[0][3]]
    assert [float(np.asarray(mark.get_xdata())[0]) for mark in marks] == [0.5, 2.0]


def test_a_norm_that_nothing_breaks_and_one_that_everything_breaks() -> None:
    control = bg.ExportControl("control", US, [0, 1], 1)
    idle = bg.Negotiation([US, CHINA], [control], [bg.TablePayoff(control, {CHINA: [0, 10]})])
    stands = bg.precedent(
        idle, crises={"any": (0.5, 1.0)}, discount_factors=0.5, disagreement="status-quo"
    )
    value, chance = plotting.plot_precedent(stands)
    assert value.get_title() == "No stake up to 1,048,576 breaks a norm"
    assert line(chance, "norm of US")[1] == pytest.approx(1.0)
    free = net_surplus(cost=0.0, discount_factors=0.0)
    assert plotting.plot_precedent(free)[0].get_title() == "Every stake breaks a norm"


def test_two_axes_are_taken_for_a_precedent() -> None:
    _, axes = pyplot.subplots(1, 3)
    assert plotting.plot_precedent(net_surplus(), axes=list(axes)) == list(axes[:2])


# ------------------------------------------------------------------------------ truces, repetition


def test_a_sides_line_is_its_least_chance_of_renewal(game: bg.Negotiation) -> None:
    truce = pause(game)
    ax = plotting.plot_truce(truce.phase(**GRID))
    for i, player in enumerate(truce.players):
        chances, patience = line(ax, f"least chance for {player}")
        for chance, delta in list(zip(chances, patience, strict=True))[::90]:
            least = truce.critical_renewal(float(delta)).lowest[i]
            assert (np.isnan(chance) and np.isinf(least)) or chance == pytest.approx(least)


def test_what_is_shaded_is_what_was_judged(game: bg.Negotiation) -> None:
    phase = pause(game).phase(**GRID)
    ax = plotting.plot_truce(phase)
    (mesh,) = [each for each in ax.collections if each.get_array() is not None]
    assert np.array_equal(np.asarray(mesh.get_array()).reshape(phase.holds.shape), phase.holds)


def test_the_truce_that_was_agreed_is_marked_by_side(game: bg.Negotiation) -> None:
    ax = plotting.plot_truce(
        pause(game).phase(**GRID), discount_factors={"United States": 0.95, "China": 0.9}
    )
    assert line(ax, "United States at 0.95 a month").ravel().tolist() == [0.7, 0.95]
    assert line(ax, "China at 0.9 a month").ravel().tolist() == [0.7, 0.9]


def test_sets_of_a_repeated_game_lie_in_each_other_and_equal_ones_are_one() -> None:
    sets = [bg.repeated_payoff_set(DILEMMA, delta) for delta in (0.2, 0.4, 0.5, 0.9)]
    ax = plotting.plot_repeated(sets)
    areas = [patch.get_label() for patch in ax.patches]
    assert areas == ["feasible", "sustained at 0.5 and 0.9", "sustained at 0.4"]
    corners = np.unique(area(ax, "sustained at 0.5 and 0.9").get_xy().round(6), axis=0)
    assert corners == pytest.approx(np.unique(folk_theorem_set(DILEMMA).round(6), axis=0))
    assert line(ax, "sustained at 0.2").ravel().tolist() == pytest.approx([1.0, 1.0])
    assert line(ax, "pure minmax").ravel().tolist() == pytest.approx([1.0, 1.0])


def test_a_game_without_equilibrium_in_pure_strategies_says_so() -> None:
    pennies = bg.NormalFormGame.from_arrays([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    ax = plotting.plot_repeated(bg.repeated_payoff_set(pennies, 0.9))
    assert "nothing sustained at 0.9" in labels(ax)


# --------------------------------------------------------------------- offers, responses, welfare


def test_offers_stand_where_they_are_made_and_carry_their_rounds() -> None:
    ax = plotting.plot_offers(TALKS)
    for name, rows in (("Bill", [0, 2]), ("Jack", [1, 3])):
        drawn = line(ax, f"offers of {name}, by round").T
        assert drawn == pytest.approx(TALKS.offers[rows])
    assert sorted(text.get_text() for text in ax.texts) == ["1", "2", "3", "4"]
    (nash,) = line(ax, "Nash").T.tolist()
    assert nash == pytest.approx([12.0, 5.0])


def test_offers_at_one_place_share_a_label() -> None:
    game = bg.load_scenario("tariff-dilemma")
    talks = bg.alternating_offers(game, (0.9, 0.9), horizon=6, lotteries=False)
    texts = {text.get_text() for text in plotting.plot_offers(talks).texts}
    assert texts == {"1, 3, 5", "2, 4, 6"}


def test_offers_of_endless_and_of_empty_talks_are_titled() -> None:
    game = bg.load_scenario("nash-barter-1950")
    endless = plotting.plot_offers(bg.alternating_offers(game, (0.9, 0.9)))
    assert endless.get_title() == "Offers in turn, without an end"
    nothing = bg.BargainingProblem(bg.PointSet([[0, 0], [-1, 1], [1, -1]]), disagreement=[1, 1])
    empty = plotting.plot_offers(bg.alternating_offers(nothing, (0.9, 0.9)))
    assert empty.get_title() == "There is nothing to bargain over"


def test_responses_are_the_closed_form_and_cross_in_the_equilibrium() -> None:
    ax = plotting.plot_responses(tariff_war(cross=1.6))
    first, second = line(ax, "best response of A").T, line(ax, "best response of B").T
    assert first[:, 0] == pytest.approx(np.minimum((2 + 1.6 * first[:, 1]) / 4, 1.0))
    assert second[:, 1] == pytest.approx(np.minimum((2 + 1.6 * second[:, 0]) / 4, 1.0))
    (crossing,) = line(ax, "equilibrium").T.tolist()
    assert crossing == pytest.approx([2 / 2.4] * 2)


def test_the_spiral_leads_from_the_status_quo_to_the_equilibrium() -> None:
    war = tariff_war(cross=1.6)
    ax = plotting.plot_responses(war, first="B", moves=40)
    (walk,) = [each for each in ax.get_lines() if each.get_marker() == "."]
    points = np.column_stack(walk.get_data())
    assert points[0].tolist() == [0.0, 0.0]
    assert points[1] == pytest.approx([0.0, 0.5])
    assert points[-1] == pytest.approx([2 / 2.4] * 2, abs=1e-3)


def test_a_response_that_jumps_is_no_line() -> None:
    ax = plotting.plot_responses(tariff_war(cross=-6.0, own=2.0), moves=0)
    curve = line(ax, "best response of A").T
    assert np.isnan(curve).any()
    assert set(curve[~np.isnan(curve[:, 0]), 0]) == {0.0, 1.0}


def test_responses_of_an_economy_are_found_by_looking() -> None:
    levers = [bg.Tariff(f"tariff of {p}", p, bg.Interval(0, 1), 0.0) for p in ("A", "B")]
    term = trade.payoffs(ECONOMY, {levers[0]: ("B", "A"), levers[1]: ("A", "B")}, scale=1.0)
    war = bg.Negotiation([bg.Player("A"), bg.Player("B")], levers, [term])
    game = IntervalGame(SmoothPayoffs(war), np.ones(2))
    found = _responses(game, 1, 1, np.array([[0.1, 0.5], [0.4, 0.5]]))
    fine = np.linspace(0, 1, 401)
    for point in found:
        values = game.value(1, np.column_stack([np.full(401, point[0]), fine]))
        assert point[1] == pytest.approx(fine[values.argmax()], abs=2 / 400)


def test_bars_of_welfare_are_real_incomes_and_several_stand_side_by_side() -> None:
    one = ECONOMY.counterfactual(tariffs={("B", "A"): 0.2})
    two = trade.nash_tariffs(ECONOMY)
    ax = plotting.plot_welfare({"a tariff": one, "war": two})
    assert bars(ax) == pytest.approx(100 * np.array([one.real_income, two.real_income]).T)
    assert [text.get_text() for text in ax.figure.legends[0].get_texts()] == ["a tariff", "war"]
    assert ax.get_title() == "Change of real income by country, %"


# ----------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("plot_ledger", "expected an Agreement, a RegimeOutcome or a RegimeComparison, got 3"),
        ("plot_linkage", "expected a LinkageValue, got 3"),
        ("plot_tabling", "expected a TablingGame, got 3"),
        ("plot_precedent", "expected a Precedent, got 3"),
        ("plot_truce", "expected what Truce.phase"),
        ("plot_offers", "expected what alternating_offers returns, got 3"),
        ("plot_responses", "expected a Negotiation, got 3"),
        ("plot_welfare", "expected one of Counterfactual"),
    ],
)
def test_something_else_is_named(name: str, words: str) -> None:
    with pytest.raises(bg.InputError, match=words.replace("(", r"\(")):
        getattr(plotting, name)(3)


def test_what_does_not_fit_new_pictures_is_named() -> None:
    with pytest.raises(bg.InputError, match="two free levers that are intervals, one a player"):
        plotting.plot_responses(bg.load_scenario("two-issues"))
    with pytest.raises(bg.InputError, match="moves: expected a whole number >= 0, got -1"):
        plotting.plot_responses(tariff_war(), moves=-1)
    with pytest.raises(bg.InputError, match="unknown player 'C'"):
        plotting.plot_responses(tariff_war(), first="C")
    with pytest.raises(bg.InputError, match="at least one result"):
        plotting.plot_welfare({})
    other = trade.Economy(["A", "C"], ["goods"], [[[80], [20]], [[30], [70]]], 0.0, 4.0)
    with pytest.raises(bg.InputError, match="the same countries"):
        plotting.plot_welfare({"a": ECONOMY.counterfactual(), "b": other.counterfactual()})
    three = bg.alternating_offers(bg.load_scenario("ally"), (0.9, 0.9, 0.9))
    with pytest.raises(bg.InputError, match="expected two players, got 3"):
        plotting.plot_offers(three)


def test_what_is_wrong_with_arguments_is_named(game: bg.Negotiation) -> None:
    with pytest.raises(bg.InputError, match="one RepeatedPayoffSet or several"):
        plotting.plot_repeated([])
    other = bg.NormalFormGame.from_arrays([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    mixed = [bg.repeated_payoff_set(each, 0.5) for each in (DILEMMA, other)]
    with pytest.raises(bg.InputError, match="sets of one game"):
        plotting.plot_repeated(mixed)
    with pytest.raises(bg.InputError, match="periods: expected a whole number >= 1, got 0"):
        plotting.plot_precedent(net_surplus(), periods=0)
    with pytest.raises(bg.InputError, match="axes: expected two, got 1"):
        plotting.plot_precedent(net_surplus(), axes=[pyplot.subplots()[1]])
    with pytest.raises(bg.InputError, match="renewals of the phase: expected at least two"):
        plotting.plot_truce(pause(game).phase(discount_factors=[0.5, 0.9], renewals=[0.5]))
    with pytest.raises(bg.InputError, match="plot_truce"):
        plotting.plot_truce(pause(game).phase(**GRID), discount_factors=1.5)
