"""Facts as words that Slack shows safely: other people's text, people, instants, limits."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from urllib.parse import urlsplit

from bot.messages import Texts
from engine.model.desk import ENGINE
from engine.model.overnight import Overnight
from engine.model.reason import Reason
from engine.model.risk import LimitUnit
from engine.model.symbol_halt import SymbolHalt

NO_FACT = "none"
"""What the catalogues know as a fact that is missing."""

LINK = re.compile(r"https?://[^\s<>|\\\"'`]{1,300}")
HOST = re.compile(r"(?=.{1,80}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
"""A host that reads as what it is; one in other letters is not linked to."""
EMOJI = re.compile(r":(?=[a-z0-9_+'-]*:)(?![0-9]*:)|(?<![\w:]):(?=[0-9]+:(?!\w))")
"""The colon at which Slack would begin a picture; not the one in a time of day."""
STRUCK = re.compile(r"(?<! )~|~(?! )")
"""A tilde that Slack may take for the beginning or the end of struck text; not the one of a range, '1 ~ 3'."""
EDGE = re.compile(r"(?<!\w)_|_(?!\w)")
"""An underscore that Slack would take for the beginning or the end of italics; not the one in a trade's id."""
USER = re.compile(r"[UW][A-Z0-9]{2,20}")
GROUP = re.compile(r"S[A-Z0-9]{2,20}")
STANDING = re.compile(r"S[1-9][0-9]*")
"""The id of a standing approval, which stands for a person where one approved a trade."""
TOKEN = re.compile(r"<!date\^[^|>]*\|([^>]*)>|<https?://[^|>]*\|([^>]*)>")

SPACES = frozenset({"Cc", "Zl", "Zp"})
"""Unicode categories that break a line or do worse."""

UNSEEN = frozenset({"Cf", "Cs", "Co", "Cn"})
"""Unicode categories that change a text without being seen, direction marks among them."""

ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    # Slack has no escape for these: look-alikes keep a stranger's text from formatting ours.
    "*": "∗",
    "`": "ˋ",
}
MINUTE, HOUR, DAY = 60, 3_600, 86_400
SECONDS_OF = {LimitUnit.SECONDS: 1, "minutes": MINUTE, "hours": HOUR}
"""The units of time that are told in the largest that fit; days are counted as days."""
METER_CELLS = 10
HELD, NEW, FREE = "█", "▓", "░"
LIST_LENGTH = 3500
"""Characters of a list in a message, which says everything twice: in its blocks and in its text."""


def visible(text: str) -> str:
    """Return text without what is not seen: spaces for controls and line breaks, nothing for direction marks."""
    if text.isprintable():
        return text
    spaced = "".join(" " if unicodedata.category(char) in SPACES else char for char in text)
    return "".join(char for char in spaced if unicodedata.category(char) not in UNSEEN)


def _cleaned(text: str, limit: int) -> str:
    """Return other people's words on one line, without controls or direction marks, in at most `limit` characters."""
    start = text[: limit * 4]
    line = " ".join(visible(start).split())
    return line[: limit - 1] + "…" if len(line) > limit or len(text) > len(start) else line


def escaped(text: str, limit: int = 150) -> str:
    """Return other people's words so that they format nothing, in at most `limit` characters; 'none' for nothing."""
    plain = EMOJI.sub("∶", STRUCK.sub("∼", EDGE.sub("ˍ", _cleaned(text, limit))))
    pieces = [ESCAPES.get(char, char) for char in plain]
    lengths = list(accumulate(map(len, pieces), initial=0))
    if lengths[-1] > limit:
        fitting = sum(length < limit for length in lengths[1:])
        pieces = [*pieces[:fitting], "…"]
    return "".join(pieces) or NO_FACT


def symbol(name: str) -> str:
    """Return a ticker, cut if it is none."""
    return escaped(name, 12)


def linked(text: str, url: str) -> str:
    """Return a text as a link, with the host that it leads to beside it, or plain where the address is not one."""
    address, host = url.replace("&", "&amp;"), _host(url)
    return f"<{address}|{text.replace('|', '¦')}> ({host})" if host and LINK.fullmatch(address) else text


def _host(url: str) -> str:
    """Return where an address leads, '' where that cannot be told: with a name before it, or other letters in it."""
    try:
        split = urlsplit(url)
        host, has_name = split.hostname or "", "@" in split.netloc
        port = f":{split.port}" if split.port else ""
    except ValueError:
        return ""
    return f"{host}{port}" if HOST.fullmatch(host) and not has_name else ""


def actor(user: str) -> str:
    """Return a person as a mention; the engine and nobody keep the words that the catalogues know."""
    if user == ENGINE:
        return user
    return f"<@{user}>" if USER.fullmatch(user) else escaped(user, 60)


def approver(by: str) -> dict[str, str]:
    """Return whoever decided a trade as facts of a sentence: `by`, and whether that is a standing approval."""
    return {"by": actor(by), "standing": "yes" if STANDING.fullmatch(by) else "no"}


def mention(who: str) -> str:
    """Return a person or a user group as a mention."""
    return f"<!subteam^{who}>" if GROUP.fullmatch(who) else actor(who)


def moment(at: datetime, texts: Texts) -> str:
    """Return a time of day soon to come, as Slack shows it in the reader's own time zone, if the desk lives in that.

    Where Slack does not convert it, as on a lock screen, it is the desk's time, and names its zone.
    """
    if texts.own_clock:
        return texts.clock(at)
    return f"<!date^{int(at.timestamp())}^{{time}}|{texts.clock(at, zone=True)}>"


