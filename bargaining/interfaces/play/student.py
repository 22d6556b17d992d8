"""A side that is played at the keyboard: prompts, commands, and what each lever is worth.

A student sees the payoffs of its own side only. Input may come from a file too; when it ends, the
talks are broken off.
"""

from __future__ import annotations

import sys

from rich.console import Console

from bargaining.errors import InputError
from bargaining.interfaces.play.rules import BreakOff, Rules
from bargaining.interfaces.rendering import heading, paragraph, show
from bargaining.interfaces.words import unit_of
from bargaining.model.levers import Lever
from bargaining.model.packages import Package
from bargaining.results.table import Cell, Table, aligned

__all__ = ["Student"]

HELP = (
    "Type the number of a lever to change it, or the lever and its new level at once (3 2, or "
    "3=none). 'show' lists the offer as it stands, 'worth' says what each level is worth to you, "
    "'send' makes the offer, 'quit' walks away from the table."
)


class Student:
    """Somebody at the keyboard.

    Parameters
    ----------
    console : Console
        Where to write.
    rules : Rules
    player : str
    shared : bool
        Whether the other side sits at the same keyboard.
    """

    says = "plays at this keyboard"

    def __init__(self, console: Console, rules: Rules, player: str, *, shared: bool) -> None:
        self.console, self.rules, self.player, self.shared = console, rules, player, shared
        self.me = rules.index(player)
        self.draft = rules.scenario.status_quo
        self.introduced = False

    # what the other side of the program calls

    def offer(self, number: int) -> Package | None:
        """Ask for an offer, lever by lever."""
        self._turn(number, "your offer")
        if not self.introduced:
            paragraph(self.console, HELP)
            self.introduced = True
        self._show(self.draft)
        while True:
            words = self._ask("lever, show, worth, send or quit")
            if words == "send":
                return self.draft
            self._act(words)

    def accepts(self, number: int, package: Package) -> bool:
        """Show an offer and ask for the answer."""
        self._turn(number, f"{self.rules.other(self.player)} offers")
        self._show(package)
        last = number == self.rules.rounds
        if last:
            paragraph(self.console, "This is the last round: if you refuse, the talks have failed.")
        self.draft = package
        while True:
            words = self._ask("accept, refuse, worth or quit")
            if words in ("accept", "a", "yes", "y"):
                return True
            if words in ("refuse", "r", "no", "n"):
                return False
            if words == "worth":
                self._worth(package)
            else:
                self._quit_or_complain(words, "accept, refuse, worth or quit")

    # commands

    def _act(self, words: str) -> None:
        if words == "show":
            self._show(self.draft)
        elif words == "worth":
            self._worth(self.draft)
        elif words in ("help", "?"):
            paragraph(self.console, HELP)
        elif words[:1].isdigit():
            self._change(words)
        else:
            self._quit_or_complain(words, "the number of a lever, show, worth, send, help or quit")

    def _quit_or_complain(self, words: str, wanted: str) -> None:
        if words in ("quit", "q"):
            raise BreakOff
        paragraph(self.console, f"Not understood: {words!r}. Expected {wanted}.")

    def _change(self, words: str) -> None:
        number, _, level = words.replace("=", " ").partition(" ")
        levers = self.rules.scenario.free_levers
        if not number.isdigit() or not 1 <= int(number) <= len(levers):
            paragraph(self.console, f"There is no lever {number}; they go from 1 to {len(levers)}.")
            return
        lever = levers[int(number) - 1]
        if not level.strip():
            paragraph(self.console, f"{lever.name}: {_choices(lever)}")
            level = self._ask("level")
        try:
            chosen = _level(lever, level.strip())
        except InputError as error:
            paragraph(self.console, f"{error}.")
            return
        self.draft = self.rules.scenario.package({**self.draft, lever.name: chosen})
        paragraph(self.console, f"{lever.name}: {lever.label(chosen)}. {self._value(self.draft)}")

    # what is shown

    def _turn(self, number: int, what: str) -> None:
        left = self.rules.rounds - number
        rest = "the last round" if not left else f"{left} to come" if left > 1 else "one to come"
        if self.shared and self.console.is_terminal:
            self._ask(f"{self.player}, take the keyboard and press Enter")
            self.console.clear()
        heading(self.console, f"Round {number} ({rest}), {self.player}: {what}")

    def _show(self, package: Package) -> None:
        scenario = self.rules.scenario
        rows: list[tuple[Cell, ...]] = []
        for number, lever in enumerate(scenario.free_levers, start=1):
            level, now = package[lever.name], lever.status_quo
            new = lever.label(level) if level != now else "as today"
            rows.append((lever.owner, f"{number}", lever.name, lever.label(now), new))
        table = Table("", ("owner", "#", "lever", "today", "offer"), tuple(rows))
        show(self.console, table, by="owner")
        paragraph(self.console, self._value(package))

    def _value(self, package: Package) -> str:
        scenario = self.rules.scenario
        worth, without = aligned(
            [float(scenario.payoffs(package)[self.me]), float(self.rules.disagreement[self.me])]
        )
        return f"Worth to you: {worth}{unit_of(scenario)}; without agreement you have {without}."

    def _worth(self, package: Package) -> None:
        """Say what each level would change for this side, all else as in a package."""
        scenario = self.rules.scenario
        now = float(scenario.payoffs(package)[self.me])
        rows: list[tuple[Cell, ...]] = []
        for lever in scenario.free_levers:
            for level in lever.array().tolist():
                other = scenario.package({**package, lever.name: level})
                change = float(scenario.payoffs(other)[self.me]) - now
                mark = "*" if level == package[lever.name] else ""
                rows.append((lever.name, f"{lever.label(level)} {mark}".strip(), change))
        unit = unit_of(scenario)
        paragraph(self.console, f"What each level would change for you{unit}, * as it stands:")
        table = Table("", ("lever", "level", "change"), tuple(rows))
        show(self.console, table, signed=["change"], by="lever")

    def _ask(self, what: str) -> str:
        """Return a line of input in lower case; its end walks away from the table."""
        self.console.print(f"{what} > ", end="")
        try:
            line = input().strip()
        except EOFError:
            self.console.print()
            paragraph(self.console, "There is no more input: the talks are broken off.")
            raise BreakOff from None
        if not sys.stdin.isatty():
            self.console.print(line)  # so that a game from a file reads like one at the keyboard
        return line if "=" in line or " " in line else line.lower()


def _choices(lever: Lever) -> str:
    levels = enumerate(lever.array().tolist(), start=1)
    return ", ".join(f"{k}: {lever.label(level)}" for k, level in levels)


def _level(lever: Lever, words: str) -> float:
    """Return the level that words stand for: its number in the list, or its label."""
    levels: list[float] = lever.array().tolist()
    if words.isdigit() and 1 <= int(words) <= len(levels):
        return levels[int(words) - 1]
    for level in levels:
        if words.lower() == lever.label(level).lower():
            return level
    raise InputError(f"Expected one of {_choices(lever)}, got {words!r}")
