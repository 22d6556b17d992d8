"""Truces that break without anyone cheating: compliance seen through noise, terms read two ways.

Noise (Green and Porter 1984): there are false alarms, and without a punishment after alarms there
would be cheating. Dispute: a term is read in two ways; its mover acts by its own reading, and the
other reacts by its own. The contested acts are those of 2025 that the scenario us-china-2025 has a
lever for, on its payoffs; how likely each side takes an act to be covered is assumed. A reaction is
a month of war, about what passed from 28 May to 10 June and from 9 to 30 October 2025: in the
summer the 24 points that were suspended return, under the truce of Busan all talks have failed.

Change DETECTION to 0.3: with false alarms of 0.15 or more no punishment holds the small truce. Set
OWN and OTHER both to 0.5, a shared reading: the ambiguous term of the small case finds no two
signatures any more, while the outcomes of 2025 stay. Set both to 1: none of these acts is taken.

    python examples/breaking_without_cheating.py
"""

from __future__ import annotations

import bargaining as bg
from bargaining.enforcement.contested.dispute import dispute
from bargaining.enforcement.contested.noise import noisy_truce

DETECTION = 0.6  # chance a month that cheating raises an alarm
OWN, OTHER = 0.1, 0.9  # how likely the mover, and the other side, take an act to be covered
PATIENCE = 0.99  # discount factor of a month
A, B = bg.Player("A"), bg.Player("B")


def noise() -> bg.Table:
    """Raise the chance of a false alarm in a truce worth 1 a month, cheating on which gains 1.5."""
    levers = [bg.Lever(f"controls of {player}", player, [0, 1], 1) for player in (A, B)]
    payoffs = {A: [[1, -1.5], [2.5, 0]], B: [[1, 2.5], [-1.5, 0]]}
    game = bg.Negotiation([A, B], levers, [bg.TablePayoff(levers, payoffs)])
    rows = []
    for alarm in (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3):
        found = noisy_truce(
            game, {lever.name: 0 for lever in levers}, discount_factors=PATIENCE,
            false_alarm=alarm, detection=max(alarm, DETECTION),
        )  # fmt: skip
        life = (found.expected_life, found.chance_broken(12), found.share_kept)
        rows.append((alarm, found.holds, found.length, found.payoffs[0], *life))
    columns = (
        "false alarm", "holds", "months of punishment", "average payoff",
        "months to an alarm", "alarm in a year", "part of months kept",
    )  # fmt: skip
    note = "Where it holds nobody cheats. An empty cell: no alarm, or no punishment that holds it."
    return bg.Table("Noise: a truce that breaks by itself", columns, tuple(rows), note)


def small_case() -> str:
    """Contest a control that one side must have left out of an agreement, and the other in it."""
    control, tariff = bg.Lever("control", A, [0, 1], 0), bg.Lever("tariff", B, [0, 1], 1)
    payoffs = bg.TablePayoff(
        (control, tariff), {A: [[-1.0, 0.0], [0.9, 0.0]], B: [[0.9, 0.0], [-1.0, 0.0]]}
    )
    found = dispute(
        bg.Negotiation([A, B], [control, tariff], [payoffs]), {"control": 0, "tariff": 0},
        lever=control, act=1, readings={A: OWN, B: OTHER}, discount_factors=0.95, months=2,
        war=[0, 0],
    )  # fmt: skip
    return f"{found.table()}\n{found.explain()}"


def contested(game: bg.Scenario) -> bg.Table:
    """Set what the contested acts of 2025 should have led to beside what they did."""
    may, busan, rare = game.observed["geneva"], game.observed["busan"], "rare-earth controls"
    july = game.package({**may, "advanced-chip sales": "downgraded (H20 class)"})
    flow, after = game.package({**may, rare: 0}), game.package({**busan, rare: 0})
    soy, rule, points = "soybean purchases", "affiliates rule", 0.34
    cases = (
        ("licences kept after Geneva", flow, rare, 1, "breaks", "US curbs of 28 May"),
        ("50 percent rule", july, rule, 20_000, "breaks", "Chinese controls of 9 October"),
        ("half the soybeans", busan, soy, 12, "held", "the 12 for 2025 were bought"),
        ("licences kept after Busan", after, rare, 1, "passes", "no answer in November"),
    )
    rows = []
    for name, deal, lever, act, outcome, happened in cases:
        mover = game.lever(lever).owner
        back = {**deal, "US reciprocal tariff": points, "Chinese retaliatory tariff": points}
        readings = {player: OWN if player == mover else OTHER for player in game.player_names}
        found = dispute(
            game, deal, lever=lever, act=act, readings=readings, months=1,
            discount_factors=PATIENCE,
            war="noncooperative" if deal[soy] else game.payoffs(back),
        )  # fmt: skip
        bars = (found.act_threshold, found.reaction_threshold)
        rows.append((name, mover, *bars, found.outcome, happened, found.outcome == outcome))
    columns = ("act", "mover", "acts below", "reacts from", "predicted", "happened", "hit")
    note = "Facts: rawmaterials.net, sscollege.cn, news.net, evrimagaci.org. Empty: it never acts."
    return bg.Table("Contested acts, and readings that divide", columns, tuple(rows), note)


def main() -> None:
    """Print the tables."""
    print(noise(), small_case(), contested(bg.load_scenario("us-china-2025")), sep="\n\n")


if __name__ == "__main__":
    main()
