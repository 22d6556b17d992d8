"""Runs the examples, each in a folder of its own, and keeps what they print and draw.

    python docs/_ext/run_examples.py

runs all that are not up to date and prints what they print; the gallery then shows it without
running them again. Warnings are errors. What is kept is out of date when an example or the library
changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs" / "gallery"
"""Where outputs are kept; nothing in it is written by hand."""

LIMIT = 600
"""Seconds after which an example has failed."""


@dataclass(frozen=True)
class Example:
    """A script of the folder `examples`: its words and its kept output."""

    path: Path

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        return self.path.stem

    @property
    def folder(self) -> Path:
        """Where its output is kept."""
        return KEPT / self.name

    @property
    def printed(self) -> str:
        """What it printed when it ran."""
        return (self.folder / "printed.txt").read_text(encoding="utf-8")

    @property
    def pictures(self) -> list[Path]:
        """The pictures that it saved, in the order of their names."""
        return sorted(path for path in self.folder.iterdir() if path.suffix in (".png", ".svg"))

    def up_to_date(self) -> bool:
        """Whether it has been run as it is, with the library as it is."""
        mark = self.folder / "mark"
        return mark.is_file() and mark.read_text(encoding="utf-8") == state()

    def run(self) -> None:
        """Run it, and keep what it prints and saves.

        Raises
        ------
        RuntimeError
            With its last lines, if it fails, warns, or does not end.
        """
        shutil.rmtree(self.folder, ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-W", "error", str(self.path)],
                cwd=folder, env={**os.environ, "MPLBACKEND": "Agg"}, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, encoding="utf-8", timeout=LIMIT, check=False,
            )  # fmt: skip
            if done.returncode:
                raise RuntimeError(f"examples/{self.path.name} fails:\n{done.stderr[-2000:]}")
            shutil.copytree(folder, self.folder)
        (self.folder / "printed.txt").write_text(done.stdout, encoding="utf-8")
        (self.folder / "mark").write_text(state(), encoding="utf-8")


@cache
def state() -> str:
    """Return a digest of the library and of all examples, since one may import another."""
    digest = hashlib.sha256(sys.version.encode())
    for folder in ("bargaining", "examples"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix not in (".pyc", ".js", ".css"):
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def examples() -> list[Example]:
    """Return all examples."""
    return [Example(path) for path in sorted((ROOT / "examples").glob("*.py"))]


def main() -> None:
    """Run what is not up to date."""
    for example in examples():
        print(f"-- examples/{example.path.name}", flush=True)
        if example.up_to_date():
            continue
        start = time.monotonic()
        example.run()
        print(f"{example.printed}({time.monotonic() - start:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
