"""What follows from a state of the explorer: outcome, regimes, an offer weighed, a truce.

Everything is computed by the functions that the command line and the library use; nothing here
knows of a browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.solutions import Solution
from bargaining.enforcement.truces.limits import TruceRenewal
from bargaining.enforcement.truces.result import TruceResult
from bargaining.enforcement.truces.truce import Truce, monthly
from bargaining.errors import BargainingError, InputError
from bargaining.interfaces.explorer.state import State
from bargaining.interfaces.options import regimes_of
from bargaining.interfaces.words import NEGLIGIBLE
from bargaining.linkage.regimes.comparison import RegimeComparison, compare_regimes
from bargaining.linkage.regimes.outcome import OFF_TABLE, RegimeOutcome
from bargaining.linkage.regimes.regimes import Regime
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.strategic.disagreement import Disagreement, as_disagreement
from bargaining.strategic.solve import solve
from bargaining.types import FloatArray

__all__ = ["Offer", "Results", "TruceCheck", "results"]


@dataclass(frozen=True)
class Offer:
    """A package that was put together by hand, weighed against no agreement.

    Attributes
    ----------
    package : Package
        Complete.
    payoffs, gains : ndarray of shape (N,)
    refused_by : tuple of str
        Players whom it leaves worse off than no agreement.
    off_table : tuple of str
        Levers that it moves although they are off the table.
    better : ndarray of shape (N,) or None
        What all could still gain on top, by a package that leaves nobody worse off than the offer,
        all levers on the table; None where there is none.
    """

    package: Package
    payoffs: FloatArray
    gains: FloatArray
    refused_by: tuple[str, ...]
    off_table: tuple[str, ...]
    better: FloatArray | None


@dataclass(frozen=True)
class TruceCheck:
    """Whether something holds as a truce, or why that cannot be said.

    Attributes
    ----------
    what : str
        What is to be kept.
    result : TruceResult or None
    renewal : TruceRenewal or None
    reason : str
        Why there is no result; "" where there is one.
    """

    what: str
    result: TruceResult | None = None
    renewal: TruceRenewal | None = None
    reason: str = ""


@dataclass(frozen=True)
class Results:
    """Everything that the explorer shows of a state.

    Attributes
    ----------
    state : State
    game : Negotiation
        With the numbers and the status quo of the state.
    comparison : RegimeComparison
        Of the one regime that the switches make.
    other_reading : RegimeOutcome, str or None
        The same under the other reading of "off the table", or why that cannot be said; None where
        nothing is off.
    usual : RegimeComparison or str
        The usual regimes and those of the file, or why they cannot be solved.
    offer : Offer or None
        None where no offer was made.
    truces : tuple of TruceCheck
        Of the agreement, and of the offer.
    """

    state: State
    game: Negotiation
    comparison: RegimeComparison
    other_reading: RegimeOutcome | str | None
    usual: RegimeComparison | str
    offer: Offer | None
    truces: tuple[TruceCheck, ...]

    @property
    def outcome(self) -> RegimeOutcome:
        """What is agreed with the switches as they are."""
        return self.comparison.outcomes[0]

    @property
    def agreement(self) -> Agreement:
        """The agreement on the one table."""
        return self.outcome.agreements[0]


def results(state: State) -> Results:
    """Return what follows from a state.

    Raises
    ------
    BargainingError
        Of the solvers, such as an `InputError` where the rule does not apply.

    Examples
    --------
    >>> import bargaining as bg
    >>> from bargaining.interfaces.explorer.state import initial, moved
    >>> state = initial(bg.load_scenario("two-issues"))
    >>> results(state).outcome.gains.tolist()
    [1.0, 3.0]
    >>> results(moved(state, {"tradable-1": False})).outcome.agreed
    False
    """
    rule = state.rule
    if not state.lotteries and type(rule).single is Solution.single:
        raise InputError(
            f"The {rule.title} solution is defined over lotteries only: agree on lotteries, or "
            "choose the Nash, Kalai-Smorodinsky, egalitarian or utilitarian solution."
        )
    game, model = state.negotiation(), as_disagreement(state.disagreement)
    comparison = _compared(state, game, model, [state.regime], state.off_table)
    outcome = comparison.outcomes[0]
    usual = _if_solved(state, game, model, regimes_of(state.scenario, model), state.off_table)
    other: RegimeOutcome | str | None = None
    if state.off:
        reading = OFF_TABLE[1 - OFF_TABLE.index(state.off_table)]
        found = _if_solved(state, game, model, [state.regime], reading)
        other = found if isinstance(found, str) else found.outcomes[0]
    offer = _offer(state, game, outcome.disagreement) if state.offer else None
    kept: list[tuple[str, Lottery]] = []
    if outcome.agreed:
        kept.append(("The agreement", outcome.lottery))
    if offer is not None:
        kept.append(("Your offer", ((1.0, offer.package),)))
    truces = tuple(_truce(state, game, what, lottery) for what, lottery in kept)
    return Results(state, game, comparison, other, usual, offer, truces)


def _compared(
    state: State, game: Negotiation, model: Disagreement, regimes: Sequence[Regime], reading: str
) -> RegimeComparison:
    return compare_regimes(
        game, state.rule, disagreement=model, regimes=regimes, off_table=reading,
        lotteries=state.lotteries, beside=False,
    )  # fmt: skip


def _if_solved(
    state: State, game: Negotiation, model: Disagreement, regimes: Sequence[Regime], reading: str
) -> RegimeComparison | str:
    """Return what stands beside the outcome; where it cannot be solved, say why."""
    try:
        return _compared(state, game, model, regimes, reading)
    except BargainingError as error:
        return str(error)


def _offer(state: State, game: Negotiation, d: FloatArray) -> Offer:
    package = state.offered(game)
    payoffs = game.payoffs(package)
    gains = payoffs - d
    scale = NEGLIGIBLE * max(float(np.abs(payoffs).max()), float(np.abs(d).max()), 1e-300)
    better = solve(game, disagreement=payoffs, lotteries=state.lotteries)
    moved = [name for name in sorted(state.off) if package[name] != game.status_quo[name]]
    return Offer(
        package, payoffs, gains,
        tuple(p for p, gain in zip(game.player_names, gains, strict=True) if gain < -scale),
        tuple(moved), better.gains if better.agreed else None,
    )  # fmt: skip


def _truce(state: State, game: Negotiation, what: str, lottery: Lottery) -> TruceCheck:
    try:
        pause = Truce(lottery, negotiation=game, months=state.months, renewal=state.renewal)
        patience = monthly(state.patience)
        return TruceCheck(what, pause.holds(patience), pause.critical_renewal(patience))
    except BargainingError as error:
        return TruceCheck(what, reason=str(error))
