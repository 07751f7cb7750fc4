"""The portfolio: the broker's money and positions beside our trades.

The broker is asked outside any transaction. What is decided inside one joins the broker's answer with the trades as
that transaction sees them, so that a check and the reservation that follows it look at the same trades.
"""

from engine.model.portfolio import Portfolio
from engine.model.trade import RESERVED
from engine.ports import Broker
from engine.truth import Ledger, Store


def read_portfolio(broker: Broker, store: Store) -> Portfolio:
    """Return the portfolio now; raises BrokerUnavailable and MustHalt."""
    account, positions = broker.account(), broker.positions()
    with store.reading() as ledger:
        return Portfolio(account=account, positions=positions, trades=ledger.trades(RESERVED))


def as_seen_by(ledger: Ledger, portfolio: Portfolio) -> Portfolio:
    """Return a portfolio with its trades read again inside a transaction."""
    return Portfolio(account=portfolio.account, positions=portfolio.positions, trades=ledger.trades(RESERVED))
