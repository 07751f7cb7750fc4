"""Why something is not done, and what to do instead: one sentence for each refusal and each failure, with its facts."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.cards.message import Message, note
from bot.cards.mrkdwn import NO_FACT, SECONDS_OF, actor, broken, day_and_time, escaped, mention, quantity, why
from bot.messages import Texts
from engine import errors
from engine.model.reason import Reason
from engine.model.runtime_settings import SettingUnit

REFUSALS: Mapping[type[errors.RequestRefused], str] = {
    errors.UnknownTrade: "refused-unknown-trade",
    errors.UnknownSymbol: "refused-unknown-symbol",
    errors.Ambiguous: "refused-ambiguous",
    errors.BadNumber: "refused-bad-number",
    errors.BadText: "refused-bad-text",
    errors.BadPeriod: "refused-bad-period",
    errors.BadAmount: "refused-bad-amount",
    errors.BadDuty: "refused-bad-duty",
    errors.BadExit: "refused-bad-exit",
    errors.UnknownSetting: "refused-unknown-setting",
    errors.SettingFixed: "refused-setting-fixed",
    errors.BadSetting: "refused-bad-setting",
    errors.NotOpen: "refused-not-open",
    errors.AlreadyDecided: "refused-already-decided",
    errors.Expired: "refused-expired",
    errors.DeskNotActive: "refused-desk-not-active",
    errors.EndedByHalt: "refused-ended-by-halt",
    errors.StoppedSince: "refused-stopped-since",
    errors.MarketClosed: "refused-market-closed",
    errors.NoPrice: "refused-no-price",
    errors.NotAllowed: "refused-not-allowed",
    errors.SizeChanged: "refused-size-changed",
    errors.NothingSelected: "refused-nothing-selected",
    errors.SecondNeeded: "refused-second-needed",
    errors.OtherNeeded: "refused-other-needed",
    errors.OtherMustApprove: "refused-other-must-approve",
    errors.BadProposal: "refused-bad-proposal",
    errors.BadStanding: "refused-bad-standing",
    errors.StandingOver: "refused-standing-over",
    errors.NotProposable: "refused-not-proposable",
    errors.NothingPending: "refused-nothing-pending",
    errors.UnknownStrategy: "refused-unknown-strategy",
    errors.PromotionRefused: "refused-promotion",
    errors.NotOurs: "refused-not-ours",
    errors.NoTradeHere: "refused-no-trade-here",
    errors.TooOld: "refused-too-old",
    errors.Repeated: "refused-repeated",
    errors.FlattenUnderway: "refused-flatten-underway",
    errors.HaltStands: "refused-halt-stands",
    errors.HaltedMeanwhile: "refused-halted-meanwhile",
    errors.NobodyLeads: "refused-nobody-leads",
    errors.SymbolHalted: "refused-symbol-halted",
    errors.CorporateActionDue: "refused-corporate-action",
    errors.NotGradable: "refused-not-gradable",
    errors.AdoptionRefused: "refused-adoption",
    errors.BacktestRefused: "refused-backtest",
    errors.BacktestRunning: "refused-backtest-running",
    errors.NoUsableStrategy: "refused-no-usable-strategy",
    errors.OtherStrategy: "refused-other-strategy",
    errors.RiskRefused: "refused-risk",
    errors.RiskUnchanged: "refused-risk-unchanged",
    errors.OrderRefused: "refused-order",
    errors.MoveRefused: "refused-move",
    errors.SaleRefused: "refused-sale",
}
"""The sentence of each refusal, as a key of the catalogues; its facts are the variables."""

EXAMPLES: Mapping[type[errors.RequestRefused], str] = {
    errors.BadAmount: "/size AAPL 400",
    errors.BadPeriod: "/pnl last week",
    errors.UnknownSetting: "/settings MAX_DAILY_LOSS 2%",
}
"""What could be typed where nobody knows what was; '' where there is nothing to type."""

TROUBLES: Mapping[type[errors.DeskError], str] = {
    errors.MarketUnavailable: "trouble-market",
    errors.NewsUnavailable: "trouble-news",
    errors.ScorerNotAsked: "trouble-news",
    errors.EarningsUnavailable: "trouble-earnings",
    errors.BrokerUnavailable: "trouble-broker",
    errors.StreamUnavailable: "trouble-stream",
    errors.OrderUnclear: "trouble-order-unclear",
    errors.OrderExists: "trouble-order-exists",
    errors.CancelPending: "trouble-cancel-pending",
    errors.Fenced: "trouble-fenced",
    errors.LookedTooLongAgo: "trouble-again",
    errors.MemoryUnavailable: "trouble-memory",
    errors.TemporaryError: "trouble-again",
    errors.StoreUnavailable: "trouble-halt",
    errors.HaltNotPersisted: "trouble-halt-held",
}
"""The sentence of each failure, as a key of the catalogues."""


def refusal(error: errors.RequestRefused, texts: Texts, example: str = "") -> Message:
    """Say what was wrong and what to do instead, with an example of what could be typed."""
    facts: dict[str, str | int] = {  # a number stays one: a sentence may count by it
        name: value if isinstance(value, int) else _fact(name, value, error, texts)
        for name, value in error.facts.items()
    }
    if isinstance(error, errors.BadDuty):  # our own words, in which a time of day is no picture
        facts |= {name: str(error.facts[name]) for name in ("example", "known")}
    facts["zone"] = str(texts.timezone)
    if "setting" in error.facts:
        facts["label"] = texts("setting", name=escaped(str(error.facts["setting"]), 60))
        facts["name"] = escaped(str(error.facts["setting"]).upper(), 60)
    if isinstance(error, errors.RiskRefused):
        facts["kind"] = "too-many" if _too_many_shares(error) else "rule"
        facts["broken"] = _broken(error, texts)
    if isinstance(error, errors.DeskNotActive):
        facts["why"] = why(Reason.read(str(error.facts["reason"])), texts)
    if isinstance(error, errors.SymbolHalted):
        facts["why"] = texts("halt-reason", reason=facts["reason"], code=facts["code"] or NO_FACT)
    if isinstance(error, errors.NotAllowed):
        facts["role"] = facts["has"]
    usual = f"{str(error.facts['usage']).partition(' ')[0]} AAPL" if "usage" in error.facts else ""
    facts.setdefault("example", escaped(example or usual or EXAMPLES.get(type(error), "")) or NO_FACT)
    if "least" in error.facts:
        facts |= _bounds(error) | {"example": _example(error, texts)}
    return note(texts(_nearest(REFUSALS, type(error)), **facts))


def trouble(error: errors.TemporaryError | errors.StoreUnavailable, texts: Texts) -> Message:
    """Say what does not work, and what that means for what was asked."""
    return note(texts(_nearest(TROUBLES, type(error))))


def unexpected(error_id: str, texts: Texts) -> Message:
    """Say that nobody foresaw this, with the id under which the log has it."""
    return note(texts("unexpected", id=escaped(error_id, 60)))


def _nearest(sentences: Mapping[Any, str], kind: type[errors.DeskError]) -> str:
    """Return the sentence of an error, or of what it is a kind of."""
    return next(sentences[each] for each in kind.__mro__ if each in sentences)


def _example(error: errors.RequestRefused, texts: Texts) -> str:
    """Return a value that a setting takes, as it is typed."""
    least, most, unit = (error.facts[name] for name in ("least", "most", "unit"))
    if unit == SettingUnit.PART:
        return _percent(most / 2 if isinstance(most, Decimal) and most < Decimal("0.04") else Decimal("0.02"))
    lowest = least if isinstance(least, Decimal) else Decimal(1)
    figure = max(lowest, Decimal(5))
    return quantity(figure, str(unit), texts) if unit in SECONDS_OF else f"{figure:f}"


def _bounds(error: errors.RequestRefused) -> dict[str, str]:
    """Return the bounds of a setting that is a part of equity as a range of percentages, '0' to '100%'."""
    least, most, unit = (error.facts[name] for name in ("least", "most", "unit"))
    if unit != SettingUnit.PART or not isinstance(least, Decimal) or not isinstance(most, Decimal):
        return {}
    return {"least": _percent(least).removesuffix("%"), "most": _percent(most)}


def _percent(part: Decimal) -> str:
    """Return a part of equity as it is typed, in no more places than it has: '2%'."""
    return f"{(part * 100).normalize():f}%"


def _fact(name: str, value: str | Decimal | datetime, error: errors.RequestRefused, texts: Texts) -> str:
    """Return a fact of a refusal as its sentence shows it."""
    if isinstance(value, datetime):
        return day_and_time(value, texts)
    if isinstance(value, Decimal):
        return quantity(value, str(error.facts["unit"]), texts)
    if name == "who" and value:
        return mention(str(value))
    if name == "by":
        return actor(str(value))
    if name == "rule":
        return why(Reason.read(str(value)), texts)
    return escaped(str(value), 300)


def _broken(error: errors.RiskRefused, texts: Texts) -> str:
    rule, asked, limit, unit = (error.facts[name] for name in ("rule", "asked", "limit", "unit"))
    return broken(str(rule), Decimal(str(asked)), Decimal(str(limit)), str(unit), texts)


def _too_many_shares(error: errors.RiskRefused) -> bool:
    asked, limit = error.facts["asked"], error.facts["limit"]
    return (
        error.facts["unit"] == "shares" and isinstance(asked, Decimal) and isinstance(limit, Decimal) and asked > limit
    )
