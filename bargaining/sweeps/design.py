"""Where a sweep looks: points of a design over ranges, the same for the same seed.

Sobol points and Latin hypercubes come from `scipy.stats.qmc`. Points that contradict the scenario
(a stricter level of a control withholds less than a laxer one) are skipped; the sequence goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.stats import qmc

from bargaining.errors import ConvergenceError, InputError
from bargaining.scenarios.scenario import within
from bargaining.types import FloatArray, IntArray

__all__ = ["DESIGNS", "Design", "Draws"]

DESIGNS = ("sobol", "latin-hypercube", "random", "grid")

BLOCK = 1024
"""Points that are made at a time; a power of two, as Sobol points are balanced in such blocks."""

RARE = 1000
"""Points looked at for each that is wanted, at most."""

LARGEST = 10_000_000
"""Draws in a sweep, at most."""

Ranges = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Draws:
    """The points of a sweep.

    Attributes
    ----------
    paths : tuple of str
    values : ndarray of shape (D, P)
        Numbers, one row a draw.
    points : ndarray of int of shape (D,)
        The place of each draw in the design; places that are not there were skipped.
    skipped : int
        Points that contradict the scenario.
    """

    paths: tuple[str, ...]
    values: FloatArray
    points: IntArray
    skipped: int


@dataclass(frozen=True)
class Design:
    """How the points are chosen.

    Parameters
    ----------
    kind : {"sobol", "latin-hypercube", "random", "grid"}
        A grid takes as many values of each number, ends included, as make no more than `draws`
        points in all.
    draws : int
    seed : int
        Of the scrambling of Sobol points, the shuffling of hypercubes, and random points.

    Raises
    ------
    InputError
        For an unknown design, no draws, or a grid with too few draws for two values each.

    Examples
    --------
    >>> draws = Design("sobol", 4, seed=1).over({"price": (1.0, 2.0)})
    >>> draws.values.shape, draws.points.tolist()
    ((4, 1), [0, 1, 2, 3])
    """

    kind: str
    draws: int
    seed: int

    def __post_init__(self) -> None:
        """Refuse what is no design."""
        if self.kind not in DESIGNS:
            raise InputError(f"sweep, design: expected one of {DESIGNS}, got {self.kind!r}")
        for field, low, high in (("draws", 1, LARGEST), ("seed", 0, 2**63 - 1)):
            value = getattr(self, field)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise InputError(
                    f"sweep, {field}: expected a whole number between {low} and {high}, "
                    f"got {value!r}"
                )

    def over(
        self, ranges: Ranges, accepts: Callable[[Mapping[str, float]], bool] | None = None
    ) -> Draws:
        """Return the draws over ranges.

        Parameters
        ----------
        ranges : mapping of str to pair of float
        accepts : callable, optional
            Whether numbers by path go together.

        Raises
        ------
        ConvergenceError
            When hardly any point is accepted; on a grid, none.
        """
        paths = tuple(ranges)
        kept: list[FloatArray] = []
        points: list[int] = []
        seen = 0
        for block in self._blocks(len(paths)):
            columns = [within(ranges[path], block[:, j]) for j, path in enumerate(paths)]
            for row in np.column_stack(columns):
                if accepts is None or accepts(dict(zip(paths, row.tolist(), strict=True))):
                    kept.append(row)
                    points.append(seen)
                seen += 1
                if len(kept) == self.draws:
                    break
            if len(kept) == self.draws or seen > RARE * self.draws + BLOCK:
                break
        if not kept or (self.kind != "grid" and len(kept) < self.draws):
            raise ConvergenceError(
                f"sweep, parameters: of {seen} points of the design only {len(kept)} keep the "
                "shares that a chokepoint rations in the order of its levels"
            )
        return Draws(paths, np.array(kept), np.array(points, dtype=np.int64), seen - len(kept))

    def _blocks(self, size: int) -> Iterator[FloatArray]:
        """Yield points of the unit cube, in blocks."""
        if self.kind == "grid":
            yield self._grid(size)
            return
        generator = np.random.default_rng(self.seed)
        if self.kind == "sobol":
            sobol = qmc.Sobol(size, scramble=True, seed=self.seed)
            while True:
                yield sobol.random(BLOCK)
        while True:  # one hypercube after the other, should points of the first be skipped
            if self.kind == "random":
                yield generator.random((BLOCK, size))
            else:
                yield qmc.LatinHypercube(size, seed=generator).random(self.draws)

    def _grid(self, size: int) -> FloatArray:
        each = max(1, int(self.draws ** (1 / size) + 1e-9))
        if each < 2:
            raise InputError(
                f"sweep, draws: a grid over {size} numbers takes at least 2 values of each, "
                f"{2**size:,} draws, got {self.draws}; give fewer `parameters`"
            )
        steps = np.linspace(0.0, 1.0, each)
        return np.array(list(product(steps, repeat=size)))
