from dataclasses import replace
from datetime import datetime, timedelta

from engine.model.market import Headline
from engine.model.signal import Finding
from engine.model.signal_outcome import ScoredHeadline
from engine.ports.store import Store
from tests.support.fakes.trades import PROPOSED_AT

HOUR = timedelta(hours=1)


def a_headline(name: str, at: datetime = PROPOSED_AT) -> Headline:
    return Headline(id=name, at=at, symbols=("AAPL", "MSFT"), text=f"Apple and Microsoft {name}", source="wire")


def a_finding(headline: Headline, symbol: str = "AAPL", tenths: int = 2) -> Finding:
    return Finding(
        headline_id=headline.id,
        symbol=symbol,
        at=headline.at,
        headline=headline.text,
        tenths=tenths,
        reason="agree",
        url="https://news.example/1",
    )


def test_findings_are_read_by_symbol_newest_first_with_every_field(store: Store) -> None:
    old, new = a_headline("old"), a_headline("new", PROPOSED_AT + HOUR)
    with store.writing() as transaction:
        transaction.save_findings("AAPL", [old, new], [a_finding(old), a_finding(new)], "keywords")
        transaction.save_findings("MSFT", [new], [a_finding(new, "MSFT")], "keywords")
    with store.reading() as reader:
        assert reader.findings(["AAPL", "MSFT", "TSLA"], PROPOSED_AT) == {
            "AAPL": (a_finding(new), a_finding(old)),
            "MSFT": (a_finding(new, "MSFT"),),
        }


def test_findings_are_read_since_an_instant_and_for_the_symbols_asked(store: Store) -> None:
    old, new = a_headline("old"), a_headline("new", PROPOSED_AT + HOUR)
    with store.writing() as transaction:
        transaction.save_findings("AAPL", [old, new], [a_finding(old), a_finding(new)], "keywords")
        assert transaction.findings(["AAPL"], PROPOSED_AT + HOUR) == {"AAPL": (a_finding(new),)}
        assert transaction.findings(["MSFT"], PROPOSED_AT) == {}


def test_a_headline_in_which_nothing_was_found_counts_as_scored(store: Store) -> None:
    with store.writing() as transaction:
        transaction.save_findings("AAPL", [a_headline("dull")], [], "keywords")
    with store.reading() as reader:
        assert reader.scored(["dull", "unread"]) == {("dull", "AAPL"): a_headline("dull").wording}


def test_in_which_words_a_headline_was_scored_is_kept_for_each_symbol(store: Store) -> None:
    first = a_headline("told")
    edited = replace(first, text="Correction: the opposite")
    with store.writing() as transaction:
        transaction.save_findings("AAPL", [first], [a_finding(first)], "keywords")
        transaction.save_findings("MSFT", [first], [a_finding(first, "MSFT")], "keywords")
        transaction.save_findings("AAPL", [edited], [], "keywords")
    with store.reading() as reader:
        assert reader.scored(["told"]) == {("told", "AAPL"): edited.wording, ("told", "MSFT"): first.wording}


def test_what_is_forgotten_of_a_headline_and_symbol_counts_as_not_scored_and_the_rest_stays(store: Store) -> None:
    both, other = a_headline("both"), a_headline("other", PROPOSED_AT + HOUR)
    with store.writing() as transaction:
        transaction.save_findings("AAPL", [both, other], [a_finding(both), a_finding(other)], "claude")
        transaction.save_findings("MSFT", [both], [a_finding(both, "MSFT")], "claude")
        transaction.forget_scored([("both", "AAPL"), ("never seen", "AAPL")])
    with store.reading() as reader:
        assert set(reader.scored(["both", "other"])) == {("both", "MSFT"), ("other", "AAPL")}
        assert reader.findings(["AAPL", "MSFT"], PROPOSED_AT) == {
            "AAPL": (a_finding(other),),
            "MSFT": (a_finding(both, "MSFT"),),
        }


def test_a_headline_about_two_symbols_is_scored_for_each_of_them(store: Store) -> None:
    both = a_headline("both")
    with store.writing() as transaction:
        transaction.save_findings("AAPL", [both], [a_finding(both)], "claude")
        transaction.save_findings("MSFT", [both], [a_finding(both, "MSFT")], "claude")
    with store.reading() as reader:
        assert set(reader.scored(["both"])) == {("both", "AAPL"), ("both", "MSFT")}
        assert reader.findings(["AAPL", "MSFT"], PROPOSED_AT) == {
            "AAPL": (a_finding(both),),
            "MSFT": (a_finding(both, "MSFT"),),
        }


