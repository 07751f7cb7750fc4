"""What people read: the words of a trading desk in both languages, and figures, times and plurals as they are written.

The old phrases are those that read as translated. Each pattern stands for its kind, so that they do not come back in
other sentences.
"""

import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from bot.cards.mrkdwn import duration, exact_duration, measured, quantity
from bot.messages import LOCALES, MINUS, NO_FIGURE, Texts
from engine.model.number_input import read_seconds
from tests.bot.test_messages import catalogue

ROOT = Path(__file__).parents[2]
SEOUL = ZoneInfo("Asia/Seoul")
ENGLISH, KOREAN = Texts("en", SEOUL), Texts("ko", SEOUL)
BOTH = (ENGLISH, KOREAN)

OLD = {
    "en": (
        r"\b[Rr]est of (a|the) symbol",
        r"\brests? for\b",
        r"ended only now",
        r"before a rest\b",
        r"[Ww]orse fill",
        r"\b(Most|Oldest|Life|Ceiling|Room|Fall|Loss) of (a|one|the|open)\b",
        r"Oldest price",
        r"Days back",
        r"under the ceiling",
        r"Trades of the day",
        r"what binds",
        r"the number the desk chose",
        r"\bno trades? ended",
        r"all 1 open",
        r"paid over the prices",
        r"bars of \d",
        r"Waiting for a decision",
        r"did not cross",
        r"so this only works it out",
        r"has a trade in it",
        r"never sells short",
        r"takes no orders in it",
        r"nothing found in it",
        r"makes? no sense",
        r"[Ss]omething is missing",
        r"\bis no (amount|number|trade|setting|card|file)\b",
        r"takes a figure",
        r"holds at once",
        r"needs the role",
        r"AUTO_MODE (is )?o(n|ff)\b",
        r"Not quite ready",
        r"to look at\b",
        r"The bot tells",
        r"takes the proposal back",
        # found beside them
        r"not to be trusted",
        r"\b(does|do|did) not answer\b",
        r"\bno answer\b",
        r"gave no answer",
        r"no good (price|bars)",
        r"look at the broker",
        r"\bgoes? on\b",
        r"\btakes? exits only",
        r"as the desk's wish",
        r"by itself halts|halts itself",
        r"Nothing was (ordered|won or lost)",
        r"more was sold than was held",
        r"\bwas sold too much",
        r"an order of the bot",
        r"and no execution explains",
        r"[Rr]estated",
        r"bought after all",
        r"of trading\b",
        r"that no trade of the bot bought|that (it|the bot) did not buy",
        r"Everything is sold",
        r"what came up",
        r"of silence",
        r"[Tt]here is no such",
        r"is called “",
        r"fits? several|[Ss]everal trades fit",
        r"without a doubt",
        r"the books\b",
        r"In closed hours",
        r"role at this desk",
        r"since the beginning",
        r"[Dd]ay's end|[Ww]eek's end",
        r"as of this moment",
        r"\bis shut\b",
        r"made anew|read anew|begun anew",
        r"of somebody else|shares of others",
        r"nobody foresaw|what nobody",
        r"asking anybody",
        r"an app of its own",
        r"watched from now on|was (not )?watched",
        r"longest hold|held overnight",
        r" …\s*$",
        r"\bis (not )?(looked at|told)\b",
        r"\b[Pp]icture (left|sent)",
        r"^(Least|Most|Give)\b(?! of)",
        r"alert service|\bAI agent",
    ),
    "ko": (
        r"손익비",
        r"더 지불",
        r"[\d,]{3,}초 동안",
        r"초 동안 쉼",
        r"매매 휴식",
        r"방금 끝남",
        r"결정 없음",
        r"AUTO_MODE (켜짐|꺼짐)",
        r"조회자",
        r"시작할 때 읽는",
        r"빠진 것이 있",
        r"손절·목표 주문",
        r"위험에 노출된",
        # found beside them
        r"것은 없(습니다|으니|으며)",
        r"실제 돈",
        r"되사",
        r"묻지 않고",
        r"최악 1% 밤",
        r"마지막으로 알던",
        r"설명되는 체결",
        r"한도까지 남은 여유",
        r"을 기다립니다",
        r"오래되어 스프레드",
        r"주문 소식",
        r"다시 열음|못 읽음",
        r"깨진 (시세|헤드라인)",
        r"쓸 만한",
        r"분명하게 입력",
        r"바뀐 것 없음",
        r"봇이 사지 않은",
        r"재개는 관리자가 /resume\.",
        r"관심 목록",
        r"(^|\. )거래 중단",
        r"알림 서비스|AI 에이전트",
        r" …\s*$",
    ),
}

