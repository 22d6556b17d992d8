"""Flows in long form: what is read, and how each kind of bad line is named."""

from __future__ import annotations

import numpy as np
import pandas
import pytest
from hypothesis import given

from bargaining import InputError, IntractableError
from bargaining.trade import flow_table, read_csv
from tests.trade.economies import SEEDS, drawn

HEADER = "exporter,importer,sector,value,tariff"
LINES = ["A,A,goods,80,", "A,B,goods,20,0.1", "B,A,goods,20,0", "B,B,goods,80,0"]


def written(folder, lines, header=HEADER):
    path = folder / "flows.csv"
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return path


def same(one, other):
    assert (one.countries, one.sectors) == (other.countries, other.sectors)
    for name in ("flows", "tariffs", "elasticities"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12)


@given(SEEDS)
def test_an_economy_written_in_long_form_is_read_back(seed):
    economy = drawn(seed)
    frame = flow_table(economy).to_frame()
    same(economy, read_csv(frame, elasticities="elasticity"))
    by_sector = dict(zip(economy.sectors, economy.elasticities, strict=True))
    same(
        economy, read_csv(frame.sample(frac=1, random_state=1).sort_index(), elasticities=by_sector)
    )


def test_file_and_frame_give_the_same_economy_whatever_columns_are_called(tmp_path):
    path = written(tmp_path, LINES, "from,to,good,usd,duty")
    names = {
        "exporter": "from",
        "importer": "to",
        "sector": "good",
        "value": "usd",
        "tariff": "duty",
    }
    economy = read_csv(path, elasticities=4.0, **names)
    same(economy, read_csv(pandas.read_csv(path), elasticities=[4.0], **names))
    assert economy.source == "flows.csv"


def test_comments_spaces_other_columns_and_a_byte_order_mark_do_no_harm(tmp_path):
    path = tmp_path / "flows.csv"
    lines = ["# source: made up", HEADER + ",note", *(f"{line},x" for line in LINES), ""]
    path.write_text("\n".join(lines).replace(",", ", "), encoding="utf-8-sig")
    same(read_csv(path, elasticities=4.0), read_csv(written(tmp_path, LINES), elasticities=4.0))


def test_values_at_the_border_gain_their_tariff(tmp_path):
    economy = read_csv(written(tmp_path, LINES), elasticities=4.0, flows_include_tariffs=False)
    assert economy.flows[0, 1, 0] == pytest.approx(22.0)


def test_without_a_tariff_column_trade_is_free(tmp_path):
    economy = read_csv(written(tmp_path, LINES), elasticities=4.0, tariff=None)
    assert not economy.tariffs.any()


def test_a_missing_flow_is_an_error_or_no_trade_as_said(tmp_path):
    path = written(tmp_path, [*LINES, "A,A,services,5,", "B,B,services,5,"])
    with pytest.raises(InputError, match=r"no line for A to B, services \(nor for 1 other flow"):
        read_csv(path, elasticities=4.0)
    economy = read_csv(path, elasticities=4.0, missing="zero")
    assert economy.flows[0, :, 1].tolist() == [5, 0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("A,B,goods,20,0.1", r"line 6, A to B, goods: this flow is on line 3 too"),
        (
            "C,B,goods,abc,0.1",
            r"line 6, C to B, goods, value: expected a finite number >= 0, got 'a",
        ),
        ("C,B,goods,-1,0.1", r"line 6, C to B, goods, value: .* got '-1'"),
        ("C,B,goods,nan,0.1", r"line 6, C to B, goods, value"),
        ("C,B,goods,1,", r"line 6, C to B, goods, tariff: expected a finite number, got ''"),
        ("C,B,goods,1,-1", r"tariff: expected a finite number > -1"),
        ("C,C,goods,1,0.1", r"C to C, goods, tariff: expected no tariff within a country"),
        (",B,goods,1,0.1", r"line 6, exporter: expected a name, got ''"),
        ("C,B,goods,1", r"line 6: expected 5 cells, as in the header, got 4"),
        ('C,B,"goods,1,0', r"line 6: not comma-separated values"),
    ],
)
def test_a_bad_line_is_named_by_number_countries_and_sector(tmp_path, line, message):
    with pytest.raises(InputError, match=message):
        read_csv(written(tmp_path, [*LINES, line]), elasticities=4.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"value": "valeu"}, "unknown column 'valeu': did you mean 'value'"),
        ({"elasticities": "elasticity"}, "unknown column 'elasticity'"),
        ({"elasticities": {"goods": 4.0, "gods": 4.0}}, "unknown sector 'gods'"),
        ({"elasticities": {}}, "elasticities: expected one for 'goods', got none"),
        ({"elasticities": 0.0}, "elasticity, goods: expected a finite number > 0"),
        ({"missing": "drop"}, "missing: expected 'error' or 'zero'"),
    ],
)
def test_bad_options_are_named(tmp_path, options, message):
    with pytest.raises(InputError, match=message):
        read_csv(written(tmp_path, LINES), **{"elasticities": 4.0, **options})


def test_elasticities_that_differ_within_a_sector_are_refused(tmp_path):
    lines = [f"{line},{4 + n}" for n, line in enumerate(LINES)]
    path = written(tmp_path, lines, HEADER + ",e")
    with pytest.raises(InputError, match=r"A to B, goods, e: expected 4\.0, as on .* got 5\.0"):
        read_csv(path, elasticities="e")


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv: cannot be read: No such file"):
        read_csv(tmp_path / "none.csv", elasticities=4.0)
    with pytest.raises(InputError, match="expected a header and lines"):
        read_csv(written(tmp_path, [], header=""), elasticities=4.0)
    with pytest.raises(InputError, match="expected lines below the header"):
        read_csv(written(tmp_path, []), elasticities=4.0)
    (tmp_path / "latin.csv").write_bytes(b"exporter\xe9")
    with pytest.raises(InputError, match="expected UTF-8"):
        read_csv(tmp_path / "latin.csv", elasticities=4.0)
    with pytest.raises(InputError, match="expected a path or a pandas frame, got 3"):
        read_csv(3, elasticities=4.0)
    with pytest.raises(InputError, match="more than once"):
        read_csv(written(tmp_path, [], header=HEADER + ",value"), elasticities=4.0)


def test_a_sheet_of_too_many_countries_says_how_many_flows_they_make(tmp_path):
    lines = [f"{n},{n + 1},goods,20,0" for n in range(5000)]
    with pytest.raises(IntractableError, match="5,001 countries and 1 sectors make 25,010,001"):
        read_csv(written(tmp_path, lines), elasticities=4.0, missing="zero")


def test_a_name_that_no_file_can_have_and_a_cell_without_end_are_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_csv("a\0b.csv", elasticities=4.0)
    with pytest.raises(InputError, match="not comma-separated values"):
        read_csv(written(tmp_path, [], header='"' + "x" * 200_000), elasticities=4.0)
