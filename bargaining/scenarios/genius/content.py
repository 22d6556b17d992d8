"""What the files of a domain say, whatever their format: issues with values, and who values what.

Hindriks, Jonker, Kraus, Lin and Tykhonov (2009), GENIUS: negotiation environment for heterogeneous
agents. A profile is additive: weights of issues times evaluations of their values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from bargaining.errors import InputError, unknown_name
from bargaining.model.files import file_error

__all__ = ["Issues", "Profile", "checked_number", "checked_profile", "named_file"]

Issues = Mapping[str, tuple[str, ...]]
"""Values by issue, in order."""


@dataclass(frozen=True)
class Profile:
    """What a party wants.

    Attributes
    ----------
    name : str
    origin : str
        File, for messages.
    weights : mapping of str to float
        By issue.
    evaluations : mapping of str to mapping of str to float
        By issue and value.
    reservation : float or mapping of str to str, or None
        What the party has without agreement: its utility, or a bid that gives as much.
    discount : float
        Factor of utility at the deadline, in Genius's time from 0 to 1.
    places : mapping of str to str
        Where an issue stands in the file, for messages.
    """

    name: str
    origin: str
    weights: Mapping[str, float]
    evaluations: Mapping[str, Mapping[str, float]]
    reservation: float | Mapping[str, str] | None = None
    discount: float = 1.0
    places: Mapping[str, str] = field(default_factory=dict)

    def utilities(self, issue: str, *, relative: bool) -> dict[str, float]:
        """Return weight times evaluation by value.

        Parameters
        ----------
        issue : str
        relative : bool
            Whether evaluations count as parts of the highest one of their issue.

        Raises
        ------
        InputError
            When they shall, and the highest one is not positive.
        """
        given = self.evaluations[issue]
        highest = max(given.values()) if relative else 1.0
        if highest <= 0:
            raise file_error(
                self.origin, self.places.get(issue, f"issue {issue!r}"),
                f"expected a positive evaluation, got {highest:g} at most; relative=False takes "
                "evaluations as they are",
            )  # fmt: skip
        return {value: self.weights[issue] * e / highest for value, e in given.items()}


def checked_profile(profile: Profile, issues: Issues) -> Profile:
    """Return a profile that evaluates every value of every issue, and nothing else.

    Raises
    ------
    InputError
        Naming file, place and issue otherwise.
    """
    for issue, evaluations in profile.evaluations.items():
        place = profile.places.get(issue, f"issue {issue!r}")
        if issue not in issues:
            problem = unknown_name("issue", issue, list(issues))
            raise file_error(profile.origin, place, str(problem))
        for value in evaluations:
            if value not in issues[issue]:
                problem = unknown_name("value", value, issues[issue])
                raise file_error(profile.origin, place, str(problem))
        missing = [value for value in issues[issue] if value not in evaluations]
        if missing:
            raise file_error(profile.origin, place, f"no evaluation of {missing[0]!r}")
        if issue not in profile.weights:
            raise file_error(profile.origin, place, "no weight")
    left_out = [issue for issue in issues if issue not in profile.evaluations]
    if left_out:
        raise file_error(profile.origin, f"issue {left_out[0]!r}", "is missing")
    return profile


def checked_number(origin: str, place: str, given: object) -> float:
    """Return a finite number.

    Raises
    ------
    InputError
        Naming file and place.
    """
    try:
        number = float(given) if isinstance(given, str | int | float) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if isinstance(given, bool) or not math.isfinite(number):
        raise file_error(origin, place, f"expected a finite number, got {given!r}")
    return number


def named_file(name: str) -> str:
    """Return a name as that of a file.

    Raises
    ------
    InputError
        When nothing would be left of it.
    """
    kept = "".join(c if c.isalnum() or c in " ._-" else "_" for c in name).strip(" .")
    if not kept:
        raise InputError(f"write_genius: {name!r} cannot be the name of a file")
    return kept
