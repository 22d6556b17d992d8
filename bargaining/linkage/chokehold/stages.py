"""The Markov game of a chokehold: states, actions, payoffs and where they lead.

A state says how many steps the hold has fallen, and whether the control is copied. The holder picks
a plan, a level for each situation that the period may bring; the user picks its effort before it
knows the situation, as plants take longer than crises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bargaining.errors import IntractableError
from bargaining.linkage.chokehold.setting import Setting
from bargaining.noncooperative.stochastic.markov import MarkovGame
from bargaining.types import FloatArray

__all__ = ["HOLDER_PARTS", "USER_PARTS", "Stages", "State"]

MOST_CELLS = 10_000_000
"""Cells of the table of transitions."""

HOLDER_PARTS = ("use", "threat", "own cost", "copied control")
"""What the holder's payoff of a period is the sum of."""

USER_PARTS = ("harm", "threat", "building", "price wedge", "copied control")
"""What the user's payoff of a period is the sum of."""


@dataclass(frozen=True)
class State:
    """How many steps the hold has fallen, and whether the control has been copied."""

    step: int
    copied: bool


@dataclass(frozen=True, eq=False)
class Stages:
    """A setting as a Markov game.

    Attributes
    ----------
    setting : Setting
    """

    setting: Setting

    def __post_init__(self) -> None:
        """Refuse tables that are too large."""
        setting = self.setting
        plans = len(setting.levels) ** len(setting.situations)
        cells = plans * len(setting.efforts) * len(self.states) ** 2
        if cells > MOST_CELLS:
            raise IntractableError(
                f"chokehold: {plans:,} plans of {setting.players[0]}, {len(setting.efforts)} "
                f"efforts and {len(self.states)} states make {cells:,} cells (the bound is "
                f"{MOST_CELLS:,})"
            )

    @cached_property
    def states(self) -> tuple[State, ...]:
        """All states, those before the control is copied first."""
        bits = (False, True) if self.setting.copying > 0 else (False,)
        return tuple(State(k, bit) for bit in bits for k in range(self.setting.steps + 1))

    def plans(self, state: State) -> tuple[tuple[int, ...], ...]:
        """Return the holder's plans: none but not to use it where nothing is left of the hold."""
        every = self.setting.plans
        return every if self.setting.holds[state.step] > 0 else every[:1]

    def efforts(self, state: State) -> tuple[float, ...]:
        """Return the user's efforts: none where there is nothing to build and nothing to keep."""
        setting = self.setting
        done = state.step == setting.steps and setting.recovery == 0
        return (0.0,) if done else setting.efforts

    def parts(self, state: State, plan: tuple[int, ...], effort: float) -> FloatArray:
        """Return the expected payoffs of a period in parts, those of the holder, then the user."""
        setting, k = self.setting, state.step
        cost, harm = (losses[k] for losses in setting.losses)
        chances = np.array([situation.probability for situation in setting.situations])
        factors = np.array([situation.factor for situation in setting.situations])
        row = np.array(plan)
        conceded = setting.threat * harm[-1] * float(chances @ (setting.use[row] == 0))
        back = float(state.copied and setting.turned_back)
        holder = (
            setting.leverage * float(chances @ (factors * harm[row])), conceded,
            -float(chances @ (cost[row] + setting.use_cost * setting.use[row])),
            -back * setting.counter_loss,
        )  # fmt: skip
        user = (
            -float(chances @ harm[row]), -conceded, -setting.building_cost * effort,
            -float(setting.bill[k]), back * setting.counter_gain,
        )  # fmt: skip
        return np.array((*holder, *user))

    def moves(self, state: State, level: int, effort: float) -> Iterator[tuple[State, float]]:
        """Yield where a level in use and an effort lead, with probabilities."""
        setting, k = self.setting, state.step
        use = float(setting.use[level])
        falls = 1.0 - (1.0 - effort / setting.lead_time) * (1.0 - setting.substitution * use)
        falls = falls if k < setting.steps else 0.0
        rises = setting.recovery if k > 0 and use == 0 and effort == 0 else 0.0
        copied = 1.0 if state.copied else setting.copying * use
        for step, there in ((k + 1, falls), (k - 1, rises), (k, 1.0 - falls - rises)):
            for bit, chance in ((True, copied), (False, 1.0 - copied)):
                if there * chance > 0:
                    yield State(step, bit), there * chance

    def next_states(self, state: State, plan: tuple[int, ...], effort: float) -> FloatArray:
        """Return the probabilities of the next state, averaged over situations, shape (S,)."""
        row = np.zeros(len(self.states))
        for situation, level in zip(self.setting.situations, plan, strict=True):
            for target, chance in self.moves(state, level, effort):
                row[self.states.index(target)] += situation.probability * chance
        return row

    def game(self) -> MarkovGame:
        """Return the Markov game."""
        split = len(HOLDER_PARTS)
        payoffs, transitions = [], []
        for state in self.states:
            cells = [[(p, e) for e in self.efforts(state)] for p in self.plans(state)]
            parts = np.array([[self.parts(state, *cell) for cell in row] for row in cells])
            payoffs.append(
                np.stack([parts[..., :split].sum(axis=-1), parts[..., split:].sum(axis=-1)])
            )
            transitions.append([[self.next_states(state, *cell) for cell in row] for row in cells])
        return MarkovGame(
            payoffs,
            [np.array(table) for table in transitions],
            self.setting.discount_factors,
            players=self.setting.players,
            states=[self.named(state) for state in self.states],
            labels=[
                (
                    [self.words(plan) for plan in self.plans(state)],
                    [f"effort {effort:g}" for effort in self.efforts(state)],
                )
                for state in self.states
            ],
        )

    def named(self, state: State) -> str:
        """Return a name for a state."""
        share = self.setting.share * self.setting.holds[state.step]
        return f"step {state.step}, share {share:.4g}{', copied' if state.copied else ''}"

    def words(self, plan: tuple[int, ...]) -> str:
        """Return a plan in words: the level of each situation."""
        levels = [self.setting.levels[index] for index in plan]
        if len(levels) == 1:
            return f"level {levels[0]:g}"
        return ", ".join(
            f"{situation.name}: level {level:g}"
            for situation, level in zip(self.setting.situations, levels, strict=True)
        )
