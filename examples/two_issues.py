"""Two issues, one of them a control that can undo the other: linkage is worth the whole deal.

The United States may lower a tariff, and impose a control. Once the tariff is low, the control pays
(2, -2); so a deal on the tariff alone leaves China with a loss, and there is none while the control
stays off the table in its owner's hands. Change TEMPTATION from 2 to 0.5, less than the 1 that the
United States has at (low, off), and the control is not used: the tariff alone then gives the deal.
Prints the regimes and the proofs, and saves two_issues.png in the current directory.

    python examples/two_issues.py
"""

from __future__ import annotations

import bargaining as bg
from bargaining.interfaces.plotting import plot_regimes, save

TEMPTATION = 2.0
"""What the United States gets from a low tariff with the control on."""


def negotiation() -> bg.Negotiation:
    """Return the negotiation of two levers, both of the United States."""
    us, china = bg.Player("United States"), bg.Player("China")
    tariff = bg.Tariff("tariff", us, levels=[0.1, 0.5], status_quo=0.5, labels=["low", "high"])
    control = bg.ExportControl("control", us, levels=[0, 1], status_quo=0, labels=["off", "on"])
    payoffs = bg.TablePayoff(
        [tariff, control],  # rows: tariff low, high; columns: control off, on
        {us: [[1.0, TEMPTATION], [0.0, -1.0]], china: [[3.0, -2.0], [0.0, -4.0]]},
    )
    return bg.Negotiation([us, china], [tariff, control], [payoffs])


def main() -> None:
    """Compare the regimes, the status quo being what happens without a deal."""
    comparison = bg.compare_regimes(negotiation(), disagreement="status-quo")
    print(comparison.table(), end="\n\n")
    print(comparison.explain(), end="\n\n")
    print(comparison.value_of_linkage())
    save(plot_regimes(comparison), "two_issues.png", title="A tariff and a control")


if __name__ == "__main__":
    main()
