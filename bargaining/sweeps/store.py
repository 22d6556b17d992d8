"""Finished parts of a sweep on disk, so that nothing is lost when a process dies.

A folder holds `sweep.json`, which says what is being solved, and one file a finished chunk, put in
place in one step. A Parquet file is made of such a folder when all is done.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bargaining.errors import InputError
from bargaining.sweeps.job import Chunk, joined

__all__ = [
    "FORMAT",
    "Store",
    "check_parquet",
    "read_folder",
    "read_parquet",
    "refuse_other",
    "write_parquet",
]

FORMAT = 1
"""Version of the layout."""

ABOUT, KEY = "sweep.json", b"bargaining.sweep"


class Store:
    """A folder of finished chunks.

    Parameters
    ----------
    folder : Path
    about : mapping
        What the sweep is; a folder of another one is refused.

    Raises
    ------
    InputError
        When the folder belongs to another sweep, or holds something else.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any]) -> None:
        self.folder = folder
        if folder.exists() and not folder.is_dir():
            raise InputError(f"sweep, output {str(folder)!r}: expected a folder, got a file")
        folder.mkdir(parents=True, exist_ok=True)
        sheet = folder / ABOUT
        if sheet.exists():
            refuse_other(about, _read(sheet), str(folder))
        elif any(folder.iterdir()):
            raise InputError(
                f"sweep, output {str(folder)!r}: expected an empty folder or one with {ABOUT}"
            )
        else:
            _write(sheet, dict(about))

    def _path(self, number: int) -> Path:
        return self.folder / f"chunk-{number:06}.json"

    def save(self, number: int, chunk: Chunk) -> None:
        """Put a finished chunk in place; it is there as a whole or not at all."""
        _write(self._path(number), chunk)

    def load(self, number: int) -> Chunk | None:
        """Return a finished chunk, or None."""
        path = self._path(number)
        return _read(path) if path.exists() else None

    def remove(self) -> None:
        """Delete the folder's own files, and the folder."""
        for path in self.folder.glob("chunk-*.json*"):
            path.unlink()
        (self.folder / ABOUT).unlink()
        self.folder.rmdir()


def refuse_other(wanted: Mapping[str, Any], found: Mapping[str, Any], where: str) -> None:
    """Raise `InputError` where results on disk are of another sweep, saying in what they differ."""
    for key in dict.fromkeys([*wanted, *found]):
        if wanted.get(key) != found.get(key):
            raise InputError(
                f"sweep, output {where!r}: it holds results of another sweep; {key}: expected "
                f"{_short(wanted.get(key))}, got {_short(found.get(key))}"
            )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."


def _write(path: Path, content: Any) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(content, file, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read(path: Path) -> Any:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(
            f"sweep, {str(path)!r}: expected JSON, got something else: {error}"
        ) from None
    if not isinstance(content, dict):
        raise InputError(f"sweep, {str(path)!r}: expected a table, got {type(content).__name__}")
    return content


def read_folder(folder: Path) -> tuple[Chunk, dict[str, Any]]:
    """Return the columns of the finished chunks, and what the sweep is.

    Raises
    ------
    InputError
        For a folder that no sweep wrote, or in which nothing is finished.
    """
    sheet = folder / ABOUT
    parts = sorted(folder.glob("chunk-*.json"))
    if not sheet.exists() or not parts:
        raise InputError(f"sweep, {str(folder)!r}: expected a folder with {ABOUT} and chunks")
    return joined([_read(path) for path in parts]), _read(sheet)


def check_parquet() -> Any:
    """Return what reads and writes Parquet files.

    Raises
    ------
    ImportError
        When pyarrow is not installed.
    """
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise ImportError(
            "a sweep in a Parquet file needs pyarrow: pip install 'bargaining[sweep]', or give a "
            "folder"
        ) from None
    return parquet


def write_parquet(path: Path, columns: Chunk, about: Mapping[str, Any]) -> None:
    """Write columns to a Parquet file, with what the sweep is as metadata."""
    parquet = check_parquet()
    import pyarrow

    table = pyarrow.table({name: pyarrow.array(values) for name, values in columns.items()})
    kept = {**(table.schema.metadata or {}), KEY: json.dumps(dict(about)).encode()}
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    parquet.write_table(table.replace_schema_metadata(kept), draft)
    draft.replace(path)


def read_parquet(path: Path) -> tuple[Chunk, dict[str, Any]]:
    """Return columns and what the sweep is.

    Raises
    ------
    InputError
        For a file that no sweep wrote.
    """
    parquet = check_parquet()
    import pyarrow

    try:
        table = parquet.read_table(path)
    except pyarrow.ArrowInvalid as error:
        raise InputError(f"sweep, {str(path)!r}: expected a Parquet file: {error}") from None
    kept = (table.schema.metadata or {}).get(KEY)
    if kept is None:
        raise InputError(f"sweep, {str(path)!r}: expected a sweep, got another Parquet file")
    return table.to_pydict(), json.loads(kept)
