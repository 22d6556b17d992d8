"""Whether every answer on many small random games, nasty ones among them, is an equilibrium.

    python -m benchmarks.random_games [--large] [--games N] [--seed S] [--only K]

Two players, up to 6 x 6, and three, up to 3 x 3 x 3, with ties, duplicates and near duplicates of
strategies, constant payoffs, huge offsets and units, opposed or symmetric interests. Profiles and
lists are judged from the arrays alone, see `benchmarks/checks.py`. `--only K` plays one game again
and prints it. `--large` draws two-player games up to 100 x 100 instead, and asks for one
equilibrium.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType

import numpy as np

import bargaining as bg
from benchmarks.checks import CHECKS
from benchmarks.drawn_games import Draw, draw
from benchmarks.judges import AnswerError

GAMES, FEW = 200_000, 2_000
PATIENCE = 5.0
"""Seconds of the processor that a call may take; of the clock twelve times as many."""

CHUNK = 250
OUTCOMES = (
    "answered", "ConvergenceError", "IntractableError", "slow", "wrong", "crash",
)  # fmt: skip


class Late(BaseException):
    """A call took too long; no handler of `Exception` may swallow it."""


def chosen(case: Draw, index: int) -> Iterator[str]:
    """Yield what is called for a game: of small ones the more costly calls for every third."""
    yield "nash_equilibrium"
    small = max(case.shape) < 7
    if small and index % 3 == 0:
        yield "nash_equilibria"
    if small and index % 3 == 1:
        yield "iterated_dominance"
    if len(case.shape) == 2 and case.opposed:
        yield "zero_sum_equilibrium"


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer."""

    def stop(_: int, __: FrameType | None) -> None:
        raise Late

    timers = ((signal.ITIMER_PROF, signal.SIGPROF, 1), (signal.ITIMER_REAL, signal.SIGALRM, 12))
    before = [signal.signal(number, stop) for _, number, _ in timers]
    for timer, _, factor in timers:
        signal.setitimer(timer, factor * seconds)
    try:
        yield
    finally:
        for (timer, number, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def outcome(check: str, case: Draw) -> tuple[str, str]:
    """Return one of `OUTCOMES`, and what there is to say about it."""
    try:
        with at_most(PATIENCE), warnings.catch_warnings():
            warnings.simplefilter("error")
            CHECKS[check](case, bg.NormalFormGame.from_arrays(*case.tables))
    except Late:
        return "slow", f"more than {PATIENCE:g} s"
    except AnswerError as error:
        return "wrong", str(error)
    except bg.ConvergenceError as error:
        if error.certificate is None or not np.isfinite(error.certificate.value):
            return "crash", f"a ConvergenceError without a certificate: {error}"
        return "ConvergenceError", str(error)
    except bg.IntractableError as error:
        return "IntractableError", str(error)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(place.filename)}:{place.lineno}"  # noqa: PTH119
        return "crash", f"{type(error).__name__}: {error} ({where})"
    return "answered", ""


@dataclass
class Tally:
    """What became of a range of games."""

    counts: Counter[tuple[str, int, str]]
    failures: list[dict[str, object]]
    slowest: tuple[float, int, str] = (0.0, -1, "")

    def add(self, other: Tally) -> None:
        """Count another range too."""
        self.counts += other.counts
        self.failures += other.failures
        self.slowest = max(self.slowest, other.slowest)


def play(seed: int, large: bool, span: tuple[int, int]) -> Tally:
    """Play the games of a range of indices."""
    tally = Tally(Counter(), [])
    for index in range(*span):
        case = draw(seed, index, large=large)
        for check in chosen(case, index):
            began = time.perf_counter()
            what, message = outcome(check, case)
            tally.slowest = max(tally.slowest, (time.perf_counter() - began, index, check))
            tally.counts[check, len(case.shape), what] += 1
            if what != "answered":
                tally.failures.append(
                    {"seed": seed, "index": index, "call": check, "outcome": what,
                     "shape": list(case.shape), "traits": list(case.traits), "message": message}
                )  # fmt: skip
    return tally


def ready() -> None:
    """Import what solvers import, so that no call is slow for that."""
    game = bg.NormalFormGame.from_arrays([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    bg.verify(bg.nash_equilibria(game))
    bg.zero_sum_equilibrium(game)


def again(seed: int, index: int, *, large: bool) -> None:
    """Print one game and what becomes of it."""
    case = draw(seed, index, large=large)
    print(f"game {index} of seed {seed}: {', '.join(case.traits)}")
    print(*(f"array({table.tolist()})" for table in case.tables), sep="\n")
    for check in chosen(case, index):
        print(f"{check}: {': '.join(filter(None, outcome(check, case)))}")


def table(tally: Tally, note: str) -> bg.Table:
    """Return how many calls ended how."""
    kinds = sorted({(check, players) for check, players, _ in tally.counts})
    rows: tuple[tuple[str | int, ...], ...] = tuple(
        (check, players, *(tally.counts[check, players, what] for what in OUTCOMES))
        for check, players in kinds
    )
    return bg.Table("Random games", ("call", "players", *OUTCOMES), rows, note)


def main() -> None:
    """Play the games and print the table; failures as lines of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--games", type=int, help="200,000, or 2,000 large ones")
    parser.add_argument("--large", action="store_true", help="games up to 100 x 100")
    parser.add_argument("--first", type=int, default=0, help="index to start from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, metavar="K", help="play game K again")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="2,000 games")
    options = parser.parse_args()
    if options.only is not None:
        again(options.seed, options.only, large=options.large)
        return
    games = options.games or (FEW if options.quick or options.large else GAMES)
    stop, chunk = options.first + games, CHUNK // 10 if options.large else CHUNK
    spans = [(k, min(k + chunk, stop)) for k in range(options.first, stop, chunk)]
    tally, began = Tally(Counter(), []), time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(options.processes, ready) as pool:
        done = pool.imap_unordered(partial(play, options.seed, options.large), spans)
        for number, part in enumerate(done, start=1):
            tally.add(part)
            for failure in part.failures:
                print(json.dumps(failure), flush=True)
            if number % 20 == 0 or number == len(spans):
                passed = time.perf_counter() - began
                bad = dict(Counter(str(failure["outcome"]) for failure in tally.failures))
                print(
                    f"{min(number * chunk, games):,} games, {passed:.0f} s, not answered: {bad}",
                    flush=True,
                )
    seconds, index, call = tally.slowest
    note = (
        f"{games:,} games from seed {options.seed}, {time.perf_counter() - began:.0f} s; slowest "
        f"call {seconds:.2f} s ({call}, game {index}); Python {platform.python_version()}, numpy "
        f"{np.__version__}"
    )
    print(table(tally, note))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
