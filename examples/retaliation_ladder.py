"""The tariff ladder of April 2025: does an answered step pay, and what the model would have said.

At each rung the United States moves its reciprocal tariff first, and China answers in kind: with
reciprocity M, LAG days later. A step pays iff what it gains before the answer exceeds what it loses
after it. Payoffs are those of the scenario us-china-2025, all other levers standing as at the
beginning of April 2025; the discount factor is assumed. 34 was answered by 34 after two days (2 and
4 April), 84 by 84 after one (9 and 10 April), 125 by 125 within days (10 April; China's day is from
memory); on 12 May both went down to 10 (Geneva joint statement, en.portnews.ru/news/376823).

Change M to 0, no answer to fear: the first 10 points pay, both sides end at 10/10, which was
observed, and still no step of the ladder pays. Change LAG to 4300, with M at 1: only with an answer
after nearly twelve years do the first 10 points pay for both.

    python examples/retaliation_ladder.py
"""

from __future__ import annotations

import bargaining as bg
from bargaining.enforcement.retaliation.result import Retaliation
from bargaining.enforcement.retaliation.retaliation import retaliation

M = 1.0
LAG = 2.0
PATIENCE = 0.99  # discount factor of a month
DRAWS = 25

US, CHINA = "US reciprocal tariff", "Chinese retaliatory tariff"
RUNGS = ((0.0, 0.0), (0.34, 0.34), (0.84, 0.84), (1.25, 1.25), (0.1, 0.1))
DATES = ("2 April", "9 April", "10 April", "12 May")
APRIL = {
    "US port fees": 0,
    "Chinese port fees": 0,
    "affiliates rule": 1300,
    "rare-earth controls": 0,
}


def exchange(game: bg.Negotiation, us: float, china: float) -> Retaliation:
    """Return the moves and answers from a pair of tariffs."""
    start = {**game.status_quo, **APRIL, US: us, CHINA: china}
    return retaliation(
        game, (US, CHINA), start=start, reciprocity=M, lag=LAG / 30, discount_factors=PATIENCE
    )


def ladder(game: bg.Negotiation) -> bg.Table:
    """Return the steps of the ladder, the United States first."""
    return exchange(game, *RUNGS[0]).ladder(RUNGS, "us")


def prediction(game: bg.Scenario) -> bg.Table:
    """Set beside each step that was taken whether it should have been, in payoffs and in draws."""
    steps = ladder(game).rows
    draws = [ladder(game.vary(rng=seed)).rows for seed in range(DRAWS)]
    rows = []
    for k, (day, (start, end, _, _, worth, pays, *_)) in enumerate(zip(DATES, steps, strict=True)):
        share = sum(bool(drawn[k][5]) for drawn in draws) / DRAWS
        missing = 0.0 if pays else -float(worth or 0)
        rows.append((f"{start} to {end}", day, pays, True, bool(pays), share, missing))
    columns = (
        "step", "taken on", "should be", "was", "hit", "part of draws that pay",
        "other worth it needs",
    )  # fmt: skip
    note = f"{game.unit}; {DRAWS} draws from the ranges of all assumed numbers"
    return bg.Table("The ladder, predicted and taken", columns, tuple(rows), note)


def answers(game: bg.Scenario) -> bg.Table:
    """Ask what the answers in kind cost China, beside its best reply to each US tariff."""
    rows = []
    for rate, _ in RUNGS[1:4]:
        stand = {**game.status_quo, **APRIL, US: rate}
        levels = game.lever(CHINA).array().tolist()
        worth = {y: float(game.payoffs({**stand, CHINA: y})[1]) for y in levels}
        best = max(worth, key=lambda y: worth[y])
        rows.append((rate, best, worth[rate] - worth[0.0], worth[best] - worth[rate]))
    columns = ("US tariff", "best reply", "gain of the answer in kind", "its cost beside the best")
    return bg.Table("What an answer in kind is worth to China", columns, tuple(rows), game.unit)


def main() -> None:
    """Print the tables, and where the ladder should have begun and ended."""
    game = bg.load_scenario("us-china-2025")
    calm, top = exchange(game, 0.0, 0.0), exchange(game, *RUNGS[3])
    print(calm, ladder(game), prediction(game), answers(game), sep="\n\n", end="\n\n")
    for where, found in (("0/0", calm), ("125/125", top)):
        end = found.climb("us")[-1]
        print(f"From {where} the moves that pay lead to {end[0]:.0%} / {end[1]:.0%}.")
    rest = ", ".join(f"{x:.0%} / {y:.0%}" for x, y in calm.rest_points())
    print(f"No move pays at {rest}. Geneva agreed on 10% / 10%.")


if __name__ == "__main__":
    main()
