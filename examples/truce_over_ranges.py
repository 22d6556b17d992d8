"""Whether the truce of Busan holds without a court, over the ranges of the assumed numbers.

How patient each side must be, and how likely a pause of a year must be renewed: for the truce as
signed, for the same truce with its tariffs as ceilings (each side may cut its own further), and for
the Nash package. Then why no chance of renewal is enough, where none is, and on which numbers that
hinges. Draws are those of controls_over_ranges.py, which leaves out the ones that are out of order.
Change MONTHS to 1: in the middle the truce then needs an even chance of renewal, but hardly more
draws have no chance that is enough, since that is a matter of who gains by the truce at all.

    python examples/truce_over_ranges.py [DRAWS]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from controls_over_ranges import DRAWS, SPREAD, changed, drawn, percent, spread

import bargaining as bg
from bargaining.results.table import Cell

MONTHS = 12
PATIENCE = (0.9, 0.95)
"""Discount factors of a year."""

BUSAN, CEILINGS, NASH = AGREEMENTS = ("Busan", "Busan, tariffs as ceilings", "Nash package")


@dataclass(frozen=True)
class Held:
    """How an agreement is held: critical discount factors, and chances of renewal by patience."""

    factors: bg.CriticalDiscountFactors
    least: tuple[float | None, ...]
    unheld: tuple[bool, ...]
    """Whether no chance of renewal holds each side, at the first patience."""


def held(game: bg.Scenario, package: Mapping[str, float]) -> Held:
    """Ask what holds an agreement by the threat of going back to breakdown for ever."""
    factors = bg.critical_discount_factors(game, package)
    truce = bg.Truce(package, negotiation=game, months=MONTHS, renewal=1.0)
    found = [truce.critical_renewal(yearly ** (1 / 12)) for yearly in PATIENCE]
    unheld = tuple((found[0].lowest > found[0].highest).tolist())
    return Held(factors, tuple(one.least for one in found), unheld)


def as_ceilings(game: bg.Scenario) -> Mapping[str, float]:
    """Return the truce with each side's tariffs cut as far as that pays the side itself."""
    best = dict(game.observed["busan"])
    for i, player in enumerate(game.player_names):
        own = [lever for lever in game.owned_by(player) if isinstance(lever, bg.Tariff)]
        names = [lever.name for lever in own]
        below = [[x for x in lever.array()[::-1] if x <= best[lever.name]] for lever in own]
        cuts = [best | dict(zip(names, levels, strict=True)) for levels in product(*below)]
        best = cuts[int(game.payoffs(cuts)[:, i].argmax())]
    return best


def answers(game: bg.Scenario) -> dict[str, Held]:
    """Ask it of all agreements; there is no Nash package where there is no deal."""
    nash = bg.solve(game, lotteries=False)
    packages = {BUSAN: game.observed["busan"], CEILINGS: as_ceilings(game)}
    packages |= {NASH: nash.package} if nash.agreed else {}
    return {name: held(game, package) for name, package in packages.items()}


def patience_table(middle: dict[str, Held], draws: Sequence[dict[str, Held]]) -> bg.Table:
    """Say how patient each side must be."""
    rows: list[tuple[Cell, ...]] = []
    for name, here in middle.items():
        for i, player in enumerate(here.factors.players):
            found = [float(one[name].factors.factors[i]) for one in draws if name in one]
            never = percent([factor == 1 for factor in found])
            rows.append((name, player, here.factors.factors[i], *spread(found), never))
    columns = ("agreement", "side", "middle", *SPREAD, "% never")
    proofs = [bg.verify(here.factors) for here in middle.values()]
    note = (
        "From one period to the next, a breach being punished one period later; never: 1.\n"
        f"Middle, {max(proofs, key=lambda proof: proof.value)}"
    )
    return bg.Table("Critical discount factors", columns, tuple(rows), note)


