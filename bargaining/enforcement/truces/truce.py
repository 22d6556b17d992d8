"""Truces: an agreement with an end date and a chance of renewal, in months.

It holds iff nobody gains by a breach in any month (the one-shot deviation principle, Abreu 1988;
grim trigger, Friedman 1971), where what is lost includes the chance that it would be renewed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.feasible import as_numbers
from bargaining.enforcement.arguments import (
    Agreed,
    Punishment,
    agreed_lottery,
    discount_factors_of,
    punishment_point,
)
from bargaining.enforcement.patience.temptation import temptations, tempter
from bargaining.enforcement.truces.choice import RenewalChoice, renewal_choice
from bargaining.enforcement.truces.input import months_of, negotiation_of, share, whole
from bargaining.enforcement.truces.length import TruceLengths, best_length
from bargaining.enforcement.truces.limits import (
    TrucePatience,
    TruceRenewal,
    critical_patience,
    critical_renewal,
)
from bargaining.enforcement.truces.phase import TrucePhase, phase
from bargaining.enforcement.truces.result import TruceResult, truce_result
from bargaining.enforcement.truces.values import Stretch, Terms
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.types import FloatArray

__all__ = ["Truce", "monthly"]


def monthly(yearly: ArrayLike) -> Any:
    """Return the discount factors of a month that make up those of a year.

    Examples
    --------
    >>> round(monthly(0.9), 4)
    0.9913
    """
    numbers = as_numbers(yearly)
    if not numbers.size or not np.all((numbers >= 0) & (numbers < 1)):
        raise InputError(f"monthly, yearly: expected discount factors in [0, 1), got {yearly!r}")
    found = numbers ** (1 / 12)
    return float(found) if found.shape == () else found


class Truce:
    """A pause with an end date and a chance of renewal.

    Every month the agreement is kept. Whoever breaks it gains for a month, and from the next month
    on everybody gets the punishment for ever. At the end date it is renewed for as long again, or
    it lapses. Payoffs are rates (scenarios: a year), so that a month of each is the twelfth part
    and the twelfth cancels; present values are in months of these rates.

    Parameters
    ----------
    agreement : Agreement, package, or sequence of (probability, package)
        With a lottery, something is drawn every month and nobody breaks whatever is drawn.
    negotiation : Negotiation, optional
        In which each player can move all its free levers; an Agreement brings its own.
    months : int, or mapping from player to int
        Where sides end on different dates, renewal is decided on the first. If it is not renewed,
        the levers of those whose term is over go back to the status quo, while the others stay
        bound until their own date; where they would break it, the lapse comes at once.
    renewal : float
        The chance that it is renewed, the same at every end.
    disagreement : optional
        What follows a breach for ever, as `punishment` of `critical_discount_factors`.
    lapse : "war", "status-quo", "noncooperative", or as `disagreement`
        What follows when it is not renewed; "war" is what follows a breach.
    hazard : float
        Chance a month of a change in circumstances: in the middle of a term it breaks the pause (a
        long term risks more), at the end of a term it only keeps it from being renewed.

    Raises
    ------
    InputError
        For anything else, or a free lever that is an interval.
    ConvergenceError, IntractableError
        As `nash_equilibrium`.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("us-china-2025")
    >>> pause = bg.Truce(game.observed["busan"], negotiation=game, months=12, renewal=0.7)
    >>> pause.holds(monthly(0.9)).holds
    True
    """

    def __init__(
        self,
        agreement: Agreed,
        *,
        negotiation: Negotiation | None = None,
        months: int | Mapping[Any, int],
        renewal: float,
        disagreement: Punishment = "noncooperative",
        lapse: Punishment = "war",
        hazard: float = 0.0,
    ) -> None:
        self.negotiation = negotiation_of(agreement, negotiation)
        self.players = self.negotiation.player_names
        self.lottery: Lottery = agreed_lottery("Truce", self.negotiation, agreement)
        self.months = months_of(self.negotiation, months)
        self.renewal = share("Truce, renewal", renewal)
        self.hazard = share("Truce, hazard", hazard)
        self.punishment = punishment_point(self.negotiation, disagreement)
        if isinstance(lapse, str) and lapse == "war":
            self.lapsed = self.punishment
        else:
            self.lapsed = punishment_point(self.negotiation, lapse)

    @cached_property
    def payoffs(self) -> FloatArray:
        """Payoffs while it is kept, as rates, shape (N,)."""
        return self._stage(())[0]

    @cached_property
    def terms(self) -> Terms:
        """The truce in numbers."""
        payoffs, gains = self._stage(())
        v, ends = self.punishment.payoffs, sorted(set(self.months))
        stretches = []
        for start, end in pairwise(ends):
            over = tuple(p for p, m in zip(self.players, self.months, strict=True) if m <= start)
            flows, tempted = self._stage(over)
            bound = np.array([m > start for m in self.months])
            stretches.append(Stretch(end - start, flows - v, np.where(bound, tempted, 0.0), bound))
        return Terms(
            ends[0], payoffs - v, gains, self.lapsed.payoffs - v, tempter(self.negotiation).scales,
            self.hazard, tuple(stretches),
        )  # fmt: skip

    def stage_lottery(self, over: Sequence[str]) -> Lottery:
        """Return what is drawn in a month when the terms of some players are over."""
        back = {lever.name: lever.status_quo for lever in self.negotiation.free_levers
                if lever.owner in over}  # fmt: skip
        return tuple((q, self.negotiation.package({**a, **back})) for q, a in self.lottery)

    def _stage(self, over: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        lottery = self.stage_lottery(over)
        packages = [package for _, package in lottery]
        payoffs = np.array([q for q, _ in lottery]) @ self.negotiation.payoffs(packages)
        return payoffs, temptations(self.negotiation, packages).gains.max(axis=0)

    def _deltas(self, method: str, given: ArrayLike | Mapping[Any, float] | None) -> FloatArray:
        return discount_factors_of(f"Truce.{method}", self.negotiation, given)

    def holds(self, discount_factors: ArrayLike | Mapping[Any, float] | None = None) -> TruceResult:
        """Return whether nobody breaks it in any month, with the tightest month of each side.

        Parameters
        ----------
        discount_factors : float, N floats, or mapping from player to float, optional
            Of a month (`monthly` turns those of a year into these); the players' own if left out.
        """
        return truce_result(self, self._deltas("holds", discount_factors))

    def critical_renewal(
        self, discount_factors: ArrayLike | Mapping[Any, float] | None = None
    ) -> TruceRenewal:
        """Return with which chance of renewal each side keeps it; the assumed one is set aside.

        Where a lapse is war, at least q* = G / ((1 - delta^L) S + G delta^L) with G = g / delta and
        S = s / (1 - delta).

        Parameters
        ----------
        discount_factors : as for `holds`
        """
        return critical_renewal(self, self._deltas("critical_renewal", discount_factors))

    def critical_discount_factors(self, renewal: float | None = None) -> TrucePatience:
        """Return with which discount factors of a month, the same for all, each side keeps it.

        Parameters
        ----------
        renewal : float, optional
            Another chance of renewal.
        """
        chance = self.renewal if renewal is None else share("Truce, renewal", renewal)
        return critical_patience(self, chance)

    def equilibrium_renewal(
        self,
        discount_factors: ArrayLike | Mapping[Any, float] | None = None,
        *,
        costs: ArrayLike = 0.0,
    ) -> RenewalChoice:
        """Return how likely it is renewed when each side chooses, beside the assumed chance.

        Parameters
        ----------
        discount_factors : as for `holds`
        costs : float or N floats
            At each end every side draws a cost of renewing from 0 to this much, evenly, known to
            itself alone; in months of payoff.
        """
        numbers = as_numbers(costs)
        size = len(self.players)
        if numbers.shape not in ((), (size,)) or not np.all(np.isfinite(numbers) & (numbers >= 0)):
            raise InputError(
                f"Truce.equilibrium_renewal, costs: expected {size} numbers >= 0, got {costs!r}"
            )
        deltas = self._deltas("equilibrium_renewal", discount_factors)
        return renewal_choice(self, deltas, np.broadcast_to(numbers, (size,)))

    def phase(self, *, discount_factors: ArrayLike, renewals: ArrayLike) -> TrucePhase:
        """Return where it holds, by patience and chance of renewal: a table to plot.

        Parameters
        ----------
        discount_factors : array_like of shape (D,)
            Of a month, each the same for all.
        renewals : array_like of shape (Q,)
        """
        patience, chances = as_numbers(discount_factors), as_numbers(renewals)
        if patience.ndim != 1 or not np.all((patience >= 0) & (patience < 1)):
            raise InputError(
                "Truce.phase, discount_factors: expected a row of numbers in [0, 1), got "
                f"{discount_factors!r}"
            )
        if chances.ndim != 1 or not np.all((chances >= 0) & (chances <= 1)):
            raise InputError(
                f"Truce.phase, renewals: expected a row of numbers in [0, 1], got {renewals!r}"
            )
        return phase(self, patience, chances)

    def best_length(
        self,
        lengths: Iterable[int | None] = (3, 6, 12, 24, 36, None),
        *,
        discount_factors: ArrayLike | Mapping[Any, float] | None = None,
        solution: Any = "nash",
        packages: Mapping[int | None, Agreed] | None = None,
        repeal_lag: int = 1,
    ) -> TruceLengths:
        """Return which length is agreed among those that hold; None stands for repeal, no end.

        Parameters
        ----------
        lengths : iterable of int or None
            Months.
        discount_factors : as for `holds`
        solution : str or Solution
            The rule that picks; without agreement on a length there is what a lapse brings.
        packages : mapping from length to agreement, optional
            What is agreed with a length, where that is not the agreement of this truce.
        repeal_lag : int
            Months that a breach of a repeal goes unanswered, as what was repealed has to be made
            anew while what was paused snaps back at once.
        """
        deltas = self._deltas("best_length", discount_factors)
        menu = {length: (packages or {}).get(length, self.lottery) for length in lengths}
        if not menu or set(packages or {}) - set(menu):
            raise InputError(
                f"Truce.best_length, lengths: expected some, with those of packages among them, "
                f"got {list(menu)}"
            )
        return best_length(
            self, menu, deltas, solution, whole("Truce.best_length, repeal_lag", repeal_lag)
        )

    def with_length(self, months: int, agreement: Agreed | None = None) -> Truce:
        """Return the same truce for as many months, for another agreement if one is given."""
        return Truce(
            self.lottery if agreement is None else agreement,
            negotiation=self.negotiation, months=months, renewal=self.renewal,
            disagreement=self.punishment.payoffs, lapse=self.lapsed.payoffs, hazard=self.hazard,
        )  # fmt: skip

    def __repr__(self) -> str:
        """Say length and chance of renewal."""
        months = " and ".join(map(str, sorted(set(self.months))))
        return f"<Truce of {months} months, renewed with probability {self.renewal:g}>"
