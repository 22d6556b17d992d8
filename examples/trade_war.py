"""The trade war: its equilibrium, the threats each side should make, and offers made in turn.

Change PATIENCE to (0.8, 0.9) and China, now the more patient side, gets more; set both to 0.999 and
the offers become the Nash solution. Change WEIGHTS and the threats move with them: they are made
for the talks that follow. Prints four tables.

    python examples/trade_war.py
"""

from __future__ import annotations

import bargaining as bg
from bargaining.strategic.threats import Threats

PATIENCE = (0.9, 0.8)
WEIGHTS = (1.0, 1.0)


def main() -> None:
    """Solve the lever game, the threat game, and the talks."""
    truce = bg.load_scenario("us-china-2025")
    war = bg.nash_equilibrium(truce)
    print(war, end="\n\n")
    print(bg.iterated_dominance(truce).explain(), end="\n\n")

    deal = bg.solve(truce, bg.NashSolution(WEIGHTS), disagreement="optimal-threats")
    threats = deal.equilibrium
    assert isinstance(threats, Threats)
    print(threats, end="\n\n")
    print(threats.beside_noncooperative(), end="\n\n")

    offers = bg.alternating_offers(truce, PATIENCE)
    print(offers, end="\n\n")
    print(offers.explain(), end="\n\n")

    nash = bg.solve(truce)
    ends = [
        ("the Nash solution from the equilibrium", nash.payoffs),
        ("the Nash solution from the threats", deal.payoffs),
        (f"offers in turn, patience {PATIENCE}", offers.payoffs),
    ]
    rows = tuple((words, *payoffs.tolist()) for words, payoffs in ends)
    print(bg.Table("Where talks end", ("talks", *truce.player_names), rows))


if __name__ == "__main__":
    main()
