"""Where searches over intervals start from, and where they ended as shares of the intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bargaining.model.packages import Package
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.starts import Start, checked_starts
from bargaining.optimize.smooth import SmoothPayoffs
from bargaining.types import FloatArray

__all__ = ["STARTS", "position", "starting_packages"]

STARTS = ("status quo", "middle", "lowest", "highest")
"""Where searches start unless said."""

SHARES = {"middle": 0.5, "lowest": 0.0, "highest": 1.0}
"""Of every interval, for those of the starts that are a share of it."""


def starting_packages(
    smooth: SmoothPayoffs, starts: Sequence[Start], random_starts: int,
    rng: int | np.random.Generator | None,
) -> Iterator[tuple[str, Package]]:  # fmt: skip
    """Yield the packages to start from, with their names.

    Raises
    ------
    InputError
        For a start that is not known, none at all, or random ones without `rng`.
    """
    generator = checked_starts(starts, random_starts, rng, STARTS)
    negotiation = smooth.negotiation
    for start in starts:
        if isinstance(start, Mapping):
            yield "a given package", negotiation.package(start)
        elif start == "status quo":
            yield "the status quo", negotiation.status_quo
        else:
            share = np.full(len(smooth.low), SHARES[str(start)])
            yield f"the {start} levels", _at(smooth, share)
    for k in range(random_starts):
        yield f"random start {k + 1}", _at(smooth, generator.random(len(smooth.low)))


def _at(smooth: SmoothPayoffs, shares: FloatArray) -> Package:
    """Return the package at shares of the way from the lowest to the highest levels."""
    levels: dict[str, float] = {}
    for lever, share, low, high in zip(
        smooth.levers, shares.tolist(), smooth.low.tolist(), smooth.high.tolist(), strict=True
    ):
        known = np.linspace(low, high, 2) if lever.is_interval else lever.array()
        place = share * (len(known) - 1)
        levels[lever.name] = (
            min(low + share * (high - low), high)
            if lever.is_interval
            else float(known[round(place)])
        )
    return smooth.negotiation.package(levels)


def position(smooth: SmoothPayoffs, equilibrium: Equilibrium) -> FloatArray:
    """Return the levels that are played as shares of the distance between the ends."""
    played = {name: x for ((_, own),) in equilibrium.strategies for name, x in own.items()}
    levels = np.array([played[lever.name] for lever in smooth.levers])
    return np.asarray((levels - smooth.low) / np.maximum(smooth.high - smooth.low, 1e-300))
