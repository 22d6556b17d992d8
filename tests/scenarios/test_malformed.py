"""Files with something wrong in them: each gets its place, the value, and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from bargaining.errors import InputError
from bargaining.scenarios.scenario import load_scenario

GOOD = """
[scenario]
name = "small"
title = "A small one"
description = "For tests."
unit = "points"

[sources]
own = { text = "Made up here", confidence = "example" }

[numbers]
shared = { value = 2, source = "own" }

[players.us]
name = "United States"

[players.china]
name = "China"

[levers.duty]
kind = "tariff"
name = "US duty"
owner = "us"
levels = [0.1, 0.4]
labels = ["low", "high"]
status_quo = "high"
source = "own"

[levers.beans]
kind = "soybean-purchase"
name = "soybeans"
owner = "china"
levels = [0, 25]
status_quo = 0
source = "own"

[[payoffs]]
name = "what the duty does"
kind = "linear"
lever = "duty"
slopes = { us = 1, china = -3 }
source = "own"

[[payoffs]]
name = "what the beans do"
kind = "linear"
lever = "beans"
slopes = { us = { number = "shared" }, china = -0.5 }
reference = { value = 1, range = [0, 2], source = "own", confidence = "assumed" }
source = "own"

[observed.deal]
title = "The deal"
date = "2025-10-30"
source = "own"
levels = { duty = "low", beans = 25 }

