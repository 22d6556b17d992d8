"""Columns of numbers share their decimals; tables are never cut."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bargaining.interfaces.rendering import output, show, working
from bargaining.results.table import Table, aligned


@pytest.mark.parametrize(
    ("values", "signed", "expected"),
    [
        ([11.847, 20.0034, 1.4e-14], False, ["11.85", "20.00", "0.00"]),
        ([12, -5], True, ["+12", "-5"]),
        ([0.0, 0.0], True, ["0", "0"]),
        ([0.00123, -0.5], False, ["0.0012", "-0.5000"]),
        ([1234567.4, 1.0], False, ["1,234,567", "1"]),
        ([3e12, -1e9], False, ["3e+12", "-1e+09"]),
        ([2e-9, 0.0], True, ["+2e-09", "0"]),
        ([-0.001, 1000.6], False, ["0", "1,001"]),
        ([], False, []),
    ],
)
def test_aligned(values: list[float], signed: bool, expected: list[str]) -> None:
    assert aligned(values, signed=signed) == expected


def shown(table: Table, width: int, by: str = "") -> list[str]:
    file = io.StringIO()
    show(Console(file=file, width=width, markup=False, highlight=False), table, by=by)
    return file.getvalue().splitlines()


def test_long_texts_give_way_to_numbers() -> None:
    table = Table("", ("words", "more", "value"), (("a " * 60, "b " * 60, -1234.5),))
    lines = shown(table, 40)
    assert max(map(len, lines)) <= 40
    assert any("-1,234" in line for line in lines)
    assert sum(line.count("a ") for line in lines) == 60


def test_rows_go_under_headings_and_totals_stand_apart() -> None:
    rows = (("x", "A", 1.0), ("y", "A", 2.0), ("z", "B", 4.0), ("sum", "", 7.0))
    lines = shown(Table("", ("lever", "owner", "worth"), rows), 80, by="")
    assert len(lines) == 6
    lines = [
        line.rstrip() for line in shown(Table("", ("lever", "owner", "worth"), rows), 80, "owner")
    ]
    assert [line.split()[0] for line in lines[2:]] == ["A", "x", "y", "B", "z", "sum"]
    assert lines[3].startswith("  x")
    assert lines[7].startswith("sum")


def test_the_width_is_100_where_nothing_says_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert output().width == 100
    monkeypatch.setenv("COLUMNS", "300")
    assert output().width == 120


def test_progress_is_silent_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with working("Solving") as step:
        step("the first regime")
    assert capsys.readouterr() == ("", "")
