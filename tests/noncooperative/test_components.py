"""Maximal Nash subsets: maximal complete bipartite parts of a graph."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.errors import IntractableError
from bargaining.noncooperative.two_player import components as module
from bargaining.noncooperative.two_player.components import maximal_nash_subsets


def listed_subsets(pairs):
    """Try every set of strategies of the first player with all that go with each of them."""
    edges = set(pairs)
    found = set()
    xs, ys = {x for x, _ in edges}, {y for _, y in edges}
    for size in range(1, len(xs) + 1):
        for first in combinations(xs, size):
            second = [y for y in ys if all((x, y) in edges for x in first)]
            if second and all(any((x, y) not in edges for y in second) for x in xs - set(first)):
                found.add(frozenset((x, y) for x in first for y in second))
    return found


graphs = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=25)


@given(graphs)
def test_they_are_what_trying_every_set_gives(edges):
    pairs = sorted(edges)
    found = maximal_nash_subsets(pairs)
    assert {frozenset(pairs[k] for k in subset) for subset in found} == listed_subsets(pairs)
    assert {k for subset in found for k in subset} == set(range(len(pairs)))


def test_all_pairs_of_a_constant_game_are_one_subset():
    assert maximal_nash_subsets([(0, 0), (0, 1), (1, 0), (1, 1)]) == [[0, 1, 2, 3]]


def test_too_many_are_an_error(monkeypatch):
    monkeypatch.setattr(module, "MOST", 3)
    crossed = [(x, y) for x in range(4) for y in range(4) if x != y]
    with pytest.raises(IntractableError, match="maximal Nash subsets: there are more than 3"):
        maximal_nash_subsets(crossed)
