"""/report people: what the desk's decisions came to, recomputed from the database by nothing of the product's."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.cards.people import people
from bot.messages import Texts
from engine.model.people_report import PeopleReport
from engine.model.shadow import ShadowState
from engine.model.trade import TradeState
from engine.pipeline.shadow import BEGUN
from tests.support.ended_trades import moved, simulated
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.trades import PROPOSED_AT


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[EngineHarness]:
    """A desk with trades that ended, proposals that were not taken, and one that the broker filled all the same."""
    made = EngineHarness.build(tmp_path)
    with made.store.writing() as transaction:
        transaction.set_setting(BEGUN, PROPOSED_AT.isoformat())
    life = (TradeState.APPROVED, TradeState.SUBMITTED, TradeState.OPEN, TradeState.CLOSED)
    moved(made, -60, *life, exit_price=Decimal(500))  # before anything was simulated
    for number, exit_price in enumerate(("154.75", "147.99", "151")):
        moved(made, number, *life, exit_price=Decimal(exit_price))
    ends = (TradeState.REJECTED, TradeState.EXPIRED, TradeState.REFUSED)
    for number in range(10, 45):
        trade = moved(made, number, ends[number % 3])
        simulated(made, trade, Decimal("147.99") if number % 4 else Decimal("155.5"), ShadowState.CLOSED)
    simulated(made, moved(made, 50, TradeState.EXPIRED), Decimal(0), ShadowState.OPEN)
    simulated(made, moved(made, 51, TradeState.REFUSED), Decimal(0), ShadowState.VOID)
    simulated(made, moved(made, 52, TradeState.REJECTED, TradeState.OPEN), Decimal(900), ShadowState.CLOSED)
    yield made
    made.close()


def test_it_is_what_a_script_of_its_own_reads_from_the_database(harness: EngineHarness, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "desk.db")) as database:
        begun = database.execute("select value from settings where name = 'counterfactuals_since'").fetchone()[0]
        taken = database.execute(
            "select exit_shares, fill_price, exit_price, sizing_stop from trades where state = 'closed'"
            " and proposed_at >= ?",
            [begun[:19].replace("T", " ")],
        ).fetchall()
        left = database.execute(
            "select s.cause, s.shares, s.entry, s.exit, s.stop from shadow_trades s join trades t on t.id = s.trade_id"
            " where s.state = 'closed' and t.state in ('rejected', 'expired', 'refused')"
        ).fetchall()
    told = harness.engine.queries.strategies.people_report()
    assert told.taken.trades == len(taken) == 3
    assert float(told.taken.dollars) == pytest.approx(sum(n * (float(x) - float(e)) for n, e, x, _ in taken))
    multiples = sum((float(x) - float(e)) / (float(e) - float(stop)) for _, e, x, stop in taken)
    assert told.taken.multiples == pytest.approx(multiples)
    assert told.left.trades == len(left) == 35
    for cause, found in told.not_taken.items():
        rows = [row for row in left if row[0] == cause]
        assert found.trades == len(rows) > 10
        assert float(found.dollars) == pytest.approx(sum(n * (float(x) - float(e)) for _, n, e, x, _ in rows))
        multiples = sum((float(x) - float(e)) / (float(e) - float(stop)) for *_, e, x, stop in rows)
        assert found.multiples == pytest.approx(multiples)
    assert float(told.added) == pytest.approx(-sum(n * (float(x) - float(e)) for _, n, e, x, _ in left))
    assert (told.open, told.void) == (1, 1)


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_the_answer_says_what_no_was_worth_and_that_it_is_simulated(harness: EngineHarness, locale: str) -> None:
    told, texts = harness.engine.queries.strategies.people_report(), Texts(locale, ZoneInfo("Asia/Seoul"))
    words = people(told, texts).text
    assert texts.dollars(abs(told.added)) in words
    assert {"en": "simulated", "ko": "시뮬레이션"}[locale] in words


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_under_thirty_it_says_too_few(tmp_path: Path, locale: str) -> None:
    with closing(EngineHarness.build(tmp_path)) as made:
        told: PeopleReport = made.engine.queries.strategies.people_report()
    assert told.left.trades == 0
    assert {"en": "Too few to tell", "ko": "부족"}[locale] in people(told, Texts(locale, ZoneInfo("Asia/Seoul"))).text
