"""The public names: lazy, complete, and the same for people and for type checkers."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import bargaining as bg

HEAVY = ("scipy", "nashpy", "pydantic", "typer", "matplotlib", "pandas")


def test_every_public_name_can_be_imported_and_has_a_docstring() -> None:
    for name in bg.__all__:
        assert getattr(bg, name).__doc__, name


def test_type_checkers_see_the_same_names_as_people() -> None:
    stub = Path(bg.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    imported = {
        alias.asname
        for node in ast.walk(ast.parse(stub))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == set(bg.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'slove'"):
        _ = bg.slove  # type: ignore[attr-defined]  # that is the point


def test_importing_the_library_imports_nothing_heavy() -> None:
    code = f"import sys, bargaining; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_frontier_is_an_array_where_numpy_expects_one() -> None:
    frontier = bg.frontier(bg.BargainingProblem([[1, 0], [0, 1]], [0, 0]))
    np.testing.assert_array_equal(np.asarray(frontier), frontier.points)
    assert [point.tolist() for point in frontier] == frontier.points.tolist()
