"""`sweep`: one negotiation solved over the ranges of its numbers.

One solve of assumed numbers is an anecdote. A sweep draws all of them at once from their ranges
(Saltelli et al. 2008, on why not one at a time), solves each draw, and says how often a result
holds. Chunks of draws are independent, so that any engine gives the same table.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from bargaining import __version__
from bargaining.errors import InputError, unknown_name
from bargaining.model.negotiation import Negotiation
from bargaining.results.certificate import plain
from bargaining.scenarios.scenario import Scenario, load_scenario
from bargaining.strategic.disagreement import as_disagreement
from bargaining.sweeps.batch import batch_for
from bargaining.sweeps.design import Design, Draws
from bargaining.sweeps.engines import Part, run_here, run_on, run_processes
from bargaining.sweeps.job import Chunk, Job, Model, joined
from bargaining.sweeps.questions import Asked
from bargaining.sweeps.result import Sweep
from bargaining.sweeps.store import (
    FORMAT,
    Store,
    check_parquet,
    read_parquet,
    refuse_other,
    write_parquet,
)

__all__ = ["sweep"]

PARQUET = ".parquet"

Ranges = dict[str, tuple[float, float]]
Question = str | Callable[[Negotiation], Mapping[str, Any]]


def sweep(
    negotiation: Scenario | str | Path | Callable[[Mapping[str, float]], Negotiation],
    parameters: Mapping[str, tuple[float, float]] | Iterable[str] | None = None,
    question: Question | Sequence[Question] = "agreement",
    *,
    draws: int = 1024,
    design: str = "sobol",
    rng: int = 0,
    solution: str = "nash",
    disagreement: str | Sequence[float] | None = None,
    lotteries: bool = False,
    workers: int = 1,
    executor: Any = None,
    output: str | Path | None = None,
    chunk: int = 250,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Solve a negotiation for many draws of its numbers.

    Parameters
    ----------
    negotiation : Scenario, name or path of one, or callable
        A function is given numbers by name and returns a Negotiation; with `workers` or an
        `executor` it has to be importable.
    parameters : mapping of str to (low, high), or iterable of str, optional
        Paths of numbers, as in `Scenario.quantities`, with ranges, or with the scenario's own. By
        default every number of the scenario that has a range.
    question : str, callable, or sequence of them
        "agreement" (the deal, lever by lever), "regimes" (what linking changes), "tabling" (who
        tables controls before the talks, at which cost), "truce" (whether what was observed holds
        as a pause of a year), or a function from a negotiation to a mapping of answers.
    draws : int
    design : {"sobol", "latin-hypercube", "random", "grid"}
        A range with ends of one sign more than a factor of four apart is drawn from in logarithms.
        Points at which a chokepoint's shares fall from one level to the next are skipped; the next
        points of the sequence take their place, except on a grid.
    rng : int
        The seed; it is recorded.
    solution, disagreement, lotteries : optional
        As in `solve`; the disagreement is the scenario's own by default, and single packages are
        compared.
    workers : int
        Processes; 1 solves in this one.
    executor : object with `submit`, optional
        An executor of `concurrent.futures` or `mpi4py.futures`, or a Dask client.
    output : str or Path, optional
        A folder, or a file that ends in ".parquet". Finished chunks are kept there (of a Parquet
        file in a folder beside it until all is done), and a sweep that was broken off goes on.
    chunk : int
        Draws that are solved and written together.
    progress : callable, optional
        Called with draws done and draws in all.

    Returns
    -------
    Sweep
        The same whatever the engine and the number of workers. Draws without an answer are in it,
        with the reason; an answer whose certificate does not hold is none.

    Raises
    ------
    InputError
        For unknown numbers, questions or options, and an output that holds another sweep, of
        another scenario or by another version.
    ConvergenceError
        When hardly any point of the design is in order, or workers go on dying.

    References
    ----------
    Saltelli et al. (2008), Global Sensitivity Analysis.

    Examples
    --------
    >>> import bargaining as bg
    >>> found = bg.sweep("us-china-2025", draws=16)
    >>> len(found), found.failed
    (16, 0)
    """
    model = load_scenario(negotiation) if isinstance(negotiation, str | Path) else negotiation
    given: object = model
    if not isinstance(given, Scenario) and (isinstance(given, Negotiation) or not callable(given)):
        raise InputError(
            "sweep, negotiation: expected a Scenario, the name of one, or a function from numbers "
            f"to a Negotiation, got {model!r}"
        )
    ranges = _ranges(model, parameters)
    asked = Asked(_several(question), solution, _frozen(disagreement), lotteries)
    if isinstance(model, Scenario) and isinstance(asked.disagreement, tuple):
        as_disagreement(asked.disagreement).point(model)  # refuses too many numbers, or too few
    plan = Design(design, draws, rng)
    _check_counts(workers=workers, chunk=chunk)
    about = _about(model, ranges, asked, plan, chunk)
    found = plan.over(ranges, model.in_order if isinstance(model, Scenario) else None)
    job = Job(model, asked, found.paths, batch_for(model, asked, found.paths, ranges))
    run = _Run(job, found, chunk, progress)
    columns = run.finish(about, None if output is None else Path(output), workers, executor)
    return Sweep(job, found.paths, columns, about)


def _several(question: Any) -> tuple[Any, ...]:
    return (question,) if isinstance(question, str) or callable(question) else tuple(question)


def _frozen(disagreement: Any) -> Any:
    if disagreement is None or isinstance(disagreement, str):
        return disagreement
    return tuple(np.asarray(disagreement, dtype=float).tolist())


