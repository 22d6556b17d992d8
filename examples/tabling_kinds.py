"""One negotiation of each kind: who puts its security controls on the table, and why.

Small negotiations are drawn at random until there is one in which tabling is a dominant choice, one
in which it is only the answer to being insisted upon, one that is a prisoners' dilemma, and one in
which nobody tables. Change COST, what the precedent costs whoever tables: at 0 there is hardly a
dilemma, and tabling is dominant in one of four draws (the search then ends without a dilemma); at 6
it is hardly ever dominant, and controls come to the table only where a side insists on them.

    python examples/tabling_kinds.py
"""

from __future__ import annotations

from collections import Counter

import numpy as np

import bargaining as bg

SEED = 7
COST = 2.5
"""What tabling anything costs, in units of payoff."""

WANTED = ("dominant", "answer to insisting", "prisoners' dilemma", "nobody tables")

HOME, ABROAD = bg.Player("Home"), bg.Player("Abroad")


def drawn(rng: np.random.Generator) -> bg.Negotiation:
    """Return a negotiation of a tariff and a control on each side, both sides alike.

    Every lever is worth something to its owner and hurts the other side; all of them are in place.
    """
    worth = np.append(0, rng.integers(0, [9, 6]).cumsum())
    harm = np.append(0, rng.integers(0, [9, 16]).cumsum())
    kept, feared = rng.integers(7), rng.integers(9)
    levers: list[bg.Lever] = []
    terms: list[bg.Payoff] = []
    for owner, other in ((HOME, ABROAD), (ABROAD, HOME)):
        tariff = bg.Tariff(f"tariff of {owner}", owner, [0, 0.25, 0.5], 0.5)
        control = bg.ExportControl(f"control of {owner}", owner, [0, 1], 1)
        levers += [tariff, control]
        terms.append(bg.TablePayoff(tariff, {owner: worth, other: -harm}))
        terms.append(bg.LinearPayoff(control, {owner: float(kept), other: -float(feared)}))
    return bg.Negotiation([HOME, ABROAD], levers, terms)


def found(seed: int, tries: int = 300) -> tuple[dict[str, bg.TablingGame], Counter[str]]:
    """Return the first game of each kind, and how often each was drawn until all were there."""
    rng = np.random.default_rng(seed)
    games: dict[str, bg.TablingGame] = {}
    seen: Counter[str] = Counter()
    for _ in range(tries):
        game = bg.tabling_game(drawn(rng), precedent_cost=COST)
        seen[game.kind] += 1
        games.setdefault(game.kind, game)
        if set(WANTED) <= set(games):
            break
    return games, seen


def main() -> None:
    """Print one game of each kind."""
    games, seen = found(SEED)
    print("kinds drawn:", ", ".join(f"{kind} {number}" for kind, number in seen.most_common()))
    for kind in WANTED:
        print(f"\n=== {kind} ===")
        print(games.get(kind, "none was drawn"))


if __name__ == "__main__":
    main()
