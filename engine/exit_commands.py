from collections.abc import Callable
from decimal import Decimal

from engine.common.tracing import about_a_trade
from engine.control.runtime_settings import RuntimeSettings
from engine.execution.change_exits import ChangeExits
from engine.model.desk import Request
from engine.model.trade import Trade
from engine.order_flow import OrderFlow
from engine.ports.notices import Notices
from engine.views.portfolio import PortfolioQueries


class ExitCommands:
    """What people ask of an open trade's exits; each looks at once at what became of it, and wakes the notices.

    The trade that is returned may have a move on its way still, where the broker gave no clear answer.
    """

    def __init__(
        self,
        *,
        change_exits: ChangeExits,
        notices: Notices,
        order_flow: OrderFlow,
        portfolio: PortfolioQueries,
        runtime_settings: RuntimeSettings,
    ) -> None:
        self._change_exits = change_exits
        self._notices = notices
        self._order_flow = order_flow
        self._portfolio = portfolio
        self._runtime_settings = runtime_settings

    @about_a_trade
    def stop(self, trade_id: str, price: Decimal, request: Request) -> Trade:
        """Let the stop of an open trade stand at a price, dollars a share; raises RequestRefused."""
        return self._changed(trade_id, lambda: self._change_exits.stop(trade_id, price, request))

    @about_a_trade
    def target(self, trade_id: str, price: Decimal, request: Request) -> Trade:
        """Let the target of an open trade stand at a price, dollars a share; raises RequestRefused."""
        return self._changed(trade_id, lambda: self._change_exits.target(trade_id, price, request))

    @about_a_trade
    def trail(self, trade_id: str, part: Decimal | None, ranges: Decimal | None, request: Request) -> Trade:
        """Let the stop of an open trade follow the price by a part of it or by average true ranges, or no more.

        Raises RequestRefused.
        """
        return self._changed(trade_id, lambda: self._change_exits.trail(trade_id, part, ranges, request))

    def _changed(self, trade_id: str, change: Callable[[], None]) -> Trade:
        """Change the exits of a trade, and return it as it is after a look at its orders."""
        self._runtime_settings.refresh()  # another process may have changed a limit
        try:
            change()
            self._order_flow.order_changed(trade_id)
        finally:
            self._notices.wake()
        return self._portfolio.trade(trade_id)
