"""A broker whose account is behind its orders."""

from engine.model.account import Position
from engine.ports.broker import Broker
from tests.support.fakes.broker import TroubledBroker


class LaggingBroker(TroubledBroker):
    """A broker whose account goes on showing the positions that it had, while it `lags`."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(broker)
        self.lags = False
        self._shown: tuple[Position, ...] = ()

    def positions(self) -> tuple[Position, ...]:
        if not self.lags:
            self._shown = super().positions()
        return self._shown

    def position(self, symbol: str) -> Position | None:
        return next((position for position in self.positions() if position.symbol == symbol), None)
