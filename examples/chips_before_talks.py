"""Chips: the controls that are raised before the talks only to be traded back.

Before the talks each side may set its control, at a cost; without a deal all stays where it was
put, so that whoever hurts the other more has less to fear from failure. The payoffs of the small
cases are assumed. A control that hurts the other side more than its owner is a chip. In the race
both controls are raised and go back to where they stood, and what remains is the cost. There A
would pay for a commitment not to make chips, as B would then not make any either.

Change COST to 0.5: in the race A would pay nothing any more, since B would raise its control alone.
Change it to 3: the single chip is not worth making, and in the race only A raises its control.

The last tables are about us-china-2025, from its own status quo of October 2025, at which the
controls of both sides are up already. With the numbers as they are nobody moves. Over the ranges of
all assumed numbers the United States sometimes holds chip sales back before the talks, as it did
from April to July 2025, and lets them go in the deal; no other control is traded back.

    python examples/chips_before_talks.py
"""

from __future__ import annotations

from collections import Counter

import bargaining as bg

COST = 1.5
DRAWS = 10
A, B = bg.Player("A"), bg.Player("B")

CASES = {
    "A's control hurts B more": ((-1, -6), (-3, -2), (1, -1), (-1, 1)),
    "controls hurt both alike": ((-6, -6), (-6, -6), (1, -1), (-1, 1)),
    "a race": ((-3, -8), (-5, -1), (2, -1), (-6, 4)),
}
"""Worth to (A, B) of A's control, of B's control, and of each unit that B buys or A pledges."""


def negotiation(worth: tuple[tuple[float, float], ...]) -> bg.Negotiation:
    """Return talks over a control of each side, purchases by B and a pledge of A."""
    levers = (
        bg.ExportControl("control of A", A, [0, 1], 0),
        bg.RareEarthControl("control of B", B, [0, 1], 0),
        bg.SoybeanPurchase("soybeans", B, range(5), 0),
        bg.EnforcementPledge("pledge", A, range(5), 0),
    )
    pairs = zip(levers, worth, strict=True)
    return bg.Negotiation([A, B], levers, [bg.LinearPayoff(x, {A: a, B: b}) for x, (a, b) in pairs])


def small_cases(found: dict[str, bg.Chips]) -> bg.Table:
    """Return what is raised, what is traded back, and what it is worth to each side."""
    rows = []
    for name, chips in found.items():
        raised, back = ", ".join(chips.moved), ", ".join(chips.raised_to_be_traded_back)
        worth, commitment = chips.value.tolist(), chips.commitment_value.tolist()
        rows.append((name, raised or "none", back or "none", *worth, *commitment))
    columns = (
        "case", "raised", "traded back", "worth to A", "to B", "A would pay", "B would pay",
    )  # fmt: skip
    note = "worth: beside talks without chips; would pay: to be alone committed to make none"
    return bg.Table(f"Chips at a cost of {COST:g}", columns, tuple(rows), note)


def over_ranges(game: bg.Scenario) -> bg.Table:
    """Count in how many draws of all assumed numbers a control is moved, and traded back."""
    moved: Counter[str] = Counter()
    back: Counter[str] = Counter()
    for seed in range(DRAWS):
        found = bg.chips(game.vary(rng=seed))
        moved.update(found.moved)
        back.update(found.raised_to_be_traded_back)
    names = [name for side in bg.chips(game).movable for name in side]
    rows = tuple((name, moved[name] / DRAWS, back[name] / DRAWS) for name in names)
    columns = ("control", "moved before the talks", "raised and traded back")
    return bg.Table(f"us-china-2025: part of {DRAWS} draws", columns, rows)


def main() -> None:
    """Print the tables."""
    found = {
        name: bg.chips(negotiation(worth), costs={A: COST, B: COST})
        for name, worth in CASES.items()
    }
    print(small_cases(found), found["a race"].explain(), sep="\n\n", end="\n\n")
    game = bg.load_scenario("us-china-2025")
    chips = bg.chips(game)
    print(chips.table(), chips.explain(), over_ranges(game), sep="\n\n")


if __name__ == "__main__":
    main()
