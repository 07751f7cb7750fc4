"""What the ids of our orders say: an entry has its trade's id, and the ids of all others begin with it."""

import re

TRADE_ID = re.compile(r"[A-Z][A-Z0-9.]*_\d{8}_\d{6}")
"""What the ids of our entries look like: a symbol, a date and a time."""


def is_own(client_order_id: str) -> bool:
    """Tell by the shape of an id whether an order is an entry of ours, whatever the database knows of it."""
    return TRADE_ID.fullmatch(client_order_id) is not None


def trade_id_of(client_order_id: str) -> str:
    """Return the id of the trade that an order of ours was sent for; its own id begins with it."""
    return client_order_id.split("-", maxsplit=1)[0]
