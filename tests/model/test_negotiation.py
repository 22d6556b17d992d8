"""Negotiations against a plain Python sum of their terms, and what fixing levers means."""

from __future__ import annotations

import pickle
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargaining.errors import InputError
from bargaining.model.levers import ExportControl, Interval, Lever, SoybeanPurchase, Tariff
from bargaining.model.negotiation import Negotiation
from bargaining.model.packages import Package
from bargaining.model.payoffs import (
    FunctionPayoff,
    InteractionPayoff,
    LinearPayoff,
    QuadraticPayoff,
    TablePayoff,
)
from bargaining.model.players import Player
from bargaining.testing import negotiations, packages

US, CHINA = Player("United States"), Player("China")


def truce(**options) -> Negotiation:
    tariff = Tariff("tariff", US, [0.1, 0.2, 0.47], 0.47, labels=["low", "middle", "high"])
    chips = ExportControl("chips", US, [0, 1], 1)
    soy = SoybeanPurchase("soybeans", CHINA, [0, 12, 25], 0)
    terms = [
        LinearPayoff(tariff, {US: 10, CHINA: -60}, reference=0.47),
        LinearPayoff(soy, {US: 0.5, CHINA: -0.2}),
        InteractionPayoff((tariff, chips), {CHINA: -4}),
    ]
    return Negotiation([US, CHINA], [tariff, chips, soy], terms, **options)


def plain_payoff(term, player: str, levels: list[float], levers: list[Lever]) -> float:
    if player not in term.players:
        return 0.0
    if isinstance(term, LinearPayoff):
        return term.slopes[player] * (levels[0] - term.reference)
    if isinstance(term, InteractionPayoff):
        first, second = term.references
        return term.coefficients[player] * (levels[0] - first) * (levels[1] - second)
    if isinstance(term, QuadraticPayoff):
        x, matrix = np.array(levels), term.quadratics[player].matrix
        return float(x @ matrix @ x / 2)
    if isinstance(term, TablePayoff):
        table = term.tables[player]
        for lever, level in zip(levers, levels, strict=True):
            table = table[lever.levels.index(level)]
        return float(table)
    return float(term.functions[player](*levels))


def plain_sum(game: Negotiation, package: Package) -> list[float]:
    return [
        sum(
            plain_payoff(
                term,
                player.name,
                [package[name] for name in term.levers],
                [game.lever(name) for name in term.levers],
            )
            for term in game.terms
        )
        for player in game.players
    ]


@given(data=st.data(), game=negotiations(max_scope=3, intervals=True))
def test_payoffs_are_the_sum_of_the_terms(data, game):
    package = data.draw(packages(game))
    np.testing.assert_allclose(game.payoffs(package), plain_sum(game, package), atol=1e-9)


@given(data=st.data(), game=negotiations(max_scope=3))
def test_many_packages_at_once(data, game):
    several = data.draw(st.lists(packages(game), max_size=5))
    payoffs = game.payoffs(several)
    assert payoffs.shape == (len(several), len(game.players))
    for row, package in zip(payoffs, several, strict=True):
        np.testing.assert_array_equal(row, game.payoffs(package))


@given(data=st.data(), game=negotiations(max_scope=3, intervals=True))
def test_fixing_levers_changes_no_payoff(data, game):
    package = data.draw(packages(game))
    names = [lever.name for lever in game.levers]
    still = data.draw(st.lists(st.sampled_from(names), unique=True))
    smaller = game.fix({name: package[name] for name in still})
    assert smaller.fixed == {name: package[name] for name in still}
    assert [lever.name for lever in smaller.free_levers] == [n for n in names if n not in still]
    free = {name: package[name] for name in names if name not in still}
    assert smaller.package(free) == package
    np.testing.assert_allclose(smaller.payoffs(free), game.payoffs(package), atol=1e-9)
    np.testing.assert_allclose(smaller.payoffs(package), game.payoffs(package), atol=1e-9)


@given(game=negotiations(max_scope=2))
def test_indices_and_packages_are_one_to_one(game):
    every = list(product(*(range(size) for size in game.sizes)))
    assert len(every) == game.number_of_packages
    found = game.indices([game.package_at(cell) for cell in every])
    assert found.tolist() == [list(cell) for cell in every]


@given(game=negotiations())
def test_factors_are_merged_by_scope(game):
    scopes = [factor.scope for factor in game.factors]
    assert len(set(scopes)) == len(scopes)
    for factor in game.factors:
        assert list(factor.scope) == sorted(factor.scope)
        assert factor.table.shape == (len(game.players), *(game.sizes[j] for j in factor.scope))
        assert not factor.table.flags.writeable


def test_fixed_levers_stay_in_packages_and_leave_the_count():
    game = truce().fix({"chips": 0})
    assert game.number_of_packages == 9
    assert game.status_quo == {"tariff": 0.47, "chips": 0, "soybeans": 0}
    assert list(game.status_quo) == ["tariff", "chips", "soybeans"]
    assert game.package({"tariff": "low", "soybeans": 25})["chips"] == 0
    with pytest.raises(InputError, match=r"lever 'chips' is fixed at 0, got 1"):
        game.package({"tariff": "low", "chips": 1, "soybeans": 25})
    with pytest.raises(InputError, match=r"lever 'chips' is fixed at 0, got 1"):
        game.fix({"chips": 1})


def test_fixing_step_by_step_is_fixing_at_once():
    step = truce().fix({"chips": 0}).fix({"tariff": "low"})
    once = truce().fix({"chips": 0, "tariff": "low"})
    assert step.fixed == once.fixed
    np.testing.assert_array_equal(step.payoffs({"soybeans": 25}), once.payoffs({"soybeans": 25}))
    assert once.fix({}).number_of_packages == 3
    assert once.fix({"soybeans": 0}).number_of_packages == 1


