"""Who does the work: this process, processes of its own, or any executor that is given.

An engine is anything with `submit(function, *arguments)` that returns a future with
`add_done_callback`: executors of `concurrent.futures` and `mpi4py.futures`; a Dask client has one
to offer. Own workers that die are replaced, and only what was not finished is done again.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing import get_context
from queue import SimpleQueue
from typing import Any

from bargaining.errors import ConvergenceError, InputError
from bargaining.sweeps.job import Chunk, Job, run_chunk, run_packed
from bargaining.types import FloatArray

__all__ = ["Part", "run_here", "run_on", "run_processes"]

Part = tuple[int, FloatArray]
"""Number of a chunk, and its draws."""

AHEAD = 4
"""Chunks that wait for each worker, so that none is idle and memory stays small."""

TRIES = 3
"""Times that workers may die in a row without a chunk being finished."""

POOL = 16
"""Workers that an executor is taken to have when it does not say."""


def run_here(job: Job, parts: Sequence[Part]) -> Iterator[tuple[int, Chunk]]:
    """Solve chunk by chunk in this process."""
    for number, values in parts:
        yield number, run_chunk(job, values)


def run_processes(job: Job, parts: Sequence[Part], workers: int) -> Iterator[tuple[int, Chunk]]:
    """Solve on processes of its own; when one dies, a new set takes up what is left.

    Raises
    ------
    ConvergenceError
        When workers die three times in a row before anything is finished.
    """
    left = dict(parts)
    failures = 0
    while left:
        try:
            # fresh processes: a copy of this one could copy locks that its threads hold
            with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
                for number, chunk in _gather(pool, job, list(left.items()), workers):
                    yield number, chunk
                    del left[number]
                    failures = 0
        except BrokenExecutor as error:
            failures += 1
            if failures == TRIES:
                raise ConvergenceError(
                    f"sweep, workers: worker processes died {TRIES} times in a row ({error}); "
                    f"{len(left)} of {len(parts)} chunks are not finished. A script needs "
                    "`if __name__ == '__main__':` around what starts a sweep with workers"
                ) from error


def run_on(engine: Any, job: Job, parts: Sequence[Part]) -> Iterator[tuple[int, Chunk]]:
    """Solve on an executor, or on the executor of a Dask client.

    Raises
    ------
    InputError
        When the engine has no `submit`.
    """
    executor = engine.get_executor() if hasattr(engine, "get_executor") else engine
    if not callable(getattr(executor, "submit", None)):
        raise InputError(f"sweep, executor: expected an executor or a Dask client, got {engine!r}")
    size = getattr(executor, "_max_workers", None)
    yield from _gather(executor, job, parts, size if isinstance(size, int) else POOL)


def _gather(
    executor: Any, job: Job, parts: Sequence[Part], workers: int
) -> Iterator[tuple[int, Chunk]]:
    """Yield chunks as they are finished, a few always waiting for each worker."""
    packed = pickle.dumps(job)
    done: SimpleQueue[tuple[int, Any]] = SimpleQueue()
    waiting = iter(parts)
    open_futures: dict[int, Any] = {}

    def send() -> None:
        for number, values in waiting:
            future = executor.submit(run_packed, packed, values)
            open_futures[number] = future
            future.add_done_callback(lambda future, number=number: done.put((number, future)))
            return

    try:
        for _ in range(min(len(parts), AHEAD * workers)):
            send()
        for _ in range(len(parts)):
            number, future = done.get()
            del open_futures[number]
            chunk = future.result()
            send()
            yield number, chunk
    finally:
        for future in open_futures.values():
            future.cancel()
