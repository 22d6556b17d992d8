"""From a name or a path to a checked document: finding, reading and parsing scenario files."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bargaining.errors import InputError, unknown_name
from bargaining.scenarios.messages import file_error, from_validation
from bargaining.scenarios.schema import Document

__all__ = ["locate", "parse", "read", "shipped"]

LARGEST_FILE = 1_000_000
"""Bytes in the largest scenario file that is read."""


def shipped() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the library, the truce first."""
    folder = files("bargaining.scenarios") / "data"
    names = sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".toml"))
    return tuple(sorted(names, key=lambda name: name != "us-china-2025"))


def locate(name_or_path: str | Path) -> tuple[Path, str]:
    """Return where a scenario lies, and how to call the file in messages.

    Raises
    ------
    InputError
        When it is neither the name of a shipped scenario nor a file.
    """
    if isinstance(name_or_path, str) and name_or_path in shipped():
        path = Path(str(files("bargaining.scenarios") / "data" / f"{name_or_path}.toml"))
        return path, path.name
    if not isinstance(name_or_path, str | Path):
        raise InputError(f"load_scenario: expected a name or a path, got {name_or_path!r}")
    path = Path(name_or_path)
    if path.suffix == ".toml" or len(path.parts) > 1 or path.exists():
        return path, str(name_or_path)
    error = unknown_name("scenario", name_or_path, shipped())
    raise InputError(f"{error}; a file is given by its path, ending in .toml")


def read(path: Path, origin: str) -> str:
    """Return the text of a file of at most a megabyte.

    Raises
    ------
    InputError
        When there is no such file, or it is too large or not UTF-8 text.
    """
    try:
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            raise file_error(
                origin, "", f"expected at most {LARGEST_FILE} bytes, got {path.stat().st_size}"
            )
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise file_error(origin, "", f"expected UTF-8 text, got {error.reason}") from None
    except OSError as error:
        raise file_error(origin, "", f"cannot be read: {error.strerror}") from None


def parse(text: str, origin: str) -> Document:
    """Return the checked document that a text holds.

    Raises
    ------
    InputError
        For a TOML error (with its line), an unknown key, a missing or a bad value.
    """
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError, and integers beyond Python's limit of digits
        raise file_error(origin, "", f"not valid TOML: {error}") from None
    except RecursionError:
        raise file_error(origin, "", "not valid TOML: nested too deeply") from None
    try:
        return Document.model_validate(data)
    except ValidationError as error:
        raise from_validation(origin, error, data) from None
