"""The payoff term of a scenario file that a shipped trade economy computes, and all kinds of terms.

A file names the economy, whose country each player is, and on which goods each lever is a duty; the
model is documented in `bargaining.trade`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from bargaining.model.levers import Lever
from bargaining.model.sources import Source
from bargaining.model.terms import Payoff
from bargaining.scenarios.figures import Model, Number, Numbers, unit
from bargaining.scenarios.terms import (
    ChokepointTerm,
    CoverageControlTerm,
    InteractionTerm,
    LinearTerm,
    Names,
    PurchaseValueTerm,
    SecurityValueTerm,
    TableTerm,
    TariffIncidenceTerm,
    TermModel,
)

__all__ = ["Duty", "Term", "TradeEconomyTerm"]


class Duty(Model):
    """`[payoffs.duties.LEVER]`: a lever's level, added to the tariff in force at the base."""

    exporter: str
    importer: str
    sectors: list[str] = Field(default_factory=list)
    """Those all of whose trade bears it."""
    coverage: Numbers = Field(default_factory=dict)
    """Of those whose trade bears it in part, the share."""

    @model_validator(mode="after")
    def _check(self) -> Duty:
        if not (self.sectors or self.coverage):
            raise ValueError("expected sectors, coverage or both")
        twice = sorted(set(self.sectors) & set(self.coverage))
        if twice or len(set(self.sectors)) < len(self.sectors):
            raise ValueError(f"expected each sector once, in sectors or in coverage, got {twice}")
        return self


class TradeEconomyTerm(TermModel):
    """What tariffs are worth to players by way of a trade economy, deficits purged."""

    kind: Literal["trade-economy"]
    economy: str
    countries: dict[str, str] = Field(min_length=1)
    duties: dict[str, Duty] = unit("share of trade", min_length=1)
    months: Number = unit("months since the tariffs changed")
    elasticity_factor: Number | None = unit("factor", default=None)

    def lever_keys(self) -> list[str]:
        """Return the levers as the file names them."""
        return list(self.duties)

    def build(self, names: Names) -> Payoff:
        """Make the term."""
        own = self.own(names, "months", "elasticity_factor")
        duties = []
        for key, duty in self.duties.items():
            partly = {sector: names.number(share) for sector, share in duty.coverage.items()}
            shares = tuple({**dict.fromkeys(duty.sectors, 1.0), **partly}.items())
            duties.append((names.lever(key).name, duty.exporter, duty.importer, shares))
        players = tuple((names.player(key).name, land) for key, land in self.countries.items())
        return _term(self.economy, tuple(duties), players, **own)


@lru_cache(maxsize=64)
def _term(
    economy: str,
    duties: tuple[tuple[str, str, str, tuple[tuple[str, float], ...]], ...],
    players: tuple[tuple[str, str], ...],
    *,
    months: float,
    elasticity_factor: float = 1.0,
    name: str,
    source: Source | None,
) -> Payoff:
    """Return the term; scenarios that differ in other numbers share it, and what it has solved."""
    # The trade room is imported here, since most scenarios do without it.
    from bargaining.trade.economy.horizon import at_horizon, share_of_long_run
    from bargaining.trade.economy.shipped import load
    from bargaining.trade.terms.effects import AddedTariff, Effect
    from bargaining.trade.terms.payoff_term import payoffs

    soon = at_horizon(
        load(economy).balanced(), months,
        share=lambda after: elasticity_factor * share_of_long_run(after),
    )  # fmt: skip
    levers: dict[Lever | str, Effect] = {
        lever: AddedTariff(exporter, importer, dict(shares))
        for lever, exporter, importer, shares in duties
    }
    return payoffs(soon, levers, players=dict(players), name=name, source=source)


Term: TypeAlias = Annotated[
    LinearTerm | InteractionTerm | TableTerm | TariffIncidenceTerm | ChokepointTerm
    | PurchaseValueTerm | CoverageControlTerm | SecurityValueTerm | TradeEconomyTerm,
    Field(discriminator="kind"),
]  # fmt: skip
