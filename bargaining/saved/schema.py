"""What a file of a saved result may contain, as pydantic models: names, texts and finite numbers.

A file holds the question (the negotiation, and how it was asked) and the answer that is claimed.
Whatever the library can work out from these (the negotiation that a regime induces, the stage
before talks) is not in the file, so that it cannot be false.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "AgreementContent", "AgreementModel", "CertificateModel", "Content", "EquilibriumContent",
    "EquilibriumModel", "Kept", "LeverModel", "MatrixGame", "MixedModel", "NegotiationModel",
    "OutcomeModel", "PlayerModel", "PointModel", "ProblemModel", "PureModel", "Ref",
    "RegimeModel", "RegimesContent", "SavedFile", "ScenarioModel", "SolutionModel", "SourceModel",
    "SubsetModel", "TableModel", "TablingContent", "TermModel", "ThreatsModel", "UnsettledModel",
]  # fmt: skip

Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]
Levels = dict[str, float]
Shares = tuple[tuple[float, Levels], ...]
Names = tuple[str, ...]
Detail = str | bool | int | float | Names | Vector | Matrix | None
Rational = Annotated[str, Field(pattern=r"^-?[0-9]{1,600}(/[0-9]{1,600})?$")]
OffTable = Literal["response", "standstill"]


class Model(BaseModel):
    """A table of a file: no other keys, no infinite numbers, no conversions."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, populate_by_name=True
    )


class SourceModel(Model):
    """A `Source`."""

    text: str
    url: str = ""
    confidence: str = ""


class PlayerModel(Model):
    """A `Player`."""

    name: str
    discount_factor: float | None = None


class LeverModel(Model):
    """A `Lever`; its kind is the name of the class."""

    kind: str
    name: str
    owner: str
    levels: Vector | None = None
    interval: tuple[float, float] | None = None
    status_quo: float
    domain: str
    unit: str
    labels: Names | None = None
    source: SourceModel | None = None


class TermModel(Model):
    """A payoff term: its own numbers, or its values at all levels (form "table")."""

    form: Literal["linear", "interaction", "quadratic", "table"]
    name: str
    source: SourceModel | None = None
    levers: Names
    references: Vector = ()
    players: dict[str, Vector]
    """Slope or coefficient; constant, slopes and matrix in one row; or the table, flat."""


class NegotiationModel(Model):
    """A `Negotiation` with levers that stand still."""

    kind: Literal["negotiation"] = "negotiation"
    players: tuple[PlayerModel, ...]
    levers: tuple[LeverModel, ...]
    terms: tuple[TermModel, ...]
    unit: str = ""
    keys: dict[str, str] = {}
    fixed: Levels = {}


class ScenarioModel(Model):
    """A `Scenario`: its document, which the loader of scenarios checks."""

    kind: Literal["scenario"] = "scenario"
    origin: str
    document: dict[str, Any]


Kept = Annotated[NegotiationModel | ScenarioModel, Field(discriminator="kind")]


class Ref(Model):
    """One of the file's negotiations, by its number, with some levers fixed on top."""

    negotiation: int
    fixed: Levels = {}


class MatrixGame(Model):
    """A `NormalFormGame`: payoffs exact and flat, the last player's strategy moving fastest."""

    players: Names
    labels: tuple[Names, ...]
    payoffs: tuple[tuple[Rational, ...], ...]


class CertificateModel(Model):
    """A `Certificate` as it was stated."""

    kind: str
    value: float = Field(ge=0)
    tolerance: float = Field(ge=0)
    weights: Matrix | None = None
    details: dict[str, Detail] = {}


class SolutionModel(Model):
    """A solution by its name, with its parameters."""

    name: str
    parameters: dict[str, bool | Vector | None] = {}


class EquilibriumModel(Model):
    """An `Equilibrium`; no game is that of the table, or of the threats, that it belongs to."""

    kind: Literal["equilibrium"] = "equilibrium"
    game: Ref | MatrixGame | None = None
    strategies: tuple[Vector | Shares, ...]
    payoffs: Vector
    regret: float = Field(ge=0)
    certificate: CertificateModel
    method: str
    selection: str
    number_found: int
    completeness: str
    exact: tuple[tuple[Rational, ...], ...] | None = None


class ThreatsModel(Model):
    """`Threats`."""

    kind: Literal["threats"] = "threats"
    negotiation: Ref
    over: Ref
    solution: SolutionModel
    transferable: bool
    strategies: tuple[Shares, ...]
    payoffs: Vector
    settlement: Vector
    normal: Vector
    weights: Vector
    certificate: CertificateModel
    threats: EquilibriumModel


Behind = Annotated[EquilibriumModel | ThreatsModel, Field(discriminator="kind")]


