"""`read_genius` and `write_genius`: domains of Genius, GeniusWeb and NegMAS as negotiations.

An issue becomes a lever, its values the lever's labels; a party becomes a player. Talks that fail
leave everybody with its reservation value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from bargaining.cooperative.feasible import PackageSet
from bargaining.cooperative.problem import BargainingProblem
from bargaining.errors import InputError, did_you_mean, unknown_name
from bargaining.model.files import file_error, read_text
from bargaining.model.levers import Lever
from bargaining.model.negotiation import Negotiation
from bargaining.model.payoffs import TablePayoff
from bargaining.model.players import Player
from bargaining.scenarios.genius import json_files, xml_files
from bargaining.scenarios.genius.content import Issues, Profile, checked_profile, named_file
from bargaining.types import FloatArray

__all__ = ["GeniusDomain", "read_genius", "write_genius"]

FORMS = ("xml", "json")
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class GeniusDomain:
    """A domain that was read.

    Attributes
    ----------
    name : str
    negotiation : Negotiation
        An issue a lever, a party a player, in the order of their files.
    reservations : ndarray of shape (N,)
        What each has without agreement; 0 where the file says nothing, as in Genius.
    discounts : ndarray of shape (N,)
        Factor of utility at the deadline, in time from 0 to 1: not a factor of a round.
    """

    name: str
    negotiation: Negotiation
    reservations: FloatArray
    discounts: FloatArray

    def problem(self) -> BargainingProblem:
        """Return the bargaining problem with the reservation values as disagreement point."""
        return BargainingProblem(PackageSet(self.negotiation), self.reservations)


def read_genius(
    folder: str | Path,
    *,
    owners: Mapping[str, str] | None = None,
    status_quo: Mapping[str, str] | None = None,
    relative: bool | None = None,
) -> GeniusDomain:
    """Read a domain with its parties from a folder.

    Parameters
    ----------
    folder : str or Path
        With one domain file and a profile for each party: Genius's XML, or GeniusWeb's JSON.
    owners : mapping of str to str, optional
        Who sets an issue when there is no agreement, by name; the first party unless said, since
        domains know no owners. It matters for ledgers, regimes and disagreement points that are
        played, and not for solutions of `problem`.
    status_quo : mapping of str to str, optional
        Value of an issue as things stand; the first one unless said.
    relative : bool, optional
        Whether evaluations count as parts of the highest one of their issue, as Genius reads XML.
        False takes them as they are, as GeniusWeb and NegMAS do. Unless said, True for XML and
        False for JSON.

    Raises
    ------
    InputError
        For missing files, issues that are not discrete, values without evaluation, numbers that
        are none; the message names the file, the line (of XML) and the issue.

    Examples
    --------
    >>> import tempfile
    >>> import bargaining as bg
    >>> game = bg.load_scenario("nash-barter-1950")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = write_genius(game, folder, disagreement=[0, 0])
    ...     domain = read_genius(folder)
    >>> [path.name for path in paths]
    ['domain.xml', '1-Bill.xml', '2-Jack.xml']
    >>> bg.solve(domain.problem(), lotteries=False).package["pen"]
    1.0
    """
    where = Path(folder)
    if not where.is_dir():
        raise InputError(f"read_genius: {str(folder)!r} is not a folder")
    form = next((form for form in FORMS if any(where.glob(f"*.{form}"))), None)
    if form is None:
        raise InputError(f"read_genius: {str(folder)!r} holds no .xml and no .json file")
    name, issues, profiles = _read(where, form)
    parts = relative if relative is not None else form == "xml"
    return _domain(name, issues, profiles, owners or {}, status_quo or {}, parts)


def _read(folder: Path, form: str) -> tuple[str, Issues, list[Profile]]:
    """Return the domain's name and issues, and the profiles in the order of their files."""
    issues: Issues | None = None
    name = ""
    found: list[Profile] = []
    for path in sorted(folder.glob(f"*.{form}")):
        text = read_text(path, path.name)
        if form == "xml":
            root = xml_files.read_xml(text, path.name)
            domain = xml_files.is_domain(root)
            listed = xml_files.issues_of(root, path.name) if domain else None
            profile = None if domain else xml_files.profile_of(root, path.name, path.stem)
        else:
            data = json_files.read_json(text, path.name)
            domain = json_files.is_domain(data)
            listed = json_files.issues_of(data, path.name) if domain else None
            profile = None if domain else json_files.profile_of(data, path.name, path.stem)
        if profile is not None:
            found.append(profile)
        elif issues is not None:
            raise file_error(path.name, "", "a second domain in the same folder")
        else:
            issues, name = listed, path.stem
    if issues is None:
        raise InputError(f"read_genius: {str(folder)!r} holds no domain, {len(found)} profiles")
    if not found:
        raise InputError(f"read_genius: {str(folder)!r} holds no profile of a party")
    return name, issues, [checked_profile(profile, issues) for profile in found]


