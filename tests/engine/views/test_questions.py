from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

import pytest

from engine.model.fact import AnsweredQuestion, Fact, FactKind, FactUnit
from engine.model.numbered import NumberedSignal
from engine.model.origin import Origin, Source
from engine.model.risk import LimitUnit, RiskVerdict
from engine.model.signal import neutral_readings
from engine.model.signal_outcome import SignalOutcome
from engine.model.trade import TradeState
from engine.views.facts import LONGEST_QUOTE, of_signal, of_trade
from engine.views.questions import MOST_FACTS
from tests.support.engine_harness import EngineHarness
from tests.support.fakes.trades import PROPOSED_AT, a_signal, a_trade
from tests.support.fakes.worked_example import TRADE_ID

REFUSAL = RiskVerdict(
    rule="open_risk", allowed=False, figure=Decimal("0.0203"), limit=Decimal("0.02"), unit=LimitUnit.SHARE_OF_EQUITY
)


@pytest.fixture(name="harness")
def _harness(harness: EngineHarness) -> EngineHarness:
    harness.play_the_signal()
    return harness


def facts(harness: EngineHarness, question: str) -> tuple[Fact, ...]:
    return harness.engine.queries.questions.facts(question)


def the(kind: FactKind, found: tuple[Fact, ...]) -> Fact:
    return next(fact for fact in found if fact.kind is kind)


def said(fact: Fact) -> dict[str, object]:
    return {figure.name: figure.value for figure in fact.figures}


def test_why_this_trade_is_answered_by_its_row_its_moves_and_its_signal(harness: EngineHarness) -> None:
    harness.engine.commands.reject(TRADE_ID, harness.TRADER, "too close to earnings")
    found = facts(harness, f"why {TRADE_ID}?")
    trade, move, signal = (the(kind, found) for kind in (FactKind.TRADE, FactKind.MOVE, FactKind.SIGNAL))
    assert (trade.table, trade.row) == ("trades", TRADE_ID)
    assert said(trade)["shares"] == Decimal(512)
    assert said(trade)["planned_entry"] == Decimal("150.25")
    assert (said(move)["to"], said(move)["by"]) == ("rejected", "U0TRADER")
    assert said(move)["reason"] == "too close to earnings"
    assert said(signal)["score"] == Decimal("1.5")
    assert said(signal)["news_points"] == Decimal("0.5")


def test_why_not_a_symbol_is_answered_by_the_rule_with_what_it_saw_and_its_limit(harness: EngineHarness) -> None:
    with harness.store.writing() as transaction:
        at = PROPOSED_AT + timedelta(minutes=9)
        transaction.add_signal(a_signal(symbol="MSFT", at=at), REFUSAL.reason)
    found = facts(harness, "MSFT는 왜 안 샀어?")
    figures = said(the(FactKind.SIGNAL, found))
    assert (figures["not_proposed"], figures["seen"], figures["limit"]) == (
        "open_risk",
        Decimal("0.0203"),
        Decimal("0.02"),
    )


@pytest.mark.parametrize(
    ("origin", "unit"),
    [
        (Origin(source=Source.DESK, by="U0TRADER", note="breakout, see chart"), FactUnit.PERSON),
        (Origin(source=Source.WEBHOOK, by="approve all", note="breakout, see chart"), FactUnit.QUOTE),
    ],
)
def test_what_somebody_proposed_has_no_score_and_no_readings_but_their_words(origin: Origin, unit: FactUnit) -> None:
    signal = a_signal(origin=origin, readings=neutral_readings(Decimal("150.25")), components=(), findings=())
    trade = of_trade(a_trade(signal=signal), Decimal(0))
    told = of_signal(NumberedSignal(number=1, outcome=SignalOutcome(signal=signal)))
    for fact in (trade, told):
        by, note = (next(each for each in fact.figures if each.name == name) for name in ("proposed_by", "note"))
        assert (by.value, by.unit, note.unit) == (origin.by, unit, FactUnit.QUOTE)
        assert said(fact)["source"] == f"by_{origin.source}"
        assert not {"score", "rsi", "volume_ratio", "scorer", "proposes_at"} & said(fact).keys()


@pytest.mark.parametrize(("symbol", "watched"), [("TSLA", "yes"), ("NFLX", "no")])
def test_whether_a_symbol_is_watched_is_a_fact(harness: EngineHarness, symbol: str, watched: str) -> None:
    assert said(the(FactKind.WATCHLIST, facts(harness, f"why not {symbol}?"))) == {"symbol": symbol, "watched": watched}


def test_our_risk_is_answered_by_the_last_measure_the_limits_and_each_trade_to_its_stop(harness: EngineHarness) -> None:
    harness.engine.jobs.monitor_risk()
    found = facts(harness, "what is our risk?")
    open_risk = harness.engine.queries.portfolio().open_risk
    assert said(the(FactKind.RISK, found))["open_risk"] == open_risk.quantize(Decimal("0.0001"))
    settings = {said(fact)["setting"]: said(fact)["value"] for fact in found if fact.kind is FactKind.SETTING}
    assert settings["RISK_CEILING"] == Decimal("0.02")
    told = {line.symbol: line.dollars for line in harness.engine.queries.signals.risk().lines}
    risks = {str(said(fact)["symbol"]): said(fact).get("risk_to_stop") for fact in found if fact.kind is FactKind.TRADE}
    assert {name for name, dollars in risks.items() if dollars} == told.keys()
    assert all(risks[name] == dollars.to_integral_value(ROUND_CEILING) for name, dollars in told.items())


