"""One of several bots on a database: it delivers what waits there until it is killed."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from multiprocessing import parent_process

from bot.delivery.notices import DeliveryIntervals, NoticeDelivery
from bot.delivery.slack_poster import PostingRate
from bot.signing import Signer
from bot.transport.web_client import SlackClient
from engine.adapters.sql.store import SqlStore, open_store
from tests.faults.child_process import TEXTS
from tests.support.fakes.trades import PROPOSED_AT

DESK = "C0DESK"
QUICK = DeliveryIntervals(look=0.02, first=0.02, longest=0.05)
"""The claim is as long as a real bot's: what a dead one had claimed must not wait for its end."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a bot finds what it delivers, and the workspace to which it does."""

    database: str
    api_url: str
    token: str


def messenger(
    store: SqlStore, api_url: str, token: str, now: Callable[[], datetime], waits: DeliveryIntervals
) -> NoticeDelivery:
    """Return what delivers what waits in a store, as fast as Slack takes it."""
    return NoticeDelivery(
        store=store,
        client=SlackClient(token=token, base_url=api_url, timeout=5),
        channel=DESK,
        texts=TEXTS,
        source="replay",
        ceiling=Decimal("0.02"),
        signer=Signer("a key", now),
        pace=PostingRate(burst=1_000_000, gap=0),
        waits=waits,
    )


def deliver(place: Place) -> None:
    """Deliver until this process is killed, or who started it is gone; a process is started with this."""
    store = open_store(place.database)
    notices = messenger(store, place.api_url, place.token, lambda: PROPOSED_AT, QUICK)
    notices.start()
    if judge := parent_process():
        judge.join()
    os._exit(0)
