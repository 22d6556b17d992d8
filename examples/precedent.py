"""A precedent that pays and one that does not, and what using a control teaches the other side.

All payoffs are assumed. By a norm, a side does not concede its security controls in talks. A crisis
may break it, for good: that costs COST at once, and all later talks are held without it. In the
first case the norm is in the way of every deal: its end frees the later talks, and the precedent
pays. In the second it ties its owner's hands to its advantage, and without it the control is
conceded in every later crisis.

Change PATIENCE to 0.9: in the second case no crisis breaks the norm any more, while in the first
its shadow price falls further below zero. Change COST to 0.1, with a PATIENCE of 0.5: in the second
case any crisis breaks the norm as well, at a shadow price below zero.

    python examples/precedent.py
"""

from __future__ import annotations

import bargaining as bg

PATIENCE = 0.5
COST = 2.0
CRISES = {"small": (0.2, 0.5), "large": (0.05, 4.0)}  # probability a period, factor on the stakes

US, CHINA = bg.Player("US"), bg.Player("China")
CASES = {"is in the way": ((4, 4), (0, 0)), "ties hands": ((2, 5), (4, 1))}


def talks(conceded: tuple[float, float], kept: tuple[float, float]) -> bg.Negotiation:
    """Return talks with a deal that concedes a control of the US, and one that does not."""
    deal, control = bg.Lever("deal", CHINA, [0, 1], 0), bg.ExportControl("control", US, [0, 1], 1)
    tables = {p: [[0.0, 0.0], [conceded[i], kept[i]]] for i, p in enumerate((US, CHINA))}
    return bg.Negotiation([US, CHINA], [deal, control], [bg.TablePayoff((deal, control), tables)])


def net_surplus() -> bg.Table:
    """Charge breaking the norm with a cost, and share what is left of a surplus of 10."""
    rows = []
    for cost in (0.5, 6.0, 9.0, 11.0):
        found = bg.precedent(
            talks((0, 10), (0, 0)), crises={"crisis": (1.0, 1.0)}, discount_factors=0.0, cost=cost,
            transferable=True, disagreement="status-quo",
        )  # fmt: skip
        broken = found.breaks()["crisis"] == 1
        rows.append((cost, 10 - cost, broken, *found.intact.tolist(), found.threshold()))
    columns = ("cost", "surplus less cost", "norm breaks", "US", "China", "from a stake of")
    note = "side payments, nobody looks ahead; a stake is a factor on the surplus of 10"
    return bg.Table("A surplus of 10 that needs a control", columns, tuple(rows), note)


def two_cases(cases: dict[str, bg.Precedent]) -> bg.Table:
    """Set the two cases side by side."""
    rows = []
    for name, found in cases.items():
        date, (own, other) = found.breaking_date(), found.shadow_price
        broken = ", ".join(crisis for crisis, chance in found.breaks().items() if chance > 0)
        stake, stands = found.threshold(), date.survival(10)
        rows.append((name, broken or "none", stake, own, other, date.hazard, stands))
    columns = (
        "the norm", "broken by", "from a stake of", "shadow price to US", "to China",
        "hazard a period", "stands after 10",
    )  # fmt: skip
    return bg.Table(f"Two norms at a discount factor of {PATIENCE:g}", columns, tuple(rows))


def copied(rate: float) -> tuple[float | str, ...]:
    """Let China build a control of its own, with this probability, once it has met that of the US.

    A use is worth 1 to the US and costs China 2; the copy costs the US 3 and is worth 2.5.
    """
    control, copy = bg.ExportControl("control", US, [0, 1], 1), bg.Lever("copy", CHINA, [0, 1], 0)
    harm = bg.LinearPayoff(control, {US: 1, CHINA: -2})
    back = bg.LinearPayoff(copy, {US: -3, CHINA: 2.5})
    game = bg.Negotiation([US, CHINA], [control, copy], [harm, back])
    found = bg.precedent(
        game, crises={"crisis": (0.4, 1.0)}, discount_factors=0.9, copies={control: (copy, rate)}
    )
    use = "kept in hand" if found.breaks()["crisis"] == 1 else "used"
    return rate, use, *found.intact.tolist()


def main() -> None:
    """Print the tables."""
    print(net_surplus(), end="\n\n")
    quo, cases = "status-quo", {}
    for name, deals in CASES.items():
        cases[name] = bg.precedent(
            talks(*deals), crises=CRISES, discount_factors=PATIENCE, cost=COST, disagreement=quo
        )
    print(two_cases(cases), end="\n\n")
    for name, found in cases.items():
        print(f"The norm {name}. {found.explain()}\n")
    print(cases["ties hands"].over(discount_factors=[0.5, 0.7, 0.9], frequency=[0.5, 1, 2]))
    rows = tuple(copied(rate) for rate in (0.0, 0.05, 0.1, 0.15, 0.2, 0.4))
    columns = ("chance that a use is copied", "the control is", "value to US", "to China")
    print("", bg.Table("The copy effect: use a control, or keep it", columns, rows), sep="\n")


if __name__ == "__main__":
    main()
