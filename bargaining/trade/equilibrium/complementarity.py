"""Equilibrium under quotas and commitments: each either does not bind, or its wedge makes it met.

A complementarity problem, 0 <= wedge, volume <= limit, one of them an equality. An active set is
guessed, wages and wedges are found together by Newton's method with exact derivatives, and limits
whose wedge has the wrong sign or that are broken change sides (a semismooth Newton method:
Hintermueller, Ito and Kunisch 2003); where that would go round in circles, one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import ConvergenceError
from bargaining.trade.equilibrium.binding import Settled, System, levels
from bargaining.trade.equilibrium.equilibrium import State
from bargaining.trade.equilibrium.world import Policy
from bargaining.trade.measures.measures import Limit, Measure
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.trade.economy.economy import Economy

__all__ = ["measured", "settle"]

BROKEN = 1e-11
"""By how much, in logs, a limit that does not bind may be broken; then it binds."""

WRONG = 1e-13
"""Size, in logs, from which on a wedge has the wrong sign; then its limit does not bind."""

TRIALS = 20
"""Most attempts on the way to the limits, whose steps are cut where one fails."""

SHORTEST = 0.01
"""Part of the way below which steps are not cut."""


def measured(economy: Economy, settled: Settled, limits: Sequence[Limit]) -> tuple[Measure, ...]:
    """Return what limits did: levels, shadow rates and rents."""
    reached = np.exp(levels(economy, limits, settled.state))
    found = []
    for limit, level, wedge in zip(limits, reached, settled.wedges, strict=True):
        j, i, k = (np.array(index) for index in limit.at)
        paid = settled.state.flows[k, j, i]
        if limit.side == "exporter":
            paid = paid * (1.0 - settled.state.wedges.to_importer[k, j, i])
        rent = float(-np.expm1(-wedge) * paid.sum())
        found.append(limit.measured(level=float(level), rate=float(np.expm1(wedge)), rent=rent))
    return tuple(found)


def settle(economy: Economy, policy: Policy, limits: Sequence[Limit], start: State) -> Settled:
    """Return the equilibrium in which limits are met, from the one without them.

    Raises
    ------
    ConvergenceError
        When none was found, as for purchases that no subsidy brings about.
    """
    none = np.zeros(len(limits))
    found = Settled(policy, start, none, none)
    signs = np.array([limit.sign for limit in limits])
    goals = np.log([limit.limit for limit in limits])
    binding = np.zeros(len(limits), dtype=bool)
    seen: set[bytes] = set()
    for _ in range(100 + 20 * len(limits)):
        broken = signs * (levels(economy, limits, found.state) - goals) > BROKEN
        changes = np.where(binding, signs * found.wedges < -WRONG, broken)
        if not changes.any():
            return found
        if binding.tobytes() in seen:
            changes &= np.cumsum(changes) == 1  # one at a time, the first: no circles
        seen.add(binding.tobytes())
        binding = binding ^ changes
        found = _reach(economy, policy, limits, np.flatnonzero(binding), found)
    raise _unmet(limits, np.exp(levels(economy, limits, found.state)), None)


def _reach(
    economy: Economy,
    policy: Policy,
    limits: Sequence[Limit],
    active: NDArray[np.intp],
    found: Settled,
) -> Settled:
    """Return the equilibrium in which some limits are met exactly, by steps where need be."""
    bound = [limits[m] for m in active]
    start = levels(economy, bound, found.state)
    goals = np.log([limit.limit for limit in bound])
    done, step = 0.0, 1.0
    trouble: ConvergenceError | None = None
    for _ in range(TRIALS):
        aims = start + (done + step) * (goals - start)
        system = System(economy, policy, limits, active, aims, found.state)
        try:
            found = system.solved(found)
        except ConvergenceError as error:
            trouble, step = error, step / 4
            if step < SHORTEST:
                break
            continue
        done = done + step
        if done >= 1:
            return found
        step = min(2 * step, 1 - done)
    reached = np.exp(levels(economy, bound, found.state))
    raise _unmet(bound, reached, trouble) from trouble


def _unmet(
    limits: Sequence[Limit], reached: FloatArray, trouble: ConvergenceError | None
) -> ConvergenceError:
    asked = [
        f"{limit.name} ({'at most' if limit.sign > 0 else 'at least'} {limit.limit:.4g}, reached "
        f"{level:.4g})"
        for limit, level in zip(limits, reached, strict=True)
    ]
    rest = f" and {len(limits) - 5} more" if len(limits) > 5 else ""
    return ConvergenceError(
        f"counterfactual: no equilibrium was found that meets {'; '.join(asked[:5])}{rest}; too "
        "much may be asked, as of purchases that no subsidy brings about",
        certificate=trouble.certificate if trouble else None,
    )
