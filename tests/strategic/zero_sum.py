"""Zero-sum games by a linear program, to compare with."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from bargaining.types import FloatArray


def zero_sum_value(table: FloatArray) -> float:
    """Return the row player's max-min by a linear program."""
    rows, columns = table.shape
    result = linprog(
        np.append(np.zeros(rows), -1.0),
        A_ub=np.column_stack([-table.T, np.ones(columns)]), b_ub=np.zeros(columns),
        A_eq=[[1.0] * rows + [0.0]], b_eq=[1.0],
        bounds=[(0, None)] * rows + [(None, None)],
    )  # fmt: skip
    return -float(result.fun)
