"""Whatever people, news and brokers write, no card breaks a limit of Slack's, formats anything or calls anybody."""

import json
import re
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings, strategies as st
from slack_sdk.models.views import View

from bot.access import Role
from bot.cards import answers, closing, modals, refusals, runtime_settings, signal_views
from bot.cards.home import desk_card, home, status_modal
from bot.cards.message import Message
from bot.cards.notices import render
from bot.cards.proposal import proposal
from bot.cards.sizing import calculated
from bot.messages import Texts
from engine import errors
from engine.model.desk import Desk, DeskState
from engine.model.notices.base import Notice, UnreadableNotice
from engine.model.notices.kinds import CLASSES
from engine.model.report import Report
from engine.model.risk import BindingLimit, Sizing
from engine.model.runtime_settings import SettingUnit, WatchChange, WatchOutcome
from engine.model.sale import Sale
from engine.model.signal import Finding, PanelLine, Signal
from engine.model.signal_outcome import RiskLine
from engine.model.status import ServiceState
from engine.model.trade import Trade, TradeState
from tests.bot.cards.examples import BOTH, a_portfolio, a_size, an_inspection, ended
from tests.support.fakes.choices import GUARDS, a_calculation, a_fate, a_risk_view, a_scored_headline, a_setting
from tests.support.fakes.reports import a_report
from tests.support.fakes.slack_limits import check_message, check_view
from tests.support.fakes.status import a_status
from tests.support.fakes.trades import FINDINGS, PROPOSED_AT, a_signal

LONG = 10_000
HOSTILE = (
    "<!channel> <!here> <@U0TRADER1> ",
    "```*_~`",
    "&<>",
    "\x00\x1b[31m\r\n\u2028",
    "\u202eمرحبا\u2066",
    "😀\u200d👩",
    "{ $shares } { actor } *[other]",
    "<https://evil.example|AAPL>",
    "https://evil.example/?a&b&",
    "█▓░\n",
    "실적",
)
OURS = re.compile(r"<(!date\^\d+\^[^|<>]+\|[\w:., -]+|@[UW][A-Z0-9]+|https?://[^\s<>|]+\|[^<>|]+)>")

hostile = st.one_of(
    st.just(""),
    st.text(max_size=40),
    st.builds(lambda piece, head: (head + piece * LONG)[:LONG], st.sampled_from(HOSTILE), st.text(max_size=5)),
)
prices = st.decimals(min_value="0.01", max_value=1_000_000, places=2)
shares = st.integers(min_value=0, max_value=10_000_000)
texts = st.sampled_from(BOTH)

findings = st.builds(Finding, headline_id=hostile, symbol=hostile, at=st.just(PROPOSED_AT), headline=hostile,
                     tenths=st.integers(-3, 3), reason=hostile, url=hostile)  # fmt: skip
signals = st.builds(
    lambda symbol, found, scorer: a_signal(symbol=symbol, findings=tuple(found), scorer=scorer),
    hostile,
    st.lists(findings, max_size=8),
    hostile,
)
sizings = st.builds(
    Sizing,
    shares=shares,
    entry=prices,
    stop=prices,
    target=prices,
    equity=st.decimals(min_value=1, max_value=10**10, places=2),
    budget=st.decimals(min_value=0, max_value=10**8, places=2),
    unrounded=st.decimals(min_value=0, max_value=10**10, places=6),
    cap=st.sampled_from(BindingLimit),
    risk_before=st.decimals(min_value=0, max_value=5, places=6),
)
trades = st.builds(
    lambda **fields: replace(ended(), **fields),
    symbol=hostile,
    state=st.sampled_from(TradeState),
    signal=signals,
    sizing=sizings,
    shares=shares,
    stop=prices,
    target=prices,
    decided_by=hostile,
    reason=hostile,
    filled_shares=shares,
    fill_price=st.none() | prices,
    exit_price=st.none() | prices,
)
OWN_IDS = st.text("abcdef0123456789", min_size=1, max_size=64)
"""What the desk names by itself is written by nobody else; a button takes no more than 2,000 characters of it."""
PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: hostile,
    int: shares,
    bool: st.booleans(),
    Decimal: prices,
    date: st.just(PROPOSED_AT.date()),
    datetime: st.just(PROPOSED_AT),
    Report: st.just(a_report()),
    type[Notice]: st.sampled_from([*CLASSES, UnreadableNotice]),
}


