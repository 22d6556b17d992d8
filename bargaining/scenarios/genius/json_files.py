"""GeniusWeb's JSON: a domain with `issuesValues`, and a `LinearAdditiveUtilitySpace` a party."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bargaining.model.files import file_error
from bargaining.scenarios.genius.content import Issues, Profile, checked_number

__all__ = ["domain_json", "is_domain", "issues_of", "profile_json", "profile_of", "read_json"]

SPACE = "LinearAdditiveUtilitySpace"
DISCRETE = ("discreteutils", "DiscreteValueSetUtilities")
"""Names of discrete utilities in older and newer files; the older one is what NegMAS knows."""


def read_json(text: str, origin: str) -> Mapping[str, Any]:
    """Return the object of a text.

    Raises
    ------
    InputError
        For what is not JSON, with its line, or no object.
    """
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise file_error(origin, f"line {error.lineno}", f"not valid JSON: {error.msg}") from None
    except RecursionError:
        raise file_error(origin, "", "not valid JSON: nested too deeply") from None
    return _object(found, origin, "")


def is_domain(found: Mapping[str, Any]) -> bool:
    """Whether a file is a domain, without anybody's utilities."""
    return "issuesValues" in found


def issues_of(found: Mapping[str, Any], origin: str) -> Issues:
    """Return the issues of a domain.

    Raises
    ------
    InputError
        For an issue that does not list its values, each once.
    """
    issues: dict[str, tuple[str, ...]] = {}
    for name, given in _object(found["issuesValues"], origin, "issuesValues").items():
        place = f"issue {name!r}"
        values = _object(given, origin, place).get("values")
        if not isinstance(values, list) or not values:
            raise file_error(origin, place, f"expected a list of values, got {given!r}")
        if not all(isinstance(value, str) for value in values) or len(set(values)) < len(values):
            raise file_error(origin, place, f"expected texts, each once, got {values!r}")
        issues[name] = tuple(values)
    if not issues:
        raise file_error(origin, "issuesValues", "expected at least one issue")
    return issues


def profile_of(found: Mapping[str, Any], origin: str, name: str) -> Profile:
    """Return the profile of a party.

    Raises
    ------
    InputError
        For another kind of utilities, and for numbers that are none.
    """
    if SPACE not in found:
        raise file_error(origin, "", f"expected {SPACE}, got {', '.join(found) or 'nothing'}")
    space = _object(found[SPACE], origin, SPACE)
    evaluations: dict[str, dict[str, float]] = {}
    for issue, given in _object(space.get("issueUtilities"), origin, "issueUtilities").items():
        place = f"issue {issue!r}"
        kind = next((key for key in DISCRETE if key in _object(given, origin, place)), None)
        if kind is None:
            problem = f"expected a discrete issue ({' or '.join(DISCRETE)}), got {list(given)}"
            raise file_error(origin, place, problem)
        inner = _object(given[kind], origin, place).get("valueUtilities")
        evaluations[issue] = {
            value: checked_number(origin, f"{place}, value {value!r}", number)
            for value, number in _object(inner, origin, place).items()
        }
    weights = {
        issue: checked_number(origin, f"weight of {issue!r}", number)
        for issue, number in _object(space.get("issueWeights"), origin, "issueWeights").items()
    }
    discount = checked_number(origin, "discount_factor", space.get("discount_factor", 1.0))
    return Profile(
        str(space.get("name") or name), origin, weights, evaluations,
        _reservation(space, origin), discount,
    )  # fmt: skip


def _reservation(space: Mapping[str, Any], origin: str) -> float | Mapping[str, str] | None:
    if space.get("reserved_value") is not None:
        return checked_number(origin, "reserved_value", space["reserved_value"])
    bid = _object(space.get("reservationBid") or {}, origin, "reservationBid")
    values = _object(bid.get("issuevalues") or {}, origin, "reservationBid")
    return {str(issue): str(value) for issue, value in values.items()} or None


def _object(given: Any, origin: str, place: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise file_error(origin, place, f"expected an object, got {given!r}")
    return given


def domain_json(name: str, issues: Issues) -> str:
    """Return the text of a domain file."""
    return _text(_domain(name, issues))


def profile_json(profile: Profile, domain: str, issues: Issues) -> str:
    """Return the text of the file of a party."""
    space: dict[str, Any] = {
        "issueUtilities": {
            issue: {DISCRETE[0]: {"valueUtilities": dict(profile.evaluations[issue])}}
            for issue in issues
        },
        "issueWeights": {issue: profile.weights[issue] for issue in issues},
        "domain": _domain(domain, issues),
        "name": profile.name,
    }
    if profile.reservation is not None:
        space["reserved_value"] = profile.reservation
    return _text({SPACE: space})


def _domain(name: str, issues: Issues) -> dict[str, Any]:
    return {
        "name": name,
        "issuesValues": {issue: {"values": list(values)} for issue, values in issues.items()},
    }


def _text(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
