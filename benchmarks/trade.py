"""Trade economies: times beside what one would otherwise write, growth, and published tables.

    python -m benchmarks.trade --quick

One core. Peers are in trade_peers.py: a generic root-finder on the published equations, wages that
creep towards balance, and scipy's optimisers with derivatives by differences on top of them.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

import bargaining as bg
from bargaining.trade import (
    Economy,
    LabourEconomy,
    TradeAgreement,
    nash_tariffs,
    optimal_tariffs,
    trade_talks,
)
from bargaining.types import FloatArray
from benchmarks import trade_peers as peers
from benchmarks import trade_published, trade_worlds

__all__ = ["Row", "growth", "main", "times"]

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

ENOUGH = 1.0
"""Seconds after which a call is not repeated."""

REPEATS = 9
SOME = 10
"""Tariffs by which the peers' gradient is timed; the rest is reckoned."""


@dataclass(frozen=True)
class Timed:
    """The median time of a call, and its answer."""

    seconds: float
    answer: Any


def timed(call: Callable[[], Any], enough: float = ENOUGH) -> Timed:
    """Call until it took long enough."""
    spent: list[float] = []
    while not spent or (sum(spent) < enough and len(spent) < REPEATS):
        began = time.perf_counter()
        answer = call()
        spent.append(time.perf_counter() - began)
    return Timed(float(np.median(spent)), answer)


@dataclass(frozen=True)
class Row:
    """A task at a size: our time, and a peer's."""

    size: str
    task: str
    ours: float
    peer: str = ""
    theirs: float | None = None
    apart: float | None = None

    def cells(self) -> tuple[str | float | None, ...]:
        """Return the cells of a row of the table."""
        ratio = None if self.theirs is None else self.theirs / self.ours
        theirs = None if self.theirs is None else 1e3 * self.theirs
        return self.size, self.task, 1e3 * self.ours, self.peer, theirs, ratio, self.apart


def beside(
    size: str, task: str, ours: Timed, peer: str, call: Callable[[], Any], answer: Any
) -> Row:
    """Return a row with a peer, or with what went wrong instead."""
    try:
        theirs = timed(call)
    except peers.NoSolutionError as trouble:
        return Row(size, task, ours.seconds, f"{peer}: {trouble}")
    apart = float(np.abs(np.asarray(theirs.answer) - answer).max())
    return Row(size, task, ours.seconds, peer, theirs.seconds, apart)


def raised(economy: Economy, points: float = 0.1) -> FloatArray:
    """Return tariffs that are higher for all trade between countries."""
    count = len(economy.countries)
    return np.asarray(economy.tariffs + points * (1 - np.eye(count))[:, :, None])


def equilibria(size: str, economy: Economy) -> Iterator[Row]:
    """Time a counterfactual, a gradient and Nash tariffs."""
    tariffs, hat = raised(economy), peers.Hat.of(economy)
    ours = timed(lambda: economy.counterfactual(tariffs=tariffs))
    income = 1 + ours.answer.real_income
    task = "counterfactual"
    yield beside(
        size, task, ours, "root of 2N", lambda: peers.root_counterfactual(hat, tariffs), income
    )
    yield beside(size, task, ours, "damped wages", lambda: peers.damped(hat, tariffs), income)
    yield _gradient(size, economy, hat, tariffs)
    war = timed(lambda: nash_tariffs(economy))
    task = "Nash tariffs, formula"
    yield beside(size, task, war, "root of 3N", lambda: peers.root_nash(hat), war.answer.tariffs)
    exact = timed(lambda: nash_tariffs(economy, exact=True))
    yield Row(size, "Nash tariffs, exact", exact.seconds)


