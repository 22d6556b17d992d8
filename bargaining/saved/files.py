"""`save_result` and `load_result`: JSON files with a schema, a version and a digest.

A file is data: it is parsed and checked against a schema in which nothing is left open, and no part
of it is ever run. It is read up to a limit.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bargaining import __version__
from bargaining.cooperative.agreement import Agreement
from bargaining.errors import InputError
from bargaining.linkage.regimes.comparison import RegimeComparison
from bargaining.linkage.tabling.result import TablingGame
from bargaining.model.files import file_error, read_text
from bargaining.noncooperative.equilibrium import Equilibrium
from bargaining.saved.linkage import comparison_from, tabling_from
from bargaining.saved.reading import agreement_from, equilibrium_from
from bargaining.saved.schema import Content, SavedFile, ScenarioModel
from bargaining.saved.writing import content_of
from bargaining.scenarios.scenario import list_scenarios, load_scenario
from bargaining.scenarios.schema import Document

__all__ = ["SavedResult", "load_result", "read_saved", "save_result", "text_of"]

LARGEST_RESULT = 2**25
"""Bytes in the largest file of a result that is written or read."""

Result = Agreement | Equilibrium | RegimeComparison | TablingGame

READERS: dict[str, Callable[[Any], Result]] = {
    "agreement": agreement_from,
    "equilibrium": equilibrium_from,
    "regimes": comparison_from,
    "tabling": tabling_from,
}


@dataclass(frozen=True, eq=False)
class SavedResult:
    """What a file of a saved result holds.

    Attributes
    ----------
    result : Agreement, Equilibrium, RegimeComparison or TablingGame
        As claimed; `verify` checks it.
    library : str
        The version of the library that wrote it.
    unchanged : bool
        Whether the content is, number by number, what was written.
    scenarios : dict of str to bool
        Names of the scenarios in it, and whether each is the one that comes with this version of
        the library.
    """

    result: Result
    library: str
    unchanged: bool
    scenarios: dict[str, bool]


def save_result(result: Result, path: str | os.PathLike[str]) -> None:
    """Write a result to a JSON file, with its negotiation, so that it can be verified from there.

    Scenarios are written as their documents. In other negotiations a payoff term that is a function
    is written as its values at the levels of its levers.

    Parameters
    ----------
    result : Agreement, Equilibrium, RegimeComparison or TablingGame
    path : str or Path
        Replaced if it is there.

    Raises
    ------
    InputError
        For other results, and where the problem cannot be written as numbers: a `FrontierSet` or a
        set of one's own, a function over an interval, a rule of one's own.

    Examples
    --------
    >>> import tempfile
    >>> import bargaining as bg
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "deal.json"
    >>> save_result(bg.solve(bg.load_scenario("nash-barter-1950")), path)
    >>> bool(bg.verify(load_result(path)))
    True
    >>> folder.cleanup()
    """
    text = text_of(result)
    if len(text.encode()) > LARGEST_RESULT:
        raise InputError(
            f"save_result: expected a result of at most {LARGEST_RESULT:,} bytes, "
            f"got {len(text.encode()):,}"
        )
    Path(path).write_text(text, encoding="utf-8", newline="\n")


def text_of(result: Result) -> str:
    """Return what `save_result` writes."""
    data = content_of(result)
    try:
        draft = SavedFile.model_validate(
            {"library": __version__, "digest": "", "content": data}, strict=False
        )
    except ValidationError as error:
        raise InputError(f"save_result: {_words(error)}") from None
    saved = draft.model_copy(update={"digest": _digest(draft.content)})
    return saved.model_dump_json(by_alias=True, indent=1) + "\n"


def load_result(path: str | os.PathLike[str]) -> Result:
    """Return a saved result, as its file claims it: `verify` recomputes its certificate.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    InputError
        For a file that cannot be read, is too large, is not JSON of this schema and version, or in
        which names or numbers do not fit together; the message names the file and the place.
    """
    return read_saved(path).result


def read_saved(path: str | os.PathLike[str]) -> SavedResult:
    """Return a saved result with what its file says of itself; see `load_result`."""
    origin = os.fspath(path)
    text = read_text(Path(path), origin, largest=LARGEST_RESULT)
    try:
        saved = SavedFile.model_validate_json(text)
    except ValidationError as error:
        raise file_error(origin, "", _words(error)) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)  # numpy's, where a number is lost
            result = READERS[saved.content.kind](saved.content)
    except InputError as error:
        raise file_error(origin, "", str(error)) from None
    except (RuntimeWarning, ArithmeticError) as error:
        problem = f"its numbers leave the range of floating point: {error}"
        raise file_error(origin, "", problem) from None
    unchanged = saved.digest == _digest(saved.content)
    return SavedResult(result, saved.library, unchanged, _scenarios(saved.content))


def _scenarios(content: Content) -> dict[str, bool]:
    shipped = {entry.name for entry in list_scenarios()}
    found = {}
    for kept in content.negotiations:
        if isinstance(kept, ScenarioModel):
            document = Document.model_validate(kept.document)
            name = document.scenario.name
            found[name] = name in shipped and load_scenario(name).document == document
    return found


def _digest(content: Content) -> str:
    return f"sha256:{sha256(content.model_dump_json().encode()).hexdigest()}"


def _words(error: ValidationError) -> str:
    """Say the first of pydantic's complaints in a line."""
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(map(str, problem["loc"]))
    more = error.error_count() - 1
    others = f" (and {more} more problem{'s' if more > 1 else ''})" if more else ""
    said = problem["msg"][:1].lower() + problem["msg"][1:]
    return f"{place}: {said}{others}" if place else f"{said}{others}"
