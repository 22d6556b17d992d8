"""Random small games with what breaks solvers: ties, near ties, constants, offsets and units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bargaining.types import FloatArray

__all__ = ["Draw", "draw"]

BASES = ("uniform", "integers 0..1", "integers 0..3", "normal")
INTERESTS = ("any", "any", "any", "zero-sum", "symmetric", "common")
SHARE = 0.15
"""How often a game gets each blemish and each unit."""


@dataclass(frozen=True)
class Draw:
    """A random game, and what it is like in words."""

    tables: tuple[FloatArray, ...]
    traits: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Numbers of strategies."""
        return tuple(self.tables[0].shape)

    @property
    def whole(self) -> bool:
        """Whether payoffs are small whole numbers."""
        return all((t == t.round()).all() and np.abs(t).max() < 1e7 for t in self.tables)

    @property
    def opposed(self) -> bool:
        """Whether two payoffs, in units of their ranges, sum to a constant but for roundoff.

        Large offsets take digits from small ranges, so that zero-sum games need not stay so.
        """
        units = [table - table.min() for table in self.tables]
        sums = np.sum([unit / (unit.max() or 1.0) for unit in units], axis=0)
        return bool(np.ptp(sums) < 4e-10)


def draw(seed: int, index: int, *, large: bool = False) -> Draw:
    """Return the game of an index; it depends on nothing else.

    Two players up to 6 x 6, or three up to 3 x 3 x 3; `large`: two players from 7 x 7 to 100 x 100.
    """
    rng = np.random.default_rng((seed, index))
    players = 2 if large or rng.random() < 0.75 else 3
    shape = rng.integers(1, 7 if players == 2 else 4, size=players)
    if large:
        shape = np.exp(rng.uniform(np.log(7), np.log(101), size=2)).astype(int)
    interests = str(rng.choice(INTERESTS))
    if interests == "symmetric":
        players, shape = 2, np.array([shape[0]] * 2)
    base = str(rng.choice(BASES))
    tables = [_base(rng, base, tuple(shape)) for _ in range(players)]
    traits = [base, interests]
    for trait, blemish in BLEMISHES.items():
        if rng.random() < SHARE:
            blemish(rng, tables)
            traits.append(trait)
    if interests == "zero-sum":
        tables[-1] = -np.sum(tables[:-1], axis=0)
    elif interests == "symmetric":
        tables[1] = tables[0].T.copy()
    elif interests == "common":
        tables = [tables[0]] * players
    for trait, unit in UNITS.items():
        if rng.random() < SHARE:
            tables = [unit(rng, table) for table in tables]
            traits.append(trait)
    return Draw(tuple(tables), tuple(traits))


def _base(rng: np.random.Generator, base: str, shape: tuple[int, ...]) -> FloatArray:
    if base == "uniform":
        return rng.random(shape)
    if base == "normal":
        return rng.normal(size=shape)
    return rng.integers(0, int(base[-1]), size=shape, endpoint=True).astype(float)


def _duplicate(rng: np.random.Generator, tables: list[FloatArray], apart: float = 0.0) -> None:
    """Give a player one strategy twice, payoffs `apart`."""
    axis = int(rng.integers(len(tables)))
    size = tables[0].shape[axis]
    source, target = int(rng.integers(size)), int(rng.integers(size))
    for table in tables:
        rows = np.moveaxis(table, axis, 0)
        noise = apart * rng.normal(size=rows[source].shape) if apart else 0.0
        rows[target] = rows[source] + noise


def _near_duplicate(rng: np.random.Generator, tables: list[FloatArray]) -> None:
    _duplicate(rng, tables, apart=10.0 ** -rng.uniform(9, 12))


def _constant_row(rng: np.random.Generator, tables: list[FloatArray]) -> None:
    axis = int(rng.integers(len(tables)))
    row = np.moveaxis(tables[axis], axis, 0)[int(rng.integers(tables[0].shape[axis]))]
    row[...] = row.flat[0]


def _constant_player(rng: np.random.Generator, tables: list[FloatArray]) -> None:
    table = tables[int(rng.integers(len(tables)))]
    table[...] = table.flat[0]


BLEMISHES: dict[str, Callable[[np.random.Generator, list[FloatArray]], None]] = {
    "duplicate": _duplicate,
    "near duplicate": _near_duplicate,
    "constant row": _constant_row,
    "constant player": _constant_player,
}
UNITS: dict[str, Callable[[np.random.Generator, FloatArray], FloatArray]] = {
    "offset": lambda rng, table: table + float(rng.choice([-1e6, 1e6])),
    "units": lambda rng, table: table * 10.0 ** rng.uniform(-12, 12),
}
