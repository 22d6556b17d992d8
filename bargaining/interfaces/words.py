"""Words for results, which several reports share: levels, gains, proofs, certificates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bargaining.linkage.regimes.comparison import RegimeComparison
from bargaining.linkage.regimes.outcome import RegimeOutcome
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.results.certificate import Certificate
from bargaining.results.table import aligned
from bargaining.types import FloatArray

__all__ = [
    "capital",
    "gains",
    "levels",
    "move",
    "own_levers",
    "proofs",
    "proved",
    "same",
    "unit_of",
    "without_outcome",
]

NEGLIGIBLE = 1e-9
"""Difference of payoffs, relative to their scale, up to which two outcomes are the same."""

PROOFS = {
    "search": "branch and bound over all packages leaves none that the rule would rather have; ",
    "optimality": "weights at which no package is worth more; ",
    "regret": "the most that anybody could gain by playing otherwise, everything tried; ",
    "optimal threats": "no other threat leads its maker to a better settlement; ",
    "one-shot deviations": "nobody gains by one other offer or one other answer; ",
}
"""What a certificate of each kind shows, in words."""


def own_levers(negotiation: Negotiation, player: str, lottery: Lottery) -> str:
    """Say how a player's levers are set in a lottery over packages."""
    levers = negotiation.owned_by(player)
    words = [f"{lever.name}: {levels(negotiation, lever.name, lottery)}" for lever in levers]
    return "; ".join(words) or "no lever"


def levels(negotiation: Negotiation, name: str, lottery: Lottery) -> str:
    """Say the level of a lever in a lottery over packages, with probabilities where it varies."""
    shares: dict[float, float] = {}
    for share, package in lottery:
        shares[package[name]] = shares.get(package[name], 0.0) + share
    lever = negotiation.lever(name)
    if len(shares) == 1:
        return lever.label(next(iter(shares)))
    return " or ".join(f"{lever.label(x)} ({shares[x]:.3g})" for x in sorted(shares))


def move(before: str, after: str) -> str:
    """Say a move, the unit of numbers once.

    Examples
    --------
    >>> move("0 million tonnes", "25 million tonnes")
    '0 → 25 million tonnes'
    """
    first, second = before.split(), after.split()
    if before[:1].isdigit() and after[:1].isdigit() and first[1:] == second[1:]:
        before = first[0]
    return f"{before} \N{RIGHTWARDS ARROW} {after}"


def gains(
    players: Sequence[str], values: Sequence[float] | FloatArray, *, signed: bool = True
) -> str:
    """Say everybody's gains in a line; payoffs, with `signed=False`."""
    words = aligned([float(value) for value in values], signed=signed)
    return ", ".join(f"{player} {word}" for player, word in zip(players, words, strict=True))


def proofs(outcomes: Sequence[RegimeOutcome]) -> list[str]:
    """Say what proves that a regime, or one of its tables, has no gainful deal."""
    found: dict[str, list[str]] = {}
    for outcome in outcomes:
        tables = outcome.regime.tables or (outcome.regime.tradable,)
        for table, agreement in zip(tables, outcome.agreements, strict=True):
            if not agreement.agreed:
                where = f", on the table of {', '.join(table)}" if len(tables) > 1 else ""
                found.setdefault(agreement.explain(), []).append(f"{outcome.regime.name}{where}")
    return [f"{capital('; '.join(places))}: {proof}" for proof, places in found.items()]


def without_outcome(comparison: RegimeComparison) -> list[str]:
    """Say which regimes have no outcome, in the headline or in another reading."""
    found: dict[str, list[str]] = {}
    for each in comparison.unsettled:
        reading = f"{each.off_table}, {'lotteries' if each.lotteries else 'packages'}"
        found.setdefault(each.explain(), []).append(f"{each.regime.name} ({reading})")
    return [f"{capital('; '.join(places))}: {reason}" for reason, places in found.items()]


def proved(certificate: Certificate) -> str:
    """Say a certificate, and what it shows."""
    words = PROOFS.get(certificate.kind, "")
    return f"Certificate: {words}{certificate}."


def same(first: FloatArray, second: FloatArray) -> bool:
    """Whether payoffs are the same up to rounding."""
    scale = max(float(np.abs(first).max()), float(np.abs(second).max()), 1e-300)
    return bool(np.abs(first - second).max() <= NEGLIGIBLE * scale)


def unit_of(negotiation: Negotiation) -> str:
    """Return the unit of the payoffs as it follows a heading."""
    return f" ({negotiation.unit})" if negotiation.unit else ""


def capital(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]
