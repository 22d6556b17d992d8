"""`precedent`: the crisis in which the norm against trading security controls breaks.

The norm of a player stands until its controls are conceded, and breaks for good. Whoever weighs a
concession weighs today's cost and the discounted change of all talks to come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.enforcement.arguments import discount_factors_of
from bargaining.errors import InputError, did_you_mean
from bargaining.linkage.precedent.result import Precedent, scale_of, solved
from bargaining.linkage.precedent.setting import (
    TRIGGERS,
    Setting,
    State,
    copies_of,
    costs_of,
    crises_of,
    norms_of,
    share_of_one,
)
from bargaining.linkage.precedent.states import SolvedState, evaluated
from bargaining.linkage.precedent.talks import Talks
from bargaining.linkage.precedent.ties import Play
from bargaining.model.negotiation import Negotiation
from bargaining.model.players import Player
from bargaining.noncooperative.stochastic.markov import MarkovGame
from bargaining.results.certificate import Certificate, registers, verify
from bargaining.strategic.disagreement import Disagreement, as_disagreement
from bargaining.types import FloatArray

__all__ = ["Precedent", "precedent"]

NUDGE = 1e-9
"""Change of values, relative to their scale, at which a tie has to give way."""


def precedent(
    negotiation: Negotiation,
    solution: Solution | str = "nash",
    *,
    crises: Mapping[str, tuple[float, Any]],
    discount_factors: ArrayLike | Mapping[Any, float] | None = None,
    norm: Player | str | Sequence[Player | str] | None = None,
    cost: float | Mapping[Any, float] = 0.0,
    trigger: str = "conceded",
    denial: float = 0.0,
    copies: Mapping[Any, tuple[Any, float]] | None = None,
    transferable: bool = False,
    disagreement: Disagreement | str | Sequence[float] | FloatArray = "noncooperative",
) -> Precedent:
    """Return what the norms against trading security controls are worth, and when they break.

    In each period a crisis may arrive, and is bargained over in single packages. A package that
    breaks a norm is charged C_i + delta_i (V_i(intact) - V_i(broken)) to every player i, and the
    norm breaks iff the agreement breaks it. A norm that stands says that controls stay at the
    status quo, whoever else's are moved. Norms of both sides make four states; nothing is ever
    undone, so each is a fixed point of its own, given those that it leads to.

    Parameters
    ----------
    negotiation : Negotiation
        Finite levers.
    solution : Solution or str
    crises : mapping of str to (probability, stake)
        By kind of crisis, its probability in a period (the rest to 1 is a period without) and what
        is at stake: a factor on the payoffs of the negotiation, a mapping from the names of payoff
        terms to factors, or another Negotiation of the same players.
    discount_factors : float, N floats, or mapping from player to float, optional
        In [0, 1); the players' own unless said.
    norm : player or players, optional
        Whose norms there are; every owner of security levers has one unless said.
    cost : float, or mapping from player to float
        C_i: what a player pays at once when its own norm breaks (reputation, allies, courts).
    trigger : {"conceded", "tabled"}
        A norm breaks when a security lever of its owner is conceded relative to the status quo
        (moved at all, where the lever has no direction), or as soon as one is moved at all.
    denial : float
        The probability that a concession which is denied in public passes, so that it breaks
        nothing: 0 where nobody believes a denial.
    copies : mapping of control to (copied lever, rate), optional
        Using a control makes another side build its own: after a crisis it has the copied lever
        with probability rate x use, use being how far the control is from its level of largest
        concession, from 0 to 1. Until then the copied lever stands still at its status quo. The
        talks weigh this; a crisis without a deal is the equilibrium of that crisis alone, in which
        owners do not (`bargaining.linkage.chokehold` has an owner who looks ahead).
    transferable : bool
        True allows side payments.
    disagreement : optional
        As in `solve`; what happens in a crisis without a deal. With copies it must be a model that
        says what is played.

    Raises
    ------
    InputError
        For names, numbers or options that do not fit.
    IntractableError
        When the exact methods would need too much.
    ConvergenceError
        When no values are found that agree with how crises end at them.

    Examples
    --------
    A surplus of 10 that needs a control of the US, whose norm costs it 6: 2 each, net.

    >>> import bargaining as bg
    >>> us, china = bg.Player("US"), bg.Player("China")
    >>> control = bg.ExportControl("control", us, [0, 1], 1)
    >>> game = bg.Negotiation([us, china], [control], [bg.TablePayoff(control, {china: [10, 0]})])
    >>> found = precedent(game, crises={"crisis": (0.5, 1.0)}, discount_factors=0.0, cost=6.0,
    ...     transferable=True, disagreement="status-quo")
    >>> found.breaks(), found.intact.round(9).tolist()
    ({'crisis': 1.0}, [1.0, 1.0])
    >>> found.breaking_date().mean
    2.0
    """
    if not isinstance(negotiation, Negotiation):
        raise InputError(f"precedent: expected a Negotiation, got {negotiation!r}")
    if trigger not in TRIGGERS:
        raise InputError(
            f"precedent, trigger: expected one of {TRIGGERS}, got {trigger!r}"
            f"{did_you_mean(trigger, TRIGGERS)}"
        )
    kinds = crises_of(negotiation, crises)
    norms = norms_of(negotiation, kinds, norm)
    setting = Setting(
        negotiation=negotiation,
        crises=kinds,
        norms=norms,
        costs=costs_of(negotiation, norms, cost),
        copies=copies_of(negotiation, copies),
        trigger=trigger,
        denial=share_of_one("denial", denial),
        discount_factors=discount_factors_of("precedent", negotiation, discount_factors),
        solution=as_solution(solution),
        transferable=transferable,
        disagreement=as_disagreement(disagreement),
    )
    return solved(setting, Talks(setting))


@registers(Precedent)
def check_precedent(result: Precedent) -> Certificate:
    """Hold all talks afresh at the stated values, and solve for the values of how they end."""
    setting, talks = result.setting, Talks(result.setting)
    values = {state: each.values for state, each in result.solved.items()}
    scale = scale_of(setting, result.solved)
    worst = 0.0
    for state, each in result.solved.items():
        ends = [talks.outcome(crisis, state, values) for crisis in setting.crises]
        worst = max(worst, *(verify(end.agreement).value for end in ends))
        plays: list[Play] = [((1.0, end),) for end in ends]
        for k, play in enumerate(each.plays):
            if len(play) > 1 and _is_tie(setting, talks, each, k, values, scale):
                plays[k] = play
        moved = np.abs(evaluated(setting, state, plays, values) - each.values) / scale
        worst = max(worst, float(moved.max()))
    alone = [(np.ones(1),) * len(scale)] * len(values)
    together = np.abs(_as_markov_game(result).values(alone) - result.values) / scale
    return Certificate("self-consistency", max(worst, float(together.max())))


def _is_tie(
    setting: Setting, talks: Talks, each: SolvedState, crisis: int, values: Mapping[State, Any],
    scale: FloatArray,
) -> bool:  # fmt: skip
    """Whether the talks end in each of the two ways at values next to those stated."""
    steps = [sign * NUDGE * unit * scale for sign in (-1, 1) for unit in np.eye(len(scale))]
    found = {
        talks.outcome(
            setting.crises[crisis], each.state, {**values, each.state: each.values + step}
        ).package
        for step in steps
    }
    return all(end.package in found for _, end in each.plays[crisis])


def _as_markov_game(result: Precedent) -> MarkovGame:
    """Return the chain of states as a Markov game without choices: its values are the result's."""
    setting = result.setting
    size = len(result.players)
    payoffs = []
    for each in result.solved.values():
        now = sum(
            crisis.probability * share * (end.payoffs - end.costs)
            for crisis, play in zip(setting.crises, each.plays, strict=True)
            for share, end in play
        )
        payoffs.append(np.reshape(now, (size, *(1,) * size)))
    chain = result.chain()
    moves = [row.reshape(*(1,) * size, len(row)) for row in chain]
    return MarkovGame(payoffs, moves, setting.discount_factors)