ENGLISH_OF_THE_MACHINE = (
    r"[Mm]end its",
    r"is not what is expected",
    r"listens already",
    r"is unwell",
    r"at r?\d+, this version wants",
    r"[Ll]ook at the (network|broker)",
    r"Take them out",
    r"Make (keys|an app-level)",
    r"brings (along|a Slack)",
    r"is no (file|text|demo)",
    r"in the books|of the books|the books (into|alone|begin)",
    r"said what time",
    r"how the desk stands",
    r"all that is known",
    r"what is watched",
    r"goes before it",
    r"before a rest|of that rest|symbol rests",
    r"worse fill|widest spread|oldest price|most of one symbol|fall from the peak",
)
"""Phrases that the doctor, the command line, the manifest and the settings' descriptions do without."""
QUOTED = re.compile(r'"[^"\n]*"|^\s*#.*|description:.*', re.MULTILINE)
"""What is said in those files: strings, the example's comments, descriptions."""


class Sentences(Visitor):
    """Collects what a message says, without its variables."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def visit_TextElement(self, node: ftl.TextElement) -> None:  # noqa: N802 - the visitor's own name
        self.texts.append(node.value)


@cache
def sentences(locale: str) -> tuple[tuple[str, str], ...]:
    """Return every piece of text of a catalogue with its key."""
    found = []
    for key, message in catalogue(locale).items():
        visitor = Sentences()
        visitor.visit(message)
        found += [(key, text) for text in visitor.texts]
    return tuple(found)


@pytest.mark.parametrize(("locale", "old"), [(locale, old) for locale in LOCALES for old in OLD[locale]])
def test_an_old_phrase_does_not_come_back(locale: str, old: str) -> None:
    assert [(key, text) for key, text in sentences(locale) if re.search(old, text)] == []


def machine_texts() -> dict[str, str]:
    """Return the files whose texts people read outside Slack's messages."""
    places = [ROOT / "manifest.yml", ROOT / ".env.example"]
    places += [path for room in ("diagnostics", "cli") for path in sorted((ROOT / "bot" / room).glob("*.py"))]
    return {path.name: path.read_text(encoding="utf-8") for path in places}


@pytest.mark.parametrize("old", ENGLISH_OF_THE_MACHINE)
def test_the_doctor_and_the_command_line_speak_plain_english(old: str) -> None:
    quoted = [(name, text) for name, file in machine_texts().items() for text in QUOTED.findall(file)]
    assert [(name, text) for name, text in quoted if re.search(old, text)] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_no_catalogue_writes_a_hyphen_for_a_minus(locale: str) -> None:
    assert [(key, text) for key, text in sentences(locale) if re.search(r"(^|[\s(])-[$\d]", text)] == []


@pytest.mark.parametrize("texts", BOTH, ids=LOCALES)
def test_every_figure_has_the_one_minus_sign_before_all_else(texts: Texts) -> None:
    below = Decimal("-1234.567")
    written = [
        *(write(below) for write in (texts.number, texts.price, texts.dollars, texts.gain, texts.percent, texts.part)),
        texts.change(below),
        texts.score(-15),
        texts.count(-1234),
        quantity(below, "price", texts),
        quantity(below, "shares", texts),
    ]
    assert [figure for figure in written if "-" in figure or figure[0] != MINUS] == []


@pytest.mark.parametrize("texts", BOTH, ids=LOCALES)
@pytest.mark.parametrize("sign", ["", "-"])
def test_what_rounds_to_nothing_has_no_sign(texts: Texts, sign: str) -> None:
    little = Decimal(f"{sign}0.0000001")
    assert [
        texts.number(little),
        texts.price(little),
        texts.dollars(little),
        texts.gain(little),
        texts.percent(little),
        texts.part(little),
        texts.change(little),
        texts.score(0),
    ] == ["0.00", "$0.00", "$0", "$0", "0.00%", "0.0%", "0%", "0.0"]


def test_what_is_no_figure_is_not_written_as_one() -> None:
    assert ENGLISH.number(float("nan")) == NO_FIGURE


