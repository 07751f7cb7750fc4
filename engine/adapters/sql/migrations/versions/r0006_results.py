"""What trades came to, by day, month and year of the exchange."""

import sqlalchemy as sa
from alembic import op

from engine.adapters.sql.columns import Money, UtcDateTime
from engine.adapters.sql.result_rollups import Tables, make_all

revision = "0006"
down_revision = "0005"

TRADES = sa.table(
    "trades",
    sa.column("id", sa.Text),
    sa.column("symbol", sa.Text),
    sa.column("sizing_entry", Money),
    sa.column("sizing_stop", Money),
    sa.column("filled_shares", sa.Integer),
    sa.column("fill_price", Money),
    sa.column("exit_shares", sa.Integer),
    sa.column("exit_price", Money),
    sa.column("closed_at", UtcDateTime),
)


def upgrade() -> None:
    """Go to this revision."""
    op.create_index("ix_trades_symbol_closed_at", "trades", ["symbol", "closed_at"])
    results = op.create_table(
        "results",
        sa.Column("span", sa.Text, primary_key=True),
        sa.Column("start", sa.Date, primary_key=True),
        sa.Column("symbol", sa.Text, primary_key=True),
        sa.Column("trades", sa.Integer, nullable=False),
        sa.Column("wins", sa.Integer, nullable=False),
        sa.Column("result", sa.Double, nullable=False),
        sa.Column("slippage", sa.Double, nullable=False),
        sa.Column("multiples", sa.Double, nullable=False),
        sa.Column("with_multiple", sa.Integer, nullable=False),
        sa.Column("best", sa.Double, nullable=False),
        sa.Column("best_id", sa.Text, nullable=False),
        sa.Column("worst", sa.Double, nullable=False),
        sa.Column("worst_id", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    make_all(op.get_bind(), Tables(trades=TRADES, results=results))
