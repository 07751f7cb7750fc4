"""Who may do what. Whoever is not named in the settings sees nothing and does nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from engine.errors import NotAllowed


class Role(IntEnum):
    """What a person may do; each role may also do all that the ones before it may."""

    NOBODY = 0
    VIEWER = 1
    TRADER = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        """The role's name as refusals carry it."""
        return self.name.lower()


class Verb(StrEnum):
    """Everything that people can ask for; the audit keeps refusals under these names."""

    INSPECT = "inspect"
    POSITIONS = "positions"
    TRADES = "trades"
    HELP = "help"
    HOME = "home"
    DESK = "desk"
    PNL = "pnl"
    REPORT = "report"
    APPROVE = "approve"
    REJECT = "reject"
    SIZE = "size"
    HALT = "halt"
    FLATTEN = "flatten"
    CLOSE = "close"
    KEEP = "keep"
    RESUME = "resume"
    AUTO = "auto"
    SIGNALS = "signals"
    NEWS = "news"
    RISK = "risk"
    WATCH = "watch"
    REWATCH = "rewatch"
    SETTINGS = "settings"
    SET = "set"
    UNKNOWN = "unknown"


NEEDED: Mapping[Verb, Role] = {
    Verb.INSPECT: Role.VIEWER,
    Verb.UNKNOWN: Role.VIEWER,
    Verb.POSITIONS: Role.VIEWER,
    Verb.TRADES: Role.VIEWER,
    Verb.HELP: Role.VIEWER,
    Verb.HOME: Role.VIEWER,
    Verb.DESK: Role.VIEWER,
    Verb.PNL: Role.VIEWER,
    Verb.REPORT: Role.VIEWER,
    Verb.SIGNALS: Role.VIEWER,
    Verb.NEWS: Role.VIEWER,
    Verb.RISK: Role.VIEWER,
    Verb.WATCH: Role.VIEWER,
    Verb.SETTINGS: Role.VIEWER,
    Verb.APPROVE: Role.TRADER,
    Verb.REWATCH: Role.TRADER,
    Verb.REJECT: Role.TRADER,
    Verb.SIZE: Role.TRADER,
    Verb.HALT: Role.TRADER,
    Verb.FLATTEN: Role.TRADER,
    Verb.CLOSE: Role.TRADER,
    Verb.KEEP: Role.TRADER,
    Verb.RESUME: Role.ADMIN,
    Verb.AUTO: Role.ADMIN,
    Verb.SET: Role.ADMIN,
}
"""The least role that each verb needs."""


def nobody(_group: str) -> frozenset[str]:
    """Know no group: whoever is in one has no role by it."""
    return frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """The people of the desk by role, as Slack user ids and user group ids; the highest role that names one counts.

    `members` tells who is in a group. Who is named by their own id has the role whatever becomes of the groups.
    """

    admins: frozenset[str]
    traders: frozenset[str]
    viewers: frozenset[str]
    members: Callable[[str], frozenset[str]] = nobody

    def role_of(self, user: str) -> Role:
        """Return a user's role."""
        return max(self._by_name(user), self._by_group(user))

    def every_admin(self) -> frozenset[str]:
        """Return every admin by their own id, those of groups too."""
        named = frozenset(name for name in self.admins if not is_group(name))
        return named.union(*(self.members(group) for group in self.admins if is_group(group)))

    def require(self, user: str, verb: Verb) -> None:
        """Raise NotAllowed unless the user's role suffices for the verb."""
        needed = NEEDED[verb]
        if self._by_name(user) >= needed:
            return  # without a question to Slack, which may take its time
        has = self.role_of(user)
        if has < needed:
            raise NotAllowed(needed.word, has.word)

    def _by_name(self, user: str) -> Role:
        if is_group(user):
            return Role.NOBODY  # a group's own id is nobody's name
        return next((role for role, named in self._lists() if user in named), Role.NOBODY)

    def _by_group(self, user: str) -> Role:
        groups = ((role, name) for role, named in self._lists() for name in sorted(named) if is_group(name))
        return next((role for role, group in groups if user in self.members(group)), Role.NOBODY)

    def _lists(self) -> tuple[tuple[Role, frozenset[str]], ...]:
        return (Role.ADMIN, self.admins), (Role.TRADER, self.traders), (Role.VIEWER, self.viewers)


def is_group(name: str) -> bool:
    """Tell a user group's id from a user's."""
    return name.startswith("S")
