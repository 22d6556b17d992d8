"""Chips: controls raised before the talks to be traded back; theory, brute force, bad input."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest

import bargaining as bg

A, B = bg.Player("A"), bg.Player("B")


def barter(own: float = 1, harm: float = 6) -> bg.Negotiation:
    """A's control hurts B; B can buy from A, unit for unit."""
    control = bg.ExportControl("control", A, [0, 1], 0)
    soy = bg.SoybeanPurchase("soy", B, range(11), 0)
    return bg.Negotiation(
        [A, B],
        [control, soy],
        [
            bg.LinearPayoff(control, {A: -own, B: -harm}),
            bg.LinearPayoff(soy, {A: 1, B: -1}),
        ],
    )


def random_game(seed: int, scale: tuple[float, float] = (1, 1), swap: bool = False):
    """Two controls of A, one of B, and a tariff each, with random payoffs."""
    rng = np.random.default_rng(seed)
    levers = [
        bg.ExportControl("a1", A, [0, 1], 0),
        bg.ExportControl("a2", A, [0, 1, 2], 1),
        bg.RareEarthControl("b1", B, [0, 1, 2], 0),
        bg.Lever("a3", A, [0, 1, 2], 1),
        bg.Lever("b2", B, [0, 1, 2], 1),
    ]
    terms = []
    for lever in levers:
        size = len(lever.array())
        values = rng.normal(size=(2, size))
        terms.append(bg.TablePayoff(lever, {A: values[0] * scale[0], B: values[1] * scale[1]}))
    return bg.Negotiation([B, A] if swap else [A, B], levers, terms)


def test_a_control_that_hurts_the_other_more_is_raised_and_traded_back():
    found = bg.chips(barter())
    # from d = (-1, -6) the talks split a surplus of 7: soy s with (s + 1)(6 - s) largest
    assert found.raised_to_be_traded_back == {"control": 1.0} == found.rolled_back
    ((_, start, outcome),) = found.outcomes
    assert start["control"] == 1
    assert outcome.package["control"] == 0
    assert outcome.package["soy"] in (2, 3)
    assert not found.old.agreed
    assert found.value[0] > 0 > found.value[1]
    assert found.commitment_value[0] == pytest.approx(-found.value[0])
    assert found.commitment_value[1] == 0
    assert bg.verify(found)
    assert "only to be traded back: control" in found.explain()


def test_over_lotteries_the_price_of_the_chip_is_half_the_difference_in_harm():
    found = bg.chips(barter(), lotteries=True)
    assert found.payoffs == pytest.approx([2.5, -2.5])
    assert bg.verify(found)


def test_a_chip_is_made_up_to_its_value_and_not_beyond():
    cheap, dear = (bg.chips(barter(), lotteries=True, costs={"A": c}) for c in (2.49, 2.51))
    assert cheap.payoffs[0] == pytest.approx(0.01)
    assert cheap.moved == {"control": 1.0}
    assert dear.moved == {}
    assert dear.payoffs == pytest.approx(dear.old.payoffs)


def test_a_control_that_hurts_the_owner_as_much_is_no_chip():
    assert bg.chips(barter(own=6, harm=6), lotteries=True).moved == {}
    assert bg.chips(barter(own=7, harm=6), lotteries=True).moved == {}


def test_without_effect_on_the_disagreement_point_nobody_moves():
    for cost in (0, 1):
        found = bg.chips(barter(own=0, harm=0), costs={"control": cost})
        assert found.moved == {}
        assert found.value.tolist() == [0, 0] == found.commitment_value.tolist()


@pytest.mark.parametrize("seed", range(8))
def test_equilibrium_agrees_with_the_whole_game_written_out(seed):
    game, costs = random_game(seed), {"a1": 0.1, "a2": 0.2, "B": 0.15}
    found = bg.chips(game, costs=costs)
    own = [("a1", "a2"), ("b1",)]
    assert found.movable == tuple(own)
    quo = game.status_quo
    points = [list(itertools.product(*(game.lever(v).array() for v in names))) for names in own]

    def net(first, second):
        start = {
            **quo,
            **dict(zip(own[0], first, strict=True)),
            **dict(zip(own[1], second, strict=True)),
        }
        talks = bg.solve(game, disagreement=game.payoffs(start), lotteries=False)
        paid = [0.1 * (start["a1"] != 0) + 0.2 * (start["a2"] != 1), 0.15 * (start["b1"] != 0)]
        return talks.payoffs - paid

    table = np.array([[net(f, s) for s in points[1]] for f in points[0]])
    x = np.zeros(len(points[0]))
    y = np.zeros(len(points[1]))
    for share, own_levels in found.strategies[0]:
        x[points[0].index((own_levels["a1"], own_levels["a2"]))] = share
    for share, own_levels in found.strategies[1]:
        y[points[1].index((own_levels["b1"],))] = share
    assert np.einsum("j,k,jkn->n", x, y, table) == pytest.approx(found.payoffs)
    assert (table[..., 0] @ y).max() <= found.payoffs[0] + 1e-8
    assert (x @ table[..., 1]).max() <= found.payoffs[1] + 1e-8
    assert found.talks_solved <= table[..., 0].size
    assert bg.verify(found)


@pytest.mark.parametrize("seed", range(4))
def test_units_and_the_order_of_players_do_not_matter(seed):
    plain = bg.chips(random_game(seed))
    scaled = bg.chips(random_game(seed, scale=(1000.0, 0.01)))
    swapped = bg.chips(random_game(seed, swap=True))
    assert scaled.payoffs == pytest.approx(plain.payoffs * [1000, 0.01])
    assert scaled.raised_to_be_traded_back == pytest.approx(plain.raised_to_be_traded_back)
    assert swapped.payoffs[::-1] == pytest.approx(plain.payoffs)
    assert swapped.moved == pytest.approx(plain.moved)


def test_verify_refuses_payoffs_that_are_not_those_of_the_equilibrium():
    found = bg.chips(barter())
    assert not bg.verify(replace(found, payoffs=found.payoffs + 0.1))
    stay = replace(found, strategies=(((1.0, bg.Package({"control": 0.0})),), found.strategies[1]))
    assert not bg.verify(replace(stay, payoffs=found.old.payoffs))


def test_result_is_plain_and_says_its_costs_and_talks():
    seen = []
    found = bg.chips(barter(), costs={"control": 0.5}, progress=lambda *n: seen.append(n))
    assert json.loads(json.dumps(found.to_dict()))["talks_solved"] == 2 == len(seen)
    assert "control 0.5" in found.explain()
    assert "2 talks solved" in found.explain()
    assert "before the talks" in str(found)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"disagreement": "noncooperative"}, "does not depend on where the talks start"),
        ({"costs": {"control": -1}}, "control: expected a number >= 0"),
        ({"costs": {"soy": 1}}, "not among the movable"),
        ({"costs": {"corn": 1}}, "unknown lever 'corn'"),
        ({"costs": 3}, "expected a mapping"),
        ({"movable": "control"}, "expected levers"),
        ({"movable": ["control", "control"]}, "different free levers"),
    ],
)
def test_bad_input_is_named(options, says):
    with pytest.raises(bg.InputError, match=says):
        bg.chips(barter(), **options)


def test_too_many_starting_points_are_refused():
    levers = [bg.ExportControl(f"c{k}", A, [0, 1], 0) for k in range(9)]
    game = bg.Negotiation([A, B], levers, [bg.LinearPayoff(levers[0], {A: 1, B: -1})])
    with pytest.raises(bg.IntractableError, match="512 starting points of A"):
        bg.chips(game)
