"""From a text to a checked document, and the folder of the scenarios that come with the library."""

from __future__ import annotations

from pydantic import ValidationError

from bargaining.model.files import DataFolder, parse_toml
from bargaining.scenarios.messages import from_validation
from bargaining.scenarios.schema import Document

__all__ = ["SCENARIOS", "parse"]

SCENARIOS = DataFolder("bargaining.scenarios", "data", "scenario", first="us-china-2025")


def parse(text: str, origin: str) -> Document:
    """Return the checked document that a text holds.

    Raises
    ------
    InputError
        For a TOML error (with its line), an unknown key, a missing or a bad value.
    """
    data = parse_toml(text, origin)
    try:
        return Document.model_validate(data)
    except ValidationError as error:
        raise from_validation(origin, error, data) from None
