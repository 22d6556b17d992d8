"""Solved games: finite games from data files, with their sources and what is known about them.

A `SolvedGame` is a `NormalFormGame`, so every solver takes it. The facts that the shipped files
state are those of the sources, confirmed by Gambit's exact enumeration or by hand; the library's
own tests have to find the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bargaining.catalogue.reading import Entries, profiles, table
from bargaining.catalogue.surds import Surd
from bargaining.errors import InputError
from bargaining.model.files import DataFolder, file_error, parse_toml, read_text
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.games.normal_form import NormalFormGame

__all__ = ["GameEntry", "Known", "SolvedGame", "list_games", "load_game"]

GAMES = DataFolder("bargaining.catalogue", "games", "game")

SAME = 1e-9
"""How far found probabilities may be from the known ones."""


@dataclass(frozen=True)
class Known:
    """What is known about the equilibria of a game.

    Attributes
    ----------
    degenerate : bool
        Of a two-player game: whether some strategy has more pure best responses than it has pure
        strategies in its support. Of a larger one: whether some equilibrium is not isolated.
    extreme_equilibria : int
        How many there are; in a larger game or a nondegenerate one these are all equilibria.
    components : int
        How many connected sets the equilibria form.
    equilibria : tuple of profiles
        The extreme equilibria, or some of them; each a tuple of exact probabilities a player, of
        type Fraction or, where they are irrational, `Surd`.
    """

    degenerate: bool
    extreme_equilibria: int
    components: int
    equilibria: tuple[tuple[tuple[Fraction | Surd, ...], ...], ...]

    def matches(self, found: Equilibria) -> bool:
        """Say whether a list of equilibria has all that are known, as many, and in such sets.

        Parameters
        ----------
        found : Equilibria
            As `nash_equilibria` returns them.

        Examples
        --------
        >>> import bargaining as bg
        >>> game = bg.load_game("degenerate-3x2")
        >>> game.known.matches(bg.nash_equilibria(game))
        True
        """
        profiles = [np.concatenate(each.strategies) for each in found]
        return (len(found), len(found.components)) == (
            self.extreme_equilibria,
            self.components,
        ) and all(
            min(float(np.abs(profile - one).max()) for profile in profiles) < SAME
            for one in map(_joined, self.equilibria)
        )


def _joined(profile: Sequence[Sequence[Fraction | Surd]]) -> Any:
    return np.array([float(share) for strategy in profile for share in strategy])


class SolvedGame(NormalFormGame):
    """A finite game from a file of the catalogue, or from one's own.

    Attributes
    ----------
    name, title, source : str
        Of the file, of the game, and where it was published.
    look_at : str
        What the game is there to show.
    known : Known
        Its equilibria.

    Examples
    --------
    >>> game = load_game("irrational-2x2x2")
    >>> game
    <SolvedGame 'irrational-2x2x2': 2 x 2 x 2, players ('Row', 'Column', 'Matrix')>
    >>> game.known.equilibria[0][0][0]
    Surd(a=Fraction(53, 46), b=Fraction(-1, 46), n=601)
    """

    name: str
    title: str
    source: str
    look_at: str
    known: Known

    def __init__(
        self,
        game: NormalFormGame,
        *,
        name: str,
        title: str,
        source: str,
        look_at: str,
        known: Known,
    ) -> None:
        super().__init__(game.payoff_arrays, game.players, game.labels, exact=list(game.rational))
        self.__dict__.update(name=name, title=title, source=source, look_at=look_at, known=known)

    def __repr__(self) -> str:
        """Say which game it is, and how large."""
        return f"<SolvedGame {self.name!r}: {self.size_in_words}, players {self.players}>"

    @property
    def size_in_words(self) -> str:
        """Numbers of strategies, as in "2 x 3"."""
        return " x ".join(map(str, self.shape))


class GameEntry(NamedTuple):
    """A line in the list of shipped games."""

    name: str
    title: str


def load_game(name_or_path: str | Path) -> SolvedGame:
    """Load a game of the catalogue by its name, or any game from a file of the same form.

    Such a file is TOML: `title`, `source` and `look_at`; a table `[[players]]` for each player with
    `name`, `strategies` and `payoffs`, nested lists with the first player's strategies outermost;
    and a table `[known]` with the attributes of `Known`. Numbers are whole, or fractions in quotes.

    Parameters
    ----------
    name_or_path : str or Path
        A name from `list_games()`, or the path of a file.

    Raises
    ------
    InputError
        For an unknown name, and for anything wrong in the file: the message names the file, the
        key (the line, where it is not TOML), the value and what was expected.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = load_game("chicken")
    >>> [bg.nash_equilibria(game).completeness, game.known.extreme_equilibria]
    ['all', 3]
    """
    path, origin = GAMES.locate(name_or_path)
    return _game(parse_toml(read_text(path, origin), origin), path.stem, origin)


def list_games() -> tuple[GameEntry, ...]:
    """Return names and titles of the games in the catalogue, by name.

    Examples
    --------
    >>> list_games()[0]
    GameEntry(name='battle-of-the-sexes', title='Battle of the sexes')
    """
    return tuple(GameEntry(name, load_game(name).title) for name in GAMES.names())


def _game(data: object, name: str, origin: str) -> SolvedGame:
    top = Entries(data, origin, "", ("title", "source", "look_at", "players", "known"))
    keys = ("name", "strategies", "payoffs")
    given = enumerate(top.items("players"))
    players = [Entries(one, origin, f"players.{i}", keys) for i, one in given]
    names = [player.text("name") for player in players]
    labels = [player.texts("strategies") for player in players]
    shape = tuple(map(len, labels))
    payoffs = [
        table(player.items("payoffs"), shape, origin, f"players.{i}.payoffs")
        for i, player in enumerate(players)
    ]
    try:
        game = NormalFormGame.from_arrays(*payoffs, players=names, labels=labels)
    except InputError as error:
        raise file_error(origin, "players", str(error)) from None
    return SolvedGame(
        game,
        name=name,
        title=top.text("title"),
        source=top.text("source"),
        look_at=top.text("look_at"),
        known=_known(top.take("known", lambda _: True, ""), shape, origin),
    )


def _known(data: object, shape: tuple[int, ...], origin: str) -> Known:
    keys = ("degenerate", "extreme_equilibria", "components", "equilibria")
    known = Entries(data, origin, "known", keys)
    number = known.count("extreme_equilibria")
    listed = profiles(known.items("equilibria"), shape, origin)
    if len(listed) > number:
        problem = f"expected at most {number}, the extreme equilibria, got {len(listed)}"
        raise file_error(origin, "known.equilibria", problem)
    return Known(known.truth("degenerate"), number, known.count("components", number), listed)
