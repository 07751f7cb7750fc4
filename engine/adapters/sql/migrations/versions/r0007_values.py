"""What changes outside is kept by its value: activities, corporate actions, money in and out; and who is in charge."""

from decimal import Decimal

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import Money, UtcDateTime

revision = "0007"
down_revision = "0006"

ALIVE = ("proposed", "approved", "submitted", "open", "closing")
EQUITY = sa.table("equity", sa.column("at", UtcDateTime), sa.column("equity", Money), sa.column("growth", sa.Double))
TRADES = sa.table(
    "trades",
    sa.column("id", sa.Text),
    sa.column("state", sa.Text),
    sa.column("sizing_entry", Money),
    sa.column("sizing_target", Money),
    sa.column("sizing_target_distance", Money),
)


def upgrade() -> None:
    """Go to this revision."""
    _trades()
    _equity()
    _activities()
    op.create_index("ix_orders_broker_id", "orders", ["broker_id"])
    op.add_column("outbox", sa.Column("claimed_by", sa.Text, nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("claimed_until", UtcDateTime, nullable=True))
    op.create_table(
        "fence",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("term", sa.Integer, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("is_held", sa.Boolean, nullable=False),
    )
    op.execute("INSERT INTO fence (id, term, holder, is_held) VALUES (1, 1, '', FALSE)")


def _trades() -> None:
    for name in ("bought", "sold"):
        op.add_column("trades", sa.Column(f"restated_{name}_shares", sa.Integer, nullable=False, server_default="0"))
        op.add_column("trades", sa.Column(f"restated_{name}_dollars", Money, nullable=False, server_default="0"))
    op.add_column("trades", sa.Column("restated_cash", Money, nullable=False, server_default="0"))
    op.add_column("trades", sa.Column("sizing_target_distance", Money, nullable=False, server_default="0.03"))
    connection, columns = op.get_bind(), TRADES.c
    # Only what may still be filled has its target moved; a distance is a figure like 0.03, a target is cut to the cent.
    for row in connection.execute(sa.select(TRADES).where(columns.state.in_(ALIVE))).all():
        distance = (row.sizing_target / row.sizing_entry - 1).quantize(Decimal("0.001"))
        changed = sa.update(TRADES).where(columns.id == row.id).values(sizing_target_distance=distance)
        connection.execute(changed)


def _equity() -> None:
    """Until now nothing is known of money that came and went, so growth is what equity did."""
    op.add_column("equity", sa.Column("external", Money, nullable=False, server_default="0"))
    op.add_column("equity", sa.Column("growth", sa.Double, nullable=False, server_default="1"))
    connection = op.get_bind()
    first = connection.scalar(sa.select(EQUITY.c.equity).order_by(EQUITY.c.at).limit(1))
    if first:
        grown = sa.cast(EQUITY.c.equity, sa.Double) / float(first)
        connection.execute(sa.update(EQUITY).values(growth=grown))


def _activities() -> None:
    op.create_table(
        "activities",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("shares", Money, nullable=False),
        sa.Column("price", Money, nullable=True),
        sa.Column("dollars", Money, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("trade_id", sa.Text, nullable=False),
    )
    op.create_index("ix_activities_at", "activities", ["at"])
    op.create_index("ix_activities_trade_id_symbol", "activities", ["trade_id", "symbol"])
    op.create_table(
        "corporate_actions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
        sa.Column("ex_date", sa.Date, nullable=False),
        sa.Column("new_shares", Money, nullable=False),
        sa.Column("old_shares", Money, nullable=False),
        sa.Column("new_symbol", sa.Text, nullable=False),
        sa.Column("cash", Money, nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
    )
    op.create_index("ix_corporate_actions_ex_date", "corporate_actions", ["ex_date"])