def of_type(kind: Any) -> st.SearchStrategy[Any]:
    """Return what a field of a notice may have in it, by its type."""
    if kind in PLAIN:
        return PLAIN[kind]
    if get_origin(kind) is tuple:
        return st.lists(of_type(get_args(kind)[0]), max_size=5).map(tuple)
    if parts := get_args(kind):
        return st.none() | of_type(parts[0])
    if issubclass(kind, StrEnum):
        return st.sampled_from(kind)
    hints = get_type_hints(kind)
    given = {field.name: OWN_IDS if field.name == "id" else of_type(hints[field.name]) for field in fields(kind)}
    return st.builds(kind, **given)


notices = st.sampled_from([*CLASSES, UnreadableNotice]).flatmap(of_type)

many = settings(max_examples=15, deadline=None)


def check(message: Message) -> None:
    payload = message.payload()
    check_message(payload)
    check_words(payload["text"], *(piece for piece in strings(payload["blocks"])))


def check_modal(view: View) -> None:
    check_view(view.to_dict())
    check_words(*strings(view.to_dict()["blocks"]))


def check_words(*said: str) -> None:
    """Nothing stands between angle brackets but our own dates, mentions and links, and nothing is invisible."""
    for words in said:
        rest = OURS.sub("", words)
        assert "<" not in rest, rest
        assert ">" not in rest, rest
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u2028\u2029\u202a-\u202e\u2066-\u2069]", words)


def strings(piece: object) -> list[str]:
    """Return every text that Slack shows."""
    found: list[str] = []
    json.loads(json.dumps(piece), object_hook=lambda item: found.append(str(item.get("text", ""))))
    return found


@many
@given(trade=trades, source=hostile, texts=texts)
def test_any_card_is_within_the_limits(trade: Trade, source: str, texts: Texts) -> None:
    check(proposal(trade, texts, source=source))


@many
@given(notice=notices, trade=st.none() | trades, texts=texts)
def test_any_notice_is_within_the_limits(notice: Notice, trade: Trade | None, texts: Texts) -> None:
    check(render(notice, None if notice.is_card else trade, texts))


@many
@given(trade=trades, texts=texts)
def test_any_look_at_a_trade_is_within_the_limits(trade: Trade, texts: Texts) -> None:
    check(answers.trade_detail(trade, texts))
    check(answers.trades([trade] * 30, "trades-all", texts))
    check_modal(modals.inspect_modal(trade, texts))
    check_modal(modals.reject_modal(trade, texts))


@many
@given(trade=trades, bound_by=hostile, texts=texts)
def test_any_size_is_within_the_limits(trade: Trade, bound_by: str, texts: Texts) -> None:
    view = a_size(trade=trade, bound_by=bound_by)
    check(calculated(a_calculation(trade=trade, symbol=trade.symbol, bound_by=bound_by), texts))
    check_modal(modals.resize_modal(view, texts))


@many
@given(signal=st.none() | signals, name=hostile, trade=trades, texts=texts)
def test_any_look_at_a_symbol_is_within_the_limits(
    signal: Signal | None, name: str, trade: Trade, texts: Texts
) -> None:
    panel = tuple(PanelLine(name=name, value=value) for value in (float("nan"), 1e12, -0.001)) * 30
    view = an_inspection(symbol=name, signal=signal, panel=panel, trades=(trade,) * 10)
    check(answers.inspection(view, texts))
    check_modal(modals.inspect_modal(view, texts))


@many
@given(trade=trades, symbol=hostile, texts=texts)
def test_any_positions_are_within_the_limits(trade: Trade, symbol: str, texts: Texts) -> None:
    line = replace(a_portfolio().lines[0], symbol=symbol, trade=trade)
    check(answers.positions(a_portfolio(lines=(line,) * 40), texts))


