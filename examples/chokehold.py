"""China's hold on rare earths: whether it is used now or kept, and whether a restriction lasts.

A restriction brings concessions now and breeds substitutes: in 2010 China mined 97 percent of the
world's rare earths, four years later some 70 percent. First 2010 is set beside 2025; then come the
ranges of all numbers. Set "threat" to 0 and China uses the hold at once; set "leverage" to 0.05 and
it never does. USD billion a year; a period is a year.

    python examples/chokehold.py
"""

from __future__ import annotations

from typing import Any

import bargaining as bg
from bargaining.linkage.chokehold.chokehold import Chokehold, chokehold

# 97 percent of mining in 2010, about 70 in 2014: a step (Gholz 2014, in Chemical & Engineering News
# 92/44, https://cen.acs.org/articles/92/i44/Chinas-Hold-Rare-Earths-Loosens.html).
STEP = 1 - 0.70 / 0.97
CASES = {
    # The step of 2010 to 2014 took four years; mines that had been under way came in two (assumed).
    "2010": {"share": 0.97, "substitution": 1 / 4, "lead_time": 2.0},
    # Magnets 94 percent (IEA 2024). Refining falls from 91 percent in 2024 to 77 in 2030 (IEA),
    # half of such a step in six years. A new plant takes eight years (IEA, all as quoted in
    # https://rareearthexchanges.com/news/the-mineral-chessboard-iea-sounds-alarm-as-china-tightens-its-grip).
    "2025": {"share": 0.94, "substitution": 1 / 12, "lead_time": 8.0},
}
# China's share of magnets x the shortfall of its exports to the US in May 2025, 46 tonnes of 400 a
# month (https://tradingeconomics.com/china/exports/news/471367).
WORST = 0.83
# The floor of the US Department of Defense against the benchmark in China, USD 110 and 60 a kg of
# neodymium and praseodymium (https://stock-market.news/?p=3478).
WEDGE = 110 / 60 - 1
ASSUMED: dict[str, tuple[float, float, float]] = {
    # number: value, and its range
    "leverage": (0.25, 0.05, 1.0),  # worth to China of a dollar of US loss in a calm year
    "threat": (0.1, 0.0, 0.5),  # conceded in a year without use, of what a full use would cost
    "use_cost": (5.0, 0.0, 20.0),  # answers to it, whatever is left of the hold
    "building_cost": (1.0, 0.2, 10.0),  # of full effort by the US
    "recovery": (0.1, 0.0, 0.5),  # the chance that alternatives close again where both relent
    "copying": (0.1, 0.0, 1.0),  # the chance a year that the US copies the control
    "counter_loss": (5.0, 0.0, 20.0),  # what the copy then costs China a year
    "discount_factor": (0.9, 0.6, 0.98),
}
# From the three years that the US plans for magnets to late plants; from no wedge to Europe's
# magnets at six times China's price; up to the speed of 2010 to 2014.
PUBLISHED = {"lead_time": (3.0, 12.0), "wedge": (0.0, 5.0), "substitution": (0.0, 0.25)}
# Assumed: the chance of a crisis year (0.05 to 0.5), and the factor on the leverage (1.5 to 10).
CRISIS = (0.2, 4.0)


def solved(case: str, crisis: tuple[float, float] = CRISIS) -> Chokehold:
    """Solve a case: the US loss is the scenario's, up to the worst month of 2025."""
    terms = bg.load_scenario("us-china-2025").terms
    term = next(x for x in terms if isinstance(x, bg.Chokepoint) and x.name == "rare earths")
    hold = bg.Chokepoint(
        "rare-earth controls", "US", controller="China", value_at_stake=term.value_at_stake,
        input_share=term.input_share, elasticity=term.elasticity, erosion=STEP,
        rationed_shares={0: 0.0, 1: term.rationed_shares[1], 2: WORST},
        controller_cost=term.controller_cost,
    )  # fmt: skip
    numbers: dict[str, Any] = {name: value for name, (value, _, _) in ASSUMED.items()}
    options = {"discount_factors": numbers.pop("discount_factor"), **numbers, **CASES[case]}
    return chokehold(hold, steps=5, wedge=WEDGE, crises={"crisis": crisis}, **options)


def over_ranges(found: Chokehold) -> bg.Table:
    """Say what is done today over the range of each number, all others as they are."""
    rows = [
        (name, *row)
        for name, ends in ({name: ends for name, (_, *ends) in ASSUMED.items()} | PUBLISHED).items()
        for row in found.switches(name, *ends, points=9, tolerance=1e-3).table().rows
    ]
    columns = ("number", "from", "to", "China today", "effort of the US", "the restriction")
    return bg.Table("2025 over the ranges, one number at a time", columns, tuple(rows))


def over_crises() -> bg.Table:
    """Say what is done today by how often crises come, and how much more harm is worth in them."""
    rows = []
    for crisis in ((chance, factor) for chance in (0.05, 0.2, 0.5) for factor in (1.5, 4.0, 10.0)):
        found = solved("2025", crisis)
        rows.append((*crisis, found.decision, found.ending.verdict, found.option_value))
    columns = ("chance", "factor", "China today", "the restriction", "option value of keeping")
    return bg.Table("2025 by crises", columns, tuple(rows))


def main() -> None:
    """Print both cases in words, and the later one over the ranges."""
    for case in CASES:
        found = solved(case)
        print(f"{case}: {found.explain()}\n\n{found.use_or_keep()}\n\n{found.path(8)}\n")
    print(f"{over_ranges(solved('2025'))}\n\n{over_crises()}")


if __name__ == "__main__":
    main()
