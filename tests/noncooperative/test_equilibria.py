"""Several equilibria: the sequence, the sets they span, the words, and the check."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from bargaining.errors import InputError
from bargaining.noncooperative import solve  # noqa: F401  registers the check of one equilibrium
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.equilibrium import equilibrium_of
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.results.certificate import verify

GAME = NormalFormGame.from_arrays(
    [[2, 0], [0, 1]], [[1, 0], [0, 2]], players=["Ann", "Bob"], labels=[["a", "b"], ["c", "d"]]
)
FLAT = NormalFormGame.from_arrays([[0, 0], [0, 0]], [[0, 0], [0, 0]])
UNIT = np.eye(2)


def listed(game, profiles, completeness="all", **options):
    made = [
        equilibrium_of(
            game, p, method="hand", selection="one", number_found=3, completeness=completeness
        )
        for p in profiles
    ]
    return Equilibria.of(game, made, completeness=completeness, method="hand", **options)


def three():
    mixed = (np.array([2 / 3, 1 / 3]), np.array([1 / 3, 2 / 3]))
    return listed(GAME, [(UNIT[0], UNIT[0]), (UNIT[1], UNIT[1]), mixed])


def corners(**options):
    return listed(FLAT, [(x, y) for x in UNIT for y in UNIT], **options)


def test_it_is_a_sequence_of_equilibria():
    found = three()
    assert len(found) == 3
    assert found[0].payoffs.tolist() == [2, 1]
    assert found[-1] is list(found)[2]
    assert found[:2] == (found[0], found[1])


def test_equilibria_of_no_common_subset_are_components_of_their_own():
    assert three().subsets == three().components == ((0,), (1,), (2,))


def test_components_are_unions_of_subsets_that_share_an_equilibrium():
    assert corners(subsets=[[0, 1], [3, 1], [2]]).components == ((0, 1, 3), (2,))
    assert corners(subsets=[[0, 1], [2, 3]]).components == ((0, 1), (2, 3))
    assert corners(subsets=[[0, 1], [2, 3]], components=[[3, 2, 1, 0]]).components == (
        (0, 1, 2, 3),
    )


def test_verify_recomputes_each_regret():
    found = three()
    assert bool(verify(found))
    wrong = listed(GAME, [(UNIT[0], UNIT[1])], completeness="some")
    lying = dataclasses.replace(wrong, certificate=found.certificate)
    assert verify(lying).value == 0.5
    assert not verify(lying)


def test_verify_refuses_a_subset_whose_pairs_are_no_equilibria():
    joined = dataclasses.replace(three(), subsets=((0, 1), (2,)))
    assert not verify(joined)
    assert bool(verify(corners(subsets=[[0, 1, 2, 3]])))
    assert verify(corners(subsets=[[0, 1, 2, 3]])).details["pairs"] == 4


def test_the_table_has_a_row_for_each_equilibrium_with_its_component_and_names():
    frame = three().to_frame()
    assert list(frame.columns) == [
        "equilibrium", "component", "Ann", "Bob", "payoff of Ann", "payoff of Bob",
    ]  # fmt: skip
    assert frame["Ann"].tolist() == ["a", "b", "0.6667 a + 0.3333 b"]
    assert frame["component"].tolist() == [1, 2, 3]
    assert "complete: no other extreme equilibria exist" in str(three())


def test_explain_says_completeness_and_components():
    assert three().explain().startswith("3 Nash equilibria, by hand; complete: no other")
    flat = corners(subsets=[[0, 1, 2, 3]])
    assert "They span 1 connected component, 1 of them with infinitely many" in flat.explain()
    some = listed(GAME, [(UNIT[0], UNIT[0])], completeness="some", reason="only one was looked for")
    assert some.explain().startswith(
        "1 Nash equilibrium, by hand; others may exist: only one was looked for."
    )
    assert "no others exist" in three()[0].explain()


def test_to_dict_survives_json():
    found = corners(subsets=[[0, 1, 2, 3]])
    there = json.loads(json.dumps(found.to_dict()))
    assert there["components"] == [[0, 1, 2, 3]]
    assert there["completeness"] == "all"
    assert len(there["equilibria"]) == 4
    assert there["certificate"]["holds"] is True


@pytest.mark.parametrize(
    ("profiles", "options", "message"),
    [
        ([], {}, "expected at least one, got none"),
        ([(UNIT[0], UNIT[0])], {"completeness": "most"}, "expected 'all' or 'some', got 'most'"),
        ([(UNIT[0], UNIT[0])], {"subsets": [[1]]}, "subsets: expected indices from 0 to 0"),
        ([(UNIT[0], UNIT[0])], {"components": [[]]}, "components: expected indices from 0 to 0"),
    ],
)
def test_bad_input_is_named(profiles, options, message):
    with pytest.raises(InputError, match=message):
        listed(GAME, profiles, **options)
