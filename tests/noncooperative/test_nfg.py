"""Gambit's game files: published examples, the way there and back, and texts that are no games."""

from __future__ import annotations

import io
from contextlib import suppress
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bargaining.errors import InputError, IntractableError
from bargaining.noncooperative.games.nfg import nfg_text, parse_nfg
from bargaining.noncooperative.games.normal_form import NormalFormGame

SELTEN = 'NFG 1 R "Selten (IJGT, 75), Figure 2, normal form"\n{ "Player 1" "Player 2" } '
"""The example of Gambit's documentation; the two bodies describe the same game."""
PAYOFFS = SELTEN + "{ 3 2 }\n\n1 1 0 2 0 2 1 1 0 3 2 0\n"
OUTCOMES = (
    SELTEN + '{\n{ "1" "2" "3" }\n{ "1" "2" }\n}\n\n{\n{ "" 1, 1 }\n{ "" 0, 2 }\n{ "" 0, 2 }\n'
    '{ "" 1, 1 }\n{ "" 0, 3 }\n{ "" 2, 0 }\n}\n1 2 3 4 5 6\n'
)


def same(game, other):
    return (
        game.players == other.players
        and game.labels == other.labels
        and game.rational.tolist() == other.rational.tolist()
        and np.array_equal(game.payoff_arrays, other.payoff_arrays)
    )


NAMES = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\{},\n'), min_size=1
).filter(str.strip)


@st.composite
def games(draw, names=NAMES):
    """Games of one to three players with exact payoffs and any names."""
    shape = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    numbers = (
        st.integers(-3, 3)
        | st.floats(-1e200, 1e200).filter(lambda x: x == 0 or abs(x) > 1e-300)
        | st.fractions()
        | st.decimals(allow_nan=False, allow_infinity=False, places=3)
    )
    count = int(np.prod(shape))
    arrays = []
    for _ in shape:
        entries = draw(st.lists(numbers, min_size=count, max_size=count))
        array = np.empty(count, dtype=object)
        array[:] = entries
        arrays.append(array.reshape(shape))

    def some(size):
        return draw(st.lists(names, min_size=size, max_size=size, unique=True))

    labels = [some(size) for size in shape]
    return NormalFormGame.from_arrays(*arrays, players=some(len(shape)), labels=labels)


@pytest.mark.parametrize("text", [PAYOFFS, OUTCOMES])
def test_the_documented_example_has_the_first_player_move_fastest(text):
    game = parse_nfg(text, "e02.nfg")
    assert game.players == ("Player 1", "Player 2")
    assert game.payoff_arrays[0].tolist() == [[1, 1], [0, 0], [0, 2]]
    assert game.payoff_arrays[1].tolist() == [[1, 1], [2, 3], [2, 0]]


def test_strategies_without_a_name_get_numbers():
    assert parse_nfg(PAYOFFS, "e02.nfg").labels[1] == ("strategy 1", "strategy 2")
    assert parse_nfg(OUTCOMES, "e02.nfg").labels[1] == ("1", "2")
    nameless = parse_nfg('NFG 1 R "" { "" "" } { { "" "b" } { "" } } 1 2 3 4', "text")
    assert nameless.players == ("player 1", "player 2")
    assert nameless.labels == (("strategy 1", "b"), ("strategy 1",))


def test_the_null_outcome_pays_everybody_nothing():
    game = parse_nfg('NFG 1 D "t" { "A" "B" } { 2 2 } "c" { { "o" 1 2 } { "" 3, 4 } } 0 1 2 1', "t")
    assert game.payoff_arrays.tolist() == [[[0, 3], [1, 1]], [[0, 4], [2, 2]]]


NUMBERS = {
    "7": 7, "-7": -7, "+7": 7, "007": 7, "1/3": Fraction(1, 3), "-2/6": Fraction(-1, 3),
    ".5": Fraction(1, 2), "5.": 5, "-0.1": Fraction(-1, 10), "1e2": 100, "1E-2": Fraction(1, 100),
    "1.5e+1": 15, "9007199254740993": 2**53 + 1, "0/5": 0,
}  # fmt: skip


@pytest.mark.parametrize("written", NUMBERS)
def test_numbers_are_read_exactly(written):
    game = parse_nfg(f'NFG 1 R "" {{ "A" }} {{ 1 }} {written}', "text")
    assert game.rational[0, 0] == NUMBERS[written]


@given(games(), st.sampled_from(["payoffs", "outcomes"]), st.text(st.characters(codec="utf-8")))
def test_a_written_game_is_read_back_as_it_was(game, form, title):
    assert same(parse_nfg(nfg_text(game, form=form, title=title), "text"), game)


