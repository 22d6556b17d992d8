"""What a scenario file may contain: its tables and keys, as pydantic models.

A file is data. It names players, levers, payoff terms, regimes and what was observed; kinds and
numbers are looked up and checked, and no expression in it is ever evaluated.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

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
from bargaining.model.players import Player
from bargaining.scenarios.economy_term import Term
from bargaining.scenarios.figures import Confidence, Model, Number, unit
from bargaining.scenarios.terms import Names

__all__ = ["Document", "LeverTable", "ObservedTable", "PlayerTable", "RegimeTable", "SourceTable"]

KINDS: dict[str, type[Lever]] = {
    "lever": Lever,
    "tariff": Tariff,
    "port-fee": PortFee,
    "export-control": ExportControl,
    "rare-earth-control": RareEarthControl,
    "purchase-commitment": PurchaseCommitment,
    "soybean-purchase": SoybeanPurchase,
    "enforcement-pledge": EnforcementPledge,
    "technology-sale": TechnologySale,
}
Kind = Literal[
    "lever", "tariff", "port-fee", "export-control", "rare-earth-control", "purchase-commitment",
    "soybean-purchase", "enforcement-pledge", "technology-sale",
]  # fmt: skip
LEVELS, INTERVAL = "<levels>", "<interval>"


def _is_level(data: Any) -> Any:
    if isinstance(data, bool) or not isinstance(data, int | float | str):
        raise ValueError("expected a level (a number) or its label")
    return data


Level = Annotated[float | str, BeforeValidator(_is_level)]


class About(Model):
    """`[scenario]`: what the file is."""

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    description: str
    unit: str
    disagreement: Literal["noncooperative", "status-quo", "max-min"] = "noncooperative"


class SourceTable(Model):
    """`[sources.KEY]`: a reference that several numbers share."""

    text: str = Field(min_length=1)
    url: str = ""
    confidence: Confidence | None = None


class PlayerTable(Model):
    """`[players.KEY]`."""

    name: str = Field(min_length=1)
    discount_factor: Annotated[float, Field(strict=True)] | None = None

    def build(self) -> Player:
        """Make the player."""
        return Player(self.name, self.discount_factor)


class IntervalTable(Model):
    """`levels = {low = ..., high = ...}`."""

    low: Number
    high: Number


def _is_interval(data: Any) -> str:
    return LEVELS if isinstance(data, list) else INTERVAL


class LeverTable(Model):
    """`[levers.KEY]`; dates has one a level, empty where there is none."""

    kind: Kind
    name: str = Field(min_length=1)
    owner: str
    levels: Annotated[
        Annotated[list[Number], Tag(LEVELS)] | Annotated[IntervalTable, Tag(INTERVAL)],
        Discriminator(_is_interval),
    ] = unit("{lever}")
    status_quo: Level
    labels: list[str] | None = None
    dates: list[str] | None = None
    domain: Literal["economic", "security"] | None = None
    unit: str | None = None
    source: str | None = None
    confidence: Confidence | None = None

    def build(self, names: Names) -> Lever:
        """Make the lever."""
        if self.dates is not None and (
            isinstance(self.levels, IntervalTable) or len(self.dates) != len(self.levels)
        ):
            raise ValueError(f"dates: expected one a level, got {self.dates}")
        levels = (
            Interval(names.number(self.levels.low), names.number(self.levels.high))
            if isinstance(self.levels, IntervalTable)
            else names.number(self.levels)
        )
        return KINDS[self.kind](
            self.name,
            names.player(self.owner),
            levels,
            self.status_quo,
            domain=self.domain,
            unit=self.unit,
            labels=self.labels,
            source=names.source(self.source, self.confidence),
        )


class ObservedTable(Model):
    """`[observed.KEY]`: what was agreed or in force, a level or label for every lever."""

    title: str = ""
    date: str
    source: str
    note: str = ""
    levels: dict[str, Level]


class RegimeTable(Model):
    """`[regimes.KEY]`: which levers may be part of a package, and at which tables."""

    name: str = Field(min_length=1)
    tradable: list[str] | None = None
    tables: list[list[str]] | None = None


class Document(Model):
    """A whole file."""

    scenario: About
    sources: dict[str, SourceTable] = Field(default_factory=dict)
    numbers: dict[str, Number] = Field(default_factory=dict)
    players: dict[str, PlayerTable] = Field(min_length=1)
    levers: dict[str, LeverTable] = Field(min_length=1)
    payoffs: list[Term] = Field(min_length=1)
    observed: dict[str, ObservedTable] = Field(default_factory=dict)
    regimes: dict[str, RegimeTable] = Field(default_factory=dict)
