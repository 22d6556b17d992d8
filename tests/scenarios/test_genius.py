"""Domains of Genius, GeniusWeb and NegMAS: what is written comes back, and errors name the line."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.scenarios.genius.domain import read_genius, write_genius

DOMAIN = """<negotiation_template><utility_space number_of_issues="2">
<objective index="0" name="root" type="objective" etype="objective" description="">
<issue index="1" name="laptop" type="discrete" etype="discrete" vtype="discrete">
<item index="1" value="Dell" cost="700.0"/>
<item index="2" value="HP &amp; co" cost="600.0"/>
</issue>
<issue index="2" name="disk" type="discrete" etype="discrete" vtype="discrete">
<item index="1" value="60 GB"/>
<item index="2" value="80 GB"/>
<item index="3" value="120 GB"/>
</issue>
</objective></utility_space></negotiation_template>
"""

PROFILE = """<utility_space number_of_issues="2">
<objective index="0" name="root" type="objective" etype="objective" description="">
<weight index="1" value="{w1}"/>
<weight index="2" value="{w2}"/>
<issue index="1" name="laptop" type="discrete" etype="discrete" vtype="discrete">
<item index="1" value="Dell" evaluation="{a1}"/>
<item index="2" value="HP &amp; co" evaluation="{a2}"/>
</issue>
<issue index="2" name="disk" type="discrete" etype="discrete" vtype="discrete">
<item index="1" value="60 GB" evaluation="{b1}"/>
<item index="2" value="80 GB" evaluation="{b2}"/>
<item index="3" value="120 GB" evaluation="{b3}"/>
</issue>
</objective>
<discount_factor value="0.9"/>
<reservation value="0.25"/>
</utility_space>
"""
BUYER = {"w1": 0.4, "w2": 0.6, "a1": 3, "a2": 6, "b1": 1, "b2": 2, "b3": 4}
SELLER = {"w1": 0.5, "w2": 0.5, "a1": 5, "a2": 4, "b1": 8, "b2": 6, "b3": 2}


@pytest.fixture
def laptop(tmp_path: Path) -> Path:
    """Return the folder of a small domain."""
    folder = tmp_path / "laptop"
    folder.mkdir()
    (folder / "laptop.xml").write_text(DOMAIN)
    (folder / "laptop-buyer.xml").write_text(PROFILE.format(**BUYER))
    (folder / "laptop-seller.xml").write_text(PROFILE.format(**SELLER))
    return folder


def packages(game: bg.Negotiation) -> list[bg.Package]:
    """Return all packages of a small negotiation."""
    return [game.package_at(at) for at in np.ndindex(*game.sizes)]


# -------------------------------------------------------------------------------------- reading


def test_utilities_are_those_of_genius(laptop: Path) -> None:
    domain = read_genius(laptop)
    game = domain.negotiation
    assert game.player_names == ("laptop-buyer", "laptop-seller")
    # Genius: weight times evaluation over the highest evaluation of the issue.
    payoffs = game.payoffs({"laptop": "Dell", "disk": "80 GB"})
    assert payoffs == pytest.approx([0.4 * 3 / 6 + 0.6 * 2 / 4, 0.5 * 5 / 5 + 0.5 * 6 / 8])
    assert game.payoffs({"laptop": "HP & co", "disk": "120 GB"})[0] == pytest.approx(1.0)
    assert domain.reservations.tolist() == [0.25, 0.25]
    assert domain.discounts.tolist() == [0.9, 0.9]
    assert domain.name == "laptop"


def test_evaluations_may_be_taken_as_they_are(laptop: Path) -> None:
    game = read_genius(laptop, relative=False).negotiation
    payoffs = game.payoffs({"laptop": "Dell", "disk": "80 GB"})
    assert payoffs == pytest.approx([0.4 * 3 + 0.6 * 2, 0.5 * 5 + 0.5 * 6])


def test_a_domain_is_solved_from_its_reservation_values(laptop: Path) -> None:
    problem = read_genius(laptop).problem()
    deal = bg.solve(problem, lotteries=False)
    assert bg.verify(deal)
    game = read_genius(laptop).negotiation
    best = max(packages(game), key=lambda p: np.prod(np.maximum(game.payoffs(p) - 0.25, 0)))
    assert dict(deal.package) == dict(best)


def test_owners_and_status_quo_are_given_by_name(laptop: Path) -> None:
    game = read_genius(
        laptop, owners={"disk": "laptop-seller"}, status_quo={"disk": "80 GB"}
    ).negotiation
    assert [lever.owner for lever in game.levers] == ["laptop-buyer", "laptop-seller"]
    assert game.lever("disk").label(game.status_quo["disk"]) == "80 GB"


# ----------------------------------------------------------------------------------- round trip


@pytest.mark.parametrize("form", ["xml", "json"])
def test_what_is_written_comes_back_with_payoffs_between_0_and_1(form: str, tmp_path: Path) -> None:
    game = bg.load_scenario("nash-barter-1950")
    write_genius(game, tmp_path, disagreement=[0, 0], form=form, name="barter")
    domain = read_genius(tmp_path)
    again = domain.negotiation
    assert domain.name == "barter"
    some = [game.package_at(at) for at in np.random.default_rng(0).integers(0, 2, (40, 9))]
    before = game.payoffs(some)
    after = again.payoffs([{name: package[name] for name in package} for package in some])
    low = np.array([sum(f.table[i].min() for f in game.factors) for i in range(2)])
    high = np.array([sum(f.table[i].max() for f in game.factors) for i in range(2)])
    assert after == pytest.approx((before - low) / (high - low), abs=1e-12)
    assert domain.reservations == pytest.approx(-low / (high - low), abs=1e-12)


@pytest.mark.parametrize("form", ["xml", "json"])
def test_solutions_that_ignore_scales_are_the_same_after_a_round_trip(
    form: str, tmp_path: Path
) -> None:
    game = bg.load_scenario("nash-barter-1950")
    write_genius(game, tmp_path, disagreement=[0, 0], form=form)
    for rule in ("nash", "kalai-smorodinsky"):
        deal = bg.solve(game, rule, disagreement="status-quo", lotteries=False)
        again = bg.solve(read_genius(tmp_path).problem(), rule, lotteries=False)
        assert dict(again.package) == dict(deal.package)


@given(
    tables=st.lists(
        st.lists(
            st.tuples(*[st.integers(-50, 50)] * 2), min_size=1, max_size=4
        ), min_size=1, max_size=4,
    ),
    form=st.sampled_from(["xml", "json"]),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_any_additive_game_comes_back(
    tables: list[list[tuple[int, int]]], form: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    levers = [
        bg.Lever(f'"{k}" <&>', "A", range(len(rows)), 0,
                 labels=[f"v'{j}&" for j in range(len(rows))])
        for k, rows in enumerate(tables)
    ]  # fmt: skip
    terms = [
        bg.TablePayoff(lever, {p: [float(row[i]) for row in rows] for i, p in enumerate("AB")},
                       name=lever.name)
        for lever, rows in zip(levers, tables, strict=True)
    ]  # fmt: skip
    game = bg.Negotiation([bg.Player("A"), bg.Player("B")], levers, terms)
    spread = np.ptp(game.payoffs(packages(game)), axis=0)
    folder = tmp_path_factory.mktemp("domain")
    if np.any(spread == 0):
        with pytest.raises(bg.InputError, match="expected payoffs that differ"):
            write_genius(game, folder, form=form)
        return
    write_genius(game, folder, form=form)
    again = read_genius(folder).negotiation
    assert [lever.labels for lever in again.levers] == [lever.labels for lever in game.levers]
    before, after = game.payoffs(packages(game)), again.payoffs(packages(again))
    expected = (before - before.min(axis=0)) / spread
    assert after == pytest.approx(expected, abs=1e-9)


def test_names_of_newer_files_are_known(tmp_path: Path) -> None:
    write_genius(bg.load_scenario("nash-barter-1950"), tmp_path, form="json")
    path = tmp_path / "1-Bill.json"
    path.write_text(path.read_text().replace("discreteutils", "DiscreteValueSetUtilities"))
    assert read_genius(tmp_path).negotiation.player_names == ("Bill", "Jack")


def test_a_bid_may_stand_for_the_reservation(tmp_path: Path) -> None:
    game = bg.load_scenario("nash-barter-1950")
    write_genius(game, tmp_path, form="json")
    path = tmp_path / "1-Bill.json"
    data = json.loads(path.read_text())
    bid = {lever.name: lever.label(lever.status_quo) for lever in game.levers}
    data["LinearAdditiveUtilitySpace"]["reservationBid"] = {"issuevalues": bid}
    path.write_text(json.dumps(data))
    domain = read_genius(tmp_path)
    assert domain.reservations[0] == pytest.approx(domain.negotiation.payoffs(bid)[0])


# --------------------------------------------------------------------------------------- NegMAS


@pytest.mark.parametrize("form", ["xml", "json"])
def test_negmas_reads_the_same_utilities(form: str, tmp_path: Path) -> None:
    inout = pytest.importorskip("negmas.inout")
    game = bg.load_scenario("nash-barter-1950")
    write_genius(game, tmp_path, disagreement=[0, 0], form=form)
    load = inout.load_genius_domain_from_folder
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = (load if form == "xml" else inout.load_geniusweb_domain_from_folder)(tmp_path)
    ours = read_genius(tmp_path)
    assert [issue.name for issue in theirs.issues] == [lever.name for lever in game.levers]
    for at in np.random.default_rng(1).integers(0, 2, (25, 9)):
        package = game.package_at(at)
        outcome = tuple(lever.label(package[lever.name]) for lever in game.levers)
        expected = ours.negotiation.payoffs(dict(package))
        assert [ufun(outcome) for ufun in theirs.ufuns] == pytest.approx(expected, abs=1e-9)
    assert [u.reserved_value for u in theirs.ufuns] == pytest.approx(ours.reservations)


def test_what_negmas_writes_is_read(tmp_path: Path) -> None:
    negmas = pytest.importorskip("negmas")
    issues = [negmas.make_issue(["a", "b"], "one"), negmas.make_issue(["x", "y", "z"], "two")]
    space = negmas.make_os(issues)
    ufuns = [
        negmas.LinearAdditiveUtilityFunction(
            values={"one": {"a": 0.2, "b": 1.0}, "two": {"x": 1.0, "y": 0.4, "z": 0.0}},
            weights={"one": 0.3, "two": 0.7}, outcome_space=space, name=name, reserved_value=0.1,
        )
        for name in ("first", "second")
    ]  # fmt: skip
    scenario = negmas.Scenario(space, ufuns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scenario.to_genius_files(tmp_path / "d.xml", [tmp_path / "p1.xml", tmp_path / "p2.xml"])
    domain = read_genius(tmp_path, relative=False)
    for outcome in space.enumerate():
        package = dict(zip(("one", "two"), outcome, strict=True))
        expected = [float(u(outcome)) for u in ufuns]
        assert domain.negotiation.payoffs(package) == pytest.approx(expected)
    assert domain.reservations == pytest.approx([0.1, 0.1])


# ------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("laptop.xml", "</issue>", "</isue>", "laptop.xml: line 6: not valid XML: mismatched tag"),
        ("laptop.xml", 'type="discrete"', 'type="real"', "line 3, issue 'laptop': expected a disc"),
        ("laptop.xml", 'value="Dell" ', "", "line 4, item: value is missing"),
        ("laptop.xml", "HP &amp; co", "Dell", "line 3, issue 'laptop': the value 'Dell' is there"),
        ("laptop.xml", '"disk"', '"laptop"', "line 7, issue 'laptop': the issue is there twice"),
        ("laptop.xml", 'name="disk"', "", "line 7, issue: name is missing"),
        ("laptop-buyer.xml", 'evaluation="3"', 'evaluation="much"', "line 6, issue 'laptop'"),
        ("laptop-buyer.xml", 'evaluation="3"', 'evaluation="nan"', "expected a finite number"),
        ("laptop-buyer.xml", 'evaluation="3"', "", "line 6, issue 'laptop': evaluation is missing"),
        ("laptop-buyer.xml", '"60 GB"', '"60 Gb"', "unknown value '60 Gb'; did you mean '60 GB'?"),
        ("laptop-buyer.xml", 'name="disk"', 'name="disc"', "unknown issue 'disc'"),
        ("laptop-buyer.xml", 'weight index="1"', 'weight index="7"', "no issue has the index '7'"),
        ("laptop-buyer.xml", '<weight index="1" value="0.4"/>', "", "issue 'laptop': no weight"),
        ("laptop-buyer.xml", 'value="0.25"', 'value="?"', "line 16, reservation"),
        ("laptop-buyer.xml", "utility_space", "utility", "expected a utility_space, got 'utility'"),
    ],
)  # fmt: skip
def test_errors_name_file_line_and_issue(
    laptop: Path, file: str, old: str, new: str, words: str
) -> None:
    path = laptop / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new) if "utility" in old else text.replace(old, new, 1))
    with pytest.raises(bg.InputError) as caught:
        read_genius(laptop)
    assert file in str(caught.value)
    for part in words.split("; "):
        assert part in str(caught.value)


def test_entities_are_refused(laptop: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n'
    (laptop / "laptop.xml").write_text(bomb + DOMAIN)
    with pytest.raises(bg.InputError, match="line 1: declares entities"):
        read_genius(laptop)


def test_evaluations_without_a_positive_one_cannot_be_relative(laptop: Path) -> None:
    (laptop / "laptop-buyer.xml").write_text(PROFILE.format(**{**BUYER, "a1": 0, "a2": -1}))
    with pytest.raises(bg.InputError, match="relative=False"):
        read_genius(laptop)
    assert read_genius(laptop, relative=False).negotiation


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "line 1: not valid JSON"),
        ("[]", "expected an object"),
        ('{"issuesValues": {"a": {"values": []}}}', "issue 'a': expected a list of values"),
        ('{"issuesValues": {"a": {"values": ["x", "x"]}}}', "expected texts, each once"),
        ('{"issuesValues": {}}', "at least one issue"),
        ('{"Other": 1}', "expected LinearAdditiveUtilitySpace, got Other"),
        ('{"LinearAdditiveUtilitySpace": {"issueUtilities": {"a": {"numberutils": {}}}}}',
         "issue 'a': expected a discrete issue"),
    ],
)  # fmt: skip
def test_errors_in_json_name_file_and_issue(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(bg.InputError) as caught:
        read_genius(tmp_path)
    assert "x.json" in str(caught.value)
    assert words in str(caught.value)


def test_folders_without_what_it_takes(laptop: Path, tmp_path: Path) -> None:
    with pytest.raises(bg.InputError, match="is not a folder"):
        read_genius(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(bg.InputError, match=r"no .xml and no .json"):
        read_genius(tmp_path / "empty")
    with pytest.raises(bg.InputError, match="owners: unknown issue 'disc'"):
        read_genius(laptop, owners={"disc": "laptop-buyer"})
    (laptop / "second.xml").write_text(DOMAIN)
    with pytest.raises(bg.InputError, match="a second domain"):
        read_genius(laptop)
    (laptop / "second.xml").unlink()
    (laptop / "laptop.xml").unlink()
    with pytest.raises(bg.InputError, match="holds no domain, 2 profiles"):
        read_genius(laptop)


def test_what_does_not_fit_the_format_is_refused(tmp_path: Path) -> None:
    issues = bg.load_scenario("two-issues")
    with pytest.raises(bg.InputError, match="'tariff', 'control' interact"):
        write_genius(issues, tmp_path)
    barter = bg.load_scenario("nash-barter-1950")
    with pytest.raises(bg.InputError, match="disagreement of 'Bill': expected a payoff between"):
        write_genius(barter, tmp_path, disagreement=[-1000, 0])
    with pytest.raises(bg.InputError, match="expected 2 finite numbers"):
        write_genius(barter, tmp_path, disagreement=[0])
    with pytest.raises(bg.InputError, match="did you mean 'json'"):
        write_genius(barter, tmp_path, form="jsn")
    with pytest.raises(bg.InputError, match="name of a file"):
        write_genius(barter, tmp_path, name="..")
    assert not list(tmp_path.iterdir())
    write_genius(barter, tmp_path)
    with pytest.raises(bg.InputError, match="exists already"):
        write_genius(barter, tmp_path)
