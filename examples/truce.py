"""The truce of October 2025: the deal, who conceded what, the regimes, and what was signed.

Change SOLUTION to "egalitarian" or "utilitarian" and watch which levers move: the rule decides how
the gains are shared, and with single packages that means other levers. Put a control into FROZEN,
such as "rare-earth controls", and the regimes are compared without it. Prints four tables and saves
truce.png in the current directory.

    python examples/truce.py
"""

from __future__ import annotations

import bargaining as bg
from bargaining.interfaces.plotting import plot_regimes, save

SOLUTION = "nash"
FROZEN: list[str] = []


def main() -> None:
    """Solve, compare, and draw."""
    truce = bg.load_scenario("us-china-2025")
    game = truce.fix({lever: truce.lever(lever).status_quo for lever in FROZEN})

    agreement = bg.solve(game, SOLUTION, lotteries=False)
    print(agreement.explain(), end="\n\n")
    if agreement.agreed:
        print(agreement.ledger(), end="\n\n")
        print(truce.against_observed(agreement.package), end="\n\n")

    comparison = bg.compare_regimes(game, SOLUTION)
    print(comparison.table(), end="\n\n")
    print(comparison.value_of_linkage())

    axes = plot_regimes(comparison)
    save(axes, "truce.png", title=f"{truce.title} ({SOLUTION})")


if __name__ == "__main__":
    main()