def with_inputs(size: str, economy: Economy) -> Iterator[Row]:
    """Time a counterfactual and a gradient where inputs cost 40 % of sales."""
    economy = trade_worlds.with_inputs(economy)
    tariffs, hat = raised(economy), peers.Hat.of(economy, economy.world.inputs)
    ours = timed(lambda: economy.counterfactual(tariffs=tariffs))
    income = 1 + ours.answer.real_income
    yield beside(
        size, "counterfactual, inputs", ours, "damped wages",
        lambda: peers.damped(hat, tariffs), income,
    )  # fmt: skip
    here, weights = economy.evaluate(tariffs), np.ones(len(economy.countries))
    yield Row(size, "gradient, inputs", timed(lambda: here.gradient(weights)).seconds)


def _gradient(size: str, economy: Economy, hat: peers.Hat, tariffs: FloatArray) -> Row:
    """Beside differences of damped wages: some tariffs are timed, and the rest is reckoned."""
    here, weights = economy.evaluate(tariffs), np.ones(len(economy.countries))
    ours = timed(lambda: here.gradient(weights))
    count, _, sectors = economy.shape
    some = [(1 + n % (count - 1), 0, n % sectors) for n in range(SOME)]
    step = 1e-4

    def differences() -> list[float]:
        base, slopes = peers.damped(hat, tariffs).sum(), []
        for place in some:
            moved = tariffs.copy()
            moved[place] += step
            slopes.append(float((peers.damped(hat, moved).sum() - base) / step))
        return slopes

    theirs = timed(differences)
    apart = max(abs(x - ours.answer[at]) for x, at in zip(theirs.answer, some, strict=True))
    reckoned = theirs.seconds / (SOME + 1) * (count * (count - 1) * sectors + 1)
    return Row(size, "gradient", ours.seconds, "differences, reckoned", reckoned, float(apart))


def policies(size: str, economy: Economy | LabourEconomy, start: FloatArray) -> Iterator[Row]:
    """Time the best tariffs of the United States, and talks with China from higher tariffs."""
    best = timed(lambda: optimal_tariffs(economy, "USA"))
    yield Row(size, f"optimal tariffs, {levers(best.answer)}", best.seconds)
    for solution in ("egalitarian", "nash"):
        talks = timed(partial(_pair, economy, solution, start))
        words = "" if talks.answer.agreed else ", no deal"
        yield Row(size, f"talks, {solution}, {levers(talks.answer)}{words}", talks.seconds)


def _pair(economy: Economy | LabourEconomy, solution: str, start: FloatArray) -> TradeAgreement:
    return trade_talks(
        economy, solution, countries=["USA", "CHN"], partners="members", disagreement=start
    )


def levers(outcome: Any) -> str:
    """Say how many tariffs an outcome sets."""
    return f"{int(outcome.levers.max()) + 1} tariffs"


def together(size: str, economy: Economy) -> Iterator[Row]:
    """Beside scipy's optimisers: tariffs by sector, of one country and of all."""
    hat = peers.Hat.of(economy)
    best = timed(lambda: optimal_tariffs(economy, "USA", alike="partners"))
    home = economy.index("USA")
    yield beside(
        size, f"optimal tariffs, {levers(best.answer)}", best, "L-BFGS-B, differences",
        lambda: peers.optimum(hat, home), best.answer.welfare[home],
    )  # fmt: skip
    talks = timed(lambda: trade_talks(economy, alike="partners"))
    yield beside(
        size, f"talks of all, egalitarian, {levers(talks.answer)}", talks, "SLSQP, differences",
        lambda: peers.root_talks(hat), talks.answer.gains.min(),
    )  # fmt: skip


def labour(size: str) -> Iterator[Row]:
    """Time the economy with one sector, deficits and labour supply."""
    economy, tariffs = trade_worlds.labour()
    ours = timed(lambda: economy.counterfactual(tariffs=tariffs))
    yield Row(size, "counterfactual", ours.seconds)
    here, weights = economy.evaluate(tariffs), np.ones(len(economy.countries))
    yield Row(size, "gradient", timed(lambda: here.gradient(weights)).seconds)
    yield from policies(size, economy, tariffs)


