import ast
import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fluent.syntax import ast as ftl, parse
from fluent.syntax.visitor import Visitor

import bot
import engine
from bot.access import Role
from bot.cards.mrkdwn import day_and_time, moment
from bot.messages import LOCALES, Texts
from engine.common.service_health import Service
from engine.model.desk import DeskState
from engine.model.market import Session
from engine.model.news import NoScore
from engine.model.notices.kinds import CLASSES
from engine.model.reason import EndReason
from engine.model.risk import BindingLimit
from engine.model.trade import ExitReason, TradeState
from engine.risk.limits import Limits
from engine.risk.protections import LOSSES
from engine.risk.rules import PRICE_RULES, RULES
from engine.risk.verdicts import of_exposure, of_one_trade, of_open_risk
from engine.settings import DeskSettings, HoldingSettings, MarketSettings, RiskSettings, TellingSettings
from tests.engine.risk.examples import a_case
from tests.support.fakes.trades import PROPOSED_AT

SEOUL = ZoneInfo("Asia/Seoul")
SHOWN = (RiskSettings, HoldingSettings, DeskSettings, MarketSettings, TellingSettings)
"""What /settings shows."""
TEXTS = Texts("en", SEOUL)


class Facts(Visitor):
    """Collects the variables of a message and the messages that it refers to."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.messages: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802 - the visitor's own name
        self.variables.add(node.id.name)

    def visit_MessageReference(self, node: ftl.MessageReference) -> None:  # noqa: N802 - the visitor's own name
        self.messages.add(node.id.name)


@cache
def catalogue(locale: str) -> dict[str, ftl.Message]:
    source = files("bot.messages").joinpath(f"{locale}.ftl").read_text(encoding="utf-8")
    entries = parse(source).body
    assert not [entry for entry in entries if isinstance(entry, ftl.Junk)]
    messages = [entry for entry in entries if isinstance(entry, ftl.Message)]
    assert len({message.id.name for message in messages}) == len(messages)
    return {message.id.name: message for message in messages}


def facts(messages: dict[str, ftl.Message], key: str) -> Facts:
    found = Facts()
    found.visit(messages[key])
    for inner in found.messages:
        found.variables |= facts(messages, inner).variables
    return found


READ_IN_KOREAN = frozenset({"periods.py"})
"""Files that read what people type in Korean."""


@cache
def code(*, without: frozenset[str] = frozenset()) -> tuple[ast.AST, ...]:
    """Return every node of the bot's code, but for that of some files."""
    paths = (path for path in sorted(Path(bot.__file__).parent.rglob("*.py")) if path.name not in without)
    return tuple(node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def asked_keys() -> set[str]:
    """Return every key that the code asks for by a literal: texts("key", ...)."""
    calls = [node for node in code() if isinstance(node, ast.Call) and node.args]
    named = [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) == "texts"]
    first = [call.args[0] for call in named]
    return {node.value for node in first if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_both_languages_have_the_same_keys() -> None:
    assert catalogue("en").keys() == catalogue("ko").keys()


def test_keys_are_kebab_case() -> None:
    assert all(key == key.lower() and "_" not in key for key in catalogue("en"))


def test_both_languages_say_the_same_facts() -> None:
    english, korean = catalogue("en"), catalogue("ko")
    for key in english:
        assert facts(english, key).variables == facts(korean, key).variables, key


def test_no_key_that_the_code_asks_for_is_missing() -> None:
    assert asked_keys() <= catalogue("en").keys()
    assert len(asked_keys()) > 50


MAKERS = {
    "Message",
    "MarkdownTextObject",
    "PlainTextObject",
    "button",
    "context",
    "header",
    "markdown",
    "note",
    "section",
    "sections",
}
"""What makes something that people read, of the texts that it is given."""
IDS = {"action", "action_id", "block_id", "style", "value", "callback_id"}


def written_out(node: ast.AST) -> bool:
    """Tell whether letters stand in the code itself, and are no key of the catalogues."""
    return any(
        isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and re.search(r"[A-Za-z\uac00-\ud7a3]", part.value)
        for part in ([node] if isinstance(node, ast.Constant) else getattr(node, "values", []))
    )


def test_nothing_that_people_read_is_written_in_the_code() -> None:
    calls = [node for node in code() if isinstance(node, ast.Call)]
    made = [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) in MAKERS]
    given = [
        arg for call in made for arg in (*call.args, *(each.value for each in call.keywords if each.arg not in IDS))
    ]
    assert len(given) > 100
    assert [ast.unparse(arg) for arg in given if written_out(arg)] == []


def test_korean_stands_in_the_catalogue_alone() -> None:
    nodes = code(without=READ_IN_KOREAN)
    constants = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    korean = {text for text in constants if re.search("[\uac00-\ud7a3]", text)}
    assert len(korean) <= 4, korean  # what /size reads in Korean, its patterns


