"""Comparisons of regimes and tabling games from a file: regimes are induced anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.errors import InputError
from bargaining.linkage.regimes.comparison import RegimeComparison
from bargaining.linkage.regimes.outcome import RegimeOutcome
from bargaining.linkage.regimes.regimes import Regime, resolved
from bargaining.linkage.regimes.subsets import SubsetOutcome, SubsetSolver
from bargaining.linkage.regimes.unsettled import Asked, Unsettled
from bargaining.linkage.tabling.dominance import dominance
from bargaining.linkage.tabling.groups import Groups, groups_of
from bargaining.linkage.tabling.kind import kind_of
from bargaining.linkage.tabling.leader import TIES, leader_follower
from bargaining.linkage.tabling.mixed import MixedTabling
from bargaining.linkage.tabling.pure import PureEquilibria, Strategy
from bargaining.linkage.tabling.result import TablingGame, stage_of
from bargaining.linkage.tabling.stage import members
from bargaining.linkage.tabling.tabling import regimes_of
from bargaining.model.negotiation import Negotiation
from bargaining.saved.negotiations import Opened
from bargaining.saved.reading import (
    agreement_of,
    behind_of,
    certificate_of,
    lottery_of,
    solution_of,
    vector,
)
from bargaining.saved.schema import (
    MixedModel,
    OutcomeModel,
    PureModel,
    RegimeModel,
    RegimesContent,
    SubsetModel,
    TablingContent,
    UnsettledModel,
)
from bargaining.saved.tables import game_of_table, induced_by, other_tables, with_constant
from bargaining.strategic.disagreement import DisagreementPoint, as_disagreement

__all__ = ["comparison_from", "tabling_from"]


def comparison_from(content: RegimesContent) -> RegimeComparison:
    """Return the comparison of regimes of a file."""
    opened = Opened(content.negotiations)
    negotiation = opened.at(content.negotiation)
    outcomes = tuple(_outcome(model, negotiation, opened) for model in content.outcomes)
    elsewhere = []
    for model in content.elsewhere:
        if not isinstance(model, int):
            elsewhere.append(_outcome(model, negotiation, opened))
        elif 0 <= model < len(outcomes):
            elsewhere.append(outcomes[model])
        else:
            raise InputError(f"elsewhere: expected the number of an outcome, got {model}")
    return RegimeComparison(
        negotiation,
        outcomes,
        tuple(_outcome(model, negotiation, opened) for model in content.beside),
        tuple(elsewhere),
        solution_of(content.solution),
        content.disagreement_from,
        tuple(
            _unsettled(model, content, negotiation, opened) for model in content.unsettled
        ),
    )  # fmt: skip


def _regime(model: RegimeModel, negotiation: Negotiation) -> Regime:
    return resolved(negotiation, Regime(model.name, model.tradable, model.tables))


def _outcome(model: OutcomeModel, negotiation: Negotiation, opened: Opened) -> RegimeOutcome:
    regime = _regime(model.regime, negotiation)
    size = len(negotiation.players)
    if model.agreed != bool(model.lottery):
        raise InputError("outcome, lottery: expected one where there is a deal, else none")
    build = _on_one_table if regime.tables is None else _on_separate_tables
    return RegimeOutcome(
        regime,
        model.off_table,
        model.lotteries,
        model.agreed,
        vector(model.payoffs, size, "outcome, payoffs"),
        vector(model.disagreement, size, "outcome, disagreement"),
        lottery_of(model.lottery, negotiation),
        build(model, regime, negotiation, opened),
        model.fixed_points,
        certificate_of(model.certificate, size),
        negotiation,
        None if model.reference is None else lottery_of(model.reference, negotiation),
        tuple(lottery_of(lottery, negotiation) for lottery in model.others),
        model.completeness,
    )


def _on_one_table(
    model: OutcomeModel, regime: Regime, negotiation: Negotiation, opened: Opened
) -> tuple[Agreement, ...]:
    if len(model.agreements) != 1:
        raise InputError(f"regime {regime.name!r}: expected one agreement")
    only = model.agreements[0].agreement
    if only.lotteries != model.lotteries or only.disagreement != model.disagreement:
        raise InputError(f"regime {regime.name!r}: its agreement answers another question")
    induced = induced_by(negotiation, regime, model.off_table).negotiation
    problem = BargainingProblem(PackageSet(induced), only.disagreement)
    behind = behind_of(only.equilibrium, opened, None)
    return (agreement_of(only, problem, negotiation=negotiation, behind=behind),)


def _on_separate_tables(
    model: OutcomeModel, regime: Regime, negotiation: Negotiation, opened: Opened
) -> tuple[Agreement, ...]:
    """Build the game of each table from the agreements of the others."""
    assert regime.tables is not None
    if len(model.agreements) != len(regime.tables):
        raise InputError(f"regime {regime.name!r}: expected an agreement for each table")
    size = len(negotiation.players)
    bare = []
    for table, written in zip(regime.tables, model.agreements, strict=True):
        over = Negotiation(
            negotiation.players, [negotiation.lever(lever) for lever in table], [],
            unit=negotiation.unit,
        )  # fmt: skip
        problem = BargainingProblem(PackageSet(over), written.agreement.disagreement)
        bare.append(agreement_of(written.agreement, problem, behind=None))
    found = []
    for k, written in enumerate(model.agreements):
        if written.others is None or written.agreement.lotteries != model.lotteries:
            raise InputError(f"regime {regime.name!r}: table {k} answers another question")
        others = other_tables(bare, regime.tables, k)
        game = game_of_table(negotiation, regime, model.off_table, k, others)
        game = with_constant(game, vector(written.others, size, "agreement, others"))
        problem = BargainingProblem(PackageSet(game), written.agreement.disagreement)
        behind = behind_of(written.agreement.equilibrium, opened, game)
        found.append(agreement_of(written.agreement, problem, behind=behind))
    return tuple(found)


def _unsettled(
    model: UnsettledModel, content: RegimesContent, negotiation: Negotiation, opened: Opened
) -> Unsettled:
    regime = _regime(model.regime, negotiation)
    size = len(negotiation.players)
    given = model.point
    point = DisagreementPoint(
        vector(given.payoffs, size, "disagreement"),
        given.says,
        None if given.reference is None else lottery_of(given.reference, negotiation),
        behind_of(given.equilibrium, opened, None),
    )
    asked = Asked(
        negotiation, regime, solution_of(content.solution), as_disagreement(model.model), point,
        model.off_table, model.lotteries,
        tuple(lottery_of(start, negotiation) for start in model.starts),
    )  # fmt: skip
    return Unsettled(
        regime, model.off_table, model.lotteries, point.payoffs, model.completeness, model.reason,
        certificate_of(model.certificate, size), asked,
    )  # fmt: skip


def tabling_from(content: TablingContent) -> TablingGame:
    """Return the tabling game of a file; what follows from its regimes is worked out again."""
    negotiation = Opened(content.negotiations).at(content.negotiation)
    if len(negotiation.players) != 2:
        raise InputError(f"tabling: expected two players, got {negotiation.player_names}")
    groups = groups_of(negotiation, {**content.groups[0], **content.groups[1]})
    if groups != content.groups:
        raise InputError("tabling, groups: expected the security levers of each side, each once")
    sizes = [2 ** len(own) for own in groups]
    first, second = (
        vector(cost, size, "tabling, costs")
        for cost, size in zip(content.costs, sizes, strict=True)
    )
    regimes = _subsets(content, negotiation, groups)
    stage = stage_of(regimes, (first, second), content.costs_without_talks)
    names = tuple(groups[0]), tuple(groups[1])
    one, other = negotiation.player_names
    return TablingGame(
        negotiation, (one, other), groups, (first, second), content.costs_without_talks, regimes,
        stage, (dominance(stage.side(0)), dominance(stage.side(1))),
        tuple(_pure(model, sizes, names) for model in content.equilibria),
        _mixed(content.mixed, names),
        tuple(
            leader_follower(stage, leader, ties, (one, other), names)
            for leader in (0, 1)
            for ties in TIES
        ),
        kind_of(stage), content.disagreement_from, content.costs_from,
        certificate_of(content.certificate, 2),
    )  # fmt: skip


def _subsets(
    content: TablingContent, negotiation: Negotiation, groups: tuple[Groups, Groups]
) -> tuple[tuple[SubsetOutcome, ...], ...]:
    question = SubsetSolver(
        negotiation, solution_of(content.solution), np.array(content.disagreement),
        lotteries=content.lotteries, off_table=content.off_table,
    )  # fmt: skip
    asked = regimes_of(negotiation, groups)
    if [len(row) for row in content.regimes] != [len(row) for row in asked]:
        raise InputError("tabling, regimes: expected one for each pair of sets that can be tabled")
    return tuple(
        tuple(
            _subset(model, tradable, question)
            for model, tradable in zip(models, row, strict=True)
        )
        for models, row in zip(content.regimes, asked, strict=True)
    )  # fmt: skip


def _subset(
    model: SubsetModel, tradable: frozenset[str], question: SubsetSolver
) -> SubsetOutcome:  # fmt: skip
    if model.agreed != bool(model.lottery):
        raise InputError("tabling, lottery: expected one where there is a deal, else none")
    return SubsetOutcome(
        tradable,
        model.agreed,
        vector(model.payoffs, 2, "tabling, payoffs"),
        question.d,
        lottery_of(model.lottery, question.negotiation),
        certificate_of(model.proof, 2),
        model.regret,
        None if model.taken_from is None else question.named(model.taken_from),
        question,
    )


def _pure(
    model: PureModel, sizes: Sequence[int], names: tuple[tuple[str, ...], tuple[str, ...]]
) -> PureEquilibria:
    masks = []
    for own, other, rows in zip(sizes, reversed(sizes), model.masks, strict=True):
        if not rows or not all(0 <= t < own and 0 <= r < other for t, r in rows):
            raise InputError("tabling, masks: expected sets that can be tabled and insisted on")
        masks.append(np.array(rows, dtype=np.int64))
    for mask, tabled, groups in zip(masks, model.tabled, names, strict=True):
        if {members(t, groups) if model.talks else () for t in mask[:, 0].tolist()} != {tabled}:
            raise InputError(f"tabling, tabled: expected what the masks say, got {tabled}")
    return PureEquilibria(
        model.talks, model.tabled, vector(model.payoffs, 2, "tabling, payoffs"), model.number,
        model.voluntary, model.undominated, model.regret, (masks[0], masks[1]), names,
    )  # fmt: skip


def _mixed(model: MixedModel, names: tuple[tuple[str, ...], tuple[str, ...]]) -> MixedTabling:
    strategies = []
    for i, own in enumerate(model.strategies):
        played = []
        for share, tables, insists_on in own:
            if not (set(tables) <= set(names[i]) and set(insists_on) <= set(names[1 - i])):
                raise InputError(f"tabling, mixed: unknown groups in {tables} and {insists_on}")
            played.append((share, Strategy(tables, insists_on)))
        if not played:
            raise InputError("tabling, mixed: expected at least one strategy a side")
        strategies.append(tuple(played))
    payoffs = vector(model.payoffs, 2, "tabling, payoffs")
    return MixedTabling((strategies[0], strategies[1]), payoffs, model.regret, model.talks)
