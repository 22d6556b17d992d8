"""What a report is about: everything that is solved of a scenario, before a word is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.enforcement.truces.limits import TrucePatience, TruceRenewal
from bargaining.enforcement.truces.phase import TrucePhase
from bargaining.enforcement.truces.result import TruceResult
from bargaining.enforcement.truces.truce import Truce, monthly
from bargaining.errors import BargainingError
from bargaining.interfaces.html.robustness import Robustness, robustness
from bargaining.interfaces.options import over_packages, regimes_of
from bargaining.linkage.regimes.comparison import RegimeComparison, compare_regimes
from bargaining.linkage.tabling.tabling import TablingGame, tabling_game
from bargaining.model.packages import Lottery
from bargaining.results.certificate import Certificate, verify
from bargaining.scenarios.scenario import Scenario
from bargaining.strategic.disagreement import Disagreement

__all__ = ["Asked", "Findings", "TruceFindings", "find"]

MONTHS, RENEWAL, PATIENCE = 12, 0.7, 0.9
"""Of the truce: those that the command `truce` asks about unless told otherwise."""

STEPS = 121
"""Points of a phase diagram in each direction."""


@dataclass(frozen=True)
class Asked:
    """What the report was asked for, as on the command line.

    Attributes
    ----------
    name : str
        The shipped scenario, or the file.
    solution : str
    disagreement : str or None
        As given; None for the scenario's own.
    lotteries : bool
    draws, seed : int
        Of the robustness.
    """

    name: str
    solution: str = "nash"
    disagreement: str | None = None
    lotteries: bool = False
    draws: int = 60
    seed: int = 0


@dataclass(frozen=True)
class TruceFindings:
    """Whether what was observed, or else agreed, holds as a pause with an end date."""

    kept: str
    result: TruceResult
    renewal: TruceRenewal
    patience: TrucePatience
    phase: TrucePhase


@dataclass(frozen=True)
class Findings:
    """Everything that is solved. A text in place of a result says why there is none.

    Attributes
    ----------
    asked : Asked
    scenario : Scenario
    agreement : Agreement
    other : Agreement or None
        The other reading, lotteries or single packages; None where the rule has one only.
    comparison : RegimeComparison
    tabling : TablingGame or str
    truce : TruceFindings or str
    robustness : Robustness or str
    certificates : tuple of (str, Certificate)
        Recomputed from the problem alone, with what each is about.
    """

    asked: Asked
    scenario: Scenario
    agreement: Agreement
    other: Agreement | None
    comparison: RegimeComparison
    tabling: TablingGame | str
    truce: TruceFindings | str
    robustness: Robustness | str
    certificates: tuple[tuple[str, Certificate], ...]


def find(
    scenario: Scenario,
    asked: Asked,
    model: Disagreement,
    progress: Callable[[str], None] = lambda _: None,
) -> Findings:
    """Solve everything that a report shows.

    Parameters
    ----------
    scenario : Scenario
    asked : Asked
    model : Disagreement
        What `asked.disagreement` stands for.
    progress : callable
        Told what comes next.

    Raises
    ------
    BargainingError
        When the agreement or the regimes cannot be solved; other parts say why they are missing.
    """
    both = over_packages(asked.solution, asked.lotteries)
    progress("regimes")
    comparison = compare_regimes(
        scenario, asked.solution, disagreement=model, regimes=regimes_of(scenario, model),
        lotteries=asked.lotteries, beside=both,
    )  # fmt: skip
    agreement = comparison.outcomes[0].agreements[0]
    other = comparison.beside[0].agreements[0] if both else None
    progress("the tabling game")
    tabling = _tabling(scenario, asked, model)
    progress("the truce")
    truce = _truce(scenario, agreement, model)
    progress("robustness")
    spread = robustness(scenario, agreement, asked.solution, model, asked.draws, asked.seed)
    progress("certificates")
    proofs = [("agreement", verify(agreement)), ("comparison of regimes", verify(comparison))]
    if isinstance(tabling, TablingGame):
        proofs.append(("tabling game", verify(tabling)))
    if isinstance(truce, TruceFindings):
        proofs.append(("truce", verify(truce.result)))
    return Findings(
        asked, scenario, agreement, other, comparison, tabling, truce, spread, tuple(proofs)
    )


def _tabling(scenario: Scenario, asked: Asked, model: Disagreement) -> TablingGame | str:
    if len(scenario.players) != 2:
        return f"The game before the talks is one of two sides; here are {len(scenario.players)}."
    if not scenario.security:
        return "No lever is a security control, so there is nothing to put on the table or keep."
    try:
        return tabling_game(
            scenario, solution=asked.solution, disagreement=model, lotteries=asked.lotteries
        )
    except BargainingError as error:
        return f"The game before the talks is not shown: {error}"


def _truce(scenario: Scenario, agreement: Agreement, model: Disagreement) -> TruceFindings | str:
    observed = next(iter(scenario.observed.values()), None)
    lottery: Lottery = ((1.0, observed),) if observed is not None else agreement.lottery
    if not lottery:
        return "There is no deal that could be kept."
    words = (observed.title if observed is not None else "") or "the agreement above"
    try:
        pause = Truce(lottery, negotiation=scenario, months=MONTHS, renewal=RENEWAL,
                      disagreement=model)  # fmt: skip
        factor = monthly(PATIENCE)
        phase = pause.phase(
            discount_factors=np.linspace(0.0, 0.999, STEPS), renewals=np.linspace(0.0, 1.0, STEPS)
        )
        return TruceFindings(
            words, pause.holds(factor), pause.critical_renewal(factor),
            pause.critical_discount_factors(), phase,
        )  # fmt: skip
    except BargainingError as error:
        return f"Whether it would hold as a truce is not shown: {error}"
