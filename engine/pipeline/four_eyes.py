from decimal import Decimal

from engine.common.desk_people import DeskPeople
from engine.errors import OtherMustApprove, SecondNeeded
from engine.model.desk import ENGINE
from engine.model.origin import Source
from engine.model.overnight import EarningsGuard
from engine.model.trade import Trade


class FourEyes:
    """Over a sum (dollars, None for no sum) two people approve a purchase. The engine counts as nobody.

    Where there is a sum, whoever asked for a purchase does not approve it, whatever it costs: another person does. They
    count as the first of the two, unless more shares are wanted by now than they asked for.

    The same before a company's earnings, where the guard asks for a second person.
    """

    def __init__(self, over: Decimal | None, earnings_guard: EarningsGuard, people: DeskPeople) -> None:
        self._over = over
        self._guards_earnings = earnings_guard is EarningsGuard.SECOND
        self._people = people

    @property
    def may_be_needed(self) -> bool:
        """Whether two people must decide some purchases on this desk."""
        return self._over is not None or self._guards_earnings

    def are_needed(self, trade: Trade) -> bool:
        """Tell whether a trade costs so much, or comes so close to earnings, that two people must decide it."""
        return self._costs_more(trade) or self._is_before_earnings(trade)

    def _costs_more(self, trade: Trade) -> bool:
        return self._over is not None and trade.shares * trade.sizing.entry > self._over

    def _is_before_earnings(self, trade: Trade) -> bool:
        return self._guards_earnings and trade.sizing.earnings_in is not None

    def lost(self, trade: Trade) -> str:
        """Return who approved first and may not approve any more, '' for nobody; asks who knows the roles."""
        return trade.first_by if trade.first_by and not self._people.may(trade.first_by, "approve") else ""

    def proposer(self, trade: Trade) -> str:
        """Return who of the desk asked for a trade and may approve others, '' for nobody; asks who knows the roles."""
        by = trade.origin.by if trade.origin.source is Source.DESK else ""
        return by if by and self._people.may(by, "approve") else ""

    def refuse_proposer(self, trade: Trade, by: str) -> None:
        """Raise OtherMustApprove where somebody approves their own purchase, or the engine what somebody asked for."""
        origin = trade.origin
        is_own = self._over is not None and origin.source is Source.DESK and by == origin.by
        if origin.is_manual and (is_own or by == ENGINE):
            raise OtherMustApprove(trade.id, by)

    def lack_one(self, trade: Trade, by: str, lost: str = "", proposer: str = "") -> bool:
        """Tell whether somebody's approval is only the first of two; raises SecondNeeded where it cannot count.

        The first approval of who is `lost` counts no more; `proposer` stands for the first where nobody approved.
        """
        if not self.are_needed(trade):
            return False
        first = "" if trade.first_by == lost else trade.first_by
        if by in {ENGINE, first} or (proposer and by == proposer):
            raise SecondNeeded(trade.id, by, self._over if self._costs_more(trade) else None)
        return not (first or proposer)
