"""Every picture, in one place to import from.

Each takes a result (or what it is solved from) and returns matplotlib axes; `ax` or `axes` draws
into a figure of your own. `save` writes png, svg or pdf. It needs `pip install 'bargaining[plot]'`.
"""

from __future__ import annotations

from bargaining.interfaces.plots.bars import plot_ledger, plot_linkage
from bargaining.interfaces.plots.offers import plot_offers
from bargaining.interfaces.plots.payoff_sets import plot_payoff_set, plot_regimes
from bargaining.interfaces.plots.precedent import plot_precedent
from bargaining.interfaces.plots.repeated import plot_repeated
from bargaining.interfaces.plots.responses import plot_responses
from bargaining.interfaces.plots.style import save
from bargaining.interfaces.plots.tabling import plot_tabling
from bargaining.interfaces.plots.truce import plot_truce
from bargaining.interfaces.plots.welfare import plot_welfare

__all__ = [
    "plot_ledger",
    "plot_linkage",
    "plot_offers",
    "plot_payoff_set",
    "plot_precedent",
    "plot_regimes",
    "plot_repeated",
    "plot_responses",
    "plot_tabling",
    "plot_truce",
    "plot_welfare",
    "save",
]
