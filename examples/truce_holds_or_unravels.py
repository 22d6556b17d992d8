"""A truce that holds and one that unravels: the end date, and the chance that it is renewed.

Two sides keep a truce of MONTHS months that is worth 1 a month to each over war. Whoever breaks it
gains GAIN at once (assumed), and war follows for ever, as it does after a lapse. It holds from a
chance of renewal q* = G / ((1 - delta^L) S + G delta^L) on, with G = GAIN / delta = 50 and
S = 1 / (1 - delta); with a sure end it unravels. The last tables are about the truce of Busan, with
the payoffs of the scenario us-china-2025 (`bargaining provenance us-china-2025` for their sources).

Change PATIENCE to 0.98: no chance of renewal holds the truce any more. Change GAIN to 5: q* falls
to about 0.32. Change MONTHS to 24: q* falls to about 0.82, as a renewal brings more to lose.

    python examples/truce_holds_or_unravels.py
"""

from __future__ import annotations

from typing import Any

import bargaining as bg
from bargaining.enforcement.truces.truce import monthly

PATIENCE = 0.99  # discount factor of a month
MONTHS = 12
GAIN = 49.5
YEARLY = 0.9  # discount factor of a year, for the truce of Busan (assumed)

A, B = bg.Player("A"), bg.Player("B")


def pause(renewal: float, gain: float = GAIN, months: Any = MONTHS, **terms: Any) -> bg.Truce:
    """Return a truce in a prisoners' dilemma: (1, 1) in the truce, (0, 0) at war."""
    levers = [bg.Lever(f"controls of {player}", player, [0, 1], 1) for player in (A, B)]
    payoffs = {A: [[1, -gain], [1 + gain, 0]], B: [[1, 1 + gain], [-gain, 0]]}
    game = bg.Negotiation([A, B], levers, [bg.TablePayoff(levers, payoffs)])
    kept = {lever.name: 0 for lever in levers}
    return bg.Truce(kept, negotiation=game, months=months, renewal=renewal, **terms)


def by_renewal(least: float | None) -> bg.Table:
    """Say with which chances of renewal it holds, and where it is proved to unravel."""
    rows = []
    for renewal in sorted({0.0, 0.5, 0.85, 0.95, 1.0} | ({least} if least else set())):
        found = pause(renewal).holds(PATIENCE)
        rows.append((renewal, found.holds, found.unravels, found.slacks[0]))
    columns = ("chance of renewal", "holds", "unravels", "loss less gain of a breach")
    note = f"q* = {least:.3f}" if least else "No chance of renewal holds it."
    return bg.Table(f"A truce of {MONTHS} months", columns, tuple(rows), note)


def by_dates() -> bg.Table:
    """Let the terms of the two sides end on different dates, with a small gain of 0.5."""
    rows = []
    for lapse, after in (("war", "war"), ([0.9, 0.9], "nearly the truce")):
        for last in (12, 14):
            found = pause(0.7, 0.5, {A: 12, B: last}, lapse=lapse).holds(PATIENCE)
            rows.append((12, last, after, found.holds, found.kept_after, *found.after_lapse))
    columns = ("months of A", "of B", "lapse", "holds", "B keeps it for", "A then", "B then")
    return bg.Table("Different end dates, if it is not renewed", columns, tuple(rows))


def by_length() -> bg.Table:
    """Make the pause longer: more to lose, more to go wrong (gain 5, renewed with 0.9)."""
    lengths = (1, 3, 6, 12, 24, None)
    calm, soft = pause(0.9, 5), pause(0.9, 5, hazard=0.05, lapse=[0.8, 0.8])
    worth = [t.best_length(lengths, discount_factors=PATIENCE, repeal_lag=36) for t in (calm, soft)]
    rows: list[tuple[Any, ...]] = []
    for k, length in enumerate(lengths):
        least = calm.with_length(length).critical_renewal(PATIENCE).least if length else None
        both = (item for one in worth for item in (one.payoffs[k, 0], one.holds[k]))
        rows.append((f"{length} months" if length else "repeal", least, *both))
    columns = ("length", "q*", "worth", "holds", "worth with hazards", "holds with them")
    note = "A repeal can be broken for 36 months. Hazards: 5 percent a month, a lapse worth 0.8."
    return bg.Table("A longer pause", columns, tuple(rows), note)


def main() -> None:
    """Print the tables."""
    least = pause(0.9).critical_renewal(PATIENCE).least
    print(by_renewal(least), end="\n\n")
    print(f"Renewed with 0: {pause(0).holds(PATIENCE).explain()}", end="\n\n")
    print(by_dates(), by_length(), sep="\n\n", end="\n\n")

    game, delta = bg.load_scenario("us-china-2025"), monthly(YEARLY)
    busan = bg.Truce(game.observed["busan"], negotiation=game, months=12, renewal=0.7)
    print(busan.critical_renewal(delta), busan.holds(delta), sep="\n\n", end="\n\n")
    rows = []
    for cost in (0, 100, 200, 500, 1000):
        chosen = busan.equilibrium_renewal(delta, costs=cost)
        rows.append((cost, cost / 12, *chosen.chances, chosen.renewal, chosen.holds))
    columns = ("costs up to", "in USD billion", "US renews", "China renews", "both", "holds")
    note = "costs are drawn evenly from 0 at each end (assumed), in months of payoff"
    print(bg.Table("Busan: renewal as each side's choice", columns, tuple(rows), note), end="\n\n")
    ends = {"us": 12, "china": 13}  # 9 and 10 November 2026; 10 and 27 November 2026
    later = bg.Truce(busan.lottery, negotiation=game, months=ends, renewal=0.7).holds(delta)
    print(f"Ends in different months: {later.explain()}")


if __name__ == "__main__":
    main()