def test_files_are_written_and_read(tmp_path):
    game = NormalFormGame.from_arrays(
        [[0.1, 2]], [[Fraction(1, 3), 0]], players=["Ä", "中国"], labels=[["a\r\n"], ['"', "\\"]]
    )
    for form in ("payoffs", "outcomes"):
        game.to_nfg(tmp_path / "game.nfg", title='say "x"', form=form)
        assert same(NormalFormGame.from_nfg(str(tmp_path / "game.nfg")), game)
    (tmp_path / "marked.nfg").write_text("\ufeff" + PAYOFFS, encoding="utf-8")
    assert NormalFormGame.from_nfg(tmp_path / "marked.nfg").shape == (3, 2)


def test_equal_outcomes_are_listed_once():
    text = nfg_text(NormalFormGame.from_arrays([[0, 5], [5, 0]], [[0, 1], [1, 0]]), form="outcomes")
    assert text.endswith('{\n  { "" 5, 1 }\n}\n0 1\n1 0\n')


H = 'NFG 1 R "t" { "A" "B" } '
BAD = [
    ("", "line 1, column 1: expected NFG, got the end of the file"),
    ("EFG 2 R", "column 1: expected NFG, got 'EFG'"),
    ('NFG 2 R "t"', "column 5: expected 1, got '2'"),
    ('NFG 1 X "t"', "column 7: expected R or D, got 'X'"),
    ("NFG 1 R t", "column 9: expected the title in quotation marks, got 't'"),
    ('NFG 1 R "t', "column 9: expected a quotation mark that ends this text, got the end"),
    ('NFG 1 R "t" { }', "expected the name of a player in quotation marks, got '}'"),
    ('NFG 1 R "t" { "A" "A" }', "column 19: expected a name that no other player has, got '\"A\"'"),
    (H + "{ 2 }", "expected a number of strategies, a whole number from 1 up, got '}'"),
    (H + "{ 2 0 }", "a whole number from 1 up, got '0'"),
    (H + "{ 2 2.0 }", "a whole number from 1 up, got '2.0'"),
    (H + "{ 2 2 2 }", "expected '}', got '2'"),
    (H + '{ { "a" "a" } { "b" } }', "expected a name that no other strategy has"),
    (H + "{ 1 1 }\n1", "line 2, column 2: expected a payoff, a number, got the end of the file"),
    (H + "{ 1 1 }\n1 x2", "line 2, column 3: expected a payoff, a number, got 'x2'"),
    (H + "{ 1 1 }\n1, 2", "line 2, column 2: expected a payoff, a number, got ','"),
    (H + "{ 1 1 }\n1 2 3", "line 2, column 5: expected the end of the file, got '3'"),
    (H + "{ 1 1 }\n1 nan", "got 'nan'"),
    (H + "{ 1 1 }\n1 1_0", "got '1_0'"),
    (H + "{ 1 1 }\n1 ١", "got '١'"),
    (H + "{ 1 1 }\n1 1/-3", "got '1/-3'"),
    (H + "{ 1 1 }\n1 1/0", "line 2, column 3: expected a denominator that is not 0, got '1/0'"),
    (H + "{ 1 1 }\n1 1e999", "expected a payoff that a float can hold, got '1e999'"),
    (H + "{ 1 1 }\n1 1e-999", "expected a payoff that a float can hold, got '1e-999'"),
    (H + "{ 1 2 }\n1e308 0 -1e308 0", "t.nfg: NormalFormGame, array 1: expected a finite range"),
    (H + '{ 1 1 } { { "" 1 } } 1', "expected a payoff, a number, got '}'"),
    (H + '{ 1 1 } { { "" 1 2 3 } } 1', "expected '}', got '3'"),
    (H + '{ 1 1 } { { "" 1,, 2 } } 1', "got ','"),
    (H + "{ 1 1 } { { 1 2 } } 1", "expected the name of an outcome in quotation marks, got '1'"),
    (H + '{ 1 1 } { { "" 1 2 } } 2', "expected an outcome, a whole number from 0 to 1, got '2'"),
    (H + '{ 1 1 } { { "" 1 2 } } -1', "a whole number from 0 to 1, got '-1'"),
    (H + '{ 1 1 } "comment" "again" 1 2', "expected a payoff, a number, got '\"again\"'"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_what_is_no_game_is_named_by_line_and_column(text, message):
    with pytest.raises(InputError) as caught:
        parse_nfg(text, "t.nfg")
    assert str(caught.value).startswith("t.nfg")
    assert message in str(caught.value)


TOO_LARGE = [
    (H + "{ 9999 9999 } 1", "column 25: too large: 199,960,002 payoffs, and at most 4,000,000"),
    (H + f"{{ 1 {'9' * 5000} }} 1", "too large: a number of 5,000 digits"),
    (H + f"{{ 1 1 }} 1 1{'0' * 5000}", "too large: a number of more than 2,000 digits"),
    (H + "{ 1 1 } 1 1e-99999999999", "too large: a number of more than 2,000 digits"),
    ('NFG 1 R "" {' + "".join(f' "{k}"' for k in range(40)) + " } {", "40 players, and at most 31"),
]


@pytest.mark.parametrize(("text", "message"), TOO_LARGE)
def test_what_is_too_large_is_said_at_once(text, message):
    with pytest.raises(IntractableError, match=message):
        parse_nfg(text, "t.nfg")


WORDS = ["NFG", "1", "R", '"', '""', '"a"', "{", "}", ",", "2", "1/3", "1e9999", "\\", " ", "\n"]


def _refuses_or_reads(text):
    with suppress(InputError, IntractableError):
        parse_nfg(text, "text")


@given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_no_text_does_worse_than_be_refused(text):
    _refuses_or_reads(text)
    _refuses_or_reads(H + text)


@given(games(), st.sampled_from(["payoffs", "outcomes"]), st.data())
@settings(max_examples=200)
def test_no_damaged_file_does_worse_than_be_refused(game, form, data):
    text = nfg_text(game, form=form)
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(len(text), start + 20)))
    _refuses_or_reads(text[:start] + data.draw(st.text() | st.sampled_from(WORDS)) + text[stop:])


