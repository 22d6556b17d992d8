"""The exact common discount factor of optimal penal codes, for small games of two players.

A profile can be repeated for ever iff (1 - delta) gain_i <= delta (u_i - v_i(delta)), v(delta)
being the worst equilibrium payoffs at delta (Abreu 1988); a lottery with a public draw iff that is
so of every profile drawn, u being what is expected. Patience relaxes it on both sides, so that
bisection brackets the critical discount factor; v at the upper end gives a lower bound, exact
where v stays the same. Payoffs that are averages are looked for in the set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.feasible import as_numbers
from bargaining.enforcement.repeated.repeated import repeated_payoff_set
from bargaining.enforcement.repeated.stage import KNIFE_EDGE, Stage, as_game, stage_of
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.noncooperative.games.names import strategy_index
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.results.certificate import TOLERANCE, Certificate, plain, registers
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["CommonDiscountFactor", "common_discount_factor", "kept_from"]

PATIENT = 0.999
"""The most patient players that are tried."""

BELOW = 1e-6
"""How far below the bracket it is checked not to hold."""


@dataclass(frozen=True, eq=False)
class CommonDiscountFactor(Tabular):
    """From which common discount factor on something is an equilibrium.

    Attributes
    ----------
    lower, upper : float
        It does not hold below `lower`, and holds from `upper` on; often they are the same. Where
        it does not hold at 0.999, that is `lower`, and `upper` is 1.
    payoffs : ndarray of shape (2,)
        What is to hold, a period.
    profile : tuple of int or None
        What is played in every period, if that was asked.
    drawn : tuple of profiles
        What may be drawn in a period, where it was asked of a lottery; otherwise the profile alone,
        or nothing.
    threats : ndarray of shape (2,)
        The worst equilibrium payoffs at `upper`; where nothing holds, at `lower`.
    certificate : Certificate
        The width of the bracket, where one was found.
    players : tuple of str
    """

    lower: float
    upper: float
    payoffs: FloatArray
    profile: tuple[int, ...] | None
    threats: FloatArray
    certificate: Certificate
    players: tuple[str, ...]
    game: NormalFormGame = field(repr=False)
    drawn: tuple[tuple[int, ...], ...] = ()

    @property
    def sustainable(self) -> bool:
        """Whether it holds for players patient enough, 0.999 being patient enough."""
        return self.upper < 1

    @property
    def value(self) -> float:
        """The critical discount factor: the upper end, at which it is known to hold."""
        return self.upper

    def table(self) -> Table:
        """Return payoffs and punishments by player."""
        rows = zip(self.players, self.payoffs.tolist(), self.threats.tolist(), strict=True)
        title = (
            f"Critical common discount factor: {self.upper:.6g}"
            if self.sustainable
            else f"Not sustained up to a discount factor of {self.lower:g}"
        )
        note = f"optimal penal codes in pure strategies; certificate: {self.certificate}"
        return Table(title, ("player", "payoff", "worst punishment"), tuple(rows), note=note)

    def explain(self) -> str:
        """Say from where on it holds."""
        if not self.sustainable:
            return f"It does not hold for players with a discount factor up to {self.lower:g}."
        return (
            f"It holds for players with a common discount factor of {self.upper:.6g} or more, and "
            f"no credible punishment in pure strategies holds it below {self.lower:.6g}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.players),
            "lower": self.lower,
            "upper": self.upper,
            "sustainable": self.sustainable,
            "payoffs": self.payoffs.tolist(),
            "profile": plain(self.profile),
            "drawn": plain(self.drawn),
            "threats": self.threats.tolist(),
            "certificate": self.certificate.to_dict(),
        }


def common_discount_factor(
    game: NormalFormGame | Negotiation,
    *,
    profile: Sequence[int | str] | None = None,
    payoffs: ArrayLike | None = None,
) -> CommonDiscountFactor:
    """Return from which common discount factor on a profile, or payoffs, can be sustained.

    Parameters
    ----------
    game : NormalFormGame of two players, or a small Negotiation
    profile : sequence of 2 strategies, by label or index, optional
        To be played in every period.
    payoffs : array_like of shape (2,), optional
        To be received on average, by whatever equilibrium. Give either.

    Raises
    ------
    InputError
        For a game that has not two players, and unless one of profile and payoffs is given.
    ConvergenceError, IntractableError
        As `repeated_payoff_set`.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.NormalFormGame.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> round(common_discount_factor(game, profile=[0, 0]).value, 9)
    0.5
    """
    where = "common_discount_factor"
    finite = as_game(where, game)
    if finite.number_of_players != 2:
        raise InputError(f"{where}, game: expected two players, got {finite.number_of_players}")
    if (profile is None) == (payoffs is None):
        raise InputError(f"{where}: expected either `profile` or `payoffs`")
    played = None if profile is None else _profile(where, finite, profile)
    wanted = _payoffs(where, finite, played, payoffs)
    return _bracketed(
        _Question(finite, stage_of(finite), wanted, () if played is None else (played,))
    )


def kept_from(
    game: NormalFormGame, lottery: Sequence[tuple[float, tuple[int, ...]]]
) -> CommonDiscountFactor:
    """Return from which common discount factor on every draw of a lottery is kept.

    Parameters
    ----------
    game : NormalFormGame of two players
    lottery : sequence of (probability, profile)
        Drawn afresh in every period, for all to see.

    Raises
    ------
    ConvergenceError
        As `repeated_payoff_set`.
    """
    shares = np.array([share for share, _ in lottery])
    drawn = tuple(profile for _, profile in lottery)
    payoffs = np.array([[table[profile] for profile in drawn] for table in game.payoff_arrays])
    return _bracketed(_Question(game, stage_of(game), payoffs @ shares, drawn))


def _profile(where: str, game: NormalFormGame, profile: Sequence[int | str]) -> tuple[int, ...]:
    if isinstance(profile, str) or len(profile) != 2:
        raise InputError(f"{where}, profile: expected two strategies, got {profile!r}")
    return tuple(
        strategy_index(strategy, labels, player)
        for strategy, labels, player in zip(profile, game.labels, game.players, strict=True)
    )


def _payoffs(
    where: str, game: NormalFormGame, profile: tuple[int, ...] | None, payoffs: ArrayLike | None
) -> FloatArray:
    if profile is not None:
        return np.array([table[profile] for table in game.payoff_arrays])
    point = as_numbers(payoffs)
    if point.shape != (2,) or not np.all(np.isfinite(point)):
        raise InputError(f"{where}, payoffs: expected 2 finite numbers, got {payoffs!r}")
    return point


@dataclass(frozen=True, eq=False)
class _Question:
    """Whether something holds at a discount factor: profiles that are drawn, or payoffs."""

    game: NormalFormGame
    stage: Stage
    payoffs: FloatArray
    drawn: tuple[tuple[int, ...], ...]

    def answer(self, delta: float) -> tuple[bool, FloatArray]:
        """Return whether it holds, and the worst equilibrium payoffs."""
        found = repeated_payoff_set(self.game, delta)
        if found.empty or not self.drawn:
            return not found.empty and found.contains(self.payoffs), found.threats
        nash = self.stage.from_units(self.stage.nash)
        threats = np.vstack([nash, found.threats]).min(axis=0)  # not above them by a rounding error
        return bool(self.needed(threats) <= delta + KNIFE_EDGE), threats

    def by_reversion(self) -> float:
        """Return from where on nobody leaves the profiles if its worst pure equilibrium follows."""
        nash = self.stage.nash
        return self.needed(self.stage.from_units(nash.min(axis=0))) if len(nash) else 1.0

    def needed(self, threats: FloatArray) -> float:
        """Return from where on nobody leaves any profile, were these the punishments."""
        units = self.stage.to_units(self.payoffs)
        rows = np.ravel_multi_index(tuple(np.array(self.drawn).T), self.game.shape)
        gains = self.stage.gains[rows].max(axis=0)
        losses = units - self.stage.to_units(threats)
        if np.any(losses < -TOLERANCE) or np.any((gains > 0) & (losses <= 0)):
            return 1.0
        losses = np.maximum(losses, 0.0)
        return float(np.where(gains > 0, gains / np.maximum(gains + losses, 1e-300), 0.0).max())


def _bracketed(question: _Question) -> CommonDiscountFactor:
    """Return the bracket: at its lower end it does not hold, at its upper end it does."""
    low, high = 0.0, PATIENT
    holds, threats = question.answer(low)
    if holds:
        return _result(question, 0.0, 0.0, threats)
    if question.drawn:
        high = min(high, question.by_reversion())
    holds, threats = question.answer(high)
    if not holds:
        return _result(question, high, 1.0, threats)
    while high - low > TOLERANCE:
        if question.drawn:
            # the worst payoffs at the upper end are no better at the critical discount factor
            bound = question.needed(threats)
            holds, punishments = question.answer(bound) if low < bound < high else (False, threats)
            if holds:
                return _result(question, bound, bound, punishments)
            low = max(low, min(bound, high))
        middle = (low + high) / 2
        holds, punishments = question.answer(middle)
        if holds:
            high, threats = middle, punishments
        else:
            low = middle
    return _result(question, low, high, threats)


def _result(
    question: _Question, low: float, high: float, threats: FloatArray
) -> CommonDiscountFactor:
    width = high - low if high < 1 else 0.0
    return CommonDiscountFactor(
        lower=low,
        upper=high,
        payoffs=question.payoffs,
        profile=question.drawn[0] if len(question.drawn) == 1 else None,
        threats=threats,
        certificate=Certificate("bracket", width),
        players=question.game.players,
        game=question.game,
        drawn=question.drawn,
    )


@registers(CommonDiscountFactor)
def check_common(result: CommonDiscountFactor) -> Certificate:
    """Ask again at both ends; the value is 1 where an answer is wrong."""
    question = _Question(result.game, stage_of(result.game), result.payoffs, result.drawn)
    below = result.lower - (BELOW if result.upper < 1 else 0.0)
    right = below <= 0 or not question.answer(below)[0]
    if result.sustainable:
        right = right and question.answer(result.upper)[0]
    return Certificate("bracket", result.certificate.value if right else 1.0)
