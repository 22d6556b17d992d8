"""Levers: levels, labels, domains, concessions, and that they are values."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest

from bargaining.errors import InputError
from bargaining.model import levers as kinds
from bargaining.model.levers import Interval, Lever, Tariff
from bargaining.model.players import Player
from bargaining.model.sources import Source

US = Player("United States")


@pytest.mark.parametrize(
    ("kind", "domain", "concession"),
    [
        (kinds.Tariff, "economic", -1),
        (kinds.PortFee, "economic", -1),
        (kinds.ExportControl, "security", -1),
        (kinds.RareEarthControl, "security", -1),
        (kinds.PurchaseCommitment, "economic", 1),
        (kinds.SoybeanPurchase, "economic", 1),
        (kinds.EnforcementPledge, "economic", 1),
        (kinds.TechnologySale, "security", 1),
    ],
)
def test_each_kind_knows_its_domain_unit_and_direction(kind, domain, concession):
    lever = kind("lever", US, [0, 1, 2], 1)
    assert (lever.domain, lever.owner) == (domain, "United States")
    assert lever.unit
    assert lever.concedes(1, 1 + concession) is True
    assert lever.concedes(1, 1 - concession) is False
    assert lever.concedes(1, 1) is None


def test_a_plain_lever_has_no_direction():
    assert Lever("lever", US, [0, 1], 0).concedes(0, 1) is None


def test_domain_and_unit_can_be_said_otherwise():
    lever = kinds.EnforcementPledge("precursors", US, [0, 1], 0, domain="security", unit="raids")
    assert (lever.domain, lever.unit) == ("security", "raids")


@pytest.mark.parametrize(
    "levels", [[0, 1, 2], (0.0, 1.0, 2.0), np.arange(3), pd.Series([0, 1, 2]), range(3)]
)
def test_levels_come_as_any_sequence(levels):
    lever = Lever("lever", US, levels, 2)
    assert lever.levels == (0.0, 1.0, 2.0)
    assert all(type(level) is float for level in lever.levels)
    assert lever.array().shape == (3,)


def test_labels_stand_for_levels_where_they_are_unique():
    lever = Lever("chips", US, [0, 1, 2], "none", labels=["none", "some", "some"])
    assert lever.status_quo == 0
    assert lever.index("none") == 0
    assert lever.label(2) == "some"
    with pytest.raises(InputError, match="not unique"):
        lever.level("some")
    with pytest.raises(InputError, match="unknown"):
        lever.level("all")


def test_a_level_is_recognised_through_rounding_and_no_further():
    lever = Tariff("tariff", US, [0.1, 0.3], 0.3)
    assert lever.level(0.1 + 0.2) == 0.3
    with pytest.raises(InputError, match=r"Tariff 'tariff', level: expected levels 0.1, 0.3"):
        lever.level(0.3001)


def test_levels_of_very_different_size_are_told_apart():
    lever = Lever("lever", US, [0.0, 1e-12, 1e12], 0.0)
    assert [lever.index(level) for level in lever.levels] == [0, 1, 2]
    with pytest.raises(InputError, match="level"):
        Lever("lever", US, [0.0, 1.0], 0.0).level(1e-6)


def test_intervals_take_any_level_between_their_ends():
    lever = Tariff("tariff", US, Interval(0, 1), 0.25)
    assert lever.is_interval
    assert lever.level(0.7) == 0.7
    assert lever.label(0.7) == "0.7 ad valorem rate"
    for bad in (1.1, float("nan"), "high", None):
        with pytest.raises(InputError, match=r"expected a number in the interval \[0.0, 1.0\]"):
            lever.level(bad)
    with pytest.raises(InputError, match=r"Interval.grid makes one"):
        lever.array()
    assert Interval(0, 1).grid(3) == (0.0, 0.5, 1.0)


def test_levers_are_values():
    def make(**more):
        return Tariff("tariff", US, [0.1, 0.2], 0.1, labels=["low", "high"], **more)

    assert make() == make()
    assert hash(make()) == hash(make())
    assert make() != make(source="elsewhere")
    assert make() != Lever("tariff", US, [0.1, 0.2], 0.1)
    assert pickle.loads(pickle.dumps(make())) == make()
    assert copy.deepcopy(make()) == make()
    with pytest.raises(AttributeError, match="immutable"):
        make().status_quo = 0.2


def test_a_source_is_carried():
    lever = Tariff("tariff", US, [0.1], 0.1, source="White House, 1 November 2025")
    assert lever.source == Source("White House, 1 November 2025")
    assert str(Source("text", "https://example.org", "page")) == (
        "text <https://example.org> [page]"
    )
