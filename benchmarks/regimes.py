"""The stage of putting controls on the table: all regimes at once, beside one solve each.

Random negotiations of two sides, with tariffs and security controls, some of which touch each
other. Our call solves every set of tabled controls with shared work; the other way is what a user
would write otherwise: fix what is off the table, solve, and do it again for every set. It stands
for readings in which levers off the table stand still, where the two must agree.

    python -m benchmarks.regimes --quick
"""

from __future__ import annotations

import argparse
import itertools
import platform
import time

import numpy as np

import bargaining as bg
from bargaining.results.table import Cell

__all__ = ["negotiation", "run"]

COST = 0.3
"""What tabling costs."""

RULES = ("nash", "kalai-smorodinsky")

Row = tuple[Cell, ...]


def negotiation(seed: int, controls: int, tariffs: int, pairs: int) -> bg.Negotiation:
    """Return a negotiation of two sides with so many controls a side, tariffs and pairwise terms.

    Tariffs have four levels, controls three. Every lever is worth something to its owner and costs
    the other side, with noise; pairs of levers, whoever owns them, have small terms of their own.
    """
    rng = np.random.default_rng(seed)
    sides = [bg.Player("A"), bg.Player("B")]
    levers: list[bg.Lever] = [
        bg.Tariff(f"tariff {k}", sides[k % 2], [0, 0.1, 0.2, 0.3], 0.2) for k in range(tariffs)
    ]
    for side in sides:
        levers += [bg.ExportControl(f"{side} {k}", side, [0, 1, 2], 1) for k in range(controls)]
    terms: list[bg.Payoff] = []
    for lever in levers:
        step = np.arange(len(lever.array()))
        other = sides[lever.owner == "A"]
        own = step * rng.uniform(0.2, 1) + 0.3 * rng.normal(size=len(step))
        harm = -step * rng.uniform(0.3, 2) + 0.3 * rng.normal(size=len(step))
        terms.append(bg.TablePayoff(lever, {lever.owner: own, other: harm}))
    for _ in range(pairs):
        first, second = (levers[n] for n in rng.choice(len(levers), 2, replace=False))
        shape = (len(first.array()), len(second.array()))
        tables = {side: 0.4 * rng.normal(size=shape) for side in sides}
        terms.append(bg.TablePayoff((first, second), tables))
    return bg.Negotiation(sides, levers, terms)


def apart(game: bg.Negotiation, solution: str) -> dict[frozenset[str], tuple[float, ...]]:
    """Solve every regime by itself, levers off the table standing at the status quo."""
    controls = [lever for lever in game.levers if lever.domain == "security"]
    point = bg.nash_equilibrium(game).payoffs
    found = {}
    for size in range(len(controls) + 1):
        for off in itertools.combinations(controls, size):
            fixed = game.fix({lever: lever.status_quo for lever in off}) if off else game
            agreement = bg.solve(fixed, solution, disagreement=point, lotteries=False)
            tradable = frozenset(lever.name for lever in game.levers if lever not in off)
            found[tradable] = tuple(agreement.payoffs.tolist())
    return found


def together(game: bg.Negotiation, solution: str, off_table: str) -> bg.TablingGame:
    """Solve the stage, and so every regime, in one call."""
    return bg.tabling_game(game, solution=solution, precedent_cost=COST, off_table=off_table)


def compared(controls: int, solution: str) -> Row:
    """Return a row: both ways with levers off the table standing still."""
    game = negotiation(1, controls, 8, controls)
    start = time.perf_counter()
    stage = together(game, solution, "standstill")
    ours = time.perf_counter() - start
    start = time.perf_counter()
    alone = apart(game, solution)
    theirs = time.perf_counter() - start
    worst = max(
        float(np.abs(outcome.payoffs - alone[outcome.tradable]).max())
        for row in stage.regimes
        for outcome in row
    )
    size = 4**controls
    return controls, controls, solution, "standstill", size, ours, theirs, theirs / ours, worst, ""


def alone_row(controls: int, pairs: int, solution: str, off_table: str) -> Row:
    """Return a row of a size at which solving one by one takes too long, or has no counterpart."""
    game = negotiation(1, controls, 8, pairs)
    start = time.perf_counter()
    stage = together(game, solution, off_table)
    ours = time.perf_counter() - start
    checked = str(stage.certificate)
    return (controls, pairs, solution, off_table, 4**controls, ours, None, None, None, checked)


def run(*, quick: bool) -> bg.Table:
    """Return the table, after one small stage that loads what is loaded at first use."""
    together(negotiation(0, 1, 2, 1), "nash", "response")
    rows = [compared(m, rule) for rule in RULES for m in ((2,) if quick else (2, 3, 4))]
    for rule in RULES:
        for off_table in ("standstill", "response"):
            for pairs in (0, 6) if quick else (0, 6, 12):
                rows.append(alone_row(3 if quick else 6, pairs, rule, off_table))
    columns = (
        "controls a side", "pairs", "solution", "off the table", "regimes", "s, together",
        "s, one by one", "ratio", "payoffs apart by", "certificate",
    )  # fmt: skip
    note = f"Python {platform.python_version()}, numpy {np.__version__}, one process"
    return bg.Table("All regimes of a stage", columns, tuple(rows), note=note)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    print(run(quick=parser.parse_args().quick))


if __name__ == "__main__":
    main()
