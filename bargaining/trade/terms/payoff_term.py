"""From a trade economy to a payoff term of a negotiation, in money a year.

Levers are put into the economy's policies; each player is paid the change of its country's real
income at base income, by the equilibrium at each combination of levels that a solver asks for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from bargaining.errors import InputError, IntractableError, unknown_name
from bargaining.model.levers import Lever
from bargaining.model.payoffs import FunctionPayoff
from bargaining.model.players import name_of
from bargaining.model.sources import Source
from bargaining.trade.economy.economy import Economy
from bargaining.trade.terms.effects import Effect, Policies, effect_of
from bargaining.trade.terms.valuation import MOST, MoneyEconomy, Valuation

__all__ = ["payoffs"]


def payoffs(
    economy: MoneyEconomy,
    levers: Mapping[Lever | str, Effect],
    *,
    players: Mapping[Any, str] | Iterable[str] | None = None,
    scale: float = 1e-3,
    relative_to: str = "base",
    progress: Callable[[int, int], None] | None = None,
    name: str = "",
    source: Source | str | None = None,
) -> FunctionPayoff:
    """Return what the levers of a negotiation are worth to players, by way of trade.

    Parameters
    ----------
    economy : Economy, or LabourEconomy
        Deficits as they are; `balanced` purges them. For the short run see `at_horizon`.
    levers : mapping
        From each lever to what it does in the economy:

        - (exporter, importer) or (exporter, importer, sector), "*" for every one, or a list of
          these: the level is the tariff in force on those flows;
        - `AddedTariff`: the level is added to what is in force there, so that several duties on
          the same goods add up;
        - a function from the level to keyword arguments of `counterfactual`, for any other policy
          (`lambda cost: {"trade_costs": {("A", "B"): cost}}`).
    players : mapping from player to country, or iterable of countries, optional
        Who is paid, and by whose real income; players of a country's name may be given as such.
        The owners of the levers unless said, which must then have countries' names.
    scale : float
        Payoff of a unit of the economy's flows; a thousandth makes USD billion of USD million.
    relative_to : {"base", "status-quo"}
        Where the payoffs are zero: at the base of the economy, or at the levers' status quo, for
        which levers must be given as objects.
    progress : callable, optional
        Called with how many equilibria are solved and how many are asked for at once.
    name, source : optional
        For tables; the source is the economy's unless said.

    Returns
    -------
    FunctionPayoff
        Finite levers are tabulated by the negotiation, an equilibrium for each combination once;
        where every lever is a tariff the derivatives come from the adjoint.

    Raises
    ------
    InputError
        For unknown countries, sectors or levers' effects, for two levers that set the same tariff
        or argument, for a level that makes a tariff of -100 % or less.
    IntractableError
        When finite levers have more combinations than there is time to solve.
    ConvergenceError
        When no equilibrium was found at some levels.

    Notes
    -----
    Money is (real income, new over old, less one) x what the country spends at the base. To first
    order that is trade times the change of its prices, in the dollars of the flows given, so that
    it makes little difference whether these are sales or value added; per cent do differ.

    Examples
    --------
    Two countries alike, each with its tariff; both lose from 30 % each, and each gains alone.

    >>> import bargaining as bg
    >>> from bargaining.trade import Economy, payoffs
    >>> economy = Economy(["A", "B"], ["goods"], [[[80], [20]], [[20], [80]]], 0.0, 4.0)
    >>> levers = [bg.Tariff(f"tariff of {x}", x, [0.0, 0.3], 0.0) for x in "AB"]
    >>> term = payoffs(
    ...     economy, {levers[0]: ("B", "A"), levers[1]: ("A", "B")}, scale=1.0
    ... )
    >>> game = bg.Negotiation([bg.Player("A"), bg.Player("B")], levers, [term])
    >>> [game.payoffs(dict(zip(term.levers, rates))).round(2).tolist()
    ...  for rates in ((0.0, 0.0), (0.3, 0.0), (0.3, 0.3))]
    [[0.0, 0.0], [1.2, -2.26], [-1.59, -1.59]]
    """
    if relative_to not in ("base", "status-quo"):
        raise InputError(
            f"payoffs, relative_to: expected 'base' or 'status-quo', got {relative_to!r}"
        )
    given: object = levers
    if not isinstance(given, Mapping) or not given:
        raise InputError(f"payoffs, levers: expected a mapping from lever to effect, got {given!r}")
    _check_size(levers)
    names = tuple(name_of(lever, "payoffs, levers") for lever in levers)
    effects = [
        effect_of(economy, key, given) for key, given in zip(names, levers.values(), strict=True)
    ]
    policies = Policies(economy, names, effects)
    if policies.functions and not isinstance(economy, Economy):
        raise InputError("payoffs, levers: functions go with an Economy; here levers are tariffs")
    paid = _countries(economy, _owners(levers) if players is None else players)
    reference = _status_quo(levers) if relative_to == "status-quo" else None
    worth = Valuation(economy, policies, scale, reference, progress)
    derivatives = {player: partial(worth.slopes, place) for player, place in paid.items()}
    return FunctionPayoff(
        names,
        {player: partial(worth.money, place) for player, place in paid.items()},
        gradients=None if policies.functions else derivatives,
        name=name or "trade",
        source=source or getattr(economy, "source", "") or None,
    )


def _check_size(levers: Mapping[Lever | str, Effect]) -> None:
    """Refuse finite levers with too many combinations to solve."""
    known = [lever for lever in levers if isinstance(lever, Lever) and not lever.is_interval]
    if len(known) < len(levers):
        return
    cells = math.prod(len(lever.array()) for lever in known)
    if cells > MOST:
        raise IntractableError(
            f"payoffs: the levers have {cells} combinations of levels, and each needs an "
            f"equilibrium; at most {MOST} are solved. Take fewer levels, or intervals",
            levers=(lever.name for lever in known),
        )


def _owners(levers: Mapping[Lever | str, Effect]) -> tuple[str, ...]:
    """Return who owns the levers, each once."""
    unknown = [lever for lever in levers if not isinstance(lever, Lever)]
    if unknown:
        raise InputError(
            f"payoffs, players: expected who is paid, as the owner of {unknown[0]!r} is not known "
            "from its name"
        )
    return tuple(dict.fromkeys(lever.owner for lever in levers if isinstance(lever, Lever)))


def _countries(economy: MoneyEconomy, players: Mapping[Any, str] | Iterable[str]) -> dict[str, int]:
    """Return the number of each player's country."""
    given: dict[Any, str] = (
        dict(players) if isinstance(players, Mapping) else {country: country for country in players}
    )
    if not given:
        raise InputError("payoffs, players: expected at least one, got none")
    places = {}
    for player, country in given.items():
        if country not in economy.countries:
            raise unknown_name("country", country, economy.countries)
        places[name_of(player, "payoffs, players")] = economy.countries.index(country)
    return places


def _status_quo(levers: Mapping[Lever | str, Effect]) -> tuple[float, ...]:
    for lever in levers:
        if not isinstance(lever, Lever):
            raise InputError(
                f"payoffs, relative_to: the status quo of {lever!r} is known from a Lever only"
            )
    return tuple(lever.status_quo for lever in levers if isinstance(lever, Lever))
