"""From what a file holds to results: the question is built anew, the answer is as claimed.

Names are looked up, numbers are checked for number and place; whether the answer is right is for
`verify` to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.feasible import PackageSet, PointSet, Polytope
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.errors import InputError
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.results.certificate import Certificate
from bargaining.saved.negotiations import Opened
from bargaining.saved.schema import (
    AgreementContent,
    AgreementModel,
    CertificateModel,
    EquilibriumContent,
    EquilibriumModel,
    MatrixGame,
    ProblemModel,
    SolutionModel,
    ThreatsModel,
)
from bargaining.strategic.threat_search import threat_game
from bargaining.strategic.threats import Bargained, Threats
from bargaining.types import FloatArray

__all__ = [
    "agreement_from", "agreement_of", "behind_of", "certificate_of", "equilibrium_from",
    "lottery_of", "solution_of", "vector",
]  # fmt: skip

Shares = Sequence[tuple[float, Any]]


def vector(values: Sequence[float], size: int, where: str) -> FloatArray:
    """Return numbers as an array, if there are as many as expected."""
    if len(values) != size:
        raise InputError(f"{where}: expected {size} numbers, got {len(values)}")
    return np.array(values, dtype=float)


def lottery_of(shares: Shares, negotiation: Negotiation) -> Lottery:
    """Return a lottery over complete packages of a negotiation."""
    return tuple((share, negotiation.package(levels)) for share, levels in shares)


def certificate_of(model: CertificateModel, size: int) -> Certificate:
    """Return a certificate as it was stated; weights have a column for each of `size` players."""
    weights = None
    if model.weights is not None:
        rows = [vector(row, size, "certificate, weights") for row in model.weights]
        if not rows:
            raise InputError("certificate, weights: expected at least one row, got none")
        weights = np.array(rows)
    details = {
        name: np.array(value) if isinstance(value, tuple) and _numbers(value) else value
        for name, value in model.details.items()
    }
    return Certificate(model.kind, model.value, model.tolerance, weights, details)


def _numbers(value: tuple[Any, ...]) -> bool:
    return bool(value) and all(isinstance(x, float) for x in value)


def solution_of(model: SolutionModel) -> Solution:
    """Return a rule of the library by its name, with parameters."""
    standard = as_solution(model.name)
    known = set(standard.parameters)
    if set(model.parameters) != known:
        raise InputError(
            f"solution {model.name!r}: expected the parameters {sorted(known)}, "
            f"got {sorted(model.parameters)}"
        )
    for name, value in model.parameters.items():
        if isinstance(value, bool) == (name == "weights"):
            raise InputError(f"solution {model.name!r}, {name}: got {value!r}")
    return type(standard)(**model.parameters)


def agreement_from(content: AgreementContent) -> Agreement:
    """Return the agreement of a file."""
    opened = Opened(content.negotiations)
    model = content.agreement
    feasible = _feasible(content.problem, opened)
    names = None if isinstance(feasible, PackageSet) else model.players
    problem = BargainingProblem(feasible, model.disagreement, players=names)
    behind = behind_of(model.equilibrium, opened, None)
    return agreement_of(model, problem, behind=behind)


def _feasible(model: ProblemModel, opened: Opened) -> PackageSet | PointSet | Polytope:
    given = {name for name in ("packages", "points", "vertices", "A") if getattr(model, name)}
    if len(given) != 1 or (model.A is None) != (model.b is None):
        raise InputError("problem: expected packages, points, vertices, or A and b")
    if model.packages is not None:
        return PackageSet(opened.at(model.packages))
    if model.points is not None:
        return PointSet(model.points)
    return Polytope(model.vertices, A=model.A, b=model.b)


def agreement_of(
    model: AgreementModel,
    problem: BargainingProblem,
    *,
    negotiation: Negotiation | None = None,
    behind: Equilibrium | Threats | None,
) -> Agreement:
    """Return an agreement over a problem that is known.

    Parameters
    ----------
    model : AgreementModel
    problem : BargainingProblem
    negotiation : Negotiation, optional
        Whose packages the lottery is over: that of the problem unless said.
    behind : Equilibrium, Threats or None
    """
    if negotiation is None and isinstance(problem.feasible, PackageSet):
        negotiation = problem.feasible.negotiation
    size = problem.number_of_players
    if model.players != problem.players:
        raise InputError(f"agreement, players: expected {problem.players}, got {model.players}")
    if model.agreed != bool(model.lottery):
        raise InputError("agreement, lottery: expected one where there is an agreement, else none")

    def payoffs(name: str) -> FloatArray:
        return vector(getattr(model, name), size, f"agreement, {name}")

    return Agreement(
        agreed=model.agreed,
        payoffs=payoffs("payoffs"),
        disagreement=payoffs("disagreement"),
        ideal=payoffs("ideal"),
        lottery=_lottery(model.lottery, negotiation, size),
        solution=solution_of(model.solution),
        certificate=certificate_of(model.certificate, size),
        players=model.players,
        lotteries=model.lotteries,
        problem=problem,
        negotiation=negotiation,
        transfers=None if model.transfers is None else payoffs("transfers"),
        reference=_reference(model, negotiation),
        disagreement_from=model.disagreement_from,
        equilibrium=behind,
    )


def _lottery(
    shares: Shares, negotiation: Negotiation | None, size: int
) -> tuple[tuple[float, Any], ...]:
    if any(isinstance(what, dict) != (negotiation is not None) for _, what in shares):
        kind = "points" if negotiation is None else "packages"
        raise InputError(f"agreement, lottery: expected {kind}")
    if negotiation is not None:
        return lottery_of(shares, negotiation)
    points = ((share, vector(what, size, "agreement, lottery")) for share, what in shares)
    return tuple((share, tuple(point.tolist())) for share, point in points)


def _reference(model: AgreementModel, negotiation: Negotiation | None) -> Lottery | None:
    """Return the packages played without agreement, which may move levers that are fixed here."""
    if model.reference is None:
        return None
    if negotiation is None:
        raise InputError("agreement, reference: expected none without packages")
    for _, levels in model.reference:
        if set(levels) != {lever.name for lever in negotiation.levers}:
            raise InputError("agreement, reference: expected a level for every lever")
    return tuple(
        (share, Package({name: negotiation.lever(name).level(x) for name, x in levels.items()}))
        for share, levels in model.reference
    )


def behind_of(
    model: EquilibriumModel | ThreatsModel | None, opened: Opened, table: Negotiation | None
) -> Equilibrium | Threats | None:
    """Return what a disagreement point rests on; `table` is the game where none is named."""
    if model is None:
        return None
    if isinstance(model, ThreatsModel):
        return _threats(model, opened)
    return _equilibrium(model, opened, table)


def equilibrium_from(content: EquilibriumContent) -> Equilibrium:
    """Return the equilibrium of a file."""
    return _equilibrium(content.equilibrium, Opened(content.negotiations), None)


def _equilibrium(
    model: EquilibriumModel, opened: Opened, table: Negotiation | None
) -> Equilibrium:  # fmt: skip
    if model.game is None and table is None:
        raise InputError("equilibrium, game: is missing")
    game: Any = table
    if isinstance(model.game, MatrixGame):
        game = _matrix_game(model.game)
    elif model.game is not None:
        game = opened.at(model.game)
    players = game.players if isinstance(game, NormalFormGame) else game.player_names
    size = len(players)
    if len(model.strategies) != size:
        raise InputError(
            f"equilibrium, strategies: expected {size}, got {len(model.strategies)}"
        )  # fmt: skip
    exact = None
    if model.exact is not None:
        exact = tuple(tuple(map(_fraction, strategy)) for strategy in model.exact)
        if not isinstance(game, NormalFormGame) or tuple(map(len, exact)) != game.shape:
            raise InputError("equilibrium, exact: expected a probability for each strategy")
    return Equilibrium(
        players=players,
        strategies=tuple(_strategy(own, game, i) for i, own in enumerate(model.strategies)),
        payoffs=vector(model.payoffs, size, "equilibrium, payoffs"),
        regret=model.regret,
        certificate=certificate_of(model.certificate, size),
        method=model.method,
        selection=model.selection,
        number_found=model.number_found,
        completeness=model.completeness,
        game=game,
        labels=game.labels if isinstance(game, NormalFormGame) else None,
        exact=exact,
    )


def _strategy(own: Sequence[Any], game: NormalFormGame | Negotiation, player: int) -> Any:
    where = f"equilibrium, strategy {player + 1}"
    if isinstance(game, NormalFormGame):
        if not all(isinstance(share, float) for share in own):
            raise InputError(f"{where}: expected probabilities")
        return vector(own, game.shape[player], where)
    if not own or not all(isinstance(part, tuple) for part in own):
        raise InputError(f"{where}: expected packages with probabilities")
    return tuple(
        (share, Package({game.lever(name).name: x for name, x in levels.items()}))
        for share, levels in own
    )


def _matrix_game(model: MatrixGame) -> NormalFormGame:
    shape = tuple(map(len, model.labels))
    if len(shape) != len(model.players) or {prod(shape)} != set(map(len, model.payoffs)):
        raise InputError("game, payoffs: expected one for each player and profile of strategies")
    tables = [np.array([_fraction(x) for x in row]).reshape(shape) for row in model.payoffs]
    return NormalFormGame.from_arrays(*tables, players=model.players, labels=model.labels)


def _fraction(text: str) -> Fraction:
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise InputError(f"game: expected a fraction, got {text!r}") from None


def _threats(model: ThreatsModel, opened: Opened) -> Threats:
    negotiation = opened.at(model.negotiation)
    names = negotiation.player_names
    if len(names) != 2 or len(model.strategies) != 2:
        raise InputError(f"threats: expected two players and strategies, got {names}")

    def pair(name: str) -> FloatArray:
        return vector(getattr(model, name), 2, f"threats, {name}")

    normal, weights = pair("normal"), pair("weights")
    if min(*normal, *weights) < 0 or not normal.any() or not weights.any():
        raise InputError("threats: expected a normal and weights of numbers >= 0, not all 0")
    game = threat_game(negotiation, normal, weights).game
    solution = solution_of(model.solution)
    threats = _equilibrium(model.threats, opened, game)
    strategies = tuple(_strategy(own, game, i) for i, own in enumerate(model.strategies))
    return Threats(
        names, strategies, pair("payoffs"), pair("settlement"), normal, weights,
        certificate_of(model.certificate, 2), replace(threats, game=game), negotiation,
        Bargained(opened.at(model.over), solution, model.transferable),
    )  # fmt: skip
