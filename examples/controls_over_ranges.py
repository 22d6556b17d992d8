"""When controls become tradable, over the ranges of the numbers that had to be assumed.

Whether there is a deal without security controls, which of them it takes, who gains from each as
a chip, and who tables them up to which cost of precedent: in the middle of the ranges, with
certificates, over draws from all of them at once, and with one number at a time at an end of its
range. In no draw do the October rules on rare earths withhold less than April's licences, to which
they were added. Change SEED to see how far the shares move from one set of draws to another: by up
to ten points with 60. docs/scenarios.md has the answers over 1,000 draws.

    python examples/controls_over_ranges.py [DRAWS]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

import bargaining as bg
from bargaining.results.table import Cell

SEED, DRAWS = 2025, 60
READINGS = ("response", "standstill")
SPREAD = ("5 %", "median", "95 %")
LICENCES, RULES = (f"payoffs.rare earths.rationed_shares.{level}" for level in (1, 2))


def in_order(game: bg.Scenario) -> bool:
    """Whether the October rules withhold at least what April's licences do."""
    return game.quantities[LICENCES].value <= game.quantities[RULES].value


def drawn(game: bg.Scenario, number: int) -> Iterator[bg.Scenario]:
    """Draw all numbers from their ranges, so many times."""
    rng = np.random.default_rng(SEED)
    for _ in range(number):
        yield game.vary(rng=rng)


def changed(game: bg.Scenario) -> Iterator[tuple[str, float, bg.Scenario]]:
    """Set every number that has a range to both ends of it, one at a time."""
    for path, quantity in game.quantities.items():
        if quantity.range is not None and not quantity.shared:
            for end in quantity.range:
                one = game.with_quantities({path: end})
                if end != quantity.value and in_order(one):
                    yield path, end, one


def percent(hits: Sequence[bool]) -> int:
    """Return how many of some outcomes have a property, in percent."""
    return round(100 * sum(hits) / len(hits)) if hits else 0


def spread(values: Sequence[float | None]) -> tuple[Cell, ...]:
    """Return 5 %, median and 95 % of some values, where none at all is more than any."""
    ranked = sorted(np.inf if value is None else value for value in values)
    at = (ranked[round(share * (len(ranked) - 1))] for share in (0.05, 0.5, 0.95) if ranked)
    return tuple("none" if value == np.inf else value for value in at) or ("none",) * 3


@dataclass(frozen=True)
class Answers:
    """What one set of numbers leads to: every set of controls on the table, and who tables them."""

    linkage: dict[str, bg.LinkageValue]
    tabling: bg.TablingGame

    def in_words(self) -> dict[str, str]:
        """Give the answers that one number may change."""
        deals = {k: "a deal" if value.agreed[0] else "none" for k, value in self.linkage.items()}
        return {**{f"without controls ({k})": deal for k, deal in deals.items()},
                "before the talks": self.tabling.kind}  # fmt: skip


def answers(game: bg.Scenario) -> Answers:
    """Solve every regime, with both readings of what owners do with controls off the table."""
    linkage = {reading: bg.linkage_value(game, off_table=reading) for reading in READINGS}
    return Answers(linkage, bg.tabling_game(game, precedent_cost=0.0))


def deal_table(middle: Answers, draws: Sequence[Answers]) -> bg.Table:
    """Count the minimal sets of controls that have to be on the table for a deal."""
    families = {k: [one.linkage[k].minimal_sets for one in draws] for k in READINGS}
    seen = Counter(chosen for found in families.values() for sets in found for chosen in sets)
    here = middle.linkage["response"].minimal_sets
    rows: list[tuple[Cell, ...]] = [
        (" + ".join(chosen) or "nothing", chosen in here,
         *(percent([chosen in sets for sets in families[k]]) for k in READINGS))
        for chosen, _ in seen.most_common(7)
    ]  # fmt: skip
    none = (percent([not sets for sets in families[k]]) for k in READINGS)
    rows.append(("no deal with any", not here, *none))
    proof = "; ".join(f"{k}: {bg.verify(value)}" for k, value in middle.linkage.items())
    note = f"Sets of which none smaller makes a deal; several may in one draw.\nMiddle, {proof}"
    columns = ("needed on the table", "middle", *(f"% of draws, {k}" for k in READINGS))
    return bg.Table("Controls that it takes for a deal", columns, tuple(rows), note)


