"""What a package sets off: norms that break and controls that are copied, with their chances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from bargaining.linkage.precedent.setting import Setting, State
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.types import FloatArray

__all__ = ["effects_of", "grid_of", "joint", "triggers"]


def effects_of(setting: Setting, whole: Negotiation, state: State) -> list[dict[str, FloatArray]]:
    """Return, for each bit, the chance by level of each lever that can set it off alone."""
    effects: list[dict[str, FloatArray]] = []
    for norm, broken in zip(setting.norms, state, strict=False):
        own = [lever for lever in whole.owned_by(norm) if lever.domain == "security"]
        chance = 0.0 if broken else 1.0 - setting.denial
        rows = {lever.name: chance * triggers(lever, setting.trigger) for lever in own}
        effects.append({name: row for name, row in rows.items() if row.any()})
    for copy, built in zip(setting.copies, state[len(setting.norms) :], strict=True):
        lever = next((x for x in whole.free_levers if x.name == copy.control), None)
        row = np.zeros(1) if lever is None or built else copy.rate * _use(lever)
        effects.append({copy.control: row} if row.any() else {})
    return effects


def triggers(lever: Lever, trigger: str) -> FloatArray:
    """Return 1 at the levels of a security lever that break the norm, 0 elsewhere."""
    moved = lever.array() != lever.status_quo
    if trigger == "tabled":
        return np.asarray(moved, dtype=float)
    kept = [lever.concedes(lever.status_quo, level) is False for level in lever.array()]
    return np.asarray(moved & ~np.array(kept), dtype=float)


def _use(lever: Lever) -> FloatArray:
    """Return how far a control is in use by level, from 0 to 1."""
    levels = lever.array()
    spread = float(np.ptp(levels)) or 1.0
    unused = levels.max() if lever.concession > 0 else levels.min()
    return np.asarray(np.abs(levels - unused) / spread)


def grid_of(watched: Sequence[Lever], effect: Mapping[str, FloatArray]) -> FloatArray:
    """Return the chance of a bit over the levels of the watched levers: the largest of any."""
    shape = tuple(len(lever.array()) for lever in watched)
    table = np.zeros(shape)
    for axis, lever in enumerate(watched):
        if lever.name in effect:
            row = effect[lever.name].reshape([-1 if a == axis else 1 for a in range(len(shape))])
            table = np.maximum(table, row)
    return table


def joint(state: State, chances: FloatArray) -> tuple[tuple[State, float], ...]:
    """Return where independent chances of bits lead, with probabilities."""
    options = [
        [(True, 1.0)] if bit else [(b, p) for b, p in ((False, 1.0 - x), (True, x)) if p > 0]
        for bit, x in zip(state, chances.tolist(), strict=True)
    ]
    return tuple(
        (tuple(b for b, _ in row), float(np.prod([p for _, p in row]))) for row in product(*options)
    )
