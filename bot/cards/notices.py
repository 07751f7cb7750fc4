"""Every kind of notice as a message, but for a trade's card, which is `proposal`.

A notice about a trade is rendered from the trade as it is now.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.cards import (
    account_changes,
    corporate_actions,
    desk_changes,
    duty,
    exits,
    runtime_settings,
    service_changes,
    standing,
    strategies,
    trade_thread,
)
from bot.cards.message import Message, note
from bot.cards.mrkdwn import day_and_time, escaped, fitted, symbol, why
from bot.cards.report import missed, report
from bot.messages import Texts
from engine.model.notices import (
    account,
    corporate_actions as companies,
    desk,
    duty as duties,
    proposals,
    settings,
    systems,
    trades,
)
from engine.model.notices.base import Notice, TradeNotice, UnreadableNotice
from engine.model.notices.reports import ReportMade, ReportsMissed
from engine.model.trade import Trade

MOST_SYMBOLS = 20
"""Symbols that are named of those whose signals had the same end."""


def render(notice: Notice, trade: Trade | None, texts: Texts) -> Message:
    """Return a notice that is no card as a message; if its trade cannot be read, the message says so."""
    if isinstance(notice, UnreadableNotice):
        return _unreadable(notice, texts)
    if not isinstance(notice, TradeNotice):
        return RENDERERS[type(notice)](notice, texts)
    if trade is None:
        return note(texts("trade-unreadable", kind=notice.kind.value, id=escaped(notice.trade_id)))
    return RENDERERS[type(notice)](notice, trade, texts)


def _unreadable(notice: UnreadableNotice, texts: Texts) -> Message:
    """Say what the database has of a notice that this version cannot read."""
    if notice.kept_as is ReportMade:
        return note(texts("report-unreadable", kind=escaped(notice.stored_subject, 60)))
    kept = escaped(f"{notice.stored_subject} {notice.detail}", 300)
    return note(
        texts("notice-unreadable", kind=escaped(notice.stored_kind, 60), id=escaped(notice.trade_id), kept=kept)
    )


def _signal_kept(told: proposals.SignalKept, texts: Texts) -> Message:
    return note(texts(told.text, symbol=symbol(told.symbol), why=why(told.why_not, texts)))


def _signals_kept(told: proposals.SignalsKept, texts: Texts) -> Message:
    """Say which signals were not proposed, a line a reason."""
    count = sum(len(group.symbols) for group in told.groups)
    lines = [_kept_for(group, texts) for group in told.groups]
    return note(texts("signals-kept", count=count, since=day_and_time(told.since, texts)), *fitted(lines, texts))


def _kept_for(group: proposals.KeptSignals, texts: Texts) -> str:
    shown = ", ".join(symbol(name) for name in group.symbols[:MOST_SYMBOLS])
    more = len(group.symbols) - MOST_SYMBOLS
    rest = (texts("and-more", count=more),) if more > 0 else ()
    return texts("signals-kept-line", why=why(group.why_not, texts), symbols=" ".join((shown, *rest)))


def _report(told: ReportMade, texts: Texts) -> Message:
    return report(told.report, texts)


def _reports_missed(told: ReportsMissed, texts: Texts) -> Message:
    return missed(told.kinds, told.count, texts)


def _from_trade(draw: Callable[[Trade, Texts], Message]) -> Callable[[Any, Trade, Texts], Message]:
    """Return what draws a notice that its trade alone tells."""
    return lambda _told, trade, texts: draw(trade, texts)


RENDERERS: Mapping[type[Notice], Callable[..., Message]] = {
    proposals.ProposalResized: lambda told, trade, texts: trade_thread.resized(trade, texts, told.by),
    proposals.SecondApprovalAsked: lambda told, trade, texts: trade_thread.second_asked(trade, texts, told.by),
    proposals.TradeDecided: duty.decided,
    duties.DecisionReminded: duty.reminded,
    duties.SecondLineCalled: duty.second_line,
    duties.MissedResult: duty.missed,
    duties.DutyHandedOver: duty.handed_over,
    duties.DirectCall: duty.not_direct,
    duties.UrgentDirectCall: duty.not_direct,
    proposals.SignalKept: _signal_kept,
    proposals.SignalsKept: _signals_kept,
    proposals.StandingAsked: standing.asked,
    proposals.StandingChange: standing.changed,
    proposals.StandingUsed: standing.used,
    trades.TradeSubmitted: _from_trade(trade_thread.submitted),
    trades.TradeFilled: _from_trade(trade_thread.filled),
    trades.TargetSet: _from_trade(trade_thread.target_set),
    trades.TradeClosed: _from_trade(trade_thread.closed),
    trades.TradeGraded: lambda told, trade, texts: trade_thread.graded(trade, texts, told.by, told.grade),
    trades.ExitAsked: lambda told, trade, texts: trade_thread.exit_asked(trade, texts, texts.score(told.tenths)),
    trades.TradeClosing: trade_thread.closing,
    trades.TimeExit: lambda told, trade, texts: trade_thread.time_exit(trade, texts, told.reason),
    trades.SymbolHaltBegan: trade_thread.halt_began,
    trades.SymbolHaltEnded: trade_thread.halt_ended,
    trades.TradeUnprotected: trade_thread.unprotected,
    trades.TradeAdopted: account_changes.adopted,
    trades.FilledLate: account_changes.filled_late,
    trades.ExitSenseless: account_changes.exit_senseless,
    trades.ExitChanged: exits.changed,
    trades.ExitNotMoved: exits.not_moved,
    trades.PartSold: exits.part_sold,
    trades.StopSold: exits.stop_sold,
    trades.StopTrailed: _from_trade(exits.stop_trailed),
    trades.TrailSet: exits.trail_set,
    trades.CancelStuck: account_changes.cancel_stuck,
    trades.TradeOversold: account_changes.oversold,
    trades.CoveringShort: account_changes.covering,
    trades.CoverRefused: account_changes.cover_refused,
    account.ExitMoved: account_changes.exit_moved,
    account.EntryChanged: account_changes.entry_changed,
    account.SoldByHand: account_changes.sold_by_hand,
    account.StopByHand: account_changes.stop_by_hand,
    account.UnexplainedChange: account_changes.unexplained,
    account.MoneyMoved: account_changes.money_moved,
    account.ForeignPosition: account_changes.foreign_position,
    account.ForeignProtected: account_changes.foreign_protected,
    account.OrderKept: account_changes.order_kept,
    account.ForeignUnprotected: account_changes.foreign_unprotected,
    companies.ActionDue: corporate_actions.action_due,
    companies.TradeRestated: corporate_actions.restated,
    companies.SpinOffWaits: corporate_actions.spin_off_waits,
    companies.ActionLate: corporate_actions.action_late,
    companies.CashInLieu: corporate_actions.cash_in_lieu,
    desk.DeskHalted: desk_changes.halted,
    desk.HaltReasonAdded: desk_changes.halt_reason_added,
    desk.HaltTakenBack: desk_changes.halt_taken_back,
    desk.DeskReducing: desk_changes.reducing,
    desk.DeskResumed: desk_changes.resumed,
    desk.AutoModeChanged: desk_changes.auto_changed,
    desk.StrategySwitched: desk_changes.strategy_switched,
    desk.StrategyUnusable: desk_changes.strategy_unusable,
    desk.FlattenStarted: desk_changes.flatten_started,
    desk.FlattenWaits: desk_changes.flatten_waits,
    desk.FlattenStuck: desk_changes.flatten_stuck,
    desk.DeskFlat: desk_changes.flat,
    desk.RiskWarning: desk_changes.risk_warning,
    desk.LossLimitReached: desk_changes.loss_limit,
    settings.WatchlistChanged: runtime_settings.watchlist_told,
    settings.SettingChanged: runtime_settings.setting_told,
    settings.StrategyChange: strategies.change_told,
    settings.LooseningAsked: runtime_settings.loosening_asked,
    settings.LooseningConfirmed: runtime_settings.loosening_confirmed,
    settings.LooseningEnded: runtime_settings.loosening_ended,
    ReportMade: _report,
    ReportsMissed: _reports_missed,
    systems.BotStarted: service_changes.started,
    systems.LeaderBack: service_changes.leader_back,
    systems.LeaderLost: service_changes.leader_lost,
    systems.LeaderReplaced: service_changes.leader_replaced,
    systems.TradeFaulted: service_changes.trade_faulted,
    systems.JobFailed: service_changes.job_failed,
    systems.JobRecovered: service_changes.job_recovered,
    systems.ServiceLost: service_changes.service_lost,
    systems.ServiceBack: service_changes.service_back,
    systems.SlackBack: service_changes.slack_back,
    systems.BudgetSpent: service_changes.budget_spent,
    systems.EntriesSetAside: service_changes.set_aside,
    systems.EarningsUnreadable: service_changes.earnings_unreadable,
}
"""What draws each kind that is no card: of the notice alone, or of a trade's notice and the trade."""
