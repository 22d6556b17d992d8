"""Tariffs valued by a trade economy: what is predicted, what was agreed, and what that says.

In `us-china-2025-economy` the tariffs of both sides are put into a calibrated economy of four
regions instead of one market each. The prediction stands beside the truce of Busan, hits and misses
alike. Then the question is turned round. What controls are worth to the security of their owners is
not known; but the exchange of Busan pays a side only if the security that it gave up is worth less
to it than everything else that changed. That amount is a threshold, not an estimate. It is shown
for elasticities of one year, of three, and of the long run, and for other sets of elasticities.

    python examples/tariffs_from_data.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

import bargaining as bg
from bargaining.results.table import Cell
from bargaining.types import FloatArray

NAME = "us-china-2025-economy"
TRADE = "trade economy"
SECURITY = (
    "payoffs.affiliates rule.benefit",
    "payoffs.security of rare-earth controls.amounts.china",
    "payoffs.security of the gallium and germanium ban.amounts.china",
)
"""What the controls given up in Busan are worth to the security of their owners."""
MONTHS, FACTOR = f"payoffs.{TRADE}.months", f"payoffs.{TRADE}.elasticity_factor"
SETTINGS: dict[str, dict[str, float]] = {
    "first year": {},
    "third year": {MONTHS: 36.0},
    "long run": {MONTHS: 102.0},
    "first year, lowest elasticities": {FACTOR: 0.83},
    "first year, highest elasticities": {FACTOR: 2.3},
}

Package = Mapping[str, float]


def predictions(game: bg.Scenario) -> Iterator[bg.Table]:
    """Compare what is predicted under three rules with what was agreed."""
    for rule in ("nash", "kalai-smorodinsky", "egalitarian"):
        agreement = bg.solve(game, rule, lotteries=False)
        gains = ", ".join(
            f"{name} {gain:+.1f}"
            for name, gain in zip(game.player_names, agreement.gains, strict=True)
        )
        table = game.against_observed(agreement.package)
        yield bg.Table(f"{rule} solution (gains: {gains})", table.columns, table.rows, table.note)


def without_agreement(game: bg.Scenario) -> Package:
    """Return what each side does by itself."""
    equilibrium = bg.nash_equilibrium(game)
    return {
        lever: level
        for ((_, own),) in equilibrium.strategies  # pure: one package a player
        for lever, level in own.items()
    }


def by_trade(game: bg.Scenario, before: Package, after: Package) -> FloatArray:
    """Return what a move is worth to each player by way of tariffs alone."""
    (term,) = (term for term in game.terms if term.name == TRADE)
    levers = [game.lever(name) for name in term.levers]
    points = np.array([[package[lever.name] for lever in levers] for package in (before, after)])
    worth = term.at(levers, points)
    return np.array([worth[name][1] - worth[name][0] for name in game.player_names])


def thresholds(game: bg.Scenario) -> bg.Table:
    """Return the values of security at which the exchange of Busan stops being worthwhile.

    Payoffs are linear in them, so that the threshold is the gain when they are nothing.
    """
    rows: list[tuple[Cell, ...]] = []
    for setting, values in SETTINGS.items():
        assumed = game.with_quantities(values)
        busan = assumed.observed["busan"]
        nothing = assumed.with_quantities(dict.fromkeys(SECURITY, 0.0))
        for name, start in (
            ("before Busan", assumed.status_quo),
            ("no agreement", without_agreement(assumed)),
        ):
            tariffs = by_trade(assumed, start, busan)
            limit = nothing.payoffs(busan) - nothing.payoffs(start)
            taken = limit - (assumed.payoffs(busan) - assumed.payoffs(start))
            for i, player in enumerate(game.player_names):
                verdict = "at no value" if limit[i] < 0 else f"up to {limit[i]:.1f}"
                rows.append(
                    (setting, name, player, tariffs[i], limit[i] - tariffs[i], verdict, taken[i])
                )
    columns = (
        "elasticities", "instead of", "player", "tariffs", "other terms",
        "worthwhile while security counts", "assumed",
    )  # fmt: skip
    return bg.Table(
        "What Busan is worth without the security given up, and so how much that may be worth",
        columns, tuple(rows), note="USD billion a year",
    )  # fmt: skip


def main() -> None:
    """Print predictions beside what was agreed, and the thresholds."""
    game = bg.load_scenario(NAME)
    for table in predictions(game):
        print(table, end="\n\n")
    print(thresholds(game))


if __name__ == "__main__":
    main()
