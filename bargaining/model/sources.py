"""Where a number comes from.

Levers and payoff terms carry a `Source`; a plain string is accepted wherever one is expected.
"""

from __future__ import annotations

from dataclasses import dataclass

from bargaining.errors import InputError

__all__ = ["Source", "as_source"]


@dataclass(frozen=True)
class Source:
    """Where a number comes from, and how far it can be trusted.

    Attributes
    ----------
    text : str
        The reference in words.
    url : str
        An address, where there is one.
    confidence : str
        A word for how well it is documented ("page", "assumed", ...).

    Examples
    --------
    >>> print(Source("Nash (1950)", confidence="published"))
    Nash (1950) [published]
    """

    text: str
    url: str = ""
    confidence: str = ""

    def __str__(self) -> str:
        """Write the source in a line."""
        words = f"{self.text} <{self.url}>" if self.url else self.text
        return f"{words} [{self.confidence}]" if self.confidence else words


def as_source(source: object) -> Source | None:
    """Accept a plain string as a source, and nothing else but a source or None."""
    if source is None or isinstance(source, Source):
        return source
    if isinstance(source, str):
        return Source(source)
    raise InputError(f"source: expected a Source or a string, got {source!r}")
