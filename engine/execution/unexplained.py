"""What the account shows and nothing explains: it is kept, told once, and believed when somebody resumes trading.

Until then the desk takes exits only.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.common.share_counts import UNEXPLAINED, unexplained
from engine.model.desk import ENGINE, OWN_ACCORD, DeskState
from engine.model.notices.account import UnexplainedChange
from engine.model.notices.base import NoticeKind, stamp
from engine.ports.store import Store

DISPUTED = "disputed_positions"
"""The setting that has the symbols of trades whose orders the broker no longer knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unaccounted:
    """What is not understood: symbols of which the broker knows no entry, and those about which the desk is asked.

    Of these there are the shares expected and those found.
    """

    strange: frozenset[str]
    asked: Mapping[str, tuple[int, int]]


class Unexplained:
    """A reason for exits only: the quantity of a symbol changed, and nothing tells why."""

    name = UNEXPLAINED

    def __init__(self, *, store: Store) -> None:
        self._store = store

    def look(self) -> str:
        """Say whether any quantity is unexplained."""
        with self._store.reading() as reader:
            return self.name if unexplained(reader) else ""


def is_account_believed(store: Store) -> bool:
    """Tell whether somebody resumed trading after the desk was asked: then the account is right as it is."""
    with store.reading() as reader:
        desk = reader.desk()
        was_asked = bool(reader.setting(DISPUTED)) or bool(unexplained(reader))
        return was_asked and desk.state is DeskState.ACTIVE and desk.by != ENGINE


def note_unaccounted(
    store: Store,
    outcome: Unaccounted,
    young: Collection[str],
    price_before: Callable[[str], Decimal | None],
    now: datetime,
) -> str:
    """Keep, and tell once, what is not understood; return the symbols of which the broker knows no entry.

    What was kept of `young` differences, which a second look has yet to find, stays as it is.
    """
    with store.reading() as reader:
        disputed_before, asked_before = reader.setting(DISPUTED) or "", unexplained(reader)
    waiting = {symbol for symbol in disputed_before.split(", ") if symbol in young}
    disputed = ", ".join(sorted(waiting | outcome.strange))
    asked = {**outcome.asked, **{symbol: pair for symbol, pair in asked_before.items() if symbol in young}}
    if (disputed, asked) == (disputed_before, asked_before):
        return disputed
    with store.writing() as transaction:
        transaction.set_setting(DISPUTED, disputed)
        transaction.set_setting(UNEXPLAINED, json.dumps(asked, sort_keys=True))
        for symbol in asked.keys() - asked_before.keys():
            before, found = asked[symbol]
            key, price = f"{NoticeKind.UNEXPLAINED}:{symbol}:{stamp(now)}", price_before(symbol)
            transaction.enqueue_notice(
                UnexplainedChange(key=key, at=now, symbol=symbol, before=before, found=found, price_before=price)
            )
            transaction.write_audit(OWN_ACCORD.entry(now, "unexplained quantity", symbol, f"{before} -> {found}"))
    return disputed
