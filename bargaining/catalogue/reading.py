"""From the tables of a game's file to checked values; errors name file, key and what was expected.

What a file says is checked for form: that its equilibria are equilibria is for solvers to confirm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from bargaining.catalogue.surds import Surd, read_fraction, read_probability, sums_to_one
from bargaining.errors import unknown_name
from bargaining.model.files import file_error

__all__ = ["Entries", "profiles", "table"]

Profile = tuple[tuple[Fraction | Surd, ...], ...]


class Entries:
    """A table of a file whose keys are all known and all there.

    Parameters
    ----------
    data : object
    origin : str
        The file, as said in messages.
    path : str
        Key path of the table, empty for the file itself.
    keys : sequence of str

    Raises
    ------
    InputError
        When it is no table, a key is unknown, or one is missing.
    """

    def __init__(self, data: object, origin: str, path: str, keys: Sequence[str]) -> None:
        self._origin, self._prefix = origin, f"{path}." if path else ""
        if not isinstance(data, dict):
            raise file_error(origin, path, f"expected a table, got {data!r}")
        for key in data:
            if key not in keys:
                raise file_error(origin, path, str(unknown_name("key", key, keys)))
        for key in keys:
            if key not in data:
                raise file_error(origin, self._prefix + key, "is missing")
        self._data = data

    def take(self, key: str, right: Callable[[Any], bool], expected: str) -> Any:
        """Return a value for which something holds.

        Raises
        ------
        InputError
            Naming what was expected, when it does not hold.
        """
        value = self._data[key]
        if not right(value):
            raise file_error(
                self._origin, self._prefix + key, f"expected {expected}, got {value!r}"
            )
        return value

    def text(self, key: str) -> str:
        """Return a text that is not empty, on one line."""
        return " ".join(self.take(key, _is_text, "some text").split())

    def truth(self, key: str) -> bool:
        """Return true or false."""
        return bool(self.take(key, lambda v: isinstance(v, bool), "true or false"))

    def count(self, key: str, most: float = float("inf")) -> int:
        """Return a whole number from 1."""
        expected = "a whole number from 1" + (f" to {most}" if most < float("inf") else "")
        return int(self.take(key, lambda v: type(v) is int and 1 <= v <= most, expected))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts that is not empty."""

        def right(value: Any) -> bool:
            return isinstance(value, list) and value != [] and all(map(_is_text, value))

        return tuple(self.take(key, right, "a list of names"))

    def items(self, key: str) -> list[Any]:
        """Return a list that is not empty."""
        return list(self.take(key, lambda v: isinstance(v, list) and v != [], "a list"))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def table(data: object, shape: Sequence[int], origin: str, path: str) -> Any:
    """Return nested lists of payoffs as fractions, of the shape of the game.

    Raises
    ------
    InputError
        For a list of another length, or a payoff that is not exact.
    """
    if not shape:
        return _number(read_fraction, data, origin, path)
    rows = _listed(data, shape[0], origin, path, "one for each strategy")
    return [table(row, shape[1:], origin, f"{path}.{k}") for k, row in enumerate(rows)]


def profiles(data: Sequence[object], shape: Sequence[int], origin: str) -> tuple[Profile, ...]:
    """Return the profiles of a list of equilibria, as exact probabilities.

    Raises
    ------
    InputError
        For a profile of another shape, and what are not exact probabilities that sum to 1.
    """
    found = []
    for k, profile in enumerate(data):
        path = f"known.equilibria.{k}"
        strategies = _listed(profile, len(shape), origin, path, "one for each player")
        found.append(
            tuple(
                _strategy(strategy, size, origin, f"{path}.{i}")
                for i, (strategy, size) in enumerate(zip(strategies, shape, strict=True))
            )
        )
    for k, profile in enumerate(found):
        if profile in found[:k]:
            raise file_error(origin, f"known.equilibria.{k}", "expected each equilibrium once")
    return tuple(found)


def _strategy(data: object, size: int, origin: str, path: str) -> tuple[Fraction | Surd, ...]:
    values = _listed(data, size, origin, path, "one for each strategy")
    numbers = tuple(
        _number(read_probability, value, origin, f"{path}.{k}") for k, value in enumerate(values)
    )
    if not sums_to_one(numbers):
        raise file_error(origin, path, f"expected probabilities that sum to 1, got {data!r}")
    return numbers


def _listed(data: object, size: int, origin: str, path: str, what: str) -> list[Any]:
    if not isinstance(data, list) or len(data) != size:
        got = f"{len(data)}" if isinstance(data, list) else repr(data)
        raise file_error(origin, path, f"expected a list of {size}, {what}, got {got}")
    return data


def _number(read: Callable[[object], Any], data: object, origin: str, path: str) -> Any:
    try:
        return read(data)
    except ValueError as error:
        raise file_error(origin, path, f"{error}, got {data!r}") from None
