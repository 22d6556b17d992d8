"""What README, documentation and packaging say about each other must agree.

That the Python blocks of the pages run is tested page by page (conftest.py at the root).
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import bargaining

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

COMMANDS = [
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/bargaining solve us-china-2025",
    '.venv/bin/pip install ".[test]" && .venv/bin/pytest',
]


@pytest.mark.parametrize("command", COMMANDS)
def test_ci_runs_the_commands_of_the_readme(command: str) -> None:
    assert f"    {command}\n" in README
    assert f"  {command}\n" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_reference_lists_every_public_name() -> None:
    page = (ROOT / "docs/reference.md").read_text(encoding="utf-8")
    listed = re.findall(r"^   (\w+)$", page, flags=re.MULTILINE)
    assert sorted(listed) == sorted(bargaining.__all__)


def test_every_public_name_exists() -> None:
    assert not [name for name in bargaining.__all__ if getattr(bargaining, name, None) is None]


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    reasons = {name for row in re.findall(r"^\|.*\|$", page, re.MULTILINE) for name in row.split()}
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    wanted = [requirement for group in groups for requirement in group]
    assert {re.split("[<>=~]", requirement)[0] for requirement in wanted} <= reasons


def test_versions_agree() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {bargaining.__version__}\n" in citation
    assert f"version {bargaining.__version__}." in README
    assert f"\n## {bargaining.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_links_of_the_readme_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_types_are_shipped() -> None:
    assert (Path(bargaining.__file__).parent / "py.typed").is_file()


def test_the_command_is_installed() -> None:
    (command,) = entry_points(group="console_scripts", name="bargaining")
    assert callable(command.load())
