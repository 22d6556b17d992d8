"""Payoffs from data: trade economies calibrated to flows, their tariffs, wars and talks."""

from __future__ import annotations

from bargaining.trade.aggregation import aggregate
from bargaining.trade.counterfactual import Counterfactual
from bargaining.trade.economy import Economy
from bargaining.trade.horizon import at_horizon, share_of_long_run
from bargaining.trade.labour import LabourEconomy
from bargaining.trade.labour_result import LabourCounterfactual
from bargaining.trade.nash import NashTariffs, nash_tariffs
from bargaining.trade.reading import flow_table, read_csv
from bargaining.trade.shipped import list_economies, load

__all__ = [
    "Counterfactual",
    "Economy",
    "LabourCounterfactual",
    "LabourEconomy",
    "NashTariffs",
    "aggregate",
    "at_horizon",
    "flow_table",
    "list_economies",
    "load",
    "nash_tariffs",
    "read_csv",
    "share_of_long_run",
]
