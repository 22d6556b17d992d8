"""What a precedent comes to: values by state, shadow prices, and when norms break."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bargaining.enforcement.arguments import discount_factors_of
from bargaining.errors import InputError, unknown_name
from bargaining.linkage.precedent.breaking_date import BreakingDate
from bargaining.linkage.precedent.setting import Crisis, Setting, State
from bargaining.linkage.precedent.states import SolvedState, scales_of, solve_states
from bargaining.linkage.precedent.talks import Talks
from bargaining.linkage.precedent.words import comparative, explanation, precedent_table, threshold
from bargaining.model.players import Player
from bargaining.results.certificate import TOLERANCE, Certificate, plain
from bargaining.results.table import Table, Tabular
from bargaining.types import FloatArray

__all__ = ["Precedent", "scale_of", "solved"]

ROUNDING = 1e-12
"""Differences of values up to this, relative to their scale, are none."""


@dataclass(frozen=True, eq=False)
class Precedent(Tabular):
    """What a norm is worth, and when it breaks.

    Values are discounted sums of payoffs less those of breakdown, in the negotiation's unit.

    Attributes
    ----------
    setting : Setting
        Crises, norms, costs, copies, patience and the rule.
    solved : dict of State to SolvedState
        By state, those in which less has happened first: values, and how each crisis ends.
    certificate : Certificate
        "self-consistency": how far the values are, at most, from those of crises that end as the
        rule has them end at these values, relative to their scale, or the worst certificate of the
        talks if that is larger.
    error : ndarray of shape (N,)
        The same in payoffs.
    talks : Talks
        Those that were solved on the way.
    """

    setting: Setting = field(repr=False)
    solved: Mapping[State, SolvedState] = field(repr=False)
    certificate: Certificate
    error: FloatArray
    talks: Talks = field(repr=False)

    @property
    def players(self) -> tuple[str, ...]:
        """Names of the players, the order of all arrays."""
        return self.setting.negotiation.player_names

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states, in the order of `values`."""
        return tuple(self.setting.named(state) for state in self.solved)

    @property
    def values(self) -> FloatArray:
        """Values of all states, shape (S, N)."""
        return np.array([each.values for each in self.solved.values()])

    @property
    def intact(self) -> FloatArray:
        """Values while every norm stands and nothing is copied, shape (N,)."""
        return self._first.values

    @property
    def broken(self) -> FloatArray:
        """Values when every norm is broken and nothing is copied, shape (N,)."""
        return self.solved[self._after(*self.setting.norms)].values

    @property
    def shadow_price(self) -> FloatArray:
        """delta_i (V_i(intact) - V_i(broken)), shape (N,).

        Of a player's own norm where it has one, of all norms where it has none. Negative where a
        player is better off once the norm is broken.
        """
        norms = self.setting.norms
        prices = [
            self.shadow_prices[player if player in norms else "all"][i]
            for i, player in enumerate(self.players)
        ]
        return np.array(prices)

    @property
    def shadow_prices(self) -> dict[str, FloatArray]:
        """By whose norm it is ("all": all of them at once), its shadow price to each player."""
        norms = self.setting.norms
        targets = {norm: self._after(norm) for norm in norms} | {"all": self._after(*norms)}
        noise = ROUNDING * scale_of(self.setting, self.solved)
        prices = {}
        for name, state in targets.items():
            change = self.intact - self.solved[state].values
            change[np.abs(change) <= noise] = 0.0
            prices[name] = self.setting.discount_factors * change + 0.0  # no negative zeros
        return prices

    @property
    def charge(self) -> FloatArray:
        """What breaking its own norm is charged at: cost plus shadow price, shape (N,)."""
        return self.setting.costs + self.shadow_price

    def breaks(self, norm: Player | str | None = None) -> dict[str, float]:
        """Return, by crisis, the probability that a norm (any, by default) breaks when it comes.

        Of the first state, in which every norm stands and nothing is copied.
        """
        bits = self._bits(norm)
        return {
            crisis.name: math.fsum(
                share * chance
                for share, outcome in play
                for target, chance in outcome.moves
                if any(target[bit] for bit in bits)
            )
            for crisis, play in zip(self.setting.crises, self._first.plays, strict=True)
        }

    def breaking_date(self, norm: Player | str | None = None) -> BreakingDate:
        """Return the distribution of the period in which a norm (any, by default) breaks."""
        bits = self._bits(norm)
        standing = [state for state in self.solved if not any(state[bit] for bit in bits)]
        chain = self.chain()
        rows = [list(self.solved).index(state) for state in standing]
        return BreakingDate(chain[np.ix_(rows, rows)])

    @property
    def fixed_points(self) -> int:
        """How many fixed points the first state was found to have; `values` take one of them.

        It is the one in which the norms last longest, then the one of largest total value.
        """
        return 1 + len(self.others)

    @property
    def others(self) -> tuple[FloatArray, ...]:
        """Values of the first state, shape (N,), in each of the other fixed points found."""
        return self._first.others

    @property
    def completeness(self) -> str:
        """Always "some": fixed points that no start leads to may exist."""
        return "some"

    @property
    def _first(self) -> SolvedState:
        return next(iter(self.solved.values()))

    def _after(self, *norms: str) -> State:
        copies = (False,) * len(self.setting.copies)
        return (*(name in norms for name in self.setting.norms), *copies)

    def _bits(self, norm: Player | str | None) -> list[int]:
        norms = self.setting.norms
        if norm is None:
            return list(range(len(norms)))
        name = self.setting.negotiation.player(norm).name
        if name not in norms:
            raise unknown_name("norm", name, norms)
        return [norms.index(name)]

    def chain(self) -> FloatArray:
        """Return the probabilities of going from state to state in a period, shape (S, S)."""
        states = list(self.solved)
        chain = np.zeros((len(states), len(states)))
        quiet = 1.0 - sum(crisis.probability for crisis in self.setting.crises)
        for s, each in enumerate(self.solved.values()):
            chain[s, s] += max(0.0, quiet)
            for crisis, play in zip(self.setting.crises, each.plays, strict=True):
                for share, outcome in play:
                    for target, chance in outcome.moves:
                        chain[s, states.index(target)] += crisis.probability * share * chance
        return chain

    def over(
        self, *, discount_factors: Sequence[Any] | None = None,
        frequency: Sequence[float] | None = None,
    ) -> Table:  # fmt: skip
        """Return how the outcome changes with patience and with the frequency of crises.

        Parameters
        ----------
        discount_factors : sequence, optional
            Of what `precedent` takes; today's alone unless said.
        frequency : sequence of float, optional
            Factors on the probabilities of all crises; 1 alone unless said.
        """
        where = "Precedent.over"
        patience = [self.setting.discount_factors] if discount_factors is None else discount_factors
        rows = []
        for given in patience:
            deltas = discount_factors_of(where, self.setting.negotiation, given)
            for factor in [1.0] if frequency is None else frequency:
                crises = _more_often(self.setting.crises, factor)
                changed = replace(self.setting, discount_factors=deltas, crises=crises)
                rows.append((given, factor, solved(changed, Talks(changed, self.talks))))
        return comparative(rows)

    def threshold(self, norm: Player | str | None = None) -> float | None:
        """Return the smallest stake at which a norm (any, by default) breaks.

        None where no stake breaks it, and 0 where every stake does, however small.

        The stake is a factor on the payoffs of the negotiation itself, in the first state, at the
        values found. A search on 2^-20 to 2^20, by bisection to six digits, which takes it for
        granted that larger stakes break the norm if smaller ones do.
        """
        return threshold(self.talks, self.solved, self._bits(norm))

    def table(self) -> Table:
        """Return, by state and crisis, how it ends, and the values of the state."""
        return precedent_table(self)

    def explain(self) -> str:
        """Say which crises break whose norm, what that is worth, and when."""
        return explanation(self)

    def __str__(self) -> str:
        """Write the table and the words."""
        return f"{self.table()}\n\n{self.explain()}"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python values."""
        return {
            "players": list(self.players),
            "norms": list(self.setting.norms),
            "crises": {c.name: [c.probability, c.scale] for c in self.setting.crises},
            "discount_factors": self.setting.discount_factors.tolist(),
            "costs": self.setting.costs.tolist(),
            "trigger": self.setting.trigger,
            "denial": self.setting.denial,
            "solution": self.setting.solution.name,
            "disagreement": self.setting.disagreement.name,
            "values": dict(zip(self.states, self.values.tolist(), strict=True)),
            "shadow_price": self.shadow_price.tolist(),
            "shadow_prices": plain(self.shadow_prices),
            "breaks": {norm: self.breaks(norm) for norm in self.setting.norms},
            "breaking_date": self.breaking_date().to_dict(),
            "fixed_points": self.fixed_points,
            "others": plain(self.others),
            "table": self.table().to_dict(),
            "error": self.error.tolist(),
            "certificate": self.certificate.to_dict(),
            "completeness": self.completeness,
        }


def solved(setting: Setting, talks: Talks) -> Precedent:
    """Return the precedent of a setting, solved and certified."""
    states = solve_states(setting, talks)
    worst = max(
        max(each.gap, *(end.agreement.certificate.value for play in each.plays for _, end in play))
        for each in states.values()
    )
    certificate = Certificate("self-consistency", worst)
    return Precedent(setting, states, certificate, worst * scale_of(setting, states), talks)


def scale_of(setting: Setting, solved: Mapping[State, SolvedState]) -> FloatArray:
    """Return the size of each player's values in a solved setting, shape (N,)."""
    return scales_of(
        setting, [[end for _, end in play] for each in solved.values() for play in each.plays]
    )


def _more_often(crises: Sequence[Crisis], factor: float) -> tuple[Crisis, ...]:
    changed = tuple(replace(crisis, probability=crisis.probability * factor) for crisis in crises)
    total = sum(crisis.probability for crisis in changed)
    if not 0 < total <= 1 + TOLERANCE:
        raise InputError(
            "Precedent.over, frequency: expected factors that leave the probabilities of all "
            f"crises a sum above 0, at most 1, got {factor!r}"
        )
    return changed
