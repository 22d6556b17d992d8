"""The explorer in a real browser: Chromium, without a screen, clicked through.

The page is served by the command itself. Without Chromium (Debian's package is `chromium`) these
tests are skipped; CI installs it.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bargaining.interfaces.explorer.results import results
from bargaining.interfaces.explorer.state import initial, movable, moved
from bargaining.interfaces.words import gains
from bargaining.scenarios.scenario import load_scenario, template

TRUCE = load_scenario("us-china-2025")
LEVERS = f"Levers ({len(TRUCE.free_levers)})"
NUMBERS = f"Numbers within their ranges ({len(movable(TRUCE))})"

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
SOON = 30_000
"""Milliseconds to wait for what should come within a second, on however busy a computer."""

CONTROLS = ("button", "checkbox", "combobox", "slider", "textbox", "link", "DisclosureTriangle")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason=f"no Chromium is installed (looked for {', '.join(NAMES)})"
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the explorer, as `bargaining explore` does, and return where."""
    command = [sys.executable, "-m", "bargaining.interfaces.cli", "explore", "two-issues"]
    with subprocess.Popen(
        [*command, "--no-open"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert found, server.stderr.read()
            yield found[0]
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=30) == 0
        assert not server.stderr.read()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


class Visit:
    """A page with everything that went wrong on it."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.page: Page = browser.new_page(**options)
        self.page.set_default_timeout(SOON)
        expect.set_options(timeout=SOON)
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)
        expect(self.page.locator("#summary")).to_contain_text("eal")

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.wrong.append(f"{message.text} {message.location}")

    def open_all(self) -> None:
        """Open all sections of the controls."""
        self.page.locator("#controls-form").wait_for()
        self.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")


@pytest.fixture
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    options = {"viewport": {"width": 1280, "height": 900}, **getattr(request, "param", {})}
    seen = Visit(browser, address, **options)
    yield seen
    seen.page.close()
    assert seen.wrong == []


def said(**values: Any) -> str:
    """Return what the summary of the truce says when controls have some values."""
    given = {name.replace("_", "-"): value for name, value in values.items()}
    outcome = results(moved(initial(TRUCE), given)).outcome
    return gains(TRUCE.player_names, outcome.gains)


def test_a_walk_through_the_truce_of_2025(visit: Visit) -> None:
    page, summary = visit.page, visit.page.locator("#summary")
    expect(summary).to_contain_text("China +3")
    page.get_by_label("Scenario", exact=True).select_option("us-china-2025")
    expect(summary).to_contain_text(said())

    page.get_by_label("Weight of United States").press("End")  # by keyboard
    expect(page.locator("#lines")).to_contain_text("weights=[3.0, 1.0]")
    expect(summary).to_contain_text(said(weight_0=3))
    picture = page.get_by_role("img", name="Payoff set of United States and China")
    expect(picture).to_have_attribute("alt", re.compile(re.escape(said(weight_0=3))))
    assert said(weight_0=3) != said()

    page.get_by_text(LEVERS).click()
    lever = page.get_by_role("group", name="gallium and germanium ban")
    ledger = page.locator("#ledger")
    expect(ledger).to_contain_text("gallium and germanium ban")
    lever.get_by_label("On the table").press("Space")
    expect(page.locator("#regimes")).to_contain_text("as switched (response)")
    expect(page.locator("#lines")).not_to_contain_text("'gallium and germanium ban'")
    lever.get_by_label("Your offer").select_option("suspended")
    expect(page.locator("#offer")).to_contain_text("It moves what is off the table")

    page.get_by_role("button", name="Reset all controls").press("Enter")
    expect(summary).to_contain_text(said())
    expect(page.locator("#regimes")).to_contain_text("all on the table")
    expect(page.get_by_label("Weight of United States")).to_have_value("1")


def test_owners_switches_move_all_their_security_levers(visit: Visit) -> None:
    page = visit.page
    page.get_by_label("Scenario", exact=True).select_option("us-china-2025")
    page.get_by_text(LEVERS).click()
    page.get_by_role("button", name="Security levers off (United States)").click()
    off = page.get_by_role("group", name="affiliates rule").get_by_label("On the table")
    expect(off).not_to_be_checked()
    expect(page.locator("#regimes")).to_contain_text("as switched (standstill)")
    page.get_by_role("button", name="All on the table (United States)").click()
    expect(off).to_be_checked()
    expect(page.locator("#regimes")).not_to_contain_text("as switched")


def test_a_number_and_patience_move_by_keyboard_and_say_their_value(visit: Visit) -> None:
    page = visit.page
    page.get_by_label("Scenario", exact=True).select_option("us-china-2025")
    page.get_by_text(NUMBERS).click()
    slider = page.get_by_label("demand elasticity")
    slider.press("End")
    highest = TRUCE.quantities["numbers.demand-elasticity"].range[1]
    expect(slider).to_have_attribute("aria-valuetext", f"{highest:g} elasticity")
    expect(page.locator("#lines")).to_contain_text(f"'numbers.demand-elasticity': {highest}")
    page.get_by_text("Patience and the truce").click()
    for player in ("United States", "China"):
        page.get_by_label(f"Patience of {player}").press("Home")
    expect(page.locator("#truces")).to_contain_text("The agreement does not hold")


def test_a_file_is_loaded_and_a_broken_one_says_where(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    broken, own = tmp_path / "broken.toml", tmp_path / "own.toml"
    own.write_text(template(), encoding="utf-8")
    broken.write_text(template().replace("owner =", "holder ="), encoding="utf-8")
    page.get_by_label("Your own scenario file").set_input_files(broken)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("broken.toml: levers.")
    expect(alert).not_to_contain_text("/")
    page.get_by_label("Your own scenario file").set_input_files(own)
    expect(alert).to_have_count(0)
    expect(page.get_by_label("Scenario", exact=True)).to_have_value("own.toml")
    expect(page.locator("#lines")).to_contain_text("bargaining solve own.toml")


def test_a_rule_that_does_not_apply_says_so_and_the_way_back_is_open(visit: Visit) -> None:
    page = visit.page
    page.get_by_label("Solution").select_option("raiffa")
    expect(page.get_by_role("alert")).to_contain_text("agree on lotteries")
    page.get_by_label("Agree on").select_option("lotteries")
    expect(page.locator("#summary")).to_contain_text("Deal")
    expect(page.locator("#deal")).to_contain_text("Raiffa")


def test_every_control_has_a_name_and_a_visible_label(visit: Visit) -> None:
    page = visit.page
    page.get_by_label("Scenario", exact=True).select_option("us-china-2025")
    expect(page.locator("#summary")).to_contain_text(said())
    visit.open_all()
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    found = [node for node in nodes if node.get("role", {}).get("value") in CONTROLS]
    assert len(found) > 90
    assert [node for node in found if not node.get("name", {}).get("value", "").strip()] == []
    unlabelled = page.evaluate(
        """() => [...document.querySelectorAll("input, select")]
        .filter((c) => ![...c.labels].some((l) => l.innerText.trim() && l.offsetHeight > 10))
        .map((c) => c.outerHTML)"""
    )
    assert unlabelled == []


def test_every_control_is_reached_with_the_tabulator(visit: Visit) -> None:
    page = visit.page
    visit.open_all()
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("input, select, button, summary, a, pre")]
        .filter((c) => c.tabIndex >= 0 && c.offsetParent)
        .map((c, k) => { c.dataset.count = k; return String(k) })"""
    )
    reached: set[str] = set()
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.count"))
    assert set(wanted) <= reached