@pytest.mark.parametrize(
    ("seconds", "english", "korean"),
    [
        (0, "0 s", "0초"),
        (59, "59 s", "59초"),
        (130, "2 min 10 s", "2분 10초"),
        (3_240, "54 min", "54분"),
        (3_255, "54 min 15 s", "54분 15초"),
        (3_600, "1 h", "1시간"),
        (3_900, "1 h 05 min", "1시간 5분"),
        (3_905, "1 h 05 min", "1시간 5분"),
        (86_400, "1 d", "1일"),
        (93_600, "1 d 2 h", "1일 2시간"),
    ],
)
def test_a_time_is_told_in_its_largest_two_units(seconds: int, english: str, korean: str) -> None:
    assert duration(seconds, ENGLISH) == english
    assert duration(seconds, KOREAN) == korean


@pytest.mark.parametrize("texts", BOTH, ids=LOCALES)
def test_no_time_is_told_in_more_than_59_seconds_and_each_setting_can_be_typed_as_it_is_shown(texts: Texts) -> None:
    for seconds in (0, 1, 60, 99, 100, 3_599, 3_600, 3_605, 5_400, 86_399, 86_400, 90_061, 604_800):
        shown = [duration(seconds, texts), exact_duration(seconds, texts), measured(Decimal(seconds), "seconds", texts)]
        figures = [int(found) for text in shown for found in re.findall(r"(\d+) ?(?:s\b|초)", text)]
        assert max(figures, default=0) < 60
        assert read_seconds(shown[1]) == seconds


def test_a_setting_of_minutes_or_hours_is_told_in_its_largest_units() -> None:
    assert quantity(Decimal(90), "minutes", ENGLISH) == "1 h 30 min"
    assert quantity(Decimal(36), "hours", KOREAN) == "1일 12시간"


@pytest.mark.parametrize(("days", "said"), [(1, "1 day"), (30, "30 days"), (3_650, "3,650 days")])
def test_days_are_counted(days: int, said: str) -> None:
    assert quantity(Decimal(days), "days", ENGLISH) == said


def test_a_date_is_written_as_its_reader_writes_it() -> None:
    on = date(2025, 8, 19)
    assert (ENGLISH.day(on), KOREAN.day(on)) == ("Aug 19, 2025", "2025년 8월 19일")


COUNTED = r"(shares|contracts|units|symbols|issues|headlines|trades|reports|notices|days|threads)\b"


def test_every_number_of_things_has_its_singular_in_english() -> None:
    bare = {
        key
        for key, message in catalogue("en").items()
        for pattern in Placed.of(message)
        if re.search(r"\{[a-z_]+\} " + COUNTED, pattern)
    }
    selecting = {key for key in bare if "one" in Placed.keys(catalogue("en")[key])}
    assert bare - selecting == set()


class Placed(Visitor):
    """Collects the patterns of a message with `{variable}` where one stands, and the keys of its variants."""

    def __init__(self) -> None:
        self.patterns: list[str] = []
        self.names: set[str] = set()

    def visit_Pattern(self, node: ftl.Pattern) -> None:  # noqa: N802 - the visitor's own name
        self.patterns.append("".join(map(self._piece, node.elements)))
        self.generic_visit(node)

    def visit_Variant(self, node: ftl.Variant) -> None:  # noqa: N802 - the visitor's own name
        self.names.add(node.key.name if isinstance(node.key, ftl.Identifier) else node.key.value)
        self.generic_visit(node)

    @staticmethod
    def _piece(element: ftl.TextElement | ftl.Placeable) -> str:
        if isinstance(element, ftl.TextElement):
            return str(element.value)
        inner = element.expression
        return f"{{{inner.id.name}}}" if isinstance(inner, ftl.VariableReference) else ""

    @classmethod
    def of(cls, message: ftl.Message) -> list[str]:
        found = cls()
        found.visit(message)
        return found.patterns

    @classmethod
    def keys(cls, message: ftl.Message) -> set[str]:
        found = cls()
        found.visit(message)
        return found.names


PARTICLES = (("으로", True), ("을", True), ("를", False), ("이", True))
"""Particles that follow a word, and whether that word ends in a consonant."""
NO_PARTICLES = frozenset({"나을", "사이", "차이"})
"""Words that only end like one."""


def ends_in_a_consonant(word: str) -> bool:
    return (ord(word[-1]) - ord("가")) % 28 != 0


def test_korean_particles_fit_the_words_that_they_follow() -> None:
    source = ROOT.joinpath("bot/messages/ko.ftl").read_text(encoding="utf-8")
    misfits = set()
    for word in set(re.findall("[가-힣]{2,}", source)) - NO_PARTICLES:
        for particle, wants_consonant in PARTICLES:
            noun = word.removesuffix(particle)
            if noun and noun != word:
                misfits |= {word} if ends_in_a_consonant(noun) is not wants_consonant else set()
                break
    assert misfits == set()
