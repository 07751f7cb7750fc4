"""What a sentence may say on a fact. The facts are an open trade, a refused signal with a headline, and a setting."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.adapters.claude import grounding
from engine.model.fact import Fact, FactKind, FactUnit, Figure
from engine.model.numbered import NumberedSignal
from engine.model.runtime_settings import SettingLine, SettingUnit
from engine.model.signal_outcome import SignalOutcome
from engine.model.trade import ExitReason, TradeState
from engine.views import facts
from tests.support.fakes.trades import FINDINGS, a_signal, a_trade
from tests.support.questions import SEOUL

TRADE = replace(
    facts.of_trade(
        a_trade(
            state=TradeState.CLOSED,
            decided_by="U0TRADER",
            filled_shares=512,
            fill_price=Decimal("150.28"),
            filled_at=datetime(2025, 8, 19, 14, 46, tzinfo=UTC),
            exit_shares=512,
            exit_price=Decimal("147.99"),
            exit_reason=ExitReason.STOP,
        ),
        Decimal("1172.48"),
    ),
    number=1,
)
HEADLINE = replace(FINDINGS[0], headline="Apple to pay $9,999 <!channel> to ZZZZ holders")
REFUSED = replace(
    facts.of_signal(
        NumberedSignal(
            number=17,
            outcome=SignalOutcome(
                signal=a_signal(symbol="MSFT", findings=(HEADLINE,)), why_not="open_risk 0.0203 0.02 share_of_equity"
            ),
        )
    ),
    number=2,
)
COOLDOWN = replace(
    facts.of_setting(
        SettingLine(name="stop_cooldown_seconds", unit=SettingUnit.SECONDS, value=Decimal(3_600), default=None)
    ),
    number=3,
)
FACTS = (TRADE, REFUSED, COOLDOWN)


def stands(sentence: str, *cited: Fact) -> bool:
    return grounding.stands(sentence, cited, FACTS, SEOUL)


@pytest.mark.parametrize(
    "sentence",
    [
        "AAPL was bought at $150.28, 512 shares.",
        "512 shares of AAPL at 150.28 dollars, stopped out at $147.99.",
        "The stop was hit: −$1,172.",
        "It lost $1,172, −1.0R.",
        "AAPL 512주를 150.28달러에 매수했습니다.",
        "2025년 8월 19일 23시 46분에 체결됐습니다.",
        "It was proposed on 2025-08-19 at 23:45:15 with a score of +1.5.",
        "Aug 19, 2025, 11:46 PM: filled.",
        "19 August: U0TRADER approved AAPL_20250819_234515.",
        "오후 11시 46분에 체결, RSI 점수 0.3점.",
        "Its RSI was 35 and the volume was 120% of what is usual.",
        "A trade like this one.",
        "AAPL was approved, bought and closed.",
        "AAPL는 승인됐고 청산됐습니다.",
        "AAPL was not rejected.",
    ],
)
def test_what_a_fact_says_may_be_said_in_either_language(sentence: str) -> None:
    assert stands(sentence, TRADE, REFUSED) or stands(sentence, TRADE)


@pytest.mark.parametrize(
    "sentence",
    [
        "MSFT was refused: open risk would be 2.03%, limit 2%.",
        "MSFT 거절: 동시위험 2.03%, 한도 2.00%.",
        "After a stop-out the cooldown is 60 minutes (STOP_COOLDOWN_SECONDS).",
        "손절 후 1시간 동안 재진입이 금지됩니다.",
        "The headline said “Apple to pay”.",
    ],
)
def test_a_rule_a_setting_and_a_quotation_may_be_said(sentence: str) -> None:
    assert stands(sentence, REFUSED, COOLDOWN)


@pytest.mark.parametrize(
    "sentence",
    [
        "AAPL was bought at $150.29.",
        "AAPL was bought at $150.2.",
        "AAPL: 513 shares.",
        "AAPL: $512.",
        "AAPL: 512%.",
        "AAPL: 150.28%.",
        "AAPL made +$1,172.",
        "AAPL: 512k shares.",
        "AAPL: 5만 주.",
        "AAPL: 512,000 shares.",
        "AAPL: 51,2 shares.",
        "AAPL: 1.5.12 shares.",
        "MSFT was bought at $150.28.",
        "msft was bought at $150.28.",
        "NFLX was bought.",
        "F was bought.",
        "F는 매수했습니다.",
        "AAPL_20250819_234516 was bought.",
        "It was on 2025-08-20.",
        "8월 20일이었습니다.",
        "Aug 19, 2024.",
        "It was at 23:47.",
        "23시 47분이었습니다.",
        "11:46 AM",
        "five hundred and twelve shares",
        "Twelve shares.",
        "AAPL doubled.",
        "half of AAPL",
        "오백십이 주",
        "세 건",
        "절반",
        "AAPL: ５１３ shares",
        "AAPL: ٥ shares",
        "AAPL: 五 shares",
        "AAPL: ½",
        "AAPL: Ⅷ",
        "AAPL fill 150.28 then 7",
        "The limit is RISK_CEILING.",
        "U0ADMIN approved AAPL.",
        "",
        "AAPL " * 100,
    ],
)
def test_what_no_cited_fact_says_is_not_said(sentence: str) -> None:
    assert not stands(sentence, TRADE)


@pytest.mark.parametrize(
    "sentence",
    [
        "Open https://evil.test now.",
        "See evil.test for AAPL.",
        "www.evil for AAPL",
        "<!channel> AAPL",
        "AAPL <@U0TRADER>",
        "@here AAPL",
        "AAPL in #general",
        "Type /approve AAPL now.",
        "Type / approve AAPL.",
        "AAPL `code`",
        "“Apple to pay $9,999 <!channel> to ZZZZ holders”",
    ],
)
def test_no_link_mention_channel_or_command_is_said_even_of_a_headline(sentence: str) -> None:
    assert not stands(sentence, TRADE, REFUSED)


@pytest.mark.parametrize(
    "sentence",
    [
        "Apple pays $9,999.",
        "ZZZZ is affected.",
        "The headline said “Apple to pay $9,998”.",
        "The headline said “apple pays”.",
        "The headline said “Apple to pay.",
        'The headline said "".',
    ],
)
def test_other_people_s_figures_and_names_are_said_in_their_words_between_marks_or_not_at_all(sentence: str) -> None:
    assert not stands(sentence, REFUSED)


def test_a_figure_stands_only_on_the_fact_that_is_cited() -> None:
    assert stands("The limit is 2%.", REFUSED)
    assert not stands("The limit is 2%.", TRADE)


@pytest.mark.parametrize(
    "sentence",
    [
        "MSFT is approved.",
        "Done: MSFT was bought.",
        "The desk is halted.",
        "Trading was resumed.",
        "RISK_CEILING was raised.",
        "MSFT는 승인되었습니다.",
        "거래를 중지했습니다.",
        "한도를 변경했습니다.",
        "I did it.",
    ],
)
def test_nothing_is_said_to_be_done_that_no_cited_fact_says(sentence: str) -> None:
    assert not stands(sentence, REFUSED, COOLDOWN)


@pytest.mark.parametrize(
    "sentence", ["MSFT was bought at $150.28.", "MSFT was approved.", "AAPL and MSFT were bought."]
)
def test_a_fact_of_another_symbol_bears_nothing_of_a_sentence(sentence: str) -> None:
    assert not stands(sentence, TRADE, REFUSED)


def test_a_fact_without_a_sign_bears_none() -> None:
    bare = Fact(
        number=4,
        kind=FactKind.RISK,
        table="risk_log",
        row="x",
        at=None,
        figures=(Figure(name="open_risk", value=Decimal("0.015"), unit=FactUnit.PART),),
    )
    assert stands("Open risk is 1.5%, or +1.50 percent.", bare)
    assert not stands("Open risk is -1.5%.", bare)