@pytest.mark.parametrize(
    "text", ["1" * 200_000 + "x", '"' + "\\" * 200_001, '"' * 200_001, "{" * 200_000, " " * 10**6]
)
def test_long_nonsense_is_refused_in_linear_time(text):
    with pytest.raises(InputError):
        parse_nfg(H + text, "text")


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.nfg: cannot be read: No such file"):
        NormalFormGame.from_nfg(tmp_path / "none.nfg")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        NormalFormGame.from_nfg(tmp_path)
    (tmp_path / "latin.nfg").write_bytes(b'NFG 1 R "\xe9"')
    with pytest.raises(InputError, match=r"expected UTF-8 text, got byte 0xe9 at 9"):
        NormalFormGame.from_nfg(tmp_path / "latin.nfg")


def test_a_file_beyond_the_limit_is_not_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr("bargaining.noncooperative.games.nfg.LARGEST_FILE", 10)
    (tmp_path / "e02.nfg").write_text(PAYOFFS)
    with pytest.raises(IntractableError, match="expected at most 10 bytes"):
        NormalFormGame.from_nfg(tmp_path / "e02.nfg")


def test_what_cannot_be_written_is_refused(tmp_path):
    game = NormalFormGame.from_arrays([1])
    with pytest.raises(InputError, match="form: expected 'payoffs' or 'outcomes', got 'tree'"):
        game.to_nfg(tmp_path / "x.nfg", form="tree")
    with pytest.raises(InputError, match="title: expected a string, got 3"):
        game.to_nfg(tmp_path / "x.nfg", title=3)
    long = NormalFormGame.from_arrays([Fraction(10**5000 + 1, 10**5000)])
    with pytest.raises(InputError, match="expected payoffs of at most 2000 digits"):
        long.to_nfg(tmp_path / "x.nfg")
    with pytest.raises(InputError, match="expected names in Unicode"):
        game.to_nfg(tmp_path / "x.nfg", title="\ud800")
    assert not list(tmp_path.iterdir())


# Gambit's reader numbers strategies first and then names them one by one, so that it refuses a
# second strategy of three that is called "3": names here are no bare numbers.
PRINTABLE = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1).filter(
    lambda name: name == " ".join(name.split()) and "\\" not in name and not name.isdigit()
)


@given(games(PRINTABLE), st.sampled_from(["payoffs", "outcomes"]))
@settings(max_examples=50)
def test_gambit_reads_what_we_write_and_writes_what_we_read(game, form):
    pygambit = pytest.importorskip("pygambit")
    there = pygambit.read_nfg(io.BytesIO(nfg_text(game, form=form).encode()))
    assert tuple(player.label for player in there.players) == game.players
    for i, player in enumerate(there.players):
        assert tuple(strategy.label for strategy in player.strategies) == game.labels[i]
        for profile in there.contingencies:
            outcome = there[profile]  # None is the null outcome, worth 0 to all
            worth = 0 if outcome is None else Fraction(outcome[player])
            assert worth == game.rational[(i, *profile)]
    assert same(parse_nfg(there.to_nfg(), "text"), game)
