"""`LobbyEconomy`: tariffs where firms earn profits and governments weigh sectors (Ossa 2014).

Monopolistic competition with a fixed number of firms: every sector of a country earns profits, a
share 1 / sigma of its sales, and its government maximises sector incomes with political weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bargaining.errors import InputError
from bargaining.trade.economy.arguments import Rates, flow_values, names_of, per_sector, rates
from bargaining.trade.equilibrium.world import inside, outside
from bargaining.trade.lobbies.equilibrium import LobbyBase, LobbyState, solve_lobby
from bargaining.trade.lobbies.result import LobbyCounterfactual
from bargaining.types import FloatArray

__all__ = ["LobbyEconomy", "LobbyEvaluation"]

BALANCE = 1e-6
"""Largest trade deficit, relative to spending, that counts as balanced."""


@dataclass(frozen=True, eq=False)
class LobbyEvaluation:
    """Government welfare at some tariffs, and its derivatives.

    Attributes
    ----------
    state : LobbyState
        The equilibrium.
    """

    state: LobbyState

    @property
    def welfare(self) -> FloatArray:
        """Government welfare, new over old, shape (N,)."""
        return self.state.government

    @property
    def flows(self) -> FloatArray:
        """Trade net of tariffs, shape (N, N, S)."""
        return outside(self.state.flows)

    @property
    def residual(self) -> float:
        """Largest relative error of a labour market or a budget."""
        return self.state.residual

    def gradient(self, weights: ArrayLike) -> FloatArray:
        """Return the derivative of weights @ welfare by every tariff, shape (N, N, S)."""
        return outside(self.state.gradient(np.asarray(weights, dtype=float)))


class LobbyEconomy:
    """A trade economy with profits, and governments that listen to lobbies (Ossa 2014).

    Trade must be balanced. A sector of which a country buys nothing has no weight there.

    Parameters
    ----------
    countries, sectors : sequence of N and S str
    flows : array of shape (N, N, S)
        [exporter, importer, sector], own sales included, valued net of tariffs, in any one unit.
    tariffs : array of shape (N, N, S)
        Ad valorem, at which the flows were observed; 0.25 is 25 per cent. 0 on own goods. Also one
        number for all trade between countries.
    elasticities_sigma : array of shape (S,)
        Elasticities of substitution between the varieties of a sector, above 1.
    political_weights : array of shape (N, S), optional
        What a dollar of a sector's income counts for its government; scaled to mean one over
        sectors, which changes no result. Left out, all count the same and government welfare is
        real income.

    Attributes
    ----------
    countries, sectors : tuple of str
    flows, tariffs, political_weights : ndarray
        As given; read only.
    sigma : ndarray of shape (S,)

    Raises
    ------
    InputError
        For flows that are negative or unbalanced, a country that sells nothing at home, a sector
        that nobody buys, elasticities not above 1, tariffs at or below -100 per cent or on own
        goods, negative weights.

    Examples
    --------
    >>> flows = [[[90.0], [10.0]], [[10.0], [90.0]]]
    >>> economy = LobbyEconomy(["A", "B"], ["goods"], flows, 0.0, [4.0])
    >>> economy.evaluate({("B", "A"): 0.2}).welfare.round(4).tolist()
    [1.0064, 0.9911]
    """

    def __init__(
        self,
        countries: Sequence[str],
        sectors: Sequence[str],
        flows: ArrayLike,
        tariffs: Rates,
        elasticities_sigma: ArrayLike,
        political_weights: ArrayLike | None = None,
    ) -> None:
        self.countries = names_of("countries", countries)
        self.sectors = names_of("sectors", sectors)
        size, count = len(self.countries), len(self.sectors)
        self.flows = flow_values(self, flows)
        self.tariffs = rates(self, "tariff", tariffs, np.zeros((size, size, count)))
        self.sigma = per_sector(self, "elasticity_sigma", elasticities_sigma)
        weights = np.ones((size, count)) if political_weights is None else political_weights
        self.political_weights = self._weights(np.array(weights, dtype=float))
        self._check()
        for array in (self.flows, self.tariffs, self.sigma, self.political_weights):
            array.flags.writeable = False
        self._base = LobbyBase(
            inside(self.flows),
            inside(self.tariffs),
            (1 - self.sigma)[:, None],
            self.political_weights,
        )

    def evaluate(self, tariffs: Rates, *, start: LobbyEvaluation | None = None) -> LobbyEvaluation:
        """Solve the equilibrium at some tariffs.

        Parameters
        ----------
        tariffs : array of shape (N, N, S), number or mapping
            In force; a mapping from (exporter, importer[, sector]) changes only what it names.
        start : LobbyEvaluation, optional
            An evaluation at tariffs near by, from which the solver sets out.

        Raises
        ------
        InputError
            When the tariffs are not valid.
        ConvergenceError
            When no equilibrium is found.
        """
        new = inside(rates(self, "tariff", tariffs, self.tariffs))
        unknowns = None if start is None else start.state.unknowns
        return LobbyEvaluation(solve_lobby(self._base, new, unknowns))

    def counterfactual(self, *, tariffs: Rates) -> LobbyCounterfactual:
        """Return everybody's wages, prices, profits, flows and welfare at some tariffs.

        Parameters
        ----------
        tariffs : array of shape (N, N, S), number or mapping
            As in `evaluate`.

        Raises
        ------
        InputError
            When the tariffs are not valid.
        ConvergenceError
            When no equilibrium is found.

        Examples
        --------
        >>> flows = [[[90.0], [10.0]], [[10.0], [90.0]]]
        >>> economy = LobbyEconomy(["A", "B"], ["goods"], flows, 0.0, [4.0])
        >>> print(economy.counterfactual(tariffs=economy.tariffs).residual < 1e-12)
        True
        """
        return LobbyCounterfactual.of(self, self.evaluate(tariffs).state)

    def _weights(self, given: FloatArray) -> FloatArray:
        """Return political weights with mean one over sectors."""
        if given.shape != (len(self.countries), len(self.sectors)):
            raise InputError(
                f"LobbyEconomy, political_weights: expected one a country and sector, shape "
                f"{(len(self.countries), len(self.sectors))}, got {given.shape}"
            )
        for name, row, sold in zip(self.countries, given, self.flows.sum(axis=1), strict=True):
            if not (np.isfinite(row).all() and row.min() >= 0 and row @ sold > 0):
                raise InputError(
                    f"LobbyEconomy, political_weights of {name}: expected numbers >= 0, one of "
                    f"them positive where it sells, got {row.tolist()}"
                )
        return np.asarray(given / given.mean(axis=1, keepdims=True))

    def _check(self) -> None:
        own = np.einsum("iis->i", self.flows)
        for name, sold in zip(self.countries, own, strict=True):
            if not sold > 0:
                raise InputError(f"LobbyEconomy, flows: {name} sells nothing to itself")
        for name, bought in zip(self.sectors, self.flows.sum(axis=(0, 1)), strict=True):
            if not bought > 0:
                raise InputError(f"LobbyEconomy, flows: nobody buys anything of sector {name}")
        for name, value in zip(self.sectors, self.sigma, strict=True):
            if not value > 1:
                raise InputError(
                    f"LobbyEconomy, elasticities_sigma: expected more than 1, got {value} in {name}"
                )
        self._check_balance()

    def _check_balance(self) -> None:
        exports, imports = self.flows.sum(axis=(1, 2)), self.flows.sum(axis=(0, 2))
        for name, out, into in zip(self.countries, exports, imports, strict=True):
            if abs(out - into) > BALANCE * into:
                raise InputError(
                    f"LobbyEconomy, flows: trade of {name} is not balanced: it sells {out:.6g} and "
                    f"buys {into:.6g} net of tariffs (own goods in both); purge deficits first"
                )
