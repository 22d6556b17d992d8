"""Options of the command line turned into what the library takes."""

from __future__ import annotations

from bargaining.cooperative.agreement import Agreement
from bargaining.cooperative.solutions import Solution, as_solution
from bargaining.errors import InputError, did_you_mean, unknown_name
from bargaining.linkage.precedent.precedent import Precedent, precedent
from bargaining.linkage.regimes.regimes import Regime, default_regimes
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.scenarios.scenario import Scenario
from bargaining.strategic.disagreement import DISAGREEMENT_NAMES, Disagreement, as_disagreement
from bargaining.strategic.solve import solve

__all__ = [
    "disagreement_option",
    "kept_option",
    "numbers_option",
    "over_packages",
    "precedent_option",
    "proposers_option",
    "regimes_of",
    "tradable_option",
]

GROUPS = ("all", "economic", "security")


def disagreement_option(scenario: Scenario, text: str | None) -> Disagreement:
    """Return the disagreement point for a name, or for numbers parted by commas.

    Without either it is the one that the scenario names.

    Raises
    ------
    InputError
        When it is neither.
    """
    if text is None:
        return as_disagreement(scenario.disagreement)
    if text in DISAGREEMENT_NAMES:
        return as_disagreement(text)
    numbers = _numbers(text)
    if numbers is None:
        raise InputError(
            f"--disagreement: expected one of {', '.join(DISAGREEMENT_NAMES)}, or a number for "
            f"each player such as 0,-3.5, got {text!r}{did_you_mean(text, DISAGREEMENT_NAMES)}"
        )
    return as_disagreement(numbers)


def numbers_option(option: str, text: str | None) -> list[float] | None:
    """Return numbers parted by commas; None without them.

    Raises
    ------
    InputError
        When a part is not a number.
    """
    if text is None:
        return None
    numbers = _numbers(text)
    if numbers is None:
        raise InputError(f"{option}: expected a number for each player such as 1,2.5, got {text!r}")
    return numbers


def _numbers(text: str) -> list[float] | None:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        return None


def precedent_option(
    scenario: Scenario, solution: str, disagreement: Disagreement, cost: str | None,
    patience: str | None,
) -> list[float] | Precedent | None:  # fmt: skip
    """Return what tabling costs: numbers, or a precedent set by talks that come in every period.

    Raises
    ------
    InputError
        When both are given, or one cannot be read; and as `precedent`.
    """
    if patience is None:
        return numbers_option("--cost", cost)
    if cost is not None:
        raise InputError("--cost, --precedent: expected one of the two, got both")
    given = numbers_option("--precedent", patience) or []
    factors = given * len(scenario.players) if len(given) == 1 else given
    talks = {"these talks": (1.0, 1.0)}
    return precedent(
        scenario, solution, crises=talks, discount_factors=factors, disagreement=disagreement
    )


def proposers_option(negotiation: Negotiation, text: str) -> str | list[str] | list[float]:
    """Return who proposes: "alternating", names in an order that repeats, or probabilities.

    Raises
    ------
    InputError
        For a player that is not there.
    """
    if text == "alternating":
        return text
    numbers = _numbers(text)
    if numbers is not None:
        return numbers
    try:
        return [negotiation.player(part.strip()).name for part in text.split(",")]
    except InputError as error:
        near = did_you_mean(text, ["alternating"])
        raise InputError(f"--proposers: {error}, alternating, and probabilities{near}") from None


def over_packages(solution: str, lotteries: bool) -> bool:
    """Return whether a solution is defined over single packages too.

    Raises
    ------
    InputError
        When it is not, and lotteries are not allowed; or the solution is not known.
    """
    defined = type(as_solution(solution)).single is not Solution.single
    if not (defined or lotteries):
        raise InputError(
            f"--solution: {solution} is defined over lotteries only; add --lotteries, or use nash, "
            "kalai-smorodinsky, egalitarian or utilitarian"
        )
    return defined


def tradable_option(negotiation: Negotiation, text: str) -> list[str] | None:
    """Return the names of the tradable levers; None when all are.

    Parameters
    ----------
    negotiation : Negotiation
    text : str
        "all", "economic", "security", or levers (names or keys), parted by commas.

    Raises
    ------
    InputError
        For a lever that is not there.
    """
    chosen: set[str] = set()
    for part in filter(None, map(str.strip, text.split(","))):
        if part in GROUPS:
            chosen |= {
                lever.name for lever in negotiation.free_levers if part in ("all", lever.domain)
            }
        else:
            chosen.add(_lever(negotiation, part))
    names = [lever.name for lever in negotiation.free_levers if lever.name in chosen]
    if not names:
        raise InputError(f"--tradable: {text!r} names no lever of this negotiation")
    return None if len(names) == len(negotiation.free_levers) else names


def _lever(negotiation: Negotiation, name: str) -> str:
    try:
        return negotiation.lever(name).name
    except InputError as error:
        near = did_you_mean(name, GROUPS)
        raise InputError(f"--tradable: {error}, and the groups {', '.join(GROUPS)}{near}") from None


def regimes_of(scenario: Scenario, disagreement: Disagreement) -> list[Regime]:
    """Return the regimes to compare: the usual ones, then others that the file names.

    Separate tables are left out where the disagreement point does not say what the levers of a
    table do when it breaks down.
    """
    regimes = list(default_regimes(scenario))
    known = [_content(regime) for regime in regimes]
    regimes += [r for r in scenario.regimes.values() if _content(r) not in known]
    if disagreement.name in ("noncooperative", "status-quo"):
        return regimes
    return [regime for regime in regimes if regime.tables is None]


def _content(regime: Regime) -> tuple[frozenset[str], frozenset[frozenset[str]]]:
    """Return what a regime is, its name and the order of its levers left aside."""
    tables = [regime.tradable] if regime.tables is None else regime.tables
    return frozenset(regime.tradable), frozenset(map(frozenset, tables))


def kept_option(scenario: Scenario, name: str) -> tuple[str, Agreement | Package]:
    """Return the agreement that a truce is to keep, with words for it.

    Parameters
    ----------
    scenario : Scenario
    name : str
        "nash", a key of `Scenario.observed`, or "" for the first of these that there is.

    Raises
    ------
    InputError
        For another name, or where there is no deal to keep.
    """
    known = [*scenario.observed, "nash"]
    chosen = name or known[0]
    if chosen not in known:
        raise InputError(f"--agreement: {unknown_name('agreement', name, known)}")
    if chosen in scenario.observed:
        return f"To be kept: {scenario.observed[chosen].title}", scenario.observed[chosen]
    agreement = solve(scenario, disagreement=scenario.disagreement, lotteries=False)
    if not agreement.agreed:
        raise InputError("--agreement nash: there is no gainful deal that could be kept")
    return "To be kept: the deal over single packages", agreement
