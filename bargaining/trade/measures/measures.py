"""Quotas, purchase commitments and port fees of a trade economy: what is asked, what came of it.

A quota is the export tax, or tariff, that makes it bind, with its rent assigned; a commitment to
purchase is the import subsidy that makes it kept (Bhagwati 1965 on tariffs and quotas). Fees on
ships are tariffs but for the ships that sail round them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bargaining.errors import InputError
from bargaining.trade.economy.arguments import number

__all__ = [
    "Fee", "FeeGiven", "Flow", "Limit", "Measure", "PortFee", "PortFees", "Purchases", "Quota",
    "Quotas", "port_fee_rate",
]  # fmt: skip

Flow = tuple[int, int, int]
"""Exporter, importer and sector."""


@dataclass(frozen=True)
class Quota:
    """A limit on the volume of a flow.

    Parameters
    ----------
    limit : float
        Largest volume that reaches the importer, relative to the base: 0.3 for thirty percent.
    rent : str
        Who gets what licences are worth: "exporter", "importer" or the name of a country.

    Examples
    --------
    >>> Quota(0.3, rent="importer")
    Quota(limit=0.3, rent='importer')
    """

    limit: float
    rent: str = "exporter"


@dataclass(frozen=True)
class PortFee:
    """A fee on the ships that carry a flow.

    Parameters
    ----------
    rate : float
        The fee relative to the value of what is carried: at the border, or as producers sell it
        where the exporter charges it.
    rerouted : float
        Share of it that is not paid, since ships sail other ways that cost as much: lost to all,
        as an iceberg cost. The rest is revenue.
    levied_by : {"importer", "exporter"}
        Whose ports charge it.

    Examples
    --------
    >>> PortFee(0.02, rerouted=0.5)
    PortFee(rate=0.02, rerouted=0.5, levied_by='importer')
    """

    rate: float
    rerouted: float = 0.0
    levied_by: str = "importer"


Quotas = Mapping[tuple[str, ...], float | Quota]
"""Limits by (exporter, importer[, sector])."""

Purchases = Mapping[tuple[str, ...], float]
"""Floors by (exporter, importer[, sector])."""

PortFees = Mapping[tuple[str, ...], float | PortFee]
"""Fees by (exporter, importer[, sector])."""

FeeGiven = dict[Flow, PortFee]
"""Fees by flow."""


def port_fee_rate(
    per_net_ton: float, net_tons: float, cargo_value: float, *, share: float = 1.0
) -> float:
    """Return a fee by ton of a ship relative to the value of what all ships carry.

    Parameters
    ----------
    per_net_ton : float
        Fee a call, by net ton of the ship.
    net_tons : float
        Of a typical ship.
    cargo_value : float
        Of what it carries, in the money of the fee.
    share : float
        Of trade, by value, that ships under the fee carry, from 0 to 1.

    Raises
    ------
    InputError
        For numbers that are not positive, or a share outside 0 to 1.

    Examples
    --------
    50 dollars a net ton, as the United States charged in 2025, on a ship of 40,000 net tons with a
    cargo worth 200 million, and a fifth of trade on such ships:

    >>> port_fee_rate(50, 40_000, 200e6, share=0.2)
    0.002
    """
    given = {"per_net_ton": per_net_ton, "net_tons": net_tons, "cargo_value": cargo_value}
    for name, value in given.items():
        if not number(f"port fee, {name}", value) > 0:
            raise InputError(f"Economy, port fee, {name}: expected a number > 0, got {value!r}")
    if not 0 <= number("port fee, share", share) <= 1:
        raise InputError(f"Economy, port fee, share: expected 0 to 1, got {share!r}")
    return per_net_ton * net_tons / cargo_value * share


@dataclass(frozen=True, eq=False, kw_only=True)
class Limit:
    """A quota or a floor, as something that a wedge has to meet.

    Attributes
    ----------
    kind : {"quota", "purchases"}
    name : str
        Kind and flows, in words.
    flows : tuple of (int, int, int)
        Exporter, importer and sector of each flow concerned.
    limit : float
        Of a quota the largest volume, new over old; of purchases the least value, as the importer
        pays, of the flows together.
    side : {"exporter", "importer"}
        Whether the wedge is an export tax or a tariff.
    rent_to : str
        The country that gets the rent, or pays the subsidy.
    """

    kind: str
    name: str
    flows: tuple[Flow, ...]
    limit: float
    side: str
    rent_to: str

    @property
    def sign(self) -> int:
        """Return 1 where the wedge is a tax, -1 where it is a subsidy."""
        return 1 if self.kind == "quota" else -1

    @property
    def at(self) -> tuple[tuple[int, ...], ...]:
        """The flows as an index into arrays [exporter, importer, sector]."""
        return tuple(zip(*self.flows, strict=True))

    def measured(self, *, level: float, rate: float, rent: float) -> Measure:
        """Return it with what came of it."""
        return Measure(
            kind=self.kind, name=self.name, flows=self.flows, limit=self.limit, side=self.side,
            rent_to=self.rent_to, level=level, rate=rate, rent=rent,
        )  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Measure(Limit):
    """A quota or a commitment to purchase in a counterfactual, and what it did.

    Attributes
    ----------
    level : float
        What came of it, in the unit of `limit`.
    rate : float
        The shadow wedge, ad valorem: the export tax or tariff that has the effect of the quota, or
        the tariff, negative, that has the effect of the commitment. Zero where it does not bind.
    rent : float
        What it brings the country `rent_to` a year; negative for a subsidy.
    """

    level: float
    rate: float
    rent: float

    @property
    def binds(self) -> bool:
        """Whether it changes anything."""
        return self.rate != 0

    @property
    def gap(self) -> float:
        """Error of complementarity, in logs: the lesser of wedge and room, or what is broken."""
        wedge = self.sign * np.log1p(self.rate)
        return abs(float(min(wedge, self.sign * np.log(self.limit / self.level))))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain Python values."""
        names = ("kind", "name", "limit", "level", "rate", "rent", "rent_to", "side")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, eq=False, kw_only=True)
class Fee:
    """A port fee in a counterfactual, and what it brought.

    Attributes
    ----------
    name : str
    flows : tuple of (int, int, int)
    fee : PortFee
    levied_by : str
        The country that charges it.
    revenue : float
        What it collects a year.
    lost : float
        What sailing round it costs a year, at producers' prices.
    """

    name: str
    flows: tuple[Flow, ...]
    fee: PortFee
    levied_by: str
    revenue: float
    lost: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain Python values."""
        fee = {"rate": self.fee.rate, "rerouted": self.fee.rerouted}
        names = ("name", "levied_by", "revenue", "lost")
        return {**{name: getattr(self, name) for name in names}, **fee}
