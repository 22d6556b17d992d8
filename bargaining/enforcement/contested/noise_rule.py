"""Green and Porter's trigger strategies for one player: value, constraint, shortest punishment.

V = s / (1 - delta (1 - e) - e delta^(T+1)); nobody cheats iff g <= delta (p - e) (1 - delta^T) V.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bargaining.results.certificate import TOLERANCE

__all__ = ["Breaches", "Rule"]

Breaches = tuple[tuple[tuple[float, float], ...], ...]
"""By player: pairs of the chance that a breach is seen and the most that one so visible gains."""


@dataclass(frozen=True)
class Rule:
    """One player's side of a truce under noise.

    Attributes
    ----------
    delta, alarm, loss : float
        Discount factor and chance of a false alarm of a month; what a month of punishment costs.
    breaches : tuple of (chance, gain)
    scale : float
        The payoff range.
    """

    delta: float
    alarm: float
    loss: float
    breaches: tuple[tuple[float, float], ...]
    scale: float

    def _gone(self, length: int | None) -> float:
        """Return 1 - delta^T, the weight of the punishment."""
        return 1.0 if length is None else 1 - self.delta**length

    def value(self, length: int | None) -> float:
        """Return what the truce is worth over the punishment, V."""
        noise = self.delta * self.alarm * self._gone(length)
        return self.loss / (1 - self.delta + noise)

    def slack(self, length: int | None) -> float:
        """Return what the most tempting breach costs less what it gains (s where nothing gains)."""
        worth = self.delta * self._gone(length) * self.value(length)
        left = [(seen - self.alarm) * worth - gain for seen, gain in self.breaches]
        return min(left, default=self.loss)

    def least_length(self) -> int | None:
        """Return the shortest punishment that holds this player, or None."""
        if self.slack(None) < -TOLERANCE * self.scale:
            return None
        least = 0
        for seen, gain in self.breaches:
            if gain <= TOLERANCE * self.scale:
                continue
            kept = (seen - self.alarm) * self.loss - self.alarm * gain
            needed = gain * (1 - self.delta) / (self.delta * kept)
            if needed >= 1:
                return None
            least = max(least, int(np.ceil(np.log1p(-needed) / np.log(self.delta) - TOLERANCE)))
        return least

    def critical(self) -> float:
        """Return the least discount factor with punishment for ever."""
        least = 0.0 if self.loss > -TOLERANCE * self.scale else 1.0
        for seen, gain in self.breaches:
            kept = (seen - self.alarm) * self.loss - self.alarm * gain
            least = max(least, gain / (gain + kept) if kept > TOLERANCE * self.scale else 1.0)
        return least
