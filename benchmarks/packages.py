"""Agreements over packages, beside full enumeration in numpy and beside NegMAS.

    python benchmarks/packages.py [--quick]

Every method and size runs in a process of its own, so that peak memory is its own. "numpy" lists
all packages and finds the same Nash agreement by bisecting the frontier; its answer has to agree.
NegMAS (extra `bench`) lists them for its Pareto frontier. Times are medians over repeated solves of
a problem built afresh; the ratio is theirs over ours for Nash.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import bargaining as bg
from bargaining.optimize.elimination import maximizer
from bargaining.types import FloatArray

SOLUTIONS = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian")


@dataclass(frozen=True)
class Case:
    """A random negotiation: payoffs are normal, over single levers and pairs of levers."""

    levers: int
    levels: int
    players: int = 2
    pairs: int = 0
    near: bool = False

    @property
    def packages(self) -> float:
        """How many there are."""
        return float(self.levels) ** self.levers

    @property
    def name(self) -> str:
        """The case in words."""
        pairs = f", {self.pairs} {'near' if self.near else 'random'} pairs" if self.pairs else ""
        return f"{self.levers} levers x {self.levels}, {self.players} players{pairs}"


CASES = (
    Case(10, 4),
    Case(7, 10),
    Case(10, 10),
    Case(20, 4, pairs=30),
    Case(60, 6, players=5, pairs=70, near=True),
    Case(60, 6, players=5, pairs=70),
    Case(200, 10),
)
LISTED = 2e7
"""Packages up to which the other methods are tried."""


def negotiation(case: Case, seed: int = 0) -> bg.Negotiation:
    """Return the case's negotiation; near pairs are at most two levers apart (width 2)."""
    rng = np.random.default_rng(seed)
    players = [bg.Player(f"player {i + 1}") for i in range(case.players)]
    levers = [
        bg.Lever(f"lever {j + 1}", players[j % case.players], range(case.levels), 0)
        for j in range(case.levers)
    ]
    terms = [bg.TablePayoff(v, {p: rng.normal(size=case.levels) for p in players}) for v in levers]
    every = [(j, j + 1) for j in range(case.levers - 1)] + [
        (j, j + 2) for j in range(case.levers - 2)
    ]
    for k in range(case.pairs):
        a, b = every[k] if case.near else sorted(rng.choice(case.levers, 2, replace=False))
        table = {p: rng.normal(size=(case.levels, case.levels)) for p in players}
        terms.append(bg.TablePayoff((levers[a], levers[b]), table))
    return bg.Negotiation(players, levers, terms)


def listed(game: bg.Negotiation) -> FloatArray:
    """Return the payoffs of all packages, shape (N, M), of additive terms.

    Levers are added one after the other, so that only the last step has the full size.
    """
    total = np.zeros((len(game.players), 1))
    for factor in game.factors:
        assert len(factor.scope) == 1
        total = (total[:, :, None] + factor.table[:, None, :]).reshape(len(total), -1)
    return total


def nash_by_listing(game: bg.Negotiation, d: FloatArray) -> FloatArray:
    """Return the Nash payoffs of two players from the list of all packages."""
    u = listed(game) - d[:, None]
    low, high = u[:, u[1].argmax()], u[:, u[0].argmax()]
    while True:
        normal = np.array([low[1] - high[1], high[0] - low[0]])
        best = u[:, (normal @ u).argmax()]
        if normal @ best <= normal @ low + 1e-12 * np.abs(normal).sum():
            share = np.clip(_peak(low, high), 0.0, 1.0)
            return np.asarray(d + low + share * (high - low))
        if _peak(low, best) >= 1.0:
            low = best
        else:
            high = best


def _peak(low: FloatArray, high: FloatArray) -> float:
    """Where the product of gains peaks on a line, as a share of the way from low to high."""
    step = high - low
    return -float(low[0] * step[1] + low[1] * step[0]) / float(2 * step[0] * step[1])


def negmas_frontier(game: bg.Negotiation) -> int:
    """Return how many Pareto-efficient packages NegMAS finds."""
    from negmas import LinearAdditiveUtilityFunction, make_issue, make_os
    from negmas.preferences import pareto_frontier

    space = make_os([make_issue(size, f"lever {j}") for j, size in enumerate(game.sizes)])
    utilities = []
    for i in range(len(game.players)):
        values = [dict(enumerate(factor.table[i].tolist())) for factor in game.factors]
        utilities.append(LinearAdditiveUtilityFunction(values, outcome_space=space))
    points, _ = pareto_frontier(utilities, outcomes=list(space.enumerate()))
    return len(points)


