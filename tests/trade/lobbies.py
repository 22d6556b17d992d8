"""Economies with lobbies for tests: small random ones, and Ossa's (2014)."""

from __future__ import annotations

import csv

import numpy as np

from bargaining.trade import Economy, LobbyEconomy


def drawn(seed, countries=3, sectors=2, *, lobbies=True, tariffs=True):
    """Return a balanced economy drawn at random: symmetric flows, home bias, some tariffs."""
    rng = np.random.default_rng(seed)
    flows = rng.lognormal(0, 1, (countries, countries, sectors))
    flows = flows + flows.transpose(1, 0, 2)
    home = np.arange(countries)
    flows[home, home] *= 5
    levied = rng.uniform(0, 0.3, flows.shape) * tariffs
    levied[home, home] = 0
    weights = rng.uniform(0.5, 1.5, (countries, sectors)) if lobbies else None
    return LobbyEconomy(
        [f"country {n}" for n in range(countries)], [f"sector {k}" for k in range(sectors)],
        flows, levied, rng.uniform(2, 6, sectors), weights,
    )  # fmt: skip


def competitive(seed, countries=3, sectors=2):
    """Return an economy without profits, trade balanced, drawn at random."""
    like = drawn(seed, countries, sectors)
    return Economy(
        like.countries, like.sectors, like.flows, like.tariffs, like.sigma - 1,
        flows_include_tariffs=False,
    )  # fmt: skip


def pair(own_share=0.8, sigma=4.0, *, tariffs=0.0):
    """Return two countries alike with one sector."""
    other = 1 - own_share
    flows = [[[own_share], [other]], [[other], [own_share]]]
    return LobbyEconomy(["home", "foreign"], ["goods"], flows, tariffs, [sigma])


def ossa(folder):
    """Return the economy of Ossa (2014): seven regions, 33 sectors, 2007."""

    def rows(name):
        with (folder / "trade" / name).open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    trade, sector = rows("ossa2014_trade_tariff.csv"), rows("ossa2014_sector.csv")
    regions = list(dict.fromkeys(row["exporter"] for row in trade))
    sectors = [row["sector"] for row in sector]
    flows = np.zeros((len(regions), len(regions), len(sectors)))
    tariffs, weights = np.zeros_like(flows), np.zeros((len(regions), len(sectors)))
    for row in trade:
        place = (
            regions.index(row["exporter"]),
            regions.index(row["importer"]),
            sectors.index(row["sector"]),
        )
        flows[place] = float(row["trade_value_2007_usd_mn_net_of_tariff_balanced"])
        tariffs[place] = float(row["factual_tariff_2007"])
    for row in rows("ossa2014_political_weights.csv"):
        place = regions.index(row["region"]), sectors.index(row["sector"])
        weights[place] = float(row["political_weight"])
    sigma = [float(row["sigma"]) for row in sector]
    return LobbyEconomy(regions, sectors, flows, tariffs, sigma, weights)
