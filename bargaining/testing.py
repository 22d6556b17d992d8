"""Hypothesis strategies for the objects of this library, to test models and solvers with.

They stand outside the house: nothing in the library imports them. They need Hypothesis, which comes
with the extra `test`. Every strategy shrinks towards few players, few levers and payoffs of zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bargaining.model.levers import (
    EnforcementPledge,
    ExportControl,
    Interval,
    Lever,
    PortFee,
    PurchaseCommitment,
    RareEarthControl,
    SoybeanPurchase,
    Tariff,
    TechnologySale,
)
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.model.payoffs import (
    FunctionPayoff,
    InteractionPayoff,
    LinearPayoff,
    Payoff,
    QuadraticPayoff,
    TablePayoff,
)
from bargaining.model.players import Player

try:
    from hypothesis import strategies as st
except ImportError:
    raise ImportError(
        "bargaining.testing needs Hypothesis: pip install 'bargaining[test]'"
    ) from None

if TYPE_CHECKING:
    from bargaining.cooperative.feasible import PointSet
    from bargaining.noncooperative.games.normal_form import NormalFormGame
    from bargaining.types import FloatArray

__all__ = [
    "bimatrix_games",
    "levers",
    "negotiations",
    "packages",
    "payoffs",
    "players",
    "point_sets",
]

KINDS: tuple[type[Lever], ...] = (
    Lever, Tariff, PortFee, ExportControl, RareEarthControl, PurchaseCommitment, SoybeanPurchase,
    EnforcementPledge, TechnologySale,
)  # fmt: skip

WHOLE = st.integers(-10, 10).map(float)
"""Small whole numbers: they make ties and degenerate sets, where solvers go wrong."""


@st.composite
def players(draw: st.DrawFn, *, min_players: int = 1, max_players: int = 3) -> tuple[Player, ...]:
    """Players with unique names, with and without a discount factor.

    Parameters
    ----------
    min_players, max_players : int

    Examples
    --------
    >>> from hypothesis import find
    >>> [player.name for player in find(players(), lambda group: len(group) == 2)]
    ['player 1', 'player 2']
    """
    count = draw(st.integers(min_players, max_players))
    factors = st.none() | st.floats(0, 0.99)
    return tuple(Player(f"player {i + 1}", discount_factor=draw(factors)) for i in range(count))


@st.composite
def levers(
    draw: st.DrawFn,
    owners: Sequence[Player],
    *,
    min_levers: int = 1,
    max_levers: int = 4,
    max_levels: int = 4,
    intervals: bool = False,
) -> tuple[Lever, ...]:
    """Levers of all kinds with unique names, each owned by one of the owners.

    Parameters
    ----------
    owners : sequence of Player
    min_levers, max_levers, max_levels : int
    intervals : bool
        Whether a lever may have an interval of levels.

    Examples
    --------
    >>> from hypothesis import find
    >>> us = Player("United States")
    >>> lever, = find(levers([us], max_levers=1), lambda _: True)
    >>> lever.owner, lever.levels
    ('United States', (0.0,))
    """
    count = draw(st.integers(min_levers, max_levers))
    quarters = st.integers(0, 36).map(lambda quarter: quarter / 4)
    made = []
    for j in range(count):
        kind = draw(st.sampled_from(KINDS))
        owner = draw(st.sampled_from(list(owners)))
        finite = sorted(draw(st.lists(quarters, min_size=1, max_size=max_levels, unique=True)))
        status_quo = draw(st.sampled_from(finite))
        given: Sequence[float] | Interval = finite
        if intervals and draw(st.booleans()):
            given = Interval(status_quo, status_quo + draw(st.sampled_from([0.25, 0.5])))
        made.append(kind(f"lever {j + 1}", owner, given, status_quo))
    return tuple(made)


@st.composite
def payoffs(
    draw: st.DrawFn,
    levers: Sequence[Lever],
    players: Sequence[Player],
    *,
    max_terms: int = 6,
    max_scope: int = 2,
    numbers: st.SearchStrategy[float] = WHOLE,
) -> tuple[Payoff, ...]:
    """Payoff terms over some of the levers, for some of the players.

    Parameters
    ----------
    levers : sequence of Lever
    players : sequence of Player
    max_terms : int
    max_scope : int
        How many levers a term may touch; 1 gives additive payoffs.
    numbers : strategy of float
        For slopes, coefficients and table entries; small whole numbers unless said.

    Examples
    --------
    >>> from hypothesis import find
    >>> us = Player("United States")
    >>> tariff = Tariff("tariff", us, [0.1, 0.2], 0.1)
    >>> term, = find(payoffs([tariff], [us]), lambda terms: len(terms) == 1)
    >>> term.levers
    ('tariff',)
    """
    count = draw(st.integers(0, max_terms)) if levers else 0
    return tuple(_term(draw, levers, players, max_scope, numbers) for _ in range(count))


def _term(
    draw: st.DrawFn,
    levers: Sequence[Lever],
    players: Sequence[Player],
    max_scope: int,
    numbers: st.SearchStrategy[float],
) -> Payoff:
    scope = draw(
        st.lists(
            st.sampled_from(list(levers)),
            min_size=1,
            max_size=min(max_scope, len(levers)),
            unique_by=lambda lever: lever.name,
        )
    )
    group = draw(st.lists(st.sampled_from(list(players)), min_size=1, unique=True))
    return draw(st.sampled_from(_makers(draw, scope, group, numbers)))()


def _makers(
    draw: st.DrawFn,
    scope: Sequence[Lever],
    group: Sequence[Player],
    numbers: st.SearchStrategy[float],
) -> list[Callable[[], Payoff]]:
    """Return the ways to make a term over these levers, the simplest first."""

    def linear() -> Payoff:
        return LinearPayoff(scope[0], {player: draw(numbers) for player in group}, draw(numbers))

    def interaction() -> Payoff:
        coefficients = {player: draw(numbers) for player in group}
        return InteractionPayoff(scope, coefficients, (draw(numbers), draw(numbers)))

    def quadratic() -> Payoff:
        shape = (len(scope), len(scope))
        return QuadraticPayoff(scope, {player: _array(draw, shape, numbers) for player in group})

    def table() -> Payoff:
        shape = tuple(len(lever.array()) for lever in scope)
        return TablePayoff(scope, {player: _array(draw, shape, numbers) for player in group})

    def function() -> Payoff:
        return FunctionPayoff(scope, {player: _quadratic(draw(numbers)) for player in group})

    makers = [linear] if len(scope) == 1 else [interaction] if len(scope) == 2 else []
    if not any(lever.is_interval for lever in scope):
        makers.append(table)
    return [*makers, quadratic, function]


def _array(
    draw: st.DrawFn, shape: tuple[int, ...], numbers: st.SearchStrategy[float]
) -> FloatArray:
    size = int(np.prod(shape))
    entries = draw(st.lists(numbers, min_size=size, max_size=size))
    return np.array(entries).reshape(shape)


def _quadratic(coefficient: float) -> Callable[..., FloatArray]:
    def function(*levels: FloatArray) -> FloatArray:
        return np.asarray(coefficient * sum(levels) ** 2)

    return function


@st.composite
def negotiations(
    draw: st.DrawFn,
    *,
    min_players: int = 1,
    max_players: int = 3,
    min_levers: int = 1,
    max_levers: int = 4,
    max_levels: int = 4,
    max_terms: int = 6,
    max_scope: int = 2,
    intervals: bool = False,
    numbers: st.SearchStrategy[float] = WHOLE,
) -> Negotiation:
    """Whole negotiations, small enough to list their packages.

    Parameters
    ----------
    min_players, max_players, min_levers, max_levers, max_levels : int
    max_terms, max_scope, numbers
        As in `payoffs`.
    intervals : bool
        Whether a lever may have an interval of levels.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(negotiations(), lambda game: game.number_of_packages >= 2)
    <Negotiation: 1 players, 1 levers, 0 payoff terms>
    """
    who = draw(players(min_players=min_players, max_players=max_players))
    what = draw(
        levers(
            who,
            min_levers=min_levers,
            max_levers=max_levers,
            max_levels=max_levels,
            intervals=intervals,
        )
    )
    terms = draw(payoffs(what, who, max_terms=max_terms, max_scope=max_scope, numbers=numbers))
    return Negotiation(who, what, terms)


@st.composite
def packages(draw: st.DrawFn, negotiation: Negotiation) -> Package:
    """Complete packages of a negotiation.

    Parameters
    ----------
    negotiation : Negotiation

    Examples
    --------
    >>> from hypothesis import find
    >>> us = Player("United States")
    >>> game = Negotiation([us], [Tariff("tariff", us, [0.1, 0.2], 0.1)], [])
    >>> find(packages(game), lambda package: package != game.status_quo)
    Package({'tariff': 0.2})
    """
    return negotiation.package(
        {lever.name: draw(_level(lever)) for lever in negotiation.free_levers}
    )


def _level(lever: Lever) -> st.SearchStrategy[float]:
    if isinstance(lever.levels, Interval):
        return st.floats(lever.levels.low, lever.levels.high)
    return st.sampled_from(lever.levels)


@st.composite
def bimatrix_games(
    draw: st.DrawFn,
    *,
    min_strategies: int = 1,
    max_strategies: int = 4,
    numbers: st.SearchStrategy[float] = WHOLE,
) -> NormalFormGame:
    """Games of two players, degenerate ones included.

    Parameters
    ----------
    min_strategies, max_strategies : int
        Bounds on the strategies of each player.
    numbers : strategy of float
        For the payoffs; small whole numbers unless said.

    Examples
    --------
    >>> from hypothesis import find
    >>> type(find(bimatrix_games(), lambda game: True)).__name__
    'NormalFormGame'
    """
    from bargaining.noncooperative.games.normal_form import NormalFormGame

    count = st.integers(min_strategies, max_strategies)
    shape = (draw(count), draw(count))
    return NormalFormGame.from_arrays(_array(draw, shape, numbers), _array(draw, shape, numbers))


@st.composite
def point_sets(
    draw: st.DrawFn,
    *,
    min_players: int = 1,
    max_players: int = 3,
    max_points: int = 6,
    numbers: st.SearchStrategy[float] = WHOLE,
) -> PointSet:
    """Feasible sets given by finitely many points; a point and a segment are among them.

    Parameters
    ----------
    min_players, max_players, max_points : int
    numbers : strategy of float
        For the payoffs; small whole numbers unless said.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(point_sets(min_players=2), lambda points: True).points.tolist()
    [[0.0, 0.0]]
    """
    from bargaining.cooperative.feasible import PointSet

    shape = (draw(st.integers(1, max_points)), draw(st.integers(min_players, max_players)))
    return PointSet(_array(draw, shape, numbers))
