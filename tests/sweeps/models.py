"""Models of sweeps that worker processes have to be able to import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import bargaining as bg


def barter(numbers: Mapping[str, float]) -> bg.Negotiation:
    """Two levers; the second is worth `worth` to the player that does not own it."""
    if numbers["worth"] > 3.5:
        raise bg.InputError("worth: expected at most 3.5")
    home, away = bg.Player("Home"), bg.Player("Away")
    tariff = bg.Tariff("tariff", home, [0.0, 0.5], 0.5)
    sale = bg.PurchaseCommitment("sale", away, [0.0, 1.0], 0.0)
    return bg.Negotiation(
        [home, away],
        [tariff, sale],
        [
            bg.LinearPayoff(tariff, {home: 2.0, away: -4.0}, reference=0.5),
            bg.LinearPayoff(sale, {home: numbers["worth"], away: -1.0}),
        ],
    )


def gains(negotiation: bg.Negotiation) -> dict[str, float]:
    """Ask a question of a user's own."""
    return {"sum of gains": float(bg.solve(negotiation).gains.sum())}


def dies_once(numbers: Mapping[str, float]) -> bg.Negotiation:
    """Kill the worker process at one draw, the first time that it comes up."""
    mark = os.environ["SWEEP_TEST_MARK"]
    if numbers["worth"] > 2.5 and not Path(mark).exists():
        Path(mark).touch()
        os._exit(9)
    return barter(numbers)


def dies_always(numbers: Mapping[str, float]) -> bg.Negotiation:
    """Kill the worker process at every draw."""
    os._exit(9)
