"""What a chokehold comes to: use now or keep, how long it lasts, and what it is worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from bargaining.linkage.chokehold.path import Ending
from bargaining.linkage.chokehold.setting import Setting
from bargaining.linkage.chokehold.stages import HOLDER_PARTS, USER_PARTS, Stages, State
from bargaining.linkage.chokehold.switching import Switches, changed, switches_of
from bargaining.linkage.chokehold.words import (
    chokehold_table,
    comparative,
    explanation,
    option_table,
    path_table,
    worth_table,
)
from bargaining.noncooperative.stochastic.markov import MarkovEquilibrium, markov_equilibrium
from bargaining.results.certificate import Certificate, plain
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["Chokehold", "solved"]


@dataclass(frozen=True, eq=False)
class Chokehold(Tabular):
    """Whether a chokehold is used or kept, state by state.

    Arrays are over states in the order of `states`; players are the holder, then the user.

    Attributes
    ----------
    setting : Setting
    equilibrium : MarkovEquilibrium
        In stationary strategies; its `selection` says which one it is.
    selection : str or None
        The rule that was asked for.
    certificate : Certificate
        "one-shot deviation": the largest gain of one deviation in any state, relative to the
        player's payoff range.
    error : ndarray of shape (2,)
        No deviation, however long, gains a player more. Where one player alone decides, its values
        are this close to the true ones.
    """

    setting: Setting = field(repr=False)
    equilibrium: MarkovEquilibrium = field(repr=False)
    selection: str | None
    certificate: Certificate
    error: FloatArray

    @property
    def players(self) -> tuple[str, str]:
        """The holder, then the user."""
        return self.setting.players

    @cached_property
    def stages(self) -> Stages:
        """The setting as a Markov game."""
        return Stages(self.setting)

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states, that of today first."""
        return self.equilibrium.game.states

    @property
    def shares(self) -> FloatArray:
        """The holder's share of the user's supply by state, shape (S,)."""
        setting = self.setting
        return np.array([setting.share * setting.holds[s.step] for s in self.stages.states])

    @property
    def values(self) -> FloatArray:
        """Discounted payoffs from each state on, shape (S, 2)."""
        return self.equilibrium.values

    def plan(self, state: int = 0) -> dict[tuple[int, ...], float]:
        """Return the holder's plans with probabilities: an index of `levels` a situation."""
        plans = self.stages.plans(self.stages.states[state])
        chances = self.equilibrium.strategies[state][0]
        return {plan: float(p) for plan, p in zip(plans, chances, strict=True) if p > 0}

    def levels(self, state: int = 0) -> dict[str, dict[float, float]]:
        """Return the levels that are used, by situation, with probabilities."""
        found: dict[str, dict[float, float]] = {s.name: {} for s in self.setting.situations}
        for plan, p in self.plan(state).items():
            for row, index in zip(found.values(), plan, strict=True):
                level = self.setting.levels[index]
                row[level] = row.get(level, 0.0) + p
        return found

    def effort(self, state: int = 0) -> float:
        """Return the user's expected effort to build alternatives."""
        efforts = self.stages.efforts(self.stages.states[state])
        return float(self.equilibrium.strategies[state][1] @ np.array(efforts))

    @property
    def uses(self) -> FloatArray:
        """How far the restriction is in use in a period, in expectation, shape (S,)."""
        return self._expected(self.setting.use)

    @property
    def in_force(self) -> FloatArray:
        """The chance that the restriction is in use at all in a period, shape (S,)."""
        return self._expected((self.setting.use > 0).astype(float))

    def _expected(self, weights: FloatArray) -> FloatArray:
        """Return the expectation of weights of levels over plans and situations, shape (S,)."""
        chances = np.array([situation.probability for situation in self.setting.situations])
        return np.array(
            [
                sum(p * float(chances @ weights[list(plan)]) for plan, p in self.plan(s).items())
                for s in range(len(self.states))
            ]
        )

    @property
    def decision(self) -> str:
        """What the holder does today: "keep", "use", or in which situations it uses it."""
        names = [
            name
            for name, row in self.levels().items()
            if any(self.setting.use[self.setting.levels.index(level)] > 0 for level in row)
        ]
        if not names:
            return "keep"
        return "use" if len(names) == len(self.setting.situations) else f"use in {', '.join(names)}"

    def net_gains(self, state: int = 0) -> tuple[FloatArray, FloatArray]:
        """Return what each level gains now, and the option value that it destroys.

        Against not using it, with the user's effort as it is. A level is used iff its gain is at
        least the option value destroyed, and no other level does better.

        Returns
        -------
        gains : ndarray of shape (situations, L)
            What the holder gets more in this period.
        prices : ndarray of shape (L,)
            delta (value after not using it - value after the level), both expected.
        """
        setting, stages = self.setting, self.stages
        here = stages.states[state]
        cost, harm = (losses[here.step] for losses in setting.losses)
        factors = setting.leverage * np.array([s.factor for s in setting.situations])
        idle = np.where(setting.use == 0, setting.threat * harm[-1], 0.0)
        flows = factors[:, None] * harm - cost - setting.use_cost * setting.use + idle
        ahead = np.array([self._ahead(here, level) for level in range(len(setting.levels))])
        prices = setting.discount_factors[0] * (ahead[0] - ahead)
        return np.asarray(flows - flows[:, :1]), np.asarray(prices)

    def _ahead(self, state: State, level: int) -> float:
        """Return the holder's expected value of the next state after a level."""
        stages = self.stages
        index = stages.states.index(state)
        return math.fsum(
            float(p) * chance * float(self.values[stages.states.index(target), 0])
            for effort, p in zip(
                stages.efforts(state), self.equilibrium.strategies[index][1], strict=True
            )
            for target, chance in stages.moves(state, level, effort)
        )

    @property
    def option_value(self) -> float:
        """What one full use today would destroy of the holder's later value: the price of a use."""
        return float(self.net_gains()[1][-1])

    @property
    def worth(self) -> FloatArray:
        """What the chokehold is worth today: to the holder to keep, to the user to be rid of.

        The values today against a world without it, in which nothing is withheld, conceded or
        built, shape (2,). Where the second is larger, there is a price at which it is given up.
        """
        return np.asarray(self.values[0] * [1.0, -1.0])

    @cached_property
    def parts(self) -> tuple[dict[str, float], dict[str, float]]:
        """The values today of holder and user, in parts; "threat" is what keeping it brings."""
        stages, chain = self.stages, self.chain
        flows = np.zeros((len(self.states), len(HOLDER_PARTS) + len(USER_PARTS)))
        for s, state in enumerate(stages.states):
            efforts = zip(stages.efforts(state), self.equilibrium.strategies[s][1], strict=True)
            for effort, q in efforts:
                for plan, p in self.plan(s).items():
                    flows[s] += p * float(q) * stages.parts(state, plan, effort)
        identity, split = np.eye(len(chain)), len(HOLDER_PARTS)
        holder, user = (
            np.linalg.solve(identity - factor * chain, rows)[0].tolist()
            for factor, rows in zip(
                self.setting.discount_factors, (flows[:, :split], flows[:, split:]), strict=True
            )
        )
        return dict(zip(HOLDER_PARTS, holder, strict=True)), dict(
            zip(USER_PARTS, user, strict=True)
        )

    @cached_property
    def chain(self) -> FloatArray:
        """Probabilities of going from state to state in a period, shape (S, S)."""
        game = self.equilibrium.game
        return np.array(
            [
                np.einsum("i,j,ijt->t", *profile, table)
                for profile, table in zip(
                    self.equilibrium.strategies, game.transitions, strict=True
                )
            ]
        )

    @cached_property
    def ending(self) -> Ending:
        """Whether the restriction is temporary or lasting, and when it ends."""
        return Ending(self.chain, self.in_force)

    def path(self, periods: int = 10) -> Table:
        """Return, period by period, the expected share and use, and what has happened."""
        return path_table(self, periods)

    def use_or_keep(self, state: int = 0) -> Table:
        """Return, by situation and level, the gain now against the option value destroyed."""
        return option_table(self, state)

    def worth_in_parts(self) -> Table:
        """Return what the values today are made of."""
        return worth_table(self)

    def with_parameter(self, parameter: str, value: float) -> Chokehold:
        """Return the chokehold with one number changed, solved anew; see `switches`."""
        return solved(changed(self.setting, parameter, value), self.selection)

    def over(self, parameter: str, values: Sequence[float]) -> Table:
        """Return how decision, end and worth change with one number; see `switches`."""
        return comparative(parameter, [(x, self.with_parameter(parameter, x)) for x in values])

    def switches(
        self, parameter: str, low: float, high: float, *, points: int = 17,
        tolerance: float = 1e-9,
    ) -> Switches:  # fmt: skip
        """Return where the answer changes as one number goes from low to high.

        The range is searched at `points` equally spaced numbers, and each change of what the
        players do today, or of whether the use is temporary, is closed in upon by bisection. Both
        ends of each bracket are solved and certified, so that a switch lies between them; two
        switches between neighbouring points that undo each other go unseen.

        Parameters
        ----------
        parameter : str
            A number of the setting: "copying", "lead_time", "wedge", "threat", "leverage",
            "substitution", "hold", ..., or "discount_factor" (of both players),
            "holder_discount_factor", "user_discount_factor".
        low, high : float
        points : int
            At least 2.
        tolerance : float
            The width of a bracket, relative to high - low.

        Raises
        ------
        InputError
            For an unknown parameter, or a range that is none.
        """
        return switches_of(self, parameter, low, high, points=points, tolerance=tolerance)

    def table(self) -> Table:
        """Return, state by state, what is done, and the values."""
        return chokehold_table(self)

    def explain(self) -> str:
        """Say whether it is used or kept, whether that lasts, and what it is worth."""
        return explanation(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        setting = self.setting
        return {
            "players": list(self.players),
            "levels": list(setting.levels),
            "discount_factors": list(setting.discount_factors),
            "decision": self.decision,
            "option_value": self.option_value,
            "worth": self.worth.tolist(),
            "parts": dict(zip(self.players, self.parts, strict=True)),
            "ending": self.ending.to_dict(),
            "states": list(self.states),
            "shares": self.shares.tolist(),
            "uses": self.uses.tolist(),
            "efforts": [self.effort(s) for s in range(len(self.states))],
            "values": self.values.tolist(),
            "strategies": plain({state: self.equilibrium.strategy(state) for state in self.states}),
            "determined": list(self.equilibrium.determined),
            "selection": self.equilibrium.selection,
            "error": self.error.tolist(),
            "certificate": self.certificate.to_dict(),
            "completeness": "one",
        }


def solved(setting: Setting, selection: str | None) -> Chokehold:
    """Return the chokehold of a setting, solved and certified."""
    equilibrium = markov_equilibrium(Stages(setting).game(), selection=selection)
    return Chokehold(setting, equilibrium, selection, equilibrium.certificate, equilibrium.error)
