"""From results to what a file holds: each part is written out, nothing is summed up or rounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.feasible import PackageSet, PointSet, Polytope
from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.errors import InputError
from bargaining.linkage.regimes.comparison import RegimeComparison
from bargaining.linkage.regimes.outcome import RegimeOutcome
from bargaining.linkage.regimes.subsets import SubsetOutcome
from bargaining.linkage.regimes.unsettled import Unsettled
from bargaining.linkage.tabling.mixed import MixedTabling
from bargaining.linkage.tabling.pure import PureEquilibria
from bargaining.linkage.tabling.result import TablingGame
from bargaining.model.packages import Package
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.results.certificate import Certificate, plain
from bargaining.saved.negotiations import Shelf
from bargaining.saved.tables import game_of_table, other_tables, worth_of_others
from bargaining.strategic.threats import Threats

__all__ = ["content_of"]

Data = dict[str, Any]


def content_of(result: object) -> Data:
    """Return what a file says of a result, as plain values that the schema checks.

    Raises
    ------
    InputError
        For other results than those, and for parts that are not numbers and names.
    """
    for kind, write in WRITERS.items():
        if isinstance(result, kind):
            written: Data = write(result)
            return written
    names = ", ".join(kind.__name__ for kind in WRITERS)
    raise InputError(f"save_result: expected one of {names}, got {type(result).__name__}")


def _agreement_content(result: Agreement) -> Data:
    shelf = Shelf()
    behind = _behind(result.equilibrium, shelf)
    feasible = result.problem.feasible
    problem: Data
    if isinstance(feasible, PackageSet):
        if result.negotiation is not feasible.negotiation:
            raise InputError(
                "save_result: this agreement is over what a regime induces; save the comparison "
                "of regimes that it comes from"
            )
        problem = {"packages": shelf.ref(feasible.negotiation)}
    elif isinstance(feasible, PointSet):
        problem = {"points": plain(feasible.points)}
    elif isinstance(feasible, Polytope) and feasible.vertices is not None:
        problem = {"vertices": plain(feasible.vertices)}
    elif isinstance(feasible, Polytope):
        problem = {"A": plain(feasible.A), "b": plain(feasible.b)}
    else:
        raise InputError(
            f"save_result: a {type(feasible).__name__} is given by a function, which cannot be "
            "written as numbers; packages, points and polytopes can"
        )
    agreement = {**_agreement(result), "equilibrium": behind}
    return {
        "kind": "agreement",
        "problem": problem,
        "agreement": agreement,
        "negotiations": shelf.models(),
    }


def _agreement(result: Agreement) -> Data:
    """Write an agreement; what is behind its disagreement point is left to the caller."""
    return {
        "agreed": result.agreed,
        "payoffs": plain(result.payoffs),
        "disagreement": plain(result.disagreement),
        "ideal": plain(result.ideal),
        "lottery": [
            [float(share), dict(what) if isinstance(what, Package) else plain(np.asarray(what))]
            for share, what in result.lottery
        ],
        "solution": _solution(result.solution),
        "certificate": _certificate(result.certificate),
        "players": list(result.players),
        "lotteries": result.lotteries,
        "transfers": None if result.transfers is None else plain(result.transfers),
        "reference": None if result.reference is None else _shares(result.reference),
        "disagreement_from": result.disagreement_from,
    }


def _shares(lottery: Sequence[tuple[float, Package]]) -> list[Any]:
    return [[float(share), dict(package)] for share, package in lottery]


def _certificate(certificate: Certificate) -> Data:
    return {
        "kind": certificate.kind,
        "value": float(certificate.value),
        "tolerance": float(certificate.tolerance),
        "weights": None if certificate.weights is None else plain(np.asarray(certificate.weights)),
        "details": plain(certificate.details),
    }


def _solution(rule: Solution) -> Data:
    if type(as_solution(rule.name)) is not type(rule):
        raise InputError(f"save_result: the rule {type(rule).__name__} is not of this library")
    return {"name": rule.name, "parameters": plain(rule.parameters)}


def _behind(found: Any, shelf: Shelf) -> Data | None:
    """Write what a disagreement point rests on."""
    if found is None:
        return None
    if isinstance(found, Threats):
        return _threats(found, shelf)
    return _equilibrium(found, shelf)


def _equilibrium(found: Equilibrium, shelf: Shelf | None) -> Data:
    """Write an equilibrium; without a shelf its game is that of what it belongs to."""
    game: Any = None
    if isinstance(found.game, NormalFormGame):
        game = _matrix_game(found.game)
    elif shelf is not None:
        game = shelf.ref(found.game)
    exact = found.exact and [[str(p) for p in strategy] for strategy in found.exact]
    return {
        "kind": "equilibrium",
        "game": game,
        "strategies": [
            plain(own) if isinstance(own, np.ndarray) else _shares(own) for own in found.strategies
        ],
        "payoffs": plain(found.payoffs),
        "regret": float(found.regret),
        "certificate": _certificate(found.certificate),
        "method": found.method,
        "selection": found.selection,
        "number_found": found.number_found,
        "completeness": found.completeness,
        "exact": exact,
    }


def _matrix_game(game: NormalFormGame) -> Data:
    rows = [[str(payoff) for payoff in table.ravel()] for table in game.rational]
    return {"players": list(game.players), "labels": plain(game.labels), "payoffs": rows}


def _threats(found: Threats, shelf: Shelf) -> Data:
    return {
        "kind": "threats",
        "negotiation": shelf.ref(found.negotiation),
        "over": shelf.ref(found.bargained.negotiation),
        "solution": _solution(found.bargained.solution),
        "transferable": found.bargained.transferable,
        "strategies": [_shares(own) for own in found.strategies],
        "payoffs": plain(found.payoffs),
        "settlement": plain(found.settlement),
        "normal": plain(found.normal),
        "weights": plain(found.weights),
        "certificate": _certificate(found.certificate),
        "threats": _equilibrium(found.threats, None),
    }


def _equilibrium_content(result: Equilibrium) -> Data:
    shelf = Shelf()
    found = _equilibrium(result, shelf)
    return {"kind": "equilibrium", "equilibrium": found, "negotiations": shelf.models()}


def _regimes_content(result: RegimeComparison) -> Data:
    shelf = Shelf()
    place = {id(outcome): k for k, outcome in enumerate(result.outcomes)}
    everything = shelf.ref(result.negotiation)
    return {
        "kind": "regimes",
        "negotiation": everything,
        "solution": _solution(result.solution),
        "disagreement_from": result.disagreement_from,
        "outcomes": [_outcome(each, shelf) for each in result.outcomes],
        "beside": [_outcome(each, shelf) for each in result.beside],
        "elsewhere": [
            place[id(each)] if id(each) in place else _outcome(each, shelf)
            for each in result.at_other_disagreement
        ],
        "unsettled": [_unsettled(each, shelf) for each in result.unsettled],
        "negotiations": shelf.models(),
    }


def _regime(outcome: RegimeOutcome | Unsettled) -> Data:
    regime = outcome.regime
    return {
        "name": regime.name, "tradable": list(regime.tradable), "tables": plain(regime.tables)
    }  # fmt: skip


def _outcome(outcome: RegimeOutcome, shelf: Shelf) -> Data:
    return {
        "regime": _regime(outcome),
        "off_table": outcome.off_table,
        "lotteries": outcome.lotteries,
        "agreed": outcome.agreed,
        "payoffs": plain(outcome.payoffs),
        "disagreement": plain(outcome.disagreement),
        "lottery": _shares(outcome.lottery),
        "agreements": _tables(outcome, shelf),
        "fixed_points": outcome.fixed_points,
        "certificate": _certificate(outcome.certificate),
        "reference": None if outcome.reference is None else _shares(outcome.reference),
        "others": [_shares(lottery) for lottery in outcome.others],
        "completeness": outcome.completeness,
    }


def _tables(outcome: RegimeOutcome, shelf: Shelf) -> list[Data]:
    """Write the agreement of each table; a separate table's game follows from the others'."""
    tables = outcome.regime.tables
    if tables is None:
        (only,) = outcome.agreements
        behind = _behind(only.equilibrium, shelf)
        return [{"agreement": {**_agreement(only), "equilibrium": behind}}]
    written = []
    for k, agreement in enumerate(outcome.agreements):
        others = other_tables(outcome.agreements, tables, k)
        game = game_of_table(outcome.negotiation, outcome.regime, outcome.off_table, k, others)
        played = agreement.equilibrium
        written.append(
            {
                "agreement": {
                    **_agreement(agreement),
                    "equilibrium": None if played is None else _equilibrium(played, None),
                },
                "others": plain(worth_of_others(agreement, game)),
            }
        )
    return written


def _unsettled(found: Unsettled, shelf: Shelf) -> Data:
    asked = found.asked
    options = getattr(asked.model, "options", None)
    if options:
        raise InputError(
            "save_result: a regime without a fixed point, whose breakdown was found with options "
            f"of its own ({options}), cannot be written"
        )
    point = asked.point
    return {
        "regime": _regime(found),
        "off_table": found.off_table,
        "lotteries": found.lotteries,
        "completeness": found.completeness,
        "reason": found.reason,
        "certificate": _certificate(found.certificate),
        "model": asked.model.name,
        "point": {
            "payoffs": plain(point.payoffs),
            "says": point.says,
            "reference": None if point.reference is None else _shares(point.reference),
            "equilibrium": _behind(point.equilibrium, shelf),
        },
        "starts": [_shares(start) for start in asked.starts],
    }


def _tabling_content(result: TablingGame) -> Data:
    shelf = Shelf()
    question = result.regimes[0][0].question
    return {
        "kind": "tabling",
        "negotiation": shelf.ref(result.negotiation),
        "groups": [{name: list(own) for name, own in side.items()} for side in result.groups],
        "costs": [plain(cost) for cost in result.costs],
        "costs_without_talks": result.costs_without_talks,
        "solution": _solution(question.rule),
        "off_table": question.off_table,
        "lotteries": question.lotteries,
        "disagreement": plain(question.d),
        "disagreement_from": result.disagreement_from,
        "costs_from": result.costs_from,
        "regimes": [[_subset(outcome) for outcome in row] for row in result.regimes],
        "equilibria": [_pure(family) for family in result.equilibria],
        "mixed": _mixed(result.mixed),
        "certificate": _certificate(result.certificate),
        "negotiations": shelf.models(),
    }


def _subset(outcome: SubsetOutcome) -> Data:
    return {
        "agreed": outcome.agreed,
        "payoffs": plain(outcome.payoffs),
        "lottery": _shares(outcome.lottery),
        "proof": _certificate(outcome.proof),
        "regret": float(outcome.regret),
        "taken_from": None if outcome.taken_from is None else sorted(outcome.taken_from),
    }


def _pure(family: PureEquilibria) -> Data:
    return {
        "talks": bool(family.talks),
        "tabled": plain(family.tabled),
        "payoffs": plain(np.asarray(family.payoffs)),
        "number": int(family.number),
        "voluntary": bool(family.voluntary),
        "undominated": int(family.undominated),
        "regret": float(family.regret),
        "masks": [plain(own) for own in family.masks],
    }


def _mixed(mixed: MixedTabling) -> Data:
    return {
        "strategies": [
            [[float(share), list(s.tables), list(s.insists_on)] for share, s in own]
            for own in mixed.strategies
        ],
        "payoffs": plain(mixed.payoffs),
        "regret": float(mixed.regret),
        "talks": float(mixed.talks),
    }


WRITERS: dict[type, Any] = {
    Agreement: _agreement_content,
    Equilibrium: _equilibrium_content,
    RegimeComparison: _regimes_content,
    TablingGame: _tabling_content,
}
