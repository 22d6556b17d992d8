"""How patient each player must be for an agreement to hold without a court.

Whoever breaks it gains g at once, and gets v instead of u in every period that follows, so that
nobody breaks it iff g <= delta / (1 - delta) (u - v), that is delta >= g / (g + u - v) (Friedman
1971). Under a lottery with a public draw this must hold after every draw, u being what is expected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.enforcement.arguments import (
    Agreed,
    Punishment,
    agreed_lottery,
    discount_factors_of,
    punishment_point,
)
from bargaining.enforcement.patience.temptation import NEGLIGIBLE, temptations, tempter
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery
from bargaining.optimize.elimination import maximizer
from bargaining.results.certificate import TOLERANCE, Certificate, plain, registers, verify
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from bargaining.enforcement.patience.penal import PenalBounds

__all__ = ["CriticalDiscountFactors", "breach_gain", "critical", "critical_discount_factors"]


@dataclass(frozen=True, eq=False)
class CriticalDiscountFactors(Tabular):
    """The discount factors from which on each player keeps an agreement.

    Attributes
    ----------
    factors : ndarray of shape (N,)
        Smallest discount factor with which each player keeps it: 0 for a player who is not tempted,
        1 where no discount factor below 1 is enough because the punishment is no loss.
    levers : dict of str to float
        The same for each lever, were its owner to cheat on this lever alone.
    most_tempting : tuple of (str or None)
        Each player's lever on which cheating alone pays at the highest discount factors; None for a
        player whom no single lever tempts.
    temptations : ndarray of shape (N,)
        The most that each gains at once by a breach, over all packages that may be drawn.
    losses : ndarray of shape (N,)
        What a period of the punishment costs each: `payoffs` less `punishment`.
    payoffs, punishment : ndarray of shape (N,)
        A period of the agreement, and a period of the punishment.
    punishment_from : str
        Where the punishment comes from, and how far it can be believed.
    players : tuple of str
    lottery : tuple of (probability, Package)
    certificate : Certificate
        The constraints at these factors, recomputed with the maximiser.
    """

    factors: FloatArray
    levers: dict[str, float]
    most_tempting: tuple[str | None, ...]
    temptations: FloatArray
    losses: FloatArray
    payoffs: FloatArray
    punishment: FloatArray
    punishment_from: str
    players: tuple[str, ...]
    lottery: Lottery
    certificate: Certificate
    negotiation: Negotiation = field(repr=False)
    equilibrium: Any = field(default=None, repr=False)

    @property
    def common(self) -> float:
        """The discount factor from which on everybody keeps the agreement, if all share it."""
        return float(self.factors.max())

    @cached_property
    def penal(self) -> PenalBounds:
        """What the harshest credible punishments would do, whatever `punishment` is.

        The common discount factor of the optimal penal code where two players have few packages,
        bounds on it otherwise; worked out when it is first asked for.
        """
        from bargaining.enforcement.patience.penal import penal_bounds  # it bounds by this class

        return penal_bounds(self.negotiation, self.lottery)

    @property
    def enforceable(self) -> bool:
        """Whether some discount factors below 1 hold the agreement."""
        return self.common < 1

    def holds(self, discount_factors: ArrayLike | Mapping[Any, float] | None = None) -> bool:
        """Whether nobody breaks the agreement.

        Parameters
        ----------
        discount_factors : float, N floats, or mapping from player to float, optional
            In [0, 1); the players' own when left out.
        """
        where = "CriticalDiscountFactors.holds"
        given = discount_factors_of(where, self.negotiation, discount_factors)
        return bool(np.all(given >= self.factors - TOLERANCE))

    def table(self) -> Table:
        """Return temptation, loss and critical discount factor by player."""
        columns = (
            "player", "agreement", "punishment", "temptation", "loss a period",
            "critical discount factor", "most tempting lever",
        )  # fmt: skip
        rows = zip(
            self.players, self.payoffs, self.punishment, self.temptations, self.losses,
            self.factors, (lever or "" for lever in self.most_tempting), strict=True,
        )  # fmt: skip
        title = "Critical discount factors"
        if self.negotiation.unit:
            title += f" ({self.negotiation.unit} a period)"
        note = f"punishment: {self.punishment_from}; certificate: {self.certificate}"
        return Table(title, columns, tuple(rows), note=note)

    def explain(self) -> str:
        """Say who must be how patient, and what tempts most."""
        parts = [_patience(self, i) for i in range(len(self.players))]
        end = (
            f"With a common discount factor it holds from {self.common:.4g} on."
            if self.enforceable
            else "No patience is enough: somebody would rather be punished than keep it."
        )
        return f"After a breach: {self.punishment_from}. {' '.join(parts)} {end}"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.players),
            "factors": self.factors.tolist(),
            "common": self.common,
            "enforceable": self.enforceable,
            "levers": dict(self.levers),
            "most_tempting": list(self.most_tempting),
            "temptations": self.temptations.tolist(),
            "losses": self.losses.tolist(),
            "payoffs": self.payoffs.tolist(),
            "punishment": self.punishment.tolist(),
            "punishment_from": self.punishment_from,
            "lottery": [[share, plain(package)] for share, package in self.lottery],
            "certificate": self.certificate.to_dict(),
        }


def _patience(result: CriticalDiscountFactors, i: int) -> str:
    name, gain, loss = result.players[i], result.temptations[i], result.losses[i]
    lever = result.most_tempting[i]
    cheat = f" (most of all with {lever})" if lever else ""
    if result.factors[i] == 0:
        return f"{name} is not tempted."
    if result.factors[i] == 1:
        reason = f"gains {gain:.4g} by a breach{cheat} and" if gain > 0 else "is not tempted but"
        return f"{name} {reason} loses nothing by the punishment ({-loss:+.4g} a period)."
    return (
        f"{name} gains {gain:.4g} once by a breach{cheat}, which costs it {loss:.4g} in every "
        f"period after: its discount factor must be {result.factors[i]:.4g} at least."
    )


def critical(gains: FloatArray, losses: FloatArray, scales: FloatArray) -> FloatArray:
    """Return g / (g + s): 0 where g is none and s no gain, 1 where g is some (or s < 0) and s none.

    Parameters
    ----------
    gains, losses, scales : ndarray
        Broadcastable; what a breach gains, a period of the punishment costs, and the payoff range.
    """
    gains, losses, scales = np.broadcast_arrays(gains, losses, scales)
    none = losses <= TOLERANCE * scales
    worse = losses < -TOLERANCE * scales
    tempted = gains > NEGLIGIBLE * scales
    whole = np.where(none, 1.0, gains + np.maximum(losses, 0.0))
    return np.where(none, np.where(tempted | worse, 1.0, 0.0), np.where(tempted, gains, 0) / whole)


def critical_discount_factors(
    negotiation: Negotiation,
    agreement: Agreed,
    *,
    punishment: Punishment = "noncooperative",
) -> CriticalDiscountFactors:
    """Return how patient each player must be for an agreement to hold by itself.

    The agreement is played in every period, with a public draw where it is a lottery. Whoever moves
    levers of its own away from it is found out, and from the next period on everybody plays the
    punishment for ever (Friedman 1971; grim trigger).

    Parameters
    ----------
    negotiation : Negotiation
        Each player can move all its free levers, those off the table too.
    agreement : Agreement, package, or sequence of (probability, package)
    punishment : optional
        As `disagreement` of `solve`: "noncooperative", a Nash equilibrium of the lever game, so
        that punishing is itself in everybody's interest; "max-min", a bound, since no punishment
        is worse; "optimal-threats", to which the players would have to be committed, as carrying
        them out for ever is not subgame perfect; "status-quo", or N numbers.

    Raises
    ------
    InputError
        For an agreement without a deal or with side payments, or a free lever that is an interval.
    ConvergenceError, IntractableError
        As `nash_equilibrium`.

    Examples
    --------
    The prisoners' dilemma: 1 each by keeping silent, 2 by talking alone, so 1/2 with 0 to follow.

    >>> import bargaining as bg
    >>> game = bg.NormalFormGame.from_arrays([[1, -1], [2, 0]], [[1, 2], [-1, 0]])
    >>> row, column = bg.Lever("row", "a", [0, 1], 1), bg.Lever("column", "b", [0, 1], 1)
    >>> players = [bg.Player("a"), bg.Player("b")]
    >>> table = dict(zip(players, game.payoff_arrays))
    >>> dilemma = bg.Negotiation(players, [row, column], [bg.TablePayoff([row, column], table)])
    >>> found = critical_discount_factors(dilemma, {"row": 0, "column": 0})
    >>> found.factors.tolist(), found.holds(0.6)
    ([0.5, 0.5], True)
    """
    where = "critical_discount_factors"
    if not isinstance(negotiation, Negotiation):
        raise InputError(f"{where}: expected a Negotiation, got {negotiation!r}")
    lottery = agreed_lottery(where, negotiation, agreement)
    point = punishment_point(negotiation, punishment)
    packages = [package for _, package in lottery]
    shares = np.array([share for share, _ in lottery])
    payoffs = shares @ negotiation.payoffs(packages)
    scales, losses = tempter(negotiation).scales, payoffs - point.payoffs
    tempted = temptations(negotiation, packages)
    owners = [negotiation.player_names.index(owner) for owner in tempted.owners]
    alone = tempted.lever_gains.max(axis=0)
    levers = critical(alone, losses[owners], scales[owners])
    most = []
    for name in negotiation.player_names:
        own = [k for k, owner in enumerate(tempted.owners) if owner == name and alone[k] > 0]
        most.append(tempted.levers[max(own, key=lambda k: alone[k])] if own else None)
    result = CriticalDiscountFactors(
        factors=critical(tempted.gains.max(axis=0), losses, scales),
        levers=dict(zip(tempted.levers, levers.tolist(), strict=True)),
        most_tempting=tuple(most),
        temptations=tempted.gains.max(axis=0),
        losses=losses,
        payoffs=payoffs,
        punishment=point.payoffs,
        punishment_from=point.says,
        players=negotiation.player_names,
        lottery=lottery,
        certificate=Certificate("constraints", 0.0),
        negotiation=negotiation,
        equilibrium=point.equilibrium,
    )
    return replace(result, certificate=_constraints(result))


def breach_gain(
    negotiation: Negotiation,
    package: Mapping[str, float],
    player: int,
    moves: Sequence[str] | None = None,
) -> float:
    """Return what a player gains at most by a breach, from the smaller negotiation it then faces.

    It shares nothing with `temptations` but the maximiser, and serves certificates.

    Parameters
    ----------
    negotiation : Negotiation
    package : Package
    player : int
    moves : sequence of str, optional
        The levers that it may move; all its own when left out.
    """
    name = negotiation.player_names[player]
    free = [lever.name for lever in negotiation.free_levers]
    own = [lever.name for lever in negotiation.owned_by(name)] if moves is None else moves
    facing = negotiation.fix({lever: package[lever] for lever in free if lever not in own})
    best = maximizer(facing).maximize(np.eye(len(negotiation.players))[player]).bounds[0]
    return max(0.0, float(best - negotiation.payoffs(package)[player]))


def _constraints(result: CriticalDiscountFactors) -> Certificate:
    """Recompute the constraints: met at the stated factors, and met by no smaller ones."""
    game, scales = result.negotiation, tempter(result.negotiation).scales
    shares = np.array([share for share, _ in result.lottery])
    packages = [package for _, package in result.lottery]
    payoffs = shares @ game.payoffs(packages)
    gains = np.array([[breach_gain(game, a, i) for i in range(len(scales))] for a in packages])
    losses = payoffs - result.punishment
    at = result.factors
    residuals = (1 - at) * gains.max(axis=0) - at * losses
    unmet = np.where(at < 1, residuals / scales, 0.0)
    slack = np.where((at > 0) & (at < 1), -residuals / scales, 0.0)
    none = np.where(at == 1, np.maximum(losses / scales, 0.0), 0.0)
    off = np.abs(payoffs - result.payoffs) / scales
    value = float(np.max([unmet, slack, none, off, np.zeros(len(scales))]))
    return Certificate("constraints", value, details={"residuals": residuals, "scales": scales})


@registers(CriticalDiscountFactors)
def check_critical(result: CriticalDiscountFactors) -> Certificate:
    """Recompute the constraints, and what the punishment rests on."""
    certificate = _constraints(result)
    if result.equilibrium is None:
        return certificate
    regret = verify(result.equilibrium).value
    scales = tempter(result.negotiation).scales
    off = float((np.abs(result.equilibrium.payoffs - result.punishment) / scales).max())
    return replace(certificate, value=max(certificate.value, regret, off))
