"""Loaders and command line fed with random and damaged input: only errors of the library come out.

    python -m benchmarks.fuzz --seconds 300

Every input is random bytes, or a valid file or command that was damaged. What is accepted is used
too: a scenario is varied and solved by the commands, a saved result is verified. Warnings count as
crashes, as does what takes longer than a minute. A crash is printed with the seed that repeats it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import re
import resource
import signal
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import bargaining as bg
from bargaining.errors import BargainingError
from bargaining.interfaces.cli import main as command_line
from bargaining.results.table import Cell
from bargaining.saved.files import Result, read_saved, text_of
from bargaining.saved.schema import SavedFile
from bargaining.saved.verdicts import verdicts
from bargaining.scenarios.scenario import template
from bargaining.trade import read_csv

__all__ = ["TARGETS", "Outcome", "one"]

LONGEST = 60
"""Seconds for one input."""

MEMORY = 4 * 2**30
"""Bytes of address space when run as a program."""

ODD = [
    "0", "-1", "1e308", "-1e308", "1e999", "nan", "inf", "-0.0", "1e-320", "2", "99999999999999999",
    "0.1", "true", '""', "[]", "{}", "[[]]", "null", '"\\u0000"', '"x"', "1/0", "1/3", "[1, 2]",
]  # fmt: skip
"""Words that take the place of others."""

NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
WORD = re.compile(rb"[A-Za-z_\"][A-Za-z_ \"-]*")

WORDS = [
    "two-issues", "tariff-dilemma", "nash-barter-1950", "ally", "nash", "egalitarian", "raiffa",
    "coin", "noncooperative", "status-quo", "max-min", "optimal-threats", "0,0", "0", "-1", "nan",
    "1e999", "", " ", "\0", "economic", "security", "all", "tariff", "tariff,control", "response",
    "standstill", "x" * 1000, "\u2603", "--", "-", "--json", "--lotteries", "--transferable",
    "--solution", "--disagreement", "--tradable", "--off-table", "--all", "--help", "file.toml",
    "none.toml", "file.json", "--save", "--patience", "--costs", "--first", "--month", "--version",
]  # fmt: skip

COMMANDS = [
    "solve", "regimes", "table", "truce", "equilibrium", "threats", "offers", "provenance", "list",
    "verify", "new", "solv",
]  # fmt: skip


class TooSlowError(Exception):
    """An input took longer than allowed."""


@dataclass(frozen=True)
class Outcome:
    """What became of one input: "accepted", "refused" or "crashed", with the trace of a crash."""

    verdict: str
    trouble: str = ""


# damage


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return bytes with one to four things changed in them."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        data = rng.choice(DAMAGE)(data, rng)
    return data


def _flip(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) or 1)
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def _cut(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data) or 1)
    return data[:start] + data[start + rng.choice((1, 10, 100, len(data))) :]


def _repeat(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data) or 1)
    part = data[start : start + rng.choice((1, 10, 100))]
    return data[:start] + part * rng.choice((2, 3, 200)) + data[start:]


def _number(data: bytes, rng: random.Random) -> bytes:
    return _replaced(data, NUMBER, rng.choice(ODD).encode(), rng)


def _word(data: bytes, rng: random.Random) -> bytes:
    found = WORD.findall(data)
    other = rng.choice(found) if found and rng.random() < 0.7 else rng.choice(ODD).encode()
    return _replaced(data, WORD, other, rng)


def _replaced(
    data: bytes, pattern: re.Pattern[bytes], other: bytes, rng: random.Random
) -> bytes:  # fmt: skip
    places = [match.span() for match in pattern.finditer(data)]
    if not places:
        return data
    start, end = rng.choice(places)
    return data[:start] + other + data[end:]


def _lines(data: bytes, rng: random.Random) -> bytes:
    """Take out, repeat or move a line."""
    lines = data.splitlines(keepends=True) or [b""]
    line = lines.pop(rng.randrange(len(lines)))
    for _ in range(rng.choice((0, 1, 1, 2))):
        lines.insert(rng.randint(0, len(lines)), line)
    return b"".join(lines)


def _deep(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) or 1)
    return (
        data[:at] + rng.choice((b"[", b"{", b"a.", b'"')) * rng.choice((3, 100, 5000)) + data[at:]
    )


DAMAGE: list[Callable[[bytes, random.Random], bytes]] = [
    _flip, _cut, _repeat, _number, _number, _number, _word, _word, _lines, _lines, _deep,
]  # fmt: skip


def _leaves(part: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    for key in part if isinstance(part, dict) else range(len(part)):
        found.append((part, key))
        if isinstance(part[key], dict | list):
            _leaves(part[key], found)
    return found


def _forged(data: bytes, rng: random.Random) -> bytes:
    """Change values of a saved result, and make its digest fit where the schema still does."""
    document = json.loads(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        part, key = rng.choice(_leaves(document["content"], []))
        other, place = rng.choice(_leaves(document["content"], []))
        kept = rng.choice((other[place], part[key], [part[key]]))
        simple: Any = rng.choice((0.0, -1.0, 1e308, 1e-320, 1, True, "", "x", None, [], {}))
        part[key] = json.loads(json.dumps(kept)) if rng.random() < 0.5 else simple
    with contextlib.suppress(ValueError):
        content = SavedFile.model_validate_json(json.dumps(document)).content
        document["digest"] = f"sha256:{sha256(content.model_dump_json().encode()).hexdigest()}"
    return json.dumps(document).encode()


# targets


@dataclass(frozen=True)
class Target:
    """What is fed: valid inputs to damage, and what is done with the file."""

    seeds: Callable[[], list[bytes]]
    feed: Callable[[Path], object]
    ending: str
    forge: bool = False


def _use_scenario(path: Path) -> None:
    scenario = bg.load_scenario(path)
    scenario.provenance()
    scenario.payoffs(scenario.status_quo)
    if scenario.number_of_packages <= 2000:
        bg.solve(scenario, disagreement="status-quo")


def _use_saved(path: Path) -> None:
    saved = read_saved(path)
    str(saved.result)
    verdicts(saved)


def _use_game(path: Path) -> None:
    game = bg.load_game(path)
    repr(game)
    game.pure_equilibria()


def _use_nfg(path: Path) -> None:
    game = bg.NormalFormGame.from_nfg(path)
    if game.payoff_arrays.size <= 10_000:
        game.to_nfg(path)
        game.pure_equilibria()


def _use_flows(path: Path) -> None:
    economy = read_csv(path, elasticities=5.0, missing="zero")
    str(economy)


def _scenarios() -> list[bytes]:
    folder = files("bargaining.scenarios") / "data"
    small = ("two-issues", "tariff-dilemma", "nash-barter-1950", "ally", "us-china-2025")
    shipped = [(folder / f"{name}.toml").read_bytes() for name in small]
    extended = b'[scenario]\nextends = "ally"\nname = "mine"\n[without]\npayoffs = []\n'
    return [*shipped, template().encode(), extended]


def _saved() -> list[bytes]:
    two, chicken = bg.load_scenario("two-issues"), bg.load_game("chicken")
    dilemma = bg.load_scenario("tariff-dilemma")
    results: list[Result] = [
        bg.solve(two), bg.solve(two, tradable=["tariff"]), bg.solve(dilemma, lotteries=False),
        bg.solve(dilemma, transferable=True), bg.solve(dilemma, disagreement="optimal-threats"),
        bg.solve(bg.BargainingProblem([[4, 0], [0, 4], [3, 2]], [0, 0]), "raiffa"),
        bg.solve(chicken), bg.nash_equilibria(chicken, exact=True)[2], bg.nash_equilibrium(two),
        bg.compare_regimes(two), bg.compare_regimes(two, own_breakdown=True), bg.tabling_game(two),
    ]  # fmt: skip
    return [text_of(result).encode() for result in results]


def _games() -> list[bytes]:
    folder = files("bargaining.catalogue") / "games"
    return [item.read_bytes() for item in folder.iterdir() if item.name.endswith(".toml")]


def _nfg() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "game.nfg"
        texts = []
        for name in ("chicken", "irrational-2x2x2"):
            for form in ("payoffs", "outcomes"):
                bg.load_game(name).to_nfg(path, form=form)
                texts.append(path.read_bytes())
    return texts


def _flows() -> list[bytes]:
    lines = ["exporter,importer,sector,value,tariff", "# a comment"]
    lines += [
        f"{j},{i},{k},{80 if i == j else 20},{'' if i == j else 0.1}"
        for j in "ABC"
        for i in "ABC"
        for k in ("goods", "food")
    ]
    return ["\n".join(lines).encode()]


FILES = {
    "scenario": Target(_scenarios, _use_scenario, ".toml"),
    "saved result": Target(_saved, _use_saved, ".json"),
    "forged result": Target(_saved, _use_saved, ".json", forge=True),
    "catalogue game": Target(_games, _use_game, ".toml"),
    "nfg": Target(_nfg, _use_nfg, ".nfg"),
    "trade flows": Target(_flows, _use_flows, ".csv"),
}

TARGETS = (*FILES, "command line")


@cache
def _seeds(target: str) -> list[bytes]:
    return FILES[target].seeds()


def one(target: str, seed: int, folder: Path) -> Outcome:
    """Feed one input to a target, in a folder that may be written to.

    Parameters
    ----------
    target : str
        One of `TARGETS`.
    seed : int
        Repeats the input.
    folder : Path
    """
    rng = random.Random(f"{target} {seed}")
    if target == "command line":
        return _told(lambda: _command(rng, folder))
    kind = FILES[target]
    if kind.forge:
        data = _forged(rng.choice(_seeds(target)), rng)
    elif rng.random() < 0.1:
        data = rng.randbytes(rng.choice((0, 1, 10, 1000)))
    else:
        data = damaged(rng.choice(_seeds(target)), rng)
    path = folder / f"file{kind.ending}"
    path.write_bytes(data)
    return _told(lambda: kind.feed(path))


def _command(rng: random.Random, folder: Path) -> None:
    """Run a command with arguments drawn at random; a status other than 0 counts as refused."""
    (folder / "file.toml").write_bytes(damaged(rng.choice(_seeds("scenario")[:4]), rng))
    (folder / "file.json").write_bytes(damaged(rng.choice(_seeds("saved result")), rng))
    words = [rng.choice(COMMANDS)] if rng.random() < 0.95 else []
    words += [rng.choice(WORDS[:4])] if rng.random() < 0.6 else []
    words += [rng.choice(WORDS) for _ in range(rng.choice((0, 1, 1, 2, 3, 5)))]
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.chdir(folder),
    ):
        status = command_line(words)
    if status not in (0, 1, 2):
        raise AssertionError(f"status {status} of {words}")
    if status and not (err.getvalue() or status == 1):
        raise AssertionError(f"status {status} of {words} without a word")
    if status:
        raise BargainingError(err.getvalue())


def _told(run: Callable[[], object]) -> Outcome:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            run()
    except BargainingError:
        return Outcome("refused")
    except Exception:
        return Outcome("crashed", traceback.format_exc())
    return Outcome("accepted")


# the program


def _too_slow(*_: object) -> None:
    raise TooSlowError(f"more than {LONGEST} seconds")


def run(seconds: float, targets: Sequence[str], start: int) -> dict[str, Counter[str]]:
    """Feed the targets in turn for some time; print crashes, return counts of verdicts."""
    counts: dict[str, Counter[str]] = {target: Counter() for target in targets}
    places: Counter[str] = Counter()
    signal.signal(signal.SIGALRM, _too_slow)
    end, seed = time.monotonic() + seconds, start
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            for target in targets:
                signal.alarm(LONGEST)
                outcome = one(target, seed, Path(folder))
                signal.alarm(0)
                counts[target][outcome.verdict] += 1
                if outcome.trouble:
                    place = "".join(outcome.trouble.splitlines(keepends=True)[-4:])
                    places[place] += 1
                    if places[place] == 1:
                        print(f"-- {target}, seed {seed}\n{outcome.trouble}", flush=True)
            seed += 1
    return counts


def main() -> int:
    """Run for a while, and print how many inputs of each kind were accepted, refused, crashed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", action="append", choices=TARGETS)
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ.setdefault("COLUMNS", "100")
    counts = run(given.seconds, given.target or TARGETS, given.seed)
    counts["all"] = sum(counts.values(), Counter())
    verdict = ("accepted", "refused", "crashed")
    rows: list[tuple[Cell, ...]] = [
        (target, *(got[v] for v in verdict)) for target, got in counts.items()
    ]
    print(bg.Table(f"{given.seconds:g} seconds", ("input", *verdict), tuple(rows)))
    return int(counts["all"]["crashed"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
