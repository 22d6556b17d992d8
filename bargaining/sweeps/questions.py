"""What a sweep asks of every draw: the named questions, and how their answers are laid out.

An answer is one value a column: a truth, a number, words, or None where there is none (no deal, so
no level of a lever in it). Levels are given by label, since the levels themselves may be drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bargaining.cooperative.solutions import as_solution
from bargaining.enforcement.patience.critical import critical_discount_factors
from bargaining.enforcement.truces.truce import Truce
from bargaining.errors import ConvergenceError, InputError, unknown_name
from bargaining.linkage.regimes.comparison import compare_regimes
from bargaining.linkage.regimes.regimes import Regime
from bargaining.linkage.tabling.tabling import tabling_game
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.results.certificate import Certificate, plain
from bargaining.results.table import Cell
from bargaining.scenarios.scenario import Scenario
from bargaining.strategic.disagreement import as_disagreement
from bargaining.strategic.solve import solve

__all__ = ["NAMED", "Answer", "Asked", "agreement_answer", "regimes_answer"]

Answer = dict[str, Cell]
Question = Callable[[Negotiation], Mapping[str, Any]]

YEAR = 12
"""Months of the truce that the question "truce" asks about."""

PATIENCE = 0.95
"""Discount factor of a year with which it is asked."""


@dataclass(frozen=True)
class Asked:
    """The questions of a sweep, with the options of `solve` that they share.

    Parameters
    ----------
    questions : tuple of str or callable
        Names of `NAMED`, or functions from a negotiation to a mapping of answers.
    solution : str
    disagreement : str, tuple of float, or None
        None: the scenario's own; of other negotiations "noncooperative".
    lotteries : bool
    """

    questions: tuple[str | Question, ...]
    solution: str = "nash"
    disagreement: Any = None
    lotteries: bool = False

    def __post_init__(self) -> None:
        """Refuse questions that are not known, and options that mean nothing."""
        if not self.questions:
            raise InputError("sweep, question: expected at least one, got none")
        for question in self.questions:
            if isinstance(question, str) and question not in NAMED:
                raise unknown_name("question", question, list(NAMED))
            if not isinstance(question, str) and not callable(question):
                raise InputError(
                    f"sweep, question: expected one of {list(NAMED)} or a function of the "
                    f"negotiation, got {question!r}"
                )
        as_solution(self.solution)
        if self.disagreement is not None:
            as_disagreement(self.disagreement)

    def names(self) -> list[str]:
        """Return the questions by name, functions by where they are found."""
        return [
            q if isinstance(q, str) else f"{getattr(q, '__module__', '')}.{_called(q)}"
            for q in self.questions
        ]

    def breakdown(self, negotiation: Negotiation) -> Any:
        """Return what happens without agreement."""
        if self.disagreement is not None:
            return self.disagreement
        return getattr(negotiation, "disagreement", "noncooperative")

    def answer(self, negotiation: Negotiation) -> Answer:
        """Answer all questions about one negotiation."""
        answers: Answer = {}
        for question in self.questions:
            if isinstance(question, str):
                answers |= NAMED[question](self, negotiation)
            else:
                answers |= _checked(question(negotiation), _called(question))
        return answers


def _called(question: Any) -> str:
    return str(getattr(question, "__qualname__", type(question).__qualname__))


def _checked(answer: Any, name: str) -> Answer:
    if not isinstance(answer, Mapping):
        raise InputError(f"sweep, question {name!r}: expected a mapping of answers, got {answer!r}")
    cells = {str(key): plain(value) for key, value in answer.items()}
    for key, value in cells.items():
        known = value is None or isinstance(value, bool | int | float | str)
        if not known or (isinstance(value, float) and not np.isfinite(value)):
            raise InputError(
                f"sweep, question {name!r}, {key!r}: expected a finite number, a truth, words or "
                f"None, got {value!r}"
            )
    return cells


def _require(question: str, *certificates: Certificate) -> None:
    """Refuse an answer that is not proved, so that its draw counts as one without."""
    for certificate in certificates:
        if not certificate:
            raise ConvergenceError(
                f"{question}: not proved, {certificate}", certificate=certificate
            )


def observed_package(negotiation: Negotiation) -> Package | None:
    """Return what a scenario says was agreed, the first of its observations."""
    if not isinstance(negotiation, Scenario):
        return None
    return next(iter(negotiation.observed.values()), None)


def agreement_answer(
    negotiation: Negotiation,
    agreed: bool,
    payoffs: Sequence[float],
    breakdown: Sequence[float],
    package: Mapping[str, float] | None,
) -> Answer:
    """Lay out an agreement: whether there is a deal, payoffs, gains, levels, and what was seen."""
    answer: Answer = {"deal": agreed}
    for i, player in enumerate(negotiation.player_names):
        answer[f"breakdown of {player}"] = float(breakdown[i])
        answer[f"gain of {player}"] = float(payoffs[i] - breakdown[i])
    seen = observed_package(negotiation)
    if seen is not None:
        worth = negotiation.payoffs(seen)
        for i, player in enumerate(negotiation.player_names):
            answer[f"observed gain of {player}"] = float(worth[i] - breakdown[i])
    hits = 0
    for lever in negotiation.free_levers:
        level = None if package is None else package[lever.name]
        words = None if level is None else lever.label(level)
        answer[f"deal: {lever.name}"] = words
        hits += seen is not None and words == lever.label(seen[lever.name])
    if seen is not None:
        answer["levels as observed"] = hits if agreed else None
    return answer


def _agreement(asked: Asked, negotiation: Negotiation) -> Answer:
    found = solve(
        negotiation,
        asked.solution,
        disagreement=asked.breakdown(negotiation),
        lotteries=asked.lotteries,
    )
    _require("agreement", found.certificate)
    payoffs, breakdown = found.payoffs.tolist(), found.disagreement.tolist()
    return agreement_answer(negotiation, found.agreed, payoffs, breakdown, found.package)


def named_regimes(negotiation: Negotiation) -> tuple[Regime, ...] | None:
    """Return the regimes that the scenario names, or None for the default ones."""
    return tuple(getattr(negotiation, "regimes", {}).values()) or None


def regimes_answer(name: str, agreed: bool, gains: Mapping[str, float]) -> Answer:
    """Lay out one regime."""
    found: Answer = {f"{name}: deal": agreed}
    return found | {f"{name}: gain of {player}": float(gain) for player, gain in gains.items()}


def _regimes(asked: Asked, negotiation: Negotiation) -> Answer:
    comparison = compare_regimes(
        negotiation,
        asked.solution,
        disagreement=asked.breakdown(negotiation),
        regimes=named_regimes(negotiation),
        lotteries=asked.lotteries,
        beside=False,
    )
    _require("regimes", *(outcome.certificate for outcome in comparison.outcomes))
    answer: Answer = {}
    for outcome in comparison.outcomes:
        gains = dict(zip(negotiation.player_names, outcome.gains.tolist(), strict=True))
        answer |= regimes_answer(outcome.regime.name, outcome.agreed, gains)
    for without in comparison.unsettled:
        name = without.regime.name
        answer |= {f"{name}: deal": None}
        answer |= {f"{name}: gain of {player}": None for player in negotiation.player_names}
    return answer


def _tabling(asked: Asked, negotiation: Negotiation) -> Answer:
    game = tabling_game(
        negotiation,
        solution=asked.solution,
        disagreement=asked.breakdown(negotiation),
        precedent_cost=0.0,
    )
    _require("tabling", game.certificate)
    answer: Answer = {"tabling": game.kind}
    for player in game.players:
        cost = game.critical_cost(player)
        answer[f"{player} tables unasked up to"] = cost.voluntary
        answer[f"{player} tables if insisted upon up to"] = cost.value
    return answer


def _truce(asked: Asked, negotiation: Negotiation) -> Answer:
    seen = observed_package(negotiation)
    if seen is None:
        raise InputError("sweep, question 'truce': it takes a scenario that says what was observed")
    factors = critical_discount_factors(negotiation, seen)
    truce = Truce(seen, negotiation=negotiation, months=YEAR, renewal=1.0)
    renewal = truce.critical_renewal(PATIENCE ** (1 / YEAR))
    _require("truce", factors.certificate, renewal.certificate)
    answer: Answer = {
        f"patience needed of {player}": float(factor)
        for player, factor in zip(factors.players, factors.factors, strict=True)
    }
    return answer | {
        "truce can hold": renewal.least is not None,
        "chance of renewal needed": plain(renewal.least),
    }


NAMED: dict[str, Callable[[Asked, Negotiation], Answer]] = {
    "agreement": _agreement,
    "regimes": _regimes,
    "tabling": _tabling,
    "truce": _truce,
}
"""The questions that a sweep knows by name."""
