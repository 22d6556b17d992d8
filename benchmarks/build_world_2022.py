"""Build the shipped economy `world-2022` from a copy of the 2022 cube that you have.

    python benchmarks/build_world_2022.py icio2022_trade_tariff_cube.npz world-2022.csv

The cube holds flows [exporter, importer, sector] of the OECD Inter-Country Input-Output tables in
USD million with applied tariffs, for 81 countries and 28 sectors; names of countries and sectors;
and elasticities by sector. What is done with it is said in the head of the file that comes out.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from bargaining.trade import Economy, aggregate, flow_table
from bargaining.types import FloatArray

EU27 = [
    "AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV",
    "HUN", "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN",
    "SWE",
]  # fmt: skip
SECTORS = {
    "agriculture": ["A01", "A02", "A03"],
    "minerals and fuels": ["B05", "B06", "B07", "B08", "B09", "C19"],
    "consumer goods": ["C10T12", "C13T15", "C16", "C17_18", "C31T33"],
    "chemicals and metals": ["C20", "C21", "C22", "C23", "C24A", "C24B", "C25"],
    "electronics": ["C26"],
    "machinery": ["C27", "C28"],
    "vehicles": ["C29", "C301", "C302T309"],
    "services": ["Services (aggregate)"],
}
EFFECTIVE = 0.10866
"""US duties on Chinese goods over their value, 2024."""
HEAD = f"""\
# world-2022: trade between the United States, China, the European Union (27) and the rest of the
# world, domestic sales included, in 2022. USD million a year as importers pay, tariffs included.
# Flows: OECD Inter-Country Input-Output tables, 2022, under the OECD's terms and conditions: free
#   to use with the source named. Summed over countries and sectors and rounded by us; the OECD does
#   not answer for it. They are sales, inputs included, not value added.
# Tariffs: applied most-favoured-nation and preferential rates that come with the cube (TRAINS),
#   weighted by value at the border. None on services, whatever the cube says.
# US tariff on China: the most-favoured-nation rates leave Section 301 out. The same number of
#   points is added on all goods, so that duties are {100 * EFFECTIVE:.2f} % of their value at the
#   border: the effective rate of 2024 (trade-war-redux-2025, country-by-time.csv, MIT licence).
#   What China added from 2018 on is left out: only its statutory rates are published.
# Elasticities: Giri, Yi and Yilmazkuday (2021), Gains from trade: does sectoral heterogeneity
#   matter?, Journal of International Economics 129, as they come with the cube, where farming,
#   mining, refining, electronics, C28 and services have 4; weighted by trade between countries.
# Sectors: agriculture A01-A03 (with soybeans); minerals and fuels B05-B09, C19; consumer goods
#   C10-C18, C31-C33; chemicals and metals C20-C25 (with refined minerals); electronics C26 (with
#   chips); machinery C27-C28; vehicles C29-C30 (with ships and aircraft); services.
# Made by benchmarks/build_world_2022.py.
"""


def cube(path: Path) -> Economy:
    """Return the economy of the cube, with the US tariff on China at its effective rate."""
    with np.load(path) as held:
        flows = np.asarray(held["X_exporter_importer_sector_usd_mn"], dtype=np.float64)
        tariffs = np.asarray(held["applied_tariff"], dtype=np.float64)
        countries, sectors = held["countries"].tolist(), held["sectors"].tolist()
        elasticities = np.asarray(held["epsilon_GYY"], dtype=np.float64)
    goods = np.array([sector not in SECTORS["services"] for sector in sectors])
    border = flows / (1 + tariffs * goods)
    tariffs = effective(border, tariffs * goods, countries, goods)
    return Economy(
        countries, sectors, border, tariffs, elasticities, flows_include_tariffs=False,
    )  # fmt: skip


def effective(
    border: FloatArray, tariffs: FloatArray, countries: list[str], goods: FloatArray
) -> FloatArray:
    """Return tariffs with the US ones on Chinese goods raised to the effective rate."""
    pair = countries.index("CHN"), countries.index("USA")
    trade = border[pair] * goods
    missing = EFFECTIVE - (trade @ tariffs[pair]) / trade.sum()
    raised = tariffs.copy()
    raised[pair] += missing * goods
    return raised


def main(source: Path, target: Path) -> None:
    """Write the economy in long form."""
    fine = cube(source)
    rest = [name for name in fine.countries if name not in {"USA", "CHN", *EU27}]
    groups = {"USA": ["USA"], "CHN": ["CHN"], "EU27": EU27, "ROW": rest}
    table = flow_table(aggregate(fine, countries=groups, sectors=SECTORS))
    lines = [",".join(table.columns)]
    for seller, buyer, sector, value, tariff, elasticity in table.rows:
        lines.append(f"{seller},{buyer},{sector},{value:.0f},{tariff:.4f},{elasticity:.2f}")
    target.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
