from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from engine.backtest.actions_file import read_actions
from engine.backtest.company_actions import CompanyAction
from engine.backtest.market_data import prepared
from engine.errors import SettingsInvalid
from engine.model.backtest import DataNote, NoteKind
from engine.model.market import BarFlaw, BarHistory
from tests.support.one_symbol import bars_of

SECOND = date(2025, 8, 20)


def notes_of(bars: BarHistory, *actions: CompanyAction) -> tuple[DataNote, ...]:
    return prepared("test", bars, actions=actions).notes


def test_sound_bars_bring_no_note() -> None:
    assert notes_of(bars_of({}, {})) == ()


def test_a_move_of_more_than_30_percent_is_named_with_its_day() -> None:
    halved = dict.fromkeys(range(78), (50, 50, 50, 50))
    assert notes_of(bars_of({}, halved)) == (DataNote(kind=NoteKind.JUMP, symbol="S0", on=SECOND, part=-0.5),)


def test_a_move_that_a_bar_took_back_by_its_close_is_named_with_its_size() -> None:
    dipped = {0: (60, 100, 60, 100)}
    assert notes_of(bars_of({}, dipped)) == (DataNote(kind=NoteKind.JUMP, symbol="S0", on=SECOND, part=-0.4),)


def test_moves_of_a_cent_are_no_jumps_however_low_the_price() -> None:
    penny = dict.fromkeys(range(78), (0.0002, 0.0004, 0.0001, 0.0003))
    assert notes_of(bars_of(penny, penny)) == ()


def test_rows_in_no_order_are_not_told_to_be_refused() -> None:
    bars = replace(bars_of({}, {}), flaws={BarFlaw.OUT_OF_ORDER: 9, BarFlaw.OFF_GRID: 1})
    assert notes_of(bars) == (DataNote(kind=NoteKind.REFUSED, symbol="off_grid", count=1),)


def test_a_move_that_a_split_explains_is_none_and_prices_and_volumes_before_it_are_restated() -> None:
    halved = dict.fromkeys(range(78), (50, 50, 50, 50))
    data = prepared("test", bars_of({}, halved), actions=[CompanyAction(symbol="S0", on=SECOND, split=Fraction(2))])
    assert data.notes == ()
    assert set(data.bars.close[:, 0]) == {50.0}
    assert data.bars.volume[0, 0] == 2e6


@pytest.mark.parametrize("split", [Fraction(4), Fraction(3, 2), Fraction(1, 10)])
def test_prices_that_are_adjusted_for_a_split_already_are_refused(split: Fraction) -> None:
    with pytest.raises(SettingsInvalid, match=r"S0 split .* on 2025-08-20, and its prices do not show it: \$100\.00"):
        notes_of(bars_of({}, {}), CompanyAction(symbol="S0", on=SECOND, split=split))


def test_a_split_that_a_night_may_hide_is_named_where_prices_do_not_show_it() -> None:
    small = CompanyAction(symbol="S0", on=SECOND, split=Fraction(5, 4))
    fallen = dict.fromkeys(range(78), (80, 80, 80, 80))
    assert notes_of(bars_of({}, fallen), small) == ()
    risen = dict.fromkeys(range(78), (101, 101, 101, 101))
    (note,) = notes_of(bars_of({}, risen), small)
    assert (note.kind, note.symbol, note.on) == (NoteKind.SPLIT_UNSEEN, "S0", SECOND)
    assert note.part == pytest.approx(0.01)


def test_a_split_among_weeks_without_a_bar_is_named_and_not_refused() -> None:
    nothing = dict.fromkeys(range(78), ())
    split = CompanyAction(symbol="S0", on=date(2025, 8, 25), split=Fraction(2))
    assert NoteKind.SPLIT_UNSEEN in {note.kind for note in notes_of(bars_of({}, *[nothing] * 6, {}, others=1), split)}


def test_splits_between_the_same_two_bars_are_looked_for_together() -> None:
    nothing, sixth = dict.fromkeys(range(78), ()), dict.fromkeys(range(78), (16, 16, 16, 16))
    splits = (
        CompanyAction(symbol="S0", on=SECOND, split=Fraction(2)),
        CompanyAction(symbol="S0", on=date(2025, 8, 21), split=Fraction(3)),
    )
    kinds = {note.kind for note in notes_of(bars_of({}, nothing, sixth, others=1), *splits)}
    assert kinds == {NoteKind.MISSING_DAYS}


def test_of_bars_that_cannot_be_no_split_is_read() -> None:
    halved = dict.fromkeys(range(78), (50, 50, 50, 50)) | {0: (-1, 1, -1, 1)}
    data = prepared("test", bars_of({}, halved), actions=[CompanyAction(symbol="S0", on=SECOND, split=Fraction(2))])
    assert [note.kind for note in data.notes] == [NoteKind.REFUSED]


