"""Engines: the same table on all of them, and workers that die."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

import bargaining as bg
from bargaining.sweeps.engines import TRIES
from tests.sweeps.models import barter, dies_always, dies_once, gains
from tests.sweeps.test_sweep import same_tables

TRUCE = "us-china-2025"
RANGES = {"worth": (0.5, 4.0)}


def small(**options):
    """Sweep over a negotiation of which some draws fail, in many chunks."""
    return bg.sweep(barter, RANGES, ["agreement", gains], draws=24, chunk=5, **options)


def test_threads_give_the_table_of_this_process():
    with ThreadPoolExecutor(3) as executor:
        same_tables(small(), small(executor=executor))


def test_own_processes_and_an_executor_of_them_give_the_table_of_this_process():
    alone = small()
    same_tables(alone, small(workers=2))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        same_tables(alone, small(executor=executor))
        here = bg.sweep(TRUCE, question=["agreement", "regimes"], draws=50, chunk=10)
        there = bg.sweep(
            TRUCE, question=["agreement", "regimes"], draws=50, chunk=10, executor=executor
        )
        same_tables(here, there)


def test_two_workers_of_a_dask_cluster_give_the_table_of_this_process():
    distributed = pytest.importorskip("distributed", reason="Dask is an extra")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        here = bg.sweep(TRUCE, draws=60, chunk=10)
        same_tables(here, bg.sweep(TRUCE, draws=60, chunk=10, executor=client))
        same_tables(small(), small(executor=client))


def test_mpi_gives_the_table_of_this_process():
    futures = pytest.importorskip("mpi4py.futures", reason="mpi4py needs an MPI library")
    with futures.MPIPoolExecutor(2, path=sys.path) as executor:
        same_tables(small(), small(executor=executor))


def test_a_worker_that_dies_loses_no_draw(tmp_path, monkeypatch):
    monkeypatch.setenv("SWEEP_TEST_MARK", str(tmp_path / "died"))
    found = bg.sweep(dies_once, RANGES, gains, draws=24, chunk=5, workers=2)
    assert (tmp_path / "died").exists()
    same_tables(found, bg.sweep(barter, RANGES, gains, draws=24, chunk=5))


def test_workers_that_always_die_are_an_error_that_says_what_is_missing():
    with pytest.raises(bg.ConvergenceError, match=f"died {TRIES} times in a row"):
        bg.sweep(dies_always, RANGES, gains, draws=4, chunk=2, workers=2)


def test_progress_counts_draws_up_to_all_of_them():
    seen = []
    small(progress=lambda done, whole: seen.append((done, whole)))
    assert seen == [(k, 24) for k in (0, 5, 10, 15, 20, 24)]
