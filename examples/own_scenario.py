"""A negotiation of your own, from an empty page to a picture and a report.

Two neighbours share a river: upstream holds a dam, downstream may pay for power. All numbers are
made up. As SCENARIO stands all the water is released for all the power. Raise what that costs
upstream, the last number of `up` in "water", from 9 to 20: then half of the water goes for half of
the power. Picture and report follow every change. Prints the deal; saves river.toml, river.png and
river-report.html in the current directory.

    python examples/own_scenario.py
"""

from __future__ import annotations

from pathlib import Path

import bargaining as bg
from bargaining.interfaces.html.report import write_report
from bargaining.interfaces.plotting import plot_ledger, save

SCENARIO = """
[scenario]
name = "river"
title = "Water for power: two neighbours on a river"
description = "Upstream may release water in summer; downstream may buy upstream's power."
unit = "million a year"
disagreement = "status-quo"

[sources.class]
text = "Made up for a class"
confidence = "example"

[players.up]
name = "Upstream"

[players.down]
name = "Downstream"

[levers.water]
kind = "lever"
name = "summer release"
owner = "up"
levels = [0, 1, 2]
labels = ["none", "half", "all"]
status_quo = "none"
source = "class"

[levers.power]
kind = "purchase-commitment"
name = "purchase of power"
owner = "down"
unit = "GWh"
levels = [0, 50, 100]
status_quo = 0
source = "class"

[[payoffs]]
name = "water"
kind = "table"
levers = "water"
source = "class"
tables = { up = [0.0, -4.0, -9.0], down = [0.0, 9.0, 14.0] }

[[payoffs]]
name = "power"
kind = "purchase-value"
lever = "power"
buyer = "down"
seller = "up"
price = 0.25
buyer_cost = 0.3
source = "class"
[payoffs.seller_surplus]
value = 0.6
range = [0.4, 0.8]
source = "Assumed here"
confidence = "assumed"
"""


def main() -> None:
    """Write the file, solve it, draw it, and write the report."""
    path = Path("river.toml")
    path.write_text(SCENARIO, encoding="utf-8")
    game = bg.load_scenario(path)

    deal = bg.solve(game, disagreement=game.disagreement, lotteries=False)
    print(deal.explain(), end="\n\n")
    if deal.agreed:
        print(deal.ledger(), end="\n\n")
        save(plot_ledger(deal), "river.png", title=game.title)

    found = write_report(path, "river-report.html")
    assert not isinstance(found.robustness, str)
    print(f"A deal in {found.robustness.deals} of {found.robustness.draws} draws of the surplus.")


if __name__ == "__main__":
    main()
