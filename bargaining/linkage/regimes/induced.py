"""The negotiation that a regime induces when levers off the table stay in their owners' hands.

Given what is agreed, the off-table levers are set as a Nash response. Levers that share terms are
solved together, once for each combination of the tradable levers that they share a term with, and
replaced by one table over those: a regime is again a negotiation (Maggi 2016 on why an
uncontracted instrument undoes a concession).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import product

from bargaining.linkage.regimes.responses import Response, respond, terms_of
from bargaining.model.factors import Factor
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Lottery, Package
from bargaining.model.payoffs import Payoff

__all__ = ["Induced", "Inducer", "induce"]


@dataclass(frozen=True, eq=False)
class Induced:
    """A regime as a negotiation, with what it leaves to the owners.

    Attributes
    ----------
    negotiation : Negotiation
        Over the tradable levers; the others are fixed and count through the tables.
    full : Negotiation
        The negotiation that it came from.
    responses : tuple of Response
    """

    negotiation: Negotiation
    full: Negotiation
    responses: tuple[Response, ...]

    @property
    def regret(self) -> float:
        """The largest regret of any response."""
        return max((response.regret for response in self.responses), default=0.0)

    def complete(self, lottery: Lottery) -> Lottery:
        """Fill in what the owners of off-table levers do, given each agreed package."""
        completed: dict[Package, float] = {}
        for probability, package in lottery:
            answers = [
                response.answers[tuple(package[lever] for lever in response.given)]
                for response in self.responses
            ]
            for joint in product(*answers):
                levels, share = dict(package), probability
                for weight, part in joint:
                    levels.update(part)
                    share *= weight
                filled = Package(levels)
                completed[filled] = completed.get(filled, 0.0) + share
        return tuple((share, package) for package, share in completed.items())


class Inducer:
    """Induces many regimes of one negotiation, solving each off-table lever game once.

    Levers off the table that share terms, directly or through others off the table, form a group.
    How a group answers depends on which levers it holds and on nothing else that is off the table,
    so answers are kept by group.

    Parameters
    ----------
    negotiation : Negotiation
    """

    def __init__(self, negotiation: Negotiation) -> None:
        self.negotiation = negotiation
        self._position = {lever.name: j for j, lever in enumerate(negotiation.free_levers)}
        self._answered: dict[tuple[int, ...], tuple[Response, Payoff]] = {}
        self._consistent: dict[tuple[tuple[int, ...], frozenset[int]], bool] = {}

    def induce(self, tradable: Collection[str]) -> Induced:
        """Replace the levers off the table by their owners' Nash response.

        Parameters
        ----------
        tradable : collection of str
            Names of the levers on the table.

        Raises
        ------
        IntractableError
            When a group of off-table levers shares terms with tradable levers of too many
            combinations.
        """
        negotiation = self.negotiation
        levers = negotiation.free_levers
        off = self._off(tradable)
        if not off:
            return Induced(negotiation, negotiation, ())
        answered = [self._answer(group) for group in _groups(off, negotiation.factors)]
        apart = [f for f in negotiation.factors if not set(f.scope) & set(off)]
        rest = Negotiation(
            negotiation.players, negotiation.levers,
            [term for _, term in answered] + terms_of(negotiation, apart, anchor=levers[off[0]]),
            unit=negotiation.unit, keys=negotiation.keys,
        )  # fmt: skip
        stand = {levers[j].name: levers[j].status_quo for j in off}
        fixed = rest.fix({**negotiation.fixed, **stand})
        return Induced(fixed, negotiation, tuple(response for response, _ in answered))

    def nested(self, smaller: Collection[str], larger: Collection[str]) -> bool:
        """Whether all that `smaller` tradable levers lead to can be agreed over `larger` ones.

        It is so where the owners of the levers in between answer with one package each, to which,
        once agreed, the owners of the others answer as before.
        """
        off = self._off(smaller)
        between = frozenset(off) - frozenset(self._off(larger))
        for group in _groups(off, self.negotiation.factors):
            moved = between & set(group)
            key = (tuple(group), moved)
            if moved and key not in self._consistent:
                self._consistent[key] = self._answers_stay(group, moved)
            if moved and not self._consistent[key]:
                return False
        return True

    def stays(self, tradable: Collection[str], package: Package) -> bool:
        """Whether the levers off the table, left to their owners, surely stand as in a package."""
        for group in _groups(self._off(tradable), self.negotiation.factors):
            response, _ = self._answer(group)
            answer = response.answers[tuple(package[lever] for lever in response.given)]
            if len(answer) > 1 or any(package[k] != level for k, level in answer[0][1].items()):
                return False
        return True

    def _off(self, tradable: Collection[str]) -> list[int]:
        return [j for name, j in self._position.items() if name not in tradable]

    def _answer(self, group: Sequence[int]) -> tuple[Response, Payoff]:
        key = tuple(group)
        if key not in self._answered:
            touching = [f for f in self.negotiation.factors if set(f.scope) & set(group)]
            self._answered[key] = respond(self.negotiation, group, touching)
        return self._answered[key]

    def _answers_stay(self, group: Sequence[int], moved: frozenset[int]) -> bool:
        """Whether a group answers the same when some of it is agreed as it would have been set."""
        response, _ = self._answer(group)
        rest = [j for j in group if j not in moved]
        parts = [self._answer(part)[0] for part in _groups(rest, self.negotiation.factors)]
        for levels, answer in response.answers.items():
            if len(answer) > 1:
                return False
            known = {**dict(zip(response.given, levels, strict=True)), **answer[0][1]}
            for part in parts:
                own = part.answers[tuple(known[lever] for lever in part.given)]
                if len(own) > 1 or any(known[k] != level for k, level in own[0][1].items()):
                    return False
        return True


def induce(negotiation: Negotiation, tradable: Collection[str]) -> Induced:
    """Replace the levers off the table by their owners' Nash response, as `Inducer.induce`."""
    return Inducer(negotiation).induce(tradable)


def _groups(off: Sequence[int], factors: Sequence[Factor]) -> list[list[int]]:
    """Group off-table levers that share a term."""
    groups = {j: {j} for j in off}
    for factor in factors:
        together = [j for j in factor.scope if j in groups]
        merged = set().union(*(groups[j] for j in together)) if together else set()
        for j in merged:
            groups[j] = merged
    return [sorted(group) for group in {id(g): g for g in groups.values()}.values()]
