import pytest

from engine.views.question_topics import Topic, read_question

KNOWN = {"AAPL", "MSFT", "ALL", "F", "BRK.B", "COST"}


@pytest.mark.parametrize(
    ("question", "symbols"),
    [
        ("why AAPL?", ("AAPL",)),
        ("why not $aapl", ("AAPL",)),
        ("AAPL은 왜 샀어?", ("AAPL",)),
        ("aapl이랑 MSFT 비교", ("AAPL", "MSFT")),
        ("is it all right", ()),
        ("what of ALL and F", ("ALL", "F")),
        ("and BRK.B?", ("BRK.B",)),
        ("what does it cost", ()),
        ("COST?", ("COST",)),
    ],
)
def test_symbols_are_those_that_the_desk_knows(question: str, symbols: tuple[str, ...]) -> None:
    assert read_question(question, KNOWN).symbols == symbols


def test_a_word_in_capitals_that_nobody_knows_is_a_symbol_that_may_not_be_watched() -> None:
    assert read_question("why not NFLX? RSI? WHY", KNOWN).unknown == ("NFLX",)


def test_a_trade_is_named_by_its_id_in_any_case_and_is_not_its_symbol() -> None:
    asked = read_question("why aapl_20250819_234515?", KNOWN)
    assert (asked.trades, asked.symbols) == (("AAPL_20250819_234515",), ())


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("what is our risk?", Topic.RISK),
        ("지금 위험은?", Topic.RISK),
        ("why are we halted", Topic.HALT),
        ("왜 거래가 중지됐어? 누가 정지했어", Topic.HALT),
        ("what limits are set", Topic.SETTINGS),
        ("설정 한도 알려줘", Topic.SETTINGS),
        ("P&L today?", Topic.RESULTS),
        ("오늘 손익", Topic.RESULTS),
        ("what do we hold", Topic.HOLDINGS),
        ("보유 종목", Topic.HOLDINGS),
        ("any news", Topic.NEWS),
        ("뉴스 있어?", Topic.NEWS),
        ("why not proposed", Topic.SIGNALS),
        ("왜 안 샀어", Topic.SIGNALS),
        ("who approved it", Topic.DECISIONS),
        ("누가 승인했어", Topic.DECISIONS),
    ],
)
def test_topics_are_found_in_both_languages(question: str, topic: Topic) -> None:
    assert topic in read_question(question, KNOWN).topics


@pytest.mark.parametrize("question", ["how goes it?", "요즘 어때?", ""])
def test_a_question_that_names_nothing_is_open(question: str) -> None:
    assert read_question(question, KNOWN).is_open


def test_a_question_that_names_many_symbols_is_about_the_first_three() -> None:
    assert read_question("AAPL MSFT ALL F COST", KNOWN).symbols == ("AAPL", "MSFT", "ALL")
