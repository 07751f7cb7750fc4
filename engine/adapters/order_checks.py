"""What a broker refuses for its shape, whichever broker it is, in Alpaca's words; each raises OrderRefused. Pure.

What a person has approved must not fail for its shape, so `check_entry` says before anyone is asked whether an entry
can be sent at all. What only the broker can know (money, assets, prices at that instant) it still refuses itself.
"""

import re
from decimal import Decimal

from engine.errors import OrderRefused
from engine.model.money import CENT
from engine.model.trade import Entry

LONGEST_ID = 128
SYMBOL = re.compile(r"[A-Z][A-Z0-9.]*")


def check_entry(entry: Entry, price: Decimal | None = None) -> None:
    """Refuse an entry that a broker would refuse for its shape; `price` is the symbol's last one."""
    check_shape(entry)
    base = price if entry.limit is None else entry.limit
    if base is not None:
        check_exits(entry, base)


def check_shape(entry: Entry) -> None:
    """Refuse an entry whose parts are wrong whatever the price is."""
    check_order(entry.client_order_id, entry.symbol, entry.shares)
    check_price("stop_loss.stop_price", entry.stop)
    check_price("take_profit.limit_price", entry.target)
    if entry.limit is not None:
        check_price("limit_price", entry.limit)
    if entry.stop > entry.target - CENT:
        raise OrderRefused("take_profit.limit_price must be > stop_loss.stop_price")
    if entry.extended and entry.limit is None:
        raise OrderRefused("outside regular hours an order needs a limit")


def check_exits(entry: Entry, base: Decimal) -> None:
    """Refuse a stop that is not under the price that the entry starts from, or a target that is not over it."""
    if entry.stop > base - CENT:
        raise OrderRefused("stop_loss.stop_price must be <= base_price - 0.01")
    if entry.target < base + CENT:
        raise OrderRefused("take_profit.limit_price must be >= base_price + 0.01")


def check_order(client_order_id: str, symbol: str, shares: int) -> None:
    """Refuse an id that is empty or too long, what is no ticker, and anything but whole shares."""
    if not 1 <= len(client_order_id) <= LONGEST_ID:
        raise OrderRefused(f"client_order_id must have 1 to {LONGEST_ID} characters")
    if not SYMBOL.fullmatch(symbol):
        raise OrderRefused(f"symbol {symbol!r} is no ticker")
    if not shares >= 1 or shares % 1:  # a number that is none fails every comparison
        raise OrderRefused("qty must be a whole number > 0")


def check_price(name: str, price: Decimal) -> None:
    """Refuse a price that is not positive, or stands between two cents."""
    if not price.is_finite() or price <= 0:
        raise OrderRefused(f"{name} must be > 0")
    if price != price.quantize(CENT):
        raise OrderRefused(f"invalid {name} {price}. sub-penny increment does not fulfill minimum pricing criteria")
