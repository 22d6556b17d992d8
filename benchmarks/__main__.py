"""All benchmarks in turn, as one document: what ran, on which machine, with which versions.

    python -m benchmarks [--quick] [--only AREA ...] [--output FILE]

Each area runs in a process of its own and prints tables with the ratio of its peers' time to ours;
below one, ours is the slower. An area whose peers are not installed says so and the others go on.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

AREAS = {
    "packages": "Agreements over packages, beside enumeration and NegMAS",
    "lever_games": "Equilibria of lever games, beside listing the normal form",
    "equilibria": "Equilibria of finite and continuous games, beside nashpy, QuantEcon and Gambit",
    "random_games": "Random small games: whether every answer is an equilibrium",
    "regimes": "All regimes of a tabling stage, beside one solve each",
    "repeated": "Repeated games, beside QuantEcon",
    "trade": "Trade economies, beside root-finders, damped wages and published tables",
}
PACKAGES = ("numpy", "scipy", "nashpy", "quantecon", "pygambit", "negmas")


def heading() -> str:
    """Return what the figures depend on."""
    lines = [f"- {platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"]
    for name in PACKAGES:
        try:
            lines.append(f"- {name} {version(name)}")
        except PackageNotFoundError:
            lines.append(f"- {name} is not installed")
    return "\n".join(lines)


def run(area: str, *, quick: bool) -> tuple[str, bool]:
    """Return what an area prints, and whether it ended well."""
    command = [sys.executable, "-m", f"benchmarks.{area}", *(["--quick"] if quick else [])]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    text = done.stdout.rstrip()
    if done.returncode:
        text += f"\nended with status {done.returncode}: {done.stderr.strip().splitlines()[-1:]}"
    return f"## {AREAS[area]}\n\n```\n{text}\n```\n\n{seconds:.0f} s\n", not done.returncode


def main() -> int:
    """Run the areas, print the document as it grows, and save it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    parser.add_argument("--only", nargs="+", choices=sorted(AREAS), default=list(AREAS))
    parser.add_argument("--output", type=Path, help="also write the document to a file")
    asked = parser.parse_args()
    document = f"# Benchmarks\n\n{heading()}\n"
    print(document)
    well = True
    for area in asked.only:
        text, ended = run(area, quick=asked.quick)
        print(text, flush=True)
        document, well = f"{document}\n{text}", well and ended
        if asked.output:
            asked.output.write_text(document, encoding="utf-8")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
