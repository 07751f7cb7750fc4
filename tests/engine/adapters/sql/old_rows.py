"""A row in every table as each revision keeps it, frozen: what users have on disk does not change with the code.

Amounts are text and instants aware, which both databases take. Numbers that a database gives are left out: it gives 1.
"""

from datetime import UTC, datetime
from typing import Any

AT = datetime(2025, 8, 19, 14, 45, 15, tzinfo=UTC)
READINGS = (
    '{"rsi": 35.0, "lower": 149.1, "middle": 151.2, "upper": 153.3, "low": 149.05, "high": 150.6, "macd": 0.12,'
    ' "macd_signal": 0.08, "macd_cross": 1, "volume_ratio": 1.2}'
)
COMPONENTS = '[{"part": "rsi", "tenths": 3}, {"part": "news", "tenths": 2}]'
FINDINGS = (
    '[{"headline_id": "news-1", "symbol": "AAPL", "at": "2025-08-19T14:00:00+00:00",'
    ' "headline": "Analysts upgrade Apple", "tenths": 2, "reason": "upgrade", "url": ""}]'
)

ADDED: dict[str, dict[str, dict[str, Any]]] = {
    "0001": {
        "signals": {
            "symbol": "AAPL",
            "at": AT,
            "price": "150.25",
            "readings": READINGS,
            "components": COMPONENTS,
            "findings": FINDINGS,
            "scorer": "keywords",
            "why_not": "",
        },
        "trades": {
            "id": "AAPL_20250819_234515",
            "symbol": "AAPL",
            "state": "open",
            "signal_id": 1,
            "published": True,
            "sizing_shares": 512,
            "sizing_entry": "150.25",
            "sizing_stop": "147.99",
            "sizing_target": "154.75",
            "sizing_equity": "231368",
            "sizing_budget": "1156.84",
            "sizing_unrounded": "511.8761061946902654867256637",
            "sizing_cap": "risk",
            "sizing_risk_before": "0.01",
            "shares": 512,
            "stop": "147.99",
            "target": "154.78",
            "proposed_at": AT,
            "expires_at": AT,
            "decided_by": "U0TRADER1",
            "decided_at": AT,
            "reason": "",
            "filled_shares": 512,
            "fill_price": "150.28",
            "filled_at": AT,
            "exit_shares": 0,
            "exit_price": None,
            "exit_reason": None,
            "closed_at": None,
        },
        "decisions": {
            "trade_id": "AAPL_20250819_234515",
            "from_state": "proposed",
            "to_state": "approved",
            "by": "U0TRADER1",
            "at": AT,
            "reason": "",
        },
        "orders": {
            "trade_id": "AAPL_20250819_234515",
            "parent_id": None,
            "broker_id": "b-1",
            "client_order_id": "AAPL_20250819_234515",
            "role": "entry",
            "symbol": "AAPL",
            "side": "buy",
            "shares": 512,
            "state": "filled",
            "price": None,
            "filled_shares": 512,
            "fill_price": "150.28",
            "filled_at": AT,
            "reason": "",
        },
        "fills": {"order_id": 1, "shares": 512, "price": "150.28", "at": AT},
        "headlines": {
            "id": "news-1",
            "at": AT,
            "symbols": '["AAPL", "MSFT"]',
            "text": "Analysts upgrade Apple",
            "source": "wire",
            "url": "",
        },
        "findings": {
            "headline_id": "news-1",
            "symbol": "AAPL",
            "at": AT,
            "headline": "Analysts upgrade Apple",
            "tenths": 2,
            "reason": "upgrade",
            "url": "",
            "scorer": "keywords",
        },
        "outbox": {
            "key": "halted:1",
            "kind": "halted",
            "at": AT,
            "trade_id": "",
            "subject": "U0ADMIN",
            "detail": "CPI",
            "delivered": False,
        },
        "messages": {"key": "AAPL_20250819_234515:card", "channel": "C0DESK", "ts": "1755614715.000100"},
        "desk": {"id": 1, "state": "halted", "auto": True, "by": "U0ADMIN", "reason": "CPI", "since": AT},
        "settings": {"name": "first_start", "value": "1"},
        "audit": {
            "at": AT,
            "actor": "U0ADMIN",
            "action": "halt",
            "subject": "",
            "said": "/halt CPI",
            "outcome": "halted",
            "why": "",
        },
        "equity": {"at": AT, "equity": "231368", "cash": "66788", "buying_power": "66788", "margin": False},
        "risk_log": {"at": AT, "open_risk": "0.0101"},
    },
    "0002": {
        "scored": {"headline_id": "news-1", "symbol": "AAPL"},
        "unscored": {"symbol": "MSFT", "at": AT, "reason": "claude: outage"},
        "model_calls": {
            "model": "claude-haiku-5-5",
            "symbol": "AAPL",
            "at": AT,
            "instructions": "0123456789ab",
            "request": "Symbol: AAPL",
            "answer": '{"findings": []}',
            "stop_reason": "end_turn",
            "tokens_input": 120,
            "tokens_output": 12,
            "tokens_cache_write": 4000,
            "tokens_cache_read": 0,
            "dollars": "0.00518",
        },
        "spending": {"day": AT.date(), "dollars": "0.00518"},
    },
    "0003": {"audit": {"request": "r-1"}, "trades": {"first_by": "U0TRADER2"}},
    "0004": {},
    "0005": {
        "audit": {"hash": "8dfb798872092e35726b453b59ce1bc376cc90e11f44336fad0cf1256ac0f4a6"},
        "audit_head": {"id": 1, "count": 1, "hash": "8dfb798872092e35726b453b59ce1bc376cc90e11f44336fad0cf1256ac0f4a6"},
    },
    "0006": {
        "results": {
            "span": "day",
            "start": AT.date(),
            "symbol": "AAPL",
            "trades": 2,
            "wins": 1,
            "result": 120.5,
            "slippage": 1.5,
            "multiples": 0.25,
            "with_multiple": 2,
            "best": 160.5,
            "best_id": "AAPL_20250819_100000",
            "worst": -40.0,
            "worst_id": "AAPL_20250819_110000",
        },
    },
    "0007": {
        "trades": {
            "restated_bought_shares": 512,
            "restated_bought_dollars": "0",
            "restated_sold_shares": 0,
            "restated_sold_dollars": "0",
            "restated_cash": "12.5",
            "sizing_target_distance": "0.03",
        },
        "equity": {"external": "-30000", "growth": 1.25},
        "outbox": {"claimed_by": "", "claimed_until": None},
        "fence": {"id": 1, "term": 7, "holder": "desk-1", "is_held": False},
        "activities": {
            "id": "20250819::1",
            "kind": "fill",
            "at": AT,
            "symbol": "AAPL",
            "shares": "512",
            "price": "150.28",
            "dollars": "0",
            "order_id": "b-1",
            "trade_id": "AAPL_20250819_234515",
        },
        "corporate_actions": {
            "id": "split-1",
            "kind": "split",
            "symbol": "AAPL",
            "ex_date": AT.date(),
            "new_shares": "2",
            "old_shares": "1",
            "new_symbol": "",
            "cash": "0",
            "state": "applied",
        },
    },
    "0008": {
        "outbox": {"attempted_at": None},
        "unfinished": {
            "request_id": "r-1",
            "request_by": "U0TRADER",
            "request_said": "/approve AAPL",
            "action": "approve",
            "at": AT,
            "claimed_by": "bot-1",
            "claimed_until": AT,
        },
    },
    "0009": {},
    "0010": {
        "signals": {"previous_close": None},
        "trades": {"sizing_overnight_before": None, "sizing_night_loss": None},
    },
    "0011": {},
    "0012": {"signals": {"bar": AT}},
    "0013": {
        "decision_records": {
            "trade_id": "AAPL_20250819_234515",
            "kind": "approved",
            "at": AT,
            "by": "U0TRADER1",
            "shares": 512,
            "entry": "150.25",
            "shown_shares": 512,
            "shown_entry": "150.25",
            "evidence": '{"symbol": "AAPL"}',
            "bars": b"",
            "fingerprint": "8dfb798872092e35726b453b59ce1bc376cc90e11f44336fad0cf1256ac0f4a6",
            "marks": "AAEC",
        },
    },
    "0014": {"leases": {"name": "leader", "term": 3, "holder": "a life", "expires_at": 1_755_614_715.5}},
    "0015": {"outages": {"service": "broker", "process": "a life", "since": AT, "until": AT}},
    "0016": {
        table: {"trace": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"} for table in ("decisions", "outbox")
    },
    "0017": {
        "tasks": {
            "job": "headlines.claude.1",
            "slot": "AAPL:5d41402abc4b2a76b9719d911017c592",
            "state": "done",
            "question": b"{}",
            "answer": b"{}",
            "attempts": 2,
            "lost": 1,
            "holder": "a life",
            "error": "",
            "put_at": 1_755_614_715.5,
            "sent_at": 1_755_614_716.5,
            "due_at": 1_755_614_717.5,
        },
    },
    "0018": {"signals": {"strategy": "mine", "strategy_fingerprint": "f1a6", "propose_at": 6, "strong_at": 9}},
    "0019": {
        "shadow_trades": {
            "key": "trade:AAPL_20250819_234515",
            "cause": "rejected",
            "strategy": "mine",
            "strategy_fingerprint": "f1a6",
            "symbol": "AAPL",
            "bar": AT,
            "tenths": 8,
            "trade_id": "AAPL_20250819_234515",
            "state": "closed",
            "through": AT,
            "progress": "null",
            "shares": 10,
            "entry": "231.10",
            "stop": "227.60",
            "exit": "238.03",
            "exit_reason": "target",
            "fees": "0.02",
            "entered_at": AT,
            "exited_at": AT,
            "why": "",
        },
    },
    "0020": {"unfinished": {"channel": "D0TRADER", "ts": "1755614715.000100"}},
    "0021": {
        "signals": {
            "origin_source": "desk",
            "origin_by": "U0TRADER1",
            "origin_note": "breakout",
            "origin_limit": "150.20",
            "origin_stop": "148.00",
            "origin_target": None,
        },
        "keys": {"key": "webhook:AAPL-1", "digest": "5d41", "trade_id": "AAPL_20250819_234515", "at": AT},
    },
    "0022": {"trades": {"exit_plan": '{"trail": "0.02", "bought_at": "2025-08-19T14:45:15+00:00"}'}},
    "0023": {
        "trades": {"sizing_earnings_in": 2},
        "journal": {
            "key": "note:C0DESK:1755614715.000100",
            "trade_id": "AAPL_20250819_234515",
            "kind": "note",
            "at": AT,
            "by": "U0TRADER",
            "text": "chased it",
            "version": "1755614715.0001",
        },
    },
    "0024": {"signals": {"origin_stop_distance": "0.012345"}},
}
"""The tables and columns that each revision adds."""


def rows_at(revision: str) -> dict[str, dict[str, Any]]:
    """Return a row for every table of a revision."""
    rows: dict[str, dict[str, Any]] = {}
    for _, added in sorted(item for item in ADDED.items() if item[0] <= revision):
        for table, columns in added.items():
            rows[table] = rows.get(table, {}) | columns
    return rows
