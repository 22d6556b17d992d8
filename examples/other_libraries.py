"""A game from nashpy and from a Gambit file: its equilibria, and what the players could agree on.

The game is chicken, as nashpy holds it; without agreement the mixed equilibrium is played. Change
the 7 of both sides to 5, and daring no longer pays against a careful player: both being careful
becomes the only equilibrium, and nothing is left to agree on. The game goes to a file in Gambit's
format and comes back, exact to the last digit. Prints the equilibria and the bargain over the
outcomes; saves chicken.nfg and chicken.png in the current directory.

    python examples/other_libraries.py
"""

from __future__ import annotations

import nashpy
import numpy as np

import bargaining as bg
from bargaining.interfaces.plotting import plot_payoff_set, save

ROW = [[6, 2], [7, 0]]
COLUMN = [[6, 7], [2, 0]]


def main() -> None:
    """Take the game in, list its equilibria, send it to a file and back, and bargain."""
    theirs = nashpy.Game(np.array(ROW), np.array(COLUMN))
    game = bg.NormalFormGame.from_nashpy(theirs)
    found = bg.nash_equilibria(game)
    print(found, end="\n\n")
    print(found.explain(), end="\n\n")
    assert all(bg.verify(each) for each in found)

    game.to_nfg("chicken.nfg", title="Chicken")
    again = bg.NormalFormGame.from_nfg("chicken.nfg")
    assert np.array_equal(again.payoff_arrays, game.payoff_arrays)

    without = next((each for each in found if not each.is_pure), found[0]).payoffs
    outcomes = again.payoff_arrays.reshape(2, -1).T
    problem = bg.BargainingProblem(bg.PointSet(outcomes), disagreement=without)
    for rule in ("nash", "kalai-smorodinsky"):
        deal = bg.solve(problem, rule)
        print(f"{rule}: {deal.payoffs.round(3).tolist()}, without {without.round(3).tolist()}")
    save(
        plot_payoff_set(problem), "chicken.png", title="What the players of chicken could agree on"
    )


if __name__ == "__main__":
    main()
