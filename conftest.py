"""Collects the Python blocks of the README and of the documentation's pages as tests.

The blocks of a page run from top to bottom in one namespace, so that a page reads, and is checked,
as one session.
"""

from __future__ import annotations

import os

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

os.environ.setdefault("MPLBACKEND", "Agg")  # no test opens a window

collect_ignore_glob = ["docs/*.py", "docs/_ext/*.py"]  # Sphinx's, which need not be installed

pytest_collect_file = Sybil(
    name="pages",
    parsers=[PythonCodeBlockParser()],
    patterns=["README.md", "docs/*.md"],
).pytest()
