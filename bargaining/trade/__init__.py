"""Payoffs from data: trade economies calibrated to flows, their tariffs, wars and talks."""

from __future__ import annotations

from bargaining.trade.aggregation import aggregate
from bargaining.trade.controls import copied_control, export_control, input_restriction
from bargaining.trade.counterfactual import Counterfactual
from bargaining.trade.economy import Economy
from bargaining.trade.effects import AddedTariff
from bargaining.trade.horizon import at_horizon, share_of_long_run
from bargaining.trade.labour import LabourEconomy
from bargaining.trade.labour_result import LabourCounterfactual
from bargaining.trade.lobbies import LobbyCounterfactual, LobbyEconomy
from bargaining.trade.measures import Fee, Measure, PortFee, Quota, port_fee_rate
from bargaining.trade.nash import NashTariffs, nash_tariffs
from bargaining.trade.payoff_term import payoffs
from bargaining.trade.policy import OptimalTariffs, optimal_tariffs
from bargaining.trade.rationing import RationingLosses, rationing_losses
from bargaining.trade.reading import flow_table, read_csv
from bargaining.trade.shipped import list_economies, load
from bargaining.trade.talks import trade_talks
from bargaining.trade.trade_agreement import TradeAgreement
from bargaining.trade.war import TariffWar, tariff_war

trade_payoffs = payoffs
"""The same, for a star import."""

__all__ = [
    "AddedTariff",
    "Counterfactual",
    "Economy",
    "Fee",
    "LabourCounterfactual",
    "LabourEconomy",
    "LobbyCounterfactual",
    "LobbyEconomy",
    "Measure",
    "NashTariffs",
    "OptimalTariffs",
    "PortFee",
    "Quota",
    "RationingLosses",
    "TariffWar",
    "TradeAgreement",
    "aggregate",
    "at_horizon",
    "copied_control",
    "export_control",
    "flow_table",
    "input_restriction",
    "list_economies",
    "load",
    "nash_tariffs",
    "optimal_tariffs",
    "payoffs",
    "port_fee_rate",
    "rationing_losses",
    "read_csv",
    "share_of_long_run",
    "tariff_war",
    "trade_payoffs",
    "trade_talks",
]
