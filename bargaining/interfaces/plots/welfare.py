"""Welfare by country after tariffs or other policies change, of one result or several at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bargaining.errors import InputError
from bargaining.interfaces.plots.style import (
    INK,
    LOOKS,
    figure_legend,
    heading,
    new_axes,
    numbers,
    tidy,
)
from bargaining.trade import (
    Counterfactual,
    LabourCounterfactual,
    LobbyCounterfactual,
    NashTariffs,
    OptimalTariffs,
    TariffWar,
    TradeAgreement,
)
from bargaining.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_welfare"]

INCOME = (Counterfactual, NashTariffs)
KINDS = (
    *INCOME, LabourCounterfactual, LobbyCounterfactual, OptimalTariffs, TariffWar, TradeAgreement,
)  # fmt: skip


def plot_welfare(found: Any, *, ax: Axes | None = None) -> Axes:
    """Draw, country by country, by how many per cent real income or welfare changes.

    Parameters
    ----------
    found : result of a trade economy, or mapping from str to results
        A `Counterfactual`, `NashTariffs`, `TariffWar`, `OptimalTariffs`, `TradeAgreement`, or the
        counterfactual of an economy with lobbies or unemployment. Several, by their names, are of
        the same countries.
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    InputError
        For anything else, or results of different countries.
    ImportError
        When matplotlib is not installed.

    Examples
    --------
    >>> from bargaining import trade
    >>> flows = [[[90.0], [10.0]], [[10.0], [90.0]]]
    >>> economy = trade.Economy(["A", "B"], ["goods"], flows, 0.0, 4.0)
    >>> ax = plot_welfare(economy.counterfactual(tariffs={("B", "A"): 0.1}))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['A', 'B']
    """
    results: dict[str, Any] = dict(found) if isinstance(found, Mapping) else {"": found}
    for name, each in results.items():
        if not isinstance(each, KINDS):
            where = f"plot_welfare, {name!r}" if name else "plot_welfare"
            kinds = ", ".join(kind.__name__ for kind in KINDS)
            raise InputError(f"{where}: expected one of {kinds}, got {each!r}")
    if not results:
        raise InputError("plot_welfare: expected at least one result, got none")
    countries = [tuple(each.economy.countries) for each in results.values()]
    if len(set(countries)) > 1:
        raise InputError("plot_welfare: expected results of the same countries, in the same order")
    names, own = countries[0], ax is None
    if ax is None:
        tall = 1.4 + (0.16 + 0.16 * len(results)) * len(names)
        ax = new_axes(1, (6.4, tall), legend=False)[0]
    changes = [100 * _change(each) for each in results.values()]
    _bars(ax, names, list(results), changes)
    what = "real income" if all(isinstance(r, INCOME) for r in results.values()) else "welfare"
    heading(ax, f"Change of {what} by country, %")
    ax.set_xlabel("%", fontsize=9)
    if own and any(results):
        figure_legend(ax, columns=min(3, len(results)))
    return ax


def _change(each: Any) -> FloatArray:
    """Return new over old less one, by country."""
    known = each.real_income if hasattr(each, "real_income") else each.welfare - 1
    return np.asarray(known, dtype=float)


def _bars(ax: Axes, names: tuple[str, ...], labels: list[str], changes: list[FloatArray]) -> None:
    thick = 0.8 / len(labels)
    places = np.arange(len(names), dtype=float)
    every = np.concatenate([*changes, [0.0]])
    room = 0.16 * (float(np.ptp(every)) or 1.0)
    for k, (label, change) in enumerate(zip(labels, changes, strict=True)):
        colour, hatch, _, _ = LOOKS[k % len(LOOKS)]
        at = places + (k - (len(labels) - 1) / 2) * thick
        ax.barh(at, change, thick, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.5,
                zorder=3, label=label or "_")  # fmt: skip
        for y, x, words in zip(at, change, numbers(change.tolist(), signed=True), strict=True):
            side, away = ("left", 3) if x >= 0 else ("right", -3)
            ax.annotate(words, (x, y), (away, 0), textcoords="offset points", ha=side, va="center",
                        fontsize=7)  # fmt: skip
    ax.axvline(0.0, color=INK, linewidth=0.9, zorder=4)
    ax.set_yticks(places, names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xlim(float(every.min()) - room, float(every.max()) + room)
    tidy(ax)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
