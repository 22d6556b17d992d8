"""From the arguments of `alternating_offers` to the rules of the talks, each checked by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.feasible import as_numbers
from bargaining.errors import InputError, unknown_name
from bargaining.model.players import Player, name_of
from bargaining.strategic.talks import Talks
from bargaining.types import FloatArray

__all__ = ["Proposers", "talks_of"]

Proposers = str | Sequence[Player | str] | Sequence[float] | Mapping[Any, float] | FloatArray

SUM = 1e-9
"""How far recognition probabilities may be from a sum of 1."""


def talks_of(
    names: tuple[str, ...],
    disagreement: FloatArray,
    own_factors: Sequence[float | None],
    *,
    discount_factors: ArrayLike | None,
    costs: ArrayLike | None,
    horizon: int | None,
    breakdown: float,
    breakdown_payoffs: ArrayLike | None,
    outside_options: ArrayLike | None,
    inside_options: ArrayLike | None,
    proposers: Proposers,
) -> Talks:
    """Return the rules, or raise `InputError` naming the argument that does not fit."""
    size = len(names)
    if costs is not None and discount_factors is not None:
        raise _error("costs", "either discount_factors or costs, not both", costs)
    if costs is not None and inside_options is not None:
        raise _error("inside_options", "none, because costs say what a round is worth", costs)
    risk = _probability(breakdown)
    last = _horizon(horizon)
    factors, fixed = np.ones(size), np.zeros(size)
    if costs is None:
        factors = _factors(names, discount_factors, own_factors)
    else:
        fixed = _vector("costs", costs, size)
        if fixed.min() < 0 or not fixed.any():
            raise _error("costs", f"{size} numbers >= 0, one of them positive", costs)
    if last is None and costs is None and np.any((1 - risk) * factors >= 1):
        player = names[int(np.argmax(factors))]
        raise _error(
            "discount_factors", "less than 1 where there is neither breakdown nor a horizon",
            f"1 for {player}",
        )  # fmt: skip
    none = np.full(size, -np.inf)
    return Talks(
        recognition=_recognition(proposers, names),
        factors=factors,
        costs=fixed,
        horizon=last,
        breakdown=risk,
        breakdown_payoffs=_or(disagreement, "breakdown_payoffs", breakdown_payoffs),
        inside=_or(disagreement, "inside_options", inside_options),
        outside=_or(none, "outside_options", outside_options),
        floor=none if costs is None else disagreement,
    )


def _error(field: str, expected: str, got: object) -> InputError:
    return InputError(f"alternating_offers, {field}: expected {expected}, got {got!r}")


def _vector(field: str, given: ArrayLike, size: int) -> FloatArray:
    numbers = as_numbers(given)
    if numbers.shape != (size,) or not np.all(np.isfinite(numbers)):
        raise _error(field, f"{size} finite numbers", given)
    return numbers


def _or(default: FloatArray, field: str, given: ArrayLike | None) -> FloatArray:
    return default if given is None else _vector(field, given, len(default))


def _factors(
    names: tuple[str, ...], given: ArrayLike | None, own: Sequence[float | None]
) -> FloatArray:
    if given is None:
        missing = [name for name, factor in zip(names, own, strict=True) if factor is None]
        if missing:
            raise InputError(
                "alternating_offers, discount_factors: expected a number for each player (or costs "
                f"of delay), because {', '.join(missing)} has no discount_factor of its own"
            )
        return np.array(own, dtype=float)
    factors = _vector("discount_factors", given, len(names))
    if factors.min() < 0 or factors.max() > 1:
        raise _error("discount_factors", "numbers between 0 and 1", given)
    return factors


def _probability(breakdown: float) -> float:
    numbers = as_numbers(breakdown)
    if numbers.shape != () or not 0 <= float(numbers) < 1:
        raise _error("breakdown", "a probability in [0, 1)", breakdown)
    return float(numbers)


def _horizon(horizon: int | None) -> int | None:
    if horizon is None:
        return None
    given: object = horizon
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < 1:
        raise _error("horizon", "a number of rounds from 1, or None", horizon)
    return int(given)


def _recognition(proposers: Any, names: tuple[str, ...]) -> FloatArray:
    """Return who proposes in each round of the order: shape (K, N), rows that sum to 1."""
    if isinstance(proposers, str):
        if proposers != "alternating":
            raise _error("proposers", "'alternating', an order or probabilities", proposers)
        return np.eye(len(names))
    if isinstance(proposers, Mapping):
        chances = np.zeros(len(names))
        for who, chance in proposers.items():
            chances[_position(who, names)] = chance
        return _chances(chances, names, proposers)
    given = list(proposers) if isinstance(proposers, Sequence | np.ndarray) else []
    if given and all(isinstance(who, Player | str) for who in given):
        return np.eye(len(names))[[_position(who, names) for who in given]]
    return _chances(as_numbers(proposers), names, proposers)


def _position(who: Any, names: tuple[str, ...]) -> int:
    name = name_of(who, "alternating_offers, proposers")
    if name not in names:
        raise unknown_name("player", name, names)
    return names.index(name)


def _chances(chances: FloatArray, names: tuple[str, ...], given: object) -> FloatArray:
    fits = chances.shape == (len(names),) and bool(np.all(chances >= 0))
    if not fits or abs(chances.sum() - 1) > SUM:
        raise _error("proposers", f"players in order, or {len(names)} probabilities", given)
    return np.asarray(chances / chances.sum())[None]
