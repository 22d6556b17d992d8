"""Equilibrium payoffs of repeated games of two players, beside QuantEcon's solver.

Both use the algorithm of Abreu and Sannikov (2014). QuantEcon's is run as it is, and with as many
iterations as it needs, starting from the minmax as ours does. Sets are compared as sets: how far
each sticks out of the other, in units of the payoff ranges.

    python -m benchmarks.repeated --quick
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

import bargaining as bg
from bargaining.enforcement.repeated.polygon import outside
from bargaining.types import FloatArray

__all__ = ["Case", "cases", "run"]

PATIENCE = 120.0
"""Seconds after which a call is ended."""

SAME = 1e-7
"""Sets that are no further apart, in payoff ranges, are the same."""

COST = 0.1
MANY = 100_000

Tables = tuple[FloatArray, FloatArray]


@dataclass(frozen=True)
class Case:
    """A game and a discount factor."""

    kind: str
    size: int
    delta: float
    tables: Tables


def cournot(size: int) -> Tables:
    """Return two firms with quantities from 0 to 1, price 1 - Q or 0, and a cost."""
    quantity = np.linspace(0.0, 1.0, size)
    one, two = np.meshgrid(quantity, quantity, indexing="ij")
    margin = np.maximum(1 - one - two, 0) - COST
    return margin * one, margin * two


def cases(*, quick: bool) -> Iterator[Case]:
    """Return Cournot games of several sizes, and random games."""
    deltas = (0.5, 0.9, 0.99)
    for size in (15, 60) if quick else (15, 60, 120, 240):
        for delta in deltas:
            yield Case("Cournot", size, delta, cournot(size))
    rng = np.random.default_rng(0)
    for size in (2, 3, 5, 10) if quick else (2, 3, 5, 10, 20, 40):
        for number in range(4 if quick else 20):
            drawn = (
                rng.random((2, size, size)) if number % 2 else rng.integers(0, 8, (2, size, size))
            )
            for delta in deltas:
                yield Case("random", size, delta, (drawn[0].astype(float), drawn[1].astype(float)))


def _ours(tables: Tables, delta: float) -> Callable[[], FloatArray]:
    game = bg.NormalFormGame.from_arrays(*tables)
    return lambda: bg.repeated_payoff_set(game, delta).vertices


def _quantecon(tables: Tables, delta: float, **options: Any) -> Callable[[], FloatArray]:
    from quantecon.game_theory import NormalFormGame, Player
    from quantecon.game_theory.repeated_game import RepeatedGame

    a, b = tables
    game = RepeatedGame(NormalFormGame((Player(a), Player(b.T.copy()))), delta)

    def solve() -> FloatArray:
        hull = game.equilibrium_payoffs(method="AS", options=options)
        return np.asarray(hull.points[hull.vertices])

    return solve


def _patient(tables: Tables, delta: float) -> Callable[[], FloatArray]:
    a, b = tables
    minmax = [a.max(axis=0).min(), b.max(axis=1).min()]
    return _quantecon(tables, delta, u_init=minmax, max_iter=MANY)


METHODS: dict[str, Callable[[Tables, float], Callable[[], FloatArray]]] = {
    "bargaining": _ours,
    "quantecon": _quantecon,
    "quantecon, to the end": _patient,
}


@dataclass(frozen=True)
class Answer:
    """Vertices and how long they took, or what went wrong instead."""

    seconds: float
    vertices: FloatArray
    trouble: str = ""


def _serve(method: str, line: Any) -> None:
    METHODS[method](cournot(4), 0.9)()  # compiled before anything is timed
    line.send("ready")
    while True:
        tables, delta = line.recv()
        solve = METHODS[method](tables, delta)
        began = time.perf_counter()
        try:
            vertices, trouble = solve(), ""
        except Exception as error:  # whatever a method raises is its answer
            vertices = np.empty((0, 2))
            none = "no incentive-compatible" in str(error)
            trouble = "" if none else type(error).__name__
        line.send(Answer(time.perf_counter() - began, vertices, trouble))


class Worker:
    """One method in a process of its own, which is ended when it takes too long."""

    def __init__(self, method: str) -> None:
        self.method = method
        self._process: Any = None
        self._line: Any = None

    def ask(self, case: Case, patience: float) -> Answer:
        """Return the answer, or "no end"."""
        if self._process is None:
            spawn = multiprocessing.get_context("spawn")
            self._line, theirs = spawn.Pipe()
            self._process = spawn.Process(target=_serve, args=(self.method, theirs), daemon=True)
            self._process.start()
            self._line.recv()
        self._line.send((case.tables, case.delta))
        if self._line.poll(patience):
            answer: Answer = self._line.recv()
            return answer
        self.close()
        return Answer(patience, np.empty((0, 2)), "no end")

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.terminate()
            self._process.join()
            self._process = None


def apart(case: Case, first: FloatArray, second: FloatArray) -> float:
    """Return how far two sets are apart, in payoff ranges; 1 if only one is empty."""
    if not len(first) or not len(second):
        return float(len(first) != len(second))
    scale = [max(float(np.ptp(table)), 1e-300) for table in case.tables]
    one, two = first / scale, second / scale
    return float(max(outside(one, two).max(), outside(two, one).max()))


@dataclass
class Score:
    """What a method did on the games of one kind, size and discount factor."""

    ratios: list[float]
    seconds: list[float]
    troubles: list[str]
    off: list[float]

    def cells(self) -> tuple[str | float | int | None, ...]:
        """Return the cells of a row."""
        several = len(self.ratios) > 0
        return (
            len(self.seconds),
            1e3 * float(np.median(self.seconds)),
            float(np.median(self.ratios)) if several else None,
            sum(trouble == "no end" for trouble in self.troubles),
            sum(trouble not in ("", "no end") for trouble in self.troubles),
            sum(gap > SAME for gap in self.off),
            max(self.off, default=0.0),
        )


def run(*, quick: bool, patience: float) -> bg.Table:
    """Solve all games with all methods and return the comparison."""
    workers = [Worker(method) for method in METHODS]
    scores: dict[tuple[str, int, float, str], Score] = {}
    spared: set[tuple[str, int, float, str]] = set()
    for case in cases(quick=quick):
        ours = workers[0].ask(case, patience)
        for worker in workers:
            key = (case.kind, case.size, case.delta, worker.method)
            if key in spared:
                continue
            answer = ours if worker is workers[0] else worker.ask(case, patience)
            score = scores.setdefault(key, Score([], [], [], []))
            score.seconds.append(answer.seconds)
            score.troubles.append(answer.trouble)
            if not answer.trouble:
                score.ratios.append(answer.seconds / ours.seconds)
                score.off.append(apart(case, ours.vertices, answer.vertices))
            if answer.trouble == "no end":
                spared.add(key)
    for worker in workers:
        worker.close()
    columns = (
        "games", "n", "delta", "method", "tried", "median ms", "ratio", "no end", "crashed",
        "other sets", "furthest off",
    )  # fmt: skip
    rows = tuple((*key, *score.cells()) for key, score in scores.items())
    return bg.Table("Repeated games of two players", columns, rows, note(patience))


def note(patience: float) -> str:
    """Say what the columns mean, and with what it was measured."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "quantecon", "numba"))
    return (
        f"ratio: median of its time to ours, calls that gave a set; no end: killed after "
        f"{patience:g} s; other sets: further than {SAME:g} payoff ranges from ours\n"
        f"{platform.system()} {platform.machine()}; Python {platform.python_version()}, {versions}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small games, less patience")
    options = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"  # for the processes of the methods
    print(run(quick=options.quick, patience=10.0 if options.quick else PATIENCE), flush=True)


if __name__ == "__main__":
    main()
