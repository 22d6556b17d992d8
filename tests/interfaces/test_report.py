"""The report: one page that stands alone, says what the library says, and is well formed."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bargaining as bg
from bargaining.interfaces.cli import main
from bargaining.interfaces.html.findings import Asked, find
from bargaining.interfaces.html.markup import Markup, element, linked, prose, table_of
from bargaining.interfaces.html.page import SECTIONS, page
from bargaining.interfaces.html.robustness import robustness
from bargaining.results.table import Table
from bargaining.scenarios.scenario import template
from bargaining.strategic.disagreement import as_disagreement

VOID = {"meta", "br", "hr", "path", "use", "image"}


class Page(HTMLParser):
    """What stands on a page: elements that are closed properly, identifiers, links, texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        if "id" in given:
            self.ids.append(str(given["id"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def report(name: str, **asked: Any) -> str:
    """Return the page of a scenario, with few draws."""
    scenario = bg.load_scenario(name)
    wanted = Asked(name, draws=asked.pop("draws", 3), **asked)
    model = as_disagreement(wanted.disagreement or scenario.disagreement)
    return page(find(scenario, wanted, model))


@pytest.fixture(scope="module")
def truce() -> str:
    """Return the report of the truce of 2025."""
    return report("us-china-2025")


# --------------------------------------------------------------------------------- what it says


def test_the_page_says_what_the_library_says(truce: str) -> None:
    words = " ".join(Page(truce).words)
    game = bg.load_scenario("us-china-2025")
    deal = bg.solve(game, lotteries=False)
    for gain in deal.gains:
        assert f"+{gain:.2f}" in words
    assert game.against_observed(deal.package).note in words
    assert bg.tabling_game(game).critical_cost("China").explain() in words
    assert "Missed: US reciprocal tariff" in words
    assert Counter(re.findall(r'class="words (hit|miss)', truce)) == {"hit": 9, "miss": 4}


def test_every_number_and_every_source_is_on_the_page(truce: str) -> None:
    game = bg.load_scenario("us-china-2025")
    parsed = Page(truce)
    shown = "".join(parsed.words)
    references = {q.reference for q in game.quantities.values() if not q.shared}
    assert all(reference in shown for reference in references)
    sources = [name for name in parsed.ids if name.startswith("source-")]
    assert len(sources) == len(references)
    cited = {a["href"] for a in parsed.all("a") if str(a["href"]).startswith("#source-")}
    assert cited == {f"#{name}" for name in sources}


def test_certificates_are_recomputed_and_listed(truce: str) -> None:
    words = Page(truce).words
    start = words.index("Certificates, recomputed from the problem alone")
    assert words[start:].count("holds") >= 4
    assert "FAILS" not in words


def test_the_commands_on_the_page_run(truce: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    text = report("two-issues", disagreement="status-quo")
    (commands,) = re.findall(r'aria-label="Commands">(.*?)</pre>', text, re.DOTALL)
    assert len(commands.splitlines()) >= 4
    for line in commands.splitlines():
        program, *arguments = line.split()
        assert program == "bargaining"
        assert main(arguments) == 0
    (python,) = re.findall(r'aria-label="Python">(.*?)</pre>', text, re.DOTALL)
    space: dict[str, Any] = {}
    exec(python.replace("&#x27;", "'"), space)
    assert space["deal"].gains.tolist() == [1.0, 3.0]


# ------------------------------------------------------------------------- that it stands alone


@pytest.mark.parametrize("name", ["us-china-2025", "two-issues", "nash-barter-1950", "ally"])
def test_pages_are_well_formed_and_ask_for_nothing_else(name: str, truce: str) -> None:
    text = truce if name == "us-china-2025" else report(name)
    parsed = Page(text)
    repeated = [each for each, count in Counter(parsed.ids).items() if count > 1]
    assert not repeated
    for tag, attributes in parsed.elements:
        assert tag not in ("script", "link", "iframe", "img")
        assert not (tag == "image" and not str(attributes["xlink:href"]).startswith("data:"))
        if tag == "a" and str(attributes.get("href", "")).startswith("#"):
            assert str(attributes["href"])[1:] in parsed.ids
    assert "@import" not in text
    assert not re.findall(r"url\((?!#)", text)
    anchors = {name for name, _, _ in SECTIONS}
    assert anchors <= set(parsed.ids)


def test_tables_have_heads_and_pictures_have_descriptions(truce: str) -> None:
    parsed = Page(truce)
    tables = parsed.all("table")
    assert len(tables) > 8
    assert len(parsed.all("caption")) == len(tables)
    assert all("scope" in head for head in parsed.all("th"))
    pictures = parsed.all("svg")
    assert len(pictures) >= 9
    assert all(one["role"] == "img" and len(str(one["aria-label"])) > 20 for one in pictures)
    heads = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch("h[1-6]", tag)]
    assert heads[0] == 1
    assert heads.count(1) == 1
    assert max(np.diff(heads)) <= 1


def test_the_page_is_the_same_each_time() -> None:
    assert report("two-issues") == report("two-issues")


def test_text_of_a_file_cannot_become_markup(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script>"
    path = tmp_path / "nasty.toml"
    path.write_text(
        template()
        .replace("A tariff for a purchase", nasty)
        .replace("What it is about, in a few sentences.", nasty)
        .replace("Home's tariff", f"{nasty} & duty")
        .replace("Made up for this file", f"{nasty} at https://example.org/<b>")
    )
    text = report(str(path))
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    Page(text)


# ------------------------------------------------------------- scenarios that lack this or that


def test_without_a_deal_the_proof_is_told() -> None:
    text = report("two-issues", disagreement="noncooperative")
    assert "There is no agreement" in text
    assert "There is no deal that could be kept." in text
    assert "none: nobody can gain" in text


def test_three_players_have_tables_where_two_have_pictures() -> None:
    text = report("ally")
    assert "The payoff set is drawn for two players; here are 3." in text
    assert "here are 3." in text
    assert "to Ally" in text or "Ally" in text


def test_without_security_controls_and_ranges_it_says_so() -> None:
    text = report("nash-barter-1950")
    assert "No lever is a security control" in text
    assert "No number of this scenario has a range" in text
    assert "No lever is missed." in text


def test_a_breakdown_given_in_numbers_reaches_the_page() -> None:
    text = report("two-issues", disagreement=None)
    assert "disagreement=&#x27;status-quo&#x27;" in text
    scenario = bg.load_scenario("two-issues")
    found = find(scenario, Asked("two-issues", disagreement="0,-1"), as_disagreement([0.0, -1.0]))
    assert "disagreement=[0,-1]" in page(found)


# --------------------------------------------------------------------------------- robustness


def test_shares_of_draws_are_those_counted_by_hand() -> None:
    game = bg.load_scenario("us-china-2025")
    deal = bg.solve(game, lotteries=False)
    found = robustness(game, deal, "nash", as_disagreement(game.disagreement), 4, 7)
    assert not isinstance(found, str)
    rng = np.random.default_rng(7)
    drawn = [game.vary(rng=rng) for _ in range(4)]
    deals = [bg.solve(each, lotteries=False) for each in drawn]
    assert found.deals == sum(each.agreed for each in deals)
    same = [
        each.lever("soybean purchases").label(one.package["soybean purchases"])
        == game.lever("soybean purchases").label(deal.package["soybean purchases"])
        for each, one in zip(drawn, deals, strict=True)
    ]
    (row,) = [row for row in found.levers.rows if row[0] == "soybean purchases"]
    assert row[2] == round(100 * sum(same) / 4)


# ---------------------------------------------------------------------------------- elements


def test_text_is_escaped_and_markup_is_not() -> None:
    assert element("p", "<&>", Markup("<b>x</b>"), title='"') == (
        '<p title="&quot;">&lt;&amp;&gt;<b>x</b></p>'
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("A <https://a.org/b?c=1&d> [page]", "https://a.org/b?c=1&amp;d"),
        ("(https://a.org/b)", "https://a.org/b"),
        ("http://a.org, and so on", "http://a.org"),
    ],
)
def test_addresses_become_links_without_what_surrounds_them(text: str, address: str) -> None:
    assert f'<a href="{address}">{address}</a>' in linked(text)
    assert "".join(Page(linked(text)).words) == text


def test_no_other_scheme_becomes_a_link() -> None:
    assert "<a" not in linked("javascript:alert(1) ftp://a.org")


def test_signs_before_numbers_are_minus_signs_and_dates_are_left_alone() -> None:
    assert prose("-3 to -.5 on 2025-10-30, 1e-09") == "−3 to −.5 on 2025-10-30, 1e-09"


def test_tables_of_words_keep_their_roles_where_the_layout_goes() -> None:
    words = table_of(Table("T", ("a", "b", "c"), (("x", "y", "z"),)))
    numbers = table_of(Table("T", ("a", "b"), (("x", 1.5),)))
    assert 'role="table"' in words
    assert 'data-label="b"' in words
    assert 'role="table"' not in numbers
    assert "1.5" in numbers


# ---------------------------------------------------------------------------- the command line


def test_the_command_writes_the_page(capsys: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert main(["report", "two-issues", "--output", str(path)]) == 0
    assert str(path) in capsys.readouterr().out
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert main(["report", "two-issues", "--output", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == str(path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["two-issue"], "did you mean 'two-issues'"),
        (["two-issues", "--solution", "nahs"], "did you mean 'nash'"),
        (["two-issues", "--solution", "raiffa"], "--lotteries"),
        (["two-issues", "--draws", "-1"], "--draws"),
        (["two-issues", "--disagreement", "1,2,3"], "2"),
    ],
)
def test_bad_input_is_told_in_a_line(
    arguments: list[str], words: str, capsys: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["report", *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert len(error.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_told(capsys: Any, tmp_path: Path) -> None:
    assert main(["report", "two-issues", "--output", str(tmp_path / "no" / "page.html")]) == 2
    assert "no" in capsys.readouterr().err


def test_without_matplotlib_the_extra_is_named(capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    assert main(["report", "two-issues"]) == 2
    assert "bargaining[plot]" in capsys.readouterr().err