def between(economy: Economy) -> FloatArray:
    """Return tariffs 25 points higher between the United States and China."""
    us, china = economy.index("USA"), economy.index("CHN")
    tariffs = economy.tariffs.copy()
    tariffs[us, china] += 0.25
    tariffs[china, us] += 0.25
    return tariffs


def times(*, quick: bool) -> Iterator[Row]:
    """Time everything at four sizes, two if quick."""
    worlds: dict[str, Callable[[], Economy]] = {
        "4 x 28": trade_worlds.broad, "44 x 16": trade_worlds.wiod, "81 x 28": trade_worlds.icio,
    }  # fmt: skip
    for size, load in worlds.items():
        if quick and size == "81 x 28":
            continue
        economy = load()
        yield from equilibria(size, economy)
        yield from with_inputs(size, economy)
        yield from policies(size, economy, between(economy))
        if size == "4 x 28" and not quick:
            yield from together(size, economy)
    yield from labour("194 x 1")


def growth(*, quick: bool) -> bg.Table:
    """Return by which power of countries, and of sectors, times grow, in economies drawn."""
    counts, kinds = ((10, 20, 40), (8, 16, 32)) if quick else ((20, 40, 80, 160), (8, 16, 32, 64))
    tasks: dict[str, Callable[[Economy], Callable[[], Any]]] = {
        "counterfactual": lambda e: lambda: e.counterfactual(tariffs=raised(e)),
        "gradient": _slope,
        "Nash tariffs, formula": lambda e: lambda: nash_tariffs(e),
        "root of 3N": _root,
    }
    rows = []
    for name, task in tasks.items():
        by_country = [timed(task(trade_worlds.drawn(n, 16))).seconds for n in counts]
        by_sector = [timed(task(trade_worlds.drawn(20, s))).seconds for s in kinds]
        rows.append((name, _power(counts, by_country), _power(kinds, by_sector)))
    words = (
        f"drawn economies: {', '.join(map(str, counts))} countries x 16 sectors; 20 countries x "
        f"{', '.join(map(str, kinds))} sectors"
    )
    return bg.Table("Growth: powers", ("", "of countries", "of sectors"), tuple(rows), words)


def _slope(economy: Economy) -> Callable[[], Any]:
    here, weights = economy.evaluate(raised(economy)), np.ones(len(economy.countries))
    return lambda: here.gradient(weights)


def _root(economy: Economy) -> Callable[[], Any]:
    hat = peers.Hat.of(economy)
    return lambda: peers.root_nash(hat)


def _power(sizes: Iterable[int], seconds: Iterable[float]) -> float:
    return float(np.polyfit(np.log(list(sizes)), np.log(list(seconds)), 1)[0])


def note() -> str:
    """Say what the columns mean, and with what it was measured."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy"))
    return (
        "ratio: the peer's time to ours; apart: largest difference (of incomes, tariffs, slopes)"
        f"\n{platform.system()} {platform.machine()}; Python {platform.python_version()}, "
        f"{versions}; one thread; medians"
    )


def main() -> None:
    """Print published tables, times and growth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer rows")
    options = parser.parse_args()
    if any(os.environ.get(name) != "1" for name in THREADS):  # read when numpy is loaded
        env = {**os.environ, **dict.fromkeys(THREADS, "1")}
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks.trade", *sys.argv[1:]], env)
    print(trade_published.lashkaripour(whole=not options.quick), flush=True)
    print(f"\n{trade_published.ossa()}", flush=True)
    print(f"\n{trade_published.ignatenko()}\n", flush=True)
    columns = ("countries x sectors", "task", "ours, ms", "peer", "peer, ms", "ratio", "apart")
    rows = tuple(row.cells() for row in times(quick=options.quick))
    print(bg.Table("Times", columns, rows, note()), flush=True)
    print(f"\n{growth(quick=options.quick)}", flush=True)


if __name__ == "__main__":
    main()
