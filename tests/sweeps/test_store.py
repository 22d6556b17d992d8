"""Results on disk: sweeps that are killed go on, and nothing of another sweep is mixed in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import bargaining as bg
from bargaining.sweeps import sweep as module
from tests.sweeps.models import barter, gains
from tests.sweeps.test_sweep import same_tables

ROOT = Path(__file__).parents[2]
RANGES = {"worth": (0.5, 4.0)}
SCRIPT = """
import sys, time
import bargaining as bg
from tests.sweeps.models import barter, gains

def slow(done, whole):
    time.sleep(0.2)  # so that there is time to kill it

if __name__ == "__main__":
    bg.sweep(barter, {"worth": (0.5, 4.0)}, gains, draws=60, chunk=5, output=sys.argv[1],
             workers=int(sys.argv[2]), progress=slow)
"""


def chunks(folder):
    return sorted(folder.glob("chunk-*.json"))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system cannot kill by a signal")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_sweep_goes_on_where_it_was_without_solving_anything_twice(tmp_path, workers):
    script, folder = tmp_path / "script.py", tmp_path / "results"
    script.write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, str(script), str(folder), str(workers)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while len(chunks(folder)) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    before = {path.name: path.stat().st_mtime_ns for path in chunks(folder)}
    assert 2 <= len(before) < 12
    told = []
    found = bg.sweep(
        barter, RANGES, gains, draws=60, chunk=5, output=folder,
        progress=lambda done, whole: told.append(done),
    )  # fmt: skip
    assert told[0] == 5 * len(before)
    assert {name: (folder / name).stat().st_mtime_ns for name in before} == before
    same_tables(found, bg.sweep(barter, RANGES, gains, draws=60, chunk=5))
    same_tables(found, bg.Sweep.load(folder))


def test_a_finished_folder_is_read_and_not_solved_again(tmp_path, monkeypatch):
    first = bg.sweep("us-china-2025", draws=20, chunk=10, output=tmp_path / "results")
    monkeypatch.setattr(module, "run_here", lambda job, parts: pytest.fail(str(parts)) if parts
                        else iter(()))  # fmt: skip
    same_tables(first, bg.sweep("us-china-2025", draws=20, chunk=10, output=tmp_path / "results"))


def other_scenario(folder):
    text = (Path(bg.__file__).parent / "scenarios/data/us-china-2025.toml").read_text()
    path = folder / "other.toml"
    path.write_text(text.replace("value = 8.5, range = [2.7, 27.0]", "value = 8.6, range = [3, 9]"))
    return path


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rng": 1}, "seed"),
        ({"draws": 21}, "draws"),
        ({"question": "regimes"}, "questions"),
        ({"design": "random"}, "design"),
        ({"chunk": 5}, "chunk"),
        ({"lotteries": True}, "lotteries"),
        ({"parameters": ["numbers.demand-elasticity"]}, "parameters"),
    ],
)
def test_results_of_another_sweep_are_refused_by_name(tmp_path, change, field):
    bg.sweep("us-china-2025", draws=20, chunk=10, output=tmp_path / "results")
    options = {"draws": 20, "chunk": 10, "output": tmp_path / "results", **change}
    with pytest.raises(bg.InputError, match=f"another sweep; {field}: expected"):
        bg.sweep("us-china-2025", **options)


def test_results_of_another_scenario_or_version_are_refused(tmp_path, monkeypatch):
    options = {"draws": 10, "output": tmp_path / "results"}
    bg.sweep("us-china-2025", **options)
    with pytest.raises(bg.InputError, match="another sweep; fingerprint"):
        bg.sweep(other_scenario(tmp_path), **options)
    monkeypatch.setattr(module, "__version__", "0.0.9")
    with pytest.raises(bg.InputError, match=r"version: expected '0.0.9', got"):
        bg.sweep("us-china-2025", **options)


def test_a_folder_with_other_things_a_file_and_broken_chunks_are_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(bg.InputError, match="expected an empty folder"):
        bg.sweep("us-china-2025", draws=10, output=tmp_path)
    with pytest.raises(bg.InputError, match="expected a folder, got a file"):
        bg.sweep("us-china-2025", draws=10, output=tmp_path / "notes.txt")
    folder = tmp_path / "results"
    bg.sweep("us-china-2025", draws=10, output=folder)
    chunk = chunks(folder)[0]
    chunk.write_text(chunk.read_text()[:50])
    with pytest.raises(bg.InputError, match="expected JSON"):
        bg.sweep("us-china-2025", draws=10, output=folder)


@pytest.mark.parametrize("path", ["nothing", "empty", "file.parquet"])
def test_what_no_sweep_wrote_is_not_loaded(tmp_path, path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.parquet").write_bytes(b"PAR1 is not enough")
    if path.endswith("parquet"):
        pytest.importorskip("pyarrow", reason="Parquet is an extra")
    with pytest.raises(bg.InputError, match="expected a"):
        bg.Sweep.load(tmp_path / path)


def test_a_parquet_file_holds_the_table_and_what_it_is_of(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="Parquet is an extra")
    path = tmp_path / "results.parquet"
    found = bg.sweep("us-china-2025", draws=20, chunk=10, output=path)
    assert [p.name for p in tmp_path.iterdir()] == ["results.parquet"]
    about = json.loads(parquet.read_schema(path).metadata[b"bargaining.sweep"])
    assert about["fingerprint"] == bg.load_scenario("us-china-2025").fingerprint
    same_tables(found, bg.Sweep.load(path))
    same_tables(found, bg.sweep("us-china-2025", draws=20, chunk=10, output=path))
    with pytest.raises(bg.InputError, match="another sweep; seed"):
        bg.sweep("us-china-2025", draws=20, chunk=10, rng=5, output=path)


def test_without_pyarrow_a_parquet_file_is_refused_before_anything_is_solved(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"bargaining\[sweep\]"):
        bg.sweep("us-china-2025", draws=10, output=tmp_path / "results.parquet")
    assert not list(tmp_path.iterdir())