def renewal_table(middle: dict[str, Held], draws: Sequence[dict[str, Held]]) -> bg.Table:
    """Say with which chance of renewal the pause holds."""
    rows: list[tuple[Cell, ...]] = []
    for name, here in middle.items():
        for k, yearly in enumerate(PATIENCE):
            least = [one[name].least[k] for one in draws if name in one]
            none = percent([chance is None for chance in least])
            rows.append((name, yearly, here.least[k], *spread(least), none))
    columns = ("agreement", "patience a year", "middle", *SPREAD, "% none")
    note = f"A pause of {MONTHS} months; without renewal, and after a breach, there is breakdown."
    return bg.Table("Least chance of renewal that holds it", columns, tuple(rows), note)


def why_table(players: Sequence[str], draws: Sequence[dict[str, Held]]) -> bg.Table:
    """Say whom no chance of renewal holds, and what tempts it."""
    rows: list[tuple[Cell, ...]] = []
    for name in (BUSAN, CEILINGS):
        for i, player in enumerate(players):
            lost = [one[name].factors for one in draws if one[name].unheld[i]]
            worse = percent([bool(one.losses[i] <= 0) for one in lost])
            levers = [one.most_tempting[i] for one in lost]
            top = Counter(map(str, levers)).most_common(3)
            words = "; ".join(f"{name} ({round(100 * k / len(lost))})" for name, k in top)
            rows.append((name, player, round(100 * len(lost) / len(draws)), worse, words))
    columns = ("agreement", "side", "% of draws", "% of these no gain", "what tempts it most (%)")
    note = "No gain: it has no more by the agreement than in breakdown."
    return bg.Table("Whom no chance of renewal holds", columns, tuple(rows), note)


def hinge_table(games: Sequence[bg.Scenario], draws: Sequence[dict[str, Held]]) -> bg.Table:
    """Say which numbers matter most: how often no chance is enough, by halves of the draws."""
    rows: list[tuple[Cell, ...]] = []
    for name in (BUSAN, CEILINGS):
        lost, halves = np.array([any(one[name].unheld) for one in draws]), []
        for path in sorted({path for path, _, _ in changed(bg.load_scenario(games[0].name))}):
            values = np.array([game.quantities[path].value for game in games])
            low = values <= np.median(values)
            halves.append((path, percent(list(lost[low])), percent(list(lost[~low]))))
        halves.sort(key=lambda row: -abs(row[1] - row[2]))
        rows += [(name, *row) for row in halves[:4]]
    columns = ("agreement", "number", "% none in its lower half", "upper half")
    return bg.Table("What that hinges on", columns, tuple(rows), "The four that matter most.")


def one_table(game: bg.Scenario) -> bg.Table:
    """Say with which number alone, at an end of its range, no chance of renewal is enough."""
    rows: list[tuple[Cell, ...]] = []
    for path, end, one in changed(game):
        packages = {BUSAN: one.observed["busan"], CEILINGS: as_ceilings(one)}
        found = {name: held(one, package) for name, package in packages.items()}
        if any(any(each.unheld) for each in found.values()):
            whom = [
                ", ".join(p for p, un in zip(game.player_names, each.unheld, strict=True) if un)
                for each in found.values()
            ]
            rows.append((path, game.quantities[path].value, end, *whom))
    columns = ("number", "value", "changed to", *(f"{name}: not" for name in packages))
    note = "With any other number the truce holds, as in the middle."
    return bg.Table("One number at a time: whom no chance holds", columns, tuple(rows), note)


def main(number: int = DRAWS) -> None:
    """Print the tables."""
    game = bg.load_scenario("us-china-2025")
    games = list(drawn(game, number))
    middle, draws = answers(game), [answers(one) for one in games]
    print(patience_table(middle, draws), end="\n\n")
    print(renewal_table(middle, draws), end="\n\n")
    print(why_table(game.player_names, draws), end="\n\n")
    print(hinge_table(games, draws), end="\n\n")
    print(one_table(game))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
