"""What alternating-offers talks lead to: the offers, when they are accepted, and the payoffs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bargaining.cooperative.problem import BargainingProblem
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.results.certificate import Certificate, plain
from bargaining.results.table import Table, Tabular
from bargaining.strategic.play import AGREED, REFUSED
from bargaining.strategic.talks import Talks
from bargaining.strategic.threats import Threats
from bargaining.types import FloatArray

__all__ = ["Offers"]


@dataclass(frozen=True, eq=False)
class Offers(Tabular):
    """A subgame-perfect equilibrium of alternating-offers talks.

    Rows of `offers`, `proposers`, `rounds`, `outcomes` and `lotteries` belong together: one for
    each proposer of each round of the horizon, or of the order that repeats.

    Attributes
    ----------
    players : tuple of str
    payoffs : ndarray of shape (N,)
        Expected payoffs at the start of the talks.
    offers : ndarray of shape (R, N)
        What each proposer offers; where no offer is accepted, what follows is worth. Without
        anything to bargain over there are no rows.
    proposers : tuple of R str
    rounds : tuple of R int
        From 1.
    outcomes : tuple of R str
        "accepted", "refused" (talks go on, or break down) or "opts out".
    lotteries : tuple of R lotteries
        Pairs of probability and package (or point) that give the offers; empty without one.
    values : ndarray of shape (K, N)
        Expected payoffs at the start of each round of the horizon, or of the order that repeats.
    unique : bool
        Whether all subgame-perfect equilibria with Pareto-efficient offers have these payoffs.
    lowest, highest : ndarray of shape (N,), or None
        Bounds on the payoffs of all subgame-perfect equilibria; None where none are known (three
        players or more without a horizon).
    impasse : ndarray of shape (N,), or None
        Payoffs when nobody ever agrees; None where delay without end has no value.
    disagreement : ndarray of shape (N,)
    certificate : Certificate
        Largest gain from a one-shot deviation, relative to what a player can gain.
    problem : BargainingProblem
    talks : Talks
        The rules.
    single : bool
        Whether offers are single packages (or points).
    disagreement_from : str
    equilibrium : Equilibrium, Threats or None
        What the disagreement point rests on.
    """

    players: tuple[str, ...]
    payoffs: FloatArray
    offers: FloatArray
    proposers: tuple[str, ...]
    rounds: tuple[int, ...]
    outcomes: tuple[str, ...]
    lotteries: tuple[tuple[tuple[float, Any], ...], ...]
    values: FloatArray
    unique: bool
    lowest: FloatArray | None
    highest: FloatArray | None
    impasse: FloatArray | None
    disagreement: FloatArray
    certificate: Certificate
    problem: BargainingProblem = field(repr=False)
    talks: Talks = field(repr=False)
    single: bool = False
    disagreement_from: str = "given"
    equilibrium: Equilibrium | Threats | None = field(default=None, repr=False)

    @property
    def agreed(self) -> bool:
        """Whether an offer is accepted in some round."""
        return AGREED in self.outcomes

    @property
    def agreement_round(self) -> int | None:
        """First round, from 1, in which an offer may be accepted; None when none ever is."""
        agreed = [t for t, how in zip(self.rounds, self.outcomes, strict=True) if how == AGREED]
        return min(agreed, default=None)

    @property
    def gains(self) -> FloatArray:
        """Payoffs less the disagreement point, shape (N,)."""
        return self.payoffs - self.disagreement

    @property
    def completeness(self) -> str:
        """The word "all" when the equilibrium payoffs are unique, "one" otherwise."""
        return "all" if self.unique else "one"

    def table(self) -> Table:
        """Return who offers what in which round, and what becomes of it."""
        rows = [
            (t, name, how, *offer)
            for t, name, how, offer in zip(
                self.rounds, self.proposers, self.outcomes, self.offers.tolist(), strict=True
            )
        ]
        value = ("start", "", "", *self.payoffs.tolist())
        return Table(
            "Alternating offers",
            ("round", "proposer", "offer", *self.players),
            (*rows, value),
            note=f"unique: {'yes' if self.unique else 'no'}\ncertificate: {self.certificate}",
        )

    def explain(self) -> str:
        """Say in words who proposes what, why it is accepted, and whether it is the only one."""
        return " ".join([*_about_play(self), _about_others(self), f"Proof: {self.certificate}."])

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.players),
            "payoffs": self.payoffs.tolist(),
            "disagreement": self.disagreement.tolist(),
            "disagreement_from": self.disagreement_from,
            "gains": self.gains.tolist(),
            "agreed": self.agreed,
            "agreement_round": self.agreement_round,
            "offers": [
                {
                    "round": t,
                    "proposer": name,
                    "outcome": how,
                    "payoffs": offer,
                    "lottery": [
                        [p, dict(what) if isinstance(what, Package) else plain(what)]
                        for p, what in lottery
                    ],
                }
                for t, name, how, offer, lottery in zip(
                    self.rounds, self.proposers, self.outcomes, self.offers.tolist(),
                    self.lotteries, strict=True,
                )
            ],
            "values": self.values.tolist(),
            "unique": self.unique,
            "lowest": plain(self.lowest),
            "highest": plain(self.highest),
            "impasse": plain(self.impasse),
            "lotteries": not self.single,
            "completeness": self.completeness,
            "certificate": self.certificate.to_dict(),
        }  # fmt: skip

    @property
    def negotiation(self) -> Negotiation | None:
        """The negotiation whose packages are offered, if any."""
        return getattr(self.problem.feasible, "negotiation", None)


def _named(offers: Offers, payoffs: FloatArray) -> str:
    return ", ".join(f"{n} {x:.4g}" for n, x in zip(offers.players, payoffs, strict=True))


def _about_play(offers: Offers) -> list[str]:
    text = [
        f"Without agreement ({offers.disagreement_from}): {_named(offers, offers.disagreement)}."
    ]
    if not len(offers.offers):
        return [*text, "There is nothing to bargain over: no feasible payoffs are better for all."]
    first = [k for k, t in enumerate(offers.rounds) if t == 1]
    for k in first:
        who, what = offers.proposers[k], _named(offers, offers.offers[k])
        if offers.outcomes[k] == AGREED:
            text.append(f"When {who} proposes first, it offers {what}, which is accepted.")
        elif offers.outcomes[k] == REFUSED:
            text.append(f"When {who} proposes first, no offer is accepted; that is worth {what}.")
        else:
            text.append(f"When {who} proposes first, another opts out: {what}.")
    if offers.agreement_round is not None and offers.agreement_round > 1:
        text.append(f"Agreement comes in round {offers.agreement_round}.")
    text.append(f"Expected payoffs: {_named(offers, offers.payoffs)}.")
    binds = [offers.players[i] for i in np.flatnonzero(_held_to_outside(offers, first))]
    return [*text, f"The outside option of {', '.join(binds)} binds."] if binds else text


def _held_to_outside(offers: Offers, rows: list[int]) -> NDArray[np.bool_]:
    """Return who is offered exactly its outside option in some of the rows, shape (N,)."""
    outside = np.where(np.isfinite(offers.talks.outside), offers.talks.outside, np.inf)
    size = np.abs(np.where(np.isfinite(outside), outside, 0.0)) + np.abs(offers.gains).max()
    held = np.zeros(len(offers.players), dtype=bool)
    for k in rows:
        responds = np.array([name != offers.proposers[k] for name in offers.players])
        accepted = offers.outcomes[k] == AGREED
        held |= responds & accepted & (np.abs(offers.offers[k] - outside) <= 1e-9 * size)
    return held


def _about_others(offers: Offers) -> str:
    if offers.unique:
        return "All subgame-perfect equilibria with efficient offers give these payoffs."
    if offers.lowest is None or offers.highest is None:
        return (
            "It is a stationary equilibrium; with three players or more, others that are not "
            "stationary may give other payoffs."
        )
    spans = [
        f"{name} {low:.4g} to {high:.4g}"
        for name, low, high in zip(offers.players, offers.lowest, offers.highest, strict=True)
    ]
    if not np.any(offers.highest > offers.lowest):
        return "Equilibria with inefficient offers may give other payoffs."
    return f"Equilibria differ: {'; '.join(spans)}. This one is the best for the first proposer."
