"""The negotiation: players, levers and payoff terms, checked once and put into tables.

The payoffs of a package are the sum of the terms. Terms over finite levers are tabulated at
construction and merged by the levers they touch into `factors`, the form that the exact maximiser
reads (additive decomposition as in Dechter 1999).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar, overload

import numpy as np

from bargaining.errors import InputError, unknown_name
from bargaining.model.factors import Factor, merged, sliced, term_table
from bargaining.model.levers import Interval, Lever
from bargaining.model.packages import Package
from bargaining.model.payoffs import Payoff
from bargaining.model.players import Player, check_unique, name_of
from bargaining.model.terms import lever_group
from bargaining.types import FloatArray, IntArray

__all__ = ["Negotiation"]

T = TypeVar("T")


class Negotiation:
    """Players, levers and payoffs.

    Parameters
    ----------
    players : sequence of Player
    levers : sequence of Lever
    payoffs : sequence of Payoff
        Terms; the payoffs of a package are their sum.
    unit : str
        Unit of the payoffs, for tables ("USD billion a year").
    keys : mapping of str to str, optional
        Short keys accepted in place of the names of players and levers.

    Raises
    ------
    InputError
        For duplicate names, owners or levers that are not there, tables of the wrong shape and
        payoffs that are not finite; the message names the object and the field.

    Examples
    --------
    >>> import bargaining as bg
    >>> us, china = bg.Player("United States"), bg.Player("China")
    >>> tariff = bg.Tariff("tariff", us, levels=[0.1, 0.2, 0.47], status_quo=0.47)
    >>> soy = bg.SoybeanPurchase("soybeans", china, levels=[0, 12, 25], status_quo=0)
    >>> game = Negotiation(
    ...     [us, china],
    ...     [tariff, soy],
    ...     [
    ...         bg.LinearPayoff(tariff, {us: 10, china: -60}, reference=0.47),
    ...         bg.LinearPayoff(soy, {us: 0.5, china: -0.2}),
    ...     ],
    ... )
    >>> game.payoffs({"tariff": 0.47, "soybeans": 25}).tolist()
    [12.5, -5.0]
    >>> game.number_of_packages
    9
    """

    def __init__(
        self,
        players: Sequence[Player],
        levers: Sequence[Lever],
        payoffs: Sequence[Payoff],
        *,
        unit: str = "",
        keys: Mapping[str, str] | None = None,
    ) -> None:
        self.players = _typed("players", players, Player)
        self.levers = _typed("levers", levers, Lever)
        self.terms = _typed("payoffs", payoffs, Payoff)
        self.unit = unit
        if not self.players:
            raise InputError("Negotiation, players: expected at least one, got none")
        check_unique("player", (player.name for player in self.players))
        check_unique("lever", (lever.name for lever in self.levers))
        self._lever_by_name = {lever.name: lever for lever in self.levers}
        self.player_names = tuple(player.name for player in self.players)
        self.keys = self._checked_keys(keys or {})
        for lever in self.levers:
            if lever.owner not in self.player_names:
                raise InputError(
                    f"lever {lever.name!r}, owner: "
                    f"{unknown_name('player', lever.owner, self.player_names)}"
                )
        for term in self.terms:
            self._check_term(term)
        self.fixed: Package = Package({})
        self._factors = self._tabulate()

    def _checked_keys(self, keys: Mapping[str, str]) -> dict[str, str]:
        names = [*self.player_names, *self._lever_by_name]
        for key, name in keys.items():
            if name not in names:
                raise InputError(f"Negotiation, key {key!r}: {unknown_name('name', name, names)}")
            if key in names and key != name:
                raise InputError(f"Negotiation, key {key!r}: it is the name of something else")
        return dict(keys)

    def _check_term(self, term: Payoff) -> None:
        try:
            levers = {self.lever(lever).name for lever in term.levers}
            players = {self.player(player).name for player in term.players}
        except InputError as error:
            raise InputError(f"payoff term {term.name!r}: {error}") from None
        if len(levers) < len(term.levers) or len(players) < len(term.players):
            raise InputError(
                f"payoff term {term.name!r}: it has a lever or a player twice, by name and by key, "
                f"in {term.levers} and {term.players}"
            )

    # names

    def player(self, player: Player | str) -> Player:
        """Return a player given as object, by name or by key."""
        name = name_of(player)
        name = self.keys.get(name, name)
        if name not in self.player_names:
            raise unknown_name("player", name, self.player_names)
        return self.players[self.player_names.index(name)]

    def lever(self, lever: Lever | str) -> Lever:
        """Return a lever given as object, by name or by key."""
        name = name_of(lever)
        name = self.keys.get(name, name)
        if name not in self._lever_by_name:
            raise unknown_name("lever", name, tuple(self._lever_by_name))
        return self._lever_by_name[name]

    @cached_property
    def free_levers(self) -> tuple[Lever, ...]:
        """The levers that are not fixed, in order."""
        return tuple(lever for lever in self.levers if lever.name not in self.fixed)

    @property
    def security(self) -> tuple[Lever, ...]:
        """The levers of the security domain."""
        return tuple(lever for lever in self.levers if lever.domain == "security")

    @property
    def economic(self) -> tuple[Lever, ...]:
        """The levers of the economic domain."""
        return tuple(lever for lever in self.levers if lever.domain == "economic")

    def owned_by(self, player: Player | str) -> tuple[Lever, ...]:
        """Return the free levers of a player."""
        owner = self.player(player).name
        return tuple(lever for lever in self.free_levers if lever.owner == owner)

    # packages

    @property
    def status_quo(self) -> Package:
        """The package of all levers at their status quo (fixed levers at their fixed level)."""
        return self.package({lever.name: lever.status_quo for lever in self.free_levers})

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The number of levels of each free lever."""
        return tuple(len(lever.array()) for lever in self.free_levers)

    @property
    def number_of_packages(self) -> int:
        """How many packages there are: an exact integer, fixed levers not counted."""
        return math.prod(self.sizes)

    def package(self, levels: Mapping[Any, float | str]) -> Package:
        """Return a complete package from levels or labels, fixed levers filled in.

        Parameters
        ----------
        levels : mapping
            From lever (object, name or key) to level or label; fixed levers may be left out.

        Raises
        ------
        InputError
            For a free lever that is missing, an unknown lever or level, or a fixed lever set to
            another level.
        """
        given = self._levels(levels)
        missing = [lever.name for lever in self.free_levers if lever.name not in given]
        if missing:
            raise InputError(f"package: no level for {', '.join(map(repr, missing))}")
        return Package(
            {
                lever.name: given.get(lever.name, self.fixed.get(lever.name, 0.0))
                for lever in self.levers
            }
        )

    def _levels(self, levels: Mapping[Any, float | str]) -> dict[str, float]:
        if not isinstance(levels, Mapping):
            raise InputError(f"package: expected a mapping from lever to level, got {levels!r}")
        given: dict[str, float] = {}
        for key, value in levels.items():
            lever = self.lever(key)
            if lever.name in given:
                raise InputError(f"package: lever {lever.name!r} is set twice")
            given[lever.name] = lever.level(value)
            fixed = self.fixed.get(lever.name)
            if fixed is not None and fixed != given[lever.name]:
                raise InputError(
                    f"package: lever {lever.name!r} is fixed at {fixed:g}, got {value!r}"
                )
        return given

    def package_at(self, indices: Sequence[int] | IntArray) -> Package:
        """Return the package with given level indices of the free levers, in order."""
        levels = dict(self.fixed)
        for lever, index in zip(self.free_levers, indices, strict=True):
            assert not isinstance(lever.levels, Interval)
            levels[lever.name] = lever.levels[int(index)]
        return Package({lever.name: levels[lever.name] for lever in self.levers})

    def indices(self, packages: Sequence[Mapping[Any, float | str]]) -> IntArray:
        """Return the level indices of packages, shape (M, number of free levers)."""
        complete = [self.package(package) for package in packages]
        return np.array(
            [[lever.index(p[lever.name]) for lever in self.free_levers] for p in complete],
            dtype=np.int64,
        ).reshape(len(complete), len(self.free_levers))

    # payoffs

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The payoffs as tables over the free levers, merged by scope.

        Raises
        ------
        InputError
            When a free lever is an interval: the exact methods need finite levels.
        """
        if self._factors is None:
            for lever in self.free_levers:
                lever.array()
        assert self._factors is not None
        return self._factors

    def _tabulate(self) -> tuple[Factor, ...] | None:
        if any(lever.is_interval for lever in self.free_levers):
            self._check_values()
            return None
        position = {lever.name: j for j, lever in enumerate(self.free_levers)}
        size = len(self.players)
        parts = []
        for term in self.terms:
            levers = [self.lever(name) for name in term.levers]
            levels = [self._levels_of(lever) for lever in levers]
            who = [self._row(player) for player in term.players]
            parts.append(term_table(term, levers, levels, position, who, size))
        factors = merged(parts)
        self._check_sums(factors)
        return factors

    def _check_values(self) -> None:
        """Evaluate every term once, with the levers that are intervals at their status quo."""
        for term in self.terms:
            levers = [self.lever(name) for name in term.levers]
            levels = [
                np.array([lever.status_quo]) if lever.is_interval else self._levels_of(lever)
                for lever in levers
            ]
            if math.prod(map(len, levels)) > 1:
                term.tabulate(levers, levels)
            else:
                term.at(levers, np.array(levels).T)

    def _levels_of(self, lever: Lever) -> FloatArray:
        fixed = self.fixed.get(lever.name)
        return lever.array() if fixed is None else np.array([fixed])

    def _row(self, player: str) -> int:
        return self.player_names.index(self.player(player).name)

    def _check_sums(self, factors: Sequence[Factor]) -> None:
        """Refuse payoffs whose sum may leave the range of floating point."""
        largest = np.zeros(len(self.players))
        for factor in factors:
            with np.errstate(over="ignore"):
                largest += np.abs(factor.table).reshape(len(self.players), -1).max(axis=1)
            if not np.all(np.isfinite(largest)):
                names = tuple(self.free_levers[j].name for j in factor.scope)
                raise InputError(
                    f"Negotiation: the payoffs over {names} add up beyond floating point"
                )

    @overload
    def payoffs(self, packages: Mapping[Any, float | str]) -> FloatArray: ...

    @overload
    def payoffs(self, packages: Sequence[Mapping[Any, float | str]]) -> FloatArray: ...

    def payoffs(
        self, packages: Mapping[Any, float | str] | Sequence[Mapping[Any, float | str]]
    ) -> FloatArray:
        """Return the payoffs of a package, or of several.

        Parameters
        ----------
        packages : mapping, or sequence of M mappings
            From lever to level or label.

        Returns
        -------
        ndarray of shape (N,), or (M, N)
            In the negotiation's unit, players in order.

        Raises
        ------
        InputError
            For an unknown lever or level, or a missing one.
        """
        if isinstance(packages, Mapping):
            return np.asarray(self.payoffs([packages])[0])
        given: object = packages
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise InputError(
                f"payoffs: expected a package, or a sequence of packages, got {given!r}"
            )
        if self._factors is not None:
            return self.payoffs_at(self.indices(packages))
        rows = [self._sum_terms(self.package(package)) for package in packages]
        return np.array(rows).reshape(len(rows), len(self.players))

    def payoffs_at(self, indices: IntArray) -> FloatArray:
        """Return the payoffs at level indices of the free levers: (M, L) to (M, N)."""
        total = np.zeros((len(indices), len(self.players)))
        for factor in self.factors:
            cell: tuple[Any, ...] = (slice(None), *(indices[:, j] for j in factor.scope))
            total += factor.table[cell].T
        return total

    def _sum_terms(self, package: Package) -> FloatArray:
        total = np.zeros(len(self.players))
        for term in self.terms:
            levers = [self.lever(name) for name in term.levers]
            point = np.array([[package[lever.name] for lever in levers]])
            for player, values in term.at(levers, point).items():
                total[self._row(player)] += float(values[0])
        return total

    # smaller negotiations

    def fix(self, levels: Mapping[Any, float | str]) -> Negotiation:
        """Return the negotiation in which some levers stand still.

        Parameters
        ----------
        levels : mapping
            From lever (object, name or key) to level or label.

        Returns
        -------
        Negotiation
            Its packages still name the fixed levers; they are no longer counted.
        """
        fixed = {**self.fixed, **self._levels(levels)}
        smaller = object.__new__(Negotiation)
        smaller.__dict__.update(
            {
                key: value
                for key, value in self.__dict__.items()
                if key not in ("free_levers", "sizes")
            }
        )
        smaller.fixed = Package(
            {lever.name: fixed[lever.name] for lever in self.levers if lever.name in fixed}
        )
        if self._factors is None:
            smaller._factors = smaller._tabulate()
        else:
            cuts = {
                j: lever.index(fixed[lever.name])
                for j, lever in enumerate(self.free_levers)
                if lever.name in fixed
            }
            smaller._factors = sliced(self._factors, cuts)
        return smaller

    def restrict(self, *, tradable: Iterable[Lever | str]) -> Negotiation:
        """Return the negotiation over `tradable` levers, all others at the status quo.

        This is the standstill reading of "off the table".
        """
        keep = {self.lever(lever).name for lever in lever_group(tradable)}
        return self.fix(
            {lever.name: lever.status_quo for lever in self.free_levers if lever.name not in keep}
        )

    def with_status_quo(self, levels: Mapping[Any, float | str]) -> Negotiation:
        """Return the negotiation that starts from other levels, with the payoffs unchanged.

        It asks what follows from another situation: one before some moves were made, say.

        Parameters
        ----------
        levels : mapping
            From lever (object, name or key) to level or label; the other levers stay.

        Examples
        --------
        >>> import bargaining as bg
        >>> game = bg.load_scenario("us-china-2025")
        >>> game.with_status_quo({"affiliates rule": 1300}).status_quo["affiliates rule"]
        1300.0
        """
        moved = self._levels(levels)
        levers = tuple(
            lever.with_status_quo(moved[lever.name]) if lever.name in moved else lever
            for lever in self.levers
        )
        other = object.__new__(Negotiation)
        kept = {k: v for k, v in self.__dict__.items() if k not in ("free_levers", "sizes")}
        names = {lever.name: lever for lever in levers}
        other.__dict__.update({**kept, "levers": levers, "_lever_by_name": names})
        return other

    def __repr__(self) -> str:
        """Say how large it is."""
        fixed = f", {len(self.fixed)} fixed" if self.fixed else ""
        return (
            f"<Negotiation: {len(self.players)} players, {len(self.levers)} levers{fixed}, "
            f"{len(self.terms)} payoff terms>"
        )


def _typed(field: str, values: Iterable[T], kind: type[Any]) -> tuple[T, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError(
            f"Negotiation, {field}: expected a sequence of {kind.__name__}, got {values!r}"
        )
    items = tuple(values)
    for item in items:
        if not isinstance(item, kind):
            raise InputError(f"Negotiation, {field}: expected a {kind.__name__}, got {item!r}")
    return items
