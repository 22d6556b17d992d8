"""The games of the catalogue: what their files state holds, and the solvers find all of it."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import prod

import numpy as np
import pytest

import bargaining as bg
from bargaining.catalogue.surds import Surd
from bargaining.noncooperative.two_player.exact import nearest_solution
from tests.noncooperative.listing import equilibrium_fault

NAMES = [entry.name for entry in bg.list_games()]
GAMES = {name: bg.load_game(name) for name in NAMES}
BIMATRIX = [name for name, game in GAMES.items() if game.number_of_players == 2]


def exact_set(found):
    return {each.exact for each in found}


@pytest.mark.parametrize("name", NAMES)
def test_the_known_equilibria_are_found(name):
    game = GAMES[name]
    found = bg.nash_equilibria(game)
    assert game.known.matches(found)
    assert found.completeness == ("all" if name in BIMATRIX else "some")
    assert bool(bg.verify(found))
    for each in found:
        assert equilibrium_fault(game.payoff_arrays, each.strategies) < 1e-12


@pytest.mark.parametrize("name", BIMATRIX)
def test_the_known_equilibria_are_found_and_proved_in_fractions(name):
    game = GAMES[name]
    found = bg.nash_equilibria(game, exact=True)
    assert exact_set(found) == set(game.known.equilibria)
    assert len(found) == game.known.extreme_equilibria
    assert len(found.components) == game.known.components
    assert bool(bg.verify(found, exact=True))
    assert all(bool(bg.verify(each, exact=True)) for each in bg.nash_equilibria(game))


@pytest.mark.parametrize("name", NAMES)
def test_one_equilibrium_is_one_of_them(name):
    game = GAMES[name]
    one = bg.nash_equilibrium(game)
    assert one.regret < 1e-12
    assert equilibrium_fault(game.payoff_arrays, one.strategies) < 1e-12


@pytest.mark.parametrize("name", BIMATRIX)
def test_gambit_lists_the_same_extreme_equilibria(name):
    pygambit = pytest.importorskip("pygambit")
    theirs = GAMES[name].to_pygambit()
    listed = {
        tuple(
            tuple(Fraction(str(profile[strategy])) for strategy in player.strategies)
            for player in theirs.players
        )
        for profile in pygambit.nash.enummixed_solve(theirs, rational=True).equilibria
    }
    assert listed == set(GAMES[name].known.equilibria)


@pytest.mark.parametrize("name", BIMATRIX)
def test_components_are_what_shared_strategies_connect(name):
    """Equilibria with a strategy in common lie in one component, and only chains of those do."""
    known = GAMES[name].known
    groups = []
    for x, y in known.equilibria:
        joined = {(0, x), (1, y)}
        for group in [group for group in groups if group & joined]:
            groups.remove(group)
            joined |= group
        groups.append(joined)
    assert len(groups) == known.components


def times(first, second):
    """Multiply numbers a + b sqrt(n) of one n, given as pairs (a, b)."""
    (a, b), (c, d), n = first[:2], second[:2], max(first[2], second[2])
    return (a * c + b * d * n, a * d + b * c, n)


def pair(number):
    if isinstance(number, Surd):
        return (number.a, number.b, number.n)
    return (Fraction(number), Fraction(0), 0)


def exact_payoffs(game, player, profile):
    """Return the payoff of each pure strategy of a player against the others, exactly."""
    values = []
    for k in range(game.shape[player]):
        total = (Fraction(0), Fraction(0))
        for cell in product(*map(range, game.shape)):
            if cell[player] == k:
                term = pair(game.rational[player][cell])
                for j, own in enumerate(cell):
                    term = times(term, pair(profile[j][own])) if j != player else term
                total = (total[0] + term[0], total[1] + term[1])
        values.append(total)
    return values


@pytest.mark.parametrize("name", NAMES)
def test_what_is_played_is_exactly_best(name):
    game = GAMES[name]
    for profile in game.known.equilibria:
        roots = {n for strategy in profile for share in strategy if (n := pair(share)[2])}
        assert len(roots) <= 1
        root = max(roots, default=0) ** 0.5
        for player, strategy in enumerate(profile):
            values = exact_payoffs(game, player, profile)
            played = {value for value, share in zip(values, strategy, strict=True) if share != 0}
            assert len(played) == 1
            best = played.pop()
            assert all(v == best or v[0] + v[1] * root < best[0] + best[1] * root for v in values)


def has_a_vertex_of_too_many_labels(payoffs):
    """Look at every vertex of {x >= 0, payoffs x <= 1}, the payoffs made positive."""
    table = payoffs - payoffs.min() + 1
    size = table.shape[1]
    rows = [[Fraction(int(j == k)) for j in range(size)] for k in range(size)]
    rows += table.tolist()
    right = [Fraction(0)] * size + [Fraction(1)] * len(table)
    for chosen in combinations(range(len(rows)), size):
        system = [rows[k] for k in chosen]
        x = nearest_solution(system, [right[k] for k in chosen], [Fraction(0)] * size)
        if x is None:
            continue
        values = [sum(a * b for a, b in zip(row, x, strict=True)) for row in rows]
        if min(values[:size]) >= 0 and max(values[size:]) <= 1:
            tight = sum(value == bound for value, bound in zip(values, right, strict=True))
            if tight > size:
                return True
    return False


@pytest.mark.parametrize("name", BIMATRIX)
def test_games_are_degenerate_as_stated(name):
    A, B = GAMES[name].rational
    degenerate = has_a_vertex_of_too_many_labels(A) or has_a_vertex_of_too_many_labels(B.T)
    assert degenerate == GAMES[name].known.degenerate


def test_the_circle_is_a_ring_of_six_segments():
    found = bg.nash_equilibria(GAMES["kohlberg-mertens-3x3"])
    assert [len(subset) for subset in found.subsets] == [2] * 6
    ends = [k for subset in found.subsets for k in subset]
    assert all(ends.count(k) == 2 for k in range(6))


def test_the_game_that_dominance_solves_takes_four_rounds():
    reduction = bg.iterated_dominance(GAMES["dominance-3x3"])
    assert len(reduction.rounds) == 4
    assert reduction.game.labels == (("middle",), ("centre",))


def test_the_tariff_dilemma_is_the_scenario_of_that_name():
    scenario = bg.NormalFormGame.from_negotiation(bg.load_scenario("tariff-dilemma"))
    np.testing.assert_array_equal(GAMES["tariff-dilemma"].payoff_arrays, scenario.payoff_arrays)
    assert GAMES["tariff-dilemma"].players == scenario.players


def test_the_irrational_equilibrium_solves_the_equation_that_indifference_asks_for():
    """Each player mixes, so q (3 + r) = 2 - r, p (4 - r) = 3 - 2 r and p q 2 = 3 (1 - p)(1 - q).

    The equation that follows, 2 r^2 + 23 r = 9, has one root between 0 and 1; and where somebody
    plays pure the best replies to that lead round to its opposite, so there is no other.
    """
    ((p, _), (q, _), (r, _)) = GAMES["irrational-2x2x2"].known.equilibria[0]
    square = times(pair(r), pair(r))
    assert (2 * square[0] + 23 * r.a, 2 * square[1] + 23 * r.b) == (9, 0)
    p, q, r = map(float, (p, q, r))
    assert q == pytest.approx((2 - r) / (3 + r), abs=1e-14)
    assert p == pytest.approx((3 - 2 * r) / (4 - r), abs=1e-14)
    game = GAMES["irrational-2x2x2"]
    assert game.pure_equilibria() == []


def lemke_howson_pivots(A, B, label):
    """Count the pivots of a path in fractions, on two tableaux with the slacks as first basis."""
    m, n = A.shape
    columns = [list(range(m, m + n)), list(range(m))]  # labels that a basis starts with
    tables = [
        [
            [*row, *unit, Fraction(1)]
            for row, unit in zip(
                table.tolist(), np.eye(len(table), dtype=int).tolist(), strict=True
            )
        ]
        for table in (B.T, A)
    ]
    order = [[*range(m), *range(m, m + n)], [*range(m, m + n), *range(m)]]
    side, entering, count = (0 if label < m else 1), label, 0
    while True:
        table, basis = tables[side], columns[side]
        column = order[side].index(entering)
        row = min(
            (k for k, line in enumerate(table) if line[column] > 0),
            key=lambda k: table[k][-1] / table[k][column],
        )
        table[row] = [value / table[row][column] for value in table[row]]
        for k, line in enumerate(table):
            if k != row:
                table[k] = [a - line[column] * b for a, b in zip(line, table[row], strict=True)]
        entering, basis[row], count = basis[row], entering, count + 1
        if entering == label:
            return count
        side = 1 - side


def test_the_long_paths_are_as_long_as_stated():
    A, B = GAMES["savani-von-stengel-6x6"].rational
    lengths = [lemke_howson_pivots(A, B, label) for label in range(12)]
    assert lengths == [88, 24, 24, 24, 24, 88, 36, 36, 16, 16, 36, 36]
    assert (
        "88, 24, 24, 24, 24, 88, 36, 36, 16, 16, 36, 36" in GAMES["savani-von-stengel-6x6"].look_at
    )


@pytest.mark.parametrize("name", NAMES)
def test_files_say_where_a_game_comes_from_and_what_it_is_for(name):
    game = GAMES[name]
    assert game.name == name
    assert min(map(len, (game.title, game.source, game.look_at))) > 5
    assert len(game.known.equilibria) == game.known.extreme_equilibria
    assert game.size_in_words in repr(game)
    assert all(isinstance(value, Fraction) for value in game.rational.flat)
    assert prod(game.shape) == game.payoff_arrays[0].size


def test_a_list_that_lacks_one_or_has_another_does_not_match():
    game = GAMES["battle-of-the-sexes"]
    found = bg.nash_equilibria(game)
    again = {"completeness": "all", "method": "by hand"}
    assert game.known.matches(bg.Equilibria.of(game, found.equilibria[::-1], **again))
    assert not game.known.matches(bg.Equilibria.of(game, found.equilibria[:2], **again))
    twice = bg.Equilibria.of(game, [found[0], found[0], found[1]], **again)
    assert not game.known.matches(twice)
    joined = bg.Equilibria.of(game, found.equilibria, subsets=[[0, 1], [2]], **again)
    assert not game.known.matches(joined)
    assert not game.known.matches(bg.nash_equilibria(GAMES["stag-hunt"]))