def test_a_headline_can_hold_several_findings_about_one_symbol(store: Store) -> None:
    headline = a_headline("rich")
    findings = (a_finding(headline, tenths=3), a_finding(headline, tenths=-1))
    with store.writing() as transaction:
        transaction.save_findings("AAPL", [headline], findings, "claude")
    with store.reading() as reader:
        assert reader.findings(["AAPL"], PROPOSED_AT) == {"AAPL": findings}


def test_a_headline_that_is_scored_again_loses_what_was_found_before_about_that_symbol(store: Store) -> None:
    again, other = a_headline("again"), a_headline("other")
    with store.writing() as transaction:
        transaction.save_findings("AAPL", [again, other], [a_finding(again), a_finding(other)], "keywords")
        transaction.save_findings("MSFT", [again], [a_finding(again, "MSFT")], "keywords")
        transaction.save_findings("AAPL", [again], [a_finding(again, tenths=3)], "claude")
    with store.reading() as reader:
        assert reader.findings(["AAPL", "MSFT"], PROPOSED_AT) == {
            "AAPL": (a_finding(other), a_finding(again, tenths=3)),
            "MSFT": (a_finding(again, "MSFT"),),
        }


def test_who_found_something_is_read_by_symbol_and_headline_since_an_instant(store: Store) -> None:
    old, new = a_headline("old"), a_headline("new", PROPOSED_AT + HOUR)
    with store.writing() as transaction:
        transaction.save_findings("AAPL", [old], [a_finding(old)], "keywords")
        transaction.save_findings("AAPL", [new], [a_finding(new)], "claude")
        transaction.save_findings("MSFT", [new], [a_finding(new, "MSFT")], "keywords")
    with store.reading() as reader:
        assert reader.scorers(["AAPL"], PROPOSED_AT) == {("AAPL", "old"): "keywords", ("AAPL", "new"): "claude"}
        assert reader.scorers(["AAPL", "MSFT"], PROPOSED_AT + HOUR) == {
            ("AAPL", "new"): "claude",
            ("MSFT", "new"): "keywords",
        }


def test_why_headlines_are_left_out_is_what_was_noted_last(store: Store) -> None:
    with store.writing() as transaction:
        transaction.note_unscored(
            PROPOSED_AT, {"AAPL": "claude: outage", "MSFT": "claude: outage", "TSLA": "claude: key"}
        )
        transaction.note_unscored(PROPOSED_AT, {"AAPL": "claude: budget", "MSFT": "", "IBM": ""})
    with store.reading() as reader:
        assert reader.unscored(["AAPL", "MSFT", "IBM"], PROPOSED_AT) == {"AAPL": "claude: budget"}


def test_what_was_left_out_long_ago_is_not_told(store: Store) -> None:
    with store.writing() as transaction:
        transaction.note_unscored(PROPOSED_AT, {"AAPL": "claude: answer"})
        assert transaction.unscored(["AAPL"], PROPOSED_AT + HOUR) == {}


def test_headlines_are_read_as_they_were_scored_newest_first(store: Store) -> None:
    old, rich, dull = a_headline("old"), a_headline("rich", PROPOSED_AT + HOUR), a_headline("dull", PROPOSED_AT + HOUR)
    with store.writing() as transaction:
        transaction.save_findings("AAPL", [old, dull], [a_finding(old)], "keywords")
        transaction.save_findings("AAPL", [rich], [a_finding(rich, tenths=3), a_finding(rich, tenths=-1)], "claude")
        transaction.save_findings("MSFT", [dull], [], "keywords")
        scored = (
            ScoredHeadline(symbol="AAPL", headline=dull),
            ScoredHeadline(symbol="AAPL", headline=rich, tenths=2, reason="agree, agree", scorer="claude"),
            ScoredHeadline(symbol="AAPL", headline=old, tenths=2, reason="agree", scorer="keywords"),
        )
        assert transaction.headlines(["AAPL"], PROPOSED_AT, 10) == scored
        assert transaction.headlines(["AAPL"], PROPOSED_AT + HOUR, 1) == scored[:1]
        assert transaction.headlines(["MSFT"], PROPOSED_AT, 10) == (ScoredHeadline(symbol="MSFT", headline=dull),)