def _domain(
    name: str, issues: Issues, profiles: Sequence[Profile], owners: Mapping[str, str],
    status_quo: Mapping[str, str], relative: bool,
) -> GeniusDomain:  # fmt: skip
    players = [Player(profile.name) for profile in profiles]
    for what, given in (("owners", owners), ("status_quo", status_quo)):
        for issue in given:
            if issue not in issues:
                raise InputError(
                    f"read_genius, {what}: {unknown_name('issue', issue, list(issues))}"
                )
    levers = [
        Lever(
            issue, owners.get(issue, players[0].name), range(len(values)),
            status_quo.get(issue, values[0]), labels=values,
        )
        for issue, values in issues.items()
    ]  # fmt: skip
    worth = {p.name: {i: p.utilities(i, relative=relative) for i in issues} for p in profiles}
    terms = [
        TablePayoff(
            lever, {p.name: [worth[p.name][lever.name][v] for v in issues[lever.name]]
                    for p in profiles}, name=lever.name,
        )
        for lever in levers
    ]  # fmt: skip
    reservations = [_reserved(profile, worth[profile.name], issues) for profile in profiles]
    return GeniusDomain(
        name, Negotiation(players, levers, terms), np.array(reservations),
        np.array([profile.discount for profile in profiles]),
    )  # fmt: skip


def _reserved(profile: Profile, worth: Mapping[str, Mapping[str, float]], issues: Issues) -> float:
    bid = profile.reservation
    if bid is None or isinstance(bid, float):
        return bid or 0.0
    if set(bid) != set(issues):
        raise file_error(profile.origin, "reservationBid", "expected a value for every issue")
    for issue, value in bid.items():
        if value not in worth[issue]:
            problem = unknown_name("value", value, issues[issue])
            raise file_error(profile.origin, f"reservationBid, issue {issue!r}", str(problem))
    return sum(worth[issue][value] for issue, value in bid.items())


def write_genius(
    negotiation: Negotiation,
    folder: str | Path,
    *,
    disagreement: ArrayLike | None = None,
    name: str = "domain",
    form: str = "xml",
) -> tuple[Path, ...]:
    """Write a negotiation as a domain with a profile for each player.

    Utilities there lie between 0 and 1, so each player's payoffs are rescaled: 0 for its worst
    level of every lever, 1 for its best. No solution that ignores scales is changed by that.
    Evaluations are parts of the highest one of their issue, so that Genius and NegMAS, which read
    them differently, read the same.

    Parameters
    ----------
    negotiation : Negotiation
        Of finite levers, with payoffs that add up lever by lever.
    folder : str or Path
        Made if need be.
    disagreement : array_like of shape (N,), optional
        Payoffs without agreement, in the negotiation's unit; left out, no reservation is written.
    name : str
        Of the domain's file.
    form : str
        "xml" (Genius) or "json" (GeniusWeb).

    Returns
    -------
    tuple of Path
        The domain, then the players in order.

    Raises
    ------
    InputError
        When payoffs of several levers interact, a lever is an interval, a player is indifferent to
        everything, a disagreement payoff lies outside a player's range, or a file exists already.
    """
    if form not in FORMS:
        raise InputError(
            f"write_genius, form: expected one of {FORMS}, got {form!r}{did_you_mean(form, FORMS)}"
        )
    issues = _labels(negotiation)
    point = None if disagreement is None else _point(negotiation, disagreement)
    profiles = _profiles(negotiation, issues, point)
    where = Path(folder)
    texts = {f"{named_file(name)}.{form}": _domain_text(name, issues, form)}
    for number, profile in enumerate(profiles, start=1):
        text = (
            xml_files.profile_xml(profile, issues)
            if form == "xml"
            else json_files.profile_json(profile, name, issues)
        )
        texts[f"{number}-{named_file(profile.name)}.{form}"] = text
    there = [file for file in texts if (where / file).exists()]
    if there:
        raise InputError(f"write_genius: {where / there[0]} exists already; nothing was written")
    where.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (where / file).write_text(text, encoding="utf-8")
    return tuple(where / file for file in texts)


