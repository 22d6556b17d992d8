"""Whether every answer on many small random games, nasty ones among them, is an equilibrium.

    python -m benchmarks.random_games [--games N] [--seed S] [--only K]

Two players, up to 6 x 6, and three, up to 3 x 3 x 3, with ties, duplicates and near duplicates of
strategies, constant payoffs, huge offsets and units, opposed or symmetric interests. Every profile
is judged here, by its regret from the arrays, and complete lists by what theory says of them:
they hold every pure equilibrium, and an odd number where all are regular (Wilson 1971). `--only K`
plays one game again and prints it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import platform
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType

import numpy as np

import bargaining as bg
from bargaining.types import FloatArray
from benchmarks.drawn_games import Draw, draw
from benchmarks.judges import (
    CLEAR,
    TOLERANCE,
    AnswerError,
    expected,
    is_regular,
    pure_cells,
    regret,
)

GAMES = 200_000
PATIENCE = 5.0
"""Seconds of the processor that a call may take; of the clock twelve times as many."""

CHUNK = 250
ROUNDOFF = 16 * np.finfo(float).eps
"""Payoffs that differ by less, relative to the largest, are equal to `iterated_dominance`."""

OUTCOMES = (
    "answered", "ConvergenceError", "IntractableError", "slow", "wrong", "crash",
)  # fmt: skip


class Late(BaseException):
    """A call took too long; no handler of `Exception` may swallow it."""


def judge(tables: Sequence[FloatArray], equilibrium: bg.Equilibrium) -> None:
    """Refuse what is no equilibrium, or says of itself what is not so."""
    profile = equilibrium.strategies
    found = regret(tables, profile)
    if not found <= TOLERANCE:
        raise AnswerError(
            f"the regret is {found:.2g}, the certificate says {equilibrium.regret:.2g}"
        )
    if not equilibrium.certificate or not bg.verify(equilibrium):
        raise AnswerError(f"{equilibrium.certificate}, recomputed {bg.verify(equilibrium)}")
    payoffs = [expected(table, profile) for table in tables]
    scales = [float(np.abs(table).max() or 1.0) for table in tables]
    off = np.abs(equilibrium.payoffs - payoffs) / scales
    if not off.max() <= TOLERANCE:
        raise AnswerError(f"the payoffs are {payoffs}, not {equilibrium.payoffs.tolist()}")


def one(case: Draw, game: bg.NormalFormGame) -> None:
    """Check `nash_equilibrium`, and its proof in rational numbers where payoffs are whole."""
    found = bg.nash_equilibrium(game)
    judge(case.tables, found)
    if case.whole and (len(case.shape) == 2 or found.is_pure):
        proof = bg.verify(found, exact=True)
        if not proof:
            raise AnswerError(
                f"no proof in rational numbers: {proof}, strategies {found.strategies}"
            )


def every(case: Draw, game: bg.NormalFormGame) -> None:
    """Check `nash_equilibria`: each of them, and the list where it claims to be complete."""
    found = bg.nash_equilibria(game)
    for equilibrium in found:
        judge(case.tables, equilibrium)
    if not bg.verify(found):
        raise AnswerError(f"the list fails: {bg.verify(found)}")
    if found.completeness != "all":
        if len(case.shape) == 2:
            raise AnswerError(f"a small two-player game was not solved: {found.reason}")
        return
    profiles = [each.strategies for each in found]
    missing = [cell for cell in pure_cells(case.tables) if not _holds(profiles, cell)]
    if missing:
        raise AnswerError(f"pure equilibria {missing} are missing")
    regular = all(is_regular(case.tables, profile) for profile in profiles)
    if regular and len(found) % 2 == 0:
        raise AnswerError(f"{len(found)} equilibria, all regular: an even number")
    if case.whole and len(found) != len(bg.nash_equilibria(game, exact=True)):
        raise AnswerError(f"{len(found)} equilibria, but not so many in exact arithmetic")


def _holds(profiles: Sequence[Sequence[FloatArray]], cell: tuple[int, ...]) -> bool:
    return any(
        all(x[k] > 1 - TOLERANCE for x, k in zip(profile, cell, strict=True))
        for profile in profiles
    )


def undominated(case: Draw, game: bg.NormalFormGame) -> None:
    """Check `iterated_dominance`: what goes is not played, what stays is not dominated."""
    reduction = bg.iterated_dominance(game)
    if not bg.verify(reduction):
        raise AnswerError(f"iterated dominance: {bg.verify(reduction)}")
    margins = [removal.margin for removals in reduction.rounds for removal in removals]
    if not all(margin > 0 for margin in margins):
        raise AnswerError(f"margins of removals are {margins}")
    left = [table[np.ix_(*reduction.kept)] for table in case.tables]
    for player, (whole, table) in enumerate(zip(case.tables, left, strict=True)):
        rows = np.moveaxis(table, player, 0).reshape(table.shape[player], -1)
        for a, b in itertools.permutations(rows, 2):
            roundoff = ROUNDOFF * np.abs(whole).max()
            if (a - b).min() > TOLERANCE * np.ptp(whole) + roundoff:
                raise AnswerError(f"a dominated strategy of player {player + 1} is left")
    inner = bg.nash_equilibrium(reduction.game)
    lifted = reduction.lift(inner.strategies)
    scales = zip(case.tables, left, strict=True)
    if all(np.ptp(kept) > CLEAR * np.ptp(whole) for whole, kept in scales):
        found = regret(case.tables, lifted)
        if not found <= TOLERANCE:
            raise AnswerError(
                f"an equilibrium of what is left has regret {found:.2g} in the whole game"
            )
    if min(margins, default=1.0) > CLEAR:
        outer = bg.nash_equilibrium(game).strategies
        for x, own in zip(outer, reduction.kept, strict=True):
            if np.delete(x, own).sum() > CLEAR:
                raise AnswerError("a removed strategy is played in an equilibrium")


def opposed(case: Draw, game: bg.NormalFormGame) -> None:
    """Check `zero_sum_equilibrium`: its payoffs are those of any other equilibrium."""
    found = bg.zero_sum_equilibrium(game)
    judge(case.tables, found)
    other = bg.nash_equilibrium(game)
    if not (np.abs(found.payoffs - other.payoffs) <= 4e-9 * game.scale).all():
        raise AnswerError(f"values {found.payoffs.tolist()} and {other.payoffs.tolist()}")


CHECKS = {
    "nash_equilibrium": one,
    "nash_equilibria": every,
    "iterated_dominance": undominated,
    "zero_sum_equilibrium": opposed,
}


def chosen(case: Draw, index: int) -> Iterator[str]:
    """Yield what is called for a game: the more costly calls for every third."""
    yield "nash_equilibrium"
    if index % 3 == 0:
        yield "nash_equilibria"
    if index % 3 == 1:
        yield "iterated_dominance"
    if "zero-sum" in case.traits and len(case.shape) == 2:
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


def play(seed: int, start: int, stop: int) -> Tally:
    """Play the games of a range of indices."""
    tally = Tally(Counter(), [])
    for index in range(start, stop):
        case = draw(seed, index)
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


def _play(seed: int, span: tuple[int, int]) -> Tally:
    return play(seed, *span)


def again(seed: int, index: int) -> None:
    """Print one game and what becomes of it."""
    case = draw(seed, index)
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
    return bg.Table("Random small games", ("call", "players", *OUTCOMES), rows, note)


def main() -> None:
    """Play the games and print the table; failures as lines of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--games", type=int, default=GAMES)
    parser.add_argument("--first", type=int, default=0, help="index to start from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, metavar="K", help="play game K again")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="2,000 games")
    options = parser.parse_args()
    if options.only is not None:
        again(options.seed, options.only)
        return
    games = 2_000 if options.quick else options.games
    stop = options.first + games
    spans = [(k, min(k + CHUNK, stop)) for k in range(options.first, stop, CHUNK)]
    tally, began = Tally(Counter(), []), time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        done = pool.imap_unordered(partial(_play, options.seed), spans)
        for number, part in enumerate(done, start=1):
            tally.add(part)
            for failure in part.failures:
                print(json.dumps(failure), flush=True)
            if number % 20 == 0 or number == len(spans):
                passed = time.perf_counter() - began
                bad = dict(Counter(str(failure["outcome"]) for failure in tally.failures))
                print(f"{number * CHUNK:,} games, {passed:.0f} s, not answered: {bad}", flush=True)
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
