"""How often a result holds over the draws, with confidence intervals (Wilson 1927)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import binomtest

from bargaining.errors import InputError
from bargaining.results.table import Cell, Table

if TYPE_CHECKING:
    from bargaining.sweeps.result import Sweep

__all__ = ["hinges", "interval", "observed_table", "quantile_table", "share_table"]

LINKED, OFF = "linked", "all security off the table"
"""Regimes whose difference says what security controls are needed for."""

QUANTILES = (0.05, 0.5, 0.95)

SURE = 0.95
"""Share of draws from which on a result is called robust."""

GAIN = 1e-9
"""Part of the largest gain below which a difference is rounding."""

Columns = Mapping[str, np.ma.MaskedArray[Any, Any]]


def interval(hits: int, number: int, confidence: float) -> tuple[float, float, float]:
    """Return the share, and the ends of Wilson's interval.

    Examples
    --------
    >>> interval(5, 10, 0.95)
    (0.5, 0.2366, 0.7634)
    """
    if not 0 < confidence < 1:
        raise InputError(f"confidence: expected a number between 0 and 1, got {confidence!r}")
    ends = binomtest(hits, number).proportion_ci(confidence, method="wilson")
    return hits / number, float(ends.low), float(ends.high)


def share_table(columns: Columns, answers: Sequence[str], confidence: float) -> Table:
    """Return shares of truths and words, and what follows from several columns."""
    rows: list[tuple[Cell, ...]] = []
    for name, value, hits in _results(columns, answers):
        if len(hits):
            count = int(np.count_nonzero(hits))
            rows.append((name, value, *interval(count, len(hits), confidence), len(hits)))
    per = f"{100 * confidence:g} %"
    heads = ("result", "value", "share", f"from ({per})", f"to ({per})", "of draws")
    return Table("Shares of draws", heads, tuple(rows))


def _results(columns: Columns, answers: Sequence[str]) -> Iterator[tuple[str, str, Any]]:
    """Yield every result by name and value, with whether it holds in each draw that has it."""
    for name in answers:
        there = columns[name].compressed()
        if there.dtype.kind == "b":
            yield name, "yes", there
        elif there.dtype.kind == "U":
            words, counts = np.unique(there, return_counts=True)
            for word in words[np.argsort(-counts, kind="stable")]:
                yield name, str(word), there == word
    if {f"{LINKED}: deal", f"{OFF}: deal"} <= set(answers):
        with_them, without = _both(columns, f"{LINKED}: deal", f"{OFF}: deal")
        yield "deal only with security controls", "yes", with_them & ~without
    yield from _linking(columns, answers)


def _linking(columns: Columns, answers: Sequence[str]) -> Iterator[tuple[str, str, Any]]:
    for name in answers:
        regime, _, player = name.partition(": gain of ")
        if player and regime != LINKED and f"{LINKED}: gain of {player}" in answers:
            linked, apart = _both(columns, f"{LINKED}: gain of {player}", name)
            room = GAIN * max(float(np.abs(linked).max(initial=0.0)), 1e-300)
            yield f"linking better for {player} than {regime}", "yes", linked > apart + room


def _both(columns: Columns, *names: str) -> list[Any]:
    there = ~np.logical_or.reduce([np.ma.getmaskarray(columns[name]) for name in names])
    return [columns[name].filled()[there] for name in names]


def quantile_table(columns: Columns, answers: Sequence[str]) -> Table:
    """Return quantiles of numbers."""
    rows: list[tuple[Cell, ...]] = []
    for name in answers:
        there = columns[name].compressed()
        if there.dtype.kind in "fi" and len(there):
            rows.append((name, *np.quantile(there, QUANTILES).tolist(), len(there)))
    return Table("Numbers over the draws", ("result", "5 %", "median", "95 %", "of draws"),
                 tuple(rows))  # fmt: skip


def observed_table(sweep: Sweep) -> Table:
    """Return by lever the share of deals that set it as observed, and how many levels fit."""
    scenario, hits = sweep.scenario, "levels as observed"
    if hits not in sweep.answers or scenario is None:
        raise InputError(
            "Sweep.observed: it takes a scenario with an observation and the question 'agreement'"
        )
    seen = next(iter(scenario.observed.values()))
    rows: list[tuple[Cell, ...]] = []
    for lever in scenario.free_levers:
        word = lever.label(seen[lever.name])
        deals = sweep[f"deal: {lever.name}"].compressed()
        if len(deals):
            words, counts = np.unique(deals, return_counts=True)
            share = float(np.mean(deals == word))
            rows.append((lever.name, word, share, str(words[counts.argmax()]),
                         float(counts.max() / len(deals))))  # fmt: skip
    fitting = sweep[hits].compressed()
    parts = [
        f"{100 * np.mean(fitting == k):.1f} % of deals have {k}"
        for k in sorted(set(fitting.tolist()), reverse=True)
    ]
    note = f"Of {len(scenario.free_levers)} levels as observed, " + ", ".join(parts) + "."
    columns = ("lever", "observed", "share of deals", "most often", "its share")
    return Table(f"{seen.title or 'What was observed'} among the predicted packages", columns,
                 tuple(rows), note)  # fmt: skip


def hinges(sweep: Sweep) -> Iterator[str]:
    """Yield sentences: what holds in nearly all draws, and what the rest hinges on."""
    table = sweep.shares()
    sure = [row for row in table.rows if row[1] == "yes" and float(row[3] or 0) >= SURE]
    open_ = [row for row in table.rows if row[1] == "yes" and SURE > float(row[2] or 0) > 1 - SURE]
    if sure:
        words = "; ".join(f"{row[0]} ({100 * float(row[2] or 0):.1f} %)" for row in sure)
        yield f"In at least {100 * SURE:g} % of draws, by their confidence intervals: {words}."
    told: list[Any] = []
    for name in (str(row[0]) for row in open_ if row[0] in sweep.answers):
        if any(np.array_equal(sweep[name], other) for other in told):
            continue  # regimes that come to the same
        told.append(sweep[name])
        top = sweep.sensitivity(name).rows[:3]
        words = "; ".join(f"{row[0]} ({float(row[1] or 0):+.2f})" for row in top)
        share = next(float(row[2] or 0) for row in open_ if row[0] == name)
        yield f"{name} in {100 * share:.1f} %; it hinges most on (rank correlation) {words}."