def timed(call: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Return the median time in seconds, and the last result."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def point_below(game: bg.Negotiation) -> FloatArray:
    """Return a disagreement point well inside: the mean payoffs over all packages."""
    return np.asarray(
        sum(f.table.reshape(len(game.players), -1).mean(axis=1) for f in game.factors)
    )


def ours(game: bg.Negotiation, solution: str, d: FloatArray) -> bg.Agreement:
    """Solve a copy of the negotiation that knows nothing of earlier solves."""
    return bg.solve(bg.BargainingProblem(bg.PackageSet(game.fix({})), d), solution)


def measure(method: str, case: Case, repeats: int) -> dict[str, Any]:
    """Measure one method in this process."""
    game = negotiation(case)
    d = point_below(game)
    if method == "negmas":
        seconds, count = timed(lambda: negmas_frontier(game), 1)
        found: dict[str, Any] = {"seconds": seconds, "points": count}
    elif method == "numpy":
        seconds, u = timed(lambda: nash_by_listing(game, d), repeats)
        found = {"seconds": seconds, "payoffs": u.tolist()}
    else:
        bg.solve(bg.BargainingProblem([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]))  # imports
        found = {"width": maximizer(game).width}
        for solution in SOLUTIONS:
            seconds, agreement = timed(partial(ours, game, solution, d), repeats)
            assert bg.verify(agreement), agreement
            found[solution] = {
                "seconds": seconds,
                "gap": agreement.certificate.value,
                "payoffs": agreement.payoffs.tolist(),
            }
    found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def in_a_process(method: str, index: int, repeats: int) -> dict[str, Any]:
    """Measure in a process of its own, on one core."""
    command = [sys.executable, __file__, "--one", method, str(index), "--repeats", str(repeats)]
    one_core = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=one_core)
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1]}
    return dict(json.loads(done.stdout))


def row(index: int, repeats: int) -> tuple[str | float, ...]:
    """Measure a case by all methods that can still do it."""
    case = CASES[index]
    mine = in_a_process("ours", index, repeats)
    if "error" in mine:
        raise SystemExit(f"{case.name}: {mine['error']}")
    times = [round(1e3 * mine[solution]["seconds"], 2) for solution in SOLUTIONS]
    gap = max(mine[solution]["gap"] for solution in SOLUTIONS)
    cells: list[str | float] = [
        case.name, f"{case.packages:.0e}", mine["width"], *times, f"{gap:.0e}",
        round(mine["megabytes"]),
    ]  # fmt: skip
    if case.packages > LISTED:
        return (*cells, "-", "-", "-", "-")
    theirs = in_a_process("numpy", index, repeats)
    np.testing.assert_allclose(theirs["payoffs"], mine["nash"]["payoffs"], atol=1e-6)
    cells.append(f"{1e3 * theirs['seconds']:.1f} ({theirs['megabytes']:.0f} MB)")
    cells.append(round(theirs["seconds"] / mine["nash"]["seconds"], 1))
    if importlib.util.find_spec("negmas") is None:
        return (*cells, "not installed", "-")
    if case.packages > 2e6:
        return (*cells, "-", "-")
    negmas = in_a_process("negmas", index, 1)
    if "error" in negmas:
        return (*cells, negmas["error"][:40], "-")
    cells.append(f"{1e3 * negmas['seconds']:.0f} ({negmas['megabytes']:.0f} MB)")
    return (*cells, round(negmas["seconds"] / mine["nash"]["seconds"]))


def main() -> None:
    """Print the table, or one measurement for the process that asked for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats and sizes")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--one", nargs=2, metavar=("METHOD", "CASE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        method, index = options.one
        print(json.dumps(measure(method, CASES[int(index)], options.repeats)))
        return
    repeats = 3 if options.quick else options.repeats
    chosen = [k for k in range(len(CASES)) if not options.quick or CASES[k].packages != 1e7]
    columns = ("case", "packages", "width", *(f"{s} ms" for s in SOLUTIONS), "gap", "MB")
    others = ("numpy Nash ms", "ratio", "NegMAS frontier ms", "ratio")
    note = f"Python {platform.python_version()}, numpy {np.__version__}, one core, medians"
    rows = tuple(row(k, repeats) for k in chosen)
    print(bg.Table("Agreements over packages", (*columns, *others), rows, note))


if __name__ == "__main__":
    main()
