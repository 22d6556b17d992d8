"""Whatever is fed to loaders and command line, only errors of the library come out.

`python -m benchmarks.fuzz` is the longer run.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.errors import BargainingError
from bargaining.interfaces.cli import main
from bargaining.saved.files import read_saved
from bargaining.trade import read_csv
from benchmarks.fuzz import COMMANDS, TARGETS, WORDS, one

LOADERS = {
    ".toml": (bg.load_scenario, bg.load_game),
    ".json": (read_saved,),
    ".nfg": (bg.NormalFormGame.from_nfg,),
    ".csv": (lambda path: read_csv(path, elasticities=4.0, missing="zero"),),
}
IN_A_FOLDER = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=40, suppress_health_check=IN_A_FOLDER)
@given(seed=st.integers(0, 10**9))
def test_a_damaged_file_or_command_is_refused_or_harmless(target, seed, tmp_path) -> None:
    assert one(target, seed, tmp_path).trouble == ""


@pytest.mark.parametrize("ending", LOADERS)
@settings(max_examples=50, suppress_health_check=IN_A_FOLDER)
@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_random_bytes_are_refused_by_every_loader(ending, data, tmp_path) -> None:
    path = tmp_path / f"file{ending}"
    path.write_bytes(data)
    for load in LOADERS[ending]:
        with pytest.raises(BargainingError):
            load(path)


@settings(max_examples=40, suppress_health_check=IN_A_FOLDER)
@given(
    words=st.lists(st.sampled_from(COMMANDS + WORDS) | st.text(max_size=5), min_size=1, max_size=5)
)
def test_a_command_line_of_any_words_ends_with_a_status(words, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) in (0, 1, 2)


@pytest.mark.parametrize("depth", [65, 5000])
def test_tables_within_tables_have_a_limit(depth, tmp_path) -> None:
    path = tmp_path / "deep.toml"
    path.write_text("scenario." * depth + "name = 'deep'")
    with pytest.raises(bg.InputError, match="nested too deeply: expected at most 64 levels"):
        bg.load_scenario(path)


@pytest.mark.parametrize(("table", "most"), [("levers", 2000), ("players", 100)])
def test_numbers_of_levers_and_players_have_a_limit(table, most, tmp_path) -> None:
    path = tmp_path / "many.toml"
    path.write_text("".join(f"[{table}.x{k}]\nname = 'x{k}'\n" for k in range(most + 1)))
    with pytest.raises(
        bg.InputError, match=f"{table}: expected at most {most:,}, got {most + 1:,}"
    ):
        bg.load_scenario(path)
