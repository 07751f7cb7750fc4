"""All tables, and the desk active with AUTO_MODE off."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import Json, Money, UtcDateTime

revision = "0001"
down_revision = None

WORD = sa.String(30)
"""A value of one of the model's enumerations; the model says which there are."""


def upgrade() -> None:
    """Go to this revision."""
    _signals()
    _trades()
    _decisions()
    _orders()
    _fills()
    _headlines()
    _findings()
    _outbox()
    _messages()
    _desk()
    _settings()
    _audit()
    _equity()
    _risk_log()


def _signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("price", Money, nullable=False),
        sa.Column("readings", Json, nullable=False),
        sa.Column("components", Json, nullable=False),
        sa.Column("findings", Json, nullable=False),
        sa.Column("scorer", sa.Text, nullable=False),
        sa.Column("why_not", sa.Text, nullable=False),
    )
    op.create_index("ix_signals_symbol_at", "signals", ["symbol", "at"])


def _trades() -> None:
    op.create_table(
        "trades",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("signal_id", sa.Integer, sa.ForeignKey("signals.id"), nullable=False),
        sa.Column("published", sa.Boolean, nullable=False),
        sa.Column("sizing_shares", sa.Integer, nullable=False),
        sa.Column("sizing_entry", Money, nullable=False),
        sa.Column("sizing_stop", Money, nullable=False),
        sa.Column("sizing_target", Money, nullable=False),
        sa.Column("sizing_equity", Money, nullable=False),
        sa.Column("sizing_budget", Money, nullable=False),
        sa.Column("sizing_unrounded", Money, nullable=False),
        sa.Column("sizing_cap", WORD, nullable=False),
        sa.Column("sizing_risk_before", Money, nullable=False),
        sa.Column("shares", sa.Integer, nullable=False),
        sa.Column("stop", Money, nullable=False),
        sa.Column("target", Money, nullable=False),
        sa.Column("proposed_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", UtcDateTime, nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("filled_shares", sa.Integer, nullable=False),
        sa.Column("fill_price", Money, nullable=True),
        sa.Column("filled_at", UtcDateTime, nullable=True),
        sa.Column("exit_shares", sa.Integer, nullable=False),
        sa.Column("exit_price", Money, nullable=True),
        sa.Column("exit_reason", WORD, nullable=True),
        sa.Column("closed_at", UtcDateTime, nullable=True),
    )
    op.create_index("ix_trades_proposed_at", "trades", ["proposed_at"])
    op.create_index("ix_trades_state_proposed_at", "trades", ["state", "proposed_at"])
    op.create_index("ix_trades_symbol_proposed_at", "trades", ["symbol", "proposed_at"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("trade_id", sa.Text, sa.ForeignKey("trades.id"), nullable=False),
        sa.Column("from_state", WORD, nullable=False),
        sa.Column("to_state", WORD, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_decisions_trade_id", "decisions", ["trade_id"])


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("trade_id", sa.Text, sa.ForeignKey("trades.id"), nullable=False),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("orders.id"), nullable=True),
        sa.Column("broker_id", sa.Text, nullable=False),
        sa.Column("client_order_id", sa.Text, nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("side", WORD, nullable=False),
        sa.Column("shares", sa.Integer, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("price", Money, nullable=True),
        sa.Column("filled_shares", sa.Integer, nullable=False),
        sa.Column("fill_price", Money, nullable=True),
        sa.Column("filled_at", UtcDateTime, nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_orders_trade_id", "orders", ["trade_id"])


def _fills() -> None:
    op.create_table(
        "fills",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("order_id", sa.Integer, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("shares", sa.Integer, nullable=False),
        sa.Column("price", Money, nullable=True),
        sa.Column("at", UtcDateTime, nullable=True),
    )
    op.create_index("ix_fills_order_id", "fills", ["order_id"])


def _headlines() -> None:
    op.create_table(
        "headlines",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("symbols", Json, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
    )
    op.create_index("ix_headlines_at", "headlines", ["at"])


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("headline_id", sa.Text, sa.ForeignKey("headlines.id"), nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("tenths", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("scorer", sa.Text, nullable=False),
    )
    op.create_index("ix_findings_symbol_at", "findings", ["symbol", "at"])
    op.create_index("ix_findings_headline_id", "findings", ["headline_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("trade_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("delivered", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_delivered_number", "outbox", ["delivered", "number"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("ts", sa.Text, nullable=False),
    )


def _desk() -> None:
    desk = op.create_table(
        "desk",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("state", WORD, nullable=False),
        sa.Column("auto", sa.Boolean, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", UtcDateTime, nullable=True),
    )
    op.bulk_insert(desk, [{"id": 1, "state": "active", "auto": False, "by": "", "reason": ""}])


def _settings() -> None:
    op.create_table(
        "settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_subject_number", "audit", ["subject", "number"])


def _equity() -> None:
    op.create_table(
        "equity",
        sa.Column("at", UtcDateTime, primary_key=True),
        sa.Column("equity", Money, nullable=False),
        sa.Column("cash", Money, nullable=False),
        sa.Column("buying_power", Money, nullable=False),
        sa.Column("margin", sa.Boolean, nullable=False),
    )


def _risk_log() -> None:
    op.create_table(
        "risk_log",
        sa.Column("at", UtcDateTime, primary_key=True),
        sa.Column("open_risk", Money, nullable=False),
    )
