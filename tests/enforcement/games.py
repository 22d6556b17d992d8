"""Lever games with known answers."""

from __future__ import annotations

import numpy as np

import bargaining as bg


def lever_game(*arrays, status_quo=None) -> bg.Negotiation:
    """Return the lever game of a finite game: one lever a player."""
    arrays = [np.asarray(array, dtype=float) for array in arrays]
    players = [bg.Player(f"player {i + 1}") for i in range(len(arrays))]
    start = status_quo or [0] * len(arrays)
    levers = [
        bg.Lever(f"lever {i + 1}", player, range(size), start[i])
        for i, (player, size) in enumerate(zip(players, arrays[0].shape, strict=True))
    ]
    return bg.Negotiation(
        players, levers, [bg.TablePayoff(levers, dict(zip(players, arrays, strict=True)))]
    )


def at(game: bg.Negotiation, *indices: int) -> bg.Package:
    """Return the package of level indices."""
    return game.package_at(indices)


def cournot(firms: int) -> bg.Negotiation:
    """Return a linear oligopoly, quantities 0 to 24, price 24 - Q above a marginal cost of 0."""
    players = [bg.Player(f"firm {i + 1}") for i in range(firms)]
    levers = [bg.Lever(f"quantity {i + 1}", p, range(25), 24 // (firms + 1))
              for i, p in enumerate(players)]  # fmt: skip
    terms = [
        bg.FunctionPayoff(levers[i], {players[i]: lambda q: q * (24 - q)}) for i in range(firms)
    ]
    terms += [
        bg.InteractionPayoff((levers[i], levers[j]), {players[i]: -1, players[j]: -1})
        for i in range(firms)
        for j in range(i)
    ]
    return bg.Negotiation(players, levers, terms)


def bertrand(firms: int, steps: int) -> bg.Negotiation:
    """Return price competition for one buyer who pays up to 1, on a grid; equals share the sale."""
    grid = np.linspace(0, 1, steps + 1)
    prices = np.array(np.meshgrid(*[grid] * firms, indexing="ij"))
    lowest = prices == prices.min(axis=0)
    return lever_game(*(lowest / lowest.sum(axis=0) * prices))


def coordination_lottery() -> bg.Negotiation:
    """Return a game with (4, 0), (0, 4), and 1 for whoever stays out; both out by default."""
    a = [[4, 0, 0], [0, 0, 0], [1, 1, 1]]
    b = [[0, 0, 1], [0, 4, 1], [0, 0, 1]]
    return lever_game(a, b, status_quo=[2, 2])


def random_game(rng: np.random.Generator, *, most_players: int = 3) -> bg.Negotiation:
    """Return a game of up to five levers, in which concessions cost their owner and help others."""
    players = [bg.Player(f"p{i}") for i in range(int(rng.integers(2, most_players + 1)))]
    count = int(rng.integers(len(players), 6))
    owners = [*range(len(players)), *rng.integers(0, len(players), count - len(players))]
    levers = [
        bg.Lever(f"l{k}", players[owner], range(int(rng.integers(2, 4))), 0)
        for k, owner in enumerate(owners)
    ]
    whole = rng.random() < 0.5
    terms = []
    for k, owner in enumerate(owners):
        size = len(levers[k].array())
        tables = {p: np.arange(size) * rng.uniform(0, 3) for p in players}
        tables[players[owner]] = -np.arange(size) * rng.uniform(0, 3)
        terms.append(bg.TablePayoff(levers[k], {p: t.round(0 if whole else 9)
                                                for p, t in tables.items()}))  # fmt: skip
    for _ in range(int(rng.integers(0, 4))):
        pair = [levers[u] for u in rng.choice(count, 2, replace=False)]
        shape = tuple(len(lever.array()) for lever in pair)
        terms.append(
            bg.TablePayoff(
                pair, {p: rng.integers(-2, 3, shape) * (1 if whole else 0.37) for p in players}
            )
        )
    return bg.Negotiation(players, levers, terms)
