"""An order at Alpaca and what replaced it, as one; pure.

A replacement has ids of its own, also the one that the client gave, and counts its own fills only. A purchase that was
replaced is one order all the same: it has the id under which it was sent, and is now what replaced it last. Of sales
each price that somebody gave them stays beside the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.adapters.alpaca.orders import STATES, Raw, order_of
from engine.model.signal import Side
from engine.model.trade import Order, OrderState

EARLIER = "earlier"
"""Where an order as one has what it replaced, beside the fields that Alpaca gives it."""
NEVER_LIVED = frozenset({"rejected", "replaced"})
"""States of an order that say nothing of how a purchase ended, where another of it says more."""
DECIMALS = 6
"""Of an average price, as many as Alpaca gives."""


def joined(raw: Raw, find: Callable[[str], Raw | None]) -> dict[str, Any]:
    """Return an order as one with its legs, what replaced it or them, and the legs that went over to that.

    `find` returns an order by Alpaca's id, with its legs, None where it is not shown; each is asked for once.
    """
    parts = [raw, *(raw.get("legs") or ())]
    seen = {part["id"] for part in parts}
    for part in parts:  # grows while it is read: a replacement may have been replaced
        following = part.get("replaced_by")
        if not following or following in seen:
            continue
        found = find(following)
        if found is not None:
            new = [each for each in (found, *(found.get("legs") or ())) if each["id"] not in seen]
            seen.update(each["id"] for each in new)
            parts += new
    return as_one(parts[0], parts[1:])


def as_one(first: Raw, others: Sequence[Raw]) -> dict[str, Any]:
    """Return an order with all that belongs to it: `others` are its legs, what replaced it or them, and its legs."""
    chain = _chain(first, others) if is_purchase(first) else [first]
    now, ids = _current(chain), {part["id"] for part in chain}
    return {
        **chain[now],
        "client_order_id": first["client_order_id"],
        "legs": [part for part in others if part["id"] not in ids],
        EARLIER: chain[:now],
    }


def read(raw: Raw) -> Order:
    """Read an order with its legs; of what it replaced it has the fills. Raises one of NONSENSE where it is none."""
    order = order_of(raw, map(order_of, raw.get("legs") or ()))
    if not is_purchase(raw):
        return order
    earlier = [order_of(part) for part in raw.get(EARLIER) or ()]
    if order.state is OrderState.REPLACED:  # by one that Alpaca does not show: nobody knows whether it still buys
        order = replace(order, state=OrderState.UNKNOWN, reason=str(raw["status"]))
    return _with_fills(order, earlier) if earlier else order


def is_purchase(raw: Raw) -> bool:
    """Tell whether an order buys."""
    return bool(raw.get("side") == Side.BUY)


def _chain(first: Raw, others: Sequence[Raw]) -> list[Raw]:
    """Return an order and what replaced it, one after the other."""
    left, chain = {part["id"]: part for part in others}, [first]
    while (newer := left.pop(chain[-1].get("replaced_by") or "", None)) is not None:
        chain.append(newer)
    return chain


def _current(chain: Sequence[Raw]) -> int:
    """Return the place of what an order is by now: what it is being replaced by may still be rejected."""
    for place, part in enumerate(chain):
        if not STATES.get(part["status"], OrderState.UNKNOWN).is_over:
            return place
    last = len(chain) - 1
    return next((place for place in range(last, -1, -1) if chain[place]["status"] not in NEVER_LIVED), last)


def _with_fills(order: Order, earlier: Sequence[Order]) -> Order:
    """Return an order that has bought what it did itself and what those did that it replaced."""
    bought = [part for part in (*earlier, order) if part.filled_shares]
    before = sum(part.filled_shares for part in earlier)
    if before:
        dollars = sum((part.filled_shares * (part.fill_price or Decimal(0)) for part in bought), Decimal(0))
        filled = before + order.filled_shares
        is_waiting = order.state is OrderState.ACCEPTED
        order = replace(
            order,
            shares=order.shares + before,  # Alpaca lets a replacement buy its own number of shares
            state=OrderState.PARTLY_FILLED if is_waiting else order.state,
            filled_shares=filled,
            fill_price=round(dollars / filled, DECIMALS),
            filled_at=max((part.filled_at for part in bought if part.filled_at), default=None),
        )
    return replace(order, replaced=tuple(_without_fills(part, order) for part in earlier))


def _without_fills(part: Order, order: Order) -> Order:
    return replace(
        part,
        client_order_id=order.client_order_id,
        role=order.role,
        filled_shares=0,
        fill_price=None,
        filled_at=None,
    )
