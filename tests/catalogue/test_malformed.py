"""Files with something wrong in them: each gets its place, the value, and what was expected."""

from __future__ import annotations

import pytest

import bargaining as bg
from bargaining.errors import InputError

GOOD = """
title = "Battle"
source = "Own"
look_at = "Everything"

[[players]]
name = "He"
strategies = ["fight", "ballet"]
payoffs = [[2, 0], [0, "1/2"]]

[[players]]
name = "She"
strategies = ["fight", "ballet"]
payoffs = [[1, 0], [0, 2]]

[known]
degenerate = false
extreme_equilibria = 3
components = 3
equilibria = [
  [[1, 0], [1, 0]],
  [["2/3", "1/3"], ["1/5", "4/5"]],
]
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return bg.load_game(path)

    return load


def test_an_own_file_is_read_exactly(load):
    game = load(GOOD)
    assert (game.name, game.title, game.players) == ("own", "Battle", ("He", "She"))
    assert str(game.rational[0][1, 1]) == "1/2"
    assert game.known.matches(bg.nash_equilibria(game))
    assert type(game.restrict([["fight"], ["fight", "ballet"]])) is bg.NormalFormGame


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Battle"', "", "title: is missing"),
        ('title = "Battle"', 'title = " "', "title: expected some text, got ' '"),
        ("look_at", "lookat", "unknown key 'lookat': did you mean 'look_at'?"),
        ('name = "She"', "", "players.1.name: is missing"),
        ('name = "She"', 'nme = "She"', "players.1: unknown key 'nme': did you mean 'name'?"),
        ('name = "She"', 'name = "He"', "players: NormalFormGame, players: expected 2 different"),
        ('["fight", "ballet"]', '["fight", 2]', "players.0.strategies: expected a list of names"),
        ('["fight", "ballet"]', "[]", "players.0.strategies: expected a list of names, got []"),
        ("[[2, 0]", "[[2, 0.5]", "players.0.payoffs.0.1: expected a whole number or a fraction"),
        ('"1/2"', '"1/0"', "players.0.payoffs.1.1: expected a whole number or a fraction"),
        ('"1/2"', '"0.5"', "such as \"1/3\", got '0.5'"),
        ("[[2, 0]", "[[true, 0]", "players.0.payoffs.0.0: expected a whole number"),
        ("[[2, 0]", "[[2]", "players.0.payoffs.0: expected a list of 2, one for each strategy"),
        ("[[2, 0],", "[[2, 0], 3,", "players.0.payoffs: expected a list of 2"),
        (
            "[[2, 0],",
            "[3,",
            "players.0.payoffs.0: expected a list of 2, one for each strategy, got",
        ),
        (
            "[[2, 0]",
            f"[[{10**400}, 0]",
            "players: NormalFormGame, array 1: expected finite payoffs",
        ),
        ("degenerate = false", "degenerate = 0", "known.degenerate: expected true or false, got 0"),
        ("components = 3", "components = 4", "components: expected a whole number from 1 to 3"),
        (
            "extreme_equilibria = 3",
            "extreme_equilibria = 1",
            "known.equilibria: expected at most 1",
        ),
        (
            "extreme_equilibria = 3",
            "extreme_equilibria = 0",
            "expected a whole number from 1, got 0",
        ),
        ("[[1, 0], [1, 0]]", "[[1, 0]]", "known.equilibria.0: expected a list of 2, one for each"),
        ("[[1, 0], [1, 0]]", "[[1, 1], [1, 0]]", "equilibria.0.0: expected probabilities that sum"),
        ("[[1, 0], [1, 0]]", "[[2, -1], [1, 0]]", "equilibria.0.0.0: expected a probability"),
        ('"1/5"', "0.2", "known.equilibria.1.1.0: expected a whole number or a fraction such as"),
        ('"1/5"', '"(1 + sqrt(5))/0"', 'or "(3 - sqrt(5))/2", got'),
        ('["1/5", "4/5"]', '["(3 - sqrt(5))/2", "1/2"]', "expected probabilities that sum to 1"),
        ('["2/3", "1/3"], ["1/5", "4/5"]', "[1, 0], [1, 0]", "1: expected each equilibrium once"),
        ("[known]", "[known", "own.toml: not valid TOML"),
        ("[known]", "[[known]]", "known: expected a table, got ["),
    ],
)
def test_what_is_wrong_is_named_with_its_place(load, old, new, message):
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        load(GOOD.replace(old, new, 1))
    assert "own.toml: " in str(caught.value)
    assert message in str(caught.value)


def test_surds_that_sum_to_one_are_read(load):
    game = load(GOOD.replace('"1/5", "4/5"', '"(3 - sqrt(5))/2", "(-1 + sqrt(5))/2"'))
    assert float(game.known.equilibria[1][1][0]) == pytest.approx((3 - 5**0.5) / 2, abs=1e-15)
    assert not game.known.matches(bg.nash_equilibria(game))


def test_a_wrong_name_gets_the_right_one(tmp_path):
    with pytest.raises(InputError, match="unknown game 'chiken': did you mean 'chicken'"):
        bg.load_game("chiken")
    with pytest.raises(InputError, match="load_game: expected a name or a path, got 3"):
        bg.load_game(3)
    with pytest.raises(InputError, match=r"none\.toml: cannot be read: No such file"):
        bg.load_game(tmp_path / "none.toml")