def test_no_key_is_in_the_catalogue_for_nothing() -> None:
    messages = catalogue("en")
    constants = {node.value for node in code() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    starts = tuple(text for text in constants if text.endswith("-") and len(text) > 1)
    referred = {inner for key in messages for inner in facts(messages, key).messages}
    of_kinds = {kind.text for kind in CLASSES}
    unused = [key for key in messages if key not in constants | referred | of_kinds and not key.startswith(starts)]
    assert unused == []


def test_no_key_that_a_kind_of_notice_names_is_missing() -> None:
    assert {kind.text for kind in CLASSES if kind.text} <= catalogue("en").keys()


def variants(locale: str, key: str) -> set[str]:
    found: set[str] = set()

    class Names(Visitor):
        def visit_Variant(self, node: ftl.Variant) -> None:  # noqa: N802 - the visitor's own name
            found.add(node.key.name if isinstance(node.key, ftl.Identifier) else node.key.value)

    Names().visit(catalogue(locale)[key])
    return found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("state", set(TradeState)),
        ("desk-state", set(DeskState)),
        ("session", set(Session)),
        ("closed", set(ExitReason)),
        ("why", set(BindingLimit)),
        ("why", set(EndReason)),
        ("why", set(DeskState)),
        ("claude-problem", set(NoScore)),
        ("service", set(Service)),
        ("role", {role.word for role in Role}),
        ("setting", {name for group in SHOWN for name in group.model_fields}),
        ("quantity", {"shares", "basis_points", "days"}),
    ],
)
def test_every_value_has_its_word(locale: str, key: str, names: set[str]) -> None:
    assert {str(name) for name in names} <= variants(locale, key)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_rule_has_its_words(locale: str) -> None:
    verdicts = [rule.judge(a_case(), Limits()).rule for rule in RULES]
    verdicts += [rule.judge(a_case(), Limits()).rule for rule in PRICE_RULES]
    # The rule of at least one share is named after the cap that leaves none.
    assert {*map(str, verdicts), *BindingLimit} <= variants(locale, "rule-broken")
    assert {loss.judge(a_case(), Limits()).rule for loss in LOSSES} <= variants(locale, "why")  # they may halt


@pytest.mark.parametrize("locale", LOCALES)
def test_every_rule_that_ends_what_was_approved_has_its_word(locale: str) -> None:
    none = Decimal(0)
    verdicts = (of_one_trade(none, none, Limits()), of_open_risk(none, Limits()), of_exposure(none, Limits()))
    assert {*(verdict.rule for verdict in verdicts), "price_drift"} <= variants(locale, "why")


def written_ends() -> set[str]:
    """Return the reasons of trades that stand as literals in the engine: replace(trade, reason=...), or by a state."""
    root = Path(engine.__file__).parent
    found = set[str]()
    for node in (each for path in root.rglob("*.py") for each in ast.walk(ast.parse(path.read_text("utf-8")))):
        parts = node.elts if isinstance(node, ast.Tuple) else node.args if isinstance(node, ast.Call) else []
        beside = any(ast.unparse(part).startswith("TradeState.") for part in parts)
        given = [part for part in parts if beside]
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "replace":
            given += [each.value for each in node.keywords if each.arg == "reason"]
        found |= {part.value for part in given if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return found - {""}


def test_every_reason_for_which_the_engine_ends_a_trade_is_one_of_those_that_have_words() -> None:
    assert written_ends() == set()


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(LookupError):
        TEXTS("no-such-key")


def test_a_missing_fact_is_an_error() -> None:
    with pytest.raises(LookupError, match="trade-id"):
        TEXTS("trade-id")


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        Texts("fr", SEOUL)


def test_sentences_have_no_marks_that_isolate_directions() -> None:
    assert TEXTS("trade-id", id="X") == "ID X"


def test_one_share_is_singular() -> None:
    assert (TEXTS("shares", shares=1), TEXTS("shares", shares=1_200)) == ("1 share", "1,200 shares")


@pytest.mark.parametrize("locale", LOCALES)
def test_figures_are_written_as_traders_write_them(locale: str) -> None:
    texts = Texts(locale, SEOUL)
    assert texts.price(Decimal("1150.285")) == "$1,150.29"
    assert texts.dollars(Decimal("76943.36")) == "$76,943"
    assert texts.dollars(Decimal("-0.5")) == "−$1"
    assert texts.risk_dollars(Decimal("1157.12")) == "$1,158"
    assert [texts.gain(Decimal(gain)) for gain in ("2304", "-12", "0.5", "-0.4")] == ["+$2,304", "−$12", "+$1", "$0"]
    assert (texts.percent(Decimal("0.005")), texts.percent(Decimal("1.2"), 0)) == ("0.50%", "120%")
    assert [texts.part(Decimal(part)) for part in ("0.005", "0.01", "0.0196")] == ["0.5%", "1.0%", "1.96%"]
    assert [texts.change(Decimal(change)) for change in ("0.02994", "-0.01504")] == ["+3%", "−1.5%"]
    assert [texts.score(tenths) for tenths in (15, 0, -4)] == ["+1.5", "0.0", "−0.4"]
    assert (texts.number(35.04, 1), texts.count(2_500_000)) == ("35.0", "2,500,000")


def test_times_are_the_desks() -> None:
    at = datetime(2025, 8, 19, 14, 45, 15, tzinfo=UTC)
    assert (TEXTS.clock(at), TEXTS.date_time(at)) == ("23:45", "Aug 19, 2025, 23:45")


def test_a_desk_with_a_clock_of_its_own_leaves_no_time_to_slack() -> None:
    replay = Texts("en", ZoneInfo("Asia/Seoul"), own_clock=True)
    assert moment(PROPOSED_AT, replay) == "23:45"
    assert day_and_time(PROPOSED_AT, replay) == "Aug 19, 2025, 23:45"
    assert replay.zone_name(PROPOSED_AT) == "KST"
