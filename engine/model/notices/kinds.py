"""Every kind of notice, gathered from the files that have them."""

from collections.abc import Mapping

from engine.model.notices import account, corporate_actions, desk, duty, proposals, reports, settings, systems, trades
from engine.model.notices.base import Notice, NoticeKind

ROOMS = (proposals, duty, trades, account, corporate_actions, desk, settings, reports, systems)

CLASSES: tuple[type[Notice], ...] = tuple(
    each
    for room in ROOMS
    for each in vars(room).values()
    if isinstance(each, type) and issubclass(each, Notice) and each.__module__ == room.__name__ and "kind" in vars(each)
)
"""The class of each kind, in the order in which they are written down."""

KINDS: Mapping[NoticeKind, type[Notice]] = {each.kind: each for each in CLASSES}
"""The class of each kind, by the name under which it is stored."""