def _check_counts(**counts: object) -> None:
    for name, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InputError(f"sweep, {name}: expected a whole number of at least 1, got {value!r}")


def _ranges(model: Model, parameters: Any) -> Ranges:
    """Return the ranges that are drawn from, by path, checked."""
    if isinstance(model, Scenario):
        own = {
            path: q.range
            for path, q in model.quantities.items()
            if q.range is not None and not q.shared
        }
        if parameters is None:
            parameters = {path: ends for path, ends in own.items() if ends[0] < ends[1]}
        elif not isinstance(parameters, Mapping):
            names = [parameters] if isinstance(parameters, str) else list(parameters)
            for name in names:
                if name not in own:
                    raise unknown_name("parameter with a range", name, list(own))
            parameters = {name: own[name] for name in names}
        for path in parameters:
            if path not in model.quantities:
                raise unknown_name("parameter", path, list(model.quantities))
            if model.quantities[path].shared:
                raise InputError(
                    f"sweep, parameters, {path!r}: it is the shared number "
                    f"{model.quantities[path].shared!r}; give that"
                )
    elif not isinstance(parameters, Mapping):
        raise InputError(
            "sweep, parameters: expected a mapping from names to ranges for a function"
        )
    if not parameters:
        raise InputError("sweep, parameters: expected at least one number with a range, got none")
    return {str(path): _ends(path, ends) for path, ends in parameters.items()}


def _ends(path: str, ends: Any) -> tuple[float, float]:
    try:
        low, high = (float(end) for end in ends)
    except (TypeError, ValueError):
        low, high = np.nan, np.nan
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise InputError(
            f"sweep, parameters, {path!r}: expected two finite numbers, the lower one first, "
            f"got {ends!r}"
        )
    return low, high


def _about(model: Model, ranges: Ranges, asked: Asked, plan: Design, chunk: int) -> dict[str, Any]:
    """Return what makes a sweep this one: two that agree in it have the same table."""
    if isinstance(model, Scenario):
        who, mark = model.name, model.fingerprint
    else:
        who, mark = f"{model.__module__}.{getattr(model, '__qualname__', '')}", ""
    return {
        "format": FORMAT,
        "version": __version__,
        "numpy": version("numpy"),
        "scipy": version("scipy"),
        "machine": platform.machine(),
        "scenario": who,
        "fingerprint": mark,
        "parameters": {path: list(ends) for path, ends in ranges.items()},
        "questions": asked.names(),
        "solution": asked.solution,
        "disagreement": plain(asked.disagreement),
        "lotteries": asked.lotteries,
        "design": plan.kind,
        "draws": plan.draws,
        "seed": plan.seed,
        "chunk": chunk,
    }


class _Run:
    """The chunks of a sweep, those on disk and those still to be solved."""

    def __init__(
        self, job: Job, draws: Draws, chunk: int, progress: Callable[[int, int], None] | None
    ) -> None:
        self.job, self.draws, self.progress = job, draws, progress
        starts = range(0, len(draws.values), chunk)
        self.parts: list[Part] = [
            (k, draws.values[start : start + chunk]) for k, start in enumerate(starts)
        ]
        self.points = [draws.points[start : start + chunk].tolist() for start in starts]

    def finish(
        self, about: Mapping[str, Any], output: Path | None, workers: int, executor: Any
    ) -> Chunk:
        """Solve what is not on disk yet, and return all columns."""
        if output is None:
            return joined(self._solved(None, workers, executor))
        if output.suffix != PARQUET:
            return joined(self._solved(Store(output, about), workers, executor))
        if output.exists():
            columns, found = read_parquet(output)
            refuse_other(about, found, str(output))
            return columns
        check_parquet()
        store = Store(output.with_name(f"{output.name}.parts"), about)
        columns = joined(self._solved(store, workers, executor))
        write_parquet(output, columns, about)
        store.remove()
        return columns

    def _solved(self, store: Store | None, workers: int, executor: Any) -> list[Chunk]:
        finished: dict[int, Chunk] = {}
        if store is not None:
            kept = {number: store.load(number) for number, _ in self.parts}
            finished = {number: chunk for number, chunk in kept.items() if chunk is not None}
        left = [part for part in self.parts if part[0] not in finished]
        self._tell(finished)
        for number, answers in self._engine(left, workers, executor):
            finished[number] = self._labelled(number, answers)
            if store is not None:
                store.save(number, finished[number])
            self._tell(finished)
        return [finished[number] for number, _ in self.parts]

    def _labelled(self, number: int, answers: Chunk) -> Chunk:
        """Put the place in the design and the drawn numbers before the answers."""
        _, values = self.parts[number]
        columns: Chunk = {"point": self.points[number]}
        columns |= {path: values[:, j].tolist() for j, path in enumerate(self.draws.paths)}
        twice = sorted(columns.keys() & answers.keys())
        if twice:
            raise InputError(f"sweep, question: {twice} are names of numbers or of the design")
        return columns | answers

    def _engine(
        self, left: Sequence[Part], workers: int, executor: Any
    ) -> Iterator[tuple[int, Chunk]]:
        if executor is not None:
            return run_on(executor, self.job, left)
        if workers == 1 or not left:
            return run_here(self.job, left)
        return run_processes(self.job, left, min(workers, len(left)))

    def _tell(self, finished: Mapping[int, Chunk]) -> None:
        if self.progress is not None:
            done = sum(len(self.parts[number][1]) for number in finished)
            self.progress(done, len(self.draws.values))
