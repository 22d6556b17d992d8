"""Every certificate of a saved result, recomputed and put beside the one that was stated."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from bargaining.cooperative.agreement import Agreement
from bargaining.errors import BargainingError
from bargaining.linkage.regimes.comparison import RegimeComparison
from bargaining.linkage.regimes.outcome import RegimeOutcome
from bargaining.linkage.regimes.unsettled import Unsettled
from bargaining.linkage.tabling.check import check_tabling
from bargaining.linkage.tabling.result import TablingGame
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.noncooperative.two_player.exact import rational_regret
from bargaining.results.certificate import TOLERANCE, Certificate, verify
from bargaining.results.table import Table
from bargaining.saved.files import SavedResult

__all__ = ["Verdict", "verdict_table", "verdicts"]


@dataclass(frozen=True)
class Verdict:
    """One claim of a result.

    Attributes
    ----------
    claim : str
        What is claimed.
    stated : Certificate or None
        As in the file; None where the claim is not a number.
    found : Certificate
        Recomputed; value 1 where the recomputation itself failed.
    reason : str
        Why it failed, where it did.
    """

    claim: str
    stated: Certificate | None
    found: Certificate
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether the recomputed certificate, and the stated one, are within the tolerance."""
        return self.found.holds and (self.stated is None or self.stated.holds)


def verdicts(saved: SavedResult) -> tuple[Verdict, ...]:
    """Recompute every certificate of a saved result.

    The tolerances are those of the recomputation: a file cannot ask for a wider one.

    Parameters
    ----------
    saved : SavedResult
    """
    changed = Certificate("as written", 0.0 if saved.unchanged else 1.0)
    return (Verdict("the content is as it was written", None, changed), *_of(saved.result))


def _of(result: Any) -> Iterator[Verdict]:
    if isinstance(result, RegimeComparison):
        for outcome in _outcomes(result):
            reading = "lotteries" if outcome.lotteries else "packages"
            name = f"{outcome.regime.name} ({outcome.off_table}, {reading})"
            yield _checked(name, outcome.certificate, partial(_outcome, outcome))
    elif isinstance(result, TablingGame):
        for subset in (each for row in result.regimes for each in row):
            name = f"talks over {', '.join(sorted(subset.tradable)) or 'nothing'}"
            yield _checked(name, subset.certificate, partial(verify, subset))
        yield _checked(
            "equilibria of the stage", result.certificate,
            partial(check_tabling, result, Certificate("regimes", 0.0)),
        )  # fmt: skip
    else:
        name = "agreement" if isinstance(result, Agreement) else "equilibrium"
        if isinstance(result, Agreement) and not result.agreed:
            name = "no agreement"
        yield _checked(name, result.certificate, partial(verify, result))
        if isinstance(result, Agreement) and result.equilibrium is not None:
            behind = result.equilibrium
            yield _checked("without agreement", behind.certificate, partial(verify, behind))
        if isinstance(result, Equilibrium) and result.exact is not None:
            yield _checked("the same in rational numbers", None, partial(_exactly, result))


def _exactly(equilibrium: Equilibrium) -> Certificate:
    """Check the rational strategies: probabilities, near the floats, from which nobody deviates."""
    assert equilibrium.exact is not None
    proper = all(min(own) >= 0 and sum(own) == 1 for own in equilibrium.exact)
    if not proper:
        return Certificate("exact equilibrium", 1.0, 0.0)
    away = max(
        float(np.abs(np.array(own, dtype=float) - floats).max())
        for own, floats in zip(equilibrium.exact, equilibrium.strategies, strict=True)
    )
    regret = float(rational_regret(equilibrium.game.rational, equilibrium.exact))
    return Certificate("exact equilibrium", max(regret, away if away > TOLERANCE else 0.0), 0.0)


def _outcomes(comparison: RegimeComparison) -> list[RegimeOutcome | Unsettled]:
    everything = [*comparison.outcomes, *comparison.beside, *comparison.at_other_disagreement]
    once = {id(outcome): outcome for outcome in everything}
    return [*once.values(), *comparison.unsettled]


def _outcome(outcome: RegimeOutcome | Unsettled) -> Certificate:
    """Verify an outcome, and that it is what its own packages and agreements make."""
    proof = verify(outcome)
    if isinstance(outcome, Unsettled):
        return proof
    both = proof, _summed(outcome)
    return max(both, key=lambda certificate: certificate.value / certificate.tolerance)


def _summed(outcome: RegimeOutcome) -> Certificate:
    """Check what an outcome says of itself: that its agreements are those of its tables."""
    agreed = outcome.agreed == any(agreement.agreed for agreement in outcome.agreements)
    reached = outcome.payoffs
    if outcome.agreed:
        shares = np.array([share for share, _ in outcome.lottery])
        reached = shares @ outcome.negotiation.payoffs([p for _, p in outcome.lottery])
        agreed = agreed and abs(float(shares.sum()) - 1.0) <= 1e-9 and bool((shares >= 0).all())
    elif not np.array_equal(outcome.payoffs, outcome.disagreement):
        agreed = False
    scale = float(np.abs([outcome.payoffs, outcome.disagreement]).max()) or 1.0
    off = float((np.abs(outcome.payoffs - reached) / scale).max())
    if outcome.agreements and len(outcome.agreements) == 1 and outcome.regime.tables is None:
        (only,) = outcome.agreements
        off = max(off, float((np.abs(only.payoffs - outcome.payoffs) / scale).max()))
        agreed = agreed and dict(_flipped(only.lottery)) == dict(_flipped(outcome.lottery))
    return Certificate("payoffs", off if agreed else 1.0)


def _flipped(lottery: Any) -> list[tuple[Any, float]]:
    return [(package, share) for share, package in lottery]


def _checked(claim: str, stated: Certificate | None, check: Callable[[], Certificate]) -> Verdict:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)  # numpy's, where a number is lost
            return Verdict(claim, stated, check())
    except BargainingError as error:
        reason = str(error)
    except (RuntimeWarning, ArithmeticError) as error:
        reason = f"its numbers leave the range of floating point: {error}"
    return Verdict(claim, stated, Certificate("failed", 1.0), reason)


def verdict_table(found: tuple[Verdict, ...]) -> Table:
    """Return claims with their certificates as stated and as recomputed."""
    rows = tuple(
        (
            each.claim,
            each.found.kind,
            None if each.stated is None else f"{each.stated.value:.1e}",
            f"{each.found.value:.1e}",
            f"{each.found.tolerance:.0e}",
            "holds" if each.holds else "FAILS",
        )
        for each in found
    )
    reasons = "; ".join(f"{each.claim}: {each.reason}" for each in found if each.reason)
    columns = ("claim", "proof", "stated", "recomputed", "tolerance", "verdict")
    return Table("Certificates", columns, rows, note=reasons)