def day_and_time(at: datetime, texts: Texts, *, seconds: bool = False) -> str:
    """Return a date and time that Slack shows in the reader's own time zone, if the desk lives in the reader's time.

    Whatever is over has its date: messages are read days later.
    """
    if texts.own_clock:
        return texts.date_time(at, seconds=seconds)
    said = texts.date_time(at, seconds=seconds, zone=True)
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{{'time_secs' if seconds else 'time'}}}|{said}>"


def spoken(text: str) -> str:
    """Return mrkdwn as a screen reader should say it: no bold marks or meters, the desk's times, links as words."""
    plain = TOKEN.sub(lambda found: found[1] or found[2], text).replace("*", "")
    return "\n".join(line for line in plain.splitlines() if not set(line) <= {HELD, NEW, FREE})


def why(reason: Reason, texts: Texts) -> str:
    """Return the sentence of an engine's reason, of a rule's with its figures, or a person's own words."""
    if reason.verdict:
        verdict = reason.verdict
        return broken(verdict.rule, verdict.figure, verdict.limit, verdict.unit, texts)
    if reason.seconds is not None:
        return texts("why-lasting", reason=reason.word, span=duration(reason.seconds, texts))
    own = texts("why", reason=escaped(reason.word, 200))
    if reason.words:
        own = texts("why-with-words", why=own, words=escaped(reason.words, 200))
    return f"{own}; {why(Reason.read(reason.also), texts)}" if reason.also else own


def broken(rule: str, figure: Decimal, limit: Decimal, unit: str, texts: Texts) -> str:
    """Return what a rule saw and its limit, as a sentence without an end."""
    figures = {"figure": measured(figure, unit, texts), "limit": measured(limit, unit, texts)}
    return texts("rule-broken", rule=escaped(rule, 60), unit=unit, **figures)


def quantity(figure: Decimal, unit: str, texts: Texts) -> str:
    """Return a figure with its unit, to the last of it; fractions of equity become percentages, a time its units."""
    if unit == LimitUnit.DOLLARS:
        return texts.dollars(figure)
    if unit == LimitUnit.PRICE:
        return texts.price(figure)
    if unit in {LimitUnit.SHARE_OF_EQUITY, "percent"}:
        return texts.part(figure)
    if unit in SECONDS_OF:
        return exact_duration(int(figure) * SECONDS_OF[unit], texts)
    return texts("quantity", unit=unit, figure=int(figure) if figure >= 0 else texts.count(int(figure)))


def measured(figure: Decimal, unit: str, texts: Texts) -> str:
    """Return a figure with its unit as people say it: a time in its largest two units."""
    return duration(int(figure), texts) if unit == LimitUnit.SECONDS else quantity(figure, unit, texts)


def duration(seconds: int, texts: Texts) -> str:
    """Return a time in its largest two units, '1 h 05 min'."""
    days, rest = divmod(max(0, seconds), DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    return texts("duration", days=days, hours=hours, minutes=minutes, padded=f"{minutes:02}", seconds=rest)


def exact_duration(seconds: int, texts: Texts) -> str:
    """Return a time in all its units, '1 h 05 min 30 s': a setting is told as it is, and can be typed as it is told."""
    rest = seconds % (HOUR if seconds >= DAY else MINUTE if seconds >= HOUR else 1)
    return " ".join(duration(part, texts) for part in (seconds - rest, rest) if part) or duration(0, texts)


def day_change(price: Decimal, previous_close: Decimal | None, texts: Texts) -> str:
    """Return by what part a price is over the close before, '+1.2%'; 'none' where that close is not known."""
    if previous_close is None or previous_close <= 0:
        return NO_FACT
    return texts.change(price / previous_close - 1)


def earnings_text(days: int, texts: Texts, name: str) -> str:
    """Say in how many trading days a company tells its figures (0: today)."""
    return texts("earnings-near", symbol=symbol(name), days=days)


def halt_reason(halt: SymbolHalt, texts: Texts) -> str:
    """Return why an exchange halted trading in a symbol, with its own code where it gave one."""
    return texts("halt-reason", reason=halt.reason.value, code=escaped(halt.code, 10) or NO_FACT)


def halt_text(halt: SymbolHalt, texts: Texts) -> str:
    """Return which symbol is halted, since when and why."""
    since = day_and_time(halt.since, texts)
    return texts("halt-of-symbol", symbol=symbol(halt.symbol), since=since, why=halt_reason(halt, texts))


def overnight_line(overnight: Overnight, texts: Texts, limit: Decimal | None = None) -> str:
    """Return what the worst nights would cost; symbols of which that is not known are named."""
    tells = overnight.dollars > 0 or not overnight.unknown
    return texts(
        "overnight-risk",
        share=texts.part(overnight.share) if tells else NO_FACT,
        dollars=texts.risk_dollars(overnight.dollars),
        unknown=", ".join(fitted([symbol(name) for name in overnight.unknown], texts, 120)) or NO_FACT,
        limit=NO_FACT if limit is None else texts.part(limit),
    )


def meter(before: Decimal, after: Decimal, ceiling: Decimal) -> str:
    """Draw open risk as a bar: what is at risk, what would be added, what is left under the ceiling."""
    taken = _cells(before, ceiling)
    added = max(_cells(after, ceiling) - taken, 0)
    return HELD * taken + NEW * added + FREE * (METER_CELLS - taken - added)


def _cells(risk: Decimal, ceiling: Decimal) -> int:
    return max(0, min(METER_CELLS, round(risk / ceiling * METER_CELLS)))


def fitted(lines: Sequence[str], texts: Texts, length: int = LIST_LENGTH) -> tuple[str, ...]:
    """Return as many lines as a message takes, and a last one that counts the rest."""
    fitting = sum(total <= length for total in accumulate(len(line) + 1 for line in lines))
    if fitting == len(lines):
        return tuple(lines)
    return (*lines[:fitting], texts("and-more", count=len(lines) - fitting))