class AgreementModel(Model):
    """An `Agreement`, without the problem that it solves."""

    agreed: bool
    payoffs: Vector
    disagreement: Vector
    ideal: Vector
    lottery: tuple[tuple[float, Levels | Vector], ...]
    solution: SolutionModel
    certificate: CertificateModel
    players: Names
    lotteries: bool
    transfers: Vector | None = None
    reference: Shares | None = None
    disagreement_from: str
    equilibrium: Behind | None = None


class ProblemModel(Model):
    """A feasible set: packages of a negotiation, points, or a polytope in either form."""

    packages: Ref | None = None
    points: Matrix | None = None
    vertices: Matrix | None = None
    A: Matrix | None = None
    b: Vector | None = None


class AgreementContent(Model):
    """An agreement and its problem."""

    kind: Literal["agreement"] = "agreement"
    negotiations: tuple[Kept, ...] = ()
    problem: ProblemModel
    agreement: AgreementModel


class EquilibriumContent(Model):
    """An equilibrium and its game."""

    kind: Literal["equilibrium"] = "equilibrium"
    negotiations: tuple[Kept, ...] = ()
    equilibrium: EquilibriumModel


class RegimeModel(Model):
    """A `Regime`."""

    name: str
    tradable: Names
    tables: tuple[Names, ...] | None = None


class TableModel(Model):
    """The agreement of a table; on separate ones with what the other tables add to its payoffs."""

    agreement: AgreementModel
    others: Vector | None = None


class OutcomeModel(Model):
    """A `RegimeOutcome`."""

    regime: RegimeModel
    off_table: OffTable
    lotteries: bool
    agreed: bool
    payoffs: Vector
    disagreement: Vector
    lottery: Shares
    agreements: tuple[TableModel, ...]
    fixed_points: int
    certificate: CertificateModel
    reference: Shares | None
    others: tuple[Shares, ...]
    completeness: str


class PointModel(Model):
    """A `DisagreementPoint`."""

    payoffs: Vector
    says: str
    reference: Shares | None
    equilibrium: Behind | None


class UnsettledModel(Model):
    """An `Unsettled` regime, with what it takes to search again."""

    regime: RegimeModel
    off_table: OffTable
    lotteries: bool
    completeness: str
    reason: str
    certificate: CertificateModel
    model: Literal["noncooperative", "status-quo"]
    point: PointModel
    starts: tuple[Shares, ...]


class RegimesContent(Model):
    """A `RegimeComparison`; an outcome elsewhere may be the number of one of the outcomes."""

    kind: Literal["regimes"] = "regimes"
    negotiations: tuple[Kept, ...]
    negotiation: Ref
    solution: SolutionModel
    disagreement_from: str
    outcomes: tuple[OutcomeModel, ...] = Field(min_length=1)
    beside: tuple[OutcomeModel, ...]
    elsewhere: tuple[int | OutcomeModel, ...]
    unsettled: tuple[UnsettledModel, ...]


class SubsetModel(Model):
    """A `SubsetOutcome`; which levers are tradable follows from its place."""

    agreed: bool
    payoffs: Vector
    lottery: Shares
    proof: CertificateModel
    regret: float = Field(ge=0)
    taken_from: Names | None


class PureModel(Model):
    """`PureEquilibria` of a tabling game."""

    talks: bool
    tabled: tuple[Names, Names]
    payoffs: Vector
    number: int
    voluntary: bool
    undominated: int
    regret: float = Field(ge=0)
    masks: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]


class MixedModel(Model):
    """`MixedTabling`: what each side tables and insists on, with probabilities."""

    strategies: tuple[tuple[tuple[float, Names, Names], ...], ...] = Field(
        min_length=2, max_length=2
    )
    payoffs: Vector
    regret: float = Field(ge=0)
    talks: float


class TablingContent(Model):
    """A `TablingGame`: its regimes and equilibria; the stage follows from the regimes."""

    kind: Literal["tabling"] = "tabling"
    negotiations: tuple[Kept, ...]
    negotiation: Ref
    groups: tuple[dict[str, Names], dict[str, Names]]
    costs: tuple[Vector, Vector]
    costs_without_talks: bool
    solution: SolutionModel
    off_table: OffTable
    lotteries: bool
    disagreement: Vector
    disagreement_from: str
    costs_from: str
    regimes: tuple[tuple[SubsetModel, ...], ...]
    equilibria: tuple[PureModel, ...]
    mixed: MixedModel
    certificate: CertificateModel


Content = Annotated[
    AgreementContent | EquilibriumContent | RegimesContent | TablingContent,
    Field(discriminator="kind"),
]


class SavedFile(Model):
    """The whole file."""

    form: Literal["bargaining-result"] = Field(default="bargaining-result", alias="schema")
    version: Literal[1] = Field(default=1, alias="schema_version")
    library: str
    digest: str
    content: Content
