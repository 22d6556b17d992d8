"""Patience: from which discount factors on an agreement holds without a court.

Whoever breaks an agreement gains at once and is punished from the next period on. For the truce of
Busan, on the payoffs of the scenario us-china-2025: what tempts each side most, and what changes
when a breach over security is answered in trade too (Spagnolo 1999, Limao 2005). Then cases with
known answers, all their numbers assumed: a lottery that must hold after every draw, the prisoners'
dilemma and Cournot's duopoly, repeated for ever, without payments and with them.

Change ALONE, what cheating alone gains in the dilemma, to 4: silence for ever then holds from 1/3
on instead of 1/2. Change SECOND to 5: the two issues are alike, both need 2/5, apart and pooled.

    python examples/patience.py
"""

from __future__ import annotations

import numpy as np

import bargaining as bg
from bargaining.enforcement.patience.pooling import issue_factors
from bargaining.enforcement.repeated.common_factor import common_discount_factor
from bargaining.enforcement.repeated.transfers import payoffs_with_transfers

ALONE = 5.0
SECOND = 11.0
A, B = bg.Player("A"), bg.Player("B")


def busan() -> tuple[bg.Table, ...]:
    """Return critical discount factors of the truce: by side, by lever, and by issue."""
    game = bg.load_scenario("us-china-2025")
    found = bg.critical_discount_factors(game, game.observed["busan"])
    ranked = sorted(found.levers.items(), key=lambda pair: -pair[1])
    rows = tuple((game.lever(name).owner, name, factor) for name, factor in ranked if factor > 0)
    levers = bg.Table("Cheating on one lever alone", ("owner", "lever", "critical"), rows)
    issues = {"security": game.security, "economic": game.economic}
    return found.table(), levers, issue_factors(game, game.observed["busan"], issues).table()


def two_issues() -> str:
    """Set two prisoners' dilemmas side by side: 3 for both, 5 or SECOND for cheating alone."""
    issues: dict[str, list[bg.Lever | str]] = {}
    terms: list[bg.Payoff] = []
    levers: list[bg.Lever] = []
    for issue, alone in (("tariffs", 5.0), ("controls", SECOND)):
        own = [bg.Lever(f"{issue} of {player}", player, [0, 1], 1) for player in (A, B)]
        table = np.array([[3.0, -20.0], [alone, 0.0]])
        terms.append(bg.TablePayoff(own, {A: table, B: table.T}))
        issues[issue], levers = [*own], [*levers, *own]
    game = bg.Negotiation([A, B], levers, terms)
    found = issue_factors(game, {lever.name: 0 for lever in levers}, issues)
    return f"Two dilemmas, in which cheating alone gains 5 or {SECOND:g}\n{found.table()}"


def lottery() -> str:
    """Draw (4, 0) or (0, 4) in every period, with 1 each for whoever stays out."""
    levers = [bg.Lever(f"move of {player}", player, [0, 1, 2], 2) for player in (A, B)]
    payoffs = {A: [[4, 0, 0], [0, 0, 0], [1, 1, 1]], B: [[0, 0, 1], [0, 4, 1], [0, 0, 1]]}
    game = bg.Negotiation([A, B], levers, [bg.TablePayoff(levers, payoffs)])
    draws = [(0.5, {lever.name: level for lever in levers}) for level in (0, 1)]
    least = bg.critical_discount_factors(game, draws).common
    text = f"Half (4, 0), half (0, 4), or 1 each for ever: it holds from {least:.4g} on, not 1/3. "
    return text + "Whoever draws 0 gains 1 by leaving, and then gets 1 instead of the 2 it expects."


def repeated(name: str, game: bg.NormalFormGame, together: int, apart: int) -> bg.Table:
    """Return how the set of equilibrium payoffs grows with patience, without payments and with."""
    paid, rows = payoffs_with_transfers(game), []
    for delta in (0.0, 0.05, 0.3, 0.5, 0.9):
        found, step = bg.repeated_payoff_set(game, delta), paid.at(delta)
        total = float(found.vertices.sum(axis=1).max()) if len(found.vertices) else None
        joint = step.joint if step else None
        rows.append((delta, len(found.vertices), float(found.threats[0]), total, joint))
    columns = ("discount factor", "vertices", "worst payoff", "best sum", "with payments")
    own = game.payoff_arrays[0]
    best, both, neither = own[:, together].max(), own[together, together], own[apart, apart]
    penal = common_discount_factor(game, profile=(together, together)).value
    note = (
        f"Together for ever: from {(best - both) / (best - neither):.4g} on if equilibrium play "
        f"follows a breach, from {penal:.4g} on with the worst punishment. Steps with payments: "
        + ", ".join(f"{x:.4g}" for x in paid.critical_discount_factors)
    )
    return bg.Table(name, columns, tuple(rows), note)


def main() -> None:
    """Print the tables."""
    print(*busan(), two_issues(), lottery(), sep="\n\n", end="\n\n")
    dilemma = np.array([[3.0, 0.0], [ALONE, 1.0]])
    game = bg.NormalFormGame.from_arrays(dilemma, dilemma.T)
    print(repeated("Prisoners' dilemma, repeated", game, 0, 1), end="\n\n")
    one, two = np.meshgrid(np.arange(13) / 12, np.arange(13) / 12, indexing="ij")
    price = np.maximum(1 - one - two, 0)
    game = bg.NormalFormGame.from_arrays(price * one, price * two)
    print(repeated("Cournot's duopoly at a price of 1 - Q, repeated", game, 3, 4))


if __name__ == "__main__":
    main()
