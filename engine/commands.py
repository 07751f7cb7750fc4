"""What people ask for: the verbs that change something. Each calls its stages and then wakes the notices."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from engine import spans
from engine.common.audit_log import AuditLog
from engine.common.desk_people import Asked, AskedMembers, DeskPeople, no_members
from engine.common.outage_guard import OutageGuard
from engine.common.retry_each import for_each
from engine.common.tracing import about_a_trade
from engine.common.trade_faults import TradeFaults
from engine.control.duty_roster import DutyRoster
from engine.control.journal import Journal
from engine.control.kill_switch import KillSwitch
from engine.control.promotion import Promotion
from engine.control.runtime_settings import RuntimeSettings
from engine.control.watchlist import Watchlist
from engine.errors import RequestRefused, SaleRefused
from engine.execution.adopt_position import AdoptPosition
from engine.execution.close_trades import CloseTrades
from engine.execution.flatten import Flatten
from engine.exit_commands import ExitCommands
from engine.model.desk import Desk, Request
from engine.model.manual_proposal import ManualProposal, Proposed
from engine.model.origin import Source
from engine.model.runtime_settings import WatchChange
from engine.model.sale import Sale
from engine.model.trade import ExitReason, Trade, TradeState
from engine.order_flow import OrderFlow
from engine.pipeline.decide import Decide
from engine.pipeline.manual import ProposeManually
from engine.pipeline.present import Present
from engine.pipeline.resize import Resize
from engine.pipeline.standing_approvals import StandingApprovals
from engine.ports.clock import Clock
from engine.ports.notices import Notices
from engine.views.portfolio import PortfolioQueries


class ManualBuys:
    """What somebody asks to buy, by hand, by webhook or by MCP: a proposal comes of it, and nothing more."""

    def __init__(
        self,
        *,
        kill_switch: KillSwitch,
        notices: Notices,
        present: Present,
        propose: ProposeManually,
        runtime_settings: RuntimeSettings,
    ) -> None:
        self._kill_switch = kill_switch
        self._notices = notices
        self._present = present
        self._propose = propose
        self._runtime_settings = runtime_settings

    def propose(self, wanted: ManualProposal, request: Request) -> Proposed:
        """Propose what somebody asks for, and put it before the desk: people decide on it, whatever AUTO_MODE says.

        Raises RequestRefused and TemporaryError.
        """
        self._kill_switch.flush_pending_halts()
        self._runtime_settings.refresh()
        with spans.begin("propose"):
            proposed = self._propose(wanted, request)
        if not proposed.is_repeated:
            self._present(proposed.trade, asking=True)  # else it would wait for the timetable
            self._notices.wake()
        return proposed

    def claim_signature(self, source: Source, signature: str) -> None:
        """Take a signature from elsewhere, once in all processes and lives; raises Repeated."""
        self._propose.claim(source, signature)


class Commands:
    """What people ask for.

    `audit_log` keeps who asked, and the desk's secrets; `promotion` changes the strategy, `runtime_settings` what may
    change while it trades; `buys` takes what is asked for by hand, or from elsewhere; `standing` has what people
    approved beforehand; `exits` are the stops and targets of open trades; `adopt_position` makes a trade of shares that
    were bought elsewhere; `journal` keeps notes and grades; `roster` changes who is on duty and how people are called.
    """

    adopt_position: AdoptPosition
    audit_log: AuditLog
    buys: ManualBuys
    exits: ExitCommands
    roster: DutyRoster
    journal: Journal
    promotion: Promotion
    runtime_settings: RuntimeSettings
    standing: StandingApprovals

    def __init__(
        self,
        *,
        adopt_position: AdoptPosition,
        audit_log: AuditLog,
        buys: ManualBuys,
        clock: Clock,
        close_trades: CloseTrades,
        decide: Decide,
        exits: ExitCommands,
        flatten: Flatten,
        journal: Journal,
        kill_switch: KillSwitch,
        notices: Notices,
        order_flow: OrderFlow,
        people: DeskPeople,
        portfolio: PortfolioQueries,
        promotion: Promotion,
        resize: Resize,
        roster: DutyRoster,
        outage_guard: OutageGuard,
        runtime_settings: RuntimeSettings,
        standing: StandingApprovals,
        trade_faults: TradeFaults,
        watchlist: Watchlist,
    ) -> None:
        self.adopt_position = adopt_position
        self.audit_log = audit_log
        self.buys = buys
        self._clock = clock
        self._close_trades = close_trades
        self._decide = decide
        self.exits = exits
        self._flatten = flatten
        self.journal = journal
        self._kill_switch = kill_switch
        self._notices = notices
        self._order_flow = order_flow
        self._people = people
        self._portfolio = portfolio
        self.promotion = promotion
        self._resize = resize
        self.roster = roster
        self._outage_guard = outage_guard
        self.runtime_settings = runtime_settings
        self.standing = standing
        self._trade_faults = trade_faults
        self._watchlist = watchlist

    def ask_about_people(self, may: Asked, members: AskedMembers = no_members) -> None:
        """Say who knows whether somebody, by their id, may do a verb ('approve', 'set') now, and who is in a group."""
        self._people.ask(may, members)

    # Proposals

    @about_a_trade
    def approve(self, trade_id: str, request: Request, *, shares: int | None = None, under: str = "") -> Trade:
        """Approve a proposal and send its order, unless a second person must approve.

        Where `shares` are given, only if it is about just so many; `under` is the standing approval that stands for
        people. Raises RequestRefused and TemporaryError.
        """
        self._kill_switch.flush_pending_halts()  # a halt that is not written yet is one
        self.runtime_settings.refresh()  # another process may have changed a limit
        begun = self._clock.steady()  # the price that is read next is younger than this
        try:
            with spans.begin("approve", trade_id=trade_id):  # which AUTO_MODE does without a click
                trade = self._decide.approve(trade_id, request, shares, under)
                if trade.state is TradeState.PROPOSED:
                    return trade
                self._order_flow.execute(trade, begun)
                return self._portfolio.trade(trade.id)
        finally:
            self._notices.wake()

    @about_a_trade
    def reject(self, trade_id: str, request: Request, reason: str = "") -> Trade:
        """Reject a proposal; raises RequestRefused."""
        trade = self._decide.reject(trade_id, request, reason)
        self._notices.wake()
        return trade

    @about_a_trade
    def resize(self, trade_id: str, shares: int, request: Request) -> Trade:
        """Change a proposal's shares within every limit; raises RequestRefused."""
        self.runtime_settings.refresh()
        trade = self._resize(trade_id, shares, request)
        self._notices.wake()
        return trade

    # Open trades

    @about_a_trade
    def close(self, trade_id: str, request: Request, reason: str = "") -> Sale:
        """Close an open trade at the market, for a person's reason, which is kept and told; raises RequestRefused."""
        try:
            return self._close_trades.close(trade_id, request, ExitReason.DESK, reason)
        finally:
            self._order_flow.order_changed(trade_id)
            self._notices.wake()

    def close_all(self, request: Request, reason: str = "") -> tuple[Sale, ...]:
        """Close every open trade of the bot's own at the market; return the sales, those that the broker refuses too.

        Raises TradeFault, and the first TemporaryError, once every trade had its turn.
        """
        self.audit_log.claim(request, "close all")
        sold = list[Sale]()

        def close(trade_id: str) -> None:
            try:
                sold.append(self.close(trade_id, replace(request, id=""), reason))
            except SaleRefused as error:
                sold.append(Sale(trade=self._portfolio.trade(trade_id), refused=str(error.facts["reason"])))
            except RequestRefused:
                pass  # it went its own way meanwhile

        for_each([trade.id for trade in self._close_trades.open_trades()], close)
        return tuple(sold)

    @about_a_trade
    def keep(self, trade_id: str, request: Request) -> Trade:
        """Leave an open trade as it is, against a sell signal; raises RequestRefused."""
        return self._close_trades.keep(trade_id, request)

    # The desk

    def halt(self, request: Request, reason: str = "") -> Desk:
        """Stop new trading at once; raises HaltNotPersisted where that cannot be written yet."""
        desk = self._kill_switch.halt(request, reason)
        self._notices.wake()
        return desk

    def flatten(self, request: Request, reason: str = "") -> Desk:
        """Stop new trading and sell everything; what is not sold now is with each round of `housekeeping`.

        Raises HaltNotPersisted.
        """
        desk = self._kill_switch.halt(request, reason, flatten=True)
        with self._outage_guard(), self._trade_faults.round_of(self._flatten):
            self._flatten()
        return desk

    def resume(self, request: Request, *, anyway: bool = False, shown: int | None = None) -> Desk:
        """Trade again; raises FlattenUnderway while everything is being sold, unless `anyway` ends that.

        Raises HaltedMeanwhile where the desk was halted anew since, or since the halt of the number that whoever asks
        was `shown`.
        """
        desk = self._kill_switch.resume(request, anyway=anyway, shown=shown)
        self._notices.wake()
        return desk

    def take_back_halt(self, request: Request, halted_at: datetime) -> Desk:
        """Take back the halt that the same person gave at an instant; raises HaltStands where it is not so."""
        desk = self._kill_switch.take_back(request, halted_at)
        self._notices.wake()
        return desk

    def set_auto(self, *, on: bool, request: Request) -> Desk:
        """Switch AUTO_MODE."""
        desk = self._kill_switch.set_auto(request, on=on)
        self._notices.wake()
        return desk

    # How the desk trades; the outbox finds the notices of these within a second

    def change_watchlist(self, symbols: Sequence[str], request: Request, *, more: bool) -> WatchChange:
        """Watch these symbols as well, or no more; raises TemporaryError."""
        change = self._watchlist.add if more else self._watchlist.remove
        return change(symbols, request)
