"""Where searches for equilibria of a negotiation start: named packages, given ones, random ones.

Which equilibrium a search meets depends on its start, so starts are stated, checked and repeatable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bargaining.errors import InputError, did_you_mean

__all__ = ["Start", "checked_starts"]

Start = str | Mapping[Any, float | str]
"""A name, or a package."""


def checked_starts(
    starts: Sequence[Start], random_starts: int, rng: int | np.random.Generator | None,
    names: Sequence[str],
) -> np.random.Generator:  # fmt: skip
    """Return the generator of the random starts.

    Parameters
    ----------
    starts : sequence of str or mapping
    random_starts : int
    rng : int or numpy.random.Generator, optional
    names : sequence of str
        Those that are known.

    Raises
    ------
    InputError
        For a start that is not known, none at all, or random ones without `rng`.
    """
    if isinstance(starts, str | Mapping) or not isinstance(starts, Sequence):
        raise InputError(f"nash_equilibrium, starts: expected a sequence of starts, got {starts!r}")
    if random_starts < 0 or (random_starts and rng is None):
        raise InputError(
            "nash_equilibrium, random_starts: expected a number >= 0, and with it rng= (an int or "
            f"a numpy Generator), got {random_starts!r} and {rng!r}"
        )
    if not starts and not random_starts:
        raise InputError("nash_equilibrium, starts: expected at least one, got none")
    for start in starts:
        if not isinstance(start, Mapping) and start not in names:
            raise InputError(
                f"nash_equilibrium, starts: expected {', '.join(map(repr, names))} or a package, "
                f"got {start!r}{did_you_mean(start, names)}"
            )
    return np.random.default_rng(rng)
