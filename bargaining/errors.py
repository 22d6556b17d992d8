"""What can go wrong, and how it is said.

Every error of the library is a `BargainingError`. Bad input, problems too large for an exact
method, and solvers that stop short of their tolerance have a class each; none of them passes
silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

__all__ = ["BargainingError", "ConvergenceError", "InputError", "IntractableError"]


class BargainingError(Exception):
    """Root of all errors that the library raises on purpose."""


class InputError(BargainingError, ValueError):
    """Bad input: the message names the object, the field, the value and what was expected.

    It is also a `ValueError`, so code that catches that keeps working.
    """


class IntractableError(BargainingError):
    """A problem too large for the exact method: the message says what is too large, by how much.

    Attributes
    ----------
    width : int or None
        Width of the elimination order (levers tied together at once), where that is the reason.
    levers : tuple of str
        The levers of the table that is too large.
    """

    def __init__(
        self, message: str, *, width: int | None = None, levers: Iterable[str] = ()
    ) -> None:
        super().__init__(message)
        self.width = width
        self.levers = tuple(levers)


class ConvergenceError(BargainingError):
    """A solver stopped before its tolerance.

    Attributes
    ----------
    certificate : Certificate or None
        The best certificate reached.
    """

    def __init__(self, message: str, *, certificate: Any = None) -> None:
        super().__init__(message)
        self.certificate = certificate


def unknown_name(kind: str, name: object, known: Sequence[str]) -> InputError:
    """Return the error for a `kind` (lever, player, ...) that is not among the `known` names."""
    names = ", ".join(map(repr, known)) or "none"
    hint = did_you_mean(name, known).lstrip("; ")
    return InputError(f"unknown {kind} {name!r}: {f'{hint} ' if hint else ''}known are {names}")


def did_you_mean(name: object, known: Sequence[str]) -> str:
    """Return the end of a message that asks for the known name that is near; "" where none is.

    Examples
    --------
    >>> did_you_mean("tarif", ["tariff", "soybeans"])
    "; did you mean 'tariff'?"
    """
    near = get_close_matches(str(name), known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
