"""Every result that can be printed as a table says in words too what it found."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import bargaining as bg
from bargaining.results.table import Tabular


def every_result():
    """Return all classes of results, wherever they are."""
    for module in walk_packages(bg.__path__, "bargaining."):
        if ".interfaces" not in module.name:
            import_module(module.name)
    found, todo = set(), [Tabular]
    while todo:
        for kind in todo.pop().__subclasses__():
            found.add(kind)
            todo.append(kind)
    return sorted(found, key=lambda kind: kind.__qualname__)


def test_every_result_has_words_a_table_and_plain_values():
    kinds = every_result()
    assert len(kinds) > 30
    lacking = [
        f"{kind.__module__}.{kind.__qualname__}.{name}"
        for kind in kinds
        for name in ("explain", "table", "to_dict")
        if not callable(getattr(kind, name, None))
    ]
    assert not lacking
