"""`solve` and `regimes`."""

from __future__ import annotations

from typing import Annotated

import typer

from bargaining.interfaces.commands.common import (
    NO_RESULT,
    Disagreement,
    Json,
    Lotteries,
    Name,
    Solution,
    about,
    emit,
    load,
)
from bargaining.interfaces.commands.saved import Save
from bargaining.interfaces.commands.saved import save as save_to

__all__ = ["regimes", "solve"]


def solve(
    name: Name,
    solution: Solution = "nash",
    disagreement: Disagreement = None,
    tradable: Annotated[
        str,
        typer.Option(
            help="all, economic, security, or levers, parted by commas; the others stand still at "
            "the status quo."
        ),
    ] = "all",
    lotteries: Lotteries = False,
    transferable: Annotated[
        bool, typer.Option("--transferable", help="Allow side payments in the unit of the payoffs.")
    ] = False,
    save: Save = None,
    as_json: Json = False,
) -> int:
    """Solve a negotiation: the deal, who concedes what, the regimes, and what was observed."""
    from bargaining.interfaces.options import (
        disagreement_option,
        over_packages,
        regimes_of,
        tradable_option,
    )
    from bargaining.interfaces.rendering import output, working
    from bargaining.interfaces.solve_report import solve_report
    from bargaining.linkage.regimes.comparison import compare_regimes
    from bargaining.strategic.solve import solve as solve_negotiation

    scenario = load(name)
    model = disagreement_option(scenario, disagreement)
    levers = tradable_option(scenario, tradable)
    both = over_packages(solution, lotteries)
    comparison, other = None, None
    with working(f"Solving {scenario.name}") as progress:
        if levers is None and not transferable:
            comparison = compare_regimes(
                scenario, solution, disagreement=model, regimes=regimes_of(scenario, model),
                lotteries=lotteries, beside=both, progress=progress,
            )  # fmt: skip
            agreement = comparison.outcomes[0].agreements[0]
            other = comparison.beside[0].agreements[0] if both else None
        else:
            agreement = solve_negotiation(
                scenario, solution, disagreement=model, tradable=levers, lotteries=lotteries,
                transferable=transferable,
            )  # fmt: skip
            if both and not transferable:
                other = solve_negotiation(
                    scenario, solution, disagreement=model, tradable=levers,
                    lotteries=not lotteries,
                )  # fmt: skip
    save_to(agreement if comparison is None else comparison, save)
    if as_json:
        emit(
            {
                **about(scenario),
                "tradable": levers or [lever.name for lever in scenario.free_levers],
                "agreement": agreement.to_dict(),
                "ledger": agreement.ledger().to_dict() if agreement.agreed else None,
                "other_reading": other.to_dict() if other is not None else None,
                "regimes": comparison.to_dict() if comparison is not None else None,
                "observed": scenario.against_observed(agreement.package).to_dict()
                if scenario.observed and agreement.agreed
                else None,
            }
        )
    else:
        solve_report(output(), scenario, agreement, other, comparison, levers)
    return 0 if agreement.agreed else NO_RESULT


def regimes(
    name: Name,
    solution: Solution = "nash",
    disagreement: Disagreement = None,
    lotteries: Lotteries = False,
    off_table: Annotated[
        str,
        typer.Option(
            help="What levers off the table do: response (their owners set them) or standstill."
        ),
    ] = "response",
    as_json: Json = False,
) -> int:
    """Compare regimes: security controls off the table, on a table of their own, and linked."""
    from bargaining.interfaces.options import disagreement_option, over_packages, regimes_of
    from bargaining.interfaces.rendering import output, working
    from bargaining.interfaces.reports import regimes_report
    from bargaining.linkage.regimes.comparison import compare_regimes

    scenario = load(name)
    model = disagreement_option(scenario, disagreement)
    both = over_packages(solution, lotteries)
    with working(f"Solving {scenario.name}") as progress:
        comparison = compare_regimes(
            scenario, solution, disagreement=model, regimes=regimes_of(scenario, model),
            off_table=off_table, lotteries=lotteries, beside=both, progress=progress,
        )  # fmt: skip
    if as_json:
        emit({**about(scenario), "regimes": comparison.to_dict()})
    else:
        regimes_report(output(), scenario, comparison)
    return 0
