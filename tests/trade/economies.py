"""Small trade economies for tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from bargaining.trade import Economy


def two_countries(
    own_share=0.8, elasticity=4.0, *, size=1.0, foreign_share=None, tariffs=0.0, **options
):
    """Return home and foreign with one sector, trade balanced at equal tariffs of zero."""
    other = own_share if foreign_share is None else foreign_share
    trade = 1.0 - own_share
    income = trade / (1.0 - other) if foreign_share is not None else 1.0
    flows = size * np.array([[[own_share], [trade]], [[trade], [income * other]]])
    return Economy(["home", "foreign"], ["goods"], flows, tariffs, elasticity, **options)


def drawn(seed, countries=3, sectors=2, *, taxes=False, inputs=False, tariffs=True):
    """Return an economy drawn at random: lognormal flows, home bias, some tariffs."""
    rng = np.random.default_rng(seed)
    shape = (countries, countries, sectors)
    home = np.arange(countries)
    flows = rng.lognormal(0, 1, shape)
    flows[home, home] *= 10
    levied = rng.uniform(0, 0.3, shape) * tariffs
    taxed = rng.uniform(-0.05, 0.2, shape) * taxes
    levied[home, home] = taxed[home, home] = 0
    shares = None
    if inputs:
        sold = (flows / (1 + levied) / (1 + taxed)).sum(axis=1)
        most = (flows.sum(axis=0) / sold.sum(axis=1, keepdims=True))[:, :, None]
        shares = 0.6 * most * rng.uniform(0, 1, (countries, sectors, sectors))
        shares *= np.minimum(1.0, 0.7 / shares.sum(axis=1, keepdims=True))
    return Economy(
        [f"country {n}" for n in range(countries)], [f"sector {k}" for k in range(sectors)],
        flows, levied, rng.uniform(2, 8, sectors), export_taxes=taxed, inputs=shares,
    )  # fmt: skip


def policies(economy, seed, *, taxes=True):
    """Return tariffs, export taxes and trade costs drawn at random for an economy."""
    rng = np.random.default_rng(seed)
    home = np.arange(len(economy.countries))
    tariffs = rng.uniform(-0.1, 0.9, economy.shape)
    export_taxes = rng.uniform(-0.1, 0.3, economy.shape) * taxes
    costs = rng.uniform(0.8, 1.5, economy.shape)
    tariffs[home, home] = export_taxes[home, home] = 0
    costs[home, home] = 1
    return {"tariffs": tariffs, "export_taxes": export_taxes, "trade_costs": costs}


SEEDS = st.integers(0, 10**6)
KINDS = st.fixed_dictionaries({"taxes": st.booleans(), "inputs": st.booleans()})
