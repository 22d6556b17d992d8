"""The payoff terms of a scenario file: one table `[[payoffs]]` each, its kind saying which.

Each model mirrors a payoff term of `bargaining.model` and makes it; the formulas and their sources
are documented there. Functions cannot be given in a file: nothing in it is ever evaluated.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from bargaining.model.chokepoint import Chokepoint
from bargaining.model.levers import Lever
from bargaining.model.payoffs import InteractionPayoff, LinearPayoff, TablePayoff
from bargaining.model.players import Player
from bargaining.model.security_terms import CoverageControl, SecurityValue
from bargaining.model.sources import Source
from bargaining.model.terms import Payoff
from bargaining.model.trade_terms import PurchaseValue, TariffIncidence
from bargaining.scenarios.figures import Confidence, Grid, Model, Number, Numbers, unit

__all__ = [
    "ChokepointTerm", "CoverageControlTerm", "InteractionTerm", "LinearTerm", "Names",
    "PurchaseValueTerm", "SecurityValueTerm", "TableTerm", "TariffIncidenceTerm", "TermModel",
]  # fmt: skip

PAYOFF, SHARE, EACH = "{payoff}", "share", "{payoff} per {lever}"


class Names:
    """What the keys and numbers of a file stand for, while terms are built."""

    def __init__(
        self,
        player: Callable[[str], Player],
        lever: Callable[[str], Lever],
        number: Callable[[Any], Any],
        source: Callable[[str | None, str | None], Source | None],
    ) -> None:
        self.player, self.lever, self.number, self.source = player, lever, number, source


class TermModel(Model, ABC):
    """What all terms have: a name, and the source of their numbers unless these have their own."""

    name: str = Field(min_length=1)
    source: str | None = None
    confidence: Confidence | None = None

    def own(self, names: Names, *fields: str) -> dict[str, Any]:
        """Return the given number fields that the file sets, as keyword arguments."""
        return {
            **{f: names.number(getattr(self, f)) for f in fields if getattr(self, f) is not None},
            "name": self.name,
            "source": names.source(self.source, self.confidence),
        }

    def by_player(self, names: Names, field: str) -> dict[Player, Any]:
        """Return a mapping from player to number, or to a table of numbers."""
        given: dict[str, Any] = getattr(self, field)
        return {names.player(key): names.number(value) for key, value in given.items()}

    @abstractmethod
    def build(self, names: Names) -> Payoff:
        """Make the term."""

    def lever_keys(self) -> list[str]:
        """Return the levers as the file names them."""
        lever = getattr(self, "lever", None)
        return [lever] if lever is not None else list(getattr(self, "levers", []))


def _as_list(data: Any) -> Any:
    return [data] if isinstance(data, str) else data


Levers: TypeAlias = Annotated[list[str], BeforeValidator(_as_list), Field(min_length=1)]


class LinearTerm(TermModel):
    """slope x (level - reference)."""

    kind: Literal["linear"]
    lever: str
    slopes: Numbers = unit(EACH)
    reference: Number | None = unit("{lever}", default=None)

    def build(self, names: Names) -> Payoff:
        """Make the term."""
        slopes = self.by_player(names, "slopes")
        return LinearPayoff(names.lever(self.lever), slopes, **self.own(names, "reference"))


class InteractionTerm(TermModel):
    """coefficient x (level - reference) x (level - reference)."""

    kind: Literal["interaction"]
    levers: Annotated[list[str], Field(min_length=2, max_length=2)]
    coefficients: Numbers = unit("{payoff} per product of levels")
    references: list[Number] | None = unit("level", default=None)

    def build(self, names: Names) -> Payoff:
        """Make the term."""
        levers = [names.lever(key) for key in self.levers]
        coefficients = self.by_player(names, "coefficients")
        return InteractionPayoff(levers, coefficients, **self.own(names, "references"))


class TableTerm(TermModel):
    """A payoff for every combination of levels."""

    kind: Literal["table"]
    levers: Levers
    tables: dict[str, Grid] = unit(PAYOFF)

    def build(self, names: Names) -> Payoff:
        """Make the term."""
        levers = [names.lever(key) for key in self.levers]
        return TablePayoff(levers, self.by_player(names, "tables"), **self.own(names))


class TariffIncidenceTerm(TermModel):
    """What a tariff is worth to the importer and costs the exporter."""

    kind: Literal["tariff-incidence"]
    levers: Levers
    importer: str
    exporter: str
    import_value: Number = unit(PAYOFF)
    demand_elasticity: Number = unit("elasticity")
    supply_elasticity: Number = unit("elasticity")
    base_rate: Number | None = unit("ad valorem rate", default=None)
    other_rates: Number | None = unit("ad valorem rate", default=None)

    def build(self, names: Names) -> Payoff:
        """Make the term."""
        fields = (
            "import_value", "demand_elasticity", "supply_elasticity", "base_rate", "other_rates",
        )  # fmt: skip
        return TariffIncidence(
            [names.lever(key) for key in self.levers],
            names.player(self.importer),
            names.player(self.exporter),
            **self.own(names, *fields),
        )


class ChokepointTerm(TermModel):
    """What the user of a critical input loses; rationed_shares has one share a level."""

    kind: Literal["chokepoint"]
    lever: str
    user: str
    value_at_stake: Number = unit(PAYOFF)
    input_share: Number = unit("share of cost")
    elasticity: Number = unit("elasticity")
    rationed_shares: list[Number] = unit("share of supply")
    erosion: Number | None = unit("share a year", default=None)
    years: Annotated[int, Field(strict=True, ge=1)] | None = None
    controller: str | None = None
    controller_cost: Number | None = unit(PAYOFF, default=None)

    def build(self, names: Names) -> Payoff:
        """Make the term."""
        lever = names.lever(self.lever)
        options = self.own(
            names, "value_at_stake", "input_share", "elasticity", "erosion", "controller_cost"
        )
        if self.years is not None:
            options["years"] = self.years
        if self.controller is not None:
            options["controller"] = names.player(self.controller)
        levels = lever.array().tolist()
        shares = names.number(self.rationed_shares)
        if len(shares) != len(levels):
            raise ValueError(
                f"rationed_shares: expected {len(levels)}, one a level of {lever.name!r}, "
                f"got {len(shares)}"
            )
        options["rationed_shares"] = dict(zip(levels, shares, strict=True))
        return Chokepoint(lever, names.player(self.user), **options)


class PurchaseValueTerm(TermModel):
    """What a purchase is worth to the seller and costs the buyer."""

    kind: Literal["purchase-value"]
    lever: str
    buyer: str
    seller: str
    price: Number = unit(EACH)
    seller_surplus: Number = unit("share of value")
    buyer_cost: Number = unit("share of value")
    reference: Number | None = unit("{lever}", default=None)

    def build(self, names: Names) -> Payoff:
        """Make the term."""
        return PurchaseValue(
            names.lever(self.lever),
            names.player(self.buyer),
            names.player(self.seller),
            **self.own(names, "price", "seller_surplus", "buyer_cost", "reference"),
        )


class CoverageControlTerm(TermModel):
    """What a list of covered entities does to the target and to the controller."""

    kind: Literal["coverage-control"]
    lever: str
    controller: str
    target: str
    reference: Number = unit("{lever}")
    full: Number = unit("{lever}")
    harm: Number = unit(PAYOFF)
    benefit: Number | None = unit(PAYOFF, default=None)
    cost_per_entity: Number | None = unit("{payoff} per entity", default=None)
    concavity: Number = unit("exponent")

    def build(self, names: Names) -> Payoff:
        """Make the term."""
        fields = ("reference", "full", "harm", "benefit", "cost_per_entity", "concavity")
        return CoverageControl(
            names.lever(self.lever),
            names.player(self.controller),
            names.player(self.target),
            **self.own(names, *fields),
        )


class SecurityValueTerm(TermModel):
    """What players give for the effect of a security lever on their security."""

    kind: Literal["security-value"]
    lever: str
    amounts: Numbers = unit(PAYOFF)
    reference: Number = unit("{lever}")
    full: Number = unit("{lever}")
    curvature: Number | None = unit("exponent", default=None)

    def build(self, names: Names) -> Payoff:
        """Make the term."""
        return SecurityValue(
            names.lever(self.lever),
            self.by_player(names, "amounts"),
            **self.own(names, "reference", "full", "curvature"),
        )
