"""Which of the drawn numbers a result hinges on, from the draws at hand.

Rank correlations (Spearman 1904) by scipy; first-order indices of variance by SALib, which
parts the draws by each number into classes of equal size (Plischke, Borgonovo and Smith 2013).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import norm, rankdata

from bargaining.results.table import Table
from bargaining.types import FloatArray

__all__ = ["rank_table", "variance_table"]

CONFIDENCE = 0.95

RESAMPLES = 100
"""Bootstrap samples behind the intervals of the indices."""


def rank_table(names: Sequence[str], values: FloatArray, result: FloatArray, title: str) -> Table:
    """Return Spearman's rank correlations with intervals by Fisher's transformation.

    Parameters
    ----------
    names : sequence of str
        P numbers.
    values : ndarray of shape (D, P)
    result : ndarray of shape (D,)
    title : str
    """
    ranks = np.apply_along_axis(rankdata, 0, np.column_stack([values, result]))
    ranks -= ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0))
    products = ranks[:, :-1].T @ ranks[:, -1]
    found = np.clip(products / np.where(length[:-1] > 0, length[:-1] * length[-1], np.inf), -1, 1)
    half = norm.ppf((1 + CONFIDENCE) / 2) / np.sqrt(max(len(result) - 3, 1))
    with np.errstate(divide="ignore"):
        middle = np.arctanh(found)
    ends = np.tanh(middle - half), np.tanh(middle + half)
    return _sorted(names, (found, *ends), f"Rank correlation with: {title}", "correlation")


def variance_table(
    names: Sequence[str], values: FloatArray, result: FloatArray, title: str
) -> Table:
    """Return first-order indices of variance with bootstrapped intervals; as `rank_table`."""
    try:
        from SALib.analyze import delta
    except ImportError:
        raise ImportError(
            "variance-based sensitivity needs SALib: pip install 'bargaining[sweep]'"
        ) from None
    ends = [[low, high] for low, high in zip(values.min(axis=0), values.max(axis=0), strict=True)]
    plain = [f"number {k}" for k in range(len(names))]
    problem = {"num_vars": len(names), "names": plain, "bounds": ends}
    state, form = np.random.get_state(), warnings.formatwarning  # noqa: NPY002  SALib changes both
    with warnings.catch_warnings():
        found: Any = delta.analyze(
            problem, values, result, num_resamples=RESAMPLES, conf_level=CONFIDENCE, seed=1,
            method="sobol",
        )  # fmt: skip
    np.random.set_state(state)  # noqa: NPY002  as it was
    warnings.formatwarning = form
    first, half = np.asarray(found["S1"]), np.asarray(found["S1_conf"])
    columns = first, first - half, first + half
    return _sorted(names, columns, f"Share of the variance explained alone: {title}", "share")


def _sorted(names: Sequence[str], columns: Sequence[FloatArray], title: str, head: str) -> Table:
    order = np.argsort(-np.abs(columns[0]), kind="stable")
    rows = tuple((names[k], *(float(column[k]) for column in columns)) for k in order)
    ends = f"{100 * CONFIDENCE:g} %"
    return Table(title, ("number", head, f"from ({ends})", f"to ({ends})"), rows)