@pytest.mark.parametrize(
    "visit",
    [
        {"viewport": {"width": 390, "height": 844}},
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
        {"color_scheme": "dark"},
    ],
    indirect=True,
    ids=["phone", "dark phone", "dark"],
)
def test_nothing_sticks_out_and_letters_stand_out(visit: Visit) -> None:
    page = visit.page
    page.get_by_label("Scenario", exact=True).select_option("us-china-2025")
    expect(page.locator("#summary")).to_contain_text(said())
    visit.open_all()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    faint = page.evaluate(CONTRAST)
    assert faint == []


CONTRAST = """() => {
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const read = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const rgb = read(getComputedStyle(e).backgroundColor);
      if (rgb.length === 3 || rgb[3] > 0) return rgb;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const e of document.querySelectorAll("p, th, td, label, summary, h1, h2, h3, legend, a,"
       + "button, select, output, pre, small, caption")) {
    if (!e.offsetParent || !e.innerText.trim()) continue;
    const [a, b] = [light(read(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(`${e.tagName} ${e.innerText}`);
  }
  return faint;
}"""
"""What has less contrast than the 4.5 to 1 of WCAG 2 (level AA)."""


def test_nothing_is_asked_of_any_other_computer(visit: Visit, address: str) -> None:
    visit.page.get_by_label("Scenario", exact=True).select_option("us-china-2025")
    expect(visit.page.locator("#summary")).to_contain_text(said())
    others = [url for url in visit.asked if not url.startswith((address, "data:", "blob:"))]
    assert len(visit.asked) > 5
    assert others == []


def test_no_file_is_opened_by_its_path_from_the_page(visit: Visit, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(template(), encoding="utf-8")
    visit.page.evaluate("(path) => Shiny.setInputValue('scenario', path)", str(own))
    expect(visit.page.get_by_role("alert")).to_contain_text("unknown scenario")


def test_the_server_answers_to_its_own_name_only(address: str) -> None:
    asked = Request(address, headers={"Host": "elsewhere.example"})
    with pytest.raises(HTTPError, match="400") as refused:
        urlopen(asked)
    refused.value.close()