def test_restricting_holds_the_others_at_the_status_quo():
    game = truce()
    economic = game.restrict(tradable=game.economic)
    assert economic.fixed == {"chips": 1}
    assert [lever.name for lever in game.security] == ["chips"]
    assert game.restrict(tradable=[]).number_of_packages == 1
    assert game.restrict(tradable="chips").fixed == {"tariff": 0.47, "soybeans": 0}


@given(data=st.data(), game=negotiations(max_scope=3, intervals=True))
def test_another_status_quo_changes_where_levers_stand_and_no_payoff(data, game):
    package = data.draw(packages(game))
    names = [lever.name for lever in game.levers]
    changed = data.draw(st.lists(st.sampled_from(names), unique=True))
    other = game.with_status_quo({name: package[name] for name in changed})
    expected = {n: package[n] if n in changed else game.status_quo[n] for n in names}
    assert other.status_quo == expected
    assert {lever.name: lever.status_quo for lever in other.free_levers} == expected
    np.testing.assert_array_equal(other.payoffs(package), game.payoffs(package))
    assert [type(lever) for lever in other.levers] == [type(lever) for lever in game.levers]
    assert game.with_status_quo({}).levers == game.levers


def test_another_status_quo_is_checked_like_a_package_and_keeps_what_is_fixed():
    game = truce().fix({"chips": 0})
    assert game.with_status_quo({"tariff": "low"}).status_quo["tariff"] == 0.1
    assert game.with_status_quo({"tariff": "low"}).fixed == {"chips": 0}
    with pytest.raises(InputError, match="fixed at 0"):
        game.with_status_quo({"chips": 1})
    with pytest.raises(InputError, match="unknown lever"):
        game.with_status_quo({"tarif": 0.1})
    with pytest.raises(InputError, match="expected levels"):
        game.with_status_quo({"tariff": 0.3})


def test_packages_accept_objects_names_keys_and_labels():
    game = truce(keys={"t": "tariff", "us": "United States"})
    tariff = game.lever("t")
    forms = [{tariff: 0.1}, {"tariff": "low"}, {"t": 0.1}]
    packages = [game.package({**form, "chips": 0, "soybeans": 12}) for form in forms]
    assert packages[0] == packages[1] == packages[2]
    assert len({hash(package) for package in packages}) == 1
    assert packages[0][tariff] == 0.1
    assert game.player("us") is US
    assert [lever.name for lever in game.owned_by("us")] == ["tariff", "chips"]
    with pytest.raises(InputError, match=r"lever 'tariff' is set twice"):
        game.package({"t": 0.1, "tariff": 0.1, "chips": 0, "soybeans": 12})


def test_interval_levers_have_payoffs_and_no_tables():
    tariff = Tariff("tariff", US, Interval(0, 1), 0.5)
    soy = SoybeanPurchase("soybeans", CHINA, [0, 25], 0)
    terms = [FunctionPayoff(tariff, {US: lambda t: t * (1 - t)}), LinearPayoff(soy, {US: 1})]
    game = Negotiation([US, CHINA], [tariff, soy], terms)
    assert game.payoffs({"tariff": 0.3, "soybeans": 25}).tolist() == pytest.approx([25.21, 0])
    assert game.payoffs([]).shape == (0, 2)
    for ask in (lambda: game.factors, lambda: game.number_of_packages):
        with pytest.raises(InputError, match=r"'tariff', levels: a finite sequence is needed"):
            ask()
    assert game.fix({"tariff": 0.3}).number_of_packages == 2


def test_terms_are_checked_at_construction_beside_intervals_too():
    tariff = Tariff("tariff", US, Interval(0, 1), 0.5)
    soy = SoybeanPurchase("soybeans", CHINA, [0, 25], 0)
    for term in (
        TablePayoff("soybeans", {US: [0, 1, 2]}),
        FunctionPayoff(soy, {US: lambda x: np.where(x > 0, np.inf, 0)}),
        TablePayoff("tariff", {US: [0, 1]}),
    ):
        with pytest.raises(InputError):
            Negotiation([US, CHINA], [tariff, soy], [term])


def test_the_number_of_packages_is_exact():
    levers = [Lever(f"lever {j}", US, range(10), 0) for j in range(200)]
    game = Negotiation([US], levers, [LinearPayoff(lever, {US: 1}) for lever in levers])
    assert game.number_of_packages == 10**200
    assert type(game.number_of_packages) is int
    assert game.payoffs(dict.fromkeys(levers, 9)).tolist() == [1800]


def test_a_negotiation_without_levers_or_terms():
    game = Negotiation([US, CHINA], [], [])
    assert game.number_of_packages == 1
    assert game.payoffs({}).tolist() == [0, 0]
    assert game.payoffs([{}, {}]).shape == (2, 2)


def test_payoffs_far_apart_keep_their_digits():
    tariff, soy = truce().levers[0], truce().levers[2]
    terms = [LinearPayoff(tariff, {US: 1e12}), LinearPayoff(soy, {CHINA: 1e-12})]
    game = Negotiation([US, CHINA], [tariff, soy], terms)
    assert game.payoffs({"tariff": 0.1, "soybeans": 25}).tolist() == [1e11, 2.5e-11]


def test_it_can_be_pickled():
    game = truce()
    again = pickle.loads(pickle.dumps(game.fix({"chips": 0})))
    assert again.payoffs(again.status_quo).tolist() == [0, 0]
    assert again.number_of_packages == 9
