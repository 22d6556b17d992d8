"""A process of its own for each method, which is killed when it takes too long."""

from __future__ import annotations

import multiprocessing
import statistics
import time
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from bargaining.types import FloatArray
from benchmarks.peers import METHODS

__all__ = ["Answer", "Worker"]

READY = 300.0
"""Seconds for imports and compiling, which are not timed."""

SHORT = 0.05
"""Calls that take fewer seconds are repeated, for the median."""

REPEATS = 3

Profile = tuple[FloatArray, ...]


@dataclass(frozen=True)
class Answer:
    """What a method said of one game: profiles, or what went wrong instead."""

    seconds: float
    profiles: tuple[Profile, ...] = ()
    trouble: str = ""

    @property
    def ended(self) -> bool:
        """Whether the method ended by itself, with whatever answer."""
        return self.trouble != "no end"


class Worker:
    """One method in its process; a call that does not end costs the process its life."""

    def __init__(self, method: str) -> None:
        self.method = method
        self._process: Any = None
        self._line: Any = None

    def __enter__(self) -> Worker:
        """Start the process when it is first needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._kill()

    def ask(self, problem: Any, seconds: float) -> Answer:
        """Return the answer to one problem, or "no end" after the time given."""
        if self._process is None:
            self._start()
        self._line.send(problem)
        try:
            if not self._line.poll(seconds):
                self._kill()
                return Answer(seconds, trouble="no end")
            answer: Answer = self._line.recv()
        except EOFError:
            self._kill()
            return Answer(0.0, trouble="the process died")
        return answer

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, far = context.Pipe()
        self._process = context.Process(target=serve, args=(self.method, far), daemon=True)
        self._process.start()
        far.close()
        if not self._line.poll(READY):
            raise SystemExit(f"{self.method}: not ready after {READY:g} s")
        try:
            self._line.recv()
        except EOFError:
            raise SystemExit(f"{self.method}: does not run here") from None

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._line.close()
            self._process = None


def serve(name: str, line: Connection) -> None:
    """Answer problems until the other end hangs up."""
    warnings.simplefilter("ignore")
    for problem in METHODS[name].problems():
        _answer(name, problem)
    line.send("ready")
    while True:
        try:
            problem = line.recv()
        except EOFError:
            return
        line.send(_answer(name, problem))


def _answer(name: str, problem: Any) -> Answer:
    method = METHODS[name]
    times: list[float] = []
    try:
        while not times or (times[0] < SHORT and len(times) < REPEATS):
            prepared = method.prepare(problem)
            start = time.perf_counter()
            found = method.solve(prepared)
            times.append(time.perf_counter() - start)
        profiles = method.profiles(prepared, found)
    except Exception as error:  # whatever a library raises is an answer of this benchmark
        words = traceback.format_exception_only(error)[-1].strip().splitlines()[0]
        return Answer(sum(times), trouble=words[:200])
    if not profiles:
        return Answer(statistics.median(times), trouble="no answer")
    return Answer(statistics.median(times), _as_arrays(profiles))


def _as_arrays(profiles: Sequence[Sequence[Any]]) -> tuple[Profile, ...]:
    return tuple(
        tuple(np.asarray(strategy, dtype=float) for strategy in profile) for profile in profiles
    )
