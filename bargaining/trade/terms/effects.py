"""What levers of a negotiation do in a trade economy: tariffs, duties on top, other policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from bargaining.errors import InputError, unknown_name
from bargaining.trade.economy.arguments import Named, rates, selected
from bargaining.types import FloatArray

__all__ = ["AddedTariff", "Effect", "Policies", "effect_of"]


@dataclass(frozen=True)
class AddedTariff:
    """The level of a lever is added to the tariff in force, as a duty on top of others.

    Parameters
    ----------
    exporter, importer : str
        "*" for every one.
    coverage : float, or mapping from sector to float
        Share of trade that bears it, from 0 to 1; sectors that a mapping leaves out bear nothing.
        A part of a sector's trade bears a duty as if all of it bore that part of the duty.

    Examples
    --------
    >>> AddedTariff("CHN", "USA", coverage={"machinery": 1.0, "electronics": 0.2})
    AddedTariff(exporter='CHN', importer='USA', coverage={'machinery': 1.0, 'electronics': 0.2})
    """

    exporter: str
    importer: str
    coverage: float | Mapping[str, float] = 1.0


Flows: TypeAlias = tuple[str, ...]
Effect: TypeAlias = Flows | Sequence[Flows] | AddedTariff | Callable[[float], Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class _Moved:
    """Tariffs that a lever moves: its level times a weight, in place of the base's or on top."""

    weights: FloatArray
    replaces: bool


def effect_of(
    economy: Named, lever: str, given: Effect
) -> _Moved | Callable[[float], Mapping[str, Any]]:
    """Return the effect of a lever, checked."""
    weights = np.zeros((len(economy.countries), len(economy.countries), len(economy.sectors)))
    what = f"payoffs, lever {lever!r}"
    if isinstance(given, AddedTariff):
        for sector, share in _coverage(economy, what, given).items():
            for flow in selected(economy, what, (given.exporter, given.importer, sector)):
                weights[flow] = share
        return _Moved(weights, replaces=False)
    if callable(given):
        return given
    keys: Any = [given] if isinstance(given, tuple) else given
    if not isinstance(keys, list) or not keys:
        raise InputError(
            f"{what}: expected (exporter, importer[, sector]), a list of these, an AddedTariff or "
            f"a function, got {given!r}"
        )
    for key in keys:
        for flow in selected(economy, what, key):
            weights[flow] = 1.0
    return _Moved(weights, replaces=True)


def _coverage(economy: Named, what: str, given: AddedTariff) -> dict[str, float]:
    shares = given.coverage if isinstance(given.coverage, Mapping) else {"*": given.coverage}
    for sector, given_share in shares.items():
        share: object = given_share
        if sector != "*" and sector not in economy.sectors:
            raise unknown_name("sector", sector, economy.sectors)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise InputError(
                f"{what}, coverage of {sector}: expected a share from 0 to 1, got {share!r}"
            )
    return {sector: float(share) for sector, share in shares.items()}


class Policies:
    """The policies of an economy at levels of the levers.

    Parameters
    ----------
    economy : Named, with tariffs
    names : sequence of str
        Of the levers.
    effects : sequence
        One a lever, as `effect_of` returns them.
    """

    def __init__(self, economy: Any, names: Sequence[str], effects: Sequence[Any]) -> None:
        self.economy, self.names = economy, tuple(names)
        self.moved = {k: e for k, e in enumerate(effects) if isinstance(e, _Moved)}
        self.functions = {k: e for k, e in enumerate(effects) if not isinstance(e, _Moved)}
        self.fixed = np.array(economy.tariffs, dtype=np.float64)
        setters: dict[tuple[int, ...], str] = {}
        for k, effect in self.moved.items():
            if not effect.replaces:
                continue
            for flow in map(tuple, np.argwhere(effect.weights)):
                if flow in setters:
                    raise InputError(
                        f"payoffs, levers: {setters[flow]!r} and {self.names[k]!r} set the same "
                        f"tariff, {self._place(flow)}; AddedTariff adds them up"
                    )
                setters[flow] = self.names[k]
                self.fixed[flow] = 0.0

    def _place(self, flow: Sequence[int]) -> str:
        seller, buyer = (self.economy.countries[n] for n in flow[:2])
        return f"{seller} to {buyer} in {self.economy.sectors[flow[2]]}"

    def tariffs(self, levels: Sequence[float]) -> FloatArray:
        """Return tariffs in force, by the levers that are tariffs."""
        total = self.fixed.copy()
        for k, effect in self.moved.items():
            total += levels[k] * effect.weights
        if (total <= -1).any():
            flow = np.argwhere(total <= -1)[0].tolist()
            raise InputError(
                f"payoffs: levels {dict(zip(self.names, levels, strict=True))} make a tariff of "
                f"{total[tuple(flow)]:g} on {self._place(flow)}; expected more than -1"
            )
        return total

    def arguments(self, levels: Sequence[float]) -> dict[str, Any]:
        """Return the arguments of the counterfactual, where some levers are functions."""
        arguments: dict[str, Any] = {}
        for k, function in self.functions.items():
            given: object = function(levels[k])
            if not isinstance(given, Mapping):
                raise InputError(
                    f"payoffs, lever {self.names[k]!r}: expected keyword arguments of "
                    f"counterfactual, got {given!r}"
                )
            for key, value in given.items():
                arguments[key] = self._together(k, key, arguments.get(key), value)
        tariffs = self.tariffs(levels)
        given_tariffs = arguments.get("tariffs")
        if given_tariffs is not None:
            if not isinstance(given_tariffs, Mapping):
                raise InputError("payoffs, levers: tariffs of a function are given by a mapping")
            self._refuse_moved(given_tariffs)
            tariffs = rates(self.economy, "tariff", given_tariffs, tariffs)
        return {**arguments, "tariffs": tariffs}

    def _together(self, lever: int, key: str, before: Any, value: Any) -> Any:
        if before is None:
            return value
        apart = isinstance(before, Mapping) and isinstance(value, Mapping)
        if not apart or set(before) & set(value):
            raise InputError(
                f"payoffs, lever {self.names[lever]!r}: another lever gives {key!r} for the same "
                "flows"
            )
        return {**before, **value}

    def _refuse_moved(self, given: Mapping[Any, float]) -> None:
        """Refuse tariffs of a function where a tariff lever is at work."""
        for key in given:
            for flow in selected(self.economy, "payoffs, tariffs", key):
                for k, effect in self.moved.items():
                    if effect.weights[flow]:
                        raise InputError(
                            f"payoffs, levers: a function and {self.names[k]!r} set the same "
                            f"tariff, {self._place(flow)}"
                        )
