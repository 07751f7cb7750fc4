from collections.abc import Collection
from datetime import date

from engine.model.corporate_action import CorporateAction


class FakeCorporateActions:
    """What companies announced, as a test says."""

    def __init__(self) -> None:
        self.announced: list[CorporateAction] = []

    def between(self, symbols: Collection[str], first: date, last: date) -> tuple[CorporateAction, ...]:
        wanted = [action for action in self.announced if action.symbol in symbols and first <= action.ex_date <= last]
        return tuple(sorted(wanted, key=lambda action: action.ex_date))