def chip_table(middle: Answers, draws: Sequence[Answers]) -> bg.Table:
    """Say who gains from each control on the table, by Shapley values."""
    value = middle.linkage["response"]
    every = np.array([one.linkage["response"].shapley for one in draws])
    rows = tuple(
        (name, *value.shapley[k],
         *(percent(list(every[:, k, i] > 1e-9)) for i in (0, 1)),
         *(percent(list(every[:, k, i] < -1e-9)) for i in (0, 1)))
        for k, name in enumerate(value.levers)
    )  # fmt: skip
    names = value.negotiation.player_names
    columns = ("control", *names, *(f"% {p} {how}" for how in ("gains", "loses") for p in names))
    note = "The middle's Shapley values, and how often they are above and below zero."
    return bg.Table(f"Value as chips ({value.negotiation.unit})", columns, rows, note)


def kind_table(middle: Answers, draws: Sequence[Answers]) -> bg.Table:
    """Say what kind of stage there is before the talks."""
    here, kinds = middle.tabling.kind, [one.tabling.kind for one in draws]
    rows = [(k, k == here, percent([k == kind for kind in kinds])) for k in sorted({*kinds, here})]
    note = f"Tabling is taken to cost nothing.\nMiddle, {bg.verify(middle.tabling)}"
    return bg.Table("Before the talks", ("kind", "middle", "% of draws"), tuple(rows), note)


def tables(game: bg.TablingGame, player: str, unasked: bool) -> bool:
    """Whether a side tables something in an equilibrium without weakly dominated strategies."""
    side = game.players.index(player)
    return any(
        one.talks and bool(one.tabled[side]) and one.voluntary == unasked and one.undominated > 0
        for one in game.equilibria
    )


def cost_table(middle: Answers, draws: Sequence[Answers]) -> bg.Table:
    """Say up to which cost of precedent each side tables controls, unasked or insisted upon."""
    rows: list[tuple[Cell, ...]] = []
    for player in middle.tabling.players:
        costs = [one.tabling.critical_cost(player) for one in (middle, *draws)]
        unasked, asked = [cost.voluntary for cost in costs], [cost.value for cost in costs]
        for how, (here, *found) in (("unasked", unasked), ("insisted upon", asked)):
            firm = percent([tables(one.tabling, player, how == "unasked") for one in draws])
            some = [cost for cost in found if cost is not None and cost > 1e-9]
            never = percent([cost is None for cost in found])
            free = percent([cost is not None and cost <= 1e-9 for cost in found])
            first: Cell = "never" if here is None else here
            rows.append((player, how, first, never, firm, free, *spread(some)))
    columns = ("side", "tables", "middle", "% never", "% undominated", "% up to 0 only", *SPREAD)
    unit = middle.tabling.negotiation.unit
    note = (
        f"In some pure equilibrium; quantiles of the costs above 0 ({unit}). Undominated: where it "
        "costs nothing, and in an equilibrium without weakly dominated strategies."
    )
    return bg.Table("Cost of precedent up to which a side tables", columns, tuple(rows), note)


def one_table(game: bg.Scenario, middle: Answers) -> bg.Table:
    """Say which answers change with one number alone."""
    rows, now = [], middle.in_words()
    for path, end, one in changed(game):
        moved = [f"{k}: {then}" for k, then in answers(one).in_words().items() if then != now[k]]
        if moved:
            rows.append((path, game.quantities[path].value, end, "; ".join(moved)))
    columns = ("number", "value", "changed to", "answers that change")
    return bg.Table("One number at a time", columns, tuple(rows), "No other number changes one.")


def main(number: int = DRAWS) -> None:
    """Print the tables."""
    game = bg.load_scenario("us-china-2025")
    middle, draws = answers(game), [answers(one) for one in drawn(game, number)]
    for table in (deal_table, chip_table, kind_table, cost_table):
        print(table(middle, draws), end="\n\n")
    print(one_table(game, middle))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
