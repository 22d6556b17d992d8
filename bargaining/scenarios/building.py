"""From a checked document to players, levers and payoff terms, errors named by their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from bargaining.errors import InputError
from bargaining.model.files import file_error
from bargaining.model.levers import Lever
from bargaining.model.players import Player
from bargaining.model.sources import Source
from bargaining.model.terms import Payoff
from bargaining.scenarios.messages import hint, key_path
from bargaining.scenarios.quantities import Register
from bargaining.scenarios.schema import Document
from bargaining.scenarios.terms import Names

__all__ = ["Parts"]

T = TypeVar("T")
Named = TypeVar("Named", Player, Lever)


class Parts:
    """The players, levers and terms of a document, and the short keys of the first two."""

    def __init__(self, document: Document, register: Register) -> None:
        self.origin = register.origin
        self.players: dict[str, Player] = {}
        self.levers: dict[str, Lever] = {}
        for key, player in document.players.items():
            self.players[key] = self.at(["players", key], player.build)
        for key, lever in document.levers.items():
            names = self._names(["levers", key], register)
            self.levers[key] = self.at(["levers", key], partial(lever.build, names))
        self.payoffs: list[Payoff] = []
        for term in document.payoffs:
            place = ["payoffs", term.name]
            if term.name in (other.name for other in self.payoffs):
                raise file_error(self.origin, key_path(place), "expected each name once")
            names = self._names(place, register)
            self.payoffs.append(self.at(place, partial(term.build, names)))
        self.keys = self._keys()

    def at(self, place: Sequence[str], make: Callable[[], T]) -> T:
        """Make something; what goes wrong is reported at its place in the file."""
        try:
            return make()
        except ValueError as error:
            message = str(error)
            if message.startswith(f"{self.origin}: "):
                raise
            raise file_error(self.origin, key_path(place), message) from None

    def _names(self, place: Sequence[str], register: Register) -> Names:
        def source(text: str | None, confidence: str | None) -> Source | None:
            return register.source(text, confidence, key_path([*place, "source"]))

        return Names(
            lambda key: self._find("player", key, self.players),
            lambda key: self._find("lever", key, self.levers),
            register.value,
            source,
        )

    def _find(self, what: str, key: str, known: dict[str, Named]) -> Named:
        if key in known:
            return known[key]
        for thing in known.values():
            if thing.name == key:
                return thing
        raise InputError(f"unknown {what} {key!r}: {hint(key, list(known))}")

    def _keys(self) -> dict[str, str]:
        keys = {key: player.name for key, player in self.players.items()}
        for key, lever in self.levers.items():
            if key in keys:
                raise file_error(
                    self.origin, key_path(["levers", key]), "a player has the same key"
                )
            keys[key] = lever.name
        return keys
