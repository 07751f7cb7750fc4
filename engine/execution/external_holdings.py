import json
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

from engine.common.share_counts import FOREIGN, told_foreign
from engine.model.desk import OWN_ACCORD
from engine.model.notices.account import ForeignPosition
from engine.model.notices.base import NoticeKind, stamp
from engine.ports.store import Reader, Store, Transaction
from engine.risk.restating import whole

CHANGED = "foreign position"
"""What the audit calls a change of the shares that are not ours."""
MOST_ROWS = 500
"""Rows of the audit about one symbol that are looked through: more than a few days have."""


def save_foreign(transaction: Transaction, shares: Mapping[str, int]) -> None:
    """Keep the shares that are not ours, by symbol."""
    transaction.set_setting(FOREIGN, json.dumps(dict(shares), sort_keys=True))


def tell_foreign(transaction: Transaction, symbol: str, shares: int, now: datetime) -> None:
    """Tell how many shares of a symbol are not ours, now that this changed."""
    key = f"{NoticeKind.FOREIGN}:{symbol}:{stamp(now)}"
    transaction.enqueue_notice(ForeignPosition(key=key, at=now, symbol=symbol, shares=shares))


def was_exchanged(reader: Reader, symbol: str, ratio: Fraction, since: datetime) -> bool:
    """Tell whether the shares of a symbol that are not ours became `ratio` times as many since an instant, as was told.

    What somebody bought or sold says nothing of it. Where it makes no whole share more or fewer it is taken as done.
    """
    rows = [row for row in reader.audit(subject=symbol, limit=MOST_ROWS) if row.action == CHANGED]
    counts = [(row.at, int(row.outcome.partition(" ")[0])) for row in reversed(rows)]
    steps = [(before, after) for (_, before), (at, after) in pairwise(counts) if at >= since]
    now = told_foreign(reader).get(symbol, 0)
    return any(whole(before * ratio) == after for before, after in [*steps, (now, now)])


def follow_foreign(store: Store, changed: Mapping[str, int], now: datetime) -> None:
    """Tell once what is held beyond our trades, and again when it changes, or is gone."""
    with store.reading() as reader:
        is_told = not _differs(told_foreign(reader), changed)
    if is_told:
        return
    with store.writing() as transaction:
        change_foreign(transaction, changed, now)


def change_foreign(transaction: Transaction, changed: Mapping[str, int], now: datetime) -> None:
    """Keep and tell, within a transaction, what is held beyond our trades, where that is not what was told."""
    before = told_foreign(transaction)
    if _differs(before, changed):
        _change(transaction, before, changed, now)


def exchange_foreign(store: Store, symbol: str, seen: int, *, into: str, shares: int, now: datetime) -> None:
    """Let shares that are not ours be what a company made of the `seen` ones of a symbol, and tell it.

    Nothing happens where they are others by now: another bot was quicker.
    """
    with store.writing() as transaction:
        told = told_foreign(transaction)
        if told.get(symbol, 0) == seen:
            beside = 0 if into == symbol else told.get(into, 0)
            _change(transaction, told, {symbol: 0, into: beside + shares}, now)


def _differs(told: Mapping[str, int], changed: Mapping[str, int]) -> bool:
    return any(told.get(symbol, 0) != shares for symbol, shares in changed.items())


def _change(transaction: Transaction, before: Mapping[str, int], changed: Mapping[str, int], now: datetime) -> None:
    save_foreign(transaction, {symbol: shares for symbol, shares in {**before, **changed}.items() if shares})
    for symbol, shares in changed.items():
        if before.get(symbol, 0) != shares:
            tell_foreign(transaction, symbol, shares, now)
            transaction.write_audit(OWN_ACCORD.entry(now, CHANGED, symbol, f"{shares} shares"))
