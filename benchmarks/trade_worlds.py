"""Trade economies of the benchmark: those of published studies, and drawn ones of any size.

Data are read where they lie: the folder named by BARGAINING_DATA, or `../shared/data`.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np

from bargaining.trade import Economy, LabourEconomy, LobbyEconomy, read_csv
from bargaining.types import FloatArray

__all__ = ["broad", "data_folder", "drawn", "icio", "labour", "ossa", "wiod", "with_inputs"]

SERVICES = "Services (aggregate)"


def data_folder() -> Path:
    """Return the folder with the data of published studies."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("BARGAINING_DATA", beside)) / "trade"
    if not folder.is_dir():
        raise SystemExit(f"no data at {folder}: set BARGAINING_DATA")
    return folder


def _rows(name: str) -> list[dict[str, str]]:
    with (data_folder() / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def wiod() -> Economy:
    """Return 44 countries and 16 sectors in 2014, deficits purged (Lashkaripour 2021)."""
    cube = np.load(data_folder() / "wiod2014_trade_tariff_cube.npz")
    return Economy(
        cube["countries"].tolist(), cube["sectors"].tolist(),
        np.maximum(cube["X_exporter_importer_sector_usd_mn"], 0), cube["applied_tariff"],
        np.where(cube["sectors"] == SERVICES, 10, cube["epsilon_IS"]),
    ).balanced()  # fmt: skip


def icio() -> Economy:
    """Return 81 countries and 28 sectors in 2022, deficits purged."""
    cube = np.load(data_folder() / "icio2022_trade_tariff_cube.npz")
    return Economy(
        cube["countries"].tolist(), cube["sectors"].tolist(),
        np.maximum(cube["X_exporter_importer_sector_usd_mn"], 0), cube["applied_tariff"],
        cube["epsilon_GYY"],
    ).balanced()  # fmt: skip


def broad() -> Economy:
    """Return the United States, China, the European Union and the rest; 28 sectors, 2022."""
    elasticities = {
        row["sector"]: float(row["epsilon_GYY"])
        for row in _rows("icio2022_sector_elasticities.csv")
    }
    return read_csv(
        data_folder() / "icio2022_trade_tariff_4region_28sector.csv", elasticities=elasticities,
        value="trade_value_usd_mn_tariff_inclusive", tariff="applied_tariff",
    ).balanced()  # fmt: skip


def ossa() -> LobbyEconomy:
    """Return seven regions and 33 sectors in 2007, with lobbies (Ossa 2014)."""
    sigma = {row["sector"]: float(row["sigma"]) for row in _rows("ossa2014_sector.csv")}
    read = read_csv(
        data_folder() / "ossa2014_trade_tariff.csv",
        elasticities={sector: value - 1 for sector, value in sigma.items()},
        value="trade_value_2007_usd_mn_net_of_tariff_balanced", tariff="factual_tariff_2007",
        flows_include_tariffs=False,
    )  # fmt: skip
    weights = np.zeros((len(read.countries), len(read.sectors)))
    for row in _rows("ossa2014_political_weights.csv"):
        place = read.index(row["region"]), read.sectors.index(row["sector"])
        weights[place] = float(row["political_weight"])
    return LobbyEconomy(
        read.countries, read.sectors, read.flows / (1 + read.tariffs), read.tariffs,
        [sigma[sector] for sector in read.sectors], weights,
    )  # fmt: skip


def labour() -> tuple[LabourEconomy, FloatArray]:
    """Return 194 countries in 2023 and the US tariffs of 2 April 2025 (Ignatenko et al. 2025)."""
    folder = data_folder()

    def numbers(name: str) -> FloatArray:
        path = folder / f"ignatenko2025_{name}.csv"
        return np.asarray(np.genfromtxt(path, delimiter=",", skip_header=1), dtype=np.float64)

    names = [row["iso3"] for row in _rows("ignatenko2025_country_labels.csv")]
    us = names.index("USA")
    share = np.full(len(names), 0.114335)
    share[us] = 0.270471
    economy = LabourEconomy(
        names, np.nan_to_num(numbers("trade_2023_baci_usd_thousand_rows_exporter")),
        gdp=numbers("gdp_wdi_usd") / 1000, local_share=share,
    )  # fmt: skip
    tariffs = np.zeros(economy.shape)
    tariffs[:, us, 0] = np.maximum(numbers("ustr_tariffs_april2"), 0.1)
    tariffs[us, us] = 0
    return economy, tariffs


def drawn(countries: int, sectors: int, seed: int = 0) -> Economy:
    """Return an economy drawn at random: log-normal sizes and distances, balanced trade."""
    rng = np.random.default_rng(seed)
    size = rng.lognormal(0, 1, (countries, sectors))
    near = rng.lognormal(0, 0.5, (countries, countries, sectors))
    home = np.arange(countries)
    near[home, home] *= 4 * countries
    flows = size[:, None] * near * size.sum(axis=1)[None, :, None]
    tariffs = rng.uniform(0, 0.1, flows.shape)
    tariffs[home, home] = 0
    return Economy(
        [f"country {n}" for n in range(countries)], [f"sector {k}" for k in range(sectors)],
        flows, tariffs, rng.uniform(2, 8, sectors),
    ).balanced()  # fmt: skip


def with_inputs(economy: Economy, share: float = 0.4) -> Economy:
    """Return the economy where inputs cost that share of sales, in its own proportions of use."""
    use = economy.flows.sum(axis=0)
    proportions = use / use.sum(axis=1, keepdims=True)
    inputs = np.repeat(share * proportions[:, :, None], len(economy.sectors), axis=2)
    return Economy(
        economy.countries, economy.sectors, economy.flows, economy.tariffs, economy.elasticities,
        inputs=inputs,
    )  # fmt: skip
