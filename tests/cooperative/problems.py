"""Random bargaining problems for the tests, and brute force over all points."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from bargaining import (
    BargainingProblem,
    Lever,
    Negotiation,
    Player,
    PointSet,
    RaiffaSolution,
    TablePayoff,
)
from bargaining.cooperative.bargain import bargain
from bargaining.cooperative.feasible import PackageSet
from bargaining.results.certificate import verify
from bargaining.testing import WHOLE
from bargaining.types import FloatArray

EVERY_N = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian", "raiffa")
TWO = (*EVERY_N, "perles-maschler", "equal-area")
SINGLE = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian")
CONTINUOUS = RaiffaSolution(continuous=True)

FINE = st.integers(-1000, 1000).map(lambda n: n / 97)
"""Numbers that seldom tie."""


@st.composite
def problems(draw, *, min_players=2, max_players=3, max_points=6, numbers=WHOLE, deal=False):
    """Problems over points; `deal` makes one in which everybody can gain."""
    size = draw(st.integers(min_players, max_players))
    count = draw(st.integers(1, max_points))
    rows = st.lists(numbers, min_size=size, max_size=size)
    points = np.array([draw(rows) for _ in range(count)])
    if deal:
        d = points.mean(axis=0) - np.array([draw(st.integers(1, 5)) for _ in range(size)])
    else:
        d = np.array(draw(rows))
    return BargainingProblem(PointSet(points), d)


def solved(problem, solution="nash", **options):
    """Solve, and insist that the certificate holds and that `verify` confirms it."""
    agreement = bargain(problem, solution, **options)
    assert agreement.certificate, (agreement.certificate, agreement)
    assert verify(agreement), (verify(agreement), agreement)
    return agreement


def payoffs(points, d, solution="nash", **options) -> FloatArray:
    return solved(BargainingProblem(PointSet(points), d), solution, **options).payoffs


def most(points, objective, d) -> float | None:
    """Return the largest objective . u over lotteries with u >= d by scipy, None if none."""
    points = np.asarray(points, dtype=float)
    result = linprog(
        -points @ objective, A_ub=-points.T, b_ub=-np.asarray(d, dtype=float),
        A_eq=np.ones((1, len(points))), b_eq=[1.0],
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )  # fmt: skip
    return None if result.status == 2 else -float(result.fun)


def random_game(rng, *, levers=4, levels=3, players=2, pairs=2):
    """Return a negotiation of normal payoffs, some of them over pairs of levers."""
    who = [Player(f"player {i + 1}") for i in range(players)]
    what = [Lever(f"lever {j + 1}", who[j % players], range(levels), 0) for j in range(levers)]
    terms = [TablePayoff(one, {p: rng.normal(size=levels) for p in who}) for one in what]
    for _ in range(pairs if levers > 1 else 0):
        a, b = sorted(rng.choice(levers, 2, replace=False))
        table = {p: rng.normal(size=(levels, levels)) for p in who}
        terms.append(TablePayoff((what[a], what[b]), table))
    return Negotiation(who, what, terms)


def over_packages(game, d):
    return BargainingProblem(PackageSet(game), d)


def assert_nash(points, d, u, weights=None):
    """Prove that u maximises sum w log(u - d) over lotteries: w / (u - d) supports it."""
    gains = np.asarray(u) - np.asarray(d)
    share = np.ones(len(gains)) if weights is None else np.asarray(weights)
    assert gains.min() > 0
    normal = share / gains
    assert float((np.asarray(points) @ normal).max() - normal @ u) <= 1e-9 * share.sum()
