"""What type checkers see of the lazy public names; a test keeps it equal to `__init__.py`."""

from bargaining.catalogue.game import SolvedGame as SolvedGame
from bargaining.catalogue.game import list_games as list_games
from bargaining.catalogue.game import load_game as load_game
from bargaining.cooperative.agreement import Agreement as Agreement
from bargaining.cooperative.feasible import FrontierSet as FrontierSet
from bargaining.cooperative.feasible import PackageSet as PackageSet
from bargaining.cooperative.feasible import PointSet as PointSet
from bargaining.cooperative.feasible import Polytope as Polytope
from bargaining.cooperative.frontier import Frontier as Frontier
from bargaining.cooperative.frontier import frontier as frontier
from bargaining.cooperative.problem import BargainingProblem as BargainingProblem
from bargaining.cooperative.solutions import EgalitarianSolution as EgalitarianSolution
from bargaining.cooperative.solutions import EqualAreaSolution as EqualAreaSolution
from bargaining.cooperative.solutions import KalaiSmorodinskySolution as KalaiSmorodinskySolution
from bargaining.cooperative.solutions import NashSolution as NashSolution
from bargaining.cooperative.solutions import PerlesMaschlerSolution as PerlesMaschlerSolution
from bargaining.cooperative.solutions import RaiffaSolution as RaiffaSolution
from bargaining.cooperative.solutions import UtilitarianSolution as UtilitarianSolution
from bargaining.enforcement.patience.critical import (
    CriticalDiscountFactors as CriticalDiscountFactors,
)
from bargaining.enforcement.patience.critical import (
    critical_discount_factors as critical_discount_factors,
)
from bargaining.enforcement.repeated.repeated import repeated_payoff_set as repeated_payoff_set
from bargaining.enforcement.repeated.repeated_set import RepeatedPayoffSet as RepeatedPayoffSet
from bargaining.enforcement.self_enforcing.self_enforcing import self_enforcing as self_enforcing
from bargaining.enforcement.truces.truce import Truce as Truce
from bargaining.errors import BargainingError as BargainingError
from bargaining.errors import ConvergenceError as ConvergenceError
from bargaining.errors import InputError as InputError
from bargaining.errors import IntractableError as IntractableError
from bargaining.linkage.chips.chips import Chips as Chips
from bargaining.linkage.chips.chips import chips as chips
from bargaining.linkage.precedent.precedent import Precedent as Precedent
from bargaining.linkage.precedent.precedent import precedent as precedent
from bargaining.linkage.regimes.comparison import RegimeComparison as RegimeComparison
from bargaining.linkage.regimes.comparison import compare_regimes as compare_regimes
from bargaining.linkage.regimes.linkage_value import LinkageValue as LinkageValue
from bargaining.linkage.regimes.linkage_value import linkage_value as linkage_value
from bargaining.linkage.regimes.regimes import Regime as Regime
from bargaining.linkage.tabling.tabling import TablingGame as TablingGame
from bargaining.linkage.tabling.tabling import tabling_game as tabling_game
from bargaining.model.chokepoint import Chokepoint as Chokepoint
from bargaining.model.levers import EnforcementPledge as EnforcementPledge
from bargaining.model.levers import ExportControl as ExportControl
from bargaining.model.levers import Interval as Interval
from bargaining.model.levers import Lever as Lever
from bargaining.model.levers import PortFee as PortFee
from bargaining.model.levers import PurchaseCommitment as PurchaseCommitment
from bargaining.model.levers import RareEarthControl as RareEarthControl
from bargaining.model.levers import SoybeanPurchase as SoybeanPurchase
from bargaining.model.levers import Tariff as Tariff
from bargaining.model.levers import TechnologySale as TechnologySale
from bargaining.model.negotiation import Negotiation as Negotiation
from bargaining.model.packages import Package as Package
from bargaining.model.payoffs import FunctionPayoff as FunctionPayoff
from bargaining.model.payoffs import InteractionPayoff as InteractionPayoff
from bargaining.model.payoffs import LinearPayoff as LinearPayoff
from bargaining.model.payoffs import Payoff as Payoff
from bargaining.model.payoffs import QuadraticPayoff as QuadraticPayoff
from bargaining.model.payoffs import TablePayoff as TablePayoff
from bargaining.model.players import Player as Player
from bargaining.model.security_terms import CoverageControl as CoverageControl
from bargaining.model.security_terms import SecurityValue as SecurityValue
from bargaining.model.sources import Source as Source
from bargaining.model.trade_terms import PurchaseValue as PurchaseValue
from bargaining.model.trade_terms import TariffIncidence as TariffIncidence
from bargaining.noncooperative.equilibria import Equilibria as Equilibria
from bargaining.noncooperative.equilibrium import Equilibrium as Equilibrium
from bargaining.noncooperative.games.dominance import iterated_dominance as iterated_dominance
from bargaining.noncooperative.games.normal_form import NormalFormGame as NormalFormGame
from bargaining.noncooperative.solve import nash_equilibria as nash_equilibria
from bargaining.noncooperative.solve import nash_equilibrium as nash_equilibrium
from bargaining.noncooperative.two_player.zero_sum import (
    zero_sum_equilibrium as zero_sum_equilibrium,
)
from bargaining.results.certificate import Certificate as Certificate
from bargaining.results.certificate import verify as verify
from bargaining.results.table import Table as Table
from bargaining.saved.files import load_result as load_result
from bargaining.saved.files import save_result as save_result
from bargaining.scenarios.scenario import Scenario as Scenario
from bargaining.scenarios.scenario import list_scenarios as list_scenarios
from bargaining.scenarios.scenario import load_scenario as load_scenario
from bargaining.strategic.alternating_offers import alternating_offers as alternating_offers
from bargaining.strategic.disagreement import FixedPoint as FixedPoint
from bargaining.strategic.disagreement import MaxMin as MaxMin
from bargaining.strategic.disagreement import Noncooperative as Noncooperative
from bargaining.strategic.disagreement import OptimalThreats as OptimalThreats
from bargaining.strategic.disagreement import StatusQuo as StatusQuo
from bargaining.strategic.offers import Offers as Offers
from bargaining.strategic.solve import solve as solve
from bargaining.sweeps.result import Sweep as Sweep
from bargaining.sweeps.sweep import sweep as sweep

__version__: str
__all__: list[str]
