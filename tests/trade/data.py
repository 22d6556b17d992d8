"""Where the data of published studies lie, for tests that reproduce them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2]


def data_folder():
    """Return the folder with the data, or skip the test where there is none."""
    folder = Path(os.environ.get("BARGAINING_DATA", HERE.parent / "shared" / "data"))
    if not (folder / "trade").is_dir():
        pytest.skip(f"no data at {folder}: set BARGAINING_DATA")
    return folder
