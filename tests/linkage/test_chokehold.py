"""Chokehold over time: closed forms, brute force, monotonicity, invariances, bad input."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import bargaining as bg
from bargaining.linkage.chokehold.chokehold import Chokehold, chokehold
from bargaining.linkage.chokehold.path import Ending
from bargaining.noncooperative.stochastic.markov import MarkovGame, markov_equilibrium

CRISES = {"crisis": (0.25, 4.0)}


def hold_on(harm: float = 1.0, erosion: float = 1.0, **more) -> bg.Chokepoint:
    """Return a Leontief input: withheld x at a hold h costs harm x h."""
    options = {"rationed_shares": {0: 0.0, 1: 1.0}, "elasticity": 0.0, "input_share": 0.5}
    return bg.Chokepoint(
        "licences", "user", controller="holder", value_at_stake=harm, erosion=erosion,
        **{**options, **more},
    )  # fmt: skip


def alone(term: bg.Chokepoint | None = None, **options) -> Chokehold:
    """Let the holder decide alone: the user makes no effort."""
    given_ = {"steps": 1, "lead_time": 1, "efforts": [0], "discount_factors": 0.9}
    return chokehold(term or hold_on(), **{**given_, **options})


def both(**options) -> Chokehold:
    """Let both decide, over several steps, with everything switched on."""
    given_ = {
        "steps": 3, "lead_time": 4, "discount_factors": (0.9, 0.8), "substitution": 0.3,
        "threat": 0.2, "building_cost": 0.1, "wedge": 0.3, "copying": 0.2, "counter_loss": 0.5,
        "counter_gain": 0.1, "crises": CRISES, "use_cost": 0.05,
    }  # fmt: skip
    term = options.pop("term", hold_on(erosion=0.4, rationed_shares={0: 0.0, 1: 0.4, 2: 1.0}))
    return chokehold(term, **{**given_, **options})


# Closed forms


@pytest.mark.parametrize(("threat", "q", "delta"), [(0.2, 1.0, 0.9), (0.5, 0.4, 0.7), (0.1, 1, 0)])
def test_with_one_use_to_lose_it_is_used_iff_what_it_brings_exceeds_what_keeping_does(
    threat, q, delta
):
    found = alone(threat=threat, substitution=q, discount_factors=delta)
    used, kept = 1 / (1 - delta * (1 - q)), threat / (1 - delta)
    assert found.decision == ("use" if used > kept else "keep")
    assert found.values[0, 0] == pytest.approx(max(used, kept))
    assert found.option_value == pytest.approx(delta * q * max(used, kept))


@given(threat=st.floats(0.05, 0.9), q=st.floats(0.05, 1.0))
@settings(max_examples=15, deadline=None)
def test_the_critical_patience_is_r_over_r_plus_q(threat, q):
    # use iff (1 - delta) > threat (1 - delta + delta q), with r = 1 / threat - 1
    r = 1 / threat - 1
    found = alone(threat=threat, substitution=q)
    critical = r / (r + q)
    assume(0.02 < critical < 0.98)
    (switch,) = found.switches("discount_factor", 0.01, 0.99, points=2).switches
    assert switch.below <= critical + 1e-8
    assert switch.above >= critical - 1e-8
    assert (switch.before.decision, switch.after.decision) == ("use", "keep")
    assert bg.verify(switch.before)
    assert bg.verify(switch.after)


def test_the_critical_copying_is_that_of_the_closed_form():
    # no erosion: use iff (1 - threat) > loss delta mu / (1 - delta + delta mu)
    delta, threat, loss = 0.8, 0.25, 1.5
    found = alone(
        steps=0, threat=threat, copying=0.5, counter_loss=loss, discount_factors=delta,
    )  # fmt: skip
    q = (1 - threat) / loss
    critical = q * (1 - delta) / (delta * (1 - q))
    (switch,) = found.switches("copying", 0.0, 1.0).switches
    assert switch.value == pytest.approx(critical, abs=1e-8)
    assert (switch.before.decision, switch.after.decision) == ("use", "keep")
    mu = critical / 2
    used = (1 - loss * delta * mu / (1 - delta + delta * mu)) / (1 - delta)
    assert found.with_parameter("copying", mu).values[0, 0] == pytest.approx(used)


def test_a_hold_that_one_use_ends_waits_for_the_crisis_iff_patient_enough():
    # in calm worth 1; waiting for the crisis: delta p H / (1 - delta (1 - p))
    p, factor = CRISES["crisis"]
    for delta in (0.3, 0.55, 0.65, 0.9):
        found = alone(substitution=1.0, crises=CRISES, discount_factors=delta)
        wait = delta * p * factor / (1 - delta * (1 - p))
        assert found.decision == ("use in crisis" if wait > 1 else "use")
        best = max(p * factor + (1 - p), p * factor / (1 - delta * (1 - p)))
        assert found.values[0, 0] == pytest.approx(best)
        assert found.option_value == pytest.approx(delta * best)


def test_the_life_of_a_hold_in_use_is_one_over_the_chance_of_losing_it():
    found = alone(substitution=0.2)
    assert found.ending.verdict == "temporary"
    assert found.ending.life == pytest.approx(5)
    assert found.ending.mean == pytest.approx(6)
    assert found.ending.ended(3) == pytest.approx(1 - 0.8**2)


def test_steps_that_come_surely_add_up_to_the_mean_over_years_of_the_payoff_term():
    term = hold_on(10.0, 0.2, elasticity=0.5, input_share=0.1, rationed_shares={0: 0, 1: 0.9})
    years = 6
    same = bg.Chokepoint(
        "licences", "user", value_at_stake=10.0, elasticity=0.5, input_share=0.1,
        rationed_shares={0: 0, 1: 0.9}, erosion=0.2, years=years,
    )  # fmt: skip
    found = alone(term, steps=years - 1, substitution=1.0)
    assert set(found.decision.split()) == {"use"}
    total = found.setting.losses[1][:, 1].sum()
    assert total == pytest.approx(-years * same.values("user", [np.array([1.0])])[0])
    path = found.ending.distribution(years)
    assert np.diag(path) == pytest.approx(np.ones(years))


@given(
    harm=st.floats(0.1, 10), delta=st.floats(0, 0.95), factor=st.floats(0.1, 5),
    threat=st.floats(0, 0.95),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_without_erosion_and_copying_it_is_used_whenever_it_pays(harm, delta, factor, threat):
    found = alone(
        hold_on(harm), steps=0, threat=threat, discount_factors=delta, crises={"x": (0.5, factor)}
    )
    assume(abs(factor - threat) > 1e-6)
    assert found.decision == ("use" if factor > threat else "use in calm")
    assert found.option_value == pytest.approx(0, abs=1e-9 * harm)
    assert found.ending.verdict == "lasting"
    assert found.ending.life == math.inf


def test_a_use_that_costs_something_whatever_is_left_ends_when_the_hold_is_worth_less():
    # harm 1, 0.5, 0.25; a use costs 0.4: used at the first two steps only
    found = alone(hold_on(erosion=0.5), steps=2, substitution=0.5, use_cost=0.4)
    assert found.uses.tolist() == [1, 1, 0]
    assert found.ending.verdict == "temporary"
    assert found.ending.life == pytest.approx(4)
    assert alone(hold_on(erosion=0.5), steps=2, use_cost=1.1).ending.verdict == "unused"


def test_the_user_builds_iff_the_harm_saved_is_worth_the_cost_and_the_wedge():
    # harm 1 a period for ever, one step surely built at lead time 1 and then a bill of 0.5 wedge
    delta, cost = 0.8, 0.6
    options = {"steps": 1, "lead_time": 1, "discount_factors": delta, "building_cost": cost}
    found = chokehold(hold_on(), **options, wedge=0.2)
    assert found.effort() == 1
    # cost + delta bill / (1 - delta) < delta harm / (1 - delta)
    critical = (1 - cost * (1 - delta) / delta) / 0.5
    (switch,) = found.switches("wedge", 0.0, 3.0).switches
    assert switch.value == pytest.approx(critical, abs=1e-7)
    assert (switch.before.effort(), switch.after.effort()) == (1, 0)


def test_use_it_or_lose_it_what_is_lost_anyway_is_used():
    # alone it is kept; where the user builds in any case, keeping saves nothing
    options = {"threat": 0.6, "substitution": 1.0, "discount_factors": 0.9}
    assert alone(**options).decision == "keep"
    assert alone(**options, efforts=[1]).decision == "use"


def test_values_are_what_the_parts_add_up_to():
    found = both()
    for i, parts in enumerate(found.parts):
        assert sum(parts.values()) == pytest.approx(found.values[0, i])
    kept = alone(substitution=1.0, threat=0.2)
    assert kept.parts[0] == pytest.approx(
        {"use": 0, "threat": 2, "own cost": 0, "copied control": 0}
    )
    assert kept.worth == pytest.approx([2, 2])


# Brute force


@pytest.mark.parametrize("recovery", [0.0, 0.15])
def test_no_other_pure_strategy_of_the_holder_alone_is_better(recovery):
    found = alone(
        hold_on(erosion=0.5), steps=2, substitution=0.7, threat=0.45, recovery=recovery,
        crises={"crisis": (0.3, 2.5)}, copying=0.1, counter_loss=0.4,
    )  # fmt: skip
    game = found.equilibrium.game
    best = np.full(len(game.states), -np.inf)
    for rows in itertools.product(*(range(table.shape[1]) for table in game.payoffs)):
        profile = [
            (np.eye(table.shape[1])[k], np.ones(1))
            for k, table in zip(rows, game.payoffs, strict=True)
        ]
        best = np.maximum(best, game.values(profile)[:, 0])
    assert found.values[:, 0] == pytest.approx(best, abs=1e-9)
    assert "holder" in found.equilibrium.determined
    assert found.error[0] <= 1e-8


@pytest.mark.parametrize("seed", range(6))
def test_no_one_shot_deviation_gains_computed_from_the_primitives(seed):
    rng = np.random.default_rng(seed)
    options = {
        "substitution": rng.uniform(), "threat": rng.uniform(), "copying": rng.uniform(),
        "wedge": rng.uniform(), "recovery": 0.2 * rng.uniform(), "counter_loss": rng.uniform(),
        "building_cost": 0.3 * rng.uniform(), "lead_time": 1 + 5 * rng.uniform(),
    }  # fmt: skip
    found = both(**options)
    setting, steps = found.setting, found.setting.steps
    factors = setting.discount_factors
    where = {(s.step, s.copied): k for k, s in enumerate(found.stages.states)}

    def outcome(step: int, copied: bool, plan: tuple[int, ...], effort: float) -> np.ndarray:
        left = 0.6**step
        total = np.zeros(2)
        for (chance, factor), level in zip([(0.75, 1.0), (0.25, 4.0)], plan, strict=True):
            use = [0.0, 0.4, 1.0][level]
            conceded = options["threat"] * left * (level == 0)
            now = np.array(
                [
                    factor * use * left + conceded - 0.05 * use - options["counter_loss"] * copied,
                    -use * left - conceded - options["building_cost"] * effort
                    - options["wedge"] * 0.5 * (1 - left) + 0.1 * copied,
                ]
            )  # fmt: skip
            fall = 1 - (1 - effort / options["lead_time"]) * (1 - options["substitution"] * use)
            fall *= step < steps
            rise = options["recovery"] * (step > 0 and use == 0 and effort == 0)
            copy = 1.0 if copied else options["copying"] * use
            later = np.zeros(2)
            for bit, p in ((True, copy), (False, 1 - copy)):
                for other, r in ((step + 1, fall), (step - 1, rise), (step, 1 - fall - rise)):
                    if p * r > 0:
                        later += p * r * found.values[where[other, bit]]
            total += chance * (now + factors * later)
        return total

    for (step, copied), k in where.items():
        plans, chances = found.stages.plans(found.stages.states[k]), found.equilibrium.strategies[k]
        efforts = found.stages.efforts(found.stages.states[k])
        table = np.array([[outcome(step, copied, p, e) for e in efforts] for p in plans])
        value = np.einsum("i,j,ijn->n", *chances, table)
        assert value == pytest.approx(found.values[k], abs=1e-8)
        assert (table[..., 0] @ chances[1]).max() <= value[0] + 1e-8
        assert (chances[0] @ table[..., 1]).max() <= value[1] + 1e-8


@pytest.mark.parametrize("threat", [0.0, 0.3, 0.7])
def test_the_level_used_is_that_of_largest_gain_less_option_value(threat):
    found = both(threat=threat)
    for s in range(len(found.states)):
        gains, prices = found.net_gains(s)
        for m, row in enumerate(found.levels(s).values()):
            for level in row:
                net = gains[m] - prices
                assert net[found.setting.levels.index(level)] == pytest.approx(net.max(), abs=1e-8)


# Monotonicity, where theory has it


@given(
    low=st.floats(0.02, 1), high=st.floats(0.02, 1), loss=st.floats(0, 5), threat=st.floats(0, 1),
    delta=st.floats(0.1, 0.95), factor=st.floats(1, 6),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_without_erosion_more_copying_is_never_more_use(low, high, loss, threat, delta, factor):
    # the price of a use, delta mu (V - V copied), rises in mu
    options = {
        "steps": 0, "threat": threat, "counter_loss": loss, "discount_factors": delta,
        "crises": {"crisis": (0.4, factor)},
    }  # fmt: skip
    less, more = (alone(copying=mu, **options) for mu in sorted((low, high)))
    assert more.option_value >= less.option_value - 1e-9 * (1 + abs(less.option_value))
    assume(not _near_tie(less) and not _near_tie(more))
    assert more.uses[0] <= less.uses[0] + 1e-12


@given(mus=st.tuples(st.floats(0.02, 1), st.floats(0.02, 1)), q=st.floats(0, 1))
@settings(max_examples=15, deadline=None)
def test_the_holder_alone_never_gains_by_faster_copying_or_substitution(mus, q):
    options = {"steps": 2, "threat": 0.3, "counter_loss": 1.0, "crises": CRISES}
    term = hold_on(erosion=0.5)
    slow, fast = (alone(term, copying=mu, substitution=q, **options) for mu in sorted(mus))
    assert fast.values[0, 0] <= slow.values[0, 0] + 1e-9
    slow, fast = (alone(term, copying=q, substitution=s, **options) for s in sorted(mus))
    assert fast.values[0, 0] <= slow.values[0, 0] + 1e-9


def _near_tie(found: Chokehold) -> bool:
    gains, prices = found.net_gains()
    return bool(np.abs(gains[:, 1] - prices[1]).min() < 1e-7)


# Invariances


@given(st.floats(0.01, 1000))
@settings(max_examples=10, deadline=None)
def test_another_unit_of_money_changes_values_alone(unit):
    money = {"building_cost": 0.1, "counter_loss": 0.5, "counter_gain": 0.1, "use_cost": 0.05}
    shares = {0: 0.0, 1: 0.4, 2: 1.0}
    found = both()
    scaled = both(
        term=hold_on(unit, 0.4, rationed_shares=shares),
        **{name: unit * amount for name, amount in money.items()},
    )
    assert scaled.values == pytest.approx(unit * found.values)
    assert scaled.decision == found.decision
    assert scaled.uses == pytest.approx(found.uses)


@pytest.mark.parametrize("selection", [None, "risk-dominant"])
def test_rescaling_each_players_payoffs_changes_no_strategy(selection):
    found = both(selection=selection)
    game = found.equilibrium.game
    slopes, shifts = np.array([100.0, 0.02]), np.array([3.0, -7.0])
    other = MarkovGame(
        [
            slopes[:, None, None] * table + shifts[:, None, None] for table in game.payoffs
        ],
        game.transitions, game.discount_factors,
    )  # fmt: skip
    again = markov_equilibrium(other, selection=selection)
    for one, two in zip(found.equilibrium.strategies, again.strategies, strict=True):
        assert [x.tolist() for x in one] == [pytest.approx(x) for x in two]


def test_levels_need_not_be_in_the_order_of_what_they_withhold():
    shares = {0: 1.0, 1: 0.4, 2: 0.0}
    found = both(term=hold_on(erosion=0.4, rationed_shares=shares))
    assert found.setting.levels == (2, 1, 0)
    assert found.values == pytest.approx(both().values)


def test_a_crisis_without_a_chance_is_none():
    found = both(crises={**CRISES, "war": (0.0, 100.0)})
    assert found.values == pytest.approx(both().values)
    assert list(found.levels()) == ["calm", "crisis"]


# Ends, words, checks


def test_alternatives_that_close_again_make_the_use_lasting():
    options = {"steps": 1, "substitution": 1.0, "threat": 0.0}
    assert alone(**options).ending.verdict == "temporary"
    assert alone(**options, recovery=0.1).ending.verdict == "lasting"


def test_where_chance_decides_whether_it_lasts_its_probability_is_that_of_absorption():
    chain = np.array([[0.5, 0.2, 0.3], [0, 1, 0], [0, 0, 1.0]])
    ending = Ending(chain, np.array([1.0, 1.0, 0.0]))
    assert ending.lasting == pytest.approx(0.4)
    assert ending.verdict == "temporary or lasting"
    assert ending.mean == ending.life == math.inf
    assert Ending(chain, np.zeros(3)).verdict == "unused"
    assert Ending(chain, np.zeros(3)).mean == 1


def test_a_copied_control_that_costs_its_user_is_not_turned_back():
    options = {"steps": 0, "copying": 1.0, "counter_loss": 50.0}
    assert alone(**options).decision == "keep"
    assert alone(**options, counter_gain=-0.1).decision == "use"


def test_a_false_value_or_strategy_does_not_pass_the_check():
    found = both()
    assert bg.verify(found)
    found.equilibrium.values.setflags(write=True)
    found.equilibrium.values[0, 0] += 0.1
    assert not bg.verify(found)
    other = both(threat=0.9, leverage=0.1)
    assert other.decision == "keep"
    found = both()
    assert found.decision != "keep"
    mixed = Chokehold(
        found.setting, other.equilibrium, None, other.certificate, other.error
    )  # fmt: skip
    assert not bg.verify(mixed)


def test_it_says_whether_it_is_used_whether_that_lasts_and_what_it_is_worth():
    kept = alone(substitution=1.0, threat=0.2)
    assert "keeps the chokehold unused" in kept.explain()
    assert "It is never used." in kept.explain()
    assert "2 of it from the threat alone" in kept.explain()
    assert "temporary: in force for 5 periods" in alone(substitution=0.2).explain()
    found = both()
    assert "lasts for ever with probability" in found.explain() or "lasting" in found.explain()
    assert len(found.table().rows) == len(found.states) == 8
    assert len(found.path(5).rows) == 5
    assert [row[0] for row in found.over("wedge", [0.0, 1.0]).rows] == [0.0, 1.0]
    assert found.use_or_keep().columns[-1] == "net"
    assert found.worth_in_parts().rows
    assert json.loads(json.dumps(found.to_dict()))["players"] == ["holder", "user"]
    found = kept.switches("threat", 0.0, 0.5)
    assert found
    assert len(found) == 1
    assert "holder" in str(found)
    assert json.loads(json.dumps(found.to_dict()))["parameter"] == "threat"


BAD = {
    "share": 0.0, "hold": 1.5, "steps": -1, "lead_time": 0.5, "threat": -0.1, "leverage": math.nan,
    "use_cost": math.inf, "substitution": 1.1, "building_cost": -1, "wedge": "dear",
    "recovery": 2, "copying": -0.1, "counter_loss": -1, "counter_gain": True, "efforts": [0, 2],
    "discount_factors": 1.0, "crises": {"crisis": (1.2, 1)},
}  # fmt: skip


@pytest.mark.parametrize("field", BAD)
def test_a_bad_number_is_named_with_its_value(field):
    with pytest.raises(bg.InputError, match=field):
        both(**{field: BAD[field]})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"term": "licences"}, "term: expected a Chokepoint"),
        ({"term": hold_on(erosion=0.4, rationed_shares={0: 0.2, 1: 1.0})}, "rationed_shares"),
        ({"term": hold_on(erosion=0.4, rationed_shares={0: 0.0, 1: 0.0})}, "rationed_shares"),
        ({"term": hold_on(erosion=0.0)}, "erosion"),
        ({"term": hold_on(erosion=1.0)}, "steps: expected at most 1"),
        ({"steps": 1.0}, "steps"),
        ({"efforts": []}, "efforts"),
        ({"efforts": "01"}, "efforts"),
        ({"efforts": [1, 1]}, "efforts"),
        ({"crises": {"calm": (0.1, 2)}}, "names other than 'calm'"),
        ({"crises": {"crisis": 0.1}}, "crises, 'crisis'"),
        ({"crises": {"crisis": (0.1, -2)}}, "factor"),
        ({"crises": {"a": (0.6, 2), "b": (0.6, 2)}}, "sum of at most 1"),
        ({"crises": [("a", 1)]}, "crises"),
        ({"discount_factors": (0.9, 0.9, 0.9)}, "discount_factors"),
        ({"discount_factors": {"holder": 0.9}}, "discount_factors"),
        ({"discount_factors": {"holder": 0.9, "us": 0.9}}, "unknown player 'us'"),
        ({"selection": "best"}, "best"),
    ],
)
def test_bad_input_is_named(options, words):
    with pytest.raises(bg.InputError, match=words):
        both(**options)


def test_a_chokepoint_without_a_controller_is_refused():
    term = bg.Chokepoint(
        "licences", "user", value_at_stake=1, input_share=0.5, elasticity=0,
        rationed_shares={0: 0, 1: 1},
    )  # fmt: skip
    with pytest.raises(bg.InputError, match="controller"):
        alone(term)


def test_bad_ranges_and_periods_are_named():
    found = alone()
    for options, words in [
        (("mu", 0, 1), "unknown parameter 'mu'"),
        (("threat", 1, 0), "high"),
        (("threat", math.nan, 1), "low"),
        (("discount_factor", 0, 1), "discount_factor"),
    ]:
        with pytest.raises(bg.InputError, match=words):
            found.switches(*options)
    with pytest.raises(bg.InputError, match="points"):
        found.switches("threat", 0, 1, points=1)
    with pytest.raises(bg.InputError, match="tolerance"):
        found.switches("threat", 0, 1, tolerance=0)
    with pytest.raises(bg.InputError, match="periods"):
        found.path(0)


def test_a_table_that_is_too_large_says_how_large():
    crises = {f"crisis {k}": (0.1, 2) for k in range(8)}
    shares = {k: k / 10 for k in range(8)}
    with pytest.raises(bg.IntractableError, match="134,217,728 plans"):
        both(term=hold_on(erosion=0.4, rationed_shares=shares), crises=crises)


def test_players_may_be_as_patient_as_named():
    named = both(discount_factors={bg.Player("user"): 0.8, "holder": 0.9})
    assert named.values == pytest.approx(both().values)
    changed = named.with_parameter("user_discount_factor", 0.5)
    assert changed.setting.discount_factors == (0.9, 0.5)
