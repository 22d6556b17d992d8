"""Exact numbers as data files write them: 2, "1/3" and, where need be, "(53 - sqrt(601))/46".

Payoffs are fractions. Equilibria of three players or more need not be (Nash 1951); in the games of
this catalogue their probabilities solve quadratic equations.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Surd", "read_fraction", "read_probability", "sums_to_one"]

FRACTION = re.compile(r"-?\d+(/\d+)?")
SURD = re.compile(r"\((-?\d+) ([+-]) (?:(\d+) )?sqrt\((\d+)\)\)/(\d+)")


@dataclass(frozen=True)
class Surd:
    """The number a + b sqrt(n).

    Attributes
    ----------
    a, b : Fraction
    n : int

    Examples
    --------
    >>> float(Surd(Fraction(1, 2), Fraction(1, 2), 9))
    2.0
    """

    a: Fraction
    b: Fraction
    n: int

    def __float__(self) -> float:
        return float(self.a) + float(self.b) * math.sqrt(self.n)


def read_fraction(value: object) -> Fraction:
    """Return a whole number or a fraction in quotes.

    Raises
    ------
    ValueError
        For anything else, floats among it: 0.1 would not be exact.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str) and FRACTION.fullmatch(value):
        try:
            return Fraction(value)
        except ZeroDivisionError:
            pass
    raise ValueError('expected a whole number or a fraction such as "1/3"')


def read_probability(value: object) -> Fraction | Surd:
    """Return a fraction or a surd between 0 and 1.

    Raises
    ------
    ValueError
        For anything else.

    Examples
    --------
    >>> read_probability("(3 - sqrt(5))/2")
    Surd(a=Fraction(3, 2), b=Fraction(-1, 2), n=5)
    """
    surd = SURD.fullmatch(value) if isinstance(value, str) else None
    if surd is None or int(surd[5]) == 0:
        try:
            number: Fraction | Surd = read_fraction(value)
        except ValueError as error:
            raise ValueError(f'{error} or "(3 - sqrt(5))/2"') from None
    else:
        a, sign, b, n, divisor = surd.groups()
        factor = Fraction(int(f"{sign}{b or 1}"), int(divisor))
        number = Surd(Fraction(int(a), int(divisor)), factor, int(n))
    if not 0 <= float(number) <= 1:
        raise ValueError("expected a probability, between 0 and 1")
    return number


def sums_to_one(numbers: Sequence[Fraction | Surd]) -> bool:
    """Say whether numbers sum to 1 exactly: the fractions to 1, the multiples of a root to 0."""
    surds = [number for number in numbers if isinstance(number, Surd)]
    rational = sum(number for number in numbers if isinstance(number, Fraction))
    roots = {n: sum(surd.b for surd in surds if surd.n == n) for n in {surd.n for surd in surds}}
    return rational + sum(surd.a for surd in surds) == 1 and not any(roots.values())
