"""Equilibria of finite and of continuous games, beside nashpy, QuantEcon, Gambit and iteration.

    python -m benchmarks.equilibria [--quick] [--part a b c d]

(a) one equilibrium of two-player games, (b) all of them, (c) one of three-player games, (d) one of
linear-quadratic games over intervals. Every method runs in a process of its own on one core, takes
the same games in turn, and is killed when it does not end in time. All are judged from the arrays,
by the regret relative to the payoff range. Needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np

import bargaining as bg
from bargaining.types import FloatArray
from benchmarks.judges import TOLERANCE, AnswerError, pure_cells, regret
from benchmarks.linear_quadratic import LinearQuadratic
from benchmarks.peers import PARTS
from benchmarks.workers import Answer, Worker

PATIENCE = 10.0
"""Seconds after which a method is killed."""

UNENDED = 3
"""Games without an end after which a method is spared the rest of a case.

When they are half of those that were tried, it is spared larger games of the kind too.
"""

SAME = 1e-6
"""Profiles nearer than this, in probabilities, are one."""

EXACT = "Gambit enummixed_solve"
"""The method whose lists of degenerate games others are compared with."""

PAYOFFS = ("uniform", "no pure", "integers 0..3")
TITLES = {
    "a": "One equilibrium of two-player games n x n",
    "b": "All equilibria of two-player games n x n",
    "c": "One equilibrium of three-player games n x n x n",
    "d": "Linear-quadratic games of n players with an interval each",
}

Cells = tuple[str | float, ...]


@dataclass(frozen=True)
class Case:
    """Games of one kind and size."""

    part: str
    kind: str
    size: int
    games: int

    def problems(self) -> Iterator[Any]:
        """Yield the games, the same ones in every run."""
        players = 3 if self.part == "c" else 2
        seed = 0
        for _ in range(self.games):
            while True:
                rng = np.random.default_rng((ord(self.part), self.size, seed))
                seed += 1
                if self.part == "d":
                    yield LinearQuadratic.random(rng, self.size, float(self.kind.split()[-1]))
                    break
                tables = drawn(rng, self.kind, (self.size,) * players)
                if self.kind != "no pure" or not pure_cells(tables):
                    yield tables
                    break


def drawn(rng: np.random.Generator, kind: str, shape: tuple[int, ...]) -> tuple[FloatArray, ...]:
    """Return random payoffs, one array a player."""
    if kind == "integers 0..3":
        return tuple(rng.integers(0, 4, size=shape).astype(float) for _ in shape)
    return tuple(rng.random(shape) for _ in shape)


def cases(part: str, *, quick: bool) -> list[Case]:
    """Return the cases of a part, small games first."""
    if part == "a":
        sizes = {10: 50, 20: 50, 50: 30, 100: 20, 200: 10, 500: 6}
        short = {10: 10, 100: 4}
        kinds: Sequence[str] = PAYOFFS
    elif part == "b":
        sizes = {4: 50, 6: 30, 8: 20, 10: 20, 12: 10, 15: 6}
        short = {4: 10, 6: 4}
        kinds = PAYOFFS[::2]
    elif part == "c":
        sizes, short, kinds = {2: 30, 3: 30, 4: 20, 5: 20}, {2: 10, 3: 4}, PAYOFFS
    else:
        sizes, short = {2: 30, 10: 30, 50: 10, 100: 5}, {2: 10, 10: 4}
        kinds = ("coupling 0.3", "coupling 1", "coupling 3")
    chosen = short if quick else sizes
    return [Case(part, kind, size, games) for kind in kinds for size, games in chosen.items()]


@dataclass
class Record:
    """What one method did on the games of a case."""

    answers: list[Answer] = field(default_factory=list)
    regrets: list[float] = field(default_factory=list)
    misses: int = 0
    false: int = 0
    beyond: int = 0

    @property
    def unended(self) -> int:
        """Games on which the method did not end."""
        return sum(not answer.ended for answer in self.answers)

    def beside(self, ours: Record) -> Cells:
        """Return times, their ratio to ours on the same games, and failures."""
        pairs = zip(self.answers, ours.answers, strict=False)
        ratios = [a.seconds / b.seconds for a, b in pairs if a.profiles and b.profiles]
        times = [1e3 * answer.seconds for answer in self.answers if answer.profiles]
        none = len(self.answers) - len(times) - self.unended
        return (
            len(self.answers),
            _digits(statistics.median(times)) if times else "-",
            _digits(max(times)) if times else "-",
            _digits(statistics.median(ratios)) if ratios else "-",
            self.unended,
            none,
        )

    @property
    def lists(self) -> Cells:
        """Return how many lists lack equilibria, hold a false one, or others."""
        return self.misses, self.false, self.beyond

    @property
    def accuracy(self) -> Cells:
        """Return how many profiles are no equilibria, and the worst regret."""
        if not self.regrets:
            return "-", "-", "-"
        over = [sum(not value <= bound for value in self.regrets) for bound in (TOLERANCE, 1e-3)]
        return *over, f"{max(self.regrets):.0e}"


def _digits(value: float) -> float:
    """Round to three digits."""
    return float(f"{value:.3g}")


def judged(problem: Any, profile: Sequence[FloatArray]) -> float:
    """Return the relative regret of a profile; infinite where it is none."""
    if isinstance(problem, LinearQuadratic):
        return problem.regret(profile[0])
    try:
        if len(profile) != len(problem):
            return float("inf")
        return max(regret(problem, profile), 0.0)
    except AnswerError:
        return float("inf")


def measure(case: Case, workers: Sequence[Worker], patience: float, unended: int) -> list[Record]:
    """Let all methods solve the games of a case, in turn."""
    records = [Record() for _ in workers]
    for problem in case.problems():
        said: dict[int, Answer] = {}
        for k, (worker, record) in enumerate(zip(workers, records, strict=True)):
            if record.unended < unended:
                said[k] = worker.ask(problem, patience)
                record.answers.append(said[k])
        for k, answer in said.items():
            values = [judged(problem, profile) for profile in answer.profiles]
            records[k].regrets += values
            records[k].false += any(not value <= TOLERANCE for value in values)
        if case.part == "b":
            compare(case, workers, problem, said, records)
    return records


def compare(
    case: Case,
    workers: Sequence[Worker],
    tables: Sequence[FloatArray],
    said: dict[int, Answer],
    records: Sequence[Record],
) -> None:
    """Count whose list lacks equilibria, or holds others than the complete list.

    Of generic games that is all that any method found and that are equilibria; of degenerate ones
    the list of Gambit's exact enumeration where it ended, ours where it did not.
    """
    good = {
        k: [p for p in answer.profiles if judged(tables, p) <= TOLERANCE]
        for k, answer in said.items()
    }
    exact = next((k for k, worker in enumerate(workers) if worker.method == EXACT), -1)
    if case.kind == "uniform":
        complete = [p for found in good.values() for p in found]
    else:
        complete = good.get(exact) or good[0]
    for k, answer in said.items():
        if answer.ended:
            records[k].misses += not _covers(good[k], complete)
            records[k].beyond += not _covers(complete, good[k])


def _covers(found: Sequence[Sequence[FloatArray]], wanted: Sequence[Sequence[FloatArray]]) -> bool:
    """Whether each wanted profile is among those found."""
    if not wanted:
        return True
    if not found:
        return False
    have, want = (np.array([np.concatenate(p) for p in side]) for side in (found, wanted))
    return all(float(np.abs(have - row).max(axis=1).min()) <= SAME for row in want)


def run(part: str, *, quick: bool, patience: float) -> bg.Table:
    """Measure all cases of a part."""
    unended = 1 if quick else UNENDED
    spared: set[tuple[str, str]] = set()
    lines: list[Cells] = []
    began = time.perf_counter()
    with ExitStack() as stack:
        everybody = [stack.enter_context(Worker(method)) for method in PARTS[part]]
        for case in cases(part, quick=quick):
            workers = [w for w in everybody if (case.kind, w.method) not in spared]
            records = measure(case, workers, patience, unended)
            for worker, record in zip(workers, records, strict=True):
                if record.unended >= unended and 2 * record.unended >= len(record.answers):
                    spared.add((case.kind, worker.method))
                last = record.lists if part == "b" else record.accuracy
                line = (case.kind, case.size, worker.method, *record.beside(records[0]), *last)
                lines.append(line)
            passed = time.perf_counter() - began
            print(f"({part}) {case.kind}, n = {case.size}: after {passed:.0f} s", flush=True)
    text = note(part, patience, unended)
    return bg.Table(f"({part}) {TITLES[part]}", columns(part), tuple(lines), text)


def columns(part: str) -> tuple[str, ...]:
    """Return the heads of the table."""
    head = ("games", "n", "method", "tried", "median ms", "worst ms", "ratio", "no end", "none")
    if part == "b":
        return (*head, "lists that miss", "with false", "with others")
    return (*head, "regret > 1e-9", "> 1e-3", "worst")


def note(part: str, patience: float, unended: int) -> str:
    """Say what the columns mean, and where and with what it was measured."""
    libraries = ("numpy", "scipy", "nashpy", "quantecon", "numba", "pygambit")
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    text = (
        "ratio: median over games of its time to ours. Times are of calls that gave an answer; no "
        f"end: killed after {patience:g} s, and given up after {unended} of them; none: no answer, "
        "or an exception\n"
    )
    if part == "b":
        text += (
            "Lists are compared with all equilibria that any method found; of degenerate games "
            "with the extreme ones by Gambit's exact enumeration, or ours where that did not end. "
            "False: a profile with a regret above 1e-9; others: equilibria that are not listed\n"
        )
    if part == "c":
        text += (
            "All with their defaults: logit_solve stops at a regret of 1e-8 of the payoff range, "
            "mclennan_tourky at 1e-3 in payoffs\n"
        )
    return f"{text}{machine()}, one core a method; Python {platform.python_version()}, {versions}"


def machine() -> str:
    """Return what is known of the machine."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def main() -> None:
    """Print a table for each part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small games, less patience")
    parser.add_argument("--part", nargs="+", choices=sorted(PARTS), default=sorted(PARTS))
    options = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = "1"  # for the processes of the methods
    patience = 2.0 if options.quick else PATIENCE
    for part in options.part:
        print(run(part, quick=options.quick, patience=patience), flush=True)


if __name__ == "__main__":
    main()
