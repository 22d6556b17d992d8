"""Tables of many draws at once: to the bit those of each draw; and when they are not made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import bargaining as bg
from bargaining.scenarios.scenario import template
from bargaining.sweeps.batch import batch_for
from bargaining.sweeps.design import Design
from bargaining.sweeps.questions import Asked
from bargaining.sweeps.tables import TableMaker


def around(game, tenth=0.1):
    """Return ranges around all numbers of the payoffs but those that bound each other."""
    ends = {}
    for path, q in game.quantities.items():
        fixed = path.startswith("levers.") or q.shared or "reference" in path or ".full" in path
        if not fixed and q.value:
            room = tenth * abs(q.value)
            ends[path] = q.value - room, q.value + room
    return ends


def own_ranges(game):
    wide = {p: q.range for p, q in game.quantities.items() if q.range and not q.shared}
    return {path: ends for path, ends in wide.items() if ends[0] < ends[1]}


def linear_and_interaction(folder):
    path = folder / "kinds.toml"
    path.write_text(
        """
        [scenario]
        name = "kinds"
        title = "Kinds"
        description = ""
        unit = ""
        [sources.mine]
        text = "Made up"
        confidence = "example"
        [players.a]
        name = "A"
        [players.b]
        name = "B"
        [levers.second]
        kind = "tariff"
        name = "second"
        owner = "a"
        levels = [0.0, 0.2, 0.5]
        labels = ["none", "some", "much"]
        status_quo = "none"
        source = "mine"
        [levers.first]
        kind = "tariff"
        name = "first"
        owner = "a"
        levels = [0.0, 0.3]
        status_quo = 0.0
        source = "mine"
        [[payoffs]]
        name = "line"
        kind = "linear"
        lever = "first"
        slopes = { a = 2.0, b = -3.0 }
        source = "mine"
        [[payoffs]]
        name = "both"
        kind = "interaction"
        levers = ["first", "second"]
        coefficients = { b = -4.0, a = 1.5 }
        references = [0.1, 0.2]
        source = "mine"
        [[payoffs]]
        name = "table"
        kind = "table"
        levers = ["first", "second"]
        source = "mine"
        [payoffs.tables]
        b = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
        """
    )
    return bg.load_scenario(path)


def check(game, ranges):
    draws = Design("random", 20, 1).over(ranges, game.in_order)
    maker = TableMaker(game, draws.paths)
    assert maker.able(ranges)
    assert maker.in_order(draws.values).all()
    tables = list(maker.tables(draws.values))
    for d, row in enumerate(draws.values):
        one = game.with_quantities(dict(zip(draws.paths, row.tolist(), strict=True)))
        for term, (scope, table) in zip(one.terms, tables, strict=True):
            levers = [one.lever(name) for name in term.levers]
            order = np.argsort([one.levers.index(lever) for lever in levers])
            assert scope == tuple(levers[k].name for k in order)
            found = term.tabulate(levers, [lever.array() for lever in levers])
            mine = table[d if len(table) > 1 else 0]
            for i, player in enumerate(one.players):
                names = [name for name in term.players if one.player(name).name == player.name]
                expected = found[names[0]].transpose(order) if names else np.zeros(mine[i].shape)
                np.testing.assert_array_equal(mine[i], expected)


def test_the_truce_over_its_ranges():
    game = bg.load_scenario("us-china-2025")
    check(game, own_ranges(game))


def test_linear_terms_interactions_and_tables(tmp_path):
    game = linear_and_interaction(tmp_path)
    check(game, around(game) | {"levers.second.levels.1": (0.1, 0.4)})


def test_the_template(tmp_path):
    path = tmp_path / "template.toml"
    path.write_text(template())
    game = bg.load_scenario(path)
    check(game, own_ranges(game))


@pytest.mark.parametrize(
    ("ranges", "why"),
    [
        ({"payoffs.affiliates rule.reference": (1000.0, 25000.0)}, "numbers that bound each other"),
        ({"numbers.us-base": (0.0, 0.1)}, "a formula of single numbers"),
        ({"payoffs.soybeans.seller_surplus": (0.5, 1.5)}, "some draws are refused"),
        ({"levers.china-soybeans.levels.1": (5.0, 20.0)}, "levels that are drawn have no labels"),
    ],
)
def test_what_does_not_take_columns_is_left_to_one_by_one(ranges, why):
    game = bg.load_scenario("us-china-2025")
    assert batch_for(game, Asked(("agreement",)), tuple(ranges), ranges) is None, why


@pytest.mark.parametrize(
    "asked",
    [
        Asked(("tabling",)), Asked(("agreement",), solution="egalitarian"),
        Asked(("agreement",), lotteries=True), Asked(("agreement",), disagreement="status-quo"),
    ],
)  # fmt: skip
def test_other_questions_rules_and_breakdowns_are_left_to_one_by_one(asked):
    game = bg.load_scenario("us-china-2025")
    ranges = own_ranges(game)
    assert batch_for(game, asked, tuple(ranges), ranges) is None
    assert batch_for(game, Asked(("agreement",)), tuple(ranges), ranges) is not None


def test_levers_of_both_sides_in_one_term_are_left_to_one_by_one(tmp_path):
    game = linear_and_interaction(tmp_path)
    text = Path(tmp_path / "kinds.toml").read_text()
    shared = tmp_path / "shared.toml"
    shared.write_text(text.replace('owner = "a"', 'owner = "b"', 1))
    ranges = around(game)
    asked = Asked(("agreement",))
    assert batch_for(game, asked, tuple(ranges), ranges) is not None
    assert batch_for(bg.load_scenario(shared), asked, tuple(ranges), ranges) is None


def test_a_draw_that_fails_in_a_batch_is_a_row_and_the_others_are_solved():
    path = "payoffs.soybeans.seller_surplus"
    found = bg.sweep("us-china-2025", {path: (0.5, 1.5)}, draws=5, design="grid")
    assert (found["failure"].filled() == "").tolist() == [True, True, True, False, False]
    assert "seller_surplus: expected a finite number between 0 and 1" in str(found["failure"][3])
