"""Negotiations in a file: scenarios as their documents, others as players, levers and terms.

A negotiation in which more levers stand still than in another one is written as that one and those
levers, so that a regime, a breakdown and the whole are one negotiation in the file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from bargaining.errors import InputError
from bargaining.model import levers as kinds
from bargaining.model.files import MOST_LEVERS, MOST_PLAYERS
from bargaining.model.levers import Interval, Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.payoffs import (
    InteractionPayoff,
    LinearPayoff,
    Payoff,
    QuadraticPayoff,
    TablePayoff,
)
from bargaining.model.players import Player
from bargaining.model.sources import Source
from bargaining.saved.schema import (
    Kept,
    LeverModel,
    NegotiationModel,
    PlayerModel,
    Ref,
    ScenarioModel,
    SourceModel,
    TermModel,
)
from bargaining.scenarios.reading import checked_document
from bargaining.scenarios.scenario import Scenario
from bargaining.types import FloatArray

__all__ = ["Opened", "Shelf"]

KINDS: dict[str, type[Lever]] = {
    kind.__name__: kind
    for kind in (
        kinds.Lever, kinds.Tariff, kinds.PortFee, kinds.ExportControl, kinds.RareEarthControl,
        kinds.PurchaseCommitment, kinds.SoybeanPurchase, kinds.EnforcementPledge,
        kinds.TechnologySale,
    )
}  # fmt: skip


class Shelf:
    """The negotiations that a file will hold, each once."""

    def __init__(self) -> None:
        self._roots: list[Negotiation] = []

    def ref(self, negotiation: Negotiation) -> Ref:
        """Put a negotiation on the shelf, and say where it is."""
        for k, root in enumerate(self._roots):
            same = root.terms is negotiation.terms and root.levers is negotiation.levers
            if same and root.fixed.items() <= negotiation.fixed.items():
                more = negotiation.fixed.items() - root.fixed.items()
                return Ref(negotiation=k, fixed=dict(sorted(more)))
        self._roots.append(negotiation)
        return Ref(negotiation=len(self._roots) - 1)

    def models(self) -> tuple[Kept, ...]:
        """Return what is on the shelf, as it is written."""
        return tuple(map(_model, self._roots))


class Opened:
    """The negotiations of a file, made again.

    Parameters
    ----------
    kept : sequence of NegotiationModel or ScenarioModel

    Raises
    ------
    InputError
        When one does not add up.
    """

    def __init__(self, kept: Sequence[Kept]) -> None:
        self._roots = [_made(model) for model in kept]

    def at(self, ref: Ref) -> Negotiation:
        """Return a negotiation by its number, with levers fixed on top."""
        if not 0 <= ref.negotiation < len(self._roots):
            raise InputError(
                f"negotiation: expected a number below {len(self._roots)}, got {ref.negotiation}"
            )
        root = self._roots[ref.negotiation]
        return root.fix(ref.fixed) if ref.fixed else root


def _model(negotiation: Negotiation) -> Kept:
    if isinstance(negotiation, Scenario):
        return ScenarioModel(
            origin=negotiation.name, document=negotiation.document.model_dump(mode="json")
        )
    return NegotiationModel(
        players=tuple(
            PlayerModel(name=p.name, discount_factor=p.discount_factor) for p in negotiation.players
        ),
        levers=tuple(map(_lever_model, negotiation.levers)),
        terms=tuple(_term_model(negotiation, term) for term in negotiation.terms),
        unit=negotiation.unit,
        keys=negotiation.keys,
        fixed=dict(negotiation.fixed),
    )


def _source_model(source: Source | None) -> SourceModel | None:
    if source is None:
        return None
    return SourceModel(text=source.text, url=source.url, confidence=source.confidence)


def _lever_model(lever: Lever) -> LeverModel:
    kind = type(lever).__name__
    if KINDS.get(kind) is not type(lever):
        raise InputError(f"save_result, lever {lever.name!r}: a {kind} is not of this library")
    ends = lever.levels
    return LeverModel(
        kind=kind,
        name=lever.name,
        owner=lever.owner,
        levels=None if isinstance(ends, Interval) else ends,
        interval=(ends.low, ends.high) if isinstance(ends, Interval) else None,
        status_quo=lever.status_quo,
        domain=lever.domain,
        unit=lever.unit,
        labels=lever.labels,
        source=_source_model(lever.source),
    )


def _term_model(negotiation: Negotiation, term: Payoff) -> TermModel:
    levers = [negotiation.lever(name) for name in term.levers]
    references: tuple[float, ...] = ()
    players: dict[str, tuple[float, ...]]
    if type(term) is LinearPayoff:
        form, references = "linear", (term.reference,)
        players = {p: (slope,) for p, slope in term.slopes.items()}
    elif type(term) is InteractionPayoff:
        form, references = "interaction", term.references
        players = {p: (number,) for p, number in term.coefficients.items()}
    elif type(term) is QuadraticPayoff:
        form, references = "quadratic", tuple(term.references.tolist())
        players = {
            p: (q.constant, *q.slopes.tolist(), *q.matrix.ravel().tolist())
            for p, q in term.quadratics.items()
        }
    elif any(lever.is_interval for lever in levers):
        raise InputError(
            f"save_result, payoff term {term.name!r}: a {type(term).__name__} over an interval "
            "cannot be written as numbers; linear, interaction and quadratic terms can, and any "
            "term over levers with a finite number of levels"
        )
    else:
        form = "table"
        tables = term.tabulate(levers, [lever.array() for lever in levers])
        players = {p: tuple(table.ravel().tolist()) for p, table in tables.items()}
    return TermModel.model_validate(
        {
            "form": form, "name": term.name, "source": _source_model(term.source),
            "levers": tuple(lever.name for lever in levers), "references": references,
            "players": {negotiation.player(p).name: numbers for p, numbers in players.items()},
        }
    )  # fmt: skip


def _made(model: Kept) -> Negotiation:
    if isinstance(model, ScenarioModel):
        return Scenario(checked_document(model.document, model.origin), model.origin)
    for what, count, most in (
        ("players", len(model.players), MOST_PLAYERS),
        ("levers", len(model.levers), MOST_LEVERS),
    ):
        if count > most:
            raise InputError(f"{what}: expected at most {most:,}, got {count:,}")
    levers = [_lever(lever) for lever in model.levers]
    by_name = {lever.name: lever for lever in levers}
    negotiation = Negotiation(
        [Player(p.name, p.discount_factor) for p in model.players],
        levers,
        [_term(term, by_name) for term in model.terms],
        unit=model.unit,
        keys=model.keys,
    )
    return negotiation.fix(model.fixed) if model.fixed else negotiation


def _source(model: SourceModel | None) -> Source | None:
    return None if model is None else Source(model.text, model.url, model.confidence)


def _lever(model: LeverModel) -> Lever:
    where = f"lever {model.name!r}"
    if model.kind not in KINDS:
        raise InputError(f"{where}, kind: expected one of {list(KINDS)}, got {model.kind!r}")
    if (model.levels is None) == (model.interval is None):
        raise InputError(f"{where}: expected either levels or an interval")
    levels = model.levels if model.interval is None else Interval(*model.interval)
    assert levels is not None
    return KINDS[model.kind](
        model.name, model.owner, levels, model.status_quo,
        domain=model.domain, unit=model.unit, labels=model.labels, source=_source(model.source),
    )  # fmt: skip


def _term(model: TermModel, levers: dict[str, Lever]) -> Payoff:
    about: dict[str, Any] = {"name": model.name, "source": _source(model.source)}
    for name in model.levers:
        if name not in levers:
            raise InputError(f"payoff term {model.name!r}: unknown lever {name!r}")
    over = [levers[name] for name in model.levers]
    size = len(over)
    if model.form == "table":
        shape = tuple(len(lever.array()) for lever in over)
        tables = {p: _shaped(model, row, shape) for p, row in model.players.items()}
        return TablePayoff(over, tables, **about)
    if model.form == "quadratic":
        rows = {p: _shaped(model, row, (1 + size + size**2,)) for p, row in model.players.items()}
        return QuadraticPayoff(
            over,
            {p: row[1 + size :].reshape(size, size) for p, row in rows.items()},
            {p: row[1 : 1 + size] for p, row in rows.items()},
            references=np.array(model.references),
            constants={p: float(row[0]) for p, row in rows.items()},
            **about,
        )
    numbers = {p: float(_shaped(model, row, (1,))[0]) for p, row in model.players.items()}
    if model.form == "interaction":
        return InteractionPayoff(over, numbers, model.references, **about)
    if len(over) != 1 or len(model.references) != 1:
        raise InputError(f"payoff term {model.name!r}: expected one lever and one reference")
    return LinearPayoff(over[0], numbers, model.references[0], **about)


def _shaped(model: TermModel, row: Sequence[float], shape: tuple[int, ...]) -> FloatArray:
    if len(row) != math.prod(shape):
        raise InputError(
            f"payoff term {model.name!r}: expected {math.prod(shape)} numbers a player, "
            f"got {len(row)}"
        )
    return np.array(row, dtype=float).reshape(shape)
