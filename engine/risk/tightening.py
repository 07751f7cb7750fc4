"""The stop that should stand now, by the closes since a trade was bought; pure, for the live desk and the backtest.

Closes rather than highs: a bar's high may have been before the purchase, and one odd print would move a stop for good.
"""

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from engine.model.exit_plan import ExitMove, ExitPlan
from engine.model.money import CENT
from engine.risk.sizing import cut


def tightened_stop(
    plan: ExitPlan, *, entry: Decimal, planned: Decimal, stop: Decimal, peak: Decimal, atr: Decimal | None
) -> Decimal:
    """Return the stop that should stand, dollars a share to the cent, never under the one that stands.

    `entry` is the average fill, `planned` the stop by which the trade was sized, `peak` the highest close since it was
    bought, `atr` the average true range now in dollars, None where it is not known: then nothing follows by it.
    """
    wanted = [stop]
    if plan.trail is not None:
        wanted.append(cut(peak * (1 - plan.trail)))
    if plan.trail_atr is not None and atr is not None:
        wanted.append(cut(peak - plan.trail_atr * atr))
    if plan.breakeven is not None and peak - entry >= plan.breakeven * (entry - planned) > 0:
        wanted.append(entry.quantize(CENT, rounding=ROUND_CEILING))  # a cent under it would still lose
    return max(wanted)


def without_moves(plan: ExitPlan) -> ExitPlan:
    """Return a plan after its shares were exchanged: what was on its way to the broker was a price of the old ones.

    The distances hold for the new ones as well, and the closes that count are read as prices of these.
    """
    return replace(plan, stop=None, target=None)


def standing_stop(stop: Decimal, move: ExitMove | None) -> Decimal:
    """Return the stop that counts: the tighter of the one that stands and the one on its way."""
    return stop if move is None else max(stop, move.price)
