"""Tables of payoffs as users give them: arrays, nested lists, frames; floats or exact numbers.

A table is read twice: as floats, which the solvers work with, and, where a float would lose
something, as it was given, so that exact arithmetic starts from what was written.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Rational, Real
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from bargaining.errors import InputError
from bargaining.types import FloatArray

__all__ = ["ObjectArray", "as_fraction", "as_fractions", "read_table", "without_labels"]

ObjectArray = npt.NDArray[np.object_]

WHOLE = 2.0**53
"""Below it a float holds every whole number."""


Labels = tuple[tuple[str, ...] | None, ...]
"""For each axis of a table the names along it, None where it has none."""


def without_labels(where: str, given: Any) -> tuple[Any, Labels]:
    """Return a frame or a series of pandas as an array, and the labels of its axes.

    A frame has the first player's strategies along its index and the second player's along its
    columns. A series has one player's along its index, or, of a game of N players, a level of the
    index for each player. An axis that counts 0, 1, 2, ... names nothing. Anything else comes back
    as it is; pandas is looked for only among what is already imported.

    Raises
    ------
    InputError
        For a series that lacks a profile or has one twice.
    """
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(given, pandas.DataFrame | pandas.Series):
        return given, ()
    axes = list(given.axes)
    if isinstance(given, pandas.Series) and given.index.nlevels > 1:
        axes = [given.index.get_level_values(k).unique() for k in range(given.index.nlevels)]
        shape = tuple(map(len, axes))
        if len(given) != math.prod(shape) or not given.index.is_unique:
            raise InputError(
                f"{where}: expected a series with each of {math.prod(shape)} profiles once, got "
                f"{len(given)} payoffs of {len(given.index.unique())} profiles"
            )
        given = given.reindex(pandas.MultiIndex.from_product(axes)).to_numpy().reshape(shape)
    return given, tuple(
        None if list(axis) == list(range(len(axis))) else tuple(map(str, axis)) for axis in axes
    )


def read_table(where: str, given: ArrayLike) -> tuple[FloatArray, ObjectArray | None]:
    """Return a table of payoffs as floats, and as it was given where floats may not hold it.

    Parameters
    ----------
    where : str
        What the table is called in messages.
    given : array_like

    Raises
    ------
    InputError
        For rows of unequal lengths, and for what is no finite number, beyond the range of floats,
        or of an infinite range.
    """
    try:
        raw = np.asarray(given)
    except ValueError:
        raise InputError(f"{where}: expected rows of equal lengths, got {given!r}") from None
    exact = None
    if raw.dtype.kind not in "iuf":
        exact = _numbers(where, given)
    elif raw.size and max(float(raw.max()), -float(raw.min())) >= WHOLE:
        if raw.dtype.kind in "iu":
            exact = raw.astype(object)
        elif not isinstance(given, np.ndarray):
            exact = _numbers(where, given)  # numpy turns 2**63 beside -1 into floats
    table = raw.astype(float) if exact is None else _floats(where, exact)
    if not np.all(np.isfinite(table)):
        cell = tuple(int(j) for j in np.argwhere(~np.isfinite(table))[0])
        raise InputError(f"{where}: expected finite payoffs, got {table[cell]} at {cell}")
    if table.size and table.max() / 2 - table.min() / 2 > np.finfo(float).max / 2:
        raise InputError(
            f"{where}: expected a finite range of payoffs, got {table.min()} to {table.max()}"
        )
    return table, exact


def _numbers(where: str, given: ArrayLike) -> ObjectArray:
    numbers = np.array(given, dtype=object)
    for cell, value in np.ndenumerate(numbers):
        if isinstance(value, bool | np.bool_) or not isinstance(value, Real | Decimal):
            raise InputError(f"{where}: expected numbers, got {value!r} at {cell}")
    return numbers


def _floats(where: str, exact: ObjectArray) -> FloatArray:
    """Return the nearest floats; a payoff must not become infinite or vanish on the way."""
    table = np.empty(exact.shape)
    for cell, value in np.ndenumerate(exact):
        try:
            table[cell] = float(value)
        except (OverflowError, ValueError):
            raise InputError(
                f"{where}: expected finite payoffs that a float can hold, got {_short(value)} "
                f"at {cell}"
            ) from None
        if table[cell] == 0 and value != 0:
            raise InputError(
                f"{where}: expected payoffs that a float can hold, got {_short(value)} at {cell}, "
                "which is nearer to 0 than any float"
            )
    return table


def _short(value: Any) -> str:
    """Write a number of any length in a few characters (Python refuses very long integers)."""
    if isinstance(value, Rational):
        bits = max(int(value.numerator).bit_length(), int(value.denominator).bit_length())
        return repr(value) if bits < 200 else f"a number of {bits} bits"
    return repr(value)


def as_fraction(value: Any) -> Fraction:
    """Return a number as a fraction: a float as the shortest decimal that prints as it.

    Examples
    --------
    >>> as_fraction(0.1), as_fraction(Decimal("0.25")), as_fraction(3)
    (Fraction(1, 10), Fraction(1, 4), Fraction(3, 1))
    """
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, Decimal):
        return Fraction(value)
    return Fraction(repr(float(value)))


def as_fractions(tables: FloatArray, exact: Sequence[ObjectArray | None]) -> ObjectArray:
    """Return the payoffs of all players as fractions, (N, K_1, ..., K_N).

    Parameters
    ----------
    tables : ndarray of shape (N, K_1, ..., K_N)
    exact : sequence of N object arrays or None
        A player's payoffs as they were given, None where the floats say it all.
    """
    fractions = np.empty(tables.shape, dtype=object)
    known: dict[Any, Fraction] = {}
    for own, table, given in zip(fractions, tables, exact, strict=True):
        for cell, value in np.ndenumerate(table if given is None else given):
            key = (type(value), value)
            if key not in known:
                known[key] = as_fraction(value)
            own[cell] = known[key]
    fractions.setflags(write=False)
    return fractions
