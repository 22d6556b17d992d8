"""Certificates, and the registry behind `verify`."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from bargaining.errors import InputError
from bargaining.results import certificate as module
from bargaining.results.certificate import Certificate, registers, verify


def test_it_holds_up_to_its_tolerance():
    assert Certificate("regret", 1e-9, 1e-9)
    assert not Certificate("regret", 1.1e-9, 1e-9)
    assert Certificate("regret", 0.0).tolerance == 1e-9
    assert str(Certificate("regret", 2e-12)) == "regret: 2.0e-12 (tolerance 1e-09), holds"
    assert str(Certificate("regret", 2e-3)) == "regret: 2.0e-03 (tolerance 1e-09), FAILS"


@pytest.mark.parametrize("value", [-1e-12, math.nan, math.inf])
def test_a_certificate_that_says_nothing_is_refused(value):
    with pytest.raises(InputError, match=r"Certificate\.value: expected a finite number >= 0, got"):
        Certificate("regret", value)
    with pytest.raises(InputError, match=r"Certificate\.tolerance: expected a finite number"):
        Certificate("regret", 0.0, value)


def test_it_becomes_json():
    details = {"levels": (1, 2), "best": np.float64(0.5), "nested": {"a": np.arange(2)}}
    made = Certificate("no deal", np.float64(0.0), weights=np.eye(2), details=details)
    assert json.loads(json.dumps(made.to_dict())) == {
        "kind": "no deal",
        "value": 0.0,
        "tolerance": 1e-9,
        "holds": True,
        "weights": [[1.0, 0.0], [0.0, 1.0]],
        "details": {"levels": [1, 2], "best": 0.5, "nested": {"a": [0, 1]}},
    }


def test_verify_finds_the_check_of_the_nearest_class(monkeypatch):
    monkeypatch.setattr(module, "_CHECKS", {})

    class Result:
        gap = 0.25

    class Special(Result):
        pass

    @registers(Result)
    def check(result: Result) -> Certificate:
        return Certificate("gap", result.gap)

    assert verify(Special()).value == 0.25

    @registers(Special)
    def other(result: Special) -> Certificate:
        return Certificate("special", 0.0)

    assert verify(Special()).kind == "special"
    assert verify(Result()).kind == "gap"
    with pytest.raises(InputError, match="verify: no check is known for a int"):
        verify(3)


def test_an_exact_check_is_registered_apart_and_its_absence_said(monkeypatch):
    monkeypatch.setattr(module, "_CHECKS", {})
    monkeypatch.setattr(module, "_EXACT_CHECKS", {})

    class Result:
        pass

    @registers(Result)
    def check(result: Result) -> Certificate:
        return Certificate("gap", 0.25)

    with pytest.raises(InputError, match="verify: no exact check is known for a Result"):
        verify(Result(), exact=True)

    @registers(Result, exact=True)
    def proof(result: Result) -> Certificate:
        return Certificate("proof", 0.0, tolerance=0.0)

    assert verify(Result(), exact=True).kind == "proof"
    assert verify(Result()).kind == "gap"
