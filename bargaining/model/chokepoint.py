"""Payoffs of withholding a critical input from those who need it.

CES production with a rationed input (Arrow, Chenery, Minhas and Solow 1961; Bachmann et al. 2022),
in the form of calibrated shares: only the input's share in cost and its elasticity are needed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from bargaining.model.levers import Lever
from bargaining.model.players import Player
from bargaining.model.sources import Source
from bargaining.model.terms import Payoff
from bargaining.types import FloatArray

__all__ = ["Chokepoint"]


class Chokepoint(Payoff):
    """What the user of a critical input loses when a share of it is withheld.

    With a share x of the input withheld and everything else in place, CES output falls to

        Y'/Y = [w (1 - x)^((s - 1) / s) + 1 - w]^(s / (s - 1)),

    w the input's share in cost and s the elasticity of substitution. At s = 1 that is (1 - x)^w, at
    s = 0 it is 1 - x (no substitute: Leontief); for s < 1 nothing is produced at x = 1. The user's
    payoff is -value_at_stake (1 - Y'/Y). The hold wears off as users find other supply: in year t
    the share is x (1 - erosion)^t, and the payoff is the mean over the years 0, ..., years - 1. The
    controller, where named, loses controller_cost x, its foregone earnings.

    Parameters
    ----------
    lever : Lever or str
        The control.
    user : Player or str
        Whose output depends on the input.
    value_at_stake : float
        Output a year of the activities that need the input, in the unit of the payoffs (USD
        billion a year).
    input_share : float
        w, strictly between 0 and 1.
    elasticity : float
        s >= 0.
    rationed_shares : mapping of float to float
        From level to the share x of the user's supply that is withheld at it, in [0, 1]; at least
        two levels, linear in between. The payoffs are zero where x is 0.
    erosion : float
        Yearly loss of the hold, in [0, 1].
    years : int
        Over how many years the payoffs are averaged.
    controller : Player or str, optional
        Who withholds the input.
    controller_cost : float
        What the controller loses a year when everything is withheld.
    name, source : optional
        For tables, and where the figures come from.

    Raises
    ------
    InputError
        For a number out of its bounds, a controller's cost without a controller, or a level
        outside the levels of `rationed_shares`.

    References
    ----------
    Arrow, Chenery, Minhas and Solow (1961), Capital-labor substitution and economic efficiency,
    Review of Economics and Statistics 43; Bachmann et al. (2022), What if? The economic effects for
    Germany of a stop of energy imports from Russia; Clayton, Maggiori and Schreger (2023), A
    framework for geoeconomics.

    Examples
    --------
    A tenth of the cost, no close substitute (s = 1/2), three quarters withheld: output falls to
    1 / (0.1 / 0.25 + 0.9) = 1 / 1.3.

    >>> term = Chokepoint(
    ...     "licences", "United States",
    ...     value_at_stake=130.0, input_share=0.1, elasticity=0.5,
    ...     rationed_shares={0: 0.0, 1: 0.75},
    ... )
    >>> term.values("United States", [np.array([0.0, 1.0])]).round(6).tolist()
    [0.0, -30.0]
    """

    def __init__(
        self,
        lever: Lever | str,
        user: Player | str,
        *,
        value_at_stake: float,
        input_share: float,
        elasticity: float,
        rationed_shares: Mapping[float, float],
        erosion: float = 0.0,
        years: int = 1,
        controller: Player | str | None = None,
        controller_cost: float = 0.0,
        name: str = "",
        source: Source | str | None = None,
    ) -> None:
        players = (user,) if controller is None else (user, controller)
        super().__init__((lever,), players, name=name, source=source)
        self.user = self.players[0]
        self.controller = None if controller is None else self.players[1]
        self.value_at_stake = self.number("value_at_stake", value_at_stake, low=0)
        self.input_share = self.number("input_share", input_share, low=0, high=1, open_ends=True)
        self.elasticity = self.number("elasticity", elasticity, low=0)
        self.rationed_shares = self._checked_shares(rationed_shares)
        self.erosion = self.number("erosion", erosion, low=0, high=1)
        if not self.number("years", years, low=1).is_integer():
            raise self._error("years", "expected a whole number", years)
        self.years = int(years)
        self.controller_cost = self.number("controller_cost", controller_cost, low=0)
        if self.controller is None and self.controller_cost:
            raise self._error("controller", "expected who bears controller_cost", controller)

    def _checked_shares(self, shares: object) -> dict[float, float]:
        if not isinstance(shares, Mapping) or len(shares) < 2:
            raise self._error(
                "rationed_shares", "expected a mapping of at least two levels to shares", shares
            )
        checked = {
            self.number("level of rationed_shares", level): self.number(
                f"rationed_shares[{level!r}]", share, low=0, high=1
            )
            for level, share in shares.items()
        }
        return dict(sorted(checked.items()))

    def values(self, player: str, levels: Sequence[FloatArray]) -> FloatArray:
        """Return what the user loses in output, or the controller in earnings, a year."""
        withheld = self._withheld(levels[0])
        hold = [withheld * (1 - self.erosion) ** year for year in range(self.years)]
        if player == self.controller:
            return np.asarray(-self.controller_cost * np.mean(hold, axis=0))
        changes = [self._output_change(withheld) for withheld in hold]
        return np.asarray(self.value_at_stake * np.mean(changes, axis=0))

    def _withheld(self, level: FloatArray) -> FloatArray:
        known = np.array(list(self.rationed_shares))
        outside = (level < known[0]) | (level > known[-1])
        if np.any(outside):
            raise self._error(
                "rationed_shares", f"expected levels between {known[0]:g} and {known[-1]:g}",
                float(np.asarray(level)[outside].flat[0]),
            )  # fmt: skip
        return np.asarray(np.interp(level, known, list(self.rationed_shares.values())))

    def _output_change(self, withheld: FloatArray) -> FloatArray:
        """Return Y'/Y - 1, through logarithms so that no power overflows."""
        s, w = self.elasticity, self.input_share
        if s == 0 or math.isinf((s - 1) / s):
            return -withheld
        with np.errstate(divide="ignore", over="ignore"):  # log(0) and its multiples: the limits
            log_left = np.log1p(-withheld)
            if s == 1:
                return np.asarray(np.expm1(w * log_left))
            rho = (s - 1) / s
            power = rho * log_left
        log_output = np.where(
            power <= 1,
            np.log1p(w * np.expm1(np.minimum(power, 1))) / rho,
            log_left + np.log1p((1 - w) * np.expm1(-np.maximum(power, 1))) / rho,
        )
        return np.asarray(np.expm1(log_output))
