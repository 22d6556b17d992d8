"""Classic and degenerate games with all their equilibria: what is found beside what is known.

The games are files of the catalogue: copy one, change a payoff, and add its path to OWN. In the
battle of the sexes make Column's 2 a 1, say: there are still three equilibria, but the mixed one
moves, and the last column says no, for the facts in the file are those of the old game; with a 0 it
becomes degenerate. Where there are three players, lists may be partial by nature ("some"), though
here none is missing.

    python examples/classic_games.py
"""

from __future__ import annotations

import bargaining as bg

OWN: list[str] = []
"""Paths of your own files."""


def row(name: str) -> tuple[str | int | float | bool, ...]:
    """Return what is known and what is found of one game."""
    game = bg.load_game(name)
    found = bg.nash_equilibria(game)
    known = game.known
    return (
        game.title,
        game.size_in_words,
        known.degenerate,
        known.extreme_equilibria,
        known.components,
        len(found),
        len(found.components),
        found.completeness,
        found.certificate.value,
        known.matches(found),
    )


def main() -> None:
    """Solve every game of the catalogue."""
    columns = (
        *("game", "size", "degenerate", "known", "components", "found", "components found"),
        *("complete", "largest regret", "found = known"),
    )
    rows = tuple(row(name) for name in [*(entry.name for entry in bg.list_games()), *OWN])
    hits = sum(bool(one[-1]) for one in rows)
    note = f"{hits} of {len(rows)} as known. Known and found are numbers of extreme equilibria."
    print(bg.Table("Classic games", columns, rows, note))


if __name__ == "__main__":
    main()
