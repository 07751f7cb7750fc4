"""What people type after /buy."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.listeners.purchase_words import names_in, purchase
from bot.messages import Texts
from engine.errors import BadProposal
from engine.model.calculation import Amount, AmountKind
from engine.model.manual_proposal import ManualProposal
from engine.model.origin import Source

ALL = "limit 150 stop 147.50 target 158"


def read(text: str) -> ManualProposal:
    return purchase(text, "U0TRADER", names_in(Texts("ko", ZoneInfo("Asia/Seoul"))))


def parts(text: str) -> tuple[Decimal | None, ...]:
    """The size in shares, limit, stop and target."""
    wanted = read(text)
    return (wanted.amount.figure if wanted.amount else None, wanted.limit, wanted.stop, wanted.target)


def numbers(*texts: str) -> tuple[Decimal | None, ...]:
    return tuple(Decimal(text) if text else None for text in texts)


def test_a_symbol_alone_leaves_the_rest_to_the_desk() -> None:
    assert read(" `$AAPL`, ") == ManualProposal(source=Source.DESK, by="U0TRADER", symbol="AAPL")


@pytest.mark.parametrize(
    "text",
    [
        f"AAPL 100 {ALL}",
        "AAPL 100 150 147.50 158",
        "AAPL 100 150 147.50 $158",
        "AAPL target=158 stop=147.50 limit=150 size=100",
        "AAPL Target 158 STOP: 147.50 at 150 size 100 shares",
        "AAPL 100주 지정가 150 손절 147.50 목표 158",
        "AAPL １００ 150 147.50 158",
    ],
)
def test_the_numbers_stand_in_their_order_or_by_their_names(text: str) -> None:
    assert parts(text) == numbers("100", "150", "147.50", "158")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("AAPL 100 stop 147.50", numbers("100", "", "147.50", "")),
        ("AAPL stop 147.50", numbers("", "", "147.50", "")),
        ("AAPL - 150", numbers("", "150", "", "")),
        ("AAPL 100 - 147.50", numbers("100", "", "147.50", "")),
        ("AAPL limit 1,502.50", numbers("", "1502.50", "", "")),
    ],
)
def test_what_is_left_out_is_left_to_the_desk(text: str, found: tuple[Decimal | None, ...]) -> None:
    assert parts(text) == found


@pytest.mark.parametrize(
    ("text", "kind", "figure"),
    [
        ("AAPL $20000", AmountKind.DOLLARS, "20000"),
        ("AAPL $20k breakout", AmountKind.DOLLARS, "20000"),
        ("AAPL 5%", AmountKind.EQUITY, "0.05"),
        ("AAPL 5% of equity breakout", AmountKind.EQUITY, "0.05"),
        ("AAPL 0.3% risk stop 147", AmountKind.RISK, "0.003"),
        ("AAPL 0.3% 위험 손절 147", AmountKind.RISK, "0.003"),
    ],
)
def test_a_size_may_be_dollars_or_a_part_of_equity(text: str, kind: AmountKind, figure: str) -> None:
    assert read(text).amount == Amount(kind=kind, figure=Decimal(figure))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("AAPL 100 breakout over   150, volume up", "breakout over 150, volume up"),
        ("AAPL reason stop hunting is over", "stop hunting is over"),
        ("AAPL 100 2nd test of support", "2nd test of support"),
        ("AAPL 100 사유 실적 기대", "실적 기대"),
        ("AAPL " + ALL + " 100 limit 3", "100 limit 3"),
    ],
)
def test_the_rest_is_the_reason(text: str, why: str) -> None:
    assert read(text).reason == why


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("AAPL 0.5", "size"),
        ("AAPL 0", "size"),
        ("AAPL -100", "size"),
        ("AAPL 1.000", "size"),
        ("AAPL 100 limit", "limit"),
        ("AAPL 100 limit high", "limit"),
        ("AAPL 100 limit 5%", "limit"),
        ("AAPL 100 limit 150,25", "limit"),
        ("AAPL 100 limit 150 limit 151", "limit"),
        ("AAPL 100 150 limit 151", "limit"),
        ("AAPL stop hunting is over", "stop"),
        ("AAPL 100 150 147.50 50%", "target"),
    ],
)
def test_what_is_no_number_is_refused_by_its_name(text: str, field: str) -> None:
    with pytest.raises(BadProposal) as refused:
        read(text)
    assert refused.value.facts["field"] == field
