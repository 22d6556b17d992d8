"""The controls of the explorer as HTML: native ones, each with a visible label.

Their names and values are those that `state.moved` reads. They stand in one form, of which
`script.js` sends everything at once, some moments after the last change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from htmltools import Tag, TagChild, tags

from bargaining.interfaces.explorer.state import State, initial, movable
from bargaining.model.levers import Interval, Lever
from bargaining.model.terms import Payoff
from bargaining.scenarios.quantities import Quantity
from bargaining.scenarios.scenario import Scenario

__all__ = ["controls"]

SOLUTIONS = {
    "nash": "Nash",
    "kalai-smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "egalitarian",
    "utilitarian": "utilitarian",
    "raiffa": "Raiffa (lotteries only)",
    "perles-maschler": "Perles-Maschler (lotteries only)",
    "equal-area": "equal area (lotteries only)",
}
DISAGREEMENTS = {
    "noncooperative": "each side sets its own levers (Nash)",
    "status-quo": "everything stays as it is today",
    "optimal-threats": "optimal threats (two players)",
    "max-min": "each secures what it can alone (max-min)",
}
READINGS = {
    "response": "their owners set them as suits them best",
    "standstill": "they stand still as they are today",
}

UNBOUND = {"data-shiny-no-bind-input": ""}
"""Of what is sent together with the form, and not by Shiny one by one."""

STEPS = 100
"""Steps of a slider from end to end."""


def controls(scenario: Scenario, generation: int) -> Tag:
    """Return the form with all controls of a scenario, as they are before anything is moved.

    Parameters
    ----------
    scenario : Scenario
    generation : int
        How often the controls have been made; what the form sends says from which it comes.
    """
    state = initial(scenario)
    parts = [
        _section("Rule", _rule(state), opened=True),
        _section(f"Levers ({len(scenario.free_levers)})", _levers(scenario)),
        _section(f"Numbers within their ranges ({len(movable(scenario))})", _numbers(scenario)),
        _section("Patience and the truce", _truce(state)),
    ]
    return tags.form(
        *parts, id="controls-form", data_generation=str(generation), autocomplete="off"
    )


def _section(title: str, content: Sequence[TagChild], *, opened: bool = False) -> Tag:
    return tags.details(
        tags.summary(title), *content, class_="section", **({"open": ""} if opened else {})
    )


def _rule(state: State) -> list[TagChild]:
    players = state.scenario.player_names
    return [
        _select("solution", "Solution", SOLUTIONS, state.solution),
        _select(
            "over", "Agree on",
            {"packages": "single packages", "lotteries": "lotteries over packages"}, "packages",
        ),
        _select("disagreement", "Without agreement", DISAGREEMENTS, state.disagreement),
        tags.fieldset(
            tags.legend("Bargaining weights"),
            tags.p("They count in the Nash, egalitarian and utilitarian solutions.", class_="hint"),
            *(
                _slider(f"weight-{i}", f"Weight of {player}", 1.0, (0.1, 3.0), step=0.1)
                for i, player in enumerate(players)
            ),
        ),
    ]  # fmt: skip


def _levers(scenario: Scenario) -> list[TagChild]:
    numbered = list(enumerate(scenario.free_levers))
    groups: list[TagChild] = [
        _select("off-table", "Levers off the table", READINGS, "response"),
        tags.p(
            "Your offer is a package of your own: it is weighed against no agreement and drawn in "
            "the picture, and changes nothing else.",
            class_="hint",
        ),
    ]
    for owner in scenario.player_names:
        own = [(j, lever) for j, lever in numbered if lever.owner == owner]
        if own:
            groups.append(
                tags.section(
                    tags.h3(owner), _switches(owner, own), *(_lever(j, lever) for j, lever in own),
                    aria_label=f"Levers of {owner}",
                )
            )  # fmt: skip
    return groups


def _switches(owner: str, own: Sequence[tuple[int, Lever]]) -> Tag:
    """Return buttons that switch all levers of an owner, and all its security levers."""
    security = [j for j, lever in own if lever.domain == "security"]
    buttons = [_switch("All on the table", owner, [j for j, _ in own], on=True)]
    if security:
        buttons.append(_switch("Security levers off", owner, security, on=False))
    return tags.div(*buttons, class_="switches")


def _switch(words: str, owner: str, numbers: Sequence[int], *, on: bool) -> Tag:
    return tags.button(
        words, tags.span(f" ({owner})", class_="visually-hidden"), type="button", class_="small",
        data_switch=",".join(f"tradable-{j}" for j in numbers), data_on="1" if on else "",
    )  # fmt: skip


def _lever(j: int, lever: Lever) -> Tag:
    domain = tags.span("security", class_="badge-security") if lever.domain == "security" else None
    return tags.fieldset(
        tags.legend(lever.name, " " if domain else None, domain),
        tags.div(
            tags.input(
                id=f"tradable-{j}", name=f"tradable-{j}", type="checkbox", checked="", **UNBOUND
            ),
            tags.label("On the table", for_=f"tradable-{j}"),
            class_="check",
        ),
        tags.div(*_levels(j, lever), class_="pair"),
        class_="lever",
    )


def _levels(j: int, lever: Lever) -> list[Tag]:
    """Return what chooses today's level of a lever, and that of the offer."""
    levels = lever.levels
    if isinstance(levels, Interval):
        ends, unit = (levels.low, levels.high), lever.unit
        return [
            _slider(f"today-{j}", "Today", lever.status_quo, ends, unit=unit),
            _slider(f"offer-{j}", "Your offer", lever.status_quo, ends, unit=unit, silent=True),
        ]
    words = {str(k): lever.label(level) for k, level in enumerate(levels)}
    today = str(levels.index(lever.status_quo))
    return [
        _select(f"today-{j}", "Today", words, today),
        _select(f"offer-{j}", "Your offer", {"": "as today", **words}, ""),
    ]