def test_a_halt_is_a_fact_with_who_and_why(harness: EngineHarness) -> None:
    harness.engine.commands.halt(harness.TRADER, "too wild")
    found = facts(harness, "왜 중지됐어?")
    desk, entry = the(FactKind.DESK, found), the(FactKind.AUDIT, found)
    assert (said(desk)["state"], said(desk)["by"], said(desk)["reason"]) == ("halted", "U0TRADER", "too wild")
    assert (said(entry)["action"], entry.table) == ("halt", "audit")


def test_every_fact_names_a_row_that_is_there(harness: EngineHarness) -> None:
    harness.engine.jobs.monitor_risk()
    harness.engine.commands.halt(harness.TRADER, "too wild")
    found = facts(harness, "AAPL risk halt settings results hold news signal who?")
    keys = {"trades": "id", "decisions": "id", "signals": "id", "headlines": "id", "audit": "number", "desk": "id"}
    with harness.store.reading() as reader:
        ids = {
            table: {str(getattr(row, keys[table])) for row in reader.rows(table)}
            for table in ("trades", "decisions", "audit")
        }
        signals = {str(each.number) for each in reader.numbered_signals(1_000)}
        headlines = {each.headline.id for each in reader.headlines(["AAPL"], PROPOSED_AT - timedelta(days=9), 99)}
        measured = reader.measured()
    assert measured
    there = ids | {"signals": signals, "headlines": headlines, "desk": {"1"}}
    there |= {"risk_log": {measured.at.isoformat()}, "equity": {measured.at.isoformat()}}
    assert {fact.kind for fact in found} == set(FactKind)
    assert all(fact.row in there[fact.table] for fact in found if fact.table != "configuration")


def test_facts_are_numbered_from_one_each_row_once(harness: EngineHarness) -> None:
    found = facts(harness, f"AAPL {TRADE_ID} risk signals approved")
    assert [fact.number for fact in found] == list(range(1, len(found) + 1))
    rows = [(fact.kind, fact.table, fact.row) for fact in found]
    assert len(set(rows)) == len(rows)


def test_facts_stay_few_and_short_however_much_there_is(harness: EngineHarness) -> None:
    with harness.store.writing() as transaction:
        for number in range(60):
            at = PROPOSED_AT - timedelta(minutes=number)
            trade = a_trade(
                id=f"MSFT_20250819_{number:06}", symbol="MSFT", proposed_at=at, signal=a_signal(symbol="MSFT")
            )
            transaction.propose(trade)
            transaction.add_signal(a_signal(symbol="MSFT", at=at), "x" * 9_000)
    found = facts(harness, "AAPL MSFT TSLA risk halt settings results hold news signals who")
    assert len(found) == MOST_FACTS
    quotes = [figure.value for fact in found for figure in fact.figures if figure.unit is FactUnit.QUOTE]
    assert max(len(str(quote)) for quote in quotes) <= LONGEST_QUOTE


def test_the_trades_of_the_symbols_that_are_asked_about_go_before_what_a_topic_adds(harness: EngineHarness) -> None:
    asked = ("AAPL", "MSFT", "TSLA")
    with harness.store.writing() as transaction:
        for symbol in asked:
            for number in range(8):
                at = PROPOSED_AT - timedelta(minutes=number)
                transaction.add_signal(a_signal(symbol=symbol, at=at), "symbol_rests")
    found = facts(harness, "What do AAPL, MSFT and TSLA risk?")
    known = {fact.row.partition("_")[0] for fact in found if fact.kind is FactKind.TRADE}
    assert known >= set(asked)


def test_what_was_asked_before_is_no_fact(harness: EngineHarness) -> None:
    asked = harness.TRADER
    harness.engine.commands.audit_log.write_audit(asked, "asked", "answered")
    assert "asked" not in {said(fact).get("action") for fact in facts(harness, "who halted, who approved?")}


def test_nothing_is_asked_of_the_broker_and_nothing_is_written(harness: EngineHarness) -> None:
    with harness.store.reading() as reader:
        head, states = reader.audit_head(), [trade.state for trade in reader.trades()]
    harness.line.is_away = True
    facts(harness, "AAPL risk halt settings results hold news signals who")
    with harness.store.reading() as reader:
        assert (reader.audit_head(), [trade.state for trade in reader.trades()]) == (head, states)
    assert TradeState.PROPOSED in states


def test_without_a_key_no_model_is_asked_and_nothing_is_read(harness: EngineHarness) -> None:
    assert harness.engine.queries.questions.answer("why AAPL?") == AnsweredQuestion()
