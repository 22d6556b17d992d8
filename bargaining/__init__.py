"""`bargaining`: the theory of negotiation when security controls become tradable.

Players, levers and payoffs are typed objects; solvers compute agreements and equilibria over
packages of levers; every result carries a certificate that `verify` recomputes.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "errors": ("BargainingError", "ConvergenceError", "InputError", "IntractableError"),
    "results.certificate": ("Certificate", "verify"),
    "results.table": ("Table",),
    "model.players": ("Player",),
    "model.sources": ("Source",),
    "model.levers": (
        "EnforcementPledge", "ExportControl", "Interval", "Lever", "PortFee",
        "PurchaseCommitment", "RareEarthControl", "SoybeanPurchase", "Tariff", "TechnologySale",
    ),
    "model.packages": ("Package",),
    "model.payoffs": (
        "FunctionPayoff", "InteractionPayoff", "LinearPayoff", "Payoff", "QuadraticPayoff",
        "TablePayoff",
    ),
    "model.trade_terms": ("PurchaseValue", "TariffIncidence"),
    "model.chokepoint": ("Chokepoint",),
    "model.security_terms": ("CoverageControl", "SecurityValue"),
    "model.negotiation": ("Negotiation",),
    "noncooperative.games.normal_form": ("NormalFormGame",),
    "noncooperative.games.dominance": ("iterated_dominance",),
    "noncooperative.two_player.zero_sum": ("zero_sum_equilibrium",),
    "noncooperative.equilibria": ("Equilibria",),
    "noncooperative.equilibrium": ("Equilibrium",),
    "noncooperative.solve": ("nash_equilibria", "nash_equilibrium"),
    "cooperative.feasible": ("FrontierSet", "PackageSet", "PointSet", "Polytope"),
    "cooperative.problem": ("BargainingProblem",),
    "cooperative.solutions": (
        "EgalitarianSolution", "EqualAreaSolution", "KalaiSmorodinskySolution", "NashSolution",
        "PerlesMaschlerSolution", "RaiffaSolution", "UtilitarianSolution",
    ),
    "cooperative.agreement": ("Agreement",),
    "cooperative.frontier": ("Frontier", "frontier"),
    "strategic.disagreement": (
        "FixedPoint", "MaxMin", "Noncooperative", "OptimalThreats", "StatusQuo",
    ),
    "strategic.solve": ("solve",),
    "strategic.alternating_offers": ("alternating_offers",),
    "strategic.offers": ("Offers",),
    "enforcement.patience.critical": ("CriticalDiscountFactors", "critical_discount_factors"),
    "enforcement.repeated.repeated": ("repeated_payoff_set",),
    "enforcement.repeated.repeated_set": ("RepeatedPayoffSet",),
    "enforcement.self_enforcing.self_enforcing": ("self_enforcing",),
    "enforcement.truces.truce": ("Truce",),
    "linkage.regimes.regimes": ("Regime",),
    "linkage.regimes.linkage_value": ("LinkageValue", "linkage_value"),
    "linkage.regimes.comparison": ("RegimeComparison", "compare_regimes"),
    "linkage.chips.chips": ("Chips", "chips"),
    "linkage.tabling.tabling": ("TablingGame", "tabling_game"),
    "linkage.precedent.precedent": ("Precedent", "precedent"),
    "catalogue.game": ("SolvedGame", "list_games", "load_game"),
    "scenarios.scenario": ("Scenario", "list_scenarios", "load_scenario"),
    "saved.files": ("load_result", "save_result"),
    "sweeps.result": ("Sweep",),
    "sweeps.sweep": ("sweep",),
}  # fmt: skip

_HOME = {name: module for module, names in _PUBLIC.items() for name in names}

__all__ = sorted(_HOME)  # noqa: PLE0605  the stub lists them for type checkers


def __getattr__(name: str) -> Any:
    if name == "trade":  # a room with public names of its own: bargaining.trade.Economy
        return import_module("bargaining.trade")
    if name not in _HOME:
        raise AttributeError(f"module 'bargaining' has no attribute {name!r}")
    value = getattr(import_module(f"bargaining.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
