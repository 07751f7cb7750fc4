from threading import Event, Semaphore

from engine.model.desk import Request
from engine.model.trade import Trade
from tests.support.fakes.desk import FakeEngine
from tests.support.fakes.trades import a_trade


class StuckEngine(FakeEngine):
    """Approves nothing until it is let; `asked` counts who waits."""

    def __init__(self) -> None:
        super().__init__(a_trade())
        self.asked, self.let = Semaphore(0), Event()

    def approve(self, trade_id: str, request: Request, *, shares: int | None = None, under: str = "") -> Trade:
        self.asked.release()
        self.let.wait(10)
        return super().approve(trade_id, request, shares=shares, under=under)