def _numbers(scenario: Scenario) -> list[TagChild]:
    found = movable(scenario)
    if not found:
        return [tags.p("No number of this scenario has a range.", class_="hint")]
    hint = "Where each comes from: "
    content: list[TagChild] = [
        tags.p(hint, tags.code(f"bargaining provenance {scenario.name}"), class_="hint")
    ]
    groups: dict[str, list[Tag]] = {}
    for k, quantity in enumerate(found):
        where, words = _words(scenario, quantity)
        assert quantity.range is not None  # or it would not be movable
        slider = _slider(f"number-{k}", words, quantity.value, quantity.range, unit=quantity.unit)
        groups.setdefault(where, []).append(slider)
    content += [
        tags.fieldset(tags.legend(where), *sliders, class_="lever")
        for where, sliders in groups.items()
    ]
    return content


def _words(scenario: Scenario, quantity: Quantity) -> tuple[str, str]:
    """Return under which heading a number stands, and what it is called there."""
    kind, *path = quantity.path.split(".")
    names = dict(scenario.keys)
    if kind == "numbers":
        words = ".".join(path).split("-")
        return "Shared numbers", " ".join(names.get(word, word) for word in words)
    if kind == "levers":
        return f"Levels of {names.get(path[0], path[0])}", quantity.label or " ".join(path[1:])
    term = _term(scenario, ".".join(path))
    field = ".".join(path)[len(term.name) + 1 :].split(".")
    return term.name, _field(scenario, term, [names.get(part, part) for part in field])


def _term(scenario: Scenario, path: str) -> Payoff:
    """Return the payoff term to which a path leads; its name may itself hold dots."""
    found = [term for term in scenario.terms if path.startswith(f"{term.name}.")]
    return max(found, key=lambda term: len(term.name))


def _field(scenario: Scenario, term: Payoff, parts: Sequence[str]) -> str:
    """Say which number of a term it is: to whom, at which levels of its levers."""
    at = [int(part) for part in parts if part.isdigit()]
    words = [part.replace("_", " ") for part in parts if not part.isdigit()]
    if len(words) > 1 and words[1] in scenario.player_names:
        words = [f"to {words[1]}", *words[2:]]
    for name, k in zip(term.levers, at, strict=False):
        lever = scenario.lever(name)
        if not isinstance(lever.levels, Interval) and k < len(lever.levels):
            words.append(lever.label(lever.levels[k]))
    return ", ".join(words)


def _truce(state: State) -> list[TagChild]:
    return [
        tags.p(
            "Does it hold without a court, as a pause with an end date? Whoever breaks it gains "
            "for a month; from then on each side sets its own levers.",
            class_="hint",
        ),
        *(
            _slider(
                f"patience-{i}", f"Patience of {player}", state.patience[i], (0.0, 0.99),
                step=0.01, unit="discount factor of a year",
            )
            for i, player in enumerate(state.scenario.player_names)
        ),
        _slider("months", "Length", state.months, (1, 60), step=1, unit="months"),
        _slider("renewal", "Chance of renewal", state.renewal, (0.0, 1.0), step=0.01),
    ]  # fmt: skip


def _select(name: str, words: str, options: Mapping[str, str], chosen: str) -> Tag:
    choices = [
        tags.option(text, value=value, **({"selected": ""} if value == chosen else {}))
        for value, text in options.items()
    ]
    return tags.div(
        tags.label(words, for_=name),
        tags.select(*choices, id=name, name=name, **UNBOUND),
        class_="control",
    )


def _slider(
    name: str, words: str, start: float, ends: tuple[float, float], *, step: float | None = None,
    unit: str = "", silent: bool = False,
) -> Tag:  # fmt: skip
    """Return a slider; a silent one says nothing until it is moved."""
    low, high = ends
    step = (high - low) / STEPS if step is None else step
    number = f"{start:.4g}".replace("-", "\N{MINUS SIGN}", 1) if start < 0 else f"{start:.4g}"
    return tags.div(
        tags.label(words, for_=name),
        tags.output(f"{number} {unit}".strip(), for_=name, id=f"{name}-output"),
        tags.input(
            id=name, name=name, type="range", min=repr(low), max=repr(high), step=repr(step),
            value=repr(start), data_start="" if silent else repr(start), data_unit=unit,
            aria_valuetext=f"{number} {unit}".strip(), **UNBOUND,
        ),
        class_="control slider",
    )  # fmt: skip
