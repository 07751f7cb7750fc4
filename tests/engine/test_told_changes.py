"""What the account's history says of one company, among the rows of others of the same day."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, strategies as st

from engine.execution.company_changes import told_change
from engine.model.activity import Activity, ActivityKind

DAY = datetime(2025, 8, 20, 4, tzinfo=UTC)
RATIOS = [Fraction(2), Fraction(3), Fraction(3, 2), Fraction(1, 2), Fraction(1, 10)]

held = st.lists(st.integers(1, 50).map(lambda lots: lots * 60), min_size=2, max_size=5, unique=True)


def row(kind: ActivityKind, symbol: str, shares: int | Fraction) -> Activity:
    return Activity(id=f"{symbol} {shares}", kind=kind, at=DAY, symbol=symbol, shares=Decimal(int(shares)))


def told(rows: Sequence[Activity], symbol: str, shares: int, *ours: str) -> tuple[str, Fraction] | None:
    change = told_change(rows, symbol, shares, ours)
    return (change.symbol, change.ratio) if change else None


@given(held, st.data())
def test_each_company_has_the_name_that_it_was_given_among_others(shares: list[int], data: st.DataObject) -> None:
    pairs = [(row(ActivityKind.RENAME, f"A{n}", -n), row(ActivityKind.RENAME, f"B{n}", n)) for n in shares]
    rows = data.draw(st.permutations([each for pair in pairs for each in pair]))
    for number in shares:
        assert told(rows, f"A{number}", number) == (f"B{number}", Fraction(1))


@given(held, st.data())
def test_each_company_has_its_own_ratio_among_others(shares: list[int], data: st.DataObject) -> None:
    ratios = {number: data.draw(st.sampled_from(RATIOS)) for number in shares}
    rows = list[Activity]()
    for number, ratio in ratios.items():
        is_in_one_row = data.draw(st.booleans())
        changes = [number * ratio - number] if is_in_one_row else [Fraction(-number), number * ratio]
        rows += [row(ActivityKind.SPLIT, f"A{number}", change) for change in changes]
    rows = data.draw(st.permutations(rows))
    for number, ratio in ratios.items():
        assert told(rows, f"A{number}", number) == (f"A{number}", ratio)


@given(held, st.data())
def test_what_is_sold_short_comes_in_and_goes_out_the_other_way_round(shares: list[int], data: st.DataObject) -> None:
    ratios = {number: data.draw(st.sampled_from(RATIOS)) for number in shares}
    rows = [row(ActivityKind.SPLIT, f"A{n}", change) for n, ratio in ratios.items() for change in (n, -n * ratio)]
    rows = data.draw(st.permutations(rows))
    for number, ratio in ratios.items():
        assert told(rows, f"A{number}", -number) == (f"A{number}", ratio)


@given(st.permutations([("A", -100), ("C", 50), ("B", -100), ("D", 25)]))
def test_what_may_be_of_one_or_of_the_other_is_said_of_neither(came: list[tuple[str, int]]) -> None:
    rows = [row(ActivityKind.MERGER, symbol, shares) for symbol, shares in came]
    assert (told(rows, "A", 100), told(rows, "B", 100)) == (None, None)


def test_a_new_name_without_shares_of_it_is_waited_for() -> None:
    assert told([row(ActivityKind.RENAME, "A", -100)], "A", 100) is None


def test_shares_that_come_for_those_of_another_company_make_no_ratio() -> None:
    rows = [row(ActivityKind.MERGER, "A", -100), row(ActivityKind.MERGER, "B", 50)]
    assert told(rows, "B", 200, "B") == ("B", Fraction(1))


def test_shares_that_come_for_those_of_another_trade_wait_for_it() -> None:
    rows = [row(ActivityKind.MERGER, "A", -100), row(ActivityKind.MERGER, "B", 50)]
    assert told(rows, "B", 200, "A", "B") is None
    assert told(rows, "A", 100, "A", "B") == ("B", Fraction(1, 2))
