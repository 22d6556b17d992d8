"""The same maximum as a mixed-integer program, for terms too entangled to eliminate.

Binary x[l, k] picks level k of lever l; y_f >= 0 spreads over the cells of factor f and must add up
to x along every lever (the local marginal polytope; Wainwright and Jordan 2008). HiGHS solves it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from bargaining.errors import IntractableError
from bargaining.types import FloatArray, IntArray

__all__ = ["maximize_by_integer_program"]

LARGEST_PROGRAM = 1_000_000
TIME_LIMIT = 60.0
GAP = 1e-9


def maximize_by_integer_program(
    sizes: Sequence[int],
    tables: Sequence[tuple[tuple[int, ...], FloatArray]],
    *,
    reason: str,
    width: int,
    levers: Sequence[str],
) -> tuple[float, float, IntArray]:
    """Maximise a sum of tables over all combinations of levels.

    Returns
    -------
    value, bound : float
        Of the package found; no package is worth more than the bound.
    indices : ndarray of shape (L,)

    Raises
    ------
    IntractableError
        When the program is too large, or not solved to a relative gap of 1e-9 in a minute.
    """

    def too_hard(why: str) -> IntractableError:
        return IntractableError(f"{reason}, and {why}", width=width, levers=levers)

    joint = [(scope, table) for scope, table in tables if len(scope) > 1]
    variables = sum(sizes) + sum(table.size for _, table in joint)
    if variables > LARGEST_PROGRAM:
        raise too_hard(f"the mixed-integer program would have {variables:,} variables")
    start = np.concatenate([[0], np.cumsum(sizes)])
    objective = np.zeros(variables)
    for scope, table in tables:
        if len(scope) == 1:
            objective[start[scope[0]] : start[scope[0] + 1]] += table
    rows, right = _consistency(sizes, joint, start, objective)
    scale = float(np.abs(objective).max(initial=0.0)) or 1.0
    result = milp(
        -objective / scale * 1e3,
        constraints=LinearConstraint(rows, right, right),
        integrality=np.r_[np.ones(sum(sizes)), np.zeros(variables - sum(sizes))],
        bounds=Bounds(0, 1),
        options={"time_limit": TIME_LIMIT, "mip_rel_gap": 0.0},
    )
    if result.x is None:
        raise too_hard(f"HiGHS found no package: {result.message}")
    indices = np.array(
        [int(np.argmax(result.x[start[l] : start[l + 1]])) for l in range(len(sizes))]
    )
    value = sum(float(table[tuple(indices[list(scope)])]) for scope, table in tables)
    bound = max(value, -float(result.mip_dual_bound) * scale / 1e3)
    if bound - value > GAP * max(scale, abs(value)):
        raise too_hard(
            f"HiGHS left a gap of {bound - value:.2g} on {value:.6g} after {TIME_LIMIT:.0f} s"
        )
    return value, bound, indices


def _consistency(
    sizes: Sequence[int],
    joint: Sequence[tuple[tuple[int, ...], FloatArray]],
    start: IntArray,
    objective: FloatArray,
) -> tuple[sparse.csr_matrix, FloatArray]:
    """Return the equality constraints, and put the joint tables into the objective."""
    row_index, column, entry = [], [], []
    row = 0

    def add(columns: IntArray, value: float) -> None:
        row_index.append(np.full(len(columns), row))
        column.append(columns)
        entry.append(np.full(len(columns), value))

    for l in range(len(sizes)):
        add(np.arange(start[l], start[l + 1]), 1.0)
        row += 1
    offset = int(start[-1])
    for scope, table in joint:
        cells = offset + np.arange(table.size).reshape(table.shape)
        objective[offset : offset + table.size] = table.ravel()
        offset += table.size
        for axis, lever in enumerate(scope):
            for k in range(sizes[lever]):
                add(np.take(cells, k, axis=axis).ravel(), 1.0)
                add(np.array([start[lever] + k]), -1.0)
                row += 1
    matrix = sparse.csr_matrix(
        (np.concatenate(entry), (np.concatenate(row_index), np.concatenate(column))),
        shape=(row, len(objective)),
    )
    right = np.zeros(row)
    right[: len(sizes)] = 1.0
    return matrix, right
