"""The two cases of linkage whose answers are known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

import bargaining as bg

US, CHINA = bg.Player("US"), bg.Player("China")


def tariff_and_control() -> bg.Negotiation:
    """(high, 0) gives (0, 0), (low, 0) (1, 3), (low, 1) (2, -2), (high, 1) (-1, -4)."""
    tariff = bg.Tariff("tariff", US, [0.1, 0.5], 0.5, labels=["low", "high"])
    control = bg.ExportControl("control", US, [0, 1], 0)
    table = bg.TablePayoff((tariff, control), {US: [[1, 2], [0, -1]], CHINA: [[3, -2], [0, -4]]})
    return bg.Negotiation([US, CHINA], [tariff, control], [table])


def two_linear_issues() -> bg.Negotiation:
    """Frontiers u1/a + u2/b = 1 with (a, b) = (4, 1) and (1, 4), and a no-deal level worth 0."""
    first = bg.Lever("first issue", US, [0, 1, 2], 0, labels=["no deal", "US way", "China's way"])
    second = bg.Lever("second issue", CHINA, [0, 1, 2], 0, domain="security")
    return bg.Negotiation(
        [US, CHINA],
        [first, second],
        [
            bg.TablePayoff(first, {US: [0, 4, 0], CHINA: [0, 0, 1]}),
            bg.TablePayoff(second, {US: [0, 1, 0], CHINA: [0, 0, 4]}),
        ],
    )


@pytest.mark.parametrize("lotteries", [False, True])
def test_standstill_gives_the_deal_that_the_free_control_destroys(lotteries: bool) -> None:
    game = tariff_and_control()
    regimes = [bg.Regime("linked", ["tariff", "control"]), bg.Regime("control off", ["tariff"])]
    frozen = bg.compare_regimes(
        game, disagreement="status-quo", regimes=regimes, off_table="standstill",
        lotteries=lotteries,
    )  # fmt: skip
    free = bg.compare_regimes(
        game, disagreement="status-quo", regimes=regimes, off_table="response", lotteries=lotteries
    )
    np.testing.assert_allclose(frozen["control off"].payoffs, [1, 3], atol=1e-9)
    assert not free["control off"].agreed
    assert free["linked"].payoffs[1] >= 3 - 1e-9
    if not lotteries:
        np.testing.assert_allclose(free["linked"].payoffs, [1, 3], atol=1e-9)
        values = [row[2] for row in free.value_of_linkage().rows]
        np.testing.assert_allclose(values, [1, 3], atol=1e-9)
    assert bg.verify(frozen)
    assert bg.verify(free)


def test_no_deal_with_the_control_in_its_owners_hands_is_proved_by_positive_weights() -> None:
    game = tariff_and_control()
    outcome = bg.compare_regimes(
        game, disagreement="status-quo", regimes=[bg.Regime("control off", ["tariff"])],
        lotteries=True,
    ).outcomes[0]  # fmt: skip
    weights = outcome.certificate.weights
    assert weights is not None
    assert (weights > 0).all()
    reachable = np.array([[2.0, -2.0], [0.0, 0.0]])  # after the owner's response to each tariff
    assert (reachable @ weights[0]).max() <= 1e-9


def test_comparative_interest_makes_joint_talks_worth_four_each_not_two_and_a_half() -> None:
    """Horstmann, Markusen and Robles (2005)."""
    comparison = bg.compare_regimes(
        two_linear_issues(), disagreement="status-quo", lotteries=True, beside=False
    )
    np.testing.assert_allclose(comparison["linked"].payoffs, [4, 4], atol=1e-8)
    np.testing.assert_allclose(comparison["separate tables"].payoffs, [2.5, 2.5], atol=1e-8)
    assert comparison["separate tables"].fixed_points == 1
