"""Packages are immutable mappings."""

from __future__ import annotations

import pickle

import pytest

from bargaining.model.packages import Package


def test_packages_are_hashable_mappings_whatever_the_order():
    package = Package({"tariff": 0.1, "soybeans": 25.0})
    same = Package({"soybeans": 25.0, "tariff": 0.1})
    assert package == same == {"tariff": 0.1, "soybeans": 25.0}
    assert hash(package) == hash(same)
    assert dict(package) == {"tariff": 0.1, "soybeans": 25.0}
    assert str(package) == "tariff: 0.1, soybeans: 25"
    assert pickle.loads(pickle.dumps(package)) == package


def test_packages_do_not_change():
    levels = {"tariff": 0.1}
    package = Package(levels)
    levels["tariff"] = 0.2
    assert package["tariff"] == 0.1
    with pytest.raises(TypeError):
        package["tariff"] = 0.2
