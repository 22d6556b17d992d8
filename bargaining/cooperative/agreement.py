"""The agreement: what a solution returns, with the lottery that reaches it and its certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bargaining.cooperative.ledger import ledger_table
from bargaining.cooperative.problem import BargainingProblem
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.results.certificate import Certificate, plain
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["Agreement"]

ROUNDING = 1e-12
"""Side payments up to this part of the largest gain are not spoken of."""


@dataclass(frozen=True, eq=False)
class Agreement(Tabular):
    """What is agreed, or the proof that nothing is.

    Attributes
    ----------
    agreed : bool
        Whether some feasible payoffs leave nobody below the disagreement point and somebody above.
    payoffs, disagreement, ideal : ndarray of shape (N,)
        Players in order; without agreement the payoffs are the disagreement point.
    lottery : tuple of (probability, Package)
        For point sets the points stand in for packages. Empty without agreement.
    solution : object
        The rule, such as `NashSolution()`.
    certificate : Certificate
        Recomputed by `verify`.
    players : tuple of str
    lotteries : bool
        Whether lotteries over packages were allowed.
    problem : BargainingProblem
    transfers : ndarray of shape (N,) or None
        With side payments: what each player receives on top of the package's payoffs.
    reference : lottery or None
        The packages played without agreement, where they are known: the ledger starts there.
    disagreement_from : str
        Where the disagreement point comes from, in words.
    equilibrium : Equilibrium, Threats or None
        What the disagreement point rests on, with a certificate; `verify` recomputes it too.
    """

    agreed: bool
    payoffs: FloatArray
    disagreement: FloatArray
    ideal: FloatArray
    lottery: tuple[tuple[float, Any], ...]
    solution: Any
    certificate: Certificate
    players: tuple[str, ...]
    lotteries: bool
    problem: BargainingProblem = field(repr=False)
    negotiation: Negotiation | None = field(default=None, repr=False)
    transfers: FloatArray | None = None
    reference: Lottery | None = field(default=None, repr=False)
    disagreement_from: str = "given"
    equilibrium: Any = field(default=None, repr=False)

    @property
    def gains(self) -> FloatArray:
        """Payoffs less the disagreement point, shape (N,)."""
        return self.payoffs - self.disagreement

    @property
    def package(self) -> Any:
        """The one package, or the likeliest; None without agreement."""
        return max(self.lottery, key=lambda pair: pair[0])[1] if self.lottery else None

    @property
    def completeness(self) -> str:
        """Always "one": a solution picks a single point."""
        return "one"

    def ledger(self) -> Table:
        """Return, lever by lever, who conceded what and what it is worth to each player.

        The worth of a lever is its Shapley value in the change from the disagreement packages (the
        status quo where they are not known) to the agreed ones; for levers that share no term it is
        simply the change of payoffs. The rows add up to the gains.

        Raises
        ------
        InputError
            When the agreement is not about the packages of a negotiation, or there is none.
        """
        if self.negotiation is None:
            raise InputError("ledger: only agreements over packages of a negotiation have one")
        if not self.agreed:
            raise InputError("ledger: there is no agreement, so nothing was conceded")
        return ledger_table(
            self.negotiation,
            self.lottery,
            self.reference,
            self.payoffs,
            self.disagreement,
            self.transfers,
        )

    def table(self) -> Table:
        """Return disagreement point, agreement, gains and ideal point by player."""
        rows = [
            (name, float(d), float(u), float(u - d), float(m))
            for name, d, u, m in zip(
                self.players, self.disagreement, self.payoffs, self.ideal, strict=True
            )
        ]
        title = f"{self.solution.title} solution" if self.agreed else "No agreement"
        if self.negotiation is not None and self.negotiation.unit:
            title += f" ({self.negotiation.unit})"
        return Table(
            title, ("player", "disagreement", "agreement", "gain", "ideal"), tuple(rows),
            note=f"certificate: {self.certificate}",
        )  # fmt: skip

    def explain(self) -> str:
        """Say in words why this deal, or why none."""
        return explanation(self)

    def __str__(self) -> str:
        """Write the table and the package or lottery."""
        lines = [str(self.table())]
        for probability, package in self.lottery:
            share = "package" if len(self.lottery) == 1 else f"with probability {probability:.4g}"
            lines.append(f"{share}: {self._words(package)}")
        return "\n".join(lines)

    def _words(self, package: Any) -> str:
        if self.negotiation is None or not isinstance(package, Package):
            return str(package)
        return "; ".join(
            f"{name}: {self.negotiation.lever(name).label(level)}"
            for name, level in package.items()
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "agreed": self.agreed,
            "solution": self.solution.name,
            "parameters": plain(self.solution.parameters),
            "players": list(self.players),
            "payoffs": self.payoffs.tolist(),
            "disagreement": self.disagreement.tolist(),
            "disagreement_from": self.disagreement_from,
            "gains": self.gains.tolist(),
            "ideal": self.ideal.tolist(),
            "lotteries": self.lotteries,
            "lottery": [
                [p, dict(package) if isinstance(package, Package) else plain(package)]
                for p, package in self.lottery
            ],
            "transfers": None if self.transfers is None else self.transfers.tolist(),
            "certificate": self.certificate.to_dict(),
            "completeness": self.completeness,
        }


def explanation(agreement: Agreement) -> str:
    """Say an agreement in words: the rule, who gains what, which constraint binds."""
    names, d = agreement.players, agreement.disagreement
    start = ", ".join(f"{n} {x:.4g}" for n, x in zip(names, d, strict=True))
    if not agreement.agreed:
        return _no_deal(agreement, start)
    stuck = [n for n, g in zip(names, agreement.ideal - d, strict=True) if g <= 0]
    gains = ", ".join(f"{n} {x:+.4g}" for n, x in zip(names, agreement.gains, strict=True))
    text = (
        f"Without agreement ({agreement.disagreement_from}) the payoffs are {start}. "
        f"The {agreement.solution.title} solution {agreement.solution.says}; gains: {gains}. "
    )
    if stuck:
        text += f"{', '.join(stuck)} cannot gain anything without a loss to others. "
    if len(agreement.lottery) > 1:
        text += f"It is reached by a lottery over {len(agreement.lottery)} packages. "
    if agreement.transfers is not None:
        noise = ROUNDING * float(np.abs(agreement.gains).max())
        paid = [
            f"{n} pays {-t:.4g}"
            for n, t in zip(names, agreement.transfers, strict=True)
            if t < -noise
        ]
        text += f"Side payments: {', '.join(paid) or 'none'}. "
    return text + f"Proof: {agreement.certificate}."


def _no_deal(agreement: Agreement, start: str) -> str:
    weights = agreement.certificate.weights
    text = f"There is no agreement: without one the payoffs are {start}, and "
    if weights is None:
        return text + (
            "a search over all packages found none that leaves nobody worse off and somebody "
            f"better off. Proof: {agreement.certificate}."
        )
    share = np.atleast_2d(weights)[0]
    named = ", ".join(f"{w:.4g} x {n}" for w, n in zip(share, agreement.players, strict=True))
    return text + (
        f"no package, nor any lottery, makes the weighted sum {named} larger than it is "
        f"without agreement; whoever gains, somebody else must lose. "
        f"Proof: {agreement.certificate}."
    )
