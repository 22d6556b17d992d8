"""The shipped economy, and that it is what its script makes of the source."""

from __future__ import annotations

import runpy
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from bargaining import InputError
from bargaining.trade import list_economies, load
from tests.trade.data import data_folder

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "build_world_2022.py"


@pytest.mark.parametrize("name", list_economies())
def test_a_shipped_economy_says_where_it_comes_from_and_clears(name):
    economy = load(name)
    assert "OECD" in economy.source
    unchanged = economy.counterfactual()
    assert unchanged.certificate.holds
    np.testing.assert_allclose(unchanged.real_income, 0, atol=1e-10)


def test_duties_of_the_us_on_chinese_goods_are_at_their_effective_rate_of_2024():
    economy = load("world-2022")
    rates, paid = economy.tariffs[1, 0, :-1], economy.flows[1, 0, :-1]
    border = paid / (1 + rates)
    assert (paid.sum() / border.sum() - 1) == pytest.approx(0.10866, abs=1e-5)
    assert economy.sectors[-1] == "services"
    assert not economy.tariffs[..., -1].any()


def test_goods_trade_between_the_us_and_china_is_that_of_the_source():
    economy = load("world-2022")
    border = (economy.flows / (1 + economy.tariffs))[..., :-1].sum(axis=-1) / 1e3
    assert border[1, 0] == pytest.approx(436, abs=1)
    assert border[0, 1] == pytest.approx(118.7, abs=1)


def test_an_unknown_name_gets_a_near_miss():
    with pytest.raises(InputError, match="unknown economy 'world2022': did you mean 'world-2022'"):
        load("world2022")


@pytest.mark.data
def test_the_script_makes_the_shipped_file_from_the_source(tmp_path):
    cube = data_folder() / "trade" / "icio2022_trade_tariff_cube.npz"
    made = tmp_path / "world-2022.csv"
    runpy.run_path(str(SCRIPT))["main"](cube, made)
    shipped = files("bargaining.trade") / "data" / "world-2022.csv"
    assert made.read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8")
