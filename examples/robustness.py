"""How far the predictions about the truce depend on numbers that nobody has published.

Every number of the scenario with a range is set to both ends of it, one at a time, and then all of
them are drawn at once. Each time the breakdown point and the Nash solution over single packages are
computed anew. The tables are the ones that docs/scenarios.md describes.

    python examples/robustness.py [DRAWS]
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

import bargaining as bg

SEED = 2025
DRAWS = 100


@dataclass(frozen=True)
class Outcome:
    """What one set of numbers leads to: labels, since the levels themselves may be among them."""

    breakdown: dict[str, str]
    deal: dict[str, str] | None


def outcome(game: bg.Scenario) -> Outcome:
    """Solve a scenario: noncooperative breakdown, and the Nash solution over packages."""
    agreement = bg.solve(game, lotteries=False)
    strategies = bg.nash_equilibrium(game).strategies
    breakdown: dict[str, str] = {}
    for strategy in strategies:
        _, package = max(strategy, key=lambda part: part[0])
        breakdown |= {name: game.lever(name).label(level) for name, level in package.items()}
    if not agreement.agreed:
        return Outcome(breakdown, None)
    levels = agreement.package
    return Outcome(
        breakdown, {lever.name: lever.label(levels[lever.name]) for lever in game.levers}
    )


def percent(hits: Sequence[bool]) -> int:
    """Return how many of some outcomes have a property, in percent."""
    return round(100 * sum(hits) / len(hits)) if hits else 0


def ends(game: bg.Scenario) -> Iterable[tuple[str, float]]:
    """Yield every number that has a range with both ends of it."""
    for path, quantity in game.quantities.items():
        if quantity.range is not None and not quantity.shared:
            yield from ((path, end) for end in quantity.range if end != quantity.value)


def lever_table(game: bg.Scenario, middle: Outcome, drawn: Sequence[Outcome]) -> bg.Table:
    """Set the prediction beside the truce, and say in how many draws either came out."""
    observed = game.observed["busan"]
    deals = [one.deal for one in drawn if one.deal is not None]
    rows = []
    for lever in game.levers:
        name, seen = lever.name, lever.label(observed[lever.name])
        predicted = middle.deal[name] if middle.deal else ""
        rows.append(
            (
                name,
                middle.breakdown[name],
                predicted,
                seen,
                percent([one.breakdown[name] == middle.breakdown[name] for one in drawn]),
                percent([deal[name] == predicted for deal in deals]),
                percent([deal[name] == seen for deal in deals]),
            )
        )
    columns = (
        "lever", "breakdown", "deal", "truce of Busan",
        "% of draws: same breakdown", "same deal", "as in the truce",
    )  # fmt: skip
    note = f"A gainful deal in {len(deals)} of {len(drawn)} draws."
    return bg.Table("Prediction, truce, and draws from all ranges", columns, tuple(rows), note)


def sensitivity_table(game: bg.Scenario, middle: Outcome) -> bg.Table:
    """Say for every number which levers of the deal it moves, at either end of its range."""
    rows = []
    for path, end in ends(game):
        changed = outcome(game.with_quantities({path: end}))
        now, then = changed.deal or {}, middle.deal or {}
        moved = [name for name in then if now.get(name) != then[name]]
        if moved:
            words = "; ".join(f"{name}: {now.get(name, 'no deal')}" for name in moved)
            rows.append((path, game.quantities[path].value, end, words))
    columns = ("number", "value", "changed to", "what changes in the deal")
    return bg.Table("Numbers that move the deal, one at a time", columns, tuple(rows))


def regime_table(game: bg.Scenario, draws: Sequence[bg.Scenario]) -> bg.Table:
    """Compare the regimes in the middle and over the draws."""
    middle = bg.compare_regimes(game, beside=False)
    drawn = [bg.compare_regimes(one, beside=False) for one in draws]
    rows = []
    for regime in (one.regime.name for one in middle.outcomes):
        linked = [one["linked"].payoffs - one[regime].payoffs for one in drawn]
        rows.append(
            (
                regime,
                *middle[regime].gains.round(2).tolist(),
                percent([one[regime].agreed for one in drawn]),
                *(percent([bool(value[i] > 1e-9) for value in linked]) for i in (0, 1)),
            )
        )
    us, china = game.player_names
    columns = (
        "regime", f"gain of {us}", f"gain of {china}", "% of draws: a deal",
        f"linking better for {us}", f"linking better for {china}",
    )  # fmt: skip
    return bg.Table("Regimes, in the middle and over the draws", columns, tuple(rows))


def largest_levels(game: bg.Scenario, middle: Outcome) -> bg.Table:
    """Change breakdown: a lever's largest level taken away, or made half as large again."""
    base = bg.nash_equilibrium(game).payoffs
    names = {name: key for key, name in game.keys.items()}
    rows = []
    for lever in game.levers:
        top = len(lever.array()) - 1
        less = bg.nash_equilibrium(without_top(game, lever)).payoffs - base
        more: tuple[float | None, ...] = (None, None)
        if isinstance(lever, bg.Tariff):
            path = f"levers.{names[lever.name]}.levels.{top}"
            larger = game.with_quantities({path: 1.5 * game.quantities[path].value})
            more = rounded(bg.nash_equilibrium(larger).payoffs - base)
        largest = lever.label(lever.array()[top])
        rows.append((lever.name, largest, middle.breakdown[lever.name], *rounded(less), *more))
    sides = [
        f"{case}: {player}" for case in ("without it", "x 1.5") for player in game.player_names
    ]
    columns = ("lever", "largest level", "breakdown", *sides)
    title = f"Breakdown and the largest levels: change of payoffs, {game.unit}"
    return bg.Table(title, columns, tuple(rows))


def rounded(change: Iterable[float]) -> tuple[float, ...]:
    """Return payoffs to the cent, without the sign of a zero."""
    return tuple(round(float(value), 2) + 0.0 for value in change)


def without_top(game: bg.Scenario, lever: bg.Lever) -> bg.Negotiation:
    """Return the negotiation with a lever at the best of its levels below the largest.

    Best for its owner in breakdown. No term joins levers of both sides, so that this is also where
    the owner would set it if the largest level did not exist.
    """
    fixed = [game.fix({lever: level}) for level in lever.array()[:-1].tolist()]
    owner = game.player_names.index(lever.owner)
    return max(fixed, key=lambda smaller: float(bg.nash_equilibrium(smaller).payoffs[owner]))


def main(draws: int = DRAWS) -> None:
    """Print the tables."""
    game = bg.load_scenario("us-china-2025")
    middle = outcome(game)
    rng = np.random.default_rng(SEED)
    varied = [game.vary(rng=rng) for _ in range(draws)]
    print(lever_table(game, middle, [outcome(one) for one in varied]), end="\n\n")
    print(sensitivity_table(game, middle), end="\n\n")
    print(regime_table(game, varied), end="\n\n")
    print(largest_levels(game, middle))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
