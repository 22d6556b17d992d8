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
    _, *parts = re.split(r"^\.\. currentmodule:: ([\w.]+)$", page, flags=re.MULTILINE)
    listed: dict[str, list[str]] = {}
    for module, part in zip(parts[::2], parts[1::2], strict=True):
        names = re.findall(r"^   (\w+)$", part, flags=re.MULTILINE)
        listed[module] = [*listed.get(module, []), *names]
    for module in (bargaining, bargaining.trade):
        assert sorted(listed.pop(module.__name__)) == sorted(module.__all__)
    assert not listed


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
