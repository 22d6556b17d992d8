"""Tables: as text, HTML, LaTeX, CSV, dictionary and frame."""

from __future__ import annotations

import builtins
import csv
import io
import json

import numpy as np
import pandas
import pytest

import bargaining as bg
from bargaining.errors import InputError
from bargaining.results.table import Table, format_cell

BARTER = bg.load_scenario("nash-barter-1950")
ISSUES = bg.load_scenario("two-issues")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        (20_000, "20000"),
        (0.0, "0"),
        (-0.0, "0"),
        (12.5, "12.5"),
        (-12.3456, "-12.35"),
        (999.96, "1,000"),
        (12345.6, "12,346"),
        (1.5e7, "1.5e+07"),
        (1.5e-7, "1.5e-07"),
        ("text", "text"),
    ],
)
def test_cells(value, text):
    assert format_cell(value) == text


def test_text_aligns_numbers_to_the_right_and_words_to_the_left():
    table = Table("Gains", ("player", "gain", "deal"), (("A", 1.5, True), ("B", -10.0, None)), "!")
    assert str(table).splitlines() == [
        "Gains",
        "player  gain  deal",
        "------  ----  ----",
        "A        1.5  yes",
        "B        -10",
        "!",
    ]


def test_an_empty_table_prints_its_head():
    assert str(Table("None", ("a", "b"), ())).splitlines() == ["None", "a  b", "-  -"]


def test_html_escapes_what_people_write():
    html = Table("<t>", ("a&b",), (("<script>",),), note="x < y")._repr_html_()
    assert "<caption>&lt;t&gt;</caption>" in html
    assert '<th scope="col">a&amp;b</th>' in html
    assert "<td>&lt;script&gt;</td>" in html
    assert "<p>x &lt; y</p>" in html


def test_numbers_of_numpy_become_plain():
    table = Table("t", ("a", "b", "c"), ((np.int64(3), np.float64(0.5), np.bool_(True)),))
    assert [type(cell) for cell in table.rows[0]] == [int, float, bool]
    assert json.loads(json.dumps(table.to_dict())) == {
        "title": "t",
        "columns": ["a", "b", "c"],
        "rows": [[3, 0.5, True]],
        "note": "",
    }


def test_a_row_that_does_not_fit_is_refused():
    with pytest.raises(InputError, match=r"Table 'Gains', row 1: expected 2 cells, got \('B',\)"):
        Table("Gains", ("player", "gain"), (("A", 1.0), ("B",)))


def test_frames():
    frame = Table("t", ("player", "gain"), (("A", 1.0), ("B", 2.0))).to_frame()
    assert frame.columns.tolist() == ["player", "gain"]
    assert frame["gain"].tolist() == [1.0, 2.0]
    assert Table("t", ("player", "gain"), ()).to_frame().shape == (0, 2)


def test_without_pandas_the_message_says_so(monkeypatch):
    usual = builtins.__import__

    def without_pandas(name, *rest):
        if name == "pandas":
            raise ModuleNotFoundError(name)
        return usual(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_pandas)
    with pytest.raises(ImportError, match=r"Table\.to_frame needs pandas"):
        Table("t", ("a",), ()).to_frame()


# ---------------------------------------------------------------------------------- for papers


def test_latex_escapes_what_has_a_meaning_there():
    table = Table("50 % & more_#1 {x}", ("a$", "b^"), (("~\\\\", "<→>"),), note="one\ntwo")
    text = table.to_latex(label="tab:x")
    assert r"\caption{50 \% \& more\_\#1 \{x\}}" in text
    assert r"\label{tab:x}" in text
    assert r"a\$ & b\textasciicircum{} \\" in text
    assert r"\textasciitilde{}\textbackslash{}" in text
    assert r"\textless{}$\rightarrow$\textgreater{}" in text
    assert "one two" in text


def test_latex_numbers_stand_to_the_right_with_the_same_decimals_and_true_signs():
    table = Table("t", ("who", "much"), (("a", -1.25), ("b", None), ("c", 10.0)))
    text = table.to_latex()
    assert r"\begin{tabular}{lr}" in text
    assert r"a & $-$1.25 \\" in text
    assert r"b &  \\" in text
    assert r"c & 10.00 \\" in text


def test_a_bracket_at_the_start_of_a_row_is_no_option_of_the_row_above():
    text = Table("t", ("a",), (("[1]",), ("*",))).to_latex()
    assert "{}[1]" in text
    assert "{}*" in text


def test_latex_of_every_result_has_its_braces_in_pairs():
    for result in (
        bg.solve(BARTER, lotteries=False),
        bg.compare_regimes(ISSUES, disagreement="status-quo"),
    ):
        text = result.to_latex()
        assert text.count("{") == text.count("}")
        assert text.count(r"\begin") == text.count(r"\end")


def test_csv_is_exact_and_comes_back(tmp_path):
    table = Table("t", ("who, what", "much"), (('a "quoted"', 0.1 + 0.2), ("b\nc", None)))
    path = tmp_path / "t.csv"
    text = table.to_csv(path)
    assert path.read_text(encoding="utf-8") == text
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["who, what", "much"], ['a "quoted"', "0.30000000000000004"], ["b\nc", ""]]


def test_csv_and_frame_of_a_result_agree():
    deal = bg.solve(BARTER, lotteries=False)
    frame = deal.to_frame()
    again = pandas.read_csv(io.StringIO(deal.to_csv()))
    pandas.testing.assert_frame_equal(frame, again)
