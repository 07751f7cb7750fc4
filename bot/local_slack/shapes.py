"""Small checks from which the shape of a JSON value is put together; each yields a sentence for everything wrong."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]


def problem(sentence: str, at: str) -> str:
    """Write a complaint as Slack does, with a pointer to the place."""
    return f"[ERROR] {sentence} [json-pointer:{at or '/'}]"


def string(most: int, least: int = 1) -> Check:
    """Accept a string of so many characters."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must be a string", at)
        elif len(value) > most:
            yield problem(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            yield problem(f"must be more than {least - 1} characters", at)

    return check


def flag(value: Any, at: str) -> Iterator[str]:
    """Accept true and false."""
    if not isinstance(value, bool):
        yield problem("must be a boolean", at)


def whole(least: int, most: int) -> Check:
    """Accept a whole number in a range."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield problem("must be an integer", at)
        elif not least <= value <= most:
            yield problem(f"must be between {least} and {most}", at)

    return check


def word(*words: str) -> Check:
    """Accept one of a few words."""

    def check(value: Any, at: str) -> Iterator[str]:
        if value not in words:
            yield problem(f"must be one of: {', '.join(words)}", at)

    return check


def many(item: Check, most: int, least: int = 1) -> Check:
    """Accept a list of so many items, each of the same shape."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must be an array", at)
            return
        if len(value) > most:
            yield problem(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield problem(f"no fewer than {least} items allowed", at)
        for index, each in enumerate(value):
            yield from item(each, f"{at}/{index}")

    return check


def shape(
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    *,
    one_of: Collection[str] = (),
) -> Check:
    """Accept an object with these fields and no others; exactly one of `one_of` must be there if any is named.

    `type` is always allowed: it chose the shape.
    """
    fields = {**required, **(optional or {})}

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must be an object", at)
            return
        yield from (problem(f"missing required field: {name}", at) for name in required if name not in value)
        yield from (problem(f"invalid additional property: {n}", at) for n in value if n not in fields and n != "type")
        if one_of and sum(name in value for name in one_of) != 1:
            yield problem(f"must have exactly one of: {', '.join(one_of)}", at)
        for name, field in fields.items():
            if name in value:
                yield from field(value[name], f"{at}/{name}")

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """Accept an object whose `type` is one of `kinds`, in the shape of that kind."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must be an object", at)
        elif "type" not in value:
            yield problem("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            yield problem(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            yield from kinds[value["type"]](value, at)

    return check


def also(first: Check, then: Check) -> Check:
    """Accept what both checks accept; the second sees only what the first accepted."""

    def check(value: Any, at: str) -> Iterator[str]:
        yield from list(first(value, at)) or then(value, at)

    return check


def text(most: int, *, plain: bool = False) -> Check:
    """Accept a text object: plain text, or also Slack's markdown."""
    kinds = {"plain_text": shape({"text": string(most)}, {"emoji": flag})}
    if not plain:
        kinds["mrkdwn"] = shape({"text": string(most)}, {"verbatim": flag})
    return by_type(kinds)


def plain(most: int) -> Check:
    """Accept a plain-text object."""
    return text(most, plain=True)
