"""Data files in TOML: found by name or path, read with a limit, errors that name file and key.

Scenarios and the catalogue of games are such files; each checks the contents of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from bargaining.errors import InputError, unknown_name

__all__ = [
    "MOST_LEVERS",
    "MOST_PLAYERS",
    "DataFolder",
    "check_depth",
    "file_error",
    "parse_toml",
    "read_text",
]

LARGEST_FILE = 1_000_000
"""Bytes in the largest file that is read."""

DEEPEST = 64
"""Tables and lists within each other, at most."""

MOST_LEVERS = 2_000
"""Levers of a negotiation in a file."""

MOST_PLAYERS = 100
"""Players of a negotiation in a file."""


def file_error(origin: str, path: str, problem: str) -> InputError:
    """Return the error for one place in a file."""
    return InputError(f"{origin}: {path}: {problem}" if path else f"{origin}: {problem}")


class DataFolder:
    """The files of one kind that come with the library, by their names without the ending.

    Parameters
    ----------
    package, folder : str
        Where they lie.
    kind : str
        What a file holds, as said in messages: "scenario".
    first : str
        The name that comes first in the list; the others follow in alphabetical order.
    """

    def __init__(self, package: str, folder: str, kind: str, *, first: str = "") -> None:
        self._package, self._folder = package, folder
        self._kind, self._first = kind, first

    def names(self) -> tuple[str, ...]:
        """Return the names of the files."""
        folder = files(self._package) / self._folder
        names = sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".toml"))
        return tuple(sorted(names, key=lambda name: name != self._first))

    def locate(self, name_or_path: str | Path) -> tuple[Path, str]:
        """Return where a file lies, and how to call it in messages.

        Raises
        ------
        InputError
            When it is neither the name of a shipped file nor a file.
        """
        names: Sequence[str] = self.names()
        if isinstance(name_or_path, str) and name_or_path in names:
            path = Path(str(files(self._package) / self._folder / f"{name_or_path}.toml"))
            return path, path.name
        if not isinstance(name_or_path, str | Path):
            raise InputError(f"load_{self._kind}: expected a name or a path, got {name_or_path!r}")
        path = Path(name_or_path)
        if path.suffix == ".toml" or len(path.parts) > 1 or path.exists():
            return path, str(name_or_path)
        error = unknown_name(self._kind, name_or_path, names)
        raise InputError(f"{error}; a file is given by its path, ending in .toml")


def read_text(path: Path, origin: str, *, largest: int = LARGEST_FILE) -> str:
    """Return the text of a file of at most a megabyte, unless more is allowed.

    Raises
    ------
    InputError
        When there is no such file, or it is too large or not UTF-8 text.
    """
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
        if len(data) > largest:
            raise file_error(origin, "", f"expected at most {largest:,} bytes, got more")
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise file_error(origin, "", f"expected UTF-8 text, got {error.reason}") from None
    except InputError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise file_error(origin, "", f"cannot be read: {reason}") from None


def parse_toml(text: str, origin: str) -> dict[str, Any]:
    """Return the tables that a text holds.

    Raises
    ------
    InputError
        For a TOML error, with its line.

    Examples
    --------
    >>> parse_toml("players = ['Row', 'Column']", "my.toml")
    {'players': ['Row', 'Column']}
    """
    try:
        data = tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError, and integers beyond Python's limit of digits
        raise file_error(origin, "", f"not valid TOML: {error}") from None
    except RecursionError:
        raise file_error(origin, "", "not valid TOML: nested too deeply") from None
    check_depth(data, origin)
    return data


def check_depth(data: Any, origin: str) -> None:
    """Refuse tables and lists within each other beyond `DEEPEST`.

    Raises
    ------
    InputError
        When there are more.
    """
    level = [data]
    for _ in range(DEEPEST):
        nested = (part.values() if isinstance(part, dict) else part for part in level)
        level = [x for part in nested for x in part if isinstance(x, dict | list)]
        if not level:
            return
    raise file_error(origin, "", f"nested too deeply: expected at most {DEEPEST} levels")
