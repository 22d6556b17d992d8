"""Regimes of separate tables that have no fixed point, beside others that have an outcome."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

import bargaining as bg
from bargaining.linkage.regimes.separate import NoFixedPointError

A, B = bg.Player("A"), bg.Player("B")
CHASE = [[3, 4, 1], [-3, -2, 4], [2, 4, 2]], [[-2, -1, 2], [-2, 1, -3], [4, 2, 3]]
"""Payoffs of A and of B by the levels of two tables, each of which answers the other's for ever."""

LINKED = bg.Regime("linked", ["x", "y"])
APART = bg.Regime("apart", ["x", "y"], [["x"], ["y"]])


def chase() -> bg.Negotiation:
    levers = [bg.Lever("x", A, [0, 1, 2], 0), bg.Lever("y", B, [0, 1, 2], 0)]
    table = dict(zip((A, B), np.array(CHASE, dtype=float), strict=True))
    return bg.Negotiation([A, B], levers, [bg.TablePayoff(levers, table)])


def compared(*regimes: bg.Regime) -> bg.RegimeComparison:
    return bg.compare_regimes(chase(), disagreement="status-quo", regimes=regimes)


def test_the_other_regimes_keep_their_outcome_and_the_unsettled_one_is_said_to_have_none() -> None:
    found, alone = compared(LINKED, APART), compared(LINKED)
    assert [o.regime.name for o in found.outcomes] == ["linked"]
    np.testing.assert_array_equal(found["linked"].payoffs, alone["linked"].payoffs)
    headline = [each for each in found.unsettled if not each.lotteries]
    assert [each.regime.name for each in headline] == ["apart"]
    assert headline[0].completeness == "all"
    assert "there is none in single packages" in headline[0].explain()
    assert found.table().rows[-1][:4] == ("apart", "-", "packages", "no fixed point")
    assert set(found.table().rows[-1][4:]) == {None}
    assert "apart: Separate tables: no fixed point" in found.explain()
    assert "no fixed point" in str(found)
    with pytest.raises(bg.InputError, match="'apart' has no outcome; separate tables"):
        found["apart"]


def test_it_is_plain_data_and_verified_by_searching_again() -> None:
    found = compared(LINKED, APART)
    plain = json.loads(json.dumps(found.to_dict()))
    assert {each["outcome"] for each in plain["unsettled"]} == {"no fixed point"}
    assert bg.verify(found)
    [each, *_] = found.unsettled
    assert bg.verify(each)
    settled = dataclasses.replace(each, asked=dataclasses.replace(each.asked, regime=LINKED))
    assert not bg.verify(settled)
    assert not bg.verify(dataclasses.replace(found, unsettled=(settled,)))


def test_with_nothing_to_compare_with_it_is_an_error() -> None:
    with pytest.raises(NoFixedPointError, match="no fixed point") as error:
        compared(APART, LINKED)
    assert error.value.completeness == "all"


def test_a_regime_beside_which_lotteries_settle_is_reported_beside() -> None:
    found = compared(LINKED, APART)
    beside = {o.lotteries for o in found.beside if o.regime.name == "apart"}
    assert beside | {each.lotteries for each in found.unsettled} == {False, True}
