"""Whether a stop may be moved down: only while the desk is active, and within the limits of one trade and of all."""

from decimal import Decimal

from engine.common.trade_lookup import refuse_inactive
from engine.errors import RiskUnchanged
from engine.model.portfolio import Portfolio
from engine.model.risk import share_of
from engine.model.trade import Trade
from engine.ports.store import Reader
from engine.risk.limits import Limits
from engine.risk.verdicts import of_one_trade, of_open_risk


def refuse_looser(reader: Reader, trade: Trade, price: Decimal, portfolio: Portfolio, limits: Limits) -> None:
    """Refuse a stop that lets a trade risk more than one trade may, or all together.

    Raises DeskNotActive and RiskUnchanged.
    """
    refuse_inactive(reader)
    equity = portfolio.account.equity
    risk = trade.held_shares * max(Decimal(0), trade.entry - price)
    together = share_of(portfolio.risk - portfolio.risk_of(trade) + risk, equity)
    for verdict in (of_one_trade(risk, equity * limits.per_trade, limits), of_open_risk(together, limits)):
        if not verdict.allowed:
            raise RiskUnchanged(verdict.rule, verdict.figure, verdict.limit, verdict.unit)
