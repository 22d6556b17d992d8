"""What a restricted input costs its users: in a trade economy, and as a chokepoint has it.

In an economy with inputs (Caliendo and Parro 2015) users turn to other sources; a `Chokepoint`'s
users cannot (Bachmann et al. 2022 on the difference that makes).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bargaining.model.chokepoint import Chokepoint
from bargaining.trade.economy.counterfactual import Counterfactual
from bargaining.trade.economy.economy import Economy
from bargaining.trade.measures.controls import (
    flow_of,
    input_restriction,
    input_use,
    producers_sales,
    sectors_named,
)
from bargaining.types import FloatArray

__all__ = ["RationingLosses", "rationing_losses"]


@dataclass(frozen=True, eq=False)
class RationingLosses:
    """What a restriction of an input costs the user a year, told by two models.

    Attributes
    ----------
    output_loss : float
        Of the using sectors, at base prices, when everybody in the economy adjusts.
    income_loss : float
        Of the user's country in real income, at base income; negative for a gain.
    chokepoint_loss : float
        Of the using sectors' output when nobody turns to other sources or uses.
    withheld : float
        Share of the controller's supply withheld.
    counterfactual : Counterfactual
    chokepoint : Chokepoint
        With the using sectors' sales at stake, and the controller's part in their costs as share.
    """

    output_loss: float
    income_loss: float
    chokepoint_loss: float
    withheld: float
    counterfactual: Counterfactual
    chokepoint: Chokepoint

    def explain(self) -> str:
        """Say in words what the two models say."""
        unit = self.counterfactual.economy.unit
        return (
            f"With {100 * self.withheld:.3g} % of the input withheld, output falls by "
            f"{self.output_loss:.4g} where users turn to other sources, and by "
            f"{self.chokepoint_loss:.4g} where they cannot (elasticity of substitution "
            f"{self.chokepoint.elasticity:g}); real income falls by {self.income_loss:.4g} "
            f"({unit})."
        )


def rationing_losses(
    economy: Economy,
    controller: str,
    user: str,
    product: str,
    using: Iterable[str],
    *,
    withheld: float,
    elasticity: float,
    rent: str = "exporter",
) -> RationingLosses:
    """Return what a restricted input costs in the economy, and as a `Chokepoint` has it.

    In the economy sectors combine inputs with an elasticity of substitution of one, sources of an
    input with the trade elasticity plus one, and labour moves: a long run. A chokepoint takes one
    elasticity, in the short run often far below one, and nothing else moves. Both say the same,
    output (1 - withheld) to the power of the input's share in cost, where the controller is the
    only source, the using sector employs everybody and the elasticity is one.

    Parameters
    ----------
    economy : Economy
        With inputs.
    controller, user, product, using, withheld, rent
        As of `input_restriction`.
    elasticity : float
        Of the chokepoint, between the controller's input and everything else.

    Returns
    -------
    RationingLosses
        In the unit of the flows.

    Raises
    ------
    InputError
        As `input_restriction`.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[50.0, 10], [20, 5]], [[5, 20], [5, 30]]])  # metals, cars
    >>> inputs = np.zeros((2, 2, 2))
    >>> inputs[1, 0, 1] = 0.25  # of B's car sales
    >>> economy = Economy(["A", "B"], ["metals", "cars"], flows, 0.0, 4.0, inputs=inputs)
    >>> losses = rationing_losses(
    ...     economy, "A", "B", "metals", ["cars"], withheld=0.6, elasticity=0.2
    ... )
    >>> losses.output_loss < losses.chokepoint_loss
    True
    """
    names = [using] if isinstance(using, str) else list(using)
    policy = input_restriction(
        economy, controller, user, product, names, withheld=withheld, rent=rent
    )
    found = economy.counterfactual(**policy)
    flow = flow_of(economy, (controller, user, product))
    _, i, k = flow
    sectors = sectors_named(economy, names)
    before, after = producers_sales(economy)[i, sectors], _volumes(found)[i, sectors]
    source = economy.flows[flow] / economy.flows[:, i, k].sum()
    chokepoint = Chokepoint(
        f"{product} from {controller}",
        user,
        value_at_stake=float(before.sum()),
        input_share=float(source * input_use(economy, flow, names).sum() / before.sum()),
        elasticity=elasticity,
        rationed_shares={0.0: 0.0, 1.0: 1.0},
    )
    return RationingLosses(
        output_loss=float((before * (1 - after)).sum()),
        income_loss=float(-found.money[i]),
        chokepoint_loss=float(-chokepoint.values(user, [np.array([float(withheld)])])[0]),
        withheld=float(withheld),
        counterfactual=found,
        chokepoint=chokepoint,
    )


def _volumes(found: Counterfactual) -> FloatArray:
    """Return what producers make, new over old, shape (N, S)."""
    policy, world = found.policy, found.economy.world
    sold = found.flows / (1 + policy.tariffs) / (1 + policy.export_taxes)
    cost = world.value_added * np.log(found.wages)
    cost = cost + world.input_costs(np.log(found.sector_prices.T)[:, :, None])[:, :, 0]
    before = producers_sales(found.economy)
    change = sold.sum(axis=1) / np.where(before > 0, before, 1.0)
    return np.asarray(change / np.exp(cost.T))
