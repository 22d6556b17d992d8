"""Equilibria of lever games by the double oracle, beside listing the normal form.

    python benchmarks/lever_games.py [--quick]

Two players share random levers; payoffs are normal, over single levers and random pairs. Where the
normal form can still be listed, nashpy's Lemke-Howson (what a user would otherwise call) solves it
in the same run, with a time limit, as it may not end. Regret is recomputed by `verify`.
"""

from __future__ import annotations

import argparse
import platform
import signal
import statistics
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import numpy as np

import bargaining as bg

SEEDS = 50
LISTED = 1_024
"""Strategies a side up to which the normal form is listed."""

PATIENCE = 10
"""Seconds that nashpy may take."""


@dataclass(frozen=True)
class Case:
    """Levers, half of them a player's, with pairwise terms."""

    levers: int
    levels: int
    pairs: int


CASES = (
    Case(4, 3, 4), Case(8, 3, 12), Case(10, 4, 16), Case(20, 4, 40), Case(30, 5, 60),
    Case(40, 5, 90),
)  # fmt: skip


def negotiation(case: Case, seed: int) -> bg.Negotiation:
    """Return a random lever game."""
    rng = np.random.default_rng(seed)
    players = [bg.Player("row"), bg.Player("column")]
    levers = [
        bg.Lever(f"lever {j + 1}", players[j % 2], range(case.levels), 0)
        for j in range(case.levers)
    ]
    terms = [bg.TablePayoff(v, {p: rng.normal(size=case.levels) for p in players}) for v in levers]
    for _ in range(case.pairs):
        a, b = sorted(rng.choice(case.levers, 2, replace=False))
        table = {p: rng.normal(size=(case.levels, case.levels)) for p in players}
        terms.append(bg.TablePayoff((levers[a], levers[b]), table))
    return bg.Negotiation(players, levers, terms)


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Interrupt what takes longer."""

    def stop(_: int, __: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def listed(game: bg.Negotiation) -> bg.NormalFormGame:
    """Return the normal form by listing all packages."""
    sides = [[j for j, v in enumerate(game.free_levers) if v.owner == p] for p in game.player_names]
    grids = [np.indices([game.sizes[j] for j in side]).reshape(len(side), -1).T for side in sides]
    indices = np.zeros((len(grids[0]), len(grids[1]), len(game.sizes)), dtype=np.int64)
    indices[:, :, sides[0]] = grids[0][:, None]
    indices[:, :, sides[1]] = grids[1][None]
    payoffs = game.payoffs_at(indices.reshape(-1, len(game.sizes)))
    return bg.NormalFormGame.from_arrays(*payoffs.T.reshape(2, len(grids[0]), len(grids[1])))


def by_nashpy(game: bg.Negotiation) -> tuple[float, bool]:
    """Return seconds, and whether nashpy's answer is an equilibrium."""
    start = time.perf_counter()
    normal = listed(game)
    try:
        with at_most(PATIENCE), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            profile = normal.to_nashpy().lemke_howson(initial_dropped_label=0)
            right = all(len(x) == k for x, k in zip(profile, normal.shape, strict=True))
            right = right and bool((normal.regret(profile) <= 1e-9 * normal.scale).all())
    except (TimeoutError, ValueError, bg.InputError, IndexError, ZeroDivisionError):
        right = False
    return time.perf_counter() - start, right


def row(case: Case, seeds: int) -> tuple[str | float, ...]:
    """Measure a case over all seeds."""
    times, regrets, supports, failures, ratios, wrong = [], [], [], 0, [], 0
    strategies = case.levels ** (case.levers // 2)
    bg.nash_equilibrium(negotiation(case, 0))  # imports
    for seed in range(seeds):
        game = negotiation(case, seed)
        start = time.perf_counter()
        try:
            found = bg.nash_equilibrium(game)
        except bg.ConvergenceError:
            failures += 1
            continue
        times.append(time.perf_counter() - start)
        regrets.append(bg.verify(found).value)
        supports.append(max(len(strategy) for strategy in found.strategies))
        if strategies <= LISTED and seed < 5:
            seconds, right = by_nashpy(game)
            ratios.append(seconds / times[-1])
            wrong += not right
    listing: tuple[str | float, str] = ("-", "-")
    if ratios:
        listing = (round(statistics.median(ratios), 1), f"{wrong} of {len(ratios)}")
    return (
        f"{case.levers} x {case.levels}, {case.pairs} pairs", f"{strategies:.0e}",
        round(1e3 * statistics.median(times), 1), round(1e3 * max(times), 1),
        f"{max(regrets):.0e}", max(supports), f"{failures} of {seeds}", *listing,
    )  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer seeds and sizes")
    options = parser.parse_args()
    cases, seeds = (CASES[:3], 5) if options.quick else (CASES, SEEDS)
    columns = (
        "levers", "strategies a side", "median ms", "worst ms", "worst regret", "largest support",
        "failed", "listing + nashpy, ratio", "nashpy wrong or no end",
    )  # fmt: skip
    note = f"{seeds} seeds each; Python {platform.python_version()}, numpy {np.__version__}"
    rows = tuple(row(case, seeds) for case in cases)
    print(bg.Table("Equilibria of lever games", columns, rows, note))


if __name__ == "__main__":
    main()
