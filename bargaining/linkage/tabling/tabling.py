"""`tabling_game`: who puts its security controls on the table, and who insists on the other's.

Before talks each side chooses what it tables and what it insists on (no linkage, no talks); the
regime that results is bargained over. The answer is every pure equilibrium, one in mixed
strategies, the versions with a leader, and a reading of what kind of stage it is (linkage: Maggi
2016; commitment before bargaining: Schelling 1960).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.errors import InputError, did_you_mean
from bargaining.linkage.regimes.outcome import OFF_TABLE
from bargaining.linkage.regimes.subsets import SubsetOutcome, solve_subsets
from bargaining.linkage.tabling.check import check_tabling, worst_regime
from bargaining.linkage.tabling.costs import priced, tabling_costs
from bargaining.linkage.tabling.dominance import dominance
from bargaining.linkage.tabling.groups import Given, Groups, groups_of
from bargaining.linkage.tabling.kind import kind_of
from bargaining.linkage.tabling.leader import TIES, leader_follower
from bargaining.linkage.tabling.mixed import mixed_equilibrium
from bargaining.linkage.tabling.pure import pure_equilibria
from bargaining.linkage.tabling.result import TablingGame, stage_of
from bargaining.linkage.tabling.stage import members
from bargaining.model.negotiation import Negotiation
from bargaining.results.certificate import Certificate
from bargaining.strategic.disagreement import Disagreement, as_disagreement
from bargaining.strategic.threats import Bargained
from bargaining.types import FloatArray

__all__ = ["TablingGame", "regimes_of", "tabling_game"]


def tabling_game(
    negotiation: Negotiation,
    *,
    solution: Solution | str = "nash",
    disagreement: Disagreement | str | Sequence[float] | FloatArray = "noncooperative",
    precedent_cost: Any = None,
    costs_without_talks: bool = False,
    groups: Given | None = None,
    off_table: str = "response",
    lotteries: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> TablingGame:
    """Solve the stage before the talks, in which controls are tabled and insisted upon.

    Each of two players i chooses T_i, the security levers of its own that it tables, and R_i, the
    other's that it insists on. Talks take place if R_1 is within T_2 and R_2 within T_1; then the
    economic levers and those of T_1 and T_2 are tradable. Otherwise both get the disagreement
    point. A player that tables something pays for it once talks take place, deal or no deal.

    Parameters
    ----------
    negotiation : Negotiation
        Of two players.
    solution : Solution or str
    disagreement : optional
        As in `solve`; the same in every regime.
    precedent_cost : optional
        What tabling costs, in units of payoff: a number for each player, or a mapping from players
        to numbers (of tabling anything at all) or to mappings from own levers or groups to numbers,
        which add up; or what `precedent` returns, whose `shadow_price` it is (pass its `charge` to
        count what breaking the norm costs at once too), as any object with such an attribute.
        Negative where the precedent is welcome. Unless said, it is the shadow price of the
        precedent in which this negotiation is the crisis that comes in every period, with the
        players' own discount factors; and nothing where a player has none, or a lever is an
        interval. `costs_from` says which.
    costs_without_talks : bool
        Whether a player that tables something pays for it also when no talks take place; costs
        must then be >= 0.
    groups : mapping from names to levers, optional
        Levers of one owner that are tabled together; every other security lever stands alone.
    off_table : {"response", "standstill"}
        Whether levers off the table are set by their owners as a Nash response to what is agreed,
        or stand still at the status quo.
    lotteries : bool
        False agrees on single packages.
    progress : callable, optional
        Called with how many regimes are solved, and how many there are.

    Returns
    -------
    TablingGame

    Raises
    ------
    InputError
        For any other number of players, bad groups or costs, and unfit options.
    IntractableError
        For more than 12 groups in all (4,096 regimes, and as many strategies a side), or when a
        regime needs too much.
    ConvergenceError
        Where the costs are those of a precedent to be worked out, as `precedent`.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = tabling_game(bg.load_scenario("two-issues"), disagreement="status-quo")
    >>> game.kind
    'dominant'
    >>> [equilibrium.tabled for equilibrium in game.equilibria if equilibrium.talks]
    [(('control',), ())]
    >>> bool(bg.verify(game))
    True
    """
    _check(negotiation, off_table)
    rule, model = as_solution(solution), as_disagreement(disagreement)
    own = groups_of(negotiation, groups)
    price, source = priced(negotiation, own, precedent_cost, rule, model)
    costs = tabling_costs(negotiation, own, price)
    if costs_without_talks and min(cost.min() for cost in costs) < 0:
        raise InputError(
            "tabling_game, precedent_cost: expected costs >= 0 with costs_without_talks, got "
            f"{[cost.tolist() for cost in costs]}"
        )
    point = model.point(negotiation, Bargained(negotiation, rule))
    asked = regimes_of(negotiation, own)
    flat = [tradable for row in asked for tradable in row]
    regimes = solve_subsets(
        negotiation, flat, solution=rule, point=point, lotteries=lotteries, off_table=off_table,
        progress=progress,
    )  # fmt: skip
    table = tuple(tuple(regimes[tradable] for tradable in row) for row in asked)
    says = point.says, source
    return _solved(negotiation, own, costs, costs_without_talks, table, says)


def _check(negotiation: Negotiation, off_table: str) -> None:
    if not isinstance(negotiation, Negotiation):
        raise InputError(f"tabling_game: expected a Negotiation, got {negotiation!r}")
    if len(negotiation.players) != 2:
        raise InputError(
            f"tabling_game: expected a negotiation of two players, got {len(negotiation.players)}"
        )
    if off_table not in OFF_TABLE:
        raise InputError(
            f"tabling_game, off_table: expected one of {OFF_TABLE}, got {off_table!r}"
            f"{did_you_mean(off_table, OFF_TABLE)}"
        )


def regimes_of(negotiation: Negotiation, own: tuple[Groups, Groups]) -> list[list[frozenset[str]]]:
    """Return the tradable levers by the masks of what each side tables."""
    economic = frozenset(v.name for v in negotiation.free_levers if v.domain != "security")

    def tabled(groups: Groups, mask: int) -> frozenset[str]:
        return frozenset(v for group in members(mask, tuple(groups)) for v in groups[group])

    first, second = own
    return [
        [economic | tabled(first, t) | tabled(second, s) for s in range(2 ** len(second))]
        for t in range(2 ** len(first))
    ]


def _solved(
    negotiation: Negotiation,
    own: tuple[Groups, Groups],
    costs: tuple[FloatArray, FloatArray],
    costs_without_talks: bool,
    regimes: tuple[tuple[SubsetOutcome, ...], ...],
    says: tuple[str, str],
) -> TablingGame:
    """Solve the stage, given what every regime leads to."""
    stage = stage_of(regimes, costs, costs_without_talks)
    first, second = negotiation.player_names
    players, names = (first, second), (tuple(own[0]), tuple(own[1]))
    compared = dominance(stage.side(0)), dominance(stage.side(1))
    dominated = compared[0].dominated, compared[1].dominated
    kind = kind_of(stage)
    game = TablingGame(
        negotiation, players, own, costs, costs_without_talks, regimes, stage, compared,
        pure_equilibria(stage, names, dominated),
        mixed_equilibrium(stage, players, names, dominated),
        tuple(
            leader_follower(stage, leader, ties, players, names)
            for leader in (0, 1)
            for ties in TIES
        ),
        kind, *says, Certificate("regret", 0.0),
    )  # fmt: skip
    return replace(game, certificate=check_tabling(game, worst_regime(game)))