@many
@given(signal=signals, name=hostile, why=hostile, texts=texts)
def test_any_signals_news_and_risk_are_within_the_limits(signal: Signal, name: str, why: str, texts: Texts) -> None:
    signal_outcomes = [a_fate(signal=signal), a_fate(signal=signal, state=None, trade_id="", why_not=why)] * 8
    check(signal_views.signals(signal_outcomes, name, texts))
    headline = replace(a_scored_headline().headline, text=why, source=name, url=why)
    check(
        signal_views.news(
            [a_scored_headline(symbol=name, headline=headline, reason=why, scorer=name)] * 15, name, texts
        )
    )
    lines = (RiskLine(symbol=name, dollars=Decimal(10**9), stop=Decimal(1), trade_id=name),) * 40
    guards = tuple(replace(guard, symbol=name) for guard in GUARDS) * 8
    check(signal_views.risk(a_risk_view(lines=lines, protections=guards), texts))


@many
@given(trade=trades, name=hostile, texts=texts)
def test_any_choice_is_within_the_limits(trade: Trade, name: str, texts: Texts) -> None:
    check_modal(closing.close_modal(trade, texts))
    check_modal(closing.close_all_modal([trade] * 50, texts))
    check(closing.closing_all([Sale(trade=trade, opens_at=PROPOSED_AT)] * 300, texts))
    check(runtime_settings.watched([name] * 300, texts))
    outcomes = tuple((name, outcome) for outcome in WatchOutcome) * 8
    check(runtime_settings.watch_changed(WatchChange(symbols=(), outcomes=outcomes), texts))
    check(
        runtime_settings.settings(
            [a_setting(name=name, unit=SettingUnit.TEXT, text=name, default_text=name)] * 45, texts
        )
    )


@settings(max_examples=5, deadline=None)  # it draws the most
@given(trade=trades, word=hostile, role=st.sampled_from(Role), texts=texts)
def test_any_home_is_within_the_limits(trade: Trade, word: str, role: Role, texts: Texts) -> None:
    line = replace(a_portfolio().lines[0], symbol=word, trade=trade)
    status = a_status(
        desk=Desk(state=DeskState.HALTED, auto=True, by=word, reason=word, since=PROPOSED_AT),
        services=(ServiceState(service=word, lost_since=PROPOSED_AT),),
        portfolio=a_portfolio(lines=(line,) * 10),
        pending=(replace(trade, first_by=word),) * 2,
        decided=(trade,) * 5,
    )
    check_modal(home(status, role, texts))
    check_modal(status_modal(status, texts))
    check(desk_card(status, (texts("help-halt"),) * 20, texts))


@many
@given(asked=hostile, other=hostile, texts=texts)
def test_any_refusal_is_within_the_limits(asked: str, other: str, texts: Texts) -> None:
    for error in (
        errors.UnknownTrade(asked, other),
        errors.UnknownSymbol(asked, other),
        errors.Ambiguous(asked, [other] * 20),
        errors.BadNumber(asked),
        errors.BadText(asked, other),
        errors.BadAmount(asked),
        errors.UnknownSetting(asked, other),
        errors.SettingFixed(asked),
        errors.BadSetting(asked, other, None, Decimal(1), other),
        errors.NotOpen(asked, other),
        errors.AlreadyDecided(asked, other, other),
        errors.DeskNotActive(other, asked, other),
        errors.NoPrice(asked),
        errors.NotAllowed(other, asked),
        errors.RiskRefused(asked, Decimal(1), Decimal(2), other),
        errors.OrderRefused(asked),
        errors.MoveRefused("stop", asked),
    ):
        check(refusals.refusal(error, texts))
    check(answers.halted(Desk(state=DeskState.HALTED, auto=False, by=other, reason=asked), texts))
    check(refusals.unexpected(asked, texts))


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_longest_card_of_all_is_within_the_limits(piece: str) -> None:
    text = (piece * LONG)[:LONG]
    finding = replace(FINDINGS[0], headline=text, reason=text, url="https://x.example/" + "&" * 50)
    trade = ended(signal=a_signal(findings=(finding,) * 9, scorer=text), decided_by=text, reason=text, symbol=text)
    for language in BOTH:
        check(proposal(trade, language, source=text))
        check(answers.trade_detail(trade, language))