@pytest.mark.parametrize("on", [date(2025, 8, 18), date(2025, 8, 19), date(2025, 8, 22)])
def test_a_split_with_no_bar_before_it_or_after_it_is_believed(on: date) -> None:
    assert notes_of(bars_of({}, {}), CompanyAction(symbol="S0", on=on, split=Fraction(2))) == ()


def test_missing_days_are_named() -> None:
    nothing = dict.fromkeys(range(78), ())
    (note,) = notes_of(bars_of({}, nothing, {}, others=1))
    assert note == DataNote(kind=NoteKind.MISSING_DAYS, symbol="S0", on=SECOND, count=1)


def test_missing_bars_are_named_where_they_are_many() -> None:
    assert notes_of(bars_of({5: ()})) == ()
    (note,) = notes_of(bars_of(dict.fromkeys(range(10, 49), ())))
    assert (note.kind, note.part) == (NoteKind.MISSING_BARS, 0.5)


def test_a_symbol_that_comes_later_is_named() -> None:
    nothing = dict.fromkeys(range(78), ())
    assert notes_of(bars_of(nothing, {}, others=1)) == (DataNote(kind=NoteKind.LATE, symbol="S0", on=SECOND),)


def test_bars_that_cannot_be_are_left_out_and_counted() -> None:
    data = prepared("test", bars_of({5: (100, 99, 98, 100), 6: (-1, 1, -1, 1)}))
    assert np.isnan(data.bars.close[5:7, 0]).all()
    refused = [note for note in data.notes if note.kind is NoteKind.REFUSED]
    assert {note.symbol: note.count for note in refused} == {"crossed": 1, "not_positive": 1}


def test_prices_are_in_whole_ticks() -> None:
    assert prepared("test", bars_of({5: (100.00004, 100.00006, 100, 100)})).bars.high[5, 0] == 100.0001


def test_the_fingerprint_is_of_all_that_is_in_the_bars() -> None:
    bars = bars_of({5: ()}, {})
    changed = bars.stacked
    changed[4, 60, 0] += 1
    several = (
        bars,
        replace(bars, symbols=("S1",)),
        replace(bars, starts=bars.starts + 300),
        BarHistory.of(bars.symbols, bars.starts, changed),
    )
    prints = [prepared("test", each).fingerprint for each in several]
    assert len({*prints}) == len(prints)
    assert prints[0] == prepared("another label", bars_of({5: ()}, {})).fingerprint


def test_a_dividend_is_paid_before_the_first_bar_of_its_day_in_shares_of_today() -> None:
    actions = [
        CompanyAction(symbol="S0", on=SECOND, dividend=Decimal("0.80")),
        CompanyAction(symbol="S0", on=date(2025, 8, 21), split=Fraction(4)),
        CompanyAction(symbol="XXX", on=SECOND, dividend=Decimal(9)),
    ]
    quartered = dict.fromkeys(range(78), (25, 25, 25, 25))
    assert prepared("test", bars_of({}, {}, quartered), actions=actions).dividends == {78: ((0, Decimal("0.20")),)}


def test_splits_and_dividends_come_from_a_file(tmp_path: object) -> None:
    file = f"{tmp_path}/actions.csv"
    with open(file, "w", encoding="utf-8") as text:  # noqa: PTH123 (a name)
        text.write("symbol,date,split,dividend\naapl,2020-08-31,4:1,\nMSFT,2025-05-15,,0.83\nIBM,2021-11-04,1.046,\n")
    split, dividend, spun = read_actions(file)
    assert split == CompanyAction(symbol="AAPL", on=date(2020, 8, 31), split=Fraction(4))
    assert dividend == CompanyAction(symbol="MSFT", on=date(2025, 5, 15), dividend=Decimal("0.83"))
    assert spun.split == Fraction("1.046")
    assert read_actions("") == []


@pytest.mark.parametrize(
    "line", ["AAPL,yesterday,2,", "AAPL,2020-08-31,0,", "AAPL,2020-08-31,2:0,", "AAPL,2020-08-31,,-1", ",2020-08-31,2,"]
)
def test_an_action_that_is_none_is_named_by_its_line(tmp_path: object, line: str) -> None:
    file = f"{tmp_path}/actions.csv"
    with open(file, "w", encoding="utf-8") as text:  # noqa: PTH123 (a name)
        text.write(f"symbol,date,split,dividend\n{line}\n")
    with pytest.raises(SettingsInvalid, match=r"actions\.csv, line 2: expected the columns symbol,date"):
        read_actions(file)


def test_a_day_without_any_bar_before_it_pays_nothing_after_the_end() -> None:
    late = CompanyAction(symbol="S0", on=date(2030, 1, 2), dividend=Decimal(1))
    assert prepared("test", bars_of({}), actions=[late]).dividends == {}
