"""Certificates and the one function that recomputes them.

A certificate states how far, at most, a result is from what it claims to be, relative to the scale
of the payoffs. Each room registers the check of its own results; `verify` looks the check up and
recomputes the certificate from the problem alone, whatever method found the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from bargaining.errors import InputError
from bargaining.types import FloatArray

__all__ = ["Certificate", "registers", "verify"]

T = TypeVar("T")

TOLERANCE = 1e-9
"""Largest gap or regret, relative to the payoff scale, that counts as solved."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """How far a result is, at most, from what it claims.

    Attributes
    ----------
    kind : str
        What is proved: "optimality", "no deal", "regret", "search", ...
    value : float
        A gap or regret, finite and not negative, relative to the payoff scale.
    tolerance : float
        The value up to which the claim counts as proved.
    weights : ndarray of shape (R, N) or None
        The supporting weights that prove it, one row a claim.
    details : mapping
        What else a reader needs to recompute it.

    Examples
    --------
    >>> certificate = Certificate("optimality", 2e-12, 1e-9)
    >>> bool(certificate)
    True
    """

    kind: str
    value: float
    tolerance: float = TOLERANCE
    weights: FloatArray | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a certificate that says nothing."""
        if not (np.isfinite(self.value) and self.value >= 0):
            raise InputError(
                f"Certificate.value: expected a finite number >= 0, got {self.value!r}"
            )
        if not (np.isfinite(self.tolerance) and self.tolerance >= 0):
            raise InputError(
                f"Certificate.tolerance: expected a finite number >= 0, got {self.tolerance!r}"
            )

    @property
    def holds(self) -> bool:
        """Whether the value is within the tolerance."""
        return bool(self.value <= self.tolerance)

    def __bool__(self) -> bool:
        """Whether the certificate holds."""
        return self.holds

    def __str__(self) -> str:
        """Say the certificate in a line."""
        verdict = "holds" if self.holds else "FAILS"
        return f"{self.kind}: {self.value:.1e} (tolerance {self.tolerance:.0e}), {verdict}"

    def to_dict(self) -> dict[str, Any]:
        """Return the certificate as plain Python values."""
        return {
            "kind": self.kind,
            "value": float(self.value),
            "tolerance": float(self.tolerance),
            "holds": self.holds,
            "weights": None if self.weights is None else np.asarray(self.weights).tolist(),
            "details": {key: plain(value) for key, value in self.details.items()},
        }


def plain(value: Any) -> Any:
    """Turn arrays, mappings and tuples into lists and dicts that JSON knows."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


_CHECKS: dict[type, Callable[[Any], Certificate]] = {}
_EXACT_CHECKS: dict[type, Callable[[Any], Certificate]] = {}


def registers(
    result_type: type[T], *, exact: bool = False
) -> Callable[[Callable[[T], Certificate]], Callable[[T], Certificate]]:
    """Register the decorated function as the check, or exact check, of results of a type."""

    def register(check: Callable[[T], Certificate]) -> Callable[[T], Certificate]:
        (_EXACT_CHECKS if exact else _CHECKS)[result_type] = check
        return check

    return register


def verify(result: object, *, exact: bool = False) -> Certificate:
    """Recompute the certificate of a result from its problem alone.

    Parameters
    ----------
    result : Agreement, Equilibrium, RegimeComparison, ...
        Anything with a `certificate`.
    exact : bool
        Prove it in rational numbers, without tolerance: equilibria of small finite games.

    Returns
    -------
    Certificate
        The recomputed certificate; it is true in a boolean context when it holds.

    Raises
    ------
    InputError
        When no check, or no exact one, is known for the type.

    Examples
    --------
    >>> import bargaining as bg
    >>> problem = bg.BargainingProblem(bg.PointSet([[4, 0], [0, 4]]), disagreement=[0, 0])
    >>> bool(bg.verify(bg.solve(problem)))
    True
    """
    checks = _EXACT_CHECKS if exact else _CHECKS
    for kind in type(result).__mro__:
        if kind in checks:
            return checks[kind](result)
    sort = "exact check" if exact else "check"
    raise InputError(f"verify: no {sort} is known for a {type(result).__name__}")