[regimes.apart]
name = "Two tables"
tables = [["duty"], ["beans"]]
"""

CASES = [
    pytest.param('title = "A small one"', 'title = "A small one', "(at line 4, column", id="toml"),
    pytest.param(
        'status_quo = "high"\n', 'status_quo = "high"\ncolour = 1\n',
        "levers.duty.colour: unknown key: known are kind, name, owner, levels",
        id="unknown key",
    ),
    pytest.param(
        'unit = "points"', 'unti = "points"',
        "scenario.unti: unknown key: did you mean 'unit'?", id="misspelt key",
    ),
    pytest.param(
        'date = "2025-10-30"\n', 'date = "2025-10-30"\nnotes = "x"\n',
        "observed.deal.notes: unknown key: did you mean 'note'? known are", id="did you mean",
    ),
    pytest.param(
        'kind = "soybean-purchase"', 'kind = "soybeans"',
        "levers.beans.kind: expected 'lever', 'tariff', 'port-fee'", id="kind of lever",
    ),
    pytest.param(
        'kind = "linear"\nlever = "duty"', 'kind = "linaer"\nlever = "duty"',
        "payoffs.what the duty does: unknown kind 'linaer': did you mean 'linear'?",
        id="kind of term",
    ),
    pytest.param(
        "us = 1,", 'us = "__import__(1)",',
        'payoffs.what the duty does.slopes.us: expected a number, or a table such as {value = '
        "1.0, range = [0.5, 2.0], source = \"...\"}, got '__import__(1)'",
        id="an expression is not a number",
    ),
    pytest.param(
        "levels = [0.1, 0.4]", "levels = [10, 40]",
        "levers.duty: Tariff 'US duty', levels: expected levels between -1 and 10 "
        "(a rate is 0.47, not 47), got 40",
        id="rate in percent",
    ),
    pytest.param(
        'owner = "china"', 'owner = "chine"',
        "levers.beans: unknown player 'chine': did you mean 'china'? known are us, china",
        id="owner",
    ),
    pytest.param(
        'lever = "beans"', 'lever = "bean"',
        "payoffs.what the beans do: unknown lever 'bean': did you mean 'beans'?",
        id="lever of a term",
    ),
    pytest.param(
        "range = [0, 2], ", "", "payoffs.what the beans do.reference: an assumed number needs a "
        "range, such as {value = 1, range = [low, high]}",
        id="assumed without range",
    ),
    pytest.param(
        "range = [0, 2]", "range = [2, 3]",
        'payoffs.what the beans do.reference: range: expected it to contain the value, 1',
        id="range without value",
    ),
    pytest.param(
        'china = -3 }\nsource = "own"', "china = -3 }",
        "payoffs.what the duty does.slopes.us: a number needs a source, its own or its table's",
        id="no source",
    ),
    pytest.param(
        'china = -3 }\nsource = "own"', 'china = -3 }\nsource = "owm"',
        "payoffs.what the duty does.slopes.us: expected a key of sources or a reference in words, "
        "got 'owm': did you mean 'own'?",
        id="source key",
    ),
    pytest.param(
        'china = -3 }\nsource = "own"', 'china = -3 }\nsource = "A book, 1990"',
        "payoffs.what the duty does.slopes.us: a number needs a confidence",
        id="no confidence",
    ),
    pytest.param(
        'confidence = "assumed"', 'confidence = "memory"',
        "payoffs.what the beans do.reference.confidence: expected 'published', 'page', 'repo', "
        "'computed', 'assumed', 'example' or 'index', got 'memory'",
        id="memory is no source",
    ),
    pytest.param(
        '{ number = "shared" }', '{ number = "shard" }',
        "payoffs.what the beans do.slopes.us: unknown shared number 'shard': did you mean "
        "'shared'?",
        id="shared number",
    ),
    pytest.param(
        'duty = "low", beans', 'duty = "lower", beans',
        "observed.deal: Tariff 'US duty', level: expected levels 0.1, 0.4 or labels "
        "['low', 'high']; the label is unknown, got 'lower'",
        id="observed level",
    ),
    pytest.param(
        ", beans = 25 }", " }", "observed.deal: package: no level for 'soybeans'",
        id="observed package incomplete",
    ),
    pytest.param(
        'name = "what the beans do"', 'name = "what the duty does"',
        'payoffs.what the duty does: expected each name once', id="a name twice",
    ),
    pytest.param(
        '["beans"]]', '["bean"]]', "regimes.apart: unknown lever 'bean'",
        id="tables of a regime",
    ),
    pytest.param(
        '[["duty"], ["beans"]]', '[["duty"]]',
        "regimes.apart: Regime 'Two tables', tables: expected a partition", id="partition",
    ),
    pytest.param(
        'unit = "points"', "", "scenario.unit: is missing", id="missing key",
    ),
    pytest.param(
        "us = 1,", "us = inf,",
        "payoffs.what the duty does: LinearPayoff 'what the duty does', slope of 'United States': "
        "expected a finite number, got inf",
        id="infinite",
    ),
    pytest.param(
        "us = 1,", f"us = 1{'0' * 400},", "slopes.us.value: it should be a valid number", id="huge",
    ),
    pytest.param("us = 1,", f"us = 1{'0' * 5000},", "not valid TOML: ", id="too many digits"),
    pytest.param(
        "us = 1,", "us = true,", "slopes.us: expected a number, or a table", id="boolean",
    ),
    pytest.param(
        "[levers.beans]", "[levers.us]", "unknown lever 'beans'", id="a key gone",
    ),
]  # fmt: skip


def load(folder: Path, text: str) -> str:
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def test_the_file_is_fine_before_it_is_spoilt(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(GOOD, encoding="utf-8")
    game = load_scenario(path)
    assert game.payoffs({"duty": "low", "beans": 25}).tolist() == pytest.approx([48.1, -12.3])


@pytest.mark.parametrize(("good", "bad", "expected"), CASES)
def test_a_spoilt_file_names_place_value_and_what_was_expected(
    tmp_path: Path, good: str, bad: str, expected: str
) -> None:
    assert GOOD.count(good) == 1, good
    message = load(tmp_path, GOOD.replace(good, bad))
    assert expected in message
    assert message.count("\n") <= 1


def test_a_missing_file_and_a_missing_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        load_scenario(tmp_path / "absent.toml")
    with pytest.raises(InputError, match="did you mean 'us-china-2025'\\? known are"):
        load_scenario("us-china-2026")


def test_a_file_that_is_too_large_or_not_text(tmp_path: Path) -> None:
    large = tmp_path / "large.toml"
    large.write_text("#" * 1_000_001, encoding="utf-8")
    with pytest.raises(InputError, match="expected at most 1,000,000 bytes, got more"):
        load_scenario(large)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="expected UTF-8 text"):
        load_scenario(binary)


def test_deep_nesting_is_an_error_not_a_crash(tmp_path: Path) -> None:
    assert "TOML" in load(tmp_path, "a = " + "[" * 100_000)


@pytest.mark.parametrize("name", [3, None, ""])
def test_a_name_is_a_string_or_a_path(name: object) -> None:
    with pytest.raises(InputError):
        load_scenario(name)  # type: ignore[arg-type]  # the point of the test
