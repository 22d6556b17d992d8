"""Proof of an equilibrium in rational numbers: `verify(equilibrium, exact=True)`.

The strategies found in floating point name a support; the rational strategies that make it
indifferent (von Stengel 2002) are computed afresh, must lie where the floats say, and must leave
nobody anything to gain. Payoffs are `NormalFormGame.rational`: floats are read as the shortest
decimals that print as them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.errors import InputError, IntractableError
from bargaining.noncooperative.equilibria import Equilibria
from bargaining.noncooperative.equilibrium import SHOWN, Equilibrium
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.games.payoff_tables import as_fraction
from bargaining.noncooperative.two_player.exact import nearest_solution, rational_regret
from bargaining.results.certificate import Certificate, registers, verify
from bargaining.types import FloatArray

__all__ = ["prove", "prove_all"]

NEAR = Fraction(1, 10**9)
"""How far the exact probabilities may be from the floats."""

TIED = 1e-9
"""Relative loss up to which a pure strategy may be as good as the best ones."""

MOST = 60
"""Most pure strategies in a support."""

Table = NDArray[Any]
Strategy = tuple[Fraction, ...]


@registers(Equilibrium, exact=True)
def prove(equilibrium: Equilibrium) -> Certificate:
    """Prove an equilibrium of a finite game in rational numbers.

    Returns
    -------
    Certificate
        Of kind "exact equilibrium", with value and tolerance 0 when it is proved; `details` hold
        the exact strategies as text. Otherwise the value is the regret of the given strategies, or
        how far the exact ones are from them, whichever is larger.

    Raises
    ------
    InputError
        For lever games, and for mixed strategies of more than two players, whose probabilities
        need not be rational.
    IntractableError
        For supports of more than 60 strategies.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.NormalFormGame.from_arrays([[2, 0], [0, 1]], [[-2, 0], [0, -1]])
    >>> certificate = bg.verify(bg.nash_equilibrium(game), exact=True)
    >>> bool(certificate), certificate.value, certificate.details["strategies"][0]
    (True, 0.0, ['1/3', '2/3'])
    """
    game = equilibrium.game
    if not isinstance(game, NormalFormGame):
        raise InputError(
            "verify, exact: expected an equilibrium of a finite game, got a lever game"
        )
    ordinary = verify(equilibrium)
    if not ordinary:
        return Certificate("exact equilibrium", ordinary.value, tolerance=0.0)
    given = [_normalised(strategy) for strategy in equilibrium.strategies]
    pure = all(max(strategy) == 1 for strategy in given)
    if not pure and game.number_of_players != 2:
        raise InputError(
            "verify, exact: only pure profiles and two-player games can be proved exactly, got a "
            f"mixed profile of {game.number_of_players} players"
        )
    candidates = [given] if pure else _candidates(equilibrium, given)
    worst = rational_regret(game.rational, given)
    for profile in candidates:
        away = _distance(profile, given)
        proper = all(min(strategy) >= 0 and sum(strategy) == 1 for strategy in profile)
        if proper and away <= NEAR and rational_regret(game.rational, profile) == 0:
            details = {
                "strategies": [[str(share) for share in strategy] for strategy in profile],
                "distance": float(away),
            }
            return Certificate("exact equilibrium", 0.0, tolerance=0.0, details=details)
        worst = max(worst, away)
    return Certificate(
        "exact equilibrium", max(float(worst), float(np.nextafter(0, 1))), tolerance=0.0
    )


@registers(Equilibria, exact=True)
def prove_all(equilibria: Equilibria) -> Certificate:
    """Prove each equilibrium of a list in rational numbers; the first that fails speaks for all."""
    proofs = [verify(each, exact=True) for each in equilibria]
    failed = next((proof for proof in proofs if not proof), None)
    details = {"strategies": [proof.details["strategies"] for proof in proofs if proof]}
    if failed is not None:
        return failed
    return Certificate("exact equilibrium", 0.0, tolerance=0.0, details=details)


def _normalised(strategy: FloatArray) -> Strategy:
    """Read floats as the shortest decimals, and let them sum to 1."""
    shares = [max(as_fraction(share), Fraction(0)) for share in strategy]
    total = sum(shares)
    return tuple(share / total for share in shares)


def _distance(first: Sequence[Strategy], second: Sequence[Strategy]) -> Fraction:
    return max(
        abs(p - q) for x, y in zip(first, second, strict=True) for p, q in zip(x, y, strict=True)
    )


def _candidates(
    equilibrium: Equilibrium, given: Sequence[Strategy]
) -> Iterator[Sequence[Strategy]]:
    """Yield exact profiles near the given one that may be equilibria."""
    supports = [[k for k, share in enumerate(x) if share > SHOWN] for x in given]
    if max(map(len, supports)) > MOST:
        raise IntractableError(
            f"verify, exact: a support has {max(map(len, supports))} strategies, more than {MOST}"
        )
    if equilibrium.exact is not None:
        yield equilibrium.exact
    yield given
    A, B = equilibrium.game.rational
    x, y = given
    rows, columns = supports
    firsts = _indifferent(B.T, columns, rows, x)
    seconds = _indifferent(A, rows, columns, y)
    yield from product(firsts, seconds)


def _indifferent(
    table: Table, level: Sequence[int], support: Sequence[int], near: Strategy
) -> list[Strategy]:
    """Return strategies on a support to which all of some rows of the table are equally good.

    First those rows alone, then with all that are nearly as good; of several strategies the one
    that keeps the probabilities of the given strategy where it can.
    """
    floats = table.astype(float)
    values = (floats - floats.min()) / (np.ptp(floats) or 1.0) @ np.array(near, dtype=float)
    tied = np.flatnonzero(values >= max(values[list(level)]) - TIED).tolist()
    found = []
    for rows in dict.fromkeys((tuple(level), tuple(sorted({*level, *tied})))):
        first, *others = table[np.ix_(rows, support)]
        equations = [[*(row - first)] for row in others] + [[Fraction(1)] * len(support)]
        right = [Fraction(0)] * len(others) + [Fraction(1)]
        solved = nearest_solution(equations, right, [near[k] for k in support])
        if solved is not None and min(solved) >= 0:
            shares = dict(zip(support, solved, strict=True))
            found.append(tuple(shares.get(k, Fraction(0)) for k in range(len(near))))
    return found
