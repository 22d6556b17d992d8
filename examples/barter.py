"""Nash's barter of nine objects between Bill and Jack (Nash 1950, The bargaining problem).

Each object is a lever of its owner: keep it, or give it. Change a number in OBJECTS, say what the
pen is worth to Bill from 10 to 3, and Jack gets less for it: by Nash's rule Bill keeps his ball.
Prints the barter under four solutions and saves barter.png in the current directory.

    python examples/barter.py
"""

from __future__ import annotations

import bargaining as bg
from bargaining.interfaces.plotting import plot_payoff_set, save

OBJECTS = {  # owner, worth to Bill, worth to Jack
    "book": ("Bill", 2, 4),
    "whip": ("Bill", 2, 2),
    "ball": ("Bill", 2, 1),
    "bat": ("Bill", 2, 2),
    "box": ("Bill", 4, 1),
    "pen": ("Jack", 10, 1),
    "toy": ("Jack", 4, 1),
    "knife": ("Jack", 6, 2),
    "hat": ("Jack", 2, 2),
}
SOLUTIONS = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian")


def barter() -> bg.Negotiation:
    """Return the negotiation: payoffs are changes of worth against keeping everything."""
    levers, terms = [], []
    for name, (owner, bill, jack) in OBJECTS.items():
        lever = bg.Lever(name, owner, [0, 1], status_quo=0, labels=["kept", "given"])
        sign = 1 if owner == "Jack" else -1
        levers.append(lever)
        terms.append(bg.LinearPayoff(lever, {"Bill": sign * bill, "Jack": -sign * jack}))
    return bg.Negotiation([bg.Player("Bill"), bg.Player("Jack")], levers, terms)


def main() -> None:
    """Solve by every rule, and draw."""
    game = barter()
    for solution in SOLUTIONS:
        deal = bg.solve(game, solution, disagreement="status-quo", lotteries=False)
        given = [name for name, level in deal.package.items() if level] if deal.agreed else []
        print(f"{solution}: gains {deal.gains.tolist()}, given: {', '.join(given) or 'nothing'}")
    axes = plot_payoff_set(game, disagreement="status-quo", solutions=SOLUTIONS, lotteries=False)
    save(axes, "barter.png", title="Nash's barter")


if __name__ == "__main__":
    main()
