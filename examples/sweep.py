"""How robust the predictions about the truce are: all numbers with a range drawn at once.

What holds in nearly all draws, which controls a deal takes, what each result hinges on, and where
the truce of Busan lies among the predicted packages. docs/sweeps.md has the answers over 10,000
draws, which take some seconds; with OUTPUT (a folder, or a .parquet file) every draw is kept, and a
run that was broken off goes on.

    python examples/sweep.py [DRAWS [WORKERS [OUTPUT]]]
"""

from __future__ import annotations

import sys

import bargaining as bg

SEED, DRAWS = 2025, 512

HINGES = (
    ("all security off the table: deal", None),
    ("gain of United States", None),
    ("gain of China", None),
    ("observed gain of China", None),
    ("deal: US fentanyl tariff", "none"),
    ("deal: advanced-chip sales", "Blackwell class"),
    ("deal: affiliates rule", "in force (20,000 covered)"),
    ("deal: rare-earth controls", "none"),
)
"""Results of which we ask what they hinge on, with the level of a lever where it is one."""


def hinge_table(found: bg.Sweep) -> bg.Table:
    """Name the two numbers that matter most for each result, by rank correlation."""
    rows = []
    for result, level in HINGES:
        words = result if level is None else f"{result} is {level}"
        strongest = found.sensitivity(result, level=level).rows[:2]
        rows += [(words, path, correlation) for path, correlation, *_ in strongest]
    columns = ("result", "hinges on", "rank correlation")
    return bg.Table("What hinges on which number", columns, tuple(rows))


def verdict(found: bg.Sweep) -> str:
    """Say how often the observed truce leaves both sides better off than breakdown."""
    names = [name for name in found.answers if name.startswith("observed gain of ")]
    better = [found[name] > 0 for name in names]
    each = ", ".join(
        f"{100 * share.mean():.0f} % for {name.removeprefix('observed gain of ')}"
        for name, share in zip(names, better, strict=True)
    )
    both = 100 * (better[0] & better[1]).mean()
    return f"The truce of Busan beats breakdown in {each}, and for both in {both:.0f} % of draws."


def main(draws: int = DRAWS, workers: int = 1, output: str | None = None) -> None:
    """Print the tables."""
    found = bg.sweep(
        "us-china-2025",
        question=["agreement", "regimes"],
        draws=draws,
        rng=SEED,
        workers=workers,
        output=output,
    )
    print(found.explain(), end="\n\n")
    for table in (found.shares(), found.observed(), hinge_table(found), found.quantiles()):
        print(table, end="\n\n")
    print(verdict(found))


if __name__ == "__main__":
    draws, workers, output = [*sys.argv[1:], "", "", ""][:3]
    main(int(draws or DRAWS), int(workers or 1), output or None)
