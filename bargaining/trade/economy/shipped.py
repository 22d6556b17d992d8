"""Trade economies that come with the library: small tables computed from public statistics.

Each file says in its head where its numbers come from and what was done to them.
"""

from __future__ import annotations

from importlib.resources import as_file, files

from bargaining.errors import unknown_name
from bargaining.trade.economy.economy import Economy
from bargaining.trade.economy.reading import read_csv

__all__ = ["list_economies", "load"]

SOURCES = {
    "world-2022": (
        "OECD Inter-Country Input-Output tables 2022 (OECD terms and conditions), summed and "
        "rounded; tariffs TRAINS, the US on China at its effective rate of 2024 "
        "(trade-war-redux-2025); elasticities Giri, Yi and Yilmazkuday (2021)"
    ),
}


def list_economies() -> tuple[str, ...]:
    """Return the names of the shipped economies.

    Examples
    --------
    >>> list_economies()
    ('world-2022',)
    """
    return tuple(SOURCES)


def load(name: str) -> Economy:
    """Return a shipped economy.

    Parameters
    ----------
    name : str
        "world-2022": the United States, China, the European Union and the rest of the world in
        eight sectors, in USD million a year, with trade deficits as they were (`balanced` purges
        them) and without inputs. Long-run elasticities: `at_horizon` is for short-run questions.

    Raises
    ------
    InputError
        For a name that is not in `list_economies()`.

    Notes
    -----
    Flows are sales, inputs included, so that income here is about 1.8 times gross domestic product:
    changes in per cent are of that, while changes in dollars are those of the trade observed.
    Results change with aggregation, too: in four regions there are fewer suppliers to turn to than
    among 81 countries.

    Examples
    --------
    >>> economy = load("world-2022")
    >>> economy
    <Economy: 4 countries, 8 sectors>
    >>> economy.countries
    ('USA', 'CHN', 'EU27', 'ROW')
    >>> after = economy.counterfactual(tariffs={("CHN", "USA", "electronics"): 0.6})
    >>> (after.money / 1000).round(1)  # USD billion a year
    array([-14.9, -12.6,   0.9,   4.9])
    """
    if name not in SOURCES:
        raise unknown_name("economy", name, list_economies())
    with as_file(files("bargaining.trade") / "data" / f"{name}.csv") as path:
        return read_csv(path, elasticities="elasticity", source=SOURCES[name])
