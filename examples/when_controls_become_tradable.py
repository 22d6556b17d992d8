"""When security controls become tradable: the whole story on the truce of October 2025.

Once as things stood, and once when China has little else to give (`SPENT`). As things stood there
is a deal without any control: controls change who gets how much, and China tables its own because
the United States insists. Without the levers of `SPENT` no deal is left unless a control is on the
table; one Chinese control is enough, and tabling it is a dominant choice of China. The norm breaks
where controls are the last chip, rather than where they are the most valuable one. (Governments
sign packages: drawing lots over several would bring a little without controls too.)
Change SPENT to (), and both stories are the same; take "Chinese retaliatory tariff" out of it, and
there is a deal without controls again. Set PATIENCE to 0.0001, so that a month weighs more than all
that comes after: the truce is broken. Saves when_controls_become_tradable.png.

    python examples/when_controls_become_tradable.py
"""

from __future__ import annotations

import numpy as np
from matplotlib import pyplot

import bargaining as bg
from bargaining.enforcement.truces.truce import monthly
from bargaining.interfaces import plotting as draw
from bargaining.results.table import Cell

SPENT = (
    "precursor enforcement", "soybean purchases", "Chinese retaliatory tariff", "Chinese port fees",
)  # fmt: skip
TITLE = "When controls become tradable: as things stood, and with little else to give"

PATIENCE = 0.9
"""Discount factor of a year, of both sides."""

RENEWAL = 0.7
"""Chance that the pause of twelve months is renewed."""


def worth(stories: dict[str, bg.LinkageValue]) -> bg.Table:
    """Return whether there is a deal without controls, which it takes, and what they change."""
    rows: list[tuple[Cell, ...]] = []
    for story, value in stories.items():
        sets = [" + ".join(levers) or "none" for levers in value.minimal_sets]
        lotteries = bg.linkage_value(value.negotiation, lotteries=True)
        without = ["deal" if each.agreed[0] else "no deal" for each in (value, lotteries)]
        rows.append((story, *without, " or ".join(sets), *value.value[-1].tolist()))
    players = next(iter(stories.values())).negotiation.player_names
    columns = ("story", "without", "by lot", "it takes", *(f"worth to {p}" for p in players))
    title = "Is there a deal without security controls?"
    proofs = "; ".join(str(value.certificate) for value in stories.values())
    return bg.Table(title, columns, tuple(rows), note=f"certificates: {proofs}")


def stages(games: dict[str, bg.TablingGame]) -> bg.Table:
    """Return what kind of stage the tabling is, and up to which precedent cost a side tables."""
    rows = []
    for story, game in games.items():
        for player in game.players:
            limit = game.critical_cost(player)
            rows.append((story, game.kind, player, limit.value, limit.voluntary))
    columns = ("story", "tabling is", "player", "tables up to a cost of", "without insisting")
    title = "Who puts its controls on the table?"
    proofs = "; ".join(str(game.certificate) for game in games.values())
    return bg.Table(title, columns, tuple(rows), note=f"certificates: {proofs}")


def picture(
    values: dict[str, bg.LinkageValue], games: dict[str, bg.TablingGame], pause: bg.Truce
) -> None:
    """Save a figure: a row of panels a story, then both tabling games and the truce."""
    _, axes = pyplot.subplots(3, 3, figsize=(17, 14), layout="constrained")
    for row, (story, value) in zip(axes, values.items(), strict=False):
        linked = bg.Regime(f"{story}: linked", value.always + value.levers)
        off = bg.Regime(f"{story}: no control on the table", value.always)
        game = value.negotiation
        draw.plot_regimes(game, solutions=["nash"], regimes=[linked, off], axes=row[:2])
        draw.plot_linkage(value, ax=row[2])
    for ax, stage in zip(axes[2], games.values(), strict=False):
        draw.plot_tabling(stage, ax=ax)
    many = np.linspace(0, 1, 161)
    phase = pause.phase(discount_factors=0.999 * many, renewals=many)
    draw.plot_truce(phase, discount_factors=monthly(PATIENCE), ax=axes[2, 2])
    parts = axes[0, 0].get_legend_handles_labels()
    axes[1, 1].legend(*parts, fontsize=8, loc="upper right", frameon=False)
    axes[0, 2].legend(fontsize=8, loc="upper right")
    axes[2, 0].legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.1), frameon=False)
    axes[2, 2].legend(fontsize=8, loc="lower left", frameon=False)
    draw.save(list(axes.flat), "when_controls_become_tradable.png", title=TITLE)


def main() -> None:
    """Tell the story in tables, then in one figure."""
    truce = bg.load_scenario("us-china-2025")
    bare = truce.fix({lever: truce.lever(lever).status_quo for lever in SPENT})
    stories = {"as things stood": truce, "little else to give": bare}

    comparisons = {s: bg.compare_regimes(game, beside=False) for s, game in stories.items()}
    for story, comparison in comparisons.items():
        print(f"{story.capitalize()}\n{comparison.table()}\n\n{comparison.value_of_linkage()}\n")
    values = {story: bg.linkage_value(game) for story, game in stories.items()}
    print(worth(values), end="\n\n")
    print(comparisons["little else to give"].outcomes[-1].explain(), end="\n\n")
    games = {story: bg.tabling_game(game) for story, game in stories.items()}
    print(stages(games), end="\n\n")
    print(games["little else to give"].explain(), end="\n\n")

    signed, month = truce.observed["busan"], monthly(PATIENCE)
    print(bg.critical_discount_factors(truce, signed), end="\n\n")
    pause = bg.Truce(signed, negotiation=truce, months=12, renewal=RENEWAL)
    print(pause.holds(month), end="\n\n")
    print(pause.critical_renewal(month))

    picture(values, games, pause)


if __name__ == "__main__":
    main()
