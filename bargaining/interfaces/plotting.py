"""Every picture, in one place to import from.

Each takes a result (or what it is solved from) and returns matplotlib axes; `ax` or `axes` draws
into a figure of your own. `save` writes png, svg or pdf. It needs `pip install 'bargaining[plot]'`.
"""

from __future__ import annotations

from bargaining.interfaces.plots.payoff_sets import plot_payoff_set, plot_regimes
from bargaining.interfaces.plots.style import save

__all__ = ["plot_payoff_set", "plot_regimes", "save"]
