"""Who may do what. Whoever is not named in the settings sees nothing and does nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Self

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


class Standing(StrEnum):
    """Who somebody is in the workspace: one of its own, a guest or of another workspace, or nobody any more."""

    MEMBER = "member"
    OUTSIDER = "outsider"
    GONE = "gone"
    UNKNOWN = "unknown"


class Verb(StrEnum):
    """Everything that people can ask for, with the least role that it needs; the audit keeps it under these names."""

    role: Role

    def __new__(cls, name: str, role: Role) -> Self:
        """Make a verb that is its name."""
        verb = str.__new__(cls, name)
        verb._value_, verb.role = name, role
        return verb

    @classmethod
    def named(cls, name: str) -> Self:
        """Return a verb by its name; raises ValueError."""
        return cls(name)  # type: ignore[call-arg]  # an enumeration looks its members up by their values

    INSPECT = "inspect", Role.VIEWER
    POSITIONS = "positions", Role.VIEWER
    TRADES = "trades", Role.VIEWER
    HELP = "help", Role.VIEWER
    HOME = "home", Role.VIEWER
    DESK = "desk", Role.VIEWER
    PNL = "pnl", Role.VIEWER
    REPORT = "report", Role.VIEWER
    BACKTEST = "backtest", Role.VIEWER
    ASK = "asked", Role.VIEWER
    APPROVE = "approve", Role.TRADER
    REJECT = "reject", Role.TRADER
    BUY = "buy", Role.TRADER
    STANDING = "standing", Role.TRADER
    COUNTERSIGN = "countersign", Role.TRADER
    REVOKE = "revoke", Role.TRADER
    SIZE = "size", Role.TRADER
    HALT = "halt", Role.TRADER
    FLATTEN = "flatten", Role.TRADER
    TAKE_BACK = "take back", Role.TRADER
    CLOSE = "close", Role.TRADER
    KEEP = "keep", Role.TRADER
    STOP = "stop", Role.TRADER
    TARGET = "target", Role.TRADER
    TRAIL = "trail", Role.TRADER
    LOOSEN = "loosen", Role.ADMIN
    ADOPT = "adopt", Role.ADMIN
    NOTE = "note", Role.VIEWER
    GRADE = "grade", Role.TRADER
    RESUME = "resume", Role.ADMIN
    AUTO = "auto", Role.ADMIN
    SIGNALS = "signals", Role.VIEWER
    NEWS = "news", Role.VIEWER
    RISK = "risk", Role.VIEWER
    WATCH = "watch", Role.VIEWER
    REWATCH = "rewatch", Role.TRADER
    SETTINGS = "settings", Role.VIEWER
    SET = "set", Role.ADMIN
    STRATEGY = "strategy", Role.VIEWER
    DUTY = "duty", Role.VIEWER
    ROSTER = "roster", Role.TRADER
    NOTIFY = "notify", Role.VIEWER
    CONFIRM = "confirm", Role.ADMIN
    WITHDRAW = "withdraw", Role.TRADER
    UNKNOWN = "unknown", Role.VIEWER


HARMLESS = frozenset(
    {verb for verb in Verb if verb.role is Role.VIEWER} | {Verb.HALT, Verb.REJECT, Verb.KEEP, Verb.REVOKE}
)
"""What somebody may do by what Slack told within the last hour, where it does not answer: to look, and to stop."""


def nobody(_group: str) -> frozenset[str]:
    """Know no group: whoever is in one has no role by it."""
    return frozenset()


def member(_user: str) -> Standing:
    """Take everybody for one of the workspace's own."""
    return Standing.MEMBER


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """The people of the desk by role, as Slack user ids and user group ids; the highest role that names one counts.

    `members` tells who is in a group, `standing` who a person is in the workspace, both as of a minute ago at most; the
    two `last_` ones tell the same, and as of an hour ago at most while Slack gives no answer. Who is gone from the
    workspace has no role. By a group only one of the workspace's own has one; who is from outside must be named by
    their own id.
    """

    admins: frozenset[str]
    traders: frozenset[str]
    viewers: frozenset[str]
    members: Callable[[str], frozenset[str]] = nobody
    standing: Callable[[str], Standing] = member
    last_members: Callable[[str], frozenset[str]] = nobody
    last_standing: Callable[[str], Standing] = member

    def role_of(self, user: str) -> Role:
        """Return a user's role."""
        by_name, by_group = self._by_name(user), self._by_group(user, self.members)
        if max(by_name, by_group) is Role.NOBODY:
            return Role.NOBODY  # nobody asks Slack who a stranger is
        who = self.standing(user)
        if who is Standing.GONE:
            return Role.NOBODY
        return max(by_name, by_group) if who is Standing.MEMBER else by_name

    def every_admin(self) -> frozenset[str]:
        """Return every admin by their own id, those of groups too."""
        named = frozenset(name for name in self.admins if not is_group(name))
        return named.union(
            *(self.members(group) or self.last_members(group) for group in self.admins if is_group(group))
        )

    def may(self, user: str, verb: Verb) -> bool:
        """Tell whether a user's role suffices for the verb; a halt or a look may go by what Slack told earlier."""
        if verb in HARMLESS and self._may(user, verb.role, self.last_members, self.last_standing):
            return True
        return self._may(user, verb.role, self.members, self.standing)

    def require(self, user: str, verb: Verb) -> None:
        """Raise NotAllowed unless the user's role suffices for the verb."""
        if not self.may(user, verb):
            raise NotAllowed(verb.role.word, self.role_of(user).word)

    def _may(
        self,
        user: str,
        needed: Role,
        members: Callable[[str], frozenset[str]],
        standing: Callable[[str], Standing],
    ) -> bool:
        if self._by_name(user) >= needed:
            return standing(user) is not Standing.GONE
        return self._by_group(user, members) >= needed and standing(user) is Standing.MEMBER

    def _by_name(self, user: str) -> Role:
        if is_group(user):
            return Role.NOBODY  # a group's own id is nobody's name
        return next((role for role, named in self._lists() if user in named), Role.NOBODY)

    def _by_group(self, user: str, members: Callable[[str], frozenset[str]]) -> Role:
        groups = ((role, name) for role, named in self._lists() for name in sorted(named) if is_group(name))
        return next((role for role, group in groups if user in members(group)), Role.NOBODY)

    def _lists(self) -> tuple[tuple[Role, frozenset[str]], ...]:
        return (Role.ADMIN, self.admins), (Role.TRADER, self.traders), (Role.VIEWER, self.viewers)


def is_group(name: str) -> bool:
    """Tell a user group's id from a user's."""
    return name.startswith("S")
