"""The page as a whole: head, summary, contents, sections; style and nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files

from bargaining import __version__
from bargaining.interfaces.html import evidence_sections as evidence
from bargaining.interfaces.html import outcome_sections as outcome
from bargaining.interfaces.html.findings import Findings, TruceFindings
from bargaining.interfaces.html.markup import Markup, element, join
from bargaining.interfaces.html.pictures import style
from bargaining.interfaces.html.robustness import Robustness
from bargaining.interfaces.words import gains, unit_of
from bargaining.linkage.tabling.tabling import TablingGame

__all__ = ["page"]

SECTIONS = (
    ("question", "The question", outcome.asked),
    ("levers", "What can be moved", outcome.levers),
    ("breakdown", "Without agreement", outcome.breakdown),
    ("agreement", "The agreement", outcome.agreement),
    ("regimes", "Which levers are on the table", outcome.regimes),
    ("tabling", "What is put on the table", evidence.tabling),
    ("truce", "Does it hold?", evidence.truce),
    ("robustness", "How far it depends on the numbers", evidence.robustness),
    ("observed", "Observed against predicted", evidence.observed),
    ("certificates", "What proves it", evidence.certificates),
    ("reproduce", "How to reproduce this", evidence.reproduce),
    ("numbers", "Where each number comes from", evidence.sources),
)
"""Anchor, heading and writer, in the order of the page."""


TABLING = {
    "nothing to table": "there is nothing to table",
    "prisoners' dilemma": "a prisoners' dilemma: each side tables, to the loss of both",
    "dominant": "a dominant choice, without being insisted upon",
    "answer to insisting": "only where the other side insists",
    "nobody tables": "nobody does",
    "depends on the other": "depends on what the other side does",
}
"""Kinds of tabling games in a few words."""


def page(found: Findings) -> str:
    """Return the whole report as an HTML document.

    Raises
    ------
    ImportError
        When matplotlib is not installed.
    """
    title = found.scenario.title
    with style():
        sections = [
            element("section", element("h2", heading), write(found), id=anchor)
            for anchor, heading, write in SECTIONS
        ]
    sheet = (files("bargaining.interfaces.html") / "style.css").read_text(encoding="utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="generator", content=f"bargaining {__version__}"),
        element("title", f"{title}: report"),
        element("style", Markup(sheet)),
    )
    links = [
        element("li", element("a", heading, href=f"#{anchor}")) for anchor, heading, _ in SECTIONS
    ]
    contents = element("nav", element("ol", *links), aria_label="Contents")
    body = element(
        "body",
        element("header", element("h1", title), _summary(found)),
        contents,
        element("main", *sections),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _summary(found: Findings) -> Markup:
    """Return the answers in a few lines, each with the section that bears it."""
    deal, scenario = found.agreement, found.scenario
    lines = [("agreement", "The deal", _deal(found))]
    if len(found.comparison.outcomes) > 1:
        without = [o for o in found.comparison.outcomes[1:] if not o.agreed]
        names = ", ".join(o.regime.name for o in without)
        count = len(found.comparison.outcomes)
        words = f"no deal in: {names}" if without else f"a deal in all {count}"
        lines.append(("regimes", "Regimes", words))
    if isinstance(found.tabling, TablingGame):
        lines.append(("tabling", "Tabling controls", TABLING[found.tabling.kind]))
    if isinstance(found.truce, TruceFindings):
        verdict = "holds" if found.truce.result.holds else "does not hold"
        lines.append(("truce", "As a truce", f"{found.truce.kept} {verdict}"))
    if isinstance(found.robustness, Robustness):
        words = f"a deal in {found.robustness.deals} of {found.robustness.draws} draws"
        lines.append(("robustness", "Over the ranges", words))
    if scenario.observed and deal.agreed:
        table = scenario.against_observed(deal.package)
        lines.append(("observed", "Against what happened", table.note))
    failed = [what for what, proof in found.certificates if not proof]
    words = f"FAILS: {', '.join(failed)}" if failed else f"all {len(found.certificates)} hold"
    lines.append(("certificates", "Certificates", words))
    terms = [
        part
        for anchor, name, said in lines
        for part in (
            element("dt", element("a", name, href=f"#{anchor}")),
            element("dd", said),
        )
    ]
    return join([element("dl", *terms, class_="summary")])


def _deal(found: Findings) -> str:
    deal = found.agreement
    if not deal.agreed:
        return "none: nobody can gain without a loss to others"
    return f"gains {gains(deal.players, deal.gains)}{unit_of(found.scenario)}"
