"""Stops that somebody set by hand at the broker for shares of our trades, as the desk last saw them."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from engine.model.portfolio import LiveStops, protected_by
from engine.model.trade import Trade
from engine.ports.store import Reader, Transaction

HAND_STOPS: Final = "hand_stops"
"""The setting that has them: shares and price of each, by trade id."""


def hand_stops(reader: Reader) -> dict[str, LiveStops]:
    """Return the shares and the price of each, by the id of the trade that it protects."""
    kept: dict[str, list[tuple[int, str]]] = json.loads(reader.setting(HAND_STOPS) or "{}")
    return {trade_id: tuple((shares, Decimal(price)) for shares, price in stops) for trade_id, stops in kept.items()}


def save_hand_stops(transaction: Transaction, stops: Mapping[str, LiveStops]) -> None:
    """Keep them; a trade that has none is left out."""
    kept = {trade_id: [(shares, str(price)) for shares, price in each] for trade_id, each in stops.items() if each}
    transaction.set_setting(HAND_STOPS, json.dumps(kept, sort_keys=True))


def is_stopped_by_hand(stops: Mapping[str, LiveStops], trade: Trade) -> bool:
    """Tell whether they protect all that a trade holds, so that none of the desk's own stands, or could."""
    return protected_by(stops.get(trade.id, ())) >= trade.held_shares > 0
