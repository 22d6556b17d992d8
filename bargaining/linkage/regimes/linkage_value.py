"""`linkage_value`: what each security control is worth as a chip.

The negotiation is solved with every set of security levers tradable beside the economic ones. The
minimal sets turn no deal into a deal; Shapley values (Shapley 1953) share out among the levers what
linking all of them is worth to each player.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any

from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.errors import InputError, IntractableError
from bargaining.linkage.regimes.linkage_result import LinkageValue
from bargaining.linkage.regimes.subsets import SubsetOutcome, SubsetSolver
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.players import name_of
from bargaining.strategic.disagreement import Disagreement, DisagreementPoint, as_disagreement
from bargaining.strategic.threats import Bargained
from bargaining.types import FloatArray

__all__ = ["LARGEST_FAMILY", "LinkageValue", "linkage_value"]

LARGEST_FAMILY = 14
"""Security levers, at most: every set of them is solved, 2^14 in all."""


def linkage_value(
    negotiation: Negotiation,
    *,
    solution: Solution | str = "nash",
    disagreement: Disagreement | str | Sequence[float] | FloatArray = "noncooperative",
    off_table: str = "response",
    lotteries: bool = False,
    levers: Iterable[Lever | str] | None = None,
    own_breakdown: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> LinkageValue:
    """Return what each set of security levers on the table is worth to each player.

    Parameters
    ----------
    negotiation : Negotiation
    solution : Solution or str
    disagreement : optional
        As in `solve`.
    off_table : {"response", "standstill"}
        Whether levers off the table are set by their owners as a Nash response to what is agreed,
        or stand still at the status quo.
    lotteries : bool
        False agrees on single packages (governments sign packages).
    levers : iterable of Lever or str, optional
        Those of which every set is tried; all free security levers when left out. Economic levers
        that are not among them are always tradable, other security levers never.
    own_breakdown : bool
        False: breakdown is the full lever game, the same d for every set. True: breakdown is the
        lever game in which levers off the table stand still at the status quo.
    progress : callable, optional
        Called with how many sets are done, and how many there are.

    Returns
    -------
    LinkageValue

    Raises
    ------
    InputError
        For unknown, repeated or fixed levers, or unfit options.
    IntractableError
        For more than 14 levers, or when the exact methods would need too much.

    Examples
    --------
    >>> import bargaining as bg
    >>> game = bg.load_scenario("two-issues")
    >>> value = bg.linkage_value(game, disagreement="status-quo")
    >>> value.minimal_sets
    (('control',),)
    >>> value.shapley.tolist()
    [[1.0, 3.0]]
    """
    rule, model = as_solution(solution), as_disagreement(disagreement)
    tried = _tried(negotiation, levers)
    always = [
        lever.name
        for lever in negotiation.free_levers
        if lever.domain == "economic" and lever.name not in tried
    ]
    common = model.point(negotiation, Bargained(negotiation, rule))
    shared = SubsetSolver(negotiation, rule, common, lotteries=lotteries, off_table=off_table)

    def solved(tradable: frozenset[str]) -> tuple[SubsetOutcome, DisagreementPoint]:
        if not own_breakdown:
            return shared.outcome(tradable), common
        smaller = negotiation.restrict(tradable=tradable)
        point = model.point(smaller, Bargained(smaller, rule))
        return shared.at(point).outcome(tradable), point

    sets = [chosen for k in range(len(tried) + 1) for chosen in combinations(tried, k)]
    found: dict[tuple[str, ...], tuple[SubsetOutcome, DisagreementPoint]] = {}
    for done, chosen in enumerate(reversed(sets), 1):
        found[chosen] = solved(frozenset((*always, *chosen)))
        if progress is not None:
            progress(done, len(sets))
    return LinkageValue(
        negotiation,
        tried,
        tuple(always),
        tuple(sets),
        tuple(found[chosen][0] for chosen in sets),
        tuple(found[chosen][1] for chosen in sets),
        rule,
        off_table,
        lotteries,
        own_breakdown,
    )


def _tried(negotiation: Negotiation, levers: Iterable[Lever | str] | None) -> tuple[str, ...]:
    """Return the names of the levers of which every set is tried, checked."""
    free = [lever.name for lever in negotiation.free_levers]
    if levers is None:
        names = [lever.name for lever in negotiation.security if lever.name in free]
        if not names:
            raise InputError("linkage_value: the negotiation has no free security lever")
    elif isinstance(levers, str) or not isinstance(levers, Iterable):
        raise InputError(f"linkage_value, levers: expected levers, got {levers!r}")
    else:
        given: list[Any] = list(levers)
        names = [negotiation.lever(name_of(lever)).name for lever in given]
        fixed = [name for name in names if name not in free]
        if not names or fixed or len(set(names)) < len(names):
            raise InputError(
                f"linkage_value, levers: expected different free levers, at least one, got {names}"
            )
    if len(names) > LARGEST_FAMILY:
        raise IntractableError(
            f"linkage_value: {len(names)} levers have {2 ** len(names):,} sets (at most "
            f"{2**LARGEST_FAMILY:,} are solved, those of {LARGEST_FAMILY}); name fewer in levers=",
            levers=names,
        )
    return tuple(sorted(names, key=free.index))
