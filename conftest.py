"""Collects the Python blocks of the README and of the documentation's pages as tests.

The blocks of a page run from top to bottom in one namespace and in a folder of their own, so that a
page reads, and is checked, as one session.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, chdir
from tempfile import TemporaryDirectory
from typing import Any

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

os.environ.setdefault("MPLBACKEND", "Agg")  # no test opens a window

collect_ignore_glob = ["docs/*.py", "docs/_ext/*.py"]  # Sphinx's, which need not be installed

PAGE = "the folder of the page"


def open_page(namespace: dict[str, Any]) -> None:
    namespace[PAGE] = page = ExitStack()
    page.enter_context(chdir(page.enter_context(TemporaryDirectory())))


def close_page(namespace: dict[str, Any]) -> None:
    namespace[PAGE].close()
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


pytest_collect_file = Sybil(
    name="pages",
    parsers=[PythonCodeBlockParser()],
    patterns=["README.md", "docs/*.md"],
    setup=open_page,
    teardown=close_page,
).pytest()
