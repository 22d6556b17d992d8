"""What a worker does: from the numbers of some draws to answers, or to why there are none."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from bargaining.errors import BargainingError, InputError
from bargaining.model.negotiation import Negotiation
from bargaining.results.table import Cell
from bargaining.scenarios.scenario import Scenario
from bargaining.sweeps.batch import Batch
from bargaining.sweeps.questions import Answer, Asked
from bargaining.types import FloatArray

__all__ = ["FAILURE", "Chunk", "Job", "Model", "joined", "run_chunk", "run_packed"]

Model = Scenario | Callable[[Mapping[str, float]], Negotiation]

FAILURE = "failure"
"""The column that says why a draw has no answers; "" where it has."""

Chunk = dict[str, list[Cell]]
"""Columns of equal length, by name."""


@dataclass(frozen=True, eq=False)
class Job:
    """What is solved for every draw.

    Parameters
    ----------
    model : Scenario, or function from numbers by name to a Negotiation
    asked : Asked
    paths : tuple of str
        The numbers that are drawn.
    batch : Batch or None
        How to solve many draws at once, where that can be done.
    """

    model: Model
    asked: Asked
    paths: tuple[str, ...]
    batch: Batch | None = None

    def negotiation(self, row: FloatArray) -> Negotiation:
        """Return the negotiation of one draw."""
        numbers = dict(zip(self.paths, row.tolist(), strict=True))
        if isinstance(self.model, Scenario):
            return self.model.with_quantities(numbers)
        made: Any = self.model(numbers)
        if not isinstance(made, Negotiation):
            raise InputError(f"sweep: expected the function to return a Negotiation, got {made!r}")
        return made

    def one(self, row: FloatArray) -> Answer:
        """Answer the questions for one draw; what the library refuses is its `failure`."""
        try:
            return {**self.asked.answer(self.negotiation(row)), FAILURE: ""}
        except (BargainingError, ArithmeticError, np.linalg.LinAlgError) as error:
            return {FAILURE: f"{type(error).__name__}: {error}"}


def run_chunk(job: Job, values: FloatArray) -> Chunk:
    """Answer the questions for some draws, in order.

    Parameters
    ----------
    job : Job
    values : ndarray of shape (D, P)
    """
    try:
        found = None if job.batch is None else job.batch.answers(values)
    except InputError:  # one of the draws fails: they are looked at one by one, to say which
        found = None
    if found is None:
        return columns_of([job.one(row) for row in values])
    columns, settled = found
    columns[FAILURE] = [""] * len(values)
    for d in np.flatnonzero(~settled).tolist():
        answer = job.one(values[d])
        for name, cells in columns.items():
            cells[d] = answer.get(name)
    return columns


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Job:
    job = pickle.loads(packed)
    assert isinstance(job, Job)
    return job


def run_packed(packed: bytes, values: FloatArray) -> Chunk:
    """Answer the questions of a job that came as bytes, unpacked once a process."""
    return run_chunk(_unpacked(packed), values)


def columns_of(answers: Sequence[Answer]) -> Chunk:
    """Return answers as columns; None where a draw does not have an answer that others have."""
    names = dict.fromkeys(name for answer in answers for name in answer)
    return {name: [answer.get(name) for answer in answers] for name in names}


def joined(chunks: Sequence[Chunk]) -> Chunk:
    """Return chunks as one, in order; None where a chunk lacks a column that another has."""
    names = dict.fromkeys(name for chunk in chunks for name in chunk)
    names[FAILURE] = names.pop(FAILURE)  # comes last
    return {
        name: [x for chunk in chunks for x in chunk.get(name, [None] * len(chunk[FAILURE]))]
        for name in names
    }
