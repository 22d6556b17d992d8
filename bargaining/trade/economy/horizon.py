"""Horizon: trade answers a tariff less in its first year than in the long run.

Boehm, Levchenko and Pandalai-Nayar (2023), The long and short (run) of trade elasticities, American
Economic Review 113: -0.76 in the year after a tariff changes, -1.75 to -2.25 after 7 to 10 years.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bargaining.errors import InputError
from bargaining.trade.economy.economy import Economy

__all__ = ["at_horizon", "share_of_long_run"]

FIRST_YEAR, LONG_RUN = 0.76, 2.0
"""Elasticities in the year after the change, and the middle of those of the long run."""
MONTHS = (12.0, 102.0)
"""When the first holds, and the middle of 7 to 10 years, when the second does."""


def share_of_long_run(months: float) -> float:
    """Return the trade elasticity some months after a shock, as a share of the long-run one.

    0.76 / 2 = 0.38 for the first year, 1 from eight and a half years on, and linear in between:
    the two ends are estimates, the line between them is a simplification. Nothing is estimated
    for less than a year; the first year's share stands for it.

    Parameters
    ----------
    months : float
        Since the tariffs changed, at least 0.

    Raises
    ------
    InputError
        For a number of months below 0 or not finite.

    Examples
    --------
    >>> [round(share_of_long_run(months), 3) for months in (3, 12, 36, 102, 240)]
    [0.38, 0.38, 0.545, 1.0, 1.0]
    """
    if isinstance(months, bool) or not isinstance(months, int | float | np.number):
        raise InputError(f"horizon, months: expected a number >= 0, got {months!r}")
    if not (np.isfinite(months) and months >= 0):
        raise InputError(f"horizon, months: expected a finite number >= 0, got {months!r}")
    return float(np.interp(months, MONTHS, (FIRST_YEAR / LONG_RUN, 1.0)))


def at_horizon(
    economy: Economy, months: float, *, share: Callable[[float], float] = share_of_long_run
) -> Economy:
    """Return an economy with the trade elasticities of some months after a shock.

    Parameters
    ----------
    economy : Economy
        With long-run elasticities.
    months : float
        Since the tariffs changed, at least 0.
    share : callable
        From months to the part of the long-run elasticity that trade has reached by then.

    Raises
    ------
    InputError
        For a number of months below 0 or not finite, or a share that is not above 0.

    Notes
    -----
    Only the ratio of the published elasticities is used: each sector keeps its own in the long run.
    Those of the paper are of imports before tariff, by the tariff, where an economy's are of
    spending, tariff included, and smaller by one; taken at their word they leave no elasticity at
    all in the first year (0.76 - 1 < 0), which no economy of this kind has. Short-run results thus
    say how much less trade moves, and are no estimate of how little. Wages and employment adjust at
    once at every horizon.

    Long-run elasticities in a question about a year are far off. In the shipped economy, deficits
    purged, 50 more points on both sides' goods for a year:

    >>> from bargaining.trade import load
    >>> economy = load("world-2022").balanced()
    >>> goods = np.array([sector != "services" for sector in economy.sectors])
    >>> higher = economy.tariffs.copy()
    >>> higher[1, 0] += 0.5 * goods  # the US on China
    >>> higher[0, 1] += 0.5 * goods
    >>> for one in (economy, at_horizon(economy, 12)):
    ...     (one.counterfactual(tariffs=higher).money / 1000).round()  # USD billion a year
    array([-66., -55.,   2.,   9.])
    array([-40., -63.,   3.,  11.])
    """
    part = share(months)
    if not (np.isfinite(part) and part > 0):
        raise InputError(f"at_horizon, share at {months!r} months: expected one > 0, got {part!r}")
    return Economy(
        economy.countries, economy.sectors, economy.flows, economy.tariffs,
        part * economy.elasticities, export_taxes=economy.export_taxes,
        inputs=economy.world.inputs, unit=economy.unit, source=economy.source,
    )  # fmt: skip
