"""Gambit's solvers for N players behind an adapter that trusts nothing and cannot hang.

Of Gambit's solvers for three players and more each may not end, or end at what is no equilibrium.
They run in a process of their own that is stopped after a stated time, on payoffs in units of their
ranges; what they return is polished by Newton's method and kept if its regret shows that it is an
equilibrium.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import numpy as np

from bargaining.errors import ConvergenceError, InputError
from bargaining.noncooperative.games.nfg import nfg_text
from bargaining.noncooperative.games.normal_form import NormalFormGame
from bargaining.noncooperative.n_player.indifference import ExpectedPayoffs, polished
from bargaining.noncooperative.n_player.logit import EXACT
from bargaining.types import FloatArray

__all__ = ["SOLVERS", "gambit_installed", "gambit_profiles"]

SOLVERS = {
    "logit": "pygambit.nash.logit_solve(game, use_strategic=True, maxregret=1e-6)",
    "simpdiv": (
        "pygambit.nash.simpdiv_solve("
        "game.mixed_strategy_profile(rational=True), maxregret=pygambit.Rational(1, 1000))"
    ),
    "enumpoly": "pygambit.nash.enumpoly_solve(game, use_strategic=True)",
}
"""How each solver is called; the first two find one equilibrium."""

CHILD = """
import io, json, sys, pygambit
game = pygambit.read_nfg(io.BytesIO(sys.stdin.buffer.read()))
found = {call}.equilibria
strategies = [strategy for player in game.players for strategy in player.strategies]
print(json.dumps([[float(profile[s]) for s in strategies] for profile in found]))
"""

DIGITS = 6
"""Decimals of the payoffs that Gambit sees; its exact arithmetic is slow on long fractions."""

SAME = 1e-7


def gambit_installed() -> bool:
    """Return whether pygambit can be imported."""
    return importlib.util.find_spec("pygambit") is not None


def gambit_profiles(
    game: NormalFormGame, solver: str = "logit", *, seconds: float = 10.0
) -> list[tuple[FloatArray, ...]]:
    """Return the verified equilibria that a solver of Gambit finds in the time given.

    Parameters
    ----------
    game : NormalFormGame
    solver : str
        "logit" or "simpdiv" for one equilibrium, "enumpoly" for those of all supports.
    seconds : float
        After this time the solver is stopped.

    Raises
    ------
    InputError
        For an unknown solver.
    ConvergenceError
        When the solver did not end in time, or failed.
    """
    if solver not in SOLVERS:
        raise InputError(
            f"gambit_profiles, solver: expected one of {', '.join(SOLVERS)}, got {solver!r}"
        )
    payoffs = ExpectedPayoffs(game)
    kept: list[FloatArray] = []
    for p in _returned(payoffs, solver, seconds):
        q, regret = polished(payoffs, p)
        if regret <= EXACT and not any(float(np.abs(q - other).max()) <= SAME for other in kept):
            kept.append(q)
    return [payoffs.profile(q) for q in kept]


def _returned(payoffs: ExpectedPayoffs, solver: str, seconds: float) -> list[FloatArray]:
    """Return what the solver returns, run in a process of its own."""
    text = nfg_text(NormalFormGame.from_arrays(*np.round(payoffs.tables, DIGITS)))
    try:
        ended = subprocess.run(
            [sys.executable, "-c", CHILD.format(call=SOLVERS[solver])],
            input=text.encode("ascii"),
            capture_output=True,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise ConvergenceError(
            f"Gambit's {solver} did not end in {seconds:g} seconds on a "
            f"{' x '.join(map(str, payoffs.shape))} game"
        ) from None
    except subprocess.CalledProcessError as error:
        raise ConvergenceError(f"Gambit's {solver} failed: {error.stderr.decode()}") from None
    return [np.array(profile) for profile in json.loads(ended.stdout)]