def _domain_text(name: str, issues: Issues, form: str) -> str:
    return xml_files.domain_xml(issues) if form == "xml" else json_files.domain_json(name, issues)


def _labels(negotiation: Negotiation) -> Issues:
    issues: dict[str, tuple[str, ...]] = {}
    for lever in negotiation.free_levers:
        labels = tuple(lever.label(level) for level in lever.array().tolist())
        if len(set(labels)) < len(labels):
            raise InputError(f"write_genius, lever {lever.name!r}: two levels have one label")
        issues[lever.name] = labels
    return issues


def _point(negotiation: Negotiation, given: ArrayLike) -> FloatArray:
    point = np.asarray(given, dtype=float)
    if point.shape != (len(negotiation.players),) or not np.all(np.isfinite(point)):
        raise InputError(
            f"write_genius, disagreement: expected {len(negotiation.players)} finite numbers, "
            f"got {given!r}"
        )
    return point


def _profiles(negotiation: Negotiation, issues: Issues, point: FloatArray | None) -> list[Profile]:
    tables = _by_lever(negotiation)
    profiles: list[Profile] = []
    for i, player in enumerate(negotiation.player_names):
        above = [table[i] - table[i].min() for table in tables]
        ranges = np.array([float(worth.max()) for worth in above])
        total = float(ranges.sum())
        if not total > 0:
            raise InputError(
                f"write_genius, player {player!r}: expected payoffs that differ between packages"
            )
        reservation = None
        if point is not None:
            least = sum(float(factor.table[i].min()) for factor in negotiation.factors)
            reservation = float((point[i] - least) / total)
            if not -ROUNDING <= reservation <= 1 + ROUNDING:
                raise InputError(
                    f"write_genius, disagreement of {player!r}: expected a payoff between "
                    f"{least:g} and {least + total:g}, got {point[i]:g}"
                )
            reservation = min(max(reservation, 0.0), 1.0)
        evaluations = {
            issue: dict(zip(labels, (worth / most if most else worth + 1.0).tolist(), strict=True))
            for (issue, labels), worth, most in zip(
                issues.items(), above, ranges.tolist(), strict=True
            )
        }
        weights = dict(zip(issues, (ranges / total).tolist(), strict=True))
        profiles.append(Profile(player, "", weights, evaluations, reservation))
    return profiles


def _by_lever(negotiation: Negotiation) -> list[FloatArray]:
    """Return the payoffs of each free lever, (N, levels), or refuse those of several together."""
    size = len(negotiation.players)
    tables = [np.zeros((size, count)) for count in negotiation.sizes]
    for factor in negotiation.factors:
        if len(factor.scope) > 1:
            names = [negotiation.free_levers[j].name for j in factor.scope]
            raise InputError(
                f"write_genius: expected payoffs that add up lever by lever; those of "
                f"{', '.join(map(repr, names))} interact"
            )
        if factor.scope:
            tables[factor.scope[0]] += factor.table
    return tables
