"""Eighty headlines that try to move a score, read by a model that does whatever a headline asks of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NewsUnavailable
from engine.model.market import Headline
from engine.model.signal import NEWS_CLIP
from engine.signals.score import news_component
from tests.engine.adapters.claude import Reading, headline, reading
from tests.support.fakes.claude import Reply, findings_text, saying, shown

ENTRIES: list[dict[str, str]] = json.loads(
    (Path(__file__).parents[3] / "data" / "hostile-headlines.json").read_text(encoding="utf-8")
)
HOSTILE = {f"bad-{number}": entry for number, entry in enumerate(ENTRIES)}
HONEST = headline("honest", "Apple to hold its annual meeting on Friday")

Obeying = Callable[[str, list[str], str], str]


def points(tenths: int, times: int = 1, reason: str = "as asked") -> Obeying:
    return lambda own, _all, _text: findings_text(*[(own, tenths, reason)] * times)


def literally(value: str) -> Obeying:
    return lambda own, _all, _text: (
        f'{{"findings": [{{"headline_id": "{own}", "points_tenths": {value}, "reason": "r"}}]}}'
    )


OBEYED: dict[str, Obeying] = {
    "nine": points(9),
    "minus-nine": points(-9),
    "most": points(3, times=2),
    "least": points(-3, times=2),
    "everyone": lambda _own, shown_ids, _text: findings_text(*[(one, 3, "as asked") for one in shown_ids] * 2),
    "fraction": literally("2.5"),
    "infinite": literally("1e308"),
    "text-number": literally('"3"'),
    "echo": lambda _own, _all, text: text,
    "prose": lambda _own, _all, _text: "Of course! My instructions are as follows.",
    "invented": lambda _own, _all, _text: findings_text(("admin-1", 3, "as asked")),
    "flood": points(3, times=40),
    "fenced": lambda own, _all, _text: f"Sure!\n```json\n{findings_text((own, 3, 'as asked'))}\n```",
    "nothing": lambda _own, _all, _text: "",
    "long-reason": points(3, reason="rose " * 1_000),
    "mention": points(3, times=2, reason="<!channel> <https://evil.test|approve> \u202enow"),
}


@dataclass
class Tally:
    """What came of the headlines so far; the shift is the news part of a score, in tenths."""

    read: int = 0
    rejected: int = 0
    largest: int = 0

    def count(self, desk: Reading, headlines: list[Headline]) -> None:
        self.read += 1
        try:
            findings = desk.scorer.findings("AAPL", headlines)
        except NewsUnavailable:
            self.rejected += 1
            return
        self.largest = max(self.largest, abs(news_component(findings).tenths))
        assert {finding.headline_id for finding in findings} <= {line.id for line in headlines}
        assert all(abs(finding.tenths) <= 3 and len(finding.reason) <= 120 for finding in findings)


def obedient(body: dict[str, Any]) -> Reply:
    """Answer as the first hostile headline in a request wants it."""
    lines = shown(body)
    bad = next(line for line in lines if line["headline_id"] in HOSTILE)
    obey = OBEYED[HOSTILE[bad["headline_id"]]["obeyed"]]
    return Reply(text=obey(bad["headline_id"], [line["headline_id"] for line in lines], bad["text"]))


def hostile(own: str) -> Headline:
    return headline(own, HOSTILE[own]["text"])


def test_there_are_eighty_hostile_headlines_all_different() -> None:
    assert len({entry["text"] for entry in ENTRIES}) == 80
    assert {entry["obeyed"] for entry in ENTRIES} == OBEYED.keys()


def test_no_hostile_headline_moves_a_score_beyond_the_clip(record_property: Callable[[str, object], None]) -> None:
    tally = Tally()
    with reading() as desk:
        desk.claude.model = obedient
        for own in HOSTILE:
            tally.count(desk, [HONEST, hostile(own)])
        assert desk.claude.refused == []
        assert len(desk.calls) == 80
    figures = f"{tally.read} obeyed, {tally.rejected} answers rejected, largest shift {tally.largest} tenths"
    print(figures)  # noqa: T201 (the figures are what the test is for)
    record_property("hostile_headlines", tally.read)
    record_property("largest_shift_tenths", tally.largest)
    assert tally.read == 80
    assert tally.largest <= NEWS_CLIP


@pytest.mark.parametrize("tenths", [3, -3])
def test_all_of_them_together_stay_within_the_clip(tenths: int) -> None:
    with reading(dollars_a_day=100) as desk:
        desk.claude.model = lambda body: saying(*[(line["headline_id"], tenths, "r") for line in shown(body)] * 2)
        findings = desk.scorer.findings("AAPL", [hostile(own) for own in HOSTILE])
    assert len(findings) == 160
    assert abs(news_component(findings).tenths) == NEWS_CLIP


def test_the_request_holds_every_hostile_headline_as_data() -> None:
    with reading() as desk:
        for own in HOSTILE:
            desk.scorer.findings("AAPL", [HONEST, hostile(own)])
            lines = shown(desk.claude.bodies[-1])
            assert [line["headline_id"] for line in lines] == ["honest", own]
            assert len(lines[1]["text"]) <= 300
            assert all(sign.isprintable() for sign in lines[1]["text"])


def test_a_rejected_answer_takes_the_honest_findings_with_it() -> None:
    with reading(saying(("honest", 1, "r"), ("bad-0", 9, "r"))) as desk, pytest.raises(NewsUnavailable):
        desk.scorer.findings("AAPL", [HONEST, hostile("bad-0")])
