"""Tableaux: pivots in floats and in whole numbers agree, and breakdowns are noticed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from bargaining.noncooperative.two_player.tableau import CHECK, IntegerTableau, Tableau


def both(rng, rows=4, columns=3):
    whole = rng.integers(1, 9, (rows, columns))
    labels = range(columns), range(columns, columns + rows)
    return Tableau(whole.astype(float), *labels), IntegerTableau(whole.astype(object), *labels)


def test_the_same_variables_leave_in_floats_and_in_whole_numbers_and_the_tables_agree():
    rng = np.random.default_rng(1)
    for _ in range(50):
        floats, whole = both(rng)
        for _ in range(8):
            entering = int(rng.choice(sorted(floats.place)))
            assert floats.enter(entering) == whole.enter(entering)
            assert floats.basis == whole.basis
            exact = [[Fraction(v, whole.denominator) for v in row] for row in whole.table]
            assert floats.table == pytest.approx(np.array(exact, dtype=float), abs=1e-9)


def test_a_variable_that_enters_and_leaves_again_restores_the_table():
    floats, whole = both(np.random.default_rng(2))
    for tableau in (floats, whole):
        before = tableau.table.copy()
        leaving = tableau.enter(1)
        assert tableau.enter(leaving) == 1
        assert tableau.table.astype(float) == pytest.approx(before.astype(float), abs=1e-12)


def test_equal_rows_leave_in_the_order_of_a_perturbed_game():
    """All ratios tie: the perturbation by powers of epsilon is least in the last row."""
    for kind, one in ((Tableau, 1.0), (IntegerTableau, 1)):
        constraints = np.full((3, 2), one, dtype=float if kind is Tableau else object)
        assert kind(constraints, range(2), range(2, 5)).enter(0) == 4


@pytest.mark.parametrize(
    ("damage", "noticed"), [(0.0, False), (1e-14, False), (1e-10, False), (1e-6, True)]
)
def test_roundoff_in_a_table_is_noticed_at_the_next_check(damage, noticed):
    rng = np.random.default_rng(3)
    tableau = Tableau(rng.uniform(1, 2, (4, 3)), range(3), range(3, 7))
    entering = 0
    for _ in range(CHECK - 1):
        entering = tableau.enter(entering)
    tableau.table[0, -1] += damage
    assert (tableau.enter(entering) is None) == noticed


def test_a_worn_table_is_computed_afresh():
    rng = np.random.default_rng(5)
    constraints = rng.uniform(1, 2, (5, 4))
    worn, new = (Tableau(constraints, range(4), range(4, 9)) for _ in range(2))
    for tableau in (worn, new):
        tableau.pivots = CHECK - 3
        tableau.enter(0)
        tableau.enter(1)
    worn.table += 1e-11
    assert worn.enter(2) == new.enter(2)
    assert worn.table == pytest.approx(new.table, abs=1e-13)


def test_solutions_are_probabilities_and_a_basis_of_slacks_alone_has_none():
    for tableau in both(np.random.default_rng(4)):
        assert tableau.solution() is None
        tableau.enter(1)
        assert tableau.solution().tolist() == [0, 1, 0]
