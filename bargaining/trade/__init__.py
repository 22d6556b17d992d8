"""Payoffs from data: trade economies calibrated to flows, their tariffs, wars and talks."""

from __future__ import annotations

from bargaining.trade.economy.aggregation import aggregate
from bargaining.trade.economy.counterfactual import Counterfactual
from bargaining.trade.economy.economy import Economy
from bargaining.trade.economy.horizon import at_horizon, share_of_long_run
from bargaining.trade.economy.reading import flow_table, read_csv
from bargaining.trade.economy.shipped import list_economies, load
from bargaining.trade.labour.labour import LabourEconomy
from bargaining.trade.labour.result import LabourCounterfactual
from bargaining.trade.lobbies.lobbies import LobbyEconomy
from bargaining.trade.lobbies.result import LobbyCounterfactual
from bargaining.trade.measures.controls import copied_control, export_control, input_restriction
from bargaining.trade.measures.measures import Fee, Measure, PortFee, Quota, port_fee_rate
from bargaining.trade.measures.rationing import RationingLosses, rationing_losses
from bargaining.trade.policy.nash import NashTariffs, nash_tariffs
from bargaining.trade.policy.optimal import OptimalTariffs, optimal_tariffs
from bargaining.trade.policy.war import TariffWar, tariff_war
from bargaining.trade.talks.agreement import TradeAgreement
from bargaining.trade.talks.following import trade_frontier
from bargaining.trade.talks.frontier import TradeFrontier
from bargaining.trade.talks.talks import trade_talks
from bargaining.trade.terms.effects import AddedTariff
from bargaining.trade.terms.payoff_term import payoffs

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
    "TradeFrontier",
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
    "trade_frontier",
    "trade_payoffs",
    "trade_talks",
]
