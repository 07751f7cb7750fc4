"""The words of /buy: a symbol, then size, limit, stop and target in this order or by name, then the reason."""

import re
from collections.abc import Mapping
from decimal import Decimal

from bot.listeners.parsing import LONGEST_WORD, WRAPPING, reason, words
from bot.listeners.size_amounts import amount, begins_with_a_number
from bot.messages import Texts
from engine.errors import BadAmount, BadProposal
from engine.model.calculation import Amount
from engine.model.manual_proposal import ManualProposal
from engine.model.number_input import AmbiguousNumber, InputUnit, narrowed, read_number
from engine.model.origin import Source

ORDER = ("size", "limit", "stop", "target")
"""What numbers without a name are, one after the other; a dash leaves one out."""
REASON, UNIT = "reason", "unit"
NAMES: Mapping[str, str] = {
    **{name: name for name in (*ORDER, REASON)},
    "at": "limit",
    **dict.fromkeys(("risk", "r", "of", "equity", "shares", "share", "usd", "dollars"), UNIT),
}
"""What each word is called; a unit belongs to the size that stands before it. A catalogue adds its own."""
LEFT_OUT = "-"
NUMBER = re.compile(r"[+-]?(us)?\$?[+-]?[0-9][0-9.,]*(%|k|usd)?")
"""What stands for a price without its name: a reason may begin with a digit, too."""


def names_in(texts: Texts) -> Mapping[str, str]:
    """Return what each word is called, in English and in the desk's language."""
    return {**NAMES, **dict(pair.split("=") for pair in texts("buy-names").split())}


def purchase(text: str, by: str, names: Mapping[str, str] = NAMES) -> ManualProposal:
    """Read what a person wants to buy; raises BadProposal, which names the part that makes no sense."""
    named, *rest = text.split()
    said, note = _parts(rest, names)
    return ManualProposal(
        source=Source.DESK,
        by=by,
        symbol="".join(words(named)),
        amount=_size(said["size"]) if "size" in said else None,
        limit=_price("limit", said),
        stop=_price("stop", said),
        target=_price("target", said),
        reason=reason(note),
    )


def _parts(rest: list[str], names: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return what was said of each part by its name, and the reason: all from the first word that is none of these."""
    said, place = dict[str, str](), 0
    while rest:
        word, _, value = rest[0].partition("=")
        name = names.get(word.lower().rstrip(":"), "")
        if name == REASON:
            return said, " ".join(rest[1:])
        if name in ORDER:
            rest = [*([value] if value else []), *rest[1:]]
            place = max(place, ORDER.index(name) + 1)
        elif place < len(ORDER) and rest[0] == LEFT_OUT:
            place, rest = place + 1, rest[1:]
            continue
        elif place < len(ORDER) and _is_number(rest[0], place):
            name, place = ORDER[place], place + 1
        else:
            break
        if name in said:
            raise BadProposal(name, rest[0][:LONGEST_WORD] if rest else "", "twice")
        taken = 1
        while name == "size" and rest[taken : taken + 1] and names.get(rest[taken].lower()) == UNIT:
            taken += 1
        said[name], rest = " ".join(rest[:taken]), rest[taken:]
    return said, " ".join(rest)


def _is_number(word: str, place: int) -> bool:
    """Tell whether a word without a name is the next number: a size, which may have its unit on it, or a price."""
    return begins_with_a_number(word) if place == 0 else bool(NUMBER.fullmatch(narrowed(word)))


def _size(asked: str) -> Amount | None:
    try:
        return amount(asked)
    except BadAmount as error:
        readings = " / ".join(str(error.facts[name]) for name in ("one", "other") if error.facts[name])
        raise BadProposal("size", asked[:LONGEST_WORD], "two_numbers" if readings else "no_size", readings) from error


def _price(name: str, said: Mapping[str, str]) -> Decimal | None:
    if name not in said:
        return None
    asked = said[name][:LONGEST_WORD]
    if not asked:
        raise BadProposal(name, name, "missing")
    try:
        found = read_number(said[name].strip(WRAPPING.replace("$", "")))
    except AmbiguousNumber as error:
        raise BadProposal(name, asked, "two_numbers", " / ".join(error.readings)) from error
    except ValueError as error:
        raise BadProposal(name, asked, "no_price") from error
    if found.unit not in {InputUnit.NONE, InputUnit.DOLLARS}:
        raise BadProposal(name, asked, "no_price")
    return found.number
