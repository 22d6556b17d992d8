"""Players are values with a name."""

from __future__ import annotations

import pytest

from bargaining.errors import InputError
from bargaining.model.players import Player, name_of


def test_players_are_compared_by_value():
    assert Player("China") == Player("China")
    assert len({Player("China"), Player("China"), Player("China", 0.9)}) == 2
    assert str(Player("China")) == "China"
    assert name_of(Player("China")) == name_of("China") == "China"


@pytest.mark.parametrize("factor", [1, 1.5, -0.1, float("nan"), "0.9", [0.9]])
def test_a_discount_factor_lies_in_the_unit_interval(factor):
    with pytest.raises(InputError, match=r"Player 'China', discount_factor: .*\[0, 1\), got"):
        Player("China", factor)
