"""`solve`: from a problem, a negotiation or a game to an agreement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.errors import InputError
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.payoffs import TablePayoff
from bargaining.model.players import Player
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.strategic.disagreement import Disagreement, as_disagreement
from bargaining.strategic.threats import Bargained
from bargaining.types import FloatArray

__all__ = ["solve"]


def solve(
    problem: BargainingProblem | Negotiation | NormalFormGame,
    solution: Solution | str = "nash",
    *,
    disagreement: Disagreement | str | Sequence[float] | FloatArray | None = None,
    tradable: Iterable[Lever | str] | None = None,
    lotteries: bool = True,
    transferable: bool = False,
) -> Agreement:
    """Return what is agreed, with its certificate, or the proof that nothing is.

    Parameters
    ----------
    problem : BargainingProblem, Negotiation or NormalFormGame
        Of a game, the outcomes are the feasible points.
    solution : str or solution object
        "nash", "kalai-smorodinsky", "egalitarian", "utilitarian", "raiffa", "perles-maschler" or
        "equal-area".
    disagreement : optional
        "noncooperative" (the default of negotiations and games), "status-quo", "optimal-threats",
        "max-min", an object of `bargaining.strategic.disagreement`, or N numbers. A bargaining
        problem has its own.
    tradable : iterable of Lever or str, optional
        Levers that may be part of a package; the others stand still at the status quo. The
        disagreement point stays that of the full lever game.
    lotteries : bool
        False keeps single packages only.
    transferable : bool
        True allows side payments in the unit of the payoffs.

    Raises
    ------
    InputError
        For names or numbers that do not fit, or a disagreement point given twice.
    IntractableError
        When the exact methods would need too much.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("nash-barter-1950")
    >>> agreement = bg.solve(game, disagreement="status-quo")
    >>> agreement.gains.round(9).tolist()
    [12.0, 5.0]
    """
    if isinstance(problem, BargainingProblem):
        if disagreement is not None:
            raise InputError("solve, disagreement: the bargaining problem has one already")
        if tradable is not None:
            raise InputError("solve, tradable: it goes with a negotiation only")
        return bargain(problem, solution, lotteries=lotteries, transferable=transferable)
    if isinstance(problem, NormalFormGame):
        if tradable is not None:
            raise InputError("solve, tradable: it goes with a negotiation only")
        problem = _as_negotiation(problem)
    if not isinstance(problem, Negotiation):
        raise InputError(
            "solve, problem: expected a BargainingProblem, Negotiation or NormalFormGame, "
            f"got {problem!r}"
        )
    model = as_disagreement("noncooperative" if disagreement is None else disagreement)
    rule = as_solution(solution)
    bargained = problem if tradable is None else problem.restrict(tradable=tradable)
    point = model.point(problem, Bargained(bargained, rule, transferable))
    agreement = bargain(
        BargainingProblem(PackageSet(bargained), point.payoffs),
        rule,
        lotteries=lotteries,
        transferable=transferable,
    )
    return replace(
        agreement,
        reference=point.reference,
        disagreement_from=point.says,
        equilibrium=point.equilibrium,
    )


def _as_negotiation(game: NormalFormGame) -> Negotiation:
    """Return the lever game in which each player's strategies are the levels of one lever."""
    players = [Player(name) for name in game.players]
    levers = [
        Lever(f"strategy of {player}", player, range(size), 0, labels=labels)
        for player, size, labels in zip(players, game.shape, game.labels, strict=True)
    ]
    tables = dict(zip(players, game.payoff_arrays, strict=True))
    return Negotiation(players, levers, [TablePayoff(levers, tables)])
