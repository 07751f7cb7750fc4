"""The body of a POST /signals: a JSON object whose fields an alert's placeholders can fill.

It is read strictly: what is not a number, or is not known, is refused by its name and not guessed at.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NoReturn

from engine.errors import BadProposal
from engine.model.calculation import Amount, AmountKind
from engine.model.manual_proposal import ManualProposal
from engine.model.origin import Source

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}")
LONGEST_REASON: Final = 200
LONGEST_SYMBOL: Final = 20
OLDEST_ALERT: Final = timedelta(minutes=5)
"""How far an alert's own time, where it says one, may be from now."""
FIELDS: Final = frozenset(
    {"key", "symbol", "action", "shares", "dollars", "limit", "stop", "target", "reason", "sender", "time"}
)


def read_signal(body: bytes, source: Source, now: datetime) -> ManualProposal:
    """Read what is to be bought; raises BadProposal, which names the field."""
    given = _object(body)
    for unknown in given.keys() - FIELDS:
        raise BadProposal(unknown[:30] if unknown.isprintable() else "body", unknown, "unknown_field")
    action = _text(given, "action", 10)
    if action and action.lower() != "buy":
        raise BadProposal("action", action, "only_buys")
    _refuse_late(_text(given, "time", 40), now)
    sender = _text(given, "sender", 40) or source.value
    if not NAME.fullmatch(sender):
        raise BadProposal("sender", sender, "no_name")
    return ManualProposal(
        source=source,
        by=sender,
        symbol=_needed(given, "symbol", LONGEST_SYMBOL),
        amount=_amount(given),
        limit=_number(given, "limit"),
        stop=_number(given, "stop"),
        target=_number(given, "target"),
        reason=_text(given, "reason", LONGEST_REASON),
        key=_needed(given, "key", 64),
    )


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        given = json.loads(
            body.decode(), parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_once_each
        )
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadProposal("body", "", "no_json") from error
    if not isinstance(given, dict):
        raise BadProposal("body", "", "no_json")
    return given


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _text(given: Mapping[str, Any], name: str, longest: int) -> str:
    """Return a text, '' where there is none."""
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or not value.isprintable():
        raise BadProposal(name, _quoted(value), "no_text")
    if len(value) > longest:
        raise BadProposal(name, value[:longest], "too_long", str(longest))
    return value.strip()


def _needed(given: Mapping[str, Any], name: str, longest: int) -> str:
    value = _text(given, name, longest)
    if not value:
        raise BadProposal(name, "", "missing")
    return value


def _number(given: Mapping[str, Any], name: str) -> Decimal | None:
    """Return a number, None where there is none; a text is no number, whatever stands in it."""
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise BadProposal(name, _quoted(value), "no_number")
    return Decimal(value)


def _amount(given: Mapping[str, Any]) -> Amount | None:
    shares, dollars = _number(given, "shares"), _number(given, "dollars")
    if shares is not None and dollars is not None:
        raise BadProposal("dollars", f"{dollars}"[:30], "twice")
    if shares is not None:
        return Amount(kind=AmountKind.SHARES, figure=shares)
    return None if dollars is None else Amount(kind=AmountKind.DOLLARS, figure=dollars)


def _refuse_late(said: str, now: datetime) -> None:
    """Refuse an alert that was raised long ago, or will be, by its own time."""
    if not said:
        return
    try:
        at = datetime.fromisoformat(said)
        is_late = abs(now - at) > OLDEST_ALERT
    except (ValueError, TypeError, OverflowError) as error:
        raise BadProposal("time", said, "no_time") from error
    if is_late:
        raise BadProposal("time", said, "late", f"{OLDEST_ALERT.total_seconds():.0f} s")


def _quoted(value: object) -> str:
    return json.dumps(value, default=str)[:60]
