"""`chokehold`: whether to use a hold on a critical input now, or to keep it.

Use breeds substitutes and is copied, so that what is gained today is paid for with what the hold is
worth later: a finite Markov game (Shapley 1953; Fink 1964) between the holder, who restricts, and
the user, who builds alternatives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from numpy.typing import ArrayLike

from bargaining.linkage.chokehold.result import Chokehold, solved
from bargaining.linkage.chokehold.setting import (
    Setting,
    discount_factors_of,
    efforts_of,
    situations_of,
)
from bargaining.linkage.chokehold.stages import Stages
from bargaining.model.chokepoint import Chokepoint
from bargaining.results.certificate import Certificate, registers, verify

__all__ = ["Chokehold", "chokehold"]


def chokehold(
    term: Chokepoint,
    *,
    steps: int,
    lead_time: float,
    discount_factors: ArrayLike | Mapping[Any, float],
    leverage: float = 1.0,
    crises: Mapping[str, tuple[float, float]] | None = None,
    threat: float = 0.0,
    use_cost: float = 0.0,
    substitution: float = 0.0,
    efforts: Iterable[float] = (0.0, 1.0),
    building_cost: float = 0.0,
    wedge: float = 0.0,
    recovery: float = 0.0,
    copying: float = 0.0,
    counter_loss: float = 0.0,
    counter_gain: float = 0.0,
    share: float = 1.0,
    hold: float = 1.0,
    selection: str | None = None,
) -> Chokehold:
    """Return when a chokehold is used and when it is kept.

    In each period the holder sets a level of the restriction, knowing whether there is a crisis,
    and the user, who does not know it yet, sets its effort to build alternatives. Then the hold may
    fall by a step, with probability

        1 - (1 - effort / lead_time) (1 - substitution x use),

    and the user may copy the control, with probability copying x use; use is the share withheld at
    the level relative to that at the highest. Strategies depend on the state alone (steps fallen,
    copied or not), so neither side answers the other's moves: that is what `enforcement` is about.

    Parameters
    ----------
    term : Chokepoint
        What the user loses by level, and the controller's own cost; its yearly `erosion` is the
        part of the hold that a step takes. `years` is not used: time is in the states.
    steps : int
        How many steps the hold may fall; after the last, (1 - erosion)^steps of it stays for good.
    lead_time : float
        Expected periods in which full effort builds one step of alternatives, at least 1.
    discount_factors : float, two floats (holder, user), or mapping from player to float
        In [0, 1).
    leverage : float
        What a unit of the user's loss is worth to the holder in a calm period: concessions that
        it brings, or rivalry.
    crises : mapping of str to (probability, factor), optional
        Kinds of period in which the leverage is larger by a factor; the rest to 1 are calm.
    threat : float
        What the user concedes in a period in which the restriction is not used, as a part of what a
        full use would cost it: the worth of a threat that is kept.
    use_cost : float
        What a period of full use costs the holder whatever is left of the hold: answers of others,
        a case lost at court, licensing offices.
    substitution : float
        The chance that a period of full use makes firms replace a step by themselves.
    efforts : iterable of float
        From 0 to 1, between which the user chooses; with one, the holder alone decides.
    building_cost : float
        What a period of full effort costs the user.
    wedge : float
        How much dearer the alternatives are, as a part of the holder's price. Paid every period on
        what they have replaced.
    recovery : float
        The chance that a step comes back in a period without use and without effort, as
        alternatives close: 0 where what is built stays.
    copying : float
        The chance that a period of full use makes the user build the control itself.
    counter_loss, counter_gain : float
        What the holder loses, and the user gains, in each period once the control is copied and
        turned back. The user turns it back unless that costs it.
    share : float
        The holder's share of the user's supply at a full hold.
    hold : float
        What is left of the hold today.
    selection : {"payoff-dominant", "risk-dominant"}, optional
        As in `markov_equilibrium`: which equilibrium of a state is taken where there are several.

    Raises
    ------
    InputError
        For a number out of its bounds, by name.
    IntractableError
        For a table of more than 10^7 transitions.
    ConvergenceError
        When no equilibrium was found: values may go in circles where both decide and what is built
        is lost again (`recovery`).

    References
    ----------
    Shapley (1953), Stochastic games; Fink (1964), Equilibrium in a stochastic n-person game; on
    the question, Gholz (2014), Rare earth elements and national security, and Nguemgaing, Kannan,
    Spiller and Toman (2025), The strategic game of rare earths.

    Examples
    --------
    One use ends the hold, and brings 1 of harm. Kept, it brings 0.2 a period: worth 0.2 / 0.1 = 2
    in all, more than 1.

    >>> term = Chokepoint("licences", "US", controller="China", value_at_stake=1.0, input_share=0.5,
    ...     elasticity=0.0, rationed_shares={0: 0.0, 1: 1.0}, erosion=1.0)
    >>> found = chokehold(term, steps=1, lead_time=1, efforts=[0], substitution=1.0, threat=0.2,
    ...     discount_factors=0.9)
    >>> found.decision, found.worth.round(9).tolist(), round(found.option_value, 9)
    ('keep', [2.0, 2.0], 1.8)

    It is used once keeping is worth less: below a patience of 1 - 0.2.

    >>> round(found.switches("discount_factor", 0.5, 0.95).switches[0].value, 6)
    0.8
    """
    holder, user = str(getattr(term, "controller", "")), str(getattr(term, "user", ""))
    setting = Setting(
        term=term,
        steps=steps,
        situations=situations_of(crises),
        leverage=leverage,
        threat=threat,
        use_cost=use_cost,
        substitution=substitution,
        lead_time=lead_time,
        efforts=efforts_of(efforts),
        building_cost=building_cost,
        wedge=wedge,
        share=share,
        hold=hold,
        recovery=recovery,
        copying=copying,
        counter_loss=counter_loss,
        counter_gain=counter_gain,
        discount_factors=discount_factors_of((holder, user), discount_factors),
    )
    return solved(setting, selection)


@registers(Chokehold)
def check_chokehold(result: Chokehold) -> Certificate:
    """Build the game afresh, solve for the values of the strategies, and look for a deviation."""
    again = replace(result.equilibrium, game=Stages(result.setting).game())
    return verify(again)
