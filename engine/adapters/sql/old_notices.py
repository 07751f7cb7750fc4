"""The details of notices as version 0.1 wrote them: words with one space between them, or a text of somebody's.

What waited in the outbox when the bot was updated is told all the same. Each reader returns the fields of its kind as
JSON has them, from the subject and the detail; ValueError where they are not what 0.1 wrote.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from engine.model.json_values import plain
from engine.model.notices.base import NoticeKind
from engine.model.reason import Reason
from engine.model.report import ReportKind
from engine.model.risk import RiskVerdict

Fields = dict[str, Any]
UNKNOWN: Final = "-"
"""A fact that the engine did not have."""
NO_VALUE: Final = "none"
"""A setting without a value."""


def fields_of_old(kind: NoticeKind, *, key: str, subject: str, detail: str) -> Fields:
    """Return the fields of a notice as JSON has them; raises ValueError."""
    if kind is NoticeKind.ACTION_DUE:
        return _action_due(key, subject, detail)
    return READERS[kind](subject, detail) if kind in READERS else {}


def _words(detail: str, *counts: int) -> list[str]:
    words = detail.split(" ")
    if len(words) not in counts:
        raise ValueError(f"{len(words)} words in place of {counts}")
    return words


def _known(word: str) -> str | None:
    return None if word == UNKNOWN else word


def _name(word: str) -> str:
    return _known(word) or ""


def _resized(by: str, detail: str) -> Fields:
    before, _, after = _words(detail, 3)
    return {"by": by, "before": int(before), "after": int(after)}


def _signal(symbol: str, why_not: str) -> Fields:
    return {"symbol": symbol, "why_not": plain(Reason.read(why_not))}


def _desk(by: str, reason: str) -> Fields:
    return {"by": by, "reason": plain(Reason.read(reason))}


def _oversold(_subject: str, detail: str) -> Fields:
    shares, cause, *asks = _words(detail, 2, 3)
    return {"shares": int(shares), "cause": cause, "is_bought_back": not asks}


def _exit_moved(role: str, detail: str) -> Fields:
    before, after, risk_before, risk_after = _words(detail, 4)
    return {"role": role, "before": before, "after": after, "risk_before": risk_before, "risk_after": risk_after}


def _exit_senseless(role: str, detail: str) -> Fields:
    price, market = _words(detail, 2)
    return {"role": role, "price": price, "market": market}


def _sold_by_hand(_subject: str, detail: str) -> Fields:
    shares, price, sureness = [*_words(detail, 1, 3), UNKNOWN, UNKNOWN][:3]
    return {"shares": int(shares), "price": _known(price), "is_estimate": sureness != "exact"}


def _filled_late(_subject: str, detail: str) -> Fields:
    shares, price = _words(detail, 2)
    return {"shares": int(shares), "price": price}


def _unexplained(symbol: str, detail: str) -> Fields:
    before, found, price_before, price_now = _words(detail, 4)
    prices = {"price_before": _known(price_before), "price_now": _known(price_now)}
    return {"symbol": symbol, "before": int(before), "found": int(found), **prices}


def _money_moved(move: str, detail: str) -> Fields:
    dollars, symbol = _words(detail, 2)
    return {"move": move, "dollars": dollars, "symbol": _name(symbol)}


def _foreign_protected(symbol: str, detail: str) -> Fields:
    shares, _, stop = _words(detail, 3)
    return {"symbol": symbol, "shares": int(shares), "stop": None if stop == str(None) else stop}


def _action_due(key: str, symbol: str, detail: str) -> Fields:
    kind, new, old, ex_date, new_symbol, cash = _words(detail, 6)
    action = {
        "id": key.partition(":")[2],
        "kind": kind,
        "symbol": symbol,
        "ex_date": ex_date,
        "new_shares": _known(new) or "0",
        "old_shares": _known(old) or "1",
        "new_symbol": _name(new_symbol),
        "cash": _known(cash) or "0",
    }
    return {"action": action}


def _restated(_subject: str, detail: str) -> Fields:
    kind, new, old, *facts = _words(detail, 11, 15)
    before, after = (
        {"shares": int(shares), "stop": stop, "target": target, "symbol": symbol}
        for shares, stop, target, symbol in (facts[0:8:2], facts[1:8:2])
    )
    told: Fields = {"action": kind, "new_shares": new, "old_shares": old, "before": before, "after": after}
    if spun_off := facts[8:]:
        symbol, shares, cost, kept = spun_off
        told["spun_off"] = {"symbol": symbol, "shares": int(shares), "cost": cost, "kept": kept}
    return told


def _spin_off_waits(_subject: str, detail: str) -> Fields:
    new, old, new_symbol, missing, unpriced = _words(detail, 5)
    rates = {"new_shares": _known(new), "old_shares": _known(old)}
    return {**rates, "new_symbol": _name(new_symbol), "missing": missing, "unpriced": _name(unpriced)}


def _cash_in_lieu(_subject: str, detail: str) -> Fields:
    dollars, *spun_off = _words(detail, 1, 2)
    return {"dollars": dollars, "spun_off": "".join(spun_off)}


def _loss_limit(_rule: str, detail: str) -> Fields:
    verdict = RiskVerdict.read(detail)
    if verdict is None:
        raise ValueError(f"no verdict: {detail!r}")
    return {"verdict": plain(verdict)}


def _watchlist(by: str, detail: str) -> Fields:
    verb, *symbols = detail.split(" ")
    return {"by": by, "is_added": verb == "add", "symbols": symbols}


def _figure(word: str) -> str | None:
    return None if word == NO_VALUE else word


def _setting(by: str, detail: str) -> Fields:
    name, before, after, unit = _words(detail, 4)
    return {"by": by, "name": name, "before": _figure(before), "after": _figure(after), "unit": unit}


def _loosening(by: str, detail: str) -> tuple[Fields, Fields, str]:
    """Return who did what to a change, the change, and what else is told of it."""
    name, before, after, unit, more, number = _words(detail, 6)
    asked_at = plain(datetime.fromtimestamp(float(number), UTC))
    change = {
        "name": name,
        "kept": "",
        "before": _figure(before),
        "after": _figure(after),
        "unit": unit,
        "by": by,
        "asked_at": asked_at,
        "expires_at": asked_at,
    }
    return {"by": by, "change": change}, change, more


def _loosening_asked(by: str, detail: str) -> Fields:
    told, change, at = _loosening(by, detail)
    change["expires_at"] = at
    return told


def _loosening_confirmed(by: str, detail: str) -> Fields:
    told, change, at = _loosening(by, detail)
    change["effective_at"] = at
    return told


def _loosening_ended(by: str, detail: str) -> Fields:
    told, _, why = _loosening(by, detail)
    return told | {"why": why}


def _reports_missed(kinds: str, count: str) -> Fields:
    return {"kinds": [kind for kind in kinds.split() if kind in set(ReportKind)], "count": int(count)}


READERS: Final[Mapping[NoticeKind, Callable[[str, str], Fields]]] = {
    NoticeKind.RESIZED: _resized,
    NoticeKind.SECOND_ASKED: lambda by, _: {"by": by},
    NoticeKind.DECIDED: lambda by, _: {"by": by},
    NoticeKind.SIGNAL: _signal,
    NoticeKind.EXIT_ASKED: lambda _, tenths: {"tenths": int(tenths)},
    NoticeKind.TIME_EXIT: lambda _, reason: {"reason": reason},
    NoticeKind.EXIT_SENSELESS: _exit_senseless,
    NoticeKind.UNPROTECTED: lambda _, trouble: {"trouble": trouble},
    NoticeKind.OVERSOLD: _oversold,
    NoticeKind.COVERING: lambda _, shares: {"shares": int(shares)},
    NoticeKind.FILLED_LATE: _filled_late,
    NoticeKind.EXIT_MOVED: _exit_moved,
    NoticeKind.SOLD_BY_HAND: _sold_by_hand,
    NoticeKind.UNEXPLAINED: _unexplained,
    NoticeKind.MONEY_MOVED: _money_moved,
    NoticeKind.FOREIGN: lambda symbol, shares: {"symbol": symbol, "shares": int(shares)},
    NoticeKind.FOREIGN_PROTECTED: _foreign_protected,
    NoticeKind.FOREIGN_BARE: lambda symbol, trouble: {"symbol": symbol, "trouble": trouble},
    NoticeKind.RESTATED: _restated,
    NoticeKind.SPIN_OFF_WAITS: _spin_off_waits,
    NoticeKind.CASH_IN_LIEU: _cash_in_lieu,
    NoticeKind.HALTED: _desk,
    NoticeKind.REDUCING: _desk,
    NoticeKind.RESUMED: lambda by, _: {"by": by},
    NoticeKind.AUTO_CHANGED: lambda by, mode: {"by": by, "is_on": mode == "on"},
    NoticeKind.FLATTENING: lambda by, _: {"by": by},
    NoticeKind.FLATTEN_WAITS: lambda _, opens_at: {"opens_at": opens_at},
    NoticeKind.FLATTEN_STUCK: lambda what, trouble: {"what": what, "trouble": trouble},
    NoticeKind.RISK_WARNING: lambda _, open_risk: {"open_risk": open_risk},
    NoticeKind.LOSS_LIMIT: _loss_limit,
    NoticeKind.WATCHLIST: _watchlist,
    NoticeKind.SETTING: _setting,
    NoticeKind.LOOSENING_ASKED: _loosening_asked,
    NoticeKind.LOOSENING_CONFIRMED: _loosening_confirmed,
    NoticeKind.LOOSENING_ENDED: _loosening_ended,
    NoticeKind.REPORT: lambda _, report: {"report": json.loads(report)},
    NoticeKind.REPORTS_MISSED: _reports_missed,
    NoticeKind.STARTED: lambda broker, source: {"broker": broker, "source": source},
    NoticeKind.JOB_FAILED: lambda job, error_id: {"job": job, "error_id": error_id},
    NoticeKind.JOB_RECOVERED: lambda job, _: {"job": job},
    NoticeKind.SERVICE_LOST: lambda service, trouble: {"service": service, "trouble": trouble},
    NoticeKind.SERVICE_BACK: lambda service, _: {"service": service},
    NoticeKind.SLACK_BACK: lambda _, minutes: {"minutes": int(minutes)},
    NoticeKind.SET_ASIDE: lambda _, count: {"count": int(count)},
    NoticeKind.EARNINGS_UNREADABLE: lambda file, line: {"file": file, "line": int(line)},
}
"""How the detail of each kind is read that has one; the others have no fields of their own."""
