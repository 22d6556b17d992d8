"""Published tables beside what the library computes from the same data, misses included."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import bargaining as bg
from bargaining.trade import (
    LobbyEconomy,
    nash_tariffs,
    optimal_tariffs,
    tariff_war,
    trade_talks,
)
from benchmarks import trade_worlds

__all__ = ["ignatenko", "lashkaripour", "ossa"]

AVERAGES = (40.5, -2.42)
"""Lashkaripour (2021): average Nash tariff and change of real GDP, per cent."""

TABLE_2 = {
    "AUS": (14.1, -1.38), "AUT": (45.7, -2.82), "BEL": (55.9, -3.27), "BGR": (37.1, -3.24),
    "BRA": (98.2, -0.50), "CAN": (21.0, -2.37), "CHE": (51.9, -1.97), "CHN": (40.7, -0.35),
    "CYP": (12.5, -3.48), "CZE": (49.3, -2.85), "DEU": (59.1, -0.96), "DNK": (59.3, -2.31),
    "ESP": (59.9, -1.45), "EST": (28.4, -4.18), "FIN": (31.4, -1.75), "FRA": (51.8, -1.73),
    "GBR": (27.9, -2.03), "GRC": (12.5, -2.81), "HRV": (38.3, -3.12), "HUN": (52.7, -4.23),
    "IDN": (54.1, -0.99), "IND": (49.6, -0.90), "IRL": (117.7, -1.42), "ITA": (49.8, -0.78),
    "JPN": (44.9, -0.53), "KOR": (43.6, -1.22), "LTU": (31.8, -4.00), "LUX": (12.0, -6.33),
    "LVA": (26.0, -3.16), "MEX": (39.7, -2.42), "MLT": (12.4, -5.45), "NLD": (37.1, -4.19),
    "NOR": (17.2, -2.05), "POL": (46.4, -2.67), "PRT": (27.3, -2.49), "ROU": (32.8, -2.56),
    "RUS": (12.2, -2.54), "SVK": (41.5, -4.48), "SVN": (46.3, -3.26), "SWE": (38.5, -1.95),
    "TUR": (45.6, -1.28), "TWN": (35.4, -2.35), "USA": (43.6, -0.76),
}  # fmt: skip
"""Lashkaripour (2021), Table 2, baseline: Nash tariff and change of real GDP, per cent."""

APRIL = {
    "USA": 1.1307, "CHN": -1.1326, "CAN": -0.9958, "MEX": -2.5412, "VNM": -11.0229, "DEU": -0.7331,
    "JPN": -0.2914, "GBR": 0.4229,
}  # fmt: skip
"""Ignatenko et al. (2025): welfare, per cent, tariffs of 2 April 2025 without retaliation; from
output_map.csv of their replication package."""

Row = tuple[str, float, float, float]


def _row(name: str, published: float, ours: float) -> Row:
    return name, published, ours, ours - published


def lashkaripour(*, whole: bool) -> bg.Table:
    """Return averages, the United States and China, and all 43 countries if asked."""
    economy = trade_worlds.wiod()
    war, exact = nash_tariffs(economy), nash_tariffs(economy, exact=True)
    ours = np.column_stack([100 * war.tariffs, 100 * war.real_income])
    places = [economy.index(name) for name in TABLE_2]
    off = np.abs(ours[places] - np.array(list(TABLE_2.values())))
    rows: list[Row] = []
    for column, what in enumerate(("Nash tariff", "real GDP")):
        rows.append(_row(f"mean of 44, {what}", AVERAGES[column], float(ours[:, column].mean())))
        for name in TABLE_2 if whole else ("USA", "CHN"):
            mine = float(ours[economy.index(name), column])
            rows.append(_row(f"{name}, {what}", TABLE_2[name][column], mine))
    worst = sorted(zip(off[:, 0], TABLE_2, strict=True), reverse=True)[:3]
    us, china = (100 * exact.tariffs[economy.index(name)] for name in ("USA", "CHN"))
    note = (
        f"all 43 rows: mean absolute error of tariffs {off[:, 0].mean():.2f}, median "
        f"{np.median(off[:, 0]):.2f}, furthest {', '.join(f'{c} {x:.1f}' for x, c in worst)}; of "
        f"GDP mean {off[:, 1].mean():.3f}, median {np.median(off[:, 1]):.3f}, furthest "
        f"{off[:, 1].max():.2f}\n"
        f"exact first-order conditions, which the paper does not use: mean "
        f"{100 * exact.tariffs.mean():.1f}, USA {us:.1f}, CHN {china:.1f}, GDP "
        f"{100 * exact.real_income.mean():.2f}\n"
        f"certificates: {war.certificate}; {exact.certificate}"
    )
    title = "Lashkaripour (2021), Table 2, baseline: Nash tariffs of 44 countries, per cent"
    return bg.Table(title, ("", "published", "ours", "off by"), tuple(rows), note)


def ossa() -> bg.Table:
    """Return the four numbers of the abstract: optimal tariffs, war, and talks."""
    economy = trade_worlds.ossa()
    war, talks = tariff_war(economy), trade_talks(economy)
    best = np.mean(list(_best(economy)))
    rows = (
        _row("optimal tariffs", 62.0, float(100 * best)),
        _row("Nash tariffs", 63.0, float(100 * war.median_tariffs.mean())),
        _row("government welfare, war", -2.9, float(100 * war.welfare_change.mean())),
        _row("government welfare, talks", 0.5, float(100 * talks.gains.mean())),
    )
    note = (
        "means over regions, tariffs of medians over partners and sectors\n"
        f"certificates: war, {war.certificate}; talks, {talks.certificate}"
    )
    title = "Ossa (2014), abstract: seven regions, 33 sectors, lobbies, per cent"
    return bg.Table(title, ("", "published", "ours", "off by"), rows, note)


def _best(economy: LobbyEconomy) -> Iterator[float]:
    for number, name in enumerate(economy.countries):
        yield float(optimal_tariffs(economy, name).median_tariffs[number])


def ignatenko() -> bg.Table:
    """Return what the US tariffs of 2 April 2025 do, before anybody answers."""
    economy, tariffs = trade_worlds.labour()
    after = economy.counterfactual(tariffs=tariffs)
    rows = tuple(
        _row(name, published, float(100 * after.real_income[economy.index(name)]))
        for name, published in APRIL.items()
    )
    title = (
        "Ignatenko et al. (2025): US tariffs of 2 April 2025, welfare of 194 countries, per cent"
    )
    note = f"certificate: {after.certificate}"
    return bg.Table(title, ("", "published", "ours", "off by"), rows, note)
