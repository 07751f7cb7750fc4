"""Who may do what. Whoever is not named in the settings sees nothing and does nothing."""

from collections.abc import Mapping
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
    APPROVE = "approve"
    REJECT = "reject"
    SIZE = "size"
    HALT = "halt"
    CLOSE = "close"
    KEEP = "keep"
    RESUME = "resume"
    AUTO = "auto"


NEEDED: Mapping[Verb, Role] = {
    Verb.INSPECT: Role.VIEWER,
    Verb.POSITIONS: Role.VIEWER,
    Verb.TRADES: Role.VIEWER,
    Verb.HELP: Role.VIEWER,
    Verb.APPROVE: Role.TRADER,
    Verb.REJECT: Role.TRADER,
    Verb.SIZE: Role.TRADER,
    Verb.HALT: Role.TRADER,
    Verb.CLOSE: Role.TRADER,
    Verb.KEEP: Role.TRADER,
    Verb.RESUME: Role.ADMIN,
    Verb.AUTO: Role.ADMIN,
}
"""The least role that each verb needs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """The people of the desk by role, as Slack user ids; who stands in several lists has the highest of them."""

    admins: frozenset[str]
    traders: frozenset[str]
    viewers: frozenset[str]

    def role_of(self, user: str) -> Role:
        """Return a user's role."""
        if user in self.admins:
            return Role.ADMIN
        if user in self.traders:
            return Role.TRADER
        return Role.VIEWER if user in self.viewers else Role.NOBODY

    def require(self, user: str, verb: Verb) -> None:
        """Raise NotAllowed unless the user's role suffices for the verb."""
        needed, has = NEEDED[verb], self.role_of(user)
        if has < needed:
            raise NotAllowed(needed.word, has.word)
