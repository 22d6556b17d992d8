"""Gambit's strategic game files (`.nfg`), read and written, in their payoff and outcome forms.

The format is that of Gambit's documentation (McKelvey, McLennan and Turocy): a prologue of title,
players and strategies, then the payoffs, or the numbers of listed outcomes, of all profiles, the
first player's strategy moving fastest. Numbers are read and written exactly.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from bargaining.errors import InputError, IntractableError
from bargaining.noncooperative.games.nfg_tokens import DIGITS, Scanner
from bargaining.noncooperative.games.normal_form import NormalFormGame

__all__ = ["nfg_text", "parse_nfg", "read_nfg", "write_nfg"]

LARGEST_FILE = 2**26
"""Bytes of a file."""

LARGEST_GAME = 4_000_000
"""Payoffs of a game: profiles times players."""

MOST_PLAYERS = 31
"""Numpy's arrays have 32 axes at least, and one of them is for the players."""


def read_nfg(path: str | os.PathLike[str]) -> NormalFormGame:
    """Return the game of a file; see `NormalFormGame.from_nfg`."""
    where = os.fspath(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{where}: cannot be read: {reason}") from None
    if len(data) > LARGEST_FILE:
        raise IntractableError(f"{where}: expected at most {LARGEST_FILE:,} bytes, got more")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{where}: expected UTF-8 text, got byte {data[error.start]:#04x} at {error.start}"
        ) from None
    return parse_nfg(text, where)


def parse_nfg(text: str, where: str) -> NormalFormGame:
    """Return the game that a text in Gambit's format describes.

    Parameters
    ----------
    text : str
    where : str
        What the text is called in messages.
    """
    scanner = Scanner(text, where)
    scanner.word("NFG")
    scanner.word("1")
    scanner.word("R", "D")
    scanner.string("the title")
    players = _names(scanner, "player")
    labels = _strategies(scanner, len(players))
    if scanner.ahead.kind == "string":
        scanner.take()  # the comment
    shape = tuple(map(len, labels))
    cells = math.prod(shape)
    if scanner.ahead.text == "{":
        outcomes = _outcomes(scanner, len(players))
        rows = [outcomes[scanner.whole("an outcome", len(outcomes) - 1)] for _ in range(cells)]
    else:
        rows = [[scanner.number("a payoff") for _ in players] for _ in range(cells)]
    scanner.end()
    tables = np.empty((cells, len(players)), dtype=object)
    tables[:] = rows
    arrays = [tables[:, i].reshape(shape, order="F") for i in range(len(players))]
    try:
        return NormalFormGame.from_arrays(*arrays, players=players, labels=labels)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _names(scanner: Scanner, kind: str) -> list[str]:
    """Read a list of names in braces; empty ones get the names that games have by default."""
    scanner.mark("{")
    names: dict[str, None] = {}
    while scanner.ahead.text != "}" or not names:
        token = scanner.string(f"the name of a {kind}")
        name = token.value if token.value.strip() else f"{kind} {len(names) + 1}"
        if name in names:
            raise scanner.wrong(token, f"a name that no other {kind} has")
        names[name] = None
    scanner.mark("}")
    return list(names)


def _strategies(scanner: Scanner, players: int) -> list[list[str]]:
    """Read the numbers of strategies, or their names in braces."""
    first = scanner.mark("{")
    if players > MOST_PLAYERS:
        raise scanner.too_large(first, f"{players} players, and at most {MOST_PLAYERS} are read")
    if scanner.ahead.text == "{":
        labels = [_names(scanner, "strategy") for _ in range(players)]
        sizes = [len(names) for names in labels]
    else:
        sizes = [scanner.whole("a number of strategies", least=1) for _ in range(players)]
        labels = []
    scanner.mark("}")
    total = math.prod(sizes) * players
    if total > LARGEST_GAME:
        raise scanner.too_large(
            first, f"{total:,} payoffs, and at most {LARGEST_GAME:,} are read at once"
        )
    return labels or [[f"strategy {k + 1}" for k in range(size)] for size in sizes]


def _outcomes(scanner: Scanner, players: int) -> list[list[Fraction]]:
    """Read the outcomes; number 0 is the null outcome, which pays everybody 0."""
    scanner.mark("{")
    outcomes = [[Fraction(0)] * players]
    while scanner.ahead.text != "}":
        scanner.mark("{")
        scanner.string("the name of an outcome")
        row = []
        for _ in range(players):
            row.append(scanner.number("a payoff"))
            if scanner.ahead.text == ",":
                scanner.take()
        scanner.mark("}")
        outcomes.append(row)
    scanner.mark("}")
    return outcomes


def write_nfg(game: NormalFormGame, path: str | os.PathLike[str], *, title: str, form: str) -> None:
    """Write a game to a file; see `NormalFormGame.to_nfg`."""
    text = nfg_text(game, title=title, form=form)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(f"to_nfg: expected names in Unicode, got {error.object!r}") from None
    Path(path).write_bytes(data)


def nfg_text(game: NormalFormGame, *, title: str = "", form: str = "payoffs") -> str:
    """Return a game in Gambit's format, in its form of "payoffs" or of "outcomes"."""
    if form not in ("payoffs", "outcomes"):
        raise InputError(f"to_nfg, form: expected 'payoffs' or 'outcomes', got {form!r}")
    if not isinstance(title, str):
        raise InputError(f"to_nfg, title: expected a string, got {title!r}")
    rows = _profiles(game)
    width = game.shape[0]  # a line for every profile of the other players
    if form == "payoffs":
        body = _lines([" ".join(map(_number, row)) for row in rows], width, "  ")
    else:
        body = _outcome_lines(rows, width)
    names = [f"  {_braced(own)}" for own in game.labels]
    return "\n".join(
        [f"NFG 1 R {_quoted(title)} {_braced(game.players)}", "{", *names, "}", '""', *body, ""]
    )


def _profiles(game: NormalFormGame) -> list[tuple[Fraction, ...]]:
    """Return the payoffs of all profiles in the order of the format."""
    tables = [table.reshape(-1, order="F").tolist() for table in game.rational]
    return list(zip(*tables, strict=True))


def _outcome_lines(rows: Sequence[tuple[Fraction, ...]], width: int) -> list[str]:
    """Return the list of different outcomes, and the number of the outcome of every profile."""
    numbers = {(Fraction(0),) * len(rows[0]): 0}
    for row in rows:
        numbers.setdefault(row, len(numbers))
    listed = [f'  {{ "" {", ".join(map(_number, row))} }}' for row in list(numbers)[1:]]
    return ["{", *listed, "}", *_lines([str(numbers[row]) for row in rows], width, " ")]


def _lines(words: Sequence[str], width: int, between: str) -> list[str]:
    return [between.join(words[k : k + width]) for k in range(0, len(words), width)]


def _braced(names: Sequence[str]) -> str:
    return f"{{ {' '.join(map(_quoted, names))} }}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _number(payoff: Fraction) -> str:
    """Write a payoff exactly: whole, as a short decimal where that is all of it, or a fraction."""
    if max(payoff.numerator.bit_length(), payoff.denominator.bit_length()) > 3 * DIGITS:
        raise InputError(f"to_nfg: expected payoffs of at most {DIGITS} digits, got a longer one")
    decimal = repr(float(payoff))
    if payoff.denominator > 1 and "e" not in decimal and Fraction(decimal) == payoff:
        return decimal
    return str(payoff)
