"""The talks of a crisis, with what a package sets off charged to it.

What follows from a package (a norm breaks, a control is copied) depends on few levers: it is one
more payoff term over those, an expected cost plus the discounted change of values. The talks are
then an ordinary bargaining problem, whatever the rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.errors import InputError, IntractableError
from bargaining.linkage.precedent.effects import effects_of, grid_of, joint, triggers
from bargaining.linkage.precedent.setting import Crisis, Setting, State
from bargaining.linkage.regimes.responses import terms_of
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.model.payoffs import Payoff, TablePayoff
from bargaining.noncooperative.levers.fewer_levels import over_levels
from bargaining.strategic.disagreement import DisagreementPoint
from bargaining.strategic.threats import Bargained
from bargaining.types import FloatArray

__all__ = ["Outcome", "Talks"]

MOST_CELLS = 1_000_000
"""Combinations of levels of the levers on which it depends what a package sets off."""

Values = Mapping[State, FloatArray]


@dataclass(frozen=True, eq=False)
class Outcome:
    """How the talks of a crisis end.

    Attributes
    ----------
    crisis : Crisis
    package : Package or None
        None where there is no deal.
    payoffs : ndarray of shape (N,)
        Less those of breakdown before anything has happened; side payments included.
    costs : ndarray of shape (N,)
        Expected costs of norms that break.
    moves : tuple of (state, probability)
        Where it leads.
    agreement : Agreement
        Of the talks with the charge among the payoffs; its certificate is theirs.
    """

    crisis: Crisis
    package: Package | None
    payoffs: FloatArray
    costs: FloatArray
    moves: tuple[tuple[State, float], ...]
    agreement: Agreement

    def breaks(self, norm: int) -> float:
        """Return the probability that a norm is broken afterwards."""
        return sum(chance for state, chance in self.moves if state[norm])


@dataclass(frozen=True, eq=False)
class _Place:
    """A negotiation in a state: what is bargained over, and what packages set off.

    Attributes
    ----------
    state : State
    whole : Negotiation
        Controls that are not built stand still in it.
    levers, terms
        Its free levers, and its payoffs merged.
    point : DisagreementPoint
    watched : tuple of Lever
        The levers on which it depends what a package sets off.
    chances : ndarray of shape (bits, levels of watched levers...)
        The probability that a package sets off each bit.
    calm : tuple of (state, probability)
        Where breakdown leads.
    """

    state: State
    whole: Negotiation
    levers: tuple[Lever, ...]
    terms: tuple[Payoff, ...]
    point: DisagreementPoint
    watched: tuple[Lever, ...]
    chances: FloatArray
    calm: tuple[tuple[State, float], ...]

    def chances_of(self, package: Package) -> FloatArray:
        """Return the probability that a package sets off each bit, shape (bits,)."""
        levels = (lever.index(package[lever.name]) for lever in self.watched)
        cell: tuple[Any, ...] = (slice(None), *levels)
        return np.asarray(self.chances[cell])

    def with_term(self, term: Payoff | None) -> Negotiation:
        """Return the negotiation over the free levers with one more term."""
        terms = self.terms if term is None else (*self.terms, term)
        return Negotiation(self.whole.players, self.levers, terms, unit=self.whole.unit)


class Talks:
    """Bargains of a setting; those asked for before are kept.

    Parameters
    ----------
    setting : Setting
    like : Talks, optional
        Of a setting that differs in discount factors and probabilities only: what it has kept is
        used too.
    """

    def __init__(self, setting: Setting, like: Talks | None = None) -> None:
        self.setting = setting
        self._places: dict[Any, _Place] = {} if like is None else like._places
        self._points: dict[Any, DisagreementPoint] = {} if like is None else like._points
        self._agreements: dict[Any, Agreement] = {} if like is None else like._agreements
        self.start: State = (False,) * (len(setting.norms) + len(setting.copies))

    def outcome(self, crisis: Crisis, state: State, values: Values) -> Outcome:
        """Return how a crisis ends in a state, given the values of all states from there on."""
        place = self._place(crisis.negotiation, state)
        ahead = place.point.payoffs + self._later(place.calm, state, values) / crisis.scale
        table = self._charge(place, values) / crisis.scale
        return self._ended(crisis, place, self._bargain(place, table, ahead))

    def within(self, crisis: Crisis, state: State, allowed: Sequence[bool]) -> Outcome:
        """Return how it would end if nothing were charged, but some norms could not be broken.

        Parameters
        ----------
        allowed : sequence of bool
            Which norms may be.
        """
        place = self._place(crisis.negotiation, state)
        key = (id(crisis.negotiation), state, tuple(allowed))
        if key not in self._agreements:
            smaller = self._unbroken(place, allowed)
            problem = BargainingProblem(PackageSet(smaller), place.point.payoffs)
            self._agreements[key] = bargain(
                problem, self.setting.solution, lotteries=False,
                transferable=self.setting.transferable,
            )  # fmt: skip
        return self._ended(crisis, place, self._agreements[key])

    def _bargain(self, place: _Place, table: FloatArray, ahead: FloatArray) -> Agreement:
        key = (id(place), table.tobytes(), ahead.tobytes())
        if key not in self._agreements:
            names = place.whole.player_names
            term = None
            if table.any():
                by_player = dict(zip(names, table, strict=True))
                term = TablePayoff(place.watched, by_player, name="what follows")
            problem = BargainingProblem(PackageSet(place.with_term(term)), ahead)
            self._agreements[key] = bargain(
                problem, self.setting.solution, lotteries=False,
                transferable=self.setting.transferable,
            )  # fmt: skip
        return self._agreements[key]

    def _ended(self, crisis: Crisis, place: _Place, agreement: Agreement) -> Outcome:
        """Read off what a package gives and sets off; breakdown where there is no deal."""
        base = self._place(crisis.negotiation, self.start).point.payoffs
        costs = np.zeros(len(base))
        if not agreement.agreed:
            payoffs = crisis.scale * (place.point.payoffs - base)
            return Outcome(crisis, None, payoffs, costs, place.calm, agreement)
        package = place.whole.package(agreement.package)
        reached = place.whole.payoffs(package)
        if agreement.transfers is not None:
            reached = reached + agreement.transfers
        chances = place.chances_of(package)
        for norm, chance in zip(self.setting.norms, chances, strict=False):
            i = place.whole.player_names.index(norm)
            costs[i] = self.setting.costs[i] * chance
        moves = joint(place.state, chances)
        return Outcome(crisis, package, crisis.scale * (reached - base), costs, moves, agreement)

    def _charge(self, place: _Place, values: Values) -> FloatArray:
        """Return what packages set off as payoffs, shape (N, levels of watched levers...)."""
        shape = place.chances.shape[1:]
        table = np.zeros((len(place.whole.players), *shape))
        for norm, chance in zip(self.setting.norms, place.chances, strict=False):
            i = place.whole.player_names.index(norm)
            table[i] -= self.setting.costs[i] * chance
        columns = place.chances.reshape(len(place.chances), -1)
        kinds, which = np.unique(columns, axis=1, return_inverse=True)
        later = np.column_stack(
            [self._later(joint(place.state, kind), place.state, values) for kind in kinds.T]
        )
        return np.asarray(table + later[:, which.reshape(-1)].reshape(table.shape))

    def _later(
        self, moves: Sequence[tuple[State, float]], state: State, values: Values
    ) -> FloatArray:
        """Return the discounted expected change of values."""
        change = np.zeros(len(self.setting.discount_factors))
        for target, chance in moves:
            if target != state:
                change += chance * (values[target] - values[state])
        return self.setting.discount_factors * change

    def _place(self, negotiation: Negotiation, state: State) -> _Place:
        key = (id(negotiation), state)
        if key not in self._places:
            self._places[key] = self._made(negotiation, state)
        return self._places[key]

    def _made(self, negotiation: Negotiation, state: State) -> _Place:
        setting = self.setting
        missing = [
            copy.copied
            for copy, built in zip(setting.copies, state[len(setting.norms) :], strict=True)
            if not built
        ]
        free = [lever.name for lever in negotiation.free_levers]
        whole = negotiation.restrict(tradable=[name for name in free if name not in missing])
        if not whole.free_levers:
            raise InputError("precedent: expected at least one free lever in every crisis")
        point = self._point(negotiation, whole, missing)
        effects = effects_of(setting, whole, state)
        levers = whole.free_levers
        watched = tuple(lever for lever in levers if any(lever.name in e for e in effects))
        cells = prod(len(lever.array()) for lever in watched)
        if cells > MOST_CELLS:
            names = [lever.name for lever in watched]
            raise IntractableError(
                f"precedent: what follows depends on {cells:,} combinations of {names} "
                f"(the bound is {MOST_CELLS:,})",
                levers=names,
            )
        terms = terms_of(whole, whole.factors, anchor=levers[0])
        return _Place(
            state, whole, levers, tuple(terms), point, watched,
            np.array([grid_of(watched, effect) for effect in effects]),
            self._calm(whole, point, effects, state),
        )  # fmt: skip

    def _point(
        self, negotiation: Negotiation, whole: Negotiation, missing: Sequence[str]
    ) -> DisagreementPoint:
        """Return the disagreement point, which does not depend on norms."""
        key = (id(negotiation), tuple(missing))
        if key not in self._points:
            bargained = Bargained(whole, self.setting.solution, self.setting.transferable)
            self._points[key] = self.setting.disagreement.point(whole, bargained)
        return self._points[key]

    def _calm(
        self, whole: Negotiation, point: DisagreementPoint,
        effects: Sequence[Mapping[str, FloatArray]], state: State,
    ) -> tuple[tuple[State, float], ...]:  # fmt: skip
        """Return where breakdown leads: controls in use may be copied, no norm breaks."""
        norms = len(self.setting.norms)
        if not any(effects[norms:]):
            return ((state, 1.0),)
        if point.reference is None:
            raise InputError(
                "precedent, copies: the disagreement model must say what is played without a "
                f"deal, and {self.setting.disagreement.name!r} does not"
            )
        total: dict[State, float] = {}
        for share, package in point.reference:
            chances = np.zeros(len(effects))
            for bit, effect in enumerate(effects[norms:], start=norms):
                for name, row in effect.items():
                    chances[bit] = row[whole.lever(name).index(package[name])]
            for target, chance in joint(state, chances):
                total[target] = total.get(target, 0.0) + share * chance
        return tuple(total.items())

    def _unbroken(self, place: _Place, allowed: Sequence[bool]) -> Negotiation:
        """Return the negotiation without the levels that break norms other than the allowed."""
        closed = {norm for norm, able in zip(self.setting.norms, allowed, strict=True) if not able}
        kept = []
        for lever in place.levers:
            levels = np.arange(len(lever.array()))
            if lever.owner in closed and lever.domain == "security":
                levels = levels[triggers(lever, self.setting.trigger) == 0]
            kept.append(levels)
        smaller = over_levels(place.with_term(None), kept)
        assert smaller is not None  # the status quo breaks no norm
        return smaller
