"""The bot's seal on what its buttons and windows carry, so that at the click it knows its own hand and how old it is.

Sealed is the trade's id with the instant of sealing (the desk's clock, seconds since 1970) and a signature over both
and over what it is for: a button's action or a window's callback. So a value serves nothing else, and no other trade.
"""

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from slack_sdk.models.views import View

from bot.cards import ids
from engine.errors import NotOurs

KEY: Final = "seal"
"""The name of the desk's secret that seals."""

SEPARATOR: Final = "|"
QUOTED: Final = 60
"""Characters of a stranger's value that a refusal quotes."""


class Signer:
    """Seals and checks with a key that outlives a restart; `now` is the desk's clock."""

    def __init__(self, key: str, now: Callable[[], datetime]) -> None:
        self._key = key.encode()
        self._now = now

    def value(self, purpose: str, text: str) -> str:
        """Seal a text for one purpose, as of now."""
        at = str(int(self._now().timestamp()))
        return SEPARATOR.join((text, at, self._signature(purpose, text, at)))

    def lasting(self, purpose: str, text: str) -> str:
        """Seal a text for one purpose, without an instant: what was chosen stays chosen when it is drawn again."""
        return SEPARATOR.join((text, "0", self._signature(purpose, text, "0")))

    def check(self, purpose: str, sealed: str) -> datetime:
        """Return when a value was sealed for this purpose; raises NotOurs unless it was, and is as it was then."""
        text, at, signature = _parts(sealed)
        # As bytes, for compare_digest takes no text beyond ASCII; half signs and all, for a stranger may send them.
        if not hmac.compare_digest(_bytes(signature), _bytes(self._signature(purpose, text, at))):
            raise NotOurs(sealed[:QUOTED])
        return datetime.fromtimestamp(int(at), UTC)

    def payload(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return what has `blocks`, such as a message, with every button's value sealed for its action."""
        return {**payload, "blocks": [self._block(block) for block in payload["blocks"]]}

    def view(self, view: View) -> dict[str, Any]:
        """Return a window or a home with what it carries sealed for its callback, and its buttons for their actions."""
        plain = self.payload(view.to_dict())
        if not plain.get("private_metadata"):
            return plain
        return {**plain, "private_metadata": self.value(plain["callback_id"], plain["private_metadata"])}

    def _block(self, block: Mapping[str, Any]) -> dict[str, Any]:
        if "child_blocks" in block:
            return {**block, "child_blocks": [self._block(child) for child in block["child_blocks"]]}
        sealed = dict(block)
        for name in ("elements", "actions"):
            if name in block:
                sealed[name] = [self._element(element) for element in block[name]]
        if "accessory" in block:
            sealed["accessory"] = self._element(block["accessory"])
        return sealed

    def _element(self, element: Mapping[str, Any]) -> dict[str, Any]:
        if element.get("action_id") == ids.SELECT_PENDING:
            purpose = element["action_id"]
            options = [{**each, "value": self.lasting(purpose, each["value"])} for each in element["options"]]
            return {**element, "options": options}
        if "action_id" not in element or "value" not in element:
            return dict(element)
        return {**element, "value": self.value(ids.plain(element["action_id"]), element["value"])}

    def _signature(self, purpose: str, text: str, at: str) -> str:
        return hmac.new(self._key, _bytes(SEPARATOR.join((purpose, text, at))), sha256).hexdigest()


def claimed(sealed: str) -> str:
    """Return the text that a sealed value claims to carry, before it is checked."""
    return _parts(sealed)[0]


def _parts(sealed: str) -> tuple[str, str, str]:
    """Return text, instant and signature; the last two are empty in what was never sealed."""
    if sealed.count(SEPARATOR) != 2:  # noqa: PLR2004 it joins three
        return sealed, "", ""
    text, at, signature = sealed.split(SEPARATOR)
    return text, at, signature


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")
