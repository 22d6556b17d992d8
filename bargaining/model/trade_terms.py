"""Payoffs of trade measures: the incidence of a tariff, and the value of a promised purchase.

Textbook partial equilibrium (Feenstra 2016; Broda, Limao and Weinstein 2008). Published figures go
in (trade values, elasticities, prices); payoffs come out as changes against a stated reference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bargaining.model.levers import Lever
from bargaining.model.players import Player
from bargaining.model.quadratic import line
from bargaining.model.sources import Source
from bargaining.model.terms import Payoff, Quadratic, lever_group
from bargaining.types import FloatArray

__all__ = ["PurchaseValue", "TariffIncidence"]


class TariffIncidence(Payoff):
    r"""What a tariff is worth to the importer and costs the exporter.

    One market with a constant elasticity of import demand e and of export supply s. Prices and
    quantities are relative to the base, where the tariff is t0 and imports are worth M before
    tariff. At the tariff t, with r = (1 + t) / (1 + t0),

    - the exporter receives the price p = r^(-e / (e + s)),
    - the importer's buyers pay x = r p, in units of what they paid at the base, 1 + t0,
    - the quantity is q = x^(-e) = p^s,

    and the payoffs are the changes in surplus, exact for these curves:

    - importer: M (1 + t0) (x^(1 - e) - 1) / (e - 1) + M (t p q - t0), buyers' surplus and revenue.
      From free trade (t0 = 0) that is the terms-of-trade gain M (1 - p) q less the deadweight loss
      M [(x^(1 - e) - 1) / (1 - e) - (x - 1) q];
    - exporter: M (p^(1 + s) - 1) / (1 + s), the change in sellers' surplus.

    Buyers' surplus is -M (1 + t0) log(x) at e = 1, the limit. The importer's payoff is largest at
    the rate 1 / s; for s = infinity (a small importer) the exporter loses nothing and the importer
    bears the deadweight loss. No rate is prohibitive: trade falls towards zero and stays positive.

    Parameters
    ----------
    levers : Lever, str, or sequence of them
        The tariff. Several levers add up to one rate (two duties on the same goods).
    importer, exporter : Player or str
        Who levies the tariff, and whose goods it falls on.
    import_value : float
        M: imports at the base, before tariff; the payoffs come out in its unit (USD billion a
        year).
    demand_elasticity : float
        e >= 0.
    supply_elasticity : float
        s >= 0; `math.inf` for a small importer. Not both 0.
    base_rate : float
        t0, the rate at which `import_value` was observed and the payoffs are zero (0.109, not
        10.9).
    other_rates : float
        Duties on the same goods that no lever moves; added to the levers' levels.
    name, source : optional
        For tables, and where the figures come from.

    Raises
    ------
    InputError
        For a number out of its bounds, or a level that makes a rate of -100 percent or less.

    References
    ----------
    Feenstra (2016), Advanced International Trade, 2nd edition; Broda, Limao and Weinstein (2008),
    Optimal tariffs and market power: the evidence, American Economic Review 98.

    Examples
    --------
    >>> term = TariffIncidence(
    ...     "tariff", "Home", "Foreign",
    ...     import_value=100.0, demand_elasticity=1.0, supply_elasticity=1.0,
    ... )
    >>> rates = [np.array([0.0, 1.0, 3.0])]
    >>> term.values("Home", rates).round(2).tolist()
    [0.0, 15.34, 5.69]
    >>> term.values("Foreign", rates).round(2).tolist()
    [0.0, -25.0, -37.5]
    >>> term.optimal_rate
    1.0
    """

    def __init__(
        self,
        levers: Lever | str | Sequence[Lever | str],
        importer: Player | str,
        exporter: Player | str,
        *,
        import_value: float,
        demand_elasticity: float,
        supply_elasticity: float,
        base_rate: float = 0.0,
        other_rates: float = 0.0,
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        super().__init__(lever_group(levers), (importer, exporter), name=name, source=source)
        self.importer, self.exporter = self.players
        self.import_value = self.number("import_value", import_value, low=0)
        self.demand_elasticity = self.number("demand_elasticity", demand_elasticity, low=0)
        self.supply_elasticity = (
            math.inf
            if supply_elasticity == math.inf
            else self.number("supply_elasticity", supply_elasticity, low=0)
        )
        if self.demand_elasticity == self.supply_elasticity == 0:
            raise self._error("demand_elasticity, supply_elasticity", "expected one above 0", 0)
        self.base_rate = self.number("base_rate", base_rate, low=-1, open_ends=True)
        self.other_rates = self.number("other_rates", other_rates)

    @property
    def optimal_rate(self) -> float:
        """The rate that is best for the importer, 1 / supply elasticity."""
        return math.inf if self.supply_elasticity == 0 else 1 / self.supply_elasticity

    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Return the change in a player's surplus against the base rate."""
        rate = np.asarray(self.other_rates + sum(levels), dtype=float)
        if np.any(rate <= -1):
            raise self._error("levels", "expected rates above -1", float(rate.min()))
        log_ratio = np.log1p(rate) - math.log1p(self.base_rate)
        log_price = -self._exporter_share() * log_ratio
        if player == self.exporter:
            return self.import_value * self._sellers_surplus(log_price)
        return self.import_value * self._importer_surplus(rate, log_ratio, log_price)

    def gradients(self, player: str, levels: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the derivative by the rate, the same for every lever.

        With a the exporter's share of the tariff, e / (e + s), it is -M a p^(1 + s) / (1 + t) for
        the exporter and M p q (a - t e (1 - a)) / (1 + t) for the importer, 0 at t = 1 / s.
        """
        rate = np.asarray(self.other_rates + sum(levels), dtype=float)
        if np.any(rate <= -1):
            raise self._error("levels", "expected rates above -1", float(rate.min()))
        share = self._exporter_share()
        log_ratio = np.log1p(rate) - math.log1p(self.base_rate)
        log_price = -share * log_ratio
        if player == self.exporter:
            power = 0.0 if share == 0 else (1 + self.supply_elasticity) * log_price
            slope = -share * np.exp(power) / (1 + rate)
        else:
            log_quantity = -self.demand_elasticity * (log_ratio + log_price)
            weight = share - rate * self.demand_elasticity * (1 - share)
            slope = np.exp(log_price + log_quantity) * weight / (1 + rate)
        return [self.import_value * slope] * len(self.levers)

    def _exporter_share(self) -> float:
        """Return how much of the (log) tariff comes out of the exporter's price."""
        return self.demand_elasticity / (self.demand_elasticity + self.supply_elasticity)

    def _sellers_surplus(self, log_price: FloatArray) -> FloatArray:
        if np.all(np.isinf(self.supply_elasticity)):
            return np.zeros_like(log_price)
        power = 1 + self.supply_elasticity
        return np.asarray(np.expm1(power * log_price) / power)

    def _importer_surplus(
        self, rate: FloatArray, log_ratio: FloatArray, log_price: FloatArray
    ) -> FloatArray:
        log_paid = log_ratio + log_price
        buyers = -log_paid * _relative_growth((1 - self.demand_elasticity) * log_paid)
        revenue = rate * np.exp(log_price - self.demand_elasticity * log_paid)
        return np.asarray((1 + self.base_rate) * buyers + revenue - self.base_rate)


class PurchaseValue(Payoff):
    """What a purchase is worth to the seller and costs the buyer.

    The purchase is worth V = price x (level - reference) a year. The seller gets seller_surplus x V
    (what it earns above selling elsewhere or not at all), the buyer -buyer_cost x V (what it pays
    above its best other supply): first-order incidence at a given price. On promised purchases and
    what became of them see Bown (2021).

    Parameters
    ----------
    lever : Lever or str
        The purchase; levels in its unit a year.
    buyer, seller : Player or str
    price : float
        Per unit of the lever; the payoffs come out in its currency unit (USD billion).
    seller_surplus : float
        Share of the value that is a net gain of the seller, in [0, 1].
    buyer_cost : float
        Share of the value that is a net cost of the buyer, in [-1, 1]; negative where it gains.
    reference : float
        The purchase at which the payoffs are zero.
    name, source : optional
        For tables, and where the figures come from.

    Raises
    ------
    InputError
        For a number out of its bounds.

    References
    ----------
    Bown (2021), The US-China trade war and Phase One agreement, Journal of Policy Modeling 43.

    Examples
    --------
    USD 12.64 billion for 26.8 million tonnes, a quarter of it surplus:

    >>> term = PurchaseValue(
    ...     "soybeans", "China", "United States",
    ...     price=12.64 / 26.8, seller_surplus=0.25, buyer_cost=0.05,
    ... )
    >>> term.values("United States", [np.array([0.0, 12.0, 25.0])]).round(3).tolist()
    [0.0, 1.415, 2.948]
    >>> term.values("China", [np.array([25.0])]).round(3).tolist()
    [-0.59]
    """

    def __init__(
        self,
        lever: Lever | str,
        buyer: Player | str,
        seller: Player | str,
        *,
        price: float,
        seller_surplus: float,
        buyer_cost: float,
        reference: float = 0.0,
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        super().__init__((lever,), (buyer, seller), name=name, source=source)
        self.buyer, self.seller = self.players
        self.price = self.number("price", price, low=0)
        self.seller_surplus = self.number("seller_surplus", seller_surplus, low=0, high=1)
        self.buyer_cost = self.number("buyer_cost", buyer_cost, low=-1, high=1)
        self.reference = self.number("reference", reference)

    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Return the player's share of the value of the purchase above the reference."""
        return self._slope(player) * (levels[0] - self.reference)

    def _slope(self, player: str) -> float:
        share = self.seller_surplus if player == self.seller else -self.buyer_cost
        return share * self.price

    def gradients(self, player: str, levels: Sequence[FloatArray]) -> Sequence[FloatArray]:
        """Return the player's share of the price."""
        return (np.array(self._slope(player)),)

    def quadratic(self, player: str) -> Quadratic:
        """Return the line as a quadratic function."""
        return line(self._slope(player), self.reference)


def _relative_growth(z: FloatArray) -> FloatArray:
    """Return (exp(z) - 1) / z, and 1 at z = 0."""
    return np.asarray(np.where(z == 0, 1.0, np.expm1(z) / np.where(z == 0, 1.0, z)))
