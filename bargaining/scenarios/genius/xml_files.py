"""Genius's XML: a domain `negotiation_template`, and a `utility_space` for each party.

Issues are discrete. Lines are kept, so that messages can name them; declarations of entities are
refused, since they can make a small file a very large one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from bargaining.model.files import file_error
from bargaining.scenarios.genius.content import Issues, Profile, checked_number

__all__ = ["domain_xml", "is_domain", "issues_of", "profile_of", "profile_xml", "read_xml"]

TEMPLATE = "negotiation_template"


@dataclass
class Node:
    """An element with its attributes, children and line."""

    tag: str
    attributes: Mapping[str, str]
    line: int
    children: list[Node] = field(default_factory=list)

    def all(self, tag: str) -> Iterator[Node]:
        """Yield the elements of a tag at any depth."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.all(tag)


def read_xml(text: str, origin: str) -> Node:
    """Return the root element of a text.

    Raises
    ------
    InputError
        For what is not XML, with its line, and for declarations of entities.
    """
    root = Node("", {}, 0)
    inside = [root]
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        node = Node(tag, attributes, parser.CurrentLineNumber)
        inside[-1].children.append(node)
        inside.append(node)

    def entity(*_: object) -> None:
        line = f"line {parser.CurrentLineNumber}"
        raise file_error(origin, line, "declares entities, which are not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: inside.pop()
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(text.removeprefix("\ufeff"), True)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code)
        raise file_error(origin, f"line {error.lineno}", f"not valid XML: {words}") from None
    return root.children[0]


def is_domain(root: Node) -> bool:
    """Whether a file is a domain, without anybody's utilities."""
    return root.tag == TEMPLATE


def issues_of(root: Node, origin: str) -> Issues:
    """Return the issues of a domain.

    Raises
    ------
    InputError
        For an issue that is not discrete, or has no value or one twice.
    """
    issues: dict[str, tuple[str, ...]] = {}
    for issue in root.all("issue"):
        name = _name(issue, origin)
        if name in issues:
            raise file_error(origin, _place(issue), "the issue is there twice")
        values = tuple(_attribute(item, "value", origin) for item in issue.all("item"))
        if not values:
            raise file_error(origin, _place(issue), "expected at least one item")
        twice = [value for value in values if values.count(value) > 1]
        if twice:
            raise file_error(origin, _place(issue), f"the value {twice[0]!r} is there twice")
        issues[name] = values
    if not issues:
        raise file_error(origin, f"line {root.line}", "expected at least one issue")
    return issues


def profile_of(root: Node, origin: str, name: str) -> Profile:
    """Return the profile of a party.

    Raises
    ------
    InputError
        For a file that is no utility space, numbers that are none, issues that are not discrete.
    """
    if root.tag != "utility_space":
        raise file_error(origin, f"line {root.line}", f"expected a utility_space, got {root.tag!r}")
    by_index: dict[str, str] = {}
    evaluations: dict[str, dict[str, float]] = {}
    places: dict[str, str] = {}
    for issue in root.all("issue"):
        key = _name(issue, origin)
        if key in evaluations:
            raise file_error(origin, _place(issue), "the issue is there twice")
        by_index[_attribute(issue, "index", origin)] = key
        places[key] = _place(issue)
        evaluations[key] = {
            _attribute(item, "value", origin): _number(item, "evaluation", origin, places[key])
            for item in issue.all("item")
        }
    weights: dict[str, float] = {}
    for weight in root.all("weight"):
        index = _attribute(weight, "index", origin)
        if index not in by_index:
            known = ", ".join(by_index)
            problem = f"no issue has the index {index!r}; known are {known}"
            raise file_error(origin, f"line {weight.line}, weight", problem)
        place = f"line {weight.line}, weight of {by_index[index]!r}"
        weights[by_index[index]] = _number(weight, "value", origin, place)
    reservation, discount = (_only(root, tag, origin) for tag in ("reservation", "discount_factor"))
    discount = 1.0 if discount is None else discount
    return Profile(name, origin, weights, evaluations, reservation, discount, places)


def _name(issue: Node, origin: str) -> str:
    kind = issue.attributes.get("type", "discrete")
    if kind != "discrete":
        raise file_error(origin, _place(issue), f"expected a discrete issue, got {kind!r}")
    return _attribute(issue, "name", origin)


def _place(issue: Node) -> str:
    return f"line {issue.line}, issue {issue.attributes.get('name', '')!r}"


def _attribute(node: Node, name: str, origin: str) -> str:
    if name not in node.attributes:
        raise file_error(origin, f"line {node.line}, {node.tag}", f"{name} is missing")
    return node.attributes[name]


def _number(node: Node, name: str, origin: str, place: str) -> float:
    where = place if node.tag == "weight" else f"line {node.line}, {place.partition(', ')[2]}"
    if name not in node.attributes:
        raise file_error(origin, where, f"{name} is missing")
    return checked_number(origin, where, node.attributes[name])


def _only(root: Node, tag: str, origin: str) -> float | None:
    found = next(root.all(tag), None)
    if found is None:
        return None
    place = f"line {found.line}, {tag}"
    return checked_number(origin, place, _attribute(found, "value", origin))


def domain_xml(issues: Issues) -> str:
    """Return the text of a domain file."""
    lines = [f"<{TEMPLATE}>", f'  <utility_space number_of_issues="{len(issues)}">']
    lines += _objective([_issue(k, name, values) for k, (name, values) in _counted(issues)], [])
    return "\n".join([*lines, "  </utility_space>", f"</{TEMPLATE}>", ""])


def profile_xml(profile: Profile, issues: Issues) -> str:
    """Return the text of the file of a party."""
    drawn = [
        _issue(k, name, values, profile.evaluations[name]) for k, (name, values) in _counted(issues)
    ]
    weights = [
        f'      <weight index="{k}" value="{profile.weights[name]!r}"/>'
        for k, (name, _) in _counted(issues)
    ]
    lines = [f'<utility_space number_of_issues="{len(issues)}">', *_objective(drawn, weights)]
    lines.append(f'  <discount_factor value="{profile.discount!r}"/>')
    if profile.reservation is not None:
        lines.append(f'  <reservation value="{profile.reservation!r}"/>')
    return "\n".join([*lines, "</utility_space>", ""])


def _counted(issues: Issues) -> Sequence[tuple[int, tuple[str, tuple[str, ...]]]]:
    return list(enumerate(issues.items(), start=1))


def _objective(issues: Sequence[str], weights: Sequence[str]) -> list[str]:
    opening = (
        '    <objective index="0" name="any" description="" type="objective" etype="objective">'
    )
    return [opening, *issues, *weights, "    </objective>"]


def _issue(
    index: int, name: str, values: Sequence[str], evaluations: Mapping[str, float] | None = None
) -> str:
    kinds = 'type="discrete" etype="discrete" vtype="discrete"'
    lines = [f'      <issue index="{index}" name={quoteattr(name)} {kinds}>']
    for number, value in enumerate(values, start=1):
        worth = "" if evaluations is None else f' evaluation="{evaluations[value]!r}"'
        lines.append(f'        <item index="{number}" value={quoteattr(value)}{worth}/>')
    return "\n".join([*lines, "      </issue>"])
